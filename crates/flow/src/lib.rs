//! Flows: how a kind of case travels. A flow is a workflow net written in TOML; [`load`] reads it and proves it sound,
//! [`decide`] turns a command into one event, [`Case`] is what the events imply, [`draw`] shows the flow as a picture.
//!
//! Everything here is pure: a value in, a value out. There is no clock, no calendar and no database; who may act for
//! whom, and when a limit falls due, is decided by the caller from what is given here.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod case;
mod check;
mod clock;
mod command;
mod decide;
mod definition;
mod draw;
mod event;
mod form;
mod guard;
mod net;
mod parse;
mod problem;
mod read;
mod rules;
mod soundness;
mod text;
mod value;
mod who;

pub use case::{Case, Closing, OpenStep};
pub use clock::{ClockFacts, Pause, Span, clock_facts};
pub use command::{Command, FormProblem, Refusal};
pub use decide::decide;
pub use definition::{
    Act, Branch, Cancel, Cancels, Clock, Definition, Follows, FormField, Gate, Goes, Late, Side, Step, Turn, Way,
    Within,
};
pub use draw::draw;
pub use event::{Actor, Change, Event, Instance, Opening, Timed, Token, What};
pub use guard::{Guard, GuardError};
pub use problem::Problem;
pub use read::{World, load};
pub use text::Text;
pub use value::{FieldKind, Fields, Form, Value};
pub use who::{Deed, SpecError, Target, Who};
