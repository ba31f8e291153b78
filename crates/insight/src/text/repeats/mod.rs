//! Whether somebody has written of this before: an index of letters that finds, for one letter, others about the same
//! matter, by their words, place and time, in well under a millisecond among a million.
//!
//! Of each letter the index keeps a sketch: a sample of its pairs of characters, drawn by their weight in such a way that
//! two letters that share words draw the same ones. The index is what the letters in it imply, in the order in which
//! they came: taking a letter out leaves no trace. Lists that grow long are read from their newest end only.

mod postings;
mod sketch;

use std::collections::HashMap;

pub use super::pairs::Common;
use postings::Postings;
use sketch::{SIZE, Sketch};

/// A letter as the index takes it.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'l> {
    /// Its own number.
    pub id: u64,
    /// What it is about in a line; weighs more than the rest.
    pub title: &'l str,
    /// What it says.
    pub text: &'l str,
    /// Whoever wrote it, as the caller tells people apart.
    pub person: Option<u64>,
    /// The place, then what it lies in, the nearest first.
    pub places: &'l [u64],
    /// When it came, in seconds.
    pub at: i64,
}

/// What another letter is to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The same person, about the same matter.
    SamePerson,
    /// Others about the same matter.
    SameMatter,
    /// Less alike in words, but nearby and at the same time.
    SameEvent,
}

/// A letter that may be about the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Its number.
    pub id: u64,
    /// What it is to the letter asked about.
    pub kind: Kind,
    /// How likely, from 0 to 1; an order, not a probability.
    pub score: f32,
    /// How much of the words they share.
    pub words: f32,
    /// How near their places are; 1 for the same one, nothing when a place is not known.
    pub place: Option<f32>,
    /// How near in time; halves with every half-life.
    pub time: f32,
}

/// From where on letters count as about the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Shared words of letters by the same person.
    pub person: f32,
    /// Shared words of letters by others.
    pub matter: f32,
    /// Shared words of letters from nearby at the same time.
    pub event: f32,
    /// Seconds in which nearness in time halves.
    pub half_life: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { person: 0.15, matter: 0.3, event: 0.15, half_life: 30 * 86_400 }
    }
}

/// Places of a letter that are kept.
const PLACES: usize = 4;
/// Entries of a list that are read.
const READ: usize = 256;
/// Letters that are compared in full.
const CLOSE: usize = 96;

#[derive(Debug, Clone)]
struct Entry {
    id: u64,
    person: u64,
    at: i64,
    total: f32,
    places: [u32; PLACES],
    sketch: [u32; SIZE],
}

/// An index of letters.
#[derive(Debug, Clone)]
pub struct Index {
    common: Common,
    limits: Limits,
    /// In the order in which they came; what was taken out leaves a gap until the next tidying.
    entries: Vec<Option<Entry>>,
    slots: HashMap<u64, u32>,
    postings: Postings,
}

fn hash(kind: u64, n: u64) -> u32 {
    (super::pairs::mix(n.wrapping_add(kind << 60).wrapping_add(kind)) >> 32) as u32
}

impl Entry {
    fn keys(&self) -> impl Iterator<Item = u32> {
        let person = (self.person != 0).then(|| hash(1, self.person));
        let place = (self.places[0] != 0).then(|| hash(2, u64::from(self.places[0])));
        self.sketch.iter().copied().filter(|gram| *gram != 0).chain(person).chain(place)
    }

    /// 1 for the same place, less the farther up the first one is that holds both.
    fn place(&self, other: &[u32; PLACES]) -> Option<f32> {
        if self.places[0] == 0 || other[0] == 0 {
            return None;
        }
        let common = self
            .places
            .iter()
            .enumerate()
            .filter(|(_, p)| **p != 0)
            .find_map(|(up, place)| other.iter().position(|own| own == place).map(|down| up + down));
        Some(common.map_or(0.0, |steps| 1.0 / (1.0 + steps as f32)))
    }
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new(common: Common, limits: Limits) -> Self {
        Self { common, limits, entries: Vec::new(), slots: HashMap::new(), postings: Postings::default() }
    }

