//! The rules of the Civil Code and the notices, case by case.

mod common;

use common::{at, boston, china, limit, parse, pause};
use linli_worktime::{Calendar, DayEnds, Used, deadline, held, parse_rfc3339, point, used};

fn end(calendar: &Calendar, start: &str, within: &str) -> String {
    let due = deadline(calendar, at(start), limit(within), &[]);
    calendar.rfc3339(due.at.expect("no pause"))
}

#[test]
fn deadlines() {
    let calendar = china();
    for (why, start, within, expected) in [
        (
            "hours start at once, nights and holidays included",
            "2026-02-16T23:30:00+08:00",
            "2h",
            "2026-02-17T01:30:00+08:00",
        ),
        ("minutes too", "2026-02-16T23:30:00+08:00", "45m", "2026-02-17T00:15:00+08:00"),
        ("Feb 14 is made up, 15-23 are off", "2026-02-13T10:00:00+08:00", "5wd", "2026-02-27T17:30:00+08:00"),
        ("the sixth is the made-up Saturday", "2026-02-13T10:00:00+08:00", "6wd", "2026-02-28T17:30:00+08:00"),
        (
            "from a rest day, the first working day is day one",
            "2026-02-18T10:00:00+08:00",
            "1wd",
            "2026-02-24T17:30:00+08:00",
        ),
        (
            "the day of the start is not counted, however early",
            "2026-03-02T00:00:00+08:00",
            "1wd",
            "2026-03-03T17:30:00+08:00",
        ),
        ("nor however late", "2026-03-02T23:59:59+08:00", "1wd", "2026-03-03T17:30:00+08:00"),
        ("calendar days run through the weekend", "2026-03-03T09:00:00+08:00", "7d", "2026-03-10T17:30:00+08:00"),
        ("the last day is a Saturday", "2026-03-07T09:00:00+08:00", "7d", "2026-03-16T17:30:00+08:00"),
        ("the last day is in Spring Festival", "2026-02-13T09:00:00+08:00", "7d", "2026-02-24T17:30:00+08:00"),
        ("the last day is a made-up Saturday", "2026-02-21T09:00:00+08:00", "7d", "2026-02-28T17:30:00+08:00"),
        ("working hours skip lunch", "2026-03-03T11:00:00+08:00", "2wh", "2026-03-03T14:30:00+08:00"),
        (
            "they end at the close, not at the next opening",
            "2026-03-03T13:30:00+08:00",
            "4wh",
            "2026-03-03T17:30:00+08:00",
        ),
        ("they go on in the morning", "2026-03-03T17:00:00+08:00", "1wh", "2026-03-04T09:30:00+08:00"),
        (
            "they run on a made-up Saturday and stop for the festival",
            "2026-02-14T16:30:00+08:00",
            "2wh",
            "2026-02-24T10:00:00+08:00",
        ),
        (
            "a time that the office sleeps through costs nothing",
            "2026-03-07T03:00:00+08:00",
            "1wh",
            "2026-03-09T10:00:00+08:00",
        ),
    ] {
        assert_eq!(end(&calendar, start, within), expected, "{why}: {start} + {within}");
    }
}

#[test]
fn a_day_that_ends_at_midnight_still_owns_its_end() {
    let calendar = boston();
    let due = deadline(&calendar, at("2026-03-06T10:00:00-05:00"), limit("1wd"), &[]).at.expect("no pause");
    assert_eq!(calendar.rfc3339(due), "2026-03-09T23:59:59-04:00");
    assert_eq!(due.plus(1), at("2026-03-10T00:00:00-04:00"));
    assert_eq!(calendar.date_of(due).to_string(), "2026-03-09");
    assert_eq!((calendar.day_ends(), china().day_ends()), (DayEnds::Midnight, DayEnds::Close));
    // Two hours on the night that skips one.
    assert_eq!(end(&calendar, "2026-03-08T01:30:00-05:00", "2h"), "2026-03-08T04:30:00-04:00");
}

