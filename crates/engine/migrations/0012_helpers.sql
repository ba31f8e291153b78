-- The search index knows which units help with a case (cases/search/index.rs); those that have any are taken in anew.
CREATE INDEX case_unit_case ON case_unit (jurisdiction, case_id, unit);
UPDATE cases SET indexed = FALSE WHERE (jurisdiction, id) IN (SELECT jurisdiction, case_id FROM case_unit);
