//! Witnesses over real HTTP, on both databases: they sign what goes on from what they signed, remember across a restart,
//! refuse everything else, and find out an office that put an older copy back. What the log serves is accepted by
//! independent implementations of the same formats.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use std::{collections::HashMap, net::SocketAddr};

use desk_common::{Desk, monday};
use linli::witness::{Witness, router};
use linli_engine::{
    Engine, Options,
    edge::Clock,
    evidence::{self, Era, receipt},
    ids::Jurisdiction,
    notices::Plugs,
    outward::Reach,
};
use linli_testbed::{Bed, by_hand, on_both};
use linli_tlog::{Cosigner, Note, VerifierKey, witness::AddCheckpoint};
use tokio::net::TcpListener;

on_both! {
    they_sign_what_goes_on => they_sign_what_goes_on_on;
    strangers_read_it => strangers_read_it_on;
}

const STREET: Jurisdiction = Jurisdiction(990_101_001);

async fn grow(engine: &Engine) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
}

fn log_key(engine: &Engine) -> VerifierKey {
    engine.log.verifier(STREET, Era::default()).unwrap().parse().unwrap()
}

/// A witness on a free port: its address and its key.
async fn start(folder: &std::path::Path, logs: Vec<VerifierKey>) -> (SocketAddr, VerifierKey) {
    let cosigner = Cosigner::from_seed("council.example", &[7; 32]).unwrap();
    let key = cosigner.verifier().clone();
    std::fs::create_dir_all(folder).unwrap();
    let service = router(Witness::new(cosigner, logs, folder.to_owned(), Clock::set(monday())));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    (address, key)
}

async fn open(bed: &Bed, clock: &Clock, witness: &str) -> Engine {
    let pack = linli_engine::pack::read_dir(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn"));
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: pack.unwrap(),
        home: Some(STREET),
        clock: clock.clone(),
        plugs: Plugs::default().with_witnesses(vec![evidence::Witness::read(witness, Reach::Inside).unwrap()]),
    };
    Engine::open(options).await.unwrap()
}

async fn post(address: SocketAddr, body: String) -> (u16, String) {
    let asked = tokio::task::spawn_blocking(move || {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut answer = agent.post(format!("http://{address}/add-checkpoint")).send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    });
    asked.await.unwrap()
}

async fn they_sign_what_goes_on_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let folder = bed.folder.path().join("witness");
    let (address, key) = start(&folder, vec![log_key(&desk.engine)]).await;
    let engine = open(&bed, &desk.clock, &format!("http://{address} {key}")).await;
    let case = desk.dispatched("witnessed").await;
    grow(&engine).await;
    assert!(engine.ask_witnesses().await.unwrap() >= 1);
    assert_eq!(engine.ask_witnesses().await.unwrap(), 0, "nobody is asked twice for one head");
    let file = engine.receipt(case.key, 1, true).await.unwrap().unwrap();
    let proved = receipt::verify(&file, &log_key(&engine), std::slice::from_ref(&key)).unwrap();
    assert_eq!(proved.witnesses, [("council.example".to_owned(), Some(u64::try_from(monday().0 / 1000).unwrap()))]);

    by_hand(&bed, "CREATE TABLE kept_tile AS SELECT * FROM log_tile; CREATE TABLE kept_head AS SELECT * FROM log_head")
        .await;

    // It goes on from there, also after the witness was started anew.
    desk.act("dispatcher", &case, "note", &[("note", "went on")]).await.is(303);
    grow(&engine).await;
    let (again, _) = start(&folder, vec![log_key(&engine)]).await;
    let engine = open(&bed, &desk.clock, &format!("http://{again} {key}")).await;
    assert_eq!(engine.ask_witnesses().await.unwrap(), 1);
    let newest: Note = engine.checkpoint(STREET).await.unwrap().unwrap().parse().unwrap();
    assert_eq!(newest.verify(std::slice::from_ref(&key)).unwrap().len(), 1);

    // Not what it does not know, not what the log did not sign, not another history, not nonsense.
    let request = |note: &Note| AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: note.clone() }.to_string();
    let (status, body) = post(again, request(&newest)).await;
    let size: u64 = newest.text().lines().nth(1).unwrap().parse().unwrap();
    assert_eq!((status, body), (409, format!("{size}\n")));
    let (stranger, _) = start(&bed.folder.path().join("other"), vec![key.clone()]).await;
    assert_eq!(post(stranger, request(&newest)).await.0, 404);
    let forged = newest.to_string().replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1);
    assert_eq!(post(again, request(&forged.parse().unwrap())).await.0, 403);
    for body in ["", "old x\n\n", "old 1\n\nnothing", "\u{0}\u{1}"] {
        assert_eq!(post(again, body.to_owned()).await.0, 400, "{body:?}");
    }
    assert_eq!(post(again, "x".repeat(100_000)).await.0, 413);

    // An older copy put back, and what the office itself remembers of the newer one taken away: the witness remembers.
    by_hand(&bed, "DELETE FROM log_tile; INSERT INTO log_tile SELECT * FROM kept_tile; DELETE FROM log_head; INSERT INTO log_head SELECT * FROM kept_head; DELETE FROM feed_change WHERE n > (SELECT size FROM log_head); UPDATE feed_head SET n = (SELECT size FROM log_head)").await;
    std::fs::remove_file(bed.folder.path().join("files/log/990101001.checkpoint")).unwrap();
    let engine = open(&bed, &desk.clock, &format!("http://{again} {key}")).await;
    engine.file(desk_common::report("another history")).await.unwrap();
    grow(&engine).await;
    assert!(engine.log.stopped().is_empty(), "the office alone does not know");
    assert_eq!(engine.ask_witnesses().await.unwrap(), 0);
    let why = engine.log.stopped().remove(&STREET).unwrap();
    assert!(why.contains("council.example") && why.contains("another history"), "{why}");
}

