//! One-time codes of residents: few for a telephone, a device, an address; taken once, in time, with few wrong tries.

use linli_worktime::Millis;

use super::Origin;
use crate::{
    db::{DbError, Tx, args, statements},
    digest,
    ids::Jurisdiction,
    limits,
    tries::{self, Tried},
    vault::PhoneKey,
};

statements! {
    PUT_CODE = "INSERT INTO login_code (jurisdiction, phone_key, code, made_at, ends_at, wrong)
        VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (jurisdiction, phone_key) DO UPDATE
        SET code = excluded.code, made_at = excluded.made_at, ends_at = excluded.ends_at, wrong = 0
        WHERE login_code.made_at <= $6";
    CODE = "SELECT made_at, ends_at, wrong FROM login_code WHERE jurisdiction = $1 AND phone_key = $2";
    TRY_CODE = "UPDATE login_code SET wrong = wrong + 1 WHERE jurisdiction = $1 AND phone_key = $2
        AND ends_at > $3 AND wrong < $4";
    USE_CODE = "DELETE FROM login_code WHERE jurisdiction = $1 AND phone_key = $2 AND code = $3";
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
    /// Too many were asked for, or guessed at.
    #[error("too many one-time codes; wait until {} (milliseconds since 1970) and try again", until.0)]
    TooMany {
        /// Until just before this time.
        until: Millis,
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
///
/// # Errors
/// When the database fails.
pub fn request_code(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    phone: &PhoneKey,
    code: &str,
    origin: &Origin,
    now: Millis,
) -> Result<Result<(), CodeError>, DbError> {
    let (ends, latest) = (now.plus(limits::CODE_MS), now.plus(-limits::CODE_EVERY_MS));
    // Whoever presses twice has asked once.
    if let Some(wait_ms) = too_soon(tx, home, phone, latest)? {
        return Ok(Err(CodeError::TooSoon { wait_ms }));
    }
    if let Some(until) = too_many(tx, home, phone, origin, now)? {
        return Ok(Err(CodeError::TooMany { until }));
    }
    if tx.exec(&PUT_CODE, &args![home, phone, code_digest(phone, code), now, ends, latest])? == 1 {
        return Ok(Ok(()));
    }
    let wait_ms = too_soon(tx, home, phone, latest)?.unwrap_or_default();
    Ok(Err(CodeError::TooSoon { wait_ms }))
}

/// How long until the next code for a phone, where the last one is too young.
fn too_soon(tx: &mut Tx<'_>, home: Jurisdiction, phone: &PhoneKey, latest: Millis) -> Result<Option<u64>, DbError> {
    let made = tx.first(&CODE, &args![home, phone])?.map(|mut row| row.take::<Millis>()).transpose()?;
    let wait = made.map_or(0, |made| made.0.saturating_sub(latest.0));
    Ok((wait > 0).then(|| wait.cast_unsigned()))
}

/// Counts a code for whom, from where and by what it is asked for; when to come back, where one of them is full.
fn too_many(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    phone: &PhoneKey,
    origin: &Origin,
    now: Millis,
) -> Result<Option<Millis>, DbError> {
    let counted = [
        (Tried::CodeTo, Some(*phone.as_bytes()), limits::CODES_TO_PHONE),
        (Tried::CodeFrom, origin.address, limits::CODES_FROM_ADDRESS),
        (Tried::CodeBy, origin.known, limits::CODES_BY_DEVICE),
    ];
    let mut until = None;
    for (kind, who, most) in counted {
        if let Some(who) = who {
            until = until.max(tries::count(tx, home, kind, &who, most, now)?);
        }
    }
    Ok(until)
}

/// Takes a one-time code: once, in time, and with few wrong tries before it.
///
/// # Errors
/// When the database fails.
pub fn redeem_code(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    phone: &PhoneKey,
    code: &str,
    origin: &Origin,
    now: Millis,
) -> Result<Result<(), CodeError>, DbError> {
    let (guess, most) = (Tried::GuessFrom, limits::GUESSES_FROM_ADDRESS);
    if let Some(address) = &origin.address
        && let Some(until) = tries::full(tx, home, guess, address, most, now)?
    {
        return Ok(Err(CodeError::TooMany { until }));
    }
    let counted = tx.exec(&TRY_CODE, &args![home, phone, now, limits::CODE_TRIES])? == 1;
    if counted && tx.exec(&USE_CODE, &args![home, phone, code_digest(phone, code)])? == 1 {
        return Ok(Ok(()));
    }
    if let Some(address) = &origin.address {
        tries::count(tx, home, guess, address, most, now)?;
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
