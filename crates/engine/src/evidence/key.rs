//! The key that signs checkpoints, and the name of the logs. Both are settled at the first start: with another key or
//! another name it would be another log.

use std::path::Path;

use linli_tlog::{Ed25519Signer, VerifierKey};
use linli_worktime::Millis;

use crate::{
    EngineError,
    db::{Db, DbError, Tx},
    edge, hex,
    ids::Jurisdiction,
    record::By,
    start,
};

/// The setting that holds the public half of the key, in hexadecimal digits.
const KEY: &str = "log-key";

/// Who signs the logs of a deployment. It has no way to be printed.
pub struct LogKey {
    name: String,
    seed: [u8; 32],
}

impl LogKey {
    fn new(seed: [u8; 32]) -> Result<(Self, String), DbError> {
        // Any name will do to work out the public half.
        let public =
            Self { name: "linli".into(), seed }.signer(Jurisdiction::default())?.verifier().public().to_owned();
        let public = hex(&public);
        let name = format!("linli-{}", public.get(..8).unwrap_or_default());
        Ok((Self { name, seed }, public))
    }

    /// The name of the log of a jurisdiction: the first line of its checkpoints, and the name of its key.
    pub fn origin(&self, street: Jurisdiction) -> String {
        format!("{}/{street}", self.name)
    }

    /// Who signs the log of a jurisdiction.
    pub(super) fn signer(&self, street: Jurisdiction) -> Result<Ed25519Signer, DbError> {
        let signer = Ed25519Signer::from_seed(&self.origin(street), &self.seed);
        signer.map_err(|e| DbError::Corrupt(format!("the key of the log: {e}")))
    }

    /// What outsiders check the log of a jurisdiction with.
    ///
    /// # Errors
    /// When the key is none.
    pub fn verifier(&self, street: Jurisdiction) -> Result<VerifierKey, DbError> {
        Ok(self.signer(street)?.verifier().clone())
    }
}

/// Reads the key, makes it at the very first start, and refuses another one than the log began with.
pub(crate) async fn settle(db: &Db, home: Jurisdiction, folder: &Path, now: Millis) -> Result<LogKey, EngineError> {
    let path = folder.join("log.key");
    let known = db.read(move |tx: &mut Tx<'_>| start::setting(tx, home, KEY)).await?.map(|(known, _)| known);
    if known.is_some() && !path.exists() {
        return Err(EngineError::NoLogKey(path.display().to_string()));
    }
    let (key, public) = LogKey::new(key_file(&path)?)?;
    match known {
        Some(known) if known == public => Ok(key),
        Some(_) => Err(EngineError::OtherLogKey(path.display().to_string())),
        None => {
            let by = By::command("serve");
            db.write(move |tx: &mut Tx<'_>| start::set(tx, home, &by, KEY, &public, now)).await?;
            Ok(key)
        }
    }
}

/// A secret key, made at the first start. It is in a file, never in the database.
///
/// # Errors
/// When the file cannot be read or written, or holds no key.
pub fn key_file(path: &Path) -> Result<[u8; 32], EngineError> {
    let at = |source| EngineError::File { path: path.display().to_string(), source };
    if !path.exists() {
        write_key(path, &hex(&edge::secret())).map_err(at)?;
    }
    let text = std::fs::read_to_string(path).map_err(at)?;
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = text.trim().as_bytes().chunks(2).map(pair).collect();
    bytes.and_then(|b| b.try_into().ok()).ok_or_else(|| EngineError::LogKey(path.display().to_string()))
}

/// Writes a new key so that it survives a power cut before anything is kept under it; only its owner may read it.
fn write_key(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = std::fs::File::options().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}
