//! What this process knows of itself: how much programs asked, what it answered and how fast, whether its own work goes on.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use linli_engine::edge::Stopwatch;
use tokio::sync::watch;

use super::{rate::Rates, routes::Route, trace::Answered};

/// What this process knows of itself.
#[derive(Default)]
pub struct Process {
    /// How much each token asked.
    pub rates: Rates,
    /// What was answered.
    pub answered: Answered,
    /// Whether its own work goes on.
    pub pulse: Pulse,
    /// Programs that wait for changes.
    pub waiting: Waiting,
    /// Whether it is told to stop: whoever waits for something answers then.
    pub stopping: watch::Sender<bool>,
    /// Its routes, for those who describe them.
    pub routes: OnceLock<Vec<Route>>,
}

/// How many wait for something, up to a number.
#[derive(Default)]
pub struct Waiting(AtomicUsize);

/// One who waits.
pub struct Place<'w>(&'w Waiting);

impl Waiting {
    /// A place to wait, unless as many wait already.
    pub fn enter(&self, most: usize) -> Option<Place<'_>> {
        let one = Place(self);
        // Counted first, so that many at once get no further than one by one; the place counts down again.
        (self.0.fetch_add(1, Relaxed) < most).then_some(one)
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// Beats with every round of the program's own work.
pub struct Pulse {
    since: Stopwatch,
    /// Milliseconds from the start to the last beat, and one more; 0 before the first.
    last: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { since: Stopwatch::start(), last: AtomicU64::new(0) }
    }
}

impl Pulse {
    /// A round of work went well.
    pub fn beat(&self) {
        self.last.store(self.now() + 1, Relaxed);
    }

    /// How long ago that was; none before the first.
    pub fn ago(&self) -> Option<Duration> {
        let last = self.last.load(Relaxed).checked_sub(1)?;
        Some(Duration::from_millis(self.now().saturating_sub(last)))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
