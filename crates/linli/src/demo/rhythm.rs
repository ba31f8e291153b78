//! When things happen: what the day, the week and the year do to what people report, and when offices are open. Times of
//! day are China's, eight hours ahead of UTC all year.

use jiff::civil::Date;
use linli_worktime::Millis;

use super::chance::Chance;

/// A minute, milliseconds.
pub const MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day.
pub const DAY: i64 = 24 * HOUR;
const AHEAD: i64 = 8 * HOUR;

/// The day of an instant, from 1970 on.
pub fn day(at: Millis) -> i64 {
    (at.0 + AHEAD).div_euclid(DAY)
}

/// When a day begins.
pub fn starts(day: i64) -> Millis {
    Millis(day * DAY - AHEAD)
}

/// The date of a day.
pub fn date(day: i64) -> Date {
    let first = Date::constant(1970, 1, 1);
    first.checked_add(jiff::Span::new().days(day)).unwrap_or(first)
}

/// Monday is 0.
pub fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

/// How much is reported on a day of the week: Mondays most.
pub fn of_the_week(day: i64) -> f64 {
    [1.24, 1.1, 1.05, 1.0, 1.02, 0.82, 0.77][usize::try_from(weekday(day)).unwrap_or_default()]
}

/// When in the day people say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hours {
    /// Through the day, most in the morning.
    #[default]
    Day,
    /// After work.
    Evening,
    /// Late.
    Night,
    /// Early.
    Morning,
}

impl Hours {
    fn weights(self) -> [u8; 24] {
        match self {
            Self::Day => [1, 0, 0, 0, 0, 1, 3, 7, 14, 18, 17, 13, 7, 8, 13, 15, 13, 10, 8, 7, 6, 4, 3, 1],
            Self::Evening => [2, 1, 0, 0, 0, 1, 2, 5, 7, 7, 6, 5, 4, 4, 5, 6, 7, 11, 17, 20, 18, 13, 8, 4],
            Self::Night => [12, 9, 5, 2, 1, 1, 2, 3, 4, 4, 3, 3, 2, 2, 3, 3, 3, 4, 6, 9, 14, 20, 24, 20],
            Self::Morning => [0, 0, 0, 0, 1, 4, 12, 20, 19, 14, 10, 7, 4, 4, 6, 7, 6, 5, 4, 3, 2, 1, 1, 0],
        }
    }

    /// A moment of the day.
    pub fn moment(self, chance: &mut Chance) -> i64 {
        let hours: Vec<(i64, u8)> = (0..24).zip(self.weights()).collect();
        let hour = chance.weighed(&hours, |(_, weight)| f64::from(*weight)).map_or(10, |(hour, _)| *hour);
        hour * HOUR + chance.between(0, HOUR - 1)
    }
}

/// When somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// An office: weekdays.
    Office,
    /// Every day, from early to late: property firms, works, the desk.
    Daily,
    /// Round the clock.
    Always,
}

impl Open {
    /// The instant itself when they work then, otherwise a little after they open next.
    pub fn next(self, at: Millis, chance: &mut Chance) -> Millis {
        let (opens, closes) = match self {
            Self::Always => return at,
            Self::Office => (8 * HOUR + 30 * MINUTE, 18 * HOUR),
            Self::Daily => (7 * HOUR + 30 * MINUTE, 20 * HOUR),
        };
        let mut on = day(at);
        let time = at.0 + AHEAD - on * DAY;
        let works = |on: i64| self == Self::Daily || weekday(on) < 5;
        if works(on) && (opens..closes).contains(&time) {
            return at;
        }
        if time >= closes || !works(on) {
            on += 1;
        }
        while !works(on) {
            on += 1;
        }
        starts(on).plus(opens + chance.between(2 * MINUTE, 80 * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_wait_for_monday() {
        let mut chance = Chance::new(1, "test");
        let friday = Millis(linli_worktime::parse_rfc3339("2026-03-06T19:00:00+08:00").unwrap().0);
        let next = Open::Office.next(friday, &mut chance);
        assert_eq!(date(day(next)), Date::constant(2026, 3, 9));
        assert_eq!(weekday(day(next)), 0);
        assert_eq!(date(day(Open::Daily.next(friday, &mut chance))), Date::constant(2026, 3, 6));
        assert_eq!(Open::Always.next(friday, &mut chance), friday);
    }

    proptest::proptest! {
        #[test]
        fn the_next_opening_is_open_and_not_before(at in 1_600_000_000_000_i64..1_900_000_000_000) {
            for open in [Open::Office, Open::Daily, Open::Always] {
                let mut chance = Chance::new(at.cast_unsigned(), "test");
                let next = open.next(Millis(at), &mut chance);
                proptest::prop_assert!(next.0 >= at && next.0 - at <= 4 * DAY);
                proptest::prop_assert_eq!(open.next(next, &mut chance), next);
            }
        }
    }
}
