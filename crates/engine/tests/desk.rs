//! What the desk keeps, on both databases: views are bounded and one's own, counts stop where they are said to, a draft is
//! bounded, a hand-over is taken once, an act that is foreseen is the act that is done and writes nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{act::Ask, inbox::View, search::Query},
    db::{DbError, Tx},
    desk::{
        drafts::{self, DraftError, Typed},
        handover::{self, Handover, HandoverError},
        views::{self, List, Owner, SavedView, ViewError},
    },
    ids::{AccountId, HandoverId, ViewId},
    limits,
    seats::Seat,
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use town::{Town, code, dispatcher, fill, rows};

const DRAFT_MS: i64 = 30 * 24 * 3_600_000;

fn seat(viewer: &Viewer) -> Seat {
    let Viewer::Staff(seat) = viewer else { panic!("staff") };
    seat.clone()
}

async fn views_are_bounded(bed: Bed) {
    let town = Town::new(&bed).await;
    let (home, now, me) = (town.engine.home, town.clock.now(), AccountId::new());
    let org: linli_engine::ids::OrgId = "office".parse().unwrap();
    let left = town.engine.db.write(move |tx: &mut Tx<'_>| {
        let mut out = Vec::new();
        for n in 0..=limits::SAVED_VIEWS {
            let owner = Owner::Account(me);
            let (id, name) = (ViewId::new(), format!("view {n}"));
            let view = SavedView { id, owner, name, list: List::Inbox, query: "due=late".into(), made_by: me };
            out.push(views::save(tx, home, &view, now)?);
        }
        let all = views::views(tx, home, me, &org)?;
        let other = views::views(tx, home, AccountId::new(), &org)?;
        Ok::<_, DbError>((out, all, other))
    });
    let (out, all, other) = left.await.unwrap();
    assert_eq!(out.iter().filter(|done| done.is_ok()).count(), limits::SAVED_VIEWS);
    assert_eq!(out.last(), Some(&Err(ViewError::Full)));
    assert_eq!((all.len(), other.len()), (limits::SAVED_VIEWS, 0));
    assert!(all.iter().map(|view| view.id).is_sorted(), "new ones come last");
}

async fn counts_stop(bed: Bed) {
    let town = Town::new(&bed).await;
    let seat = seat(&dispatcher());
    for n in 0..limits::VIEW_COUNT {
        town.file(&format!("n{n}")).await;
    }
    let counts = async || {
        let inbox = town.engine.inbox_count(&seat, View::default()).await.unwrap();
        let found = town.engine.search_count(&seat, Query::default()).await.unwrap();
        ((inbox.n, inbox.more), (found.n, found.more))
    };
    assert_eq!(counts().await, ((99, false), (99, false)));
    town.file("one-more").await;
    assert_eq!(counts().await, ((99, true), (99, true)));
    let words = View { words: "100% lamp".into(), ..View::default() };
    assert_eq!(town.engine.inbox_count(&seat, words).await.unwrap().n, 0, "a sign of a pattern stands for itself");
    let words = View { words: "LAMP dark".into(), category: Some("utility".into()), ..View::default() };
    assert!(town.engine.inbox_count(&seat, words).await.unwrap().more);
    let none = View { class: Some("urgent".into()), ..View::default() };
    assert_eq!(town.engine.inbox_count(&seat, none).await.unwrap().n, 0);
}

async fn drafts_are_bounded(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("draft").await.key;
    let (me, now) = (AccountId::new(), town.clock.now());
    let typed = |words: &str| Typed::from([("note".to_owned(), vec![words.to_owned()])]);
    let (first, long, empty) = (typed("half a sentence"), typed(&"x".repeat(limits::DRAFT_BYTES)), typed("  "));
    let out = town.engine.db.write(move |tx: &mut Tx<'_>| {
        let kept = drafts::keep(tx, me, case, "side:::note", &first, DRAFT_MS, now)?;
        let long = drafts::keep(tx, me, case, "side:::note", &long, DRAFT_MS, now)?;
        let there = drafts::drafts(tx, me, case, now)?;
        let last = drafts::drafts(tx, me, case, now.plus(DRAFT_MS - 1))?.len();
        let over = drafts::drafts(tx, me, case, now.plus(DRAFT_MS))?.len();
        let others = drafts::drafts(tx, AccountId::new(), case, now)?.len();
        drafts::keep(tx, me, case, "side:::note", &empty, DRAFT_MS, now)?.unwrap();
        let gone = drafts::drafts(tx, me, case, now)?.len();
        Ok::<_, DbError>((kept, long, there, [last, over, others, gone]))
    });
    let (kept, long, there, counts) = out.await.unwrap();
    assert_eq!((kept, long), (Ok(()), Err(DraftError::Long)));
    assert_eq!(there[0].typed, typed("half a sentence"));
    assert_eq!(counts, [1, 0, 0, 0], "to the last millisecond, no longer, nobody else's, and none when empty");
}

