//! What each character can be: one look-up instead of a dozen searches.

use std::collections::HashSet;

use super::marks::Marks;

/// Characters beyond the basic plane are in no list.
const SIZE: usize = 0x1_0000;

/// Lists that a character can be in.
#[derive(Clone, Copy)]
pub(super) enum Class {
    Separator = 1 << 4,
    Filler = 1 << 5,
    PlateHead = 1 << 6,
    PlateTail = 1 << 7,
    Surname = 1 << 8,
    NeverInName = 1 << 9,
    AfterName = 1 << 10,
    Place = 1 << 11,
}

/// The lists of a pack.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// A numeral's value plus one in the low four bits, the classes above.
    of: Vec<u16>,
    /// Surnames of two characters.
    compound: HashSet<[char; 2]>,
    /// What looks like the beginning of a name and is a word.
    words: HashSet<[char; 2]>,
}

impl Table {
    pub fn new(marks: &Marks) -> Self {
        let surnames = || marks.name.surnames.get_ref().split_whitespace();
        let single: String = surnames().filter(|name| name.chars().nth(1).is_none()).collect();
        let mut table = Self {
            of: vec![0; SIZE],
            compound: surnames().filter_map(pair).collect(),
            words: marks.name.words.get_ref().split_whitespace().filter_map(pair).collect(),
        };
        for (numerals, value) in marks.digits.iter().zip(1..) {
            table.add(numerals, value);
        }
        for (list, class) in [
            (&marks.separators, Class::Separator),
            (&marks.fillers, Class::Filler),
            (&marks.plate.heads, Class::PlateHead),
            (&marks.plate.tails, Class::PlateTail),
            (&single, Class::Surname),
            (&marks.name.never, Class::NeverInName),
            (&marks.name.ends, Class::AfterName),
            (&marks.name.places, Class::Place),
        ] {
            table.add(list, class as u16);
        }
        table
    }

    fn add(&mut self, list: &str, bits: u16) {
        for c in list.chars().map(fold) {
            if let Some(entry) = self.of.get_mut(c as usize) {
                *entry |= bits;
            }
        }
    }

    fn get(&self, c: char) -> u16 {
        self.of.get(c as usize).copied().unwrap_or_default()
    }

    pub fn is(&self, c: char, class: Class) -> bool {
        self.get(c) & class as u16 != 0
    }

    /// What stands within a number or between it and what announces it.
    pub fn joins(&self, c: char) -> bool {
        self.get(c) & (Class::Separator as u16 | Class::Filler as u16) != 0
    }

    /// The value of a digit, in figures or in numerals.
    pub fn digit(&self, c: char) -> Option<u8> {
        match c {
            '0'..='9' => Some(c as u8 - b'0'),
            _ => (self.get(c) as u8 & 15).checked_sub(1),
        }
    }

    pub fn is_compound_surname(&self, first: char, second: char) -> bool {
        self.compound.contains(&[first, second])
    }

    pub fn is_word(&self, first: char, second: char) -> bool {
        self.words.contains(&[first, second])
    }
}

fn pair(word: &str) -> Option<[char; 2]> {
    let mut chars = word.chars();
    chars.next().zip(chars.next()).map(<[char; 2]>::from)
}

/// The plain form of a full-width character.
pub(super) fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{d7}' => 'x',
        _ => c,
    }
}

/// Whether this is a Chinese character.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}
