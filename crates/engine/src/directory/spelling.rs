//! How the parts of an address are written: a text falls into words and numbers, whichever way a number is written, and
//! each character has the sounds by which a keyboard types it.

use std::sync::LazyLock;

use pinyin::{ToPinyin, ToPinyinMulti};

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    Building,
    Unit,
    House,
    Other,
}

/// A part of an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Characters and letters; English words are kept apart by a blank.
    Word(String),
    /// A number, and what it counts where that is said for certain.
    Number(u32, Option<Sort>),
}

/// `spelling.txt`.
struct Spelling {
    /// What stands beside a number, the longest first.
    marks: Vec<(Vec<char>, Sort)>,
    generic: Vec<String>,
    numbered: char,
    digits: Vec<Vec<char>>,
    ten: char,
    hundred: char,
}

static SPELLING: LazyLock<Spelling> = LazyLock::new(|| {
    let mut spelling =
        Spelling { marks: Vec::new(), generic: Vec::new(), numbered: ' ', digits: Vec::new(), ten: ' ', hundred: ' ' };
    for line in include_str!("spelling.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let mut mark =
            |sort| spelling.marks.extend(line.split_whitespace().skip(1).map(|w| (w.chars().collect(), sort)));
        match name {
            "building" => mark(Sort::Building),
            "unit" => mark(Sort::Unit),
            "house" => mark(Sort::House),
            "other" => mark(Sort::Other),
            "generic" => spelling.generic = words.map(str::to_owned).collect(),
            "digits" => spelling.digits = words.map(|w| w.chars().collect()).collect(),
            "numbered" => spelling.numbered = words.next().and_then(|w| w.chars().next()).unwrap_or(' '),
            "ten" => spelling.ten = words.next().and_then(|w| w.chars().next()).unwrap_or(' '),
            _ => spelling.hundred = words.next().and_then(|w| w.chars().next()).unwrap_or(' '),
        }
    }
    spelling.marks.sort_by_key(|(mark, _)| std::cmp::Reverse(mark.len()));
    spelling
});

/// Small letters, narrow forms, and one blank for whatever is neither letter, digit nor number sign.
fn plain(text: &str) -> Vec<char> {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() || c == '#' { c } else { ' ' })
        .collect()
}

impl Spelling {
    fn digit(&self, c: char) -> Option<u32> {
        c.to_digit(10).or_else(|| self.digits.iter().position(|d| d.contains(&c)).map(|d| d as u32))
    }

    fn is_numeral(&self, c: char) -> bool {
        self.digit(c).is_some() || c == self.ten || c == self.hundred
    }

    /// The number that a run of numerals says, as in 12, 一二, 十二, 一百零三.
    fn number(&self, run: &[char]) -> Option<u32> {
        if run.iter().all(|c| self.digit(*c).is_some()) {
            return run.iter().try_fold(0_u32, |n, c| n.checked_mul(10)?.checked_add(self.digit(*c)?));
        }
        let (mut sum, mut last) = (0_u32, None);
        for c in run {
            let weight = if *c == self.ten { 10 } else { 100 };
            match self.digit(*c) {
                Some(digit) => last = Some(digit),
                None => sum = sum.checked_add(last.take().unwrap_or(1).checked_mul(weight)?)?,
            }
        }
        sum.checked_add(last.unwrap_or(0))
    }

    /// What follows a number: the sort that it names, and its length. Letters count only when they are the whole run.
    fn mark(&self, rest: &[char]) -> Option<(Sort, usize)> {
        let letters = rest.iter().take_while(|c| c.is_ascii_alphabetic()).count();
        let fits = |mark: &[char]| rest.starts_with(mark) && (letters == 0 || letters == mark.len());
        self.marks.iter().find(|(mark, _)| fits(mark)).map(|(mark, sort)| (*sort, mark.len()))
    }

    /// The sort that an English word before a number names: `building 3`.
    fn before(&self, word: &mut String) -> Option<Sort> {
        let start = word.trim_end().rfind(' ').map_or(0, |at| at + 1);
        let last: Vec<char> = word[start..].trim().chars().collect();
        let (_, sort) = self.marks.iter().find(|(mark, _)| last.len() > 1 && *mark == last)?;
        word.truncate(start);
        Some(*sort)
    }
}

/// A single letter behind a number leaves open what it counts.
fn certain(sort: Sort, len: usize, rest: &[char]) -> Option<Sort> {
    (len > 1 || !rest.first().is_some_and(char::is_ascii_alphabetic)).then_some(sort)
}

