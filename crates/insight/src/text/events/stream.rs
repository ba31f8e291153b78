//! Letters join events one by one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Common, Event, Letter,
    bundle::{Bundle, heavier, merged},
    heat, words,
};
use crate::text::pairs::{Spread, pairs_of};

/// When a letter belongs to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// How alike a letter and an event have to be for the letter to join, from 0 to 1.
    pub join: f32,
    /// How alike two events have to be to become one.
    pub merge: f32,
    /// Seconds without a letter in which the likeness to an event halves.
    pub fade: i64,
    /// Seconds in which heat halves.
    pub half_life: i64,
    /// What is added where the places are the same; as much is taken away where they are known and others.
    pub place: f32,
    /// Endings by which the name of a place is known in a text.
    pub endings: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        let day = 86_400;
        Self { join: 0.18, merge: 0.3, fade: 365 * day, half_life: 90 * day, place: 0.1, endings: Vec::new() }
    }
}

/// Pairs of a letter that count, the heaviest.
const PAIRS: usize = 80;

struct Kept {
    id: u64,
    person: u64,
    at: i64,
    votes: i64,
    title: String,
    text: String,
}

#[derive(Default, Clone)]
struct Group {
    letters: Vec<usize>,
    last: i64,
    /// Where it stands among the holders of each pair of its letters.
    slots: HashMap<u32, u32, Spread>,
    /// The square of its length.
    square: f64,
    places: BTreeMap<String, usize>,
}

/// A stream of letters and the events in it.
pub struct Stream {
    common: Common,
    limits: Limits,
    kept: Vec<Kept>,
    groups: Vec<Group>,
    /// The pairs that were met, numbered, and for each the groups that hold it with its weight there.
    numbers: HashMap<u32, u32, Spread>,
    holders: Vec<Vec<(u32, f32)>>,
    /// For each group the likeness to the letter at hand, kept from one to the next so that none is made anew.
    sums: Vec<f32>,
}

impl Stream {
    /// A stream without letters; `common` tells telling pairs from usual ones.
    #[must_use]
    pub fn new(common: Common, limits: Limits) -> Self {
        let (kept, groups, numbers) = (Vec::new(), Vec::new(), HashMap::default());
        Self { common, limits, kept, groups, numbers, holders: Vec::new(), sums: Vec::new() }
    }

    /// Takes the next letter in.
    pub fn add(&mut self, letter: &Letter) {
        let vector = self.vector(letter);
        let at = self.kept.len();
        let group = self.nearest(&vector, letter).unwrap_or_else(|| {
            self.groups.push(Group::default());
            self.sums.push(0.0);
            self.groups.len() - 1
        });
        let own = &mut self.groups[group];
        for (pair, weight) in vector {
            let holders = &mut self.holders[pair as usize];
            let slot = *own.slots.entry(pair).or_insert_with(|| {
                holders.push((group as u32, 0.0));
                holders.len() as u32 - 1
            });
            let held = &mut holders[slot as usize].1;
            own.square += f64::from(weight) * (2.0 * f64::from(*held) + f64::from(weight));
            *held += weight;
        }
        own.letters.push(at);
        own.last = own.last.max(letter.at);
        if let Some(place) = letter.place {
            *own.places.entry(place.to_owned()).or_default() += 1;
        }
        self.kept.push(Kept {
            id: letter.id,
            person: letter.person,
            at: letter.at,
            votes: i64::from(letter.votes_for) - i64::from(letter.votes_against),
            title: letter.title.to_owned(),
            text: letter.text.to_owned(),
        });
    }

