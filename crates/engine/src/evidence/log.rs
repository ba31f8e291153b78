//! The log grows: leaves that have their places in the feed become part of the tree, and the new head is signed. Any
//! process may do it, one at a time for each jurisdiction, because it holds the row of the head while it does; leaves,
//! tiles and checkpoint are written in one transaction, so a crash leaves the log as it was before or after.
//!
//! It stops rather than forks. Before it signs, it looks whether the tiles still lead to the root that it signed last, and
//! whether what it signed before (as this process saw it, and as stands in a file beside the database) is still a part
//! of the log. Where something was changed by hand, or an older copy of the database was put back, nothing is signed any
//! more, the administrator is warned, and cases go on; their leaves wait.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use linli_tlog::{Checkpoint, Edge, Note, Policy, TreeError, leaf_hash, root, witness::Head};
use linli_worktime::Millis;

use super::{
    key::{Era, LogKey},
    source,
    tiles::{self, Rows},
};
use crate::{
    Engine,
    cases::store,
    db::{DbError, Tx, WorkError, args, statements},
    ids::Jurisdiction,
    limits,
};

statements! {
    LOCK = "SELECT size, note, era FROM log_head WHERE jurisdiction = $1 {{||FOR UPDATE}}";
    MAKE = "INSERT INTO log_head (jurisdiction, size, note, at) VALUES ($1, 0, '', 0) ON CONFLICT (jurisdiction) DO NOTHING";
    MOVE = "UPDATE log_head SET size = $2, note = $3, at = $4 WHERE jurisdiction = $1";
    HEAD = "SELECT size, note, era, witnessed FROM log_head WHERE jurisdiction = $1 AND size > 0";
    // Streets whose feed is ahead of their log: one row a street.
    BEHIND = "SELECT f.jurisdiction, coalesce(l.era, 0) FROM feed_head f LEFT JOIN log_head l ON l.jurisdiction = f.jurisdiction
        WHERE f.n > coalesce(l.size, 0)";
}

/// Why a log does not grow any more. Each is a sign of tampering, or of a database that was put back.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The database itself.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The stored checkpoint was not signed by this log.
    #[error("the stored checkpoint is not this log's own: {0}")]
    Checkpoint(String),
    /// The tiles lead to another root.
    #[error("the tiles of the log do not lead to the root that was signed for {0} entries: they were changed")]
    Root(u64),
    /// Tiles are missing.
    #[error("tiles of the log are missing: {0}")]
    Tiles(String),
    /// The database is older than what was signed.
    #[error(
        "{signed} entries were signed and the database holds {there}: an older copy was put back; bring the newer one back, or begin a new log (linli log renew)"
    )]
    Older {
        /// What was signed.
        signed: u64,
        /// What is there.
        there: u64,
    },
    /// The database is from before the log began anew.
    #[error(
        "the log has begun anew as {0} since this copy of the database was made; bring the newer one back, or begin a new log (linli log renew)"
    )]
    Before(String),
    /// What was signed before is not a part of what is there.
    #[error("what was signed for {0} entries is not a part of this log: another database was put in its place")]
    Other(u64),
    /// A place of the feed is missing.
    #[error("entry {0} of the feed is missing: it was taken out of the database")]
    Gap(u64),
    /// A place of the feed has nothing that was written with it.
    #[error("entry {0} of the feed came without its commitment: no act of the program wrote it")]
    Bare(u64),
}

impl WorkError for Broken {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl From<TreeError<DbError>> for Broken {
    fn from(error: TreeError<DbError>) -> Self {
        match error {
            TreeError::Read { source, .. } => Self::Db(source),
            other => Self::Tiles(other.to_string()),
        }
    }
}

/// The head of a log that holds.
#[derive(Clone, Debug)]
pub struct Seen {
    /// How many entries it has.
    pub size: u64,
    /// Whether the file beside the database remembers it, or an earlier head of it.
    pub noted: bool,
    /// What was signed.
    pub note: String,
    /// The last that witnesses signed too.
    pub witnessed: Option<String>,
}

/// What this process knows of the logs.
pub struct Log {
    pub(super) key: LogKey,
    /// The folder with the last checkpoint of each log.
    folder: PathBuf,
    signed: Mutex<BTreeMap<Jurisdiction, (Era, Head)>>,
    stopped: Mutex<BTreeMap<Jurisdiction, (Era, String)>>,
}

impl Log {
    pub(crate) fn new(key: LogKey, folder: PathBuf) -> Self {
        Self { key, folder, signed: Mutex::default(), stopped: Mutex::default() }
    }

    /// The key, for those who say what outsiders check with.
    pub fn key(&self) -> &LogKey {
        &self.key
    }

    /// The logs that do not grow any more, and why.
    pub fn stopped(&self) -> BTreeMap<Jurisdiction, String> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.iter().map(|(street, (_, why))| (*street, why.clone())).collect()
    }

