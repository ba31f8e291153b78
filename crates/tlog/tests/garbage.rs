//! Anything at all is parsed without a panic, and what is accepted prints as it was.

use std::{fmt::Display, str::FromStr};

use linli_tlog::{
    Checkpoint, Cosigner, Ed25519Signer, Hash, Note, ProofFile, Resource, Signature, Tile, VerifierKey, bundle,
    leaf_hash, tile::Bundle, witness::AddCheckpoint,
};
use proptest::prelude::*;

/// Whether it was accepted.
fn prints_back<T: FromStr + Display>(text: &str) -> bool {
    text.parse::<T>().is_ok_and(|value| {
        assert_eq!(value.to_string(), text);
        true
    })
}

fn try_all(text: &str) -> bool {
    let taken = [
        prints_back::<Hash>(text),
        prints_back::<Resource>(text),
        prints_back::<Tile>(text),
        prints_back::<VerifierKey>(text),
        prints_back::<Signature>(text),
        prints_back::<Note>(text),
        prints_back::<Checkpoint>(text),
        prints_back::<ProofFile>(text),
        prints_back::<AddCheckpoint>(text),
    ];
    taken.contains(&true)
}

/// One valid text of each kind.
fn valid() -> Vec<String> {
    let signer = Ed25519Signer::from_seed("log.example", &[1; 32]).expect("a plain name");
    let cosigner = Cosigner::from_seed("witness.example", &[2; 32]).expect("a plain name");
    let hash = leaf_hash(b"x");
    let head =
        Checkpoint { origin: "log.example".to_owned(), size: 20, root: hash, extensions: vec!["more".to_owned()] };
    let mut checkpoint = head.sign(&[&signer]).expect("a plain checkpoint");
    checkpoint.add(cosigner.cosign(&checkpoint, 1_700_000_000));
    let hashes = vec![hash, Hash::EMPTY];
    vec![
        hash.to_string(),
        Resource::Tile(Tile { level: 1, index: 1_234_067, width: 5 }).to_string(),
        Resource::Tile(Tile { level: 63, index: u64::MAX, width: 256 }).to_string(),
        Resource::Bundle(Bundle { index: 1000, width: 256 }).to_string(),
        signer.verifier().to_string(),
        cosigner.verifier().to_string(),
        checkpoint.signatures()[1].to_string(),
        head.to_string(),
        checkpoint.to_string(),
        ProofFile { extra: Some(vec![1, 2]), index: 7, hashes: hashes.clone(), checkpoint: checkpoint.clone() }
            .to_string(),
        ProofFile { extra: None, index: 0, hashes: Vec::new(), checkpoint: checkpoint.clone() }.to_string(),
        AddCheckpoint { old: 7, proof: hashes, checkpoint }.to_string(),
    ]
}

/// A piece of the formats, to cut and paste with.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "\n",
        "\n\n",
        " ",
        "+",
        "=",
        "/",
        "0",
        "00",
        "x",
        "x000/",
        ".p/",
        ".p/0",
        ".p/256",
        "tile/",
        "entries",
        "-1",
        "old ",
        "index ",
        "extra ",
        "c2sp.org/tlog-proof@v1\n",
        "\u{2014} ",
        "18446744073709551616",
        "\r",
        "\0",
        "\u{a0}",
        "\u{85}",
        "\u{2014}",
    ];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        "\\PC{0,8}",
        any::<char>().prop_map(String::from)
    ]
}

#[test]
fn what_is_valid_is_accepted() {
    for text in valid() {
        assert!(try_all(&text), "{text}");
    }
    for path in [
        "tile/0/x000/001",
        "tile/0/1",
        "tile/00/001",
        "tile/64/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/x001/x234/067.p/01",
        "tile/0/+01",
        "tile/entries/x001",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/",
    ] {
        assert!(!prints_back::<Resource>(path), "{path}");
    }
    assert_eq!("tile/0/x001/x234/067".parse(), Ok(Tile { level: 0, index: 1_234_067, width: 256 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_text(text in "(\\PC|\n){0,200}") {
        try_all(&text);
    }

    #[test]
    fn valid_text_cut_and_pasted(which in any::<prop::sample::Index>(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, pieces()), 1..4)) {
        let all = valid();
        let mut text: Vec<char> = which.get(&all).chars().collect();
        for (at, cut, paste) in edits {
            let from = at.index(text.len() + 1);
            let to = (from + cut).min(text.len());
            text.splice(from..to, paste.chars());
        }
        try_all(&text.into_iter().collect::<String>());
    }

    #[test]
    fn halves_of_two_valid_texts(first in any::<prop::sample::Index>(), second in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let all = valid();
        let (first, second) = (first.get(&all), second.get(&all));
        let cut = |text: &str| (0..=text.len()).filter(|n| text.is_char_boundary(*n)).collect::<Vec<_>>();
        try_all(&[&first[..*at.get(&cut(first))], &second[*at.get(&cut(second))..]].concat());
    }

    #[test]
    fn arbitrary_bundles(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(entries) = bundle::parse(&bytes) {
            prop_assert_eq!(bundle::write(entries), Ok(bytes));
        }
    }

    #[test]
    fn entries_come_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..257), at in any::<prop::sample::Index>()) {
        let written = bundle::write(&entries).unwrap();
        prop_assert!(bundle::parse(&written).unwrap().iter().eq(&entries));
        let part = &written[..at.index(written.len() + 1)];
        prop_assert!(part == written || bundle::parse(part).map_or(true, |part| part.len() < entries.len()));
    }

    #[test]
    fn paths_come_back_and_are_those_of_another_implementation(level in 0..64_u8, index: u64, short in 0..2000_u64, width in 1..=256_u16) {
        for index in [index, short] {
            let tile = Tile { level, index, width };
            prop_assert_eq!(tile.path().parse(), Ok(tile));
            let theirs = tlog_tiles::Tile::new(8, level, index, width.into(), false).path();
            prop_assert_eq!(tile.path(), theirs.replacen("tile/8/", "tile/", 1));
            let bundle = Bundle { index, width };
            prop_assert_eq!(bundle.path().parse(), Ok(Resource::Bundle(bundle)));
        }
    }
}

#[test]
fn bundles_have_bounds() {
    assert_eq!(bundle::write([vec![0; 65_536]]), Err(bundle::BundleError::TooLong(65_536)));
    assert_eq!(bundle::write(vec![b""; 257]), Err(bundle::BundleError::TooMany));
    assert_eq!(bundle::parse(&[0; 514]), Err(bundle::BundleError::TooMany));
    assert_eq!(bundle::parse(&[0, 1, 7, 0]), Err(bundle::BundleError::CutOff(1)));
}
