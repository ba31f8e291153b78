//! `kill -9` at random moments under load: every report, act and upload that was acknowledged is there afterwards, each
//! case's open steps and next wake-up equal what its events imply. A few kills here; `LINLI_KILLS=200` for the long form.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use linli_engine::{
    Engine, Options,
    cases::{CaseKey, store},
    db::{Tx, Url},
    edge::{Clock, below},
    feed,
    ids::{AccountId, Jurisdiction, SeatId},
    seats::Seat,
    viewer::Viewer,
};
use linli_testbed::{Any, Kind, fresh_postgres, http::Client, program::Program};
use linli_worktime::Millis;

const PLACE: &str = "990101001001001003";

/// What was acknowledged: a case's number, and of an act its key and whether a picture came with it.
#[derive(Clone, Debug)]
struct Acknowledged {
    number: String,
    notes: Vec<(String, bool)>,
}

type Ledger = Arc<Mutex<Vec<Acknowledged>>>;

/// A picture of one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0,
    0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// One client: files, then notes with and without a picture, until the program is gone. Whatever was answered with
/// success goes into the ledger at once.
async fn client(address: String, cookie: String, name: String, ledger: Ledger) -> Any<()> {
    let mut http = Client::connect(&address).await?;
    http.cookie = cookie;
    for i in 0.. {
        let key = format!("kill-{name}-{i}");
        let body = serde_json::json!({ "key": key, "body": format!("The lamp is dark, says {key}"), "place": PLACE });
        let answer = http.post_json("/api/v1/requests", &body.to_string()).await?;
        assert_eq!(answer.status, 201, "{answer:?}");
        let filed: serde_json::Value = serde_json::from_str(&answer.body)?;
        let number = filed["number"].as_str().unwrap().to_owned();
        ledger.lock().unwrap().push(Acknowledged { number: number.clone(), notes: Vec::new() });
        for (n, picture) in [(0, false), (1, true)] {
            let note = format!("{key}-{n}");
            let (kind, body) = note_form(&note, picture);
            let to = format!("/desk/cases/990101001/{number}/act");
            let answer = http.post(&to, &kind, &body).await?;
            assert_eq!(answer.status, 303, "{answer:?}");
            let mut ledger = ledger.lock().unwrap();
            ledger.iter_mut().find(|a| a.number == number).unwrap().notes.push((note, picture));
        }
    }
    Ok(())
}

fn note_form(key: &str, picture: bool) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in [("way", "side"), ("act", "note"), ("key", key), ("note", key)] {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if picture {
        body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"p.png\"\r\nContent-Type: image/png\r\n\r\n");
        body.extend(PIXEL);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

async fn sign_in(address: &str) -> Any<String> {
    let mut http = Client::connect(address).await?;
    let form = "login=desk&password=linli-demo-2026&name=desk";
    let answer = http.post("/desk/signin", "application/x-www-form-urlencoded", form.as_bytes()).await?;
    assert_eq!(answer.status, 303, "{answer:?}");
    Ok(http.cookie)
}

async fn engine(data: &Path, url: &Url) -> Engine {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let pack = linli_engine::pack::read_dir(&root).unwrap();
    let options = Options {
        url: url.clone(),
        seats: 2,
        folder: data.to_owned(),
        pack,
        home: None,
        clock: Clock::System,
        plugs: Default::default(),
    };
    Engine::open(options).await.unwrap()
}

async fn check(engine: &Engine, acknowledged: &[Acknowledged]) {
    let seat = Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: "yunxi-office".parse().unwrap(),
        role: "dispatcher".parse().unwrap(),
        place: "990101001".parse().unwrap(),
        from: Millis(0),
        until: None,
        cover: None,
    };
    let by = Viewer::Staff(seat);
    for one in acknowledged {
        let found = engine.case(Jurisdiction(990_101_001), &one.number, &by).await;
        let dossier = found.unwrap_or_else(|e| panic!("{} was acknowledged and is gone: {e}", one.number));
        let text = format!("{:?}", dossier.events);
        for (note, picture) in &one.notes {
            assert!(text.contains(note.as_str()), "{note} was acknowledged and is gone");
            assert!(!picture || !dossier.attachments.is_empty(), "a picture of {note} is gone");
        }
        for file in &dossier.attachments {
            assert!(engine.files.read(&file.stored.digest).is_ok(), "the content of a picture is gone");
        }
        let CaseKey { jurisdiction, id } = dossier.head.key;
        let key = CaseKey { jurisdiction, id };
        let (rows, timer) = engine
            .db
            .read(move |tx: &mut Tx<'_>| {
                Ok::<_, linli_engine::db::DbError>((store::open_steps(tx, key)?, store::wakes_at(tx, key)?))
            })
            .await
            .unwrap();
        let mut implied: Vec<(&str, &str)> = dossier.case.open().map(|o| (o.step.as_str(), o.key.as_str())).collect();
        implied.sort_unstable();
        assert_eq!(rows.iter().map(|r| (r.step.as_str(), r.instance.as_str())).collect::<Vec<_>>(), implied);
        assert_eq!(timer, dossier.wakes_at, "the wake-up of {} is lost", one.number);
        assert_eq!(dossier.head.seq, dossier.events.last().unwrap().seq);
    }
}

