//! The words that a pack gives: which phrases say nothing, which words tell of an act, which of a date.

use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use serde::Deserialize;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    empty: Vec<String>,
    actions: Vec<String>,
    dates: Vec<String>,
}

/// Finds phrases in replies.
#[derive(Debug, Clone)]
pub struct Phrases {
    empty: AhoCorasick,
    actions: AhoCorasick,
    dates: AhoCorasick,
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
}

impl Phrases {
    /// Reads phrases as a pack states them; `file` is only for the error.
    ///
    /// # Errors
    /// When the text is not TOML or lacks a list.
    pub fn parse(file: &str, text: &str) -> Result<Self, PhrasesError> {
        let form = |e: toml::de::Error| PhrasesError::Form { file: file.to_owned(), reason: e.to_string() };
        let stated: Stated = toml::from_str(text).map_err(form)?;
        let finder = |words: &[String]| {
            let words = words.iter().filter(|word| !word.is_empty());
            let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
            built.map_err(|source| PhrasesError::Many { file: file.to_owned(), source })
        };
        Ok(Self { empty: finder(&stated.empty)?, actions: finder(&stated.actions)?, dates: finder(&stated.dates)? })
    }

    /// What a reply says.
    #[must_use]
    pub fn read(&self, reply: &str) -> Said {
        let (mut rest, mut from) = (String::with_capacity(reply.len()), 0);
        for phrase in self.empty.find_iter(reply) {
            rest.push_str(&reply[from..phrase.start()]);
            from = phrase.end();
        }
        rest.push_str(&reply[from..]);
        let figure = |at: usize| reply[..at].trim_end().ends_with(|c: char| c.is_numeric());
        Said {
            left: rest.chars().filter(|c| c.is_alphanumeric()).count(),
            action: self.actions.is_match(&rest),
            date: self.dates.find_iter(reply).any(|word| figure(word.start())),
        }
    }
}
