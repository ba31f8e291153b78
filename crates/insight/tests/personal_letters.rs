//! Real letters, whose numbers their publishers took out: what little is left, and numbers put back where they stood.

mod common;

use std::collections::BTreeMap;

use common::{FINDER, masked, record};
use linli_insight::text::personal::Kind;

/// What the publishers wrote in place of a number.
const TAKEN_OUT: &str = "0000-00000000";

fn letters() -> Option<Vec<String>> {
    let mut letters = Vec::new();
    for name in ["labelled", "stream", "replies", "mailbox"] {
        let text = std::fs::read_to_string(record(&format!("complaints/{name}.jsonl"))?).expect("the records");
        for line in text.lines() {
            let letter: serde_json::Value = serde_json::from_str(line).expect("a letter");
            letters.extend(["title", "text"].iter().filter_map(|part| letter[part].as_str().map(str::to_owned)));
        }
    }
    Some(letters)
}

#[test]
fn little_is_found_in_letters_without_numbers() {
    let Some(letters) = letters() else { return };
    let mut counts = BTreeMap::new();
    for letter in &letters {
        for found in FINDER.find(letter) {
            *counts.entry(found.kind).or_insert(0) += 1;
        }
    }
    println!("{} letters: {counts:?}", letters.len());
    let known = [(Kind::Landline, 40), (Kind::Plate, 23), (Kind::Name, 600), (Kind::Account, 16)];
    assert_eq!(counts, BTreeMap::from(known), "look at what changed before writing down the new count");
}

/// The few that stay are glued to figures that are no number of anybody.
#[test]
fn numbers_put_back_are_hidden() {
    let Some(letters) = letters() else { return };
    let (mut all, mut left) = (0, Vec::new());
    for letter in letters {
        let mut parts = letter.split(TAKEN_OUT);
        let mut text = parts.next().unwrap_or_default().to_owned();
        let mut numbers = Vec::new();
        for part in parts {
            let number = format!("139{:08}", (all * 7_654_321_u64 + 12_345_678) % 100_000_000);
            text += &number;
            text += part;
            numbers.push(number);
            all += 1;
        }
        let masked = masked(&text);
        left.extend(numbers.into_iter().filter(|number| masked.contains(number)));
    }
    println!("{} of {all} numbers are left", left.len());
    assert!(all > 500 && left.len() <= 3, "{left:?}");
}
