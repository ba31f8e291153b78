-- For whom a case was reported, where somebody reported it for a relative or a neighbour. Part of the vault: nothing
-- outside `vault` reads it. `phone_key` finds it when they sign in themselves; `person` is who that then is.
CREATE TABLE vault_behalf (
  jurisdiction @INT NOT NULL, case_id @ID NOT NULL, scheme @INT NOT NULL, name @TEXT NOT NULL, contact @TEXT NOT NULL,
  phone_key @BYTES, person @ID, relation @CODE NOT NULL, told @CODE NOT NULL,
  PRIMARY KEY (jurisdiction, case_id)
) @CLUSTERED;
CREATE INDEX vault_behalf_phone ON vault_behalf (phone_key) WHERE phone_key IS NOT NULL AND person IS NULL;
CREATE INDEX vault_behalf_person ON vault_behalf (person, case_id) WHERE person IS NOT NULL;

-- What the public map counts: open cases, and those closed of late. Both cover the count, so that it reads no case.
CREATE INDEX cases_public_open ON cases (jurisdiction, place, category, opened_at, id, phase) WHERE phase = 'open';
CREATE INDEX cases_public_solved ON cases (jurisdiction, settled_at, outcome, place, category, id) WHERE settled_at IS NOT NULL;
-- Confidential reports are left out of it.
CREATE INDEX vault_caller_confidential ON vault_caller (jurisdiction, case_id) WHERE confidential;
