-- The feed of changes: every event of every case in one order per jurisdiction, without gaps (feed.rs).
-- Events that were committed and have no place in the order yet; a row lives for a moment.
CREATE TABLE fresh_event (
  jurisdiction @INT NOT NULL, at @INT NOT NULL, case_id @ID NOT NULL, seq @INT NOT NULL,
  PRIMARY KEY (jurisdiction, at, case_id, seq)
) @CLUSTERED;

-- The last place given away. Whoever gives places holds this row.
CREATE TABLE feed_head (
  jurisdiction @INT NOT NULL, n @INT NOT NULL,
  PRIMARY KEY (jurisdiction)
) @CLUSTERED;

CREATE TABLE feed_change (
  jurisdiction @INT NOT NULL, n @INT NOT NULL, case_id @ID NOT NULL, seq @INT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, n)
) @CLUSTERED;

-- What happened before there was a feed comes first in it.
INSERT INTO feed_change (jurisdiction, n, case_id, seq, at)
  SELECT jurisdiction, row_number() OVER (PARTITION BY jurisdiction ORDER BY at, case_id, seq), case_id, seq, at FROM event;
INSERT INTO feed_head (jurisdiction, n) SELECT jurisdiction, max(n) FROM feed_change GROUP BY jurisdiction;
