//! What several tests need: the pack's finder, and where the shared records are.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{path::PathBuf, sync::LazyLock};

use linli_insight::text::{
    address::{Label, Part, Words},
    events,
    personal::{Finder, Kind, Marks, mask},
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The finder of the default pack.
pub static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/personal.toml");
    let text = std::fs::read_to_string(file).expect("the pack's marks");
    Finder::new(&Marks::parse(file, &text).expect("sound marks")).expect("an automaton")
});

/// What a handler sees in place of personal data.
pub fn hidden(kind: Kind) -> &'static str {
    match kind {
        Kind::Phone | Kind::Landline => "［电话已隐去］",
        Kind::Identity => "［证件号已隐去］",
        Kind::BankCard => "［卡号已隐去］",
        Kind::Plate => "［车牌已隐去］",
        Kind::Name => "［姓名已隐去］",
        Kind::Email => "［邮箱已隐去］",
        Kind::Account => "［账号已隐去］",
        Kind::Passport => "［护照号已隐去］",
    }
}

pub fn masked(text: &str) -> String {
    mask(text, &FINDER.find(text), hidden)
}

/// What is found, as kind and text.
pub fn found(text: &str) -> Vec<(Kind, &str)> {
    FINDER.find(text).into_iter().map(|f| (f.kind, &text[f.range])).collect()
}

/// A file of the real records; `None`, said plainly, where they are not on this machine.
pub fn record(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LINLI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: no shared records at {}; set LINLI_DATA", path.display());
    None
}

/// The address words of the default pack.
pub fn address_words() -> Words {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/address.toml");
    Words::parse(file, &std::fs::read_to_string(file).expect("the pack's words")).expect("sound words")
}

/// Pieces in any order.
pub fn soup(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    vec(select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

/// An address with its parts.
pub type Marked = (String, Vec<Part>);

/// Addresses with their parts as people marked them.
pub fn marked(name: &str) -> Option<Vec<Marked>> {
    let text = std::fs::read_to_string(record(name)?).expect("the records");
    let mut all = Vec::new();
    let mut now = (String::new(), Vec::<Part>::new());
    for line in text.lines().chain([""]) {
        let Some((word, mark)) = line.rsplit_once(' ') else {
            if !now.0.is_empty() {
                all.push(std::mem::take(&mut now));
            }
            continue;
        };
        let (place, label) = mark.split_once('-').expect("a mark");
        let from = now.0.len();
        now.0 += word;
        match now.1.last_mut().filter(|_| place == "I") {
            Some(part) => part.range.end = now.0.len(),
            None => now.1.push(Part { label: Label::of(label).expect("a label"), range: from..now.0.len() }),
        }
    }
    Some(all)
}

/// A letter of the records.
pub struct Record {
    pub id: u64,
    pub person: u64,
    pub title: String,
    pub text: String,
    pub at: i64,
    pub votes: (u32, u32),
}

impl Record {
    pub fn letter(&self) -> events::Letter<'_> {
        events::Letter {
            id: self.id,
            person: self.person,
            title: &self.title,
            text: &self.text,
            place: None,
            at: self.at,
            votes_for: self.votes.0,
            votes_against: self.votes.1,
        }
    }
}

/// The letters of a file, in the order of time.
pub fn letters(name: &str) -> Option<Vec<Record>> {
    let text = std::fs::read_to_string(record(name)?).expect("the records");
    let mut all: Vec<Record> = text.lines().map(read_letter).collect();
    all.sort_by_key(|record| (record.at, record.id));
    Some(all)
}

fn read_letter(line: &str) -> Record {
    let value: serde_json::Value = serde_json::from_str(line).expect("a letter");
    let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| value[key].as_u64().unwrap_or_default();
    let person = word("user").bytes().fold(7_u64, |all, byte| all.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let time: Vec<i64> = word("time").split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let part = |n: usize| time.get(n).copied().unwrap_or_default();
    // Months of 31 days are near enough to tell what came when.
    let days = (part(0) * 12 + part(1)) * 31 + part(2);
    Record {
        id: number("id"),
        person,
        title: word("title"),
        text: word("text"),
        at: days * 86_400 + part(3) * 3_600 + part(4) * 60 + part(5),
        votes: (number("likes") as u32, number("against") as u32),
    }
}
