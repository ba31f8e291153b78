//! What is looked at to tell where a part ends and what it is. Everything is a hash: the model knows no words.

use std::collections::{HashMap, HashSet};

use super::tokens::{Token, mix};

/// Tokens that one part may have; what is longer falls apart.
pub(super) const LONGEST: usize = 24;

/// A text with what is looked up often.
pub(super) struct Sentence<'t> {
    tokens: &'t [Token],
    /// Of each place, the nearest ending from there on and before it, with its distance.
    next: Vec<u64>,
    last: Vec<u64>,
    /// Of each place, whether the pair that begins here stands elsewhere before or after.
    again: Vec<u64>,
    known: &'t Known,
    /// What this text itself put among the names, while learning from it: it shall not find itself there.
    own: Vec<(u64, u8)>,
}

/// Names of places, by the hash of their tokens; of each, as what it is known and how often.
pub(super) type Known = HashMap<u64, Vec<(u8, u16)>>;

/// What a name is looked up by.
pub(super) fn name(part: &[Token]) -> u64 {
    part.iter().fold(12, |all, t| mix(all, t.key))
}

fn of(tokens: &[Token], at: isize, pick: impl Fn(&Token) -> u64) -> u64 {
    let inside = usize::try_from(at).ok().and_then(|at| tokens.get(at));
    inside.map_or(if at < 0 { 3 } else { 4 }, pick)
}

fn bucket(n: usize) -> u64 {
    match n {
        0..=4 => n as u64,
        5..=6 => 5,
        7..=9 => 6,
        10..=14 => 7,
        _ => 8,
    }
}

