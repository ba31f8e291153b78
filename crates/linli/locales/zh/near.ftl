# Search: what nearly says what was asked for.
near-instead = 没有找到“{ $words }”，下面是相近的
near-beside = 和“{ $words }”相近的
near-how = 可能打错、多打或少打了一个字，或者选了同音字。相近的地方标了出来；最接近的排在前面。
