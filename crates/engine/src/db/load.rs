//! How much the database has to do: work that waits or runs, and how long each piece took from asking to answer.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use crate::edge::Stopwatch;

/// How long things took, counted in steps of time.
#[derive(Debug, Default)]
pub struct Latency {
    steps: [AtomicU64; Self::STEPS_MS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Latency {
    /// The upper ends of the steps, in milliseconds; what takes longer is in the count only.
    pub const STEPS_MS: [u64; 10] = [1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000];

    /// Counts one.
    pub fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(step) = Self::STEPS_MS.iter().position(|ms| micros <= ms * 1000) {
            self.steps[step].fetch_add(1, Relaxed);
        }
        self.count.fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }

    /// How many took no longer than each step, how many there were, and how many seconds all of them took.
    pub fn read(&self) -> (Vec<u64>, u64, f64) {
        let mut sum = 0;
        let up_to = self.steps.iter().map(|step| {
            sum += step.load(Relaxed);
            sum
        });
        let up_to: Vec<u64> = up_to.collect();
        // Counted after its step, so the count is read last and is never the smaller one.
        let count = self.count.load(Relaxed).max(sum);
        #[allow(clippy::cast_precision_loss, reason = "a sum of times, for a chart")]
        let seconds = self.micros.load(Relaxed) as f64 / 1e6;
        (up_to, count, seconds)
    }
}

/// What waits or runs, and how long it took: reads and writes apart.
#[derive(Debug, Default)]
pub struct Load {
    open: [AtomicU64; 2],
    took: [Latency; 2],
}

impl Load {
    /// How much waits or runs.
    pub fn open(&self, write: bool) -> u64 {
        self.open[usize::from(write)].load(Relaxed)
    }

    /// How long it took.
    pub fn took(&self, write: bool) -> &Latency {
        &self.took[usize::from(write)]
    }

    pub(super) fn begin(&self, write: bool) -> Here<'_> {
        self.open[usize::from(write)].fetch_add(1, Relaxed);
        Here { load: self, write, since: Stopwatch::start() }
    }
}

/// One piece of work, for as long as somebody waits for it.
pub(super) struct Here<'l> {
    load: &'l Load,
    write: bool,
    since: Stopwatch,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.load.open[usize::from(self.write)].fetch_sub(1, Relaxed);
        self.load.took[usize::from(self.write)].add(self.since.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every time is counted once, in the first step that holds it; the steps never fall.
        #[test]
        fn steps_add_up(times in proptest::collection::vec(0_u64..10_000_000, 0..50)) {
            let latency = Latency::default();
            times.iter().for_each(|micros| latency.add(Duration::from_micros(*micros)));
            let (up_to, count, seconds) = latency.read();
            prop_assert_eq!(count, times.len() as u64);
            prop_assert!((seconds - times.iter().sum::<u64>() as f64 / 1e6).abs() < 1e-6);
            for (step, n) in Latency::STEPS_MS.iter().zip(&up_to) {
                prop_assert_eq!(*n, times.iter().filter(|micros| **micros <= step * 1000).count() as u64);
            }
        }
    }
}
