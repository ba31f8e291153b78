//! SQLite: one writer thread, several readers. The writer takes all the work that waits, runs each piece in a savepoint
//! of one transaction, commits with a synced WAL, and only then answers: one sync is shared by all (group commit).

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use tokio::sync::mpsc;

use super::{
    DbError, Dialect, Row, Value, Work,
    gather::Table,
    sql::ROWS,
    tx::{Kind, Tx, one},
};
use crate::limits;

pub(super) struct Lite {
    writer: mpsc::Sender<Box<dyn Work>>,
    readers: mpsc::Sender<Box<dyn Work>>,
}

impl Lite {
    pub(super) fn open(path: &Path, readers: usize) -> Result<Self, DbError> {
        let fail = |e: &dyn std::fmt::Display| DbError::Open { at: path.display().to_string(), reason: e.to_string() };
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| fail(&e))?;
        }
        make(path).map_err(|e| fail(&e))?;
        let connection = connect(path, false).map_err(|e| fail(&e))?;
        let (writer, work) = mpsc::channel(limits::WAITING_WRITES);
        spawn("sqlite-writer", move || write_loop(&connection, work)).map_err(|e| fail(&e))?;

        let (reader, work) = mpsc::channel(limits::WAITING_READS);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..readers.max(1) {
            let connection = connect(path, true).map_err(|e| fail(&e))?;
            let work = Arc::clone(&work);
            spawn("sqlite-reader", move || read_loop(&connection, &work)).map_err(|e| fail(&e))?;
        }
        Ok(Self { writer, readers: reader })
    }

    pub(super) async fn write(&self, job: Box<dyn Work>) -> Result<(), DbError> {
        self.writer.send(job).await.map_err(|_| DbError::Gone)
    }

    pub(super) async fn read(&self, job: Box<dyn Work>) -> Result<(), DbError> {
        self.readers.send(job).await.map_err(|_| DbError::Gone)
    }
}

/// Writes a whole copy of a database that may be in use into a new file.
///
/// # Errors
/// When the file exists, or SQLite fails.
pub fn copy(from: &Path, to: &Path) -> Result<(), DbError> {
    let failed = |source| DbError::Lite { sql: "VACUUM INTO", source };
    make(to).map_err(|e| DbError::Open { at: to.display().to_string(), reason: e.to_string() })?;
    let connection = Connection::open(from).map_err(failed)?;
    connection.busy_timeout(limits::BUSY).map_err(failed)?;
    connection.execute("VACUUM INTO ?1", [to.display().to_string()]).map(drop).map_err(failed)
}

/// Makes the file, where it is not there, for its owner only; the files that SQLite puts beside it follow it in that.
fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::File::options().create(true).append(true).mode(0o600).open(path).map(drop)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(body).map(drop)
}

fn connect(path: &Path, reader: bool) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::default() | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(limits::BUSY)?;
    connection.set_prepared_statement_cache_capacity(limits::CACHED_STATEMENTS);
    // FULL: each commit syncs the WAL before it returns, so an answer survives a power cut.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000;",
    )?;
    if reader {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(connection)
}

fn write_loop(connection: &Connection, mut work: mpsc::Receiver<Box<dyn Work>>) {
    let mut batch: Vec<Box<dyn Work>> = Vec::new();
    while let Some(first) = work.blocking_recv() {
        if let Err(source) = connection.execute_batch("BEGIN IMMEDIATE") {
            first.answer(Err(DbError::Lite { sql: "BEGIN IMMEDIATE", source }));
            continue;
        }
        let mut next = Some(first);
        while let Some(mut job) = next {
            run_in_savepoint(connection, &mut *job);
            batch.push(job);
            next = if batch.len() < limits::GROUP_COMMIT { work.try_recv().ok() } else { None };
        }
        let commit = connection.execute_batch("COMMIT");
        if commit.is_err() {
            // Nothing of the group is on the disk; each is told so.
            let _ = connection.execute_batch("ROLLBACK");
        }
        let reason = commit.err().map(|e| e.to_string());
        for job in batch.drain(..) {
            job.answer(match &reason {
                None => Ok(()),
                Some(reason) => Err(DbError::Open { at: "commit".into(), reason: reason.clone() }),
            });
        }
    }
}

