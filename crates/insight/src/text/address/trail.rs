//! Numbers that follow a name: building, unit, room, in whichever digits, with or without what they count.

use std::ops::Range;

use super::{
    Label, Words,
    tokens::{fold, number, tokens},
};

/// A number and what it counts, where that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub label: Option<Label>,
    pub number: u32,
    pub range: Range<usize>,
}

/// Characters that are read.
const REACH: usize = 24;
/// Labels of two or three numbers that are joined by strokes.
const JOINED: [Label; 3] = [Label::Building, Label::Unit, Label::Room];

/// The numbers that stand at a place of a text, one right after the other.
pub(super) fn trail(text: &str, from: usize, words: &Words) -> Vec<Counted> {
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.char_indices().nth(REACH).map_or(rest.len(), |(at, _)| at);
    let tokens = tokens(&rest[..end]);
    let chars: Vec<(char, usize)> = tokens
        .iter()
        .flat_map(|t| rest[t.range.clone()].char_indices().map(move |(at, c)| (fold(c), t.range.start + at)))
        .collect();
    let mut found: Vec<Counted> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let numeral = |c: char| c.is_ascii_digit() || super::tokens::is_numeral(c);
        let first = chars[at].0;
        // Digits and Chinese numerals do not mix in one number.
        let run =
            chars[at..].iter().take_while(|(c, _)| numeral(*c) && c.is_ascii_digit() == first.is_ascii_digit()).count();
        if run == 0 {
            if !first.is_alphanumeric() && at < chars.len() - 1 {
                at += 1;
                continue;
            }
            break;
        }
        let said: String = chars[at..at + run].iter().map(|(c, _)| *c).collect();
        let behind: Vec<char> = chars[at + run..].iter().take(super::words::WORD).map(|(c, _)| *c).collect();
        let counts = words.counts(&behind);
        // A bare number counts only where nothing follows that it might count.
        let bare = first.is_ascii_digit() && !behind.first().is_some_and(|c| c.is_alphanumeric() && !c.is_ascii());
        let Some(number) = number(&said).filter(|_| counts.is_some() || bare) else { break };
        let length = run + counts.map_or(0, |(_, n)| n);
        let (last, last_at) = chars[at + length - 1];
        let narrow = rest[last_at..].chars().next().unwrap_or(last).len_utf8();
        found.push(Counted {
            label: counts.and_then(|(labels, _)| labels.first().copied()),
            number,
            range: from + chars[at].1..from + last_at + narrow,
        });
        at += length;
    }
    join(&mut found);
    found
}

/// Bare numbers count what their place says: two are building and room, three have the unit between.
fn join(found: &mut [Counted]) {
    let bare = found.iter().all(|one| one.label.is_none() || one.label == Some(Label::Building));
    let labels: &[Label] = match found.len() {
        2 => &[Label::Building, Label::Room],
        3 => &JOINED,
        _ => &[],
    };
    if bare {
        found.iter_mut().zip(labels).for_each(|(one, label)| one.label = Some(*label));
    }
}
