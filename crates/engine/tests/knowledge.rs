//! Answers at hand, on both databases: an office writes, corrects and withdraws them, whoever may; every change is on record;
//! nobody overwrites what they have not seen; what is past its day is hidden, and chased once.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::sync::OnceLock;

use linli_engine::{
    db::Tx,
    ids::{AccountId, SeatId},
    knowledge::{Deed, KnowledgeError, Problem, Stage, State},
    limits,
    notices::{self, Told, Whom},
    pack::Entry,
    record::{self, Act, By, What},
    seats::{self, PasswordHash, Seat},
    viewer::Viewer,
};
use linli_flow::Text;
use linli_testbed::{Bed, on_both};
use linli_worktime::{Millis, parse_rfc3339};
use town::{STREET, Town, code, dispatcher, handler, head, open};

const DAY: i64 = 24 * 3_600_000;

fn seat(viewer: &Viewer) -> Seat {
    let Viewer::Staff(seat) = viewer else { panic!("staff") };
    seat.clone()
}

fn lamp(answer: &str) -> Entry {
    Entry {
        id: "own-lamp".into(),
        question: Text { zh: "路灯的灯罩破了找谁？".into(), en: String::new() },
        answer: Text { zh: answer.into(), en: String::new() },
        category: "utility.lighting".into(),
        owner: "municipal".into(),
        words: vec!["灯罩".into()],
        source: "城市照明管理规定".into(),
        mark: None,
        review: "2026-09-01".parse().unwrap(),
        region: Text { zh: "本街道".into(), en: String::new() },
    }
}

async fn change(town: &Town, who: &Viewer, id: &str, deed: Deed) -> Result<(), KnowledgeError> {
    let seen = town.engine.knowledge().item(id).map_or(0, |item| item.version());
    town.engine.change_answer(&seat(who), By::command("test"), id, seen, deed).await
}

async fn recorded(town: &Town, id: &str) -> Vec<(Act, bool, bool)> {
    let (home, id) = (town.engine.home, id.to_owned());
    let read = move |tx: &mut Tx<'_>| {
        let asked = record::Asked { what: Some(What::Answer), subject: Some(id.clone()), ..record::Asked::default() };
        record::changes(tx, home, &asked, 50)
    };
    let all = town.engine.db.read(read).await.unwrap();
    all.into_iter().rev().map(|c| (c.deed.act, c.deed.was.is_some(), c.deed.became.is_some())).collect()
}

async fn an_office_writes_its_own(bed: Bed) {
    let town = Town::new(&bed).await;
    let beside = open(&bed, &town.clock).await;
    let today = town.engine.today();
    let find = |engine: &linli_engine::Engine| {
        let known = engine.knowledge();
        known.suggest("路口的灯罩碎了", today, 3).first().map(|entry| (entry.id.clone(), entry.answer.zh.clone()))
    };
    change(&town, &dispatcher(), "own-lamp", Deed::Draft(lamp("打市政电话。"))).await.unwrap();
    assert_ne!(find(&town.engine).map(|f| f.0), Some("own-lamp".into()), "a draft is for nobody");
    change(&town, &handler("municipal"), "own-lamp", Deed::PublishDraft).await.unwrap();
    assert_eq!(find(&town.engine), Some(("own-lamp".into(), "打市政电话。".into())));
    beside.refresh().await.unwrap();
    assert_eq!(find(&beside), find(&town.engine), "the other process has it, too");
    // A draft beside what is published changes nothing for anybody.
    change(&town, &dispatcher(), "own-lamp", Deed::Draft(lamp("打街道电话。"))).await.unwrap();
    assert_eq!(find(&town.engine).unwrap().1, "打市政电话。");
    change(&town, &dispatcher(), "own-lamp", Deed::DropDraft).await.unwrap();
    change(&town, &head(), "own-lamp", Deed::Publish(lamp("打街道电话。"))).await.unwrap();
    assert_eq!(find(&town.engine).unwrap().1, "打街道电话。");
    change(&town, &head(), "own-lamp", Deed::Withdraw).await.unwrap();
    assert_ne!(find(&town.engine).map(|f| f.0), Some("own-lamp".into()));
    let kept = town.engine.knowledge().item("own-lamp").unwrap().now.clone().unwrap();
    assert_eq!((kept.state, kept.entry.answer.zh.as_str()), (State::Withdrawn, "打街道电话。"));
    change(&town, &head(), "own-lamp", Deed::Publish(kept.entry)).await.unwrap();
    assert!(find(&town.engine).is_some());
    let acts = [
        (Act::Proposed, false, true),
        (Act::Added, false, true),
        (Act::Proposed, true, true),
        (Act::Declined, true, false),
        (Act::Changed, true, true),
        (Act::Retired, true, false),
        (Act::Restored, true, true),
    ];
    assert_eq!(recorded(&town, "own-lamp").await, acts);
    let logged = town.engine.sequence().await.unwrap();
    assert!(logged >= acts.len() as u64, "{logged} leaves");
}

