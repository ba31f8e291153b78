use std::mem;

use crate::{
    Hash, Tile, Tiles, TreeError, node_hash,
    tile::{LEVELS, TILE_BYTES, TILE_HEIGHT, TILE_WIDTH},
    tree,
};

/// The right edge of a tree: all that is needed to append to it.
///
/// Appending costs one hash beside that of the leaf. What has to be stored gathers until [`Edge::take_changed`].
#[derive(Debug, Clone)]
pub struct Edge {
    size: u64,
    /// By height: the complete subtree that ends where `size` has a bit; elsewhere leftovers.
    peaks: [Hash; 64],
    open: [Open; LEVELS as usize],
    full: Vec<(Tile, Vec<u8>)>,
}

/// The right-most, partial tile of a level.
#[derive(Debug, Clone, Default)]
struct Open {
    hashes: Vec<u8>,
    changed: bool,
}

impl Default for Edge {
    fn default() -> Self {
        Self { size: 0, peaks: [Hash::EMPTY; 64], open: Default::default(), full: Vec::new() }
    }
}

impl Edge {
    /// The edge of a tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of the first `size` leaves, from the right-most tile of each level.
    pub fn restore<T: Tiles>(tiles: &mut T, size: u64) -> Result<Self, TreeError<T::Error>> {
        let mut edge = Self { size, ..Self::default() };
        for level in 0..LEVELS {
            let hashes = size >> (level * TILE_HEIGHT);
            let width = hashes % u64::from(TILE_WIDTH);
            if width == 0 {
                continue;
            }
            let tile = tree::read(tiles, level, hashes / u64::from(TILE_WIDTH), size)?;
            let mut rest = &tile[..];
            for height in (0..TILE_HEIGHT).rev().filter(|height| width >> height & 1 == 1) {
                let (subtree, after) = rest.split_at(Hash::SIZE << height);
                edge.peaks[usize::from(level * TILE_HEIGHT + height)] = tree::complete(subtree);
                rest = after;
            }
            edge.open[usize::from(level)].hashes = tile;
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree as it is now.
    pub fn root(&self) -> Hash {
        let peaks = self.peaks.iter().enumerate().filter(|(height, _)| self.size >> height & 1 == 1);
        peaks.map(|(_, peak)| *peak).reduce(|right, left| node_hash(left, right)).unwrap_or(Hash::EMPTY)
    }

    /// Appends a leaf by its [`leaf_hash`](crate::leaf_hash) and says at which index it stands.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size;
        let mut hash = leaf;
        self.place(0, hash);
        let merged = index.trailing_ones() as u8;
        for height in 0..merged {
            hash = node_hash(self.peaks[usize::from(height)], hash);
            if (height + 1).is_multiple_of(TILE_HEIGHT) {
                self.place((height + 1) / TILE_HEIGHT, hash);
            }
        }
        self.peaks[usize::from(merged)] = hash;
        self.size += 1;
        index
    }

    /// The tiles that are new or wider since the edge was made or this was last asked, as they have to be stored.
    pub fn take_changed(&mut self) -> Vec<(Tile, Vec<u8>)> {
        let mut changed = mem::take(&mut self.full);
        for (level, open) in (0..LEVELS).zip(&mut self.open) {
            if mem::take(&mut open.changed) {
                let index = (self.size >> (level * TILE_HEIGHT)) / u64::from(TILE_WIDTH);
                let width = (open.hashes.len() / Hash::SIZE) as u16;
                changed.push((Tile { level, index, width }, open.hashes.clone()));
            }
        }
        changed
    }

    /// Puts the hash that the leaf at `self.size` completes at the end of its level.
    fn place(&mut self, level: u8, hash: Hash) {
        let open = &mut self.open[usize::from(level)];
        open.hashes.extend_from_slice(&hash.0);
        open.changed = true;
        if open.hashes.len() == TILE_BYTES {
            let index = (self.size >> (level * TILE_HEIGHT)) / u64::from(TILE_WIDTH);
            let tile = Tile { level, index, width: TILE_WIDTH };
            self.full.push((tile, mem::replace(&mut open.hashes, Vec::with_capacity(TILE_BYTES))));
            open.changed = false;
        }
    }
}
