# Search: what nearly says what was asked for.
near-instead = Nothing says “{ $words }”; these come near
near-beside = These come near “{ $words }”
near-how = One letter may be wrong, missing or too many, or a character may be another that sounds the same. What comes near is marked; the nearest are first.
