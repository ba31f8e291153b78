//! The words that decided.

use std::ops::Range;

use super::{LONGEST, Letter, Model, VIEWS};
use crate::text::grams::{Gram, Plain};

/// The longest piece that is shown, in characters.
const SHOWN: usize = 10;

/// A part of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title,
    /// The text.
    Text,
}

/// Words of a letter that speak for a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where they stand.
    pub field: Field,
    /// Their bytes there.
    pub range: Range<usize>,
    /// What they add to the label's score, on a logarithmic scale of likelihood.
    pub weight: f32,
}

impl Model {
    /// The words that speak most for a label, the strongest first, each only once.
    #[must_use]
    pub fn why(&self, letter: &Letter<'_>, label: usize, most: usize) -> Vec<Piece> {
        if label >= self.labels.len() {
            return Vec::new();
        }
        let rows = self.known(letter);
        let shares = self.shares(&rows);
        let towards = self.blend.towards(label);
        let mut pieces = Vec::new();
        let fields = [(Field::Title, letter.title), (Field::Text, letter.text)];
        for (((field, text), rows), shares) in fields.into_iter().zip(&rows).zip(shares) {
            let plain = Plain::read(text);
            let worth: Vec<f32> = rows.iter().map(|(row, _)| self.worth(*row, &shares, &towards)).collect();
            let found = |gram: &Gram| {
                let row = self.table.find(gram.hash)?;
                let at = rows.binary_search_by_key(&row, |(row, _)| *row).ok()?;
                Some(worth[at])
            };
            let weights = spread(&plain, found);
            for run in runs(&plain, &weights) {
                let weight = weights[run.clone()].iter().sum();
                let end = plain.bytes.get(run.end).copied().unwrap_or(text.len());
                let range = plain.bytes[run.start]..end;
                let shown = text[range.clone()].trim_end_matches(|c: char| !c.is_alphanumeric()).len();
                pieces.push(Piece { field, range: range.start..range.start + shown, weight });
            }
        }
        pieces.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let words = |piece: &Piece| match piece.field {
            Field::Title => &letter.title[piece.range.clone()],
            Field::Text => &letter.text[piece.range.clone()],
        };
        let mut said: Vec<&str> = Vec::new();
        pieces.retain(|piece| {
            let fresh = said.len() < most && !said.iter().any(|word| word.contains(words(piece)));
            if fresh {
                said.push(words(piece));
            }
            fresh
        });
        pieces
    }

    /// What one mention of a piece adds to a label's score.
    fn worth(&self, row: u32, shares: &[f32; VIEWS], towards: &[f32]) -> f32 {
        let labels = self.labels.len();
        let (row, mut sum) = (&self.row(row)[VIEWS..], 0.0);
        for view in 0..VIEWS {
            let steps = row[view * labels..][..labels].iter().zip(&towards[view * labels..]);
            sum += shares[view] * self.steps[view][1] * steps.map(|(step, t)| f32::from(*step) * t).sum::<f32>();
        }
        sum
    }
}

/// What each character adds: a piece is shared out among its characters.
fn spread(plain: &Plain, worth: impl Fn(&Gram) -> Option<f32>) -> Vec<f32> {
    let mut weights = vec![0.0; plain.chars.len()];
    plain.grams(LONGEST, |gram| {
        if let Some(worth) = worth(&gram) {
            weights[gram.at..][..gram.length].iter_mut().for_each(|weight| *weight += worth / gram.length as f32);
        }
    });
    weights
}

/// Rows of characters that all speak for the label.
fn runs(plain: &Plain, weights: &[f32]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, weight) in weights.iter().enumerate() {
        if *weight <= 0.0 || plain.chars[at] == ' ' {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run.end == at && run.len() < SHOWN => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}
