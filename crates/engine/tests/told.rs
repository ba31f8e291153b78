//! Being told as one chose: exactly once, never in quiet hours unless it is urgent, never lost.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

use linli_engine::{
    Engine, Options,
    cases::CaseKey,
    db::{DbError, Tx},
    edge::{Clock, below},
    ids::{AccountId, PersonId, SeatId},
    notices::{
        Channel, Choice, DeliveryError, Kind, Outgoing, Plug, Plugs, Quiet, Recipient, Told, Way, Whom, choose, list,
        mark_read, unread,
    },
    seats::{self, PasswordHash, Seat},
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::{Calendar, Millis};
use proptest::prelude::*;
use town::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn calendar() -> Calendar {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    linli_engine::pack::Pack::load(&linli_engine::pack::read_dir(&root).unwrap()).unwrap().calendar
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let ways = prop::collection::btree_map(prop::sample::select(Kind::ALL), prop::sample::select(Way::ALL), 0..6);
    let minute = || 0..1440_u16;
    (ways, minute(), minute(), minute(), any::<[bool; 3]>()).prop_map(
        |(ways, from, until, daily_at, [sound, sms, mail])| Choice {
            ways,
            quiet: Quiet { from, until },
            daily_at,
            sound,
            sms,
            mail,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn shown_once_outside_quiet_hours_and_within_two_days(
        choice in any_choice(), kind in prop::sample::select(Kind::ALL), urgent in any::<bool>(), at in 1_700_000_000_000..1_900_000_000_000_i64,
    ) {
        static CALENDAR: std::sync::LazyLock<Calendar> = std::sync::LazyLock::new(calendar);
        let at = Millis(at);
        let shown = choice.show_at(kind, urgent, &CALENDAR, at);
        prop_assert_eq!(shown.is_none(), choice.way(kind) == Way::Off);
        prop_assert!(kind != Kind::Escalate || shown.is_some(), "what is escalated is always shown");
        if let Some((show_at, daily)) = shown {
            prop_assert!(show_at >= at, "nothing is shown before it happens");
            prop_assert!(show_at.since(at) < 2 * DAY, "nothing waits for ever");
            prop_assert!(urgent || !choice.quiet.holds(&CALENDAR, show_at), "shown in quiet hours");
            prop_assert!(!urgent || show_at == at, "what is urgent does not wait");
            prop_assert!(urgent || daily == (choice.way(kind) == Way::Daily));
            // No later than it has to: what is told at once waits for quiet hours only.
            if !daily && show_at > at {
                prop_assert!(choice.quiet.holds(&CALENDAR, at) && choice.quiet.holds(&CALENDAR, show_at.plus(-1)));
            }
        }
        for channel in [Channel::Sms, Channel::Mail] {
            if let Some(send_at) = choice.send_at(channel, urgent, &CALENDAR, at) {
                prop_assert!(send_at >= at && (urgent || !choice.quiet.holds(&CALENDAR, send_at)));
            }
        }
    }
}

fn password() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    HASH.get_or_init(|| seats::hash_password(&"nobody".parse().unwrap(), "a long password").unwrap()).clone()
}

/// A member of staff with an account and a seat.
async fn member(town: &Town, login: &str, role: &str, org: &str) -> (AccountId, Seat) {
    let (home, id) = (town.engine.home, AccountId::new());
    let seat = Seat {
        id: SeatId::new(),
        account: id,
        org: org.parse().unwrap(),
        role: role.parse().unwrap(),
        place: code(STREET),
        from: Millis(0),
        until: None,
        cover: None,
    };
    let (login, held) = (login.parse().unwrap(), seat.clone());
    let made = town.engine.db.write(move |tx: &mut Tx<'_>| {
        seats::create_account(tx, home, id, &login, "Somebody", &password())?;
        seats::grant_seat(tx, home, &held)
    });
    made.await.unwrap();
    (id, seat)
}

async fn chosen(engine: &Engine, whom: Whom, choice: Choice) {
    let home = engine.home;
    engine.db.write(move |tx: &mut Tx<'_>| choose(tx, home, whom, &choice)).await.unwrap();
}

/// All pages of what somebody was told.
async fn told(engine: &Engine, whom: Whom, now: Millis) -> Vec<Told> {
    let home = engine.home;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = engine.db.read(move |tx: &mut Tx<'_>| list(tx, home, whom, None, now, before)).await.unwrap();
        let Some(last) = page.last() else { return all };
        before = Some((last.show_at, last.id));
        all.extend(page);
    }
}

async fn dispatched(town: &Town, key: &str) -> CaseKey {
    let case = town.file(key).await.key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    case
}

/// Random events, clocks and choices; two processes hand out. Each member is told of each event exactly as they chose.
async fn each_is_told_once_as_they_chose(bed: Bed) {
    let town = Town::new(&bed).await;
    let other = open(&bed, &town.clock).await;
    let calendar = calendar();
    let now = Choice { quiet: Quiet { from: 22 * 60, until: 6 * 60 }, ..Choice::default() };
    let daily = Choice { ways: BTreeMap::from([(Kind::Urge, Way::Daily)]), ..Choice::default() };
    let off = Choice { ways: BTreeMap::from([(Kind::Urge, Way::Off)]), ..Choice::default() };
    let mut members = Vec::new();
    for (login, choice) in [("now", now), ("daily", daily), ("off", off), ("default", Choice::default())] {
        let (account, _) = member(&town, login, "handler", "municipal").await;
        chosen(&town.engine, Whom::Account(account), choice.clone()).await;
        members.push((Whom::Account(account), choice, Vec::<Told>::new()));
    }
    let (stranger, _) = member(&town, "stranger", "handler", "urban").await;
    let case = dispatched(&town, "a").await;
    let mut urged = 0;
    for _ in 0..30 {
        for _ in 0..below(3) {
            town.done(case, &Viewer::Code(case), "urge", &[("message", "Please")]).await;
            urged += 1;
        }
        let (one, two) = tokio::join!(town.engine.tell_members(), other.tell_members());
        one.unwrap();
        two.unwrap();
        town.later(i64::try_from(below(7)).unwrap() * HOUR + i64::try_from(below(60)).unwrap() * MINUTE);
        let at = town.clock.now();
        for (whom, choice, seen) in &mut members {
            let fresh: Vec<Told> = told(&town.engine, *whom, at)
                .await
                .into_iter()
                .filter(|t| !seen.iter().any(|s| s.id == t.id))
                .collect();
            for one in &fresh {
                assert_eq!(one.case, case);
                assert!(!choice.quiet.holds(&calendar, one.show_at), "{one:?} is shown in quiet hours");
            }
            seen.extend(fresh);
        }
    }
    while town.engine.tell_members().await.unwrap() > 0 {}
    let end = town.clock.now().plus(3 * DAY);
    for (whom, choice, seen) in members {
        let all = told(&town.engine, whom, end).await;
        assert!(seen.iter().all(|s| all.iter().any(|t| t.id == s.id)), "what was shown stays");
        let urges = all.iter().filter(|t| t.template == "urge").count();
        assert_eq!(urges, if choice.way(Kind::Urge) == Way::Off { 0 } else { urged }, "{choice:?}");
    }
    assert_eq!(told(&town.engine, Whom::Account(stranger), end).await, []);
}

/// Read of one case, then of all; counted only when shown, and only as a member of what one still belongs to.
async fn unread_is_what_is_shown_and_not_read(bed: Bed) {
    let town = Town::new(&bed).await;
    let (account, _) = member(&town, "one", "handler", "municipal").await;
    let (home, whom) = (town.engine.home, Whom::Account(account));
    let (a, b) = (dispatched(&town, "a").await, dispatched(&town, "b").await);
    for case in [a, a, b] {
        town.done(case, &Viewer::Code(case), "urge", &[("message", "Please")]).await;
    }
    town.engine.tick().await.unwrap();
    let count = async |via: Option<Vec<Recipient>>| {
        let now = town.clock.now();
        town.engine.db.read(move |tx: &mut Tx<'_>| unread(tx, home, whom, via.as_deref(), now)).await.unwrap()
    };
    assert_eq!(count(None).await, 3);
    assert_eq!(count(Some(vec!["org:municipal".parse().unwrap()])).await, 3);
    assert_eq!(count(Some(vec!["org:urban".parse().unwrap()])).await, 0, "whoever moved on is not told of it any more");
    assert_eq!(count(Some(Vec::new())).await, 0);
    let read = async |case| {
        let now = town.clock.now();
        town.engine.db.write(move |tx: &mut Tx<'_>| mark_read(tx, home, whom, case, now)).await.unwrap();
    };
    read(Some(a)).await;
    assert_eq!(count(None).await, 1);
    read(None).await;
    assert_eq!(count(None).await, 0);
    assert!(told(&town.engine, whom, town.clock.now()).await.iter().all(|t| t.read_at.is_some()));
    // An escalation in the night waits until the morning, and is not read before it is shown.
    town.clock.move_to(linli_worktime::parse_rfc3339("2026-03-02T23:00:00+08:00").unwrap());
    town.done(a, &Viewer::Code(a), "urge", &[("message", "Still dark")]).await;
    town.engine.tick().await.unwrap();
    read(None).await;
    let before = count(None).await;
    town.later(9 * HOUR);
    assert_eq!(before, 0);
    assert!(count(None).await >= 1);
}

/// Cases that come to a unit are told to those who asked for it, once each, and cost nothing while nobody does.
async fn arrivals_are_told_to_those_who_asked(bed: Bed) {
    let town = Town::new(&bed).await;
    let (account, _) = member(&town, "one", "handler", "municipal").await;
    let whom = Whom::Account(account);
    dispatched(&town, "a").await;
    town.engine.tick().await.unwrap();
    assert_eq!(told(&town.engine, whom, town.clock.now()).await, []);
    let asked = Choice { ways: BTreeMap::from([(Kind::Arrive, Way::Now)]), ..Choice::default() };
    chosen(&town.engine, whom, asked).await;
    town.engine.tick().await.unwrap();
    let case = dispatched(&town, "b").await;
    // What the unit does with it is no arrival.
    town.done(case, &handler("municipal"), "accept", &[]).await;
    town.engine.tick().await.unwrap();
    let all = told(&town.engine, whom, town.clock.now()).await;
    assert_eq!(all.iter().map(|t| (t.case, t.template.as_str())).collect::<Vec<_>>(), [(case, "arrive")]);
}

/// Takes text messages and keeps when.
struct Taken(Clock, Arc<Mutex<Vec<(Millis, String)>>>);

impl Plug for Taken {
    fn channel(&self) -> Channel {
        Channel::Sms
    }

    fn deliver(&self, outgoing: &Outgoing) -> Result<(), DeliveryError> {
        self.1.lock().unwrap().push((self.0.now(), outgoing.notice.template.clone()));
        Ok(())
    }
}

/// A resident has it on the screen at once, and as a text message when the office sends them and it is not night.
async fn residents_are_told_where_and_when_they_like(bed: Bed) {
    let first = Town::new(&bed).await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: linli_engine::pack::read_dir(&root).unwrap(),
        home: None,
        clock: first.clock.clone(),
        plugs: Plugs::default().with(Taken(first.clock.clone(), Arc::clone(&sent))),
    };
    let town = Town { engine: Engine::open(options).await.unwrap(), clock: first.clock.clone() };
    let (wants, not) = (PersonId::new(), PersonId::new());
    chosen(&town.engine, Whom::Person(not), Choice { sms: false, ..Choice::default() }).await;
    for (key, person) in [("wants", wants), ("not", not)] {
        let report = linli_engine::cases::file::Report { caller: caller(Some(person)), ..report(key) };
        let case = town.engine.file(report).await.unwrap().key;
        town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
        town.done(case, &handler("municipal"), "accept", &[]).await;
        town.done(case, &handler("municipal"), "contacted", &[("contact_way", "phone"), ("contact_note", "x")]).await;
        town.clock.move_to(linli_worktime::parse_rfc3339("2026-03-03T22:00:00+08:00").unwrap());
        town.done(case, &handler("municipal"), "ask", &[("question", "Which lamp?")]).await;
    }
    for person in [wants, not] {
        let seen = told(&town.engine, Whom::Person(person), town.clock.now()).await;
        assert_eq!(seen.iter().map(|t| t.template.as_str()).collect::<Vec<_>>(), ["ask"], "the screen is silent");
    }
    let calendar = calendar();
    for _ in 0..24 {
        town.engine.tick().await.unwrap();
        town.later(HOUR);
    }
    let sent = sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(!Choice::default().quiet.holds(&calendar, sent[0].0), "{sent:?}");
}

/// An escalation that was switched off in the table by hand is told all the same.
async fn what_is_escalated_cannot_be_off(bed: Bed) {
    let town = Town::new(&bed).await;
    let (account, _) = member(&town, "boss", "desk-head", "office").await;
    let off = Choice { ways: BTreeMap::from([(Kind::Escalate, Way::Off)]), ..Choice::default() };
    chosen(&town.engine, Whom::Account(account), off).await;
    town.file("late").await;
    town.later(2 * HOUR);
    town.wake().await;
    town.engine.tick().await.unwrap();
    let all = told(&town.engine, Whom::Account(account), town.clock.now()).await;
    assert!(all.iter().any(|t| t.template == "escalate"), "{all:?}");
}

/// What fails half-way is told neither half nor twice.
async fn a_round_is_whole_or_nothing(bed: Bed) {
    let town = Town::new(&bed).await;
    let (account, _) = member(&town, "one", "handler", "municipal").await;
    let case = dispatched(&town, "a").await;
    town.done(case, &Viewer::Code(case), "urge", &[("message", "Please")]).await;
    let mut rounds = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let engine = town.engine.clone();
        rounds.spawn(async move { engine.tell_members().await });
    }
    let took: usize = rounds.join_all().await.into_iter().map(|r: Result<usize, DbError>| r.unwrap()).sum();
    assert_eq!(took, 1);
    assert_eq!(told(&town.engine, Whom::Account(account), town.clock.now()).await.len(), 1);
}

on_both! {
    once_as_chosen => each_is_told_once_as_they_chose;
    unread_counts => unread_is_what_is_shown_and_not_read;
    arrivals => arrivals_are_told_to_those_who_asked;
    residents => residents_are_told_where_and_when_they_like;
    escalated => what_is_escalated_cannot_be_off;
    whole => a_round_is_whole_or_nothing;
}
