-- What is removed by itself when its time is over (retention.rs): how far the round of the day is, and what it has removed
-- so far. Whoever goes on with it holds this row.
CREATE TABLE retention (
  jurisdiction @INT NOT NULL, done_at @INT NOT NULL, removed @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction)
) @CLUSTERED;

-- What of a closed case has been let go of: 1 who brought it, 2 the words as they were written, 4 what was sent along.
ALTER TABLE cases ADD COLUMN let_go @INT NOT NULL DEFAULT 0;
CREATE INDEX cases_to_let_go ON cases (jurisdiction, settled_at, phase, let_go, id) WHERE settled_at IS NOT NULL AND let_go < 7;

-- When somebody came in last; whoever never did, when they were first written down.
ALTER TABLE vault_person ADD COLUMN used_at @INT NOT NULL DEFAULT 0;
UPDATE vault_person SET used_at = made_at;
CREATE INDEX vault_person_used ON vault_person (jurisdiction, used_at, id) WHERE phone <> '';

CREATE INDEX told_at ON told (jurisdiction, at);