async fn a_handover_is_taken_once(bed: Bed) {
    let town = Town::new(&bed).await;
    let (home, now, id) = (town.engine.home, town.clock.now(), HandoverId::new());
    let given = Handover {
        id,
        target: "role:dispatcher".into(),
        place: code("990101001"),
        account: AccountId::new(),
        name: "Lin".into(),
        org: "office".parse().unwrap(),
        note: "Rain tonight".into(),
        made_at: now,
        taken: None,
    };
    let empty = Handover { id: HandoverId::new(), note: " ".into(), ..given.clone() };
    let out = town.engine.db.write(move |tx: &mut Tx<'_>| {
        let nothing = handover::give(tx, home, &empty, &[])?;
        handover::give(tx, home, &given, &[])?.unwrap();
        let queue = ["role:dispatcher".to_owned()];
        let near = handover::waiting(tx, home, &queue, &code("990101001001"))?.len();
        let far = handover::waiting(tx, home, &queue, &code("990101002"))?.len();
        let takes: Vec<bool> = (0..2)
            .map(|n| handover::take(tx, home, id, AccountId::new(), &format!("taker {n}"), now))
            .collect::<Result<_, _>>()?;
        let left = handover::waiting(tx, home, &queue, &code("990101001"))?.len();
        let (past, next) = handover::past(tx, home, &queue, &code("990101001"), None)?;
        Ok::<_, DbError>((nothing, [near, far, left], takes, past, next))
    });
    let (nothing, counts, takes, past, next) = out.await.unwrap();
    assert_eq!(nothing, Err(HandoverError::Empty));
    assert_eq!(counts, [1, 0, 0]);
    assert_eq!(takes, [true, false]);
    assert_eq!((past.len(), next), (1, None));
    assert_eq!(past[0].taken.as_ref().unwrap().0, "taker 0", "whoever was first stays");
}

/// What is foreseen is what happens, and foreseeing writes nothing.
async fn foreseen_is_done(bed: Bed) {
    let town = Town::new(&bed).await;
    let (case, by) = (town.file("foreseen").await.key, dispatcher());
    let before = (town.see(case, &by).await.events.len(), rows(&town.engine.db, case).await);
    let d = town.see(case, &by).await;
    for offer in d.offers.iter().filter(|offer| offer.act == "dispatch" || offer.act == "note") {
        let form = if offer.act == "note" {
            fill(&[("note", "seen")])
        } else {
            fill(&[("class", "general"), ("unit", "urban")])
        };
        let ask = Ask { case, command: offer.command(form), by: by.clone(), key: format!("foresee-{}", offer.act) };
        let seen = town.engine.foresee(ask.clone()).await;
        let now = (town.see(case, &by).await.events.len(), rows(&town.engine.db, case).await);
        assert_eq!(now.0, before.0 + usize::from(offer.act == "note" && now.0 > before.0));
        let done = town.engine.act(ask.clone()).await;
        assert_eq!(seen.is_ok(), done.is_ok(), "{seen:?} {done:?}");
        if let (Ok(seen), "dispatch") = (&seen, offer.act.as_str()) {
            let open = town.steps(case).await;
            assert_eq!(seen.opens.iter().map(|step| step.step.clone()).collect::<Vec<_>>(), open);
        }
        assert!(done.is_err() || town.engine.foresee(ask).await.unwrap().again);
    }
}

on_both! {
    views_have_a_limit => views_are_bounded;
    counts_stop_where_they_say => counts_stop;
    drafts_have_a_limit => drafts_are_bounded;
    one_takes_over => a_handover_is_taken_once;
    what_is_foreseen_is_done => foreseen_is_done;
}