fn run_in_savepoint(connection: &Connection, job: &mut dyn Work) {
    let cached = |text: &str| connection.prepare_cached(text).and_then(|mut s| s.execute([])).map(drop);
    if cached("SAVEPOINT work").is_err() {
        return;
    }
    let good = job.run(&mut Tx(Kind::Lite(LiteTx { connection })));
    if !good {
        let _ = cached("ROLLBACK TO work");
    }
    let _ = cached("RELEASE work");
}

fn read_loop(connection: &Connection, work: &Mutex<mpsc::Receiver<Box<dyn Work>>>) {
    loop {
        let job = work.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(mut job) = job else { return };
        // One snapshot for the whole piece of work.
        let begun = connection.execute_batch("BEGIN");
        job.run(&mut Tx(Kind::Lite(LiteTx { connection })));
        let ended = begun.and_then(|()| connection.execute_batch("COMMIT"));
        job.answer(ended.map_err(|source| DbError::Lite { sql: "COMMIT", source }));
    }
}

/// A savepoint on the writer, or a snapshot on a reader.
pub(super) struct LiteTx<'c> {
    connection: &'c Connection,
}

impl LiteTx<'_> {
    pub(super) fn query(&mut self, name: &'static str, text: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let run = || -> rusqlite::Result<Vec<Row>> {
            let mut statement = self.connection.prepare_cached(text)?;
            let columns = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(args))?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                let cells = (0..columns).map(|i| row.get_ref(i).map(cell)).collect::<rusqlite::Result<_>>()?;
                out.push(Row::new(cells));
            }
            Ok(out)
        };
        run().map_err(|e| error(name, e))
    }

    pub(super) fn exec(&mut self, name: &'static str, text: &str, args: &[Value]) -> Result<u64, DbError> {
        let run = || self.connection.prepare_cached(text)?.execute(rusqlite::params_from_iter(args));
        run().map(|n| n as u64).map_err(|e| error(name, e))
    }

    /// Writes gathered rows, many in a statement where it has such a form.
    pub(super) fn write_table(&mut self, table: &Table) -> Result<(), DbError> {
        let (name, mut cells) = (table.sql.name, table.cells.as_slice());
        if let Some(text) = table.sql.rows_text(Dialect::Lite) {
            while let Some((many, rest)) = cells.split_at_checked(ROWS * table.width) {
                let got = self.exec(name, text, many)?;
                if table.single && got != ROWS as u64 {
                    return Err(DbError::Rows { sql: name, got });
                }
                cells = rest;
            }
        }
        for row in cells.chunks(table.width.max(1)) {
            let got = self.exec(name, table.sql.text(Dialect::Lite), row)?;
            if table.single {
                one(name, got)?;
            }
        }
        Ok(())
    }

    pub(super) fn script(&mut self, text: &str) -> Result<(), DbError> {
        self.connection.execute_batch(text).map_err(|e| error("script", e))
    }

    pub(super) fn prepare(&mut self, name: &'static str, text: &str) -> Result<(), DbError> {
        self.connection.prepare(text).map(drop).map_err(|e| error(name, e))
    }
}

fn cell(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(i) => Value::Int(i),
        ValueRef::Real(r) => Value::Real(r),
        ValueRef::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
        ValueRef::Blob(b) => Value::Bytes(b.to_vec()),
    }
}

fn error(sql: &'static str, source: rusqlite::Error) -> DbError {
    match source.sqlite_error() {
        Some(e) if e.extended_code == 1555 || e.extended_code == 2067 => DbError::Duplicate { sql },
        _ => DbError::Lite { sql, source },
    }
}