    /// How many letters it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// About how many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let entries = self.entries.capacity() * size_of::<Option<Entry>>();
        entries + self.slots.capacity() * (size_of::<(u64, u32)>() + 1) + self.postings.bytes()
    }

    fn entry(&self, letter: &Letter, sketch: &Sketch) -> Entry {
        let mut places = [0; PLACES];
        for (slot, place) in places.iter_mut().zip(letter.places) {
            *slot = hash(3, *place).max(1);
        }
        Entry {
            id: letter.id,
            person: letter.person.map_or(0, |person| person.wrapping_add(1).max(1)),
            at: letter.at,
            total: sketch.total,
            places,
            sketch: sketch.sample,
        }
    }

    /// Takes a letter in; another with its number goes out first.
    pub fn add(&mut self, letter: &Letter) {
        self.remove(letter.id);
        let entry = self.entry(letter, &Sketch::new(letter, &self.common));
        let slot = self.entries.len() as u32;
        entry.keys().for_each(|key| self.postings.add(key, slot));
        self.slots.insert(letter.id, slot);
        self.entries.push(Some(entry));
    }

    /// Takes a letter out; whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(slot) = self.slots.remove(&id) else { return false };
        if let Some(entry) = self.entries[slot as usize].take() {
            entry.keys().for_each(|key| self.postings.remove(key, slot));
        }
        while matches!(self.entries.last(), Some(None)) {
            self.entries.pop();
        }
        if self.entries.len() > 64 && self.entries.len() > 2 * self.slots.len() {
            self.tidy();
        }
        true
    }

    /// Closes the gaps.
    fn tidy(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        self.postings = Postings::default();
        for entry in entries.into_iter().flatten() {
            let slot = self.entries.len() as u32;
            entry.keys().for_each(|key| self.postings.add(key, slot));
            self.slots.insert(entry.id, slot);
            self.entries.push(Some(entry));
        }
    }

    /// The letters that are most likely about the same, the likeliest first; the letter itself is none of them.
    #[must_use]
    pub fn find(&self, letter: &Letter, most: usize) -> Vec<Candidate> {
        let sketch = Sketch::new(letter, &self.common);
        let own = self.entry(letter, &sketch);
        let mut found: Vec<Candidate> =
            self.close(&own).into_iter().filter_map(|slot| self.compare(&own, &sketch, slot)).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.id.cmp(&a.id)));
        found.truncate(most);
        found
    }

    /// Those that share most of the sketch, and the newest of the same person.
    fn close(&self, own: &Entry) -> Vec<u32> {
        let mut shared: Vec<(u32, f32)> = Vec::with_capacity(SIZE * READ);
        for key in own.sketch.iter().filter(|gram| **gram != 0) {
            let list = self.postings.newest(*key, READ);
            // What so many share says little of any of them.
            let weight = self.common.weight(*key) / (1.0 + list.len() as f32).ln().max(1.0);
            shared.extend(list.iter().map(|slot| (*slot, weight)));
        }
        let place = hash(2, u64::from(own.places[0]));
        shared.extend(self.postings.newest(place, READ).iter().map(|slot| (*slot, 1.0)));
        shared.sort_unstable_by_key(|(slot, _)| *slot);
        let mut sums: Vec<(u32, f32)> =
            shared.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|(_, w)| w).sum())).collect();
        if sums.len() > CLOSE {
            sums.select_nth_unstable_by(CLOSE, |a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
            sums.truncate(CLOSE);
        }
        let mut slots: Vec<u32> = sums.into_iter().map(|(slot, _)| slot).collect();
        if own.person != 0 {
            slots.extend(self.postings.newest(hash(1, own.person), CLOSE));
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn compare(&self, own: &Entry, sketch: &Sketch, slot: u32) -> Option<Candidate> {
        let other = self.entries.get(slot as usize)?.as_ref().filter(|other| other.id != own.id)?;
        let words = sketch.shared(&other.sketch, other.total);
        let place = own.place(&other.places);
        let apart = own.at.abs_diff(other.at) as f32 / self.limits.half_life.max(1) as f32;
        let time = 0.5_f32.powf(apart);
        let kind = if own.person != 0 && own.person == other.person && words >= self.limits.person {
            Kind::SamePerson
        } else if words >= self.limits.matter && place.is_none_or(|near| near > 0.0) {
            Kind::SameMatter
        } else if words >= self.limits.event && time >= 0.5 && place.is_some_and(|near| near >= 0.5) {
            Kind::SameEvent
        } else {
            return None;
        };
        let near = place.unwrap_or(0.5);
        let person = if kind == Kind::SamePerson { 0.1 } else { 0.0 };
        let score = (words * (0.6 + 0.25 * near + 0.15 * time) + person).min(1.0);
        Some(Candidate { id: other.id, kind, score, words, place, time })
    }
}
