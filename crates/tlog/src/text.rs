//! What the text formats share: each value has one spelling.

use base64ct::{Base64, Encoding};

use crate::Hash;

/// More hashes than any proof has: a tree of 2^63 leaves is 63 high.
pub(crate) const MAX_HASHES: usize = 63;

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok().filter(|bytes| base64(bytes) == text)
}

/// ASCII digits without a sign and without leading zeroes.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = text == "0" || text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Hashes, one a line; the number of the line that is none, counted from 1.
pub(crate) fn hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, usize> {
    lines
        .enumerate()
        .map(|(n, line)| if n < MAX_HASHES { line.parse().map_err(|_| n + 1) } else { Err(n + 1) })
        .collect()
}
