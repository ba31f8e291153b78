//! Signatures by SM2 with SM3 (GB/T 32918.2, GB/T 32905), for offices that have to use them.
//!
//! C2SP has given them no type, so the type is one of our own: the byte 0xff and `linli/sm2-sm3/v1`. The public key is the
//! uncompressed point (65 bytes), the signature r and s (64 bytes), the identity of the signer the usual
//! `1234567812345678`. The hashes of the tree stay SHA-256: whoever knows nothing of SM2 still checks everything.

use sm2::dsa::{
    Signature, SigningKey,
    signature::{Signer as _, Verifier as _},
};

pub(crate) use sm2::dsa::VerifyingKey;

use crate::{Algorithm, KeyError, KeyId, Signer, VerifierKey};

/// The signature type: a name after the byte for types without a number.
pub(crate) const TYPE: &[u8] = b"\xfflinli/sm2-sm3/v1";

const IDENTITY: &str = "1234567812345678";

pub(crate) fn public(bytes: &[u8]) -> Option<VerifyingKey> {
    // A compressed point would be a second spelling of the same key.
    VerifyingKey::from_sec1_bytes(IDENTITY, bytes).ok().filter(|_| bytes.len() == 65)
}

pub(crate) fn holds(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}

/// Signs notes with SM2, deterministically (RFC 6979).
///
/// No certified module: where one is demanded, put it behind [`Signer`] with the same type and key id.
pub struct Sm2Signer {
    key: SigningKey,
    public: VerifierKey,
}

impl Sm2Signer {
    /// From a seed, which is the secret.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_slice(IDENTITY, seed).map_err(|_| KeyError::Useless(name.to_owned()))?;
        let public = VerifierKey::new(name, Algorithm::Sm2, &key.verifying_key().to_sec1_bytes())?;
        Ok(Self { key, public })
    }

    /// What others check the signatures with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl Signer for Sm2Signer {
    fn name(&self) -> &str {
        self.public.name()
    }

    fn key_id(&self) -> KeyId {
        self.public.id()
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.key.sign(text).to_bytes().to_vec()
    }
}
