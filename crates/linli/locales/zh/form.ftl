# Forms drawn from the rule pack. `form-FIELD` and `form-FIELD-hint` are what residents read instead of the pack's words for staff.
form-choose = 请选择
form-optional = （可不填）
form-count = 还可以写 {"{n}"} 个字
form-most = 最多 { $n } 个字
form-several = “{ $field }”只能填一个。
form-not-a-number = “{ $field }”请填整数。
form-out-of-range = “{ $field }”请填 { $least } 到 { $most } 之间的数。
form-too-many = “{ $field }”最多选 { $most } 个。

form-message = 想说的话
form-message-hint = 写给正在办这件事的人。
form-reason = 原因
form-reason-hint = 一两句话就行。
form-contacted = 有人联系过您吗？
form-solved = 事情解决了吗？
form-satisfied = 您对办理满意吗？
form-words = 还想说什么

fault-file-pixels = “{ $name }”的像素太多。请把相机的分辨率调低一些，再拍一张。
fault-files = 文件暂时存不下来，什么都没有提交。请过一会儿再试，或者先不带文件提交。
