//! How fast a log grows and how long one proof takes: `cargo bench -p linli-tlog`.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{collections::BTreeMap, convert::Infallible, error::Error, hint::black_box, time::Instant};

use linli_tlog::{Edge, Tile, Tiles, consistency, inclusion, leaf_hash, root, verify_consistency, verify_inclusion};

const LEAVES: u64 = 1_000_000;
const BATCH: u64 = 1_000;
const ROUNDS: u64 = 2_000;

#[derive(Default)]
struct Store(BTreeMap<(u8, u64), Vec<u8>>);

impl Tiles for Store {
    type Error = Infallible;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Infallible> {
        Ok(self.0.get(&(tile.level, tile.index)).cloned().unwrap_or_default())
    }
}

impl Store {
    fn save(&mut self, edge: &mut Edge) {
        self.0.extend(edge.take_changed().into_iter().map(|(tile, hashes)| ((tile.level, tile.index), hashes)));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let entry = |n: u64| [n.to_be_bytes(); 4].concat();
    let leaves: Vec<_> = (0..LEAVES).map(|n| leaf_hash(&entry(n))).collect();
    measure("hash a leaf of 32 bytes", LEAVES, |n| leaf_hash(&entry(n)));

    let (mut store, mut edge) = (Store::default(), Edge::new());
    let begun = Instant::now();
    for batch in leaves.chunks(BATCH as usize) {
        for leaf in batch {
            edge.append(*leaf);
        }
        black_box(edge.root());
        store.save(&mut edge);
    }
    let rate = LEAVES as f64 / begun.elapsed().as_secs_f64();
    println!("{:<38} {rate:>12.0} leaves/s", "append, root and tiles each 1000");

    let begun = Instant::now();
    let mut size = 0;
    let mut again = Store::default();
    for batch in leaves.chunks(BATCH as usize) {
        let mut edge = Edge::restore(&mut again, size)?;
        for leaf in batch {
            size = edge.append(*leaf) + 1;
        }
        black_box(edge.root());
        again.save(&mut edge);
    }
    let rate = LEAVES as f64 / begun.elapsed().as_secs_f64();
    println!("{:<38} {rate:>12.0} leaves/s", "the same, the edge restored each time");

    let top = edge.root();
    let spread = |n: u64| n * 7_919 % (LEAVES - 1);
    measure("restore the edge", ROUNDS, |n| Edge::restore(&mut store, LEAVES - n).map(|edge| edge.root()));
    measure("root at any size", ROUNDS, |n| root(&mut store, spread(n)));
    measure("inclusion proof at 1,000,000", ROUNDS, |n| inclusion(&mut store, spread(n), LEAVES));
    measure("consistency proof to 1,000,000", ROUNDS, |n| consistency(&mut store, spread(n), LEAVES));
    let proof = inclusion(&mut store, 4_711, LEAVES)?;
    verify_inclusion(leaves[4_711], 4_711, LEAVES, &proof, top)?;
    measure("check an inclusion proof", ROUNDS, |_| verify_inclusion(leaves[4_711], 4_711, LEAVES, &proof, top));
    let (old, proof) = (root(&mut store, 4_711)?, consistency(&mut store, 4_711, LEAVES)?);
    verify_consistency(4_711, LEAVES, old, top, &proof)?;
    measure("check a consistency proof", ROUNDS, |_| verify_consistency(4_711, LEAVES, old, top, &proof));
    Ok(())
}

fn measure<T>(name: &str, rounds: u64, mut work: impl FnMut(u64) -> T) {
    let begun = Instant::now();
    for n in 0..rounds {
        black_box(work(black_box(n)));
    }
    println!("{name:<38} {:>12.2} us", begun.elapsed().as_secs_f64() * 1e6 / rounds as f64);
}
