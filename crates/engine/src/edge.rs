//! The edge: the only place that reads the clock or draws randomness. Everything below takes `now` and ids as values.
#![allow(clippy::disallowed_methods, reason = "this is the edge")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use linli_worktime::Millis;
use uuid::Uuid;

/// The time that the program goes by.
#[derive(Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// One that only moves when told: tests and simulations.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn set(at: Millis) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.0)))
    }

    /// Now.
    pub fn now(&self) -> Millis {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Set(at) => Millis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock; the machine's stays as it is.
    pub fn move_to(&self, to: Millis) {
        if let Self::Set(at) = self {
            at.store(to.0, Ordering::SeqCst);
        }
    }
}

/// A new id, ordered by the machine's time of making.
pub fn new_id() -> [u8; 16] {
    Uuid::now_v7().into_bytes()
}

/// A new id that stands in the order of ids as if it had been made then; `nth` orders those of one millisecond.
pub fn id_at(at: Millis, nth: u16) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, ..] = secret();
    let random = [nth.to_be_bytes()[0], nth.to_be_bytes()[1], a, b, c, d, e, f, g, h];
    uuid::Builder::from_unix_timestamp_millis(at.0.max(0).cast_unsigned(), &random).into_uuid().into_bytes()
}

/// 32 random bytes.
///
/// # Panics
/// When the operating system gives no randomness: nothing may go on without it.
pub fn secret() -> [u8; 32] {
    let mut out = [0; 32];
    if let Err(e) = getrandom::fill(&mut out) {
        panic!("the operating system gives no randomness: {e}");
    }
    out
}

/// A random number below `end` (at most 2^32).
pub fn below(end: u64) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = secret();
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) % end.max(1)
}

/// A stopwatch for measurements that are shown, never decided on.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}