/// Every event is in the feed exactly once, a case's own in their order; and the log, which has a place for each and for
/// what the setting-up recorded, is without gaps, goes on from what was signed, and agrees with the database.
async fn check_feed(engine: &Engine, acknowledged: &[Acknowledged]) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
    assert_eq!(engine.log.stopped(), BTreeMap::new(), "a kill is no reason for the log to stop");
    let street = Jurisdiction(990_101_001);
    let changes = engine.db.read(move |tx: &mut Tx<'_>| feed::after(tx, street, 0, usize::MAX)).await.unwrap();
    let mut seqs: HashMap<CaseKey, u64> = HashMap::new();
    assert!(changes.windows(2).all(|two| two[0].n < two[1].n), "the feed is out of order");
    let audit = engine.audit(street).await.unwrap();
    assert_eq!(audit.findings, Vec::new(), "after {} entries", audit.checked);
    // What was recorded of the setting-up may stand behind the last event.
    let given = engine.db.read(move |tx: &mut Tx<'_>| feed::head(tx, street)).await.unwrap();
    assert_eq!(audit.checked, given, "an entry is not in the log");
    assert!(changes.last().is_none_or(|change| change.n <= given), "the feed ends behind its head");
    for change in &changes {
        let seq = seqs.entry(change.case).or_default();
        *seq += 1;
        assert_eq!(change.seq, *seq, "an event of {:?} is missing in the feed, twice or too early", change.case);
    }
    for one in acknowledged {
        let number = one.number.clone();
        let found = engine.db.read(move |tx: &mut Tx<'_>| store::by_number(tx, street, &number)).await.unwrap();
        let head = found.unwrap();
        assert_eq!(seqs.get(&head.key), Some(&head.seq), "the feed does not hold all of {}", one.number);
    }
}

async fn kills(kind: Kind) {
    let count: usize = std::env::var("LINLI_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let folder = tempfile::tempdir().unwrap();
    let address = match kind {
        Kind::Lite => None,
        Kind::Pg => match fresh_postgres().await {
            Some(url) => Some(url),
            None => return,
        },
    };
    let url: Url =
        address.clone().unwrap_or_else(|| folder.path().join("linli.db").display().to_string()).parse().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_linli"));
    let ledger = Ledger::default();
    let (mut checked, mut cookie) = (0, String::new());
    for round in 0..count {
        // The demonstration is written by the first start only; later starts find it there.
        let program = Program::start(binary, "demo", folder.path(), address.as_deref()).await.unwrap();
        if round == 0 {
            cookie = sign_in(&program.address).await.unwrap();
        }
        let mut clients = tokio::task::JoinSet::new();
        for n in 0..4 {
            let name = format!("{round}-{n}");
            clients.spawn(client(program.address.clone(), cookie.clone(), name, Arc::clone(&ledger)));
        }
        tokio::time::sleep(Duration::from_millis(40 + below(400))).await;
        program.kill().await.unwrap();
        clients.join_all().await;
        let acknowledged = ledger.lock().unwrap().clone();
        // Each round checks what it added; the last checks everything.
        let from = if round + 1 == count { 0 } else { checked };
        let engine = engine(folder.path(), &url).await;
        check(&engine, &acknowledged[from..]).await;
        check_feed(&engine, &acknowledged[from..]).await;
        checked = acknowledged.len();
    }
    assert!(checked > count, "the load was too light to prove anything: {checked} reports");
    eprintln!("{count} kills, {checked} reports acknowledged, none lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    kills(Kind::Lite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() {
    kills(Kind::Pg).await;
}
