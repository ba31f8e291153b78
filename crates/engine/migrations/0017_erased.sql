-- Cases whose words were erased at the wish of whoever brought them, since when, and by right of what. The log holds the same.
-- `files` are the contents (digests) that may have to go from the store; `wiped_at` says that they have, and the dead entries
-- of the search index with them.
CREATE TABLE erased (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, at @INT NOT NULL, rule @TEXT NOT NULL, files @TEXT NOT NULL, wiped_at @INT,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
CREATE INDEX erased_unwiped ON erased (jurisdiction, case_id) WHERE wiped_at IS NULL;
-- What was told of a case goes with its words.
CREATE INDEX notice_case ON notice (jurisdiction, case_id);
