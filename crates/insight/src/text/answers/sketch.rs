//! A text as the smallest hashes of its pieces: two sketches tell how much two texts share without the texts.

use crate::text::grams::Plain;

/// Characters of a piece.
const PIECE: usize = 4;
/// Hashes kept.
const KEPT: usize = 64;

/// What is kept of a reply to know a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch(Vec<u32>);

impl Sketch {
    /// The sketch of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut hashes = Vec::with_capacity(text.len() / 3);
        Plain::read(text).grams(PIECE, |gram| {
            if gram.length == PIECE {
                hashes.push(gram.hash);
            }
        });
        hashes.sort_unstable();
        hashes.dedup();
        hashes.truncate(KEPT);
        Self(hashes)
    }

    /// How much of both texts is the same, from 0 to 1; nothing where one has no piece.
    #[must_use]
    pub fn alike(&self, other: &Self) -> f32 {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let (mut both, mut all) = (0_u8, 0_u8);
        while usize::from(all) < KEPT {
            let Some((a, b)) = mine.peek().copied().zip(theirs.peek().copied()) else { break };
            all += 1;
            both += u8::from(a == b);
            if a <= b {
                mine.next();
            }
            if b <= a {
                theirs.next();
            }
        }
        // What one text has beyond the other's last piece belongs to the union too.
        let rest = (mine.count() + theirs.count()).min(KEPT - usize::from(all));
        f32::from(both) / (usize::from(all) + rest).max(1) as f32
    }
}
