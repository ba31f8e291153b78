//! Training: the views of the letters, how their votes blend, and what is kept.

use super::{Blend, Corpus, Model, Options, TELLING, Table, VIEWS, calibrate::Votes};

/// Rounds over the letters.
const ROUNDS: usize = 12;
/// How much a letter on the wrong side costs.
const COST: f32 = 2.0;
/// Parts for votes on unseen letters.
const PARTS: u64 = 5;
/// What a piece that tells nothing of the label counts all the same.
const FLOOR: f32 = 0.05;

/// One view, trained.
struct View {
    number: usize,
    factors: Vec<f32>,
    /// By piece and label.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// A letter in a view, of length one.
type Vector = Vec<(u32, f32)>;

pub(super) fn model(corpus: Corpus, options: &Options) -> Model {
    let all: Vec<usize> = (0..corpus.letters.len()).collect();
    let labels = corpus.labels.len();
    let mut votes = Votes::new(all.len(), VIEWS * labels);
    for part in 0..PARTS {
        let (held, seen): (Vec<_>, Vec<_>) = all.iter().partition(|letter| corpus.groups[**letter] % PARTS == part);
        for view in 0..VIEWS {
            let trained = View::train(&corpus, view, &seen, options.seed);
            for letter in &held {
                let scores = trained.scores(&trained.vector(&corpus, *letter), labels);
                votes.of(*letter)[view * labels..][..labels].copy_from_slice(&scores);
            }
        }
    }
    let blend = Blend::learn(&votes, &corpus.truth, labels);
    drop(votes);
    let views: [View; VIEWS] = std::array::from_fn(|view| View::train(&corpus, view, &all, options.seed));
    packed(corpus, &views, blend, options.pieces)
}

impl View {
    fn train(corpus: &Corpus, view: usize, letters: &[usize], seed: u64) -> Self {
        let labels = corpus.labels.len();
        let mut trained = Self {
            number: view,
            factors: factors(corpus, view, letters),
            weights: vec![0.0; corpus.pieces.len() * labels],
            bias: vec![0.0; labels],
        };
        let vectors: Vec<Vector> = letters.iter().map(|letter| trained.vector(corpus, *letter)).collect();
        let truth: Vec<usize> = letters.iter().map(|letter| corpus.truth[*letter]).collect();
        trained.descend(&vectors, &truth, labels, seed);
        trained
    }

    /// Dual coordinate descent with squared hinge loss, all labels in one walk over a letter.
    fn descend(&mut self, vectors: &[Vector], truth: &[usize], labels: usize, seed: u64) {
        let slack = 0.5 / COST;
        let curve: Vec<f32> = vectors.iter().map(|v| v.iter().map(|(_, x)| x * x).sum::<f32>() + 1.0 + slack).collect();
        let mut dual = vec![0.0_f32; vectors.len() * labels];
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        let mut dice = Dice((seed ^ 0x9e37_79b9_7f4a_7c15).max(1));
        let mut change = vec![0.0_f32; labels];
        for _ in 0..ROUNDS {
            dice.shuffle(&mut order);
            for letter in order.iter().copied() {
                let scores = self.scores(&vectors[letter], labels);
                let dual = &mut dual[letter * labels..][..labels];
                for label in 0..labels {
                    let side = if truth[letter] == label { 1.0 } else { -1.0 };
                    let slope = side * scores[label] - 1.0 + slack * dual[label];
                    let next = (dual[label] - slope / curve[letter]).max(0.0);
                    change[label] = (next - dual[label]) * side;
                    dual[label] = next;
                }
                if change.iter().all(|c| c.abs() < 1e-6) {
                    continue;
                }
                for (piece, x) in &vectors[letter] {
                    let weights = &mut self.weights[*piece as usize * labels..][..labels];
                    weights.iter_mut().zip(&change).for_each(|(weight, c)| *weight += c * x);
                }
                self.bias.iter_mut().zip(&change).for_each(|(bias, c)| *bias += c);
            }
        }
    }

