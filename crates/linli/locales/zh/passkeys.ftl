# 通行密钥。
factor-codes = 动态验证码
factor-begun = 正在设置，按下面两步做完就打开。
factor-prove = 验证
factor-prove-first = 请先验证一次，再做刚才的改动。什么都没有变。
factor-done-proved = 验证好了，5 分钟内可以改动。
factor-done-off = 动态验证码关掉了。
factor-done-codes = 动态验证码打开了。
factor-done-added = 通行密钥添加好了。
factor-done-removed = 通行密钥移除了。
passkey-title = 通行密钥
passkey-what = 用手机或电脑的指纹、面容、锁屏密码，或者一把安全密钥，按一下就行，不用抄数字。冒充的网站用不了它。
passkey-name = 给它起个名字
passkey-name-hint = 比如“工作手机”“办公室电脑”，以后好认
passkey-add = 添加通行密钥
passkey-remove = 移除
passkey-since = { $at }添加
passkey-used = { $at }用过
passkey-unused = 还没用过
passkey-synced = 会同步到本人的其他设备
passkey-full =
    { $n ->
       *[other] 已经有 { $n } 个了，要加新的先移除一个。
    }
passkey-use = 用通行密钥验证
passkey-asking = 请按浏览器或手机上的提示做。
passkey-or = 或者填手机应用上的数字：
passkey-failed = 没有完成。可以再按一次，或者用别的方式。
passkey-without = 通行密钥要用支持它的浏览器打开 { $origin } 才能用。
passkey-no-address = 本系统还没有设好对外的网址，暂时不能用通行密钥，请告诉系统管理员。
passkey-wrong = 这个通行密钥没有通过。请再试一次，或者用别的方式。
passkey-not-added = 没有添加成功：可能等得太久，或者这个通行密钥已经在用。请再试一次。
passkey-nameless = 请给通行密钥起个名字。
passkey-none = 现在没有要用通行密钥验证的事。请从密码重新开始。
passkey-second-title = 再验证一次
passkey-second-lead = 密码对了。请在 5 分钟内用通行密钥，或者下面的其他方式。
security-event-passkey-added = 添加了通行密钥
security-event-passkey-removed = 移除了通行密钥
security-event-passkey-failed = 通行密钥没有通过
security-event-passkey-copied = 通行密钥的计数倒退，可能被复制，已拒绝
