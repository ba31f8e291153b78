# Accounts that nobody uses any more.
unused-title = 久未使用的账号
unused-lead = 还开着，90 天没有登录过，也没有新给过密码和岗位。人走了的，请停用；还要用的，留着就行。
unused-all = 全部账号
unused-none = 没有久未使用的账号
unused-last = 最近登录
unused-month = { $year } 年 { $month } 月
unused-never = 没有登录记录
unused-ended = { $year } 年 { $month } 月起没有岗位
unused-told = 有 { $n } 个账号 90 天没有人用
unused-many = 有 { $n } 个以上的账号 90 天没有人用
unused-do = 没人用的账号最容易被别人冒用。看一看，不再需要的请停用。
