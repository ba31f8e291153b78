//! Finds places while somebody types: any part of an address, the first letters of its sounds or the sounds themselves,
//! what people call it, numbers in any form, one slip of the hand. An index in memory, made with the directory, so that
//! it is never older than what it finds.
//!
//! What is typed falls into words and numbers (`spelling`). Few words are different ones, for all the buildings of an
//! estate share theirs: each typed word is tried on every different word, and the places of those that fit are added up,
//! with what fits a place further up counting for all that lie within it. The best are then looked at name by name.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use super::{
    Place,
    spelling::{Part, Sort, parts, without_generic},
    typed::{Spelt, Typed},
};
use crate::ids::{Level, PlaceCode};

/// Parts of what is typed that are looked at.
const PARTS: usize = 6;
/// Characters of what is typed that are looked at.
const CHARS: usize = 60;
/// Places that are looked at name by name.
const CLOSE: usize = 96;

/// A name of a place: words and numbers, in their order.
#[derive(PartialEq, Eq)]
struct Name {
    words: Vec<u32>,
    numbers: Vec<(u32, Option<Sort>)>,
}

struct Entry {
    code: PlaceCode,
    /// The place above it; itself at the top.
    parent: u32,
    live: bool,
    names: Vec<Name>,
}

/// The index.
#[derive(Default)]
pub(super) struct Finder {
    /// In the order of their codes: what lies within a place follows it.
    entries: Vec<Entry>,
    words: Vec<Spelt>,
    /// Which words are written or typed just so.
    exact: HashMap<String, Vec<u32>>,
    /// The places of each word.
    of_word: Vec<Vec<u32>>,
    of_number: BTreeMap<u32, Vec<(u32, Option<Sort>)>>,
}

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Finder({} places, {} words)", self.entries.len(), self.words.len())
    }
}

