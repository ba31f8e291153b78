//! What nearly says what was asked for. Of each word that was typed, a text may hold one of these instead:
//!
//! * characters that sound alike (two characters or more; `directory::sound` says how finely it hears);
//! * with three characters or letters or more, one wrong, missing, too many, or two changed places.
//!
//! A word with a digit in it is a number or a code: another one is not near it. A long run of Chinese is taken in pieces,
//! each a word. What the index is asked for holds all these and a little more; the text itself decides.

use std::ops::Range;

use super::{
    index::{Expr, backwards, sounds},
    text::{Run, fold, is_han, runs},
};
use crate::{directory::sound, limits};

/// Characters of a piece of a long run.
const PIECE: usize = 8;
/// Characters from which on one may be wrong.
const LONG: usize = 3;

/// What was typed, and how far a text may be from it.
#[derive(Clone, Debug)]
pub struct Near {
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
enum Word {
    Han(Vec<char>),
    /// Letters alone: a slip in them is borne.
    Letters(Vec<char>),
    /// What has to stand at the beginning of a word as it is.
    Exact(Vec<char>),
}

/// What is near: the further, the more. Whole words before slips of the ear before slips of the hand.
type Far = u32;
const ALIKE: Far = 1;
const SLIP: Far = 2;

impl Near {
    /// Nothing where nothing that was typed may be otherwise.
    #[must_use]
    pub fn new(typed: &str) -> Option<Self> {
        let mut words = Vec::new();
        for run in runs(typed).into_iter().take(limits::SEARCH_WORDS) {
            match run {
                Run::Han(chars) => {
                    let pieces = chars.len().div_ceil(PIECE);
                    words.extend(chars.chunks(chars.len().div_ceil(pieces)).map(|piece| Word::Han(piece.to_vec())));
                }
                Run::Word(word) => {
                    let letters: Vec<char> = word.chars().collect();
                    let bears = letters.len() >= LONG && letters.iter().all(|c| c.is_alphabetic());
                    words.push(if bears { Word::Letters(letters) } else { Word::Exact(letters) });
                }
            }
        }
        words.truncate(limits::SEARCH_WORDS);
        words.iter().any(Word::bears).then_some(Self { words })
    }

    /// What the index is asked for: words that sound alike, or (`wide`) also those with a slip.
    pub(super) fn terms(&self, wide: bool) -> Vec<Expr> {
        self.words.iter().map(|word| word.term(wide)).collect()
    }

    /// How far a case with these texts is from what was typed; nothing where it is not near.
    #[must_use]
    pub fn far(&self, texts: &[&str]) -> Option<u32> {
        let texts: Vec<Vec<char>> = texts.iter().map(|text| text.chars().map(fold).collect()).collect();
        let nearest = |word: &Word| texts.iter().filter_map(|text| word.spots(text).0).min();
        self.words.iter().map(nearest).sum()
    }

    /// For each character of a text, whether it belongs to what is nearest to a word.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<bool> {
        let text: Vec<char> = text.chars().map(fold).collect();
        let mut hits = vec![false; text.len()];
        for spot in self.words.iter().flat_map(|word| word.spots(&text).1) {
            hits[spot].fill(true);
        }
        hits
    }
}

impl Word {
    fn bears(&self) -> bool {
        match self {
            Self::Han(chars) => chars.len() > 1,
            Self::Letters(_) => true,
            Self::Exact(_) => false,
        }
    }

    fn term(&self, wide: bool) -> Expr {
        match self {
            Self::Han(chars) => {
                let alike: Option<Vec<Expr>> = chars.windows(2).map(|pair| sounds(pair).map(Expr::piece)).collect();
                let alike = alike.filter(|pairs| !pairs.is_empty()).map(Expr::All);
                let slips = if wide && chars.len() >= LONG { slips(chars) } else { Vec::new() };
                Expr::Any([Expr::pairs(chars)].into_iter().chain(alike).chain(slips).collect())
            }
            Self::Letters(letters) if wide => {
                let whole: String = letters.iter().collect();
                // One slip leaves the beginning or the end as it is, with a letter between them that both may lack.
                let half = letters.len().div_ceil(2) - 1;
                let (begins, ends) = (letters[..half.max(1)].iter().collect(), &letters[half.max(1) + 1..]);
                let ends = Expr::Piece(backwards(ends.iter().copied()), true);
                Expr::Any(vec![Expr::Piece(whole, true), Expr::Piece(begins, true), ends])
            }
            Self::Letters(word) | Self::Exact(word) => Expr::Piece(word.iter().collect(), true),
        }
    }

