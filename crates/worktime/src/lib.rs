//! Legal time: four units, calendars as data, deadlines, pauses. Pure: values in, values out.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod limit;
mod millis;

pub use limit::{Limit, LimitError, Unit};
pub use millis::Millis;
