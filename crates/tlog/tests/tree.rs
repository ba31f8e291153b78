//! Trees, tiles and proofs against the definitions and against two other implementations.

mod common;

use common::{Store, entry, leaves, naive_consistency, naive_inclusion, naive_root};
use linli_tlog::{
    Edge, Hash, ProofError, Tile, TreeError, consistency, inclusion, leaf_hash, root,
    tile::{changed, tile_width},
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

/// Sizes around the ends of tiles, and any in between.
fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 1..20_usize, 3 => 250..260_usize, 3 => 500..1030_usize, 1 => 65_530..65_800_usize, 2 => 1..5000_usize]
}

#[test]
fn the_roots_of_rfc_6962_test_vectors() {
    let inputs: [&[u8]; 8] =
        [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"PQRSTUVW", b"`abcdefghijklmno"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Edge::new();
    for (entry, root) in inputs.iter().zip(roots) {
        edge.append(leaf_hash(entry));
        assert_eq!(format!("{:x}", edge.root()), root, "size {}", edge.size());
    }
    assert_eq!(format!("{:x}", Hash::EMPTY), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn every_prefix_has_the_root_of_the_definition() {
    let all = leaves(700);
    let (mut store, mut edge) = (Store::default(), Edge::new());
    for n in 0..=all.len() {
        assert_eq!(edge.root(), naive_root(&all[..n]), "size {n}");
        if n < all.len() {
            assert_eq!(edge.append(all[n]), n as u64);
        }
    }
    store.save(&mut edge);
    for n in 0..=all.len() {
        assert_eq!(root(&mut store, n as u64), Ok(naive_root(&all[..n])), "size {n}");
    }
}

#[test]
fn two_other_implementations_have_the_same_roots() {
    let mut edge = Edge::new();
    let mut ct = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let mut theirs = Theirs::default();
    for n in 0..1200 {
        let entry = entry(n);
        edge.append(leaf_hash(&entry));
        theirs.push(&entry);
        ct.push(entry);
        assert_eq!(edge.root().0.as_slice(), ct.root().as_bytes().as_slice(), "size {}", edge.size());
        assert_eq!(edge.root().0, tlog_tiles::tree_hash(edge.size(), &theirs).unwrap().0, "size {}", edge.size());
    }
}

#[test]
fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
    let (store, _) = Store::of(&leaves(70_000));
    let widths = |level| store.tiles().filter(|t| t.0 == level).map(|t| t.2.len() / 32).collect::<Vec<_>>();
    assert_eq!(widths(0), [vec![256; 273], vec![112]].concat());
    assert_eq!(widths(1), [256, 17]);
    assert_eq!(widths(2), [1]);
    assert!(widths(3).is_empty());
}

#[test]
fn few_tiles_are_read() {
    let (mut store, _) = Store::of(&leaves(70_000));
    inclusion(&mut store, 12_345, 70_000).unwrap();
    assert!(store.read.len() <= 5, "{:?}", store.read);
    store.read.clear();
    consistency(&mut store, 12_345, 70_000).unwrap();
    assert!(store.read.len() <= 5, "{:?}", store.read);
    store.read.clear();
    root(&mut store, 70_000).unwrap();
    assert_eq!(store.read.len(), 3);
    store.read.clear();
    Edge::restore(&mut store, 70_000).unwrap();
    assert_eq!(store.read.len(), 3);
}

#[test]
fn a_store_that_lost_hashes_is_found_out() {
    struct Half(Store);
    impl linli_tlog::Tiles for Half {
        type Error = std::convert::Infallible;
        fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Self::Error> {
            self.0.read(tile).map(|hashes| hashes[..hashes.len() / 2].to_vec())
        }
    }
    let mut half = Half(Store::of(&leaves(300)).0);
    assert!(matches!(root(&mut half, 300), Err(TreeError::Short { .. })));
    assert!(matches!(Edge::restore(&mut half, 300), Err(TreeError::Short { .. })));
    assert_eq!(inclusion(&mut half, 300, 300), Err(TreeError::Outside { asked: 300, size: 300 }));
    assert_eq!(consistency(&mut half, 301, 300), Err(TreeError::Outside { asked: 301, size: 300 }));
}

#[test]
fn trees_of_no_leaves_begin_every_tree() {
    let other = leaf_hash(b"x");
    assert_eq!(verify_consistency(0, 7, Hash::EMPTY, other, &[]), Ok(()));
    assert_eq!(verify_consistency(0, 0, Hash::EMPTY, Hash::EMPTY, &[]), Ok(()));
    assert_eq!(verify_consistency(0, 7, other, other, &[]), Err(ProofError::Root { size: 0 }));
    assert_eq!(verify_consistency(0, 0, Hash::EMPTY, other, &[]), Err(ProofError::Root { size: 0 }));
    assert_eq!(verify_consistency(0, 7, Hash::EMPTY, other, &[other]), Err(ProofError::Length { hashes: 1, size: 7 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_edge_restored_anywhere_grows_as_if_built_at_once(first in sizes(), batches in prop::collection::vec(0..600_usize, 0..4)) {
        let size = first + batches.iter().sum::<usize>();
        let all = leaves(size);
        let (mut store, _) = Store::of(&all[..first]);
        let mut at = first;
        for batch in batches {
            let mut edge = Edge::restore(&mut store, at as u64).unwrap();
            prop_assert!(edge.take_changed().is_empty());
            let old = at as u64;
            for _ in 0..batch {
                edge.append(all[at]);
                at += 1;
            }
            let mut written: Vec<_> = edge.clone().take_changed().into_iter().map(|(tile, _)| tile).collect();
            written.sort();
            prop_assert_eq!(written, changed(old, at as u64).collect::<Vec<_>>());
            store.save(&mut edge);
        }
        let (whole, edge) = Store::of(&all);
        prop_assert!(store.tiles().eq(whole.tiles()));
        prop_assert_eq!(Edge::restore(&mut store, size as u64).unwrap().root(), edge.root());
        prop_assert_eq!(root(&mut store, size as u64).unwrap(), edge.root());
    }

    #[test]
    fn tiles_and_their_changes_are_those_of_another_implementation(old in 0..200_000_u64, more in 0..200_000_u64) {
        let mut theirs: Vec<_> = tlog_tiles::Tile::new_tiles(8, old, old + more)
            .iter()
            .map(|t| Tile { level: t.level(), index: t.level_index(), width: t.width() as u16 })
            .collect();
        theirs.sort();
        let ours: Vec<_> = changed(old, old + more).collect();
        prop_assert_eq!(&ours, &theirs);
        for tile in ours {
            prop_assert_eq!(tile_width(tile.level, tile.index, old + more), tile.width);
            prop_assert!(tile_width(tile.level, tile.index, old) < tile.width);
        }
    }

    #[test]
    fn proofs_are_those_of_the_definition_and_hold(size in sizes(), at in any::<prop::sample::Index>(), grown in 0..300_usize) {
        let all = leaves(size + grown);
        let (mut store, _) = Store::of(&all);
        let part = &all[..size];
        let (index, n) = (at.index(size), size as u64);
        let proof = inclusion(&mut store, index as u64, n).unwrap();
        prop_assert_eq!(&proof, &naive_inclusion(index, part));
        let top = naive_root(part);
        prop_assert_eq!(verify_inclusion(part[index], index as u64, n, &proof, top), Ok(()));

        let old = index + 1;
        let proof = consistency(&mut store, old as u64, n).unwrap();
        prop_assert_eq!(&proof, &naive_consistency(old, part, true));
        prop_assert_eq!(verify_consistency(old as u64, n, naive_root(&part[..old]), top, &proof), Ok(()));
    }

    #[test]
    fn another_implementation_accepts_our_proofs_and_we_theirs(size in 1..1500_usize, at in any::<prop::sample::Index>()) {
        let mut theirs = Theirs::default();
        (0..size).for_each(|n| theirs.push(&entry(n)));
        let all = leaves(size);
        let (mut store, edge) = Store::of(&all);
        let (index, n) = (at.index(size) as u64, size as u64);
        let (top, old) = (edge.root(), index + 1);
        let old_root = root(&mut store, old).unwrap();

        let ours = inclusion(&mut store, index, n).unwrap();
        let proof = tlog_tiles::prove_record(n, index, &theirs).unwrap();
        prop_assert_eq!(&ours, &proof.iter().map(|h| Hash(h.0)).collect::<Vec<_>>());
        let leaf = all[index as usize];
        tlog_tiles::check_record(&ours.iter().map(|h| tlog_tiles::Hash(h.0)).collect(), n, tlog_tiles::Hash(top.0), index, tlog_tiles::Hash(leaf.0)).unwrap();

        let ours = consistency(&mut store, old, n).unwrap();
        let proof = tlog_tiles::prove_tree(n, old, &theirs).unwrap();
        prop_assert_eq!(&ours, &proof.iter().map(|h| Hash(h.0)).collect::<Vec<_>>());
        tlog_tiles::check_tree(&ours.iter().map(|h| tlog_tiles::Hash(h.0)).collect(), n, tlog_tiles::Hash(top.0), old, tlog_tiles::Hash(old_root.0)).unwrap();
        prop_assert_eq!(verify_consistency(old, n, old_root, top, &ours), Ok(()));
    }

    #[test]
    fn another_implementation_reads_our_tiles(size in 1..70_000_usize, at in any::<prop::sample::Index>()) {
        let all = leaves(size);
        let (store, edge) = Store::of(&all);
        let reader = TheirReader(store);
        let hashes = tlog_tiles::TileHashReader::new(edge.size(), tlog_tiles::Hash(edge.root().0), &reader);
        let index = at.index(size) as u64;
        let proof = tlog_tiles::prove_record(edge.size(), index, &hashes).unwrap();
        let proof: Vec<_> = proof.iter().map(|h| Hash(h.0)).collect();
        prop_assert_eq!(verify_inclusion(all[index as usize], index, edge.size(), &proof, edge.root()), Ok(()));
    }
}

/// One flipped bit in leaf, proof, roots, and one more or less in numbers: nothing passes.
#[test]
fn every_flipped_bit_is_refused() {
    for size in [1_u64, 2, 3, 7, 8, 13, 256, 300] {
        let all = leaves(size as usize);
        let (mut store, edge) = Store::of(&all);
        let top = edge.root();
        for index in 0..size.min(14) {
            let proof = inclusion(&mut store, index, size).unwrap();
            let parts = [&[all[index as usize], top], proof.as_slice()].concat();
            for wrong in flips(&parts) {
                assert!(verify_inclusion(wrong[0], index, size, &wrong[2..], wrong[1]).is_err());
            }
            let holds = |index, size, proof: &[Hash]| verify_inclusion(parts[0], index, size, proof, top).is_ok();
            assert!(holds(index, size, &proof));
            assert!(!holds(index + 1, size, &proof) && !holds(index ^ 1, size, &proof));
            assert!(!holds(index, size, &[proof.as_slice(), &[top]].concat()));
            assert!(
                proof.is_empty() || !holds(index, size, &proof[1..]) && !holds(index, size, &proof[..proof.len() - 1])
            );
        }
        for old in 1..=size.min(14) {
            let proof = consistency(&mut store, old, size).unwrap();
            let parts = [&[root(&mut store, old).unwrap(), top], proof.as_slice()].concat();
            for wrong in flips(&parts) {
                assert!(verify_consistency(old, size, wrong[0], wrong[1], &wrong[2..]).is_err());
            }
            let holds = |old, size, proof: &[Hash]| verify_consistency(old, size, parts[0], top, proof).is_ok();
            assert!(holds(old, size, &proof));
            assert!(!holds(old, size, &[proof.as_slice(), &[top]].concat()));
            assert!(proof.is_empty() || !holds(old, size, &proof[1..]) && !holds(old, size, &proof[..proof.len() - 1]));
            assert!(!holds(old + 1, size, &proof) && !holds(old - 1, size, &proof));
        }
    }
}

fn flips(parts: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..parts.len() * 256).map(|bit| {
        let mut wrong = parts.to_vec();
        wrong[bit / 256].0[bit % 256 / 8] ^= 1 << (bit % 8);
        wrong
    })
}

/// The other implementation's store: all hashes in the order of their making.
#[derive(Default)]
struct Theirs {
    hashes: Vec<tlog_tiles::Hash>,
    size: u64,
}

impl Theirs {
    fn push(&mut self, entry: &[u8]) {
        let new = tlog_tiles::stored_hashes(self.size, entry, self).expect("hashes in memory");
        self.hashes.extend(new);
        self.size += 1;
    }
}

impl tlog_tiles::HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|n| self.hashes[*n as usize]).collect())
    }
}

struct TheirReader(Store);

impl tlog_tiles::TileReader for TheirReader {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let bytes =
            |t: &tlog_tiles::Tile| self.0.hashes(t.level(), t.level_index())[..t.width() as usize * 32].to_vec();
        Ok(tiles.iter().map(bytes).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}