/// Tiles, checkpoint and proof are what other implementations of C2SP take them for.
async fn strangers_read_it_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("read").await;
    grow(&desk.engine).await;
    let note = desk.get("", "/log/990101001/checkpoint").await.is(200).body;
    let key = log_key(&desk.engine);
    let theirs = signed_note::StandardVerifier::new(&key.to_string()).unwrap();
    let list = signed_note::VerifierList::new(vec![Box::new(theirs)]);
    let (signed, _) = signed_note::Note::from_bytes(note.as_bytes()).unwrap().verify(&list).unwrap();
    assert_eq!(signed.len(), 1);
    let checkpoint =
        tlog_tiles::Checkpoint::from_bytes(signed_note::Note::from_bytes(note.as_bytes()).unwrap().text()).unwrap();
    // Every tile that their reader may ask for, as it is served.
    let mut served = HashMap::new();
    for tile in linli_tlog::tile::changed(0, checkpoint.size()) {
        let answer = desk.get("", &format!("/log/990101001/{tile}")).await.is(200).bytes;
        served.insert((tile.level, tile.index), answer);
    }
    let reader = Served(served);
    let hashes = tlog_tiles::TileHashReader::new(checkpoint.size(), *checkpoint.hash(), &reader);
    let file = desk.engine.receipt(case.key, 1, true).await.unwrap().unwrap();
    let proof: linli_tlog::ProofFile = file.parse().unwrap();
    let theirs = tlog_tiles::prove_record(checkpoint.size(), proof.index, &hashes).unwrap();
    assert_eq!(
        theirs.iter().map(|hash| hash.0).collect::<Vec<_>>(),
        proof.hashes.iter().map(|hash| hash.0).collect::<Vec<_>>()
    );
    let entries = desk.get("", &format!("/log/990101001/tile/entries/000.p/{}", checkpoint.size())).await.bytes;
    let leaf = linli_tlog::bundle::parse(&entries).unwrap()[usize::try_from(proof.index).unwrap()].to_vec();
    let leaf = tlog_tiles::record_hash(&leaf);
    tlog_tiles::check_record(&theirs, checkpoint.size(), *checkpoint.hash(), proof.index, leaf).unwrap();
    for path in
        ["tile/0/000", "tile/9/000", "tile/0/x001/000", "tile/entries/001.p/1", "tile/0/000.p/256", "tile/0/..%2f"]
    {
        desk.get("", &format!("/log/990101001/{path}")).await.is(404);
    }
    desk.get("", "/log/110101001/checkpoint").await.is(404);
}

/// Their reader over what was served.
struct Served(HashMap<(u8, u64), Vec<u8>>);

impl tlog_tiles::TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles.iter().map(|t| self.0[&(t.level(), t.level_index())][..t.width() as usize * 32].to_vec()).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}