impl Finder {
    pub fn new<'p>(places: impl Iterator<Item = &'p Place>) -> Self {
        let mut finder = Self::default();
        let mut known: HashMap<String, u32> = HashMap::new();
        for place in places {
            finder.add(place, &mut known);
        }
        for list in &mut finder.of_word {
            list.dedup();
        }
        finder
    }

    fn add(&mut self, place: &Place, known: &mut HashMap<String, u32>) {
        let at = self.entries.len() as u32;
        let above = place.code.upwards().skip(1);
        let parent = above.filter_map(|code| self.entries.binary_search_by(|e| e.code.cmp(&code)).ok()).next();
        let mut names: Vec<Name> = Vec::new();
        for text in [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases) {
            let mut name = Name { words: Vec::new(), numbers: Vec::new() };
            for part in parts(text) {
                match part {
                    Part::Number(n, sort) => name.numbers.push((n, sort)),
                    Part::Word(word) => name.words.push(self.word(word, known)),
                }
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let live = place.retired_at.is_none();
        for name in names.iter().filter(|_| live) {
            name.words.iter().for_each(|w| self.of_word[*w as usize].push(at));
            name.numbers.iter().for_each(|(n, sort)| self.of_number.entry(*n).or_default().push((at, *sort)));
        }
        self.entries.push(Entry { code: place.code.clone(), parent: parent.map_or(at, |p| p as u32), live, names });
    }

    fn word(&mut self, word: String, known: &mut HashMap<String, u32>) -> u32 {
        if let Some(id) = known.get(&word) {
            return *id;
        }
        let id = self.words.len() as u32;
        let spelt = Spelt::new(&word);
        let short = without_generic(&word).map(Spelt::new);
        for one in short.iter().chain([&spelt]) {
            for key in one.keys() {
                let ids = self.exact.entry(key).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        self.words.push(spelt);
        self.of_word.push(Vec::new());
        known.insert(word, id);
        id
    }

    /// The codes of the places that fit best, within a place, those near another first among equals.
    pub fn find(&self, text: &str, within: &PlaceCode, near: Option<&PlaceCode>, most: usize) -> Vec<&PlaceCode> {
        let text: String = text.chars().take(CHARS).collect();
        let asked = self.asked(&text);
        let range = self.range(within);
        if asked.is_empty() || range.is_empty() {
            return Vec::new();
        }
        let reach: Vec<Vec<u16>> = asked.iter().map(|part| self.reach(part, &range)).collect();
        let near = self.near(near);
        let mut close = self.close(&reach, &range, &near);
        let mut ranked: Vec<(usize, i32, Level, u32)> = close
            .drain(..)
            .map(|at| {
                let (covered, score) = self.score(at, &asked, &reach);
                (covered, score + bonus(&near, at), self.entries[at as usize].code.level(), at)
            })
            .collect();
        ranked.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
        ranked.into_iter().take(most).map(|(.., at)| &self.entries[at as usize].code).collect()
    }

    /// The places within one, as they stand in the list.
    fn range(&self, within: &PlaceCode) -> Range<usize> {
        let from = self.entries.partition_point(|e| e.code < *within);
        let end = within.end();
        from..self.entries.partition_point(|e| e.code.as_str() < end.as_str()).max(from)
    }

    /// What is typed, each word with the words of places that it may mean and how well each fits.
    fn asked(&self, text: &str) -> Vec<Asked> {
        let mut asked = Vec::new();
        for part in parts(text) {
            match part {
                Part::Number(n, sort) => asked.push(Asked::Number(n, sort)),
                Part::Word(words) => words.split(' ').for_each(|word| self.ask_word(word, &mut asked)),
            }
        }
        // What fits nothing at all ("downstairs", "by the gate") does not stand in the way of the rest.
        asked.retain(|part| !matches!(part, Asked::Words(fits) if fits.is_empty()));
        asked.truncate(PARTS);
        asked
    }

    fn ask_word(&self, word: &str, asked: &mut Vec<Asked>) {
        let mut rest: Vec<char> = word.chars().collect();
        // Two words without a blank between them: the first is written in full, or nothing tells where it ends.
        while !rest.is_empty() {
            let fits = self.fits(&rest, false);
            if !fits.is_empty() {
                return asked.push(Asked::Words(fits));
            }
            let Some((cut, ids)) = self.longest_exact(&rest) else { break };
            asked.push(Asked::Words(ids.iter().map(|id| (*id, self.words[*id as usize].whole())).collect()));
            rest.drain(..cut);
        }
        if !rest.is_empty() {
            let plain: String = rest.iter().collect();
            let bare = without_generic(&plain).map(|bare| bare.chars().collect::<Vec<_>>());
            let fits = bare.map(|bare| self.fits(&bare, false)).filter(|fits| !fits.is_empty());
            asked.push(Asked::Words(fits.unwrap_or_else(|| self.fits(&rest, true))));
        }
    }

    fn fits(&self, word: &[char], slip: bool) -> Vec<(u32, u16)> {
        let typed = Typed::new(word, slip);
        let fits = self.words.iter().enumerate();
        fits.filter_map(|(id, spelt)| typed.fits(spelt).map(|score| (id as u32, score))).collect()
    }

    /// The longest beginning that is a whole word.
    fn longest_exact(&self, chars: &[char]) -> Option<(usize, &[u32])> {
        (2..chars.len()).rev().find_map(|cut| {
            let head: String = chars[..cut].iter().collect();
            self.exact.get(&head).map(|ids| (cut, ids.as_slice()))
        })
    }

    /// How well a part of what was typed fits each place of a range, itself or by what it lies in.
    fn reach(&self, part: &Asked, range: &Range<usize>) -> Vec<u16> {
        let mut reach = vec![0_u16; self.entries.len()];
        let mut raise = |at: u32, score: u16| reach[at as usize] = reach[at as usize].max(score);
        match part {
            Asked::Words(fits) => {
                for (id, score) in fits {
                    self.of_word[*id as usize].iter().for_each(|at| raise(*at, *score));
                }
            }
            Asked::Number(n, sort) => {
                for number in longer(*n).flat_map(|numbers| self.of_number.range(numbers)) {
                    for (at, own) in number.1 {
                        raise(*at, fits_number((*n, *sort), (*number.0, *own)));
                    }
                }
            }
        }
        let inherit = |reach: &mut Vec<u16>, at: usize| {
            let above = reach[self.entries[at].parent as usize];
            reach[at] = reach[at].max(above / 2 + above / 8);
        };
        let mut above: Vec<usize> = Vec::new();
        let mut at = range.start;
        while self.entries[at].parent as usize != at {
            at = self.entries[at].parent as usize;
            above.push(at);
        }
        above.iter().rev().for_each(|at| inherit(&mut reach, *at));
        range.clone().for_each(|at| inherit(&mut reach, at));
        reach
    }

    /// The street, the community and the grid of a place, as stretches of the list with what nearness is worth there.
    fn near(&self, near: Option<&PlaceCode>) -> Vec<(Range<usize>, i32)> {
        let worth = |level| match level {
            Level::Grid => 6,
            Level::Community => 4,
            Level::Street => 2,
            _ => 0,
        };
        let above = near.into_iter().flat_map(PlaceCode::upwards);
        above
            .map(|code| (worth(code.level()), code))
            .filter(|(w, _)| *w > 0)
            .map(|(w, c)| (self.range(&c), w))
            .collect()
    }

    /// The places that fit most parts, and best; a bound from above for each, without looking at its names.
    fn close(&self, reach: &[Vec<u16>], range: &Range<usize>, near: &[(Range<usize>, i32)]) -> Vec<u32> {
        let bound = |at: usize| {
            let parts = reach.iter().map(|r| r[at]);
            let covered = parts.clone().filter(|score| *score > 0).count();
            let sum: i32 = parts.map(i32::from).sum();
            (covered, sum + bonus(near, at as u32), std::cmp::Reverse(self.entries[at].code.level()))
        };
        let mut found: Vec<((usize, i32, _), u32)> = range
            .clone()
            .filter(|at| self.entries[*at].live)
            .map(|at| (bound(at), at as u32))
            .filter(|((covered, ..), _)| *covered > 0)
            .collect();
        let best = found.iter().map(|(bound, _)| bound.0).max().unwrap_or_default();
        found.retain(|(bound, _)| bound.0 == best);
        if found.len() > CLOSE {
            found.select_nth_unstable_by(CLOSE, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(CLOSE);
        }
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// How many parts a place fits, and how well: by the best of its names, and for the rest by what it lies in.
    fn score(&self, at: u32, asked: &[Asked], reach: &[Vec<u16>]) -> (usize, i32) {
        let entry = &self.entries[at as usize];
        let above = |part: usize| if entry.parent == at { 0 } else { reach[part][entry.parent as usize] / 2 };
        let score = |name: &Name| {
            let (mut covered, mut sum) = (0, 0);
            let mut unsaid = name.words.len() + name.numbers.len();
            for (n, part) in asked.iter().enumerate() {
                let own = part.own(name);
                unsaid -= usize::from(own > 0).min(unsaid);
                let best = own.max(above(n));
                covered += usize::from(best > 0);
                sum += i32::from(best) + if own > 0 { 3 } else { 0 };
            }
            // Of two that fit alike, the one that says nothing else is meant.
            (covered, sum - 7 * unsaid as i32)
        };
        entry.names.iter().map(score).max().unwrap_or_default()
    }
}

/// A part of what was typed.
enum Asked {
    /// The words that it may mean.
    Words(Vec<(u32, u16)>),
    Number(u32, Option<Sort>),
}

impl Asked {
    fn own(&self, name: &Name) -> u16 {
        match self {
            Self::Words(fits) => {
                let score = |word: &u32| fits.binary_search_by_key(word, |fit| fit.0).map_or(0, |at| fits[at].1);
                name.words.iter().map(score).max().unwrap_or_default()
            }
            Self::Number(n, sort) => {
                name.numbers.iter().map(|own| fits_number((*n, *sort), *own)).max().unwrap_or_default()
            }
        }
    }
}

/// The numbers that begin with the digits of one: itself, 30 to 39, 300 to 399.
fn longer(n: u32) -> impl Iterator<Item = Range<u32>> {
    [1_u32, 10, 100]
        .into_iter()
        .map(move |times| n.saturating_mul(times)..n.saturating_mul(times).saturating_add(times))
}

fn fits_number(typed: (u32, Option<Sort>), own: (u32, Option<Sort>)) -> u16 {
    let exact = typed.0 == own.0;
    match (typed.1, own.1) {
        (Some(a), Some(b)) if a != b => u16::from(exact) * 12,
        _ if exact && typed.1.is_some() => 50,
        // A bare number is most often the building's.
        (None, Some(Sort::Building)) if exact => 46,
        _ if exact => 42,
        _ if own.0.to_string().starts_with(&typed.0.to_string()) => 14,
        _ => 0,
    }
}

fn bonus(near: &[(Range<usize>, i32)], at: u32) -> i32 {
    near.iter().filter(|(range, _)| range.contains(&(at as usize))).map(|(_, worth)| worth).sum()
}
