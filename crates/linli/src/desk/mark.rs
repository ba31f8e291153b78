//! The words that were searched for, marked in a text. As the index does, it takes Chinese by pairs of characters and
//! other scripts by the beginnings of words; near hits are marked where they are nearest.

use linli_engine::cases::search::{Near, fold, is_han};

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

/// What to mark.
pub enum Sought {
    /// The words as they were typed.
    Words(Vec<Vec<char>>),
    /// What nearly says the same.
    Near(Near),
}

impl Sought {
    /// What was typed.
    pub fn words(typed: &str) -> Self {
        Self::Words(terms(&typed.chars().map(fold).collect::<Vec<char>>()))
    }

    /// The text in pieces, those that were searched for marked.
    pub fn marked(&self, text: &str) -> Vec<Piece> {
        pieces(&text.chars().collect::<Vec<_>>(), &self.hits(text))
    }

    /// As much of a long text as fits in two lines: the stretch that says most of what was searched for, from a little
    /// before its first hit.
    pub fn excerpt(&self, text: &str) -> Vec<Piece> {
        let hits = self.hits(text);
        let chars: Vec<char> = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
        let from = if chars.len() <= EXCERPT { 0 } else { best(&hits).saturating_sub(BEFORE) };
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
    fn hits(&self, text: &str) -> Vec<bool> {
        let terms = match self {
            Self::Near(near) => return near.hits(text),
            Self::Words(terms) => terms,
        };
        let chars: Vec<char> = text.chars().map(fold).collect();
        let mut hits = vec![false; chars.len()];
        for term in terms {
            for at in 0..chars.len().saturating_sub(term.len() - 1) {
                let starts = is_han(term[0]) || at == 0 || !chars[at - 1].is_alphanumeric() || is_han(chars[at - 1]);
                if starts && chars[at..at + term.len()] == term[..] {
                    hits[at..at + term.len()].fill(true);
                }
            }
        }
        hits
    }
}

/// Where the stretch of an excerpt's length begins that holds the most hits; the first of those.
fn best(hits: &[bool]) -> usize {
    let most = EXCERPT - BEFORE;
    let mut inside = hits.iter().take(most).filter(|hit| **hit).count();
    let first = hits.iter().position(|hit| *hit).unwrap_or(0);
    let mut best = (inside, first);
    for from in 1..hits.len() {
        inside -= usize::from(hits[from - 1]);
        inside += usize::from(hits.get(from + most - 1).copied().unwrap_or(false));
        // A stretch is worth beginning where a hit does.
        if hits[from] && !hits[from - 1] && inside > best.0 {
            best = (inside, from);
        }
    }
    best.1
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

    fn marked(text: &str, words: &str) -> Vec<Piece> {
        Sought::words(words).marked(text)
    }

    proptest! {
        #[test]
        fn marking_changes_no_character(text in ".{0,60}", words in ".{0,8}") {
            prop_assert_eq!(joined(&marked(&text, &words)), text.clone());
            if let Some(near) = Near::new(&words) {
                prop_assert_eq!(joined(&Sought::Near(near).marked(&text)), text);
            }
        }

        #[test]
        fn a_word_that_occurs_is_marked(
            before in "[a-z \u{4e00}-\u{4e20}]{0,100}", word in "[\u{5040}-\u{5060}]{2,4}", after in "[a-z]{0,100}",
        ) {
            let text = format!("{before}{word}{after}");
            // What is taken for the word may stand right beside it.
            let is_it = |p: &Piece| p.hit && p.text == word;
            prop_assert!(marked(&text, &word).iter().any(is_it));
            let short = Sought::words(&word).excerpt(&text);
            prop_assert!(short.iter().any(is_it), "{short:?}");
            prop_assert!(joined(&short).chars().count() <= EXCERPT + 2);
        }

        #[test]
        fn nothing_asked_marks_nothing(text in ".{0,60}", blanks in "[ ,.!-]{0,5}") {
            prop_assert!(marked(&text, &blanks).iter().all(|p| !p.hit));
        }
    }

    #[test]
    fn near_hits_are_marked_and_the_best_passage_is_shown() {
        // A lamp that is dark, far behind one word of it; typed with a wrong character.
        let text = format!("\u{4e0d}\u{4eae}{}\u{8def}\u{706f}\u{4e0d}\u{4eae}", "x".repeat(200));
        let near = Sought::Near(Near::new("\u{8def}\u{767b}\u{4e0d}\u{4eae}").unwrap());
        let whole = "\u{8def}\u{706f}\u{4e0d}\u{4eae}";
        for sought in [near, Sought::words(whole)] {
            let short = sought.excerpt(&text);
            assert!(short.iter().any(|p| p.hit && p.text == whole), "{short:?}");
        }
        let old = marked("\u{8def}\u{71c8}\u{58de}\u{4e86}", "\u{8def}\u{706f}");
        assert!(old[0].hit && old[0].text == "\u{8def}\u{71c8}", "{old:?}");
    }
}
