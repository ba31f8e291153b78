-- Cases whose words were erased at the wish of whoever brought them, since when, and by right of what. The log holds the same.
CREATE TABLE erased (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, at @INT NOT NULL, rule @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
