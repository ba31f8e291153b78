//! The log of evidence over a database with two years in it: how fast leaves are taken in and signed, what a receipt
//! takes, and an audit of everything.

use std::{path::Path, time::Instant};

use linli_engine::{
    Engine, Options,
    db::{Tx, Url},
    edge::Clock,
    evidence::Kind,
    feed::{self, Fresh},
    notices::Plugs,
};
use linli_testbed::Any;

use crate::{bare, load::Took, office};

/// Leaves that are taken in.
const LEAVES: usize = 500_000;
/// Those that are written into the feed together.
const CHUNK: usize = 10_000;
/// Receipts that are timed.
const RECEIPTS: usize = 2_000;

/// Runs on both databases.
pub async fn run(postgres: Option<&str>) -> Any<()> {
    one("SQLite", None).await?;
    if let Some(server) = postgres {
        let url = bare::fresh_postgres(server).await?;
        one("PostgreSQL", Some(&url)).await?;
        bare::drop_postgres(server, &url).await?;
    }
    Ok(())
}

async fn open(folder: &Path, url: Option<&str>) -> Any<Engine> {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/cn");
    let url: Url = url.map_or_else(|| folder.join("linli.db").display().to_string(), str::to_owned).parse()?;
    let options = Options {
        url,
        seats: 4,
        folder: folder.to_owned(),
        pack: linli_engine::pack::read_dir(&pack)?,
        home: None,
        clock: Clock::System,
        plugs: Plugs::default(),
    };
    Ok(Engine::open(options).await?)
}

async fn one(name: &str, url: Option<&str>) -> Any<()> {
    let folder = tempfile::tempdir()?;
    office::write(folder.path(), url, 10_000).await?;
    let engine = open(folder.path(), url).await?;
    let street = engine.home;
    while engine.sequence().await? > 0 || engine.grow_logs().await? > 0 {}

    let begun = Instant::now();
    let audit = engine.audit(street).await?;
    let rate = audit.checked as f64 / begun.elapsed().as_secs_f64();
    assert!(audit.findings.is_empty(), "{:?}", audit.findings);
    println!("| {name}: audit of {} entries | {rate:.0} entries/s |", audit.checked);

    let place = |n: usize| Fresh {
        jurisdiction: street,
        kind: Kind::Case,
        id: [9; 16],
        seq: n as u64,
        at: engine.clock.now(),
        leaf: linli_engine::digest(&n.to_be_bytes()),
    };
    for from in (0..LEAVES).step_by(CHUNK) {
        let places: Vec<Fresh> = (from..from + CHUNK).map(place).collect();
        engine.db.write(move |tx: &mut Tx<'_>| feed::append(tx, street, &places)).await?;
    }
    let begun = Instant::now();
    while engine.grow_logs().await? > 0 {}
    let rate = LEAVES as f64 / begun.elapsed().as_secs_f64();
    println!("| {name}: leaves taken in, each batch of 4,096 signed and durable | **{rate:.0} leaves/s** |");

    let places = engine.db.read(move |tx: &mut Tx<'_>| feed::after(tx, street, 0, RECEIPTS)).await?;
    let mut took = Took::default();
    for place in places {
        let begun = Instant::now();
        let receipt = engine.receipt(place.case, place.seq, true).await?;
        took.add(begun.elapsed());
        assert!(receipt.is_some());
    }
    let size = audit.checked + LEAVES as u64;
    println!(
        "| {name}: a receipt out of {size} entries | p50 {:.2} ms, **p99 {:.2} ms** |",
        took.at(0.5),
        took.at(0.99)
    );
    Ok(())
}
