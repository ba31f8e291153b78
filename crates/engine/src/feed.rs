//! The feed of changes: every event of every case has a place `n` in one order per jurisdiction, from 1 without gaps, in
//! which a case's own events keep theirs. A reader who remembers the last `n` that it saw misses nothing and sees
//! nothing twice, although transactions commit in another order than they begin.
//!
//! The transaction that writes an event notes it as fresh ([`note`]). A moment later the sequencer gives fresh events
//! their places ([`Engine::sequence`]): any process may do it, one at a time for each jurisdiction, because it holds the
//! row of the head while it does. What is not committed yet is not seen and gets a later place; a process that dies in
//! the middle has given none. History that comes in bulk takes its places at once ([`append`]).
//!
//! The order is that of the log of evidence too ([`crate::evidence`]), so entries of the log that are no events have
//! places between those of events; who reads the feed does not see them.

mod entries;
mod follow;
mod read;

use linli_worktime::Millis;

pub(crate) use self::entries::{STATEMENTS as ENTRY_STATEMENTS, marks, padded};
pub use self::{
    entries::{Entry, Open},
    follow::{Follow, Heads, News},
    read::{Part, Seen},
};
use crate::{
    Engine,
    cases::CaseKey,
    db::{DbError, Gather, Tx, args, statements},
    evidence::Kind,
    ids::{CaseId, Jurisdiction},
    limits,
};

statements! {
    NOTE = "INSERT INTO fresh_event (jurisdiction, at, case_id, seq, kind, leaf) VALUES ($1, $2, $3, $4, $5, $6)";
    // Jurisdictions with fresh events, one after another: each is one step down the key.
    NEXT_FRESH = "SELECT min(jurisdiction) FROM fresh_event WHERE jurisdiction > $1";
    HEAD = "SELECT n FROM feed_head WHERE jurisdiction = $1";
    HEADS = "SELECT jurisdiction, n FROM feed_head ORDER BY jurisdiction";
    LOCK_HEAD = "SELECT n FROM feed_head WHERE jurisdiction = $1 {{||FOR UPDATE}}";
    MAKE_HEAD = "INSERT INTO feed_head (jurisdiction, n) VALUES ($1, 0) ON CONFLICT (jurisdiction) DO NOTHING";
    MOVE_HEAD = "UPDATE feed_head SET n = $2 WHERE jurisdiction = $1";
    PLACE = "INSERT INTO feed_change (jurisdiction, n, case_id, seq, at, kind, leaf)
        SELECT jurisdiction, CAST($2 AS BIGINT) + row_number() OVER (ORDER BY at, case_id, seq), case_id, seq, at, kind, leaf
        FROM (SELECT jurisdiction, case_id, seq, at, kind, leaf FROM fresh_event WHERE jurisdiction = $1
              ORDER BY jurisdiction, at, case_id, seq LIMIT $3) AS fresh";
    // Those that have a place now, and not those that came while the places were given.
    PLACED = "DELETE FROM fresh_event WHERE (jurisdiction, at, case_id, seq) IN
        (SELECT jurisdiction, at, case_id, seq FROM feed_change WHERE jurisdiction = $1 AND n > $2)";
    ADD = "INSERT INTO feed_change (jurisdiction, n, case_id, seq, at, kind, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    AFTER = "SELECT jurisdiction, n, case_id, seq, at FROM feed_change
        WHERE jurisdiction = $1 AND n > $2 AND kind = 0 ORDER BY n LIMIT $3";
}

/// An event in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the order of its jurisdiction, from 1.
    pub n: u64,
    /// The case.
    pub case: CaseKey,
    /// The number of the event within the case.
    pub seq: u64,
    /// When it happened.
    pub at: Millis,
}

/// What waits for a place: an event, or another entry of the log that stands in the same order.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// The jurisdiction in whose order.
    pub jurisdiction: Jurisdiction,
    /// What it is.
    pub kind: Kind,
    /// The case, or its own id.
    pub id: [u8; 16],
    /// The number of the event within the case; 0 elsewhere.
    pub seq: u64,
    /// When it happened.
    pub at: Millis,
    /// Its leaf of the log.
    pub leaf: [u8; 32],
}

