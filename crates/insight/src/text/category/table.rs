//! From the hash of a piece to its row: one look, nearly always in one cache line.

const NONE: u32 = u32::MAX;

/// Hashes and their rows: the first hash has row 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// Hash and row; a free place has the row [`NONE`].
    places: Vec<(u32, u32)>,
    hashes: Vec<u32>,
}

impl Table {
    pub fn new(hashes: Vec<u32>) -> Self {
        let size = (hashes.len() * 2).next_power_of_two().max(2);
        let mut table = Self { places: vec![(0, NONE); size], hashes: Vec::new() };
        for (hash, row) in hashes.iter().zip(0..) {
            let at = table.place(*hash);
            table.places[at] = (*hash, row);
        }
        table.hashes = hashes;
        table
    }

    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub fn find(&self, hash: u32) -> Option<u32> {
        let (_, row) = self.places[self.place(hash)];
        (row != NONE).then_some(row)
    }

    /// Where this hash stands or would stand; half of the places are free.
    fn place(&self, hash: u32) -> usize {
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        while self.places[at].1 != NONE && self.places[at].0 != hash {
            at = (at + 1) & mask;
        }
        at
    }
}
