//! What has letters in it: e-mail addresses, names of chat accounts, number plates, passports.

use super::{
    Kind,
    letter::{Announced, Guess, Letter},
    marks::Mark,
    table::Class,
};

/// Every address. One begins after the end of the one before: of two that run into one another, none is left over.
pub(super) fn addresses(letter: &Letter, guesses: &mut Vec<Guess>) {
    let mut done = 0;
    for (at, _) in letter.chars.iter().enumerate().filter(|(_, c)| **c == '@') {
        if let Some(guess) = email(letter, done, at) {
            done = guess.to;
            guesses.push(guess);
        }
    }
}

/// Everything else with letters, given what was found before: none of it goes on into a number.
pub(super) fn find(letter: &Letter, found: &[Guess]) -> Vec<Guess> {
    let handles = Handles { letter, found };
    let heads = letter.chars.iter().enumerate().filter(|(_, c)| letter.table.is(**c, Class::PlateHead));
    let mut guesses: Vec<Guess> = heads.filter_map(|(at, _)| handles.plate(at, at + 1)).collect();
    for word in &letter.announced {
        let from = letter.after_fillers(word.to);
        guesses.extend(match word.mark {
            Mark::Account => handles.account(word, from),
            Mark::Plate => handles.plate(from, from),
            Mark::Passport => handles.passport(from),
            _ => None,
        });
    }
    guesses
}

/// The address around an at sign that begins at `least` or later. One that is longer than any is hidden whole: what was left
/// of it could look like something else.
fn email(letter: &Letter, least: usize, at: usize) -> Option<Guess> {
    let from = letter.run_back(at, usize::MAX, |c| c.is_ascii_alphanumeric() || "._%+-".contains(c)).max(least);
    let mut to = at + 1;
    let mut labels = 0;
    loop {
        let end = letter.run(to, usize::MAX, |c| c.is_ascii_alphanumeric() || c == '-');
        if end == to || labels == 4 {
            break;
        }
        labels += 1;
        to = end;
        if letter.at(to) != Some('.') {
            break;
        }
        to += 1;
    }
    if letter.before(to) == Some('.') {
        to -= 1;
    }
    (from < at && labels >= 2).then_some(Guess { kind: Some(Kind::Email), sure: 10, from, to })
}

struct Handles<'l> {
    letter: &'l Letter<'l>,
    found: &'l [Guess],
}

impl Handles<'_> {
    /// An account, unless it belongs to an address: letters, figures, `_`, `-`, six to twenty of them, the first no
    /// figure. Where nothing stands between, a word without any figure is the name of a thing.
    fn account(&self, word: &Announced, from: usize) -> Option<Guess> {
        if !self.letter.at(from)?.is_ascii_alphabetic() && self.letter.at(from) != Some('_') {
            return None;
        }
        let to = self.run(from, 21, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let plain = || self.letter.chars[from..to].iter().all(char::is_ascii_alphabetic);
        let address = self.letter.before(word.from) == Some('@');
        let fits = !address && (6..=20).contains(&(to - from)) && !(word.to == from && plain());
        fits.then_some(Guess { kind: Some(Kind::Account), sure: 5, from, to })
    }

    /// A plate (GA 36): a letter for the city, then five or, for new energy, six of which at least three are figures.
    /// `head` is where it begins, with or without a character for the province; `city` where its letter is.
    fn plate(&self, head: usize, city: usize) -> Option<Guess> {
        if !self.letter.at(city)?.is_ascii_alphabetic() {
            return None;
        }
        let from = self.run(city + 1, 2, |c| self.letter.table.is(c, Class::Separator));
        let mut to = self.run(from, 7, |c| c.is_ascii_alphanumeric());
        let figures = self.letter.chars[from..to].iter().filter(|c| c.is_ascii_digit()).count();
        let tail = usize::from(self.letter.is(to, Class::PlateTail));
        // A standard for concrete goes on after a dash, a plate does not.
        let more = self.letter.at(to) == Some('-') && self.run(to + 1, 1, |c| c.is_ascii_digit()) > to + 1;
        let fits = match to - from {
            4 => tail == 1 && figures == 4,
            5..=6 => figures >= 3,
            _ => false,
        };
        to += if to - from == 4 { tail } else { 0 };
        (fits && !more).then_some(Guess { kind: Some(Kind::Plate), sure: 5, from: head, to })
    }

    /// A passport or a permit: one or two letters, seven to nine figures.
    fn passport(&self, from: usize) -> Option<Guess> {
        let figures = self.run(from, 2, |c| c.is_ascii_alphabetic());
        let to = self.run(figures, 10, |c| c.is_ascii_digit());
        let fits = figures > from && (7..=9).contains(&(to - figures));
        fits.then_some(Guess { kind: Some(Kind::Passport), sure: 5, from, to })
    }

    /// The first place after a row of characters like this, at most that of a number.
    fn run(&self, from: usize, most: usize, is: impl Fn(char) -> bool) -> usize {
        let to = self.letter.run(from, most, is);
        let next = self.found.partition_point(|number| number.from < from);
        self.found.get(next).map_or(to, |number| number.from.min(to))
    }
}
