//! How search reads a text: characters folded to one spelling, in runs of Chinese and words of other scripts.

use std::sync::LazyLock;

/// The first character of the plane of common Chinese characters, and how many there are.
const HAN: (u32, usize) = (0x4e00, 0x5200);

/// What each common character is taken for.
static SIMPLER: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut table: Vec<char> = (HAN.0..).take(HAN.1).filter_map(char::from_u32).collect();
    let lines = include_str!("simplified.txt").lines().filter(|line| !line.starts_with('#'));
    for pair in lines.flat_map(str::split_whitespace) {
        let mut chars = pair.chars();
        if let (Some(old), Some(new)) = (chars.next(), chars.next())
            && let Some(slot) = place(old).and_then(|at| table.get_mut(at))
        {
            *slot = new;
        }
    }
    table
});

fn place(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(HAN.0)?).ok()
}

/// The character that search takes this one for: narrow for wide, small for capital, simplified for traditional. One for
/// one, so that places in a text stay where they are.
#[must_use]
pub fn fold(c: char) -> char {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    if let Some(simple) = place(narrow).and_then(|at| SIMPLER.get(at)) {
        return *simple;
    }
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

/// A stretch of a text that holds together.
pub(super) enum Run {
    Han(Vec<char>),
    Word(String),
}

/// Whether a character is written without spaces around its words.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// The runs of a text, folded.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joined = false;
    for c in text.chars().map(fold) {
        let han = is_han(c);
        if !c.is_alphanumeric() {
            joined = false;
            continue;
        }
        match (runs.last_mut().filter(|_| joined), han) {
            (Some(Run::Han(chars)), true) => chars.push(c),
            (Some(Run::Word(word)), false) => word.push(c),
            (_, true) => runs.push(Run::Han(vec![c])),
            (_, false) => runs.push(Run::Word(c.into())),
        }
        joined = true;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_many() {
        let folded = |text: &str| text.chars().map(fold).collect::<String>();
        assert_eq!(folded("\u{ff21}\u{ff13} Lamp"), "a3 lamp");
        // Street lights, in traditional characters.
        assert_eq!(folded("\u{8def}\u{71c8}"), "\u{8def}\u{706f}");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for c in (0..0x2_0000).filter_map(char::from_u32) {
            assert_eq!(fold(fold(c)), fold(c), "{c}");
        }
    }
}
