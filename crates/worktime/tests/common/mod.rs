//! What several tests need: the calendars, and where the shared records are.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use linli_worktime::{Calendar, Limit, Millis, Pause, Unit, parse_rfc3339};

/// The calendar of the default pack.
pub fn china() -> Calendar {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/calendar.toml");
    let text = std::fs::read_to_string(file).expect("the pack's calendar");
    Calendar::parse(file, &text).expect("a sound calendar")
}

/// Offices open on weekdays only, no holidays known, days that end at 24:00, and clocks that change twice a year.
pub fn boston() -> Calendar {
    parse(
        r#"
        id = "us-boston"
        title = { zh = "波士顿", en = "Boston" }
        time_zone = "America/New_York"
        weekend = ["sat", "sun"]
        day_ends = "24:00"
        hours = ["08:00-18:00"]
        "#,
    )
}

/// Every day of the week is worked, holidays or not; Saturdays are short.
pub fn restless() -> Calendar {
    parse(
        r#"
        id = "restless"
        title = { zh = "全年无休", en = "Every day" }
        time_zone = "Asia/Shanghai"
        weekend = []
        day_ends = "close"
        hours = ["00:00-12:00", "13:00-24:00"]
        hours_on.sat = ["10:00-11:30"]
        "#,
    )
}

pub fn parse(text: &str) -> Calendar {
    Calendar::parse("test.toml", text).expect("a sound calendar")
}

/// A folder of the shared records; says so and gives `None` where they are absent.
pub fn records(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LINLI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = root.join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: no shared records at {}; set LINLI_DATA", path.display());
    None
}

pub fn at(text: &str) -> Millis {
    parse_rfc3339(text).expect("a time")
}

pub fn limit(text: &str) -> Limit {
    text.parse().expect("a limit")
}

pub fn pause(from: Millis, to: Option<Millis>) -> Pause {
    Pause { from, to, cause: "waiting".to_owned() }
}

pub const UNITS: [Unit; 5] = [Unit::ClockMinute, Unit::ClockHour, Unit::Day, Unit::WorkHour, Unit::WorkDay];
