//! From votes to probabilities: a multinomial logistic model on the votes of all labels, learnt on letters that the
//! voters had not seen. It starts from the belief that a label's own votes count for it and nothing else does.

use super::VIEWS;

/// Votes on letters, a row each.
pub(super) struct Votes {
    width: usize,
    all: Vec<f32>,
}

/// How votes become probabilities: by label a weight for each vote, then a constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Blend {
    pub labels: usize,
    pub weights: Vec<f32>,
}

/// What a vote counts before anything was learnt.
const BELIEF: f32 = 1.5;
/// Steps of the descent, and about how many multiplications all of them may take: many labels get fewer steps.
const STEPS: usize = 500;
const WORK: usize = 10_000_000_000;

impl Votes {
    pub fn new(letters: usize, width: usize) -> Self {
        Self { width, all: vec![0.0; letters * width] }
    }

    pub fn of(&mut self, letter: usize) -> &mut [f32] {
        &mut self.all[letter * self.width..][..self.width]
    }

    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.all.chunks_exact(self.width)
    }
}

impl Blend {
    fn believed(labels: usize) -> Self {
        let width = VIEWS * labels + 1;
        let mut weights = vec![0.0; labels * width];
        for label in 0..labels {
            (0..VIEWS).for_each(|view| weights[label * width + view * labels + label] = BELIEF);
        }
        Self { labels, weights }
    }

    /// The blend that makes the truth likeliest, held back towards the belief; Nesterov's descent.
    pub fn learn(votes: &Votes, truth: &[usize], labels: usize) -> Self {
        let belief = Self::believed(labels);
        let square: f32 = votes.all.iter().map(|vote| vote * vote).sum::<f32>() + truth.len() as f32;
        let rate = 1.0 / (0.5 * square + 1.0);
        let steps = (WORK / (truth.len() * labels * votes.width * 2).max(1)).clamp(10, STEPS);
        let mut blend = belief.clone();
        let mut last = belief.clone();
        let mut slope = vec![0.0; belief.weights.len()];
        for step in 0..steps {
            let momentum = step as f32 / (step as f32 + 3.0);
            let ahead = |(now, last): (&f32, &f32)| now + momentum * (now - last);
            let look = Self { labels, weights: blend.weights.iter().zip(&last.weights).map(ahead).collect() };
            for ((slope, at), belief) in slope.iter_mut().zip(&look.weights).zip(&belief.weights) {
                *slope = at - belief;
            }
            for (row, truth) in votes.rows().zip(truth) {
                let likely = look.probabilities(row);
                for (label, slope) in slope.chunks_exact_mut(votes.width + 1).enumerate() {
                    let off = likely[label] - f32::from(u8::from(label == *truth));
                    slope.iter_mut().zip(row).for_each(|(slope, vote)| *slope += off * vote);
                    slope[votes.width] += off;
                }
            }
            last = blend;
            blend = Self { labels, weights: look.weights.iter().zip(&slope).map(|(at, s)| at - rate * s).collect() };
        }
        blend
    }

    /// How likely each label is, by these votes.
    pub fn probabilities(&self, votes: &[f32]) -> Vec<f32> {
        let mut likely: Vec<f32> = self
            .weights
            .chunks_exact(votes.len() + 1)
            .map(|weights| weights[votes.len()] + weights.iter().zip(votes).map(|(w, vote)| w * vote).sum::<f32>())
            .collect();
        let most = likely.iter().copied().fold(f32::MIN, f32::max);
        likely.iter_mut().for_each(|score| *score = (*score - most).exp());
        let sum: f32 = likely.iter().sum();
        likely.iter_mut().for_each(|score| *score /= sum);
        likely
    }

    /// What one vote of each kind adds to a label's score beyond what it adds to the labels on average.
    pub fn towards(&self, label: usize) -> Vec<f32> {
        let width = VIEWS * self.labels + 1;
        let mean = |vote: usize| {
            (0..self.labels).map(|label| self.weights[label * width + vote]).sum::<f32>() / self.labels as f32
        };
        (0..width - 1).map(|vote| self.weights[label * width + vote] - mean(vote)).collect()
    }
}
