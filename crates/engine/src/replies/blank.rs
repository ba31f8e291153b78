//! Words of another case's answer without what belongs to that case: figures, days, places and whatever is personal
//! become blanks to be filled in. Rather a blank too many than a number that is another's.

use std::{ops::Range, sync::Arc};

use aho_corasick::{AhoCorasick, MatchKind};
use linli_insight::text::address::is_numeral;

use crate::{
    Engine,
    directory::Directory,
    ids::{Level, PlaceCode},
    pack::Pack,
};

/// What stands where something is to be filled in, as in the pack's ready-made words.
pub const BLANK: &str = "____";
/// Characters that a text and an address share to be the same place.
const SHARED: usize = 3;

/// The names of all places of the deployment, found in one pass.
pub(crate) struct Names {
    pub version: i64,
    finder: Option<AhoCorasick>,
}

impl Names {
    /// Names that hold a figure are found by it; names of one character are none.
    fn of(directory: &Directory) -> Self {
        let names = directory.places().filter(|place| place.code.level() >= Level::Street);
        let names = names.flat_map(|place| [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases));
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.retain(|name| name.chars().count() > 1 && !name.chars().any(is_figure));
        names.sort_unstable();
        names.dedup();
        let mut builder = AhoCorasick::builder();
        let builder = builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
        Self { version: directory.version, finder: builder.build(names).ok() }
    }

    fn find(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let found = self.finder.iter().flat_map(|finder| finder.find_iter(text));
        found.map(|found| found.range()).collect::<Vec<_>>().into_iter()
    }
}

/// Whether a character is a figure: of this script, or as wide as a character.
fn is_figure(c: char) -> bool {
    c.is_numeric()
}

/// What may stand inside a number or the name of a thing that has one: `2026-03-01`, `A-3`, `18:30`.
fn joins(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/' | ':' | '~' | '%' | '#')
}

/// Figures, with the letters and signs that belong to them.
fn figures(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_figure(*c)) {
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(last) if text.get(last.end..at).is_some_and(|between| between.chars().all(joins)) => last.end = end,
            _ => {
                let before = text[..at].char_indices().rev().take_while(|(_, c)| c.is_ascii_alphanumeric());
                found.push(before.last().map_or(at, |(at, _)| at)..end);
            }
        }
    }
    for range in &mut found {
        let after = text[range.end..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '%');
        range.end += after.map(char::len_utf8).sum::<usize>();
    }
    found
}

/// Numbers in characters, before what they count.
fn counted(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_numeral(*c)) {
        let end = at + c.len_utf8();
        match found.last_mut().filter(|last| last.end == at) {
            Some(last) => last.end = end,
            None => found.push(at..end),
        }
    }
    found.retain(|range| words.iter().any(|word| text[range.end..].starts_with(word.as_str())));
    found
}

/// Days that are named by a word.
fn days(text: &str, words: &[String]) -> Vec<Range<usize>> {
    words.iter().flat_map(|word| text.match_indices(word.as_str())).map(|(at, word)| at..at + word.len()).collect()
}

/// What a text has in common with an address, from a few characters on.
fn shared(text: &str, address: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let ends = |n: usize| chars.get(n).map_or(text.len(), |(at, _)| *at);
    let windows = (0..chars.len().saturating_sub(SHARED - 1)).map(|n| ends(n)..ends(n + SHARED));
    windows.filter(|range| text.get(range.clone()).is_some_and(|piece| address.contains(piece))).collect()
}

/// The text with a blank for each of these places in it; what touches is one blank.
fn cut(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges {
        if range.start > done || done == 0 {
            out.push_str(&text[done..range.start]);
            out.push_str(BLANK);
        }
        done = done.max(range.end);
    }
    out.push_str(&text[done..]);
    out
}

