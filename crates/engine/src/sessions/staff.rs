//! Staff sign in: a password, and a passkey or a code where the second factor is on. Wrong ones are counted before they are looked at,
//! and after some of them nothing is tried for a while, a right one neither; a login that is no account is counted and
//! locked like one that is.

use linli_worktime::Millis;

use super::{
    Origin, Token, Who,
    factor::{self, Proof},
    passkeys::{self, Waits, Worth},
    start,
};
use crate::{
    db::{DbError, Tx, args, statements},
    ids::{AccountId, Jurisdiction},
    limits,
    passkey::Challenge,
    seats::{self, Login, PasswordHash},
    security::{self, Happened},
    tries::{self, Mark, Tried, Try},
    vault::VaultKey,
};

statements! {
    CANDIDATE = "SELECT id, password FROM account WHERE jurisdiction = $1 AND login = $2";
    STANDING = "SELECT disabled_at IS NOT NULL, first_at FROM account WHERE jurisdiction = $1 AND id = $2";
    ADD_HALF = "INSERT INTO half_sign_in (jurisdiction, token, account, ends_at) VALUES ($1, $2, $3, $4)";
    HALF = "SELECT account FROM half_sign_in WHERE jurisdiction = $1 AND token = $2 AND ends_at > $3";
    END_HALF = "DELETE FROM half_sign_in WHERE jurisdiction = $1 AND token = $2";
}

/// Who may be signing in. An unknown login gives one too, which costs the same work and never succeeds.
#[derive(Clone, Debug)]
pub struct Candidate {
    account: Option<AccountId>,
    who: Mark,
    hash: PasswordHash,
}

/// A candidate whose password was checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    account: Option<AccountId>,
    who: Mark,
    good: bool,
}

impl Candidate {
    /// Checks the password: slow, so where blocking is allowed and outside of any transaction.
    pub fn check(&self, password: &str) -> Checked {
        Checked { account: self.account, who: self.who, good: seats::verify_password(&self.hash, password) }
    }
}

/// What a right password opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Opened {
    /// A session: the text of its cookie.
    Session(String),
    /// The way to the code: the text of the cookie that leads there, for [`limits::HALF_SIGN_IN_MS`].
    Half(String),
}

/// Why somebody of the staff was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The login or the password is wrong; which of them is not said.
    #[error("the login or the password is wrong")]
    Wrong,
    /// The code or the passkey is wrong, or was used already.
    #[error("the code or the passkey is wrong or was used already; try another")]
    WrongCode,
    /// The password was given too long ago, or the sign-in is over already.
    #[error("the code came too late; begin again with the password")]
    Gone,
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

/// What the tries of an account are counted under.
pub(crate) fn mark(account: AccountId) -> Mark {
    let mut mark = Mark::default();
    mark[..16].copy_from_slice(&account.0);
    mark
}

/// The first half of signing in: fetches what the password is checked against.
///
/// # Errors
/// When the database fails.
pub fn begin_sign_in(tx: &mut Tx<'_>, home: Jurisdiction, key: &VaultKey, login: &str) -> Result<Candidate, DbError> {
    let row = match login.parse::<Login>() {
        Ok(login) => tx.first(&CANDIDATE, &args![home, login.as_str()])?,
        Err(_) => None,
    };
    if let Some(mut row) = row {
        let account: AccountId = row.take()?;
        return Ok(Candidate { account: Some(account), who: mark(account), hash: row.take()? });
    }
    // Some type a password where the login goes: it stands nowhere, not even as a digest that could be guessed at.
    let who = key.mac(b"login", login.trim().to_ascii_lowercase().as_bytes());
    Ok(Candidate { account: None, who, hash: PasswordHash::nobody() })
}

/// The second half: counts the try, then answers it.
///
/// # Errors
/// When the database fails.
pub fn finish_sign_in(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    checked: Checked,
    origin: &Origin,
    now: Millis,
    token: &Token,
) -> Result<Result<Opened, SignInError>, DbError> {
    let (account, tried) = match password(tx, home, checked, origin, now)? {
        Ok(both) => both,
        Err(error) => return Ok(Err(error)),
    };
    let half = factor::is_on(tx, home, account)?;
    if half {
        tried.half_right(tx)?
    } else {
        tried.right(tx)?
    }
    if let Err(error) = standing(tx, home, account, now)? {
        return Ok(Err(error));
    }
    if half {
        tx.put(&ADD_HALF, args![home, token.digest(), account, now.plus(limits::HALF_SIGN_IN_MS)])?;
        return Ok(Ok(Opened::Half(token.cookie(home))));
    }
    Ok(Ok(Opened::Session(open(tx, home, account, origin, now, token)?)))
}

