# 发出之前看一眼、办过的同类事、起草。
doubt-title = 发出之前，请再看一眼
doubt-kept = 还没有发出，您写的都在。改好再发，或者按“仍然发出”。
doubt-anyway = 仍然发出
doubt-elsewhere = “{ $field }”看起来说的不是居民反映的这件事。请对照来信看一遍，点明说的是哪件事。
doubt-empty = “{ $field }”除了客套话，没有说出什么。请写清楚查到了什么、做了什么。
doubt-no-act = “{ $field }”没有说做了什么，或者要做什么。请补上。
doubt-no-date = “{ $field }”没有日期。请写明哪天办的，或者哪天能办好。
doubt-no-day = “{ $field }”说了以后会办，没有说什么时候。请写上哪天；说不准的，写最迟哪天。
doubt-copied = “{ $field }”和 { $number } 的答复几乎一样（相同 { $percent }%）。请按这件事的实际情况改写。

advice-title = 写答复的参考
advice-lead = 按责任清单，由{ $unit }牵头。
advice-lead-none = 责任清单里没有这一类，先由{ $unit }接。
advice-by-duties = 责任清单
advice-rules = 依据（{ $n }）
advice-near = 办过的同类事（{ $n }）
advice-near-none = 还没有办结的同类事可以参考。
advice-satisfied = 居民满意
advice-use = 用它的话
advice-blanks = 用到这里的话，里面的日期、数字、地点会留成“____”，请按这件事填写。
advice-draft = 放一份草稿
advice-filled = 已经放进上面的表格，请逐句核对、填好空格。

assistant-ask = 请写作助手起草
assistant-what = 写作助手是大语言模型。只发出隐去个人信息和门牌的来信，发出这件事会记在经过里。它写的只是草稿，不会自己发出。
assistant-wrote = 下面新加的话是写作助手写的草稿，还没有发出。请逐句核对，填好“____”，不对的删掉。
assistant-none = 现在不能请写作助手起草这一步。
assistant-busy = 写作助手正忙着，请过一会儿再试。您写的都在。
assistant-silent = 写作助手没有回应，没有拿到草稿。您写的都在，可以自己写，或者过一会儿再试。
assistant-unreadable = 写作助手的回答读不懂，没有拿到草稿。您写的都在。
