//! When a limit ends, how far it is used, and what pauses do to it.
//!
//! Every unit is a *count* that grows with time: milliseconds of the clock, milliseconds of office time, or day ends
//! passed. A limit ends when the count has grown by its amount; a pause adds exactly what the count grew by meanwhile.

use crate::{
    Calendar, Limit, Millis, Pause, Unit,
    pause::{Span, merged},
};

/// The end of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The last instant in time; `None` while a pause lasts that began before it, since nobody knows it then.
    pub at: Option<Millis>,
    /// Years that were stepped over with weekends alone, because the calendar lacks their holidays. Empty for clock
    /// minutes and hours, which ask no calendar. While `at` is `None`, only the year of the start is looked at.
    pub uncovered: Vec<i16>,
}

/// Legal time that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// Milliseconds of clock time or office time, for limits in minutes, hours and working hours.
    Time(i64),
    /// Whole days, for limits in days and working days.
    Days(i64),
}

/// Whether something done at one instant was in time for another: the last instant still is.
pub fn on_time(done: Millis, due: Millis) -> bool {
    done <= due
}

/// When a limit that begins at `start` ends.
///
/// Civil Code of the PRC, arts. 201 and 203: minutes and hours start at once; days and working days start with the
/// next day and end as [`DayEnds`](crate::DayEnds) has it; calendar days whose last one is a rest day end with the
/// first working day after. Working hours pass only while the office is open, and end at its close rather than at
/// the next opening.
///
/// Pauses that overlap count once; what lies before the count begins, or starts when the limit is over, does nothing.
/// A pause adds its clock time, its office time, or the number of (working) day ends in it: **a day counts unless the
/// clock stood still when it ended**. So a deadline never falls into a pause.
pub fn deadline(calendar: &Calendar, start: Millis, limit: Limit, pauses: &[Pause]) -> Deadline {
    let at = point(calendar, start, limit, pauses, 100);
    let uncovered = match limit.unit {
        Unit::ClockMinute | Unit::ClockHour => Vec::new(),
        Unit::Day | Unit::WorkHour | Unit::WorkDay => calendar.uncovered(start, at.unwrap_or(start)),
    };
    Deadline { at, uncovered }
}

/// The instant at which `percent` of a limit is used: 0 is `start`, 100 (and more) the deadline, `None` while a pause
/// lasts that began before it. Part of a day is that part of its office hours where these end it, else of its 24
/// hours; calendar days move off a rest day only at 100.
pub fn point(calendar: &Calendar, start: Millis, limit: Limit, pauses: &[Pause], percent: u8) -> Option<Millis> {
    let percent = percent.min(100);
    let count = Count { calendar, unit: limit.unit };
    let amount = i64::from(limit.amount) * count.size() * i64::from(percent) / 100;
    if amount == 0 {
        return Some(start);
    }
    let begin = count.begin(start);
    let pauses = merged(ends(pauses), begin, Millis(i64::MAX));
    let end = count.run(count.read(begin).saturating_add(amount), &pauses)?;
    match limit.unit {
        Unit::Day if percent == 100 => {
            let later = pauses.partition_point(|pause| pause.from < end);
            let days = Count { calendar, unit: Unit::WorkDay };
            let (last, _) = calendar.local(end);
            days.run((calendar.0.days.before(last) + 1) * days.size(), &pauses[later..])
        }
        _ => Some(end),
    }
}

/// How much legal time passed from `start` until another instant, without pauses; nothing when `until` is earlier.
pub fn used(calendar: &Calendar, start: Millis, until: Millis, pauses: &[Pause], unit: Unit) -> Used {
    let count = Count { calendar, unit };
    let begin = count.begin(start);
    let paused = merged(ends(pauses), begin, until);
    let paused = paused.iter().fold(0, |sum: i64, pause| sum.saturating_add(count.grown(pause.from, pause.to)));
    let total = count.grown(begin, until).saturating_sub(paused).max(0);
    match unit {
        Unit::Day | Unit::WorkDay => Used::Days(total / count.size()),
        Unit::ClockMinute | Unit::ClockHour | Unit::WorkHour => Used::Time(total),
    }
}

fn ends(pauses: &[Pause]) -> impl Iterator<Item = (Millis, Option<Millis>)> {
    pauses.iter().map(|pause| (pause.from, pause.to))
}

/// The count behind a unit: days in hundredths, so that a percentage of a limit is whole; all else in milliseconds.
struct Count<'a> {
    calendar: &'a Calendar,
    unit: Unit,
}

impl Count<'_> {
    /// How much one of the unit is.
    fn size(&self) -> i64 {
        match self.unit {
            Unit::ClockMinute => 60_000,
            Unit::ClockHour | Unit::WorkHour => 3_600_000,
            Unit::Day | Unit::WorkDay => 100,
        }
    }

    /// Where counting begins: days after the end of the day of the start, all else at once.
    fn begin(&self, start: Millis) -> Millis {
        match self.unit {
            Unit::ClockMinute | Unit::ClockHour | Unit::WorkHour => start,
            Unit::Day | Unit::WorkDay => self.calendar.end_of(self.calendar.local(start).0),
        }
    }

    /// The count at an instant, from a fixed origin; never falls.
    fn read(&self, at: Millis) -> i64 {
        let day_ends = |before: &dyn Fn(i64) -> i64| {
            let (day, _) = self.calendar.local(at);
            self.size() * before(if self.calendar.end_of(day) <= at { day + 1 } else { day })
        };
        match self.unit {
            Unit::ClockMinute | Unit::ClockHour => at.0,
            Unit::WorkHour => self.calendar.office_before(at),
            Unit::Day => day_ends(&|day| day),
            Unit::WorkDay => day_ends(&|day| self.calendar.0.days.before(day)),
        }
    }

    /// By how much the count grows between two instants.
    fn grown(&self, from: Millis, to: Millis) -> i64 {
        self.read(to).saturating_sub(self.read(from))
    }

    /// The first instant at which the count is this; in days, with parts of a day.
    fn at(&self, count: i64) -> Millis {
        let part_of = |day: &dyn Fn(i64) -> i64| {
            let whole = (count - 1).div_euclid(self.size());
            self.calendar.part_of(day(whole + 1), count - whole * self.size())
        };
        match self.unit {
            Unit::ClockMinute | Unit::ClockHour => Millis(count),
            Unit::WorkHour => self.calendar.office_instant(count),
            Unit::Day => part_of(&|nth| nth - 1),
            Unit::WorkDay => part_of(&|nth| self.calendar.0.days.reach(nth)),
        }
    }

    /// The instant at which the count is `target`, moved on by every pause that begins before it.
    fn run(&self, mut target: i64, pauses: &[Span]) -> Option<Millis> {
        let mut end = self.at(target);
        for pause in pauses {
            if pause.from >= end {
                break;
            }
            if pause.to == Millis(i64::MAX) {
                return None;
            }
            target = target.saturating_add(self.grown(pause.from, pause.to));
            // Only part of a day can land in a pause; it is reached when the pause ends.
            end = self.at(target).max(pause.to);
        }
        Some(end)
    }
}
