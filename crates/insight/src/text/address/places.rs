//! Which place of a tree a text names. Free words name a place among others ("the lamp behind building three of …"), or
//! an address is split into its parts; both are tried against the names of all places: written in full, without the
//! ending that people leave out, as people call it, and with one character wrong, missing or too many.
//!
//! A place scores for what the text says of it and of everything that it lies in, so that order does not matter and what
//! is left out costs nothing; a rare name says more than a common one.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use super::{
    Label, Part, Words,
    tokens::{fold, mix},
    trail::{Counted, trail},
};

/// A place as its owner lists it; what it lies in comes before it or after it.
#[derive(Debug, Clone)]
pub struct Node<'n> {
    /// Its own number.
    pub id: u64,
    /// What it lies in.
    pub parent: Option<u64>,
    /// What it is called, and what else people call it.
    pub names: Vec<&'n str>,
}

/// A place that a text may name.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The place.
    pub id: u64,
    /// From 0 to 1: how much of what the text says of places speaks for this one.
    pub score: f32,
    /// What speaks for it, from the top of the tree downwards.
    pub named: Vec<Named>,
}

/// A place, itself or above, and where the text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The place.
    pub id: u64,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether it is written as the tree has it, or as people call it.
    pub exact: bool,
}

/// Places of one name that are looked at.
const SAME: usize = 512;
/// Characters of a name that may be misspelt.
const MISSPELT: Range<usize> = 3..13;

/// By what they lie in and their number: what the number counts, and the place.
type Numbered = HashMap<(u32, u32), Vec<(Option<Label>, u32)>>;

#[derive(Debug, Clone)]
struct Kept {
    id: u64,
    parent: Option<u32>,
}

/// Names of places, ready to be found in texts.
#[derive(Debug, Clone)]
pub struct Places {
    words: Words,
    kept: Vec<Kept>,
    finder: AhoCorasick,
    /// Of each name that is looked for: its places, its characters, and whether it is written in full.
    names: Vec<Name>,
    /// Numbered places by what they lie in.
    numbered: Numbered,
    /// Names with one character taken out.
    slips: HashMap<u64, Vec<u32>>,
}

#[derive(Debug, Clone)]
struct Name {
    chars: Vec<char>,
    places: Vec<u32>,
    full: bool,
}

/// Something that the text says of a place.
#[derive(Debug, Clone)]
struct Hint {
    place: u32,
    weight: f32,
    range: Range<usize>,
    exact: bool,
}

