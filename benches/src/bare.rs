//! What the machine can do without the program: the ruler beside each figure.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use linli_testbed::program::Program;
use tokio::process::Command;

use crate::Any;

/// Small synced writes, one after the other: what a disk gives to one who syncs each answer alone.
pub fn synced_appends(folder: &Path, time: Duration) -> Any<f64> {
    let mut file = File::create(folder.join("appends"))?;
    let (begun, block) = (Instant::now(), [7_u8; 4096]);
    let mut count = 0_u32;
    while begun.elapsed() < time {
        file.write_all(&block)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

const TABLES: &str = include_str!("../../crates/engine/migrations/0001_start.sql");

/// The six inserts of a filed request as plain SQLite transactions, each synced.
pub fn lite_inserts(folder: &Path, time: Duration) -> Any<f64> {
    let db = rusqlite::Connection::open(folder.join("bare.db"))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    db.execute_batch(&lite_schema())?;
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < time {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let id = count.to_be_bytes().repeat(4);
        let number = format!("260302-{count:06}");
        for (sql, args) in INSERTS {
            let mut insert = db.prepare_cached(sql)?;
            match args {
                1 => insert.execute([&id])?,
                _ => insert.execute((&id, &number))?,
            };
        }
        db.execute_batch("COMMIT")?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

const INSERTS: [(&str, u8); 6] = [
    ("INSERT INTO deed VALUES (990101001, ?2, ?1, 1)", 2),
    (
        "INSERT INTO event VALUES (990101001, ?1, 1, 1772413200000, '{\"at\":1772413200000,\"by\":{\"id\":\"reporter\",\"kind\":\"person\"},\"seq\":1,\"what\":{\"change\":{\"fields\":{\"class\":\"general\"},\"opened\":[{\"owner\":\"role:dispatcher\",\"step\":\"triage\"}]},\"flow\":\"request\",\"kind\":\"opened\",\"pack\":\"2026.1\"}}')",
        1,
    ),
    (
        "INSERT INTO cases (jurisdiction, id, number, flow, pack, opened_at, channel, kind, category, class, title, body, place, address, tracking, phase, promised_at, redo, seq, indexed) VALUES (990101001, ?1, ?2, 'request', '2026.1', 1772413200000, 'web', 'help', 'utility.lighting', 'utility', 'The lamp at the gate', 'The lamp at the gate of building 3 has been dark for three days and the steps cannot be seen.', '990101001001001003', 'Building 3', ?1, 'open', 1772413200000, 0, 1, 0)",
        2,
    ),
    (
        "INSERT INTO open_step VALUES (990101001, ?1, 'triage', '', 'role:dispatcher', '990101001001001003', 1772413200000, 1772413200000)",
        1,
    ),
    ("INSERT INTO timer (jurisdiction, case_id, due_at, lease_until) VALUES (990101001, ?1, 1772413200000, 0)", 1),
    (
        "INSERT INTO vault_caller (jurisdiction, case_id, scheme, name, contact, confidential) VALUES (990101001, ?1, 0, '', '19900000009', 0)",
        1,
    ),
];

fn lite_schema() -> String {
    let words = [
        ("@INT", "INTEGER"),
        ("@ID", "BLOB"),
        ("@TEXT", "TEXT"),
        ("@CODE", "TEXT"),
        ("@REAL", "REAL"),
        ("@BYTES", "BLOB"),
        ("@BOOL", "INTEGER"),
        ("@CLUSTERED", "STRICT, WITHOUT ROWID"),
        ("@ROWS", "STRICT"),
    ];
    let plain = TABLES.split("{{").next().unwrap_or_default().to_owned();
    words.iter().fold(plain, |text, (word, lite)| text.replace(word, lite))
}

/// A new, empty database on the test server.
pub async fn fresh_postgres(server: &str) -> Any<String> {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("bench_{}_{count}", std::process::id());
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).await?;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    let (head, _) = server.rsplit_once('/').ok_or("an address without a database")?;
    Ok(format!("{head}/{name}"))
}

/// Takes it away again: a million cases take room.
pub async fn drop_postgres(server: &str, url: &str) -> Any<()> {
    let name = url.rsplit_once('/').ok_or("an address without a database")?.1;
    let client = crate::office::connect(server).await?;
    Ok(client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?)
}

/// What autovacuum does within minutes.
pub async fn vacuum(url: &str) -> Any<()> {
    Ok(crate::office::connect(url).await?.batch_execute("VACUUM ANALYZE").await?)
}

/// The same six inserts by pgbench, into the program's own tables.
pub async fn pgbench(server: &str, clients: usize, time: Duration) -> Any<f64> {
    let url = fresh_postgres(server).await?;
    // The program makes its tables; then it goes away.
    let folder = tempfile::tempdir()?;
    Program::start(&crate::binary()?, "demo", folder.path(), Some(&url)).await?.kill().await?;
    let script = tempfile::NamedTempFile::new()?;
    let mut text = String::from("SELECT gen_random_uuid() AS id, nextval('bench_number') AS number \\gset\nBEGIN;\n");
    for (sql, _) in INSERTS {
        let sql = sql
            .replace("?1, 'open'", "'x', 'open'")
            .replace(", 0, 1, 0)", ", 0, 1, false)")
            .replace("'19900000009', 0)", "'19900000009', false)");
        text.push_str(&sql.replace("?1", "':id'::uuid").replace("?2", "'bench-:number'"));
        text.push_str(";\n");
    }
    text.push_str("COMMIT;\n");
    // pgbench puts a variable into a quoted text when the colon stands inside of it unquoted.
    let text = text.replace("':id'::uuid", "CAST(:id AS uuid)").replace("'bench-:number'", "CAST(:number AS text)");
    let text = text.replace("SELECT gen_random_uuid() AS id", "SELECT quote_literal(gen_random_uuid()) AS id");
    std::fs::write(script.path(), text)?;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute("CREATE SEQUENCE bench_number").await?;
    let out = Command::new("pgbench")
        .args(["-n", "-j", "2", "-c", &clients.to_string(), "-T", &time.as_secs().to_string(), "-f"])
        .arg(script.path())
        .arg(&url)
        .output()
        .await?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let tps = text.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split(' ').next()).map(str::to_owned);
    let why = || format!("pgbench: {text}{}", String::from_utf8_lossy(&out.stderr));
    Ok(tps.ok_or_else(why)?.parse()?)
}
