//! The token game of a flow, on step numbers: one set of rules, for the proof at load and for the stepping of real cases.

use std::collections::BTreeSet;

/// The net that a flow's steps make.
#[derive(Clone, Debug, Default)]
pub(crate) struct Net {
    pub nodes: Vec<Node>,
}

/// A step, as the net sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    /// The steps from which it waits for tokens; empty unless it is a join.
    pub waits: Vec<usize>,
    /// For a step that is one for each of a list: where its token goes when the list is empty.
    pub onward: Option<Vec<usize>>,
}

/// Which steps are open, and which tokens (join, source) wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Marking {
    pub open: BTreeSet<usize>,
    pub tokens: BTreeSet<(usize, usize)>,
}

/// What one firing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    pub opened: Vec<usize>,
    pub arrived: Vec<(usize, usize)>,
    pub consumed: Vec<(usize, usize)>,
}

/// How a firing breaks the rule that nothing is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A step would be open twice.
    OpenTwice(usize),
    /// Two tokens from one source would wait at a join.
    TokenTwice { at: usize, from: usize },
}

impl Fault {
    /// The step where it shows.
    pub fn step(self) -> usize {
        match self {
            Self::OpenTwice(step) | Self::TokenTwice { at: step, .. } => step,
        }
    }
}

impl Marking {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.tokens.is_empty()
    }
}

impl Net {
    /// Puts a token from `from` (none: from the start or a cancelling act) to each target. `is_empty` tells whether the list
    /// of a step that is one for each of a list is empty.
    pub fn put(
        &self,
        marking: &mut Marking,
        from: Option<usize>,
        targets: &[usize],
        is_empty: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Effect, Fault> {
        let mut effect = Effect::default();
        let mut passed = BTreeSet::new();
        let mut ahead: Vec<(Option<usize>, usize)> = targets.iter().rev().map(|to| (from, *to)).collect();
        while let Some((from, to)) = ahead.pop() {
            let node = &self.nodes[to];
            let is_joined = from.is_none_or(|from| from == to) || node.waits.is_empty();
            if let Some(from) = from.filter(|_| !is_joined)
                && !arrive(marking, &mut effect, node, to, from)?
            {
                continue;
            }
            match &node.onward {
                Some(onward) if is_empty(to) => {
                    if !passed.insert(to) {
                        return Err(Fault::OpenTwice(to));
                    }
                    ahead.extend(onward.iter().rev().map(|next| (Some(to), *next)));
                }
                _ if marking.open.insert(to) => effect.opened.push(to),
                _ => return Err(Fault::OpenTwice(to)),
            }
        }
        Ok(effect)
    }
}

/// A token arrives at a join; true when it was the last that was missing.
fn arrive(marking: &mut Marking, effect: &mut Effect, node: &Node, at: usize, from: usize) -> Result<bool, Fault> {
    if !marking.tokens.insert((at, from)) {
        return Err(Fault::TokenTwice { at, from });
    }
    effect.arrived.push((at, from));
    let complete = node.waits.iter().all(|source| marking.tokens.contains(&(at, *source)));
    if complete {
        for source in &node.waits {
            marking.tokens.remove(&(at, *source));
            effect.consumed.push((at, *source));
        }
    }
    Ok(complete)
}
