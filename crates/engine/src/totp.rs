//! Codes that follow the time (RFC 6238, HMAC-SHA-1, six digits, a new one every 30 seconds): what an authenticator app
//! shows. Pure: the time and the seed are given.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use linli_worktime::Millis;
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::base32;

/// How long a code is shown, milliseconds.
const STEP_MS: i64 = 30_000;
/// Steps before and after the present one that are taken too: clocks differ, and people need a moment to type.
const SLACK: i64 = 1;
/// Bytes of a seed: as many as the hash has (RFC 4226, section 4).
const SEED: usize = 20;

/// What an app and the program both know. It cannot be printed, and its memory is cleared when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Zeroizing<[u8; SEED]>);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// From bytes drawn at the edge.
    pub fn new(bytes: [u8; 20]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// As people type it into an app: base32, 32 letters and digits.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(base32::letters(&self.0[..]))
    }

    /// From what [`Seed::text`] gave.
    pub fn parse(text: &str) -> Option<Self> {
        let mut seed = Zeroizing::new([0; SEED]);
        if text.len() != SEED / 5 * 8 {
            return None;
        }
        for (letters, group) in text.as_bytes().chunks_exact(8).zip(seed.chunks_exact_mut(5)) {
            let mut bits = 0_u64;
            for letter in letters {
                bits = bits << 5 | base32::LETTERS.iter().position(|l| l == letter)? as u64;
            }
            group.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        Some(Self(seed))
    }

    /// The address that an app reads from a picture.
    pub fn address(&self, issuer: &str, login: &str) -> Zeroizing<String> {
        let issuer = escaped(issuer);
        Zeroizing::new(format!("otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}", escaped(login), *self.text()))
    }

    /// The code of a step (RFC 4226, section 5.3).
    pub fn code(&self, step: i64) -> u32 {
        let mut block = Zeroizing::new([0; 64]);
        block[..SEED].copy_from_slice(&*self.0);
        let mac = <Hmac<Sha1> as KeyInit>::new((&*block).into()).chain_update(step.to_be_bytes()).finalize();
        let mac: [u8; 20] = mac.into_bytes().into();
        let at = usize::from(mac[19] & 15);
        let word = mac[at..at + 4].iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        (word & 0x7fff_ffff) % 1_000_000
    }

    /// The step whose code this is, if it is one of those that are good now and comes after the one used last.
    pub fn step_of(&self, typed: &str, now: Millis, last: i64) -> Option<i64> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let good = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
        let code: u32 = digits.parse().ok().filter(|_| good)?;
        let present = step_at(now);
        (present - SLACK..=present + SLACK).find(|step| *step > last && self.code(*step) == code)
    }
}

/// The step that a time lies in.
pub fn step_at(now: Millis) -> i64 {
    now.0.div_euclid(STEP_MS)
}

/// A text inside an address.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known() -> Seed {
        Seed::new(*b"12345678901234567890")
    }

    /// RFC 4226, appendix D, and RFC 6238, appendix B (the last six of its eight digits).
    #[test]
    fn codes_are_those_of_the_standards() {
        let counted = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, code) in (0..).zip(counted) {
            assert_eq!(known().code(step), code);
        }
        let timed: [(i64, u32); 6] = [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ];
        for (seconds, code) in timed {
            assert_eq!(known().code(step_at(Millis(seconds * 1000))), code);
        }
    }

    /// RFC 4648: the text of ten fives.
    #[test]
    fn a_seed_is_written_as_apps_read_it() {
        assert_eq!(*known().text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = known().address("Caf\u{e9} Row", "li.min");
        assert!(address.starts_with("otpauth://totp/Caf%C3%A9%20Row:li.min?secret=GEZD"), "{}", *address);
        assert!(address.ends_with("&issuer=Caf%C3%A9%20Row"));
        assert!(!format!("{:?}", known()).contains('1'));
    }

    proptest! {
        #[test]
        fn text_and_seed_are_the_same(bytes: [u8; 20]) {
            let seed = Seed::new(bytes);
            prop_assert_eq!(Seed::parse(&seed.text()), Some(seed));
        }

        #[test]
        fn nothing_else_is_a_seed(text in "\\PC{0,40}") {
            if let Some(seed) = Seed::parse(&text) {
                prop_assert_eq!(&*seed.text(), &text);
            }
        }

        /// A code is good for its step and the ones beside it, once, and never for a step that is over.
        #[test]
        fn a_code_is_good_for_a_while_and_once(bytes: [u8; 20], now in 0_i64..4_000_000_000_000, off in -4_i64..=4) {
            let (seed, now) = (Seed::new(bytes), Millis(now));
            let step = step_at(now) + off;
            let typed = format!(" {:06} ", seed.code(step));
            let found = seed.step_of(&typed, now, i64::MIN);
            if off.abs() <= SLACK {
                let found = found.unwrap();
                prop_assert_eq!(seed.code(found), seed.code(step));
                prop_assert_eq!(seed.step_of(&typed, now, step_at(now) + SLACK), None);
            } else if let Some(other) = found {
                // One in a million: the code of another step that is the same.
                prop_assert_eq!(seed.code(other), seed.code(step));
                prop_assert!((other - step_at(now)).abs() <= SLACK);
            }
        }

        #[test]
        fn nothing_but_six_digits_is_a_code(typed in "[0-9 ]{0,5}|[0-9]{7,9}|\\PC{0,9}", now in 0_i64..4_000_000_000_000) {
            prop_assume!(typed.split_whitespace().collect::<String>().parse::<u32>().is_err() || typed.trim().len() != 6);
            let digits = typed.chars().filter(char::is_ascii_digit).count();
            if digits != 6 {
                prop_assert_eq!(known().step_of(&typed, Millis(now), i64::MIN), None);
            }
        }
    }
}
