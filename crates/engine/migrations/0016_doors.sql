-- Sessions: by what and from where, coarsely, and when they were last used.
ALTER TABLE session ADD COLUMN seen_at @INT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN device @TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN network @TEXT NOT NULL DEFAULT '';
UPDATE session SET seen_at = made_at;
CREATE INDEX session_person ON session (jurisdiction, person) WHERE person IS NOT NULL;

-- The second factor of an account. `secret` is sealed under the data key that vault_key has for `id` (kind 5). It is on
-- from `on_at`; `step` is the last step of time whose code was used.
CREATE TABLE second_factor (
  jurisdiction @INT NOT NULL, account @ID NOT NULL, id @ID NOT NULL, secret @TEXT NOT NULL, on_at @INT, step @INT NOT NULL,
  PRIMARY KEY (jurisdiction, account)
) @CLUSTERED;

-- Codes for whoever lost the second factor: only their digests, under the key of the vault. A code that was used is gone.
CREATE TABLE recovery_code (
  jurisdiction @INT NOT NULL, account @ID NOT NULL, code @BYTES NOT NULL,
  PRIMARY KEY (jurisdiction, account, code)
) @CLUSTERED;

-- Half of a sign-in: the password was right, the code is still to come.
CREATE TABLE half_sign_in (
  jurisdiction @INT NOT NULL, token @BYTES NOT NULL, account @ID NOT NULL, ends_at @INT NOT NULL,
  PRIMARY KEY (jurisdiction, token)
) @CLUSTERED;
CREATE INDEX half_sign_in_ends ON half_sign_in (jurisdiction, ends_at);

-- How often somebody tried something: `who` is an account, or a digest of a login that is none, of a telephone, an address,
-- a device. The count begins at `at`; nothing is tried before `until`. What stood in account (wrong, locked_until) is no
-- longer read.
CREATE TABLE try_count (
  jurisdiction @INT NOT NULL, kind @CODE NOT NULL, who @BYTES NOT NULL, n @INT NOT NULL, at @INT NOT NULL, until @INT,
  PRIMARY KEY (jurisdiction, kind, who)
) @CLUSTERED;
CREATE INDEX try_count_at ON try_count (jurisdiction, at);

-- What happened at the doors: who came in, who did not, what was changed about it. Never changed; it goes when it is old.
CREATE TABLE security_event (
  jurisdiction @INT NOT NULL, at @INT NOT NULL, id @ID NOT NULL, kind @CODE NOT NULL, account @ID, network @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, at, id)
) @CLUSTERED;
CREATE INDEX security_event_kind ON security_event (jurisdiction, kind, at, id);
CREATE INDEX security_event_account ON security_event (jurisdiction, account, at, id);
CREATE INDEX security_event_account_kind ON security_event (jurisdiction, account, kind, at, id);
