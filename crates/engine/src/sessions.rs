//! Signing in: passwords of staff with their lock-out, one-time codes of residents, and the sessions that follow. A
//! refusal (`SignInError`, `CodeError`) comes back inside `Ok`: the transaction that counted the wrong try must commit.

use std::fmt::{self, Write as _};

use linli_worktime::Millis;

use crate::{
    db::{DbError, Tx, args, statements},
    digest,
    ids::{AccountId, Jurisdiction, PersonId},
    limits,
    seats::{self, Account, Login, PasswordHash, Seat},
    vault::PhoneKey,
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
        let hex: &[u8; 64] = hex.as_bytes().try_into().ok()?;
        let mut token = [0; 32];
        for (byte, pair) in token.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
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

/// The one spelling of a digit: capitals would make a second cookie for the same session.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
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
    },
    /// Of a resident.
    Resident {
        /// Who.
        person: PersonId,
    },
}

statements! {
    START = "INSERT INTO session (jurisdiction, token, account, person, made_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT s.person, a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL
        FROM session s LEFT JOIN account a ON a.jurisdiction = s.jurisdiction AND a.id = s.account
        WHERE s.jurisdiction = $1 AND s.token = $2 AND s.ends_at > $3";
    ROTATE = "UPDATE session SET token = $3 WHERE jurisdiction = $1 AND token = $2 AND ends_at > $4";
    END = "DELETE FROM session WHERE jurisdiction = $1 AND token = $2";
    // Along session_account.
    OF_ACCOUNT = "SELECT token, made_at, ends_at FROM session WHERE jurisdiction = $1 AND account = $2 AND ends_at > $3
        ORDER BY made_at DESC, token LIMIT 50";
    END_ONE = "DELETE FROM session WHERE jurisdiction = $1 AND account = $2 AND token = $3";
    END_ALL = "DELETE FROM session WHERE jurisdiction = $1 AND account = $2";
    SWEEP = "DELETE FROM session WHERE jurisdiction = $1 AND ends_at <= $2";
    SWEEP_CODES = "DELETE FROM login_code WHERE jurisdiction = $1 AND ends_at <= $2";

    CANDIDATE = "SELECT id, password FROM account WHERE jurisdiction = $1 AND login = $2";
    TRY = "UPDATE account SET wrong = wrong + 1 WHERE jurisdiction = $1 AND id = $2
        AND (locked_until IS NULL OR locked_until <= $3)";
    LOCKED = "SELECT locked_until, disabled_at IS NOT NULL, first_at FROM account WHERE jurisdiction = $1 AND id = $2";
    LOCK = "UPDATE account SET wrong = 0, locked_until = $3 WHERE jurisdiction = $1 AND id = $2 AND wrong >= $4";
    FORGIVE = "UPDATE account SET wrong = 0, locked_until = NULL WHERE jurisdiction = $1 AND id = $2";

    PUT_CODE = "INSERT INTO login_code (jurisdiction, phone_key, code, made_at, ends_at, wrong)
        VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (jurisdiction, phone_key) DO UPDATE
        SET code = excluded.code, made_at = excluded.made_at, ends_at = excluded.ends_at, wrong = 0
        WHERE login_code.made_at <= $6";
    CODE = "SELECT made_at, ends_at, wrong FROM login_code WHERE jurisdiction = $1 AND phone_key = $2";
    TRY_CODE = "UPDATE login_code SET wrong = wrong + 1 WHERE jurisdiction = $1 AND phone_key = $2
        AND ends_at > $3 AND wrong < $4";
    USE_CODE = "DELETE FROM login_code WHERE jurisdiction = $1 AND phone_key = $2 AND code = $3";
}

/// Starts a session; the text of its cookie. Each sign-in draws a new token, so none can be planted beforehand.
pub fn start(tx: &mut Tx<'_>, home: Jurisdiction, token: &Token, who: Who, now: Millis) -> Result<String, DbError> {
    let (account, person, lasts) = match who {
        Who::Staff(account) => (Some(account), None, limits::STAFF_SESSION_MS),
        Who::Resident(person) => (None, Some(person), limits::RESIDENT_SESSION_MS),
    };
    let ends = Millis(now.0.saturating_add(lasts));
    tx.put(&START, args![home, token.digest(), account, person, now, ends])?;
    Ok(token.cookie(home))
}

