//! What holds for every text that is split, and for every model.

mod common;

use std::sync::LazyLock;

use common::{address_words, soup};
use linli_insight::text::address::{FileError, Label, Model, Node, Options, Part, Places, Rules};
use proptest::prelude::*;

/// Invented addresses: text with what each part is.
const INVENTED: &[&[(&str, Label)]] = &[
    &[("云山市", Label::City), ("青石区", Label::District), ("柳树路", Label::Road), ("12号", Label::RoadNumber)],
    &[("云山市", Label::City), ("白鹭街道", Label::Town), ("荷塘社区", Label::Community), ("3组", Label::Road)],
    &[("阳光花园", Label::Estate), ("3栋", Label::Building), ("2单元", Label::Unit), ("501室", Label::Room)],
    &[
        ("荷塘小区", Label::Estate),
        ("7", Label::Building),
        ("-", Label::Redundant),
        ("1", Label::Unit),
        ("-", Label::Redundant),
        ("302", Label::Room),
    ],
    &[("青石区", Label::District), ("松林镇", Label::Town), ("松林大厦", Label::Estate), ("8楼", Label::Floor)],
];

fn train(seed: u64) -> Model {
    let marked: Vec<(String, Vec<Part>)> = INVENTED
        .iter()
        .map(|parts| {
            let mut text = String::new();
            let mut marks = Vec::new();
            for (word, label) in *parts {
                let from = text.len();
                text += word;
                marks.push(Part { label: *label, range: from..text.len() });
            }
            (text, marks)
        })
        .collect();
    let samples: Vec<(&str, &[Part])> = marked.iter().map(|(text, parts)| (text.as_str(), parts.as_slice())).collect();
    Model::train(
        &samples,
        &[("云山市", Label::City)],
        &Options { rounds: 30, restraint: 0.1, seed, ..Options::default() },
    )
}

static MODEL: LazyLock<Model> = LazyLock::new(|| train(7));
static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(address_words()));
static PLACES: LazyLock<Places> = LazyLock::new(|| {
    let node = |id, parent, names: &[&'static str]| Node { id, parent, names: names.to_vec() };
    let nodes = [
        node(1, None, &["云山市"]),
        node(2, Some(1), &["青石区"]),
        node(3, Some(2), &["阳光花园", "老机床厂"]),
        node(4, Some(3), &["3栋"]),
        // A tree that runs in a circle, and a parent that is not there.
        node(5, Some(6), &["东门"]),
        node(6, Some(5), &["西门", ""]),
        node(7, Some(99), &["-", "12"]),
    ];
    Places::new(&nodes, &address_words()).expect("an automaton")
});

fn lie_well(text: &str, parts: &[Part]) {
    let mut end = 0;
    for part in parts {
        assert!(part.range.start >= end && part.range.end > part.range.start, "{parts:?} in {text:?}");
        assert!(text.get(part.range.clone()).is_some(), "{parts:?} in {text:?}");
        let _ = part.number(text);
        end = part.range.end;
    }
}

fn check(text: &str) {
    for parts in [MODEL.split(text), RULES.split(text)] {
        lie_well(text, &parts);
        // Nothing but blanks lies between.
        let covered: usize = parts.iter().map(|part| part.range.len()).sum();
        let blank = |c: &char| c.is_whitespace() || c.is_control();
        let inked: usize = text.chars().filter(|c| !blank(c)).map(char::len_utf8).sum();
        assert!(covered >= inked, "{parts:?} in {text:?}");
        for found in PLACES.find(text, &parts, 3) {
            assert!(found.score > 0.0 && found.score <= 1.0 && !found.named.is_empty());
            assert!(found.named.iter().all(|named| text.get(named.range.clone()).is_some()), "{found:?} in {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_text_is_split(text in ".{0,60}") {
        check(&text);
    }

    #[test]
    fn any_address_is_split(text in soup(&[
        "云山市", "青石区", "阳光花园", "阳光花圆", "三", "3", "栋", "号楼", "单元", "-", "－", "５０１", "室", "路", "街道", " ", "\n", "\u{0}",
        "附近", "A", "座", "十二", "老机床厂", "😀", "東門", "e\u{301}", "99999999999", "百", "#",
    ])) {
        check(&text);
    }

    #[test]
    fn damaged_bytes_are_refused(at in 0_usize..4000, bit in 0_u8..8) {
        let mut bytes = MODEL.to_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(Model::from_bytes(&bytes).is_err());
        bytes.truncate(at);
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }
}

#[test]
fn odd_texts_are_split() {
    let long = "云山市青石区阳光花园三栋".repeat(8_400);
    assert!(long.chars().count() > 100_000);
    for text in ["", " ", "😀😀", "13812345678", "Room 5, Building 3", "雲山市陽光花園三棟", "\u{0}\u{1}\n", &long]
    {
        check(text);
    }
}

#[test]
fn the_same_seed_learns_the_same_and_the_file_keeps_it() {
    let bytes = MODEL.to_bytes();
    assert_eq!(bytes, train(7).to_bytes());
    assert_ne!(bytes, train(8).to_bytes());
    let again = Model::from_bytes(&bytes).expect("a sound file");
    assert_eq!(again, *MODEL);
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(Model::from_bytes(b"something else"), Err(FileError::Foreign));
    let mut newer = bytes.clone();
    newer[8] = 200;
    assert_eq!(Model::from_bytes(&newer), Err(FileError::Version(200)));
    assert!(matches!(Model::from_bytes(&[bytes, vec![0]].concat()), Err(FileError::Damaged(_))));
}

#[test]
fn what_was_learnt_is_known() {
    for parts in INVENTED {
        let text: String = parts.iter().map(|(word, _)| *word).collect();
        let found: Vec<(&str, Label)> =
            MODEL.split(&text).iter().map(|part| (&text[part.range.clone()], part.label)).collect();
        assert_eq!(found, *parts);
    }
}

#[test]
fn a_model_of_nothing_splits_too() {
    let model = Model::train(&[], &[], &Options::default());
    lie_well("云山市3栋", &model.split("云山市3栋"));
    assert_eq!(Model::from_bytes(&model.to_bytes()), Ok(model));
}
