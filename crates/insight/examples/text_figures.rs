//! How good the kernels of `text` are on the shared records, as JSON: `scripts/bench-text`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{error::Error, fs, path::Path, time::Instant};

use linli_insight::text::{
    answers::{Judge, Pair},
    category::{Letter, Model, Options},
    eval::{Figures, Tried},
    units::{Rules, Units},
};
use serde::Deserialize;
use serde_json::{Value, json};

const FOLDS: u64 = 5;

#[derive(Deserialize)]
struct Labelled {
    title: String,
    text: String,
    category: String,
}

#[derive(Deserialize)]
struct Mail {
    title: String,
    text: String,
    date: String,
    agency: String,
}

#[derive(Deserialize)]
struct Replied {
    title: String,
    text: String,
    reply: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("the folder of the shared letters is missing")?;
    let folder = Path::new(&folder);
    let category = categories(&read(&folder.join("labelled.jsonl"))?)?;
    let peak = peak_memory_mb();
    let unit = units(&read(&folder.join("mailbox.jsonl"))?)?;
    let answers = answers(&read(&folder.join("replies.jsonl"))?);
    let all = json!({ "category": category, "peak_memory_mb": peak, "unit": unit, "answers": answers });
    println!("{}", serde_json::to_string_pretty(&all)?);
    Ok(())
}

fn read<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    fs::read_to_string(file)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// FNV-1a of the trimmed title, as the rival has it: equal titles are in one fold.
fn fold(title: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    title.trim().bytes().fold(0xcbf2_9ce4_8422_2325, mix) % FOLDS
}

fn letter(of: &Labelled) -> Letter<'_> {
    Letter { title: &of.title, text: &of.text }
}

fn categories(letters: &[Labelled]) -> Result<Value, Box<dyn Error>> {
    let (mut tried, mut training, mut reading, mut bytes) = (Vec::new(), 0.0, 0.0, 0);
    let mut names = Vec::new();
    for held in 0..FOLDS {
        let (later, earlier): (Vec<_>, Vec<_>) = letters.iter().partition(|l| fold(&l.title) == held);
        let begun = Instant::now();
        let model = Model::train(earlier.iter().map(|l| (letter(l), l.category.as_str())), &Options::default())?;
        training += begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let readings: Vec<_> = later.iter().map(|l| model.read(&letter(l)).first(1)[0]).collect();
        reading += begun.elapsed().as_secs_f64();
        for (l, (said, probability)) in later.iter().zip(readings) {
            let truth = model.labels().iter().position(|label| *label == l.category).ok_or("a label is missing")?;
            tried.push(Tried { truth, said, probability: f64::from(probability) });
        }
        bytes = model.to_bytes().len();
        names = model.labels().to_vec();
    }
    let figures = Figures::of(names.len(), tried);
    let each = names.iter().zip(&figures.labels).map(|(name, l)| {
        (name.clone(), json!({ "precision": l.precision, "recall": l.recall, "f1": l.f1, "letters": l.letters }))
    });
    Ok(json!({
        "letters": figures.letters, "macro_f1": figures.macro_f1, "accuracy": figures.accuracy, "ece": figures.ece,
        "train_seconds": training / FOLDS as f64, "letters_per_second": letters.len() as f64 / reading,
        "model_bytes": bytes, "labels": each.collect::<serde_json::Map<_, _>>(),
    }))
}

