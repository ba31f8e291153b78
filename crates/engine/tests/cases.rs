//! Cases as people live through them, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{
        CaseError, CaseKey, Phase,
        act::Ask,
        inbox::View,
        search::Query,
        store,
        timeline::{Audience, timeline},
    },
    db::{DbError, Tx},
    directory::LeadError,
    edge::Clock,
    viewer::Viewer,
};
use linli_flow::{Case, Command, Refusal};
use linli_testbed::{Bed, on_both};
use tokio::task::JoinSet;
use town::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const RESULT: &[(&str, &str)] = &[
    ("facts", "A fuse had blown."),
    ("law", "Street lighting rules"),
    ("measure", "The fuse was replaced."),
    ("done_by", "Wang"),
    ("done_on", "2026-03-03"),
];
const DISPATCH: &[(&str, &str)] = &[("class", "general"), ("unit", "municipal")];

async fn dispatched(town: &Town, key: &str) -> CaseKey {
    let case = town.file(key).await.key;
    town.done(case, &dispatcher(), "dispatch", DISPATCH).await;
    case
}

async fn to_callback(town: &Town, case: CaseKey, unit: &Viewer) {
    town.done(case, unit, "result", RESULT).await;
    town.done(case, &head(), "approve", &[]).await;
    town.done(case, unit, "told", &[("contact_way", "phone")]).await;
}

const SOLVED: &[(&str, &str)] = &[("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
const NOT_SOLVED: &[(&str, &str)] = &[("contacted", "yes"), ("solved", "no"), ("satisfied", "dissatisfied")];

async fn every_hop_to_a_confirmed_close(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    let resident = Viewer::Code(filed.key);
    let unit = handler("municipal");
    assert_eq!(town.steps(filed.key).await, ["triage"]);
    town.done(filed.key, &dispatcher(), "dispatch", DISPATCH).await;
    town.later(HOUR);
    town.done(filed.key, &unit, "accept", &[]).await;
    town.done(filed.key, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "At home after six")]).await;
    town.later(DAY);
    to_callback(&town, filed.key, &unit).await;
    town.done(filed.key, &resident, "answered", SOLVED).await;
    let seen = town.see(filed.key, &resident).await;
    assert_eq!((seen.head.phase, seen.head.outcome.as_deref()), (Phase::Settled, Some("solved")));
    let promise = seen.clocks.iter().find(|c| c.name == "resident").unwrap();
    assert!(promise.stopped.is_some());
    assert_eq!(promise.held, DAY + HOUR);
    // The resident reads what was done, the staff also by whom.
    let told = timeline(&seen, &town.engine.directory(), Audience::Resident, "en");
    assert!(told.iter().any(|e| e.text.contains("The fuse was replaced.")), "{told:#?}");
    assert!(told.iter().all(|e| e.who.is_empty()));
    // Thirty days on it is asked again, and two weeks later filed.
    town.later(31 * DAY);
    town.wake().await;
    assert_eq!(town.steps(filed.key).await, ["lasting"]);
    town.later(15 * DAY);
    town.wake().await;
    assert_eq!(town.steps(filed.key).await, Vec::<String>::new());
    assert_eq!(town.see(filed.key, &resident).await.head.phase, Phase::Ended);
}

async fn return_ruling_redo_and_reopen(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("b").await.key;
    town.done(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "urban")]).await;
    let unit = handler("urban");
    let back = [("duty_cited", "Lamps are municipal"), ("better_unit", "municipal"), ("reason", "Not a sign")];
    town.done(case, &unit, "return", &back).await;
    assert!(matches!(town.act(case, &unit, "keep", &[("reason", "x")]).await, Err(CaseError::NotYours(_))));
    town.done(case, &head(), "keep", &[("reason", "The list says urban")]).await;
    // After a ruling nothing goes back.
    let barred = town.act(case, &unit, "return", &back).await;
    assert!(matches!(barred, Err(CaseError::Refused(Refusal::Guard { .. }))), "{barred:?}");
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "no_contact", &[("contact_way", "phone"), ("reason", "No answer")]).await;
    to_callback(&town, case, &unit).await;
    town.done(case, &desk(), "answered", NOT_SOLVED).await;
    town.done(case, &head(), "redo", &[("reason", "Still dark")]).await;
    assert_eq!(town.see(case, &head()).await.head.redo, 1);
    to_callback(&town, case, &unit).await;
    town.done(case, &desk(), "answered", SOLVED).await;
    let resident = Viewer::Code(case);
    town.done(case, &resident, "reopen", &[("reason", "Dark again")]).await;
    assert_eq!(town.see(case, &resident).await.head.phase, Phase::Open);
    town.done(case, &dispatcher(), "dispatch", DISPATCH).await;
    let unit = handler("municipal");
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "Agreed")]).await;
    to_callback(&town, case, &unit).await;
    town.done(case, &resident, "answered", SOLVED).await;
    let again = town.act(case, &resident, "reopen", &[("reason", "Once more")]).await;
    assert!(matches!(again, Err(CaseError::Refused(Refusal::Guard { .. }))), "{again:?}");
}

