//! The request flow of the default pack: it is sound, and it goes the ways that its rules describe.

mod world;

use std::sync::LazyLock;

use linli_flow::{
    Actor, Case, ClockFacts, Command, Deed, Definition, FormProblem, Instance, Refusal, Span, Target, Timed, Value,
    Who, Within, clock_facts, decide, draw,
};
use linli_worktime::Millis;
use proptest::prelude::*;
use world::{Play, actor, list, request};

const TO_HANDLE: &str = "triage.dispatch sign.accept contact.contacted";
const TO_CALLBACK: &str = "triage.dispatch sign.accept contact.contacted handle.result review.approve tell.told";

/// Says at the call-back that it is not solved.
fn unsolved(play: &mut Play<'_>) {
    play.act("callback", "", "answered", &[("solved", "no".into())]);
}

#[test]
fn the_main_path_ends_with_nothing_left() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_CALLBACK);
    assert!(!play.case.is_settled());
    play.acts("callback.answered");
    assert_eq!((play.case.outcome(), play.case.is_settled()), (Some("solved"), true));
    play.acts("aftercare.ask_again lasting.lasted");
    assert_eq!((play.case.outcome(), play.case.is_ended()), (Some("lasted"), true));
    assert_eq!((play.case.open().count(), play.case.tokens().count()), (0, 0));
    let message = Command::Side { act: "message".to_owned(), form: [("message".to_owned(), "hi".into())].into() };
    assert_eq!(play.run(&message), Err(Refusal::Ended { outcome: Some("lasted".to_owned()) }));
}

#[test]
fn a_unit_returns_once_and_never_after_a_ruling() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts("triage.dispatch sign.return ruling.keep");
    assert_eq!((play.case.counter("returns"), play.case.counter("rulings")), (1, 1));
    match play.try_act("sign", "", "return", &[]) {
        Err(Refusal::Guard { act, why }) => assert!(act == "return" && why.get("en").contains("returned once")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn three_transfers_without_an_owner_make_a_problem_case() {
    let def = request();
    let mut play = Play::open(&def);
    for opened in ["triage", "triage", "problem"] {
        play.acts("triage.dispatch sign.return ruling.ownerless");
        assert_eq!(play.open_steps(), [opened]);
    }
}

#[test]
fn three_redos_make_a_problem_case() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_CALLBACK);
    for round in 1..=3 {
        unsolved(&mut play);
        play.acts("judge.redo");
        assert_eq!(play.case.counter("redo"), round);
        if round < 3 {
            assert_eq!(play.open_steps(), ["handle"]);
            play.acts("handle.result review.approve tell.told");
        }
    }
    assert_eq!(play.open_steps(), ["problem"]);
    play.acts("problem.assign handle.result review.approve tell.told callback.answered");
    assert_eq!(play.case.outcome(), Some("solved"));
}

#[test]
fn the_third_call_without_an_answer_closes_it() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_CALLBACK);
    let first = play.case.open_step("callback", "").map(|open| open.opened_seq);
    play.acts("callback.no_answer");
    assert_ne!(play.case.open_step("callback", "").map(|open| open.opened_seq), first, "a fresh opening");
    play.acts("callback.no_answer callback.no_answer");
    assert_eq!((play.open_steps(), play.case.outcome()), (vec!["aftercare".to_owned()], Some("unreached")));
}

#[test]
fn it_reopens_once_and_has_no_outcome_meanwhile() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_CALLBACK);
    play.acts("callback.answered aftercare.reopen");
    assert_eq!((play.case.outcome(), play.case.is_settled()), (None, false));
    play.acts(TO_CALLBACK);
    play.acts("callback.answered");
    assert!(matches!(play.try_act("aftercare", "", "reopen", &[]), Err(Refusal::Guard { .. })));
}

