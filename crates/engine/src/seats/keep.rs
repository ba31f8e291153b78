//! Changes of accounts and seats, each written into the record of what changed by whom in the same transaction.

use linli_worktime::Millis;
use serde_json::{Value as Json, json};

use super::{Account, Login, PasswordHash, Role, Seat, SeatError, account, create_account, disable, seat, second};
use crate::{
    db::{DbError, Tx, args, statements},
    edge,
    ids::{AccountId, Jurisdiction},
    limits,
    record::{self, Act, By, Deed, What},
    security::{self, Happened},
    sessions::{self, Origin, factor},
    tries,
};

statements! {
    BY_LOGIN = "SELECT id, login, name, disabled_at IS NOT NULL, first_at IS NOT NULL FROM account
        WHERE jurisdiction = $1 AND login = $2";
    SET_FIRST = "UPDATE account SET first_at = $3 WHERE jurisdiction = $1 AND id = $2";
    RENAME = "UPDATE account SET name = $3 WHERE jurisdiction = $1 AND id = $2";
    SET_PASSWORD = "UPDATE account SET password = $3, first_at = $4, wrong = 0, locked_until = NULL
        WHERE jurisdiction = $1 AND id = $2";
    // Seats that are held for somebody away come and go by themselves.
    ALL_SEATS = "SELECT s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at, c.holder FROM seat s
        LEFT JOIN cover c ON c.jurisdiction = s.jurisdiction AND c.seat = s.id
        WHERE s.jurisdiction = $1 AND s.from_at <= $2 AND (s.until_at IS NULL OR s.until_at > $2) AND c.seat IS NULL
        ORDER BY s.id";
    PAST_SEATS = "SELECT s.id, s.account, s.org, s.role, s.place, s.from_at, s.until_at, c.holder FROM seat s
        LEFT JOIN cover c ON c.jurisdiction = s.jurisdiction AND c.seat = s.id
        WHERE s.jurisdiction = $1 AND s.account = $2 AND s.until_at <= $3 ORDER BY s.until_at DESC, s.id DESC";
}

/// Letters and digits of a first password: none that is taken for another.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A password to be told once and changed at the first sign-in: three groups of four, about 59 bits.
pub fn first_password() -> String {
    let mut text = String::new();
    for n in 0..12 {
        if n > 0 && n % 4 == 0 {
            text.push('-');
        }
        let at = usize::try_from(edge::below(LETTERS.len() as u64)).unwrap_or_default();
        text.push(char::from(LETTERS[at]));
    }
    text
}

/// The account that signs in so (index `account_login`).
pub fn by_login(tx: &mut Tx<'_>, home: Jurisdiction, login: &Login) -> Result<Option<Account>, DbError> {
    tx.first(&BY_LOGIN, &args![home, login.as_str()])?.map(|mut row| account(&mut row)).transpose()
}

/// All seats that are held now, without those held for somebody away: as many as people work here.
pub fn seats_now(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Vec<Seat>, DbError> {
    tx.query(&ALL_SEATS, &args![home, now])?.into_iter().map(seat).collect()
}

/// The seats that an account held and holds no longer, the last first (index `seat_account`).
pub fn past_seats(tx: &mut Tx<'_>, home: Jurisdiction, of: AccountId, now: Millis) -> Result<Vec<Seat>, DbError> {
    tx.query(&PAST_SEATS, &args![home, of, now])?.into_iter().map(seat).collect()
}

fn account_json(login: &Login, name: &str, disabled: bool) -> Json {
    json!({ "login": login.as_str(), "name": name, "disabled": disabled })
}

pub(super) fn seat_json(seat: &Seat, login: &str) -> Json {
    json!({ "login": login, "org": seat.org.as_str(), "role": seat.role.as_str(), "place": seat.place.as_str() })
}

fn deed(what: What, subject: &str, act: Act, was: Option<Json>, became: Option<Json>) -> Deed {
    Deed { what, subject: subject.to_owned(), act, was, became }
}

/// Who writes, where and when.
#[derive(Clone, Copy)]
pub struct Pen<'p> {
    /// The deployment's home.
    pub home: Jurisdiction,
    /// Who.
    pub by: &'p By,
    /// When.
    pub now: Millis,
    /// Who proposed what `by` confirms.
    pub proposer: Option<&'p str>,
}

impl<'p> Pen<'p> {
    /// Somebody who writes for themselves.
    pub fn new(home: Jurisdiction, by: &'p By, now: Millis) -> Self {
        Self { home, by, now, proposer: None }
    }
}

