//! A store in memory, and RFC 6962 as it is written there, as slow as that is.
#![allow(dead_code, reason = "each test uses a part")]

use std::{collections::BTreeMap, convert::Infallible};

use linli_tlog::{Edge, Hash, Tile, Tiles, leaf_hash, node_hash};

/// The tiles of a log.
#[derive(Default, Clone)]
pub struct Store {
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
    /// What was read, in order.
    pub read: Vec<Tile>,
}

impl Store {
    pub fn save(&mut self, edge: &mut Edge) {
        for (tile, hashes) in edge.take_changed() {
            assert_eq!(hashes.len(), usize::from(tile.width) * Hash::SIZE, "{tile}");
            self.tiles.insert((tile.level, tile.index), hashes);
        }
    }

    /// A log of the leaves, saved at once.
    pub fn of(leaves: &[Hash]) -> (Self, Edge) {
        let (mut store, mut edge) = (Self::default(), Edge::new());
        for leaf in leaves {
            edge.append(*leaf);
        }
        store.save(&mut edge);
        (store, edge)
    }

    pub fn tiles(&self) -> impl Iterator<Item = (u8, u64, &[u8])> {
        self.tiles.iter().map(|((level, index), hashes)| (*level, *index, hashes.as_slice()))
    }

    pub fn hashes(&self, level: u8, index: u64) -> &[u8] {
        &self.tiles[&(level, index)]
    }
}

impl Tiles for Store {
    type Error = Infallible;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Infallible> {
        self.read.push(tile);
        Ok(self.tiles[&(tile.level, tile.index)].clone())
    }
}

/// The entry of a leaf in these tests.
pub fn entry(n: usize) -> Vec<u8> {
    format!("leaf {n}").into_bytes()
}

pub fn leaves(n: usize) -> Vec<Hash> {
    (0..n).map(|n| leaf_hash(&entry(n))).collect()
}

/// RFC 6962, 2.1.
pub fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(left_part(leaves.len()));
            node_hash(naive_root(left), naive_root(right))
        }
    }
}

/// RFC 6962, 2.1.1.
pub fn naive_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(left_part(leaves.len()));
    let (mut proof, beside) = match index.checked_sub(left.len()) {
        None => (naive_inclusion(index, left), right),
        Some(index) => (naive_inclusion(index, right), left),
    };
    proof.push(naive_root(beside));
    proof
}

/// RFC 6962, 2.1.2.
pub fn naive_consistency(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(left_part(leaves.len()));
    let (mut proof, beside) = match old.checked_sub(left.len()) {
        None | Some(0) => (naive_consistency(old, left, whole), right),
        Some(old) => (naive_consistency(old, right, false), left),
    };
    proof.push(naive_root(beside));
    proof
}

fn left_part(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}
