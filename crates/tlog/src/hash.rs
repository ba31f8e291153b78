use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::text;

/// A SHA-256 hash of a leaf or a tree; prints and parses as base64, prints as hex with `{:x}`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// A text that is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a hash: 44 characters of base64 for 32 bytes are needed")]
pub struct HashError(String);

impl Hash {
    /// Bytes of a hash.
    pub const SIZE: usize = 32;

    /// The root of the tree without leaves: SHA-256 of nothing.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);
}

impl TryFrom<&[u8]> for Hash {
    type Error = std::array::TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl fmt::LowerHex for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(s: &str) -> Result<Self, HashError> {
        text::unbase64(s).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| HashError(s.to_owned()))
    }
}

/// The hash of a leaf: the prefix keeps a leaf from being taken for a node.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
}

/// The hash of a node over its two children.
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    let mut both = [1; 1 + 2 * Hash::SIZE];
    both[1..33].copy_from_slice(&left.0);
    both[33..].copy_from_slice(&right.0);
    Hash(Sha256::digest(both).into())
}
