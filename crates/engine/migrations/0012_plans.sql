-- The search index knows which units help with a case (cases/search/index.rs); those that have any are taken in anew.
CREATE INDEX case_unit_case ON case_unit (jurisdiction, case_id, unit);
UPDATE cases SET indexed = FALSE WHERE (jurisdiction, id) IN (SELECT jurisdiction, case_id FROM case_unit);
-- The cases that one goes along with, newest first (cases/links.rs): without their order an older SQLite reads every link.
DROP INDEX link_case;
CREATE INDEX link_case ON link (jurisdiction, case_id, sort, at);