    fn scores(&self, vector: &Vector, labels: usize) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (piece, x) in vector {
            let weights = &self.weights[*piece as usize * labels..][..labels];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * x);
        }
        scores
    }

    fn vector(&self, corpus: &Corpus, letter: usize) -> Vector {
        let fields = &corpus.letters[letter];
        let value = |seen: &super::corpus::Seen| seen.count * self.factors[seen.piece as usize];
        let norms = [0, 1].map(|field: usize| fields[field].iter().map(|s| value(s).powi(2)).sum::<f32>().sqrt());
        let shares = super::shares_of(self.number, norms);
        let mut vector = Vector::with_capacity(fields.iter().map(Vec::len).sum());
        for (field, share) in fields.iter().zip(shares) {
            let values = field.iter().map(|seen| (seen.piece, value(seen) * share));
            vector.extend(values.filter(|(_, x)| *x != 0.0));
        }
        vector
    }
}

/// What each piece counts in a view: how rare it is, and how far letters that have it differ from all in their labels.
fn factors(corpus: &Corpus, view: usize, letters: &[usize]) -> Vec<f32> {
    let labels = corpus.labels.len();
    let often = corpus.frequencies(letters);
    let mut share = vec![0.0_f32; labels];
    letters.iter().for_each(|letter| share[corpus.truth[*letter]] += 1.0 / letters.len() as f32);
    let mut with = vec![0.0_f32; if TELLING[view] > 0.0 { often.len() * labels } else { 0 }];
    if TELLING[view] > 0.0 {
        for letter in letters {
            corpus.distinct(*letter, |piece| with[piece * labels + corpus.truth[*letter]] += 1.0);
        }
    }
    let rarity = |letters_with: u32| ((1.0 + letters.len() as f32) / (1.0 + letters_with as f32)).ln() + 1.0;
    let factor = |piece: usize| {
        if often[piece] < 2 {
            return 0.0;
        }
        if TELLING[view] == 0.0 {
            return rarity(often[piece]);
        }
        let tells = |(with, share): (&f32, &f32)| {
            let after = (with + 0.5 * share) / (often[piece] as f32 + 0.5);
            if after > 0.0 { after * (after / share).ln() } else { 0.0 }
        };
        let told: f32 = with[piece * labels..][..labels].iter().zip(&share).map(tells).sum();
        rarity(often[piece]) * (told.max(0.0) + FLOOR).powf(TELLING[view])
    };
    (0..often.len()).map(factor).collect()
}

/// The model of these views, with the pieces that tell most, in whole steps.
fn packed(corpus: Corpus, views: &[View; VIEWS], blend: Blend, most: usize) -> Model {
    let labels = corpus.labels.len();
    let told = |piece: usize| {
        let of = |view: &View| {
            let weights = &view.weights[piece * labels..][..labels];
            weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs())) * view.factors[piece]
        };
        views.iter().map(of).sum::<f32>()
    };
    let mut kept: Vec<(f32, usize)> = (0..corpus.pieces.len()).map(|piece| (told(piece), piece)).collect();
    kept.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    kept.truncate(most);
    kept.retain(|(told, _)| *told > 0.0);
    let weight = |view: usize, piece: usize, label: usize| {
        views[view].weights[piece * labels + label] * views[view].factors[piece]
    };
    let steps: [[f32; 2]; VIEWS] = std::array::from_fn(|view| {
        let factor = kept.iter().map(|(_, piece)| views[view].factors[*piece]);
        let all = kept.iter().flat_map(|(_, piece)| (0..labels).map(|label| weight(view, *piece, label).abs()));
        [step(factor), step(all)]
    });
    let mut rows = Vec::with_capacity(kept.len() * VIEWS * (1 + labels));
    for (_, piece) in &kept {
        rows.extend((0..VIEWS).map(|view| (views[view].factors[*piece] / steps[view][0]).round() as i16));
        for (view, [_, step]) in steps.iter().enumerate() {
            rows.extend((0..labels).map(|label| (weight(view, *piece, label) / step).round() as i16));
        }
    }
    let hashes = kept.iter().map(|(_, piece)| corpus.pieces[*piece]).collect();
    let bias = views.iter().flat_map(|view| view.bias.iter().copied()).collect();
    Model { labels: corpus.labels, table: Table::new(hashes), rows, steps, bias, blend }
}

/// The step in which the largest of these is the largest whole number.
fn step(values: impl Iterator<Item = f32>) -> f32 {
    let largest = values.fold(0.0_f32, f32::max);
    if largest > 0.0 { largest / f32::from(i16::MAX) } else { 1.0 }
}

/// Xorshift: an order that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            order.swap(last, (self.0 % (last as u64 + 1)) as usize);
        }
    }
}
