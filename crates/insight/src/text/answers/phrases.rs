//! The words that a pack gives: which phrases say nothing, which words tell of an act, which of a date, which promise.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use serde::Deserialize;

use crate::text::pairs::pairs_of;

/// Why phrases cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PhrasesError {
    /// Not in the form of a pack.
    #[error("{file}: {reason}")]
    Form {
        /// The file as the caller named it.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Too many for an automaton.
    #[error("{file}: too many phrases")]
    Many {
        /// The file as the caller named it.
        file: String,
        /// Why.
        source: BuildError,
    },
}

/// The lists, as a pack states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// Courtesies: what is left of a reply without them is its substance.
    pub empty: Vec<String>,
    /// What was done, is being done or will be done.
    pub actions: Vec<String>,
    /// What follows a figure in a date or a period.
    pub dates: Vec<String>,
    /// What is a date by itself.
    #[serde(default)]
    pub days: Vec<String>,
    /// What says that something is still to come.
    #[serde(default)]
    pub promises: Vec<String>,
    /// Words that stand in letters and replies of every sort, so that sharing them tells nothing.
    #[serde(default)]
    pub common: Vec<String>,
}

/// Finds phrases in replies.
#[derive(Debug, Clone)]
pub struct Phrases {
    empty: AhoCorasick,
    actions: AhoCorasick,
    dates: AhoCorasick,
    days: AhoCorasick,
    promises: AhoCorasick,
    common: AhoCorasick,
}

/// What a reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Letters and figures beside the empty phrases.
    pub left: usize,
    /// Whether there is an act.
    pub action: bool,
    /// Whether there is a date.
    pub date: bool,
    /// Whether it promises something.
    pub promise: bool,
}

impl Phrases {
    /// Reads phrases as a pack states them; `file` is only for the error.
    ///
    /// # Errors
    /// When the text is not TOML or lacks a list.
    pub fn parse(file: &str, text: &str) -> Result<Self, PhrasesError> {
        let form = |e: toml::de::Error| PhrasesError::Form { file: file.to_owned(), reason: e.to_string() };
        Self::new(&toml::from_str(text).map_err(form)?)
            .map_err(|source| PhrasesError::Many { file: file.to_owned(), source })
    }

    /// From lists that were read already.
    ///
    /// # Errors
    /// When there are too many for an automaton.
    pub fn new(lists: &Lists) -> Result<Self, BuildError> {
        let finder = |words: &[String]| {
            let words = words.iter().filter(|word| !word.is_empty());
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words)
        };
        Ok(Self {
            empty: finder(&lists.empty)?,
            actions: finder(&lists.actions)?,
            dates: finder(&lists.dates)?,
            days: finder(&lists.days)?,
            promises: finder(&lists.promises)?,
            common: finder(&lists.common)?,
        })
    }

    /// What a reply says.
    #[must_use]
    pub fn read(&self, reply: &str) -> Said {
        let rest = without(&self.empty, reply);
        let figure = |at: usize| reply[..at].trim_end().ends_with(|c: char| c.is_numeric());
        Said {
            left: rest.chars().filter(|c| c.is_alphanumeric()).count(),
            action: self.actions.is_match(&rest),
            date: self.days.is_match(reply) || self.dates.find_iter(reply).any(|word| figure(word.start())),
            promise: self.promises.is_match(&rest),
        }
    }

    /// Whether a reply has a telling piece of what was written: two neighbouring characters or a word that are no phrase
    /// and nothing that letters of every sort say.
    #[must_use]
    pub fn touches(&self, letter: &[&str], reply: &str) -> bool {
        let pieces = |text: &str| {
            // That both name a day or a number tells nothing.
            let words = text.replace(|c: char| c.is_numeric(), " ");
            let mut pieces = Vec::new();
            pairs_of(&without(&self.common, &without(&self.empty, &words)), &mut pieces);
            pieces
        };
        let said: BTreeSet<u32> = letter.iter().flat_map(|text| pieces(text)).collect();
        pieces(reply).iter().any(|piece| said.contains(piece))
    }
}

/// A text with a blank in the place of whatever is found.
fn without(finder: &AhoCorasick, text: &str) -> String {
    let (mut rest, mut from) = (String::with_capacity(text.len()), 0);
    for found in finder.find_iter(text) {
        rest.push_str(&text[from..found.start()]);
        rest.push(' ');
        from = found.end();
    }
    rest.push_str(&text[from..]);
    rest
}
