//! The same office with ten thousand cases, a hundred thousand and a million: what its pages take at fifty requests a
//! second beside filing. Nothing may cost more because the tables are larger.

use std::time::Duration;

use crate::{Any, bare, load, office};

/// Requests a second.
const RATE: f64 = 50.0;
/// Reports filed a second beside them.
const FILED: f64 = 10.0;

/// Runs all sizes on both databases; `BENCH_CASES` names other sizes (`10000,100000`), `BENCH_DATABASE` one of them.
pub async fn run(time: Duration, postgres: Option<&str>) -> Any<()> {
    let sizes = std::env::var("BENCH_CASES").unwrap_or_else(|_| "10000,100000,1000000".into());
    let only = std::env::var("BENCH_DATABASE").ok();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    for size in sizes.split(',').map(|n| n.trim().parse::<usize>()) {
        let size = size?;
        if wanted("SQLite") {
            one("SQLite", None, size, time).await?;
        }
        if let Some(server) = postgres.filter(|_| wanted("PostgreSQL")) {
            let url = bare::fresh_postgres(server).await?;
            one("PostgreSQL", Some(&url), size, time).await?;
            bare::drop_postgres(server, &url).await?;
        }
    }
    Ok(())
}

async fn one(name: &str, url: Option<&str>, size: usize, time: Duration) -> Any<()> {
    let folder = tempfile::tempdir()?;
    let written = office::write(folder.path(), url, size).await?;
    let begun = std::time::Instant::now();
    let program = office::open(folder.path(), url).await?;
    println!(
        "| {name}, {size} cases: written in {:.0} s, search index after {:.0} s more | |",
        written.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    let pages = office::pages(&program.address).await?;
    // Once around, so that files and plans are where they are on any working day.
    load::steady(&program.address, &pages, RATE, time.min(Duration::from_secs(10))).await?;
    let filing = {
        let address = program.address.clone();
        tokio::spawn(async move { load::filing(&address, FILED, time).await })
    };
    let took = load::steady(&program.address, &pages, RATE, time).await?;
    let mut filed = filing.await??;
    for (kind, mut took) in took {
        let (n, p50, p95, p99) = (took.count(), took.at(0.5), took.at(0.95), took.at(0.99));
        println!("| {name}, {size} cases: {kind} | p50 {p50:.1} ms, p95 {p95:.1} ms, **p99 {p99:.1} ms** (n {n}) |");
    }
    println!("| {name}, {size} cases: filing beside it | p50 {:.1} ms, p99 {:.1} ms |", filed.at(0.5), filed.at(0.99));
    println!("| {name}, {size} cases: resident memory | {:.0} MB |", f64::from(program.resident_kib()?) / 1024.0);
    program.kill().await
}
