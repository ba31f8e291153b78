//! Neighbours who join a matter, merging that can be undone, and what each of them is told; on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{CaseError, CaseKey, FieldProblem, Phase, file::Report, links},
    db::Tx,
    notices::{self, Recipient},
    viewer::Viewer,
};
use linli_flow::{Refusal, Value};
use linli_testbed::{Bed, on_both};
use linli_worktime::{Limit, deadline};
use tokio::task::JoinSet;
use town::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const DISPATCH: &[(&str, &str)] = &[("class", "general"), ("unit", "municipal")];
const RESULT: &[(&str, &str)] = &[
    ("facts", "A fuse had blown."),
    ("law", "Street lighting rules"),
    ("measure", "The fuse was replaced."),
    ("done_by", "Wang"),
    ("done_on", "2026-03-03"),
];
const SOLVED: &[(&str, &str)] = &[("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];

fn joining(key: &str, main: &str) -> Report {
    Report { joins: Some(main.into()), category: None, title: String::new(), body: String::new(), ..report(key) }
}

async fn join(town: &Town, key: &str, main: &str) -> CaseKey {
    town.engine.file(joining(key, main)).await.unwrap().key
}

/// What a reporter was told on their screen, oldest first.
async fn heard(town: &Town, case: CaseKey) -> Vec<String> {
    let read =
        move |tx: &mut Tx<'_>| notices::for_recipients(tx, case.jurisdiction, &[Recipient::Case(case.id)], None, 100);
    let mut all = town.engine.db.read(read).await.unwrap();
    all.sort_by_key(|n| n.id);
    all.into_iter().map(|n| if n.template == "news" { n.args["act"].clone() } else { n.template }).collect()
}

async fn count(town: &Town, main: CaseKey) -> usize {
    town.engine.db.read(move |tx: &mut Tx<'_>| links::followers(tx, main)).await.unwrap()
}

/// The number of the case that this one goes along with.
async fn main_of(town: &Town, case: CaseKey) -> Option<String> {
    let seen = town.see(case, &head()).await;
    let along = seen.steps.iter().any(|s| s.step == "joined" || s.step == "followed");
    seen.case.field("main_case").as_text().filter(|_| along).map(str::to_owned)
}

async fn to_handle(town: &Town, case: CaseKey) -> Viewer {
    let unit = handler("municipal");
    town.done(case, &dispatcher(), "dispatch", DISPATCH).await;
    town.done(case, &unit, "accept", &[]).await;
    town.done(case, &unit, "contacted", &[("contact_way", "phone"), ("contact_note", "ok")]).await;
    unit
}

async fn to_close(town: &Town, case: CaseKey, unit: &Viewer) {
    town.done(case, unit, "result", RESULT).await;
    town.done(case, &head(), "approve", &[]).await;
    town.done(case, unit, "told", &[("contact_way", "phone")]).await;
    town.done(case, &Viewer::Code(case), "answered", SOLVED).await;
}

fn field(out: &Result<impl std::fmt::Debug, CaseError>) -> Option<(&'static str, FieldProblem)> {
    match out {
        Err(CaseError::Field { field, problem }) => Some((field, problem.clone())),
        _ => None,
    }
}

async fn a_joiner_has_a_case_that_is_merged_from_the_start(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let mut mine = joining("a", &main.number);
    mine.body = "It is dark at my door, too.".into();
    let filed = town.engine.file(mine).await.unwrap();
    let seen = town.see(filed.key, &Viewer::Code(filed.key)).await;
    assert_eq!((seen.head.phase, seen.head.outcome.as_deref()), (Phase::Settled, Some("merged")));
    assert_eq!((seen.head.promised_at, seen.head.category.as_str()), (None, "utility.lighting"));
    assert_eq!(seen.case.field("main_case"), &Value::from(main.number.as_str()));
    assert_ne!(filed.number, main.number);
    assert_eq!(heard(&town, filed.key).await, Vec::<String>::new(), "they asked for it themselves");
    assert_eq!(count(&town, main.key).await, 1);
    // The same form again is the same case, and one joined case is no reason to say "near by" twice.
    let again = town.engine.file(joining("a", &main.number)).await.unwrap();
    assert!(again.again && again.key == filed.key);
    assert_eq!(count(&town, main.key).await, 1);
    let near = town.engine.nearby(&code(BUILDING), "utility.lighting", monday()).await.unwrap();
    assert_eq!(near.iter().map(|h| &h.number).collect::<Vec<_>>(), [&main.number]);
    // Without own words it is called after what it is about.
    let wordless = join(&town, "b", &main.number).await;
    assert!(!town.see(wordless, &head()).await.head.title.is_empty());
    // Whoever names a joined case joins the one that leads.
    let third = join(&town, "c", &filed.number).await;
    assert_eq!(main_of(&town, third).await.as_deref(), Some(main.number.as_str()));
}

async fn what_cannot_be_joined_is_refused_and_nothing_is_written(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let far = Report { place: code("990101001002"), ..joining("far", &main.number) };
    assert_eq!(field(&town.engine.file(far).await), Some(("joins", FieldProblem::Far)));
    let none = town.engine.file(joining("none", "260302-99999")).await;
    assert_eq!(field(&none), Some(("joins", FieldProblem::Unknown)));
    let street = Report { place: code("990101002001"), ..joining("street", &main.number) };
    assert_eq!(field(&town.engine.file(street).await), Some(("joins", FieldProblem::Unknown)));
    let unit = to_handle(&town, main.key).await;
    to_close(&town, main.key, &unit).await;
    let late = town.engine.file(joining("late", &main.number)).await;
    assert_eq!(field(&late), Some(("joins", FieldProblem::Closed)));
    assert_eq!(count(&town, main.key).await, 0);
    // A refused key was not used up.
    assert!(!town.file("late").await.again);
}

/// Forty neighbours join at once while the unit works: all are there, all are told the same, each once.
async fn many_join_at_once_and_each_is_told_once(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let mut joins = JoinSet::new();
    for n in 0..40 {
        let (engine, number) = (town.engine.clone(), main.number.clone());
        joins.spawn(async move { engine.file(joining(&format!("n{n}"), &number)).await.unwrap().key });
    }
    let unit = to_handle(&town, main.key).await;
    let followers = joins.join_all().await;
    assert_eq!(count(&town, main.key).await, 40);
    town.wake().await;
    let mut before = Vec::new();
    for case in &followers {
        before.push(heard(&town, *case).await.len());
    }
    // Private: a question, its answer, a message, a note. For all: progress and the result.
    town.done(main.key, &unit, "ask", &[("question", "Which lamp?")]).await;
    town.done(main.key, &Viewer::Code(main.key), "tell_more", &[("message", "The left one")]).await;
    town.done(main.key, &Viewer::Code(main.key), "message", &[("message", "I am Zhao of flat 502")]).await;
    town.done(main.key, &unit, "reply", &[("reply", "Thank you, Ms Zhao")]).await;
    town.done(main.key, &unit, "note", &[("note", "Bring a ladder")]).await;
    town.done(main.key, &unit, "progress", &[("progress", "The part comes on Thursday.")]).await;
    to_close(&town, main.key, &unit).await;
    let other = open(&bed, &town.clock).await;
    let (a, b) = tokio::join!(town.engine.wake_due(), other.wake_due());
    assert_eq!((a.is_ok(), b.is_ok()), (true, true));
    town.wake().await;
    for (case, before) in followers.iter().zip(before) {
        let news = heard(&town, *case).await.split_off(before);
        assert_eq!(news, ["progress", "result", "told", "followed"], "{case:?}");
        assert_eq!(town.steps(*case).await, ["followed"]);
    }
    // Nothing new: nothing is told.
    town.wake().await;
    assert_eq!(heard(&town, followers[0]).await.last().map(String::as_str), Some("followed"));
}

async fn each_says_for_themselves_whether_it_is_solved(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let (happy, not, silent) = (
        join(&town, "happy", &main.number).await,
        join(&town, "not", &main.number).await,
        join(&town, "silent", &main.number).await,
    );
    let unit = to_handle(&town, main.key).await;
    town.later(DAY);
    to_close(&town, main.key, &unit).await;
    town.wake().await;
    town.done(happy, &Viewer::Code(happy), "solved_too", &[("satisfied", "satisfied")]).await;
    town.later(HOUR);
    let now = town.clock.now();
    town.done(not, &Viewer::Code(not), "not_solved", &[("reason", "Mine is dark")]).await;
    assert_eq!(town.see(happy, &head()).await.head.outcome.as_deref(), Some("solved"));
    let open = town.see(not, &head()).await;
    assert_eq!((open.head.phase, open.head.outcome.as_deref()), (Phase::Open, None));
    let promised = deadline(&open.pack.calendar, now, open.pack.limit("redo", Some("general")).unwrap(), &[]);
    assert_eq!(open.head.promised_at, promised.at, "a promise of its own, from when it was said");
    assert_eq!(town.steps(not).await, ["triage"]);
    // The main case is opened again: who has not answered goes along with it once more, the others do not.
    town.done(main.key, &Viewer::Code(main.key), "reopen", &[("reason", "Dark again")]).await;
    town.wake().await;
    assert_eq!(town.steps(silent).await, ["joined"]);
    assert_eq!(heard(&town, silent).await.last().map(String::as_str), Some("again"));
    assert_eq!(town.steps(happy).await, ["aftercare"]);
    let unit = to_handle(&town, main.key).await;
    to_close(&town, main.key, &unit).await;
    town.wake().await;
    town.later(31 * DAY);
    town.wake().await;
    assert_eq!(town.see(silent, &head()).await.head.phase, Phase::Ended);
}

/// A case is taken apart again after any time: the promise counts from its own receipt, the unit's clock did not run.
async fn a_merge_is_undone_and_the_promise_is_the_old_one(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut dice: u64 = 12_345;
    for round in 0..6 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let spans: Vec<i64> = (0..3).map(|n| i64::from((dice >> (n * 8)) as u8) * HOUR / 8).collect();
        let (main, own) = (town.file(&format!("m{round}")).await, town.file(&format!("o{round}")).await);
        let received = town.clock.now();
        let by_hand = round % 2 == 0;
        town.later(spans[0]);
        if by_hand {
            town.done(own.key, &dispatcher(), "merge", &[("main_case", &main.number)]).await;
        } else {
            to_handle(&town, own.key).await;
            town.later(spans[0]);
            let form = [("main_case", main.number.as_str()), ("reason", "The same lamp")];
            town.done(own.key, &dispatcher(), "merge_later", &form).await;
        }
        assert_eq!(heard(&town, own.key).await.last().map(String::as_str), Some("joined"));
        let merged = town.see(own.key, &head()).await;
        assert_eq!((merged.head.phase, merged.head.promised_at), (Phase::Settled, None));
        let held = merged.clocks.iter().find(|c| c.name == "unit").map(|c| c.held);
        town.later(spans[1]);
        let by = if by_hand { head() } else { Viewer::Code(own.key) };
        town.done(own.key, &by, "separate", &[("reason", "Another lamp")]).await;
        let apart = town.see(own.key, &head()).await;
        let class = apart.case.field("class").as_text().map(str::to_owned);
        let limit: Limit = apart.pack.limit("promise", class.as_deref()).unwrap();
        assert_eq!(apart.head.promised_at, deadline(&apart.pack.calendar, received, limit, &[]).at, "round {round}");
        assert_eq!(apart.clocks.iter().find(|c| c.name == "unit").map(|c| c.held), held);
        assert_eq!((town.steps(own.key).await, count(&town, main.key).await), (vec!["triage".to_owned()], 0));
        // It can be merged once more, and the main case still tells it.
        town.done(own.key, &dispatcher(), "merge", &[("main_case", &main.number)]).await;
        assert_eq!(count(&town, main.key).await, 1);
        town.later(spans[2]);
    }
}

async fn a_main_case_takes_its_followers_along(bed: Bed) {
    let town = Town::new(&bed).await;
    let (first, second) = (town.file("one").await, town.file("two").await);
    let follower = join(&town, "f", &first.number).await;
    town.done(first.key, &dispatcher(), "merge", &[("main_case", &second.number)]).await;
    // Nothing goes round in a circle, directly or by way of a follower.
    let followers = town.engine.case_by_key(follower, &head()).await.unwrap().head.number;
    for back in [&first.number, &followers, &second.number] {
        let out = town.act(second.key, &dispatcher(), "merge", &[("main_case", back)]).await;
        assert_eq!(field(&out), Some(("main_case", FieldProblem::Unknown)), "{back}");
    }
    town.wake().await;
    for case in [first.key, follower] {
        assert_eq!(main_of(&town, case).await.as_deref(), Some(second.number.as_str()));
    }
    assert_eq!((count(&town, first.key).await, count(&town, second.key).await), (0, 2));
    // Both hear of the other one now; and coming apart, the first takes nobody with it.
    let unit = to_handle(&town, second.key).await;
    town.done(second.key, &unit, "progress", &[("progress", "Soon.")]).await;
    town.wake().await;
    for case in [first.key, follower] {
        assert_eq!(heard(&town, case).await.last().map(String::as_str), Some("progress"));
    }
    town.done(first.key, &head(), "separate", &[("reason", "Another lamp")]).await;
    assert_eq!(main_of(&town, follower).await.as_deref(), Some(second.number.as_str()));
}

async fn two_that_are_merged_into_each_other_at_once_leave_one_that_leads(bed: Bed) {
    let town = Town::new(&bed).await;
    for round in 0..5 {
        let (a, b) = (town.file(&format!("a{round}")).await, town.file(&format!("b{round}")).await);
        let by = dispatcher();
        let (into_b, into_a) = ([("main_case", b.number.as_str())], [("main_case", a.number.as_str())]);
        let (x, y) = tokio::join!(town.act(a.key, &by, "merge", &into_b), town.act(b.key, &by, "merge", &into_a));
        assert!(x.is_ok() != y.is_ok(), "{x:?} {y:?}");
        let leads = [town.steps(a.key).await, town.steps(b.key).await];
        assert_eq!(leads.iter().filter(|s| **s == ["joined"]).count(), 1, "{leads:?}");
    }
}

async fn when_the_first_takes_it_back_another_leads_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let mut followers = Vec::new();
    for n in 0..5 {
        followers.push(join(&town, &format!("w{n}"), &main.number).await);
    }
    to_handle(&town, main.key).await;
    town.wake().await;
    town.done(main.key, &Viewer::Code(main.key), "withdraw", &[]).await;
    let other = open(&bed, &town.clock).await;
    let (a, b) = tokio::join!(town.engine.wake_due(), other.wake_due());
    assert_eq!((a.is_ok(), b.is_ok()), (true, true));
    town.wake().await;
    let mut leads = Vec::new();
    for case in &followers {
        match town.steps(*case).await.as_slice() {
            [step] if step == "triage" => leads.push(*case),
            steps => assert_eq!(steps, ["joined"]),
        }
    }
    assert_eq!(leads.len(), 1, "one of them leads");
    let heir = town.see(leads[0], &head()).await.head.number;
    for case in followers.iter().filter(|c| **c != leads[0]) {
        assert_eq!(main_of(&town, *case).await.as_deref(), Some(heir.as_str()));
    }
    assert_eq!(count(&town, leads[0]).await, 4);
}

async fn who_joined_can_take_it_back_and_a_stranger_cannot_part_it(bed: Bed) {
    let town = Town::new(&bed).await;
    let main = town.file("main").await;
    let mine = join(&town, "mine", &main.number).await;
    let apart = town.act(mine, &handler("municipal"), "separate", &[("reason", "x")]).await;
    assert!(matches!(apart, Err(CaseError::NotFound)), "{apart:?}");
    town.done(mine, &Viewer::Code(mine), "withdraw", &[]).await;
    assert_eq!((town.see(mine, &head()).await.head.phase, count(&town, main.key).await), (Phase::Ended, 0));
    let again = town.act(mine, &head(), "separate", &[("reason", "x")]).await;
    assert!(matches!(again, Err(CaseError::NotYours(_) | CaseError::Refused(Refusal::Ended { .. }))), "{again:?}");
}

/// Nobody is asked about what was said in confidence or is nobody's business, and nobody joins it: it answers like what is far.
async fn what_is_said_in_confidence_is_joined_by_nobody(bed: Bed) {
    let town = Town::new(&bed).await;
    let far = Some(("joins", FieldProblem::Far));
    let since = town.clock.now().plus(-DAY);
    let open = town.file("open").await;
    let mut silent = report("silent");
    silent.caller.confidential = true;
    let silent = town.engine.file(silent).await.unwrap();
    let near = town.engine.neighbours(&code(BUILDING), "utility.lighting", since).await.unwrap();
    assert_eq!(near.iter().map(|head| &head.number).collect::<Vec<_>>(), [&open.number]);
    assert_eq!(field(&town.engine.file(joining("j1", &silent.number)).await), far);
    assert!(town.engine.file(joining("j2", &open.number)).await.is_ok());
    for (n, category) in ["other.conduct", "labour.wages", "health.hospital"].into_iter().enumerate() {
        let private = Report { category: Some(category.into()), ..report(category) };
        let private = town.engine.file(private).await.unwrap();
        assert_eq!(town.engine.neighbours(&code(BUILDING), category, since).await.unwrap(), []);
        assert_eq!(field(&town.engine.file(joining(&format!("p{n}"), &private.number)).await), far, "{category}");
        // The desk sees them as before.
        assert_eq!(town.engine.nearby(&code(BUILDING), category, since).await.unwrap().len(), 1);
    }
}

on_both! {
    in_confidence => what_is_said_in_confidence_is_joined_by_nobody;
    joins => a_joiner_has_a_case_that_is_merged_from_the_start;
    refused => what_cannot_be_joined_is_refused_and_nothing_is_written;
    many => many_join_at_once_and_each_is_told_once;
    own_end => each_says_for_themselves_whether_it_is_solved;
    undone => a_merge_is_undone_and_the_promise_is_the_old_one;
    along => a_main_case_takes_its_followers_along;
    crossed => two_that_are_merged_into_each_other_at_once_leave_one_that_leads;
    heir => when_the_first_takes_it_back_another_leads_on;
    taken_back => who_joined_can_take_it_back_and_a_stranger_cannot_part_it;
}