/// The session of a cookie, if it lives: not past its end, its account not disabled and with a seat to sit on.
pub fn find(tx: &mut Tx<'_>, cookie: &str, now: Millis) -> Result<Option<Session>, DbError> {
    let Some((home, token)) = Token::parse(cookie) else { return Ok(None) };
    let Some(mut row) = tx.first(&FIND, &args![home, token.digest(), now])? else { return Ok(None) };
    if let Some(person) = row.take()? {
        return Ok(Some(Session::Resident { person }));
    }
    let account = seats::account(&mut row)?;
    let seats = seats::seats_of(tx, home, account.id, now)?;
    Ok((!account.disabled && !seats.is_empty()).then_some(Session::Staff { account, seats }))
}

/// Gives a living session a new token and keeps its end; the new cookie. The old one is worth nothing from then on.
pub fn rotate(tx: &mut Tx<'_>, cookie: &str, token: &Token, now: Millis) -> Result<Option<String>, DbError> {
    let Some((home, old)) = Token::parse(cookie) else { return Ok(None) };
    let met = tx.exec(&ROTATE, &args![home, old.digest(), token.digest(), now])?;
    Ok((met == 1).then(|| token.cookie(home)))
}

/// Ends the session of a cookie, if there is one.
pub fn end(tx: &mut Tx<'_>, cookie: &str) -> Result<(), DbError> {
    match Token::parse(cookie) {
        Some((home, token)) => tx.send(&END, args![home, token.digest()]),
        None => Ok(()),
    }
}

/// Ends all sessions of an account.
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
    /// Until when.
    pub ends_at: Millis,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// The living sessions of an account, newest first.
pub fn of_account(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    cookie: &str,
    now: Millis,
) -> Result<Vec<Living>, DbError> {
    let own = Token::parse(cookie).map(|(_, token)| token.digest().to_vec());
    let rows = tx.query(&OF_ACCOUNT, &args![home, account, now])?;
    let living = |mut row: crate::db::Row| {
        let token: Vec<u8> = row.take()?;
        let here = own.as_ref() == Some(&token);
        Ok(Living { id: crate::hex(&token), made_at: row.take()?, ends_at: row.take()?, here })
    };
    rows.into_iter().map(living).collect()
}

/// Ends one session of an account by the id that [`of_account`] gave.
pub fn end_one(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId, id: &str, now: Millis) -> Result<(), DbError> {
    for mut row in tx.query(&OF_ACCOUNT, &args![home, account, now])? {
        let token: Vec<u8> = row.take()?;
        if crate::hex(&token) == id {
            tx.send(&END_ONE, args![home, account, token])?;
        }
    }
    Ok(())
}

/// Removes what is past its end; the number of sessions removed.
pub fn sweep(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<u64, DbError> {
    tx.send(&SWEEP_CODES, args![home, now])?;
    tx.exec(&SWEEP, &args![home, now])
}

/// Who may be signing in. An unknown login gives one too, which costs the same work and never succeeds.
#[derive(Clone, Debug)]
pub struct Candidate {
    account: Option<AccountId>,
    hash: PasswordHash,
}

/// A candidate whose password was checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    account: Option<AccountId>,
    good: bool,
}

impl Candidate {
    /// Checks the password: slow, so where blocking is allowed and outside of any transaction.
    pub fn check(&self, password: &str) -> Checked {
        Checked { account: self.account, good: seats::verify_password(&self.hash, password) }
    }
}

/// Why somebody of the staff was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The login or the password is wrong; which of them is not said.
    #[error("the login or the password is wrong")]
    Wrong,
    /// Too many wrong tries.
    #[error("too many wrong tries; try again later")]
    Locked {
        /// Until just before this time.
        until: Millis,
    },
    /// The account was shut (said only to who knows the password).
    #[error("this account was disabled; ask your system administrator")]
    Disabled,
    /// The account holds no seat now (said only to who knows the password).
    #[error("this account holds no seat; ask your security administrator for one")]
    NoSeat,
    /// The password was a first one and nobody used it in time (said only to who knows it).
    #[error("this first password is too old; ask your system administrator for a new one")]
    FirstTooOld,
}

/// The first half of signing in: fetches what the password is checked against.
pub fn begin_sign_in(tx: &mut Tx<'_>, home: Jurisdiction, login: &str) -> Result<Candidate, DbError> {
    let row = match login.parse::<Login>() {
        Ok(login) => tx.first(&CANDIDATE, &args![home, login.as_str()])?,
        Err(_) => None,
    };
    match row {
        Some(mut row) => Ok(Candidate { account: Some(row.take()?), hash: row.take()? }),
        None => Ok(Candidate { account: None, hash: PasswordHash::nobody() }),
    }
}

