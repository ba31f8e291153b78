//! A model as bytes: a mark with the version, a check sum, then the parts, each with its length, little-endian.

use super::{Blend, LABELS, Model, Table, VIEWS, corpus};

const MARK: &[u8; 8] = b"linlitc1";

/// Bytes that are no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Something else, or of another version.
    #[error("this is no model of this version: train it anew")]
    Foreign,
    /// Cut short or changed.
    #[error("the model is damaged (its check sum differs): train it anew or restore it from a backup")]
    Damaged,
    /// Whole, and does not fit together.
    #[error("the model contradicts itself at `{0}`: train it anew")]
    Unsound(&'static str),
}

impl Model {
    /// The model as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(64 + self.table.len() * (4 + 2 * self.width()));
        number(&mut body, self.labels.len());
        for label in &self.labels {
            number(&mut body, label.len());
            body.extend_from_slice(label.as_bytes());
        }
        let floats = self.steps.iter().flatten().chain(&self.bias).chain(&self.blend.weights);
        floats.for_each(|float| body.extend_from_slice(&float.to_le_bytes()));
        number(&mut body, self.table.len());
        self.table.hashes().iter().for_each(|hash| body.extend_from_slice(&hash.to_le_bytes()));
        self.rows.iter().for_each(|step| body.extend_from_slice(&step.to_le_bytes()));
        [MARK.as_slice(), &sum(&body).to_le_bytes(), &body].concat()
    }

    /// The model that these bytes are.
    ///
    /// # Errors
    /// When they are something else, damaged, or do not fit together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let rest = bytes.strip_prefix(MARK).ok_or(FileError::Foreign)?;
        let (stated, body) = rest.split_first_chunk::<8>().ok_or(FileError::Damaged)?;
        if u64::from_le_bytes(*stated) != sum(body) {
            return Err(FileError::Damaged);
        }
        let mut rest = Bytes(body);
        let count = rest.number("labels", 2..=LABELS)?;
        let labels = (0..count).map(|_| rest.label()).collect::<Result<Vec<_>, _>>()?;
        let steps: Vec<f32> = rest.floats("steps", VIEWS * 2)?;
        let bias = rest.floats("bias", VIEWS * count)?;
        let weights = rest.floats("blend", count * (VIEWS * count + 1))?;
        let pieces = rest.number("pieces", 0..=body.len() / 4)?;
        let hashes: Vec<u32> =
            rest.take("pieces", pieces)?.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
        let width = VIEWS * (1 + count);
        let rows: Vec<i16> = rest.0.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
        if rest.0.len() != pieces.saturating_mul(width * 2) {
            return Err(FileError::Unsound("rows"));
        }
        Ok(Self {
            labels,
            table: Table::new(hashes),
            rows,
            steps: std::array::from_fn(|view| [steps[view * 2], steps[view * 2 + 1]]),
            bias,
            blend: Blend { labels: count, weights },
        })
    }
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn bytes(&mut self, what: &'static str, length: usize) -> Result<&'a [u8], FileError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(FileError::Unsound(what))?;
        self.0 = rest;
        Ok(taken)
    }

    /// So many things of four bytes.
    fn take(&mut self, what: &'static str, count: usize) -> Result<&'a [u8], FileError> {
        self.bytes(what, count.checked_mul(4).ok_or(FileError::Unsound(what))?)
    }

    fn number(&mut self, what: &'static str, within: std::ops::RangeInclusive<usize>) -> Result<usize, FileError> {
        let bytes = self.take(what, 1)?.as_chunks().0;
        let number = bytes.first().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
        within.contains(&number).then_some(number).ok_or(FileError::Unsound(what))
    }

    fn label(&mut self) -> Result<String, FileError> {
        let length = self.number("label", 0..=self.0.len())?;
        let bytes = self.bytes("label", length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| FileError::Unsound("label"))
    }

    fn floats(&mut self, what: &'static str, count: usize) -> Result<Vec<f32>, FileError> {
        let floats: Vec<f32> = self.take(what, count)?.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        floats.iter().all(|float| float.is_finite()).then_some(floats).ok_or(FileError::Unsound(what))
    }
}

fn number(to: &mut Vec<u8>, number: usize) {
    to.extend_from_slice(&(number as u32).to_le_bytes());
}

/// FNV-1a over words of eight bytes: what happened to the file, not who did it.
fn sum(body: &[u8]) -> u64 {
    let (words, rest) = body.as_chunks::<8>();
    let start = corpus::group("") ^ body.len() as u64;
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x100_0000_01b3).rotate_left(29);
    let sum = words.iter().fold(start, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}
