//! Base32 without padding (RFC 4648): letters that people can type, and that a QR code holds in five and a half bits each.

/// Its letters, by their values.
pub const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The letters of bytes.
pub fn letters(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| {
        let bits = (0..5).fold(0_u64, |bits, n| bits << 8 | bytes.get(n).copied().map_or(0, u64::from));
        let letters = (8 * bytes.len()).div_ceil(5);
        (0..letters).map(move |n| char::from(LETTERS[usize::try_from(bits >> (35 - 5 * n) & 31).unwrap_or_default()]))
    };
    bytes.chunks(5).flat_map(group).collect()
}
