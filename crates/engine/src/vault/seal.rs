//! Sealing: a text becomes bytes that only its key opens, and only where it was put. Pure: nonces and keys are given.

use std::fmt;

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use base64ct::{Base64Unpadded as BASE64, Encoding as _};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::Secret;
use crate::db::{FromCell, Value};

/// A key of 32 bytes; it cannot be printed, and its memory is cleared when it goes.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA-256 of a text; `purpose` keeps uses apart.
    pub(super) fn mac(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        // HMAC fills a short key up with zeros to its block of 64 bytes (RFC 2104).
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&*self.0);
        <Hmac<Sha256> as KeyInit>::new((&*block).into())
            .chain_update(purpose)
            .chain_update([0])
            .chain_update(text)
            .finalize()
            .into_bytes()
            .into()
    }
}

/// How the personal columns of a row are kept. A row says its own, so that rows of several schemes may stand together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scheme {
    /// As they are: rows from before there was sealing.
    Plain,
    /// AES with 256 bits in Galois/Counter Mode (NIST SP 800-38D).
    Aes256Gcm,
    /// SM4 (GB/T 32907) in the same mode, as RFC 8998 uses it; its key is the first half of the data key.
    #[cfg(feature = "gm")]
    Sm4Gcm,
}

impl Scheme {
    /// What new rows are sealed with.
    #[cfg(not(feature = "gm"))]
    pub(super) const NEW: Self = Self::Aes256Gcm;
    /// What new rows are sealed with.
    #[cfg(feature = "gm")]
    pub(super) const NEW: Self = Self::Sm4Gcm;

    pub(super) fn code(self) -> u8 {
        match self {
            Self::Plain => 0,
            Self::Aes256Gcm => 1,
            #[cfg(feature = "gm")]
            Self::Sm4Gcm => 2,
        }
    }

    fn of(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Plain),
            1 => Some(Self::Aes256Gcm),
            #[cfg(feature = "gm")]
            2 => Some(Self::Sm4Gcm),
            _ => None,
        }
    }
}

impl From<Scheme> for Value {
    fn from(scheme: Scheme) -> Self {
        Self::Int(i64::from(scheme.code()))
    }
}

impl FromCell for Scheme {
    const NAME: &'static str = "a scheme of the vault that this version knows";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        match cell {
            Value::Int(code) => Self::of(code).ok_or(Value::Int(code)),
            other => Err(other),
        }
    }
}

/// Where a sealed value stands. It is sealed together with its place, so that it opens in no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: [u8; 16],
}

impl Slot {
    fn bound(&self) -> Vec<u8> {
        [self.table.as_bytes(), &[0], self.column.as_bytes(), &[0], &self.row].concat()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = uuid::Uuid::from_bytes(self.row);
        write!(f, "a {} (row {row} of `{}`)", self.column, self.table)
    }
}

/// Why something is not sealed or does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    /// It is not what was sealed there.
    #[error("{0} that does not open: it was changed, or belongs to another row; bring the row back from a backup")]
    Broken(Slot),
    /// Beyond what a nonce may cover.
    #[error("{0} that is too long to be sealed")]
    TooLong(Slot),
}

/// A number that is used once: 12 random bytes.
pub(crate) type Nonce = [u8; 12];

const NONCE: usize = size_of::<Nonce>();

/// Seals bytes: the scheme, the nonce, what was sealed and its tag.
pub(crate) fn seal(key: &Key, nonce: Nonce, slot: Slot, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let payload = Payload { msg: plain, aad: &slot.bound() };
    let sealed = match Scheme::NEW {
        #[cfg(feature = "gm")]
        Scheme::Sm4Gcm => gm::cipher(key).encrypt(&nonce.into(), payload),
        _ => Aes256Gcm::new(key.bytes().into()).encrypt(&nonce.into(), payload),
    };
    let sealed = sealed.map_err(|_| SealError::TooLong(slot))?;
    Ok([&[Scheme::NEW.code()], &nonce[..], &sealed].concat())
}

/// Opens what [`seal`] made for this place.
pub(crate) fn open(key: &Key, slot: Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let broken = SealError::Broken(slot);
    let (code, rest) = sealed.split_first().ok_or(broken)?;
    let (nonce, msg) = rest.split_at_checked(NONCE).ok_or(broken)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| broken)?;
    let payload = Payload { msg, aad: &slot.bound() };
    let plain = match Scheme::of(i64::from(*code)) {
        Some(Scheme::Aes256Gcm) => Aes256Gcm::new(key.bytes().into()).decrypt(&nonce.into(), payload),
        #[cfg(feature = "gm")]
        Some(Scheme::Sm4Gcm) => gm::cipher(key).decrypt(&nonce.into(), payload),
        _ => return Err(broken),
    };
    plain.map(Zeroizing::new).map_err(|_| broken)
}

/// Seals a text for a text column. An empty one stays empty: that there is nothing is no secret.
pub(crate) fn seal_text(key: &Key, nonce: Nonce, slot: Slot, plain: &Secret<String>) -> Result<String, SealError> {
    if plain.reveal().is_empty() {
        return Ok(String::new());
    }
    Ok(BASE64::encode_string(&seal(key, nonce, slot, plain.reveal().as_bytes())?))
}

/// Opens a text that [`seal_text`] made.
pub(crate) fn open_text(key: &Key, slot: Slot, kept: &str) -> Result<Secret<String>, SealError> {
    if kept.is_empty() {
        return Ok(Secret::new(String::new()));
    }
    let sealed = BASE64::decode_vec(kept).map_err(|_| SealError::Broken(slot))?;
    let mut plain = open(key, slot, &sealed)?;
    String::from_utf8(std::mem::take(&mut *plain)).map(Secret::new).map_err(|e| {
        e.into_bytes().zeroize();
        SealError::Broken(slot)
    })
}

