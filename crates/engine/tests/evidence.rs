//! The log of evidence: every event and every change is in it, receipts hold on their own, whatever is done by hand in the
//! database is named, and the log stops rather than sign two stories.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    Engine,
    cases::{CaseKey, file::Filed, search::Query},
    db::{Tx, Url},
    evidence::{self, Ended, Era, Finding, RenewError, receipt},
    feed,
    ids::{Jurisdiction, Level, PlaceCode},
    notices::Plugs,
    record::{self, Act, By, Deed, What},
    viewer::Viewer,
};
use linli_testbed::{Bed, by_hand, on_both};
use linli_tlog::{Checkpoint, Note, Policy, Resource, VerifierKey, bundle, leaf_hash, verify_inclusion};
use town::*;

fn street() -> Jurisdiction {
    code(STREET).jurisdiction()
}

async fn grow(engine: &Engine) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
}

fn key(engine: &Engine) -> VerifierKey {
    engine.log.verifier(street(), Era::default()).unwrap().parse().unwrap()
}

async fn checkpoint(engine: &Engine) -> Checkpoint {
    let note: Note = engine.checkpoint(street()).await.unwrap().unwrap().parse().unwrap();
    let keys = [key(engine)];
    Policy { origin: keys[0].name(), log: &keys, witnesses: &[], quorum: 0 }.open(&note).unwrap().0
}

/// The size in the stored checkpoint, whether or not anybody signed it.
async fn signed_size(engine: &Engine) -> u64 {
    engine.checkpoint(street()).await.unwrap().unwrap().lines().nth(1).unwrap().parse().unwrap()
}

