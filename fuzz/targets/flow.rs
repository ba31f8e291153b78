//! A flow as an office writes it, and what people do in it. The input is the file up to a null byte; the bytes after it
//! choose acts and fill in forms. A file is refused or proved; in one that was proved, no act leads to a state that the
//! flow does not know, and what happened replays to where the case stands.
#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use linli_flow::{Actor, Case, Command, Definition, Event, FieldKind, Form, Refusal, Value, World, decide, draw, load};
use linli_worktime::Millis;

/// Acts of one case.
const ACTS: usize = 40;

/// What the pack offers to its flows.
struct Offer {
    roles: Vec<String>,
    limits: Vec<String>,
    fields: BTreeMap<String, FieldKind>,
}

static OFFER: LazyLock<Offer> = LazyLock::new(|| {
    let files = linli::cli::pack_files(None).expect("the pack inside the program");
    let pack = linli_engine::pack::Pack::load(&files).expect("a good pack");
    let names = |text: &str| {
        let rest = text.split("limit.").skip(1);
        rest.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    Offer {
        roles: pack.roles.iter().map(|role| role.code.clone()).collect(),
        limits: files.iter().filter(|(path, _)| path.starts_with("flows/")).flat_map(|(_, text)| names(text)).collect(),
        fields: pack.flows()[0].fields().clone(),
    }
});

/// The choices that are left; nothing but zeros after their end.
struct Dice<'b>(std::slice::Iter<'b, u8>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % sides.max(1)
    }

    fn value(&mut self, kind: &FieldKind) -> Value {
        let n = self.roll(256);
        match (n % 8, kind) {
            (0, _) => Value::Null,
            (1, _) => Value::Number(i64::MAX - n as i64),
            (2, _) => Value::List(vec!["x".to_owned(); n % 3]),
            (_, FieldKind::Text) => "words".into(),
            (_, FieldKind::Number) => Value::Number(n as i64 - 100),
            (_, FieldKind::Bool) => Value::Bool(n % 2 == 0),
            (_, FieldKind::Choice(choices)) => {
                choices.get(n % choices.len().max(1)).map_or(Value::Null, |c| c.clone().into())
            }
            (3, _) => "2026-03-01".into(),
            (4, _) => "2026-03-01 15:30".into(),
            (5, _) => Value::List(vec!["office".to_owned(), "firm".to_owned()]),
            _ => "office".into(),
        }
    }

    fn form<'f>(&mut self, names: impl Iterator<Item = &'f str>) -> Form {
        names.filter_map(|name| Some((name.to_owned(), self.value(OFFER.fields.get(name)?)))).collect()
    }

    fn command(&mut self, def: &Definition, case: &Case) -> Option<Command> {
        let open: Vec<_> = case.open().collect();
        let at = open.get(self.roll(open.len() + 2));
        if let Some(at) = at {
            let acts = &def.step(&at.step)?.acts;
            let act = acts.get(self.roll(acts.len()))?;
            let form = self.form(act.form.iter().map(|f| f.name.as_str()));
            return Some(Command::Act {
                step: at.step.clone(),
                key: at.key.clone(),
                act: act.name.clone(),
                form,
                seen: None,
            });
        }
        if self.roll(2) == 0 {
            let side = def.sides().get(self.roll(def.sides().len()))?;
            let form = self.form(side.form.iter().map(|f| f.name.as_str()));
            return Some(Command::Side { act: side.name.clone(), form });
        }
        let cancel = def.cancels().get(self.roll(def.cancels().len()))?;
        let form = self.form(cancel.form.iter().map(|f| f.name.as_str()));
        Some(Command::Cancel { act: cancel.name.clone(), form })
    }
}

fn play(def: &Definition, mut dice: Dice<'_>) {
    let (mut case, mut events) = (Case::default(), Vec::<Event>::new());
    let fields = dice.form(def.fields().keys().map(String::as_str));
    let mut next = Some(Command::Open { pack: "1".to_owned(), fields });
    for _ in 0..ACTS {
        if let Some(command) = &next {
            match decide(def, &case, command, &Actor::system(), Millis(7)) {
                Ok(event) => {
                    let text = event.to_canonical_json().expect("an event is JSON");
                    assert_eq!(Event::from_json(&text).expect("it reads back"), event);
                    case.apply(&event);
                    events.push(event);
                }
                Err(Refusal::Foreign { step }) => panic!("a flow that was proved does not know `{step}`"),
                Err(_) if case.seq() == 0 => return,
                Err(_) => {}
            }
        }
        if case.is_ended() {
            break;
        }
        next = dice.command(def, &case);
    }
    assert_eq!(Case::replay(&events), case);
    assert!(!case.is_ended() || case.open().count() + case.tokens().count() == 0, "something was left behind");
}

fuzz_target!(|bytes: &[u8]| {
    let (text, moves) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let world = World { roles: &OFFER.roles, limits: &OFFER.limits, fields: &OFFER.fields };
    match load("flow.toml", text, &world) {
        Ok(def) => {
            draw(&def, "en");
            play(&def, Dice(moves.iter()));
        }
        Err(problems) => assert!(!problems.is_empty() && problems.iter().all(|problem| problem.line > 0)),
    }
});
