//! What may be told to everybody of everybody's cases: how many, by grid and category. It stands in the vault because
//! the vault alone knows which reporters asked for silence; of a single case leaves it only whether it is one of theirs.

use linli_worktime::Millis;

use super::{DbError, Tx, args, statements};
use crate::ids::{CaseId, Jurisdiction, PlaceCode};

statements! {
    // 15 digits are a grid. Served by `cases_public_open` (the range of places makes it the nearest): bounded by what is
    // open. SQLite is told to ask the small index of the confidential ones instead of the row of every caller.
    COUNT_OPEN = "SELECT substr(c.place, 1, 15), c.category, count(*), max(c.opened_at) FROM cases c
        WHERE c.jurisdiction = $1 AND c.phase = 'open' AND c.place >= $2 AND c.place < $3 AND NOT EXISTS (SELECT 1
            FROM vault_caller v {{INDEXED BY vault_caller_confidential||}} WHERE v.jurisdiction = c.jurisdiction AND v.case_id = c.id AND v.confidential)
        GROUP BY substr(c.place, 1, 15), c.category";
    CONFIDENTIAL = "SELECT 1 FROM vault_caller v WHERE v.jurisdiction = $1 AND v.case_id = $2 AND v.confidential";
    // Served by `cases_public_solved`: bounded by what was closed since then.
    COUNT_SOLVED = "SELECT substr(c.place, 1, 15), c.category, count(*), max(c.settled_at) FROM cases c
        WHERE c.jurisdiction = $1 AND c.settled_at >= $2 AND c.settled_at IS NOT NULL AND c.outcome IN ('solved', 'lasted')
        AND NOT EXISTS (SELECT 1 FROM vault_caller v {{INDEXED BY vault_caller_confidential||}} WHERE v.jurisdiction = c.jurisdiction AND v.case_id = c.id AND v.confidential)
        GROUP BY substr(c.place, 1, 15), c.category";
}

/// Whether whoever reported a case asked for silence.
pub(crate) fn is_confidential(tx: &mut Tx<'_>, street: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    Ok(tx.first(&CONFIDENTIAL, &args![street, case])?.is_some())
}

/// Cases of one category in one grid (or in the place above it, for those that name no grid).
pub(crate) struct Count {
    pub place: PlaceCode,
    pub category: String,
    pub n: u64,
    /// When the newest of them came in, or was closed.
    pub newest: Millis,
}

/// Open cases within a street whose reporters did not ask for silence.
pub(crate) fn open(tx: &mut Tx<'_>, street: &PlaceCode) -> Result<Vec<Count>, DbError> {
    counts(tx.query(&COUNT_OPEN, &args![street.jurisdiction(), street, street.end()])?)
}

/// The same of those solved since.
pub(crate) fn solved(tx: &mut Tx<'_>, street: &PlaceCode, since: Millis) -> Result<Vec<Count>, DbError> {
    counts(tx.query(&COUNT_SOLVED, &args![street.jurisdiction(), since])?)
}

fn counts(rows: Vec<crate::db::Row>) -> Result<Vec<Count>, DbError> {
    let count = |mut row: crate::db::Row| {
        Ok(Count { place: row.take()?, category: row.take()?, n: row.take()?, newest: row.take()? })
    };
    rows.into_iter().map(count).collect()
}
