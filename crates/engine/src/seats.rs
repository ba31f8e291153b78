//! Who works here: the accounts of staff, their passwords, and their seats (a role at an org over a place, from a time
//! to a time). Everything lives in the deployment's home jurisdiction.

use std::{fmt, str::FromStr};

pub mod keep;
pub mod second;
pub mod unused;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use linli_worktime::Millis;

use crate::{
    db::{DbError, Filter, FromCell, Row, Tx, Value, WorkError, args, statements},
    edge,
    ids::{AccountId, Jurisdiction, Malformed, OrgId, PlaceCode, SeatId},
    limits,
    words::words,
};

words! {
    /// What a seat is there for.
    Role, "a role":
    /// Works out what a case is, where and whose, and sends it there.
    Dispatcher = "dispatcher",
    /// Takes calls and calls back.
    Desk = "desk",
    /// Rules on returns, checks results, grants more time.
    DeskHead = "desk-head",
    /// Solves cases at a unit.
    Handler = "handler",
    /// Follows what is late or keeps failing.
    Overseer = "overseer",
    /// Sees the whole.
    Leader = "leader",
    /// Keeps accounts, orgs, places and packs.
    AdminSystem = "admin-system",
    /// Grants seats.
    AdminSecurity = "admin-security",
    /// Checks who saw and changed what.
    AdminAudit = "admin-audit",
}

impl Role {
    /// Whether it does the work of its org's own steps.
    pub fn handles(self) -> bool {
        self == Self::Handler
    }

    /// Whether it is one of the three administrators.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::AdminSystem | Self::AdminSecurity | Self::AdminAudit)
    }
}

impl FromCell for Role {
    const NAME: &'static str = "a role";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

/// The name that an account signs in with: 2 to 32 of `a-z 0-9 . _ -`; capitals are read as small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Login(String);

impl Login {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let login = text.trim().to_ascii_lowercase();
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        if (2..=32).contains(&login.len()) && login.bytes().all(good) {
            Ok(Self(login))
        } else {
            Err(Malformed { text: text.into(), what: "a login (2 to 32 letters a-z, digits, dots, hyphens)" })
        }
    }
}

impl FromCell for Login {
    const NAME: &'static str = "a login";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

/// Someone of the staff who can sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it signs in with.
    pub login: Login,
    /// The name that colleagues read.
    pub name: String,
    /// Whether it was shut.
    pub disabled: bool,
    /// Whether somebody else has seen its password, so that it has to be changed first.
    pub must_change: bool,
}

/// A role at an org over a place, from a time to a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Its id.
    pub id: SeatId,
    /// Who sits on it.
    pub account: AccountId,
    /// Where it belongs.
    pub org: OrgId,
    /// What it is there for.
    pub role: Role,
    /// It reaches what lies within this place.
    pub place: PlaceCode,
    /// From this time on.
    pub from: Millis,
    /// Until just before this time.
    pub until: Option<Millis>,
    /// Whose seat it really is, where the one who sits on it covers for them.
    pub cover: Option<AccountId>,
}

/// Why an account or a seat was not made.
#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    /// The login is in use.
    #[error("the login `{0}` is taken; choose another")]
    Taken(String),
    /// The name is empty or too long.
    #[error("a name has 1 to {} characters", limits::NAME_CHARS)]
    Name,
    /// There is no such account, or it was shut.
    #[error("there is no such account, or it was disabled")]
    NoAccount,
    /// The account holds another administrator's seat in this time.
    #[error("this account is {0} already, and one administrator never does another's work; end that seat first")]
    Separated(Role),
    /// One person alone does not do this.
    #[error(
        "an administrator's seat, and the password and second factor of whoever holds a seat, change only when a second person confirms it"
    )]
    Alone,
    /// The proposal is theirs, or about them.
    #[error("somebody else has to confirm this: neither who proposed it nor whom it is about")]
    Involved,
    /// It was decided, or lapsed.
    #[error("this proposal was decided already, or it lapsed")]
    Decided,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl WorkError for SeatError {
    fn db(&self) -> Option<&DbError> {
        if let Self::Db(e) = self { Some(e) } else { None }
    }
}

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("a password has at least {} characters", limits::PASSWORD_CHARS)]
    Short,
    /// Guessed first of all.
    #[error("the password is the login; choose another")]
    IsLogin,
    /// The hash could not be computed.
    #[error("the password could not be hashed (is there memory left?)")]
    Hash,
}

