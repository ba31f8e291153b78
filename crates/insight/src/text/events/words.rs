//! The words that tell an event, found in its own letters: no dictionary knows the names that matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::text::pairs::{Common, is_letter, pairs_of};

/// The share of the letters with a word that must also have it with the next character for the word to grow.
const GROW: f64 = 0.6;
/// Characters of a word.
const LONG: usize = 8;
/// Words that are told.
const TOLD: usize = 5;
/// Letters that are looked at.
const LETTERS: usize = 200;

/// In how many letters a word stands.
fn held(letters: &[(&str, &str)], word: &str) -> usize {
    letters.iter().filter(|(title, text)| title.contains(word) || text.contains(word)).count()
}

/// The word grown by what nearly always stands before and behind it.
fn grown(letters: &[(&str, &str)], word: &str, behind: bool) -> String {
    let mut word = word.to_owned();
    let mut n = held(letters, &word);
    while word.chars().count() < LONG {
        let mut next: BTreeMap<String, usize> = BTreeMap::new();
        for (title, text) in letters {
            let mut longer = BTreeSet::new();
            for part in [title, text] {
                for (at, _) in part.match_indices(word.as_str()) {
                    let before = part[..at].chars().next_back().map(|c| (c, format!("{c}{word}")));
                    let after = part[at + word.len()..].chars().next().map(|c| (c, format!("{word}{c}")));
                    let after = after.filter(|_| behind);
                    longer.extend([before, after].into_iter().flatten().filter(|(c, _)| is_letter(*c)).map(|w| w.1));
                }
            }
            longer.into_iter().for_each(|longer| *next.entry(longer).or_default() += 1);
        }
        match next.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))) {
            Some((longer, count)) if count as f64 >= GROW * n as f64 && count >= 2 => (word, n) = (longer, count),
            _ => break,
        }
    }
    word
}

/// The place that most letters name: what grows from the endings of such names.
pub(super) fn place(letters: &[(&str, &str)], endings: &[String]) -> Option<String> {
    let letters = &letters[..letters.len().min(LETTERS)];
    let mut best: BTreeMap<String, usize> = BTreeMap::new();
    for ending in endings {
        // One character before the ending at least, or it names nothing.
        for (title, text) in letters {
            let mut seen = BTreeSet::new();
            for part in [title, text] {
                for (at, _) in part.match_indices(ending.as_str()) {
                    let before = part[..at].chars().rev().take(2).take_while(|c| is_letter(*c)).collect::<Vec<_>>();
                    if before.len() == 2 {
                        seen.insert(before.into_iter().rev().collect::<String>() + ending);
                    }
                }
            }
            seen.into_iter().for_each(|name| *best.entry(name).or_default() += 1);
        }
    }
    let (name, count) = best.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    (count >= 2 && count * 4 >= letters.len()).then(|| grown(letters, &name, false))
}

/// The words that most letters of an event hold and few others do, grown from pairs.
pub(super) fn telling(letters: &[(&str, &str)], place: Option<&str>, common: &Common) -> Vec<String> {
    let letters = &letters[..letters.len().min(LETTERS)];
    let mut counts: HashMap<[char; 2], f32> = HashMap::new();
    let mut seen: HashMap<[char; 2], f32> = HashMap::new();
    for (title, text) in letters {
        for (part, weight) in [(text, 1.0_f32), (title, 2.0)] {
            let chars: Vec<char> = part.chars().collect();
            for pair in chars.windows(2).filter(|pair| pair.iter().all(|c| !c.is_ascii() && is_letter(*c))) {
                seen.insert([pair[0], pair[1]], weight);
            }
        }
        seen.drain().for_each(|(pair, weight)| *counts.entry(pair).or_default() += weight);
    }
    let mut hash = Vec::new();
    let mut ranked: Vec<(f32, String)> = counts
        .into_iter()
        .map(|(pair, count)| (count, pair.iter().collect::<String>()))
        .filter(|(_, pair)| place.is_none_or(|place| !place.contains(pair.as_str())))
        .map(|(count, pair)| {
            hash.clear();
            pairs_of(&pair, &mut hash);
            let weight = hash.first().map_or(0.0, |gram| common.weight(*gram));
            (count * weight, pair)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut told: Vec<String> = Vec::new();
    for (_, pair) in ranked.into_iter().take(4 * TOLD) {
        if told.len() == TOLD {
            break;
        }
        if told.iter().any(|word| word.contains(&pair)) {
            continue;
        }
        let word = grown(letters, &pair, true);
        if !told.iter().any(|own| own.contains(&word) || word.contains(own.as_str())) {
            told.push(word);
        }
    }
    told
}
