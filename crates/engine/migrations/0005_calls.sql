-- Calls at the desk: how long they took and what became of them, for the averages of a desk. Neither who called nor who
-- answered stands here, nor which case it became.
CREATE TABLE call_record (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, org @CODE NOT NULL, day @INT NOT NULL, became @TEXT NOT NULL,
  took_ms @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX call_record_day ON call_record (jurisdiction, org, day);
