# 防篡改日志和回执

log-title = 防篡改日志
log-lead = 每件事的每一步都记进这本日志，写进去就改不了、删不掉。日志里只有校验码，看不出谁说了什么；拿着回执的人，可以自己核对办事单位当时记了什么、答应了什么时候办。
log-check = 核对回执
log-size = 已记条数
log-grew = 最近一次
log-key = 公钥
log-head = 最新签名
log-stopped = 日志已经停下：发现数据库和已签名的内容对不上，正在查原因。
log-ended = 这本日志重新开始过：{ $when }
log-ended-size = 原来的日志已签名到第 { $size } 条，后来放回的是较旧的数据，
log-ended-kept = 前 { $kept } 条还在，新日志从这里接着记。
log-ended-why = 原因：{ $why }
log-ended-more = 原来日志的公钥和最后一次签名
log-ended-key = 以前存的回执，用这个公钥核对：
log-ended-head = 目前所知的最后一次签名：
log-earlier = { $name }（已结束的旧日志）
log-empty = 还没有记录。
log-how = 怎么核对
log-how-leaf = 每条记录只存一个加盐的校验码（C2SP tlog-tiles 格式）。依法删除个人信息以后，校验码还在，但什么也看不出来，日志照样能核对。
log-how-key = 公钥请和别处公布的对一对，比如居委会墙上贴的。对得上，回执才算数。
log-how-tools = 会用电脑的人可以把整本日志取下来自己算一遍：

record-what-log = 防篡改日志
record-act-renewed = 重新开始

fault-receipt-later = 刚刚记下，回执还没好，请过一会儿再点。

receipt-erased = 这一步的原话已于{ $when }删除（{ $rule }），不再出具回执。
receipt-erased-still = 日志里的校验码还在，以前存的回执照样能核对。
receipt-title = 回执
receipt-lead = 把回执存在手机里。以后谁也改不了当时的记录，谁都可以核对。
receipt-report = 收到您反映的事
receipt-promise = 答复期限变了
receipt-file = 照片或文件：{ $name }
receipt-file-too = 照片或文件要和回执一起存：点开它，再保存。
receipt-promised = 答应 { $when } 前答复
receipt-save = 保存回执
receipt-check = 怎么核对回执
receipt-code = 回执二维码
receipt-at = 记下的时间
receipt-code-lead = 用手机扫一扫，打开的页面当场核对：什么时候收到、答应什么时候答复，都没有人改过。
receipt-code-picture = 回执的二维码
receipt-code-without = 二维码里没有您写的内容，也没有您是谁。要连内容一起存，请保存回执。
receipt-code-open = 现在核对
