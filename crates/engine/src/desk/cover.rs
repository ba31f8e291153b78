//! Covers: while somebody is away, a colleague sits on their seat from a time to a time. The cover is a seat of its own with
//! the reach of the one that it stands for, so it ends by itself, what is done on it is done by the colleague, and the event
//! says that it was for somebody else. It cannot be passed on, and no cover lets one administrator do another's work.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Row, Tx, WorkError, args, statements},
    ids::{AccountId, Jurisdiction, OrgId, PlaceCode, SeatId},
    limits,
    seats::{self, Account, Role, Seat, SeatError},
};

/// A cover that is asked for.
#[derive(Clone, Debug)]
pub struct NewCover {
    /// The id of the seat that the colleague gets.
    pub id: SeatId,
    /// The seat that is covered.
    pub held: SeatId,
    /// Who covers it.
    pub to: AccountId,
    /// From when.
    pub from: Millis,
    /// Until just before when.
    pub until: Millis,
    /// Why, in a few words.
    pub reason: String,
    /// Who arranged it.
    pub by: AccountId,
}

/// A cover as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The seat that the colleague has.
    pub seat: SeatId,
    /// Who covers.
    pub by: String,
    /// Whose seat it is.
    pub holder: String,
    /// From when.
    pub from: Millis,
    /// Until just before when.
    pub until: Millis,
    /// Why.
    pub reason: String,
}

