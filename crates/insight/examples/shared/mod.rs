//! What the examples need: where the real records are, and how they are read.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::{
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
};

use linli_insight::text::address::{Label, Part, Words};

/// A file of the real records, which are no part of the project.
pub fn record(name: &str) -> PathBuf {
    let root = std::env::var_os("LINLI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    root.join(name)
}

/// The address words of the default pack.
pub fn words() -> Result<Words, Box<dyn Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/address.toml");
    Ok(Words::parse(file, &std::fs::read_to_string(file)?)?)
}

/// An address with its parts.
pub type Marked = (String, Vec<Part>);

/// Addresses with their parts as people marked them: a line a token with its mark, a blank line between addresses.
pub fn marked(name: &str) -> Result<Vec<Marked>, Box<dyn Error>> {
    let text = std::fs::read_to_string(record(name))?;
    let mut all = Vec::new();
    let mut now = (String::new(), Vec::<Part>::new());
    for line in text.lines().chain([""]) {
        let Some((word, mark)) = line.rsplit_once(' ') else {
            if !now.0.is_empty() {
                all.push(std::mem::take(&mut now));
            }
            continue;
        };
        let (place, label) = mark.split_once('-').ok_or_else(|| format!("no mark in `{line}`"))?;
        let label = Label::of(label).ok_or_else(|| format!("no such label in `{line}`"))?;
        let from = now.0.len();
        now.0 += word;
        match now.1.last_mut().filter(|_| place == "I") {
            Some(part) => part.range.end = now.0.len(),
            None => now.1.push(Part { label, range: from..now.0.len() }),
        }
    }
    Ok(all)
}

/// A letter of the records.
pub struct Record {
    pub id: u64,
    pub person: u64,
    pub title: String,
    pub text: String,
    pub at: i64,
    pub votes_for: u32,
    pub votes_against: u32,
}

/// The letters of a file, in the order of time.
pub fn letters(name: &str) -> Result<Vec<Record>, Box<dyn Error>> {
    let text = std::fs::read_to_string(record(name))?;
    let mut all = Vec::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line)?;
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| value[key].as_u64().unwrap_or_default();
        let mut person = DefaultHasher::new();
        word("user").hash(&mut person);
        all.push(Record {
            id: number("id"),
            person: person.finish(),
            title: word("title"),
            text: word("text"),
            at: seconds(&word("time")),
            votes_for: number("likes") as u32,
            votes_against: number("against") as u32,
        });
    }
    all.sort_by_key(|record| (record.at, record.id));
    Ok(all)
}

/// Seconds since 1970 of `2019/8/23 9:05:00` or `2019-08-23 09:05:00`.
pub fn seconds(time: &str) -> i64 {
    let numbers: Vec<i64> = time.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let part = |n: usize| numbers.get(n).copied().unwrap_or_default();
    let (year, month) = if part(1) > 2 { (part(0), part(1) - 3) } else { (part(0) - 1, part(1) + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + part(2) - 1 - 719_468;
    days * 86_400 + part(3) * 3_600 + part(4) * 60 + part(5)
}

/// The day of so many seconds since 1970.
pub fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    format!("{}-{month:02}-{day:02}", year + era * 400)
}
