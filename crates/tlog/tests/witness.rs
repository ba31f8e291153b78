//! A witness beside a log that is honest, and logs that are not.

mod common;

use common::{Store, leaves};
use linli_tlog::{
    Checkpoint, Cosigner, Ed25519Signer, Hash, Note, VerifierKey, consistency, leaf_hash, root,
    witness::{AddCheckpoint, Head, KnownLog, Refusal, judge},
};
use proptest::prelude::*;

const LOG: &str = "log.example/street";

struct Log {
    store: Store,
    signer: Ed25519Signer,
    keys: [VerifierKey; 1],
}

impl Log {
    fn new(leaves: &[Hash]) -> Result<Self, Box<dyn std::error::Error>> {
        let signer = Ed25519Signer::from_seed(LOG, &[7; 32])?;
        let keys = [signer.verifier().clone()];
        Ok(Self { store: Store::of(leaves).0, signer, keys })
    }

    fn head(&mut self, size: u64) -> Head {
        Head { size, root: root(&mut self.store, size).expect("a tree in memory") }
    }

    fn request(&mut self, old: u64, size: u64) -> AddCheckpoint {
        let Head { root, .. } = self.head(size);
        let proof = consistency(&mut self.store, old.min(size), size).expect("a tree in memory");
        AddCheckpoint { old, proof, checkpoint: self.note(size, root) }
    }

    fn note(&self, size: u64, root: Hash) -> Note {
        let checkpoint = Checkpoint { origin: LOG.to_owned(), size, root, extensions: Vec::new() };
        checkpoint.sign(&[&self.signer]).expect("a plain checkpoint")
    }
}

fn cosigner() -> Cosigner {
    Cosigner::from_seed("witness.example/w1", &[9; 32]).expect("a plain name")
}

#[test]
fn each_refusal_has_its_status() {
    let mut log = Log::new(&leaves(30)).unwrap();
    let keys = log.keys.clone();
    let head = Some(log.head(12));
    let known = Some(KnownLog { origin: LOG, keys: &keys, head });
    let ask =
        |request: &AddCheckpoint, known| judge(request, known, &cosigner(), 5).map_err(|r| (r.status(), r.body()));
    let status = |request: &AddCheckpoint, known| ask(request, known).unwrap_err().0;
    let good = log.request(12, 30);
    assert_eq!(ask(&good, known).unwrap().0, log.head(30));
    assert_eq!(status(&good, None), 404);
    assert_eq!(status(&good, Some(KnownLog { origin: "other", keys: &keys, head })), 404);
    assert_eq!(status(&good, Some(KnownLog { origin: LOG, keys: &[], head })), 403);
    assert_eq!(status(&log.request(31, 30), known), 400);
    let letter = Note::sign("a letter\n".to_owned(), &[&log.signer]).unwrap();
    assert_eq!(status(&AddCheckpoint { checkpoint: letter, ..good.clone() }, known), 400);
    let (code, (body, kind)) = ask(&log.request(5, 30), known).unwrap_err();
    assert_eq!((code, body.as_str(), kind), (409, "12\n", "text/x.tlog.size"));
    assert_eq!(ask(&good, Some(KnownLog { origin: LOG, keys: &keys, head: None })).unwrap_err().1.0, "0\n");
    let fork = AddCheckpoint { old: 12, proof: Vec::new(), checkpoint: log.note(12, leaf_hash(b"other")) };
    assert_eq!(judge(&fork, known, &cosigner(), 5), Err(Refusal::Fork { size: 12 }));
    assert_eq!(status(&fork, known), 409);
    assert_eq!(status(&AddCheckpoint { proof: Vec::new(), ..good.clone() }, known), 422);
    let first = Some(KnownLog { origin: LOG, keys: &keys, head: None });
    assert_eq!(ask(&log.request(0, 30), first).unwrap().0.size, 30);
    assert_eq!(status(&AddCheckpoint { old: 0, ..good }, first), 422, "from nothing there is no proof");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever order requests come in, what a witness remembers never shrinks and its word holds.
    #[test]
    fn a_witness_follows_an_honest_log(steps in prop::collection::vec((0..400_u64, 0..400_u64), 1..12)) {
        let mut log = Log::new(&leaves(400)).unwrap();
        let keys = log.keys.clone();
        let mut head: Option<Head> = None;
        for (now, (old, size)) in (1..).zip(steps) {
            let at = head.map_or(0, |head| head.size);
            for old in [old, at] {
                let mut request = log.request(old, size);
                prop_assert_eq!(&request.to_string().parse::<AddCheckpoint>().unwrap(), &request);
                match judge(&request, Some(KnownLog { origin: LOG, keys: &keys, head }), &cosigner(), now) {
                    Ok((new, signature)) => {
                        prop_assert!(old == at && new == log.head(size) && size >= at);
                        prop_assert_eq!(request.checkpoint.add_lines(&format!("{signature}\n"), &[cosigner().verifier().clone()]), Ok(1));
                        prop_assert_eq!(request.checkpoint.verify(&[cosigner().verifier().clone()]).unwrap()[0].time, Some(now));
                        head = Some(new);
                        break;
                    }
                    Err(Refusal::Stale { size }) => prop_assert!(size == at && old != at),
                    Err(Refusal::Backwards { .. }) => prop_assert!(old > size),
                    Err(other) => prop_assert!(false, "{other}"),
                }
            }
        }
    }

    /// A log that changed one leaf gets no signature for any later size.
    #[test]
    fn a_changed_leaf_is_noticed(old in 1..300_u64, more in 0..100_u64, at in any::<prop::sample::Index>()) {
        let honest = leaves(400);
        let mut changed = honest.clone();
        changed[at.index(old as usize)] = leaf_hash(b"another history");
        let head = Some(Log::new(&honest).unwrap().head(old));
        let mut liar = Log::new(&changed).unwrap();
        let keys = liar.keys.clone();
        let request = liar.request(old, old + more);
        let refused = judge(&request, Some(KnownLog { origin: LOG, keys: &keys, head }), &cosigner(), 1).unwrap_err();
        prop_assert!(matches!(refused, Refusal::Fork { .. } | Refusal::Inconsistent(_)), "{refused}");
    }
}