    /// Whether this beginning of a log has stopped; of one that has begun anew since, that is forgotten.
    fn has_stopped(&self, street: Jurisdiction, era: Era) -> bool {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.retain(|of, (then, _)| *of != street || *then >= era);
        stopped.contains_key(&street)
    }

    /// What was signed last, as this process or the file remembers it.
    pub(super) fn signed(&self, street: Jurisdiction, era: Era) -> Result<Option<Head>, Broken> {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, head)) = signed.get(&street).filter(|(then, _)| *then == era) {
            return Ok(Some(*head));
        }
        let Some(text) = self.noted(street) else { return Ok(None) };
        let origin = text.lines().next().unwrap_or_default();
        match self.key.era(street, origin) {
            // Whoever began anew was cut off before the file said so.
            Some(then) if then < era => return Ok(None),
            Some(then) if then > era => return Err(Broken::Before(origin.to_owned())),
            _ => {}
        }
        let head = self.open(street, era, &text)?;
        signed.insert(street, (era, head));
        Ok(Some(head))
    }

    /// The checkpoint that stands beside the database.
    pub(super) fn noted(&self, street: Jurisdiction) -> Option<String> {
        std::fs::read_to_string(self.file(street)).ok()
    }

    /// The streets of which a checkpoint stands beside the database.
    pub(super) fn remembered(&self) -> Vec<Jurisdiction> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        files.filter_map(|file| file.file_name().to_str()?.strip_suffix(".checkpoint")?.parse().ok()).collect()
    }

    pub(super) fn remember(&self, street: Jurisdiction, era: Era, head: Head, note: &str) {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).insert(street, (era, head));
        // A file that could not be written is one that remembers less; the database and the witnesses remember too.
        let path = self.file(street);
        let written = std::fs::create_dir_all(&self.folder)
            .and_then(|()| std::fs::write(path.with_extension("new"), note))
            .and_then(|()| std::fs::rename(path.with_extension("new"), &path));
        if let Err(error) = written {
            tracing::warn!(%error, path = %path.display(), "the last checkpoint could not be noted beside the database");
        }
    }

    fn file(&self, street: Jurisdiction) -> PathBuf {
        self.folder.join(format!("{street}.checkpoint"))
    }

    /// The head that a note signed by this log says.
    pub(super) fn open(&self, street: Jurisdiction, era: Era, note: &str) -> Result<Head, Broken> {
        let wrong = |e: &dyn std::fmt::Display| Broken::Checkpoint(e.to_string());
        let note: Note = note.parse().map_err(|e| wrong(&e))?;
        let (origin, key) = (self.key.origin(street, era), [self.key.verifier(street, era)?]);
        let policy = Policy { origin: &origin, log: &key, witnesses: &[], quorum: 0 };
        let (checkpoint, _) = policy.open(&note).map_err(|e| wrong(&e))?;
        Ok(Head { size: checkpoint.size, root: checkpoint.root })
    }

    /// Whether the rows are still the log that was signed.
    pub(super) fn check(
        &self,
        tx: &mut Tx<'_>,
        street: Jurisdiction,
        era: Era,
        edge: &Edge,
        note: &str,
    ) -> Result<(), Broken> {
        if edge.size() > 0 && self.open(street, era, note)? != (Head { size: edge.size(), root: edge.root() }) {
            return Err(Broken::Root(edge.size()));
        }
        match self.signed(street, era)? {
            Some(head) if head.size > edge.size() => Err(Broken::Older { signed: head.size, there: edge.size() }),
            Some(head) if head.size == edge.size() && head.root == edge.root() => Ok(()),
            Some(head) if root(&mut Rows { tx, street }, head.size)? != head.root => Err(Broken::Other(head.size)),
            _ => Ok(()),
        }
    }

    /// Whether a log holds at its head, and what stands there: the tiles lead to the root that was signed last, and what
    /// the file beside the database remembers is a part of it. None before the first entry.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn look(&self, tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<Seen>, Broken> {
        let Some(Stored { size, note, era, witnessed }) = head(tx, street)? else {
            // Nothing was signed, or somebody took away what was.
            return match self.signed(street, Era::default())? {
                Some(head) => Err(Broken::Older { signed: head.size, there: 0 }),
                None => Ok(None),
            };
        };
        let edge = Edge::restore(&mut Rows { tx, street }, size)?;
        self.check(tx, street, era, &edge, &note)?;
        Ok(Some(Seen { size, noted: self.signed(street, era)?.is_some(), note, witnessed }))
    }

    /// Takes a batch of leaves into the tree and signs the new head; nothing where none waits.
    fn grow(&self, tx: &mut Tx<'_>, street: Jurisdiction, now: Millis) -> Result<Option<(Era, Head, String)>, Broken> {
        let (size, note, era) = lock(tx, street)?;
        let mut edge = Edge::restore(&mut Rows { tx, street }, size)?;
        self.check(tx, street, era, &edge, &note)?;
        let Some(most) = most(tx, street, size)? else { return Ok(None) };
        let leaves = source::waiting(tx, street, size, most)?;
        for (waiting, n) in leaves.iter().zip(size + 1..) {
            if waiting.n != n {
                return Err(Broken::Gap(n));
            }
            edge.append(leaf_hash(&waiting.leaf));
        }
        if leaves.is_empty() {
            return Ok(None);
        }
        tiles::put(tx, street, edge.take_changed())?;
        let head = Head { size: edge.size(), root: edge.root() };
        let note = self.sign(street, era, head)?;
        tx.put(&MOVE, args![street, head.size, &note, now])?;
        Ok(Some((era, head, note)))
    }

    /// The checkpoint of a head.
    pub(super) fn sign(&self, street: Jurisdiction, era: Era, head: Head) -> Result<String, Broken> {
        let origin = self.key.origin(street, era);
        let checkpoint = Checkpoint { origin, size: head.size, root: head.root, extensions: Vec::new() };
        let note = checkpoint.sign(&[&self.key.signer(street, era)?]);
        note.map(|note| note.to_string()).map_err(|e| Broken::Checkpoint(e.to_string()))
    }
}

