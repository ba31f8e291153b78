//! A text as its pieces of one to a few characters, each by its hash: no word list, no language.

/// A text in plain form: full-width as half-width, small letters, and one blank for whatever is no letter or figure.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    pub chars: Vec<char>,
    /// Where each character begins in the text.
    pub bytes: Vec<usize>,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gram {
    pub hash: u32,
    /// Its first character.
    pub at: usize,
    /// How many characters.
    pub length: usize,
}

impl Plain {
    pub fn read(text: &str) -> Self {
        let mut plain = Self { chars: Vec::with_capacity(text.len() / 3), bytes: Vec::with_capacity(text.len() / 3) };
        let mut blank = true;
        for (at, c) in text.char_indices() {
            let c = fold(c);
            if c == ' ' && blank {
                continue;
            }
            blank = c == ' ';
            plain.chars.push(c);
            plain.bytes.push(at);
        }
        plain
    }

    /// Every piece of up to so many characters that no blank interrupts.
    pub fn grams(&self, longest: usize, mut each: impl FnMut(Gram)) {
        for at in 0..self.chars.len() {
            let mut mixed = 0x9e37_79b9_7f4a_7c15_u64;
            for (c, length) in self.chars[at..].iter().take(longest).zip(1..) {
                if *c == ' ' {
                    break;
                }
                mixed = (mixed ^ u64::from(*c)).wrapping_mul(0xff51_afd7_ed55_8ccd);
                mixed ^= mixed >> 32;
                each(Gram { hash: (mixed >> 7) as u32, at, length });
            }
        }
    }
}

fn fold(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }
}
