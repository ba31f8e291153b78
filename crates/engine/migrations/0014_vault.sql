-- The vault, sealed. `scheme` of its rows: 0 as they are (older rows, until `linli vault rotate` seals them), 1 AES-256-GCM,
-- 2 SM4-GCM; base64 of the scheme, a nonce, and what was sealed. An empty text stays empty.

-- The data key of each row that holds something, wrapped by a master key. `kind` says whose it is: 0 the key of the
-- indexes, 1 vault_person, 2 vault_caller, 3 vault_behalf; `id` is that of the row. A key that was shredded has no bytes.
CREATE TABLE vault_key (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, kind @INT NOT NULL, master @INT NOT NULL, wrapped @BYTES NOT NULL,
  PRIMARY KEY (jurisdiction, id, kind)
) @CLUSTERED;

-- The master keys that were ever in use, never the keys themselves: `proof` shows whether a key is the right one. The
-- highest number is in use; one that is retired opens nothing any more.
CREATE TABLE vault_master (
  jurisdiction @INT NOT NULL, version @INT NOT NULL, proof @BYTES NOT NULL, made_at @INT NOT NULL, retired_at @INT,
  PRIMARY KEY (jurisdiction, version)
) @CLUSTERED;

-- What is still to be sealed. Nothing new comes in.
CREATE INDEX vault_person_plain ON vault_person (jurisdiction, id) WHERE scheme = 0;
CREATE INDEX vault_caller_plain ON vault_caller (jurisdiction, case_id) WHERE scheme = 0;
CREATE INDEX vault_behalf_plain ON vault_behalf (jurisdiction, case_id) WHERE scheme = 0;