async fn three_redos_make_a_problem_case(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = dispatched(&town, "c").await;
    let unit = handler("municipal");
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "ok")]).await;
    for _ in 0..3 {
        to_callback(&town, case, &unit).await;
        town.done(case, &desk(), "answered", NOT_SOLVED).await;
        town.done(case, &head(), "redo", &[("reason", "Not solved")]).await;
    }
    assert_eq!(town.steps(case).await, ["problem"]);
    let inbox = town.engine.inbox(&seat(&overseer()), View::default()).await.unwrap();
    assert_eq!(inbox.len(), 1);
}

fn seat(viewer: &Viewer) -> linli_engine::seats::Seat {
    match viewer {
        Viewer::Staff(seat) => seat.clone(),
        _ => unreachable!("not staff"),
    }
}

async fn co_units_each_deliver_their_part(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("d").await.key;
    let form = [("class", "general"), ("unit", "municipal"), ("co_units", "firm harmony")];
    town.done(case, &dispatcher(), "dispatch", &form).await;
    let unit = handler("municipal");
    town.done(case, &unit, "accept", &[]).await;
    assert_eq!(town.steps(case).await, ["contact", "parts", "parts"]);
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "ok")]).await;
    town.done(case, &unit, "result", RESULT).await;
    assert_eq!(town.steps(case).await, ["parts", "parts"]);
    town.done(case, &handler("firm"), "deliver", &[("part_done", "Meter room opened")]).await;
    town.done(case, &handler("harmony"), "explain", &[("reason", "Nobody at home")]).await;
    assert_eq!(town.steps(case).await, ["review"]);
}

async fn a_community_that_assists_cannot_lead(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("e").await.key;
    let lead = town.act(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "harmony")]).await;
    let refused = matches!(lead, Err(CaseError::Lead(LeadError::AssistsOnly(_) | LeadError::NotItsDuty(_))));
    assert!(refused, "{lead:?}");
    let elsewhere = town.act(case, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "bridge")]).await;
    assert!(matches!(elsewhere, Err(CaseError::Lead(LeadError::Elsewhere(_)))), "{elsewhere:?}");
    assert_eq!(town.steps(case).await, ["triage"]);
}

async fn what_is_sent_twice_happens_once(bed: Bed) {
    let town = Town::new(&bed).await;
    let first = town.file("f").await;
    let again = town.file("f").await;
    assert_eq!((first.key, &first.number, &first.tracking), (again.key, &again.number, &again.tracking));
    assert!(again.again && !first.again);
    let by = dispatcher();
    let dossier = town.see(first.key, &by).await;
    let offer = dossier.offers.iter().find(|o| o.act == "dispatch").unwrap();
    let ask = Ask { case: first.key, command: offer.command(fill(DISPATCH)), by: by.clone(), key: "one-key".into() };
    let mut asked = JoinSet::new();
    for _ in 0..8 {
        let (engine, ask) = (town.engine.clone(), ask.clone());
        asked.spawn(async move { engine.act(ask).await });
    }
    let out = asked.join_all().await;
    assert!(out.iter().all(Result::is_ok), "{out:?}");
    assert_eq!(out.iter().filter(|o| !o.as_ref().unwrap().again).count(), 1);
    assert_eq!(town.see(first.key, &by).await.head.seq, 2);
    // A second window that still shows the closed step is told who closed it.
    let stale = Ask { key: "another-key".into(), ..ask };
    let out = town.engine.act(stale).await;
    assert!(matches!(out, Err(CaseError::Refused(Refusal::Closed { .. }))), "{out:?}");
}

async fn limits_fall_due_in_order_and_once(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = dispatched(&town, "g").await;
    // Nobody signs. Two processes wake what is due, late, at the same time.
    town.later(3 * HOUR);
    let other = open(&bed, &town.clock).await;
    let (a, b) = tokio::join!(town.engine.wake_due(), other.wake_due());
    a.unwrap();
    b.unwrap();
    town.wake().await;
    let dossier = town.see(case, &head()).await;
    let late: Vec<u8> = dossier
        .events
        .iter()
        .filter_map(|e| match &e.what {
            linli_flow::What::Late { level, .. } => Some(*level),
            _ => None,
        })
        .collect();
    assert_eq!(late, [80, 100]);
    let at: Vec<i64> = dossier.events.iter().skip(2).map(|e| e.at.since(monday())).collect();
    assert_eq!(at, [2 * HOUR * 80 / 100, 2 * HOUR]);
}

