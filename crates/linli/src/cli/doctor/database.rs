//! The database: whether it answers, its tables, its clock.

use linli_engine::{
    checkup::Facts,
    db::{Db, Dialect},
};
use linli_worktime::Millis;

use super::{Line, look, ok, wrong};

/// Apart by more, two clocks tell different times.
const APART_MS: i64 = 2_000;
/// Apart by more, limits are wrong.
const FAR_APART_MS: i64 = 60_000;

pub(super) async fn steps(db: &Db) -> Line {
    let name = match db.dialect() {
        Dialect::Lite => "SQLite",
        Dialect::Pg => "PostgreSQL",
    };
    match db.is_ready().await {
        Ok(true) => ok("database", format!("{name} answers, its tables are those of this version")),
        Ok(false) => {
            let todo = "back it up, then start this version once; an older version than the database is not to be used";
            wrong("database", format!("{name} has the tables of another version"), todo)
        }
        Err(error) => {
            let says = format!("{name} holds no installation: {}", linli_engine::chain(&error));
            wrong("database", says, "set it up (linli init), or correct --db")
        }
    }
}

pub(super) fn clock(facts: &Facts, now: Millis) -> Line {
    let apart = now.since(facts.clock).abs();
    let seconds = |ms: i64| format!("{} s", ms / 1000);
    if let Some(last) = facts.last.filter(|last| last.since(now) > APART_MS) {
        let says = format!("the machine's clock is {} before the newest event", seconds(last.since(now)));
        return wrong("clock", says, "set the clock (NTP) before anything else is taken in: every limit hangs on it");
    }
    let todo = "let both machines take their time from the same source (NTP)";
    match apart {
        FAR_APART_MS.. => wrong("clock", format!("machine and database are {} apart", seconds(apart)), todo),
        APART_MS.. => look("clock", format!("machine and database are {} apart", seconds(apart)), todo),
        _ => ok("clock", "machine and database agree, and nothing lies in the future"),
    }
}