impl Places {
    /// An index of these places.
    ///
    /// # Errors
    /// When there are too many names for an automaton.
    pub fn new(nodes: &[Node], words: &Words) -> Result<Self, BuildError> {
        let at: HashMap<u64, u32> = nodes.iter().enumerate().map(|(at, node)| (node.id, at as u32)).collect();
        let parent = |node: &Node| node.parent.and_then(|id| at.get(&id).copied());
        let kept: Vec<Kept> = nodes.iter().map(|node| Kept { id: node.id, parent: parent(node) }).collect();
        let mut numbered = Numbered::new();
        let mut names: BTreeMap<Vec<char>, (Vec<u32>, bool)> = BTreeMap::new();
        for (place, node) in nodes.iter().enumerate() {
            let place = place as u32;
            for text in &node.names {
                let chars: Vec<char> = text.chars().map(fold).filter(|c| c.is_alphanumeric()).collect();
                if let Some((label, number)) = only_number(text, words) {
                    if let Some(parent) = kept[place as usize].parent {
                        numbered.entry((parent, number)).or_default().push((label, place));
                    }
                    continue;
                }
                let mut add = |chars: Vec<char>, full: bool| {
                    if chars.len() >= 2 {
                        let name = names.entry(chars).or_default();
                        name.1 |= full;
                        if !name.0.contains(&place) {
                            name.0.push(place);
                        }
                    }
                };
                if let Some(bare) = words.loose.iter().find(|ending| chars.ends_with(ending)) {
                    add(chars[..chars.len() - bare.len()].to_vec(), false);
                }
                add(chars, true);
            }
        }
        let names: Vec<Name> = names.into_iter().map(|(chars, (places, full))| Name { chars, places, full }).collect();
        let patterns = names.iter().map(|name| name.chars.iter().collect::<String>());
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns)?;
        let slips = slips(&names);
        Ok(Self { words: words.clone(), kept, finder, names, numbered, slips })
    }

    /// The places that a text names, the likeliest first. `parts` are those of an address, where the text is one: they
    /// tell which words to look at once more for a slip; a letter has none.
    #[must_use]
    pub fn find(&self, text: &str, parts: &[Part], most: usize) -> Vec<Match> {
        let (plain, bytes) = plain(text);
        let mut hints = Vec::new();
        for hit in self.finder.find_iter(&plain) {
            // It ends behind its last character, not behind a blank.
            let last = bytes[hit.end() - 1];
            let range = bytes[hit.start()]..last + text[last..].chars().next().map_or(0, char::len_utf8);
            self.hint(hit.pattern().as_usize(), &range, 1.0, &mut hints);
        }
        for part in parts.iter().filter(|part| part.label <= Label::EstatePart) {
            if !hints.iter().any(|hint| hint.range.start < part.range.end && part.range.start < hint.range.end) {
                self.misspelt(text, part, &mut hints);
            }
        }
        self.numbers(text, &mut hints);
        self.ranked(&hints, most)
    }

    fn hint(&self, name: usize, range: &Range<usize>, share: f32, hints: &mut Vec<Hint>) {
        let name = &self.names[name];
        let rare = 1.0 + (name.places.len() as f32).ln();
        let weight = share * name.chars.len() as f32 / rare * if name.full { 1.0 } else { 0.8 };
        for place in name.places.iter().take(SAME) {
            hints.push(Hint { place: *place, weight, range: range.clone(), exact: name.full && share >= 1.0 });
        }
    }

    fn misspelt(&self, text: &str, part: &Part, hints: &mut Vec<Hint>) {
        let mut chars: Vec<char> = text[part.range.clone()].chars().map(fold).filter(|c| c.is_alphanumeric()).collect();
        if let Some(bare) = self.words.loose.iter().find(|e| chars.ends_with(e) && chars.len() >= e.len() + 3) {
            chars.truncate(chars.len() - bare.len());
        }
        if !MISSPELT.contains(&chars.len()) {
            return;
        }
        let mut names: Vec<u32> = shorter(&chars).filter_map(|key| self.slips.get(&key)).flatten().copied().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if one_apart(&chars, &self.names[name as usize].chars) {
                self.hint(name as usize, &part.range, 0.6, hints);
            }
        }
    }

    /// Numbers that follow a name lead downwards in the tree.
    fn numbers(&self, text: &str, hints: &mut Vec<Hint>) {
        let mut ends: Vec<(usize, u32, f32)> = hints.iter().map(|h| (h.range.end, h.place, h.weight)).collect();
        ends.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        for same in ends.chunk_by(|a, b| a.0 == b.0) {
            let counted = trail(text, same[0].0, &self.words);
            for (_, place, weight) in same.iter().filter(|_| !counted.is_empty()) {
                self.descend(*place, &counted, *weight, hints);
            }
        }
    }

    fn descend(&self, from: u32, counted: &[Counted], weight: f32, hints: &mut Vec<Hint>) {
        let mut at = from;
        for one in counted {
            let fits = |label: &Option<Label>| match (one.label, label) {
                (Some(a), Some(b)) => {
                    2 * u8::from(a == *b) + u8::from(a == Label::RoadNumber || *b == Label::RoadNumber)
                }
                _ => 1,
            };
            let below = self.numbered.get(&(at, one.number)).into_iter().flatten();
            let best = below.map(|(label, place)| (fits(label), *place)).filter(|b| b.0 > 0).max_by_key(|b| b.0);
            let Some((fit, place)) = best else { continue };
            let share = if fit >= 2 { 0.5 } else { 0.35 };
            hints.push(Hint { place, weight: weight * share, range: one.range.clone(), exact: fit >= 2 });
            at = place;
        }
    }

    /// Every place that is hinted at, with what speaks for it and for what it lies in.
    fn ranked(&self, hints: &[Hint], most: usize) -> Vec<Match> {
        let mut own: BTreeMap<u32, Vec<&Hint>> = BTreeMap::new();
        hints.iter().for_each(|hint| own.entry(hint.place).or_default().push(hint));
        let mut said: Vec<(Range<usize>, f32)> = Vec::new();
        for hint in hints {
            match said.iter_mut().find(|(range, _)| *range == hint.range) {
                Some((_, weight)) => *weight = weight.max(hint.weight),
                None => said.push((hint.range.clone(), hint.weight)),
            }
        }
        let all: f32 = said.iter().map(|(_, weight)| weight).sum();
        let mut found: Vec<(f32, usize, u32, Vec<Named>)> = Vec::new();
        for place in own.keys() {
            let (mut sum, mut depth) = (0.0, 0);
            let mut named: Vec<Named> = Vec::new();
            for up in self.upwards(*place) {
                depth += 1;
                for hint in own.get(&up).into_iter().flatten() {
                    if named.iter().all(|n| n.range.end <= hint.range.start || hint.range.end <= n.range.start) {
                        sum += hint.weight;
                        named.push(Named {
                            id: self.kept[up as usize].id,
                            range: hint.range.clone(),
                            exact: hint.exact,
                        });
                    }
                }
            }
            named.reverse();
            found.push((sum, depth, *place, named));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        found.truncate(most);
        let id = |place: u32| self.kept[place as usize].id;
        found
            .into_iter()
            .map(|(sum, _, place, named)| Match { id: id(place), score: (sum / all).min(1.0), named })
            .collect()
    }

    /// A place and what it lies in; a tree that runs in a circle ends too.
    fn upwards(&self, place: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(place), |at| self.kept[*at as usize].parent).take(16)
    }
}

