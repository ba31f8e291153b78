//! Roots and proofs out of stored tiles.

use std::collections::BTreeMap;

use crate::{
    Hash, Tile, node_hash,
    tile::{TILE_HEIGHT, TILE_WIDTH},
};

/// Where tiles are kept.
pub trait Tiles {
    /// Why a tile cannot be read.
    type Error;

    /// The hashes of a tile, one after the other: as many as its width, or more where the tree has grown since.
    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Self::Error>;
}

/// Why there is no answer about a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E> {
    /// The store failed.
    #[error("{tile} cannot be read; look after the store of the log")]
    Read {
        /// What was to be read.
        tile: Tile,
        /// What the store said.
        source: E,
    },
    /// The store holds less than the tree needs.
    #[error("{tile} has {bytes} bytes, fewer than its hashes need: the log has lost data, restore it from a copy")]
    Short {
        /// What was read.
        tile: Tile,
        /// How much of it there is.
        bytes: usize,
    },
    /// The question is about leaves that the tree does not have.
    #[error("{asked} lies outside a tree of {size} leaves; ask within it")]
    Outside {
        /// The index or the earlier size that was asked for.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
}

/// The root of the first `size` leaves.
pub fn root<T: Tiles>(tiles: &mut T, size: u64) -> Result<Hash, TreeError<T::Error>> {
    if size == 0 { Ok(Hash::EMPTY) } else { Reader::new(tiles, size).span((0, size)) }
}

/// The proof that the leaf at `index` is under the root of the first `size` leaves, from the leaf upwards.
pub fn inclusion<T: Tiles>(tiles: &mut T, index: u64, size: u64) -> Result<Vec<Hash>, TreeError<T::Error>> {
    if index >= size {
        return Err(TreeError::Outside { asked: index, size });
    }
    Reader::new(tiles, size).spans(&beside_leaf(index, size))
}

/// The proof that the tree of `new` leaves begins with the tree of its first `old`; empty if `old` is 0 or `new`.
pub fn consistency<T: Tiles>(tiles: &mut T, old: u64, new: u64) -> Result<Vec<Hash>, TreeError<T::Error>> {
    if old > new {
        return Err(TreeError::Outside { asked: old, size: new });
    }
    Reader::new(tiles, new).spans(&beside_tree(old, new))
}

/// Leaves from the first to before the second: always a subtree of its own.
type Span = (u64, u64);

/// The subtrees beside the way from a leaf to the root (RFC 6962, 2.1.1).
fn beside_leaf(index: u64, size: u64) -> Vec<Span> {
    let (mut from, mut to) = (0, size);
    let mut spans = Vec::new();
    while to - from > 1 {
        let middle = from + left_part(to - from);
        if index < middle {
            spans.push((middle, to));
            to = middle;
        } else {
            spans.push((from, middle));
            from = middle;
        }
    }
    spans.reverse();
    spans
}

/// The subtrees that make up both trees (RFC 6962, 2.1.2).
fn beside_tree(old: u64, new: u64) -> Vec<Span> {
    let (mut from, mut to) = (0, new);
    let mut spans = Vec::new();
    while 0 < old && old < to {
        let middle = from + left_part(to - from);
        if old <= middle {
            spans.push((middle, to));
            to = middle;
        } else {
            spans.push((from, middle));
            from = middle;
        }
    }
    // A subtree that is the whole old tree needs no saying: whoever checks has its root.
    if from > 0 {
        spans.push((from, to));
    }
    spans.reverse();
    spans
}

/// The largest power of two below `leaves`, of which there are at least two.
fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// The hash over `hashes`, whose number is a power of two.
pub(crate) fn complete(hashes: &[u8]) -> Hash {
    if let Ok(hash) = Hash::try_from(hashes) {
        return hash;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    node_hash(complete(left), complete(right))
}

/// Reads each tile once for one question.
struct Reader<'a, T> {
    tiles: &'a mut T,
    size: u64,
    held: BTreeMap<(u8, u64), Vec<u8>>,
}

impl<'a, T: Tiles> Reader<'a, T> {
    fn new(tiles: &'a mut T, size: u64) -> Self {
        Self { tiles, size, held: BTreeMap::new() }
    }

    fn spans(&mut self, spans: &[Span]) -> Result<Vec<Hash>, TreeError<T::Error>> {
        spans.iter().map(|span| self.span(*span)).collect()
    }

    /// A ragged subtree is complete ones, each half as high as the one to its left or lower.
    fn span(&mut self, (from, to): Span) -> Result<Hash, TreeError<T::Error>> {
        let height = (to - from).ilog2();
        let middle = from + (1 << height);
        let left = self.node(height as u8, from >> height)?;
        if middle == to { Ok(left) } else { Ok(node_hash(left, self.span((middle, to))?)) }
    }

    /// The node at `index` among those of its height.
    fn node(&mut self, height: u8, index: u64) -> Result<Hash, TreeError<T::Error>> {
        let (level, above) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let first = index << above;
        let hashes = self.tile(level, first / u64::from(TILE_WIDTH))?;
        let from = (first % u64::from(TILE_WIDTH)) as usize * Hash::SIZE;
        Ok(complete(&hashes[from..from + (Hash::SIZE << above)]))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[u8], TreeError<T::Error>> {
        if !self.held.contains_key(&(level, index)) {
            let hashes = read(self.tiles, level, index, self.size)?;
            self.held.insert((level, index), hashes);
        }
        Ok(&self.held[&(level, index)])
    }
}

/// The hashes of a tile in a tree of `size` leaves, exactly as many as that tree has.
pub(crate) fn read<T: Tiles>(tiles: &mut T, level: u8, index: u64, size: u64) -> Result<Vec<u8>, TreeError<T::Error>> {
    let tile = Tile::at(level, index, size).ok_or(TreeError::Outside { asked: index, size })?;
    let mut hashes = tiles.read(tile).map_err(|source| TreeError::Read { tile, source })?;
    let needed = usize::from(tile.width) * Hash::SIZE;
    if hashes.len() < needed {
        return Err(TreeError::Short { tile, bytes: hashes.len() });
    }
    hashes.truncate(needed);
    Ok(hashes)
}
