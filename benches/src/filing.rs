//! Start, memory, size, and filing: what the program costs when it begins, and how many reports a second it takes in.

use std::time::{Duration, Instant};

use linli_testbed::{http::Client, program::Program};

use crate::{Any, bare, binary};

const CLIENTS: usize = 16;

/// Runs all of it.
pub async fn run(time: Duration, postgres: Option<&str>) -> Any<()> {
    start_and_size().await?;
    let folder = tempfile::tempdir()?;
    let disk = bare::synced_appends(folder.path(), time)?;
    println!("| disk: appends of 4 KiB, each synced, one writer | {disk:.0}/s |");
    let inserts = bare::lite_inserts(folder.path(), time)?;
    println!("| SQLite bare: the same six inserts, one synced commit each, no HTTP | {inserts:.0}/s |");
    filing("SQLite", None, time, inserts).await?;
    if let Some(url) = postgres {
        let tps = bare::pgbench(url, CLIENTS, time).await?;
        println!("| PostgreSQL bare: pgbench, the same six inserts, {CLIENTS} clients, synced | {tps:.0}/s |");
        filing("PostgreSQL", Some(url), time, tps).await?;
    }
    Ok(())
}

async fn start_and_size() -> Any<()> {
    let (binary, folder) = (binary()?, tempfile::tempdir()?);
    let first = Program::start(&binary, "demo", folder.path(), None).await?;
    println!("| start over an empty folder (writes the demonstration) | {} ms |", first.started_in.as_millis());
    first.kill().await?;
    let (mut starts, mut rss) = (Vec::new(), 0);
    for _ in 0..5 {
        let program = Program::start(&binary, "serve", folder.path(), None).await?;
        starts.push(program.started_in);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        rss = rss.max(program.resident_kib()?);
        program.kill().await?;
    }
    starts.sort();
    println!("| start to the first answer, median of 5 | {} ms |", starts[2].as_millis());
    println!("| resident memory, idle | {:.1} MB |", f64::from(rss) / 1024.0);
    println!("| binary | {:.1} MB |", std::fs::metadata(binary)?.len() as f64 / 1e6);
    Ok(())
}

/// Files reports from many clients at once, then at half that rate; each answer is durable.
async fn filing(name: &str, url: Option<&str>, time: Duration, bare: f64) -> Any<()> {
    let database = match url {
        Some(url) => Some(bare::fresh_postgres(url).await?),
        None => None,
    };
    let folder = tempfile::tempdir()?;
    let program = Program::start(&binary()?, "demo", folder.path(), database.as_deref()).await?;
    let full = load(&program.address, time, None).await?;
    let share = 100.0 * full.rate / bare;
    println!(
        "| {name}: file a request over HTTP, {CLIENTS} clients | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms, {share:.0} % of bare |",
        full.rate, full.p50, full.p99
    );
    let half = load(&program.address, time, Some(full.rate / 2.0)).await?;
    println!(
        "| {name}: the same at half that rate | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms |",
        half.rate, half.p50, half.p99
    );
    program.kill().await
}

struct Load {
    rate: f64,
    p50: f64,
    p99: f64,
}

async fn load(address: &str, time: Duration, rate: Option<f64>) -> Any<Load> {
    let begun = Instant::now();
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        let address = address.to_owned();
        clients
            .push(tokio::spawn(async move { one_client(&address, n, time, rate.map(|r| r / CLIENTS as f64)).await }));
    }
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    took.sort();
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).map_or(0.0, |d| d.as_secs_f64() * 1e3);
    Ok(Load { rate: took.len() as f64 / seconds, p50: at(0.5), p99: at(0.99) })
}

async fn one_client(address: &str, n: usize, time: Duration, rate: Option<f64>) -> Any<Vec<Duration>> {
    let mut client = Client::connect(address).await?;
    let begun = Instant::now();
    let mut took = Vec::new();
    for i in 0.. {
        let due = rate.map(|r| Duration::from_secs_f64(f64::from(i) / r));
        if let Some(wait) = due.and_then(|due| due.checked_sub(begun.elapsed())) {
            tokio::time::sleep(wait).await;
        }
        if begun.elapsed() >= time {
            break;
        }
        let body = serde_json::json!({
            "key": format!("bench-{}-{n}-{i}-{}", std::process::id(), begun.elapsed().as_nanos()),
            "body": format!("The lamp at the gate of building 3 has been dark for {i} days and the steps cannot be seen."),
            "place": "990101001001001003",
            "address": "Building 3",
            "contact": "19900000009",
        });
        let sent = Instant::now();
        let answer = client.post_json("/api/v1/requests", &body.to_string()).await?;
        if answer.status != 201 {
            return Err(format!("{answer:?}").into());
        }
        took.push(sent.elapsed());
    }
    Ok(took)
}
