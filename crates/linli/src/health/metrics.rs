//! Counts and times as Prometheus reads them. Labels are methods, routes, statuses and words of this file: nothing that
//! anybody typed, and nothing of people.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
};

use linli_engine::{db::Latency, gauges::Gauges};

use crate::web::{App, Fault};

/// The text of `/metrics`.
pub async fn text(app: &App) -> Result<String, Fault> {
    let gauges = app.engine.gauges().await?;
    let mut out = Text::default();
    requests(app, &mut out);
    database(app, &mut out);
    work(app, &gauges, &mut out);
    process(app, &mut out);
    Ok(out.0)
}

/// Prometheus' text format.
#[derive(Default)]
struct Text(String);

impl Text {
    fn about(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.about(name, kind, help);
        self.value(name, "", value);
    }

    fn latency(&mut self, name: &str, labels: &str, latency: &Latency) {
        let (up_to, count, seconds) = latency.read();
        let and = if labels.is_empty() { "" } else { "," };
        for (ms, n) in Latency::STEPS_MS.iter().zip(up_to) {
            #[allow(clippy::cast_precision_loss, reason = "the ends of steps are small")]
            let le = *ms as f64 / 1000.0;
            self.value(&format!("{name}_bucket"), &format!("{labels}{and}le=\"{le}\""), n);
        }
        self.value(&format!("{name}_bucket"), &format!("{labels}{and}le=\"+Inf\""), count);
        self.value(&format!("{name}_sum"), labels, seconds);
        self.value(&format!("{name}_count"), labels, count);
    }
}

fn requests(app: &App, out: &mut Text) {
    let all = app.process.answered.read();
    out.about("linli_requests_total", "counter", "Answers by method, route and status.");
    for ((method, route), counted) in &all {
        for (status, n) in counted.statuses() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            out.value("linli_requests_total", &labels, n);
        }
    }
    out.about("linli_request_seconds", "histogram", "How long answers took, by method and route.");
    for ((method, route), counted) in &all {
        out.latency("linli_request_seconds", &format!("method=\"{method}\",route=\"{route}\""), &counted.took);
    }
}

fn database(app: &App, out: &mut Text) {
    let load = app.engine.db.load();
    let sorts = BTreeMap::from([("read", false), ("write", true)]);
    out.about("linli_db_open", "gauge", "Pieces of work that wait for the database or run in it.");
    for (sort, write) in &sorts {
        out.value("linli_db_open", &format!("sort=\"{sort}\""), load.open(*write));
    }
    out.about("linli_db_seconds", "histogram", "How long pieces of work took, waiting included.");
    for (sort, write) in &sorts {
        out.latency("linli_db_seconds", &format!("sort=\"{sort}\""), load.took(*write));
    }
}

fn work(app: &App, gauges: &Gauges, out: &mut Text) {
    let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
    out.one("linli_events_total", "counter", "Events in the feed, of all streets.", gauges.events);
    out.one(
        "linli_feed_waiting",
        "gauge",
        "Events without a place in the feed yet (up to a bound).",
        gauges.feed_waiting,
    );
    out.one("linli_feed_lag_seconds", "gauge", "Age of the oldest of them.", seconds(gauges.feed_lag_ms));
    out.one("linli_timers_due", "gauge", "Cases that are to be woken now (up to a bound).", gauges.timers_due);
    out.one("linli_timers_late_seconds", "gauge", "How late the latest of them is.", seconds(gauges.timers_late_ms));
    out.one("linli_outbox_due", "gauge", "Notices that are to be sent now (up to a bound).", gauges.outbox_due);
    out.one("linli_outbox_late_seconds", "gauge", "How late the latest of them is.", seconds(gauges.outbox_late_ms));
    let round = app.process.pulse.ago().map_or(-1.0, |ago| ago.as_secs_f64());
    out.one(
        "linli_work_round_seconds",
        "gauge",
        "Since the last round of the program's own work; -1 before the first.",
        round,
    );
}

fn process(app: &App, out: &mut Text) {
    out.one("linli_waiting_connections", "gauge", "Programs that wait for changes.", app.process.waiting.count());
    out.one("linli_live_pages", "gauge", "Pages of the desk that hear what happens.", app.live.count());
    if let Some(bytes) = resident_bytes() {
        out.one("process_resident_memory_bytes", "gauge", "Memory of this process.", bytes);
    }
    out.about("linli_info", "gauge", "Which version this is.");
    let database = match app.engine.db.dialect() {
        linli_engine::db::Dialect::Lite => "sqlite",
        linli_engine::db::Dialect::Pg => "postgresql",
    };
    out.value("linli_info", &format!("version=\"{}\",database=\"{database}\"", env!("CARGO_PKG_VERSION")), 1);
}

/// The memory that this process holds, where Linux says it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
