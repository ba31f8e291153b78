-- Answers at hand that the office itself wrote, corrected or withdrew (knowledge.rs), beside those of the rule pack: a row with
-- the id of one of the pack's stands in its place. An entry is published or withdrawn, and may have a draft beside that.
CREATE TABLE knowledge (
  jurisdiction @INT NOT NULL, id @CODE NOT NULL, state @CODE NOT NULL, version @INT NOT NULL, question_zh @TEXT NOT NULL,
  question_en @TEXT NOT NULL, answer_zh @TEXT NOT NULL, answer_en @TEXT NOT NULL, category @CODE NOT NULL,
  owner @CODE NOT NULL, words @TEXT NOT NULL, source @TEXT NOT NULL, region_zh @TEXT NOT NULL, region_en @TEXT NOT NULL,
  review @TEXT NOT NULL, changed_at @INT NOT NULL, changed_by @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, id, state)
) @CLUSTERED;

-- Who was reminded of which day of review: each stage once.
CREATE TABLE knowledge_chased (
  jurisdiction @INT NOT NULL, id @CODE NOT NULL, review @TEXT NOT NULL, stage @CODE NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id, review, stage)
) @CLUSTERED;

-- How often an entry solved a matter, by the day; nothing of whom.
CREATE TABLE knowledge_help (
  jurisdiction @INT NOT NULL, day @TEXT NOT NULL, id @CODE NOT NULL, helped @INT NOT NULL,
  PRIMARY KEY (jurisdiction, day, id)
) @CLUSTERED;

-- A notice may be about an entry instead of a case; then its case is the one of no id.
ALTER TABLE telling ADD COLUMN about @TEXT NOT NULL DEFAULT '';
ALTER TABLE told ADD COLUMN about @TEXT NOT NULL DEFAULT '';
