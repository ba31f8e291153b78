//! The security log: who came in, who did not, and what was changed about it. It is written in the transaction of what it
//! tells of and cannot be switched off; the audit administrator reads it. No password, code or secret stands in it, and of
//! an address only its coarse part.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Filter, Row, Tx, args, statements},
    ids::{AccountId, Jurisdiction, SecurityEventId},
    words::words,
};

words! {
    /// What happened.
    Happened, "something of the security log":
    /// Somebody signed in.
    SignedIn = "signed-in",
    /// The login or the password was wrong.
    SignInFailed = "sign-in-failed",
    /// The password was right, the code was not.
    CodeFailed = "code-failed",
    /// One wrong try too many: nothing is tried for a while.
    Locked = "locked",
    /// Somebody signed out.
    SignedOut = "signed-out",
    /// Somebody ended sessions of theirs that were open elsewhere.
    SessionsEnded = "sessions-ended",
    /// Somebody chose another password.
    PasswordChanged = "password-changed",
    /// An administrator gave somebody a first password.
    PasswordGiven = "password-given",
    /// The second factor is on.
    FactorOn = "factor-on",
    /// Its owner switched it off.
    FactorOff = "factor-off",
    /// An administrator took it off.
    FactorTaken = "factor-taken",
    /// A passkey was added.
    PasskeyAdded = "passkey-added",
    /// Its owner removed a passkey.
    PasskeyRemoved = "passkey-removed",
    /// The password was right, the passkey was not.
    PasskeyFailed = "passkey-failed",
    /// A passkey whose count went backwards: there are two with the same key, and it was refused.
    PasskeyCopied = "passkey-copied",
    /// A recovery code was used in its place.
    RecoveryUsed = "recovery-used",
    /// New recovery codes were made; the old ones are void.
    RecoveryMade = "recovery-made",
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Millis,
    /// Its id.
    pub id: SecurityEventId,
    /// What.
    pub what: Happened,
    /// Whose login and name; nothing where there is no such account.
    pub account: Option<(String, String)>,
    /// From where, coarsely; empty where that is not known.
    pub network: String,
}

/// Which events are asked for. Newest first.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Of this sort only.
    pub what: Option<Happened>,
    /// Of this account only.
    pub account: Option<AccountId>,
    /// Those that come after this one in the list.
    pub after: Option<(Millis, SecurityEventId)>,
}

statements! {
    NOTE = "INSERT INTO security_event (jurisdiction, at, id, kind, account, network) VALUES ($1, $2, $3, $4, $5, $6)";
    // Each of the filters has its index; all of them end in `at, id`.
    EVENTS = "SELECT e.at, e.id, e.kind, e.network, a.login, a.name FROM security_event e
        LEFT JOIN account a ON a.jurisdiction = e.jurisdiction AND a.id = e.account WHERE e.jurisdiction = $1";
}

/// Writes down what happened.
///
/// # Errors
/// When the database fails.
pub fn note(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    what: Happened,
    account: Option<AccountId>,
    network: &str,
    now: Millis,
) -> Result<(), DbError> {
    tx.put(&NOTE, args![home, now, SecurityEventId::new(), what.as_str(), account, network])
}

/// A page of what happened, newest first.
///
/// # Errors
/// When the database fails.
pub fn events(tx: &mut Tx<'_>, home: Jurisdiction, asked: &Asked, limit: usize) -> Result<Vec<Event>, DbError> {
    let mut list = Filter::of(&EVENTS, args![home]);
    if let Some(what) = asked.what {
        list.and("e.kind = $$", args![what.as_str()]);
    }
    if let Some(account) = asked.account {
        list.and("e.account = $$", args![account]);
    }
    if let Some((at, id)) = asked.after {
        list.and("(e.at, e.id) < ($$, $$)", args![at, id]);
    }
    list.tail("ORDER BY e.at DESC, e.id DESC", limit);
    tx.list(&list)?.into_iter().map(event).collect()
}

fn event(mut row: Row) -> Result<Event, DbError> {
    let (at, id, what): (Millis, SecurityEventId, String) = (row.take()?, row.take()?, row.take()?);
    let what = what.parse().map_err(|e| DbError::Corrupt(format!("{e} in the security log")))?;
    let (network, login, name): (String, Option<String>, Option<String>) = (row.take()?, row.take()?, row.take()?);
    Ok(Event { at, id, what, account: login.zip(name), network })
}
