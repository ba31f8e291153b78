//! The rows of the office's own answers at hand.

use std::collections::BTreeMap;

use linli_flow::Text;
use linli_worktime::{Date, Millis};

use super::{Kept, Knowledge, State};
use crate::{
    db::{DbError, Row, Tx, args, statements},
    ids::Jurisdiction,
    pack::{Entry, Pack},
};

statements! {
    ALL_ANSWERS = "SELECT id, state, version, question_zh, question_en, answer_zh, answer_en, category, owner, words, source,
        region_zh, region_en, review, changed_at, changed_by FROM knowledge WHERE jurisdiction = $1 ORDER BY id, state";
    ANSWER_ROWS = "SELECT id, state, version, question_zh, question_en, answer_zh, answer_en, category, owner, words, source,
        region_zh, region_en, review, changed_at, changed_by FROM knowledge WHERE jurisdiction = $1 AND id = $2 ORDER BY state";
    PUT_ANSWER = "INSERT INTO knowledge (jurisdiction, id, state, version, question_zh, question_en, answer_zh, answer_en,
        category, owner, words, source, region_zh, region_en, review, changed_at, changed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (jurisdiction, id, state) DO UPDATE SET version = excluded.version, question_zh = excluded.question_zh,
        question_en = excluded.question_en, answer_zh = excluded.answer_zh, answer_en = excluded.answer_en,
        category = excluded.category, owner = excluded.owner, words = excluded.words, source = excluded.source,
        region_zh = excluded.region_zh, region_en = excluded.region_en, review = excluded.review,
        changed_at = excluded.changed_at, changed_by = excluded.changed_by";
    DROP_ANSWER = "DELETE FROM knowledge WHERE jurisdiction = $1 AND id = $2 AND state = $3";
    ANSWERS_VERSION = "SELECT value FROM setting WHERE jurisdiction = $1 AND name = 'knowledge'";
    // Whoever changes an entry holds this row until the end: two changes of the same one come after each other.
    BUMP_ANSWERS = "INSERT INTO setting (jurisdiction, name, value, at) VALUES ($1, 'knowledge', '1', $2)
        ON CONFLICT (jurisdiction, name)
        DO UPDATE SET value = CAST(CAST(setting.value AS @INT) + 1 AS TEXT), at = excluded.at";
    NOTE_HELPED = "INSERT INTO knowledge_help (jurisdiction, day, id, helped) VALUES ($1, $2, $3, 1)
        ON CONFLICT (jurisdiction, day, id) DO UPDATE SET helped = knowledge_help.helped + 1";
    HELPED_SINCE = "SELECT id, helped FROM knowledge_help WHERE jurisdiction = $1 AND day >= $2";
}

/// The version that the database is at.
pub(crate) fn version(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<i64, DbError> {
    let Some(mut row) = tx.first(&ANSWERS_VERSION, &args![home])? else { return Ok(0) };
    let text: String = row.take()?;
    text.parse().map_err(|_| DbError::Corrupt(format!("`{text}` as the version of the answers at hand")))
}

/// Tells every process that the set has moved, and holds it.
pub(super) fn bump(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<(), DbError> {
    tx.exec(&BUMP_ANSWERS, &args![home, now]).map(drop)
}

/// Puts the pack's answers and the office's own together.
///
/// # Errors
/// When the database fails.
pub fn load(tx: &mut Tx<'_>, home: Jurisdiction, pack: &Pack) -> Result<Knowledge, DbError> {
    let version = version(tx, home)?;
    let rows = tx.query(&ALL_ANSWERS, &args![home])?.into_iter().map(kept).collect::<Result<_, _>>()?;
    Ok(Knowledge::new(version, pack, rows))
}

/// The office's own rows of one entry.
pub(super) fn rows_of(tx: &mut Tx<'_>, home: Jurisdiction, id: &str) -> Result<Vec<Kept>, DbError> {
    tx.query(&ANSWER_ROWS, &args![home, id])?.into_iter().map(kept).collect()
}

fn kept(mut row: Row) -> Result<Kept, DbError> {
    let (id, state, version): (String, String, i64) = (row.take()?, row.take()?, row.take()?);
    let odd = |what: &dyn std::fmt::Display| DbError::Corrupt(format!("the answer at hand `{id}`: {what}"));
    let state = state.parse().map_err(|e| odd(&e))?;
    let question = Text { zh: row.take()?, en: row.take()? };
    let answer = Text { zh: row.take()?, en: row.take()? };
    let (category, owner, words, source): (_, _, String, _) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let region = Text { zh: row.take()?, en: row.take()? };
    let review: Date = row.take::<String>()?.parse().map_err(|e| odd(&e))?;
    let changed = Some((row.take()?, row.take()?));
    let words = words.lines().map(str::to_owned).collect();
    let entry = Entry { id, question, answer, category, owner, words, source, mark: None, review, region };
    Ok(Kept { entry, state, changed, version })
}

/// Writes a row.
pub(super) fn put(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    state: State,
    version: i64,
    e: &Entry,
    (now, by): (Millis, &str),
) -> Result<(), DbError> {
    let row = args![
        home,
        &e.id,
        state.as_str(),
        version,
        &e.question.zh,
        &e.question.en,
        &e.answer.zh,
        &e.answer.en,
        &e.category,
        &e.owner,
        e.words.join("\n"),
        &e.source,
        &e.region.zh,
        &e.region.en,
        e.review.to_string(),
        now,
        by
    ];
    tx.put(&PUT_ANSWER, row)
}

/// Takes a row out, where it is there.
pub(super) fn drop_row(tx: &mut Tx<'_>, home: Jurisdiction, id: &str, state: State) -> Result<(), DbError> {
    tx.send(&DROP_ANSWER, args![home, id, state.as_str()])
}

pub(super) fn note_helped(tx: &mut Tx<'_>, home: Jurisdiction, day: Date, id: &str) -> Result<(), DbError> {
    tx.put(&NOTE_HELPED, args![home, day.to_string(), id])
}

pub(super) fn helped_since(tx: &mut Tx<'_>, home: Jurisdiction, since: Date) -> Result<BTreeMap<String, i64>, DbError> {
    let mut all = BTreeMap::new();
    for mut row in tx.query(&HELPED_SINCE, &args![home, since.to_string()])? {
        let (id, n): (String, i64) = (row.take()?, row.take()?);
        *all.entry(id).or_default() += n;
    }
    Ok(all)
}
