//! What the tests share: the request flow, and a pack's world that fits it.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{collections::BTreeMap, fs, path::Path};

use linli_flow::{Actor, Case, Command, Definition, Event, FieldKind, Form, Refusal, Value, World, decide, load};
use linli_worktime::Millis;

/// The names that a pack would offer.
pub struct Pack {
    pub roles: Vec<String>,
    pub limits: Vec<String>,
    pub fields: BTreeMap<String, FieldKind>,
}

impl Pack {
    pub fn world(&self) -> World<'_> {
        World { roles: &self.roles, limits: &self.limits, fields: &self.fields }
    }

    /// Everything that the request flow names, taken from its text.
    pub fn of_requests(text: &str) -> Self {
        let after = |mark: &str| -> Vec<String> {
            let mut found: Vec<String> = text
                .split(mark)
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect())
                .collect();
            found.sort();
            found.dedup();
            found
        };
        let forms = text.lines().filter_map(|line| line.trim_start().strip_prefix("form"));
        let fields = forms.flat_map(|form| form.split('"').skip(1).step_by(2).map(|name| name.trim_end_matches('?')));
        Self {
            roles: after("role:"),
            limits: after("limit."),
            fields: fields.map(|name| (name.to_owned(), kind(name))).collect(),
        }
    }
}

fn kind(name: &str) -> FieldKind {
    let choice = |choices: &[&str]| FieldKind::Choice(choices.iter().map(|choice| (*choice).to_owned()).collect());
    match name {
        "unit" | "better_unit" => FieldKind::Org,
        "co_units" => FieldKind::Orgs,
        "main_case" => FieldKind::Case,
        "parked_until" | "done_on" => FieldKind::Date,
        "extend_days" => FieldKind::Number,
        "class" => choice(&["urgent", "general"]),
        "contacted" | "solved" => choice(&["yes", "no"]),
        _ => FieldKind::Text,
    }
}

pub fn request_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn/flows/request.toml");
    fs::read_to_string(path).expect("the request flow lies in packs")
}

pub fn request() -> Definition {
    let text = request_text();
    load("request.toml", &text, &Pack::of_requests(&text).world())
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>()))
}

/// A case that is played, with its events.
pub struct Play<'d> {
    pub def: &'d Definition,
    pub case: Case,
    pub events: Vec<Event>,
    pub now: i64,
}

impl<'d> Play<'d> {
    pub fn open(def: &'d Definition) -> Self {
        let mut play = Self { def, case: Case::default(), events: Vec::new(), now: 0 };
        let pack = "2026.1".to_owned();
        play.run(&Command::Open { pack, fields: Form::new() }).expect("a case opens");
        play
    }

    /// Decides a command a minute later, and takes the event in; a refusal changes nothing.
    pub fn run(&mut self, command: &Command) -> Result<(), Refusal> {
        let at = Millis(self.now + 60_000);
        let event = decide(self.def, &self.case, command, &actor("someone"), at)?;
        self.now = at.0;
        self.case.apply(&event);
        self.events.push(event);
        Ok(())
    }

    /// Acts with a form that is filled in as its fields ask, and `extra` instead where it says so.
    pub fn try_act(&mut self, step: &str, key: &str, act: &str, extra: &[(&str, Value)]) -> Result<(), Refusal> {
        let form = self.filled(&self.def.step(step).and_then(|s| s.act(act)).expect("a known act").form, extra);
        let command =
            Command::Act { step: step.to_owned(), key: key.to_owned(), act: act.to_owned(), form, seen: None };
        self.run(&command)
    }

    /// Acts, each written `step.act`, with nothing special in the forms.
    pub fn acts(&mut self, path: &str) {
        for part in path.split_whitespace() {
            let (step, act) = part.split_once('.').expect("step.act");
            self.act(step, "", act, &[]);
        }
    }

    pub fn act(&mut self, step: &str, key: &str, act: &str, extra: &[(&str, Value)]) {
        if let Err(refusal) = self.try_act(step, key, act, extra) {
            panic!("{step}.{act} was refused: {refusal:?}");
        }
    }

    pub fn cancel(&mut self, act: &str) -> Result<(), Refusal> {
        let form = self.filled(&self.def.cancel(act).expect("a known act").form, &[]);
        self.run(&Command::Cancel { act: act.to_owned(), form })
    }

    fn filled(&self, form: &[linli_flow::FormField], extra: &[(&str, Value)]) -> Form {
        let mut filled: Form = form
            .iter()
            .filter(|field| !field.optional)
            .map(|field| (field.name.clone(), sample(&self.def.fields()[&field.name])))
            .collect();
        filled.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        filled
    }

    /// The open steps as `step` or `step:key`, in alphabetical order.
    pub fn open_steps(&self) -> Vec<String> {
        let name = |step: &str, key: &str| if key.is_empty() { step.to_owned() } else { format!("{step}:{key}") };
        let mut open: Vec<String> = self.case.open().map(|open| name(&open.step, &open.key)).collect();
        open.sort();
        open
    }
}

pub fn sample(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Number => Value::Number(3),
        FieldKind::Bool => Value::Bool(true),
        FieldKind::Date => "2026-03-01".into(),
        FieldKind::Time => "2026-03-01 15:30".into(),
        FieldKind::Choice(choices) => choices[0].as_str().into(),
        FieldKind::Orgs => Value::List(vec!["water".to_owned()]),
        FieldKind::Text | FieldKind::Org | FieldKind::Case => "something".into(),
    }
}

pub fn actor(id: &str) -> Actor {
    Actor { kind: "seat".to_owned(), id: id.to_owned(), ..Actor::default() }
}

pub fn list(orgs: &[&str]) -> Value {
    Value::List(orgs.iter().map(|org| (*org).to_owned()).collect())
}
