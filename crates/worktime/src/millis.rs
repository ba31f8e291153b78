//! Instants.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TimeError;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The instant `ms` milliseconds later (earlier when negative); saturates at the ends of time.
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Reads an instant with an offset, as in `2026-02-27T17:30:00+08:00`; cuts off what is finer than a millisecond.
///
/// # Errors
/// When the text is not a date, a time and an offset.
pub fn parse_rfc3339(text: &str) -> Result<Millis, TimeError> {
    let at: Timestamp = text.parse().map_err(|_| TimeError::rfc3339(text))?;
    Ok(Millis(at.as_millisecond()))
}
