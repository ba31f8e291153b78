# 程序从来信里读出来的：类别、地点、单位、重复，以及有多大把握
guess-very-sure = 很有把握 { $n }%
guess-sure = 有把握 { $n }%
guess-unsure = 没有把握 { $n }%
guess-by-words = 按关键词猜的
guess-nothing = 看不出来
guess-because = 因为写到：{ $words }
guess-because-cases = { $n ->
    [one] 有 1 件很像的，人定的就是这一类：
   *[other] 有 { $n } 件很像的，人定的就是这一类：
  }
guess-and = 、
guess-same-person = 同一人又反映
guess-same-matter = 像是同一件事
guess-same-event = 附近同时发生

suggest-title = 程序的建议
suggest-danger = 信里说到：{ $what }
suggest-danger-line = 时限已按紧急填好。人有危险的，马上转 { $line }。
suggest-filed = 登记时是“{ $category }”。
suggest-keep = 用登记的
suggest-others = 也可能是：
suggest-elsewhere = 信里说的地点（{ $words }）像是下面这里，点一下就改过来：
suggest-units = 以前像这样的信，也由这些单位办：
suggest-confirm = 按“{ $category }”派给{ $unit }
suggest-only = 只是建议，由您决定。改了以后，程序会跟着学。

desk-like = 可能是同一件事
desk-like-hint = 是同一件的并进去，每位反映人都会知道进展；并错了可以拆开。

admin-nav-reading = 读信
reading-title = 程序怎样读信
reading-lead = 派单时人定的类别和单位，程序每天夜里 3 点学一次。学到的东西只有读后来的信更准，才换上；没有更准就照旧。
reading-none = 还没有学过
reading-none-what = 派单员定过类别的信到了 20 封，夜里就开始学。在这以前按规则里的关键词提建议。
reading-category = 信里说的是哪一类
reading-unit = 信该给哪个单位
reading-made = 正在用的，学到 { $at } 为止。
reading-not-made = 还没有学成，按规则里的关键词和责任清单提建议。
reading-tried = 上次学：{ $at }。
reading-outcome-few = 人定过的只有 { $lessons } 封，太少，没有学。
reading-outcome-nothing-new = 上次学成以后，人新定的太少，没法比较。
reading-outcome-kept = 学了 { $lessons } 封，拿后来的 { $trial } 封比，没有更准或者还不够准，照用原来的。
reading-outcome-replaced = 学了 { $lessons } 封，拿后来的 { $trial } 封比，更准，已换上。
reading-measure = 拿同样的信比
reading-new = 新学的
reading-in-use = 在用的
reading-before = 换下的
reading-accuracy = 说对的
reading-f1 = 各类平均（F1）
reading-sure-title = 有多大把握才算数
reading-sure = 把握到百分之几，才作为建议填好
reading-sure-hint = 30 到 99 的整数。低于它的标“没有把握”，不自动填。
reading-sure-wrong = 请写 30 到 99 的整数。
reading-sure-is = 把握到 { $n }% 的，才作为建议填好。
reading-learn-hint = 不必等到夜里。学的时候不影响办事，几分钟后回来看。
reading-learn = 现在就学
admin-done-learning = 已经开始学，几分钟后刷新这一页看结果。
admin-done-reading = 已保存。

# 居民写到危险时，先让他打电话
danger-ring = ：请先打
