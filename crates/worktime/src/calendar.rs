//! A working calendar: which days are worked, when the office is open, and what the wall clock says there.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::{
    SignedDuration, Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use serde::Deserialize;

use crate::{
    Millis, TimeError,
    tally::{Tally, weekday},
};

/// Milliseconds of a day by the wall clock.
pub(crate) const DAY: i64 = 86_400_000;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Working days and office hours of one place, read from a rule pack by [`Calendar::parse`]. Cheap to clone.
///
/// Office hours are counted on the wall clock; the hour that a zone skips or repeats in spring and autumn is taken to
/// lie outside of them, as it does in every office.
#[derive(Clone)]
pub struct Calendar(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) id: String,
    pub(crate) title: Title,
    pub(crate) zone: TimeZone,
    pub(crate) day_ends: DayEnds,
    /// Office hours by weekday, Monday first, in order, none empty.
    pub(crate) hours: [Vec<Hours>; 7],
    /// One for each working day.
    pub(crate) days: Tally,
    /// Milliseconds of office time.
    pub(crate) office: Tally,
    /// Where each covered year was announced.
    pub(crate) years: BTreeMap<i16, Vec<String>>,
    pub(crate) holidays: Vec<Holiday>,
}

/// What people call a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// When the last day of a period ends (Civil Code of the PRC, art. 203: at 24:00, or where there are business hours,
/// when business stops).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum DayEnds {
    /// At 24:00, written as 23:59:59.999 so that the instant still belongs to its day.
    #[serde(rename = "24:00")]
    Midnight,
    /// When the office closes; a rest day, which has no office hours, at 24:00.
    #[serde(rename = "close")]
    Close,
}

/// A stretch of office hours, in milliseconds since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hours {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

pub(crate) struct Holiday {
    pub(crate) name: String,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Calendar {
    /// The name that rules know it by.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What people call it.
    pub fn title(&self) -> &Title {
        &self.0.title
    }

    /// When the last day of a period ends here.
    pub fn day_ends(&self) -> DayEnds {
        self.0.day_ends
    }

    /// Whether `date` is worked: holidays and make-up days of covered years, weekends alone in others.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.works(day_number(date))
    }

    /// Whether the holidays of `year` are known.
    pub fn covers(&self, year: i16) -> bool {
        self.0.years.contains_key(&year)
    }

    /// The addresses of the notices that announced the holidays of `year`; empty when it is not covered.
    pub fn sources(&self, year: i16) -> &[String] {
        self.0.years.get(&year).map_or(&[], Vec::as_slice)
    }

    /// The name of the holiday that `date` is part of.
    pub fn holiday(&self, date: Date) -> Option<&str> {
        let day = day_number(date);
        let holiday = self.0.holidays.iter().find(|holiday| (holiday.from..=holiday.to).contains(&day))?;
        Some(&holiday.name)
    }

    /// The date that the wall shows at an instant.
    pub fn date_of(&self, at: Millis) -> Date {
        date(self.local(at).0)
    }

    /// Reads a wall-clock time without an offset, as in `2011-07-01 01:32:33`. A time that the zone skips or repeats
    /// is read with the offset in force before the change.
    ///
    /// # Errors
    /// When the text is not a date and time.
    pub fn parse_local(&self, text: &str) -> Result<Millis, TimeError> {
        let wrong = || TimeError::local(text);
        let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
        let at = self.0.zone.to_ambiguous_timestamp(local).compatible().map_err(|_| wrong())?;
        Ok(Millis(at.as_millisecond()))
    }

    /// Prints an instant as the wall shows it, with offset and whole seconds: `2026-02-27T17:30:00+08:00`.
    pub fn rfc3339(&self, at: Millis) -> String {
        stamp(at).to_zoned_datetime(self.0.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The years from one instant to another whose holidays are not known.
    pub(crate) fn uncovered(&self, from: Millis, to: Millis) -> Vec<i16> {
        let years = self.date_of(from).year()..=self.date_of(to).year();
        years.filter(|year| !self.covers(*year)).collect()
    }

    pub(crate) fn works(&self, day: i64) -> bool {
        self.0.days.of(day) > 0
    }

    /// The day and the milliseconds since its midnight that the wall shows.
    pub(crate) fn local(&self, at: Millis) -> (i64, i64) {
        let at = stamp(at);
        let local = at.as_millisecond() + i64::from(self.0.zone.to_offset(at).seconds()) * 1000;
        (local.div_euclid(DAY), local.rem_euclid(DAY))
    }

    /// The instant at which the wall shows this.
    pub(crate) fn instant(&self, day: i64, since_midnight: i64) -> Millis {
        let local = Offset::UTC.to_datetime(stamp(Millis(day.saturating_mul(DAY).saturating_add(since_midnight))));
        let at = self.0.zone.to_ambiguous_timestamp(local).compatible();
        Millis(at.unwrap_or(Timestamp::MAX).as_millisecond())
    }

    /// The last instant of a day, as [`DayEnds`] has it.
    pub(crate) fn end_of(&self, day: i64) -> Millis {
        let close = match self.0.day_ends {
            DayEnds::Close if self.works(day) => self.hours(day).last().map_or(DAY, |last| last.to),
            DayEnds::Close | DayEnds::Midnight => DAY,
        };
        if close == DAY { self.instant(day + 1, 0).plus(-1) } else { self.instant(day, close) }
    }

    /// The instant at which `hundredths` (1..=100) of a day have passed; of its office hours where these end it.
    pub(crate) fn part_of(&self, day: i64, hundredths: i64) -> Millis {
        if hundredths == 100 {
            return self.end_of(day);
        }
        match self.0.day_ends {
            DayEnds::Close if self.works(day) => {
                self.instant(day, self.office_wall(day, self.0.office.of(day) * hundredths / 100))
            }
            DayEnds::Close | DayEnds::Midnight => self.instant(day, DAY / 100 * hundredths),
        }
    }

    /// Office time that had passed at an instant, in milliseconds from a fixed origin.
    pub(crate) fn office_before(&self, at: Millis) -> i64 {
        let (day, now) = self.local(at);
        let today: i64 = match self.works(day) {
            true => self.hours(day).iter().map(|hours| now.clamp(hours.from, hours.to) - hours.from).sum(),
            false => 0,
        };
        self.0.office.before(day) + today
    }

    /// The first instant at which that much office time has passed.
    pub(crate) fn office_instant(&self, total: i64) -> Millis {
        let day = self.0.office.reach(total);
        self.instant(day, self.office_wall(day, total - self.0.office.before(day)))
    }

    /// The wall-clock time at which `passed` milliseconds of a day's office hours are over.
    fn office_wall(&self, day: i64, mut passed: i64) -> i64 {
        for hours in self.hours(day) {
            if passed <= hours.to - hours.from {
                return hours.from + passed;
            }
            passed -= hours.to - hours.from;
        }
        DAY
    }

    fn hours(&self, day: i64) -> &[Hours] {
        &self.0.hours[weekday(day)]
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calendar").field(&self.0.id).finish()
    }
}

/// Days from 1970-01-01.
pub(crate) fn day_number(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

fn date(day: i64) -> Date {
    EPOCH.saturating_add(SignedDuration::from_hours(day * 24))
}

/// Saturates at the ends of the years that have four digits.
fn stamp(at: Millis) -> Timestamp {
    let (first, last) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    Timestamp::from_millisecond(at.0.clamp(first, last)).unwrap_or(Timestamp::MAX)
}
