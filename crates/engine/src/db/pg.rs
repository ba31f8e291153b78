//! PostgreSQL: threads that each own a connection. Changes whose result nobody needs travel together (pipelined), and
//! `BEGIN` rides with the first statement, so a write costs few round trips.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use futures_util::future::{join, try_join_all};
use tokio::{runtime::Runtime, sync::mpsc};
use tokio_postgres::{
    Client, NoTls, Statement,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{ToSql, Type},
};

use super::{
    DbError, Dialect, Filter, Row, Sql, Value, Work,
    gather::Table,
    sql::ROWS,
    tx::{Kind, Tx, one},
};
use crate::limits;

type Jobs = mpsc::Receiver<Box<dyn Work>>;

pub(super) struct Pg {
    writers: mpsc::Sender<Box<dyn Work>>,
    readers: mpsc::Sender<Box<dyn Work>>,
}

impl Pg {
    /// `connections` writers and half as many readers.
    pub(super) fn open(url: &str, connections: usize) -> Result<Self, DbError> {
        // The first connection tells a wrong address at once instead of at the first request.
        Connection::open(url, true)?;
        let writers = seats(url, connections.max(2), true)?;
        let readers = seats(url, (connections / 2).max(2), false)?;
        Ok(Self { writers, readers })
    }

    pub(super) async fn write(&self, job: Box<dyn Work>) -> Result<(), DbError> {
        self.writers.send(job).await.map_err(|_| DbError::Gone)
    }

    pub(super) async fn read(&self, job: Box<dyn Work>) -> Result<(), DbError> {
        self.readers.send(job).await.map_err(|_| DbError::Gone)
    }
}

fn seats(url: &str, count: usize, write: bool) -> Result<mpsc::Sender<Box<dyn Work>>, DbError> {
    let (work, jobs) = mpsc::channel(limits::WAITING_WRITES);
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..count {
        let mut seat = Seat { url: url.to_owned(), write, connection: None };
        let jobs = Arc::clone(&jobs);
        let thread = thread::Builder::new().name("postgres".into()).spawn(move || work_loop(&mut seat, &jobs));
        thread.map_err(|e| DbError::Open { at: "PostgreSQL".into(), reason: e.to_string() })?;
    }
    Ok(work)
}

fn work_loop(seat: &mut Seat, jobs: &Mutex<Jobs>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(job) = job else { return };
        seat.serve(job);
    }
}

/// A thread's place at the server: connects when needed, again after a loss.
struct Seat {
    url: String,
    write: bool,
    connection: Option<Connection>,
}

struct Connection {
    runtime: Runtime,
    client: Client,
    prepared: HashMap<usize, Statement>,
    lists: HashMap<String, Statement>,
}

impl Seat {
    fn connect(&mut self) -> Result<&mut Connection, DbError> {
        if self.connection.as_ref().is_none_or(|c| c.client.is_closed()) {
            self.connection = Some(Connection::open(&self.url, self.write)?);
        }
        self.connection.as_mut().ok_or(DbError::Gone)
    }

    fn serve(&mut self, mut job: Box<dyn Work>) {
        let write = self.write;
        for attempt in 1.. {
            let connection = match self.connect() {
                Ok(connection) => connection,
                Err(e) => return job.answer(Err(e)),
            };
            let mut tx = Tx(Kind::Pg(PgTx { connection, begun: !write, waiting: Vec::new() }));
            let good = job.run(&mut tx);
            let Kind::Pg(tx) = tx.0 else { return };
            let ended = if write { tx.end(good) } else { Ok(()) };
            if !good && job.again() && attempt < limits::TRANSACTION_TRIES {
                continue;
            }
            if ended.is_err() {
                // A connection whose transaction did not end is not used again.
                self.connection = None;
            }
            return job.answer(ended);
        }
    }
}

