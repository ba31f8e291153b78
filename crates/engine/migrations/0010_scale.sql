-- A million cases: what is asked for often has an index that is as small as what is open, and the search index knows
-- weeks, places, categories and units (cases/search/index.rs).
DROP INDEX cases_place;
CREATE INDEX cases_open ON cases (jurisdiction, opened_at, id) WHERE phase = 'open';
CREATE INDEX cases_open_unit ON cases (jurisdiction, unit, opened_at, id) WHERE phase = 'open';
CREATE INDEX cases_open_near ON cases (jurisdiction, category, place, opened_at) WHERE phase = 'open';

-- The inbox counts and narrows by step and place without looking at the rows.
DROP INDEX open_step_inbox;
CREATE INDEX open_step_inbox ON open_step (jurisdiction, owner, due_at, case_id, step, place);

DROP TABLE case_words;
{{CREATE VIRTUAL TABLE case_words USING fts5 (words, content = '', contentless_delete = 1, detail = 'none')
||CREATE TABLE case_words (jurisdiction BIGINT NOT NULL, case_id UUID NOT NULL, words TSVECTOR NOT NULL,
  PRIMARY KEY (jurisdiction, case_id));
CREATE INDEX case_words_words ON case_words USING GIN (words)}};
UPDATE cases SET indexed = {{0||FALSE}} WHERE indexed = {yes};
