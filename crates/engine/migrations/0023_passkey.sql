-- Passkeys of staff: what finds one, its public key, which is no secret, and how often its authenticator says that it was
-- shown. Each is somebody's second factor from the moment it is there.
CREATE TABLE passkey (
  jurisdiction @INT NOT NULL, account @ID NOT NULL, id @ID NOT NULL, credential @BYTES NOT NULL, public_key @BYTES NOT NULL,
  sign_count @INT NOT NULL, synced @BOOL NOT NULL, name @TEXT NOT NULL, made_at @INT NOT NULL, used_at @INT,
  PRIMARY KEY (jurisdiction, account, id)
) @CLUSTERED;
CREATE UNIQUE INDEX passkey_credential ON passkey (jurisdiction, credential);

-- The question that a passkey is to answer, of whoever waits for it; it is answered once.
ALTER TABLE half_sign_in ADD COLUMN challenge @BYTES;
ALTER TABLE session ADD COLUMN challenge @BYTES;
ALTER TABLE session ADD COLUMN challenge_ends @INT;
-- Until when whoever sits at this session may change their second factor: they have just shown it.
ALTER TABLE session ADD COLUMN proved_until @INT;
