//! What a look at an installation finds, without changing anything: for `linli doctor`. How bad something is, and what to
//! do about it, is for whoever shows it.

use std::path::Path;

use linli_worktime::Millis;

use crate::{
    EngineError,
    db::{Db, DbError, Tx, args, statements},
    engine,
    evidence::{self, Log},
    ids::Jurisdiction,
    knowledge, limits,
    pack::Pack,
    retention,
    seats::{
        Account, Login, PasswordHash, Role, accounts, keep,
        unused::{Unused, unused},
        verify_password,
    },
    start,
    tokens::{self, Token},
    vault::{self, Source, VaultKey},
};

statements! {
    // The clock of a PostgreSQL server; SQLite goes by the machine's.
    CLOCK = "SELECT {{CAST(unixepoch('subsec') * 1000 AS INTEGER)||CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)}}";
    // One row a street, and those that have just been written.
    LAST = "SELECT max(at) FROM (SELECT max(at) AS at FROM log_head UNION ALL SELECT max(at) AS at FROM fresh_event) AS newest";
    PASSWORD = "SELECT password FROM account WHERE jurisdiction = $1 AND login = $2 AND disabled_at IS NULL";
}

/// What the database of an installation says of it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its home; the default where it was never set up.
    pub home: Jurisdiction,
    /// The database's own clock.
    pub clock: Millis,
    /// The newest time that an event has.
    pub last: Option<Millis>,
    /// The version of the rule pack that was in force last.
    pub pack: Option<String>,
    /// Each account that can sign in and holds an administrator's seat now, with those roles.
    pub administrators: Vec<(Account, Vec<Role>)>,
    /// Accounts that nobody uses, by login; of many, the first.
    pub unused: Vec<Unused>,
    /// Tokens that are let in now.
    pub tokens: Vec<Token>,
    /// When the round that removes what is past its time was done last.
    pub retained: Option<Millis>,
}

/// Reads what the database says, as of now.
///
/// # Errors
/// When the database fails, or was never set up.
pub async fn look(db: &Db, now: Millis) -> Result<Facts, DbError> {
    db.read(move |tx: &mut Tx<'_>| {
        let home = engine::home(tx)?;
        let clock = tx.first(&CLOCK, &[])?.map_or(Ok(now), |mut row| row.take())?;
        let last = tx.first(&LAST, &[])?.map_or(Ok(None), |mut row| row.take())?;
        let pack = start::setting(tx, home, start::IN_FORCE)?.map(|(version, _)| version);
        Ok(Facts {
            home,
            clock,
            last,
            pack,
            administrators: administrators(tx, home, now)?,
            unused: unused(tx, home, None, limits::PAGE + 1, now)?,
            tokens: living(tx, home, now)?,
            retained: retention::last(tx, home)?,
        })
    })
    .await
}

fn administrators(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Vec<(Account, Vec<Role>)>, DbError> {
    let seats = keep::seats_now(tx, home, now)?;
    let (mut found, mut after): (Vec<_>, Option<Login>) = (Vec::new(), None);
    loop {
        let page = accounts(tx, home, after.as_ref(), limits::PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.login.clone());
        for account in page.into_iter().filter(|account| !account.disabled) {
            let own = seats.iter().filter(|seat| seat.account == account.id && seat.role.is_admin());
            let mut roles: Vec<Role> = own.map(|seat| seat.role).collect();
            roles.sort();
            roles.dedup();
            if !roles.is_empty() {
                found.push((account, roles));
            }
        }
    }
}

fn living(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Vec<Token>, DbError> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = tokens::list(tx, home, before, limits::PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        before = Some(last.id);
        found.extend(page.into_iter().filter(|token| token.lives(now)));
    }
}

/// How many answers at hand are past their day of review, under this pack.
///
/// # Errors
/// When the database fails.
pub async fn stale_answers(db: &Db, home: Jurisdiction, pack: Pack, now: Millis) -> Result<usize, DbError> {
    let today = pack.calendar.date_of(now);
    let known = db.read(move |tx: &mut Tx<'_>| knowledge::load(tx, home, &pack)).await?;
    Ok(known.published().filter(|entry| entry.is_stale(today)).count())
}

/// Which of these logins have the password that is given for them. Slow by design: each costs what signing in costs.
///
/// # Errors
/// When the database fails.
pub async fn with_password(db: &Db, home: Jurisdiction, of: Vec<(Login, String)>) -> Result<Vec<Login>, DbError> {
    let known = db.read(move |tx: &mut Tx<'_>| {
        let mut known = Vec::new();
        for (login, password) in &of {
            if let Some(mut row) = tx.first(&PASSWORD, &args![home, login.as_str()])? {
                known.push((login.clone(), password.clone(), row.take::<PasswordHash>()?));
            }
        }
        Ok::<_, DbError>(known)
    });
    let known = known.await?;
    let check =
        move || known.into_iter().filter(|(_, password, hash)| verify_password(hash, password)).map(|one| one.0);
    tokio::task::spawn_blocking(move || check().collect()).await.map_err(|_| DbError::Panicked)
}

/// The key of the vault, if it is the one that the database was sealed under. No key is made.
///
/// # Errors
/// Why it does not open the vault.
pub async fn open_vault(db: &Db, key: Source) -> Result<VaultKey, EngineError> {
    vault::keys::held(db, key).await
}

/// The log of evidence under the key in this folder. No key is made.
///
/// # Errors
/// When there is no key, or it is another than the log began with.
pub async fn open_log(db: &Db, home: Jurisdiction, folder: &Path) -> Result<Log, EngineError> {
    Ok(Log::new(evidence::held(db, home, folder).await?, folder.join("log")))
}
