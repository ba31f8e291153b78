# Joining a neighbour's matter, merging, messages both ways.
join-closed = 这件事已经办结了，不能再并进去。如果您那里还没有好，请单独反映。
join-far = 这件事不在附近，请核对是不是同一件。

join-ask = 邻居已经反映过，是同一件事吗？
join-near-hint = 是同一件，就不用从头填：说一声“我也一样”，和邻居一起办。您照样有自己的编号，有进展照样告诉您。
join-people = { $n } 位邻居反映
join-with = { $unit }正在办
join-with-none = 正在确定由谁来办
join-until = 最晚 { $when } 有结果
join-same = 我也一样
join-other = 不是同一件事，接着填
join-title = 我也一样
join-lead = 和邻居的这件事一起办。下面的都可以不填。
join-words = 您那里是什么情况
join-words-hint = 只有办理人员看得到。不用写姓名和电话。
join-send = 我也一样，一起反映
join-done = 记下了，和邻居一起办
join-done-lead = 有进展、有结果，都会同时告诉您；您那里没好，也可以单独说。
join-along = 和邻居反映的同一件事一起办，还有 { $n } 位邻居也反映了。
join-followers = 还有 { $n } 位邻居也反映了这件事。
join-state = 和邻居一起办
join-wordless = 您说“我也一样”，没有另外写。
join-words-none = 反映人没有另外写，是跟着邻居一起反映的。

# The conversation.
talk-title = 和经办单位说话
talk-none = 有话可以写在这里，正在办这件事的人会看到，也会在这里回复您。不用打电话。
talk-you = 您
talk-you-by = 您（{ $unit }代记）
talk-add = 加照片或 PDF
talk-send = 发送
talk-files = 随留言的照片和文件

track-act-separate = 我的不是同一件事
track-act-solved_too = 我这里也好了
track-act-not_solved = 我的还没解决
track-lead-separate = 说一说哪里不一样。我们把您的事分开，单独安排人办；承诺的日子还是从您反映的那天算。
track-lead-solved_too = 一个问题，几秒钟。
track-lead-not_solved = 说一说您那里是什么情况。我们单独接着办，重新给您一个承诺的日子。
track-did-separate = 已分开，单独安排人办。
track-did-solved_too = 谢谢您告诉我们。
track-did-not_solved = 已记下，单独接着办。

mine-notice-joined = “{ $title }”和邻居反映的同一件事合在一起办了
mine-notice-news = “{ $title }”有新的进展
mine-notice-followed = “{ $title }”办结了，请看看您那里好了没有
mine-notice-again = “{ $title }”重新办理了
mine-notice-reply = 经办单位回复了您：“{ $title }”

form-reply = 回复
form-reply-hint = 反映人会在进度页看到。

# The desk: conversation, merging, related cases.
talk-desk-title = 和反映人的往来
talk-desk-none = 还没有往来。写在这里，反映人会在进度页看到，不用知道电话。
talk-resident = 反映人
talk-resident-by = 反映人（{ $unit }代记）
talk-reply = 回复反映人

related-title = 相关的事项
related-main = 主件
related-along = 随主件一起办，一共还有 { $n } 位邻居反映。
related-followers = { $n } 位邻居也反映了这件事：
related-all = 看全部 { $n } 位
related-shared-hint = 进展和办理结果会同样告诉他们。写结果时，请不要写反映人的住处和情况。
related-also = 有关联的
related-part = 取消关联
related-add = 标为有关联
related-number = 另一件的编号
related-number-hint = 比如：260301-00012
related-do = 标为有关联
related-joined = 一起反映的邻居
related-joined-none = 现在没有邻居一起反映。
related-joined-next = 再看后面的

merge-open = 并入另一件
merge-title = 并入同一件事
merge-this = 这一件
merge-into = 并入哪一件
merge-none = 填编号，或者从附近的事里选。
merge-number = 主件的编号
merge-look = 看一看
merge-unknown = 没有这个编号的在办事项，或者它就是随这一件办的。请核对。
merge-leads = { $number } 已经随下面这件一起办，会直接并入这件。
merge-then = 并入以后
merge-then-resident = 这件的反映人会收到消息：和邻居反映的同一件事一起办。主件的进展和结果会同样告诉他。
merge-then-unit = 这件的环节全部关闭，单位的时限停下来；居民的承诺由主件兑现。
merge-then-undo = 随时可以分开：重新分派，承诺的日子还是从当初收到的那天算。反映人自己也可以说“不是同一件事”。
merge-followers = 随这件一起办的 { $n } 位邻居，跟着一起转到主件。
merge-do = 并入