/// A case that was dispatched and accepted: four events or more.
async fn lived(town: &Town, key: &str) -> Filed {
    let filed = town.file(key).await;
    town.done(filed.key, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    town.done(filed.key, &handler("municipal"), "accept", &[]).await;
    town.done(filed.key, &handler("municipal"), "note", &[("note", "the fuse, it seems")]).await;
    filed
}

async fn last(town: &Town, case: CaseKey) -> u64 {
    town.see(case, &dispatcher()).await.head.seq
}

async fn everything_is_in_it_and_outsiders_can_tell(bed: Bed) {
    let town = Town::new(&bed).await;
    let cases = [lived(&town, "a").await, lived(&town, "b").await];
    town.engine
        .db
        .write(move |tx: &mut Tx<'_>| {
            let deed = Deed { what: What::Setting, subject: "x".into(), act: Act::Added, was: None, became: None };
            record::note(tx, street(), &By::command("test"), deed, monday())
        })
        .await
        .unwrap();
    grow(&town.engine).await;
    let head = checkpoint(&town.engine).await;
    let feed = town.engine.db.read(|tx: &mut Tx<'_>| feed::head(tx, street())).await.unwrap();
    assert_eq!(head.size, feed);
    // What is served leads to the root that was signed: entries, tiles and proofs.
    let width = u16::try_from(head.size).unwrap();
    let entries: Resource = format!("tile/entries/000.p/{width}").parse().unwrap();
    let entries = town.engine.log_resource(street(), entries).await.unwrap().unwrap();
    let tile = town.engine.log_resource(street(), format!("tile/0/000.p/{width}").parse().unwrap()).await.unwrap();
    let hashes: Vec<u8> = bundle::parse(&entries).unwrap().iter().flat_map(|leaf| leaf_hash(leaf).0).collect();
    assert_eq!(tile.unwrap(), hashes);
    let more = format!("tile/0/000.p/{}", width + 1).parse().unwrap();
    assert!(town.engine.log_resource(street(), more).await.unwrap().is_none(), "not what is not there yet");

    for case in &cases {
        for seq in 1..=last(&town, case.key).await {
            let own = seq == 1;
            let file = town.engine.receipt(case.key, seq, own).await.unwrap().unwrap();
            let proved = receipt::verify(&file, &key(&town.engine), &[]).unwrap();
            assert_eq!(
                (proved.entry.of.as_str(), proved.entry.seq, proved.size),
                (case.number.as_str(), seq, head.size)
            );
            assert_eq!(proved.text.is_some(), own);
            assert!(proved.entry.promised.is_some(), "what was promised is in it");
            if own {
                assert!(proved.text.unwrap().contains("The lamp at building 3 has been dark"), "{file}");
            }
            // A word changed in it, and it does not hold.
            let other = file.replacen("index ", "index 1", 1);
            assert!(receipt::verify(&other, &key(&town.engine), &[]).is_err());
            let proof: linli_tlog::ProofFile = file.parse().unwrap();
            assert!(verify_inclusion(leaf_hash(b"another"), proof.index, head.size, &proof.hashes, head.root).is_err());
        }
    }
    assert!(town.engine.receipt(cases[0].key, 99, false).await.unwrap().is_none());
    let audit = town.engine.audit(street()).await.unwrap();
    assert_eq!((audit.checked, audit.findings), (head.size, Vec::new()));
}

/// What was reported is committed to as it was reported, whatever people find it to be about afterwards.
async fn another_category_is_no_other_report(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    grow(&town.engine).await;
    let before = town.engine.receipt(filed.key, 1, true).await.unwrap().unwrap();
    let told = town.see(filed.key, &dispatcher()).await.head.category;
    let other =
        town.engine.packs().current().categories().iter().map(|c| c.code.clone()).find(|id| *id != told).unwrap();
    let form = [("class", "general"), ("unit", "municipal"), ("category", &*other)];
    town.done(filed.key, &dispatcher(), "dispatch", &form).await;
    assert_eq!(town.see(filed.key, &dispatcher()).await.head.category, other);
    grow(&town.engine).await;
    assert_eq!(town.engine.audit(street()).await.unwrap().findings, Vec::new());
    let after = town.engine.receipt(filed.key, 1, true).await.unwrap().unwrap();
    let [before, after] = [before, after].map(|file| receipt::verify(&file, &key(&town.engine), &[]).unwrap());
    assert_eq!(before.text, after.text);
}

/// Whoever sends a case on says where it really is: it moves there with all that hangs on it, and the report stays as it was.
async fn another_place_is_no_other_report(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    grow(&town.engine).await;
    while town.engine.index_words().await.unwrap() > 0 {}
    let was = town.see(filed.key, &dispatcher()).await.head;
    let directory = town.engine.directory();
    let apart = |code: &PlaceCode| !code.covers(&was.place) && !was.place.covers(code);
    let here = |code: &PlaceCode| code.jurisdiction() == street() && code.level() == Level::Community && apart(code);
    let to = directory.places().map(|place| place.code.clone()).find(here).unwrap();
    let send = |place: &str| {
        vec![("class", "general".to_owned()), ("unit", "municipal".to_owned()), ("place", place.to_owned())]
    };
    for wrong in ["990101001999", "110101001001", "nowhere"] {
        let form = send(wrong);
        let form: Vec<_> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert!(town.act(filed.key, &dispatcher(), "dispatch", &form).await.is_err(), "{wrong}");
    }
    let form = send(&to.to_string());
    let form: Vec<_> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    town.done(filed.key, &dispatcher(), "dispatch", &form).await;
    let is = town.see(filed.key, &dispatcher()).await.head;
    assert_eq!((is.place.clone(), is.point, is.as_filed.place), (to.clone(), None, Some(was.place.clone())));
    grow(&town.engine).await;
    while town.engine.index_words().await.unwrap() > 0 {}
    let Viewer::Staff(seat) = dispatcher() else { unreachable!() };
    for (place, there) in [(&to, 1), (&was.place, 0)] {
        let query = Query { place: Some(place.clone()), ..Query::default() };
        assert_eq!(town.engine.search(&seat, query).await.unwrap().len(), there, "{place}");
    }
    assert_eq!(town.engine.audit(street()).await.unwrap().findings, Vec::new());
    let receipt = town.engine.receipt(filed.key, 1, true).await.unwrap().unwrap();
    assert!(receipt::verify(&receipt, &key(&town.engine), &[]).unwrap().text.unwrap().contains(&was.place.to_string()));
}

/// A way to change history by hand, how it is put right, and what is to be said of it.
struct Way {
    sql: String,
    undo: String,
    what: &'static str,
    how: &'static str,
}

fn ways(case: &str) -> Vec<Way> {
    let on = format!("WHERE case_id = {case}");
    let way = |sql: String, undo: String, what, how| Way { sql, undo, what, how };
    let event = |set: &str, more: &str| format!("UPDATE event SET {set} {on}{more}");
    let swap = ["50 2", "2 3", "3 50"].map(|two| {
        let (to, from) = two.split_once(' ').unwrap();
        event(&format!("seq = {to}"), &format!(" AND seq = {from}"))
    });
    vec![
        way(
            event("body = replace(body, 'the fuse', 'nothing')", ""),
            event("body = replace(body, 'nothing', 'the fuse')", ""),
            "event 4 of case",
            "was changed",
        ),
        way(
            format!("UPDATE cases SET body = body || '!' WHERE id = {case}"),
            format!("UPDATE cases SET body = substr(body, 1, length(body) - 1) WHERE id = {case}"),
            "event 1 of case",
            "was changed",
        ),
        way(
            event("promised_at = promised_at + 1", " AND seq = 2"),
            event("promised_at = promised_at - 1", " AND seq = 2"),
            "event 2 of case",
            "was changed",
        ),
        way(event("seq = 40", " AND seq = 3"), event("seq = 3", " AND seq = 40"), "event 3 of case", "is gone"),
        way(swap.join("; "), swap.join("; "), "of case", "was put in another place"),
        way(
            "UPDATE admin_change SET login = 'somebody' WHERE what = 'pack'".into(),
            "UPDATE admin_change SET login = 'linli serve' WHERE what = 'pack'".into(),
            "the record of a change: pack",
            "was changed",
        ),
    ]
}

/// Each way to change history by hand is found and named.
async fn what_is_done_by_hand_is_named(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = lived(&town, "a").await;
    let other = lived(&town, "b").await;
    grow(&town.engine).await;
    let id = hex_id(&bed, case.key.id.0);
    for Way { sql, undo, what, how } in ways(&id) {
        by_hand(&bed, &sql).await;
        let audit = town.engine.audit(street()).await.unwrap();
        let (n, first) = audit.findings.first().unwrap_or_else(|| panic!("not found: {sql}"));
        let said = first.to_string();
        assert!(*n > 0 && said.contains(what) && said.contains(how), "{sql}: {said}");
        assert!(!said.contains(&other.number), "{said}");
        by_hand(&bed, &undo).await;
        let audit = town.engine.audit(street()).await.unwrap();
        assert_eq!(audit.findings, Vec::new(), "{undo}");
    }
    // Places that change hands belong elsewhere; an event that nobody did was never recorded.
    let swap =
        [("3", "900"), ("4", "3"), ("900", "4")].map(|(a, b)| format!("UPDATE feed_change SET n = {b} WHERE n = {a}"));
    by_hand(&bed, &swap.join("; ")).await;
    let audit = town.engine.audit(street()).await.unwrap();
    assert_eq!(audit.findings.first(), Some(&(3, Finding::Leaf)), "{:?}", audit.findings);
    by_hand(&bed, &swap.join("; ")).await;
    let copy = "INSERT INTO event (jurisdiction, case_id, seq, at, body) SELECT jurisdiction, case_id, 77, at, body FROM event";
    by_hand(&bed, &format!("{copy} WHERE case_id = {id} AND seq = 1")).await;
    let audit = town.engine.audit(street()).await.unwrap();
    let [(0, Finding::Unlogged(what)), (0, Finding::State { case: of, part: "the last event" })] =
        audit.findings.as_slice()
    else {
        panic!("{:?}", audit.findings)
    };
    assert!(what.contains("event 77") && *of == case.number);
}

fn hex_id(bed: &Bed, id: [u8; 16]) -> String {
    let hex = linli_engine::hex(&id);
    match &bed.url {
        Url::Lite(_) => format!("x'{hex}'"),
        Url::Pg(_) => format!("'{hex}'"),
    }
}

/// Changed tiles, an older copy and another database stop the log; cases go on, and their leaves wait.
async fn it_stops_rather_than_forks(bed: Bed) {
    let town = Town::new(&bed).await;
    lived(&town, "a").await;
    grow(&town.engine).await;
    let before = checkpoint(&town.engine).await;
    let grow_after = async |sql: &str, undo: &str| {
        by_hand(&bed, sql).await;
        let engine = open(&bed, &town.clock).await;
        let filed = engine.file(report(sql)).await.unwrap();
        grow(&engine).await;
        let why = engine.log.stopped().remove(&street()).unwrap_or_else(|| panic!("it went on after {sql}"));
        assert_eq!(signed_size(&engine).await, before.size, "nothing more is signed: {why}");
        assert!(engine.case_by_key(filed.key, &dispatcher()).await.is_ok());
        by_hand(&bed, undo).await;
        why
    };
    let take = match &bed.url {
        Url::Lite(_) => "UPDATE log_tile SET body = zeroblob(length(body))",
        Url::Pg(_) => "UPDATE log_tile SET body = decode(repeat('00', length(body)), 'hex')",
    };
    by_hand(&bed, "CREATE TABLE kept AS SELECT * FROM log_tile; CREATE TABLE kept_head AS SELECT * FROM log_head")
        .await;
    let back = "DELETE FROM log_tile; INSERT INTO log_tile SELECT * FROM kept";
    assert!(grow_after(take, back).await.contains("were changed"));
    assert!(grow_after("DELETE FROM log_tile", back).await.contains("missing"));
    let why = grow_after(
        "UPDATE log_head SET note = replace(note, 'linli-', 'linle-')",
        "DELETE FROM log_head; INSERT INTO log_head SELECT * FROM kept_head",
    )
    .await;
    assert!(why.contains("not this log's own"), "{why}");
    // Put right, it goes on, and everything that waited is in it.
    let engine = open(&bed, &town.clock).await;
    grow(&engine).await;
    assert!(engine.log.stopped().is_empty() && checkpoint(&engine).await.size > before.size);
    // An older copy of the database is put back.
    by_hand(&bed, "DELETE FROM log_tile; INSERT INTO log_tile SELECT * FROM kept; DELETE FROM log_head; INSERT INTO log_head SELECT * FROM kept_head").await;
    let engine = open(&bed, &town.clock).await;
    grow(&engine).await;
    let why = engine.log.stopped().remove(&street()).unwrap();
    assert!(why.contains("an older copy was put back"), "{why}");
    assert_eq!(checkpoint(&engine).await.size, before.size);
}

/// What a copy of the database made now would hold, kept beside it, and how it is put back.
async fn copied(bed: &Bed) -> impl AsyncFn() + use<'_> {
    const TABLES: [&str; 8] =
        ["log_tile", "log_head", "feed_change", "feed_head", "event", "log_ended", "cases", "open_step"];
    for table in TABLES {
        let made = format!("DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}");
        by_hand(bed, &made).await;
    }
    async || {
        for table in TABLES {
            by_hand(bed, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
    }
}

/// An older copy is all there is: the log begins anew under another name, with what is left of it, and says so.
async fn a_log_begins_anew_and_says_so(bed: Bed) {
    let town = Town::new(&bed).await;
    let by = By::command("test");
    assert!(matches!(town.engine.renew_log(street(), "why", None, &by).await, Err(RenewError::None(_))));
    let first = lived(&town, "a").await;
    grow(&town.engine).await;
    let old = checkpoint(&town.engine).await;
    let put_back = copied(&bed).await;
    let lost = lived(&town, "b").await;
    grow(&town.engine).await;
    let newest = checkpoint(&town.engine).await;
    assert!(newest.size > old.size);
    let before = town.engine.receipt(first.key, 1, true).await.unwrap().unwrap();
    let gone = town.engine.receipt(lost.key, 1, true).await.unwrap().unwrap();
    let renew = async |engine: &Engine, known| engine.renew_log(street(), "the disk failed", known, &by).await;
    assert!(matches!(renew(&town.engine, None).await, Err(RenewError::Holds(_))), "nothing is wrong with it");
    for why in ["", "  ", &"x".repeat(501)] {
        let tried = town.engine.renew_log(street(), why, None, &by).await;
        assert!(matches!(tried, Err(RenewError::Why)));
    }

    put_back().await;
    let (stopped, hand) = (open(&bed, &town.clock).await, open(&bed, &town.clock).await);
    lived(&town, "c").await;
    grow(&stopped).await;
    assert!(stopped.log.stopped()[&street()].contains("older copy"));
    let renewed = renew(&hand, None).await.unwrap();
    let Ended { size, kept, note, why, era, .. } = &renewed.ended;
    assert_eq!((*size, *kept, why.as_str(), *era), (newest.size, old.size, "the disk failed", Era::default()));
    let (was, is) = (key(&hand), hand.log.verifier(street(), Era(1)).unwrap().parse::<VerifierKey>().unwrap());
    let head = |key: &VerifierKey, note: &str| {
        let keys = [key.clone()];
        let policy = Policy { origin: key.name(), log: &keys, witnesses: &[], quorum: 0 };
        policy.open(&note.parse().unwrap()).map(|(checkpoint, _)| checkpoint)
    };
    assert_eq!(head(&was, note).unwrap().root, newest.root, "the last head that is known stands there for everybody");
    assert_eq!(evidence::ended(&hand.db).await.unwrap(), std::slice::from_ref(&renewed.ended));

    // Who had stopped goes on without being started anew; what waited is in it, and so is that it began anew.
    grow(&stopped).await;
    assert!(stopped.log.stopped().is_empty());
    let note = stopped.checkpoint(street()).await.unwrap().unwrap();
    assert!(head(&was, &note).is_err(), "not under the old name");
    assert!(head(&is, &note).unwrap().size > old.size + 4);
    let asked = record::Asked { what: Some(What::Log), ..record::Asked::default() };
    let said = hand.db.read(move |tx: &mut Tx<'_>| record::changes(tx, street(), &asked, 9)).await.unwrap();
    assert_eq!((said.len(), said[0].deed.act, said[0].deed.subject.as_str()), (1, Act::Renewed, is.name()));
    let audit = stopped.audit(street()).await.unwrap();
    let unlogged = |finding: &(u64, Finding)| matches!(finding, (0, Finding::Unlogged(_)));
    assert!(audit.findings.iter().all(unlogged), "{audit:?}");
    // Receipts of before hold under the key of before, also of what is lost; new ones under the new.
    for receipt in [&before, &gone] {
        assert!(receipt::verify(receipt, &was, &[]).is_ok() && receipt::verify(receipt, &is, &[]).is_err());
    }
    let again = stopped.receipt(first.key, 1, true).await.unwrap().unwrap();
    assert!(receipt::verify(&again, &is, &[]).is_ok() && receipt::verify(&again, &was, &[]).is_err());

    // A copy from before it began anew is put back: it stops, and begins once more under a third name.
    put_back().await;
    let engine = open(&bed, &town.clock).await;
    lived(&town, "d").await;
    grow(&engine).await;
    assert!(engine.log.stopped()[&street()].contains("begun anew"), "{:?}", engine.log.stopped());
    let third = renew(&engine, None).await.unwrap();
    assert!(third.ended.era == Era(1) && third.origin.ends_with("/3"), "{third:?}");
    grow(&engine).await;
    assert!(engine.log.stopped().is_empty());
    // Only somebody outside saw more.
    assert!(renew(&engine, Some(newest.size + 99)).await.is_ok_and(|r| r.ended.size == newest.size + 99));
}

/// Several processes make one log grow.
async fn many_hands_make_one_log(bed: Bed) {
    let town = Town::new(&bed).await;
    let engines = [open(&bed, &town.clock).await, open(&bed, &town.clock).await, town.engine.clone()];
    let work = engines.iter().enumerate().map(|(n, engine)| {
        let engine = engine.clone();
        tokio::spawn(async move {
            for i in 0..12 {
                engine.file(report(&format!("{n}-{i}"))).await.unwrap();
                engine.sequence().await.unwrap();
                engine.grow_logs().await.unwrap();
            }
        })
    });
    for hand in work.collect::<Vec<_>>() {
        hand.await.unwrap();
    }
    for engine in &engines {
        grow(engine).await;
        assert!(engine.log.stopped().is_empty(), "{:?}", engine.log.stopped());
        let audit = engine.audit(street()).await.unwrap();
        assert!(audit.findings.is_empty() && audit.checked >= 36, "{audit:?}");
    }
}

/// What was there before there was a log is taken in late, and proves what it is from then on.
async fn the_past_is_taken_in(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = lived(&town, "old").await;
    town.engine.sequence().await.unwrap();
    by_hand(&bed, "UPDATE event SET salt = NULL; UPDATE feed_change SET leaf = NULL WHERE kind = 0").await;
    grow(&town.engine).await;
    let audit = town.engine.audit(street()).await.unwrap();
    assert_eq!(audit.findings, Vec::new());
    let file = town.engine.receipt(case.key, 2, false).await.unwrap().unwrap();
    assert!(receipt::verify(&file, &key(&town.engine), &[]).is_ok());
    // The log keeps its key: another one would be another log.
    let path = bed.folder.path().join("files/log.key");
    let kept = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(try_open(&bed, &town.clock, Plugs::default()).await.is_err_and(|e| e.to_string().contains("put it back")));
    std::fs::write(&path, "11".repeat(32)).unwrap();
    assert!(try_open(&bed, &town.clock, Plugs::default()).await.is_err_and(|e| e.to_string().contains("chmod 600")));
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(try_open(&bed, &town.clock, Plugs::default()).await.is_err_and(|e| e.to_string().contains("another key")));
    std::fs::write(&path, kept).unwrap();
    assert!(try_open(&bed, &town.clock, Plugs::default()).await.is_ok());
}

on_both! {
    everything_is_in_it => everything_is_in_it_and_outsiders_can_tell;
    by_hand => what_is_done_by_hand_is_named;
    moved => another_place_is_no_other_report;
    recategorised => another_category_is_no_other_report;
    it_stops => it_stops_rather_than_forks;
    it_begins_anew => a_log_begins_anew_and_says_so;
    many_hands => many_hands_make_one_log;
    the_past => the_past_is_taken_in;
}
