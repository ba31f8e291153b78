-- A one-time code is for the browser that asked for it: what others ask for the same telephone, or guess at, leaves it alone.
-- Those of before live five minutes at most; whoever waits for one asks again.
DROP TABLE login_code;
CREATE TABLE login_code (
  jurisdiction @INT NOT NULL, phone_key @BYTES NOT NULL, device @BYTES NOT NULL, code @BYTES NOT NULL, made_at @INT NOT NULL,
  ends_at @INT NOT NULL, wrong @INT NOT NULL,
  PRIMARY KEY (jurisdiction, phone_key, device)
) @CLUSTERED;
