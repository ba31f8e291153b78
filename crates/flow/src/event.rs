//! Events: what happened to a case, with every consequence written out, so that a case replays without its flow.

use std::collections::BTreeMap;

use linli_worktime::Millis;
use serde::{Deserialize, Serialize};

use crate::{
    definition::Within,
    value::{Fields, Form},
    who::{Deed, Who},
};

/// Who did it, as the engine fills it in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `person`, `seat`, `cover` (a seat on which somebody sits for its holder) or `system`.
    pub kind: String,
    /// Their id.
    pub id: String,
    /// The org that they act for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The role in which they act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl Actor {
    /// The program itself.
    pub fn system() -> Self {
        Self { kind: "system".to_owned(), id: "system".to_owned(), ..Self::default() }
    }
}

/// One thing that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number within the case, from 1.
    pub seq: u64,
    /// When.
    pub at: Millis,
    /// By whom.
    pub by: Actor,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The case was opened.
    Opened {
        /// The flow's id.
        flow: String,
        /// The version of the rule pack that the case keeps.
        pack: String,
        /// What followed: the first fields and steps.
        change: Change,
    },
    /// An act closed a step.
    Acted {
        /// The step.
        step: String,
        /// Which of the step's parts; empty unless the step is one for each of a list.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        /// The act.
        act: String,
        /// As it was filled in.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        form: Form,
        /// What followed.
        change: Change,
    },
    /// A side act, which leaves the steps alone.
    Side {
        /// The act.
        act: String,
        /// As it was filled in.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        form: Form,
        /// Fields that it wrote.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: Fields,
        /// What is to be done at once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deeds: Vec<Deed>,
    },
    /// An act that closed steps wherever the case stood.
    Cancelled {
        /// The act.
        act: String,
        /// As it was filled in.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        form: Form,
        /// What followed.
        change: Change,
    },
    /// A level of a limit fell due.
    Late {
        /// Of which step or clock.
        of: Timed,
        /// The level, in percent of the limit.
        level: u8,
        /// What is to be done. A [`Deed::Do`] is done by an act of the system that follows as an event of its own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deeds: Vec<Deed>,
    },
}

/// What an event changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// Steps that it closed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Instance>,
    /// Steps that it opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<Opening>,
    /// Tokens that arrived at a join and wait there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arrived: Vec<Token>,
    /// Waiting tokens that it took away, by opening the join or by cancelling it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consumed: Vec<Token>,
    /// Counters that changed, with their new values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counters: BTreeMap<String, i64>,
    /// Fields that it wrote; null clears one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
    /// The case's outcome from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Clocks that start anew, with their new limits.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub renewed: BTreeMap<String, Within>,
    /// Clocks that run longer, by so many calendar days.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extended: BTreeMap<String, u32>,
    /// Whether the case counts as closed for people from now on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// Whether it is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// One instance of a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// The step.
    pub step: String,
    /// Which of its parts; empty unless the step is one for each of a list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
}

/// A step that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The step.
    pub step: String,
    /// Which of its parts: the org, for a step that is one for each of a list; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Who owns it.
    pub owner: Who,
}

/// A token that waits at a join for the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token {
    /// The join.
    pub at: String,
    /// The step that it came from.
    pub from: String,
}

/// Something that has a limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timed {
    /// An open step.
    Step(Instance),
    /// A clock of the whole case, by name.
    Clock(String),
}

impl Instance {
    /// The instance of a step with this key.
    pub fn new(step: &str, key: &str) -> Self {
        Self { step: step.to_owned(), key: key.to_owned() }
    }
}

impl What {
    /// The name of the act; `opened` and `late` for what is none.
    pub fn name(&self) -> &str {
        match self {
            Self::Acted { act, .. } | Self::Side { act, .. } | Self::Cancelled { act, .. } => act,
            Self::Opened { .. } => "opened",
            Self::Late { .. } => "late",
        }
    }
}

impl Event {
    /// The event as canonical JSON: keys sorted, no spaces, no fractions; the same event has the same bytes for ever.
    ///
    /// # Errors
    /// None that an event can cause; the error is the JSON library's own.
    pub fn to_canonical_json(&self) -> Result<String, serde_json::Error> {
        let mut out = String::new();
        write_sorted(&serde_json::to_value(self)?, &mut out);
        Ok(out)
    }

    /// Reads an event.
    ///
    /// # Errors
    /// When the text is not the JSON of an event.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// Sorts keys itself, because the order of `serde_json::Map` depends on a feature that any crate can switch on.
fn write_sorted(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(key.as_str()).to_string());
                out.push(':');
                write_sorted(value, out);
            }
            out.push('}');
        }
        serde_json::Value::Array(list) => {
            out.push('[');
            for (i, value) in list.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_sorted(value, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}
