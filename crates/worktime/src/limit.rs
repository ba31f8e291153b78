//! Limits as rules write them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The units in which a rule states a limit (Civil Code arts 200-201; working hours: GB/T 30428 practice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `m`: minutes by the clock, counted at once.
    ClockMinute,
    /// `h`: hours by the clock, counted at once.
    ClockHour,
    /// `d`: calendar days, counted from the next day.
    Day,
    /// `wh`: hours within office hours of working days.
    WorkHour,
    /// `wd`: working days, counted from the next day.
    WorkDay,
}

/// A length of legal time as a rule states it: `30m`, `2h`, `7d`, `4wh`, `5wd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Limit {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// A text that is not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a limit: write a number from 1 to 9999 and one of m, h, d, wh, wd, as in 2h or 5wd")]
pub struct LimitError(String);

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let wrong = || LimitError(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, unit) = text.split_at(digits);
        let unit = match unit {
            "m" => Unit::ClockMinute,
            "h" => Unit::ClockHour,
            "d" => Unit::Day,
            "wh" => Unit::WorkHour,
            "wd" => Unit::WorkDay,
            _ => return Err(wrong()),
        };
        match amount.parse() {
            Ok(amount @ 1..=9999) => Ok(Self { amount, unit }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::ClockMinute => "m",
            Unit::ClockHour => "h",
            Unit::Day => "d",
            Unit::WorkHour => "wh",
            Unit::WorkDay => "wd",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

impl TryFrom<String> for Limit {
    type Error = LimitError;

    fn try_from(text: String) -> Result<Self, LimitError> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        limit.to_string()
    }
}
