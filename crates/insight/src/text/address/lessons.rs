//! Marked addresses, made ready to be learnt from.

use std::collections::{HashMap, HashSet};

use super::{
    Label, Part,
    features::{Known, LONGEST, Sentence, name},
    likelihood::position,
    model::{Cut, LABELS, Lattice, POSITIONS, Table},
    tokens::{Token, tokens},
};

/// An address with the parts that people marked.
pub(super) type Marked = (Vec<Token>, Vec<Cut>);

/// One address, its features looked up.
pub(super) struct Lesson {
    pub n: usize,
    /// Of each feature of a token: which token, which row.
    pub tokens: Vec<(u32, u32)>,
    /// Of each feature of a part: which part, which row.
    pub parts: Vec<(u32, u32)>,
    pub gold: Vec<Cut>,
}

impl Lesson {
    pub fn new(sentence: &Sentence, gold: &[Cut], rows: &Table<u32>) -> Self {
        let mut lesson = Self { n: sentence.len(), tokens: Vec::new(), parts: Vec::new(), gold: gold.to_vec() };
        let mut features = Vec::new();
        for at in 0..lesson.n {
            features.clear();
            sentence.token(at, &mut features);
            lesson.tokens.extend(features.iter().filter_map(|f| rows.get(f)).map(|row| (at as u32, *row)));
        }
        for to in 1..=lesson.n {
            for from in to.saturating_sub(LONGEST)..to {
                features.clear();
                sentence.part(from, to, &mut features);
                let part = Lattice::part(from, to) as u32;
                lesson.parts.extend(features.iter().filter_map(|f| rows.get(f)).map(|row| (part, *row)));
            }
        }
        lesson
    }
}

/// The parts by tokens; none where they do not cover the text.
pub(super) fn cuts(tokens: &[Token], parts: &[Part]) -> Option<Vec<Cut>> {
    let mut cuts = Vec::new();
    let mut from = 0;
    for part in parts {
        let to = from + tokens[from..].iter().take_while(|t| t.range.end <= part.range.end).count();
        if to == from || tokens[from].range.start < part.range.start || tokens[to - 1].range.end != part.range.end {
            return None;
        }
        for start in (from..to).step_by(LONGEST) {
            cuts.push((start, to.min(start + LONGEST), part.label as usize));
        }
        from = to;
    }
    (from == tokens.len() && from > 0).then_some(cuts)
}

/// The tokens that parts end with more often than not.
pub(super) fn endings(all: &[Marked]) -> HashSet<u64> {
    let mut seen: HashMap<u64, (u32, u32)> = HashMap::new();
    for (tokens, cuts) in all {
        tokens.iter().for_each(|t| seen.entry(t.key).or_default().0 += 1);
        cuts.iter().filter(|c| c.1 - c.0 > 1).for_each(|c| seen.entry(tokens[c.1 - 1].key).or_default().1 += 1);
    }
    seen.into_iter().filter(|(_, (all, ends))| *ends >= 5 && ends * 2 >= *all).map(|(key, _)| key).collect()
}

/// The names that a marked text holds.
pub(super) fn own(tokens: &[Token], cuts: &[Cut]) -> Vec<(u64, u8)> {
    let long = cuts.iter().filter(|(from, to, _)| to - from > 1);
    long.map(|(from, to, label)| (name(&tokens[*from..*to]), *label as u8)).collect()
}

/// Names from the marked texts; and given ones, with and without their last character, which people leave out.
pub(super) fn known(all: &[Marked], names: &[(&str, Label)]) -> Known {
    let mut known = Known::new();
    let mut add = |name: u64, kind: u8| {
        let kinds = known.entry(name).or_default();
        match kinds.iter_mut().find(|k| k.0 == kind) {
            Some(k) => k.1 = k.1.saturating_add(1),
            None => kinds.push((kind, 1)),
        }
    };
    for (tokens, cuts) in all {
        own(tokens, cuts).into_iter().for_each(|(name, label)| add(name, label));
    }
    for (text, label) in names {
        let tokens = tokens(text);
        let kind = LABELS as u8 + *label as u8;
        if tokens.len() > 1 {
            add(name(&tokens), kind);
        }
        if tokens.len() > 2 {
            add(name(&tokens[..tokens.len() - 1]), kind + LABELS as u8);
        }
    }
    known.values_mut().for_each(|kinds| kinds.sort_unstable());
    known
}

/// The features of what people marked, each with the state that it was seen in, sorted.
pub(super) fn seen<'s>(all: impl Iterator<Item = (&'s Sentence<'s>, &'s [Cut])>) -> Vec<(u64, u8)> {
    let mut seen = Vec::new();
    let mut features = Vec::new();
    for (sentence, cuts) in all {
        for &(from, to, label) in cuts {
            for at in from..to {
                let state = position(from, to, at) * LABELS + label;
                features.clear();
                sentence.token(at, &mut features);
                seen.extend(features.iter().map(|f| (*f, state as u8)));
            }
            features.clear();
            sentence.part(from, to, &mut features);
            seen.extend(features.iter().map(|f| (*f, (POSITIONS * LABELS + label) as u8)));
        }
    }
    seen.sort_unstable();
    seen
}
