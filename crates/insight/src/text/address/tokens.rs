//! An address as a reader sees it: one character after the other, but a number or a Latin word as one thing.

use std::ops::Range;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    Han,
    /// A Chinese numeral.
    Numeral,
    Digits,
    Latin,
    Sign,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub class: Class,
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Stands for its folded characters.
    pub key: u64,
    /// The same, but of a number only how long it is.
    pub shape: u64,
}

/// Narrow forms and small letters; whatever has another form stays.
pub(super) fn fold(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        other => other,
    };
    narrow.to_ascii_lowercase()
}

/// The value of a numeral below ten; the two forms of zero are one.
pub(super) fn numeral(c: char) -> Option<u32> {
    // 零〇一二三四五六七八九, and 两.
    const NUMERALS: [char; 12] = [
        '\u{96f6}', '\u{4e00}', '\u{4e8c}', '\u{4e09}', '\u{56db}', '\u{4e94}', '\u{516d}', '\u{4e03}', '\u{516b}',
        '\u{4e5d}', '\u{3007}', '\u{4e24}',
    ];
    let at = NUMERALS.iter().position(|n| *n == c)?;
    Some(match at {
        10 => 0,
        11 => 2,
        value => value as u32,
    })
}

// 十.
const TEN: char = '\u{5341}';
// 百.
const HUNDRED: char = '\u{767e}';

/// Whether a Chinese number may hold it.
#[must_use]
pub fn is_numeral(c: char) -> bool {
    numeral(c).is_some() || c == TEN || c == HUNDRED
}

/// The number that a text says in whichever digits; none where it says anything else too.
pub(super) fn number(text: &str) -> Option<u32> {
    let chars: Vec<char> = text.chars().map(fold).collect();
    let digit = |c: char| c.to_digit(10).or_else(|| numeral(c));
    if chars.is_empty() {
        return None;
    }
    if chars.iter().all(|c| digit(*c).is_some()) {
        return chars.iter().try_fold(0_u32, |n, c| n.checked_mul(10)?.checked_add(digit(*c)?));
    }
    let (mut sum, mut last) = (0_u32, None);
    for c in chars {
        match digit(c) {
            Some(value) => last = Some(value),
            None if c == TEN || c == HUNDRED => {
                sum += last.take().unwrap_or(1) * if c == TEN { 10 } else { 100 };
            }
            None => return None,
        }
    }
    Some(sum + last.unwrap_or(0))
}

fn class(c: char) -> Class {
    match c {
        '0'..='9' => Class::Digits,
        c if c.is_ascii_alphabetic() => Class::Latin,
        c if is_numeral(c) => Class::Numeral,
        c if c.is_alphanumeric() => Class::Han,
        _ => Class::Sign,
    }
}

/// Mixes two numbers.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let mixed = (a ^ b.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The tokens of a text; blanks part nothing and are none.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 3);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || c.is_control() {
            continue;
        }
        let end = at + c.len_utf8();
        let folded = fold(c);
        let class = class(folded);
        let key = u64::from(u32::from(folded));
        match tokens.last_mut() {
            Some(last)
                if last.class == class && matches!(class, Class::Digits | Class::Latin) && last.range.end == at =>
            {
                last.range.end = end;
                last.key = mix(last.key, key);
            }
            _ => tokens.push(Token { class, range: at..end, key: mix(1, key), shape: 0 }),
        }
    }
    for token in &mut tokens {
        let length = text[token.range.clone()].chars().count().min(5) as u64;
        token.shape = if token.class == Class::Digits { mix(2, length) } else { token.key };
    }
    tokens
}
