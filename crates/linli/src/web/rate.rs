//! How much a program may ask: a bucket for each token that fills up again evenly. Counted in memory, for each process on
//! its own; several processes allow several times as much.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use linli_engine::ids::TokenId;
use linli_worktime::Millis;

const MINUTE_MS: i64 = 60_000;
/// Buckets that are remembered; with more, the full ones are let go.
const BUCKETS: usize = 10_000;

/// What is left after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The most requests in a minute.
    pub most: u32,
    /// How many may follow at once.
    pub now: u32,
    /// Seconds until the bucket is full.
    pub full_in: u32,
}

/// A request that has to wait so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub u32);

/// The buckets. What is in one is counted in requests times [`MINUTE_MS`], so that nothing is lost by rounding.
#[derive(Default)]
pub struct Rates(Mutex<HashMap<TokenId, (i64, Millis)>>);

impl Rates {
    /// Takes one request out of a bucket.
    ///
    /// # Errors
    /// How long to wait when it is empty.
    pub fn take(&self, token: TokenId, most: u32, now: Millis) -> Result<Left, Wait> {
        let (rate, full) = (i64::from(most), i64::from(most) * MINUTE_MS);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, (_, at)| now.since(*at) < MINUTE_MS);
        }
        let (held, at) = buckets.entry(token).or_insert((full, now));
        // A clock that is set back gives nothing and takes nothing; a minute fills any bucket.
        let passed = now.since(*at).clamp(0, MINUTE_MS);
        *held = (*held + passed * rate).min(full);
        *at = now;
        let seconds = |missing: i64| u32::try_from((missing + rate * 1000 - 1) / (rate * 1000).max(1)).unwrap_or(60);
        if *held < MINUTE_MS {
            return Err(Wait(seconds(MINUTE_MS - *held).max(1)));
        }
        *held -= MINUTE_MS;
        let left = u32::try_from(*held / MINUTE_MS).unwrap_or_default();
        Ok(Left { most, now: left, full_in: seconds(full - *held) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However requests are spread, no minute lets through more than a full bucket and what flows in; whoever waits
        /// as long as told is let in; an unused bucket of another token is untouched.
        #[test]
        fn no_more_than_granted(most in 1_u32..50, gaps in proptest::collection::vec(0_i64..3000, 1..200)) {
            let (rates, token, other) = (Rates::default(), TokenId([1; 16]), TokenId([2; 16]));
            let (mut now, mut taken) = (Millis(1_000_000), Vec::new());
            for gap in gaps {
                now = now.plus(gap);
                match rates.take(token, most, now) {
                    Ok(left) => {
                        prop_assert!(left.now < most && left.full_in <= 60);
                        taken.push(now);
                    }
                    Err(Wait(seconds)) => {
                        prop_assert!((1..=60).contains(&seconds));
                        now = now.plus(i64::from(seconds) * 1000);
                        prop_assert!(rates.take(token, most, now).is_ok());
                        taken.push(now);
                    }
                }
            }
            for from in &taken {
                let inside = taken.iter().filter(|at| **at >= *from && at.since(*from) < MINUTE_MS).count();
                prop_assert!(inside <= 2 * most as usize, "{inside} in a minute");
            }
            prop_assert_eq!(rates.take(other, most, now).map(|left| left.now), Ok(most - 1));
        }
    }
}
