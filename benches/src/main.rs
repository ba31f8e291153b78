//! Whole-program benchmarks. The program is started as its users start it and measured from outside; beside each figure
//! stands the bare limit of the same machine, or a rival, in the same run. `linli-bench filing|scale|evidence|soak|helpdesk`;
//! `scripts/bench` and `scripts/rival-helpdesk` set up what they need; RESULTS.md keeps the figures.
#![forbid(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "a stopwatch is the point here")]

mod bare;
mod evidence;
mod filing;
mod load;
mod office;
mod rival;
mod scale;
mod soak;

use std::{path::PathBuf, str::FromStr, time::Duration};

pub use linli_testbed::Any;

#[tokio::main]
async fn main() -> Any<()> {
    let time = Duration::from_secs(number("BENCH_SECONDS").unwrap_or(10));
    let postgres = std::env::var("LINLI_TEST_PG").ok();
    println!("| what | figure |\n|---|---|");
    match std::env::args().nth(1).as_deref() {
        None | Some("filing") => filing::run(time, postgres.as_deref()).await,
        Some("scale") => scale::run(time, postgres.as_deref()).await,
        Some("evidence") => evidence::run(postgres.as_deref()).await,
        Some("soak") => soak::run(time, postgres.as_deref()).await,
        Some("helpdesk") => rival::run(time, &postgres.ok_or("LINLI_TEST_PG is not set")?).await,
        Some(other) => Err(format!("no benchmark is called `{other}`").into()),
    }
}

/// A number from the environment.
fn number<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().and_then(|s| s.parse().ok())
}

/// The built program: beside this one.
fn binary() -> Any<PathBuf> {
    Ok(std::env::current_exe()?.parent().ok_or("no folder")?.join("linli"))
}