#[test]
fn it_can_be_withdrawn_from_every_step_before_the_close() {
    let def = request();
    let ways = [
        ("triage", ""),
        ("sign", "triage.dispatch"),
        ("ruling", "triage.dispatch sign.return"),
        ("contact", "triage.dispatch sign.accept"),
        ("handle", TO_HANDLE),
        ("waiting", "triage.dispatch sign.accept contact.contacted handle.ask"),
        ("parked", "triage.dispatch sign.accept contact.contacted handle.park"),
        ("extension", "triage.dispatch sign.accept contact.contacted handle.extend"),
        ("review", "triage.dispatch sign.accept contact.contacted handle.result"),
        ("tell", "triage.dispatch sign.accept contact.contacted handle.result review.approve"),
        ("callback", TO_CALLBACK),
    ];
    for (step, way) in ways {
        let mut play = Play::open(&def);
        play.acts(way);
        withdraw(play, &[step]);
    }
    let judged = || {
        let mut play = Play::open(&def);
        play.acts(TO_CALLBACK);
        unsolved(&mut play);
        play
    };
    withdraw(judged(), &["judge"]);
    let mut play = judged();
    for _ in 0..2 {
        play.acts("judge.redo handle.result review.approve tell.told");
        unsolved(&mut play);
    }
    play.acts("judge.redo");
    withdraw(play, &["problem"]);

    let mut play = Play::open(&def);
    play.act("triage", "", "dispatch", &[("co_units", list(&["gas", "water"]))]);
    play.acts("sign.accept contact.contacted handle.result");
    assert_eq!(play.case.tokens().count(), 1);
    withdraw(play, &["parts:gas", "parts:water"]);
}

fn withdraw(mut play: Play<'_>, from: &[&str]) {
    assert_eq!(play.open_steps(), from);
    play.cancel("withdraw").expect("it can be withdrawn");
    assert_eq!((play.case.outcome(), play.case.is_ended()), (Some("withdrawn"), true));
    assert_eq!((play.case.open().count(), play.case.tokens().count()), (0, 0));
    assert_eq!(Case::replay(&play.events), play.case);
}

#[test]
fn it_cannot_be_withdrawn_after_the_close() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_CALLBACK);
    play.acts("callback.answered");
    assert_eq!(play.cancel("withdraw"), Err(Refusal::NotDuring { act: "withdraw".to_owned() }));
}

proptest! {
    #[test]
    fn review_waits_for_the_result_and_every_part_in_any_order(
        count in 0usize..4,
        order in Just(["handle", "gas", "heat", "water"]).prop_shuffle(),
        handled_again in any::<bool>(),
    ) {
        static DEF: LazyLock<Definition> = LazyLock::new(request);
        let def = &*DEF;
        let orgs = &["gas", "heat", "water"][..count];
        let order: Vec<&str> = order.into_iter().filter(|work| *work == "handle" || orgs.contains(work)).collect();
        let mut play = Play::open(def);
        play.act("triage", "", "dispatch", &[("co_units", list(orgs))]);
        play.acts("sign.accept contact.contacted");
        for round in 0..=usize::from(handled_again) {
            for work in &order {
                prop_assert!(!play.case.is_open("review"), "round {}", round);
                match *work {
                    "handle" => play.acts("handle.result"),
                    org => play.act("parts", org, "deliver", &[]),
                }
            }
            prop_assert_eq!(play.open_steps(), vec!["review"]);
            prop_assert_eq!(play.case.tokens().count(), 0);
            if handled_again && round == 0 {
                play.act("review", "", "send_back", &[("co_units", list(orgs))]);
            }
        }
    }
}

#[test]
fn who_comes_second_hears_who_was_first() {
    let def = request();
    let mut play = Play::open(&def);
    play.act("triage", "", "dispatch", &[("co_units", list(&["gas", "water"]))]);
    play.acts("sign.accept");
    play.act("parts", "gas", "deliver", &[]);
    let again = play.try_act("parts", "gas", "explain", &[]);
    let at = Millis(play.now);
    let (by, act) = (Box::new(actor("someone")), "deliver".to_owned());
    assert_eq!(again, Err(Refusal::Closed { step: "parts".to_owned(), by, at, act }));
    assert_eq!(play.try_act("parts", "heat", "deliver", &[]), Err(Refusal::NotOpen { step: "parts".to_owned() }));
}

#[test]
fn an_act_on_an_earlier_opening_is_stale() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_HANDLE);
    let seen = play.case.open_step("handle", "").map(|open| open.opened_seq);
    play.acts("handle.ask waiting.tell_more");
    let ask = |seen| Command::Act {
        step: "handle".to_owned(),
        key: String::new(),
        act: "ask".to_owned(),
        form: [("question".to_owned(), "where?".into())].into(),
        seen,
    };
    assert!(matches!(play.run(&ask(seen)), Err(Refusal::Stale { .. })));
    let seen = play.case.open_step("handle", "").map(|open| open.opened_seq);
    assert_eq!(play.run(&ask(seen)), Ok(()));
}

