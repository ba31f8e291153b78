//! Personal data in a letter: what is found stands in order, cuts no character, and masking twice is masking once.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linli_insight::text::personal::{Finder, Kind, Marks, mask, partial};

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let text = include_str!("../../packs/cn/personal.toml");
    Finder::new(&Marks::parse("personal.toml", text).expect("good marks")).expect("an automaton")
});

fn hidden(kind: Kind) -> &'static str {
    match kind {
        Kind::Phone | Kind::Landline => "[\u{7535}\u{8bdd}]",
        Kind::Name => "[\u{59d3}\u{540d}]",
        Kind::Plate => "[\u{8f66}\u{724c}]",
        Kind::Account => "[\u{8d26}\u{53f7}]",
        _ => "[***]",
    }
}

fn masked(text: &str) -> String {
    let found = FINDER.find(text);
    let mut done = 0;
    for one in &found {
        assert!(done <= one.range.start && one.range.start < one.range.end, "{one:?} after {done}");
        let value = text.get(one.range.clone()).expect("whole characters");
        assert!(partial(one.kind, value).contains('*'), "{one:?}");
        done = one.range.end;
    }
    mask(text, &found, hidden)
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let once = masked(text);
    assert_eq!(masked(&once), once);
});
