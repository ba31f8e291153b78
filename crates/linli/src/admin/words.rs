//! How the pages say what the directory writes as short words; what the rules write is said by `rules::words`.

use linli_engine::{
    directory::Directory,
    ids::{Level, PlaceCode},
    pack::Pack,
};

use super::form::Choice;
pub(super) use crate::rules::words::*;
use crate::web::Page;

/// Places in a list to choose from; deeper ones are typed.
const CHOICES: usize = 300;

/// Functions that units have and no duty names.
pub(super) const OTHER_FUNCTIONS: [&str; 6] = ["district", "elder-care", "hotline", "mediation", "oversight", "party"];

/// A place with those above it; above the streets, its own name.
pub(super) fn place(page: &Page, directory: &Directory, code: &PlaceCode) -> String {
    if code.level() >= Level::Street {
        return page.place(code);
    }
    directory.place(code).map_or_else(|| code.to_string(), |p| page.of(&p.name).to_owned())
}

/// The level of a place.
pub(super) fn level(page: &Page, level: Level) -> String {
    page.t(&format!("admin-level-{}", level.slug()))
}

/// The places to choose from, down to the grids.
pub(super) fn places(page: &Page, directory: &Directory) -> Vec<Choice> {
    let near = directory.places().filter(|p| p.retired_at.is_none() && p.code.level() <= Level::Grid);
    let choice =
        |p: &linli_engine::directory::Place| Choice { value: p.code.to_string(), label: page.of(&p.name).to_owned() };
    near.map(choice).take(CHOICES).collect()
}

/// The units to choose from.
pub(super) fn orgs(page: &Page, directory: &Directory) -> Vec<Choice> {
    let there = directory.orgs().filter(|o| o.retired_at.is_none());
    there.map(|o| Choice { value: o.id.to_string(), label: page.of(&o.name).to_owned() }).take(CHOICES).collect()
}

/// The categories of a pack as a tree.
pub(super) fn categories(page: &Page, pack: &Pack) -> Vec<Choice> {
    let indented = |c: &linli_engine::pack::Category| {
        let depth = c.code.matches('.').count();
        Choice { value: c.code.clone(), label: format!("{}{}", "\u{a0}\u{a0}\u{a0}".repeat(depth), page.of(&c.title)) }
    };
    pack.categories().iter().map(indented).collect()
}
