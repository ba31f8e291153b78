//! A learnt splitter: of all ways to cut a text into labelled parts, the one with the highest score. The score of a way
//! is the sum of weights of what is seen at its tokens, in its parts and from one part to the next (a semi-Markov
//! conditional random field), so that a part is judged as a whole and not only character by character.

use std::collections::{HashMap, HashSet};

use super::{
    Label, Part,
    features::{Known, LONGEST, Sentence},
    tokens::{Token, tokens},
};

pub(super) const LABELS: usize = Label::ALL.len();
/// Where a token stands in its part: first, inner, last, alone.
pub(super) const POSITIONS: usize = 4;
/// States that weights are about: a label at a position, then a label of a whole part.
pub(super) const STATES: usize = LABELS * (POSITIONS + 1);
/// Weights that go from one label, or the beginning, to the next.
pub(super) const STEPS: usize = (LABELS + 1) * LABELS;

/// Parts of 1 that a weight is counted in.
const PARTS: f32 = 256.0;
/// Tokens that are read as one address.
const BLOCK: usize = 192;

/// A part: from which token, to which, and the number of its label.
pub(super) type Cut = (usize, usize, usize);

/// A table of hashed features.
pub(super) type Table<T> = HashMap<u64, T, std::hash::BuildHasherDefault<Plain>>;

/// The keys are hashes already.
#[derive(Default, Clone)]
pub(super) struct Plain(u64);

impl std::hash::Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// Learnt weights, and what they are looked up by.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) endings: HashSet<u64>,
    pub(super) known: Known,
    /// Of each feature, where its weights begin and how many they are.
    pub(super) rows: Table<(u32, u8)>,
    pub(super) filter: Filter,
    /// States and weights, in 256ths.
    pub(super) weights: Vec<(u8, i16)>,
    /// From one label to the next, the first row from the beginning; then by the length of parts.
    pub(super) dense: Vec<f32>,
}

/// Tells quickly of most features that no model knows them; fits where the processor is quick.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter(Vec<u64>);

impl Filter {
    const BITS: u64 = 1 << 22;

    pub fn new() -> Self {
        Self(vec![0; (Self::BITS / 64) as usize])
    }

