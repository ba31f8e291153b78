//! Finding the entry that a text is about: by the words that it was given, and below those by the pairs of characters that the
//! text shares with question and words, so that own words find it too.

use aho_corasick::AhoCorasick;
use linli_insight::text::near::Shelf;

use crate::pack::Entry;

/// A single short word (two characters) says little in a long text: the rest has to be near, too.
const SURE_CHARS: usize = 3;
/// How near a text has to be where a short word occurs. Set, as the next, on forty questions in people's own words and on
/// letters to a mayor, most of which no entry answers: a wrong answer is worse than none.
const NEAR_WITH_WORD: f32 = 0.05;
/// How near a text has to be where no word occurs.
const NEAR: f32 = 0.16;

/// Finds entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Finder {
    /// The place of each entry among the items.
    places: Vec<usize>,
    /// Whose each word is, and how many characters it has.
    words: Vec<(usize, usize)>,
    automaton: Option<AhoCorasick>,
    shelf: Shelf,
}

impl Finder {
    pub fn new<'e>(entries: impl Iterator<Item = (usize, &'e Entry)>) -> Self {
        let (mut places, mut words, mut patterns, mut texts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (own, (at, entry)) in entries.enumerate() {
            places.push(at);
            for word in entry.words.iter().filter(|word| !word.trim().is_empty()) {
                words.push((own, word.chars().count()));
                patterns.push(word.to_lowercase());
            }
            texts.push(format!("{}\n{}\n{}", entry.question.zh, entry.question.en, entry.words.join("\n")));
        }
        let automaton = AhoCorasick::new(&patterns).ok().filter(|_| !patterns.is_empty());
        Self { places, words, automaton, shelf: Shelf::new(texts.iter().map(String::as_str)) }
    }

    /// The places of the entries that a text is about, the likeliest first: those of which more is said, then the nearer.
    pub fn find(&self, text: &str) -> Vec<usize> {
        let lower = text.to_lowercase();
        let mut said = vec![0; self.places.len()];
        let mut seen = vec![false; self.words.len()];
        for found in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(&lower)) {
            let word = found.pattern().as_usize();
            if !std::mem::replace(&mut seen[word], true) {
                let (own, chars) = self.words[word];
                said[own] += chars;
            }
        }
        let near = self.shelf.near(text);
        let fits = |own: &usize| match said[*own] {
            0 => near[*own] >= NEAR,
            SURE_CHARS.. => true,
            _ => near[*own] >= NEAR_WITH_WORD,
        };
        let mut best: Vec<usize> = (0..self.places.len()).filter(fits).collect();
        best.sort_by(|a, b| {
            (said[*b], near[*b]).partial_cmp(&(said[*a], near[*a])).unwrap_or(std::cmp::Ordering::Equal)
        });
        best.into_iter().map(|own| self.places[own]).collect()
    }
}
