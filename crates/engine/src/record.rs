//! What changed by whom: each change of a place, a unit, an account, a seat, a duty, a rule pack or a setting, with what
//! was before and what is now as canonical JSON (keys in order). It is written in the transaction that makes the change, so
//! neither is there without the other, and never with a password in it.

use linli_worktime::Millis;
use serde_json::{Value as Json, json};

use crate::{
    db::{DbError, Filter, Row, Tx, args, statements},
    evidence::{Entry, Kind, Salt, Source},
    feed::{self, Fresh},
    ids::{AccountId, ChangeId, Jurisdiction, SeatId},
    seats::{Account, Seat},
    words::words,
};

words! {
    /// What was changed.
    What, "something that is recorded":
    /// A place.
    Place = "place",
    /// A unit.
    Org = "org",
    /// An account of staff.
    Account = "account",
    /// A seat.
    Seat = "seat",
    /// A token of a program.
    Token = "token",
    /// A row of the office's own duty list.
    Duty = "duty",
    /// The rule pack in force.
    Pack = "pack",
    /// A setting.
    Setting = "setting",
    /// A warning to the administrator.
    Warning = "warning",
    /// A case, by its number.
    Case = "case",
    /// Personal data whose time was over, by the day.
    Data = "data",
    /// An answer at hand.
    Answer = "answer",
    /// A log of evidence, by its name.
    Log = "log",
}

words! {
    /// What was done to it.
    Act, "a way to change something":
    /// It is new.
    Added = "added",
    /// It is another.
    Changed = "changed",
    /// It is no more.
    Retired = "retired",
    /// It is there again.
    Restored = "restored",
    /// It holds no longer.
    Ended = "ended",
    /// Somebody proposed it; somebody else has to confirm it.
    Proposed = "proposed",
    /// What was proposed was turned down or taken back.
    Declined = "declined",
    /// Its words were erased.
    Erased = "erased",
    /// It was removed, as the rules say of it.
    Removed = "removed",
    /// Somebody looked at it and left it as it is.
    Checked = "checked",
    /// It began anew.
    Renewed = "renewed",
    /// Somebody got a password for the first time, or anew.
    FirstPassword = "first-password",
    /// Somebody chose a password of their own.
    OwnPassword = "own-password",
    /// An administrator took a lost second factor off.
    FactorTaken = "factor-taken",
}

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    account: Option<AccountId>,
    seat: Option<SeatId>,
    login: String,
}

impl By {
    /// Somebody of the staff, on one of their seats.
    pub fn staff(account: &Account, seat: &Seat) -> Self {
        Self { account: Some(account.id), seat: Some(seat.id), login: account.login.as_str().to_owned() }
    }

    /// Whoever holds a seat.
    pub(crate) fn seat(tx: &mut Tx<'_>, home: Jurisdiction, seat: &Seat) -> Result<Self, DbError> {
        let row = tx.first(&LOGIN, &args![home, seat.account])?;
        let login = row.map_or(Ok(String::new()), |mut row| row.take())?;
        Ok(Self { account: Some(seat.account), seat: Some(seat.id), login })
    }

    /// Whose account it is, where it is no command.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Their login, or the name of the command.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// A command of the program. Its name cannot be a login: it begins with `linli `.
    pub fn command(name: &str) -> Self {
        Self { account: None, seat: None, login: format!("linli {name}") }
    }
}

/// A change that is about to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// What.
    pub what: What,
    /// Which one: a code, a short name, a login, an id.
    pub subject: String,
    /// What is done.
    pub act: Act,
    /// What it was.
    pub was: Option<Json>,
    /// What it becomes.
    pub became: Option<Json>,
}

/// A change as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// When.
    pub at: Millis,
    /// Its id.
    pub id: ChangeId,
    /// The login of who did it, or the command.
    pub login: String,
    /// On which seat.
    pub seat: Option<SeatId>,
    /// What was done.
    pub deed: Deed,
}

/// Which changes are asked for. Newest first.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Of this sort only.
    pub what: Option<What>,
    /// Of this one only; asked together with its sort.
    pub subject: Option<String>,
    /// By this login only.
    pub login: Option<String>,
    /// Not before this time.
    pub from: Option<Millis>,
    /// Before this time.
    pub until: Option<Millis>,
    /// Those that come after this one in the list.
    pub after: Option<(Millis, ChangeId)>,
}

