//! The words of a text as an index knows them: pairs of characters, Latin words and numbers, each by a hash.

use std::hash::{BuildHasherDefault, Hasher};

/// How common each pair is in a body of letters, so that telling ones weigh more. Learnt once, for instance from the
/// letters of the last years; without it all weigh the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Common {
    weights: Vec<f32>,
}

const BUCKETS: usize = 1 << 18;
/// Letters longer than this are read only so far.
const CHARS: usize = 4_000;

/// Mixes the bits of a number.
pub(super) fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// Spreads the hash of a pair over a table: it is one already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spreader(u64);

/// What makes [`Spreader`]s.
pub(super) type Spread = BuildHasherDefault<Spreader>;

impl Hasher for Spreader {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, n: u32) {
        self.0 = (self.0 ^ u64::from(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

fn narrow(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    narrow.to_ascii_lowercase()
}

/// Whether a character belongs to a word; most of them are common Chinese ones.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric()
}

/// The hashes of a text's pairs, with repetitions. Nothing pairs across a sign.
pub(super) fn pairs_of(text: &str, out: &mut Vec<u32>) {
    let mut before: Option<u32> = None;
    let mut word: u64 = 0;
    let flush = |word: &mut u64, out: &mut Vec<u32>| {
        if *word != 0 {
            out.push((mix(*word) >> 32) as u32);
            *word = 0;
        }
    };
    for c in text.chars().take(CHARS).map(narrow) {
        let code = u32::from(c);
        if c.is_ascii_alphanumeric() {
            word = mix(word.wrapping_add(u64::from(code)));
            before = None;
            continue;
        }
        flush(&mut word, out);
        if !is_letter(c) {
            before = None;
            continue;
        }
        if let Some(before) = before {
            out.push((mix(u64::from(before) << 32 | u64::from(code)) >> 32) as u32);
        }
        before = Some(code);
    }
    flush(&mut word, out);
}

impl Common {
    /// Counts in how many of these letters each pair stands.
    #[must_use]
    pub fn learn<'t>(letters: impl IntoIterator<Item = &'t str>) -> Self {
        let mut counts = vec![0_u32; BUCKETS];
        let mut all = 0.0_f32;
        let mut pairs = Vec::new();
        for letter in letters {
            pairs.clear();
            pairs_of(letter, &mut pairs);
            pairs.sort_unstable();
            pairs.dedup();
            pairs.iter().for_each(|gram| counts[*gram as usize % BUCKETS] += 1);
            all += 1.0;
        }
        // What next to no letter holds tells little, being mostly chance.
        Self { weights: counts.into_iter().map(|count| (1.0 + all / count.max(2) as f32).ln()).collect() }
    }

    /// What a pair weighs: more the fewer letters hold it.
    pub(super) fn weight(&self, gram: u32) -> f32 {
        self.weights.get(gram as usize % BUCKETS).copied().unwrap_or(1.0)
    }
}
