//! A learnt splitter as a file: a head that says what it is, then everything in order, checked by a sum.

use std::collections::HashSet;

use super::{
    Model,
    features::{Known, LONGEST},
    model::{LABELS, STATES, STEPS},
};

/// What a file begins with.
const MAGIC: &[u8; 8] = b"LINLIADR";
/// Raised whenever features or their order change, for weights mean nothing with others.
const VERSION: u32 = 1;
const HEAD: usize = 8 + 4 + 8;

/// A file that holds no usable splitter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is something else.
    #[error("this is no address model: it does not begin with `LINLIADR`; train one, or name another file")]
    Foreign,
    /// It was written by another version of the program.
    #[error("the address model has version {0}, this program reads {VERSION}: train it again")]
    Version(u32),
    /// It is cut off or was changed.
    #[error("the address model is damaged at byte {0}: copy it again, or train it again")]
    Damaged(usize),
}

fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Model {
    /// The model as bytes; the same model always as the same ones.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let put = |body: &mut Vec<u8>, n: usize| body.extend_from_slice(&(n as u32).to_le_bytes());
        let mut endings: Vec<u64> = self.endings.iter().copied().collect();
        endings.sort_unstable();
        put(&mut body, endings.len());
        endings.iter().for_each(|ending| body.extend_from_slice(&ending.to_le_bytes()));
        let mut known: Vec<_> = self.known.iter().collect();
        known.sort_unstable();
        put(&mut body, known.len());
        for (name, kinds) in known {
            body.extend_from_slice(&name.to_le_bytes());
            body.push(kinds.len() as u8);
            for (kind, count) in kinds {
                body.push(*kind);
                body.extend_from_slice(&count.to_le_bytes());
            }
        }
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_unstable();
        put(&mut body, rows.len());
        for (feature, row) in rows {
            let from = row.0 as usize;
            body.extend_from_slice(&feature.to_le_bytes());
            body.push(row.1);
            for (state, weight) in &self.weights[from..from + usize::from(row.1)] {
                body.push(*state);
                body.extend_from_slice(&weight.to_le_bytes());
            }
        }
        self.dense.iter().for_each(|weight| body.extend_from_slice(&weight.to_le_bytes()));
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&sum(&body).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }

    /// The model in these bytes.
    ///
    /// # Errors
    /// When they are no model, one of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        if !bytes.starts_with(MAGIC) {
            return Err(FileError::Foreign);
        }
        let mut reader = Reader { bytes, at: MAGIC.len() };
        let version = reader.number()?;
        if version != VERSION {
            return Err(FileError::Version(version));
        }
        if u64::from_le_bytes(reader.take()?) != sum(&bytes[HEAD..]) {
            return Err(FileError::Damaged(HEAD));
        }
        let mut endings = HashSet::new();
        for _ in 0..reader.number()? {
            endings.insert(u64::from_le_bytes(reader.take()?));
        }
        let mut known = Known::new();
        for _ in 0..reader.number()? {
            let name = u64::from_le_bytes(reader.take()?);
            let mut kinds = Vec::new();
            for _ in 0..reader.byte()? {
                kinds.push((reader.byte()?, u16::from_le_bytes(reader.take()?)));
            }
            known.insert(name, kinds);
        }
        let mut model = Self::empty(endings, known);
        for _ in 0..reader.number()? {
            let feature = u64::from_le_bytes(reader.take()?);
            let weights = reader.byte()?;
            model.row_begins(feature, weights);
            for _ in 0..weights {
                let state = reader.byte()?;
                if usize::from(state) >= STATES {
                    return Err(FileError::Damaged(reader.at - 1));
                }
                model.weights.push((state, i16::from_le_bytes(reader.take()?)));
            }
        }
        for _ in 0..STEPS + LONGEST * LABELS {
            model.dense.push(f32::from_le_bytes(reader.take()?));
        }
        if reader.at == bytes.len() { Ok(model) } else { Err(FileError::Damaged(reader.at)) }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], FileError> {
        let next = self.bytes.get(self.at..self.at + N).and_then(|bytes| bytes.try_into().ok());
        let next = next.ok_or(FileError::Damaged(self.at))?;
        self.at += N;
        Ok(next)
    }

    fn byte(&mut self) -> Result<u8, FileError> {
        self.take().map(|[byte]: [u8; 1]| byte)
    }

    fn number(&mut self) -> Result<u32, FileError> {
        self.take().map(u32::from_le_bytes)
    }
}
