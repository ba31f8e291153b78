//! Search: by number, words, place, unit, state and time. Chinese has no spaces, so the index holds every two
//! neighbouring characters: a word of two characters is found exactly, a longer one by all its pairs. The index is
//! written a moment after the case, by whichever process is free.

use std::collections::BTreeSet;

use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head,
    inbox::{ListAfter, owners, within},
    store,
};
use crate::{
    Engine,
    db::{DbError, Dialect, Filter, Tx, args, statements},
    ids::{Jurisdiction, PlaceCode},
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
};

/// What to look for; empty parts do not narrow.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The number, whole.
    pub number: Option<String>,
    /// Words that all occur.
    pub words: String,
    /// Within this place.
    pub place: Option<PlaceCode>,
    /// With this lead unit.
    pub unit: Option<String>,
    /// `open`, `settled`, `ended`, or a step that is open.
    pub state: Option<String>,
    /// Of this category or below it.
    pub category: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// Whose promise to the resident has run out.
    pub late: bool,
    /// Only those that wait for the seat that looks.
    pub mine: bool,
    /// Only those in which the seat's unit helps another.
    pub helping: bool,
    /// Opened at or after.
    pub from: Option<Millis>,
    /// Opened before.
    pub until: Option<Millis>,
    /// After this one.
    pub after: Option<ListAfter>,
}

statements! {
    TO_INDEX = "SELECT jurisdiction, id, number, title, body, address FROM cases WHERE NOT indexed LIMIT $1 {skip_locked}";
    ADD_WORDS = "INSERT INTO case_words {{(rowid, words) SELECT rowid, CAST($3 AS TEXT) FROM cases WHERE jurisdiction = $1 AND id = $2
        ||(jurisdiction, case_id, words) VALUES ($1, $2, array_to_tsvector(string_to_array($3, ' '))) ON CONFLICT DO NOTHING}}";
    INDEXED = "UPDATE cases SET indexed = {yes} WHERE jurisdiction = $1 AND id = $2";
    FOUND = "SELECT {head}
        FROM case_words w JOIN cases c ON {{c.rowid = w.rowid||c.jurisdiction = w.jurisdiction AND c.id = w.case_id}}
        WHERE {{case_words MATCH $1||w.words @@ CAST(CAST($1 AS TEXT) AS tsquery)}} AND c.jurisdiction = $2";
    LISTED = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1";
    // In the order of the key of case_unit, newest first.
    HELPED = "SELECT {head}
        FROM case_unit u JOIN cases c ON c.jurisdiction = u.jurisdiction AND c.id = u.case_id
        WHERE u.jurisdiction = $1 AND u.unit = $2";
}

impl Engine {
    /// Finds cases that a seat may see, newest first, a page at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, seat: &Seat, query: Query) -> Result<Vec<Head>, CaseError> {
        let Some(reach) = policy::reach(seat, Action::List, Resource::Case) else { return Err(CaseError::NotFound) };
        let streets = self
            .directory()
            .jurisdictions(query.place.as_ref().filter(|p| seat.place.covers(p)).unwrap_or(&seat.place));
        let words = ask(&query.words, self.db.dialect());
        let (now, owners) = (self.clock.now(), owners(seat));
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut found: Vec<Head> = Vec::new();
                for street in &streets {
                    for mut filter in roads(*street, words.as_deref(), &reach, &query) {
                        narrow(&mut filter, &query, now, &owners);
                        filter.tail(order(&filter, &query), limits::PAGE);
                        for row in tx.list(&filter)? {
                            found.push(store::head(row)?);
                        }
                    }
                }
                found.sort_by_key(|h| std::cmp::Reverse((h.opened_at, h.key.id)));
                // A unit may lead a case and stand among its co-units, too.
                found.dedup_by_key(|h| h.key);
                found.truncate(limits::PAGE);
                Ok(found)
            })
            .await
    }

    /// Brings the search index up to the cases, a batch at a time; how many cases it took in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn index_words(&self) -> Result<usize, DbError> {
        self.db.write(index_batch).await
    }
}

