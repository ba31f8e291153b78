//! The log of evidence over a database with two years in it: how fast leaves are taken in and signed, what a receipt
//! takes, an audit of everything, what opening the vault takes, and what the log costs whoever files.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use linli_engine::{
    Engine, Options,
    cases::{CaseError, Channel, file::Report},
    db::{DbError, Tx, Url},
    edge::Clock,
    evidence::{Entry, Kind, Salt},
    feed::{self, Fresh},
    notices::Plugs,
    vault::{self, Caller, Secret},
};
use linli_testbed::Any;

use crate::{bare, load::Took, office};

/// Leaves that are taken in.
const LEAVES: usize = 500_000;
/// Those that are written into the feed together.
const CHUNK: usize = 10_000;
/// Receipts that are timed.
const RECEIPTS: usize = 2_000;

/// The street of the demonstration.
const PLACE: &str = crate::office::STREET;
/// Openings of the vault that are timed.
const OPENINGS: usize = 2_000;
/// Clients that file at once.
const CLIENTS: usize = 16;
/// Rounds of filing with the log growing beside, and as many without.
const ROUNDS: usize = 5;
/// How long a round is.
const ROUND: Duration = Duration::from_secs(4);

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
    if let Some(url) = url {
        // An office's database has statistics; one that was written a moment ago has none.
        bare::vacuum(url).await?;
    }

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
    vault(name, &engine).await?;
    filing(name, &engine).await
}

/// How long it takes until who brought a case has been read and opened.
async fn vault(name: &str, engine: &Engine) -> Any<()> {
    let (street, places) = (engine.home, engine.home);
    let cases = engine.db.read(move |tx: &mut Tx<'_>| feed::after(tx, places, 0, 40 * OPENINGS)).await?;
    let mut took = Took::default();
    for case in cases.into_iter().filter(|place| place.seq == 1).take(OPENINGS) {
        let (key, begun) = (engine.vault_key.clone(), Instant::now());
        engine.db.read(move |tx: &mut Tx<'_>| vault::contact_for_delivery(tx, &key, street, case.case.id)).await?;
        took.add(begun.elapsed());
    }
    let (p50, p99) = (took.at(0.5), took.at(0.99));
    println!("| {name}: opening the vault for a case, {} cases | p50 {p50:.2} ms, **p99 {p99:.2} ms** |", took.count());
    Ok(())
}

/// What the log costs whoever files: what a leaf takes to compute, and how many reports are filed while the log grows
/// beside and while it stands still, in turn.
async fn filing(name: &str, engine: &Engine) -> Any<()> {
    let (mut beside, mut alone) = (Vec::new(), Vec::new());
    for round in 0..2 * ROUNDS {
        let grows = round % 2 == 0;
        let rate = file(engine, round, grows).await?;
        if grows {
            beside.push(rate)
        } else {
            alone.push(rate)
        }
        while engine.sequence().await? > 0 || engine.grow_logs().await? > 0 {}
    }
    let median = |rates: &mut Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let (beside, alone) = (median(&mut beside), median(&mut alone));
    let entry = Entry {
        at: engine.clock.now(),
        body: "0".repeat(64),
        by: "person".into(),
        kind: Kind::Case,
        of: "261126-00001".into(),
        promised: Some(engine.clock.now()),
        seq: 1,
        what: "opened".into(),
    };
    let (text, begun, times) = ("x".repeat(2_000), Instant::now(), 100_000_u32);
    for _ in 0..times {
        let salt = Salt::new();
        std::hint::black_box((salt.body(&text), salt.leaf(&entry)));
    }
    let leaf = begun.elapsed().as_secs_f64() / f64::from(times);
    println!(
        "| {name}: a salt, the digest of 2,000 bytes and the leaf | {:.1} \u{b5}s, {:.1} % of filing |",
        leaf * 1e6,
        leaf * alone * 1e2
    );
    println!(
        "| {name}: reports filed, {CLIENTS} at once, the log growing beside and standing still | {beside:.0}/s and {alone:.0}/s, **{:.1} % less** |",
        (1.0 - beside / alone) * 1e2
    );
    Ok(())
}

/// Reports filed a second.
async fn file(engine: &Engine, round: usize, grows: bool) -> Any<f64> {
    let (begun, mut clients) = (Instant::now(), Vec::new());
    for client in 0..CLIENTS {
        let engine = engine.clone();
        clients.push(tokio::spawn(async move {
            let mut n = 0;
            while begun.elapsed() < ROUND {
                engine.file(report(format!("{round}-{client}-{n:08}"))).await?;
                n += 1;
            }
            Ok::<_, CaseError>(n)
        }));
    }
    let beside = engine.clone();
    let grower = tokio::spawn(async move {
        loop {
            // As often as the program does; the feed has its order with a log and without.
            tokio::time::sleep(Duration::from_millis(500)).await;
            beside.sequence().await?;
            if grows {
                beside.grow_logs().await?;
            }
        }
        #[allow(unreachable_code, reason = "it says of what kind a fault is")]
        Ok::<_, DbError>(())
    });
    let mut filed = 0;
    for client in clients {
        filed += client.await??;
    }
    let rate = f64::from(filed) / begun.elapsed().as_secs_f64();
    grower.abort();
    Ok(rate)
}

fn report(key: String) -> Report {
    let body = "The lamp at building 3 has been dark for three days. ".repeat(4);
    Report {
        key,
        channel: Channel::Web,
        kind: None,
        category: Some("utility.lighting".into()),
        title: "The lamp is dark".into(),
        body,
        place: PLACE.parse().unwrap_or_else(|_| unreachable!("a place of the demonstration")),
        address: "Building 3".into(),
        point: None,
        caller: Caller {
            person: None,
            name: Secret::new("Zhao".into()),
            contact: Secret::new("19900000001".into()),
            confidential: false,
        },
        at: None,
        dispatch: false,
        joins: None,
    }
}
