-- Cases whose category somebody said or let stand: what the program learns to read from. The category is that of the case.
CREATE TABLE lesson (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
CREATE INDEX lesson_at ON lesson (jurisdiction, at, case_id);

-- What was learnt (`bytes`, since `made_at`), and what became of the last attempt to learn something better.
CREATE TABLE model (
  jurisdiction @INT NOT NULL, kind @TEXT NOT NULL, tried_at @INT NOT NULL, outcome @TEXT NOT NULL, figures @TEXT NOT NULL,
  made_at @INT NOT NULL, bytes @BYTES,
  PRIMARY KEY (jurisdiction, kind)
) @CLUSTERED;
