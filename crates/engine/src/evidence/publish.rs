//! What outsiders read of a log: its checkpoint, its tiles, its entries (C2SP tlog-tiles).

use std::collections::BTreeSet;

use linli_tlog::{Note, Resource, bundle};

use super::{
    Log,
    key::Era,
    log::{self, Stored},
    tiles,
};
use crate::{
    Engine,
    db::{Db, DbError, Row, Tx, args, statements},
    feed,
    ids::Jurisdiction,
};

statements! {
    LOGS = "SELECT jurisdiction, era, size, at FROM log_head WHERE size > 0 ORDER BY jurisdiction";
    LEAVES = "SELECT leaf FROM feed_change WHERE jurisdiction = $1 AND n > $2 AND n <= $3 ORDER BY n";
}

/// A log as a list shows it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Whose.
    pub street: Jurisdiction,
    /// Which beginning.
    pub era: Era,
    /// How many entries.
    pub size: u64,
    /// When it grew last.
    pub at: linli_worktime::Millis,
}

/// The newest checkpoint, with the signatures of witnesses where they signed this very one.
fn newest(note: String, witnessed: Option<String>) -> String {
    let text = |note: &str| note.parse::<Note>().ok().map(|note| note.text().to_owned());
    match witnessed {
        Some(witnessed) if text(&witnessed) == text(&note) => witnessed,
        _ => note,
    }
}

/// The logs that have begun.
///
/// # Errors
/// When the database fails.
pub async fn logs(db: &Db) -> Result<Vec<Listed>, DbError> {
    let rows = db.read(|tx: &mut Tx<'_>| tx.query(&LOGS, &[])).await?;
    let read =
        |mut row: Row| Ok(Listed { street: row.take()?, era: Era(row.take()?), size: row.take()?, at: row.take()? });
    rows.into_iter().map(read).collect()
}

/// Every street of which something was signed or should have been: those with a head, those with a feed, and those that the
/// folder beside the database remembers. Whoever takes a head away does not take the street out of sight.
///
/// # Errors
/// When the database fails.
pub async fn streets(db: &Db, log: &Log) -> Result<BTreeSet<Jurisdiction>, DbError> {
    let mut all: BTreeSet<Jurisdiction> = logs(db).await?.into_iter().map(|listed| listed.street).collect();
    all.extend(db.read(feed::heads).await?.into_iter().filter(|(_, n)| *n > 0).map(|(street, _)| street));
    all.extend(log.remembered());
    Ok(all)
}

impl Engine {
    /// The logs that have begun.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logs(&self) -> Result<Vec<Listed>, DbError> {
        logs(&self.db).await
    }

    /// The checkpoint of a log; none before its first entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self, street: Jurisdiction) -> Result<Option<String>, DbError> {
        let head = self.db.read(move |tx: &mut Tx<'_>| log::head(tx, street)).await?;
        Ok(head.map(|head| newest(head.note, head.witnessed)))
    }

    /// The bytes of a tile or of a bundle of entries; none where the log has not come that far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_resource(&self, street: Jurisdiction, of: Resource) -> Result<Option<Vec<u8>>, DbError> {
        self.db.read(move |tx: &mut Tx<'_>| resource(tx, street, of)).await
    }
}

fn resource(tx: &mut Tx<'_>, street: Jurisdiction, of: Resource) -> Result<Option<Vec<u8>>, DbError> {
    let Some(Stored { size, .. }) = log::head(tx, street)? else { return Ok(None) };
    match of {
        Resource::Tile(tile) => {
            let mut body = tiles::read(tx, street, tile)?;
            let bytes = usize::from(tile.width) * linli_tlog::Hash::SIZE;
            let there = body.len() >= bytes;
            body.truncate(bytes);
            Ok(there.then_some(body))
        }
        Resource::Bundle(wanted) => {
            let first = wanted.index.saturating_mul(u64::from(linli_tlog::tile::TILE_WIDTH));
            let end = first.saturating_add(u64::from(wanted.width));
            if end > size {
                return Ok(None);
            }
            let rows = tx.query(&LEAVES, &args![street, first, end])?;
            let leaves = rows.into_iter().map(|mut row| row.take()).collect::<Result<Vec<Vec<u8>>, DbError>>()?;
            bundle::write(leaves).map(Some).map_err(|e| DbError::Corrupt(e.to_string()))
        }
    }
}

impl Log {
    /// What outsiders check a beginning of the log of a jurisdiction with, as C2SP writes keys.
    ///
    /// # Errors
    /// When the key is none.
    pub fn verifier(&self, street: Jurisdiction, era: Era) -> Result<String, DbError> {
        Ok(self.key().verifier(street, era)?.to_string())
    }
}
