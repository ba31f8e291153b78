//! What a letter is about: a linear model on the hashed pieces of its title and its text, one score a label, made into
//! probabilities that can be believed. The labels are the caller's: categories of a taxonomy, or units that answer.
//!
//! Three views of a letter vote. The first weighs a piece by how rare it is, the second also by how much it tells of the
//! label, the third reads the title only. Each is a linear support vector machine against all other labels, trained by dual coordinate descent (Hsieh
//! et al. 2008). How the votes become probabilities is learnt on letters that the voters had not seen.

mod calibrate;
mod corpus;
mod file;
mod fit;
mod table;
mod why;

use std::cmp::Ordering;

use super::grams::Plain;
use calibrate::Blend;
use corpus::{Corpus, sublinear};
use table::Table;

pub use file::FileError;
pub use why::{Field, Piece};

/// A letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter<'a> {
    /// What it is headed.
    pub title: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of the order in which letters are looked at: the same seed and letters give the same model.
    pub seed: u64,
    /// The most pieces that the model keeps; what tells least is dropped.
    pub pieces: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, pieces: 1 << 17 }
    }
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Nothing to tell apart.
    #[error("the letters have {0} label(s): to tell labels apart there must be letters of two at least")]
    Labels(usize),
    /// More than a model holds.
    #[error("the letters have {0} labels, and a model holds 512: train one for each branch of the taxonomy")]
    TooMany(usize),
}

/// The most labels of a model.
const LABELS: usize = 512;
/// Votes on a letter.
const VIEWS: usize = 3;
/// The longest piece, in characters; longer ones add work and nothing else.
const LONGEST: usize = 2;
/// How much what a piece tells of the label counts in each view, as a power.
const TELLING: [f32; VIEWS] = [0.0, 0.5, 0.0];
/// What title and text weigh in each view.
const FIELDS: [[f32; 2]; VIEWS] = [[0.8, 1.0], [0.8, 1.0], [1.0, 0.0]];

/// What tells labels apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    labels: Vec<String>,
    table: Table,
    /// By piece: its factor in each view, then its weight in each view for each label.
    rows: Vec<i16>,
    /// What one step of a row is worth: the factors and the weights of each view.
    steps: [[f32; 2]; VIEWS],
    bias: Vec<f32>,
    blend: Blend,
}

/// What a model says of a letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// How likely each label is, in the order of [`Model::labels`]; they sum to one.
    pub probabilities: Vec<f32>,
}

impl Reading {
    /// The likeliest labels, by number, the likeliest first.
    #[must_use]
    pub fn first(&self, most: usize) -> Vec<(usize, f32)> {
        let mut all: Vec<_> = self.probabilities.iter().copied().enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.truncate(most);
        all
    }

    /// The likeliest label, unless it is less likely than this: then the model is not sure.
    #[must_use]
    pub fn sure(&self, threshold: f32) -> Option<usize> {
        self.first(1).first().filter(|(_, likely)| *likely >= threshold).map(|(label, _)| *label)
    }
}

/// A letter's pieces that the model knows: row and weight, one list a field.
type Rows = [Vec<(u32, f32)>; 2];

impl Model {
    /// Learns from letters and their labels.
    ///
    /// # Errors
    /// When there are fewer than two labels, or too many.
    pub fn train<'a>(
        letters: impl IntoIterator<Item = (Letter<'a>, &'a str)>,
        options: &Options,
    ) -> Result<Self, TrainError> {
        let corpus = Corpus::read(letters);
        match corpus.labels.len() {
            few @ 0..=1 => Err(TrainError::Labels(few)),
            2..=LABELS => Ok(fit::model(corpus, options)),
            many => Err(TrainError::TooMany(many)),
        }
    }

    /// The labels, sorted.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How many pieces of text it knows.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.table.len()
    }

    /// How likely each label is.
    #[must_use]
    pub fn read(&self, letter: &Letter<'_>) -> Reading {
        let (rows, mut spare) = (self.known(letter), vec![0.0; self.width()]);
        let shares = self.shares(&rows);
        let mut scores = self.bias.clone();
        let labels = self.labels.len();
        for (rows, shares) in rows.iter().zip(shares) {
            spare.fill(0.0);
            for (row, count) in rows {
                for (sum, step) in spare.iter_mut().zip(self.row(*row)) {
                    *sum += count * f32::from(*step);
                }
            }
            for (view, share) in shares.iter().enumerate() {
                let worth = share * self.steps[view][1];
                let sums = &spare[VIEWS + view * labels..][..labels];
                scores[view * labels..].iter_mut().zip(sums).for_each(|(score, sum)| *score += worth * sum);
            }
        }
        Reading { probabilities: self.blend.probabilities(&scores) }
    }

    fn width(&self) -> usize {
        VIEWS * (1 + self.labels.len())
    }

    fn row(&self, row: u32) -> &[i16] {
        let width = self.width();
        &self.rows[row as usize * width..][..width]
    }

    fn known(&self, letter: &Letter<'_>) -> Rows {
        [letter.title, letter.text].map(|text| {
            let mut found = Vec::with_capacity(text.len());
            Plain::read(text).grams(LONGEST, |gram| found.extend(self.table.find(gram.hash)));
            counted(found)
        })
    }

    /// What one unit of a piece is worth, by field and view: the fields are brought to length, then the letter.
    fn shares(&self, rows: &Rows) -> [[f32; VIEWS]; 2] {
        let mut squares = [[0.0_f32; VIEWS]; 2];
        for (rows, squares) in rows.iter().zip(&mut squares) {
            for (row, count) in rows {
                for (square, step) in squares.iter_mut().zip(self.row(*row)) {
                    *square += (count * f32::from(*step)).powi(2);
                }
            }
        }
        let mut shares = [[0.0; VIEWS]; 2];
        for view in 0..VIEWS {
            let of = shares_of(view, squares.map(|squares| squares[view].sqrt() * self.steps[view][0]));
            (0..2).for_each(|field| shares[field][view] = of[field]);
        }
        shares
    }
}

/// What one unit of a piece is worth in a view, by field, from the lengths of the fields.
fn shares_of(view: usize, norms: [f32; 2]) -> [f32; 2] {
    let present = |field: usize| if norms[field] > 0.0 { FIELDS[view][field] } else { 0.0 };
    let whole = present(0).hypot(present(1));
    [0, 1].map(|field| if present(field) > 0.0 { present(field) / norms[field] / whole } else { 0.0 })
}

/// Equal entries as one, with the damped number of them.
fn counted(mut found: Vec<u32>) -> Vec<(u32, f32)> {
    found.sort_unstable();
    found.chunk_by(|a, b| a.cmp(b) == Ordering::Equal).map(|same| (same[0], sublinear(same.len()))).collect()
}
