//! A log that begins anew. Where the newest database is lost and an older copy is all there is, the log of before cannot
//! go on: outsiders hold heads of entries that nobody has any more. The entries that are left begin a log of another name,
//! whose first new entry says so, with the last head of the earlier one and the reason; both stand beside the log for
//! everybody to read. An honest office can work on, and one that would hide something cannot do it quietly.

use linli_tlog::{Edge, witness::Head};
use linli_worktime::Millis;
use serde_json::json;

use super::{
    key::Era,
    log::{self, Broken},
    tiles::Rows,
};
use crate::{
    Engine,
    db::{Db, DbError, Row, Tx, WorkError, args, statements},
    hex,
    ids::Jurisdiction,
    limits,
    record::{self, Act, By, Deed, What},
};

statements! {
    RENEW = "UPDATE log_head SET era = $2, note = $3, at = $4, witnessed = NULL WHERE jurisdiction = $1";
    END = "INSERT INTO log_ended (jurisdiction, era, at, size, kept, note, why) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ENDED = "SELECT jurisdiction, era, at, size, kept, note, why FROM log_ended ORDER BY jurisdiction, era DESC";
}

/// A beginning of a log that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whose.
    pub street: Jurisdiction,
    /// Which.
    pub era: Era,
    /// When the next one began.
    pub at: Millis,
    /// How many entries it had, as far as is known.
    pub size: u64,
    /// How many of them are left: they begin the next one.
    pub kept: u64,
    /// The last head of it that is known.
    pub note: String,
    /// Why it ended, in the words of whoever began the next one.
    pub why: String,
}

/// A log that has begun anew.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// What it is called now.
    pub origin: String,
    /// The earlier one.
    pub ended: Ended,
}

/// Why a log does not begin anew.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The database itself, or a log that is broken in a way that an older copy does not explain.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// There is none.
    #[error("street {0} has no log yet")]
    None(Jurisdiction),
    /// Nothing is wrong with it.
    #[error(
        "the log of {0} holds, so there is no need to begin anew; where somebody outside saw more of it, say how many entries (--known)"
    )]
    Holds(Jurisdiction),
    /// Nobody would know why.
    #[error("say why in up to {} characters: everybody who checks the log will read it", limits::RENEWAL_CHARS)]
    Why,
}

impl From<DbError> for RenewError {
    fn from(error: DbError) -> Self {
        Self::Broken(error.into())
    }
}

impl WorkError for RenewError {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Broken(broken) => broken.db(),
            _ => None,
        }
    }
}

/// The beginnings that ended, the last of each log first.
///
/// # Errors
/// When the database fails.
pub async fn ended(db: &Db) -> Result<Vec<Ended>, DbError> {
    db.read(|tx: &mut Tx<'_>| tx.query(&ENDED, &[])).await?.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<Ended, DbError> {
    let (street, era) = (row.take()?, Era(row.take()?));
    let (at, size, kept, note, why) = (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
    Ok(Ended { street, era, at, size, kept, note, why })
}

impl Engine {
    /// Begins the log of a street anew, with the entries that the database has: only where the earlier one cannot go on.
    /// `known` is how many entries somebody outside saw, where nothing beside the database remembers more than it holds.
    ///
    /// # Errors
    /// [`RenewError`]; nothing has changed then.
    pub async fn renew_log(
        &self,
        street: Jurisdiction,
        why: &str,
        known: Option<u64>,
        by: &By,
    ) -> Result<Renewed, RenewError> {
        let (engine, by, why) = (self.clone(), by.clone(), why.trim().to_owned());
        if why.is_empty() || why.chars().count() > limits::RENEWAL_CHARS {
            return Err(RenewError::Why);
        }
        let renew = move |tx: &mut Tx<'_>| engine.renew(tx, street, &why, known, &by);
        let (renewed, head, note) = self.db.write(renew).await?;
        self.log.remember(street, renewed.ended.era.next(), head, &note);
        self.feed.nudge();
        Ok(renewed)
    }

    fn renew(
        &self,
        tx: &mut Tx<'_>,
        street: Jurisdiction,
        why: &str,
        known: Option<u64>,
        by: &By,
    ) -> Result<(Renewed, Head, String), RenewError> {
        let (kept, own, era) = log::lock(tx, street)?;
        let edge = Edge::restore(&mut Rows { tx, street }, kept).map_err(Broken::from)?;
        if kept == 0 {
            return Err(RenewError::None(street));
        }
        let key = self.log.key();
        let note = match self.log.check(tx, street, era, &edge, &own) {
            Err(Broken::Older { .. } | Broken::Other(_) | Broken::Before(_)) => self.log.noted(street).unwrap_or(own),
            Ok(()) if known.is_some() => own,
            Ok(()) => return Err(RenewError::Holds(street)),
            Err(broken) => return Err(broken.into()),
        };
        let mut lines = note.lines();
        let origin = lines.next().unwrap_or_default().to_owned();
        let signed = lines.next().and_then(|size| size.parse().ok()).unwrap_or(kept);
        let (size, era) = (signed.max(known.unwrap_or_default()), key.era(street, &origin).unwrap_or(era));
        let (now, head) = (self.clock.now(), Head { size: kept, root: edge.root() });
        let signed = self.log.sign(street, era.next(), head)?;
        let ended = Ended { street, era, at: now, size, kept, note, why: why.to_owned() };
        tx.put(&RENEW, args![street, era.next().0, &signed, now])?;
        tx.put(&END, args![street, era.0, now, size, kept, &ended.note, why])?;
        let was = json!({ "head": ended.note, "log": origin, "size": size });
        let origin = key.origin(street, era.next());
        let became = json!({ "root": hex(&head.root.0), "size": kept, "why": why });
        let (was, became) = (Some(was), Some(became));
        let deed = Deed { what: What::Log, subject: origin.clone(), act: Act::Renewed, was, became };
        record::note(tx, street, by, deed, now)?;
        Ok((Renewed { origin, ended }, head, signed))
    }
}
