//! Personal data in free text: telephone and identity numbers, bank cards, plates, names and what else people write into
//! a letter although whoever handles it does not need it.
//!
//! A [`Finder`] is compiled once from the [`Marks`] of a pack and reads a letter in linear time. What it
//! finds never overlaps; [`mask`] takes it out, [`partial`] leaves enough for its owner to know it again. Addresses are
//! left alone, for they say where something is to be done.

mod handles;
mod known;
mod letter;
mod marks;
mod mask;
mod names;
mod numbers;
mod shapes;
mod table;

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

pub use marks::{Marks, MarksError};
pub use mask::{mask, partial};

use letter::Letter;
use marks::Mark;
use numbers::Numbers;
use table::{Class, Table};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A mobile number.
    Phone,
    /// A number of a fixed line; within a town only where something announces it.
    Landline,
    /// A resident's identity number (GB 11643), or what is announced as one.
    Identity,
    /// A bank card.
    BankCard,
    /// A number plate.
    Plate,
    /// A name.
    Name,
    /// An e-mail address.
    Email,
    /// An account of a chat service.
    Account,
    /// A passport or a travel permit.
    Passport,
}

/// A piece of personal data and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// Finds personal data.
#[derive(Debug, Clone)]
pub struct Finder {
    words: AhoCorasick,
    /// What each word announces.
    marks: Vec<Mark>,
    table: Table,
}

impl Finder {
    /// A finder for these marks.
    ///
    /// # Errors
    /// When there are too many words for an automaton.
    pub fn new(marks: &Marks) -> Result<Self, BuildError> {
        let (kinds, words): (Vec<_>, Vec<_>) = marks.words.all().unzip();
        let words =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(words)?;
        Ok(Self { words, marks: kinds, table: Table::new(marks) })
    }

    /// All personal data in the text, in its order, never overlapping.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Found> {
        let letter = Letter::read(text, &self.table, &self.words, &self.marks);
        let mut numbers = Numbers::read(&letter);
        let mut guesses = Vec::new();
        handles::addresses(&letter, &mut guesses);
        numbers.find(&letter, false, &mut guesses);
        let mut guesses = letter.settle(guesses);
        guesses.extend(handles::find(&letter, &guesses));
        let mut guesses = letter.settle(guesses);
        numbers.without(&guesses);
        numbers.find(&letter, true, &mut guesses);
        let mut guesses = letter.settle(guesses);
        numbers::join_offices(&letter, &mut guesses);
        guesses.extend(names::find(&letter, &guesses));
        letter.found(&letter.settle(guesses))
    }

    /// Where these names stand in the text, in its order, as far as they are names: what people put in the place of one
    /// (a resident, the owners) is a word, and stays; so does a street or an estate that is called like somebody.
    #[must_use]
    pub fn known(&self, text: &str, names: &[&str]) -> Vec<Found> {
        let is_name = |name: &str| {
            known::is_foreign(name) || names::is_one(&Letter::read(name, &self.table, &self.words, &self.marks))
        };
        let names = names.iter().map(|name| name.trim()).filter(|name| is_name(name));
        let goes_on = |range: &Range<usize>| {
            text.get(range.end..).and_then(|rest| rest.chars().next()).is_some_and(|c| self.table.is(c, Class::Place))
        };
        let mut ranges: Vec<_> =
            names.flat_map(|name| known::places(text, name)).filter(|range| !goes_on(range)).collect();
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut found: Vec<Found> = Vec::new();
        for range in ranges {
            if found.last().is_none_or(|last| last.range.end <= range.start) {
                found.push(Found { kind: Kind::Name, range });
            }
        }
        found
    }
}
