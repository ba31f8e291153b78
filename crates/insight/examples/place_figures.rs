//! How well and how fast places, repeats and events are found, as JSON:
//! `cargo run --release -p linli-insight --example place_figures [LETTERS]`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{collections::BTreeMap, error::Error, time::Instant};

use common::{Record, address_words, letters, marked};
use linli_insight::text::{
    address::{Label, Model, Node, Options, Part, Places, Rules},
    category, events, repeats,
};
use serde_json::{Value, json};

const ABSENT: &str = "the shared records are not there";

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(1_000_000), |n| n.parse())?;
    let records = letters("complaints/stream.jsonl").ok_or(ABSENT)?;
    let (places, named) = places(&records)?;
    let (index, repeated) = repeats(&records, count);
    let figures = json!({
        "address": addresses()?,
        "places": named,
        "repeats": repeated,
        "one_letter": one_letter(&records, &index, &places)?,
        "events": events(&records)?,
    });
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}

fn addresses() -> Result<Value, Box<dyn Error>> {
    let (train, dev) = (marked("addresses/train.txt").ok_or(ABSENT)?, marked("addresses/dev.txt").ok_or(ABSENT)?);
    let samples: Vec<(&str, &[Part])> = train.iter().map(|(text, parts)| (text.as_str(), parts.as_slice())).collect();
    let begun = Instant::now();
    let model = Model::train(&samples, &[], &Options::default());
    let train_seconds = begun.elapsed().as_secs_f64();
    let bytes = model.to_bytes().len();
    let rules = Rules::new(address_words());
    Ok(json!({
        "train_seconds": train_seconds,
        "model_bytes": bytes,
        "model": judged(&dev, |text| model.split(text)),
        "rules": judged(&dev, |text| rules.split(text)),
    }))
}

/// Whole parts with their labels against those that people marked.
fn judged(dev: &[(String, Vec<Part>)], split: impl Fn(&str) -> Vec<Part>) -> Value {
    let mut counts: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    let each = timed(dev, |(text, _)| split(text).len());
    let all: Vec<Vec<Part>> = dev.iter().map(|(text, _)| split(text)).collect();
    for (found, (_, gold)) in all.iter().zip(dev) {
        for part in found {
            let hit = u32::from(gold.contains(part));
            for name in [part.label.name(), "all"] {
                let counts = counts.entry(name).or_default();
                counts[0] += hit;
                counts[1] += 1;
            }
        }
        for part in gold {
            [part.label.name(), "all"].iter().for_each(|name| counts.entry(name).or_default()[2] += 1);
        }
    }
    let share = |[hit, said, gold]: [u32; 3]| {
        let of = |n: u32| f64::from(hit) / f64::from(n.max(1));
        json!({ "precision": of(said), "recall": of(gold), "f1": 2.0 * f64::from(hit) / f64::from((said + gold).max(1)) })
    };
    let labels: BTreeMap<&str, Value> = counts.into_iter().map(|(name, counts)| (name, share(counts))).collect();
    json!({ "split": each, "by_label": labels })
}

/// The divisions as a tree, with fifty thousand nodes in it.
fn places(records: &[Record]) -> Result<(Places, Value), Box<dyn Error>> {
    let mut rows: Vec<(u64, Option<u64>, String)> = Vec::new();
    let files = [("provinces", 2), ("cities", 4), ("areas", 6), ("streets", 9), ("villages-sh-hz-sz-bj", 12)];
    for (file, digits) in files {
        let text = std::fs::read_to_string(common::record(&format!("divisions/{file}.csv")).ok_or(ABSENT)?)?;
        for line in text.lines().skip(1) {
            let mut cells = line.split(',');
            let (Some(code), Some(name)) = (cells.next(), cells.next()) else { continue };
            let above = match digits {
                4 => Some(2),
                6 => Some(4),
                9 => Some(6),
                12 => Some(9),
                _ => None,
            };
            let parent = above.and_then(|n| code.get(..n)).map(str::parse).transpose()?;
            rows.push((code.parse()?, parent, name.trim_matches('"').to_owned()));
        }
    }
    rows.truncate(50_000);
    let nodes: Vec<Node> =
        rows.iter().map(|(id, parent, name)| Node { id: *id, parent: *parent, names: vec![name] }).collect();
    let begun = Instant::now();
    let places = Places::new(&nodes, &address_words())?;
    let build = begun.elapsed().as_secs_f64();
    let dev = marked("addresses/dev.txt").ok_or(ABSENT)?;
    let address = timed(&dev, |(text, parts)| places.find(text, parts, 5).len());
    let letter = timed(records, |record| places.find(&record.text, &[], 5).len());
    let towns = dev.iter().filter(|(_, parts)| parts.iter().any(|part| part.label == Label::Town)).count();
    let right = dev.iter().filter(|(text, parts)| {
        let town = parts.iter().find(|part| part.label == Label::Town);
        let best = places.find(text, parts, 1);
        town.is_some_and(|town| {
            best.iter()
                .flat_map(|best| &best.named)
                .any(|named| named.range.start < town.range.end && town.range.start < named.range.end)
        })
    });
    let right = right.count();
    let figures = json!({
        "nodes": nodes.len(), "build_seconds": build, "address": address, "letter": letter,
        "addresses_with_town": towns, "town_named": right,
    });
    Ok((places, figures))
}