#[test]
fn forms_are_checked_field_by_field() {
    let def = request();
    let mut play = Play::open(&def);
    let refused = |field: &str, problem| Err(Refusal::Form { field: field.to_owned(), problem });
    let bad = [
        ("class", Value::Null, FormProblem::Missing),
        ("class", "  ".into(), FormProblem::Missing),
        ("class", "odd".into(), FormProblem::NotAChoice),
        ("unit", 3.into(), FormProblem::WrongType),
        ("co_units", list(&["gas", "gas"]), FormProblem::Twice),
        ("colour", "red".into(), FormProblem::NotInForm),
    ];
    for (field, value, problem) in bad {
        assert_eq!(play.try_act("triage", "", "dispatch", &[(field, value)]), refused(field, problem));
    }
    play.acts(TO_HANDLE);
    for (day, fits) in [("2026-02-29", false), ("2028-02-29", true), ("2026-13-01", false), ("tomorrow", false)] {
        let mut play = Play { case: play.case.clone(), events: play.events.clone(), ..play };
        let parked = play.try_act("handle", "", "park", &[("parked_until", day.into())]);
        assert_eq!(parked.is_ok(), fits, "{day}");
    }
}

#[test]
fn an_empty_answer_clears_an_earlier_one() {
    let def = request();
    let mut play = Play::open(&def);
    play.act("triage", "", "dispatch", &[("co_units", list(&["gas"])), ("note", "old".into())]);
    assert_eq!(play.case.field("co_units"), &list(&["gas"]));
    play.acts("sign.accept");
    assert_eq!(play.case.field("note"), &Value::Null);
    play.acts("contact.contacted handle.result");
    play.act("parts", "gas", "explain", &[]);
    play.acts("review.send_back");
    assert_eq!((play.case.field("co_units"), play.open_steps()), (&list(&[]), vec!["handle".to_owned()]));
}

fn facts(play: &Play<'_>, clock: &str) -> ClockFacts {
    clock_facts(play.def.clock(clock).expect("a known clock"), &play.events).expect("it ran")
}

fn minutes(from: i64, to: Option<i64>) -> Span {
    Span { from: Millis(from * 60_000), to: to.map(|to| Millis(to * 60_000)) }
}

#[test]
fn the_promise_stands_still_while_it_waits_and_stops_when_settled() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_HANDLE);
    play.acts("handle.ask waiting.go_on handle.extend extension.grant");
    let resident = facts(&play, "resident");
    assert_eq!(resident.spans, [minutes(1, Some(5)), minutes(6, None)]);
    assert_eq!(resident.pauses.iter().map(|pause| pause.span).collect::<Vec<_>>(), [minutes(5, Some(6))]);
    assert_eq!((resident.extended_days, resident.stopped), (3, None));
    assert_eq!(resident.within, Some(Within::Table("promise".to_owned())));
    let unit = facts(&play, "unit");
    assert_eq!(unit.spans, [minutes(2, Some(5)), minutes(6, Some(7)), minutes(8, None)]);

    play.acts("handle.result review.approve tell.told callback.answered");
    assert_eq!(facts(&play, "resident").stopped, Some(Millis(12 * 60_000)));
    play.acts("aftercare.reopen");
    let resident = facts(&play, "resident");
    assert_eq!((resident.from, resident.spans), (Millis(13 * 60_000), vec![minutes(13, None)]));
    assert_eq!((resident.extended_days, resident.within), (0, Some(Within::Table("redo".to_owned()))));
}

#[test]
fn a_level_falls_due_once_until_the_clock_is_renewed() {
    let def = request();
    let mut play = Play::open(&def);
    let late = |level| Command::Late { of: Timed::Clock("resident".to_owned()), level };
    assert_eq!(play.run(&late(50)), Ok(()));
    assert_eq!(play.run(&late(50)), Err(Refusal::AlreadyFired { level: 50 }));
    assert_eq!(play.run(&late(60)), Err(Refusal::Unknown { name: "60".to_owned() }));
    play.acts(TO_CALLBACK);
    play.acts("callback.answered");
    assert_eq!(play.run(&late(80)), Err(Refusal::ClockStopped { clock: "resident".to_owned() }));
    play.acts("aftercare.reopen");
    assert!(play.case.fired(&Timed::Clock("resident".to_owned())).is_empty());
    assert_eq!(play.run(&late(50)), Ok(()));
}