/// Checks the password of somebody who is signed in; a wrong one counts like any other.
///
/// # Errors
/// When the database fails.
pub fn check_again(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    checked: Checked,
    origin: &Origin,
    now: Millis,
) -> Result<Result<(), SignInError>, DbError> {
    match password(tx, home, checked, origin, now)? {
        Ok((_, tried)) => tried.half_right(tx).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// By what a sign-in that waits can be finished, beside a recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// By the code that an app shows.
    pub codes: bool,
    /// By a passkey.
    pub passkeys: bool,
}

fn waiting(tx: &mut Tx<'_>, home: Jurisdiction, half: &Token, now: Millis) -> Result<Option<AccountId>, DbError> {
    tx.first(&HALF, &args![home, half.digest(), now])?.map(|mut row| row.take()).transpose()
}

/// The ways of the sign-in that waits behind this cookie, if one does.
///
/// # Errors
/// When the database fails.
pub fn ways(tx: &mut Tx<'_>, home: Jurisdiction, half: &str, now: Millis) -> Result<Option<Ways>, DbError> {
    let Some((_, half)) = Token::parse(half) else { return Ok(None) };
    let Some(account) = waiting(tx, home, &half, now)? else { return Ok(None) };
    let (codes, passkeys) = (factor::has_codes(tx, home, account)?, passkeys::any(tx, home, account)?);
    Ok(Some(Ways { codes, passkeys }))
}

/// Asks for a passkey in a sign-in that waits; the ones that would do. None where nobody waits or has one.
///
/// # Errors
/// When the database fails.
pub fn ask_half(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    half: &str,
    challenge: Challenge,
    now: Millis,
) -> Result<Option<Vec<Vec<u8>>>, DbError> {
    let Some((_, half)) = Token::parse(half) else { return Ok(None) };
    let Some(account) = waiting(tx, home, &half, now)? else { return Ok(None) };
    let known = passkeys::known(tx, home, account)?;
    let asked = !known.is_empty() && passkeys::ask(tx, home, Waits::Half(&half), challenge, now)?;
    Ok(asked.then_some(known))
}

/// The last part, where the second factor is on: it is shown, once, within a few minutes of the password.
///
/// # Errors
/// When the database fails.
#[allow(clippy::too_many_arguments, reason = "each is another thing, and there is one caller")]
pub fn finish_half(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    half: &str,
    proof: Proof<'_>,
    origin: &Origin,
    now: Millis,
    token: &Token,
) -> Result<Result<String, SignInError>, DbError> {
    let Some((_, half)) = Token::parse(half) else { return Ok(Err(SignInError::Gone)) };
    let Some(account) = waiting(tx, home, &half, now)? else { return Ok(Err(SignInError::Gone)) };
    let challenge = match proof {
        Proof::Passkey(..) => passkeys::take(tx, home, Waits::Half(&half), now)?,
        Proof::Code(_) | Proof::Recovery(_) => None,
    };
    if let Err(error) = prove(tx, home, key, account, (proof, challenge), origin, now)? {
        if matches!(error, SignInError::Locked { .. }) {
            tx.send(&END_HALF, args![home, half.digest()])?;
        }
        return Ok(Err(error));
    }
    if tx.exec(&END_HALF, &args![home, half.digest()])? == 0 {
        return Ok(Err(SignInError::Gone));
    }
    if let Err(error) = standing(tx, home, account, now)? {
        return Ok(Err(error));
    }
    Ok(Ok(open(tx, home, account, origin, now, token)?))
}

/// Looks at what is shown as the second factor of an account; what is wrong counts like a wrong password.
pub(super) fn prove(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    key: &VaultKey,
    account: AccountId,
    (proof, challenge): (Proof<'_>, Option<Challenge>),
    origin: &Origin,
    now: Millis,
) -> Result<Result<(), SignInError>, DbError> {
    let tried = match begin(tx, home, mark(account), origin, now)? {
        Ok(tried) => tried,
        Err(until) => return Ok(Err(SignInError::Locked { until })),
    };
    let worth = factor::accept(tx, home, key, account, (proof, challenge), now)?;
    if worth == Worth::Good {
        if matches!(proof, Proof::Recovery(_)) {
            security::note(tx, home, Happened::RecoveryUsed, Some(account), &origin.network, now)?;
        }
        return tried.right(tx).map(Ok);
    }
    let failed = match (worth, proof) {
        (Worth::Copied, _) => Happened::PasskeyCopied,
        (_, Proof::Passkey(..)) => Happened::PasskeyFailed,
        _ => Happened::CodeFailed,
    };
    let until = wrong(tx, home, tried, (failed, Some(account)), origin, now)?;
    Ok(Err(until.map_or(SignInError::WrongCode, |until| SignInError::Locked { until })))
}

/// Counts a password and looks at it.
fn password(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    checked: Checked,
    origin: &Origin,
    now: Millis,
) -> Result<Result<(AccountId, Try), SignInError>, DbError> {
    let tried = match begin(tx, home, checked.who, origin, now)? {
        Ok(tried) => tried,
        Err(until) => return Ok(Err(SignInError::Locked { until })),
    };
    if let Some(account) = checked.account.filter(|_| checked.good) {
        return Ok(Ok((account, tried)));
    }
    let until = wrong(tx, home, tried, (Happened::SignInFailed, checked.account), origin, now)?;
    Ok(Err(until.map_or(SignInError::Wrong, |until| SignInError::Locked { until })))
}

/// Counts a try, unless nothing is tried now by this account or from this address: until when.
fn begin(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    who: Mark,
    origin: &Origin,
    now: Millis,
) -> Result<Result<Try, Millis>, DbError> {
    if let Some(until) = full(tx, home, origin, now)? {
        return Ok(Err(until));
    }
    tries::begin(tx, home, who, now)
}

fn full(tx: &mut Tx<'_>, home: Jurisdiction, origin: &Origin, now: Millis) -> Result<Option<Millis>, DbError> {
    let Some(address) = &origin.address else { return Ok(None) };
    tries::full(tx, home, Tried::SignInFrom, address, limits::WRONG_FROM_ADDRESS, now)
}

/// Writes down a wrong try, of an account and from an address: until when nothing is tried, if there is a wait.
fn wrong(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    tried: Try,
    (what, account): (Happened, Option<AccountId>),
    origin: &Origin,
    now: Millis,
) -> Result<Option<Millis>, DbError> {
    let network = origin.network.as_str();
    security::note(tx, home, what, account, network, now)?;
    if let Some(address) = &origin.address {
        tries::count(tx, home, Tried::SignInFrom, address, limits::WRONG_FROM_ADDRESS, now)?;
        if full(tx, home, origin, now)?.is_some() {
            security::note(tx, home, Happened::Locked, None, network, now)?;
        }
    }
    let until = tried.wrong(tx, now)?;
    if until.is_some() {
        security::note(tx, home, Happened::Locked, account, network, now)?;
    }
    Ok(until)
}

/// Whether an account may come in at all.
fn standing(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    now: Millis,
) -> Result<Result<(), SignInError>, DbError> {
    let Some(mut row) = tx.first(&STANDING, &args![home, account])? else { return Ok(Err(SignInError::Wrong)) };
    let (disabled, first): (bool, Option<Millis>) = (row.take()?, row.take()?);
    if disabled {
        return Ok(Err(SignInError::Disabled));
    }
    if first.is_some_and(|first| now.0.saturating_sub(first.0) > limits::FIRST_PASSWORD_MS) {
        return Ok(Err(SignInError::FirstTooOld));
    }
    let seated = !seats::seats_of(tx, home, account, now)?.is_empty();
    Ok(if seated { Ok(()) } else { Err(SignInError::NoSeat) })
}

fn open(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    origin: &Origin,
    now: Millis,
    token: &Token,
) -> Result<String, DbError> {
    security::note(tx, home, Happened::SignedIn, Some(account), &origin.network, now)?;
    start(tx, home, token, Who::Staff(account), origin, now)
}
