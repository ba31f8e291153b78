//! One-time codes of residents: few for a telephone, a device, an address; taken once, in time, with few wrong tries, by the
//! device that asked. Whoever else asks for the same telephone has a code of their own, so a stranger voids nobody's.

use linli_worktime::Millis;

use super::Origin;
use crate::{
    db::{DbError, Tx, args, statements},
    digest,
    ids::Jurisdiction,
    limits,
    tries::{self, Mark, Tried},
    vault::PhoneKey,
};

statements! {
    PUT_CODE = "INSERT INTO login_code (jurisdiction, phone_key, device, code, made_at, ends_at, wrong)
        VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (jurisdiction, phone_key, device) DO UPDATE
        SET code = excluded.code, made_at = excluded.made_at, ends_at = excluded.ends_at, wrong = 0";
    LAST_MADE = "SELECT made_at FROM login_code WHERE jurisdiction = $1 AND phone_key = $2
        ORDER BY made_at DESC LIMIT 1";
    CODE = "SELECT ends_at, wrong FROM login_code WHERE jurisdiction = $1 AND phone_key = $2 AND device = $3";
    TRY_CODE = "UPDATE login_code SET wrong = wrong + 1 WHERE jurisdiction = $1 AND phone_key = $2 AND device = $3
        AND ends_at > $4 AND wrong < $5";
    USE_CODE = "DELETE FROM login_code WHERE jurisdiction = $1 AND phone_key = $2 AND device = $3 AND code = $4";
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
    /// This device asked for no code for this phone, or it was used or voided.
    #[error("this device asked for no code for this phone; ask for a new one")]
    None,
}

/// Keeps a one-time code for a phone in place of any that the same device asked for before. The caller sends it once this has committed.
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
    // Two who ask at once for one phone waited for each other where it was counted.
    if let Some(wait_ms) = too_soon(tx, home, phone, latest)? {
        return Ok(Err(CodeError::TooSoon { wait_ms }));
    }
    tx.exec(&PUT_CODE, &args![home, phone, asker(origin), code_digest(phone, code), now, ends])?;
    Ok(Ok(()))
}

/// Who asks: the device, as it was given to be known; those that nothing is known of are one.
fn asker(origin: &Origin) -> Mark {
    origin.known.unwrap_or_default()
}

/// How long until the next code for a phone, where the last one is too young.
fn too_soon(tx: &mut Tx<'_>, home: Jurisdiction, phone: &PhoneKey, latest: Millis) -> Result<Option<u64>, DbError> {
    let made = tx.first(&LAST_MADE, &args![home, phone])?.map(|mut row| row.take::<Millis>()).transpose()?;
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

/// Takes a one-time code: once, in time, by the device that asked, and with few wrong tries of its own before it.
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
    let device = asker(origin);
    let counted = tx.exec(&TRY_CODE, &args![home, phone, device, now, limits::CODE_TRIES])? == 1;
    if counted && tx.exec(&USE_CODE, &args![home, phone, device, code_digest(phone, code)])? == 1 {
        return Ok(Ok(()));
    }
    if let Some(address) = &origin.address {
        tries::count(tx, home, guess, address, most, now)?;
    }
    let Some(mut row) = tx.first(&CODE, &args![home, phone, device])? else { return Ok(Err(CodeError::None)) };
    let (ends, wrong): (Millis, u32) = (row.take()?, row.take()?);
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
