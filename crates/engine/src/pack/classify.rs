//! Suggests the category of a text from the keywords in it, and says which ones.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, BuildError};

/// A category that was suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classified {
    /// Its code.
    pub category: String,
    /// The keywords that spoke for it, in the order of the rules; empty when there were none and it is `other`.
    pub because: Vec<String>,
}

/// A rule: each keyword of `any` adds the weight to the category, and one of `none` voids the rule.
pub(super) struct Rule {
    /// Which of the categories, in the order of the file.
    pub category: usize,
    pub hundredths: u64,
    pub any: Vec<String>,
    pub none: Vec<String>,
}

/// All rules, with one automaton that looks for all their keywords at once.
#[derive(Default)]
pub(super) struct Classifier {
    automaton: Option<AhoCorasick>,
    keywords: Vec<String>,
    rules: Vec<Compiled>,
}

/// A rule whose keywords are numbers.
struct Compiled {
    category: usize,
    hundredths: u64,
    any: Vec<usize>,
    none: Vec<usize>,
}

/// Where a keyword occurs, by how often it counts there.
const NOWHERE: u64 = 0;
const BODY: u64 = 1;
const TITLE: u64 = 3;

impl Classifier {
    pub fn new(rules: Vec<Rule>) -> Result<Self, BuildError> {
        let mut numbers = BTreeMap::new();
        let mut keywords = Vec::new();
        let mut numbered = |words: Vec<String>| -> Vec<usize> {
            let number = |word: String| {
                *numbers.entry(word).or_insert_with_key(|word| {
                    keywords.push(word.clone());
                    keywords.len() - 1
                })
            };
            words.into_iter().map(number).collect()
        };
        let compile = |Rule { category, hundredths, any, none }| Compiled {
            category,
            hundredths,
            any: numbered(any),
            none: numbered(none),
        };
        let rules = rules.into_iter().map(compile).collect();
        let automaton = Some(AhoCorasick::new(&keywords)?);
        Ok(Self { automaton, keywords, rules })
    }

    /// The best category and the keywords that spoke for it; the earlier one in the file when two are level.
    pub fn best(&self, title: &str, body: &str) -> Option<(usize, Vec<String>)> {
        let places = self.places(title, body);
        let holds = |rule: &&Compiled| rule.none.iter().all(|keyword| places[*keyword] == NOWHERE);
        let mut scores: BTreeMap<usize, u64> = BTreeMap::new();
        for rule in self.rules.iter().filter(holds) {
            let counts: u64 = rule.any.iter().map(|keyword| places[*keyword]).sum();
            *scores.entry(rule.category).or_default() += rule.hundredths * counts;
        }
        let by_score_then_order = |a: &(usize, u64), b: &(usize, u64)| a.1.cmp(&b.1).then(b.0.cmp(&a.0));
        let (best, _) = scores.into_iter().filter(|(_, score)| *score > 0).max_by(by_score_then_order)?;
        let spoke = self.rules.iter().filter(holds).filter(|rule| rule.category == best);
        let mut because: Vec<String> = Vec::new();
        for keyword in spoke.flat_map(|rule| &rule.any).filter(|keyword| places[**keyword] != NOWHERE) {
            if !because.contains(&self.keywords[*keyword]) {
                because.push(self.keywords[*keyword].clone());
            }
        }
        Some((best, because))
    }

    /// Where each keyword occurs: the title counts for more, how often does not matter.
    fn places(&self, title: &str, body: &str) -> Vec<u64> {
        let mut places = vec![NOWHERE; self.keywords.len()];
        for (text, place) in [(body, BODY), (title, TITLE)] {
            for found in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
                places[found.pattern().as_usize()] = place;
            }
        }
        places
    }
}