impl Connection {
    fn open(url: &str, write: bool) -> Result<Self, DbError> {
        let fail = |e: &dyn std::fmt::Display| DbError::Open { at: "PostgreSQL".into(), reason: e.to_string() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| fail(&e))?;
        let client = runtime
            .block_on(async {
                let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
                tokio::spawn(connection);
                // Never below what the server's default promises: an answer means durable. Short questions gain nothing by compiling.
                client
                    .batch_execute("SET synchronous_commit = on; SET client_min_messages = warning; SET jit = off")
                    .await?;
                if !write {
                    client.batch_execute("SET default_transaction_read_only = on").await?;
                }
                Ok::<_, tokio_postgres::Error>(client)
            })
            .map_err(|e| fail(&crate::chain(&e)))?;
        Ok(Self { runtime, client, prepared: HashMap::new(), lists: HashMap::new() })
    }

    fn statement(&mut self, sql: &'static Sql) -> Result<Statement, DbError> {
        // Statements are statics: the address is the identity.
        let key = std::ptr::from_ref(sql).addr();
        if let Some(statement) = self.prepared.get(&key) {
            return Ok(statement.clone());
        }
        let statement = self
            .runtime
            .block_on(self.client.prepare(sql.text(Dialect::Pg)))
            .map_err(|source| DbError::Pg { sql: sql.name, source })?;
        self.prepared.insert(key, statement.clone());
        Ok(statement)
    }

    /// For a text that is made at run time; each is prepared once.
    fn text_statement(&mut self, text: &str) -> Result<Statement, DbError> {
        if let Some(statement) = self.lists.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(text)).map_err(|e| error("list", e))?;
        if self.lists.len() < limits::CACHED_STATEMENTS {
            self.lists.insert(text.to_owned(), statement.clone());
        }
        Ok(statement)
    }
}

/// A transaction whose deferred changes wait for the next read or the commit.
pub(super) struct PgTx<'c> {
    connection: &'c mut Connection,
    begun: bool,
    waiting: Vec<(&'static Sql, Vec<Value>, bool)>,
}

