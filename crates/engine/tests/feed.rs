//! The feed: every event exactly once, in one order without gaps, whoever writes, sequences and reads meanwhile.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use linli_engine::{
    Engine,
    cases::CaseKey,
    db::{Tx, Url},
    edge::{self, below},
    feed::{self, Change, News},
    ids::{CaseId, Jurisdiction},
    presence,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use town::*;

fn street() -> Jurisdiction {
    code(STREET).jurisdiction()
}

async fn after(engine: &Engine, n: u64, limit: usize) -> Vec<Change> {
    engine.db.read(move |tx: &mut Tx<'_>| feed::after(tx, street(), n, limit)).await.unwrap()
}

/// Panics unless the places have no gaps and each case's events are there in their order; how many of each.
fn in_order(seen: &[Change]) -> HashMap<CaseKey, u64> {
    let mut seqs: HashMap<CaseKey, u64> = HashMap::new();
    for (change, n) in seen.iter().zip(seen.first().map_or(1, |first| first.n)..) {
        assert_eq!(change.n, n);
        let seq = seqs.entry(change.case).or_default();
        *seq += 1;
        assert_eq!(change.seq, *seq, "{change:?}");
    }
    seqs
}

/// Reads the feed in pages of random size until told to stop and nothing is left.
async fn read_along(engine: Engine, stop: Arc<AtomicBool>) -> Vec<Change> {
    let mut seen: Vec<Change> = Vec::new();
    loop {
        let last = stop.load(Ordering::SeqCst);
        let page = after(&engine, seen.last().map_or(0, |c| c.n), 1 + usize::try_from(below(7)).unwrap()).await;
        if page.is_empty() && last {
            return seen;
        }
        seen.extend(page);
        tokio::task::yield_now().await;
    }
}

async fn sequence_along(engine: Engine, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::SeqCst) || engine.sequence().await.unwrap() > 0 {
        engine.sequence().await.unwrap();
        tokio::task::yield_now().await;
    }
}

/// Two processes write, both sequence, two readers follow: what the readers saw is what the cases hold.
async fn a_cursor_misses_nothing_and_repeats_nothing(bed: Bed) {
    let town = Town::new(&bed).await;
    let other = open(&bed, &town.clock).await;
    let (stop, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let mut sequencers = Vec::new();
    let mut readers = Vec::new();
    for engine in [&town.engine, &other] {
        sequencers.push(tokio::spawn(sequence_along(engine.clone(), Arc::clone(&stop))));
        readers.push(tokio::spawn(read_along(engine.clone(), Arc::clone(&over))));
    }
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let town =
            Town { engine: if n % 2 == 0 { town.engine.clone() } else { other.clone() }, clock: town.clock.clone() };
        writers.spawn(async move {
            for i in 0..4 {
                let case = town.file(&format!("{n}-{i}")).await.key;
                town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
                town.done(case, &handler("municipal"), "accept", &[]).await;
            }
        });
    }
    writers.join_all().await;
    stop.store(true, Ordering::SeqCst);
    for sequencer in sequencers {
        sequencer.await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    for reader in readers {
        let seen = in_order(&reader.await.unwrap());
        assert_eq!(seen.len(), 32);
        for (case, seq) in seen {
            assert_eq!(town.see(case, &dispatcher()).await.head.seq, seq);
        }
    }
}

/// An event whose transaction began first and commits last takes the last place, not one that readers have passed.
async fn a_late_commit_is_not_missed(bed: Bed) {
    let Url::Pg(url) = &bed.url else { return };
    let town = Town::new(&bed).await;
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let slow = "00000000-0000-7000-8000-000000000001";
    let insert =
        format!("BEGIN; INSERT INTO fresh_event (jurisdiction, at, case_id, seq) VALUES ({STREET}, 5, '{slow}', 1)");
    client.batch_execute(&insert).await.unwrap();
    town.file("quick").await;
    assert_eq!(town.engine.sequence().await.unwrap(), 1);
    let seen = after(&town.engine, 0, 10).await;
    client.batch_execute("COMMIT").await.unwrap();
    assert_eq!(town.engine.sequence().await.unwrap(), 1);
    let n = seen.last().unwrap().n;
    let late = after(&town.engine, n, 10).await;
    assert_eq!(late.iter().map(|c| (c.n, c.at)).collect::<Vec<_>>(), [(n + 1, Millis(5))]);
}

/// Places for events of the past that nothing else is known of.
fn fresh(events: impl Iterator<Item = (CaseId, u64, i64)>) -> Vec<feed::Fresh> {
    let place = |(id, seq, at): (CaseId, u64, i64)| feed::Fresh {
        jurisdiction: street(),
        kind: linli_engine::evidence::Kind::Case,
        id: id.0,
        seq,
        at: Millis(at),
        leaf: [7; 32],
    };
    events.map(place).collect()
}

/// Bulk history and acts share one order; what fails takes no place.
async fn history_takes_its_places_at_once(bed: Bed) {
    let town = Town::new(&bed).await;
    town.file("before").await;
    let past: Vec<CaseId> = (0..120).map(|_| CaseId::new()).collect();
    let rows = past.clone();
    let refused = town.engine.db.write(move |tx: &mut Tx<'_>| {
        feed::append(tx, street(), &fresh(rows.iter().map(|id| (*id, 1, 7))))?;
        Err::<(), _>(linli_engine::db::DbError::Gone)
    });
    assert!(refused.await.is_err());
    for chunk in past.chunks(60) {
        let rows = chunk.to_vec();
        let append = move |tx: &mut Tx<'_>| {
            feed::append(tx, street(), &fresh(rows.iter().flat_map(|id| [(*id, 1, 7), (*id, 2, 8)])))
        };
        town.engine.db.write(append).await.unwrap();
    }
    assert_eq!(town.engine.sequence().await.unwrap(), 1);
    let seen = after(&town.engine, 0, 1000).await;
    assert_eq!(seen.len(), 241);
    in_order(&seen);
    assert_eq!(town.engine.sequence().await.unwrap(), 0);
}