/// Two processes over one database: every wake-up happens, none twice.
async fn two_processes_share_timers(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut cases = Vec::new();
    for n in 0..100 {
        cases.push(dispatched(&town, &format!("shared{n}")).await);
    }
    town.later(3 * HOUR);
    let mut processes = JoinSet::new();
    for engine in [town.engine.clone(), open(&bed, &town.clock).await] {
        processes.spawn(async move {
            let mut woken = 0;
            loop {
                match engine.wake_due().await.unwrap() {
                    0 => return woken,
                    n => woken += n,
                }
            }
        });
    }
    let woken: Vec<usize> = processes.join_all().await;
    assert_eq!(woken.iter().sum::<usize>(), cases.len(), "{woken:?}");
    for case in cases {
        let late = town.see(case, &head()).await.events.into_iter().filter_map(|e| match e.what {
            linli_flow::What::Late { level, .. } => Some(level),
            _ => None,
        });
        assert_eq!(late.collect::<Vec<u8>>(), [80, 100]);
        let timer = town.engine.db.read(move |tx: &mut Tx<'_>| store::wakes_at(tx, case)).await.unwrap();
        assert!(timer.is_some_and(|at| at > town.clock.now()));
    }
}

async fn a_clock_stands_still_while_parked(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = dispatched(&town, "h").await;
    let (unit, resident) = (handler("municipal"), Viewer::Code(case));
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "ok")]).await;
    let before = town.see(case, &resident).await.head.promised_at.unwrap();
    town.done(case, &unit, "park", &[("parked_until", "2026-03-12"), ("reason", "The part arrives then.")]).await;
    assert_eq!(town.see(case, &resident).await.head.promised_at, None);
    town.later(10 * DAY);
    town.wake().await;
    assert_eq!(town.steps(case).await, ["handle"]);
    let after = town.see(case, &resident).await;
    // The first day is not counted, and nine more ended while it was parked: the promise of seven days moves by nine.
    assert_eq!(after.head.promised_at.unwrap().since(before), 9 * DAY, "{:?}", after.clocks);
    town.done(case, &unit, "extend", &[("extend_days", "3"), ("reason", "Rain")]).await;
    let promised = town.see(case, &resident).await.head.promised_at.unwrap();
    town.done(case, &head(), "grant", &[("reason", "Rain")]).await;
    assert!(town.see(case, &resident).await.head.promised_at.unwrap().since(promised) >= 3 * DAY);
}

async fn nobody_sees_what_is_not_theirs(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = dispatched(&town, "i").await;
    let other = town.file("j").await.key;
    for stranger in [
        Viewer::Anyone,
        Viewer::Code(other),
        Viewer::Person(linli_engine::ids::PersonId::new()),
        handler("firm"),
        staff("dispatcher", "office", "990101002"),
        staff("admin-system", "office", STREET),
    ] {
        let out = town.engine.case_by_key(case, &stranger).await;
        assert!(matches!(out, Err(CaseError::NotFound)), "{stranger:?}");
        let command = Command::Side { act: "note".into(), form: fill(&[("note", "hello")]) };
        let out = town.engine.act(Ask { case, command, by: stranger, key: "strange-key".into() }).await;
        assert!(matches!(out, Err(CaseError::NotFound)), "{out:?}");
    }
}

async fn words_of_two_characters_are_found(bed: Bed) {
    let town = Town::new(&bed).await;
    for (key, body) in [("k", "小区门口路灯不亮三天"), ("l", "楼上漏水, 物业不管"), ("m", "Lamp 路灯 broken")]
    {
        let mut report = report(key);
        (report.title, report.body) = (String::new(), body.into());
        town.engine.file(report).await.unwrap();
    }
    while town.engine.index_words().await.unwrap() > 0 {}
    for (words, hits) in [
        ("路灯", 2),
        ("漏水", 1),
        ("路灯不亮", 1),
        ("灯亮", 0),
        ("lamp", 1),
        ("漏", 1),
        ("物业 楼上", 1),
        ("x' OR '1", 0),
    ] {
        let query = Query { words: words.into(), ..Query::default() };
        let found = town.engine.search(&seat(&desk()), query).await.unwrap();
        assert_eq!(found.len(), hits, "{words}");
    }
    let query =
        Query { words: "路灯".into(), state: Some("triage".into()), from: Some(monday()), ..Query::default() };
    assert_eq!(town.engine.search(&seat(&desk()), query).await.unwrap().len(), 2);
    assert_eq!(town.engine.search(&seat(&handler("firm")), Query::default()).await.unwrap().len(), 0);
}

