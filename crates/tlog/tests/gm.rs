//! The second signature by SM2.
#![cfg(feature = "gm")]

use linli_tlog::{
    Algorithm, Checkpoint, Ed25519Signer, Hash, KeyError, Note, NoteError, Signer, Sm2Signer, VerifierKey,
};
use proptest::prelude::*;

#[test]
fn a_note_carries_both_signatures_and_either_is_enough() {
    let plain = Ed25519Signer::from_seed("log.example", &[1; 32]).unwrap();
    let gm = Sm2Signer::from_seed("log.example", &[1; 32]).unwrap();
    assert_ne!(plain.key_id(), gm.key_id());
    let head = Checkpoint { origin: "log.example".to_owned(), size: 0, root: Hash::EMPTY, extensions: Vec::new() };
    let note = head.sign(&[&plain, &gm]).unwrap();
    assert_eq!(note.to_string().parse::<Note>().unwrap(), note);
    let keys = [plain.verifier().clone(), gm.verifier().clone()];
    assert_eq!(note.verify(&keys).unwrap().len(), 2);
    assert_eq!(note.verify(&keys[..1]).unwrap().len(), 1);
    assert_eq!(note.verify(&keys[1..]).unwrap()[0].key.algorithm(), Algorithm::Sm2);
    assert_eq!(note.signatures()[1].bytes().len(), 64);
    assert!(matches!(Sm2Signer::from_seed("log.example", &[0; 32]), Err(KeyError::Useless(_))));
}

/// The signature was made by OpenSSL (`pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678`).
#[test]
fn a_signature_by_another_implementation_holds() {
    let key: VerifierKey = include_str!("golden/sm2-key.txt").trim_end().parse().unwrap();
    let note: Note = include_str!("golden/sm2-note.txt").parse().unwrap();
    assert_eq!(note.verify(&[key]).unwrap().len(), 1);
    assert_eq!(note.text().parse::<Checkpoint>().unwrap().size, 20_852_163);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn keys_come_back_and_flipped_bits_are_refused(mut seed: [u8; 32], bit in 0..512_usize) {
        seed[0] = 1;
        let gm = Sm2Signer::from_seed("log.example", &seed).unwrap();
        let key = gm.verifier();
        prop_assert_eq!(&key.to_string().parse::<VerifierKey>().unwrap(), key);
        prop_assert_eq!(key.public().len(), 65);
        let good = Note::sign("a text\n".to_owned(), &[&gm]).unwrap();
        prop_assert!(good.verify(std::slice::from_ref(key)).is_ok());
        let other = Note::sign("a texu\n".to_owned(), &[&gm]).unwrap().to_string();
        let forged = good.to_string().replace("a text", "a texu");
        prop_assert_ne!(&forged, &other);
        prop_assert_eq!(forged.parse::<Note>().unwrap().verify(std::slice::from_ref(key)), Err(NoteError::Forged("log.example".to_owned())));
        struct Flipped<'a>(&'a Sm2Signer, usize);
        impl Signer for Flipped<'_> {
            fn name(&self) -> &str { self.0.name() }
            fn key_id(&self) -> linli_tlog::KeyId { self.0.key_id() }
            fn sign(&self, text: &[u8]) -> Vec<u8> {
                let mut signature = self.0.sign(text);
                signature[self.1 / 8] ^= 1 << (self.1 % 8);
                signature
            }
        }
        let wrong = Note::sign("a text\n".to_owned(), &[&Flipped(&gm, bit)]).unwrap();
        prop_assert!(wrong.verify(std::slice::from_ref(key)).is_err());
    }
}
