//! Events that have grown alike become one.

use std::{cmp::Ordering, collections::BTreeMap};

/// Pairs of an event that count.
const CENTRE: usize = 400;
/// Those by which events that may be alike are found, and how many of them two have to share.
const FOUND_BY: usize = 40;
const SHARED: u32 = 4;
/// A pair that so many events are found by tells none from another.
const USUAL: usize = 200;

/// The heavier pair first.
pub(super) fn heavier(a: &(u32, f32), b: &(u32, f32)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Letters that belong together, and what they say all together.
#[derive(Default)]
pub(super) struct Bundle {
    pub letters: Vec<usize>,
    pub last: i64,
    pub places: BTreeMap<String, usize>,
    /// The heaviest pairs by number, the heaviest first.
    centre: Vec<(u32, f32)>,
    norm: f32,
}

impl Bundle {
    pub fn new(letters: Vec<usize>, last: i64, places: BTreeMap<String, usize>, centre: Vec<(u32, f32)>) -> Self {
        let mut bundle = Self { letters, last, places, centre, norm: 0.0 };
        bundle.lighten();
        bundle
    }

    fn lighten(&mut self) {
        if self.centre.len() > CENTRE {
            self.centre.select_nth_unstable_by(CENTRE, heavier);
            self.centre.truncate(CENTRE);
        }
        self.centre.sort_unstable_by(heavier);
        self.norm = self.centre.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
    }

    fn found_by(&self) -> impl Iterator<Item = u32> {
        self.centre.iter().take(FOUND_BY).map(|(pair, _)| *pair)
    }

    fn take(&mut self, other: Self) {
        self.letters.extend(other.letters);
        self.last = self.last.max(other.last);
        other.places.into_iter().for_each(|(place, n)| *self.places.entry(place).or_default() += n);
        self.centre.extend(other.centre);
        self.centre.sort_unstable_by_key(|(pair, _)| *pair);
        self.centre.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.lighten();
    }
}

/// The bundles, those that have grown alike as one; `pairs` is how many pairs there are.
pub(super) fn merged(mut bundles: Vec<Bundle>, pairs: usize, least: f32) -> Vec<Bundle> {
    // Whoever did not change in a round was compared with the others that did not.
    let mut fresh = vec![true; bundles.len()];
    let mut desk = Desk { holders: vec![Vec::new(); pairs], weights: vec![0.0; pairs], shared: vec![0; bundles.len()] };
    loop {
        let mut alike = desk.alike(&bundles, &fresh, least);
        alike.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        if alike.is_empty() {
            break;
        }
        let mut touched = vec![false; bundles.len()];
        fresh.fill(false);
        for (_, a, b) in alike {
            let free = !touched[a] && !touched[b];
            (touched[a], touched[b]) = (true, true);
            if free {
                let other = std::mem::take(&mut bundles[b]);
                bundles[a].take(other);
            }
        }
        // What was alike and had to wait is compared again.
        fresh.clone_from(&touched);
    }
    bundles.retain(|bundle| !bundle.letters.is_empty());
    bundles
}

/// Room to compare in, used again in each round.
struct Desk {
    /// The bundles that are found by a pair.
    holders: Vec<Vec<u32>>,
    /// What each pair weighs in the bundle at hand.
    weights: Vec<f32>,
    /// How many pairs each bundle shares with the one at hand.
    shared: Vec<u32>,
}

impl Desk {
    /// The pairs of bundles that are alike, of which one is fresh.
    fn alike(&mut self, bundles: &[Bundle], fresh: &[bool], least: f32) -> Vec<(f32, usize, usize)> {
        self.holders.iter_mut().for_each(Vec::clear);
        for (at, bundle) in (0_u32..).zip(bundles) {
            bundle.found_by().for_each(|pair| self.holders[pair as usize].push(at));
        }
        let mut found = Vec::new();
        for (a, bundle) in bundles.iter().enumerate() {
            let mut met = Vec::new();
            for list in bundle.found_by().map(|pair| &self.holders[pair as usize]).filter(|list| list.len() < USUAL) {
                let later = list.partition_point(|b| *b as usize <= a);
                for b in list[later..].iter().map(|b| *b as usize).filter(|b| fresh[a] || fresh[*b]) {
                    self.shared[b] += 1;
                    if self.shared[b] == 1 {
                        met.push(b);
                    }
                }
            }
            bundle.centre.iter().for_each(|(pair, weight)| self.weights[*pair as usize] = *weight);
            for b in met {
                if std::mem::take(&mut self.shared[b]) >= SHARED {
                    let alike = self.likeness(bundle, &bundles[b]);
                    found.extend((alike >= least).then_some((alike, a, b)));
                }
            }
            bundle.centre.iter().for_each(|(pair, _)| self.weights[*pair as usize] = 0.0);
        }
        found
    }

    /// How alike another bundle is to the one at hand.
    fn likeness(&self, bundle: &Bundle, other: &Bundle) -> f32 {
        let dot: f32 = other.centre.iter().map(|(pair, weight)| weight * self.weights[*pair as usize]).sum();
        dot / (bundle.norm * other.norm).max(1e-6)
    }
}
