//! Chance that can be had again: the same seed gives the same neighbourhood (SplitMix64).

/// A source of chance.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From a seed and what it is for: each use has its own, so that one does not move another.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mut chance = Self(seed ^ 0x6c69_6e6c_6921);
        for byte in purpose.bytes() {
            chance.0 ^= u64::from(byte);
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// From `least` to `most`, both possible.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.next() % u64::try_from((most - least).max(0) + 1).unwrap_or(1)).unwrap_or_default()
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: f64) -> bool {
        self.part() * 100.0 < percent
    }

    /// One of them.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One by weight; nothing when all weigh nothing.
    pub fn weighed<'a, T>(&mut self, of: &'a [T], weight: impl Fn(&T) -> f64) -> Option<&'a T> {
        let total: f64 = of.iter().map(&weight).sum();
        let mut left = self.part() * total;
        of.iter().filter(|t| weight(t) > 0.0).find(|t| {
            left -= weight(t);
            left < 0.0
        })
    }

    /// A length of time around `middle`, long ones rare and none longer than eight times it.
    pub fn span(&mut self, middle: i64) -> i64 {
        let part = self.part().max(1e-6);
        let times = (-part.ln() * 0.6 + 0.4).min(8.0);
        (middle as f64 * times) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_chance_and_each_purpose_its_own() {
        let draw = |seed, purpose| {
            let mut chance = Chance::new(seed, purpose);
            (0..50).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn weights_are_kept() {
        let mut chance = Chance::new(7, "weights");
        let heavy = (0..10_000).filter(|_| chance.weighed(&[1.0, 3.0, 0.0], |w| *w) == Some(&3.0)).count();
        assert!((7_200..7_800).contains(&heavy), "{heavy}");
        assert_eq!(chance.weighed(&[0.0], |w| *w), None);
    }
}