/// Why a cover was not arranged.
#[derive(Debug, thiserror::Error)]
pub enum CoverError {
    /// The seat is not there or has ended.
    #[error("there is no such seat now")]
    NoSeat,
    /// Nobody covers for themselves.
    #[error("somebody else has to cover the seat")]
    Own,
    /// A covered seat cannot be passed on.
    #[error("a seat that is itself a cover cannot be passed on")]
    PassedOn,
    /// The times make no sense.
    #[error("a cover ends after it begins, lies ahead, and lasts at most {} days", limits::COVER_MS / 86_400_000)]
    Times,
    /// The colleague covers this seat in that time already.
    #[error("this colleague covers this seat in that time already")]
    Twice,
    /// One administrator would do another's work, or see cases.
    #[error("{0} and the other seats of this colleague have to stay apart")]
    Apart(Role),
    /// The account is not there or shut, or the database failed.
    #[error(transparent)]
    Seat(#[from] SeatError),
}

impl From<DbError> for CoverError {
    fn from(error: DbError) -> Self {
        Self::Seat(error.into())
    }
}

impl WorkError for CoverError {
    fn db(&self) -> Option<&DbError> {
        if let Self::Seat(error) = self { error.db() } else { None }
    }
}

statements! {
    SEAT = "SELECT s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at, c.holder FROM seat s
        LEFT JOIN cover c ON c.jurisdiction = s.jurisdiction AND c.seat = s.id WHERE s.jurisdiction = $1 AND s.id = $2";
    SEATS_IN = "SELECT id, account, org, role, place, from_at, until_at FROM seat WHERE jurisdiction = $1 AND account = $2
        AND from_at < $4 AND (until_at IS NULL OR until_at > $3)";
    ADD_COVER = "INSERT INTO cover (jurisdiction, seat, held, holder, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // Along cover_held.
    COVERS_OF = "SELECT c.seat, a.name, h.name, s.from_at, s.until_at, c.reason FROM cover c
        JOIN seat s ON s.jurisdiction = c.jurisdiction AND s.id = c.seat
        JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        JOIN account h ON h.jurisdiction = c.jurisdiction AND h.id = c.holder
        WHERE c.jurisdiction = $1 AND c.held = $2 AND s.until_at > $3 ORDER BY s.from_at, c.seat";
    TWICE = "SELECT c.seat FROM cover c JOIN seat s ON s.jurisdiction = c.jurisdiction AND s.id = c.seat
        WHERE c.jurisdiction = $1 AND c.held = $2 AND s.account = $3 AND s.until_at > $4 AND s.from_at < $5";
    HELD_BY = "SELECT held FROM cover WHERE jurisdiction = $1 AND seat = $2";
    // Along seat_org.
    COLLEAGUES = "SELECT DISTINCT a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL FROM seat s
        JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        WHERE s.jurisdiction = $1 AND s.org = $2 AND s.from_at <= $3 AND (s.until_at IS NULL OR s.until_at > $3)
        AND a.disabled_at IS NULL ORDER BY a.login LIMIT 200";
    SEATS_AT = "SELECT s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at, a.name FROM seat s
        JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        LEFT JOIN cover c ON c.jurisdiction = s.jurisdiction AND c.seat = s.id
        WHERE s.jurisdiction = $1 AND s.org = $2 AND c.seat IS NULL AND s.from_at <= $3 AND (s.until_at IS NULL OR s.until_at > $3)
        AND a.disabled_at IS NULL ORDER BY s.role, a.login LIMIT 200";
}

fn bare(row: &mut Row) -> Result<Seat, DbError> {
    let (id, account, org, role) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (place, from, until): (PlaceCode, Millis, Option<Millis>) = (row.take()?, row.take()?, row.take()?);
    Ok(Seat { id, account, org, role, place, from, until, cover: None })
}

/// A seat by its id, whoever holds it; with the holder it covers, where it is a cover.
pub fn seat(tx: &mut Tx<'_>, home: Jurisdiction, id: SeatId) -> Result<Option<Seat>, DbError> {
    let Some(mut row) = tx.first(&SEAT, &args![home, id])? else { return Ok(None) };
    let seat = bare(&mut row)?;
    Ok(Some(Seat { cover: row.take()?, ..seat }))
}

/// Arranges a cover. That the one who asks may arrange it is for the caller to see to.
///
/// # Errors
/// [`CoverError`]; nothing is written then.
pub fn arrange(tx: &mut Tx<'_>, home: Jurisdiction, new: &NewCover, now: Millis) -> Result<(), CoverError> {
    // Sent twice.
    if held_by(tx, home, new.id)? == Some(new.held) {
        return Ok(());
    }
    let held = seat(tx, home, new.held)?.ok_or(CoverError::NoSeat)?;
    if held.until.is_some_and(|until| until <= now) {
        return Err(CoverError::NoSeat);
    }
    if held.cover.is_some() {
        return Err(CoverError::PassedOn);
    }
    if held.account == new.to {
        return Err(CoverError::Own);
    }
    // It begins at once where the day asked for has begun, and never outlasts the seat.
    let from = new.from.max(now).max(held.from);
    let until = held.until.map_or(new.until, |until| until.min(new.until));
    if until <= from || until.0 - from.0 > limits::COVER_MS {
        return Err(CoverError::Times);
    }
    if tx.first(&TWICE, &args![home, new.held, new.to, from, until])?.is_some() {
        return Err(CoverError::Twice);
    }
    for mut row in tx.query(&SEATS_IN, &args![home, new.to, from, until])? {
        let other = bare(&mut row)?;
        if other.role.is_admin() != held.role.is_admin() || (held.role.is_admin() && other.role != held.role) {
            return Err(CoverError::Apart(held.role));
        }
    }
    let seat =
        Seat { id: new.id, account: new.to, from, until: Some(until), cover: Some(held.account), ..held.clone() };
    seats::grant_seat(tx, home, &seat)?;
    tx.put(&ADD_COVER, args![home, new.id, new.held, held.account, new.reason.trim(), new.by, now])?;
    Ok(())
}

/// The covers of a seat that are not over.
pub fn covers(tx: &mut Tx<'_>, home: Jurisdiction, held: SeatId, now: Millis) -> Result<Vec<Cover>, DbError> {
    let cover = |mut row: Row| {
        Ok(Cover {
            seat: row.take()?,
            by: row.take()?,
            holder: row.take()?,
            from: row.take()?,
            until: row.take()?,
            reason: row.take()?,
        })
    };
    tx.query(&COVERS_OF, &args![home, held, now])?.into_iter().map(cover).collect()
}

/// The seat that a cover stands for.
pub fn held_by(tx: &mut Tx<'_>, home: Jurisdiction, cover: SeatId) -> Result<Option<SeatId>, DbError> {
    tx.first(&HELD_BY, &args![home, cover])?.map(|mut row| row.take()).transpose()
}

/// Ends a cover before its time. False when it is none or over.
pub fn end(tx: &mut Tx<'_>, home: Jurisdiction, cover: SeatId, now: Millis) -> Result<bool, DbError> {
    match held_by(tx, home, cover)? {
        Some(_) => seats::end_seat(tx, home, cover, now),
        None => Ok(false),
    }
}

/// Who works at a unit now.
pub fn colleagues(tx: &mut Tx<'_>, home: Jurisdiction, org: &OrgId, now: Millis) -> Result<Vec<Account>, DbError> {
    tx.query(&COLLEAGUES, &args![home, org, now])?.into_iter().map(|mut row| seats::account(&mut row)).collect()
}

/// The seats at a unit now, with the names of those who hold them; covers are left out.
pub fn seats_at(tx: &mut Tx<'_>, home: Jurisdiction, org: &OrgId, now: Millis) -> Result<Vec<(Seat, String)>, DbError> {
    let seat = |mut row: Row| Ok((bare(&mut row)?, row.take()?));
    tx.query(&SEATS_AT, &args![home, org, now])?.into_iter().map(seat).collect()
}
