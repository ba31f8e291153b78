//! Notes, keys, checkpoints, cosignatures and proof files, beside another implementation and against tampering.

mod common;

use base64ct::{Base64, Encoding};
use common::{Store, entry, leaves};
use linli_tlog::{
    Algorithm, Checkpoint, CheckpointError, Cosigner, Ed25519Signer, Hash, KeyError, Note, NoteError, Policy,
    PolicyError, ProofFile, ProofFileError, Signature, Signer, VerifierKey, inclusion, leaf_hash,
};
use proptest::prelude::*;

const LOG: &str = "log.example/street";
const SECOND: u64 = 1_679_315_147;

fn log() -> Ed25519Signer {
    Ed25519Signer::from_seed(LOG, &[7; 32]).expect("a plain name")
}

fn witness(n: u8) -> Cosigner {
    Cosigner::from_seed(&format!("witness.example/w{n}"), &[100 + n; 32]).expect("a plain name")
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint { origin: LOG.to_owned(), size, root: leaf_hash(&size.to_be_bytes()), extensions: Vec::new() }
}

fn names() -> impl Strategy<Value = String> {
    "[^\\s+\\p{C}]{1,12}"
}

fn texts() -> impl Strategy<Value = String> {
    "([^\\p{Cc}]{0,20}\n){1,5}"
}

