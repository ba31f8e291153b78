-- The desk: which co-units a case has, saved views, drafts, phrases, hand-overs, covers.

-- The co-units of a case, newest case first for each unit. The lead stands in the row of the case itself.
CREATE TABLE case_unit (
  jurisdiction @INT NOT NULL, unit @CODE NOT NULL, opened_at @INT NOT NULL, case_id @ID NOT NULL,
  PRIMARY KEY (jurisdiction, unit, opened_at, case_id)
) @CLUSTERED;
INSERT INTO case_unit (jurisdiction, unit, opened_at, case_id)
  SELECT DISTINCT s.jurisdiction, substr(s.owner, 5), c.opened_at, s.case_id
  FROM open_step s JOIN cases c ON c.jurisdiction = s.jurisdiction AND c.id = s.case_id
  WHERE s.step = 'parts' AND s.owner LIKE 'org:%';

-- What a unit has closed of late, and whose promise has run out.
CREATE INDEX cases_settled ON cases (jurisdiction, unit, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX cases_promised ON cases (jurisdiction, promised_at) WHERE promised_at IS NOT NULL;

-- `owner` is `account:…` or `org:…`; `query` is that of an address.
CREATE TABLE saved_view (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, owner @CODE NOT NULL, name @TEXT NOT NULL, list @TEXT NOT NULL,
  query @TEXT NOT NULL, made_by @ID NOT NULL, made_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX saved_view_owner ON saved_view (jurisdiction, owner, id);

-- How somebody likes the desk: the order of the views, the one to begin with.
CREATE TABLE desk_choice (
  jurisdiction @INT NOT NULL, account @ID NOT NULL, name @CODE NOT NULL, value @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, account, name)
) @CLUSTERED;

-- What was typed into the form of an act and not sent. `act` names the way, the step, its part and the act.
CREATE TABLE draft (
  jurisdiction @INT NOT NULL, account @ID NOT NULL, case_id @ID NOT NULL, act @CODE NOT NULL, fields @TEXT NOT NULL,
  saved_at @INT NOT NULL, ends_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, account, case_id, act)
) @CLUSTERED;
CREATE INDEX draft_ends ON draft (jurisdiction, ends_at);

-- Ready-made words of an office or a unit, beside those of the rule pack.
CREATE TABLE phrase (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, org @CODE NOT NULL, title @TEXT NOT NULL, body @TEXT NOT NULL,
  field @CODE NOT NULL, review_on @TEXT NOT NULL, kept_by @TEXT NOT NULL, changed_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX phrase_org ON phrase (jurisdiction, org, id);

-- What one shift leaves to the next. `target` is a queue as in `open_step.owner`.
CREATE TABLE handover (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, target @CODE NOT NULL, place @CODE NOT NULL, account @ID NOT NULL,
  name @TEXT NOT NULL, org @CODE NOT NULL, note @TEXT NOT NULL, made_at @INT NOT NULL,
  taken_by @ID, taken_name @TEXT, taken_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX handover_target ON handover (jurisdiction, target, id);
CREATE INDEX handover_waiting ON handover (jurisdiction, target, id) WHERE taken_at IS NULL;
CREATE TABLE handover_case (
  jurisdiction @INT NOT NULL, handover @ID NOT NULL, street @INT NOT NULL, case_id @ID NOT NULL, note @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, handover, street, case_id)
) @CLUSTERED;
CREATE INDEX handover_case_case ON handover_case (jurisdiction, street, case_id, handover);

-- A seat that somebody sits on for its holder while they are away: `seat` is the coverer's, `held` the holder's.
CREATE TABLE cover (
  jurisdiction @INT NOT NULL, seat @ID NOT NULL, held @ID NOT NULL, holder @ID NOT NULL, reason @TEXT NOT NULL,
  made_by @ID NOT NULL, made_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, seat)
) @CLUSTERED;
CREATE INDEX cover_held ON cover (jurisdiction, held, seat);

CREATE INDEX session_account ON session (jurisdiction, account) WHERE account IS NOT NULL;
CREATE INDEX seat_org ON seat (jurisdiction, org);