/// The second half: counts the try, then answers it. Counting comes first, so that many tries sent at once get no
/// further than as many sent one by one. The text of the new session's cookie.
pub fn finish_sign_in(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    checked: Checked,
    now: Millis,
    token: &Token,
) -> Result<Result<String, SignInError>, DbError> {
    let Some(account) = checked.account else { return Ok(Err(SignInError::Wrong)) };
    let counted = tx.exec(&TRY, &args![home, account, now])? == 1;
    let lock = Millis(now.0.saturating_add(limits::LOCKED_MS));
    if !checked.good && counted {
        let locked = tx.exec(&LOCK, &args![home, account, lock, limits::PASSWORD_TRIES])? == 1;
        return Ok(Err(if locked { SignInError::Locked { until: lock } } else { SignInError::Wrong }));
    }
    let Some(mut row) = tx.first(&LOCKED, &args![home, account])? else { return Ok(Err(SignInError::Wrong)) };
    let (until, disabled, first): (Option<Millis>, bool, Option<Millis>) = (row.take()?, row.take()?, row.take()?);
    if !counted {
        return Ok(Err(until.map_or(SignInError::Wrong, |until| SignInError::Locked { until })));
    }
    tx.put(&FORGIVE, args![home, account])?;
    if disabled {
        return Ok(Err(SignInError::Disabled));
    }
    if first.is_some_and(|first| now.0.saturating_sub(first.0) > limits::FIRST_PASSWORD_MS) {
        return Ok(Err(SignInError::FirstTooOld));
    }
    if seats::seats_of(tx, home, account, now)?.is_empty() {
        return Ok(Err(SignInError::NoSeat));
    }
    start(tx, home, token, Who::Staff(account), now).map(Ok)
}

/// Why a one-time code was not sent or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The last one was asked for just now.
    #[error("a code was sent just now; wait {} seconds and ask again", wait_ms.div_ceil(1000))]
    TooSoon {
        /// How long to wait.
        wait_ms: u64,
    },
    /// Not the code that was sent.
    #[error("this is not the code that was sent; tries left: {left}")]
    Wrong {
        /// Tries left; with none, the code is void.
        left: u32,
    },
    /// Too late.
    #[error("the code has expired; ask for a new one")]
    Expired,
    /// No code was sent to this phone, or it was used or voided.
    #[error("there is no code for this phone; ask for a new one")]
    None,
}

/// Keeps a one-time code for a phone in place of any before it. The caller sends it once this has committed.
pub fn request_code(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    phone: &PhoneKey,
    code: &str,
    now: Millis,
) -> Result<Result<(), CodeError>, DbError> {
    let ends = Millis(now.0.saturating_add(limits::CODE_MS));
    let latest = Millis(now.0.saturating_sub(limits::CODE_EVERY_MS));
    if tx.exec(&PUT_CODE, &args![home, phone, code_digest(phone, code), now, ends, latest])? == 1 {
        return Ok(Ok(()));
    }
    let made = tx.first(&CODE, &args![home, phone])?.map(|mut row| row.take::<Millis>()).transpose()?;
    let wait_ms = made.map_or(0, |made| made.0.saturating_sub(latest.0)).max(0).cast_unsigned();
    Ok(Err(CodeError::TooSoon { wait_ms }))
}

/// Takes a one-time code: once, in time, and with few wrong tries before it.
pub fn redeem_code(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    phone: &PhoneKey,
    code: &str,
    now: Millis,
) -> Result<Result<(), CodeError>, DbError> {
    let counted = tx.exec(&TRY_CODE, &args![home, phone, now, limits::CODE_TRIES])? == 1;
    if counted && tx.exec(&USE_CODE, &args![home, phone, code_digest(phone, code)])? == 1 {
        return Ok(Ok(()));
    }
    let Some(mut row) = tx.first(&CODE, &args![home, phone])? else { return Ok(Err(CodeError::None)) };
    let (_, ends, wrong): (Millis, Millis, u32) = (row.take()?, row.take()?, row.take()?);
    Ok(Err(if counted {
        CodeError::Wrong { left: limits::CODE_TRIES.saturating_sub(wrong) }
    } else if ends <= now {
        CodeError::Expired
    } else {
        CodeError::None
    }))
}

/// Bound to the phone: a row copied to another phone is worth nothing there.
fn code_digest(phone: &PhoneKey, code: &str) -> [u8; 32] {
    digest(&[phone.as_bytes(), code.trim().as_bytes()].concat())
}