/// Notes something for the feed, in the transaction that writes it.
pub(crate) fn note(tx: &mut Tx<'_>, fresh: &Fresh) -> Result<(), DbError> {
    let Fresh { jurisdiction, kind, id, seq, at, leaf } = fresh;
    tx.put(&NOTE, args![*jurisdiction, *at, CaseId(*id), *seq, kind.code(), *leaf])
}

/// Gives events that are written in bulk (history, imports) their places at once, in the order in which they are given:
/// a case's events in theirs. Holds the head of the feed until the transaction ends, so call it last in a short one. An
/// event goes through here or through the acts, never both.
///
/// # Errors
/// When the database refuses.
pub fn append(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, places: &[Fresh]) -> Result<(), DbError> {
    if places.is_empty() {
        return Ok(());
    }
    let (mut n, mut rows) = (lock_head(tx, jurisdiction)?, Gather::new());
    for Fresh { kind, id, seq, at, leaf, .. } in places {
        n += 1;
        rows.tx().put(&ADD, args![jurisdiction, n, CaseId(*id), *seq, *at, kind.code(), *leaf])?;
    }
    tx.write_all(&rows)?;
    tx.put(&MOVE_HEAD, args![jurisdiction, n])
}

/// The changes after place `n`, oldest first. The next page is asked for with the last one's `n`.
///
/// # Errors
/// When the database refuses.
pub fn after(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, n: u64, limit: usize) -> Result<Vec<Change>, DbError> {
    let rows = tx.query(&AFTER, &args![jurisdiction, n, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let change = |mut row: crate::db::Row| {
        let (jurisdiction, n) = (row.take()?, row.take()?);
        Ok(Change { n, case: CaseKey { jurisdiction, id: row.take()? }, seq: row.take()?, at: row.take()? })
    };
    rows.into_iter().map(change).collect()
}

/// The last place that is given away in a jurisdiction; 0 before the first.
///
/// # Errors
/// When the database refuses.
pub fn head(tx: &mut Tx<'_>, jurisdiction: Jurisdiction) -> Result<u64, DbError> {
    tx.first(&HEAD, &args![jurisdiction])?.map_or(Ok(0), |mut row| row.take())
}

/// The last places given away in all jurisdictions (one row a street).
///
/// # Errors
/// When the database refuses.
pub fn heads(tx: &mut Tx<'_>) -> Result<Heads, DbError> {
    tx.query(&HEADS, &[])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Takes hold of the head of a feed: whoever else gives places waits.
fn lock_head(tx: &mut Tx<'_>, jurisdiction: Jurisdiction) -> Result<u64, DbError> {
    for _ in 0..2 {
        if let Some(mut row) = tx.first(&LOCK_HEAD, &args![jurisdiction])? {
            return row.take();
        }
        tx.send(&MAKE_HEAD, args![jurisdiction])?;
    }
    Err(DbError::Rows { sql: "LOCK_HEAD", got: 0 })
}

/// Gives the fresh events of one jurisdiction their places, at most a batch; how many.
fn place(tx: &mut Tx<'_>, jurisdiction: Jurisdiction) -> Result<u64, DbError> {
    let head = lock_head(tx, jurisdiction)?;
    let batch = i64::try_from(limits::FEED_BATCH).unwrap_or(i64::MAX);
    let placed = tx.exec(&PLACE, &args![jurisdiction, head, batch])?;
    if placed > 0 {
        tx.send(&PLACED, args![jurisdiction, head])?;
        tx.put(&MOVE_HEAD, args![jurisdiction, head + placed])?;
    }
    Ok(placed)
}

impl Engine {
    /// One round of the sequencer: gives fresh events of every jurisdiction their places, at most a batch each. How many
    /// it gave.
    ///
    /// # Errors
    /// When the database fails; nothing is given twice then.
    pub async fn sequence(&self) -> Result<u64, DbError> {
        let waiting = self.db.read(|tx: &mut Tx<'_>| {
            let (mut found, mut last) = (Vec::new(), Jurisdiction::default());
            while let Some(mut row) = tx.first(&NEXT_FRESH, &args![last])? {
                let Some(next) = row.take::<Option<Jurisdiction>>()? else { break };
                found.push(next);
                last = next;
            }
            Ok::<_, DbError>(found)
        });
        let mut placed = 0;
        for jurisdiction in waiting.await? {
            placed += self.db.write(move |tx: &mut Tx<'_>| place(tx, jurisdiction)).await?;
        }
        Ok(placed)
    }
}
