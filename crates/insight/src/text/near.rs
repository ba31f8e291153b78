//! Which of a few hundred short texts a text comes nearest to, by the pairs of characters that they share: the telling ones
//! weigh more (tf-idf), and the measure is the cosine, so a long text about something else is near to none of them.

use std::collections::{HashMap, HashSet};

use super::pairs::{Common, pairs_of};

/// The short texts, each known by its place in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    common: Common,
    /// The length of each as a vector of weights.
    lengths: Vec<f32>,
    /// In which texts a pair stands.
    holders: HashMap<u32, Vec<usize>>,
}

fn different(text: &str) -> HashSet<u32> {
    let mut pairs = Vec::new();
    pairs_of(text, &mut pairs);
    pairs.into_iter().collect()
}

impl Shelf {
    /// Takes the texts.
    #[must_use]
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        let common = Common::learn(texts.iter().copied());
        let mut shelf = Self { common, lengths: Vec::with_capacity(texts.len()), holders: HashMap::new() };
        for (at, text) in texts.into_iter().enumerate() {
            let pairs = different(text);
            shelf.lengths.push(shelf.length(&pairs));
            for pair in pairs {
                shelf.holders.entry(pair).or_default().push(at);
            }
        }
        shelf
    }

    fn length(&self, pairs: &HashSet<u32>) -> f32 {
        // Sorted, so that the same text has the same length to the last bit in every process.
        let mut weights: Vec<f32> = pairs.iter().map(|pair| self.common.weight(*pair).powi(2)).collect();
        weights.sort_unstable_by(f32::total_cmp);
        weights.iter().sum::<f32>().sqrt()
    }

    /// How near each text is: from 0, nothing shared, to 1, the same pairs.
    #[must_use]
    pub fn near(&self, text: &str) -> Vec<f32> {
        let pairs = different(text);
        let own = self.length(&pairs);
        let mut shared = vec![0.0_f32; self.lengths.len()];
        let mut sorted: Vec<&u32> = pairs.iter().collect();
        sorted.sort_unstable();
        for pair in sorted {
            for at in self.holders.get(pair).into_iter().flatten() {
                shared[*at] += self.common.weight(*pair).powi(2);
            }
        }
        let cosine =
            |(shared, length): (f32, &f32)| if shared > 0.0 { (shared / (own * length)).min(1.0) } else { 0.0 };
        shared.into_iter().zip(&self.lengths).map(cosine).collect()
    }
}
