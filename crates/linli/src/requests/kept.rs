//! Files of a report under way: taken at the step where they were chosen, and carried to the last one as sealed notes
//! of what the store keeps, so that going back, or mending a field, loses no picture.

use linli_engine::{
    attachments::{Mime, Stored},
    digest, hex,
    vault::VaultKey,
};
use linli_worktime::Millis;

use crate::web::{Ctx, forms::form_pairs, routes::percent};

/// How long a note holds, milliseconds: the store clears files that nobody claimed after a day.
const HOLDS_MS: i64 = 12 * 3_600_000;

/// The note of a kept file: `mac.digest.kind.bytes.time.name`.
pub fn note(key: &VaultKey, file: &Stored, now: Millis) -> String {
    let (kind, name) = (file.mime.extension(), percent(&file.name));
    let text = format!("{}.{kind}.{}.{}.{name}", file.digest, file.bytes_len, now.0);
    format!("{}.{text}", mac(key, &text))
}

fn mac(key: &VaultKey, text: &str) -> String {
    hex(&key.mac(b"kept-file", text.as_bytes()))
}

/// The file that a note stands for; nothing when it is forged or too old.
pub fn open(key: &VaultKey, note: &str, now: Millis) -> Option<Stored> {
    let (given, text) = note.split_once('.')?;
    // Digests are compared, so that the time it takes tells nothing about the seal.
    if digest(given.as_bytes()) != digest(mac(key, text).as_bytes()) {
        return None;
    }
    let mut parts = text.splitn(5, '.');
    let (address, kind, bytes, at) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let name = form_pairs(format!("n={}", parts.next()?).as_bytes()).pop()?.1;
    let fresh = now.since(Millis(at.parse().ok()?)) < HOLDS_MS;
    let mime = Mime::ALL.into_iter().find(|m| m.extension() == kind)?;
    fresh.then(|| Some(Stored { digest: address.parse().ok()?, mime, bytes_len: bytes.parse().ok()?, name }))?
}

/// The notes that still hold, with their files, and whether some do not.
pub fn holding(ctx: &Ctx, notes: &[String]) -> (Vec<(String, Stored)>, bool) {
    let (key, now) = (&ctx.engine().vault_key, ctx.engine().clock.now());
    let held: Vec<_> = notes.iter().filter_map(|n| Some((n.clone(), open(key, n, now)?))).collect();
    let lost = held.len() < notes.len();
    (held, lost)
}

#[cfg(test)]
mod tests {
    use linli_engine::attachments::Digest;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A note opens to the file that it was made of, for half a day; changed or under another key, never.
        #[test]
        fn only_what_was_kept_is_taken(bytes in any::<[u8; 32]>(), name in "[\\PC]{1,40}", len in 0_u64..10_000_000, at in 0_usize..90) {
            let (key, other, now) = (VaultKey::new([7; 32]), VaultKey::new([8; 32]), Millis(1_772_416_800_000));
            let file = Stored { digest: Digest(bytes), mime: Mime::Png, bytes_len: len, name };
            let sealed = note(&key, &file, now);
            prop_assert_eq!(open(&key, &sealed, now.plus(HOLDS_MS - 1)), Some(file));
            prop_assert_eq!(open(&key, &sealed, now.plus(HOLDS_MS)), None);
            prop_assert_eq!(open(&other, &sealed, now), None);
            let mut forged = sealed.into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            prop_assert_eq!(open(&key, std::str::from_utf8(&forged).unwrap(), now), None);
        }
    }
}