    pub fn add(&mut self, feature: u64) {
        let bit = (feature >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    pub fn may(&self, feature: u64) -> bool {
        let bit = (feature >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}

/// What a text offers: sums of weights for each token and state, and for each part.
pub(super) struct Lattice {
    pub n: usize,
    /// Sums over the tokens up to here of what they weigh inside a part, by label.
    pub inner: Vec<[f32; LABELS]>,
    /// Of each token, by position and label.
    pub edge: Vec<[f32; LABELS * POSITIONS]>,
    /// Of parts by where they end and how long they are.
    pub whole: Vec<[f32; LABELS]>,
}

impl Lattice {
    pub fn new(n: usize) -> Self {
        Self {
            n,
            inner: vec![[0.0; LABELS]; n + 1],
            edge: vec![[0.0; LABELS * POSITIONS]; n],
            whole: vec![[0.0; LABELS]; n * LONGEST],
        }
    }

    pub fn part(from: usize, to: usize) -> usize {
        (to - 1) * LONGEST + (to - from - 1)
    }

    pub fn add_token(&mut self, at: usize, state: u8, weight: f32) {
        if let Some(edge) = self.edge[at].get_mut(usize::from(state)) {
            *edge += weight;
        }
    }

    pub fn sum(&mut self) {
        for at in 0..self.n {
            for label in 0..LABELS {
                self.inner[at + 1][label] = self.inner[at][label] + self.edge[at][LABELS + label];
            }
        }
    }

    /// What a part weighs with each label.
    pub fn score(&self, from: usize, to: usize) -> [f32; LABELS] {
        let mut score = self.whole[Self::part(from, to)];
        if to - from == 1 {
            for (score, own) in score.iter_mut().zip(&self.edge[from][3 * LABELS..]) {
                *score += own;
            }
            return score;
        }
        let (first, last) = (&self.edge[from][..LABELS], &self.edge[to - 1][2 * LABELS..]);
        let (before, after) = (&self.inner[from + 1], &self.inner[to - 1]);
        for label in 0..LABELS {
            score[label] += first[label] + last[label] + after[label] - before[label];
        }
        score
    }
}

impl Model {
    /// A weight below this is left out.
    pub(super) const LEAST: f32 = 0.03;

    /// A model of features with their weights.
    pub(super) fn new(
        endings: HashSet<u64>,
        known: Known,
        mut features: Vec<(u64, Vec<(u8, f32)>)>,
        dense: Vec<f32>,
    ) -> Self {
        features.sort_unstable_by_key(|(feature, _)| *feature);
        let mut model = Self::empty(endings, known);
        model.dense = dense;
        for (feature, weights) in features {
            model.row_begins(feature, weights.len() as u8);
            model.weights.extend(weights.into_iter().map(|(state, weight)| (state, (weight * PARTS) as i16)));
        }
        model
    }

    /// A model without weights.
    pub(super) fn empty(endings: HashSet<u64>, known: Known) -> Self {
        let (rows, filter) = (Table::default(), Filter::new());
        Self { endings, known, rows, filter, weights: Vec::new(), dense: Vec::new() }
    }

    /// Says that the weights of a feature are added next.
    pub(super) fn row_begins(&mut self, feature: u64, weights: u8) {
        self.rows.insert(feature, (self.weights.len() as u32, weights));
        self.filter.add(feature);
    }

    fn row(&self, feature: u64) -> impl Iterator<Item = (u8, f32)> {
        let row = self.filter.may(feature).then(|| self.rows.get(&feature)).flatten();
        let range = row.map_or(0..0, |(from, n)| *from as usize..*from as usize + usize::from(*n));
        self.weights[range].iter().map(|(state, weight)| (*state, f32::from(*weight) / PARTS))
    }

    fn lattice(&self, tokens: &[Token]) -> Lattice {
        let sentence = Sentence::new(tokens, &self.endings, &self.known, Vec::new());
        let mut lattice = Lattice::new(sentence.len());
        let mut features = Vec::with_capacity(64);
        for at in 0..lattice.n {
            features.clear();
            sentence.token(at, &mut features);
            for feature in &features {
                self.row(*feature).for_each(|(state, weight)| lattice.add_token(at, state, weight));
            }
        }
        lattice.sum();
        for to in 1..=lattice.n {
            for from in to.saturating_sub(LONGEST)..to {
                features.clear();
                sentence.part(from, to, &mut features);
                let whole = &mut lattice.whole[Lattice::part(from, to)];
                whole.copy_from_slice(&self.dense[STEPS + (to - from - 1) * LABELS..][..LABELS]);
                for feature in &features {
                    for (state, weight) in self.row(*feature) {
                        if let Some(whole) = whole.get_mut(usize::from(state).wrapping_sub(LABELS * POSITIONS)) {
                            *whole += weight;
                        }
                    }
                }
            }
        }
        lattice
    }

    /// The parts of an address.
    #[must_use]
    pub fn split(&self, text: &str) -> Vec<Part> {
        let tokens = tokens(text);
        in_blocks(&tokens, |block| best(&self.lattice(block), &self.dense))
    }
}

/// The parts of a text that is read in blocks, for nobody's address is longer.
pub(super) fn in_blocks(tokens: &[Token], cut: impl Fn(&[Token]) -> Vec<Cut>) -> Vec<Part> {
    let part = |block: &[Token], (from, to, label): Cut| Part {
        label: Label::ALL[label],
        range: block[from].range.start..block[to - 1].range.end,
    };
    tokens.chunks(BLOCK).flat_map(|block| cut(block).into_iter().map(move |cut| part(block, cut))).collect()
}

/// The best way to cut.
pub(super) fn best(lattice: &Lattice, steps: &[f32]) -> Vec<Cut> {
    let n = lattice.n;
    let mut ends = vec![[f32::NEG_INFINITY; LABELS]; n + 1];
    let mut back = vec![[(0_usize, 0_usize); LABELS]; n + 1];
    let mut begins = vec![[(f32::NEG_INFINITY, 0_usize); LABELS]; n];
    for to in 1..=n {
        begins[to - 1] = begin(&ends[to - 1], steps, to == 1);
        let first = to.saturating_sub(LONGEST);
        for (from, begin) in begins.iter().enumerate().take(to).skip(first) {
            let score = lattice.score(from, to);
            for (label, (way, before)) in begin.iter().enumerate() {
                if way + score[label] > ends[to][label] {
                    ends[to][label] = way + score[label];
                    back[to][label] = (from, *before);
                }
            }
        }
    }
    let mut cuts = Vec::new();
    let mut to = n;
    let mut label = (0..LABELS).fold(0, |best, l| if ends[n][l] > ends[n][best] { l } else { best });
    while to > 0 {
        let (from, before) = back[to][label];
        cuts.push((from, to, label));
        (to, label) = (from, before);
    }
    cuts.reverse();
    cuts
}

/// The best way to come to the beginning of a part of each label, and from which label.
fn begin(ends: &[f32; LABELS], steps: &[f32], first: bool) -> [(f32, usize); LABELS] {
    let mut begin = [(f32::NEG_INFINITY, 0); LABELS];
    if first {
        begin.iter_mut().zip(steps).for_each(|(begin, step)| begin.0 = *step);
        return begin;
    }
    for (before, end) in ends.iter().enumerate() {
        let row = &steps[(before + 1) * LABELS..(before + 2) * LABELS];
        for (begin, step) in begin.iter_mut().zip(row) {
            if end + step > begin.0 {
                *begin = (end + step, before);
            }
        }
    }
    begin
}
