//! Phrases: ready-made texts of an office or a unit for the fields of acts, with somebody who keeps them right and a day on
//! which they are looked over. Those that hold everywhere are in the rule pack.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Row, Tx, args, statements},
    ids::{Jurisdiction, OrgId, PhraseId},
    limits,
};

/// A ready-made text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Its id.
    pub id: PhraseId,
    /// Whose.
    pub org: OrgId,
    /// What it is called.
    pub title: String,
    /// The text, with `{places}` to be filled in.
    pub body: String,
    /// The field that it is for.
    pub field: String,
    /// The day on which it has to be looked over, as in `2026-03-01`.
    pub review_on: String,
    /// Who keeps it right.
    pub kept_by: String,
}

/// Why a text was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// The title is empty or too long.
    #[error("a title has 1 to {} characters", limits::NAME_CHARS)]
    Title,
    /// The text is empty or too long.
    #[error("a text has 1 to {} characters", limits::PHRASE_CHARS)]
    Body,
    /// There are as many as there may be.
    #[error("there are {} texts already", limits::PHRASES)]
    Full,
}

statements! {
    // Along phrase_org.
    PHRASES_OF = "SELECT id, org, title, body, field, review_on, kept_by FROM phrase WHERE jurisdiction = $1 AND org = $2 ORDER BY id";
    KEEP_PHRASE = "INSERT INTO phrase (jurisdiction, id, org, title, body, field, review_on, kept_by, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (jurisdiction, id) DO UPDATE SET title = excluded.title,
        body = excluded.body, field = excluded.field, review_on = excluded.review_on, kept_by = excluded.kept_by,
        changed_at = excluded.changed_at WHERE phrase.org = excluded.org";
    DELETE_PHRASE = "DELETE FROM phrase WHERE jurisdiction = $1 AND id = $2 AND org = $3";
}

fn phrase(mut row: Row) -> Result<Phrase, DbError> {
    Ok(Phrase {
        id: row.take()?,
        org: row.take()?,
        title: row.take()?,
        body: row.take()?,
        field: row.take()?,
        review_on: row.take()?,
        kept_by: row.take()?,
    })
}

/// The texts of these units, in the order of the units.
pub fn phrases(tx: &mut Tx<'_>, home: Jurisdiction, orgs: &[OrgId]) -> Result<Vec<Phrase>, DbError> {
    let mut all = Vec::new();
    for org in orgs {
        for row in tx.query(&PHRASES_OF, &args![home, org])? {
            all.push(phrase(row)?);
        }
    }
    Ok(all)
}

/// Keeps a text, new or changed.
pub fn keep(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    new: &Phrase,
    now: Millis,
) -> Result<Result<(), PhraseError>, DbError> {
    if !(1..=limits::NAME_CHARS).contains(&new.title.trim().chars().count()) {
        return Ok(Err(PhraseError::Title));
    }
    if !(1..=limits::PHRASE_CHARS).contains(&new.body.trim().chars().count()) {
        return Ok(Err(PhraseError::Body));
    }
    let there = phrases(tx, home, std::slice::from_ref(&new.org))?;
    if there.len() >= limits::PHRASES && !there.iter().any(|old| old.id == new.id) {
        return Ok(Err(PhraseError::Full));
    }
    let Phrase { id, org, title, body, field, review_on, kept_by } = new;
    tx.send(&KEEP_PHRASE, args![home, *id, org, title.trim(), body.trim(), field, review_on, kept_by, now])?;
    Ok(Ok(()))
}

/// Deletes a text of this unit; false when there is none.
pub fn delete(tx: &mut Tx<'_>, home: Jurisdiction, org: &OrgId, id: PhraseId) -> Result<bool, DbError> {
    Ok(tx.exec(&DELETE_PHRASE, &args![home, id, org])? == 1)
}
