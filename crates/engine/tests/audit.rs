//! What an audit finds beside the entries: rows of cases that are not what their events say, heads and upper tiles that do
//! not belong, changes that nobody made. And what was put in by hand gets no signature.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    Engine,
    cases::file::Filed,
    db::Url,
    evidence::{self, Finding},
    ids::Jurisdiction,
};
use linli_testbed::{Bed, by_hand, on_both};
use town::*;

fn street() -> Jurisdiction {
    code(STREET).jurisdiction()
}

async fn grow(engine: &Engine) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
}

async fn found(engine: &Engine) -> Vec<(u64, Finding)> {
    engine.audit(street()).await.unwrap().findings
}

/// A case that a unit has in hand.
async fn lived(town: &Town, key: &str) -> Filed {
    let filed = town.file(key).await;
    town.done(filed.key, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    town.done(filed.key, &handler("municipal"), "accept", &[]).await;
    filed
}

/// Keeps tables as they are; each is put back by `back`.
async fn keep(bed: &Bed, tables: &[&str]) {
    for table in tables {
        by_hand(bed, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
}

async fn back(bed: &Bed, tables: &[&str]) {
    for table in tables {
        by_hand(bed, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
    }
}

async fn a_row_is_what_its_events_say(bed: Bed) {
    const TABLES: [&str; 3] = ["cases", "open_step", "event"];
    let town = Town::new(&bed).await;
    let (case, _) = (lived(&town, "a").await, lived(&town, "b").await);
    grow(&town.engine).await;
    assert_eq!(found(&town.engine).await, []);
    keep(&bed, &TABLES).await;
    let set = |what: &str| format!("UPDATE cases SET {what} WHERE number = '{}'", case.number);
    let of = format!("WHERE case_id = (SELECT id FROM cases WHERE number = '{}')", case.number);
    let hands = [
        (set("promised_at = promised_at + 864000000"), "the promise"),
        (set("promised_at = NULL"), "the promise"),
        (set("phase = 'ended'"), "the state"),
        (set("outcome = 'solved'"), "the outcome"),
        (set("settled_at = 1"), "the time of its end"),
        (set("unit = 'heyuan'"), "the unit"),
        (set("class = 'complex'"), "the class"),
        (set("filed_category = category, category = 'other'"), "the category"),
        (set("filed_place = place, place = '990101001002'"), "the place"),
        (set("opened_at = opened_at - 1"), "the time of receipt"),
        (set("seq = seq - 1"), "the last event"),
        (set("redo = redo + 1"), "the count of redoing"),
        (set("pack = '2000.1'"), "the flow"),
        (format!("DELETE FROM open_step {of}"), "what is open"),
        (format!("UPDATE open_step SET owner = 'org:heyuan' {of}"), "what is open"),
        (format!("UPDATE event SET at = at - 1 {of} AND seq = 2"), "the time of an event"),
    ];
    for (sql, part) in hands {
        by_hand(&bed, &sql).await;
        let state = Finding::State { case: case.number.clone(), part };
        assert_eq!(found(&town.engine).await, [(0, state)], "{sql}");
        back(&bed, &TABLES).await;
        assert_eq!(found(&town.engine).await, [], "{sql}");
    }
}

async fn a_head_that_is_gone_is_missed(bed: Bed) {
    const TABLES: [&str; 2] = ["log_head", "log_tile"];
    let town = Town::new(&bed).await;
    lived(&town, "a").await;
    grow(&town.engine).await;
    keep(&bed, &TABLES).await;
    for sql in ["DELETE FROM log_head", "DELETE FROM log_head; DELETE FROM log_tile"] {
        by_hand(&bed, sql).await;
        let engine = open(&bed, &town.clock).await;
        assert!(evidence::streets(&engine.db, &engine.log).await.unwrap().contains(&street()));
        let said = found(&engine).await;
        assert!(matches!(said.as_slice(), [(0, Finding::Tree(what))] if what.contains("were signed")), "{said:?}");
        back(&bed, &TABLES).await;
    }
    // Without the file beside the database the tiles tell.
    std::fs::remove_dir_all(bed.folder.path().join("files/log")).unwrap();
    by_hand(&bed, "DELETE FROM log_head").await;
    let said = found(&open(&bed, &town.clock).await).await;
    assert!(matches!(said.as_slice(), [(0, Finding::Tree(what))] if what.contains("tiles are there")), "{said:?}");
    back(&bed, &TABLES).await;
    by_hand(&bed, "UPDATE log_head SET witnessed = 'x'").await;
    let said = found(&open(&bed, &town.clock).await).await;
    assert!(matches!(said.as_slice(), [(0, Finding::Tree(what))] if what.contains("witnesses")), "{said:?}");
}

async fn upper_tiles_lead_from_those_below(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = lived(&town, "a").await;
    for _ in 0..260 {
        town.done(filed.key, &handler("municipal"), "note", &[("note", "once more")]).await;
    }
    grow(&town.engine).await;
    assert_eq!(found(&town.engine).await, []);
    keep(&bed, &["log_tile"]).await;
    let zero = match &bed.url {
        Url::Lite(_) => "UPDATE log_tile SET body = zeroblob(length(body)) WHERE level = 1",
        Url::Pg(_) => "UPDATE log_tile SET body = decode(repeat('00', length(body)), 'hex') WHERE level = 1",
    };
    for sql in [zero, "DELETE FROM log_tile WHERE level = 1"] {
        by_hand(&bed, sql).await;
        let said = found(&open(&bed, &town.clock).await).await;
        let names = |(_, finding): &(u64, Finding)| finding.to_string().contains("level 1");
        assert!(said.iter().any(names), "{said:?}");
        back(&bed, &["log_tile"]).await;
    }
}

async fn a_change_that_nobody_made_was_never_recorded(bed: Bed) {
    let town = Town::new(&bed).await;
    lived(&town, "a").await;
    grow(&town.engine).await;
    let id = if matches!(bed.url, Url::Lite(_)) { "randomblob(16)" } else { "gen_random_uuid()" };
    for (salt, count) in [("salt", 1), ("NULL", 2)] {
        let put = format!(
            "INSERT INTO admin_change (jurisdiction, at, id, account, seat, login, what, subject, act, was, became, salt)
             SELECT jurisdiction, at + 1, {id}, account, seat, 'ghost', 'seat', subject, 'added', was, became, {salt}
             FROM admin_change WHERE what = 'pack'"
        );
        by_hand(&bed, &put).await;
        let said = found(&town.engine).await;
        assert_eq!(said.len(), count, "{said:?}");
        assert!(matches!(&said[0], (0, Finding::Unlogged(what)) if what.contains("seat (added)")), "{said:?}");
    }
    // One that does not even read is a finding, not the end of the audit.
    by_hand(
        &bed,
        "DELETE FROM admin_change WHERE login = 'ghost'; UPDATE admin_change SET became = '{' WHERE what = 'pack'",
    )
    .await;
    assert!(matches!(found(&town.engine).await.as_slice(), [(1.., Finding::Dropped(_))]));
}

/// Whoever writes an event by hand, without what the program writes with it, gets no signature for it.
async fn what_comes_bare_stops_the_log(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = lived(&town, "a").await;
    grow(&town.engine).await;
    let size = async || town.engine.checkpoint(street()).await.unwrap().unwrap().lines().nth(1).unwrap().to_owned();
    let before = size().await;
    let of = format!("FROM event WHERE seq = 3 AND case_id = (SELECT id FROM cases WHERE number = '{}')", case.number);
    by_hand(&bed, &format!("INSERT INTO fresh_event (jurisdiction, at, case_id, seq, kind, leaf) SELECT jurisdiction, at, case_id, 4, 0, NULL {of}; INSERT INTO event (jurisdiction, case_id, seq, at, body) SELECT jurisdiction, case_id, 4, at, body {of}")).await;
    grow(&town.engine).await;
    let why = town.engine.log.stopped().remove(&street()).unwrap();
    assert!(why.contains("without its commitment"), "{why}");
    assert_eq!(size().await, before);
}

/// People go on while somebody looks: what grows meanwhile is nobody's doing.
async fn an_audit_while_people_work_finds_nothing(bed: Bed) {
    let town = Town::new(&bed).await;
    lived(&town, "first").await;
    grow(&town.engine).await;
    let engine = town.engine.clone();
    let work = tokio::spawn(async move {
        for n in 0..40 {
            engine.file(report(&format!("meanwhile-{n}"))).await.unwrap();
            grow(&engine).await;
        }
    });
    let mut looks = 0;
    while !work.is_finished() || looks == 0 {
        assert_eq!(found(&town.engine).await, []);
        looks += 1;
    }
    work.await.unwrap();
    assert_eq!(found(&town.engine).await, []);
}

on_both! {
    meanwhile => an_audit_while_people_work_finds_nothing;
    state => a_row_is_what_its_events_say;
    headless => a_head_that_is_gone_is_missed;
    upper => upper_tiles_lead_from_those_below;
    unmade => a_change_that_nobody_made_was_never_recorded;
    bare => what_comes_bare_stops_the_log;
}
