-- The search index holds sounds and folded characters now: it is taken in anew, while the older words still answer.
UPDATE cases SET indexed = {{0||FALSE}} WHERE indexed = {yes};
