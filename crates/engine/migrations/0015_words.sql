-- What people wrote before personal data was taken out of it, sealed in the vault: by case and number of the event (1 has
-- the report). `id` is what its data key belongs to (kind 4 of vault_key).
CREATE TABLE vault_words (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, seq @INT NOT NULL, id @ID NOT NULL, scheme @INT NOT NULL, words @TEXT NOT NULL,
  PRIMARY KEY (jurisdiction, case_id, seq)
) @CLUSTERED;

-- The digest of those words, which is committed with the event: it proves them as long as they are there, and nothing after.
ALTER TABLE event ADD COLUMN words @BYTES;
