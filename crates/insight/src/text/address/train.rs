//! Learning: the likelihood of the parts as people marked them, climbed one address at a time (AdaGrad), with weights
//! averaged over the later rounds.

use std::collections::HashSet;

use super::{
    Label, Model, Part,
    features::{Known, Sentence},
    learner::Learner,
    lessons::{Lesson, cuts, endings, known, own, seen},
    tokens::tokens,
};

/// How to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Times that all addresses are gone through.
    pub rounds: usize,
    /// How far one step goes.
    pub pace: f32,
    /// How strongly weights are drawn to nothing.
    pub restraint: f32,
    /// The share of features that is left out at random each time.
    pub dropout: f32,
    /// By how much, for each token, the marked parts have to win.
    pub margin: f32,
    /// From where chance is drawn: the same seed learns the same.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { rounds: 8, pace: 0.1, restraint: 8.0, dropout: 0.3, margin: 1.0, seed: 1 }
    }
}

impl Model {
    /// A model learnt from addresses and their parts; those whose parts do not cover them are passed over. `names` are
    /// places that are known beforehand; they may be none.
    #[must_use]
    pub fn train(samples: &[(&str, &[Part])], names: &[(&str, Label)], options: &Options) -> Self {
        let read = samples.iter().filter_map(|(text, parts)| {
            let tokens = tokens(text);
            let cuts = cuts(&tokens, parts)?;
            Some((tokens, cuts))
        });
        let all: Vec<_> = read.collect();
        let endings: HashSet<u64> = endings(&all);
        let known: Known = known(&all, names);
        let sentences: Vec<Sentence> =
            all.iter().map(|(tokens, cuts)| Sentence::new(tokens, &endings, &known, own(tokens, cuts))).collect();
        let gold = all.iter().map(|(_, cuts)| cuts.as_slice());
        let mut learner = Learner::new(&seen(sentences.iter().zip(gold.clone())), options);
        let lessons: Vec<Lesson> =
            sentences.iter().zip(gold).map(|(sentence, cuts)| Lesson::new(sentence, cuts, &learner.rows)).collect();
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let mut remembered = 0;
        for round in 0..options.rounds {
            for at in (1..order.len()).rev() {
                order.swap(at, (learner.draw() % (at as u64 + 1)) as usize);
            }
            order.iter().for_each(|at| learner.learn(&lessons[*at]));
            if round * 2 + 1 >= options.rounds {
                learner.remember();
                remembered += 1;
            }
        }
        drop(sentences);
        learner.finish(endings, known, remembered)
    }
}