statements! {
    NOTE = "INSERT INTO admin_change (jurisdiction, at, id, account, seat, login, what, subject, act, was, became, salt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    LOGIN = "SELECT login FROM account WHERE jurisdiction = $1 AND id = $2";
    ONE = "SELECT account, salt, at, id, login, seat, what, subject, act, was, became FROM admin_change
        WHERE jurisdiction = $1 AND at = $2 AND id = $3";
    // Goes through all changes: an audit does. Those from before there was a log have no salt.
    UNLOGGED_CHANGES = "SELECT a.what, a.act FROM admin_change a WHERE a.jurisdiction = $1
        AND (a.salt IS NOT NULL OR a.at > (SELECT min(at) FROM admin_change WHERE jurisdiction = $1 AND salt IS NOT NULL))
        AND NOT EXISTS (SELECT 1 FROM feed_change f WHERE f.jurisdiction = a.jurisdiction AND f.case_id = a.id AND f.seq = 0 AND f.kind = 1)
        AND NOT EXISTS (SELECT 1 FROM fresh_event n WHERE n.jurisdiction = a.jurisdiction AND n.at = a.at AND n.case_id = a.id AND n.seq = 0)
        ORDER BY a.at LIMIT 20";
    // Each of the filters has its index; all of them end in `at, id`.
    CHANGES = "SELECT at, id, login, seat, what, subject, act, was, became FROM admin_change WHERE jurisdiction = $1";
}

/// Writes a change down, with its evidence.
pub fn note(tx: &mut Tx<'_>, home: Jurisdiction, by: &By, deed: Deed, now: Millis) -> Result<(), DbError> {
    let (id, salt) = (ChangeId::new(), Salt::new());
    let leaf = salt.leaf(&entry(by, &deed, now, &salt));
    let Deed { what, subject, act, was, became } = deed;
    let (was, became) = (was.map(|j| j.to_string()), became.map(|j| j.to_string()));
    let who = (by.account, by.seat, by.login.as_str());
    let row =
        args![home, now, id, who.0, who.1, who.2, what.as_str(), subject, act.as_str(), was, became, salt.bytes()];
    tx.put(&NOTE, row)?;
    feed::note(tx, &Fresh { jurisdiction: home, kind: Kind::Record, id: id.0, seq: 0, at: now, leaf })
}

/// A change as the database has it now, for whoever compares it with the log; nothing where it or its salt is gone.
pub(crate) fn source(tx: &mut Tx<'_>, home: Jurisdiction, at: Millis, id: ChangeId) -> Result<Option<Source>, DbError> {
    let Some(mut row) = tx.first(&ONE, &args![home, at, id])? else { return Ok(None) };
    let (account, salt): (Option<AccountId>, Option<Vec<u8>>) = (row.take()?, row.take()?);
    let Some(salt) = salt.as_deref().and_then(Salt::from_bytes) else { return Ok(None) };
    let change = change(row)?;
    let (by, deed) = (By { account, seat: change.seat, login: change.login }, change.deed);
    Ok(Some(Source { entry: entry(&by, &deed, at, &salt), text: text(&by, &deed), salt }))
}

/// Changes that were put in by hand: what was changed, and how.
pub(crate) fn unlogged(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Vec<(String, String)>, DbError> {
    tx.query(&UNLOGGED_CHANGES, &args![home])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// The text of a change that is committed.
fn text(by: &By, deed: &Deed) -> String {
    let json = |of: &Option<Json>| of.as_ref().map(Json::to_string);
    json!({
        "account": by.account, "act": deed.act, "became": json(&deed.became), "login": by.login, "seat": by.seat,
        "subject": deed.subject, "was": json(&deed.was), "what": deed.what,
    })
    .to_string()
}

/// What the log says of a change.
fn entry(by: &By, deed: &Deed, at: Millis, salt: &Salt) -> Entry {
    Entry {
        at,
        body: salt.body(&text(by, deed)),
        by: if by.account.is_some() { "staff" } else { "command" }.to_owned(),
        kind: Kind::Record,
        of: deed.what.as_str().to_owned(),
        promised: None,
        seq: 0,
        what: deed.act.as_str().to_owned(),
    }
}

/// A page of changes, newest first.
pub fn changes(tx: &mut Tx<'_>, home: Jurisdiction, asked: &Asked, limit: usize) -> Result<Vec<Change>, DbError> {
    let mut list = Filter::of(&CHANGES, args![home]);
    if let Some(what) = asked.what {
        list.and("what = $$", args![what.as_str()]);
    }
    if let Some(subject) = &asked.subject {
        list.and("subject = $$", args![subject]);
    }
    if let Some(login) = &asked.login {
        list.and("login = $$", args![login]);
    }
    if let Some(from) = asked.from {
        list.and("at >= $$", args![from]);
    }
    if let Some(until) = asked.until {
        list.and("at < $$", args![until]);
    }
    if let Some((at, id)) = asked.after {
        list.and("(at, id) < ($$, $$)", args![at, id]);
    }
    list.tail("ORDER BY at DESC, id DESC", limit);
    tx.list(&list)?.into_iter().map(change).collect()
}

fn change(mut row: Row) -> Result<Change, DbError> {
    let (at, id, login, seat) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (what, subject, act): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let (was, became): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let odd = |text: &dyn std::fmt::Display| DbError::Corrupt(format!("`{text}` in the record of changes"));
    let json = |text: Option<String>| text.map(|t| serde_json::from_str(&t).map_err(|e| odd(&e))).transpose();
    let what = what.parse().map_err(|e| odd(&e))?;
    let act = act.parse().map_err(|e| odd(&e))?;
    Ok(Change { at, id, login, seat, deed: Deed { what, subject, act, was: json(was)?, became: json(became)? } })
}
