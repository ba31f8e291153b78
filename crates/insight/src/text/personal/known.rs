//! Names that are known already, as whoever wrote gave them: where they stand in a text, without anything that announces them.

use std::ops::Range;

use super::table::is_han;

/// What stands between the parts of a name that is written from another language.
const DOTS: [char; 3] = ['\u{b7}', '\u{2022}', '\u{30fb}'];
/// Letters of a name in Latin script; fewer are a word as often.
const LETTERS: usize = 4;

/// Whether a name tells itself from a word without any list: by its dot, or by two words of Latin letters.
pub(super) fn is_foreign(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let latin = name.split_whitespace().count() > 1 && name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    letters >= LETTERS && (latin || name.contains(DOTS))
}

/// Where a name stands in a text, in bytes: in any case of letters, as a word of its own where it is of Latin letters, and with
/// spaces between its characters where it is not.
pub(super) fn places(text: &str, name: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let (mut found, mut from) = (Vec::new(), 0);
    while from < letters.len() {
        match end(&letters, from, &wanted) {
            Some(to) => {
                let start = letters.get(from).map_or(text.len(), |(at, _)| *at);
                let stop = letters.get(to).map_or(text.len(), |(at, _)| *at);
                found.push(start..stop);
                from = to;
            }
            None => from += 1,
        }
    }
    found
}

/// Behind the last character, where these characters begin here.
fn end(letters: &[(usize, char)], from: usize, wanted: &[char]) -> Option<usize> {
    let char_at = |at: usize| letters.get(at).map(|(_, c)| *c);
    let is_word = |c: char| c.is_alphanumeric() && !is_han(c);
    let mut at = from;
    for (n, one) in wanted.iter().enumerate() {
        if n > 0 {
            while char_at(at).is_some_and(|c| c.is_whitespace() && c != '\n') {
                at += 1;
            }
        }
        let same = char_at(at)?.to_lowercase().eq(std::iter::once(*one));
        if !same {
            return None;
        }
        at += 1;
    }
    let goes_on =
        |own: Option<&char>, beside: Option<char>| own.is_some_and(|c| is_word(*c)) && beside.is_some_and(is_word);
    let before = from.checked_sub(1).and_then(char_at);
    let inside = goes_on(wanted.first(), before) || goes_on(wanted.last(), char_at(at));
    (!wanted.is_empty() && !inside).then_some(at)
}
