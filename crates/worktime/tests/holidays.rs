//! The pack's calendar against the State Council's holiday data, day by day.

mod common;

use linli_worktime::Date;
use serde_json::Value;

const WORKING_DAYS: [(i16, usize); 9] = [
    (2018, 250),
    (2019, 250),
    (2020, 249),
    (2021, 250),
    (2022, 249),
    (2023, 249),
    (2024, 251),
    (2025, 248),
    (2026, 248),
];

fn days_of(year: i16) -> impl Iterator<Item = Date> {
    let first = Date::new(year, 1, 1).expect("a date");
    std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(move |day| day.year() == year)
}

#[test]
fn working_days_a_year() {
    let calendar = common::china();
    for (year, expected) in WORKING_DAYS {
        assert!(calendar.covers(year), "{year}");
        assert!(calendar.sources(year)[0].contains("www.gov.cn"), "{year}");
        assert_eq!(days_of(year).filter(|day| calendar.is_working_day(*day)).count(), expected, "{year}");
    }
    assert!(!calendar.covers(2017) && !calendar.covers(2027));
}

#[test]
fn every_day_as_announced() {
    let Some(folder) = common::records("holidays") else { return };
    let calendar = common::china();
    let mut announced = std::collections::BTreeMap::new();
    for (year, _) in WORKING_DAYS {
        let text = std::fs::read_to_string(folder.join(format!("holiday-cn-{year}.json"))).expect("a year");
        let file: Value = serde_json::from_str(&text).expect("JSON");
        let papers: Vec<&str> = file["papers"].as_array().expect("papers").iter().filter_map(Value::as_str).collect();
        assert_eq!(calendar.sources(year), papers, "{year}");
        for day in file["days"].as_array().expect("days") {
            let date: Date = day["date"].as_str().expect("a date").parse().expect("a date");
            let off = day["isOffDay"].as_bool().expect("a flag");
            let name = day["name"].as_str().filter(|_| off).map(str::to_owned);
            announced.insert(date, (off, name));
        }
    }
    let mut compared = 0;
    for day in WORKING_DAYS.into_iter().flat_map(|(year, _)| days_of(year)) {
        let weekend = day.weekday().to_monday_zero_offset() >= 5;
        let (off, name) = announced.get(&day).cloned().unwrap_or((weekend, None));
        assert_eq!(calendar.is_working_day(day), !off, "{day}");
        assert_eq!(calendar.holiday(day), name.as_deref(), "{day}");
        compared += 1;
    }
    assert_eq!(compared, 3_287);
}