async fn an_office_corrects_the_pack(bed: Bed) {
    let town = Town::new(&bed).await;
    let known = town.engine.knowledge();
    let of_pack = known.good_one("street-light", town.engine.today()).unwrap().clone();
    let order: Vec<String> = known.items().iter().map(|item| item.id.clone()).collect();
    let entry = Entry { answer: Text { zh: "打 12345。".into(), en: String::new() }, ..of_pack.clone() };
    change(&town, &handler("municipal"), "street-light", Deed::Publish(entry)).await.unwrap();
    let known = town.engine.knowledge();
    assert_eq!(known.good_one("street-light", town.engine.today()).unwrap().answer.zh, "打 12345。");
    assert_eq!(known.items().iter().map(|item| item.id.clone()).collect::<Vec<_>>(), order, "it stands where it stood");
    change(&town, &head(), "street-light", Deed::Withdraw).await.unwrap();
    assert!(town.engine.knowledge().about("路灯不亮", 9).iter().all(|entry| entry.id != "street-light"));
    // Looking at one of the pack's makes it the office's own, until its next day.
    change(&town, &head(), "dog", Deed::Checked("2026-06-01".parse().unwrap())).await.unwrap();
    let dog = town.engine.knowledge().item("dog").unwrap().now.clone().unwrap();
    assert_eq!((dog.entry.review.to_string().as_str(), dog.entry.mark), ("2026-06-01", None));
    assert_eq!(recorded(&town, "dog").await, [(Act::Checked, true, true)]);
    // What the pack says passes its own checks, in everybody's hands.
    for item in known.items().iter().filter(|item| !["street-light", "dog"].contains(&item.id.as_str())) {
        let entry =
            Entry { region: Text { zh: "本地".into(), en: String::new() }, ..item.shown().unwrap().entry.clone() };
        let done = change(&town, &head(), &item.id, Deed::Publish(entry)).await;
        assert!(done.is_ok(), "{}: {done:?}", item.id);
    }
}

async fn others_keep_their_hands_off(bed: Bed) {
    let town = Town::new(&bed).await;
    let entry = town.engine.knowledge().item("street-light").unwrap().shown().unwrap().entry.clone();
    let day = "2026-06-01".parse().unwrap();
    let elsewhere = town::staff("desk-head", "office", "990101002");
    let (overseer, leader) = (town::overseer(), town::staff("leader", "office", STREET));
    for (who, deed, may) in [
        (handler("urban"), Deed::Draft(entry.clone()), false),
        (handler("firm"), Deed::Withdraw, false),
        (dispatcher(), Deed::Draft(entry.clone()), true),
        (dispatcher(), Deed::Publish(entry.clone()), false),
        (dispatcher(), Deed::PublishDraft, false),
        (town::desk(), Deed::Draft(entry.clone()), true),
        (town::desk(), Deed::Checked(day), false),
        (elsewhere, Deed::Checked(day), false),
        (overseer, Deed::Checked(day), false),
        (leader, Deed::DropDraft, false),
        (handler("municipal"), Deed::PublishDraft, true),
        (head(), Deed::Checked(day), true),
        // What is whose cannot be given away without the other's word, nor taken.
        (handler("municipal"), Deed::Publish(Entry { owner: "urban-management".into(), ..entry.clone() }), false),
        (handler("urban"), Deed::Publish(Entry { owner: "urban-management".into(), ..entry.clone() }), false),
        (head(), Deed::Publish(Entry { owner: "urban-management".into(), ..entry.clone() }), true),
        (handler("urban"), Deed::Checked(day), true),
    ] {
        let done = change(&town, &who, "street-light", deed.clone()).await;
        let refused = matches!(done, Err(KnowledgeError::NotYours));
        assert!(done.is_ok() == may && refused != may, "{who:?} {deed:?}: {done:?}");
    }
    // What a firm would keep, the street office does.
    assert!(matches!(
        change(&town, &handler("firm"), "stairwell-clutter", Deed::Withdraw).await,
        Err(KnowledgeError::NotYours)
    ));
    assert!(change(&town, &dispatcher(), "stairwell-clutter", Deed::Checked(day)).await.is_ok());
    assert!(matches!(change(&town, &head(), "no-such", Deed::Withdraw).await, Err(KnowledgeError::NotFound)));
}