#[test]
fn a_year_without_a_notice_is_named() {
    let calendar = china();
    let due = deadline(&calendar, at("2026-12-28T10:00:00+08:00"), limit("10wd"), &[]);
    assert_eq!(due.uncovered, [2027]);
    assert_eq!(calendar.rfc3339(due.at.expect("no pause")), "2027-01-11T17:30:00+08:00");
    assert_eq!(deadline(&calendar, at("2026-11-28T10:00:00+08:00"), limit("600d"), &[]).uncovered, [2027, 2028]);
    assert_eq!(deadline(&calendar, at("2026-12-31T10:00:00+08:00"), limit("999h"), &[]).uncovered, [0_i16; 0]);
    assert_eq!(deadline(&calendar, at("2026-12-01T10:00:00+08:00"), limit("10wd"), &[]).uncovered, [0_i16; 0]);
}

/// Why; a limit from Monday 2026-03-02, 10:00; a pause; the end.
const PAUSES: &[[&str; 5]] = &[
    ["clock time", "4h", "2026-03-02T11:00:00+08:00", "2026-03-02T12:30:00+08:00", "2026-03-02T15:30:00+08:00"],
    [
        "lunch costs no working hour",
        "4wh",
        "2026-03-02T12:00:00+08:00",
        "2026-03-02T13:30:00+08:00",
        "2026-03-02T15:30:00+08:00",
    ],
    [
        "an afternoon and a morning",
        "6wh",
        "2026-03-02T16:30:00+08:00",
        "2026-03-03T10:00:00+08:00",
        "2026-03-03T11:00:00+08:00",
    ],
    [
        "an hour within a day adds no day",
        "5wd",
        "2026-03-04T10:00:00+08:00",
        "2026-03-04T11:00:00+08:00",
        "2026-03-09T17:30:00+08:00",
    ],
    [
        "a night adds the day that ended in it",
        "5wd",
        "2026-03-04T17:00:00+08:00",
        "2026-03-05T09:00:00+08:00",
        "2026-03-10T17:30:00+08:00",
    ],
    [
        "a closed office has no day end",
        "5wd",
        "2026-03-04T18:00:00+08:00",
        "2026-03-05T09:00:00+08:00",
        "2026-03-09T17:30:00+08:00",
    ],
    [
        "a weekend adds no working day",
        "5wd",
        "2026-03-06T18:00:00+08:00",
        "2026-03-09T08:00:00+08:00",
        "2026-03-09T17:30:00+08:00",
    ],
    [
        "a limit that was over before",
        "4d",
        "2026-03-06T18:00:00+08:00",
        "2026-03-09T08:00:00+08:00",
        "2026-03-06T17:30:00+08:00",
    ],
    [
        "but two calendar days",
        "9d",
        "2026-03-06T18:00:00+08:00",
        "2026-03-09T08:00:00+08:00",
        "2026-03-13T17:30:00+08:00",
    ],
    [
        "begun in the days that the end was moved by",
        "5d",
        "2026-03-08T10:00:00+08:00",
        "2026-03-10T09:00:00+08:00",
        "2026-03-10T17:30:00+08:00",
    ],
    [
        "the day of the start, which is not counted",
        "5wd",
        "2026-03-02T11:00:00+08:00",
        "2026-03-03T09:00:00+08:00",
        "2026-03-09T17:30:00+08:00",
    ],
];

#[test]
fn pauses() {
    let calendar = china();
    let start = at("2026-03-02T10:00:00+08:00");
    let paused = |within: &str, from: &str, to: &str| {
        let pauses = [pause(at(from), Some(at(to)))];
        calendar.rfc3339(deadline(&calendar, start, limit(within), &pauses).at.expect("closed"))
    };
    for [why, within, from, to, expected] in PAUSES {
        assert_eq!(paused(within, from, to), *expected, "{why}: {within} from {from} to {to}");
    }
}

#[test]
fn an_open_pause_holds_what_lies_after_it() {
    let calendar = china();
    let start = at("2026-03-02T10:00:00+08:00");
    let open = [pause(at("2026-03-04T10:00:00+08:00"), None)];
    assert_eq!(deadline(&calendar, start, limit("5wd"), &open).at, None);
    assert!(deadline(&calendar, start, limit("1wd"), &open).at.is_some(), "over before the pause began");
    assert_eq!(point(&calendar, start, limit("5wd"), &open, 50), None);
    assert!(point(&calendar, start, limit("5wd"), &open, 20).is_some());
    let now = at("2026-03-09T12:00:00+08:00");
    assert_eq!(used(&calendar, start, now, &open, limit("5wd").unit), Used::Days(1));
    assert_eq!(used(&calendar, start, now, &open, limit("5h").unit), Used::Time(48 * 3_600_000));
    assert_eq!(used(&calendar, start, now, &open, limit("5wh").unit), Used::Time(14 * 3_600_000));
}

