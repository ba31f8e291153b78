//! Letters join events one by one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Common, Event, Letter, heat, words};
use crate::text::pairs::pairs_of;

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
/// Pairs of an event that count.
const CENTRE: usize = 400;

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
    centre: HashMap<u32, f32>,
    norm: f32,
    places: BTreeMap<String, usize>,
}

/// A stream of letters and the events in it.
pub struct Stream {
    common: Common,
    limits: Limits,
    kept: Vec<Kept>,
    groups: Vec<Group>,
    /// Which groups hold a pair.
    holders: HashMap<u32, Vec<u32>>,
}

impl Stream {
    /// A stream without letters; `common` tells telling pairs from usual ones.
    #[must_use]
    pub fn new(common: Common, limits: Limits) -> Self {
        Self { common, limits, kept: Vec::new(), groups: Vec::new(), holders: HashMap::new() }
    }

    /// Takes the next letter in.
    pub fn add(&mut self, letter: &Letter) {
        let vector = self.vector(letter);
        let at = self.kept.len();
        let best = self.nearest(&vector, letter);
        let group = best.unwrap_or_else(|| {
            self.groups.push(Group::default());
            self.groups.len() - 1
        });
        let own = &mut self.groups[group];
        for (gram, weight) in &vector {
            let slot = own.centre.entry(*gram).or_insert_with(|| {
                self.holders.entry(*gram).or_default().push(group as u32);
                0.0
            });
            *slot += weight;
        }
        own.letters.push(at);
        own.last = own.last.max(letter.at);
        own.norm = own.centre.values().map(|w| w * w).sum::<f32>().sqrt();
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

    /// What a letter says: its heaviest pairs, of length 1 all together.
    fn vector(&self, letter: &Letter) -> Vec<(u32, f32)> {
        let mut title = Vec::new();
        pairs_of(letter.title, &mut title);
        let mut pairs = Vec::new();
        pairs_of(letter.text, &mut pairs);
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        pairs.iter().for_each(|gram| *counts.entry(*gram).or_default() += 1.0);
        title.iter().for_each(|gram| *counts.entry(*gram).or_default() += 4.0);
        let mut all: Vec<(u32, f32)> =
            counts.into_iter().map(|(gram, n)| (gram, (1.0 + n).ln() * self.common.weight(gram))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.truncate(PAIRS);
        let norm = all.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(1e-6);
        all.iter_mut().for_each(|(_, w)| *w /= norm);
        all
    }

    fn nearest(&self, vector: &[(u32, f32)], letter: &Letter) -> Option<usize> {
        let mut sums: BTreeMap<u32, f32> = BTreeMap::new();
        for (gram, weight) in vector {
            for group in self.holders.get(gram).into_iter().flatten() {
                *sums.entry(*group).or_default() += weight * self.groups[*group as usize].centre[gram];
            }
        }
        let alike = |(group, sum): (u32, f32)| {
            let own = &self.groups[group as usize];
            let fade = 0.5_f32.powf((letter.at - own.last).max(0) as f32 / self.limits.fade.max(1) as f32);
            let place = letter.place.map_or(0.0, |place| match own.places.get(place) {
                Some(_) => self.limits.place,
                None if own.places.is_empty() => 0.0,
                None => -self.limits.place,
            });
            (group as usize, (sum / own.norm + place) * fade)
        };
        let best = sums.into_iter().map(alike).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        (best.1 >= self.limits.join).then_some(best.0)
    }

    /// The hottest events at a time, of at least so many letters.
    #[must_use]
    pub fn table(&self, now: i64, least: usize, most: usize) -> Vec<Event> {
        let groups = self.merged();
        let mut ranked: Vec<(f64, &Group)> = groups
            .iter()
            .filter(|group| group.letters.len() >= least.max(1))
            .map(|group| (self.heat(group, now), group))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.letters[0].cmp(&b.1.letters[0])));
        ranked.truncate(most);
        ranked.into_iter().enumerate().map(|(n, (heat, group))| self.event(n + 1, heat, group)).collect()
    }

