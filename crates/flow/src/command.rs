//! What can be asked of a case, and why it may be refused.

use linli_worktime::Millis;
use serde::{Deserialize, Serialize};

use crate::{
    event::{Actor, Timed},
    text::Text,
    value::{Fields, Form},
};

/// Something that is asked of a case. Each that is granted gives one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Open the case.
    Open {
        /// The version of the rule pack that it keeps.
        pack: String,
        /// What is known from the start.
        fields: Fields,
    },
    /// Perform an act of an open step.
    Act {
        /// The step.
        step: String,
        /// Which of its parts; empty unless the step is one for each of a list.
        #[serde(default)]
        key: String,
        /// The act.
        act: String,
        /// What was filled in.
        #[serde(default)]
        form: Form,
        /// The `opened_seq` of the step that the actor looked at, when known.
        #[serde(default)]
        seen: Option<u64>,
    },
    /// Perform a side act.
    Side {
        /// The act.
        act: String,
        /// What was filled in.
        #[serde(default)]
        form: Form,
    },
    /// Perform a cancelling act.
    Cancel {
        /// The act.
        act: String,
        /// What was filled in.
        #[serde(default)]
        form: Form,
    },
    /// A level of a limit fell due.
    Late {
        /// Of which step or clock.
        of: Timed,
        /// The level, in percent of the limit.
        level: u8,
    },
}

/// Why a command was refused. It is data; the program puts it into words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// Somebody else closed the step.
    #[error("`{step}` was already closed by `{act}`")]
    Closed {
        /// The step.
        step: String,
        /// Who closed it.
        by: Box<Actor>,
        /// When.
        at: Millis,
        /// With which act.
        act: String,
    },
    /// The step was closed and opened again since the actor looked at it.
    #[error("`{step}` was opened again since it was looked at")]
    Stale {
        /// The step.
        step: String,
        /// Since when it is open again.
        since: Millis,
    },
    /// The step is not open.
    #[error("`{step}` is not open")]
    NotOpen {
        /// The step.
        step: String,
    },
    /// The case is opened already.
    #[error("the case is opened already")]
    AlreadyOpened,
    /// The case is not opened yet.
    #[error("the case is not opened yet")]
    NotOpened,
    /// The case is over.
    #[error("the case is over")]
    Ended {
        /// What became of it.
        outcome: Option<String>,
    },
    /// The flow has no such step, act, side act, cancelling act, clock or level.
    #[error("the flow has no `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The act is not possible as the case stands.
    #[error("`{act}` is not possible now")]
    Guard {
        /// The act.
        act: String,
        /// Why, in the flow's words.
        why: Text,
    },
    /// A side act or a cancelling act is not possible in the steps that are open.
    #[error("`{act}` is not possible in the steps that are open")]
    NotDuring {
        /// The act.
        act: String,
    },
    /// The form is not right.
    #[error("the field `{field}`: {problem}")]
    Form {
        /// The field.
        field: String,
        /// What is wrong with it.
        problem: FormProblem,
    },
    /// This level fell due already.
    #[error("level {level} fell due already")]
    AlreadyFired {
        /// The level.
        level: u8,
    },
    /// The clock does not run: the case is settled, or the clock counts only during other steps.
    #[error("the clock `{clock}` does not run")]
    ClockStopped {
        /// The clock.
        clock: String,
    },
    /// The case is in a state that its flow cannot reach: it belongs to another flow or version.
    #[error("the case is in a state that this flow cannot reach: `{step}`")]
    Foreign {
        /// The step where it shows.
        step: String,
    },
}

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum FormProblem {
    /// It has to be filled in.
    #[error("missing")]
    Missing,
    /// The value is of another kind.
    #[error("a value of another kind")]
    WrongType,
    /// Not one of the choices.
    #[error("not one of the choices")]
    NotAChoice,
    /// Not a day of the calendar written as `2026-03-01`.
    #[error("not a date")]
    NotADate,
    /// The same org twice.
    #[error("the same value twice")]
    Twice,
    /// The form of this act has no such field.
    #[error("not a field of this form")]
    NotInForm,
}