/// The lists that together hold what a seat may see: a unit leads some cases and helps in others. Each is in the order of
/// an index (cases_opened, cases_unit, the key of case_unit), and each is a page at most.
fn roads(street: Jurisdiction, words: Option<&str>, reach: &Reach, query: &Query) -> Vec<Filter> {
    let base = || match words {
        Some(words) => Filter::of(&FOUND, args![words, street]),
        None => Filter::of(&LISTED, args![street]),
    };
    let mut roads = Vec::new();
    if !query.helping {
        let mut all = base();
        within(&mut all, reach);
        roads.push(all);
    }
    if let Reach::Unit(org) = reach {
        roads.push(match words {
            None => Filter::of(&HELPED, args![street, org]),
            Some(_) => {
                let mut found = base();
                found.and(HELPS, args![org]);
                found
            }
        });
    }
    roads
}

/// That a unit is one of a case's co-units.
pub(super) const HELPS: &str = "EXISTS (SELECT 1 FROM case_unit u WHERE u.jurisdiction = c.jurisdiction AND u.unit = $$
    AND u.opened_at = c.opened_at AND u.case_id = c.id)";

/// That all words of a question occur in a case.
pub(super) const HAS_WORDS: &str = "{{c.rowid IN (SELECT rowid FROM case_words WHERE case_words MATCH||EXISTS (SELECT 1 FROM case_words w
    WHERE w.jurisdiction = c.jurisdiction AND w.case_id = c.id AND w.words @@ CAST(CAST(}} $$ {{)|| AS TEXT) AS tsquery))}}";

/// Newest first. Where few cases are late or wait for one seat, they are looked up by that and sorted (the plus keeps
/// SQLite from walking through all cases in their order instead).
fn order(filter: &Filter, query: &Query) -> &'static str {
    if filter.begins(&HELPED) {
        "ORDER BY u.opened_at DESC, u.case_id DESC"
    } else if query.late || query.mine {
        "ORDER BY +c.opened_at DESC, c.id DESC"
    } else {
        "ORDER BY c.opened_at DESC, c.id DESC"
    }
}

/// What inbox and search narrow alike.
pub(super) fn narrow_case(
    filter: &mut Filter,
    category: Option<&str>,
    class: Option<&str>,
    from: Option<Millis>,
    until: Option<Millis>,
) {
    if let Some(category) = category {
        filter.and(
            "(c.category = $$ OR c.category >= $$ AND c.category < $$)",
            args![category, format!("{category}."), format!("{category}/"),],
        );
    }
    if let Some(class) = class {
        filter.and("c.class = $$", args![class]);
    }
    if let Some(from) = from {
        filter.and("c.opened_at >= $$", args![from]);
    }
    if let Some(until) = until {
        filter.and("c.opened_at < $$", args![until]);
    }
}

pub(super) fn narrow(filter: &mut Filter, query: &Query, now: Millis, owners: &[String]) {
    narrow_case(filter, query.category.as_deref(), query.class.as_deref(), query.from, query.until);
    if query.late {
        filter.and("c.promised_at < $$", args![now]);
    }
    if query.mine {
        let [first, last] = [owners.first(), owners.last()].map(|o| o.cloned().unwrap_or_default());
        filter.and(
            "c.id IN (SELECT s.case_id FROM open_step s WHERE s.jurisdiction = c.jurisdiction AND s.owner IN ($$, $$))",
            args![first, last],
        );
    }
    if let Some(number) = &query.number {
        filter.and("c.number = $$", args![number]);
    }
    if let Some(place) = &query.place {
        filter.and("c.place >= $$ AND c.place < $$", args![place, place.end()]);
    }
    if let Some(unit) = &query.unit {
        filter.and("c.unit = $$", args![unit]);
    }
    match query.state.as_deref() {
        None => {}
        Some(phase @ ("open" | "settled" | "ended")) => {
            filter.and("c.phase = $$", args![phase]);
        }
        Some(step) => {
            let open = "EXISTS (SELECT 1 FROM open_step s WHERE s.jurisdiction = c.jurisdiction AND s.case_id = c.id AND s.step = $$)";
            filter.and(open, args![step]);
        }
    }
    if let Some(ListAfter { opened_at, key }) = query.after {
        let after = match filter.begins(&HELPED) {
            true => "(u.opened_at, u.case_id) < ($$, $$)",
            false => "(c.opened_at, c.id) < ($$, $$)",
        };
        filter.and(after, args![opened_at, key.id]);
    }
}

