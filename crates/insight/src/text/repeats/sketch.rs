//! A sample of a letter's words, drawn alike in letters that are alike.

use std::sync::LazyLock;

use super::Letter;
use crate::text::pairs::{Common, mix, pairs_of};

/// Pairs that are kept of a letter.
pub(super) const SIZE: usize = 24;
/// A title says in a line what the rest says in many.
const TITLE: f32 = 3.0;

/// What a letter says, by hashes.
pub(super) struct Sketch {
    /// Every pair, in order, with its weight.
    all: Vec<(u32, f32)>,
    /// All weights, squared and added.
    pub total: f32,
    /// The sample; no pair is 0.
    pub sample: [u32; SIZE],
}

impl Sketch {
    pub fn new(letter: &Letter, common: &Common) -> Self {
        let mut pairs = Vec::with_capacity(letter.text.len() / 3 + 32);
        pairs_of(letter.title, &mut pairs);
        let titled = pairs.len();
        let mut title = pairs.clone();
        title.sort_unstable();
        pairs_of(letter.text, &mut pairs);
        pairs.sort_unstable();
        pairs.dedup();
        let weigh = |gram: u32| {
            let times = if titled > 0 && title.binary_search(&gram).is_ok() { TITLE } else { 1.0 };
            (gram.max(1), common.weight(gram) * times)
        };
        let all: Vec<(u32, f32)> = pairs.into_iter().map(weigh).collect();
        let mut drawn: Vec<(f32, u32)> =
            all.iter().map(|(gram, weight)| (lot(*gram) / (weight * weight), *gram)).collect();
        if drawn.len() > SIZE {
            drawn.select_nth_unstable_by(SIZE, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        let mut sample = [0; SIZE];
        for (slot, (_, gram)) in sample.iter_mut().zip(&drawn) {
            *slot = *gram;
        }
        sample.sort_unstable();
        let total = all.iter().map(|(_, weight)| weight * weight).sum();
        Self { all, total, sample }
    }

    /// How much of the words two letters share, as the angle between them would say, guessed from the other's sample: it
    /// is drawn by weight, so each pair in it stands for as much as any other.
    pub fn shared(&self, sample: &[u32; SIZE], total: f32) -> f32 {
        let drawn = || sample.iter().filter(|gram| **gram != 0);
        let hit = drawn().filter(|gram| self.all.binary_search_by_key(*gram, |(own, _)| *own).is_ok()).count();
        if hit == 0 || self.total == 0.0 {
            return 0.0;
        }
        (hit as f32 / drawn().count() as f32 * (total / self.total).sqrt()).min(1.0)
    }
}

/// Lots that are told apart.
const LOTS: usize = 1 << 14;
/// Lots, exponentially distributed, from the smallest to the largest.
static DRAWN: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..LOTS).map(|at| -(1.0 - (at as f32 + 0.5) / LOTS as f32).ln()).collect());

/// A lot that is the same for a pair wherever it is drawn.
fn lot(gram: u32) -> f32 {
    DRAWN[(mix(u64::from(gram) ^ 0x5bd1_e995) >> 50) as usize % LOTS]
}
