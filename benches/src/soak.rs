//! Sixteen hours of an office in a bounded form: as many requests as sixteen hours bring at two a second, sent as fast as
//! a tenth of that time allows or less; resident memory is read all along and must stay flat.

use std::time::{Duration, Instant};

use crate::{Any, bare, load, number, office};

/// Requests of sixteen hours at two a second.
const REQUESTS: f64 = 16.0 * 3600.0 * 2.0;
/// Requests a second.
const RATE: f64 = 200.0;

/// Runs on both databases.
pub async fn run(_: Duration, postgres: Option<&str>) -> Any<()> {
    one("SQLite", None).await?;
    if let Some(server) = postgres {
        let url = bare::fresh_postgres(server).await?;
        one("PostgreSQL", Some(&url)).await?;
    }
    Ok(())
}

async fn one(name: &str, url: Option<&str>) -> Any<()> {
    let folder = tempfile::tempdir()?;
    office::write(folder.path(), url, number("BENCH_CASES").unwrap_or(20_000)).await?;
    let program = office::open(folder.path(), url).await?;
    let pages = office::pages(&program.address).await?;
    let requests = number("BENCH_REQUESTS").unwrap_or(REQUESTS);
    let (part, begun) = (Duration::from_secs_f64(requests / RATE / 10.0), Instant::now());
    let mut memory = Vec::new();
    let mut sent = 0;
    for _ in 0..10 {
        let address = program.address.clone();
        let filing = tokio::spawn(async move { load::filing(&address, 20.0, part).await });
        let took = load::steady(&program.address, &pages, RATE, part).await?;
        sent += took.iter().map(|(_, t)| t.count()).sum::<usize>() + filing.await??.count();
        memory.push(f64::from(program.resident_kib()?) / 1024.0);
    }
    let tenths = memory.iter().map(|m| format!("{m:.0}")).collect::<Vec<_>>().join(" ");
    println!(
        "| {name}: {sent} requests in {:.0} s; resident memory after each tenth, MB | {tenths} |",
        begun.elapsed().as_secs_f64()
    );
    program.kill().await
}
