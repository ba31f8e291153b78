-- Changes that one person proposed and another has to confirm: `kind` says what, `detail` the seat or the rule as JSON.
-- A row goes when it is decided; what became of it stands in the record of changes.
CREATE TABLE proposal (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, at @INT NOT NULL, proposer @ID NOT NULL, kind @TEXT NOT NULL, account @ID,
  detail @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
