//! A letter, read once: its characters in plain form with their places, its groups of digits, the words that announce.

use std::{cmp::Reverse, ops::Range};

use aho_corasick::AhoCorasick;

use super::{
    Found, Kind,
    marks::Mark,
    table::{Class, Table, fold, is_han},
};

/// Between what announces and what is announced.
const REACH: usize = 6;
/// Between two groups of one number.
const GAP: usize = 3;

/// Characters by their number from the start, not by bytes.
pub(super) struct Letter<'t> {
    pub table: &'t Table,
    pub chars: Vec<char>,
    /// Where each character begins, and where the text ends.
    bytes: Vec<usize>,
    pub announced: Vec<Announced>,
}

/// A word that announces something.
pub(super) struct Announced {
    pub mark: Mark,
    pub from: usize,
    pub to: usize,
}

/// What may be personal data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    /// `None`: certainly something else, and nothing in it is to be found.
    pub kind: Option<Kind>,
    /// The surer wins.
    pub sure: u8,
    pub from: usize,
    pub to: usize,
}

impl<'t> Letter<'t> {
    pub fn read(text: &str, table: &'t Table, words: &AhoCorasick, marks: &[Mark]) -> Self {
        let mut chars = Vec::with_capacity(text.len() / 2);
        let mut bytes = Vec::with_capacity(text.len() / 2);
        for (at, c) in text.char_indices() {
            chars.push(fold(c));
            bytes.push(at);
        }
        bytes.push(text.len());
        let mut at = 0;
        let mut number = |byte: usize| {
            while bytes[at] < byte {
                at += 1;
            }
            at
        };
        let announced = words
            .find_iter(text)
            .filter(|hit| is_whole_word(text, hit.range()))
            .map(|hit| Announced { mark: marks[hit.pattern()], from: number(hit.start()), to: number(hit.end()) })
            .collect();
        Self { table, chars, bytes, announced }
    }

    pub fn at(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    pub fn before(&self, place: usize) -> Option<char> {
        self.at(place.checked_sub(1)?)
    }

    pub fn is(&self, place: usize, class: Class) -> bool {
        self.at(place).is_some_and(|c| self.table.is(c, class))
    }

    pub fn is_han(&self, place: usize) -> bool {
        self.at(place).is_some_and(is_han)
    }

    /// Whether these belong to one number.
    pub fn linked(&self, from: usize, to: usize) -> bool {
        to - from <= GAP && self.chars[from..to].iter().all(|c| self.table.is(*c, Class::Separator))
    }

    /// Where a letter X ends that belongs to the number that ends here.
    pub fn x_after(&self, from: usize) -> Option<usize> {
        let at = self.run(from, GAP, |c| self.table.is(c, Class::Separator));
        matches!(self.at(at), Some('x' | 'X')).then_some(at + 1)
    }

    /// Whether what ends at `from` can announce what begins at `to`.
    pub fn reaches(&self, from: usize, to: usize) -> bool {
        from <= to && to - from <= REACH && self.chars[from..to].iter().all(|c| self.table.joins(*c))
    }

    /// The first place from here that can begin what is announced.
    pub fn after_fillers(&self, from: usize) -> usize {
        let ahead = self.chars[from..].iter().take(REACH);
        from + ahead.take_while(|c| self.table.joins(**c)).count()
    }

    /// The first place after a row of characters like this.
    pub fn run(&self, from: usize, most: usize, is: impl Fn(char) -> bool) -> usize {
        from + self.chars[from..].iter().take(most).take_while(|c| is(**c)).count()
    }

    /// The first place of a row of characters like this that ends here.
    pub fn run_back(&self, to: usize, most: usize, is: impl Fn(char) -> bool) -> usize {
        to - self.chars[..to].iter().rev().take(most).take_while(|c| is(**c)).count()
    }

    /// The last word that announces something and has ended here.
    pub fn last_word(&self, to: usize) -> Option<&Announced> {
        let after = self.announced.partition_point(|word| word.to <= to);
        self.announced.get(after.checked_sub(1)?)
    }

    /// Of guesses that overlap the surest, of equally sure ones the longest; in the order of the text.
    pub fn settle(&self, mut guesses: Vec<Guess>) -> Vec<Guess> {
        guesses.sort_by_key(|g| (Reverse((g.sure, g.to - g.from)), g.from));
        let mut taken = vec![false; self.chars.len()];
        guesses.retain(|g| {
            let place = &mut taken[g.from..g.to];
            let free = !place.contains(&true);
            if free {
                place.fill(true);
            }
            free
        });
        guesses.sort_by_key(|g| g.from);
        guesses
    }

    /// What was guessed, by bytes.
    pub fn found(&self, guesses: &[Guess]) -> Vec<Found> {
        let found = |g: &Guess| Some(Found { kind: g.kind?, range: self.bytes[g.from]..self.bytes[g.to] });
        guesses.iter().filter_map(found).collect()
    }
}

/// `tel` in `hotel` announces nothing; after the X of an identity number it does.
fn is_whole_word(text: &str, range: Range<usize>) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).copied().unwrap_or_default();
    let letters = |a: u8, b: u8| a.is_ascii_alphabetic() && b.is_ascii_alphabetic();
    let before = byte(range.start.checked_sub(1));
    let of_number = before.eq_ignore_ascii_case(&b'x') && byte(range.start.checked_sub(2)).is_ascii_digit();
    (of_number || !letters(before, byte(Some(range.start))))
        && !letters(byte(Some(range.end - 1)), byte(Some(range.end)))
}
