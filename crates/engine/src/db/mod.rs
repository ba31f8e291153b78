//! One set of queries on SQLite and PostgreSQL. A piece of work is a closure that runs whole on a thread that owns a
//! connection, so a request that is dropped half-way cannot leave a transaction behind. A write answers only after its
//! commit is on the disk: PostgreSQL with `synchronous_commit = on`; SQLite in `lite`, where one sync serves all who wait.

mod gather;
mod lite;
mod load;
mod migrate;
mod pg;
mod row;
mod sql;
mod tx;
mod value;

use std::{path::PathBuf, str::FromStr, sync::Arc};

use tokio::sync::oneshot;

pub use self::{
    gather::Gather,
    lite::copy as copy_lite,
    load::{Latency, Load},
    row::{FromCell, Row},
    sql::{Dialect, Filter, Sql},
    tx::Tx,
    value::Value,
};
pub(crate) use self::{migrate::STATEMENTS as MIGRATE_STATEMENTS, sql::statements, value::args};

/// Where the rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    /// A SQLite file.
    Lite(PathBuf),
    /// A PostgreSQL connection string.
    Pg(String),
}

impl FromStr for Url {
    type Err = std::convert::Infallible;

    /// `postgres://…` (or `postgresql://…`) is PostgreSQL; everything else is the path of a SQLite file.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Pg(text.to_owned())
        } else {
            Self::Lite(PathBuf::from(text.strip_prefix("sqlite://").unwrap_or(text)))
        })
    }
}

