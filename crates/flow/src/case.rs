//! A case: the state that its events imply. It needs no flow, so the cases of old rule packs replay for ever.

use std::collections::{BTreeMap, BTreeSet};

use linli_worktime::Millis;
use serde::{Deserialize, Serialize};

use crate::{
    event::{Actor, Change, Event, Instance, Timed, Token, What},
    value::{Fields, Value},
    who::Who,
};

/// The state of a case. The default is a case that is not opened yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    flow: String,
    pack: String,
    seq: u64,
    opened_at: Millis,
    open: Vec<OpenStep>,
    tokens: BTreeSet<Token>,
    fields: Fields,
    counters: BTreeMap<String, i64>,
    outcome: Option<String>,
    settled: bool,
    ended: bool,
    fired: BTreeMap<String, BTreeSet<u8>>,
    closings: Vec<Closing>,
}

/// A step that is open now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep {
    /// The step.
    pub step: String,
    /// Which of its parts: the org, for a step that is one for each of a list; else empty.
    pub key: String,
    /// Who owns it.
    pub owner: Who,
    /// Since when.
    pub since: Millis,
    /// The number of the event that opened it: what an actor saw, to find out whether it is still the same opening.
    pub opened_seq: u64,
    /// The levels of its limit that fell due already.
    pub fired: BTreeSet<u8>,
}

/// How a step was last closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub key: String,
    /// The act that closed it; a cancelling act may close many.
    pub act: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Millis,
}

impl Case {
    /// The state after these events, in their order.
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut case = Self::default();
        for event in events {
            case.apply(event);
        }
        case
    }

    /// Takes in one more event. It never fails: what an event says has happened.
    pub fn apply(&mut self, event: &Event) {
        self.seq = event.seq;
        match &event.what {
            What::Opened { flow, pack, change } => {
                flow.clone_into(&mut self.flow);
                pack.clone_into(&mut self.pack);
                self.opened_at = event.at;
                self.change(change, event, "");
            }
            What::Acted { act, change, .. } | What::Cancelled { act, change, .. } => {
                self.change(change, event, act);
            }
            What::Side { fields, .. } => self.write(fields),
            What::Late { of, level, .. } => {
                match of {
                    Timed::Clock(name) => self.fired.entry(name.clone()).or_default().insert(*level),
                    Timed::Step(Instance { step, key }) => self
                        .open
                        .iter_mut()
                        .find(|open| open.step == *step && open.key == *key)
                        .is_some_and(|open| open.fired.insert(*level)),
                };
            }
        }
    }

    fn change(&mut self, change: &Change, event: &Event, act: &str) {
        for Instance { step, key } in &change.closed {
            self.open.retain(|open| open.step != *step || open.key != *key);
            self.closings.retain(|past| past.step != *step || past.key != *key);
            self.closings.push(Closing {
                step: step.clone(),
                key: key.clone(),
                act: act.to_owned(),
                by: event.by.clone(),
                at: event.at,
            });
        }
        self.open.extend(change.opened.iter().map(|opening| OpenStep {
            step: opening.step.clone(),
            key: opening.key.clone(),
            owner: opening.owner.clone(),
            since: event.at,
            opened_seq: event.seq,
            fired: BTreeSet::new(),
        }));
        self.tokens.extend(change.arrived.iter().cloned());
        for token in &change.consumed {
            self.tokens.remove(token);
        }
        for (name, value) in &change.counters {
            self.counters.insert(name.clone(), *value);
        }
        self.write(&change.fields);
        self.outcome.clone_from(&change.outcome);
        self.settled = change.settled;
        self.ended = change.ended;
        for clock in change.renewed.keys().chain(change.extended.keys()) {
            self.fired.remove(clock);
        }
    }

    fn write(&mut self, fields: &Fields) {
        for (name, value) in fields {
            match value {
                Value::Null => self.fields.remove(name),
                value => self.fields.insert(name.clone(), value.clone()),
            };
        }
    }

    /// The flow's id; empty before the case is opened.
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// The version of the rule pack that the case keeps.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// The number of its last event; 0 before it is opened.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Millis {
        self.opened_at
    }

    /// The steps that are open, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &OpenStep> {
        self.open.iter()
    }

    /// One open step.
    pub fn open_step(&self, step: &str, key: &str) -> Option<&OpenStep> {
        self.open.iter().find(|open| open.step == step && open.key == key)
    }

    /// Whether any instance of this step is open.
    pub fn is_open(&self, step: &str) -> bool {
        self.open.iter().any(|open| open.step == step)
    }

    /// Tokens that wait at joins.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter()
    }

    /// All fields that hold something.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// One field; null when it holds nothing.
    pub fn field(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    /// One counter; 0 when nothing was counted.
    pub fn counter(&self, name: &str) -> i64 {
        self.counters.get(name).copied().unwrap_or_default()
    }

    /// What became of it, once that is known.
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// Whether it counts as closed for people: over, or in after-care.
    pub fn is_settled(&self) -> bool {
        self.settled || self.ended
    }

    /// Whether it is over: nothing can happen any more.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// How this step was last closed.
    pub fn closing(&self, step: &str, key: &str) -> Option<&Closing> {
        self.closings.iter().find(|past| past.step == step && past.key == key)
    }

    /// How each part of this step was last closed.
    pub fn closings<'c>(&'c self, step: &'c str) -> impl Iterator<Item = &'c Closing> {
        self.closings.iter().filter(move |past| past.step == step)
    }

    /// The levels that fell due since the step opened, or since the clock started, was renewed or was extended.
    pub fn fired(&self, of: &Timed) -> BTreeSet<u8> {
        match of {
            Timed::Clock(name) => self.fired.get(name).cloned(),
            Timed::Step(Instance { step, key }) => self.open_step(step, key).map(|open| open.fired.clone()),
        }
        .unwrap_or_default()
    }
}
