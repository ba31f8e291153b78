//! Who a flow speaks of, and what it does when a limit falls due; both are written as short words in the file.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Somebody, as a flow names them. Who that is in person is for the engine to say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Who {
    /// `role:NAME`: whoever holds a seat with this role over the case's place.
    Role(String),
    /// `case.FIELD`: the org or orgs that this field of the case names, as in `case.unit`.
    Field(String),
    /// `case.reporter`: who reported the case.
    Reporter,
    /// `system`: the program itself.
    System,
}

/// Whom a reminder goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// `owner`: who owns the step; for a case clock or a side act, who owns each open step.
    StepOwner,
    /// Somebody named.
    Who(Who),
}

/// What is done when a level of a limit falls due, or at once by a side act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Deed {
    /// `remind:owner`, `remind:case.unit`: tell them.
    Remind(Target),
    /// `escalate:role:NAME`: bring it before somebody higher.
    Escalate(Who),
    /// `do:ACT`: the system performs this act of the step.
    Do(String),
}

/// A word that is neither somebody nor a deed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not somebody.
    #[error("`{0}` is nobody: write role:NAME, case.unit, case.reporter or system")]
    Who(String),
    /// Not a deed.
    #[error("`{0}` is not a deed: write remind:owner, remind:role:NAME, escalate:role:NAME or do:ACT")]
    Deed(String),
}

impl FromStr for Who {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if let Some(role) = text.strip_prefix("role:").filter(|role| !role.is_empty()) {
            return Ok(Self::Role(role.to_owned()));
        }
        match text.strip_prefix("case.") {
            Some("reporter") => Ok(Self::Reporter),
            Some(field) if !field.is_empty() => Ok(Self::Field(field.to_owned())),
            None if text == "system" => Ok(Self::System),
            _ => Err(SpecError::Who(text.to_owned())),
        }
    }
}

impl FromStr for Target {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        match text {
            "owner" => Ok(Self::StepOwner),
            _ => text.parse().map(Self::Who),
        }
    }
}

impl FromStr for Deed {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        match text.split_once(':') {
            Some(("remind", target)) => target.parse().map(Self::Remind),
            Some(("escalate", who)) => who.parse().map(Self::Escalate),
            Some(("do", act)) if !act.is_empty() => Ok(Self::Do(act.to_owned())),
            _ => Err(SpecError::Deed(text.to_owned())),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "role:{role}"),
            Self::Field(field) => write!(f, "case.{field}"),
            Self::Reporter => f.write_str("case.reporter"),
            Self::System => f.write_str("system"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepOwner => f.write_str("owner"),
            Self::Who(who) => who.fmt(f),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remind(target) => write!(f, "remind:{target}"),
            Self::Escalate(who) => write!(f, "escalate:{who}"),
            Self::Do(act) => write!(f, "do:{act}"),
        }
    }
}

macro_rules! written_as_text {
    ($($kind:ty),*) => {$(
        impl TryFrom<String> for $kind {
            type Error = SpecError;

            fn try_from(text: String) -> Result<Self, SpecError> {
                text.parse()
            }
        }

        impl From<$kind> for String {
            fn from(spec: $kind) -> Self {
                spec.to_string()
            }
        }
    )*};
}

written_as_text!(Who, Target, Deed);
