//! Times as people say them: 今天 17:00 · 11月24日 周二, with the exact time beside. The words are in the locale files.

use linli_worktime::{Calendar, Millis};

use super::i18n::{Lang, text};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A time on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// As people say it.
    pub words: String,
    /// Exact, for the tap and for machines.
    pub exact: String,
}

/// How near a due time is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// In words: due in 23 minutes, overdue by 2 hours, today 17:00.
    pub words: String,
    /// Exact.
    pub exact: String,
    /// `due`, `due due-soon` or `due due-late`.
    pub class: &'static str,
}

/// A time, seen from now.
pub fn spoken(lang: Lang, calendar: &Calendar, at: Millis, now: Millis) -> Spoken {
    Spoken { words: words(lang, calendar, at, now), exact: calendar.rfc3339(at) }
}

/// A time on paper, which is read on another day.
pub fn dated(lang: Lang, calendar: &Calendar, at: Millis) -> Spoken {
    Spoken { words: say(lang, "time-date-year", calendar, at), exact: calendar.rfc3339(at) }
}

fn words(lang: Lang, calendar: &Calendar, at: Millis, now: Millis) -> String {
    let (date, today) = (calendar.date_of(at), calendar.date_of(now));
    let days = day_number(date) - day_number(today);
    let key = match days {
        0 => "time-today",
        1 => "time-tomorrow",
        -1 => "time-yesterday",
        _ if date.year() == today.year() => "time-date",
        _ => "time-date-year",
    };
    say(lang, key, calendar, at)
}

fn say(lang: Lang, key: &str, calendar: &Calendar, at: Millis) -> String {
    let date = calendar.date_of(at);
    // RFC 3339 holds the clock between the `T` and the offset.
    let exact = calendar.rfc3339(at);
    let clock = exact.get(11..16).unwrap_or_default().to_owned();
    let weekday = text(lang, &format!("weekday-{}", date.weekday().to_monday_one_offset()), &[]);
    let month = text(lang, &format!("month-{}", date.month()), &[]);
    let args = [
        ("clock", clock.into()),
        ("year", i64::from(date.year()).to_string().into()),
        ("month", month.into()),
        ("day", i64::from(date.day()).to_string().into()),
        ("weekday", weekday.into()),
    ];
    text(lang, key, &args)
}

fn day_number(date: linli_worktime::Date) -> i64 {
    let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    // Days from civil, counted from March so that the leap day is last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day
}

/// How near a due time is, seen from now.
pub fn due(lang: Lang, calendar: &Calendar, at: Millis, now: Millis) -> Due {
    let left = at.since(now);
    let (class, words) = match left {
        ..0 => ("due due-late", text(lang, "due-late", &[("span", span(lang, -left).into())])),
        0..DAY => ("due due-soon", text(lang, "due-soon", &[("span", span(lang, left).into())])),
        _ => ("due", words(lang, calendar, at, now)),
    };
    Due { words, exact: calendar.rfc3339(at), class }
}

/// A length of time, in its two largest parts.
pub fn span(lang: Lang, ms: i64) -> String {
    let ms = ms.max(0);
    let (days, hours, minutes) = (ms / DAY, ms % DAY / HOUR, ms % HOUR / MINUTE);
    let key = match (days, hours) {
        (0, 0) => "span-minutes",
        (0, _) => "span-hours",
        _ => "span-days",
    };
    text(lang, key, &[("days", days.into()), ("hours", hours.into()), ("minutes", minutes.into())])
}
