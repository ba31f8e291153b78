//! The key that signs checkpoints, and the name of the logs. Both are settled at the first start: with another key or
//! another name it would be another log.

use std::path::Path;

use linli_tlog::{Ed25519Signer, VerifierKey};
use linli_worktime::Millis;

use crate::{
    EngineError,
    db::{Db, DbError, Tx},
    hex,
    ids::Jurisdiction,
    record::By,
    start,
    vault::key_file,
};

/// The setting that holds the public half of the key, in hexadecimal digits.
const KEY: &str = "log-key";

/// Which beginning of a log: the first is 0. Each has a name of its own, because outsiders who saw more of an earlier one
/// than there is today could not tell the next from a forgery under the same name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Era(pub u32);

impl Era {
    /// The one after it.
    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Who signs the logs of a deployment. It has no way to be printed.
pub struct LogKey {
    name: String,
    seed: [u8; 32],
}

impl LogKey {
    fn new(seed: [u8; 32]) -> Result<(Self, String), DbError> {
        // Any name will do to work out the public half.
        let public = Self { name: "linli".into(), seed }
            .signer(Jurisdiction::default(), Era::default())?
            .verifier()
            .public()
            .to_owned();
        let public = hex(&public);
        let name = format!("linli-{}", public.get(..8).unwrap_or_default());
        Ok((Self { name, seed }, public))
    }

    /// The name of the log of a jurisdiction: the first line of its checkpoints, and the name of its key. Of a log that
    /// began anew, with the number of that beginning, from 2.
    pub fn origin(&self, street: Jurisdiction, era: Era) -> String {
        match era {
            Era(0) => format!("{}/{street}", self.name),
            Era(n) => format!("{}/{street}/{}", self.name, u64::from(n) + 1),
        }
    }

    /// Which beginning of a log is called so.
    pub(super) fn era(&self, street: Jurisdiction, origin: &str) -> Option<Era> {
        let rest = origin.strip_prefix(&self.origin(street, Era::default()))?;
        let era = match rest.strip_prefix('/') {
            None if rest.is_empty() => Era::default(),
            None => return None,
            Some(number) => Era(number.parse::<u32>().ok()?.checked_sub(1)?),
        };
        (self.origin(street, era) == origin).then_some(era)
    }

    /// Who signs the log of a jurisdiction.
    pub(super) fn signer(&self, street: Jurisdiction, era: Era) -> Result<Ed25519Signer, DbError> {
        let signer = Ed25519Signer::from_seed(&self.origin(street, era), &self.seed);
        signer.map_err(|e| DbError::Corrupt(format!("the key of the log: {e}")))
    }

    /// What outsiders check the log of a jurisdiction with.
    ///
    /// # Errors
    /// When the key is none.
    pub fn verifier(&self, street: Jurisdiction, era: Era) -> Result<VerifierKey, DbError> {
        Ok(self.signer(street, era)?.verifier().clone())
    }
}

async fn begun_with(db: &Db, home: Jurisdiction) -> Result<Option<String>, DbError> {
    Ok(db.read(move |tx: &mut Tx<'_>| start::setting(tx, home, KEY)).await?.map(|(known, _)| known))
}

/// Reads the key of a log that has begun; none is made.
pub(crate) async fn held(db: &Db, home: Jurisdiction, folder: &Path) -> Result<LogKey, EngineError> {
    let path = folder.join("log.key");
    if !path.exists() {
        return Err(EngineError::NoLogKey(path.display().to_string()));
    }
    let (key, public) = LogKey::new(key_file(&path)?)?;
    match begun_with(db, home).await? {
        Some(known) if known != public => Err(EngineError::OtherLogKey(path.display().to_string())),
        _ => Ok(key),
    }
}

/// Reads the key, makes it at the very first start, and refuses another one than the log began with.
pub(crate) async fn settle(db: &Db, home: Jurisdiction, folder: &Path, now: Millis) -> Result<LogKey, EngineError> {
    if begun_with(db, home).await?.is_some() {
        return held(db, home, folder).await;
    }
    let (key, public) = LogKey::new(key_file(&folder.join("log.key"))?)?;
    let by = By::command("serve");
    db.write(move |tx: &mut Tx<'_>| start::set(tx, home, &by, KEY, &public, now)).await?;
    Ok(key)
}
