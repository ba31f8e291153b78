//! Whether letter and reply are about one matter.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::text::grams::Plain;

/// A letter and a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<'a> {
    /// What the letter is headed.
    pub title: &'a str,
    /// What it says.
    pub text: &'a str,
    /// What was replied.
    pub reply: &'a str,
}

/// The longest piece, in characters.
const LONGEST: usize = 4;
/// What is known of a pair: by length of piece the title's share in the reply, the letter's, the reply's, and the cosine;
/// how long each is; the rarest piece in common.
const FACTS: usize = LONGEST * 4 + 3;
/// Steps of the descent, their length, and how far it is held back.
const STEPS: usize = 600;
const RATE: f64 = 0.5;
const HOLD: f64 = 1e-3;
/// Exchanged pairs for each true one.
const EXCHANGED: usize = 3;

/// Tells whether letter and reply are about one matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// How rare a piece is; what was never seen is as rare as can be.
    rarity: HashMap<u32, f32>,
    never: f32,
    mean: [f64; FACTS],
    scale: [f64; FACTS],
    /// For each fact, then a constant.
    weights: [f64; FACTS + 1],
}

/// Pieces of a text by length, sorted.
type Pieces = [Vec<u32>; LONGEST];

/// The pieces of a title, of the whole letter, of a reply.
struct Read {
    title: Pieces,
    letter: Pieces,
    reply: Pieces,
}

impl Judge {
    /// Learns from true pairs; exchanged ones it makes itself, and `seed` says which.
    #[must_use]
    pub fn train(pairs: &[Pair<'_>], seed: u64) -> Self {
        let read: Vec<Read> = pairs.iter().map(Read::of).collect();
        let mut often: HashMap<u32, u32> = HashMap::new();
        for pieces in read.iter().flat_map(|r| [&r.letter, &r.reply]).flatten() {
            pieces.iter().for_each(|piece| *often.entry(*piece).or_default() += 1);
        }
        let never = ((2 * pairs.len() + 1) as f32).ln();
        // What occurs once is as rare as what never does, as near as matters.
        often.retain(|_, texts| *texts > 1);
        let rarity = often.into_iter().map(|(piece, texts)| (piece, never - (texts as f32).ln())).collect();
        let mut judge = Self { rarity, never, mean: [0.0; FACTS], scale: [1.0; FACTS], weights: [0.0; FACTS + 1] };
        let mut seen = Vec::new();
        for (at, pair) in read.iter().enumerate() {
            seen.push((judge.facts(pair, &pair.reply), 1.0));
            for turn in 0..EXCHANGED {
                let other = exchanged(at, turn, read.len(), seed);
                if other != at {
                    seen.push((judge.facts(pair, &read[other].reply), 0.0));
                }
            }
        }
        judge.learn(&seen);
        judge
    }

    /// How likely letter and reply are about one matter, if true and exchanged pairs were equally frequent.
    #[must_use]
    pub fn same_matter(&self, pair: &Pair<'_>) -> f32 {
        let read = Read::of(pair);
        logistic(self.score(&self.facts(&read, &read.reply))) as f32
    }

    fn rare(&self, piece: u32) -> f32 {
        self.rarity.get(&piece).copied().unwrap_or(self.never)
    }

    fn facts(&self, read: &Read, reply: &Pieces) -> [f64; FACTS] {
        let mut facts = [0.0; FACTS];
        let sum = |pieces: &[u32], power: i32| pieces.iter().map(|p| self.rare(*p).powi(power)).sum::<f32>();
        let mut rarest = 0.0_f32;
        for length in 0..LONGEST {
            let (title, letter, reply) = (&read.title[length], &read.letter[length], &reply[length]);
            let of_title = common(title, reply);
            let both = common(letter, reply);
            rarest = both.iter().map(|piece| self.rare(*piece)).fold(rarest, f32::max);
            let share = |part: f32, whole: f32| f64::from(part / whole.max(1.0)).sqrt();
            let at = &mut facts[length * 4..][..4];
            at[0] = share(sum(&of_title, 1), sum(title, 1));
            at[1] = share(sum(&both, 1), sum(letter, 1));
            at[2] = share(sum(&both, 1), sum(reply, 1));
            at[3] = share(sum(&both, 2), (sum(letter, 2) * sum(reply, 2)).sqrt());
        }
        facts[FACTS - 3] = (1.0 + read.letter[0].len() as f64).ln();
        facts[FACTS - 2] = (1.0 + reply[0].len() as f64).ln();
        facts[FACTS - 1] = f64::from(rarest);
        facts
    }

    fn score(&self, facts: &[f64; FACTS]) -> f64 {
        let plain = facts.iter().zip(&self.mean).zip(&self.scale).map(|((fact, mean), scale)| (fact - mean) / scale);
        self.weights[FACTS] + plain.zip(&self.weights).map(|(fact, weight)| fact * weight).sum::<f64>()
    }

    /// Logistic regression; a true pair counts as much as its exchanged ones together.
    fn learn(&mut self, seen: &[([f64; FACTS], f64)]) {
        let count = seen.len().max(1) as f64;
        for fact in 0..FACTS {
            let mean = seen.iter().map(|(facts, _)| facts[fact]).sum::<f64>() / count;
            let spread = seen.iter().map(|(facts, _)| (facts[fact] - mean).powi(2)).sum::<f64>() / count;
            (self.mean[fact], self.scale[fact]) = (mean, spread.sqrt().max(1e-6));
        }
        let weight = |truth: f64| if truth > 0.5 { EXCHANGED as f64 } else { 1.0 };
        let whole: f64 = seen.iter().map(|(_, truth)| weight(*truth)).sum::<f64>().max(1.0);
        for _ in 0..STEPS {
            let mut slope = self.weights.map(|weight| weight * HOLD);
            slope[FACTS] = 0.0;
            for (facts, truth) in seen {
                let off = (logistic(self.score(facts)) - truth) * weight(*truth) / whole;
                for fact in 0..FACTS {
                    slope[fact] += off * (facts[fact] - self.mean[fact]) / self.scale[fact];
                }
                slope[FACTS] += off;
            }
            self.weights.iter_mut().zip(slope).for_each(|(weight, slope)| *weight -= RATE * slope);
        }
    }
}

impl Read {
    fn of(pair: &Pair<'_>) -> Self {
        let title = pieces(&[pair.title]);
        Self { title, letter: pieces(&[pair.title, pair.text]), reply: pieces(&[pair.reply]) }
    }
}

fn pieces(texts: &[&str]) -> Pieces {
    let mut pieces = Pieces::default();
    for text in texts {
        Plain::read(text).grams(LONGEST, |gram| pieces[gram.length - 1].push(gram.hash));
    }
    for pieces in &mut pieces {
        pieces.sort_unstable();
        pieces.dedup();
    }
    pieces
}

/// What both have.
fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    one.iter().copied().filter(|piece| other.binary_search(piece).is_ok()).collect()
}

fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// Another pair's number, by chance that the seed decides.
fn exchanged(at: usize, turn: usize, count: usize, seed: u64) -> usize {
    let mut mixed = seed ^ (at * EXCHANGED + turn + 1) as u64;
    for _ in 0..2 {
        mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    ((mixed >> 33) % count.max(1) as u64) as usize
}
