//! Names: only where something announces them, or where they stand alone before somebody's number.

use super::{
    Kind,
    letter::{Guess, Letter},
    marks::Mark,
    table::{Class, is_han},
};

/// Names stand between names in a list, divided by U+3001.
const COMMA: char = '\u{3001}';

/// Every name, given what was found of numbers: a number ends a name, and a name may stand before it.
pub(super) fn find(letter: &Letter, numbers: &[Guess]) -> Vec<Guess> {
    let names = Names { letter, numbers };
    let mut guesses = Vec::new();
    for word in &letter.announced {
        let (from, told) = (letter.after_fillers(word.to), word.to);
        let colon = letter.chars[told..from].iter().any(|c| matches!(c, ':' | ';'));
        match word.mark {
            Mark::Called => names.list(from, true, &mut guesses),
            Mark::Role => names.list(from, colon, &mut guesses),
            Mark::Title if colon => names.list(from, true, &mut guesses),
            _ => {}
        }
    }
    let own = numbers.iter().filter(|n| matches!(n.kind, Some(Kind::Phone | Kind::Identity)));
    guesses.extend(own.filter_map(|number| names.before(number.from)));
    guesses
}

/// Whether a text is a name and nothing else: a surname, and a given name behind it.
pub(super) fn is_one(letter: &Letter) -> bool {
    let names = Names { letter, numbers: &[] };
    names.end(0, true).is_some_and(|end| letter.at(end).is_none())
}

struct Names<'l> {
    letter: &'l Letter<'l>,
    numbers: &'l [Guess],
}

impl Names<'_> {
    /// A name, and those that follow it in a list.
    fn list(&self, mut from: usize, mut sure: bool, guesses: &mut Vec<Guess>) {
        while let Some(to) = self.end(from, sure) {
            guesses.push(guess(from, to));
            if self.letter.at(to) != Some(COMMA) {
                break;
            }
            (from, sure) = (to + 1, false);
        }
    }

    /// Where the name ends that begins here.
    fn end(&self, from: usize, sure: bool) -> Option<usize> {
        let given = self.given(from)?;
        if !self.goes_on(given) {
            return None;
        }
        let second = given + 1;
        let end = if self.goes_on(second) { second + 1 } else { second };
        let place = |at| self.letter.is(at, Class::Place);
        if sure {
            return (!(place(end - 1) && place(end))).then_some(end);
        }
        let clean = !self.goes_on(end) || self.letter.is(end, Class::AfterName);
        let end = match end {
            _ if clean => end,
            _ if self.letter.is(second, Class::AfterName) => second,
            _ => return None,
        };
        (!(given..=end).any(place)).then_some(end)
    }

    /// The name that stands alone before a number, perhaps with the word that announces the number between.
    fn before(&self, number: usize) -> Option<Guess> {
        let letter = self.letter;
        let joins = |c| letter.table.joins(c);
        let mut to = letter.run_back(number, 4, joins);
        if let Some(word) = letter.last_word(to)
            && word.to == to
            && matches!(word.mark, Mark::Phone | Mark::Identity)
        {
            to = letter.run_back(word.from, 4, joins);
        }
        let mut from = letter.run_back(to, 5, is_han);
        if let Some(word) = letter.last_word(to) {
            from = from.max(word.to);
        }
        let given = self.given(from)?;
        let fits = (1..=2).contains(&to.checked_sub(given)?)
            && (given..to).all(|at| self.goes_on(at) && !letter.is(at, Class::Place));
        fits.then_some(guess(from, to))
    }

    /// The place of the given name after the surname that begins here, unless a word does.
    fn given(&self, from: usize) -> Option<usize> {
        let (first, second) = (self.letter.at(from)?, self.letter.at(from + 1)?);
        let table = self.letter.table;
        if table.is_compound_surname(first, second) {
            return Some(from + 2);
        }
        (table.is(first, Class::Surname) && !table.is_word(first, second)).then_some(from + 1)
    }

    /// Whether this can be a character of a given name.
    fn goes_on(&self, at: usize) -> bool {
        let found = || self.numbers.binary_search_by_key(&at, |n| n.from).is_ok();
        let announced = || self.letter.announced.binary_search_by_key(&at, |a| a.from).is_ok();
        self.letter.is_han(at) && !self.letter.is(at, Class::NeverInName) && !found() && !announced()
    }
}

fn guess(from: usize, to: usize) -> Guess {
    Guess { kind: Some(Kind::Name), sure: 3, from, to }
}