/// All that is read out of one letter when it comes in: what it is about and by which words, who wrote of the same among all
/// that the index holds, which places it names.
fn one_letter(records: &[Record], index: &repeats::Index, places: &Places) -> Result<Value, Box<dyn Error>> {
    #[derive(serde::Deserialize)]
    struct Labelled {
        title: String,
        text: String,
        category: String,
    }
    let file = common::record("complaints/labelled.jsonl").ok_or(ABSENT)?;
    let rows = std::fs::read_to_string(file)?;
    let rows: Vec<Labelled> = rows.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let known = rows.iter().map(|row| (category::Letter { title: &row.title, text: &row.text }, row.category.as_str()));
    let model = category::Model::train(known, &category::Options::default())?;
    Ok(timed(records, |record| {
        let letter = category::Letter { title: &record.title, text: &record.text };
        let best = model.read(&letter).first(1).first().map_or(0, |(label, _)| *label);
        let same = repeats::Letter {
            id: u64::MAX,
            title: &record.title,
            text: &record.text,
            person: None,
            places: &[],
            at: record.at,
        };
        model.why(&letter, best, 4).len() + index.find(&same, 12).len() + places.find(&record.text, &[], 3).len()
    }))
}

/// Microseconds of each.
fn timed<T>(all: &[T], work: impl Fn(&T) -> usize) -> Value {
    let mut times: Vec<f64> = Vec::with_capacity(all.len());
    let mut found = 0;
    for one in all {
        let begun = Instant::now();
        found += work(one);
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    json!({ "p50_us": at(0.5), "p99_us": at(0.99), "found": found })
}

fn repeats(records: &[Record], count: u64) -> (repeats::Index, Value) {
    let common = repeats::Common::learn(records.iter().map(|record| record.text.as_str()));
    let mut index = repeats::Index::new(common, repeats::Limits::default());
    let mut seconds = 0.0;
    let mut text = String::new();
    for n in 0..count {
        let (title, places) = mixed(records, n, &mut text);
        let at = n as i64 * 60;
        let letter = repeats::Letter { id: n, title, text: &text, person: Some(n / 3), places: &places, at };
        let begun = Instant::now();
        index.add(&letter);
        seconds += begun.elapsed().as_secs_f64();
    }
    let asked: Vec<u64> = (0..2_000).map(|n| n * (count / 2_000).max(1)).collect();
    let find = timed(&asked, |n| {
        let mut text = String::new();
        let (title, places) = mixed(records, *n, &mut text);
        let letter =
            repeats::Letter { id: *n, title, text: &text, person: Some(n / 3), places: &places, at: count as i64 * 60 };
        index.find(&letter, 10).len()
    });
    let figures = json!({
        "letters": index.len(), "find": find, "bytes_each": index.bytes() as f64 / count.max(1) as f64,
        "letters_per_second": count as f64 / seconds,
    });
    (index, figures)
}

/// A letter of sentences of real letters, the title of one of them, and a place.
fn mixed<'r>(records: &'r [Record], n: u64, text: &mut String) -> (&'r str, [u64; 3]) {
    let lot = |k: u64| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(k * 0x5851_f42d_4c95_7f2d) >> 33) as usize;
    text.clear();
    for k in 1..=4 {
        let from = &records[lot(k) % records.len()].text;
        let length = from.chars().count();
        let skip = lot(k + 10) % (length.max(80) - 79);
        text.extend(from.chars().skip(skip).take(80));
    }
    let place = lot(9) as u64 % 50_000;
    (&records[lot(1) % records.len()].title, [place, place / 20 + 1_000_000, place / 400 + 2_000_000])
}

fn events(records: &[Record]) -> Result<Value, Box<dyn Error>> {
    let begun = Instant::now();
    let common = events::Common::learn(records.iter().map(|record| record.text.as_str()));
    let limits = events::Limits { endings: address_words().place_endings(), ..events::Limits::default() };
    let mut stream = events::Stream::new(common, limits);
    for record in records {
        stream.add(&record.letter());
    }
    let table = stream.table(records.last().map_or(0, |record| record.at), 2, 30);
    Ok(json!({ "letters": records.len(), "events": table.len(), "seconds": begun.elapsed().as_secs_f64() }))
}