/// Whoever waits is woken by own events and by those of another process.
async fn waiting_ends_with_a_change(bed: Bed) {
    let town = Town::new(&bed).await;
    let other = open(&bed, &town.clock).await;
    let (mut here, mut there) = (town.engine.changes(), other.changes());
    let before = town.engine.db.read(|tx: &mut Tx<'_>| feed::head(tx, street())).await.unwrap();
    town.file("a").await;
    town.engine.changed_here().await;
    town.engine.follow().await.unwrap();
    other.follow().await.unwrap();
    for receiver in [&mut here, &mut there] {
        assert!(receiver.has_changed().unwrap());
        assert_eq!(receiver.borrow_and_update().get(&street()), Some(&(before + 1)));
    }
    town.engine.follow().await.unwrap();
    assert!(!here.has_changed().unwrap(), "nothing new wakes nobody");
}

/// What happens in one process is news in another: the case before and after, seen by whom the policy lets see it.
async fn news_reach_other_processes(bed: Bed) {
    let town = Town::new(&bed).await;
    let other = open(&bed, &town.clock).await;
    let case = town.file("a").await.key;
    other.follow().await.unwrap();
    let mut news = other.news();
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    other.follow().await.unwrap();
    let Ok(News::Entry(entry)) = news.try_recv() else { panic!("no news") };
    assert_eq!((entry.change.case, entry.change.seq, entry.event.seq), (case, 2, 2));
    let steps = |open: &[feed::Open]| open.iter().map(|o| (o.step.clone(), o.owner.clone())).collect::<Vec<_>>();
    assert_eq!(steps(&entry.before), [("triage".into(), "role:dispatcher".into())]);
    assert_eq!(steps(&entry.after), [("sign".into(), "org:municipal".into())]);
    assert!(entry.after[0].due_at.is_some());
    for (viewer, sees) in [(dispatcher(), true), (handler("municipal"), true), (handler("urban"), false)] {
        let linli_engine::viewer::Viewer::Staff(seat) = viewer else { unreachable!() };
        assert_eq!(entry.seen_by(&seat), sees, "{}", seat.org);
    }
    assert!(news.try_recv().is_err(), "nothing comes twice");
    // Too much for one by one is said as such.
    let many: Vec<CaseId> = (0..300).map(|_| CaseId::new()).collect();
    let append = move |tx: &mut Tx<'_>| feed::append(tx, street(), &fresh(many.iter().map(|id| (*id, 1, 7))));
    town.engine.db.write(append).await.unwrap();
    other.follow().await.unwrap();
    assert!(matches!(news.try_recv(), Ok(News::Many(s)) if s == street()));
}

/// Who has a case open: until they leave, or are not heard of any more; writing only by their own word.
async fn presence_is_for_now(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("a").await.key;
    let seats: Vec<_> = [desk(), head()]
        .into_iter()
        .map(|viewer| match viewer {
            linli_engine::viewer::Viewer::Staff(seat) => seat,
            _ => unreachable!(),
        })
        .collect();
    let (one, two) = (edge::new_id(), edge::new_id());
    let enter = async |id: [u8; 16], seat: usize| {
        let (seat, now) = (seats[seat].clone(), town.clock.now());
        let enter = move |tx: &mut Tx<'_>| presence::enter(tx, case, id, &seat, "Zheng", now);
        town.engine.db.write(enter).await.unwrap();
    };
    let here = async || {
        let now = town.clock.now();
        let all = town.engine.db.read(move |tx: &mut Tx<'_>| presence::here(tx, street(), now)).await.unwrap();
        all.into_iter().map(|h| (h.id, h.writing)).collect::<Vec<_>>()
    };
    enter(one, 0).await;
    enter(two, 1).await;
    assert_eq!(here().await, [(one, false), (two, false)]);
    for (id, by) in [(one, 0), (two, 0)] {
        let account = seats[by].account;
        let write = move |tx: &mut Tx<'_>| presence::writing(tx, case, id, account, true);
        town.engine.db.write(write).await.unwrap();
    }
    assert_eq!(here().await, [(one, true), (two, false)], "nobody writes in another's name");
    town.later(30_000);
    enter(one, 0).await;
    town.later(30_000);
    assert_eq!(here().await, [(one, true)], "whoever is not heard of is gone, whoever is stays as they were");
    let now = town.clock.now();
    town.engine.db.write(move |tx: &mut Tx<'_>| presence::leave(tx, case, one)).await.unwrap();
    town.engine.db.write(move |tx: &mut Tx<'_>| presence::sweep(tx, now)).await.unwrap();
    town.clock.move_to(Millis(0));
    assert_eq!(here().await, [], "no row is kept");
}

on_both! {
    news => news_reach_other_processes;
    presence => presence_is_for_now;
    cursor => a_cursor_misses_nothing_and_repeats_nothing;
    late_commit => a_late_commit_is_not_missed;
    history => history_takes_its_places_at_once;
    waiting => waiting_ends_with_a_change;
}
