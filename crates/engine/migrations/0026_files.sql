-- A file is a leaf of the log: `salt` opens what the log says of it (attachments/evidence.rs). Of a file that was let go of, the row
-- stays, without name, digest and salt.
ALTER TABLE attachment ADD COLUMN salt @BYTES;