/// A password as it is stored: salted argon2id. Only [`hash_password`] makes one, so no plain password can be stored.
#[derive(Clone)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    /// No password has this hash: checking against it costs what checking a real one costs.
    pub(crate) fn nobody() -> Self {
        Self(
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                .to_owned(),
        )
    }
}

impl FromCell for PasswordHash {
    const NAME: &'static str = "a password hash";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        String::from_cell(cell).map(Self)
    }
}

/// Hashes a password with the library's defaults, argon2id of 19 MiB and 2 passes (the OWASP cheat sheet's first
/// choice). Slow by design: run it where blocking is allowed, never inside a transaction.
///
/// # Errors
/// When the password breaks a rule.
pub fn hash_password(login: &Login, password: &str) -> Result<PasswordHash, PasswordError> {
    if password.chars().count() < limits::PASSWORD_CHARS {
        return Err(PasswordError::Short);
    }
    if password.trim().eq_ignore_ascii_case(login.as_str()) {
        return Err(PasswordError::IsLogin);
    }
    let salt = &edge::secret()[..16];
    let hash: Result<phc::PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| PasswordHash(hash.to_string())).map_err(|_| PasswordError::Hash)
}

/// Whether the password is the one that was hashed. As slow as [`hash_password`].
pub fn verify_password(hash: &PasswordHash, password: &str) -> bool {
    phc::PasswordHash::new(&hash.0)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

statements! {
    ACCOUNTS = "SELECT id, login, name, disabled_at IS NOT NULL, first_at IS NOT NULL FROM account WHERE jurisdiction = $1";
    ADD_ACCOUNT = "INSERT INTO account (jurisdiction, id, login, name, password, wrong) VALUES ($1, $2, $3, $4, $5, 0)";
    DISABLE = "UPDATE account SET disabled_at = COALESCE(disabled_at, $3) WHERE jurisdiction = $1 AND id = $2";
    // Changes nothing, but makes grants to one account wait for each other.
    HOLD = "UPDATE account SET wrong = wrong WHERE jurisdiction = $1 AND id = $2 AND disabled_at IS NULL";
    HELD_ROLES = "SELECT role FROM seat WHERE jurisdiction = $1 AND account = $2
        AND (until_at IS NULL OR until_at > $3) AND from_at < $4";
    ADD_SEAT = "INSERT INTO seat (jurisdiction, id, account, org, role, place, from_at, until_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END_SEAT = "UPDATE seat SET until_at = $3 WHERE jurisdiction = $1 AND id = $2
        AND (until_at IS NULL OR until_at > $3)";
    HOLDER = "SELECT account FROM seat WHERE jurisdiction = $1 AND id = $2";
    // A cover holds as long as the seat that it stands for does. Own seats come first.
    CURRENT_SEATS = "SELECT s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at, c.holder FROM seat s
        LEFT JOIN cover c ON c.jurisdiction = s.jurisdiction AND c.seat = s.id
        LEFT JOIN seat h ON h.jurisdiction = c.jurisdiction AND h.id = c.held
        WHERE s.jurisdiction = $1 AND s.account = $2 AND s.from_at <= $3 AND (s.until_at IS NULL OR s.until_at > $3)
        AND (c.seat IS NULL OR h.from_at <= $3 AND (h.until_at IS NULL OR h.until_at > $3))
        ORDER BY CASE WHEN c.seat IS NULL THEN 0 ELSE 1 END, s.from_at, s.id";
}

/// Opens an account.
///
/// # Errors
/// When the login is taken or the name is empty or too long.
pub fn create_account(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    id: AccountId,
    login: &Login,
    name: &str,
    password: &PasswordHash,
) -> Result<(), SeatError> {
    let name = name.trim();
    if !(1..=limits::NAME_CHARS).contains(&name.chars().count()) {
        return Err(SeatError::Name);
    }
    match tx.exec(&ADD_ACCOUNT, &args![home, id, login.as_str(), name, &password.0]) {
        Err(DbError::Duplicate { .. }) => Err(SeatError::Taken(login.0.clone())),
        other => Ok(other.map(drop)?),
    }
}

/// A page of accounts by login, those after `after`.
pub fn accounts(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    after: Option<&Login>,
    limit: usize,
) -> Result<Vec<Account>, DbError> {
    let mut page = Filter::of(&ACCOUNTS, args![home]);
    if let Some(after) = after {
        page.and("login > $$", args![after.as_str()]);
    }
    page.tail("ORDER BY login", limit);
    tx.list(&page)?.into_iter().map(|mut row| account(&mut row)).collect()
}

/// Reads an account from `id, login, name, disabled, must_change`.
pub(crate) fn account(row: &mut Row) -> Result<Account, DbError> {
    let (id, login, name) = (row.take()?, row.take()?, row.take()?);
    Ok(Account { id, login, name, disabled: row.take()?, must_change: row.take()? })
}

/// Shuts an account for good: it cannot sign in, and its sessions are over at once. Its seats stay for the record.
pub fn disable(tx: &mut Tx<'_>, home: Jurisdiction, id: AccountId, now: Millis) -> Result<(), SeatError> {
    match tx.exec(&DISABLE, &args![home, id, now])? {
        0 => Err(SeatError::NoAccount),
        _ => Ok(()),
    }
}

/// Grants a seat. That its org and place exist is for the caller to see to, who holds the directory.
///
/// # Errors
/// When the account is missing or shut, or would hold the seats of two administrators at once (separation of duties,
/// GB/T 22239-2019).
pub fn grant_seat(tx: &mut Tx<'_>, home: Jurisdiction, seat: &Seat) -> Result<(), SeatError> {
    may_hold(tx, home, seat)?;
    let Seat { id, account, org, role, place, from, until, .. } = seat;
    Ok(tx.put(&ADD_SEAT, args![home, *id, *account, org, role.as_str(), place, *from, *until])?)
}

/// Whether an account may be given a seat; grants to one account wait for each other from here on.
pub(crate) fn may_hold(tx: &mut Tx<'_>, home: Jurisdiction, seat: &Seat) -> Result<(), SeatError> {
    if tx.exec(&HOLD, &args![home, seat.account])? == 0 {
        return Err(SeatError::NoAccount);
    }
    if seat.role.is_admin() {
        let until = seat.until.unwrap_or(Millis(i64::MAX));
        for mut row in tx.query(&HELD_ROLES, &args![home, seat.account, seat.from, until])? {
            let held: Role = row.take()?;
            if held.is_admin() && held != seat.role {
                return Err(SeatError::Separated(held));
            }
        }
    }
    Ok(())
}

/// Ends a seat; an end only ever moves to an earlier time. False when it had ended by then, or never was.
pub fn end_seat(tx: &mut Tx<'_>, home: Jurisdiction, id: SeatId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&END_SEAT, &args![home, id, now])? == 1)
}

/// The seats that an account holds now.
pub fn seats_of(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId, now: Millis) -> Result<Vec<Seat>, DbError> {
    tx.query(&CURRENT_SEATS, &args![home, account, now])?.into_iter().map(seat).collect()
}

/// Who sits or sat on a seat.
pub(crate) fn holder(tx: &mut Tx<'_>, home: Jurisdiction, seat: SeatId) -> Result<Option<AccountId>, DbError> {
    tx.first(&HOLDER, &args![home, seat])?.map(|mut row| row.take()).transpose()
}

fn seat(mut row: Row) -> Result<Seat, DbError> {
    Ok(Seat {
        id: row.take()?,
        account: row.take()?,
        org: row.take()?,
        role: row.take()?,
        place: row.take()?,
        from: row.take()?,
        until: row.take()?,
        cover: row.take()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An unknown login must cost as much work as a known one.
    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let real = hash_password(&"somebody".parse().unwrap(), "a long enough one").unwrap();
        let cost = |hash: &PasswordHash| {
            let hash = phc::PasswordHash::new(&hash.0).unwrap();
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), hash.hash.unwrap().len())
        };
        assert_eq!(cost(&real), cost(&PasswordHash::nobody()));
    }
}