/// Wraps a data key under a master key.
pub(crate) fn wrap(master: &Key, nonce: Nonce, slot: Slot, key: &Key) -> Result<Vec<u8>, SealError> {
    seal(&wrapping(master), nonce, slot, key.bytes())
}

/// Unwraps a data key.
pub(crate) fn unwrap(master: &Key, slot: Slot, wrapped: &[u8]) -> Result<Key, SealError> {
    let plain = open(&wrapping(master), slot, wrapped)?;
    <[u8; 32]>::try_from(plain.as_slice()).map(Key::new).map_err(|_| SealError::Broken(slot))
}

/// A master key does nothing itself: from older databases it is also the key of the indexes.
fn wrapping(master: &Key) -> Key {
    Key::new(master.mac(b"wrap", b""))
}

#[cfg(feature = "gm")]
mod gm {
    use aes_gcm::{
        AesGcm,
        aead::{KeyInit, consts::U12},
    };

    use super::Key;

    pub(super) type Sm4Gcm = AesGcm<sm4::Sm4, U12>;

    pub(super) fn cipher(key: &Key) -> Sm4Gcm {
        let mut half = zeroize::Zeroizing::new([0; 16]);
        half.copy_from_slice(&key.bytes()[..16]);
        Sm4Gcm::new((&*half).into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SLOT: Slot = Slot { table: "vault_person", column: "name", row: [7; 16] };

    proptest! {
        #[test]
        fn what_is_sealed_opens_where_it_was_put(key: [u8; 32], nonce: Nonce, text in "\\PC{0,60}") {
            let (key, text) = (Key::new(key), Secret::new(text));
            let kept = seal_text(&key, nonce, SLOT, &text).unwrap();
            prop_assert_eq!(open_text(&key, SLOT, &kept).unwrap(), text.clone());
            prop_assert_eq!(kept.is_empty(), text.reveal().is_empty());
        }

        #[test]
        fn it_opens_nowhere_else(key: [u8; 32], nonce: Nonce, text in "\\PC{1,60}", row: [u8; 16]) {
            let kept = seal_text(&Key::new(key), nonce, SLOT, &Secret::new(text)).unwrap();
            let others = [Slot { row, ..SLOT }, Slot { column: "phone", ..SLOT }, Slot { table: "vault_caller", ..SLOT }];
            for other in others.into_iter().filter(|other| *other != SLOT) {
                prop_assert_eq!(open_text(&Key::new(key), other, &kept), Err(SealError::Broken(other)));
            }
        }

        #[test]
        fn a_flipped_bit_or_another_key_opens_nothing(key: [u8; 32], other: [u8; 32], nonce: Nonce, text in "\\PC{1,60}", at: usize) {
            let mut sealed = seal(&Key::new(key), nonce, SLOT, text.as_bytes()).unwrap();
            prop_assert!(other == key || open(&Key::new(other), SLOT, &sealed).is_err());
            for end in 0..sealed.len() {
                prop_assert!(open(&Key::new(key), SLOT, &sealed[..end]).is_err());
            }
            let at = at % (8 * sealed.len());
            sealed[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(open(&Key::new(key), SLOT, &sealed).err(), Some(SealError::Broken(SLOT)));
        }

        #[test]
        fn a_wrapped_key_is_unwrapped_by_its_master(master: [u8; 32], other: [u8; 32], key: [u8; 32], nonce: Nonce) {
            let wrapped = wrap(&Key::new(master), nonce, SLOT, &Key::new(key)).unwrap();
            prop_assert_eq!(*unwrap(&Key::new(master), SLOT, &wrapped).unwrap().bytes(), key);
            prop_assert!(master == other || unwrap(&Key::new(other), SLOT, &wrapped).is_err());
        }

        /// Whatever stands in a column, reading it is an answer, never a panic.
        #[test]
        fn garbage_is_refused(key: [u8; 32], kept in "[A-Za-z0-9+/=]{1,80}") {
            prop_assert!(open_text(&Key::new(key), SLOT, &kept).is_err());
        }
    }

    #[test]
    fn a_refusal_names_row_and_column_and_nothing_of_the_text() {
        let said = open_text(&Key::new([1; 32]), SLOT, "bm90aGluZw").unwrap_err().to_string();
        assert!(said.contains("a name (row 07070707-0707-0707-0707-070707070707 of `vault_person`)"), "{said}");
        assert!(!said.contains("bm90aGluZw"), "{said}");
    }

    /// RFC 8998, appendix A.1.
    #[cfg(feature = "gm")]
    #[test]
    fn sm4_gcm_is_that_of_rfc_8998() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
        };
        let mut key = [0; 32];
        key[..16].copy_from_slice(&bytes("0123456789ABCDEFFEDCBA9876543210"));
        let nonce: Nonce = bytes("00001234567800000000ABCD").try_into().unwrap();
        let (msg, aad) = (
            bytes(concat!(
                "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
                "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
            )),
            bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
        );
        let sealed = gm::cipher(&Key::new(key)).encrypt(&nonce.into(), Payload { msg: &msg, aad: &aad }).unwrap();
        let known = concat!(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735",
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D",
            "83DE3541E4C2B58177E065A9BF7B62EC"
        );
        assert_eq!(sealed, bytes(known));
    }
}
