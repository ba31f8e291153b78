//! Signing in: passwords of staff with their lock-out and second factor, one-time codes of residents, and the sessions
//! that follow. A refusal (`SignInError`, `CodeError`) comes back inside `Ok`: the transaction that counted the wrong try
//! must commit.

mod codes;
pub mod factor;
mod own;
pub mod passkeys;
mod staff;

use std::fmt::{self, Write as _};

use linli_worktime::Millis;

pub(crate) use self::{
    codes::STATEMENTS as CODE_STATEMENTS,
    factor::STATEMENTS as FACTOR_STATEMENTS,
    own::STATEMENTS as OWN_STATEMENTS,
    passkeys::STATEMENTS as PASSKEY_STATEMENTS,
    staff::{STATEMENTS as STAFF_STATEMENTS, mark},
};
pub use self::{
    codes::{CodeError, redeem_code, request_code},
    factor::Required,
    staff::{
        Candidate, Checked, Opened, SignInError, Ways, ask_half, begin_sign_in, check_again, finish_half,
        finish_sign_in, ways,
    },
};
use crate::{
    db::{DbError, Row, Tx, args, statements},
    digest,
    ids::{AccountId, Jurisdiction, PersonId},
    limits,
    seats::{self, Account, Seat},
    security,
    tries::Mark,
    vault,
};

/// What a cookie holds: 256 random bits. The database keeps their digest, so who reads it cannot sign in.
pub struct Token([u8; 32]);

impl Token {
    /// From a secret drawn at the edge.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The text of the cookie: `<home, 9 digits>.<64 hexadecimal digits>`.
    pub fn cookie(&self, home: Jurisdiction) -> String {
        let mut text = format!("{home}.");
        for byte in self.0 {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    fn parse(cookie: &str) -> Option<(Jurisdiction, Self)> {
        let (home, hex) = cookie.split_once('.')?;
        let token = unhex(hex)?;
        let home = home.bytes().all(|b| b.is_ascii_digit()).then(|| home.parse().ok())??;
        Some((home, Self(token)))
    }

    fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// 32 bytes from their hexadecimal digits.
fn unhex(hex: &str) -> Option<[u8; 32]> {
    let hex: &[u8; 64] = hex.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

/// The one spelling of a digit: capitals would make a second cookie for the same session.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Where a request comes from, as far as it is kept.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The browser and the system, in a word each; empty where that is not known.
    pub device: String,
    /// The coarse part of the address; empty where that is not known.
    pub network: String,
    /// What its tries are counted under: a digest of the address.
    pub address: Option<Mark>,
    /// A digest of what the device was given to be known by.
    pub known: Option<Mark>,
}

/// Whose session to start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// Of staff.
    Staff(AccountId),
    /// Of a resident.
    Resident(PersonId),
}

/// A living session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Session {
    /// Of staff, with the seats they hold now: at least one.
    Staff {
        /// Who.
        account: Account,
        /// Their current seats.
        seats: Vec<Seat>,
        /// Whether their second factor is on.
        factor: bool,
        /// Who needs one, where the office has said so.
        required: Option<Required>,
    },
    /// Of a resident.
    Resident {
        /// Who.
        person: PersonId,
    },
}

statements! {
    START = "INSERT INTO session (jurisdiction, token, account, person, made_at, ends_at, seen_at, device, network)
        VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8)";
    FIND = "SELECT s.seen_at, s.person, a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL,
        f.on_at IS NOT NULL OR EXISTS (SELECT 1 FROM passkey p
            WHERE p.jurisdiction = s.jurisdiction AND p.account = s.account), w.value FROM session s
        LEFT JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        LEFT JOIN second_factor f ON f.jurisdiction = s.jurisdiction AND f.account = s.account
        LEFT JOIN setting w ON w.jurisdiction = s.jurisdiction AND w.name = 'second-factor'
        WHERE s.jurisdiction = $1 AND s.token = $2 AND s.ends_at > $3
        AND (s.account IS NOT NULL AND s.seen_at > $4 OR s.account IS NULL AND s.seen_at > $5)";
    SEEN = "UPDATE session SET seen_at = $3 WHERE jurisdiction = $1 AND token = $2 AND seen_at < $3";
    ROTATE = "UPDATE session SET token = $3 WHERE jurisdiction = $1 AND token = $2 AND ends_at > $4";
    END = "DELETE FROM session WHERE jurisdiction = $1 AND token = $2";
    WHOSE = "SELECT account, network FROM session WHERE jurisdiction = $1 AND token = $2";
    // Along session_account and session_person.
    OF_ACCOUNT = "SELECT token, made_at, seen_at, device, network FROM session
        WHERE jurisdiction = $1 AND account = $2 AND ends_at > $3 AND seen_at > $4 ORDER BY seen_at DESC, token LIMIT $5";
    OF_PERSON = "SELECT token, made_at, seen_at, device, network FROM session
        WHERE jurisdiction = $1 AND person = $2 AND ends_at > $3 AND seen_at > $4 ORDER BY seen_at DESC, token LIMIT $5";
    END_ALL = "DELETE FROM session WHERE jurisdiction = $1 AND account = $2";
    END_OTHERS = "DELETE FROM session WHERE jurisdiction = $1 AND account = $2 AND token <> $3";
    END_OTHERS_OF_PERSON = "DELETE FROM session WHERE jurisdiction = $1 AND person = $2 AND token <> $3";
}

