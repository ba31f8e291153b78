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
    key::LogKey,
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
    LOCK = "SELECT size, note FROM log_head WHERE jurisdiction = $1 {{||FOR UPDATE}}";
    MAKE = "INSERT INTO log_head (jurisdiction, size, note, at) VALUES ($1, 0, '', 0) ON CONFLICT (jurisdiction) DO NOTHING";
    MOVE = "UPDATE log_head SET size = $2, note = $3, at = $4 WHERE jurisdiction = $1";
    HEAD = "SELECT size, note, witnessed, at FROM log_head WHERE jurisdiction = $1 AND size > 0";
    // Streets whose feed is ahead of their log: one row a street.
    BEHIND = "SELECT f.jurisdiction FROM feed_head f LEFT JOIN log_head l ON l.jurisdiction = f.jurisdiction
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
        "{signed} entries were signed and the database holds {there}: an older copy was put back; bring the newer one back"
    )]
    Older {
        /// What was signed.
        signed: u64,
        /// What is there.
        there: u64,
    },
    /// What was signed before is not a part of what is there.
    #[error("what was signed for {0} entries is not a part of this log: another database was put in its place")]
    Other(u64),
    /// A place of the feed is missing.
    #[error("entry {0} of the feed is missing: it was taken out of the database")]
    Gap(u64),
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
    signed: Mutex<BTreeMap<Jurisdiction, Head>>,
    stopped: Mutex<BTreeMap<Jurisdiction, String>>,
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
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was signed last, as this process or the file remembers it.
    fn signed(&self, street: Jurisdiction) -> Result<Option<Head>, Broken> {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(head) = signed.get(&street) {
            return Ok(Some(*head));
        }
        let Ok(text) = std::fs::read_to_string(self.file(street)) else { return Ok(None) };
        let head = self.open(street, &text)?;
        signed.insert(street, head);
        Ok(Some(head))
    }

    fn remember(&self, street: Jurisdiction, head: Head, note: &str) {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).insert(street, head);
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
    pub(super) fn open(&self, street: Jurisdiction, note: &str) -> Result<Head, Broken> {
        let wrong = |e: &dyn std::fmt::Display| Broken::Checkpoint(e.to_string());
        let note: Note = note.parse().map_err(|e| wrong(&e))?;
        let (origin, key) = (self.key.origin(street), [self.key.verifier(street)?]);
        let policy = Policy { origin: &origin, log: &key, witnesses: &[], quorum: 0 };
        let (checkpoint, _) = policy.open(&note).map_err(|e| wrong(&e))?;
        Ok(Head { size: checkpoint.size, root: checkpoint.root })
    }

    /// Whether the rows are still the log that was signed.
    fn check(&self, tx: &mut Tx<'_>, street: Jurisdiction, edge: &Edge, note: &str) -> Result<(), Broken> {
        if edge.size() > 0 && self.open(street, note)? != (Head { size: edge.size(), root: edge.root() }) {
            return Err(Broken::Root(edge.size()));
        }
        match self.signed(street)? {
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
        let Some((size, note, witnessed)) = head(tx, street)? else { return Ok(None) };
        let edge = Edge::restore(&mut Rows { tx, street }, size)?;
        self.check(tx, street, &edge, &note)?;
        Ok(Some(Seen { size, noted: self.signed(street)?.is_some(), note, witnessed }))
    }

    /// Takes a batch of leaves into the tree and signs the new head; nothing where none waits.
    fn grow(&self, tx: &mut Tx<'_>, street: Jurisdiction, now: Millis) -> Result<Option<(Head, String)>, Broken> {
        let (size, note) = lock(tx, street)?;
        let mut edge = Edge::restore(&mut Rows { tx, street }, size)?;
        self.check(tx, street, &edge, &note)?;
        let leaves = source::waiting(tx, street, size, limits::LOG_BATCH)?;
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
        let checkpoint =
            Checkpoint { origin: self.key.origin(street), size: head.size, root: head.root, extensions: Vec::new() };
        let note = checkpoint.sign(&[&self.key.signer(street)?]).map_err(|e| Broken::Checkpoint(e.to_string()))?;
        tx.put(&MOVE, args![street, head.size, note.to_string(), now])?;
        Ok(Some((head, note.to_string())))
    }
}

fn lock(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<(u64, String), DbError> {
    for _ in 0..2 {
        if let Some(mut row) = tx.first(&LOCK, &args![street])? {
            return Ok((row.take()?, row.take()?));
        }
        tx.send(&MAKE, args![street])?;
    }
    Err(DbError::Rows { sql: "LOCK", got: 0 })
}

/// The checkpoint of a log, and the last one that witnesses signed too; none before the first entry.
pub(super) fn head(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<(u64, String, Option<String>)>, DbError> {
    tx.first(&HEAD, &args![street])?.map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).transpose()
}

impl Engine {
    /// One round: takes what has a place in the feed into the logs, a batch for each that is behind. How many entries.
    ///
    /// # Errors
    /// When the database fails. A log that was tampered with stops and is no error: it is told to the administrator.
    pub async fn grow_logs(&self) -> Result<u64, DbError> {
        let behind = self.db.read(|tx: &mut Tx<'_>| {
            tx.query(&BEHIND, &[])?.into_iter().map(|mut row| row.take::<Jurisdiction>()).collect::<Result<Vec<_>, _>>()
        });
        let mut taken = 0;
        for street in behind.await? {
            if !self.log.stopped().contains_key(&street) {
                taken += self.grow_log(street).await?;
            }
        }
        Ok(taken)
    }

    async fn grow_log(&self, street: Jurisdiction) -> Result<u64, DbError> {
        let (engine, now) = (self.clone(), self.clock.now());
        let before = self.log.signed.lock().unwrap_or_else(PoisonError::into_inner).get(&street).copied();
        match self.db.write(move |tx: &mut Tx<'_>| engine.log.grow(tx, street, now)).await {
            Ok(Some((head, note))) => {
                self.log.remember(street, head, &note);
                Ok(head.size - before.map_or(0, |before| before.size.min(head.size)))
            }
            Ok(None) => Ok(0),
            Err(Broken::Db(error)) => Err(error),
            Err(broken) => self.stop_log(street, broken.to_string()).await.map(|()| 0),
        }
    }

    /// Signs nothing more for a log, and tells the administrator why.
    pub(super) async fn stop_log(&self, street: Jurisdiction, why: String) -> Result<(), DbError> {
        tracing::error!(%street, why, "the log of evidence stops");
        let (home, now) = (self.home, self.clock.now());
        self.log.stopped.lock().unwrap_or_else(PoisonError::into_inner).insert(street, why.clone());
        self.db.write(move |tx: &mut Tx<'_>| store::warn(tx, home, &format!("log-{street}"), &why, now)).await
    }
}
