//! Entry bundles: the entries under one tile of level 0, each after its length in two bytes.

use crate::tile::TILE_WIDTH;

/// Why a bundle cannot be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Two bytes do not hold the length.
    #[error("an entry of {0} bytes does not fit: at most 65535; log a digest of it instead")]
    TooLong(usize),
    /// More entries than a tile has hashes.
    #[error("a bundle holds at most 256 entries; begin the next one")]
    TooMany,
    /// The bytes end within an entry.
    #[error("the bundle ends within entry {0}, counted from 0; fetch it again")]
    CutOff(usize),
}

/// Appends one entry to a bundle.
pub fn push(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// Writes up to 256 entries.
pub fn write<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for (n, entry) in entries.into_iter().enumerate() {
        if n == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooMany);
        }
        push(&mut bundle, entry.as_ref())?;
    }
    Ok(bundle)
}

/// Reads the entries of a bundle; whether they are as many as its path says is for the caller to see.
pub fn parse(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooMany);
        }
        let cut = BundleError::CutOff(entries.len());
        let (length, after) = rest.split_first_chunk().ok_or(cut)?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(cut)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}