/// Starts a session; the text of its cookie. Each sign-in draws a new token, so none can be planted beforehand.
///
/// # Errors
/// When the database fails.
pub fn start(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    token: &Token,
    who: Who,
    origin: &Origin,
    now: Millis,
) -> Result<String, DbError> {
    let (account, person, lasts) = match who {
        Who::Staff(account) => (Some(account), None, limits::STAFF_SESSION_MS),
        Who::Resident(person) => (None, Some(person), limits::RESIDENT_SESSION_MS),
    };
    if let Some(person) = person {
        vault::used(tx, home, person, now)?;
    }
    let ends = now.plus(lasts);
    tx.put(&START, args![home, token.digest(), account, person, now, ends, &origin.device, &origin.network])?;
    Ok(token.cookie(home))
}

/// The session of a cookie, if it lives: not past its end, used lately, its account not disabled and with a seat to sit on.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut Tx<'_>, cookie: &str, now: Millis) -> Result<Option<Session>, DbError> {
    Ok(look(tx, cookie, now)?.map(|(session, _)| session))
}

/// The same, and whether it is time to note that it is in use (by [`seen`]).
///
/// # Errors
/// When the database fails.
pub fn look(tx: &mut Tx<'_>, cookie: &str, now: Millis) -> Result<Option<(Session, bool)>, DbError> {
    let Some((home, token)) = Token::parse(cookie) else { return Ok(None) };
    let (staff, resident) = (now.plus(-limits::STAFF_IDLE_MS), now.plus(-limits::RESIDENT_IDLE_MS));
    let row = tx.first(&FIND, &args![home, token.digest(), now, staff, resident])?;
    let Some(mut row) = row else { return Ok(None) };
    let stale = row.take::<Millis>()? <= now.plus(-limits::SEEN_EVERY_MS);
    if let Some(person) = row.take()? {
        return Ok(Some((Session::Resident { person }, stale)));
    }
    let (account, factor, required) = (seats::account(&mut row)?, row.take()?, required(&mut row)?);
    let seats = seats::seats_of(tx, home, account.id, now)?;
    let lives = !account.disabled && !seats.is_empty();
    Ok(lives.then_some((Session::Staff { account, seats, factor, required }, stale)))
}

fn required(row: &mut Row) -> Result<Option<Required>, DbError> {
    let word: Option<String> = row.take()?;
    Ok(word.and_then(|word| word.parse().ok()))
}

/// Notes that a session is in use.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx<'_>, cookie: &str, now: Millis) -> Result<(), DbError> {
    match Token::parse(cookie) {
        Some((home, token)) => tx.send(&SEEN, args![home, token.digest(), now]),
        None => Ok(()),
    }
}

