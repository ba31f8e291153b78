//! A transparency log as values: nothing here reads a clock, a disk or a network.
//!
//! A log is a list of leaves that only grows, under one [hash](struct@Hash): whoever kept an earlier one can check that nothing
//! was taken out or changed since. [`Edge`] appends, [`root`], [`inclusion`] and [`consistency`] answer from stored
//! [`tile`]s, [`verify_inclusion`] and [`verify_consistency`] check such answers without trusting who gave them.
//! A [`Checkpoint`] is the head of a log, signed as a [`Note`]; a [`Cosigner`] who saw that the log only grew adds its
//! name and the time, by the rules of [`witness`]; a [`ProofFile`] is all of it on one page, to be checked offline.
//!
//! The formats are those of C2SP: tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-witness and
//! tlog-proof; the hashes those of RFC 6962 with SHA-256. Every parser accepts exactly what its printer prints.
//!
//! With the feature `gm` a note can carry a signature by SM2 and SM3 beside that by Ed25519.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod bundle;
mod checkpoint;
mod edge;
#[cfg(feature = "gm")]
mod gm;
mod hash;
mod key;
mod note;
mod proof;
mod proof_file;
mod signer;
mod text;
pub mod tile;
mod tree;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, Policy, PolicyError};
pub use edge::Edge;
#[cfg(feature = "gm")]
pub use gm::Sm2Signer;
pub use hash::{Hash, HashError, leaf_hash, node_hash};
pub use key::{Algorithm, KeyError, KeyId, VerifierKey};
pub use note::{Note, NoteError, Signature, Verified};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use proof_file::{ProofFile, ProofFileError};
pub use signer::{Cosigner, Ed25519Signer, Signer};
pub use tile::{Bundle, Resource, Tile};
pub use tree::{Tiles, TreeError, consistency, inclusion, root};
