//! Presence: which colleagues have the page of a case open at this moment, and whether they are writing, so that two
//! do not do the same work. It is for now only: a row goes when its page is left or hidden, and ends by itself when that
//! cannot be said. Nothing is kept of who looked at what for how long; that would be watching people at work.

use linli_worktime::Millis;

use crate::{
    cases::CaseKey,
    db::{DbError, Row, Tx, Value, args, statements},
    ids::{AccountId, Jurisdiction, OrgId},
    limits,
    seats::{Role, Seat},
};

statements! {
    ENTER = "INSERT INTO presence (jurisdiction, case_id, id, account, name, org, role, writing, until_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (jurisdiction, case_id, id) DO UPDATE SET until_at = excluded.until_at";
    WRITING = "UPDATE presence SET writing = $5 WHERE jurisdiction = $1 AND case_id = $2 AND id = $3 AND account = $4";
    LEAVE = "DELETE FROM presence WHERE jurisdiction = $1 AND case_id = $2 AND id = $3";
    // As many rows as pages are open at this moment; served by presence_until.
    HERE = "SELECT case_id, id, account, name, org, role, writing FROM presence
        WHERE jurisdiction = $1 AND until_at > $2 ORDER BY case_id, id LIMIT $3";
    // The table holds open pages only.
    SWEEP = "DELETE FROM presence WHERE until_at <= $1";
}

/// Somebody who has a case open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The case.
    pub case: CaseKey,
    /// The open page.
    pub id: [u8; 16],
    /// Who.
    pub account: AccountId,
    /// Their name, as colleagues know it.
    pub name: String,
    /// Where they belong.
    pub org: OrgId,
    /// As what they sit there.
    pub role: Role,
    /// Whether they are filling something in.
    pub writing: bool,
}

/// Says that somebody has a case open, and that they still have.
///
/// # Errors
/// When the database refuses.
pub fn enter(
    tx: &mut Tx<'_>,
    case: CaseKey,
    id: [u8; 16],
    seat: &Seat,
    name: &str,
    now: Millis,
) -> Result<(), DbError> {
    let until = now.plus(limits::PRESENCE_MS);
    let who = args![case.jurisdiction, case.id, Value::Id(id), seat.account, name, &seat.org, seat.role.as_str()];
    tx.put(&ENTER, who.into_iter().chain(args![false, until]).collect())
}

/// Says whether they are writing; only of one's own page.
///
/// # Errors
/// When the database refuses.
pub fn writing(tx: &mut Tx<'_>, case: CaseKey, id: [u8; 16], account: AccountId, writing: bool) -> Result<(), DbError> {
    tx.send(&WRITING, args![case.jurisdiction, case.id, Value::Id(id), account, writing])
}

/// They left.
///
/// # Errors
/// When the database refuses.
pub fn leave(tx: &mut Tx<'_>, case: CaseKey, id: [u8; 16]) -> Result<(), DbError> {
    tx.send(&LEAVE, args![case.jurisdiction, case.id, Value::Id(id)])
}

/// Everybody who has a case of a street open now.
///
/// # Errors
/// When the database refuses.
pub fn here(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, now: Millis) -> Result<Vec<Here>, DbError> {
    let most = i64::try_from(limits::LIVE_STREAMS).unwrap_or(i64::MAX);
    let read = |mut row: Row| {
        let case = CaseKey { jurisdiction, id: row.take()? };
        let (id, account, name) = (row.take()?, row.take()?, row.take()?);
        Ok(Here { case, id, account, name, org: row.take()?, role: row.take()?, writing: row.take()? })
    };
    tx.query(&HERE, &args![jurisdiction, now, most])?.into_iter().map(read).collect()
}

/// Removes those who could not say that they left.
///
/// # Errors
/// When the database refuses.
pub fn sweep(tx: &mut Tx<'_>, now: Millis) -> Result<(), DbError> {
    tx.send(&SWEEP, args![now])
}
