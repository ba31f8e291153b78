-- A password that somebody else has seen: since when. Whoever signs in with it has to choose their own first.
ALTER TABLE account ADD COLUMN first_at @INT;

-- What changed by whom: each change of a place, a unit, an account, a seat, a duty, a rule pack, a setting, written in the
-- transaction that makes it. Never changed, never deleted.
CREATE TABLE admin_change (
  jurisdiction @INT NOT NULL, at @INT NOT NULL, id @ID NOT NULL, account @ID, seat @ID, login @CODE NOT NULL,
  what @CODE NOT NULL, subject @CODE NOT NULL, act @CODE NOT NULL, was @TEXT, became @TEXT,
  PRIMARY KEY (jurisdiction, at, id)
) @CLUSTERED;
CREATE INDEX admin_change_login ON admin_change (jurisdiction, login, at, id);
CREATE INDEX admin_change_what ON admin_change (jurisdiction, what, at, id);
CREATE INDEX admin_change_subject ON admin_change (jurisdiction, what, subject, at, id);
CREATE INDEX admin_change_login_what ON admin_change (jurisdiction, login, what, at, id);

-- An uploaded table between its check and its use; it goes a week later.
CREATE TABLE sheet_file (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, account @ID NOT NULL, at @INT NOT NULL, name @TEXT NOT NULL,
  body @BYTES NOT NULL, state @TEXT NOT NULL, report @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, id)
) @ROWS;
CREATE INDEX sheet_file_account ON sheet_file (jurisdiction, account, id);
CREATE INDEX sheet_file_at ON sheet_file (jurisdiction, at);
