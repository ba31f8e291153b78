//! A real city's own verdicts: Boston 311, third quarter of 2011.

mod common;

use linli_worktime::{Limit, Unit, deadline, on_time};

const HOUR: i64 = 3_600_000;

#[test]
fn on_time_as_the_city_says() {
    let Some(folder) = common::records("service-requests") else { return };
    let calendar = common::boston();
    let mut rows = csv::Reader::from_path(folder.join("boston-2011q3.csv")).expect("the file");
    let columns = rows.headers().expect("columns").clone();
    let column = |name: &str| columns.iter().position(|column| column == name).expect("a column");
    let [open, target, closed, verdict, status] =
        ["open_dt", "target_dt", "closed_dt", "ontime", "case_status"].map(column);

    let (mut judged, mut late, mut by_limit, mut unjudged) = (0, 0, 0, 0);
    for row in rows.records() {
        let row = row.expect("a row");
        if &row[status] != "Closed" || row[target].is_empty() {
            continue;
        }
        let time = |column: usize| calendar.parse_local(&row[column]).expect("a time");
        let (open, due, closed) = (time(open), time(target), time(closed));
        let expected = match &row[verdict] {
            "ONTIME" => true,
            "OVERDUE" => false,
            _ => {
                unjudged += 1;
                continue;
            }
        };
        assert_eq!(on_time(closed, due), expected, "{}", &row[0]);
        judged += 1;
        late += usize::from(!expected);

        // A target that is whole hours after the opening is a limit that we can compute.
        let hours = due.since(open) / HOUR;
        if due.since(open) % HOUR == 0 && (1..=9999).contains(&hours) {
            let limit = Limit { amount: hours as u32, unit: Unit::ClockHour };
            let at = deadline(&calendar, open, limit, &[]).at.expect("no pause");
            assert_eq!((at, on_time(closed, at)), (due, expected), "{}", &row[0]);
            by_limit += 1;
        }
    }
    println!("{judged} verdicts, {late} late, {by_limit} by limit, {unjudged} rows without a verdict");
    assert!(judged > 20_000 && late > 4_000 && by_limit > 1_000 && unjudged < 100);
}