impl PgTx<'_> {
    /// Sends what waits together with `BEGIN` where that is still due, then `last` if given; all in one round trip.
    fn pipeline(
        &mut self,
        last: Option<(&'static str, &Statement, &[Value])>,
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut sent = Vec::with_capacity(waiting.len());
        for (sql, args, single) in waiting {
            sent.push((sql, self.connection.statement(sql)?, args, single));
        }
        let begin = !std::mem::replace(&mut self.begun, true);
        let client = &self.connection.client;
        let begun =
            async { if begin { client.batch_execute("BEGIN").await.map_err(|e| error("BEGIN", e)) } else { Ok(()) } };
        let changes = try_join_all(sent.iter().map(|(sql, statement, args, single)| async move {
            let params = params(args);
            let got = client.execute(statement, &params).await.map_err(|e| error(sql.name, e))?;
            if *single { one(sql.name, got) } else { Ok(()) }
        }));
        let rows = async {
            match last {
                None => Ok(Vec::new()),
                Some((name, statement, args)) => {
                    client.query(statement, &params(args)).await.map_err(|e| error(name, e))
                }
            }
        };
        let (begun, (changes, rows)) = self.connection.runtime.block_on(join(begun, join(changes, rows)));
        begun?;
        changes?;
        rows
    }

    pub(super) fn query(&mut self, sql: &'static Sql, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let statement = self.connection.statement(sql)?;
        self.pipeline(Some((sql.name, &statement, args)))?.iter().map(row).collect()
    }

    pub(super) fn list(&mut self, filter: &Filter) -> Result<Vec<Row>, DbError> {
        let statement = self.connection.text_statement(&filter.render(Dialect::Pg))?;
        self.pipeline(Some(("list", &statement, filter.args())))?.iter().map(row).collect()
    }

    pub(super) fn exec(&mut self, sql: &'static Sql, args: &[Value]) -> Result<u64, DbError> {
        self.pipeline(None)?;
        let statement = self.connection.statement(sql)?;
        let run = self.connection.client.execute(&statement, &params(args)[..]).await_on(&self.connection.runtime);
        run.map_err(|e| error(sql.name, e))
    }

    /// Writes gathered rows: by `COPY` where that is possible, else many in a statement.
    pub(super) fn write_table(&mut self, table: &Table) -> Result<(), DbError> {
        let (sql, mut cells) = (table.sql, table.cells.as_slice());
        if cells.len() >= ROWS * table.width {
            if let Some(text) = sql.copy_text() {
                return self.copy(sql, &text, cells.chunks(table.width));
            }
            if let Some(text) = sql.rows_text(Dialect::Pg) {
                self.pipeline(None)?;
                let statement = self.connection.text_statement(text)?;
                while let Some((many, rest)) = cells.split_at_checked(ROWS * table.width) {
                    let params = params(many);
                    let run = self.connection.client.execute(&statement, &params[..]);
                    let got = run.await_on(&self.connection.runtime).map_err(|e| error(sql.name, e))?;
                    if table.single && got != ROWS as u64 {
                        return Err(DbError::Rows { sql: sql.name, got });
                    }
                    cells = rest;
                }
            }
        }
        cells.chunks(table.width.max(1)).for_each(|row| self.put(sql, row.to_vec(), table.single));
        Ok(())
    }

    fn copy<'r>(
        &mut self,
        sql: &'static Sql,
        text: &str,
        rows: impl Iterator<Item = &'r [Value]>,
    ) -> Result<(), DbError> {
        self.pipeline(None)?;
        let types = self.connection.statement(sql)?.params().to_vec();
        let client = &self.connection.client;
        let copied = async {
            let writer = BinaryCopyInWriter::new(client.copy_in(text).await?, &types);
            let mut writer = std::pin::pin!(writer);
            for row in rows {
                writer.as_mut().write_raw(row).await?;
            }
            writer.finish().await
        };
        copied.await_on(&self.connection.runtime).map(drop).map_err(|e| error(sql.name, e))
    }

    pub(super) fn put(&mut self, sql: &'static Sql, args: Vec<Value>, single: bool) {
        self.waiting.push((sql, args, single));
    }

    pub(super) fn flush(&mut self) -> Result<(), DbError> {
        if self.waiting.is_empty() { Ok(()) } else { self.pipeline(None).map(drop) }
    }

    pub(super) fn script(&mut self, text: &str) -> Result<(), DbError> {
        self.pipeline(None)?;
        self.connection.runtime.block_on(self.connection.client.batch_execute(text)).map_err(|e| error("script", e))
    }

    pub(super) fn prepare(&mut self, sql: &'static Sql) -> Result<(), DbError> {
        self.connection.statement(sql).map(drop)
    }

    pub(super) fn prepare_text(&mut self, text: &str) -> Result<(), DbError> {
        self.connection.text_statement(text).map(drop)
    }

    fn end(self, good: bool) -> Result<(), DbError> {
        if !self.begun {
            return Ok(());
        }
        let last = if good { "COMMIT" } else { "ROLLBACK" };
        self.connection.runtime.block_on(self.connection.client.batch_execute(last)).map_err(|e| error(last, e))
    }
}

trait AwaitOn: Future + Sized {
    fn await_on(self, runtime: &Runtime) -> Self::Output {
        runtime.block_on(self)
    }
}
impl<F: Future> AwaitOn for F {}

fn params(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|a| a as &(dyn ToSql + Sync)).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let cells = row.columns().iter().enumerate().map(|(i, column)| {
        let ty = column.type_();
        let cell = match *ty {
            Type::INT8 => row.try_get::<_, Option<i64>>(i).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(i).map(Value::from),
            Type::BOOL => row.try_get::<_, Option<bool>>(i).map(Value::from),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(i).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(i).map(Value::from),
            Type::UUID => row.try_get::<_, Option<Uuid>>(i).map(|id| id.map_or(Value::Null, |id| Value::Id(id.0))),
            _ => row.try_get::<_, Option<String>>(i).map(Value::from),
        };
        cell.map_err(|e| error("cell", e))
    });
    Ok(Row::new(cells.collect::<Result<_, _>>()?))
}

struct Uuid([u8; 16]);

impl<'a> tokio_postgres::types::FromSql<'a> for Uuid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.try_into()?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}

fn error(sql: &'static str, source: tokio_postgres::Error) -> DbError {
    if source.code() == Some(&SqlState::UNIQUE_VIOLATION) {
        DbError::Duplicate { sql }
    } else {
        DbError::Pg { sql, source }
    }
}
