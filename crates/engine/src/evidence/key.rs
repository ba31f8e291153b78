//! The key that signs checkpoints, and the name of the log. Both are chosen once: with another key or another name it
//! would be another log.

use linli_tlog::note::Ed25519Signer;

use crate::{
    EngineError, digest, hex,
    db::{Db, Tx},
    ids::Jurisdiction,
    record::By,
    start,
};
use linli_worktime::Millis;

/// The settings that hold the name and the public half.
const NAME: &str = "log-name";
const KEY: &str = "log-key";

/// Who signs: a name and a secret key.
pub struct LogKey {
    name: String,
    seed: [u8; 32],
}