impl Engine {
    /// A text without figures, days, places and personal data. `own` are further words of the case that it comes from: its
    /// address, its number.
    pub fn blanked(&self, text: &str, own: &[&str]) -> String {
        let packs = self.packs();
        let pack = packs.current();
        let mut ranges = self.place_names().find(text).collect::<Vec<_>>();
        ranges.extend(pack.personal_in(text));
        ranges.extend(figures(text));
        ranges.extend(pack.replies().into_iter().flat_map(|replies| counted(text, &replies.counted)));
        ranges.extend(pack.replies().into_iter().flat_map(|replies| days(text, &replies.days)));
        ranges.extend(own.iter().flat_map(|own| shared(text, own)));
        cut(text, ranges)
    }

    /// A text that may leave the house: without personal data, and without any place below the community of the case.
    pub(super) fn outward(&self, pack: &Pack, text: &str, place: &PlaceCode) -> String {
        let masked = pack.without_personal(text, &[], |_, _| true).unwrap_or_else(|| text.to_owned());
        let directory = self.directory();
        // What lies above is public: the town, the street, the community.
        let public = |name: &str| {
            place.upwards().filter(|above| above.level() <= Level::Community).any(|above| {
                directory.place(&above).is_some_and(|above| {
                    [&above.name.zh, &above.name.en].into_iter().chain(&above.aliases).any(|known| known == name)
                })
            })
        };
        let names = self.place_names();
        let mut ranges: Vec<_> = names.find(&masked).filter(|range| !public(&masked[range.clone()])).collect();
        ranges.extend(figures(&masked));
        ranges.extend(pack.replies().into_iter().flat_map(|replies| counted(&masked, &replies.counted)));
        cut(&masked, ranges)
    }

    fn place_names(&self) -> Arc<Names> {
        let directory = self.directory();
        self.replies.names(directory.version, || Names::of(&directory))
    }
}

/// Blanks every figure of a text that does not stand in another: what a machine made up is not taken for a fact.
pub(super) fn unfounded(text: &str, known: &str) -> String {
    let made_up = figures(text).into_iter().filter(|range| !known.contains(&text[range.clone()]));
    cut(text, made_up.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_figure_takes_along_what_belongs_to_it() {
        let blanks = |text: &str| cut(text, figures(text));
        assert_eq!(blanks("2026-03-01 lamp A3 at 18:30, 20W"), "____ lamp ____ at ____, ____");
        assert_eq!(blanks("none"), "none");
        assert_eq!(blanks("7"), "____");
        assert_eq!(blanks("\u{ff11}\u{ff12} m"), "____ m");
    }

    #[test]
    fn an_address_is_known_by_a_few_characters() {
        let text = "we looked at Elm Road today";
        assert_eq!(cut(text, shared(text, "12 Elm Road")), "we looked at____ today");
    }

    #[test]
    fn a_machine_knows_no_figures() {
        assert_eq!(unfounded("on the 5th, rule 35", "rule 35 says"), "on the ____, rule 35");
    }

    proptest! {
        /// No figure stays, whatever stands around it; what is no figure stays as it was.
        #[test]
        fn no_figure_stays(text in "[a-z0-9\u{4e00}-\u{4e10}\u{ff10}-\u{ff19} .:/-]{0,60}") {
            let blanked = cut(&text, figures(&text));
            prop_assert!(!blanked.chars().any(is_figure), "{blanked}");
            if !text.chars().any(is_figure) {
                prop_assert_eq!(blanked, text);
            }
        }

        /// Places in any order, one upon another: every one is blanked once, and nothing else is lost.
        #[test]
        fn cutting_keeps_the_rest(text in "[a-z]{0,40}", ends in prop::collection::vec((0usize..40, 1usize..9), 0..6)) {
            let range = |(at, n): &(usize, usize)| (*at).min(text.len())..(at + n).min(text.len());
            let ranges: Vec<_> = ends.iter().map(range).filter(|range| !range.is_empty()).collect();
            let stays = |at: usize| !ranges.iter().any(|range| range.contains(&at));
            let kept: String = text.char_indices().filter(|(at, _)| stays(*at)).map(|(_, c)| c).collect();
            prop_assert_eq!(cut(&text, ranges).replace(BLANK, ""), kept);
        }
    }
}