#[test]
fn what_was_merged_goes_along_and_comes_apart_with_its_old_promise() {
    let def = request();
    for way in ["", "triage.dispatch", TO_HANDLE, "triage.dispatch sign.accept contact.contacted handle.park"] {
        let mut play = Play::open(&def);
        play.acts(way);
        let before = facts(&play, "resident");
        if way.is_empty() {
            play.acts("triage.merge");
        } else {
            play.cancel("merge_later").expect("it can be merged");
        }
        assert_eq!((play.open_steps(), play.case.outcome()), (vec!["joined".to_owned()], Some("merged")));
        assert!(play.case.is_settled() && facts(&play, "resident").stopped.is_some());
        play.acts("joined.rejoin joined.close followed.again joined.separate");
        let apart = facts(&play, "resident");
        assert_eq!((apart.from, apart.within, apart.stopped), (before.from, before.within, None), "{way}");
        assert_eq!((play.open_steps(), play.case.outcome()), (vec!["triage".to_owned()], None));
        play.acts("triage.merge joined.close followed.not_solved");
        assert_eq!(facts(&play, "resident").within, Some(Within::Table("redo".to_owned())));
        play.acts("triage.merge joined.close followed.solved_too");
        assert_eq!((play.open_steps(), play.case.outcome()), (vec!["aftercare".to_owned()], Some("solved")));
    }
}

#[test]
fn what_is_private_is_shared_with_nobody() {
    let def = request();
    let private = ["message", "question", "reply", "reason_of_reporter", "words", "contact_note", "note"];
    for step in def.steps() {
        for act in step.acts.iter().filter(|act| act.share.is_some()) {
            let shown = act.share.iter().flat_map(|share| share.placeholders());
            let reporters = act.by.contains(&Who::Reporter);
            for name in shown {
                assert!(!private.contains(&name) && !reporters, "{}.{} shares `{name}`", step.name, act.name);
            }
        }
    }
    for side in def.sides().iter().filter(|side| side.name != "progress") {
        assert!(side.share.is_none(), "{}", side.name);
    }
}

#[test]
fn what_a_limit_does_is_done_by_the_system() {
    let def = request();
    let mut play = Play::open(&def);
    play.acts(TO_HANDLE);
    play.acts("handle.ask");
    let at = Instance::new("waiting", "");
    let command = Command::Late { of: Timed::Step(at.clone()), level: 100 };
    let event = decide(&def, &play.case, &command, &Actor::system(), Millis(1)).expect("it falls due");
    let done = serde_json::to_value(&event).expect("an event is JSON");
    assert_eq!(done["what"]["deeds"], serde_json::json!(["do:go_on"]));
    play.run(&command).expect("it falls due");
    assert!(play.case.fired(&Timed::Step(at)).contains(&100));
    play.acts("waiting.go_on");
    assert_eq!(play.open_steps(), ["handle"]);
    let late = &def.step("waiting").expect("a step").late;
    assert_eq!(late[&50], [Deed::Remind(Target::StepOwner)]);
    assert_eq!(def.clock("resident").expect("a clock").late[&100], [Deed::Escalate(Who::Role("overseer".to_owned()))]);
}

#[test]
fn the_drawing_shows_every_step_and_act() {
    let def = request();
    for lang in ["zh", "en"] {
        let drawn = draw(&def, lang);
        for step in def.steps() {
            assert!(drawn.contains(step.title.get(lang)), "{} is missing", step.name);
            assert!(step.acts.iter().all(|act| drawn.contains(act.title.get(lang))));
        }
    }
    let drawn = draw(&def, "en");
    assert!(drawn.starts_with("flowchart TD\n") && drawn.contains("start --> step_triage"));
    assert!(drawn.contains("step_judge -.->|\"Do it again<br>redo &gt;= 3\"| step_problem"), "{drawn}");
    assert!(drawn.contains("cancel_withdraw --> end_withdrawn"));
}
