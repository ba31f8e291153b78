//! The words that a pack gives: TOML to [`Words`].

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{Label, tokens::fold};

/// Words by which addresses are read, as a pack states them.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// What a name ends with.
    pub(super) names: Endings,
    /// What a number counts.
    pub(super) counted: HashMap<Vec<char>, Vec<Label>>,
    /// Words that are a part by themselves.
    pub(super) whole: HashMap<Vec<char>, Label>,
    /// Endings that a name may lack, the longest first.
    pub(super) loose: Vec<Vec<char>>,
}

/// Endings with their label.
pub(super) type Endings = HashMap<Vec<char>, Label>;

/// Characters of the longest word that is looked up.
pub(super) const WORD: usize = 8;

/// Words that cannot be used: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct WordsError {
    /// The file as the caller named it.
    pub file: String,
    /// What is wrong and what to write instead.
    pub reason: String,
}

type Lists = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    names: Lists,
    counted: Lists,
    words: Lists,
    #[serde(rename = "match")]
    matching: Matching,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matching {
    loose: Vec<String>,
}

impl Words {
    /// Reads words as a rule pack states them; `file` is only for the error.
    ///
    /// # Errors
    /// When the text is not TOML, has a list for no label, or a word that is empty or too long.
    pub fn parse(file: &str, text: &str) -> Result<Self, WordsError> {
        let fault = |reason: String| WordsError { file: file.to_owned(), reason };
        let read: File = toml::from_str(text).map_err(|e| fault(e.to_string().trim_end().to_owned()))?;
        let mut words =
            Self { names: HashMap::new(), counted: HashMap::new(), whole: HashMap::new(), loose: Vec::new() };
        for (label, word) in labelled("names", &read.names).map_err(fault)? {
            words.names.insert(word, label);
        }
        for (label, word) in labelled("counted", &read.counted).map_err(fault)? {
            words.counted.entry(word).or_default().push(label);
        }
        for (label, word) in labelled("words", &read.words).map_err(fault)? {
            words.whole.insert(word, label);
        }
        words.loose = read.matching.loose.iter().map(|word| word.chars().map(fold).collect()).collect();
        words.loose.sort_by_key(|word: &Vec<char>| std::cmp::Reverse(word.len()));
        Ok(words)
    }

    /// Endings by which the name of a community, estate, road or town is known.
    #[must_use]
    pub fn place_endings(&self) -> Vec<String> {
        let labels = [Label::Town, Label::Community, Label::Estate, Label::Road];
        let long = self.names.iter().filter(|(word, label)| labels.contains(label) && word.len() > 1);
        let mut endings: Vec<String> = long.map(|(word, _)| word.iter().collect()).collect();
        endings.sort_unstable();
        endings
    }

    /// The longest ending of a name that these characters end with, and its length.
    pub(super) fn ending(&self, chars: &[char]) -> Option<(Label, usize)> {
        (1..=chars.len().min(WORD))
            .rev()
            .find_map(|n| self.names.get(&chars[chars.len() - n..]).map(|label| (*label, n)))
    }

    /// What a number counts with these characters behind it: the labels, and the length of the longest word.
    pub(super) fn counts(&self, chars: &[char]) -> Option<(&[Label], usize)> {
        (1..=chars.len().min(WORD)).rev().find_map(|n| self.counted.get(&chars[..n]).map(|l| (l.as_slice(), n)))
    }
}

fn labelled(table: &str, lists: &Lists) -> Result<Vec<(Label, Vec<char>)>, String> {
    let mut out = Vec::new();
    for (name, list) in lists {
        let label = Label::of(name).ok_or_else(|| format!("[{table}] has `{name}`, which is no label"))?;
        for word in list {
            let chars: Vec<char> = word.chars().map(fold).collect();
            if chars.is_empty() || chars.len() > WORD {
                return Err(format!("[{table}] {name}: `{word}` has to have 1 to {WORD} characters"));
            }
            out.push((label, chars));
        }
    }
    Ok(out)
}
