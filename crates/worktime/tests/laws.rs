//! What has to hold for every start, limit and pause.

mod common;

use common::{UNITS, boston, china, pause, restless};
use linli_worktime::{Calendar, Limit, Millis, Pause, Unit, Used, deadline, parse_rfc3339, point, used};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const YEAR: i64 = 365 * 24 * HOUR;

fn calendars() -> impl Strategy<Value = Calendar> {
    let all = [china(), boston(), restless()];
    (0..all.len()).prop_map(move |i| all[i].clone())
}

/// 2017 to 2028: a year more on either side than the pack covers.
fn starts() -> impl Strategy<Value = Millis> {
    prop_oneof![
        (1_483_200_000_000..1_483_200_000_000 + 12 * YEAR).prop_map(Millis),
        (412_000_i64..516_000).prop_map(|hour| Millis(hour * HOUR)),
    ]
}

fn limits() -> impl Strategy<Value = Limit> {
    (1_u32..=60, 0..UNITS.len()).prop_map(|(amount, i)| Limit { amount, unit: UNITS[i] })
}

/// Lengths from minutes to weeks after some instant, some on the hour; they overlap and touch at times.
fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let span = prop_oneof![
        (-24..600_i64, 0..72_i64).prop_map(|(from, length)| (from * HOUR, length * HOUR)),
        (0..40 * 24 * HOUR, 0..10 * 24 * HOUR),
        (0..4 * HOUR, 0..2 * HOUR),
    ];
    proptest::collection::vec(span, 0..5)
}

/// A limit in days and how long after its start a pause begins: hardly ever after the limit has run out, so that few
/// draws are thrown away.
fn days_and_an_hour_within() -> impl Strategy<Value = (u32, i64)> {
    (1_u32..40).prop_flat_map(|days| (Just(days), 0..i64::from(days) * 24 * HOUR))
}

fn placed(start: Millis, pauses: &[(i64, i64)]) -> Vec<Pause> {
    pauses.iter().map(|(from, length)| pause(start.plus(*from), Some(start.plus(from + length)))).collect()
}

fn end(calendar: &Calendar, start: Millis, limit: Limit, pauses: &[Pause]) -> Millis {
    deadline(calendar, start, limit, pauses).at.expect("every pause is over")
}

/// A quantity of a unit as `used` counts it.
fn amount(limit: Limit) -> i64 {
    let size = match limit.unit {
        Unit::ClockMinute => 60_000,
        Unit::ClockHour | Unit::WorkHour => HOUR,
        Unit::Day | Unit::WorkDay => 1,
    };
    i64::from(limit.amount) * size
}

