//! Drafts: what somebody typed into the form of an act and did not send. They are theirs alone, hold no more than was
//! typed, go when the act is done, and are forgotten a month after they were last saved.

use std::collections::BTreeMap;

use linli_worktime::Millis;

use crate::{
    cases::CaseKey,
    db::{DbError, Row, Tx, args, statements},
    ids::{AccountId, CaseId, Jurisdiction},
    limits,
};

/// What was typed: the values of each field.
pub type Typed = BTreeMap<String, Vec<String>>;

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Which act: way, step, part and act with colons between.
    pub act: String,
    /// What was typed.
    pub typed: Typed,
    /// When it was last saved.
    pub saved_at: Millis,
}

/// Why a draft was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// It is too long.
    #[error("a draft has at most {} bytes", limits::DRAFT_BYTES)]
    Long,
    /// There are as many as there may be.
    #[error("there are {} drafts already", limits::DRAFTS)]
    Full,
}

statements! {
    // Along the key.
    DRAFTS_OF = "SELECT act, fields, saved_at FROM draft WHERE jurisdiction = $1 AND account = $2 AND case_id = $3 AND ends_at > $4
        ORDER BY act";
    DRAFTED = "SELECT DISTINCT case_id FROM draft WHERE jurisdiction = $1 AND account = $2 AND ends_at > $3 LIMIT $4";
    HELD = "SELECT count(*) FROM (SELECT 1 FROM draft WHERE jurisdiction = $1 AND account = $2 LIMIT $3) x";
    KEEP = "INSERT INTO draft (jurisdiction, account, case_id, act, fields, saved_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (jurisdiction, account, case_id, act)
        DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at, ends_at = excluded.ends_at";
    DROP_ONE = "DELETE FROM draft WHERE jurisdiction = $1 AND account = $2 AND case_id = $3 AND act = $4";
}

/// Keeps a draft in place of the one before; an empty one is none. It is there for `kept_ms`.
pub fn keep(
    tx: &mut Tx<'_>,
    account: AccountId,
    case: CaseKey,
    act: &str,
    typed: &Typed,
    kept_ms: i64,
    now: Millis,
) -> Result<Result<(), DraftError>, DbError> {
    if typed.values().flatten().all(|value| value.trim().is_empty()) {
        drop_one(tx, account, case, act)?;
        return Ok(Ok(()));
    }
    let text = serde_json::to_string(typed).map_err(|e| DbError::Corrupt(e.to_string()))?;
    if text.len() > limits::DRAFT_BYTES {
        return Ok(Err(DraftError::Long));
    }
    let most = i64::try_from(limits::DRAFTS).unwrap_or(i64::MAX);
    let held: i64 = match tx.first(&HELD, &args![case.jurisdiction, account, most])? {
        Some(mut row) => row.take()?,
        None => 0,
    };
    let known = drafts(tx, account, case, now)?.iter().any(|draft| draft.act == act);
    if held >= most && !known {
        return Ok(Err(DraftError::Full));
    }
    let ends = now.plus(kept_ms);
    tx.put(&KEEP, args![case.jurisdiction, account, case.id, act, text, now, ends])?;
    Ok(Ok(()))
}

/// The drafts of somebody in one case.
pub fn drafts(tx: &mut Tx<'_>, account: AccountId, case: CaseKey, now: Millis) -> Result<Vec<Draft>, DbError> {
    let rows = tx.query(&DRAFTS_OF, &args![case.jurisdiction, account, case.id, now])?;
    rows.into_iter().map(draft).collect()
}

fn draft(mut row: Row) -> Result<Draft, DbError> {
    let (act, fields): (String, String) = (row.take()?, row.take()?);
    let typed =
        serde_json::from_str(&fields).map_err(|e| DbError::Corrupt(format!("a draft that does not read ({e})")))?;
    Ok(Draft { act, typed, saved_at: row.take()? })
}

/// The cases of a street in which somebody has a draft.
pub fn drafted(tx: &mut Tx<'_>, account: AccountId, street: Jurisdiction, now: Millis) -> Result<Vec<CaseId>, DbError> {
    let most = i64::try_from(limits::DRAFTS).unwrap_or(i64::MAX);
    let rows = tx.query(&DRAFTED, &args![street, account, now, most])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// Drops a draft: the act was done, or its author does not want it.
pub fn drop_one(tx: &mut Tx<'_>, account: AccountId, case: CaseKey, act: &str) -> Result<(), DbError> {
    tx.send(&DROP_ONE, args![case.jurisdiction, account, case.id, act])
}
