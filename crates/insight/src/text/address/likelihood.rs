//! How likely the parts that people marked are under the weights, and how that changes with each score.

use super::{
    features::LONGEST,
    model::{Cut, LABELS, Lattice, STEPS},
};

/// Where a token stands in its part: first, inner, last, alone.
pub(super) fn position(from: usize, to: usize, at: usize) -> usize {
    match (at == from, at + 1 == to) {
        (true, true) => 3,
        (true, false) => 0,
        (false, true) => 2,
        (false, false) => 1,
    }
}

/// Sums over all ways to cut, in logarithms.
struct Sums {
    scores: Vec<[f32; LABELS]>,
    /// All ways up to where a part begins, by its label.
    begins: Vec<[f32; LABELS]>,
    /// All ways up to where a part ends, by its label.
    ends: Vec<[f32; LABELS]>,
    /// All ways from where a part begins to the end of the text, by its label.
    rest: Vec<[f32; LABELS]>,
    /// All ways from where a part ends, by its label.
    after: Vec<[f32; LABELS]>,
    total: f32,
}

fn log_sum(values: impl Iterator<Item = f32> + Clone) -> f32 {
    let most = values.clone().fold(f32::NEG_INFINITY, f32::max);
    most + values.map(|v| (v - most).exp()).sum::<f32>().ln()
}

fn highest(values: &[f32; LABELS]) -> f32 {
    values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

fn row(factors: &[f32], before: usize) -> &[f32] {
    &factors[(before + 1) * LABELS..(before + 2) * LABELS]
}

impl Sums {
    /// `margin` is what each token of a part that nobody marked scores in addition, so that the marked ones have to win by it.
    fn new(lattice: &Lattice, steps: &[f32], factors: &[f32], gold: &[Cut], margin: f32) -> Self {
        let n = lattice.n;
        let mut sums = Self {
            scores: vec![[0.0; LABELS]; n * LONGEST],
            begins: vec![[0.0; LABELS]; n],
            ends: vec![[f32::NEG_INFINITY; LABELS]; n + 1],
            rest: vec![[f32::NEG_INFINITY; LABELS]; n],
            after: vec![[0.0; LABELS]; n + 1],
            total: 0.0,
        };
        for to in 1..=n {
            for from in to.saturating_sub(LONGEST)..to {
                let score = &mut sums.scores[Lattice::part(from, to)];
                *score = lattice.score(from, to);
                score.iter_mut().for_each(|score| *score += margin * (to - from) as f32);
            }
        }
        for (from, to, label) in gold {
            sums.scores[Lattice::part(*from, *to)][*label] -= margin * (to - from) as f32;
        }
        sums.forwards(n, steps, factors);
        sums.backwards(n, factors);
        sums
    }

    fn forwards(&mut self, n: usize, steps: &[f32], factors: &[f32]) {
        for to in 1..=n {
            let at = to - 1;
            if at == 0 {
                self.begins[0].copy_from_slice(&steps[..LABELS]);
            } else {
                let most = highest(&self.ends[at]);
                let mut sums = [1e-30_f32; LABELS];
                for (before, end) in self.ends[at].iter().enumerate() {
                    let share = (end - most).exp();
                    sums.iter_mut().zip(row(factors, before)).for_each(|(sum, factor)| *sum += share * factor);
                }
                self.begins[at] = sums.map(|sum| most + sum.ln());
            }
            let first = to.saturating_sub(LONGEST);
            for label in 0..LABELS {
                let way = |from: usize| self.begins[from][label] + self.scores[Lattice::part(from, to)][label];
                self.ends[to][label] = log_sum((first..to).map(way));
            }
        }
        self.total = log_sum(self.ends[n].iter().copied());
    }

    fn backwards(&mut self, n: usize, factors: &[f32]) {
        for from in (0..n).rev() {
            let last = n.min(from + LONGEST);
            for label in 0..LABELS {
                let way = |to: usize| self.scores[Lattice::part(from, to)][label] + self.after[to][label];
                self.rest[from][label] = log_sum((from + 1..=last).map(way));
            }
            let most = highest(&self.rest[from]);
            let shares = self.rest[from].map(|rest| (rest - most).exp());
            for before in 0..LABELS {
                let sum: f32 = row(factors, before).iter().zip(&shares).map(|(f, share)| f * share).sum();
                self.after[from][before] = most + (sum + 1e-30).ln();
            }
        }
    }

    /// Takes from each step what the weights expect of it.
    fn expect_steps(&self, n: usize, factors: &[f32], out: &mut [f32]) {
        for (out, (begin, rest)) in out.iter_mut().zip(self.begins[0].iter().zip(&self.rest[0])) {
            *out -= (begin + rest - self.total).exp();
        }
        for from in 1..n {
            let most = highest(&self.rest[from]);
            let shares = self.rest[from].map(|rest| (rest - most).exp());
            for before in 0..LABELS {
                let share = (self.ends[from][before] + most - self.total).exp();
                if share > 1e-7 {
                    let out = &mut out[(before + 1) * LABELS..(before + 2) * LABELS];
                    let all = row(factors, before).iter().zip(&shares);
                    out.iter_mut().zip(all).for_each(|(out, (f, s))| *out -= share * f * s);
                }
            }
        }
    }
}

/// How the likelihood changes with each score and step: what people marked, less what the weights expect.
pub(super) fn gradient(lattice: &Lattice, steps: &[f32], gold: &[Cut], margin: f32) -> (Lattice, Vec<f32>) {
    let n = lattice.n;
    let factors: Vec<f32> = steps[..STEPS].iter().map(|step| step.exp()).collect();
    let sums = Sums::new(lattice, steps, &factors, gold, margin);
    let mut out = Lattice::new(n);
    let mut out_steps = vec![0.0; STEPS];
    sums.expect_steps(n, &factors, &mut out_steps);
    for to in 1..=n {
        for from in to.saturating_sub(LONGEST)..to {
            let part = Lattice::part(from, to);
            for label in 0..LABELS {
                let log = sums.begins[from][label] + sums.scores[part][label] + sums.after[to][label] - sums.total;
                if log > -13.0 {
                    add(&mut out, (from, to, label), -log.exp());
                }
            }
        }
    }
    let mut before = 0;
    for cut in gold {
        add(&mut out, *cut, 1.0);
        out_steps[before * LABELS + cut.2] += 1.0;
        before = cut.2 + 1;
    }
    (out, out_steps)
}

fn add(out: &mut Lattice, (from, to, label): Cut, by: f32) {
    out.whole[Lattice::part(from, to)][label] += by;
    for at in from..to {
        out.edge[at][position(from, to, at) * LABELS + label] += by;
    }
}
