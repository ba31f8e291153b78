use std::{fmt, str::FromStr};

use ed25519_dalek::{Signature as Ed25519Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::text;

/// What tells apart the keys of one name: the start of a digest over name, algorithm and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The id of a key; `typed` is the byte of the signature type and the encoded public key.
    pub fn of(name: &str, typed: &[u8]) -> Self {
        let digest: [u8; 32] =
            Sha256::new().chain_update(name).chain_update(b"\n").chain_update(typed).finalize().into();
        Self([digest[0], digest[1], digest[2], digest[3]])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 over the text of the note.
    Ed25519,
    /// Ed25519 over a time and the text of a checkpoint: a cosignature/v1.
    CosignatureV1,
}

impl Algorithm {
    fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::CosignatureV1 => 4,
        }
    }
}

/// Why a text is no key, or a name no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Names stand in lines that are split at spaces.
    #[error("{0:?} cannot name a key: one word without + is needed, best the address of the log")]
    Name(String),
    /// Not of the form of a verifier key.
    #[error("{0:?} is no verifier key: it reads name+8 hex digits+base64; copy the whole line")]
    Form(String),
    /// A kind of key that is not known here.
    #[error("the key of {0} is of an unknown kind: 1 (Ed25519) and 4 (cosignature/v1) are known")]
    Algorithm(String),
    /// Not a point of the curve, or one that anybody could sign for.
    #[error("the key of {0} is no usable Ed25519 public key; ask its owner for it again")]
    Point(String),
    /// The id belongs to another key or name.
    #[error("the id in the key of {0} belongs to another key or name: the line was changed, copy it again")]
    Id(String),
}

/// A public key with its name; prints and parses as `name+id+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    algorithm: Algorithm,
    key: VerifyingKey,
}

impl VerifierKey {
    /// A key by its 32 bytes.
    pub fn new(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(public).ok().filter(|key| !key.is_weak());
        Self::of(name, algorithm, key.ok_or_else(|| KeyError::Point(name.to_owned()))?)
    }

    pub(crate) fn of(name: &str, algorithm: Algorithm, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name(name.to_owned()));
        }
        let id = KeyId::of(name, &typed(algorithm, &key));
        Ok(Self { name: name.to_owned(), id, algorithm, key })
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells it apart from others of the name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key itself.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether `signature` is one of this key over `text`; of a cosignature also the time, in seconds since 1970.
    pub(crate) fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        match self.algorithm {
            Algorithm::Ed25519 => self.holds(text.as_bytes(), signature).then_some(None),
            Algorithm::CosignatureV1 => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                let said = time <= i64::MAX as u64 && self.holds(cosigned(time, text).as_bytes(), signature);
                said.then_some(Some(time))
            }
        }
    }

    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Ed25519Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

/// What a cosigner signs.
pub(crate) fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c < ' ')
}

fn typed(algorithm: Algorithm, key: &VerifyingKey) -> Vec<u8> {
    [&[algorithm.byte()], key.as_bytes().as_slice()].concat()
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, text::base64(&typed(self.algorithm, &self.key)))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(line: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form(line.to_owned());
        let (name, rest) = line.split_once('+').ok_or_else(form)?;
        let (id, key) = rest.split_once('+').ok_or_else(form)?;
        let typed = text::unbase64(key).ok_or_else(form)?;
        let (algorithm, key) = typed.split_first().ok_or_else(form)?;
        let algorithm = match algorithm {
            1 => Algorithm::Ed25519,
            4 => Algorithm::CosignatureV1,
            _ => return Err(KeyError::Algorithm(name.to_owned())),
        };
        let key = Self::new(name, algorithm, key.try_into().map_err(|_| form())?)?;
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::Id(name.to_owned())) }
    }
}