/// What can go wrong below the SQL.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// SQLite refused a statement.
    #[error("SQLite refused `{sql}`")]
    Lite {
        sql: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    /// PostgreSQL refused a statement.
    #[error("PostgreSQL refused `{sql}`")]
    Pg {
        sql: &'static str,
        #[source]
        source: tokio_postgres::Error,
    },
    /// A row with this key is there already.
    #[error("`{sql}`: a row with this key exists")]
    Duplicate { sql: &'static str },
    /// A change met another number of rows than it must.
    #[error("`{sql}` changed {got} rows instead of 1")]
    Rows { sql: &'static str, got: u64 },
    /// A cell held another type than the program reads.
    #[error("column {column} holds {got}, expected {expected}")]
    Cell { column: usize, expected: &'static str, got: String },
    /// A value in the database that the program cannot have written.
    #[error("the database holds {0}")]
    Corrupt(String),
    /// The work panicked; its transaction was rolled back.
    #[error("the work panicked and was rolled back")]
    Panicked,
    /// The database threads have ended.
    #[error("the database is shut down")]
    Gone,
    /// The database could not be opened.
    #[error("cannot open the database {at}: {reason}")]
    Open { at: String, reason: String },
}

impl DbError {
    /// Whether running the same work again may succeed.
    fn transient(&self) -> bool {
        use tokio_postgres::error::SqlState as S;
        match self {
            Self::Pg { source, .. } => {
                source.is_closed()
                    || source
                        .code()
                        .is_some_and(|c| *c == S::T_R_SERIALIZATION_FAILURE || *c == S::T_R_DEADLOCK_DETECTED)
            }
            _ => false,
        }
    }
}

/// A piece of work on its way to a connection.
pub(crate) trait Work: Send {
    /// Runs the body; true when it wants to be committed.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Whether the failed body may be run once more.
    fn again(&self) -> bool;
    /// Tells whoever waits: the result, or why the commit failed.
    fn answer(self: Box<Self>, commit: Result<(), DbError>);
}

struct Job<T, E, F> {
    body: F,
    out: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

/// An error of a piece of work: wraps what the database says.
pub trait WorkError: From<DbError> + Send + 'static {
    /// The database's own error inside, if it is one.
    fn db(&self) -> Option<&DbError>;
}

impl WorkError for DbError {
    fn db(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl<T, E, F> Work for Job<T, E, F>
where
    T: Send,
    E: WorkError,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let body = std::panic::AssertUnwindSafe(|| {
            let out = (self.body)(tx)?;
            tx.flush()?;
            Ok(out)
        });
        let out = std::panic::catch_unwind(body).unwrap_or_else(|_| Err(DbError::Panicked.into()));
        let good = out.is_ok();
        self.out = Some(out);
        good
    }

    fn again(&self) -> bool {
        matches!(&self.out, Some(Err(e)) if e.db().is_some_and(DbError::transient))
    }

    fn answer(self: Box<Self>, commit: Result<(), DbError>) {
        let out = match (self.out, commit) {
            (Some(Ok(_)), Err(e)) => Err(e.into()),
            (Some(out), _) => out,
            (None, Err(e)) => Err(e.into()),
            (None, Ok(())) => Err(DbError::Gone.into()),
        };
        // Whoever asked may have gone away; the work is done all the same.
        let _ = self.reply.send(out);
    }
}

/// The database: clones share its threads.
#[derive(Clone)]
pub struct Db(Arc<Engine>, Arc<Load>);

enum Engine {
    Lite(lite::Lite),
    Pg(pg::Pg),
}

impl Db {
    /// Opens the database and brings its tables up to date. `seats` is the number of connections to PostgreSQL, or of
    /// readers of SQLite.
    pub async fn open(url: &Url, seats: usize) -> Result<Self, DbError> {
        let db = Self::connect(url, seats).await?;
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Opens a database as it is: no file is made, no table changed.
    ///
    /// # Errors
    /// When it is not there, or cannot be opened.
    pub async fn open_as_is(url: &Url, seats: usize) -> Result<Self, DbError> {
        if let Url::Lite(path) = url
            && !path.is_file()
        {
            let reason = "there is no such file".to_owned();
            return Err(DbError::Open { at: path.display().to_string(), reason });
        }
        Self::connect(url, seats).await
    }

    async fn connect(url: &Url, seats: usize) -> Result<Self, DbError> {
        let url = url.clone();
        // Connections to PostgreSQL run on runtimes of their own, which must not start inside this one.
        let open = move || match url {
            Url::Lite(path) => lite::Lite::open(&path, seats).map(Engine::Lite),
            Url::Pg(url) => pg::Pg::open(&url, seats).map(Engine::Pg),
        };
        let engine = tokio::task::spawn_blocking(open).await.map_err(|_| DbError::Gone)??;
        Ok(Self(Arc::new(engine), Arc::default()))
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        match *self.0 {
            Engine::Lite(_) => Dialect::Lite,
            Engine::Pg(_) => Dialect::Pg,
        }
    }

    /// How much it has to do, and how long its work takes.
    pub fn load(&self) -> &Load {
        &self.1
    }

    /// Whether it answers, and every step of its tables is done (and none that this program does not know).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_ready(&self) -> Result<bool, DbError> {
        migrate::is_done(self).await
    }

    /// Runs `body` in one transaction and answers when it is durable. The body may run again after a conflict between
    /// transactions, so it must only read its captures.
    pub async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WorkError,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.send(body, true).await
    }

    /// Runs `body` on a connection that cannot write.
    pub async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WorkError,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.send(body, false).await
    }

    async fn send<T, E, F>(&self, body: F, write: bool) -> Result<T, E>
    where
        T: Send + 'static,
        E: WorkError,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        // Counted while it waits and works; a caller who goes away takes it out of the count.
        let _here = self.1.begin(write);
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Work> = Box::new(Job { body, out: None, reply });
        match &*self.0 {
            Engine::Lite(lite) if write => lite.write(job).await?,
            Engine::Lite(lite) => lite.read(job).await?,
            Engine::Pg(pg) if write => pg.write(job).await?,
            Engine::Pg(pg) => pg.read(job).await?,
        }
        answer.await.unwrap_or_else(|_| Err(DbError::Gone.into()))
    }
}
