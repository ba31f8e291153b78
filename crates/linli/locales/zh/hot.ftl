# The hot events: what many write about at the same time.
hot-title = 热点事件
hot-sentence = 近 { $days } 天的 { $letters } 件来信里，大家集中反映的有 { $events } 件事，最热的在前。
hot-cut = 这段时间来信太多，只看了最新的 { $n } 件。
hot-how = 热度看有多少人写：每人算 1；同样的人再写、邻居说“我也一样”，都少算一些；没有新来信，每 { $n } 天减半。只排事情，不排人，这里也不知道是谁写的。
hot-span = 看多久
hot-days = 近 { $n } 天
hot-until = 截至哪天
hot-look = 查看
hot-none = 这段时间没有两件以上来信说同一件事
hot-none-try = 换一个地方，或者把时间看得长一些。
hot-words = 常用词：{ $words }
hot-heat = 热度 { $heat }
hot-crowd = { $people } 人写了 { $letters } 件{ $votes ->
    [0] {""}
   *[other] ，另有 { $votes } 户说“我也一样”
  }
hot-new = 新出现
hot-rising = 升温
hot-even = 持平
hot-falling = 降温
hot-than-week = 比一周前{ $trend }
hot-than-day = 比一天前{ $trend }
hot-bars-days = 每天来信：{ $counts }
hot-bars-weeks = 每周来信：{ $counts }
hot-bars-months = 每 30 天来信：{ $counts }
hot-letters = 看这 { $n } 件来信
hot-rest = 还有 { $n } 件没有列出，编号在表格里。
hot-joined = 已并案
hot-merge = 合成一件事：把 { $this } 并入 { $main }
hot-all = 列出更多
hot-take = 下载表格（CSV）
hot-why-people = { $people } 人写信，算 { $people }
hot-why-further = 同样的人又写了 { $further } 件，算 { $further_counts }
hot-why-votes = { $votes } 户说“我也一样”，算 { $votes_count }
hot-why-plus = ；
hot-why-left = 。最近一件{ $days ->
    [0] 在今天
   *[other] 在 { $days } 天前
  }，还剩 { $left }%，热度 { $heat }。
hot-col-rank = 名次
hot-col-heat = 热度
hot-col-trend = 走势
hot-col-first = 最早
hot-col-last = 最近
hot-col-place = 地点
hot-col-what = 事情
hot-col-people = 人数
hot-col-count = 件数
hot-col-votes = 我也一样
hot-col-letters = 编号
