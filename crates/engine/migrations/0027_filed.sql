-- What a report said of itself and people have put right since: the log commits to the report as it was filed.
ALTER TABLE cases ADD COLUMN filed_category @CODE;
ALTER TABLE cases ADD COLUMN filed_place @CODE;
