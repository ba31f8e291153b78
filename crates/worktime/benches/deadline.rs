//! How long one deadline takes: `cargo bench -p linli-worktime`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{error::Error, hint::black_box, time::Instant};

use linli_worktime::{Calendar, Limit, Millis, Pause, deadline, parse_rfc3339, point};

const ROUNDS: i64 = 200_000;

/// Milliseconds from one start to the next, so that they cover two years.
const SPREAD: i64 = 315_397;

fn main() -> Result<(), Box<dyn Error>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/calendar.toml");
    let text = std::fs::read_to_string(file)?;
    let calendar = Calendar::parse(file, &text)?;
    let start = parse_rfc3339("2024-01-15T10:00:00+08:00")?;
    let day = 86_400_000;
    // All starts that meet the pauses lie within the day before them.
    let pause = |from: i64, to: i64| Pause {
        from: start.plus(from * day),
        to: Some(start.plus(to * day)),
        cause: "waiting".to_owned(),
    };
    let pauses = [pause(1, 3), pause(2, 4), pause(5, 6)];

    for limit in ["30m", "2h", "7d", "4wh", "60wh", "5wd", "60wd", "250wd"] {
        let limit: Limit = limit.parse()?;
        let name = limit.to_string();
        measure(&name, SPREAD, |at| deadline(&calendar, at, limit, &[]).at);
        measure(&format!("{name}, three pauses"), 400, |at| deadline(&calendar, at, limit, &pauses).at);
        measure(&format!("{name}, 80 %"), SPREAD, |at| point(&calendar, at, limit, &[], 80));
    }
    measure("print as RFC 3339", SPREAD, |at| Some(Millis(calendar.rfc3339(at).len() as i64)));
    let parses = 200;
    let begun = Instant::now();
    for _ in 0..parses {
        black_box(Calendar::parse(file, black_box(&text))?);
    }
    println!("{:<24} {:>9.1} us", "parse the calendar", begun.elapsed().as_secs_f64() * 1e6 / f64::from(parses));
    Ok(())
}

/// Starts lie `step_ms` apart.
fn measure(name: &str, step_ms: i64, mut work: impl FnMut(Millis) -> Option<Millis>) {
    let first = Millis(1_705_284_000_000);
    let begun = Instant::now();
    for i in 0..ROUNDS {
        black_box(work(black_box(first.plus(i * step_ms))));
    }
    println!("{name:<24} {:>9.1} ns", begun.elapsed().as_secs_f64() * 1e9 / ROUNDS as f64);
}