    fn facts(&self, group: &Group) -> (usize, i64) {
        let people: HashSet<u64> = group.letters.iter().map(|at| self.kept[*at].person).collect();
        (people.len(), group.letters.iter().map(|at| self.kept[*at].votes).sum())
    }

    fn heat(&self, group: &Group, now: i64) -> f64 {
        let (people, votes) = self.facts(group);
        heat(people, group.letters.len(), votes, now - group.last, self.limits.half_life)
    }

    fn event(&self, rank: usize, heat: f64, group: &Group) -> Event {
        let mut letters: Vec<&Kept> = group.letters.iter().map(|at| &self.kept[*at]).collect();
        letters.sort_by_key(|kept| (kept.at, kept.id));
        let (people, votes) = self.facts(group);
        let texts: Vec<(&str, &str)> = letters.iter().map(|kept| (kept.title.as_str(), kept.text.as_str())).collect();
        let named = group.places.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| name.clone());
        let place = named.or_else(|| words::place(&texts, &self.limits.endings));
        Event {
            rank,
            heat,
            first: letters.first().map_or(0, |kept| kept.at),
            last: group.last,
            what: words::telling(&texts, place.as_deref(), &self.common),
            place,
            letters: letters.iter().map(|kept| kept.id).collect(),
            people,
            votes,
        }
    }

    /// The groups, those that have grown alike as one.
    fn merged(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.groups.clone();
        groups.iter_mut().for_each(Group::lighten);
        loop {
            let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for (at, group) in groups.iter().enumerate().filter(|(_, group)| !group.letters.is_empty()) {
                group.heaviest(40).for_each(|gram| holders.entry(gram).or_default().push(at));
            }
            let mut pairs: HashMap<(usize, usize), u32> = HashMap::new();
            for list in holders.values().filter(|list| list.len() < 200) {
                for (n, a) in list.iter().enumerate() {
                    list[n + 1..].iter().for_each(|b| *pairs.entry((*a, *b)).or_default() += 1);
                }
            }
            let mut alike: Vec<(f32, usize, usize)> = pairs
                .into_iter()
                .filter(|(_, shared)| *shared >= 4)
                .map(|((a, b), _)| (groups[a].alike(&groups[b]), a, b))
                .filter(|(alike, ..)| *alike >= self.limits.merge)
                .collect();
            alike.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
            if alike.is_empty() {
                break;
            }
            let mut touched = HashSet::new();
            for (_, a, b) in alike {
                if touched.insert(a) & touched.insert(b) {
                    let other = std::mem::take(&mut groups[b]);
                    groups[a].take(other);
                }
            }
        }
        groups.retain(|group| !group.letters.is_empty());
        groups
    }
}

impl Group {
    fn heaviest(&self, most: usize) -> impl Iterator<Item = u32> {
        let mut all: Vec<(u32, f32)> = self.centre.iter().map(|(gram, weight)| (*gram, *weight)).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.into_iter().take(most).map(|(gram, _)| gram)
    }

    fn lighten(&mut self) {
        if self.centre.len() > CENTRE {
            let kept: HashSet<u32> = self.heaviest(CENTRE).collect();
            self.centre.retain(|gram, _| kept.contains(gram));
        }
        self.norm = self.centre.values().map(|w| w * w).sum::<f32>().sqrt();
    }

    fn alike(&self, other: &Self) -> f32 {
        let (few, many) = if self.centre.len() < other.centre.len() { (self, other) } else { (other, self) };
        let dot: f32 = few.centre.iter().filter_map(|(gram, w)| Some(w * many.centre.get(gram)?)).sum();
        dot / (self.norm * other.norm).max(1e-6)
    }

    fn take(&mut self, other: Self) {
        self.letters.extend(other.letters);
        self.last = self.last.max(other.last);
        other.centre.into_iter().for_each(|(gram, weight)| *self.centre.entry(gram).or_default() += weight);
        other.places.into_iter().for_each(|(place, n)| *self.places.entry(place).or_default() += n);
        self.lighten();
    }
}
