//! Letters to learn from, read once.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

use super::{LONGEST, Letter, counted};
use crate::text::grams::Plain;

/// A piece that occurs in one letter tells nothing of the next.
const LETTERS: u32 = 2;

/// A piece in a letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub piece: u32,
    /// Damped.
    pub count: f32,
}

/// Letters as the pieces that they have.
#[derive(Debug, Default)]
pub(super) struct Corpus {
    pub labels: Vec<String>,
    /// Each letter's label.
    pub truth: Vec<usize>,
    /// Each letter's title and text.
    pub letters: Vec<[Vec<Seen>; 2]>,
    /// Letters with equal titles are one group, for they are often one letter.
    pub groups: Vec<u64>,
    /// Each piece's hash.
    pub pieces: Vec<u32>,
}

type Numbers = HashMap<u32, u32, BuildHasherDefault<AsIs>>;

impl Corpus {
    pub fn read<'a>(letters: impl IntoIterator<Item = (Letter<'a>, &'a str)>) -> Self {
        let mut corpus = Self::default();
        let mut numbers = Numbers::default();
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        let mut came = Vec::new();
        for (letter, label) in letters {
            let next = labels.len();
            came.push(*labels.entry(label.to_owned()).or_insert(next));
            corpus.groups.push(group(letter.title.trim()));
            let fields = [letter.title, letter.text].map(|text| corpus.field(text, &mut numbers));
            corpus.letters.push(fields);
        }
        let mut sorted = vec![0; labels.len()];
        labels.values().enumerate().for_each(|(place, number)| sorted[*number] = place);
        corpus.truth = came.into_iter().map(|number| sorted[number]).collect();
        corpus.labels = labels.into_keys().collect();
        corpus.drop_rare();
        corpus
    }

    fn field(&mut self, text: &str, numbers: &mut Numbers) -> Vec<Seen> {
        let mut found = Vec::with_capacity(text.len());
        Plain::read(text).grams(LONGEST, |gram| {
            let next = self.pieces.len() as u32;
            let number = *numbers.entry(gram.hash).or_insert(next);
            if number == next {
                self.pieces.push(gram.hash);
            }
            found.push(number);
        });
        counted(found).into_iter().map(|(piece, count)| Seen { piece, count }).collect()
    }

    fn drop_rare(&mut self) {
        let all: Vec<usize> = (0..self.letters.len()).collect();
        let often = self.frequencies(&all);
        let mut kept = 0;
        let places: Vec<Option<u32>> = often
            .iter()
            .map(|letters| {
                (*letters >= LETTERS).then(|| {
                    kept += 1;
                    kept - 1
                })
            })
            .collect();
        for field in self.letters.iter_mut().flatten() {
            field.retain_mut(|seen| {
                let place = places[seen.piece as usize];
                seen.piece = place.unwrap_or_default();
                place.is_some()
            });
            field.shrink_to_fit();
        }
        let mut place = places.iter();
        self.pieces.retain(|_| place.next().is_some_and(Option::is_some));
    }

    /// In how many of these letters each piece occurs.
    pub fn frequencies(&self, of: &[usize]) -> Vec<u32> {
        let mut often = vec![0; self.pieces.len()];
        for letter in of {
            self.distinct(*letter, |piece| often[piece] += 1);
        }
        often
    }

    /// Every piece of a letter once.
    pub fn distinct(&self, letter: usize, mut each: impl FnMut(usize)) {
        let [title, text] = &self.letters[letter];
        text.iter().for_each(|seen| each(seen.piece as usize));
        for seen in title {
            if text.binary_search_by_key(&seen.piece, |s| s.piece).is_err() {
                each(seen.piece as usize);
            }
        }
    }
}

/// A tenth mention adds less than a second.
pub(super) fn sublinear(count: usize) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() }
}

/// FNV-1a.
pub(super) fn group(title: &str) -> u64 {
    title.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// What is a hash already is not hashed again.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
