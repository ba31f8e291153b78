//! One unit, many spellings: folds what people write for a unit into one name, by general rules and the words of a pack.
//!
//! A name is cleaned, its first part taken where several are joined, the town before it and the kind of office behind it
//! taken off. What is left is its head. A short head is the same unit as a longer and commoner one that it abbreviates: it is
//! the end of it, or begins with the same character and leaves some out.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use serde::Deserialize;

/// The words that names of units are made of, as a pack states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What stands before a name without telling units apart: the town, its short forms.
    pub before: Vec<String>,
    /// What stands behind a name and says what kind of office it is.
    pub behind: Vec<String>,
    /// What separates joined names besides blanks.
    pub between: String,
}

/// Which spellings are one unit.
#[derive(Debug, Clone, Default)]
pub struct Units {
    rules: Rules,
    /// From the head of a name to the unit's commonest spelling.
    names: HashMap<String, String>,
}

impl Units {
    /// Folds these spellings; one that occurs more often should come as often.
    #[must_use]
    pub fn new<'a>(mut rules: Rules, spellings: impl IntoIterator<Item = &'a str>) -> Self {
        rules.before.sort_by_key(|word| Reverse(word.len()));
        rules.behind.sort_by_key(|word| Reverse(word.len()));
        let mut heads: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
        for spelling in spellings {
            *heads.entry(head(&rules, spelling)).or_default().entry(spelling.trim()).or_default() += 1;
        }
        let often = |head: &str| heads[head].values().sum::<usize>();
        let whole = |head: &String| {
            let longer = heads.keys().filter(|long| often(long) > often(head) && abbreviates(&rules, head, long));
            longer.max_by_key(|long| (often(long), Reverse(*long)))
        };
        let names = heads.keys().map(|head| {
            // It ends, for each is commoner than the one before.
            let last = std::iter::successors(Some(head), |head| whole(head)).last().unwrap_or(head);
            let common = heads[last].iter().max_by_key(|(name, count)| (**count, Reverse(**name)));
            (head.clone(), common.map(|(name, _)| (*name).to_owned()).unwrap_or_default())
        });
        let names = names.collect();
        Self { rules, names }
    }

    /// The name of the unit that this is a spelling of, if it is one that is known.
    #[must_use]
    pub fn of(&self, spelling: &str) -> Option<&str> {
        self.names.get(&head(&self.rules, spelling)).map(String::as_str)
    }
}

/// A name without what many share; the name itself where nothing would be left.
fn head(rules: &Rules, name: &str) -> String {
    let between = |c: char| c.is_whitespace() || rules.between.contains(c);
    let first = name.split(between).find(|part| !part.is_empty()).unwrap_or_default();
    let name: String = first.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut rest = name.as_str();
    while let Some(cut) = rules.before.iter().find_map(|word| longer(rest.strip_prefix(word.as_str())?)) {
        rest = cut;
    }
    while let Some(cut) = rules.behind.iter().find_map(|word| longer(rest.strip_suffix(word.as_str())?)) {
        rest = cut;
    }
    rest.to_owned()
}

/// A single character is no head.
fn longer(rest: &str) -> Option<&str> {
    rest.chars().nth(1).map(|_| rest)
}

fn abbreviates(rules: &Rules, short: &str, long: &str) -> bool {
    if short.is_empty() || short.len() >= long.len() {
        return false;
    }
    // What goes on with a kind of office is a part of the unit, and no other name of it.
    if let Some(rest) = long.strip_prefix(short) {
        return !rules.behind.iter().any(|kind| rest.starts_with(kind.as_str()));
    }
    let mut left = long.chars();
    long.ends_with(short)
        || (long.chars().next() == short.chars().next() && short.chars().all(|c| left.any(|l| l == c)))
}
