//! The engine: cases that travel through flows, with their timers, inbox, evidence, vault, orgs and places, over SQLite
//! or PostgreSQL. It owns every effect; the rules come from packs, the counting from the kernels.
#![forbid(unsafe_code)]

pub mod db;
pub mod edge;
pub mod ids;
pub mod limits;

use sha2::{Digest, Sha256};

/// SHA-256.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// An error with all its causes, for a log line or an operator.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