/// Gives a living session a new token and keeps its end; the new cookie. The old one is worth nothing from then on.
pub fn rotate(tx: &mut Tx<'_>, cookie: &str, token: &Token, now: Millis) -> Result<Option<String>, DbError> {
    let Some((home, old)) = Token::parse(cookie) else { return Ok(None) };
    let met = tx.exec(&ROTATE, &args![home, old.digest(), token.digest(), now])?;
    Ok((met == 1).then(|| token.cookie(home)))
}

/// Ends the session of a cookie, if there is one.
///
/// # Errors
/// When the database fails.
pub fn end(tx: &mut Tx<'_>, cookie: &str, now: Millis) -> Result<(), DbError> {
    let Some((home, token)) = Token::parse(cookie) else { return Ok(()) };
    let Some(mut row) = tx.first(&WHOSE, &args![home, token.digest()])? else { return Ok(()) };
    let (account, network): (Option<AccountId>, String) = (row.take()?, row.take()?);
    if account.is_some() {
        security::note(tx, home, security::Happened::SignedOut, account, &network, now)?;
    }
    tx.send(&END, args![home, token.digest()])
}

/// Ends all sessions of an account.
///
/// # Errors
/// When the database fails.
pub fn end_all(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    tx.send(&END_ALL, args![home, account])
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Living {
    /// By which it is ended; worth nothing to whoever wants to sign in.
    pub id: String,
    /// Since when.
    pub made_at: Millis,
    /// When it was last used, within [`limits::SEEN_EVERY_MS`].
    pub seen_at: Millis,
    /// The browser and the system.
    pub device: String,
    /// From where, coarsely.
    pub network: String,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// The living sessions of somebody, the one used last first.
///
/// # Errors
/// When the database fails.
pub fn living(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    who: Who,
    cookie: &str,
    now: Millis,
) -> Result<Vec<Living>, DbError> {
    let own = Token::parse(cookie).map(|(_, token)| token.digest().to_vec());
    let rows = match who {
        Who::Staff(account) => {
            let since = now.plus(-limits::STAFF_IDLE_MS);
            tx.query(&OF_ACCOUNT, &args![home, account, now, since, limits::SESSIONS_SHOWN])?
        }
        Who::Resident(person) => {
            let since = now.plus(-limits::RESIDENT_IDLE_MS);
            tx.query(&OF_PERSON, &args![home, person, now, since, limits::SESSIONS_SHOWN])?
        }
    };
    let living = |mut row: Row| {
        let token: Vec<u8> = row.take()?;
        let here = own.as_ref() == Some(&token);
        let (made_at, seen_at, device, network) = (row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Living { id: crate::hex(&token), made_at, seen_at, device, network, here })
    };
    rows.into_iter().map(living).collect()
}

/// Ends one session of somebody by the id that [`living`] gave; false when it is none of theirs.
///
/// # Errors
/// When the database fails.
pub fn end_one(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    who: Who,
    id: &str,
    origin: &Origin,
    now: Millis,
) -> Result<bool, DbError> {
    let found = living(tx, home, who, "", now)?.into_iter().find(|session| session.id == id);
    let Some(token) = found.and_then(|session| unhex(&session.id)) else { return Ok(false) };
    tx.send(&END, args![home, token])?;
    ended(tx, home, who, origin, now)?;
    Ok(true)
}

/// Ends all sessions of somebody but that of the cookie; all, where that is none.
///
/// # Errors
/// When the database fails.
pub fn end_others(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    who: Who,
    cookie: &str,
    origin: &Origin,
    now: Millis,
) -> Result<(), DbError> {
    let own = Token::parse(cookie).map_or([0; 32], |(_, token)| token.digest());
    let count = match who {
        Who::Staff(account) => tx.exec(&END_OTHERS, &args![home, account, own])?,
        Who::Resident(person) => tx.exec(&END_OTHERS_OF_PERSON, &args![home, person, own])?,
    };
    if count > 0 { ended(tx, home, who, origin, now) } else { Ok(()) }
}

fn ended(tx: &mut Tx<'_>, home: Jurisdiction, who: Who, origin: &Origin, now: Millis) -> Result<(), DbError> {
    match who {
        Who::Staff(account) => {
            security::note(tx, home, security::Happened::SessionsEnded, Some(account), &origin.network, now)
        }
        Who::Resident(_) => Ok(()),
    }
}
