-- Every table leads its key with the jurisdiction (the street's 9 digits): the shard key of a larger deployment.
-- @… names a type in each database; see db/sql.rs.

-- Places, orgs, seats, duties: who is where and answers for what.
CREATE TABLE place (
  jurisdiction @INT NOT NULL, code @CODE NOT NULL, name_zh @TEXT NOT NULL, name_en @TEXT NOT NULL,
  aliases @TEXT NOT NULL, lon @REAL, lat @REAL, retired_at @INT,
  PRIMARY KEY (jurisdiction, code)
) @CLUSTERED;

CREATE TABLE org (
  jurisdiction @INT NOT NULL, id @CODE NOT NULL, parent @CODE, kind @TEXT NOT NULL, function @TEXT NOT NULL,
  place @CODE NOT NULL, name_zh @TEXT NOT NULL, name_en @TEXT NOT NULL, phone @TEXT, retired_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;

CREATE TABLE account (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, login @CODE NOT NULL, name @TEXT NOT NULL, password @TEXT NOT NULL,
  wrong @INT NOT NULL, locked_until @INT, disabled_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE UNIQUE INDEX account_login ON account (jurisdiction, login);

CREATE TABLE seat (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, account @ID NOT NULL, org @CODE NOT NULL, role @TEXT NOT NULL,
  place @CODE NOT NULL, from_at @INT NOT NULL, until_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX seat_account ON seat (jurisdiction, account);

CREATE TABLE duty (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, category @CODE NOT NULL, place @CODE NOT NULL, org @CODE NOT NULL,
  part @TEXT NOT NULL, basis @TEXT NOT NULL, from_at @INT NOT NULL, until_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;

-- Small facts that every process watches: the version of the directory above, the pack in force.
CREATE TABLE setting (
  jurisdiction @INT NOT NULL, name @CODE NOT NULL, value @TEXT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, name)
) @CLUSTERED;

CREATE TABLE warning (
  jurisdiction @INT NOT NULL, name @CODE NOT NULL, args @TEXT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, name)
) @CLUSTERED;

-- Who signed in.
CREATE TABLE session (
  jurisdiction @INT NOT NULL, token @BYTES NOT NULL, account @ID, person @ID, made_at @INT NOT NULL, ends_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, token)
) @CLUSTERED;
CREATE INDEX session_ends ON session (jurisdiction, ends_at);

CREATE TABLE login_code (
  jurisdiction @INT NOT NULL, phone_key @BYTES NOT NULL, code @BYTES NOT NULL, made_at @INT NOT NULL, ends_at @INT NOT NULL,
  wrong @INT NOT NULL,
  PRIMARY KEY (jurisdiction, phone_key)
) @CLUSTERED;

-- The vault: who people are and how to reach them. Nothing outside `vault` reads these. `scheme` says how the
-- personal columns are kept (0: as they are).
CREATE TABLE vault_person (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, scheme @INT NOT NULL, name @TEXT NOT NULL, phone @TEXT NOT NULL,
  phone_key @BYTES NOT NULL, made_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE UNIQUE INDEX vault_person_phone ON vault_person (jurisdiction, phone_key);

CREATE TABLE vault_caller (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, scheme @INT NOT NULL, person @ID, name @TEXT NOT NULL,
  contact @TEXT NOT NULL, confidential @BOOL NOT NULL,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
CREATE INDEX vault_caller_person ON vault_caller (person, case_id) WHERE person IS NOT NULL;

-- Cases: a row here is what the events below imply, kept for lists.
CREATE TABLE cases (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, number @CODE NOT NULL, flow @TEXT NOT NULL, pack @TEXT NOT NULL,
  opened_at @INT NOT NULL, reported_at @INT, channel @TEXT NOT NULL, kind @TEXT NOT NULL, category @CODE NOT NULL,
  class @TEXT NOT NULL,
  title @TEXT NOT NULL, body @TEXT NOT NULL, place @CODE NOT NULL, address @TEXT NOT NULL,
  lon @REAL, lat @REAL, datum @TEXT, unit @CODE, tracking @BYTES,
  phase @TEXT NOT NULL, outcome @TEXT, settled_at @INT, promised_at @INT, redo @INT NOT NULL, seq @INT NOT NULL,
  indexed @BOOL NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @ROWS;
CREATE UNIQUE INDEX cases_number ON cases (jurisdiction, number);
CREATE INDEX cases_opened ON cases (jurisdiction, opened_at, id);
CREATE INDEX cases_unit ON cases (jurisdiction, unit, opened_at, id) WHERE unit IS NOT NULL;
CREATE INDEX cases_to_index ON cases (jurisdiction, id) WHERE NOT indexed;

CREATE TABLE event (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, seq @INT NOT NULL, at @INT NOT NULL, body @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id, seq)
) @CLUSTERED;

CREATE TABLE open_step (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, step @CODE NOT NULL, instance @CODE NOT NULL, owner @CODE NOT NULL,
  place @CODE NOT NULL, opened_at @INT NOT NULL, due_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id, step, instance)
) @CLUSTERED;
CREATE INDEX open_step_inbox ON open_step (jurisdiction, owner, due_at, case_id);

-- The next wake-up of a case; a process that works on it holds the lease.
CREATE TABLE timer (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, due_at @INT NOT NULL, lease_until @INT NOT NULL, lease_by @ID,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
CREATE INDEX timer_due ON timer (due_at);

-- What a client-made key has already done.
CREATE TABLE deed (
  jurisdiction @INT NOT NULL, deed_key @CODE NOT NULL, case_id @ID NOT NULL, seq @INT NOT NULL,
  PRIMARY KEY (jurisdiction, deed_key)
) @CLUSTERED;

CREATE TABLE number_block (
  jurisdiction @INT NOT NULL, day @INT NOT NULL, next @INT NOT NULL,
  PRIMARY KEY (jurisdiction, day)
) @CLUSTERED;

-- The outbox. `channel` screen needs no delivery; the others are sent by a plug.
CREATE TABLE notice (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, case_id @ID NOT NULL, recipient @CODE NOT NULL, channel @TEXT NOT NULL,
  template @TEXT NOT NULL, args @TEXT NOT NULL, at @INT NOT NULL, state @TEXT NOT NULL, tries @INT NOT NULL,
  next_at @INT, lease_by @ID, error @TEXT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX notice_recipient ON notice (jurisdiction, recipient, id);
CREATE INDEX notice_failed ON notice (jurisdiction, id) WHERE state = 'failed';
CREATE INDEX notice_due ON notice (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE attachment (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, case_id @ID NOT NULL, name @TEXT NOT NULL, mime @TEXT NOT NULL,
  bytes @INT NOT NULL, digest @BYTES NOT NULL, by_whom @TEXT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE INDEX attachment_digest ON attachment (digest);
CREATE INDEX attachment_case ON attachment (jurisdiction, case_id, id);

-- How far an import has come that has not reached its end.
CREATE TABLE import_run (
  jurisdiction @INT NOT NULL, source @CODE NOT NULL, line @INT NOT NULL, good @INT NOT NULL, again @INT NOT NULL,
  bad @INT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, source)
) @CLUSTERED;
CREATE INDEX cases_place ON cases (jurisdiction, place, opened_at);

-- The search index: two-character pieces of Chinese and whole words of other scripts (cases/search.rs).
{{CREATE VIRTUAL TABLE case_words USING fts5 (words, content = '', contentless_delete = 1, detail = 'none')
||CREATE TABLE case_words (jurisdiction BIGINT NOT NULL, case_id UUID NOT NULL, words TSVECTOR NOT NULL,
  PRIMARY KEY (jurisdiction, case_id));
CREATE INDEX case_words_words ON case_words USING GIN (words)}};
