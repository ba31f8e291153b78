//! Where a list goes on: a position sealed with the question that it belongs to. Whoever brings it to another question, or
//! changes it, is told so; nobody can read rows by making one up.

use axum::http::StatusCode;
use linli_engine::{digest, hex, vault::VaultKey};

use super::Fault;

/// Bytes of the seal: 128 bits.
const SEAL: usize = 16;

/// Seals a position of the list that answers `question`.
pub fn seal(key: &VaultKey, question: &str, position: &str) -> String {
    format!("{}.{}", hex(position.as_bytes()), mark(key, question, position))
}

/// Opens it for the same question.
///
/// # Errors
/// When it is not one of ours, or belongs to another question.
pub fn open(key: &VaultKey, question: &str, cursor: &str) -> Result<String, Fault> {
    let wrong = || Fault::new(StatusCode::BAD_REQUEST, "fault-cursor");
    let (position, given) = cursor.split_once('.').ok_or_else(wrong)?;
    let pairs = position.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.map(byte).collect::<Option<_>>().ok_or_else(wrong)?;
    let position = String::from_utf8(bytes).map_err(|_| wrong())?;
    // Digests are compared, so that the time it takes tells nothing about the seal.
    let good = digest(given.as_bytes()) == digest(mark(key, question, &position).as_bytes());
    if good { Ok(position) } else { Err(wrong()) }
}

fn mark(key: &VaultKey, question: &str, position: &str) -> String {
    let text = [&(question.len() as u64).to_be_bytes()[..], question.as_bytes(), position.as_bytes()].concat();
    hex(&key.mac(b"cursor", &text)[..SEAL])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A cursor opens for its own question under its own key, and for nothing else.
        #[test]
        fn only_its_own(question in ".{0,40}", other in ".{0,40}", position in ".{0,40}", at in 0_usize..200, by in 1_u8..16) {
            let key = VaultKey::new([7; 32]);
            let cursor = seal(&key, &question, &position);
            prop_assert_eq!(open(&key, &question, &cursor).ok(), Some(position));
            prop_assert_eq!(open(&key, &other, &cursor).is_ok(), other == question);
            prop_assert!(open(&VaultKey::new([8; 32]), &question, &cursor).is_err());
            let mut forged = cursor.into_bytes();
            let at = at % forged.len();
            let digit = char::from(forged[at]).to_digit(16).unwrap_or(0) as u8;
            forged[at] = b"0123456789abcdef"[usize::from((digit + by) % 16)];
            prop_assert!(open(&key, &question, std::str::from_utf8(&forged).unwrap()).is_err());
            prop_assert!(open(&key, &question, &other).is_err());
        }
    }
}
