//! The proof of soundness against a naive token game: what is accepted never goes wrong, what is refused does.

#[path = "toy/make.rs"]
mod make;
mod toy;

use std::{cell::Cell, collections::BTreeMap};

use linli_flow::{Actor, Case, Command, Definition, Event, FieldKind, Form, Problem, Value, World, decide, load};
use linli_worktime::Millis;
use make::{blocks, made, spoil, spoils};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use toy::{Heap, Toy, ToyAct, ToyStep};

fn check(toy: &Toy) -> Result<Definition, Vec<Problem>> {
    let mut fields: BTreeMap<String, FieldKind> = (0..3).map(|g| (format!("g{g}"), FieldKind::Number)).collect();
    fields.insert("orgs".to_owned(), FieldKind::Orgs);
    load("toy.toml", &toy.toml(), &World { roles: &["boss".to_owned()], limits: &[], fields: &fields })
}

/// The heap at the end of a trace; every move of it has to be possible.
fn replayed(toy: &Toy, trace: &[String]) -> Option<Heap> {
    let (start, moves) = trace.split_first()?;
    let mut heap = toy.started(&Toy::label(&start.replacen("start", "cancel.c0", 1)).3);
    for label in moves {
        heap = toy.play(&heap, &Toy::label(label))?;
    }
    Some(heap)
}

/// Whether a problem is as it says, by the naive game.
fn is_real(toy: &Toy, problem: &Problem) -> bool {
    let says = |part: &str| problem.reason.contains(part);
    if problem.trace.is_empty() {
        let dead = problem.reason.strip_prefix("step `s").and_then(|rest| rest.split_once("` can never be reached"));
        let dead = dead.map(|(step, _)| step.parse().expect("a number"));
        return dead.is_none_or(|step: usize| {
            let heaps = toy.reachable().expect("few heaps");
            heaps.iter().all(|heap| !heap.open().contains(&step))
        });
    }
    let Some(heap) = replayed(toy, &problem.trace) else {
        return false;
    };
    if says("ends the case, but leaves") {
        heap.is_littered()
    } else if says("while it is open") || says("a second token") {
        heap.is_doubled
    } else if says("leaves nothing open") {
        heap.open().is_empty() && !heap.is_over
    } else {
        let heaps = toy.reachable().expect("few heaps");
        says("reach no end") && heaps.contains(&heap) && !toy.ending(&heaps).contains(&heap)
    }
}

/// Whether the naive game finds nothing wrong.
fn is_sound(toy: &Toy) -> Option<bool> {
    let heaps = toy.reachable()?;
    let is_reached = |step| heaps.iter().any(|heap| heap.open().contains(&step));
    let is_clean = heaps.iter().all(|heap| !heap.is_doubled && !heap.is_littered());
    Some(is_clean && (0..toy.steps.len()).all(is_reached) && toy.ending(&heaps).len() == heaps.len())
}

