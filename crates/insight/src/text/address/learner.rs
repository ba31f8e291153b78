//! Weights while they are being learnt.

use std::{collections::HashSet, ops::Range};

use super::{
    Model, Options,
    features::{Known, LONGEST},
    lessons::Lesson,
    likelihood::gradient,
    model::{LABELS, Lattice, POSITIONS, STEPS, Table},
    tokens::mix,
};

/// Keeps the first steps of a weight small.
const CALM: f32 = 1e-2;

/// Weights with what learning needs beside them.
pub(super) struct Learner<'o> {
    pub rows: Table<u32>,
    options: &'o Options,
    states: Vec<u8>,
    starts: Vec<u32>,
    /// How often each feature was seen.
    counts: Vec<f32>,
    /// Each weight with the squares of its steps.
    weights: Vec<(f32, f32)>,
    sums: Vec<f32>,
    /// Steps from label to label, then lengths of parts.
    dense: Vec<(f32, f32)>,
    dense_sums: Vec<f32>,
    chance: u64,
}

impl<'o> Learner<'o> {
    /// `seen` are features with their states, sorted.
    pub fn new(seen: &[(u64, u8)], options: &'o Options) -> Self {
        let mut rows = Table::default();
        let (mut starts, mut states, mut counts) = (Vec::new(), Vec::<u8>::new(), Vec::new());
        for same in seen.chunk_by(|a, b| a.0 == b.0) {
            rows.insert(same[0].0, starts.len() as u32);
            starts.push(states.len() as u32);
            counts.push(same.len() as f32);
            states.extend(same.chunk_by(|a, b| a == b).map(|one| one[0].1));
        }
        starts.push(states.len() as u32);
        let dense = STEPS + LONGEST * LABELS;
        Self {
            rows,
            options,
            weights: vec![(0.0, 0.0); states.len()],
            sums: vec![0.0; states.len()],
            states,
            starts,
            counts,
            dense: vec![(0.0, 0.0); dense],
            dense_sums: vec![0.0; dense],
            chance: mix(options.seed, 99),
        }
    }

    /// The next number of a row that looks like chance.
    pub fn draw(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.chance, 5) >> 16
    }

    fn range(&self, row: u32) -> Range<usize> {
        self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize
    }

    /// One step towards one address.
    pub fn learn(&mut self, lesson: &Lesson) {
        let least = (self.options.dropout * 65536.0) as u64;
        let mut kept = |all: &[(u32, u32)]| -> Vec<(u32, u32)> {
            all.iter().filter(|_| self.draw() & 0xffff >= least).copied().collect()
        };
        let (tokens, parts) = (kept(&lesson.tokens), kept(&lesson.parts));
        let louder = 1.0 / (1.0 - self.options.dropout);
        let lattice = self.lattice(lesson.n, &tokens, &parts, louder);
        let steps: Vec<f32> = self.dense[..STEPS].iter().map(|step| step.0).collect();
        let (gradient, steps) = gradient(&lattice, &steps, &lesson.gold, self.options.margin);
        for (at, row) in tokens {
            for k in self.range(row) {
                let state = usize::from(self.states[k]);
                self.step(k, gradient.edge[at as usize][state] * louder, row);
            }
        }
        let alive: Vec<bool> = gradient.whole.iter().map(|g| g.iter().any(|g| g.abs() > 1e-4)).collect();
        for (part, row) in parts.into_iter().filter(|(part, _)| alive[*part as usize]) {
            for k in self.range(row) {
                let label = usize::from(self.states[k]) - POSITIONS * LABELS;
                self.step(k, gradient.whole[part as usize][label] * louder, row);
            }
        }
        self.step_dense(&gradient, &steps);
    }

    fn lattice(&self, n: usize, tokens: &[(u32, u32)], parts: &[(u32, u32)], louder: f32) -> Lattice {
        let mut lattice = Lattice::new(n);
        for (at, row) in tokens {
            for k in self.range(*row) {
                lattice.add_token(*at as usize, self.states[k], self.weights[k].0 * louder);
            }
        }
        lattice.sum();
        for to in 1..=n {
            for from in to.saturating_sub(LONGEST)..to {
                let lengths = &self.dense[STEPS + (to - from - 1) * LABELS..][..LABELS];
                let whole = &mut lattice.whole[Lattice::part(from, to)];
                whole.iter_mut().zip(lengths).for_each(|(whole, length)| *whole = length.0);
            }
        }
        for (part, row) in parts {
            for k in self.range(*row) {
                let label = usize::from(self.states[k]) - POSITIONS * LABELS;
                lattice.whole[*part as usize][label] += self.weights[k].0 * louder;
            }
        }
        lattice
    }

    fn step(&mut self, k: usize, gain: f32, row: u32) {
        let (weight, squares) = &mut self.weights[k];
        let gain = gain - self.options.restraint * *weight / self.counts[row as usize];
        if gain.abs() > 1e-4 {
            *squares += gain * gain;
            *weight += self.options.pace * gain / (squares.sqrt() + CALM);
        }
    }

    fn step_dense(&mut self, gradient: &Lattice, steps: &[f32]) {
        let mut lengths = vec![0.0; LONGEST * LABELS];
        for to in 1..=gradient.n {
            for from in to.saturating_sub(LONGEST)..to {
                let own = &mut lengths[(to - from - 1) * LABELS..][..LABELS];
                own.iter_mut().zip(&gradient.whole[Lattice::part(from, to)]).for_each(|(own, g)| *own += g);
            }
        }
        for ((weight, squares), gain) in self.dense.iter_mut().zip(steps.iter().chain(&lengths)) {
            *squares += gain * gain;
            *weight += self.options.pace * gain / (squares.sqrt() + CALM);
        }
    }

    /// Adds the weights as they are to those that will be averaged.
    pub fn remember(&mut self) {
        self.sums.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += weight.0);
        self.dense_sums.iter_mut().zip(&self.dense).for_each(|(sum, weight)| *sum += weight.0);
    }

    /// What was learnt; weights that are next to nothing are left out.
    pub fn finish(self, endings: HashSet<u64>, known: Known, remembered: usize) -> Model {
        let times = remembered.max(1) as f32;
        let rows = self.rows.iter().filter_map(|(feature, row)| {
            let weights = self.range(*row).map(|k| (self.states[k], self.sums[k] / times));
            let weights: Vec<(u8, f32)> = weights.filter(|(_, weight)| weight.abs() >= Model::LEAST).collect();
            (!weights.is_empty()).then_some((*feature, weights))
        });
        let dense: Vec<f32> = self.dense_sums.iter().map(|sum| sum / times).collect();
        Model::new(endings, known, rows.collect(), dense)
    }
}