    /// How near the nearest comes in a folded text, and where it stands.
    fn spots(&self, text: &[char]) -> (Option<Far>, Vec<Range<usize>>) {
        let (mut nearest, mut spots) = (None, Vec::new());
        let starts = |at: usize| at == 0 || !text[at - 1].is_alphanumeric() || is_han(text[at - 1]);
        for at in 0..text.len() {
            let found = match self {
                Self::Han(chars) => han(chars, &text[at..]),
                _ if !starts(at) => None,
                Self::Letters(letters) => letter(letters, &text[at..]),
                Self::Exact(word) => text[at..].starts_with(word).then_some((0, word.len())),
            };
            let Some((far, len)) = found else { continue };
            if nearest.is_none_or(|nearest| far < nearest) {
                nearest = Some(far);
                spots.clear();
            }
            if nearest == Some(far) {
                spots.push(at..at + len);
            }
        }
        (nearest, spots)
    }
}

/// What the index is asked for so that none is missed that has one slip.
fn slips(chars: &[char]) -> Vec<Expr> {
    // Without one character: all pairs that it is not in, and the characters that no such pair holds.
    let without = |at: usize| {
        let parts = [&chars[..at], &chars[at + 1..]];
        Expr::All(parts.into_iter().filter(|part| !part.is_empty()).map(Expr::pairs).collect())
    };
    let swapped = |at: usize| {
        let mut other = chars.to_vec();
        other.swap(at, at + 1);
        Expr::pairs(&other)
    };
    (0..chars.len()).map(without).chain((0..chars.len() - 1).map(swapped)).collect()
}

/// How far the beginning of a text is from Chinese characters, and how much of it that is.
fn han(chars: &[char], text: &[char]) -> Option<(Far, usize)> {
    let n = chars.len();
    if text.starts_with(chars) {
        return Some((0, n));
    }
    let same = |(a, b): (&char, &char)| sound(*a).is_some_and(|sounds| sound(*b) == Some(sounds));
    if n > 1 && text.len() >= n && chars.iter().zip(text).all(same) {
        return Some((ALIKE, n));
    }
    if n < LONG {
        return None;
    }
    // A wrong character at an end is one too many there: nothing beside it is marked.
    let whole =
        |len: &usize| *len != n || (chars[0] == text[0] && chars[n - 1] == text[n - 1]) || swaps(chars, &text[..n]);
    let len = [n, n + 1, n - 1].into_iter().filter(|len| text.len() >= *len).filter(whole);
    len.filter(|len| one_slip(chars, &text[..*len])).map(|len| (SLIP, len)).next()
}

/// How far the word at the beginning of a text is from these letters, and its length.
fn letter(letters: &[char], text: &[char]) -> Option<(Far, usize)> {
    if text.starts_with(letters) {
        return Some((0, letters.len()));
    }
    let len = text.iter().take_while(|c| c.is_alphanumeric() && !is_han(**c)).count();
    let word = &text[..len];
    (word.iter().all(|c| c.is_alphabetic()) && one_slip(letters, word)).then_some((SLIP, len))
}

/// Whether one text is the other but for one character that is wrong, missing, too many, or has changed places with the next.
fn one_slip(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => a.get(1..) == b.get(1..) || swaps(a, b),
        std::cmp::Ordering::Greater => a[1..] == *b,
        std::cmp::Ordering::Less => *a == b[1..],
    }
}

/// Whether two texts of one length differ in two neighbours that have changed places.
fn swaps(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    match (&a[same..], &b[same..]) {
        ([a, c, rest @ ..], [b, d, others @ ..]) => a == d && c == b && rest == others,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The distance of optimal alignment, by the book.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, n) | (n, 0) => n,
                    _ => {
                        let wrong = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                        let mut least = wrong.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn one_slip_is_a_distance_of_one(a in "[abc]{1,6}", b in "[abc]{0,7}") {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            prop_assert_eq!(one_slip(&a, &b), distance(&a, &b) <= 1 && a.len().abs_diff(b.len()) <= 1);
        }

        /// Characters whose sounds all differ: near is what holds a stretch at a distance of one.
        #[test]
        fn a_text_is_near_that_holds_something_near(word in "[\u{706f}\u{8def}\u{4e0d}\u{4eae}]{3,6}", text in "[\u{706f}\u{8def}\u{4e0d}\u{4eae},]{0,10}") {
            let (w, t): (Vec<char>, Vec<char>) = (word.chars().collect(), text.chars().collect());
            let stretches = (0..t.len()).flat_map(|a| (a + 1..=t.len()).map(move |b| (a, b)));
            let near = stretches.map(|(a, b)| distance(&w, &t[a..b])).min().is_some_and(|least| least <= 1);
            let found = Near::new(&word).unwrap();
            prop_assert_eq!(found.far(&[&text]).is_some(), near);
            let hits = found.hits(&text);
            prop_assert_eq!(hits.len(), t.len());
            prop_assert_eq!(hits.contains(&true), near);
        }
    }

    #[test]
    fn what_may_not_be_otherwise_is_not_near() {
        for typed in ["", " ,", "\u{8def}", "2024", "A3", "ab"] {
            assert!(Near::new(typed).is_none(), "{typed}");
        }
        assert!(Near::new("lamp").unwrap().far(&["a lump"]).is_some());
        assert!(Near::new("lamp").unwrap().far(&["a clump"]).is_none());
    }
}
