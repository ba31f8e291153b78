//! Puts the good rows of a checked upload in: all of them in one transaction, with the record of each change, and only if
//! what would be done is still what was shown.

use std::{collections::BTreeMap, sync::Arc};

use linli_engine::{
    Engine,
    db::{DbError, Tx, WorkError},
    directory::{self, Edit},
    ids::{AccountId, SheetId},
    record::By,
    seats::{self, Account, Login, PasswordHash, SeatError, keep, keep::Pen},
    sheets::{self, State},
};

use super::{
    check::{Checked, Reader, Step, There, check},
    read::Book,
    report::Report,
};

/// A first password, to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Whose.
    pub login: String,
    /// The name of the account.
    pub name: String,
    /// The password.
    pub password: String,
}

/// How it went.
#[derive(Debug)]
pub enum Outcome {
    /// All good rows are in.
    Done(Vec<Issued>),
    /// What is there changed since the check: nothing was done, and this is what a check finds now.
    Moved(Report),
    /// This upload had been put in before.
    Again,
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("the directory has changed")]
    Moved(Box<Report>),
    #[error("it was put in before")]
    Again,
    #[error(transparent)]
    Seat(#[from] SeatError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl WorkError for Stopped {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) | Self::Seat(SeatError::Db(error)) => Some(error),
            _ => None,
        }
    }
}

/// Checks what is there now.
///
/// # Errors
/// When the database fails.
pub async fn look(engine: &Engine, book: &Arc<Book>, reader: &Reader) -> Result<Checked, DbError> {
    let (home, now) = (engine.home, engine.clock.now());
    let there = engine.db.read(move |tx: &mut Tx<'_>| There::load(tx, home, now)).await?;
    let (book, reader, pack) = (Arc::clone(book), reader.clone(), Arc::clone(engine.packs().current()));
    // Many rows are work for a while.
    let checked = tokio::task::spawn_blocking(move || check(&book, &there, &reader, &pack, now)).await;
    checked.map_err(|_| DbError::Panicked)
}

/// What is to be put in: the file, who does it, and what they were shown.
pub struct Order {
    /// The tables.
    pub book: Arc<Book>,
    /// Who checked.
    pub reader: Reader,
    /// Who does it.
    pub by: By,
    /// The digest of what was shown.
    pub plan: String,
    /// The upload, where it is kept.
    pub upload: Option<(SheetId, AccountId)>,
}

/// Puts the good rows in.
///
/// # Errors
/// When the database fails.
pub async fn apply(engine: &Engine, order: Order) -> Result<Outcome, DbError> {
    let checked = look(engine, &order.book, &order.reader).await?;
    if checked.report.plan != order.plan {
        return Ok(Outcome::Moved(checked.report));
    }
    let issued = Arc::new(passwords(&checked.steps).await?);
    let (home, now) = (engine.home, engine.clock.now());
    let (pack, given) = (Arc::clone(engine.packs().current()), Arc::clone(&issued));
    let again = (Arc::clone(&order.book), order.reader.clone());
    let done = engine.db.write(move |tx: &mut Tx<'_>| {
        if let Some((id, account)) = order.upload
            && sheets::one(tx, home, id, account)?.is_none_or(|s| s.state == State::Applied)
        {
            return Err(Stopped::Again);
        }
        let there = There::load(tx, home, now)?;
        let checked = check(&order.book, &there, &order.reader, &pack, now);
        if checked.report.plan != order.plan {
            return Err(Stopped::Moved(Box::new(checked.report)));
        }
        let pen = Pen::new(home, &order.by, now);
        carry_out(tx, &pen, &there, &checked.steps, &given)?;
        if let Some((id, _)) = order.upload {
            let report = serde_json::to_string(&checked.report.kept()).unwrap_or_default();
            sheets::found(tx, home, id, State::Applied, &report)?;
        }
        Ok::<_, Stopped>(())
    });
    match done.await {
        Ok(()) => {
            engine.refresh().await?;
            Ok(Outcome::Done(issued.values().map(|(issued, _)| issued.clone()).collect()))
        }
        Err(Stopped::Moved(report)) => Ok(Outcome::Moved(*report)),
        Err(Stopped::Again) => Ok(Outcome::Again),
        Err(Stopped::Db(error) | Stopped::Seat(SeatError::Db(error))) => Err(error),
        // The check keeps every rule of these; somebody was faster in between.
        Err(Stopped::Seat(_)) => Ok(Outcome::Moved(look(engine, &again.0, &again.1).await?.report)),
    }
}

type Passwords = BTreeMap<Login, (Issued, PasswordHash)>;

/// First passwords for the accounts that are to be opened. Slow by design, so on two threads, before the transaction.
async fn passwords(steps: &[Step]) -> Result<Passwords, DbError> {
    let open: Vec<(Login, String)> = steps
        .iter()
        .filter_map(
            |step| if let Step::Open { login, name } = step { Some((login.clone(), name.clone())) } else { None },
        )
        .collect();
    let half = open.len().div_ceil(2).max(1);
    let work = open.chunks(half).map(<[_]>::to_vec).map(|some| {
        tokio::task::spawn_blocking(move || some.into_iter().map(issue).collect::<Result<Vec<_>, DbError>>())
    });
    let mut all = BTreeMap::new();
    for part in work.collect::<Vec<_>>() {
        all.extend(part.await.map_err(|_| DbError::Panicked)??);
    }
    Ok(all)
}

fn issue((login, name): (Login, String)) -> Result<(Login, (Issued, PasswordHash)), DbError> {
    let password = keep::first_password();
    let hash = seats::hash_password(&login, &password).map_err(|e| DbError::Corrupt(e.to_string()))?;
    Ok((login.clone(), (Issued { login: login.as_str().to_owned(), name, password }, hash)))
}

fn carry_out(tx: &mut Tx<'_>, pen: &Pen<'_>, there: &There, steps: &[Step], given: &Passwords) -> Result<(), Stopped> {
    let edits: Vec<Edit> =
        steps.iter().filter_map(|s| if let Step::Edit(edit) = s { Some(edit.clone()) } else { None }).collect();
    directory::keep(tx, pen.home, pen.by, &there.directory, &edits, pen.now)?;
    let account = |login: &Login| there.accounts.get(login).ok_or(SeatError::NoAccount);
    for step in steps {
        match step {
            Step::Edit(_) => {}
            Step::Open { login, name } => {
                let (_, hash) = given.get(login).ok_or(SeatError::NoAccount)?;
                pen.open(tx, AccountId::new(), login, name, hash)?;
            }
            Step::Rename { login, name } => pen.rename(tx, account(login)?, name)?,
            Step::Shut { login } => pen.shut(tx, &fresh(account(login)?, steps))?,
            Step::Grant { login, seat } => pen.grant(tx, account(login)?, seat)?,
            Step::End { login, seat } => {
                let held = there.seats.iter().find(|s| s.id == *seat).ok_or(SeatError::NoAccount)?;
                pen.end(tx, account(login)?, held)?;
            }
        }
    }
    Ok(())
}

/// An account with the name that an earlier step gave it.
fn fresh(account: &Account, steps: &[Step]) -> Account {
    let renamed = steps.iter().find_map(|step| match step {
        Step::Rename { login, name } if *login == account.login => Some(name.clone()),
        _ => None,
    });
    Account { name: renamed.unwrap_or_else(|| account.name.clone()), ..account.clone() }
}
