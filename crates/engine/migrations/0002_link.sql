-- Cases that have to do with each other. `merged`: `case_id` goes along with `main_id` until `until_at`, and was told of
-- that one's events up to `told`. `related`: staff found that they belong together; the smaller id is `main_id`.
-- `heir`: `case_id` leads on after `main_id` was taken back.
CREATE TABLE link (
  jurisdiction @INT NOT NULL, main_id @ID NOT NULL, case_id @ID NOT NULL, sort @CODE NOT NULL, at @INT NOT NULL,
  by_whom @TEXT NOT NULL, until_at @INT, told @INT NOT NULL,
  PRIMARY KEY (jurisdiction, main_id, sort, case_id)
) @CLUSTERED;
CREATE INDEX link_case ON link (jurisdiction, case_id, sort);
-- A case goes along with one other at a time, and a case that was taken back has one heir.
CREATE UNIQUE INDEX link_merged ON link (jurisdiction, case_id) WHERE sort = 'merged' AND until_at IS NULL;
CREATE UNIQUE INDEX link_heir ON link (jurisdiction, main_id) WHERE sort = 'heir';
