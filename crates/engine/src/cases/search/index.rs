//! What the search index holds of a case, and writing it. Chinese has no spaces, so a text is kept as its characters and
//! as every two neighbouring ones: a word of two characters is found exactly, a longer one by all its pairs. Beside the
//! words stand marks: the weeks in which it was opened, the places and categories above it, its units. A question
//! joins words and marks, so that the index reads a page of answers and not all that ever matched. For questions with a
//! slip in them (`near.rs`) the sounds of neighbouring characters stand beside, and words of letters backwards.

use std::collections::BTreeSet;

use linli_worktime::Millis;

use super::text::{Run, runs};
use crate::{
    cases::CaseKey,
    db::{DbError, Dialect, Tx, args, statements},
    directory::sound,
    ids::{Level, PlaceCode},
    limits,
};

statements! {
    TO_INDEX = "SELECT c.jurisdiction, c.id, c.number, c.title, c.body, c.address, c.opened_at, c.place, c.category, c.unit,
        (SELECT {{group_concat(u.unit, ' ')||string_agg(u.unit, ' ')}} FROM case_unit u WHERE u.jurisdiction = c.jurisdiction AND u.case_id = c.id)
        FROM cases c WHERE NOT c.indexed ORDER BY c.jurisdiction, c.id LIMIT $1 {skip_locked}";
    // A case whose units changed is taken in anew.
    FORGET = "{{DELETE FROM case_words WHERE rowid = (SELECT rowid FROM cases WHERE jurisdiction = $1 AND id = $2)
        ||DELETE FROM case_words WHERE jurisdiction = $1 AND case_id = $2}}";
    ADD_WORDS = "INSERT INTO case_words {{(rowid, words) SELECT rowid, CAST($3 AS TEXT) FROM cases WHERE jurisdiction = $1 AND id = $2
        ||(jurisdiction, case_id, words) VALUES ($1, $2, array_to_tsvector(string_to_array($3, ' ')))}}";
    // A page of merging at a time; what was deleted falls away with it.
    SHRINK = "{{INSERT INTO case_words (case_words, rank) VALUES ('merge', $1)||SELECT $1::bigint}}";
    CHANGES = "{{SELECT total_changes()||SELECT 0::bigint}}";
    INDEXED = "UPDATE cases SET indexed = {yes} WHERE jurisdiction = $1 AND id = $2";
}

/// Cases taken in at once.
const BATCH: i64 = 500;
/// One week, milliseconds.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// Weeks in a block of each size: a case is marked with its block of every size.
const BLOCKS: [i64; 4] = [1, 4, 16, 64];

/// Something that a case is marked with. Marks begin with characters of private use, which no question can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    /// Opened in the `n`-th block of so many weeks since 1970.
    Weeks { size: usize, n: i64 },
    /// Within this place.
    Place(&'a str),
    /// Of this category or below it.
    Category(&'a str),
    /// Led by this unit.
    Unit(&'a str),
    /// Led by another, with the help of this unit.
    Helper(&'a str),
}

impl Mark<'_> {
    pub(super) fn token(&self) -> String {
        match self {
            Self::Weeks { size, n } => format!("\u{e000}{size}\u{e000}{n}"),
            Self::Place(code) => format!("\u{e001}{code}"),
            // Only letters, digits and private characters hold together in both databases.
            Self::Category(code) => format!("\u{e002}{}", joined(code)),
            Self::Unit(id) => format!("\u{e003}{}", joined(id)),
            Self::Helper(id) => format!("\u{e004}{}", joined(id)),
        }
    }
}

fn joined(code: &str) -> String {
    code.chars().map(|c| if c.is_alphanumeric() { c } else { '\u{e00f}' }).collect()
}

/// The week of an instant.
pub(super) fn week(at: Millis) -> i64 {
    at.0.div_euclid(WEEK_MS)
}

/// The weeks from `newest` back to `oldest`, newest first, in stretches that grow: each is some blocks of one size, so
/// that a page of answers is found in the first ones and all of history is read in few.
pub(super) fn stretches(newest: i64, oldest: i64) -> Vec<Vec<Mark<'static>>> {
    let mut out = Vec::new();
    let mut end = newest + 1;
    for (size, weeks) in BLOCKS.iter().enumerate().take(BLOCKS.len() - 1) {
        let begin = end.div_euclid(BLOCKS[size + 1]) * BLOCKS[size + 1];
        if begin < end && end > oldest {
            out.push((begin / weeks..end.div_euclid(*weeks)).rev().map(|n| Mark::Weeks { size, n }).collect());
        }
        end = begin;
    }
    let (size, weeks) = (BLOCKS.len() - 1, BLOCKS[BLOCKS.len() - 1]);
    let mut many = 1;
    while end > oldest {
        let last = end / weeks;
        out.push((last - many..last).rev().map(|n| Mark::Weeks { size, n }).collect());
        end -= many * weeks;
        many *= 2;
    }
    out
}

/// The same weeks in two stretches at most, for a question that is long and whose answers are bounded by themselves.
pub(super) fn long_stretches(newest: i64, oldest: i64) -> Vec<Vec<Mark<'static>>> {
    let mut newer = stretches(newest, oldest);
    let older = newer.split_off(newer.len().min(BLOCKS.len() - 1));
    [newer.concat(), older.concat()].into_iter().filter(|marks| !marks.is_empty()).collect()
}

