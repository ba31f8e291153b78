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
//! ```
//! use std::{collections::BTreeMap, convert::Infallible};
//! use linli_tlog::{Checkpoint, Ed25519Signer, Edge, Policy, ProofFile, Tile, Tiles, inclusion, leaf_hash};
//!
//! struct Store(BTreeMap<(u8, u64), Vec<u8>>);
//! impl Tiles for Store {
//!     type Error = Infallible;
//!     fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Infallible> {
//!         Ok(self.0[&(tile.level, tile.index)].clone())
//!     }
//! }
//!
//! // The log appends, stores what has changed and signs its head.
//! let mut edge = Edge::new();
//! for entry in ["reported", "dispatched", "solved"] {
//!     edge.append(leaf_hash(entry.as_bytes()));
//! }
//! let changed = edge.take_changed().into_iter().map(|(tile, hashes)| ((tile.level, tile.index), hashes));
//! let mut store = Store(changed.collect());
//! let signer = Ed25519Signer::from_seed("log.example", &[7; 32])?;
//! let origin = "log.example".to_owned();
//! let head = Checkpoint { origin, size: edge.size(), root: edge.root(), extensions: Vec::new() };
//! let checkpoint = head.sign(&[&signer])?;
//!
//! // A receipt for the second entry, checked by somebody who knows the key of the log.
//! let hashes = inclusion(&mut store, 1, head.size)?;
//! let receipt = ProofFile { extra: None, index: 1, hashes, checkpoint }.to_string();
//! let log = [signer.verifier().clone()];
//! let policy = Policy { origin: "log.example", log: &log, witnesses: &[], quorum: 0 };
//! receipt.parse::<ProofFile>()?.verify(leaf_hash(b"dispatched"), &policy)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