impl<'t> Sentence<'t> {
    /// `endings` are the tokens that parts often end with.
    pub fn new(tokens: &'t [Token], endings: &HashSet<u64>, known: &'t Known, own: Vec<(u64, u8)>) -> Self {
        let n = tokens.len();
        let (mut next, mut last) = (vec![5; n], vec![6; n]);
        let mut seen = None;
        for at in (0..n).rev() {
            if endings.contains(&tokens[at].key) {
                seen = Some(at);
            }
            if let Some(end) = seen.filter(|end| end - at < 10) {
                next[at] = mix(tokens[end].key, bucket(end - at));
            }
        }
        seen = None;
        for at in 0..n {
            if let Some(end) = seen.filter(|end| at - end < 10) {
                last[at] = mix(tokens[end].key, bucket(at - end));
            }
            if endings.contains(&tokens[at].key) {
                seen = Some(at);
            }
        }
        Self { tokens, next, last, again: again(tokens), known, own }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// What tells of one token.
    pub fn token(&self, at: usize, out: &mut Vec<u64>) {
        let i = at as isize;
        let k = |d: isize| of(self.tokens, i + d, |t| t.shape);
        let c = |d: isize| of(self.tokens, i + d, |t| 10 + t.class as u64);
        let mut put = |template: u64, value: u64| out.push(mix(mix(template, 77), value));
        for d in -3..=3_isize {
            put((20 + d) as u64, k(d));
        }
        for d in -3..=2_isize {
            put((30 + d) as u64, mix(k(d), k(d + 1)));
        }
        for d in -2..=1_isize {
            put((40 + d) as u64, mix(k(d), k(d + 2)));
        }
        for d in -3..=1_isize {
            put((50 + d) as u64, mix(mix(k(d), k(d + 1)), k(d + 2)));
        }
        for d in -3..=0_isize {
            put((60 + d) as u64, mix(mix(k(d), k(d + 1)), mix(k(d + 2), k(d + 3))));
        }
        let classes = |from: isize, to: isize| (from..=to).fold(9, |all, d| mix(all, c(d)));
        put(70, classes(-1, 1));
        put(71, classes(-2, 2));
        put(72, classes(0, 3));
        put(73, classes(-3, 0));
        put(74, classes(-4, 4));
        put(75, mix(classes(-3, -1), k(0)));
        put(76, mix(classes(1, 3), k(0)));
        put(77, mix(classes(-2, 2), k(0)));
        put(80, self.tokens[at].key);
        put(81, bucket(at));
        put(82, bucket(self.tokens.len() - 1 - at));
        put(83, mix(bucket(at), k(0)));
        put(84, mix(u64::from(at == 0), mix(k(0), k(1))));
        put(85, self.next[at]);
        put(86, self.last[at]);
        put(87, mix(self.next[at], self.last[at]));
        put(88, mix(self.next[at], k(0)));
        put(89, mix(self.last[at], k(0)));
        put(90, self.again[at]);
        put(91, mix(self.again[at], at.checked_sub(1).map_or(7, |before| self.again[before])));
        put(92, mix(self.again[at], k(0)));
    }

    /// What tells of a part as a whole.
    pub fn part(&self, from: usize, to: usize, out: &mut Vec<u64>) {
        let part = &self.tokens[from..to];
        let mut put = |template: u64, value: u64| out.push(mix(mix(template, 78), value));
        let exact = name(part);
        let mut classes = 13;
        let mut before = None;
        for class in part.iter().map(|t| t.class) {
            if before != Some(class) {
                classes = mix(classes, class as u64);
                before = Some(class);
            }
        }
        let last = part[part.len() - 1].shape;
        let first = part[0].shape;
        let length = part.len().min(12) as u64;
        let left = of(self.tokens, from as isize - 1, |t| t.shape);
        let right = of(self.tokens, to as isize, |t| t.shape);
        put(4, mix(last, length));
        put(5, mix(classes, last));
        put(6, mix(first, last));
        put(7, mix(mix(left, right), last));
        put(8, mix(classes, mix(of(self.tokens, to as isize, |t| t.class as u64), length)));
        if part.len() > 2 {
            let stem = part[..part.len() - 1].iter().fold(11, |all, t| mix(all, t.shape));
            put(11, stem);
        }
        put(12, mix(classes, length));
        if part.len() > 1 {
            let same = |at: usize| self.tokens[at..at + part.len()].iter().zip(part).all(|(a, b)| a.key == b.key);
            let before = self.again[from] & 1 == 1 && from >= part.len() && (0..=from - part.len()).any(same);
            let after = self.again[from] & 2 == 2 && (to..=self.tokens.len().saturating_sub(part.len())).any(same);
            if before || after {
                let times = u64::from(before) + 2 * u64::from(after);
                put(13, times);
                put(14, mix(times, last));
                put(15, mix(times, u64::from(from == 0)));
            }
            self.known_as(exact, &mut put);
        }
    }

    fn known_as(&self, name: u64, put: &mut impl FnMut(u64, u64)) {
        let Some(kinds) = self.known.get(&name) else { return };
        let mut all = 17;
        let mut total = 0;
        for (kind, count) in kinds {
            let own = self.own.iter().filter(|own| **own == (name, *kind)).count() as u16;
            let count = count.saturating_sub(own);
            if count > 0 {
                total += count;
                put(16, mix(u64::from(*kind), bucket(usize::from(count.min(6)))));
                all = mix(all, u64::from(*kind));
            }
        }
        if total > 0 {
            put(17, all);
            put(18, mix(all, bucket(usize::from(total))));
        }
    }
}

fn again(tokens: &[Token]) -> Vec<u64> {
    let pair = |at: usize| (at + 1 < tokens.len()).then(|| mix(tokens[at].key, tokens[at + 1].key));
    let mut seen: HashSet<u64> = HashSet::new();
    let mut out = vec![0; tokens.len()];
    for (at, slot) in out.iter_mut().enumerate() {
        *slot = pair(at).map_or(0, |pair| u64::from(!seen.insert(pair)));
    }
    seen.clear();
    for at in (0..tokens.len()).rev() {
        out[at] += pair(at).map_or(0, |pair| 2 * u64::from(!seen.insert(pair)));
    }
    out
}