impl Pen<'_> {
    /// An administrator could otherwise sit down on another's seat, by a new password or a new account, and see cases:
    /// two have to agree. A command of the program is given by whoever holds the machine, and so the database.
    pub(super) fn confirmed(&self, takes_two: bool) -> Result<(), SeatError> {
        if takes_two && self.by.account().is_some() && self.proposer.is_none() { Err(SeatError::Alone) } else { Ok(()) }
    }

    /// What was proposed by whom, beside what is recorded of it.
    fn with_proposer(&self, facts: Option<Json>) -> Option<Json> {
        let Some(proposer) = self.proposer else { return facts };
        let mut facts = facts.unwrap_or_else(|| json!({}));
        facts["proposed_by"] = json!(proposer);
        Some(facts)
    }

    fn note(&self, tx: &mut Tx<'_>, deed: Deed) -> Result<(), DbError> {
        record::note(tx, self.home, self.by, deed, self.now)
    }

    /// Opens an account with a password that whoever opens it has seen.
    ///
    /// # Errors
    /// As [`create_account`].
    pub fn open(
        &self,
        tx: &mut Tx<'_>,
        id: AccountId,
        login: &Login,
        name: &str,
        password: &PasswordHash,
    ) -> Result<(), SeatError> {
        self.open_lasting(tx, id, login, name, password)?;
        Ok(tx.put(&SET_FIRST, args![self.home, id, self.now])?)
    }

    /// Opens an account with a password that is its owner's own.
    ///
    /// # Errors
    /// As [`create_account`].
    pub fn open_lasting(
        &self,
        tx: &mut Tx<'_>,
        id: AccountId,
        login: &Login,
        name: &str,
        password: &PasswordHash,
    ) -> Result<(), SeatError> {
        create_account(tx, self.home, id, login, name, password)?;
        let became = Some(account_json(login, name.trim(), false));
        Ok(self.note(tx, deed(What::Account, login.as_str(), Act::Added, None, became))?)
    }

    /// Gives an account another name.
    ///
    /// # Errors
    /// When the name is empty or too long.
    pub fn rename(&self, tx: &mut Tx<'_>, old: &Account, name: &str) -> Result<(), SeatError> {
        if !(1..=limits::NAME_CHARS).contains(&name.chars().count()) {
            return Err(SeatError::Name);
        }
        tx.put(&RENAME, args![self.home, old.id, name])?;
        let was = Some(account_json(&old.login, &old.name, old.disabled));
        let became = Some(account_json(&old.login, name, old.disabled));
        Ok(self.note(tx, deed(What::Account, old.login.as_str(), Act::Changed, was, became))?)
    }

    /// Shuts an account; nothing more is recorded of one that is shut.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn shut(&self, tx: &mut Tx<'_>, old: &Account) -> Result<(), SeatError> {
        disable(tx, self.home, old.id, self.now)?;
        if old.disabled {
            return Ok(());
        }
        let was = Some(account_json(&old.login, &old.name, false));
        let became = Some(account_json(&old.login, &old.name, true));
        Ok(self.note(tx, deed(What::Account, old.login.as_str(), Act::Retired, was, became))?)
    }

    /// Gives an account a new first password: its sessions are over, and whoever uses it has to choose their own.
    ///
    /// # Errors
    /// [`SeatError::Alone`] for whoever holds a seat, without a second person.
    pub fn first_password(&self, tx: &mut Tx<'_>, of: &Account, password: &PasswordHash) -> Result<(), SeatError> {
        self.confirmed(second::holds_a_seat(tx, self.home, of.id, self.now)?)?;
        tx.put(&SET_PASSWORD, args![self.home, of.id, &password.0, self.now])?;
        sessions::end_all(tx, self.home, of.id)?;
        tries::forgive(tx, self.home, sessions::mark(of.id))?;
        security::note(tx, self.home, Happened::PasswordGiven, Some(of.id), "", self.now)?;
        let became = self.with_proposer(None);
        Ok(self.note(tx, deed(What::Account, of.login.as_str(), Act::FirstPassword, None, became))?)
    }

    /// Keeps the password that somebody chose for themselves. All their sessions are over.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_password(
        &self,
        tx: &mut Tx<'_>,
        of: &Account,
        password: &PasswordHash,
        origin: &Origin,
    ) -> Result<(), DbError> {
        tx.put(&SET_PASSWORD, args![self.home, of.id, &password.0, None::<Millis>])?;
        sessions::end_all(tx, self.home, of.id)?;
        security::note(tx, self.home, Happened::PasswordChanged, Some(of.id), &origin.network, self.now)?;
        self.note(tx, deed(What::Account, of.login.as_str(), Act::OwnPassword, None, None))
    }

    /// Takes the second factor off an account whose owner lost it: their sessions are over. False when there is none.
    ///
    /// # Errors
    /// [`SeatError::Alone`] for whoever holds a seat, without a second person.
    pub fn take_factor(&self, tx: &mut Tx<'_>, of: &Account) -> Result<bool, SeatError> {
        self.confirmed(second::holds_a_seat(tx, self.home, of.id, self.now)?)?;
        if !factor::is_on(tx, self.home, of.id)? {
            return Ok(false);
        }
        factor::remove(tx, self.home, of.id)?;
        sessions::end_all(tx, self.home, of.id)?;
        security::note(tx, self.home, Happened::FactorTaken, Some(of.id), "", self.now)?;
        let became = self.with_proposer(None);
        self.note(tx, deed(What::Account, of.login.as_str(), Act::FactorTaken, None, became))?;
        Ok(true)
    }

    /// Grants a seat to an account.
    ///
    /// # Errors
    /// As [`super::grant_seat`]; [`SeatError::Alone`] for an administrator's seat, without a second person.
    pub fn grant(&self, tx: &mut Tx<'_>, to: &Account, seat: &Seat) -> Result<(), SeatError> {
        self.confirmed(seat.role.is_admin())?;
        super::grant_seat(tx, self.home, seat)?;
        let became = self.with_proposer(Some(seat_json(seat, to.login.as_str())));
        Ok(self.note(tx, deed(What::Seat, &seat.id.to_string(), Act::Added, None, became))?)
    }

    /// Ends a seat; false when it had ended.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end(&self, tx: &mut Tx<'_>, of: &Account, seat: &Seat) -> Result<bool, DbError> {
        if !super::end_seat(tx, self.home, seat.id, self.now)? {
            return Ok(false);
        }
        let was = Some(seat_json(seat, of.login.as_str()));
        self.note(tx, deed(What::Seat, &seat.id.to_string(), Act::Ended, was, None))?;
        Ok(true)
    }
}

/// The roles that somebody holds now.
///
/// # Errors
/// When the database fails.
pub fn roles_held(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Vec<Role>, DbError> {
    let mut roles: Vec<Role> = seats_now(tx, home, now)?.iter().map(|seat| seat.role).collect();
    roles.sort();
    roles.dedup();
    Ok(roles)
}
