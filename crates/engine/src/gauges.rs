//! How much waits for the program's own work. Each question looks at the beginning of an index and stops at a bound, so
//! asking costs the same however large the tables are.

use linli_worktime::Millis;

use crate::{
    Engine,
    db::{DbError, Sql, Tx, args, statements},
    feed,
};

/// What is counted at most.
const BOUND: i64 = 10_000;

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Events that have their place in the feed.
    pub events: u64,
    /// Events that have none yet, up to a bound.
    pub feed_waiting: u64,
    /// The age of the oldest of them, milliseconds.
    pub feed_lag_ms: i64,
    /// Cases that are to be woken now, up to a bound.
    pub timers_due: u64,
    /// How late the latest of them is, milliseconds.
    pub timers_late_ms: i64,
    /// Notices that are to be sent now, up to a bound.
    pub outbox_due: u64,
    /// How late the latest of them is, milliseconds.
    pub outbox_late_ms: i64,
}

statements! {
    // By `timer_due` and `notice_due`; fresh events live for a moment, so their table is small.
    TIMERS = "SELECT count(*), min(due_at) FROM (SELECT due_at FROM timer WHERE due_at <= $1 ORDER BY due_at LIMIT $2) AS due";
    OUTBOX = "SELECT count(*), min(next_at) FROM (SELECT next_at FROM notice WHERE next_at <= $1 ORDER BY next_at LIMIT $2) AS due";
    FRESH = "SELECT count(*), min(at) FROM (SELECT at FROM fresh_event WHERE at <= $1 LIMIT $2) AS fresh";
}

impl Engine {
    /// How much waits now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gauges(&self) -> Result<Gauges, DbError> {
        let now = self.clock.now();
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let (timers_due, timers_late_ms) = waiting(tx, &TIMERS, now)?;
                let (outbox_due, outbox_late_ms) = waiting(tx, &OUTBOX, now)?;
                let (feed_waiting, feed_lag_ms) = waiting(tx, &FRESH, now)?;
                let events = feed::heads(tx)?.values().sum();
                Ok(Gauges { events, feed_waiting, feed_lag_ms, timers_due, timers_late_ms, outbox_due, outbox_late_ms })
            })
            .await
    }
}

fn waiting(tx: &mut Tx<'_>, sql: &'static Sql, now: Millis) -> Result<(u64, i64), DbError> {
    let Some(mut row) = tx.first(sql, &args![now, BOUND])? else { return Ok((0, 0)) };
    let (count, oldest): (u64, Option<Millis>) = (row.take()?, row.take()?);
    Ok((count, oldest.map_or(0, |oldest| now.since(oldest).max(0))))
}
