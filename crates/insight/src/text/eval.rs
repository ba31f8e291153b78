//! How good a model is, from what was true and what it said: so that a new one replaces an old one only if it is better.

/// One letter: what it was, and what a model said of it, by numbers of labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// What it was.
    pub truth: usize,
    /// What was said.
    pub said: usize,
    /// How likely the model held that to be.
    pub probability: f64,
}

/// How good a model is.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Letters tried.
    pub letters: usize,
    /// The mean F1 of the labels that occur.
    pub macro_f1: f64,
    /// The share that was right.
    pub accuracy: f64,
    /// Expected calibration error in ten bins: how far what it holds likely is from what comes true.
    pub ece: f64,
    /// Each label, by its number.
    pub labels: Vec<Label>,
    /// `confusion[truth][said]`: letters.
    pub confusion: Vec<Vec<usize>>,
}

/// One label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    /// Of those said to be it, the share that was.
    pub precision: f64,
    /// Of those that were it, the share said to be.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
    /// Letters that were it.
    pub letters: usize,
}

const BINS: usize = 10;

impl Figures {
    /// The figures of these trials; what names a label beyond `labels` is left out.
    #[must_use]
    pub fn of(labels: usize, tried: impl IntoIterator<Item = Tried>) -> Self {
        let mut confusion = vec![vec![0_usize; labels]; labels];
        let mut bins = [(0.0, 0.0); BINS];
        let mut letters = 0;
        for t in tried.into_iter().filter(|t| t.truth < labels && t.said < labels) {
            letters += 1;
            confusion[t.truth][t.said] += 1;
            let bin = ((t.probability * BINS as f64) as usize).min(BINS - 1);
            bins[bin].0 += t.probability;
            bins[bin].1 += f64::from(u8::from(t.truth == t.said));
        }
        let each: Vec<_> = (0..labels).map(|label| Label::of(label, &confusion)).collect();
        let occur: Vec<_> = each.iter().filter(|l| l.letters > 0).collect();
        let right: usize = (0..labels).map(|label| confusion[label][label]).sum();
        let gap: f64 = bins.iter().map(|(held, came)| (held - came).abs()).sum();
        Self {
            letters,
            macro_f1: occur.iter().map(|l| l.f1).sum::<f64>() / occur.len().max(1) as f64,
            accuracy: share(right, letters),
            ece: gap / letters.max(1) as f64,
            labels: each,
            confusion,
        }
    }

    /// Whether a model with these figures may take the place of one with those, tried on the same letters.
    #[must_use]
    pub fn is_better_than(&self, old: &Self) -> bool {
        (self.macro_f1, self.accuracy) > (old.macro_f1, old.accuracy)
    }
}

impl Label {
    fn of(label: usize, confusion: &[Vec<usize>]) -> Self {
        let right = confusion[label][label];
        let letters = confusion[label].iter().sum();
        let said: usize = confusion.iter().map(|row| row[label]).sum();
        let f1 = share(2 * right, letters + said);
        Self { precision: share(right, said), recall: share(right, letters), f1, letters }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
