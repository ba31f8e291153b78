//! What tests stand on: a fresh database of either kind, a temporary folder, the real records. For tests only.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

pub mod authenticator;
pub mod http;
pub mod picture;
pub mod program;

/// What can fail on the way to a test.
pub type Any<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use linli_engine::db::{Db, Url};
use tempfile::TempDir;

/// A fresh database and a folder; both go away with it (the server's files go with the server).
pub struct Bed {
    /// The database.
    pub db: Db,
    /// Its address, to open it again.
    pub url: Url,
    /// A folder for files.
    pub folder: TempDir,
}

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A SQLite file.
    Lite,
    /// A database of its own on the test server.
    Pg,
}

/// A fresh bed of this kind; `None`, said plainly, where there is no PostgreSQL to test on.
pub async fn bed(kind: Kind) -> Option<Bed> {
    let folder = TempDir::new().unwrap();
    let url = match kind {
        Kind::Lite => Url::Lite(folder.path().join("linli.db")),
        Kind::Pg => Url::Pg(fresh_postgres().await?),
    };
    let db = Db::open(&url, 4).await.unwrap();
    Some(Bed { db, url, folder })
}

/// The address of a new, empty database on the server that `LINLI_TEST_PG` names.
///
/// # Panics
/// Under CI when there is no such server: a skipped database must not look green.
pub async fn fresh_postgres() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("LINLI_TEST_PG") else {
        assert!(std::env::var("CI").is_err(), "LINLI_TEST_PG is not set");
        eprintln!("skipped on PostgreSQL: set LINLI_TEST_PG to the address that `scripts/test-postgres start` prints");
        return None;
    };
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (head, _) = server.rsplit_once('/').unwrap();
    Some(format!("{head}/{name}"))
}

/// Removes a database of a test that passed; what a failed one leaves stays to be looked at.
///
/// Some four hundred of them are more than a small disk holds.
pub async fn remove(url: &Url) {
    let Url::Pg(url) = url else { return };
    let (Some((head, name)), Ok(server)) = (url.rsplit_once('/'), std::env::var("LINLI_TEST_PG")) else { return };
    assert!(server.starts_with(head) && name.starts_with("test_"), "{url} is not a database of a test");
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
}

/// Runs SQL past the program, as somebody would who has the database in hand.
pub async fn by_hand(bed: &Bed, sql: &str) {
    match &bed.url {
        Url::Lite(path) => rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap(),
        Url::Pg(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(sql).await.unwrap();
        }
    }
}

/// Where any of these texts stands, in whatever is kept: every file of the bed (a database and its journal byte by byte),
/// every row of every table on the server.
pub async fn traces(bed: &Bed, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![bed.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            let stands = |needle: &&&str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            found.extend(needles.iter().filter(stands).map(|needle| format!("{needle} in {}", entry.path().display())));
        }
    }
    let Url::Pg(url) = &bed.url else { return found };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    found.extend(on_server(&client, needles).await);
    let tables = client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", &[]).await.unwrap();
    for table in tables.iter().map(|row| row.get::<_, String>(0)) {
        let rows = client.query(&format!("SELECT t::text FROM {table} t"), &[]).await.unwrap();
        for row in rows.iter().map(|row| row.get::<_, String>(0)) {
            let stands = needles.iter().filter(|needle| row.contains(**needle));
            found.extend(stands.map(|needle| format!("{needle} in {table}: {row}")));
        }
    }
    found
}

/// The same in the files that the server keeps of this database, where they can be read; dead rows are gone from them after
/// a `VACUUM FULL`. Its journal is the whole server's and is overwritten as it goes round.
async fn on_server(client: &tokio_postgres::Client, needles: &[&str]) -> Vec<String> {
    client.batch_execute("CHECKPOINT").await.unwrap();
    let sql = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = current_database()";
    let folder: String = client.query_one(sql, &[]).await.unwrap().get(0);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let found = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let stands = |needle: &&&str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        needles.iter().filter(stands).map(|needle| format!("{needle} in {}", path.display())).collect::<Vec<_>>()
    };
    files.flat_map(found).collect()
}

/// The tables of the program with their columns, as the database has them.
pub async fn columns(bed: &Bed) -> std::collections::BTreeMap<String, std::collections::BTreeSet<String>> {
    let mut found = std::collections::BTreeMap::<String, std::collections::BTreeSet<String>>::new();
    let mut add = |table: String, column: String| found.entry(table).or_default().insert(column);
    match &bed.url {
        Url::Lite(path) => {
            let lite = rusqlite::Connection::open(path).unwrap();
            // The search index keeps its pieces in tables of its own.
            let sql = "SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
                WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') AND t.name NOT LIKE 'sqlite%'";
            let mut rows = lite.prepare(sql).unwrap();
            let mut rows = rows.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                add(row.get(0).unwrap(), row.get(1).unwrap());
            }
        }
        Url::Pg(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
            for row in client.query(sql, &[]).await.unwrap() {
                add(row.get(0), row.get(1));
            }
        }
    }
    found
}

/// A file of the real records; `None`, said plainly, where they are not on this machine.
pub fn record(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("LINLI_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let file = data.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: the real records are not here ({path}); set LINLI_DATA to their folder");
    None
}

/// Writes a test twice: once on SQLite, once on PostgreSQL. The body is an async function of a [`Bed`].
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident => $body:expr;)*) => {
        mod on_sqlite {
            use super::*;
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(bed) = $crate::bed($crate::Kind::Lite).await { ($body)(bed).await; }
            })*
        }
        mod on_postgres {
            use super::*;
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(bed) = $crate::bed($crate::Kind::Pg).await {
                    let url = bed.url.clone();
                    ($body)(bed).await;
                    $crate::remove(&url).await;
                }
            })*
        }
    };
}
