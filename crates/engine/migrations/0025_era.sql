-- A log that began anew (evidence/renew.rs), because the database that is there is an older copy than what was signed:
-- the same leaves under another name. `era` counts the beginnings, from 0.
ALTER TABLE log_head ADD COLUMN era @INT NOT NULL DEFAULT 0;

-- Beginnings that ended: the last head of each that is known to have been signed (`size`, `note`), how many of its entries
-- the next one still has, and the reason in the words of whoever began it.
CREATE TABLE log_ended (
  jurisdiction @INT NOT NULL, era @INT NOT NULL, at @INT NOT NULL, size @INT NOT NULL, kept @INT NOT NULL,
  note @TEXT NOT NULL, why @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, era)
) @ROWS;