fn index_batch(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let rows = tx.query(&TO_INDEX, &args![200_i64])?;
    let count = rows.len();
    for mut row in rows {
        let key = CaseKey { jurisdiction: row.take()?, id: row.take()? };
        let texts: [String; 4] = [row.take()?, row.take()?, row.take()?, row.take()?];
        let words: BTreeSet<String> = texts.iter().flat_map(|t| pieces(t)).collect();
        let words = words.into_iter().collect::<Vec<_>>().join(" ");
        tx.send(&ADD_WORDS, args![key.jurisdiction, key.id, words])?;
        tx.put(&INDEXED, args![key.jurisdiction, key.id])?;
    }
    Ok(count)
}

/// What the index keeps of a text: neighbouring pairs of Chinese characters, words of letters and digits in lower case.
/// A Chinese character that stands alone is kept alone.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for run in runs(text) {
        match run {
            Run::Han(chars) if chars.len() == 1 => pieces.push(chars[0].to_string()),
            Run::Han(chars) => pieces.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>())),
            Run::Word(word) => pieces.push(word),
        }
    }
    pieces
}

enum Run {
    Han(Vec<char>),
    Word(String),
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joined = false;
    for c in text.chars() {
        let han = is_han(c);
        if !c.is_alphanumeric() {
            joined = false;
            continue;
        }
        match (runs.last_mut().filter(|_| joined), han) {
            (Some(Run::Han(chars)), true) => chars.push(c),
            (Some(Run::Word(word)), false) => word.extend(c.to_lowercase()),
            (_, true) => runs.push(Run::Han(vec![c])),
            (_, false) => runs.push(Run::Word(c.to_lowercase().collect())),
        }
        joined = true;
    }
    runs
}

/// The question in the index's own words; `None` when there is nothing to look for. Everything must occur; a single
/// Chinese character and a word of letters also match the beginning of a piece.
pub(super) fn ask(text: &str, dialect: Dialect) -> Option<String> {
    let mut terms = Vec::new();
    for run in runs(text).into_iter().take(limits::SEARCH_WORDS) {
        match run {
            Run::Han(chars) if chars.len() == 1 => terms.push((chars[0].to_string(), true)),
            Run::Han(chars) => terms.extend(chars.windows(2).map(|pair| (pair.iter().collect(), false))),
            Run::Word(word) => terms.push((word, true)),
        }
    }
    // Only letters and digits are left, so nothing in a term can be taken for an operator.
    let spell = |(term, open): &(String, bool)| match (dialect, open) {
        (Dialect::Lite, true) => format!("\"{term}\" *"),
        (Dialect::Lite, false) => format!("\"{term}\""),
        (Dialect::Pg, true) => format!("'{term}':*"),
        (Dialect::Pg, false) => format!("'{term}'"),
    };
    let join = if dialect == Dialect::Lite { " AND " } else { " & " };
    (!terms.is_empty()).then(|| terms.iter().map(spell).collect::<Vec<_>>().join(join))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_text_falls_into_pieces() {
        assert_eq!(
            pieces("A3\u{533a}\u{8def}\u{706f}\u{4e0d}, Lamp\u{5e97}"),
            ["a3", "\u{533a}\u{8def}", "\u{8def}\u{706f}", "\u{706f}\u{4e0d}", "lamp", "\u{5e97}"]
        );
    }

    #[test]
    fn a_question_cannot_smuggle_operators() {
        for text in ["a' | 'b", "\" OR x:*", "NOT (a)", "'; DROP TABLE cases; --", "***", ""] {
            for dialect in [Dialect::Lite, Dialect::Pg] {
                let asked = ask(text, dialect).unwrap_or_default();
                let bare: String = asked.replace(" AND ", "").replace(" & ", "");
                assert!(bare.chars().all(|c| c.is_alphanumeric() || "\"' *:".contains(c)), "{asked}");
            }
        }
    }
}
