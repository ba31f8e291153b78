//! Passkeys of staff: which ones an account has, the question that waits for an answer, and whether an answer is good. The
//! question stands with the session or the half of a sign-in that it was asked in, so it is worth nothing anywhere else.

use linli_worktime::Millis;

use super::Token;
use crate::{
    db::{DbError, Row, Tx, Value, args, statements},
    edge,
    ids::{AccountId, Jurisdiction},
    limits,
    passkey::{self, Challenge, Party, Passkey, Shown},
};

statements! {
    OF_ACCOUNT = "SELECT id, name, made_at, used_at, synced FROM passkey
        WHERE jurisdiction = $1 AND account = $2 ORDER BY made_at, id";
    KNOWN = "SELECT credential FROM passkey WHERE jurisdiction = $1 AND account = $2";
    ANY = "SELECT 1 FROM passkey WHERE jurisdiction = $1 AND account = $2 LIMIT 1";
    FIND = "SELECT id, public_key, sign_count FROM passkey
        WHERE jurisdiction = $1 AND credential = $2 AND account = $3";
    ADD = "INSERT INTO passkey (jurisdiction, account, id, credential, public_key, sign_count, synced, name, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (jurisdiction, credential) DO NOTHING";
    USED = "UPDATE passkey SET sign_count = $4, used_at = $5
        WHERE jurisdiction = $1 AND account = $2 AND id = $3 AND sign_count = $6";
    DROP_ONE = "DELETE FROM passkey WHERE jurisdiction = $1 AND account = $2 AND id = $3";
    DROP_ALL = "DELETE FROM passkey WHERE jurisdiction = $1 AND account = $2";
    ASK_HALF = "UPDATE half_sign_in SET challenge = $3 WHERE jurisdiction = $1 AND token = $2 AND ends_at > $4";
    HALF_ASKED = "SELECT challenge FROM half_sign_in WHERE jurisdiction = $1 AND token = $2 AND ends_at > $3";
    HALF_DONE = "UPDATE half_sign_in SET challenge = NULL WHERE jurisdiction = $1 AND token = $2 AND challenge = $3";
    ASK = "UPDATE session SET challenge = $3, challenge_ends = $4 WHERE jurisdiction = $1 AND token = $2";
    ASKED = "SELECT challenge FROM session WHERE jurisdiction = $1 AND token = $2 AND challenge_ends > $3";
    DONE = "UPDATE session SET challenge = NULL, challenge_ends = NULL
        WHERE jurisdiction = $1 AND token = $2 AND challenge = $3";
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// By which it is removed.
    pub id: [u8; 16],
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub made_at: Millis,
    /// When it was last used.
    pub used_at: Option<Millis>,
    /// Whether it may be on more devices than one.
    pub synced: bool,
}

/// Where a question waits for its answer.
#[derive(Clone, Copy)]
pub(super) enum Waits<'w> {
    /// In a sign-in whose password was right.
    Half(&'w Token),
    /// In a session.
    Session(&'w Token),
}

/// What an answer was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It is the owner.
    Good,
    /// It is nobody that is known.
    Nothing,
    /// The right key, and a count that goes backwards: there are two of it.
    Copied,
}

/// A question, drawn at the edge.
pub fn new_challenge() -> Challenge {
    Challenge(edge::secret())
}

/// The passkeys of an account, the oldest first: no more than [`limits::PASSKEYS`].
///
/// # Errors
/// When the database fails.
pub fn of_account(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<Vec<Owned>, DbError> {
    let own = |mut row: Row| {
        let (id, name, made_at, used_at, synced) = (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
        Ok(Owned { id, name, made_at, used_at, synced })
    };
    tx.query(&OF_ACCOUNT, &args![home, account])?.into_iter().map(own).collect()
}

/// What a browser finds them by.
pub(super) fn known(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<Vec<Vec<u8>>, DbError> {
    tx.query(&KNOWN, &args![home, account])?.into_iter().map(|mut row| row.take()).collect()
}

pub(super) fn any(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<bool, DbError> {
    Ok(tx.first(&ANY, &args![home, account])?.is_some())
}

/// Keeps a new one; false when it is known already, here or with somebody else.
pub(super) fn add(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    made: &Passkey,
    name: &str,
    now: Millis,
) -> Result<bool, DbError> {
    let Passkey { id, key, count, synced } = made;
    let row = args![home, account, Value::Id(edge::new_id()), &id[..], &key[..], *count, *synced, name, now];
    Ok(tx.exec(&ADD, &row)? == 1)
}

pub(super) fn remove(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId, id: [u8; 16]) -> Result<bool, DbError> {
    Ok(tx.exec(&DROP_ONE, &args![home, account, Value::Id(id)])? == 1)
}

pub(super) fn remove_all(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId) -> Result<(), DbError> {
    tx.send(&DROP_ALL, args![home, account])
}

/// Asks a question, in place of any before it; false where nobody waits.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    place: Waits<'_>,
    challenge: Challenge,
    now: Millis,
) -> Result<bool, DbError> {
    let met = match place {
        Waits::Half(token) => tx.exec(&ASK_HALF, &args![home, token.digest(), challenge.0, now])?,
        Waits::Session(token) => {
            tx.exec(&ASK, &args![home, token.digest(), challenge.0, now.plus(limits::CHALLENGE_MS)])?
        }
    };
    Ok(met == 1)
}

/// Takes the question that waits, whatever comes of the answer: of two who bring one, one is heard.
pub(super) fn take(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    place: Waits<'_>,
    now: Millis,
) -> Result<Option<Challenge>, DbError> {
    let (asked, done, token) = match place {
        Waits::Half(token) => (&HALF_ASKED, &HALF_DONE, token),
        Waits::Session(token) => (&ASKED, &DONE, token),
    };
    let Some(mut row) = tx.first(asked, &args![home, token.digest(), now])? else { return Ok(None) };
    let Some(kept) = row.take::<Option<Vec<u8>>>()? else { return Ok(None) };
    let taken = tx.exec(done, &args![home, token.digest(), &kept[..]])? == 1;
    Ok(kept.try_into().ok().filter(|_| taken).map(Challenge))
}

/// Looks at an answer to this question and notes that the passkey was used.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    (party, shown): (&Party, &Shown),
    challenge: Challenge,
    now: Millis,
) -> Result<Worth, DbError> {
    let Some(mut row) = tx.first(&FIND, &args![home, &shown.id[..], account])? else { return Ok(Worth::Nothing) };
    let (id, key, kept): ([u8; 16], Vec<u8>, u32) = (row.take()?, row.take()?, row.take()?);
    let Ok(count) = shown.check(party, challenge, &key) else { return Ok(Worth::Nothing) };
    let follows =
        passkey::follows(kept, count) && tx.exec(&USED, &args![home, account, Value::Id(id), count, now, kept])? == 1;
    Ok(if follows { Worth::Good } else { Worth::Copied })
}
