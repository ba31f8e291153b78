//! The formats as they are on the wire: texts under `golden/`, made here from fixed seeds, and those of the specifications.

mod common;

use common::{Store, leaves};
use linli_tlog::{
    Checkpoint, Cosigner, Ed25519Signer, Edge, Hash, Note, Policy, ProofFile, Signer, VerifierKey, bundle, consistency,
    inclusion, root,
    witness::{AddCheckpoint, Head, KnownLog, judge},
};

const LOG: &str = "log.example/street";

/// The checkpoint of 300 leaves, cosigned by a witness who knew the first 200.
fn cosigned(store: &mut Store) -> (AddCheckpoint, Note, [VerifierKey; 2]) {
    let log = Ed25519Signer::from_seed(LOG, &[1; 32]).expect("a plain name");
    let witness = Cosigner::from_seed("witness.example/district", &[2; 32]).expect("a plain name");
    let mut root = |size| root(store, size).expect("a tree in memory");
    let known = Head { size: 200, root: root(200) };
    let checkpoint = Checkpoint { origin: LOG.to_owned(), size: 300, root: root(300), extensions: Vec::new() };
    let checkpoint = checkpoint.sign(&[&log]).expect("a plain checkpoint");
    let proof = consistency(store, 200, 300).expect("a tree in memory");
    let request = AddCheckpoint { old: 200, proof, checkpoint };
    let keys = [log.verifier().clone(), witness.verifier().clone()];
    let known = KnownLog { origin: LOG, keys: &keys[..1], head: Some(known) };
    let (_, line) = judge(&request, Some(known), &witness, 1_790_000_000).expect("an honest log");
    let mut note = request.checkpoint.clone();
    note.add(line);
    assert_eq!(log.name(), LOG);
    (request, note, keys)
}

#[test]
fn texts_are_as_recorded() {
    let (mut store, _) = Store::of(&leaves(300));
    let (request, note, keys) = cosigned(&mut store);
    assert_eq!(note.to_string(), include_str!("golden/checkpoint.txt"));
    assert_eq!(request.to_string(), include_str!("golden/add-checkpoint.txt"));
    assert_eq!(format!("{}\n{}\n", keys[0], keys[1]), include_str!("golden/keys.txt"));
    let hashes = inclusion(&mut store, 123, 300).expect("a tree in memory");
    let file = ProofFile { extra: Some(b"salt".to_vec()), index: 123, hashes, checkpoint: note };
    assert_eq!(file.to_string(), include_str!("golden/receipt.tlog-proof"));
}

#[test]
fn the_recorded_receipt_holds() {
    let file: ProofFile = include_str!("golden/receipt.tlog-proof").parse().unwrap();
    let keys: Vec<VerifierKey> = include_str!("golden/keys.txt").lines().map(|line| line.parse().unwrap()).collect();
    let policy = Policy { origin: LOG, log: &keys[..1], witnesses: &keys[1..], quorum: 1 };
    let (checkpoint, witnesses) = file.verify(leaves(300)[123], &policy).unwrap();
    assert_eq!((checkpoint.size, witnesses[0].time), (300, Some(1_790_000_000)));
}

#[test]
fn tiles_and_bundles_are_as_their_bytes_say() {
    let mut edge = Edge::new();
    leaves(2).iter().for_each(|leaf| assert!(edge.append(*leaf) < 2));
    let tiles = edge.take_changed();
    assert_eq!((tiles.len(), tiles[0].0.path().as_str()), (1, "tile/0/000.p/2"));
    let hex: String = tiles[0].1.chunks(32).map(|hash| format!("{:x}\n", Hash::try_from(hash).unwrap())).collect();
    assert_eq!(hex, include_str!("golden/tile.hex"));
    assert_eq!(bundle::write(["a", "", "bcd"]).unwrap(), b"\0\x01a\0\0\0\x03bcd");
}

/// The examples of the specifications, whose keys nobody has, are read and printed as they are.
#[test]
fn the_examples_of_the_specifications_are_read() {
    let request = include_str!("golden/spec-add-checkpoint.txt");
    let parsed: AddCheckpoint = request.parse().unwrap();
    assert_eq!(parsed.to_string(), request);
    assert_eq!((parsed.old, parsed.proof.len(), parsed.checkpoint.signatures().len()), (20_852_014, 4, 2));
    assert_eq!(parsed.claim().unwrap().size, 20_852_163);
    let note = include_str!("golden/spec-note.txt");
    assert_eq!(note.parse::<Note>().unwrap().to_string(), note);
    assert!(note.parse::<Note>().unwrap().text().ends_with("sera.\n"));
}
