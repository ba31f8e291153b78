use crate::{Hash, node_hash};

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The question makes no sense.
    #[error("{asked} lies outside a tree of {size} leaves")]
    Outside {
        /// The index or the earlier size.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// Too many hashes or too few.
    #[error("{hashes} hashes are not as many as a proof in a tree of {size} leaves has here")]
    Length {
        /// How many the proof has.
        hashes: usize,
        /// The size of the tree.
        size: u64,
    },
    /// The hashes lead somewhere else.
    #[error("the proof does not lead to the root of {size} leaves: the leaf, the proof or the tree was changed")]
    Root {
        /// The size of the tree whose root is missed.
        size: u64,
    },
}

/// Checks that a leaf stands at `index` under the root of a tree of `size` leaves.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Outside { asked: index, size });
    }
    let mut way = Way { node: index, last: size - 1 };
    let mut hash = leaf;
    for beside in proof {
        hash = match way.up() {
            Some(Side::Left) => node_hash(*beside, hash),
            Some(Side::Right) => node_hash(hash, *beside),
            None => return Err(ProofError::Length { hashes: proof.len(), size }),
        };
    }
    if way.last > 0 {
        return Err(ProofError::Length { hashes: proof.len(), size });
    }
    if hash == root { Ok(()) } else { Err(ProofError::Root { size }) }
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: Hash,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let length = ProofError::Length { hashes: proof.len(), size: new };
    if old > new {
        return Err(ProofError::Outside { asked: old, size: new });
    }
    if old == 0 || old == new {
        let (same, size) = if old == 0 { (old_root == Hash::EMPTY, 0) } else { (old_root == new_root, new) };
        let empty = new > 0 || new_root == Hash::EMPTY;
        return if !proof.is_empty() {
            Err(length)
        } else if same && empty {
            Ok(())
        } else {
            Err(ProofError::Root { size })
        };
    }
    let mut way = Way { node: old - 1, last: new - 1 };
    let complete = way.node.trailing_ones();
    way = Way { node: way.node >> complete, last: way.last >> complete };
    // Where the old tree is itself a complete subtree, its root begins both ways and is left out of the proof.
    let (first, rest) = if way.node == 0 { (&old_root, proof) } else { proof.split_first().ok_or(length)? };
    let (mut to_old, mut to_new) = (*first, *first);
    for beside in rest {
        match way.up().ok_or(length)? {
            Side::Left => {
                to_old = node_hash(*beside, to_old);
                to_new = node_hash(*beside, to_new);
            }
            Side::Right => to_new = node_hash(to_new, *beside),
        }
    }
    match (way.last, to_old == old_root, to_new == new_root) {
        (0, true, true) => Ok(()),
        (0, false, _) => Err(ProofError::Root { size: old }),
        (0, true, false) => Err(ProofError::Root { size: new }),
        _ => Err(length),
    }
}

/// The way from a node to the root, by the indices of the node and of the last one of its height.
struct Way {
    node: u64,
    last: u64,
}

/// On which side the other child stands.
enum Side {
    Left,
    Right,
}

impl Way {
    /// To the next node that has two children; none above the root.
    fn up(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A last node without a sibling is its own parent until there is one.
            let alone = self.node.trailing_zeros();
            self.node >>= alone;
            self.last >>= alone;
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Some(side)
    }
}