async fn a_year_without_a_calendar_is_told(bed: Bed) {
    let town = Town::new(&bed).await;
    town.clock.move_to(linli_worktime::parse_rfc3339("2026-12-31T10:00:00+08:00").unwrap());
    let case = dispatched(&town, "n").await;
    town.done(case, &handler("municipal"), "accept", &[]).await;
    let home = town.engine.home;
    let warnings = town.engine.db.read(move |tx: &mut Tx<'_>| store::warnings(tx, home)).await.unwrap();
    assert!(warnings.iter().any(|w| w.name == "calendar-2027"), "{warnings:?}");
}

/// Many people act at random; then every row equals what the events imply.
async fn rows_equal_events(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut acted = JoinSet::new();
    for n in 0..12_u64 {
        let town = Town { engine: town.engine.clone(), clock: Clock::clone(&town.clock) };
        acted.spawn(async move {
            let case = town.file(&format!("r{n}")).await.key;
            let people =
                [dispatcher(), head(), desk(), overseer(), handler("municipal"), handler("firm"), Viewer::Code(case)];
            let mut dice = n * 7919 + 13;
            for _ in 0..30 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let by = &people[usize::try_from(dice >> 33).unwrap() % people.len()];
                let Ok(dossier) = town.engine.case_by_key(case, by).await else { continue };
                if dossier.offers.is_empty() {
                    continue;
                }
                let offer = &dossier.offers[usize::try_from(dice >> 13).unwrap() % dossier.offers.len()];
                if offer.act == "withdraw" {
                    continue;
                }
                let all = [
                    ("class", "general"),
                    ("unit", "municipal"),
                    ("co_units", "firm"),
                    ("better_unit", "municipal"),
                    ("extend_days", "2"),
                    ("parked_until", "2026-03-20"),
                    ("done_on", "2026-03-03"),
                    ("contacted", "yes"),
                    ("solved", if dice & 64 == 0 { "yes" } else { "no" }),
                    ("satisfied", "satisfied"),
                    ("contact_way", "phone"),
                    ("emergency_line", "119"),
                    ("legal_channel", "petition"),
                ];
                let form: Vec<(&str, &str)> = offer
                    .form
                    .iter()
                    .map(|f| all.iter().find(|(n, _)| *n == f.name).copied().unwrap_or((f.name.as_str(), "some words")))
                    .collect();
                let _ = town.act(case, by, &offer.act, &form).await;
            }
            case
        });
    }
    let cases = acted.join_all().await;
    town.later(40 * DAY);
    town.wake().await;
    for case in cases {
        let dossier = town.see(case, &head()).await;
        let implied = Case::replay(&dossier.events);
        let mut implied: Vec<(String, String)> = implied.open().map(|o| (o.step.clone(), o.key.clone())).collect();
        implied.sort();
        let rows = rows(&town.engine.db, case).await;
        assert_eq!(rows.iter().map(|r| (r.step.clone(), r.instance.clone())).collect::<Vec<_>>(), implied);
        assert_eq!(rows.iter().map(|r| &r.owner).collect::<Vec<_>>().len(), dossier.steps.len());
        assert_eq!(dossier.head.seq, dossier.events.last().unwrap().seq);
        let timer = town.engine.db.read(move |tx: &mut Tx<'_>| store::wakes_at(tx, case)).await.unwrap();
        assert_eq!(timer, dossier.wakes_at);
    }
}

async fn a_bad_report_is_refused(bed: Bed) {
    let town = Town::new(&bed).await;
    for (field, change) in [("body", 0), ("place", 1), ("category", 2), ("title", 3)] {
        let mut report = report(&format!("z{change}"));
        match change {
            0 => report.body = "  \u{7}\n ".into(),
            1 => report.place = code("990101009"),
            2 => report.category = Some("no.such".into()),
            _ => report.title = "x".repeat(500),
        }
        let out = town.engine.file(report).await;
        assert!(matches!(&out, Err(CaseError::Field { field: f, .. }) if *f == field), "{field}: {out:?}");
    }
    let count = town.engine.db.read(|tx: &mut Tx<'_>| Ok::<_, DbError>(store::warnings(tx, Default::default())?.len()));
    assert_eq!(count.await.unwrap(), 0);
}

on_both! {
    main_path => every_hop_to_a_confirmed_close;
    second_path => return_ruling_redo_and_reopen;
    problem => three_redos_make_a_problem_case;
    parts => co_units_each_deliver_their_part;
    communities => a_community_that_assists_cannot_lead;
    idempotent => what_is_sent_twice_happens_once;
    timers => limits_fall_due_in_order_and_once;
    processes => two_processes_share_timers;
    pauses => a_clock_stands_still_while_parked;
    scope => nobody_sees_what_is_not_theirs;
    search => words_of_two_characters_are_found;
    calendars => a_year_without_a_calendar_is_told;
    projections => rows_equal_events;
    bad_reports => a_bad_report_is_refused;
}
