//! Legal time: four units, calendars as data, deadlines, pauses. Pure: values in, values out.
//!
//! A [`Calendar`] says which days are worked and when the office is open; [`deadline`] says when a [`Limit`] ends,
//! [`point`] when a part of it is used, [`used`] how much of it is, [`held`] how long somebody had the case by the
//! plain clock.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod calendar;
mod deadline;
mod error;
mod file;
mod limit;
mod millis;
mod pause;
mod tally;

pub use calendar::{Calendar, DayEnds, Title};
pub use deadline::{Deadline, Used, deadline, on_time, point, used};
pub use error::{CalendarError, TimeError};
pub use jiff::civil::Date;
pub use limit::{Limit, LimitError, Unit};
pub use millis::{Millis, parse_rfc3339};
pub use pause::{Pause, held};
