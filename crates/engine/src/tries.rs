//! How often somebody tried something, counted in the database, so that several processes count together and a restart
//! forgets nothing. Who it was stands there as a digest or an id, never as it came.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
    limits::{self, Most},
    words::words,
};

words! {
    /// What is counted.
    Tried, "something that is counted":
    /// Wrong passwords and codes of an account, or of a login that is none.
    SignIn = "sign-in",
    /// The same from an address.
    SignInFrom = "sign-in-from",
    /// One-time codes for a telephone.
    CodeTo = "code-to",
    /// One-time codes asked for from an address.
    CodeFrom = "code-from",
    /// One-time codes asked for by a device.
    CodeBy = "code-by",
    /// Wrong one-time codes from an address.
    GuessFrom = "guess-from",
}

/// Who tried: an id or a digest.
pub type Mark = [u8; 32];

statements! {
    COUNT = "INSERT INTO try_count (jurisdiction, kind, who, n, at) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (jurisdiction, kind, who) DO UPDATE
        SET n = CASE WHEN try_count.at <= $5 THEN 1 ELSE try_count.n + 1 END,
            at = CASE WHEN try_count.at <= $5 THEN excluded.at ELSE try_count.at END
        RETURNING n, at";
    COUNTED = "SELECT n, at FROM try_count WHERE jurisdiction = $1 AND kind = $2 AND who = $3 AND at > $4";
    // Nothing comes back while a wait lasts.
    TRY = "INSERT INTO try_count (jurisdiction, kind, who, n, at) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (jurisdiction, kind, who) DO UPDATE
        SET n = CASE WHEN try_count.at <= $5 THEN 1 ELSE try_count.n + 1 END, at = excluded.at, until = NULL
        WHERE try_count.until IS NULL OR try_count.until <= $4
        RETURNING n";
    UNTIL = "SELECT until FROM try_count WHERE jurisdiction = $1 AND kind = $2 AND who = $3";
    WAIT = "UPDATE try_count SET until = $4 WHERE jurisdiction = $1 AND kind = $2 AND who = $3";
    GIVE_BACK = "UPDATE try_count SET n = n - 1 WHERE jurisdiction = $1 AND kind = $2 AND who = $3 AND n > 0";
    FORGIVE = "DELETE FROM try_count WHERE jurisdiction = $1 AND kind = $2 AND who = $3";
}

/// Counts a try within a window that began with the first one; where there were too many, when the next window begins.
///
/// # Errors
/// When the database fails.
pub fn count(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    kind: Tried,
    who: &Mark,
    most: Most,
    now: Millis,
) -> Result<Option<Millis>, DbError> {
    let row = tx.first(&COUNT, &args![home, kind.as_str(), *who, now, now.plus(-most.window_ms)])?;
    let Some(mut row) = row else { return Ok(None) };
    let (n, at): (u32, Millis) = (row.take()?, row.take()?);
    Ok((n > most.times).then(|| at.plus(most.window_ms)))
}

/// When the next window begins, where this one is full already. Nothing is counted.
///
/// # Errors
/// When the database fails.
pub fn full(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    kind: Tried,
    who: &Mark,
    most: Most,
    now: Millis,
) -> Result<Option<Millis>, DbError> {
    let row = tx.first(&COUNTED, &args![home, kind.as_str(), *who, now.plus(-most.window_ms)])?;
    let Some(mut row) = row else { return Ok(None) };
    let (n, at): (u32, Millis) = (row.take()?, row.take()?);
    Ok((n >= most.times).then(|| at.plus(most.window_ms)))
}

/// A try to sign in that was let through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    home: Jurisdiction,
    who: Mark,
    n: u32,
}

impl Try {
    fn of(self) -> Vec<crate::db::Value> {
        args![self.home, Tried::SignIn.as_str(), self.who]
    }

    /// It was wrong: when the next may come, if there is a wait.
    pub(crate) fn wrong(self, tx: &mut Tx<'_>, now: Millis) -> Result<Option<Millis>, DbError> {
        let Some(wait) = wait_after(self.n) else { return Ok(None) };
        let until = now.plus(wait);
        tx.put(&WAIT, [self.of(), args![until]].concat())?;
        Ok(Some(until))
    }

    /// It was right, and all before it are forgotten.
    pub(crate) fn right(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.send(&FORGIVE, self.of())
    }

    /// It was right and is not the last to be asked for: as if it had not been, so that a known password wins no more
    /// guesses at the code.
    pub(crate) fn half_right(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.send(&GIVE_BACK, self.of())
    }
}

/// Counts a try to sign in before it is looked at, so that many sent at once get no further than as many sent one by one;
/// or says until when nothing is tried.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    who: Mark,
    now: Millis,
) -> Result<Result<Try, Millis>, DbError> {
    let of = args![home, Tried::SignIn.as_str(), who];
    let forgotten = now.plus(-limits::WRONG_KEPT_MS);
    match tx.first(&TRY, &[of.clone(), args![now, forgotten]].concat())? {
        Some(mut row) => Ok(Ok(Try { home, who, n: row.take()? })),
        None => {
            let until = tx.first(&UNTIL, &of)?.map_or(Ok(None), |mut row| row.take::<Option<Millis>>())?;
            Ok(Err(until.unwrap_or(now)))
        }
    }
}

/// Forgets the wrong tries of somebody.
pub(crate) fn forgive(tx: &mut Tx<'_>, home: Jurisdiction, who: Mark) -> Result<(), DbError> {
    tx.send(&FORGIVE, args![home, Tried::SignIn.as_str(), who])
}

/// How long one waits after so many wrong tries in a row; the last wait is the longest.
fn wait_after(wrong: u32) -> Option<i64> {
    let beyond = usize::try_from(wrong.checked_sub(limits::PASSWORD_TRIES)?).unwrap_or(usize::MAX);
    limits::PASSWORD_WAITS_MS.get(beyond).or(limits::PASSWORD_WAITS_MS.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<_> = (0..200).map(wait_after).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(waits[..limits::PASSWORD_TRIES as usize].iter().all(Option::is_none));
        assert_eq!(waits[limits::PASSWORD_TRIES as usize], Some(60_000));
        assert_eq!(wait_after(u32::MAX), Some(3_600_000));
        // No window is forgotten while it counts.
        let windows = [limits::WRONG_FROM_ADDRESS, limits::GUESSES_FROM_ADDRESS, limits::CODES_TO_PHONE];
        for most in windows.into_iter().chain([limits::CODES_FROM_ADDRESS, limits::CODES_BY_DEVICE]) {
            assert!(most.window_ms <= limits::WRONG_KEPT_MS);
        }
    }
}