/// A name that is a number and what it counts.
fn only_number(name: &str, words: &Words) -> Option<(Option<Label>, u32)> {
    let counted = trail(name, 0, words);
    match &counted[..] {
        [one] if one.range.end == name.len() => Some((one.label, one.number)),
        _ => None,
    }
}

/// The text in the form in which names are looked for, and of each of its bytes (and its end) where it was.
fn plain(text: &str) -> (String, Vec<usize>) {
    let mut plain = String::with_capacity(text.len());
    let mut bytes = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace() && !c.is_control()) {
        plain.push(fold(c));
        bytes.resize(plain.len(), at);
    }
    bytes.push(text.len());
    (plain, bytes)
}

fn hash(chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(21, |all, c| mix(all, u64::from(u32::from(c))))
}

/// The name, and the name without each of its characters.
fn shorter(chars: &[char]) -> impl Iterator<Item = u64> {
    let without = |gone: usize| {
        let rest = chars.iter().enumerate().filter(move |(at, _)| *at != gone).map(|(_, c)| *c);
        hash(rest)
    };
    (0..=chars.len()).map(without)
}

fn slips(names: &[Name]) -> HashMap<u64, Vec<u32>> {
    let mut slips: HashMap<u64, Vec<u32>> = HashMap::new();
    for (at, name) in names.iter().enumerate().filter(|(_, name)| MISSPELT.contains(&name.chars.len())) {
        for key in shorter(&name.chars) {
            let list = slips.entry(key).or_default();
            if list.last() != Some(&(at as u32)) && list.len() < 64 {
                list.push(at as u32);
            }
        }
    }
    slips
}

/// Whether at most one character is another, missing or too many.
fn one_apart(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let behind = |text: &'_ [char]| text.get(1..).map(<[char]>::to_vec).unwrap_or_default();
    a == b
        || behind(a) == behind(b) && a.len() == b.len()
        || behind(a) == b && a.len() > b.len()
        || a == behind(b) && b.len() > a.len()
}
