use ed25519_dalek::{Signer as _, SigningKey};

use crate::{
    Algorithm, KeyError, KeyId, Note, Signature, VerifierKey,
    key::{cosigned, is_name},
};

/// Who signs notes; a device that keeps its key to itself fits behind it too.
pub trait Signer {
    /// The name that the signature stands under.
    fn name(&self) -> &str;

    /// Which of the keys of that name.
    fn key_id(&self) -> KeyId;

    /// The signature over the text of a note.
    fn sign(&self, text: &[u8]) -> Vec<u8>;
}

/// Signs notes with Ed25519.
pub struct Ed25519Signer {
    key: SigningKey,
    public: VerifierKey,
}

impl Ed25519Signer {
    /// From a seed, which is the secret.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, Algorithm::Ed25519, key.verifying_key().as_bytes())?;
        Ok(Self { key, public })
    }

    /// What others check the signatures with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }
}

impl Signer for Ed25519Signer {
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

/// Signs that a log was seen to have only grown, and when: cosignature/v1.
///
/// Its seed must sign nothing else: what is signed does not say the name.
pub struct Cosigner {
    key: SigningKey,
    public: VerifierKey,
}

impl Cosigner {
    /// From a seed, which is the secret.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, Algorithm::CosignatureV1, key.verifying_key().as_bytes())?;
        Ok(Self { key, public })
    }

    /// What others check the cosignatures with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Cosigns a checkpoint at `now`, in seconds since 1970. Whoever calls has seen to it that the log only grew:
    /// [`witness::judge`](crate::witness::judge) does.
    pub fn cosign(&self, checkpoint: &Note, now: u64) -> Signature {
        let signature = self.key.sign(cosigned(now, checkpoint.text()).as_bytes());
        let timed = [now.to_be_bytes().as_slice(), &signature.to_bytes()].concat();
        Signature::made(self.public.name(), self.public.id(), timed)
    }
}

impl Signature {
    /// Signs a text.
    pub(crate) fn by(signer: &dyn Signer, text: &str) -> Result<Self, KeyError> {
        if !is_name(signer.name()) {
            return Err(KeyError::Name(signer.name().to_owned()));
        }
        Ok(Self::made(signer.name(), signer.key_id(), signer.sign(text.as_bytes())))
    }
}