fn plain(used: Used) -> i64 {
    match used {
        Used::Time(n) | Used::Days(n) => n,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_later_start_never_ends_earlier(calendar in calendars(), start in starts(), later in 0..4 * 24 * HOUR, limit in limits(), pauses in pauses()) {
        let pauses = placed(start, &pauses);
        prop_assert!(end(&calendar, start, limit, &pauses) <= end(&calendar, start.plus(later), limit, &pauses));
    }

    #[test]
    fn a_longer_limit_never_ends_earlier(calendar in calendars(), start in starts(), limit in limits(), more in 1_u32..20, pauses in pauses()) {
        let pauses = placed(start, &pauses);
        let longer = Limit { amount: limit.amount + more, ..limit };
        let (short, long) = (end(&calendar, start, limit, &pauses), end(&calendar, start, longer, &pauses));
        // Calendar days that end in the same stretch of rest days move to the same day.
        prop_assert!(short < long || (limit.unit == Unit::Day && short == long));
    }

    /// Measured by the same unit: the deadline with pauses is as far away as the limit and the paused time together.
    /// For calendar days this is stated where every day is worked, since elsewhere the end moves off rest days.
    #[test]
    fn a_pause_adds_exactly_its_length(calendar in calendars(), start in starts(), limit in limits(), pauses in pauses()) {
        prop_assume!(limit.unit != Unit::Day || calendar.id() == "restless");
        let pauses = placed(start, &pauses);
        let at = end(&calendar, start, limit, &pauses);
        let passed = |from, to| plain(used(&calendar, start, to, &[], limit.unit)) - plain(used(&calendar, start, from, &[], limit.unit));
        let mut paused = 0;
        let mut reached = start;
        let mut spans: Vec<_> = pauses.iter().map(|p| (p.from.max(start), p.to.expect("over"))).collect();
        spans.sort();
        for (from, to) in spans.into_iter().filter(|(from, _)| *from < at) {
            paused += passed(from.max(reached), to.max(reached));
            reached = reached.max(to);
        }
        prop_assert_eq!(passed(start, at), amount(limit) + paused);
        prop_assert_eq!(plain(used(&calendar, start, at, &pauses, limit.unit)), amount(limit));
    }

    /// One pause of so many days is the same as a limit that is so many days longer, rest days or not.
    #[test]
    fn paused_days_lengthen_the_limit(calendar in calendars(), start in starts(), (days, from) in days_and_an_hour_within(), work in any::<bool>(), length in 0..20 * 24 * HOUR) {
        let unit = if work { Unit::WorkDay } else { Unit::Day };
        let (from, to) = (start.plus(from), start.plus(from + length));
        let until = |at| plain(used(&calendar, start, at, &[], unit));
        prop_assume!(until(from) < i64::from(days));
        let longer = Limit { amount: days + (until(to) - until(from)) as u32, unit };
        let paused = end(&calendar, start, Limit { amount: days, unit }, &[pause(from, Some(to))]);
        prop_assert_eq!(paused, end(&calendar, start, longer, &[]));
    }

    #[test]
    fn a_deadline_never_falls_into_a_pause(calendar in calendars(), start in starts(), limit in limits(), pauses in pauses(), percent in 1_u8..=100) {
        let pauses = placed(start, &pauses);
        let at = end(&calendar, start, limit, &pauses);
        for pause in &pauses {
            prop_assert!(at <= pause.from || pause.to.is_some_and(|to| to < at || to <= pause.from));
        }
        let at = point(&calendar, start, limit, &pauses, percent).expect("over");
        for pause in &pauses {
            prop_assert!(at <= pause.from || pause.to.is_some_and(|to| to <= at));
        }
    }

    /// For calendar days the move off a rest day happens once, at the end: the split is at a day that is worked.
    #[test]
    fn splitting_a_limit_gives_the_same_end(calendar in calendars(), start in starts(), limit in limits(), more in 1_u32..40, pauses in pauses()) {
        let pauses = placed(start, &pauses);
        let middle = end(&calendar, start, limit, &pauses);
        let moved = plain(used(&calendar, start, middle, &pauses, limit.unit)) != amount(limit);
        prop_assume!(!(limit.unit == Unit::Day && moved));
        let whole = Limit { amount: limit.amount + more, ..limit };
        let rest = Limit { amount: more, ..limit };
        prop_assert_eq!(end(&calendar, start, whole, &pauses), end(&calendar, middle, rest, &pauses));
    }

    /// …and where the middle is any day at all, counted without the move.
    #[test]
    fn calendar_days_split_before_the_move(calendar in calendars(), start in starts(), days in 1_u32..40, more in 1_u32..40) {
        let day = |amount| Limit { amount, unit: Unit::Day };
        let middle = calendar.date_of(start).to_datetime(jiff::civil::time(12, 0, 0, 0))
            .checked_add(jiff::Span::new().days(days)).expect("a date");
        let middle = calendar.parse_local(&middle.to_string()).expect("noon");
        prop_assert_eq!(end(&calendar, start, day(days + more), &[]), end(&calendar, middle, day(more), &[]));
    }

    #[test]
    fn points_rise_to_the_deadline(calendar in calendars(), start in starts(), limit in limits(), pauses in pauses(), one in 0_u8..=100, other in 0_u8..=100) {
        let pauses = placed(start, &pauses);
        let at = |percent| point(&calendar, start, limit, &pauses, percent).expect("over");
        prop_assert!(at(one.min(other)) <= at(one.max(other)));
        prop_assert_eq!(at(100), end(&calendar, start, limit, &pauses));
        prop_assert_eq!(at(0), start);
        // Points are where that part of the limit is used.
        let used = plain(used(&calendar, start, at(one), &pauses, limit.unit));
        prop_assert!(used >= amount(limit) * i64::from(one) / 100);
    }

    #[test]
    fn days_end_on_working_days_and_years_are_named(calendar in calendars(), start in starts(), limit in limits(), pauses in pauses()) {
        let due = deadline(&calendar, start, limit, &placed(start, &pauses));
        let at = due.at.expect("over");
        let last = calendar.date_of(at);
        match limit.unit {
            Unit::ClockMinute | Unit::ClockHour => prop_assert!(due.uncovered.is_empty()),
            Unit::Day | Unit::WorkDay | Unit::WorkHour => {
                let years = calendar.date_of(start).year()..=last.year();
                let unknown: Vec<i16> = years.filter(|year| !calendar.covers(*year)).collect();
                prop_assert_eq!(due.uncovered, unknown);
            }
        }
        if matches!(limit.unit, Unit::Day | Unit::WorkDay) {
            prop_assert!(calendar.is_working_day(last));
            prop_assert!(last > calendar.date_of(start));
        }
    }

    #[test]
    fn text_and_back(calendar in calendars(), seconds in 1_483_200_000_i64..1_900_000_000) {
        let at = Millis(seconds * 1000);
        prop_assert_eq!(parse_rfc3339(&calendar.rfc3339(at)).expect("our own text"), at);
    }

    #[test]
    fn limits_print_as_they_are_read(limit in limits()) {
        prop_assert_eq!(limit.to_string().parse::<Limit>().expect("our own text"), limit);
    }

    /// Whatever the file or the caller says, there is an answer and no panic.
    #[test]
    fn no_instant_is_too_far(calendar in calendars(), start in any::<i64>(), from in any::<i64>(), to in any::<i64>(), amount in any::<u32>(), i in 0..UNITS.len(), percent in any::<u8>()) {
        let limit = Limit { amount, unit: UNITS[i] };
        let pauses = [pause(Millis(from), Some(Millis(to)))];
        deadline(&calendar, Millis(start), limit, &pauses);
        point(&calendar, Millis(start), limit, &pauses, percent);
        used(&calendar, Millis(start), Millis(to), &pauses, limit.unit);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        if let Err(error) = Calendar::parse("x", &text) {
            prop_assert!(!error.reason.is_empty());
        }
    }
}
