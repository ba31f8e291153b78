//! The words that were searched for, marked in a text. As the index does, it takes Chinese by pairs of characters and
//! other scripts by the beginnings of words.

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was searched for.
    pub hit: bool,
}

/// Characters of an excerpt.
const EXCERPT: usize = 90;
/// Characters of an excerpt that stand before the first hit.
const BEFORE: usize = 20;

/// The text in pieces, those that were searched for marked.
pub fn marked(text: &str, words: &str) -> Vec<Piece> {
    pieces(&text.chars().collect::<Vec<_>>(), &hits(text, words))
}

/// As much of a long text as fits in two lines, from a little before the first hit.
pub fn excerpt(text: &str, words: &str) -> Vec<Piece> {
    let hits = hits(text, words);
    let chars: Vec<char> = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    let first = hits.iter().position(|hit| *hit).unwrap_or(0);
    let from = if chars.len() <= EXCERPT { 0 } else { first.saturating_sub(BEFORE) };
    let to = chars.len().min(from + EXCERPT);
    let mut out = pieces(&chars[from..to], &hits[from..to]);
    let dots = || Piece { text: "\u{2026}".to_owned(), hit: false };
    if from > 0 {
        out.insert(0, dots());
    }
    if to < chars.len() {
        out.push(dots());
    }
    out
}

/// For each character of the text, whether it belongs to something that was searched for.
fn hits(text: &str, words: &str) -> Vec<bool> {
    let lower = |text: &str| text.chars().map(small).collect::<Vec<char>>();
    let chars = lower(text);
    let mut hits = vec![false; chars.len()];
    for term in terms(&lower(words)) {
        for at in 0..chars.len().saturating_sub(term.len() - 1) {
            let starts = is_han(term[0]) || at == 0 || !chars[at - 1].is_alphanumeric() || is_han(chars[at - 1]);
            if starts && chars[at..at + term.len()] == term[..] {
                hits[at..at + term.len()].fill(true);
            }
        }
    }
    hits
}

/// The small letter of the same length: so that places in the text stay where they are.
fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// What a question asks for: pairs of Chinese characters (one alone stands alone), and words.
fn terms(words: &[char]) -> Vec<Vec<char>> {
    let same = |a: &char, b: &char| is_han(*a) == is_han(*b) && a.is_alphanumeric() == b.is_alphanumeric();
    let runs = words.chunk_by(same).filter(|run| run[0].is_alphanumeric());
    runs.flat_map(|run| match (is_han(run[0]), run.len()) {
        (true, 2..) => run.windows(2).map(<[char]>::to_vec).collect(),
        _ => vec![run.to_vec()],
    })
    .collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

fn pieces(chars: &[char], hits: &[bool]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for (c, hit) in chars.iter().zip(hits) {
        match out.last_mut() {
            Some(piece) if piece.hit == *hit => piece.text.push(*c),
            _ => out.push(Piece { text: c.to_string(), hit: *hit }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(pieces: &[Piece]) -> String {
        pieces.iter().map(|p| p.text.as_str()).collect()
    }

    proptest! {
        #[test]
        fn marking_changes_no_character(text in ".{0,60}", words in ".{0,8}") {
            prop_assert_eq!(joined(&marked(&text, &words)), text);
        }

        #[test]
        fn a_word_that_occurs_is_marked(
            before in "[a-z \u{4e00}-\u{4e20}]{0,100}", word in "[\u{5000}-\u{5040}]{2,4}", after in "[a-z]{0,100}",
        ) {
            let text = format!("{before}{word}{after}");
            prop_assert!(marked(&text, &word).iter().any(|p| p.hit && p.text == word));
            let short = excerpt(&text, &word);
            prop_assert!(short.iter().any(|p| p.hit && p.text == word), "{short:?}");
            prop_assert!(joined(&short).chars().count() <= EXCERPT + 2);
        }

        #[test]
        fn nothing_asked_marks_nothing(text in ".{0,60}", blanks in "[ ,.!-]{0,5}") {
            prop_assert!(marked(&text, &blanks).iter().all(|p| !p.hit));
        }
    }
}