#[test]
fn the_proof_and_the_naive_game_agree() {
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let mut runner =
        TestRunner::new(Config { cases: 1500, failure_persistence: None, max_shrink_iters: 300, ..Config::default() });
    let result = runner.run(&(blocks(), any::<bool>(), spoils()), |(block, cancellable, spoils)| {
        let mut toy = made(&block, cancellable);
        for one in &spoils {
            spoil(&mut toy, *one);
        }
        let Some(sound) = is_sound(&toy) else {
            return Ok(());
        };
        match check(&toy) {
            Ok(_) => {
                accepted.set(accepted.get() + 1);
                prop_assert!(sound, "accepted, but unsound:\n{}", toy.toml());
            }
            Err(problems) => {
                refused.set(refused.get() + usize::from(problems.iter().any(|problem| !problem.trace.is_empty())));
                prop_assert!(!spoils.is_empty(), "a sound flow was refused: {problems:?}\n{}", toy.toml());
                let is_played = problems.iter().any(|problem| !problem.trace.is_empty());
                prop_assert!(!(sound && is_played), "refused, but sound: {problems:?}\n{}", toy.toml());
                for problem in &problems {
                    prop_assert!(is_real(&toy, problem), "not so: {problem}\n{}", toy.toml());
                }
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(accepted.get() > 100 && refused.get() > 50, "{} accepted, {} refused", accepted.get(), refused.get());
}

/// Leftover steps nearly always come with leftover tokens; here a token alone is left.
#[test]
fn a_token_left_behind_is_enough_to_refuse() {
    let act = |way: &[usize]| ToyAct { guarded: false, ways: vec![way.to_vec()] };
    let step = |acts: Vec<ToyAct>| ToyStep { acts, ..ToyStep::default() };
    let join = ToyStep { waits: vec![0, 1], ..step(vec![act(&[])]) };
    let steps = vec![step(vec![act(&[2, 1])]), step(vec![act(&[2]), act(&[])]), join];
    let toy = Toy { steps, start: vec![0], cancels: Vec::new() };
    let problems = check(&toy).err().unwrap_or_default();
    assert!(problems[0].reason.contains("leaves a token from `s0` waiting at `s2` behind"), "{problems:?}");
    assert!(is_real(&toy, &problems[0]));
}

/// The game has to end on every toy that may be made up, also on lists that lead to themselves at every turn.
#[test]
fn the_naive_game_ends() {
    let act = ToyAct { guarded: false, ways: vec![vec![0, 0]] };
    let toy = Toy {
        steps: vec![ToyStep { each: true, acts: vec![act], ..ToyStep::default() }],
        start: vec![0],
        cancels: Vec::new(),
    };
    assert_eq!(is_sound(&toy), Some(false));
}

/// Random numbers for a walk, from proptest.
struct Dice(Vec<u32>);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0.pop().map_or(0, |number| number as usize % sides.max(1))
    }

    fn form(&mut self) -> Form {
        let mut form: Form = (0..3).map(|g| (format!("g{g}"), Value::from(i64::from(self.roll(2) == 0)))).collect();
        let orgs = ["x", "y"][..self.roll(3)].iter().map(|org| (*org).to_owned()).collect();
        form.insert("orgs".to_owned(), Value::List(orgs));
        form
    }
}

/// Every act that somebody could try now, in a random order.
fn tries(def: &Definition, case: &Case, dice: &mut Dice) -> Vec<(String, String, String)> {
    let mut tries: Vec<_> = case
        .open()
        .flat_map(|open| {
            let acts = &def.step(&open.step).expect("a known step").acts;
            acts.iter().map(|act| (open.step.clone(), open.key.clone(), act.name.clone()))
        })
        .collect();
    for i in (1..tries.len()).rev() {
        tries.swap(i, dice.roll(i + 1));
    }
    tries
}

proptest! {
    #![proptest_config(Config { cases: 500, ..Config::default() })]

    #[test]
    fn what_is_accepted_never_gets_stuck_or_leaves_anything_behind(
        (block, spoils, rolls) in (blocks(), spoils(), prop::collection::vec(any::<u32>(), 1200)),
    ) {
        let mut toy = made(&block, false);
        for one in spoils {
            spoil(&mut toy, one);
        }
        let Ok(def) = check(&toy) else {
            return Ok(());
        };
        let mut dice = Dice(rolls);
        let mut events: Vec<Event> = Vec::new();
        let mut case = Case::default();
        let mut commands = vec![Command::Open { pack: "1".to_owned(), fields: dice.form() }];
        while !case.is_ended() && events.len() < 60 {
            let decided = |command: &Command| decide(&def, &case, command, &Actor::system(), Millis(7));
            let Some(event) = commands.iter().find_map(|command| decided(command).ok()) else {
                panic!("stuck at {:?}\n{}", case.open().collect::<Vec<_>>(), toy.toml());
            };
            prop_assert_eq!(&commands.iter().find_map(|command| decided(command).ok()), &Some(event.clone()));
            let text = event.to_canonical_json().expect("an event is JSON");
            prop_assert_eq!(&Event::from_json(&text).expect("it reads back"), &event);
            prop_assert!(is_sorted(&text), "{}", text);
            case.apply(&event);
            events.push(event);
            prop_assert_eq!(&Case::replay(&events), &case);
            let stored = serde_json::to_string(&case).expect("a case is JSON");
            prop_assert_eq!(&serde_json::from_str::<Case>(&stored).expect("it reads back"), &case);
            let mut open: Vec<_> = case.open().map(|open| (&open.step, &open.key)).collect();
            open.sort();
            prop_assert!(open.windows(2).all(|pair| pair[0] != pair[1]), "open twice");
            prop_assert_eq!(case.is_ended(), case.open().count() == 0);
            prop_assert!(!case.is_ended() || case.tokens().count() == 0);
            let form = dice.form();
            commands = tries(&def, &case, &mut dice)
                .into_iter()
                .map(|(step, key, act)| Command::Act { step, key, act, form: form.clone(), seen: None })
                .collect();
        }
    }
}

/// Whether reading and writing with sorted keys changes nothing.
fn is_sorted(text: &str) -> bool {
    fn sorted(value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::Object(map) => {
                let map: BTreeMap<_, _> = map.iter().map(|(key, value)| (key, sorted(value))).collect();
                let entry = |(key, value)| format!("{}:{value}", serde_json::json!(key));
                format!("{{{}}}", map.into_iter().map(entry).collect::<Vec<_>>().join(","))
            }
            serde_json::Value::Array(list) => format!("[{}]", list.iter().map(sorted).collect::<Vec<_>>().join(",")),
            plain => plain.to_string(),
        }
    }
    serde_json::from_str(text).is_ok_and(|value| sorted(&value) == text)
}