/// Brings the index up to the cases, a batch at a time; how many it took in.
pub(super) fn take_in(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let rows = tx.query(&TO_INDEX, &args![BATCH])?;
    let count = rows.len();
    for mut row in rows {
        let key = CaseKey { jurisdiction: row.take()?, id: row.take()? };
        let texts: [String; 4] = [row.take()?, row.take()?, row.take()?, row.take()?];
        let (opened, place, category, unit): (Millis, PlaceCode, String, Option<String>) =
            (row.take()?, row.take()?, row.take()?, row.take()?);
        let helpers: Option<String> = row.take()?;
        let mut words: BTreeSet<String> = texts.iter().flat_map(|t| pieces(t)).collect();
        words.extend(marks(opened, &place, &category, unit.as_deref()));
        words.extend(helpers.iter().flat_map(|all| all.split(' ')).map(|unit| Mark::Helper(unit).token()));
        let words = words.into_iter().collect::<Vec<_>>().join(" ");
        tx.send(&FORGET, args![key.jurisdiction, key.id])?;
        tx.put(&ADD_WORDS, args![key.jurisdiction, key.id, words])?;
        tx.put(&INDEXED, args![key.jurisdiction, key.id])?;
    }
    Ok(count)
}

/// Takes a case out of the index until it is taken in anew.
pub(in crate::cases) fn forget(tx: &mut Tx<'_>, key: CaseKey) -> Result<(), DbError> {
    tx.send(&FORGET, args![key.jurisdiction, key.id])
}

/// Merges a part of the index, so that what was deleted is gone; whether there is more to merge.
pub(in crate::cases) fn shrink(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let changes = |tx: &mut Tx<'_>| tx.first(&CHANGES, &[])?.map_or(Ok(0), |mut row| row.take::<i64>());
    let before = changes(tx)?;
    tx.query(&SHRINK, &args![-500])?;
    // As FTS5 documents it: a step that changes less than two rows found nothing to do.
    Ok(changes(tx)? - before >= 2)
}

fn marks(opened: Millis, place: &PlaceCode, category: &str, unit: Option<&str>) -> Vec<String> {
    let week = week(opened);
    let weeks = BLOCKS.iter().enumerate().map(|(size, weeks)| Mark::Weeks { size, n: week.div_euclid(*weeks) }.token());
    let places = place.upwards().filter(|p| p.level() >= Level::Street).map(|p| Mark::Place(p.as_str()).token());
    let tops = category.match_indices('.').map(|(at, _)| &category[..at]).chain([category]);
    let categories = tops.map(|code| Mark::Category(code).token());
    weeks.chain(places).chain(categories).chain(unit.map(|id| Mark::Unit(id).token())).collect()
}

/// Characters and neighbouring pairs of Chinese with their sounds, words of letters and digits forwards and backwards.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) => {
                pieces.extend(chars.iter().map(char::to_string));
                pieces.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
                pieces.extend(chars.windows(2).filter_map(sounds));
            }
            Run::Word(word) => {
                if word.chars().all(char::is_alphabetic) {
                    pieces.push(backwards(word.chars()));
                }
                pieces.push(word);
            }
        }
    }
    pieces
}

/// How two neighbouring characters sound, as the index holds it.
pub(super) fn sounds(pair: &[char]) -> Option<String> {
    let ((a, b), (c, d)) = (sound(*pair.first()?)?, sound(*pair.last()?)?);
    Some(format!("\u{e005}{a}{b}{c}{d}"))
}

/// A word from its end, as the index holds it: whatever begins so ends with these letters.
pub(super) fn backwards(word: impl DoubleEndedIterator<Item = char>) -> String {
    std::iter::once('\u{e006}').chain(word.rev()).collect()
}

/// What a case has to hold to be an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    /// A piece, and whether it also stands for what begins with it.
    Piece(String, bool),
    /// All of these.
    All(Vec<Self>),
    /// One of these at least.
    Any(Vec<Self>),
}

impl Expr {
    pub(super) fn piece(text: impl Into<String>) -> Self {
        Self::Piece(text.into(), false)
    }