/// The earlier four fifths teach, the later fifth is tried; a unit that no earlier letter went to counts as wrong.
fn units(mails: &[Mail]) -> Result<Value, Box<dyn Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/units.toml");
    let mut rules: Rules = toml::from_str(&fs::read_to_string(file)?)?;
    rules.before.extend(town(mails));
    let mut mails: Vec<&Mail> = mails.iter().filter(|m| !m.date.is_empty() && !m.agency.trim().is_empty()).collect();
    mails.sort_by(|a, b| a.date.cmp(&b.date));
    let (earlier, later) = mails.split_at(mails.len() * 4 / 5);
    let units = Units::new(rules, earlier.iter().map(|m| m.agency.as_str()));
    let of = |m: &Mail| units.of(&m.agency).unwrap_or(&m.agency).to_owned();
    let named: Vec<String> = earlier.iter().map(|m| of(m)).collect();
    let model = Model::train(
        earlier.iter().zip(&named).map(|(m, unit)| (Letter { title: &m.title, text: &m.text }, unit.as_str())),
        &Options::default(),
    )?;
    let (mut first, mut three, mut known) = (0, 0, 0);
    for m in later {
        let truth = of(m);
        let said = model.read(&Letter { title: &m.title, text: &m.text }).first(3);
        let right = said.iter().position(|(label, _)| model.labels()[*label] == truth);
        first += usize::from(right == Some(0));
        three += usize::from(right.is_some());
        known += usize::from(model.labels().contains(&truth));
    }
    let share = |part: usize| part as f64 / later.len() as f64;
    let most = named.iter().map(|unit| named.iter().filter(|u| *u == unit).count()).max().unwrap_or_default();
    Ok(json!({
        "earlier": earlier.len(), "later": later.len(), "units": model.labels().len(), "first": share(first),
        "within_three": share(three), "later_whose_unit_was_seen": share(known),
        "share_of_commonest_unit_before": most as f64 / earlier.len() as f64,
        "spellings": mails.iter().map(|m| m.agency.as_str()).collect::<std::collections::BTreeSet<_>>().len(),
    }))
}

/// The town's name: the beginning that most spellings have in common, with and without its last character.
fn town(mails: &[Mail]) -> Vec<String> {
    let beginning = |m: &Mail, length: usize| m.agency.chars().take(length).collect::<String>();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    mails.iter().for_each(|m| *counts.entry(beginning(m, 3)).or_default() += 1);
    let distinct: std::collections::BTreeSet<_> = mails.iter().map(|m| &m.agency).collect();
    let spread = |begin: &str| distinct.iter().filter(|name| name.starts_with(begin)).count();
    let town = counts.into_keys().max_by_key(|begin| spread(begin)).unwrap_or_default();
    vec![town.chars().take(2).collect(), town]
}

/// True pairs against pairs exchanged within the fold, five folds: how often a true one scores higher.
fn answers(replied: &[Replied]) -> Value {
    let pairs: Vec<Pair<'_>> =
        replied.iter().map(|r| Pair { title: &r.title, text: &r.text, reply: &r.reply }).collect();
    let (mut scores, mut training, mut reading) = (Vec::new(), 0.0, 0.0);
    for held in 0..FOLDS {
        let (later, earlier): (Vec<Pair<'_>>, Vec<Pair<'_>>) = pairs.iter().partition(|p| fold(p.title) == held);
        let begun = Instant::now();
        let judge = Judge::train(&earlier, 1);
        training += begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        // A turn by a fixed step exchanges every reply, and never with itself.
        let step = later.len() / 2;
        for (at, pair) in later.iter().enumerate() {
            let other = Pair { reply: later[(at + step) % later.len()].reply, ..*pair };
            scores.push((judge.same_matter(pair), true));
            scores.push((judge.same_matter(&other), false));
        }
        reading += begun.elapsed().as_secs_f64();
    }
    let count = scores.len();
    json!({
        "pairs": pairs.len(), "auc": auc(scores), "train_seconds": training / FOLDS as f64,
        "pairs_per_second": count as f64 / reading,
    })
}

/// The area under the curve, ties by half.
fn auc(mut scores: Vec<(f32, bool)>) -> f64 {
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum, mut positive) = (0.0, 0.0, 0.0);
    for same in scores.chunk_by(|a, b| a.0 == b.0) {
        let true_ones = same.iter().filter(|(_, truth)| *truth).count() as f64;
        let others = same.len() as f64 - true_ones;
        sum += true_ones * (below + others / 2.0);
        below += others;
        positive += true_ones;
    }
    sum / (positive * below)
}

/// The most memory that this process had; none where the system does not tell.
fn peak_memory_mb() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