/// The note of the Go package that the format comes from.
#[test]
fn the_first_note_is_read() {
    let key: VerifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let line = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let note: Note = format!("{text}\n{line}\n").parse().unwrap();
    assert_eq!(note.text(), text);
    assert_eq!(note.verify(&[key]).unwrap().len(), 1);
    let secret = Base64::decode_vec("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
    let signer = Ed25519Signer::from_seed("PeterNeumann", secret[1..].try_into().unwrap()).unwrap();
    assert_eq!(Note::sign(text.to_owned(), &[&signer]).unwrap(), note);
}

#[test]
fn malformed_notes_and_keys_are_refused() {
    let good = checkpoint(3).sign(&[&log()]).unwrap().to_string();
    let refused = |note: &str| note.parse::<Note>().is_err();
    assert!(!refused(&good));
    for (from, to) in [
        ("\n\n", "\n"),
        ("\u{2014} ", "- "),
        ("\u{2014} ", "\u{2014}  "),
        ("street\n3", "street\r\n3"),
        ("street\n3", "str\0eet\n3"),
        ("\u{2014} log", "\u{2014} l+og"),
        ("\u{2014} log", "\u{2014} l\u{a0}og"),
        ("=\n\n", "=\n\n\n"),
    ] {
        assert!(good.contains(from));
        let wrong = good.replacen(from, to, 1);
        assert!(
            refused(&wrong) || wrong.parse::<Note>().unwrap().verify(&[log().verifier().clone()]).is_err(),
            "{wrong}"
        );
    }
    assert!(refused(&good[..good.len() - 1]) && refused(&format!("{good}\n")) && refused("") && refused("\n\n"));
    let line = log().verifier().to_string();
    assert!(matches!(line.replacen("street", "road", 1).parse::<VerifierKey>(), Err(KeyError::Id(_))));
    assert!(matches!("a+00000000+?".parse::<VerifierKey>(), Err(KeyError::Form(_))));
    assert!(matches!("a+00000000+AQ==".parse::<VerifierKey>(), Err(KeyError::Useless(_))));
    assert!(matches!("a+00000000+Ag==".parse::<VerifierKey>(), Err(KeyError::Algorithm(_))));
    assert!(matches!(VerifierKey::new("a", Algorithm::Ed25519, &[0; 32]), Err(KeyError::Useless(_))));
    assert!(matches!(Ed25519Signer::from_seed("a b", &[1; 32]), Err(KeyError::Name(_))));
    assert!(matches!(Note::sign("no newline".to_owned(), &[&log()]), Err(NoteError::Text(1))));
    assert!(matches!(Note::sign("\n".to_owned(), &[]), Err(NoteError::Unsigned)));
}

#[test]
fn sizes_are_bounded_but_not_below_what_is_demanded() {
    let good = checkpoint(3).sign(&[&log()]).unwrap();
    let line = |length| format!("\u{2014} s {}\n", Base64::encode_string(&vec![0; length]));
    let with = |count, length| format!("{good}{}", line(length).repeat(count)).parse::<Note>();
    let keys = [log().verifier().clone()];
    assert_eq!(with(99, 5000).unwrap().verify(&keys).unwrap().len(), 1);
    assert_eq!(with(100, 100), Err(NoteError::TooLong));
    assert_eq!(with(2, 500_000), Err(NoteError::TooLong));
    assert!(with(1, 5).is_ok() && with(1, 4).is_err(), "a signature has at least one byte");
    let file = |hashes| ProofFile { extra: None, index: 0, hashes, checkpoint: good.clone() }.to_string();
    assert!(file(vec![Hash::EMPTY; 63]).parse::<ProofFile>().is_ok());
    assert_eq!(
        file(vec![Hash::EMPTY; 64]).parse::<ProofFile>(),
        Err(ProofFileError::Line { line: 66, wanted: "a hash in base64, or one too many" })
    );
}

#[test]
fn strangers_are_passed_over_and_forgers_are_not() {
    let (ours, stranger) = (log(), Ed25519Signer::from_seed(LOG, &[8; 32]).unwrap());
    let keys = [ours.verifier().clone()];
    let note = checkpoint(3).sign(&[&stranger, &ours]).unwrap();
    assert_eq!(note.verify(&keys).unwrap().len(), 1);
    assert_eq!(note.verify(&[]), Err(NoteError::Unknown));
    assert_eq!(checkpoint(3).sign(&[&stranger]).unwrap().verify(&keys), Err(NoteError::Unknown));

    let good = note.signatures()[1].clone();
    let twice: Note = format!("{note}{good}\n").parse().unwrap();
    assert_eq!(twice.verify(&keys).unwrap().len(), 1, "a key counts once");
    let other = checkpoint(4).sign(&[&ours]).unwrap().signatures()[0].clone();
    let forged: Note = format!("{note}{other}\n").parse().unwrap();
    assert_eq!(forged.verify(&keys), Err(NoteError::Forged(LOG.to_owned())));
}

#[test]
fn one_key_cannot_stand_for_another_kind_or_name() {
    let note = checkpoint(9).sign(&[&log()]).unwrap();
    let same_seed = Cosigner::from_seed(LOG, &[7; 32]).unwrap();
    assert_eq!(note.verify(&[same_seed.verifier().clone()]), Err(NoteError::Unknown));
    let mut note = note;
    note.add(same_seed.cosign(&note, SECOND));
    let keys = [log().verifier().clone(), same_seed.verifier().clone()];
    let times: Vec<_> = note.verify(&keys).unwrap().iter().map(|verified| verified.time).collect();
    assert_eq!(times, [None, Some(SECOND)]);
}

#[test]
fn a_cosignature_signs_the_bytes_of_the_specification() {
    use ed25519_dalek::Verifier;
    let note = checkpoint(20_852_163).sign(&[&log()]).unwrap();
    let signature = witness(1).cosign(&note, SECOND);
    let (time, rest) = signature.bytes().split_at(8);
    assert_eq!(time, SECOND.to_be_bytes());
    let message = format!("cosignature/v1\ntime 1679315147\n{LOG}\n20852163\n{}\n", checkpoint(20_852_163).root);
    let key = ed25519_dalek::VerifyingKey::from_bytes(witness(1).verifier().public().try_into().unwrap()).unwrap();
    key.verify(message.as_bytes(), &ed25519_dalek::Signature::from_slice(rest).unwrap()).unwrap();
    let example: Signature = "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==".parse().unwrap();
    assert_eq!(example.bytes()[..8], SECOND.to_be_bytes());
}

#[test]
fn witnesses_answers_are_taken_if_they_hold() {
    let mut note = checkpoint(9).sign(&[&log()]).unwrap();
    let keys = [witness(1).verifier().clone(), witness(2).verifier().clone()];
    let lines = format!("{}\n{}\n", witness(1).cosign(&note, SECOND), witness(3).cosign(&note, SECOND));
    assert_eq!(note.add_lines(&lines, &keys), Ok(1));
    assert_eq!(note.add_lines(&lines, &keys), Ok(1));
    assert_eq!(note.signatures().len(), 2, "the same key again takes the place of its first signature");
    let other = checkpoint(10).sign(&[&log()]).unwrap();
    let before = note.clone();
    assert!(matches!(
        note.add_lines(&format!("{}\n", witness(2).cosign(&other, SECOND)), &keys),
        Err(NoteError::Forged(_))
    ));
    assert_eq!(note, before);
}

#[test]
fn a_policy_wants_its_log_and_its_quorum() {
    let (log, other) = (log(), Ed25519Signer::from_seed("other.example", &[9; 32]).unwrap());
    let witnesses = [1, 2, 3].map(|n| witness(n).verifier().clone());
    let log_keys = [log.verifier().clone()];
    let policy = Policy { origin: LOG, log: &log_keys, witnesses: &witnesses, quorum: 2 };
    let mut note = checkpoint(9).sign(&[&log]).unwrap();
    assert_eq!(policy.open(&note), Err(PolicyError::Quorum { found: 0, wanted: 2 }));
    note.add(witness(1).cosign(&note, SECOND));
    note.add(witness(4).cosign(&note, SECOND));
    assert_eq!(policy.open(&note), Err(PolicyError::Quorum { found: 1, wanted: 2 }));
    note.add(witness(3).cosign(&note, SECOND + 1));
    let (opened, seen) = policy.open(&note).unwrap();
    assert_eq!((opened, seen.len(), seen[1].time), (checkpoint(9), 2, Some(SECOND + 1)));
    assert!(matches!(Policy { origin: "another", ..policy }.open(&note), Err(PolicyError::Origin(_))));
    let unsigned = checkpoint(9).sign(&[&other]).unwrap();
    assert_eq!(policy.open(&unsigned), Err(PolicyError::Note(NoteError::Unknown)));
    let letter = Note::sign("a letter\n".to_owned(), &[&log]).unwrap();
    assert!(matches!(policy.open(&letter), Err(PolicyError::Checkpoint(CheckpointError::Line { line: 2, .. }))));
}

#[test]
fn a_checkpoint_cannot_be_smuggled_into_a_field() {
    let mut wrong = checkpoint(9);
    wrong.origin = format!("other.example\n5\n{}", wrong.root);
    assert!(wrong.sign(&[&log()]).is_err());
    let wrong = Checkpoint { extensions: vec!["a\nb".to_owned()], ..checkpoint(9) };
    assert!(wrong.sign(&[&log()]).is_err());
    let wrong = Checkpoint { extensions: vec![String::new()], ..checkpoint(9) };
    assert!(wrong.sign(&[&log()]).is_err());
}

#[test]
fn every_flipped_bit_of_a_proof_file_is_refused() {
    let all = leaves(13);
    let (mut store, edge) = Store::of(&all);
    let head = Checkpoint { origin: LOG.to_owned(), size: 13, root: edge.root(), extensions: Vec::new() };
    let mut note = head.sign(&[&log()]).unwrap();
    note.add(witness(1).cosign(&note, SECOND));
    let (log_keys, witnesses) = ([log().verifier().clone()], [witness(1).verifier().clone()]);
    let policy = Policy { origin: LOG, log: &log_keys, witnesses: &witnesses, quorum: 1 };
    let file = ProofFile { extra: None, index: 5, hashes: inclusion(&mut store, 5, 13).unwrap(), checkpoint: note };
    assert_eq!(file.verify(all[5], &policy).unwrap().0, head);
    assert!(matches!(file.verify(leaf_hash(&entry(6)), &policy), Err(ProofFileError::Proof(_))));

    let bytes = file.to_string().into_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut wrong = bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        let opened = String::from_utf8(wrong).ok().and_then(|text| text.parse::<ProofFile>().ok());
        let believed = opened.and_then(|file| file.verify(all[5], &policy).ok());
        assert!(believed.is_none(), "bit {bit}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_implementation_reads_our_notes_and_we_theirs(name in names(), text in texts(), seed: [u8; 32]) {
        let signer = Ed25519Signer::from_seed(&name, &seed).unwrap();
        let line = signer.verifier().to_string();
        prop_assert_eq!(&line.parse::<VerifierKey>().unwrap(), signer.verifier());
        let note = Note::sign(text.clone(), &[&signer]).unwrap();
        let theirs = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(theirs.text(), text.as_bytes());
        let verifier = signed_note::StandardVerifier::new(&line).unwrap();
        theirs.verify(&signed_note::VerifierList::new(vec![Box::new(verifier)])).unwrap();

        let secret = [&[1][..], &seed].concat();
        let key = format!("PRIVATE+KEY+{name}+{}+{}", signer.key_id(), Base64::encode_string(&secret));
        let mut made = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        made.add_sigs(&[&signed_note::StandardSigner::new(&key).unwrap()]).unwrap();
        prop_assert_eq!(String::from_utf8(made.to_bytes()).unwrap(), note.to_string());
    }

    #[test]
    fn another_implementation_reads_our_checkpoints(origin in names(), size: u64, root: [u8; 32], extensions in prop::collection::vec("[a-z ]{1,9}", 0..3)) {
        let ours = Checkpoint { origin, size, root: Hash(root), extensions };
        let text = ours.to_string();
        prop_assert_eq!(&text.parse::<Checkpoint>().unwrap(), &ours);
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes()).unwrap();
        prop_assert_eq!((theirs.origin(), theirs.size(), theirs.hash().0), (ours.origin.as_str(), size, root));
        prop_assert_eq!(theirs.to_bytes(), text.as_bytes());
    }

    #[test]
    fn every_flipped_bit_of_a_note_is_refused(text in texts(), time in 0..=i64::MAX as u64, at in any::<prop::sample::Index>()) {
        let note = Note::sign(text, &[&log()]).unwrap();
        let cosigned = format!("{}\n{}\n", note.text(), witness(1).cosign(&note, time));
        let keys = [log().verifier().clone(), witness(1).verifier().clone()];
        for good in [note.to_string(), cosigned] {
            prop_assert!(good.parse::<Note>().unwrap().verify(&keys).is_ok());
            let mut wrong = good.into_bytes();
            let bit = at.index(wrong.len() * 8);
            wrong[bit / 8] ^= 1 << (bit % 8);
            let opened = String::from_utf8(wrong).ok().and_then(|wrong| wrong.parse::<Note>().ok());
            prop_assert!(opened.is_none_or(|note| note.verify(&keys).is_err()));
        }
    }
}
