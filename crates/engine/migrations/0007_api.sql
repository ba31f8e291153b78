-- What programs sign in with. The secret is shown once, to whoever sits on the seat; its digest is kept. Without one it was
-- granted and not fetched yet.
CREATE TABLE token (
  jurisdiction @INT NOT NULL, id @ID NOT NULL, seat @ID NOT NULL, name @TEXT NOT NULL, scopes @TEXT NOT NULL,
  per_minute @INT NOT NULL, digest @BYTES, made_at @INT NOT NULL, made_by @ID NOT NULL, ends_at @INT, fetched_at @INT,
  used_at @INT, revoked_at @INT,
  PRIMARY KEY (jurisdiction, id)
) @CLUSTERED;
CREATE UNIQUE INDEX token_digest ON token (jurisdiction, digest) WHERE digest IS NOT NULL;
CREATE INDEX token_seat ON token (jurisdiction, seat);

-- What a client-made key was sent with: the same key with something else is told so. Nothing where the key came from a page.
ALTER TABLE deed ADD COLUMN digest @BYTES;
