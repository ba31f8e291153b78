//! Cases that have to do with each other: which one goes along with which, and which ones staff found to be related.

use linli_flow::{Case, Definition, Follows, Step, Value};
use linli_worktime::Millis;

use super::{CaseKey, Head, store};
use crate::{
    db::{DbError, Tx, args, statements},
    ids::{CaseId, Jurisdiction},
};

statements! {
    // Whoever reads it locked knows that it stays as it is until the end of the transaction.
    NUMBERED = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1 AND c.number = $2 {share}";
    MERGE = "INSERT INTO link (jurisdiction, main_id, case_id, sort, at, by_whom, told)
        VALUES ($1, (SELECT id FROM cases WHERE jurisdiction = $1 AND number = $2), $3, 'merged', $4, $5,
        (SELECT seq FROM cases WHERE jurisdiction = $1 AND number = $2))
        ON CONFLICT (jurisdiction, main_id, sort, case_id)
        DO UPDATE SET at = excluded.at, by_whom = excluded.by_whom, told = excluded.told, until_at = NULL";
    UNMERGE = "UPDATE link SET until_at = $3
        WHERE jurisdiction = $1 AND case_id = $2 AND sort = 'merged' AND until_at IS NULL";
    TOLD = "SELECT told FROM link WHERE jurisdiction = $1 AND case_id = $2 AND sort = 'merged' AND until_at IS NULL";
    SET_TOLD = "UPDATE link SET told = $4
        WHERE jurisdiction = $1 AND case_id = $2 AND sort = 'merged' AND until_at IS NULL AND told = $3";
    WAKE_FOLLOWERS = "UPDATE timer SET due_at = $3 WHERE jurisdiction = $1 AND due_at > $3 AND case_id IN
        (SELECT case_id FROM link WHERE jurisdiction = $1 AND main_id = $2 AND sort = 'merged' AND until_at IS NULL)";
    CLAIM_HEIR = "INSERT INTO link (jurisdiction, main_id, case_id, sort, at, by_whom, told)
        VALUES ($1, $2, $3, 'heir', $4, 'system', 0) ON CONFLICT DO NOTHING";
    HEIR = "SELECT c.number FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.case_id
        WHERE l.jurisdiction = $1 AND l.main_id = $2 AND l.sort = 'heir'";
    RELATE = "INSERT INTO link (jurisdiction, main_id, case_id, sort, at, by_whom, told)
        VALUES ($1, $2, $3, 'related', $4, $5, 0) ON CONFLICT DO NOTHING";
    UNRELATE = "DELETE FROM link WHERE jurisdiction = $1 AND main_id = $2 AND case_id = $3 AND sort = 'related'";
    RELATED_TO = "SELECT {head}
        FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.case_id
        WHERE l.jurisdiction = $1 AND l.main_id = $2 AND l.sort = 'related' ORDER BY l.case_id LIMIT 50";
    RELATED_FROM = "SELECT {head}
        FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.main_id
        WHERE l.jurisdiction = $1 AND l.case_id = $2 AND l.sort = 'related' ORDER BY l.main_id LIMIT 50";
    MAINS = "SELECT l.at, l.until_at, {head}
        FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.main_id
        WHERE l.jurisdiction = $1 AND l.case_id = $2 AND l.sort = 'merged' ORDER BY l.at DESC LIMIT 5";
    FOLLOWER_IDS = "SELECT case_id FROM link
        WHERE jurisdiction = $1 AND main_id = $2 AND sort = 'merged' AND until_at IS NULL LIMIT 1000";
    LED_BY = "SELECT c.unit FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.main_id
        WHERE l.jurisdiction = $1 AND l.case_id = $2 AND l.sort = 'merged' AND l.until_at IS NULL";
    MAIN_OWNERS = "SELECT s.owner FROM link l JOIN open_step s ON s.jurisdiction = l.jurisdiction AND s.case_id = l.main_id
        WHERE l.jurisdiction = $1 AND l.case_id = $2 AND l.sort = 'merged' AND l.until_at IS NULL";
    // The head of a list; filters are added to it.
    FOLLOWERS = "SELECT l.at, {head}
        FROM link l JOIN cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.case_id
        WHERE l.jurisdiction = $1 AND l.main_id = $2 AND l.sort = 'merged' AND l.until_at IS NULL";
}

/// The step in which a case goes along with another one, how, and with which: what its events say.
pub(super) struct Following<'a> {
    pub(super) step: &'a Step,
    pub(super) follows: &'a Follows,
    pub(super) number: &'a str,
}

/// What a case goes along with, if with any.
pub(super) fn following<'a>(flow: &'a Definition, case: &'a Case) -> Option<Following<'a>> {
    case.open().find_map(|open| {
        let step = flow.step(&open.step)?;
        let follows = step.follows.as_ref()?;
        let number = case.field(&follows.case).as_text()?;
        Some(Following { step, follows, number })
    })
}

/// A case by its number, held as it is until the end of the transaction.
pub(super) fn held(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, number: &str) -> Result<Option<Head>, DbError> {
    tx.first(&NUMBERED, &args![jurisdiction, number])?.map(store::head).transpose()
}

/// How far a follower was told; none where it follows nothing.
pub(super) fn told(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<u64>, DbError> {
    tx.first(&TOLD, &args![key.jurisdiction, key.id])?.map(|mut row| row.take()).transpose()
}

/// The number of the case that leads on where this one was taken back; the follower that asks first does.
pub(super) fn heir(tx: &mut Tx<'_>, main: CaseKey, me: CaseId, at: Millis) -> Result<String, DbError> {
    tx.send(&CLAIM_HEIR, args![main.jurisdiction, main.id, me, at])?;
    let row = tx.first(&HEIR, &args![main.jurisdiction, main.id])?;
    row.ok_or(DbError::Rows { sql: "HEIR", got: 0 })?.take()
}

/// How many cases go along with this one, counted up to [`MANY`].
pub fn followers(tx: &mut Tx<'_>, key: CaseKey) -> Result<usize, DbError> {
    Ok(tx.query(&FOLLOWER_IDS, &args![key.jurisdiction, key.id])?.len())
}

/// The unit that has the case which this one goes along with.
pub(crate) fn led_by(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<String>, DbError> {
    tx.first(&LED_BY, &args![key.jurisdiction, key.id])?.map_or(Ok(None), |mut row| row.take())
}

/// Who owns the open steps of the case which this one goes along with, as in the inbox.
pub(super) fn main_owners(tx: &mut Tx<'_>, key: CaseKey) -> Result<Vec<String>, DbError> {
    let rows = tx.query(&MAIN_OWNERS, &args![key.jurisdiction, key.id])?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// As far as followers are counted.
pub const MANY: usize = 1000;

/// The case that a form names to be followed, as text.
pub(super) fn named<'f>(follows: &Follows, form: &'f linli_flow::Form) -> Option<&'f str> {
    form.get(&follows.case).and_then(Value::as_text)
}
