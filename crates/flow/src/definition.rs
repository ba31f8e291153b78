//! A flow that was read and proved sound. Only [`crate::load`] makes one.

use std::{collections::BTreeMap, fmt, str::FromStr};

use linli_worktime::{Limit, LimitError};
use serde::{Deserialize, Serialize};

use crate::{
    guard::Guard,
    net::Net,
    text::Text,
    value::FieldKind,
    who::{Deed, Who},
};

/// A flow. Its lists keep the order of the file.
#[derive(Clone, Debug)]
pub struct Definition {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) source: Option<String>,
    pub(crate) start: Vec<String>,
    pub(crate) counters: Vec<String>,
    pub(crate) steps: Vec<Step>,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) sides: Vec<Side>,
    pub(crate) cancels: Vec<Cancel>,
    pub(crate) outcomes: BTreeMap<String, Text>,
    pub(crate) fields: BTreeMap<String, FieldKind>,
    pub(crate) net: Net,
}

/// A piece of a flow that somebody owns and that has a limit.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Who owns it. For a step with `each`, the field whose every value gets an instance of its own.
    pub owner: Who,
    /// Whether there is one instance for each value of the owner's list.
    pub each: bool,
    /// For a join: the steps from which it waits for a token.
    pub waits: Vec<String>,
    /// Whether the case counts as closed for people while it is here.
    pub settled: bool,
    /// Another case that it goes along with.
    pub follows: Option<Follows>,
    /// Whose hands it may not be in.
    pub apart: Option<Apart>,
    /// When it is due.
    pub within: Within,
    /// What happens at which level of its limit.
    pub late: Late,
    /// What the resident reads while it is open.
    pub says: Option<Text>,
    /// Its acts.
    pub acts: Vec<Act>,
    /// The source of the rule.
    pub rule: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// Another case that a step goes along with: what that case makes known is told here too, and a turn of it is an act of
/// the system here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follows {
    /// The field that names the other case.
    pub case: String,
    /// What the system does at a turn of it; nothing, where no act is named.
    pub acts: BTreeMap<Turn, String>,
}

/// Work for another pair of eyes: whoever closed one of these steps last does not act here. Who that is in person is for
/// the engine to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// The steps.
    pub from: Vec<String>,
    /// What they read instead.
    pub why: Text,
}

/// How another case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Somebody has to do something.
    Open,
    /// It is closed for people.
    Closed,
    /// A cancelling act ended it: nothing was solved.
    Dropped,
    /// It goes along with yet another case; the act is given that one in the field.
    Moved,
}

impl Turn {
    /// All of them, with their words in the file.
    pub const ALL: [(&'static str, Self); 4] =
        [("open", Self::Open), ("closed", Self::Closed), ("dropped", Self::Dropped), ("moved", Self::Moved)];
}

/// Something that closes a step and opens others, or ends the case.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Who may perform it.
    pub by: Vec<Who>,
    /// When it is possible; always, when there is no gate.
    pub gate: Option<Gate>,
    /// What has to be filled in.
    pub form: Vec<FormField>,
    /// Counters that it adds one to.
    pub counts: Vec<String>,
    /// Counters that it sets to nothing.
    pub resets: Vec<String>,
    /// Clocks that it starts anew, with their new limits.
    pub renews: BTreeMap<String, Within>,
    /// Clocks that it makes longer, and the field that holds the calendar days.
    pub extends: BTreeMap<String, String>,
    /// Where the case goes when no branch is taken.
    pub way: Way,
    /// Ways with a condition: the first that holds is taken.
    pub branches: Vec<Branch>,
    /// What the resident reads.
    pub tell: Option<Text>,
    /// What the residents read whose cases follow this one.
    pub share: Option<Text>,
    /// The source of the rule.
    pub rule: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// A condition under which an act is possible.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The condition.
    pub when: Guard,
    /// What people read while it does not hold.
    pub why: Text,
}

/// A way out of an act that has a condition.
#[derive(Clone, Debug)]
pub struct Branch {
    /// When it is taken, asked after the act's counters and form are written.
    pub when: Guard,
    /// Where the case goes.
    pub way: Way,
}

/// Where a case goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The steps it opens, or the end.
    pub goes: Goes,
    /// The outcome that it sets; always one, where the case ends.
    pub outcome: Option<String>,
}

/// The steps that a way opens, or the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goes {
    /// A token to each of these steps, in this order.
    Opens(Vec<String>),
    /// The case is over.
    Ends,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The field.
    pub name: String,
    /// Whether it may be left empty.
    pub optional: bool,
}

/// When something is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Within {
    /// A limit written out: `2h`.
    Limit(Limit),
    /// A table of the pack: `limit.NAME`.
    Table(String),
    /// The day or the minute that a field names: `until.FIELD`.
    Until(String),
}