async fn what_is_wrong_is_said(bed: Bed) {
    let town = Town::new(&bed).await;
    let text = |zh: &str| Text { zh: zh.into(), en: String::new() };
    for (entry, field, problem) in [
        (Entry { question: text(""), ..lamp("x") }, "question", Problem::Empty),
        (lamp(&"长".repeat(limits::ANSWER_CHARS + 1)), "answer", Problem::Long(limits::ANSWER_CHARS)),
        (lamp("打王师傅手机 19900000001"), "answer", Problem::Personal),
        (Entry { category: "moon".into(), ..lamp("x") }, "category", Problem::Unknown),
        (Entry { owner: "moon".into(), ..lamp("x") }, "owner", Problem::Unknown),
        (Entry { review: "2026-03-02".parse().unwrap(), ..lamp("x") }, "review", Problem::Day),
        (Entry { review: "2029-03-02".parse().unwrap(), ..lamp("x") }, "review", Problem::Day),
    ] {
        let done = change(&town, &head(), "own-lamp", Deed::Publish(entry)).await;
        assert!(matches!(done, Err(KnowledgeError::Field(f, p)) if f == field && p == problem), "{field}: {done:?}");
    }
    assert!(town.engine.knowledge().item("own-lamp").is_none());
    assert_eq!(recorded(&town, "own-lamp").await, []);
}

async fn nobody_overwrites_unseen(bed: Bed) {
    let town = Town::new(&bed).await;
    let (engine, by) = (&town.engine, By::command("test"));
    let all = (0..6).map(|n| {
        let (seat, by) = (seat(&head()), by.clone());
        async move { engine.change_answer(&seat, by, "own-lamp", 0, Deed::Publish(lamp(&format!("{n}")))).await }
    });
    let done = futures_util::future::join_all(all).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    assert!(done.iter().all(|done| matches!(done, Ok(()) | Err(KnowledgeError::Stale))), "{done:?}");
    assert_eq!(recorded(&town, "own-lamp").await.len(), 1);
}

fn password() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    HASH.get_or_init(|| seats::hash_password(&"nobody".parse().unwrap(), "a long password").unwrap()).clone()
}

async fn member(town: &Town, login: &str, role: &str, org: &str) -> Whom {
    let (home, id) = (town.engine.home, AccountId::new());
    let (role, org) = (role.parse().unwrap(), org.parse().unwrap());
    let seat = Seat {
        id: SeatId::new(),
        account: id,
        org,
        role,
        place: code(STREET),
        from: Millis(0),
        until: None,
        cover: None,
    };
    let login = login.parse().unwrap();
    let made = town.engine.db.write(move |tx: &mut Tx<'_>| {
        seats::create_account(tx, home, id, &login, "Somebody", &password())?;
        seats::grant_seat(tx, home, &seat)
    });
    made.await.unwrap();
    Whom::Account(id)
}

/// What somebody was told of this entry, oldest first.
async fn told(town: &Town, whom: Whom, of: &str) -> Vec<String> {
    let (home, now) = (town.engine.home, town.clock.now().plus(DAY));
    let read = move |tx: &mut Tx<'_>| notices::list(tx, home, whom, None, now, None);
    let all: Vec<Told> = town.engine.db.read(read).await.unwrap();
    let of = all.into_iter().rev().filter(|told| told.answer.as_deref() == Some(of));
    of.map(|told| told.template).collect()
}

async fn to(town: &Town, day: &str) {
    town.clock.move_to(parse_rfc3339(&format!("{day}T10:00:00+08:00")).unwrap());
    while town.engine.tick().await.unwrap() {}
}

