//! The places that a letter names, found by all names of the directory at once.

use linli_insight::text::address::{Node, Places as Finder, Rules};

use crate::{
    directory::{Directory, Place},
    ids::PlaceCode,
    pack::Pack,
};

/// A place that a letter names.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The place.
    pub code: PlaceCode,
    /// From 0 to 1: how much of what the letter says of places speaks for this one.
    pub score: f32,
    /// The words that name it, from the larger place to the smaller.
    pub words: Vec<String>,
}

/// The names of a directory, ready to be found.
pub(super) struct Places {
    codes: Vec<PlaceCode>,
    finder: Option<(Finder, Rules)>,
}

impl Places {
    pub fn new(pack: &Pack, directory: &Directory) -> Self {
        let live: Vec<_> = directory.places().filter(|place| place.retired_at.is_none()).collect();
        let codes: Vec<PlaceCode> = live.iter().map(|place| place.code.clone()).collect();
        let number = |code: &PlaceCode| codes.binary_search(code).ok().and_then(|at| u64::try_from(at).ok());
        let nodes = (0..).zip(&live).map(|(id, place)| Node {
            id,
            parent: place.code.parent().as_ref().and_then(number),
            names: place_names(place),
        });
        let nodes: Vec<Node<'_>> = nodes.collect();
        let finder = pack.address_words().and_then(|words| {
            let made = Finder::new(&nodes, words);
            let made = made.inspect_err(|error| tracing::error!(%error, "the places of letters cannot be found"));
            Some((made.ok()?, Rules::new(words.clone())))
        });
        Self { codes, finder }
    }

    /// The places that a text names within one, the likeliest first.
    pub fn find(&self, text: &str, within: &PlaceCode, most: usize) -> Vec<Named> {
        let Some((finder, rules)) = &self.finder else { return Vec::new() };
        let parts = if text.chars().count() <= ADDRESS { rules.split(text) } else { Vec::new() };
        let found = finder.find(text, &parts, most.saturating_mul(LOOKED_AT));
        let named = |found: linli_insight::text::address::Match| {
            let code = self.codes.get(usize::try_from(found.id).ok()?)?.clone();
            let words = found.named.iter().filter_map(|named| text.get(named.range.clone()).map(str::to_owned));
            within.covers(&code).then(|| Named { code, score: found.score, words: words.collect() })
        };
        found.into_iter().filter_map(named).take(most).collect()
    }
}

/// Characters of what may be an address alone, where a slip of the pen is looked for.
const ADDRESS: usize = 60;
/// Places that are looked at for each that is given: those elsewhere are dropped.
const LOOKED_AT: usize = 4;

fn place_names(place: &Place) -> Vec<&str> {
    let names = [place.name.zh.as_str(), place.name.en.as_str()];
    names.into_iter().chain(place.aliases.iter().map(String::as_str)).filter(|name| !name.is_empty()).collect()
}