/// How many leaves may be taken now: what came before there was a log, and has no leaves yet, comes in whole and with the first
/// entry, so that nothing can come in that way later. None while some of it has no place.
fn most(tx: &mut Tx<'_>, street: Jurisdiction, size: u64) -> Result<Option<usize>, Broken> {
    match source::bare(tx, street, size)? {
        Some(n) if size > 0 => Err(Broken::Bare(n)),
        _ if size == 0 && source::is_bare_still_fresh(tx, street)? => Ok(None),
        Some(_) => Ok(Some(usize::MAX)),
        None => Ok(Some(limits::LOG_BATCH)),
    }
}

/// How far the tree is, what was signed for it and in which beginning; nobody else makes it grow until this is committed.
pub(super) fn lock(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<(u64, String, Era), DbError> {
    for _ in 0..2 {
        if let Some(mut row) = tx.first(&LOCK, &args![street])? {
            return Ok((row.take()?, row.take()?, Era(row.take()?)));
        }
        tx.send(&MAKE, args![street])?;
    }
    Err(DbError::Rows { sql: "LOCK", got: 0 })
}

/// The head of a log as the database has it.
pub(super) struct Stored {
    pub(super) size: u64,
    pub(super) note: String,
    pub(super) era: Era,
    /// The last that witnesses signed too.
    pub(super) witnessed: Option<String>,
}

/// The head of a log; none before the first entry.
pub(super) fn head(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<Stored>, DbError> {
    let read = |mut row: crate::db::Row| {
        Ok(Stored { size: row.take()?, note: row.take()?, era: Era(row.take()?), witnessed: row.take()? })
    };
    tx.first(&HEAD, &args![street])?.map(read).transpose()
}

impl Engine {
    /// One round: takes what has a place in the feed into the logs, a batch for each that is behind. How many entries.
    ///
    /// # Errors
    /// When the database fails. A log that was tampered with stops and is no error: it is told to the administrator.
    pub async fn grow_logs(&self) -> Result<u64, DbError> {
        let behind = self.db.read(|tx: &mut Tx<'_>| {
            let rows = tx.query(&BEHIND, &[])?.into_iter();
            rows.map(|mut row| Ok((row.take::<Jurisdiction>()?, Era(row.take()?)))).collect::<Result<Vec<_>, DbError>>()
        });
        let mut taken = 0;
        for (street, era) in behind.await? {
            if !self.log.has_stopped(street, era) {
                taken += self.grow_log(street, era).await?;
            }
        }
        Ok(taken)
    }

    async fn grow_log(&self, street: Jurisdiction, era: Era) -> Result<u64, DbError> {
        let (engine, now) = (self.clone(), self.clock.now());
        let before =
            self.log.signed.lock().unwrap_or_else(PoisonError::into_inner).get(&street).map(|(_, head)| head.size);
        match self.db.write(move |tx: &mut Tx<'_>| engine.log.grow(tx, street, now)).await {
            Ok(Some((era, head, note))) => {
                self.log.remember(street, era, head, &note);
                Ok(head.size - before.unwrap_or_default().min(head.size))
            }
            Ok(None) => Ok(0),
            Err(Broken::Db(error)) => Err(error),
            Err(broken) => self.stop_log(street, era, broken.to_string()).await.map(|()| 0),
        }
    }

    /// Signs nothing more for a log, and tells the administrator why.
    pub(super) async fn stop_log(&self, street: Jurisdiction, era: Era, why: String) -> Result<(), DbError> {
        tracing::error!(%street, why, "the log of evidence stops");
        let (home, now) = (self.home, self.clock.now());
        self.log.stopped.lock().unwrap_or_else(PoisonError::into_inner).insert(street, (era, why.clone()));
        self.db.write(move |tx: &mut Tx<'_>| store::warn(tx, home, &format!("log-{street}"), &why, now)).await
    }
}