/// The words and numbers of an address, in their order.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let (spelling, text) = (&*SPELLING, plain(text));
    let mut parts = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let run = text[at..]
            .iter()
            .take_while(|c| if text[at].is_ascii_digit() { c.is_ascii_digit() } else { spelling.is_numeral(**c) })
            .count();
        let after = &text[at + run..];
        let blanks = after.iter().take_while(|c| **c == ' ').count();
        let mark = spelling.mark(after).map(|(s, n)| (s, n, 0)).or_else(|| {
            let (sort, n) = spelling.mark(&after[blanks..])?;
            (!after[blanks..].first()?.is_ascii_alphabetic()).then_some((sort, n, blanks))
        });
        let ordinal = word.ends_with(spelling.numbered);
        // Numerals are part of many names: they are a number only where they count something.
        let counts = run > 0 && (c.is_ascii_digit() || mark.is_some() || ordinal);
        if !counts {
            word.push(c);
            at += 1;
            continue;
        }
        if ordinal {
            word.pop();
        }
        let before = spelling.before(&mut word);
        flush(&mut word, &mut parts);
        let sort = mark.and_then(|(sort, n, gap)| certain(sort, n, &after[gap..]));
        parts.extend(spelling.number(&text[at..at + run]).map(|n| Part::Number(n, before.or(sort))));
        at += run + mark.map_or(0, |(_, n, gap)| n + gap);
    }
    flush(&mut word, &mut parts);
    parts
}

fn flush(word: &mut String, parts: &mut Vec<Part>) {
    let kept = word.split([' ', '#']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    word.clear();
    if !kept.is_empty() {
        parts.push(Part::Word(kept));
    }
}

/// A word without the ending that says nothing of which one it is; none when nothing would be left.
pub(super) fn without_generic(word: &str) -> Option<&str> {
    let rest = SPELLING.generic.iter().find_map(|generic| word.strip_suffix(generic.as_str()))?;
    (rest.chars().count() >= 2).then_some(rest)
}

/// The sounds of a character in letters, the usual one first; none for what is no Chinese character.
pub(super) fn sounds(c: char) -> Vec<String> {
    let mut sounds: Vec<String> = Vec::new();
    let usual = c.to_pinyin().map(|sound| sound.plain().to_owned());
    let others = c.to_pinyin_multi().into_iter().flatten().map(|sound| sound.plain().to_owned());
    for sound in usual.into_iter().chain(others) {
        for spelt in [sound.replace('\u{fc}', "v"), sound.replace('\u{fc}', "u")] {
            if !sounds.contains(&spelt) {
                sounds.push(spelt);
            }
        }
    }
    sounds
}

/// How a character sounds to an ear that does not tell zh from z or eng from en, as many in the south and most keyboards:
/// its first letter and the rest; none for what is no Chinese character.
pub(crate) fn sound(c: char) -> Option<(&'static str, &'static str)> {
    let usual = c.to_pinyin()?.plain();
    let (first, rest) = usual.split_at(usual.chars().next()?.len_utf8());
    let rest = if matches!(first, "z" | "c" | "s") { rest.strip_prefix('h').unwrap_or(rest) } else { rest };
    let open = ["ang", "eng", "ing"].iter().any(|end| rest.ends_with(end));
    Some((first, if open { &rest[..rest.len() - 1] } else { rest }))
}

/// The first letters of a text as a hand types them: of each character its sound's, of each English word its own.
pub fn initials(text: &str) -> String {
    let mut out = String::new();
    let mut fresh = true;
    for c in plain(text) {
        let sound = sounds(c).into_iter().next();
        match sound {
            Some(sound) => out.extend(sound.chars().next()),
            None if c.is_ascii_digit() || c.is_alphanumeric() && fresh => out.push(c),
            None => {}
        }
        fresh = !c.is_ascii_alphabetic();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        let number = |part| if let Part::Number(n, _) = part { Some(n) } else { None };
        parts(text).into_iter().filter_map(number).collect()
    }

    #[test]
    fn a_number_is_one_however_it_is_written() {
        // 3号楼, 三号楼, 3栋, 3幢, 3#, wide 3, with a blank; 十二, 一百零三; and letters.
        for text in [
            "3\u{53f7}\u{697c}",
            "\u{4e09}\u{53f7}\u{697c}",
            "3\u{680b}",
            "3\u{5e62}",
            "3#",
            "\u{ff13} \u{680b}",
            "3hl",
            "Building 3",
        ] {
            assert_eq!(parts(text), [Part::Number(3, Some(Sort::Building))], "{text}");
        }
        assert_eq!(numbers("\u{5341}\u{4e8c}\u{680b}"), [12]);
        assert_eq!(numbers("\u{4e00}\u{767e}\u{96f6}\u{4e09}\u{53f7}"), [103]);
        assert_eq!(parts("3h"), [Part::Number(3, None)]);
        assert_eq!(numbers("hyxq3d2dy"), [3, 2]);
        // A numeral in a name counts nothing.
        assert!(numbers("\u{4e09}\u{91cc}\u{5c6f}").is_empty());
        assert_eq!(numbers("99999999999"), [] as [u32; 0]);
    }

    #[test]
    fn first_letters_are_those_of_the_sounds() {
        assert_eq!(initials("\u{8def}\u{706f}"), "ld");
        assert_eq!(initials("Street lights 3"), "sl3");
    }
}
