//! The contents of attachments, sealed like all that the vault keeps, under a key of their own each. It is derived from the
//! key that never changes, so that a new master key leaves files as they are.

use super::{
    keys::{VaultKey, nonce},
    seal::{self, Key, SealError, Slot},
};

/// What a sealed file begins with; nothing that is kept as it is begins so.
const SEALED: &[u8] = b"linli sealed 1\n";

fn slot(digest: &[u8; 32]) -> Slot {
    let [row @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *digest;
    Slot { table: "attachment", column: "content", row }
}

impl VaultKey {
    fn of_file(&self, digest: &[u8; 32]) -> Key {
        Key::new(self.mac(b"file", digest))
    }

    /// Seals the content with this digest.
    pub(crate) fn seal_file(&self, digest: &[u8; 32], content: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealed = seal::seal(&self.of_file(digest), nonce(), slot(digest), content)?;
        Ok([SEALED, &sealed].concat())
    }

    /// Opens what [`VaultKey::seal_file`] made for this digest.
    pub(crate) fn open_file(&self, digest: &[u8; 32], kept: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealed = kept.strip_prefix(SEALED).ok_or(SealError::Broken(slot(digest)))?;
        seal::open(&self.of_file(digest), slot(digest), sealed).map(|mut content| std::mem::take(&mut *content))
    }
}

/// Whether a file is kept sealed.
pub(crate) fn is_sealed(kept: &[u8]) -> bool {
    kept.starts_with(SEALED)
}
