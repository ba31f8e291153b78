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
    /// SM2 with SM3 over the text of the note: see [`Sm2Signer`](crate::Sm2Signer).
    #[cfg(feature = "gm")]
    Sm2,
}

impl Algorithm {
    const ALL: &[Self] = &[
        Self::Ed25519,
        Self::CosignatureV1,
        #[cfg(feature = "gm")]
        Self::Sm2,
    ];

    /// The signature type, which stands before the public key.
    fn prefix(self) -> &'static [u8] {
        match self {
            Self::Ed25519 => b"\x01",
            Self::CosignatureV1 => b"\x04",
            #[cfg(feature = "gm")]
            Self::Sm2 => crate::gm::TYPE,
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
    #[error("the key of {0} is of a kind that is not known here: Ed25519 (1) and cosignature/v1 (4) are")]
    Algorithm(String),
    /// Not a point of the curve, or one that anybody could sign for.
    #[error("the key of {0} is of no use to its algorithm; ask its owner for it again")]
    Useless(String),
    /// The id belongs to another key or name.
    #[error("the id in the key of {0} belongs to another key or name: the line was changed, copy it again")]
    Id(String),
}

/// A public key with its name; prints and parses as `name+id+base64`.
#[derive(Clone)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    algorithm: Algorithm,
    public: Vec<u8>,
    key: Key,
}

/// A key made ready for checking.
#[derive(Clone)]
enum Key {
    Ed25519(VerifyingKey),
    #[cfg(feature = "gm")]
    Sm2(Box<crate::gm::VerifyingKey>),
}

impl VerifierKey {
    /// A key by the bytes of its public part: 32 of Ed25519.
    pub fn new(name: &str, algorithm: Algorithm, public: &[u8]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name(name.to_owned()));
        }
        let key = match algorithm {
            Algorithm::Ed25519 | Algorithm::CosignatureV1 => {
                let key = public.try_into().ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
                key.filter(|key| !key.is_weak()).map(Key::Ed25519)
            }
            #[cfg(feature = "gm")]
            Algorithm::Sm2 => crate::gm::public(public).map(|key| Key::Sm2(Box::new(key))),
        };
        let key = key.ok_or_else(|| KeyError::Useless(name.to_owned()))?;
        let id = KeyId::of(name, &[algorithm.prefix(), public].concat());
        Ok(Self { name: name.to_owned(), id, algorithm, public: public.to_vec(), key })
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

    /// The bytes of the key.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// Whether `signature` is one of this key over `text`; of a cosignature also the time, in seconds since 1970.
    pub(crate) fn check(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        if self.algorithm != Algorithm::CosignatureV1 {
            return self.holds(text.as_bytes(), signature).then_some(None);
        }
        let (time, signature) = signature.split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        let said = time <= i64::MAX as u64 && self.holds(cosigned(time, text).as_bytes(), signature);
        said.then_some(Some(time))
    }

    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Ed25519(key) => {
                let signature = Ed25519Signature::from_slice(signature);
                signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
            }
            #[cfg(feature = "gm")]
            Key::Sm2(key) => crate::gm::holds(key, message, signature),
        }
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.algorithm, &self.public) == (&other.name, other.algorithm, &other.public)
    }
}

impl Eq for VerifierKey {}

/// What a cosigner signs.
pub(crate) fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c < ' ')
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, text::base64(&[self.algorithm.prefix(), &self.public].concat()))
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
        let known = Algorithm::ALL.iter().find_map(|known| Some((*known, typed.strip_prefix(known.prefix())?)));
        let (algorithm, public) = known.ok_or_else(|| KeyError::Algorithm(name.to_owned()))?;
        let key = Self::new(name, algorithm, public)?;
        if key.id.to_string() == id { Ok(key) } else { Err(KeyError::Id(name.to_owned())) }
    }
}