    /// Every two neighbours of these characters; one alone by itself.
    pub(super) fn pairs(chars: &[char]) -> Self {
        match chars {
            [one] => Self::piece(*one),
            more => Self::All(more.windows(2).map(|pair| Self::piece(pair.iter().collect::<String>())).collect()),
        }
    }

    /// In the index's own words. Only letters, digits and private characters are in a piece, so nothing in it can be taken
    /// for an operator.
    fn spell(&self, dialect: Dialect, out: &mut String) {
        let (list, join) = match (self, dialect) {
            (Self::Piece(piece, open), Dialect::Lite) => {
                return out.extend(["\"", piece, if *open { "\" *" } else { "\"" }]);
            }
            (Self::Piece(piece, open), Dialect::Pg) => {
                return out.extend(["'", piece, if *open { "':*" } else { "'" }]);
            }
            (Self::All(list), Dialect::Lite) => (list, " AND "),
            (Self::All(list), Dialect::Pg) => (list, " & "),
            (Self::Any(list), Dialect::Lite) => (list, " OR "),
            (Self::Any(list), Dialect::Pg) => (list, " | "),
        };
        for (n, part) in list.iter().enumerate() {
            out.push_str(if n == 0 { "(" } else { join });
            part.spell(dialect, out);
        }
        out.push(')');
    }
}

/// What a question asks for, each word of it; empty when there is nothing to look for. A word of letters also finds
/// longer ones.
pub(super) fn terms(text: &str) -> Vec<Expr> {
    let runs = runs(text).into_iter().take(limits::SEARCH_WORDS);
    runs.map(|run| match run {
        Run::Han(chars) => Expr::pairs(&chars),
        Run::Word(word) => Expr::Piece(word, true),
    })
    .collect()
}

/// A question in the index's own words: all terms and all marks must be there, and one of the stretch.
pub(super) fn ask(terms: &[Expr], marks: &[Mark<'_>], stretch: &[Mark<'_>], dialect: Dialect) -> String {
    let mark = |mark: &Mark<'_>| Expr::piece(mark.token());
    let weeks = Expr::Any(stretch.iter().map(mark).collect());
    let all = Expr::All(terms.iter().cloned().chain(marks.iter().map(mark)).chain([weeks]).collect());
    let mut out = String::new();
    all.spell(dialect, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mixed_text_falls_into_pieces() {
        let pieces = pieces("A3\u{533a}\u{8def}\u{706f}, Lamp\u{5e97}");
        let (sounds, plain): (Vec<_>, Vec<_>) = pieces.iter().partition(|p| p.starts_with('\u{e005}'));
        assert_eq!(
            plain,
            [
                "a3",
                "\u{533a}",
                "\u{8def}",
                "\u{706f}",
                "\u{533a}\u{8def}",
                "\u{8def}\u{706f}",
                "\u{e006}pmal",
                "lamp",
                "\u{5e97}"
            ]
        );
        assert_eq!(sounds, ["\u{e005}qulu", "\u{e005}luden"]);
    }

    #[test]
    fn a_question_cannot_smuggle_operators() {
        for text in ["a' | 'b", "\" OR x:*", "NOT (a)", "'; DROP TABLE cases; --", "***", "\u{e000}0\u{e000}9", ""] {
            for term in terms(text) {
                let Expr::Piece(piece, _) = &term else { panic!("{term:?}") };
                assert!(piece.chars().all(char::is_alphanumeric), "{term:?}");
            }
        }
    }

    proptest! {
        /// Every week belongs to one stretch, the stretches follow one another, and they are few.
        #[test]
        fn stretches_cover_the_past_once(newest in 0_i64..4000, back in 0_i64..1500) {
            let oldest = (newest - back).max(0);
            let stretches = stretches(newest, oldest);
            let mut end = newest + 1;
            for marks in &stretches {
                prop_assert!(!marks.is_empty());
                for mark in marks {
                    let Mark::Weeks { size, n } = mark else { return Err(TestCaseError::fail("not weeks")) };
                    prop_assert_eq!((n + 1) * BLOCKS[*size], end);
                    end = n * BLOCKS[*size];
                }
            }
            prop_assert!(end <= oldest);
            prop_assert!(stretches.len() <= 9, "{} stretches", stretches.len());
        }

        /// A case is marked with a mark of the stretch that its week lies in.
        #[test]
        fn a_case_is_found_in_its_week(at in 0_i64..2_000_000_000_000, ahead in 0_i64..300) {
            let own = marks(Millis(at), &"990101001".parse().unwrap(), "a.b", None);
            let newest = week(Millis(at)) + ahead;
            let found = stretches(newest, 0).iter().flatten().filter(|m| own.contains(&m.token())).count();
            prop_assert_eq!(found, 1);
            prop_assert_eq!(long_stretches(newest, 0).concat(), stretches(newest, 0).concat());
        }
    }
}