async fn staleness_is_chased(bed: Bed) {
    let town = Town::new(&bed).await;
    let beside = open(&bed, &town.clock).await;
    let (unit, top) =
        (member(&town, "unit", "handler", "municipal").await, member(&town, "top", "desk-head", "office").await);
    change(&town, &head(), "own-lamp", Deed::Publish(lamp("x"))).await.unwrap();
    let said = async |whom| told(&town, whom, "own-lamp").await;
    to(&town, "2026-08-17").await;
    assert_eq!(said(unit).await, Vec::<String>::new());
    for day in ["2026-08-18", "2026-08-25"] {
        to(&town, day).await;
        beside.tick().await.unwrap();
        assert_eq!(said(unit).await, ["review-soon"], "{day}");
    }
    to(&town, "2026-09-01").await;
    assert_eq!((said(unit).await.len(), said(top).await.len()), (2, 0));
    assert!(town.engine.knowledge().good_one("own-lamp", town.engine.today()).is_some(), "good until the day is over");
    to(&town, "2026-09-02").await;
    assert!(town.engine.knowledge().good_one("own-lamp", town.engine.today()).is_none());
    assert!(!town.engine.knowledge().about("灯罩", 9).is_empty(), "the desk sees it, with a warning");
    to(&town, "2026-09-15").await;
    to(&town, "2026-10-15").await;
    assert_eq!(said(unit).await, ["review-soon", "review-due"]);
    assert_eq!(said(top).await, ["review-late"]);
    // Looked at: it is good again, and the next day is chased anew.
    change(&town, &handler("municipal"), "own-lamp", Deed::Checked("2027-02-01".parse().unwrap())).await.unwrap();
    assert!(town.engine.knowledge().good_one("own-lamp", town.engine.today()).is_some());
    to(&town, "2027-01-20").await;
    assert_eq!(said(unit).await, ["review-soon"], "what is older than ninety days has gone");
    let (home, now) = (town.engine.home, town.clock.now());
    let read = move |tx: &mut Tx<'_>| {
        notices::mark_answer_read(tx, home, unit, "own-lamp", now)?;
        notices::unread(tx, home, unit, None, now)
    };
    assert_eq!(town.engine.db.write(read).await.unwrap(), 0);
    // Where nobody sits at the unit, the desk head is told at once.
    assert!(told(&town, top, "street-light").await.is_empty());
    change(&town, &head(), "dog", Deed::Checked("2027-01-25".parse().unwrap())).await.unwrap();
    to(&town, "2027-01-21").await;
    assert_eq!(told(&town, top, "dog").await, ["review-soon"]);
}

async fn help_is_counted_by_the_day(bed: Bed) {
    let town = Town::new(&bed).await;
    for id in ["dog", "dog", "street-light", "no-such"] {
        town.engine.note_helped(id).await.unwrap();
    }
    town.clock.move_to(town.clock.now().plus(3 * DAY));
    town.engine.note_helped("dog").await.unwrap();
    let (home, today) = (town.engine.home, town.engine.today());
    let since = async |day| {
        let read = move |tx: &mut Tx<'_>| linli_engine::knowledge::helped_since(tx, home, day);
        town.engine.db.read(read).await.unwrap()
    };
    let all = since("2026-03-02".parse().unwrap()).await;
    assert_eq!((all["dog"], all["street-light"], all.len()), (3, 1, 2));
    assert_eq!(since(today).await["dog"], 1);
}

#[test]
fn a_review_goes_by_days() {
    let stage = |today: &str| Stage::of("2026-09-01".parse().unwrap(), today.parse().unwrap());
    assert_eq!(stage("2026-08-17"), None);
    assert_eq!(stage("2026-08-18"), Some(Stage::Soon));
    assert_eq!(stage("2026-08-31"), Some(Stage::Soon));
    assert_eq!(stage("2026-09-01"), Some(Stage::Due));
    assert_eq!(stage("2026-09-14"), Some(Stage::Due));
    assert_eq!(stage("2026-09-15"), Some(Stage::Late));
}

on_both! {
    own => an_office_writes_its_own;
    corrects => an_office_corrects_the_pack;
    hands_off => others_keep_their_hands_off;
    wrong => what_is_wrong_is_said;
    unseen => nobody_overwrites_unseen;
    chased => staleness_is_chased;
    helped => help_is_counted_by_the_day;
}
