//! What outsiders send to or get from a log: notes, checkpoints, proofs, paths of tiles, what a witness is asked, bundles.
//! Anything at all is read without a panic, and what is accepted prints as it was.
#![no_main]

use std::{fmt::Display, str::FromStr};

use libfuzzer_sys::fuzz_target;
use linli_tlog::{
    Checkpoint, Hash, Note, ProofFile, Resource, Signature, Tile, VerifierKey, bundle, witness::AddCheckpoint,
};

fn prints_back<T: FromStr + Display>(text: &str) -> Option<T> {
    let value = text.parse::<T>().ok()?;
    assert_eq!(value.to_string(), text);
    Some(value)
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = bundle::parse(bytes) {
        assert_eq!(bundle::write(entries).as_deref(), Ok(bytes));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    prints_back::<Hash>(text);
    prints_back::<Resource>(text);
    prints_back::<Tile>(text);
    prints_back::<VerifierKey>(text);
    prints_back::<Signature>(text);
    prints_back::<Checkpoint>(text);
    prints_back::<ProofFile>(text);
    prints_back::<AddCheckpoint>(text);
    if let Some(note) = prints_back::<Note>(text) {
        prints_back::<Checkpoint>(note.text());
    }
});
