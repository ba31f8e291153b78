//! Cases: filing one, acting on it, waking it when something falls due, and reading it. A case is what its events
//! imply; the rows beside them are kept for lists and timers, and are written in the same transaction.

pub mod act;
pub mod attach;
pub mod call;
pub mod consents;
mod deed;
pub mod erase;
pub mod file;
mod follow;
pub mod foresee;
pub mod history;
pub mod inbox;
pub mod kin;
pub mod links;
pub mod public;
pub mod read;
pub mod reveal;
pub mod rights;
pub mod search;
pub mod store;
pub mod thread;
pub mod timeline;
pub mod times;
pub(crate) mod unburden;
pub mod wake;
pub(crate) mod write;

pub use deed::Sent;
use linli_flow::{Refusal, Who};
use linli_worktime::Millis;
use serde::{Deserialize, Serialize};
pub(crate) use write::CATEGORY;

use crate::{
    db::{DbError, WorkError},
    directory::LeadError,
    ids::{CaseId, Jurisdiction, PlaceCode},
};

/// Which case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseKey {
    /// The street that it belongs to.
    pub jurisdiction: Jurisdiction,
    /// Its id there.
    pub id: CaseId,
}

/// How a matter came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The hotline.
    Phone,
    /// The web pages.
    Web,
    /// A letter or mailbox.
    Letter,
    /// A counter or a visit.
    Visit,
    /// Found by a grid worker.
    Grid,
    /// Another system.
    Import,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 6] = [Self::Phone, Self::Web, Self::Letter, Self::Visit, Self::Grid, Self::Import];

    /// Its word in data and text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Web => "web",
            Self::Letter => "letter",
            Self::Visit => "visit",
            Self::Grid => "grid",
            Self::Import => "import",
        }
    }

    /// From its word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.slug() == slug)
    }
}

/// How far a case is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Somebody has to do something.
    Open,
    /// Closed for people, in after-care.
    Settled,
    /// Over.
    Ended,
}

impl Phase {
    /// Its word in the database and in text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Ended => "ended",
        }
    }

    pub(crate) fn from_slug(slug: &str) -> Result<Self, DbError> {
        match slug {
            "open" => Ok(Self::Open),
            "settled" => Ok(Self::Settled),
            "ended" => Ok(Self::Ended),
            other => Err(DbError::Corrupt(format!("`{other}` as the phase of a case"))),
        }
    }

    pub(crate) fn of(case: &linli_flow::Case) -> Self {
        match (case.is_ended(), case.is_settled()) {
            (true, _) => Self::Ended,
            (_, true) => Self::Settled,
            _ => Self::Open,
        }
    }
}

/// A point on the map as it came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// In which system.
    pub datum: Datum,
}

/// The system that coordinates are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// GPS.
    Wgs84,
    /// China's national system; within a metre of WGS-84.
    Cgcs2000,
    /// Public Chinese web maps.
    Gcj02,
}

impl Datum {
    /// Its word.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Cgcs2000 => "cgcs2000",
            Self::Gcj02 => "gcj02",
        }
    }
}

/// Why something was not done to a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There is no such case, or not for this viewer.
    #[error("there is no such case")]
    NotFound,
    /// Not this actor's to do.
    #[error("this act belongs to {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))]
    NotYours(Vec<Who>),
    /// The flow says no.
    #[error(transparent)]
    Refused(Refusal),
    /// The unit may not lead.
    #[error(transparent)]
    Lead(LeadError),
    /// A field of the report is wrong.
    #[error("{field}: {problem:?}")]
    Field {
        /// Which one.
        field: &'static str,
        /// What is wrong.
        problem: FieldProblem,
    },
    /// The key has been used already, for something else.
    #[error("this key has been used for something else")]
    KeyUsed,
    /// Somebody is to be erased of whom these cases are open still.
    #[error("open cases have to be closed or taken back first: {}", .0.join(", "))]
    StillOpen(Vec<String>),
    /// The pack or the flow that the case keeps is not loaded.
    #[error("the rules `{0}` of this case are not loaded")]
    NoRules(String),
}

/// What is wrong with a field of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// It has to be filled in.
    Missing,
    /// Longer than this many characters.
    TooLong(usize),
    /// There is no such thing.
    Unknown,
    /// The case that it names is closed already.
    Closed,
    /// The case that it names is somewhere else.
    Far,
}

impl WorkError for CaseError {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(e) => Some(e),
            _ => None,
        }
    }
}

/// Who owns an open step, as it stands in the inbox table.
pub(crate) fn owner_text(who: &Who, key: &str, case: &linli_flow::Case) -> String {
    match who {
        Who::Role(role) => format!("role:{role}"),
        Who::Field(_) if !key.is_empty() => format!("org:{key}"),
        Who::Field(field) => format!("org:{}", case.field(field).as_text().unwrap_or_default()),
        Who::Reporter => "reporter".to_owned(),
        Who::System => "system".to_owned(),
    }
}

/// The row of a case, for lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Which case.
    pub key: CaseKey,
    /// Its number, as people say it.
    pub number: String,
    /// The flow that it travels through.
    pub flow: String,
    /// The version of the pack that it keeps.
    pub pack: String,
    /// When it came in; its clocks run from here.
    pub opened_at: Millis,
    /// When it was reported elsewhere before: only for a case that another system left open.
    pub reported_at: Option<Millis>,
    /// How.
    pub channel: String,
    /// Consultation, help, complaint, report or suggestion.
    pub kind: String,
    /// Its category.
    pub category: String,
    /// The class that sets its limits.
    pub class: String,
    /// In a line.
    pub title: String,
    /// In the resident's words.
    pub body: String,
    /// Where.
    pub place: PlaceCode,
    /// Where, in words.
    pub address: String,
    /// Where on the map, WGS-84 or as `datum` says.
    pub point: Option<(f64, f64)>,
    /// The lead unit.
    pub unit: Option<String>,
    /// How far it is.
    pub phase: Phase,
    /// What became of it.
    pub outcome: Option<String>,
    /// When it was closed for people.
    pub settled_at: Option<Millis>,
    /// What the resident was promised; nothing while the clock stands still.
    pub promised_at: Option<Millis>,
    /// How often it was done again.
    pub redo: u32,
    /// Its last event.
    pub seq: u64,
    /// What was put right of the report.
    pub as_filed: AsFiled,
}

/// What a report said of itself, where people have put it right since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsFiled {
    /// What it was taken to be about.
    pub category: Option<String>,
    /// Where.
    pub place: Option<PlaceCode>,
}