    /// What a letter says: its heaviest pairs by their numbers, of length 1 all together.
    fn vector(&mut self, letter: &Letter) -> Vec<(u32, f32)> {
        let mut title = Vec::new();
        pairs_of(letter.title, &mut title);
        let mut pairs = Vec::new();
        pairs_of(letter.text, &mut pairs);
        let said = pairs.into_iter().map(|pair| (pair, 1.0_f32)).chain(title.into_iter().map(|pair| (pair, 4.0)));
        let mut said: Vec<(u32, f32)> = said.collect();
        said.sort_unstable_by_key(|(pair, _)| *pair);
        let weigh = |same: &[(u32, f32)]| {
            let count: f32 = same.iter().map(|(_, n)| n).sum();
            (same[0].0, (1.0 + count).ln() * self.common.weight(same[0].0))
        };
        let mut all: Vec<(u32, f32)> = said.chunk_by(|a, b| a.0 == b.0).map(weigh).collect();
        all.sort_unstable_by(heavier);
        all.truncate(PAIRS);
        let norm = all.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(1e-6);
        for (pair, weight) in &mut all {
            *weight /= norm;
            *pair = *self.numbers.entry(*pair).or_insert_with(|| {
                self.holders.push(Vec::new());
                self.holders.len() as u32 - 1
            });
        }
        all
    }

    fn nearest(&mut self, vector: &[(u32, f32)], letter: &Letter) -> Option<usize> {
        let mut met = Vec::new();
        for (pair, weight) in vector {
            for (group, held) in &self.holders[*pair as usize] {
                let sum = &mut self.sums[*group as usize];
                if *sum == 0.0 {
                    met.push(*group);
                }
                *sum += weight * held;
            }
        }
        let alike = |group: &u32| {
            let own = &self.groups[*group as usize];
            let fade = 0.5_f32.powf((letter.at - own.last).max(0) as f32 / self.limits.fade.max(1) as f32);
            let place = letter.place.map_or(0.0, |place| match own.places.get(place) {
                Some(_) => self.limits.place,
                None if own.places.is_empty() => 0.0,
                None => -self.limits.place,
            });
            (*group as usize, (self.sums[*group as usize] / own.square.sqrt().max(1e-6) as f32 + place) * fade)
        };
        let best = met.iter().map(alike).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        for group in met {
            self.sums[group as usize] = 0.0;
        }
        let best = best?;
        (best.1 >= self.limits.join).then_some(best.0)
    }

    /// The hottest events at a time, of at least so many letters.
    #[must_use]
    pub fn table(&self, now: i64, least: usize, most: usize) -> Vec<Event> {
        let weight = |group: &Group| {
            let held = |(pair, slot): (&u32, &u32)| (*pair, self.holders[*pair as usize][*slot as usize].1);
            Bundle::new(group.letters.clone(), group.last, group.places.clone(), group.slots.iter().map(held).collect())
        };
        let bundles = merged(self.groups.iter().map(weight).collect(), self.holders.len(), self.limits.merge);
        let mut ranked: Vec<(f64, &Bundle)> = bundles
            .iter()
            .filter(|bundle| bundle.letters.len() >= least.max(1))
            .map(|bundle| (self.heat(bundle, now), bundle))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.letters[0].cmp(&b.1.letters[0])));
        ranked.truncate(most);
        ranked.into_iter().enumerate().map(|(n, (heat, bundle))| self.event(n + 1, heat, bundle)).collect()
    }

    fn facts(&self, bundle: &Bundle) -> (usize, i64) {
        let people: HashSet<u64> = bundle.letters.iter().map(|at| self.kept[*at].person).collect();
        (people.len(), bundle.letters.iter().map(|at| self.kept[*at].votes).sum())
    }

    fn heat(&self, bundle: &Bundle, now: i64) -> f64 {
        let (people, votes) = self.facts(bundle);
        heat(people, bundle.letters.len(), votes, now - bundle.last, self.limits.half_life)
    }

    fn event(&self, rank: usize, heat: f64, bundle: &Bundle) -> Event {
        let mut letters: Vec<&Kept> = bundle.letters.iter().map(|at| &self.kept[*at]).collect();
        letters.sort_by_key(|kept| (kept.at, kept.id));
        let (people, votes) = self.facts(bundle);
        let texts: Vec<(&str, &str)> = letters.iter().map(|kept| (kept.title.as_str(), kept.text.as_str())).collect();
        let named = bundle.places.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| name.clone());
        let place = named.or_else(|| words::place(&texts, &self.limits.endings));
        Event {
            rank,
            heat,
            first: letters.first().map_or(0, |kept| kept.at),
            last: bundle.last,
            what: words::telling(&texts, place.as_deref(), &self.common),
            place,
            letters: letters.iter().map(|kept| kept.id).collect(),
            people,
            votes,
        }
    }
}