/// What happens at which level of a limit, in percent, lowest first.
pub type Late = BTreeMap<u8, Vec<Deed>>;

/// A clock of the whole case.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Its limit; none for a clock that only measures.
    pub within: Option<Within>,
    /// The steps during which it counts; when empty, always until the case is settled.
    pub during: Vec<String>,
    /// The steps during which it stands still.
    pub pauses: Vec<String>,
    /// What happens at which level.
    pub late: Late,
    /// The source of the rule.
    pub rule: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// An act that leaves the steps as they are.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Who may perform it.
    pub by: Vec<Who>,
    /// It is possible while one of these steps is open; when empty, until the case is over.
    pub during: Vec<String>,
    /// What has to be filled in.
    pub form: Vec<FormField>,
    /// What is done at once.
    pub deeds: Vec<Deed>,
    /// What the resident reads.
    pub tell: Option<Text>,
    /// What the residents read whose cases follow this one.
    pub share: Option<Text>,
    /// The source of the rule.
    pub rule: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// An act that closes steps wherever the case stands.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// Who may perform it.
    pub by: Vec<Who>,
    /// It is possible while one of these steps is open; when empty, until the case is over.
    pub during: Vec<String>,
    /// What has to be filled in.
    pub form: Vec<FormField>,
    /// The steps that it closes.
    pub cancels: Cancels,
    /// Where the case goes then.
    pub way: Way,
    /// What the resident reads.
    pub tell: Option<Text>,
    /// The source of the rule.
    pub rule: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// The steps that a cancelling act closes, with the tokens that wait at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cancels {
    /// Whatever is open.
    All,
    /// These, so far as they are open.
    Steps(Vec<String>),
}

impl Definition {
    /// The flow's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What people call it.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// The source of its rules.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The steps with which a case begins.
    pub fn start(&self) -> &[String] {
        &self.start
    }

    /// The counters that guards may ask for.
    pub fn counters(&self) -> &[String] {
        &self.counters
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// One step.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// The clocks of the whole case.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    /// One clock.
    pub fn clock(&self, name: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.name == name)
    }

    /// The side acts.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// One side act.
    pub fn side(&self, name: &str) -> Option<&Side> {
        self.sides.iter().find(|side| side.name == name)
    }

    /// The cancelling acts.
    pub fn cancels(&self) -> &[Cancel] {
        &self.cancels
    }

    /// One cancelling act.
    pub fn cancel(&self, name: &str) -> Option<&Cancel> {
        self.cancels.iter().find(|cancel| cancel.name == name)
    }

    /// How a case can end, in words, by outcome.
    pub fn outcomes(&self) -> &BTreeMap<String, Text> {
        &self.outcomes
    }

    /// The fields that the pack offered, with their kinds.
    pub fn fields(&self) -> &BTreeMap<String, FieldKind> {
        &self.fields
    }
}

impl Step {
    /// One act.
    pub fn act(&self, name: &str) -> Option<&Act> {
        self.acts.iter().find(|act| act.name == name)
    }
}

impl Act {
    /// Whether one of its ways leads to a step that goes along with another case.
    pub fn follows<'d>(&self, flow: &'d Definition) -> Option<&'d Follows> {
        follows(flow, self.ways())
    }

    /// Every way out: the default first, then the branches.
    pub fn ways(&self) -> impl Iterator<Item = &Way> {
        std::iter::once(&self.way).chain(self.branches.iter().map(|branch| &branch.way))
    }
}

impl Cancel {
    /// Whether it leads to a step that goes along with another case.
    pub fn follows<'d>(&self, flow: &'d Definition) -> Option<&'d Follows> {
        follows(flow, std::iter::once(&self.way))
    }
}

fn follows<'d, 'w>(flow: &'d Definition, ways: impl IntoIterator<Item = &'w Way>) -> Option<&'d Follows> {
    let opened = ways.into_iter().flat_map(|way| match &way.goes {
        Goes::Opens(steps) => steps.as_slice(),
        Goes::Ends => &[],
    });
    opened.filter_map(|name| flow.step(name)?.follows.as_ref()).next()
}

impl FromStr for Within {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        match text.split_once('.') {
            Some(("limit", name)) if !name.is_empty() => Ok(Self::Table(name.to_owned())),
            Some(("until", field)) if !field.is_empty() => Ok(Self::Until(field.to_owned())),
            _ => text.parse().map(Self::Limit),
        }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(limit) => limit.fmt(f),
            Self::Table(name) => write!(f, "limit.{name}"),
            Self::Until(field) => write!(f, "until.{field}"),
        }
    }
}

impl TryFrom<String> for Within {
    type Error = LimitError;

    fn try_from(text: String) -> Result<Self, LimitError> {
        text.parse()
    }
}

impl From<Within> for String {
    fn from(within: Within) -> Self {
        within.to_string()
    }
}
