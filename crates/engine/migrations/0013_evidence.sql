-- The evidence (evidence.rs): what the feed puts in order is a log that outsiders verify.
-- `kind` says what a place belongs to: 0 an event of a case, 1 a change in the record, whose own id
-- stands in `case_id`. `leaf` is the salted commitment; what came before there was a log gets its own late.
ALTER TABLE fresh_event ADD COLUMN kind @INT NOT NULL DEFAULT 0;
ALTER TABLE fresh_event ADD COLUMN leaf @BYTES;
ALTER TABLE feed_change ADD COLUMN kind @INT NOT NULL DEFAULT 0;
ALTER TABLE feed_change ADD COLUMN leaf @BYTES;
-- Where something stands in the log.
CREATE INDEX feed_change_case ON feed_change (jurisdiction, case_id, seq);

-- What is committed with an event and not in it: the salt, and what the resident was promised then. Without its salt an
-- event proves nothing and can prove nothing.
ALTER TABLE event ADD COLUMN salt @BYTES;
ALTER TABLE event ADD COLUMN promised_at @INT;
ALTER TABLE admin_change ADD COLUMN salt @BYTES;

-- The tiles of the tree, by level and number (C2SP tlog-tiles): hashes of 32 bytes, at most 256. The last of a level grows.
CREATE TABLE log_tile (
  jurisdiction @INT NOT NULL, level @INT NOT NULL, n @INT NOT NULL, body @BYTES NOT NULL,
  PRIMARY KEY (jurisdiction, level, n)
) @ROWS;

-- How far the tree is, and what was signed for it. Whoever makes it grow holds this row. `witnessed` is the last checkpoint
-- that others have countersigned.
CREATE TABLE log_head (
  jurisdiction @INT NOT NULL, size @INT NOT NULL, note @TEXT NOT NULL, witnessed @TEXT, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction)
) @ROWS;
