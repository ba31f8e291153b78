//! Makes toy flows: sound ones out of blocks, and others by spoiling those.

use proptest::prelude::*;

use super::toy::{Toy, ToyAct, ToyCancel, ToyStep};

/// A piece of a sound flow.
#[derive(Clone, Debug)]
pub enum Block {
    Task { guarded_too: bool },
    Each,
    Sequence(Vec<Block>),
    Choice(Vec<Block>),
    Parallel(Vec<Block>),
    Loop { body: Box<Block>, by_branch: bool },
}

/// One way to spoil a flow: what, and two numbers that say where.
pub type Spoil = (u8, usize, usize);

pub fn blocks() -> impl Strategy<Value = Block> {
    let leaf =
        prop_oneof![4 => any::<bool>().prop_map(|guarded_too| Block::Task { guarded_too }), 1 => Just(Block::Each)];
    leaf.prop_recursive(3, 7, 3, |inner| {
        let some = || prop::collection::vec(inner.clone(), 2..=3);
        prop_oneof![
            some().prop_map(Block::Sequence),
            some().prop_map(Block::Choice),
            some().prop_map(Block::Parallel),
            (inner.clone(), any::<bool>())
                .prop_map(|(body, by_branch)| Block::Loop { body: Box::new(body), by_branch }),
        ]
    })
}

pub fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    prop::collection::vec((0u8..11, 0usize..100, 0usize..100), 0..3)
}

/// The flow of a block, with or without a way to cancel it.
pub fn made(block: &Block, cancellable: bool) -> Toy {
    let mut toy = Toy::default();
    toy.start = build(&mut toy, block, &[]);
    if cancellable {
        toy.cancels.push(ToyCancel { steps: None, way: Vec::new() });
    }
    toy
}

fn step(toy: &mut Toy, ways: &[&[usize]]) -> usize {
    let act = |way: &&[usize]| ToyAct { guarded: false, ways: vec![way.to_vec()] };
    toy.steps.push(ToyStep { acts: ways.iter().map(act).collect(), ..ToyStep::default() });
    toy.steps.len() - 1
}

/// Adds a block that goes on to `next` (to the end when empty), and gives the steps with which it begins.
fn build(toy: &mut Toy, block: &Block, next: &[usize]) -> Vec<usize> {
    match block {
        Block::Task { guarded_too } => {
            let task = step(toy, &[next, next]);
            toy.steps[task].acts[1].guarded = true;
            toy.steps[task].acts.truncate(1 + usize::from(*guarded_too));
            vec![task]
        }
        Block::Each => {
            let next = if next.is_empty() { vec![step(toy, &[next])] } else { next.to_vec() };
            let list = step(toy, &[&next]);
            toy.steps[list].each = true;
            vec![list]
        }
        Block::Sequence(blocks) => blocks.iter().rev().fold(next.to_vec(), |next, block| build(toy, block, &next)),
        Block::Choice(blocks) => {
            let ways: Vec<Vec<usize>> = blocks.iter().map(|block| build(toy, block, next)).collect();
            let choice = step(toy, &ways.iter().map(Vec::as_slice).collect::<Vec<_>>());
            toy.steps[choice].acts[1].guarded = true;
            vec![choice]
        }
        Block::Parallel(blocks) => {
            let join = step(toy, &[next]);
            let mut begins = Vec::new();
            for block in blocks {
                let last = step(toy, &[&[join]]);
                toy.steps[join].waits.push(last);
                begins.extend(build(toy, block, &[last]));
            }
            begins
        }
        Block::Loop { body, by_branch } => {
            let decision = step(toy, &[next]);
            let begins = build(toy, body, &[decision]);
            if *by_branch {
                toy.steps[decision].acts[0].ways.push(begins.clone());
            } else {
                toy.steps[decision].acts.push(ToyAct { guarded: true, ways: vec![begins.clone()] });
            }
            begins
        }
    }
}

/// Spoils a flow, perhaps without harm.
pub fn spoil(toy: &mut Toy, (what, a, b): Spoil) {
    let count = toy.steps.len();
    let at = a % count;
    let other = b % count;
    match what {
        0 => toy.steps[at].acts[0].ways[0] = vec![other],
        1 => toy.steps[at].acts[0].ways[0].push(other),
        2 => toy.steps[at].acts[0].ways[0].clear(),
        3 => drop(toy.steps[at].waits.pop()),
        4 => toy.steps[at].acts.iter_mut().for_each(|act| act.guarded = b % 2 == 0),
        5 => toy.start.push(other),
        6 => toy.cancels.push(ToyCancel { steps: Some(vec![at]), way: vec![other] }),
        7 => toy.steps[at].acts.push(ToyAct { guarded: b % 3 == 0, ways: vec![vec![]] }),
        8 => toy.steps[at].acts[0].ways.reverse(),
        9 => toy.steps[at].acts[0].ways.push(vec![other]),
        _ => toy.steps[at].acts.push(ToyAct { guarded: b % 3 == 0, ways: vec![vec![other]] }),
    }
}