#[test]
fn reminders_fall_into_office_hours() {
    let calendar = china();
    let start = at("2026-03-02T16:00:00+08:00");
    let remind = |within: &str, percent| {
        calendar.rfc3339(point(&calendar, start, limit(within), &[], percent).expect("no pause"))
    };
    assert_eq!(remind("1wd", 80), "2026-03-03T16:06:00+08:00");
    assert_eq!(remind("5wd", 50), "2026-03-05T14:00:00+08:00");
    assert_eq!(remind("5wd", 80), "2026-03-06T17:30:00+08:00");
    assert_eq!(remind("2h", 50), "2026-03-02T17:00:00+08:00");
    assert_eq!(remind("4wh", 50), "2026-03-03T09:30:00+08:00");
    assert_eq!(remind("2h", 0), calendar.rfc3339(start));
}

#[test]
fn held_counts_overlap_once() {
    let span = |from, to: Option<i64>| (linli_worktime::Millis(from), to.map(linli_worktime::Millis));
    let now = linli_worktime::Millis(100);
    assert_eq!(held([span(10, Some(20)), span(15, Some(30)), span(50, None), span(90, Some(80))], now), 70);
    assert_eq!(held([span(150, None)], now), 0);
}

#[test]
fn texts() {
    let calendar = china();
    assert_eq!(at("2026-02-27T17:30:00+08:00"), at("2026-02-27T09:30:00Z"));
    assert_eq!(calendar.parse_local("2026-02-27 17:30:00").expect("local"), at("2026-02-27T09:30:00Z"));
    let wrong = parse_rfc3339("2026-02-27 17:30").expect_err("no offset").to_string();
    assert_eq!(wrong, "`2026-02-27 17:30` is not a time: write it as in 2026-02-27T17:30:00+08:00");
    assert!(calendar.parse_local("tomorrow").is_err());
}

#[test]
fn a_wrong_calendar_says_where_and_why() {
    let sound = "id = 'x'\ntitle = { zh = '', en = '' }\ntime_zone = 'Asia/Shanghai'\nweekend = ['sun']\nday_ends = 'close'\nhours = ['09:00-12:00', '13:00-17:00']\n[year.2026]\nsource = ['https://example.org']\noff = [{ name = 'a', from = 2026-01-01, to = 2026-01-03 }]\nwork = [2026-01-04]\n";
    parse(sound);
    for (from, to, line, reason) in [
        ("Asia/Shanghai", "Asia/Nowhere", 3, "`Asia/Nowhere` is not a time zone"),
        ("['sun']", "['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']", 4, "a week without a working day"),
        ("['sun']", "['sunday']", 4, "unknown variant `sunday`"),
        ("'close'", "'noon'", 5, "unknown variant `noon`"),
        ("09:00-12:00", "9-12", 6, "`9-12` are not office hours"),
        ("09:00-12:00", "09:00-12:60", 6, "are not office hours"),
        ("09:00-12:00", "12:00-09:00", 6, "end before they begin"),
        ("09:00-12:00", "09:00-14:00", 6, "`13:00-17:00` begin before"),
        ("['09:00-12:00', '13:00-17:00']", "[]", 6, "no office hours"),
        ("year.2026", "year.this", 7, "`this` is not a year"),
        ("'https://example.org'", "", 7, "names no source"),
        ("to = 2026-01-03", "to = 2025-12-31", 9, "a ends before it begins"),
        ("to = 2026-01-03", "to = 2026-02-30", 9, ""),
        ("to = 2026-01-03", "to = 2026-01-03T10:00:00", 9, "is not a date"),
        ("to = 2026-01-03", "until = 2026-01-03", 9, "unknown field `until`"),
        ("[2026-01-04]", "[2026-01-02]", 10, "a day that is listed twice"),
        ("[2026-01-04]", "[2024-01-04]", 10, "2024-01-04 does not belong to 2026"),
    ] {
        assert!(sound.contains(from), "{from}");
        let error = Calendar::parse("calendar.toml", &sound.replace(from, to)).expect_err(to);
        assert_eq!((error.file.as_str(), error.line), ("calendar.toml", line), "{to}: {error}");
        assert!(error.reason.contains(reason), "{to}: {error}");
    }
}
