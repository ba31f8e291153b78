-- What members of staff and residents are told on their screens, each by themselves (notices/told.rs).
-- Told to a unit or a role and not yet to its members; a row lives for a moment.
CREATE TABLE telling (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, case_id @ID NOT NULL, via @CODE NOT NULL, place @CODE NOT NULL,
  template @TEXT NOT NULL, urgent @BOOL NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;

-- `whom` is an account or a person; `via` says as whose member; it is not to be seen before `show_at`.
CREATE TABLE told (
  jurisdiction @INT NOT NULL, whom @ID NOT NULL, show_at @INT NOT NULL, id @ID NOT NULL, street @INT NOT NULL,
  case_id @ID NOT NULL, via @CODE NOT NULL, template @TEXT NOT NULL, urgent @BOOL NOT NULL, daily @BOOL NOT NULL,
  at @INT NOT NULL, read_at @INT,
  PRIMARY KEY (jurisdiction, whom, show_at, id)
) @CLUSTERED;
CREATE INDEX told_unread ON told (jurisdiction, whom, show_at) WHERE read_at IS NULL;
CREATE INDEX told_unread_case ON told (jurisdiction, whom, street, case_id) WHERE read_at IS NULL;

-- How somebody wants to be told; who has no row gets the defaults. `arrivals`: whether new cases are among it.
CREATE TABLE notice_choice (
  jurisdiction @INT NOT NULL, whom @ID NOT NULL, choice @TEXT NOT NULL, arrivals @BOOL NOT NULL,
  PRIMARY KEY (jurisdiction, whom)
) @CLUSTERED;
CREATE INDEX notice_choice_arrivals ON notice_choice (jurisdiction) WHERE arrivals;
CREATE INDEX seat_role_org ON seat (jurisdiction, role, org);

-- Who has the page of a case open at this moment (presence.rs). A row goes when they leave, or a little later when
-- they could not say so; there is no history, not even in a write-ahead log.
CREATE {{||UNLOGGED}} TABLE presence (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, id @ID NOT NULL, account @ID NOT NULL, name @TEXT NOT NULL,
  org @CODE NOT NULL, role @CODE NOT NULL, writing @BOOL NOT NULL, until_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id, id)
) @CLUSTERED;
CREATE INDEX presence_until ON presence (jurisdiction, until_at);
