//! What is going on around here: public cases by coarse place and category, for everybody. What is counted, and whom
//! that protects, is the engine's (`cases::public`).
//!
//! | route | what |
//! |---|---|
//! | `GET /nearby` | a sentence, a sketch of the places, and the same as a table |
//! | `GET /api/v1/nearby` | the numbers |

mod api;
mod page;
mod sketch;

use linli_engine::{
    cases::public::Spot,
    directory::Directory,
    ids::{Level, PlaceCode},
    pack::Pack,
    tokens::Scope,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::web::{Ctx, Needs, Routes, operation::Operation};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new().get("/nearby", Needs::Nobody, page::page).reads(
        "/api/v1/nearby",
        Needs::Nobody,
        Operation::new("directory", "list-nearby").scope(Scope::DirectoryRead).asks::<Asked>().gives::<api::List>(),
        api::list,
    )
}

/// What is looked for; whatever is not known is not looked for.
#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The first part of a category.
    #[serde(default)]
    group: String,
    /// A street, a community or a grid.
    #[serde(default)]
    at: String,
    /// The last row of the page before: `place.category`.
    #[serde(default)]
    after: String,
}

impl Asked {
    /// The place that is looked at: the one asked for, or the street of this deployment.
    fn place(&self, ctx: &Ctx, directory: &Directory) -> Option<PlaceCode> {
        let known = |code: &PlaceCode| {
            (Level::Street..=Level::Grid).contains(&code.level())
                && directory.place(code).is_some_and(|p| p.retired_at.is_none())
        };
        let home = || ctx.engine().home.to_string().parse().ok().filter(known);
        self.at.parse().ok().filter(known).or_else(home)
    }

    /// The group, where the pack has one of that name that is shown.
    fn group<'p>(&self, pack: &'p Pack) -> Option<&'p str> {
        groups(pack).into_iter().find(|code| *code == self.group)
    }
}

/// The first-level categories of which something is shown.
fn groups(pack: &Pack) -> Vec<&str> {
    let shown = |top: &&str| pack.categories().iter().any(|c| c.public && c.code.split('.').next() == Some(*top));
    pack.categories().iter().filter(|c| c.parent.is_none()).map(|c| c.code.as_str()).filter(shown).collect()
}

/// The spots within a place and a group.
fn within<'s>(spots: &'s [Spot], place: &'s PlaceCode, group: Option<&'s str>) -> impl Iterator<Item = &'s Spot> {
    let in_group = move |spot: &&Spot| group.is_none_or(|group| spot.category.split('.').next() == Some(group));
    spots.iter().filter(|spot| place.covers(&spot.place)).filter(in_group)
}

/// The rows after the one that `place.category` names, in the order of the spots.
fn after<'s>(spots: Vec<&'s Spot>, key: &str) -> Vec<&'s Spot> {
    let at = spots.iter().position(|spot| row_key(spot) == key);
    // A row that is gone meanwhile: the page begins where its place was.
    let place = key.split('.').next().filter(|place| place.parse::<PlaceCode>().is_ok()).unwrap_or_default();
    let from = at.map_or_else(|| spots.partition_point(|spot| spot.place.as_str() < place), |at| at + 1);
    spots.into_iter().skip(from).collect()
}

fn row_key(spot: &Spot) -> String {
    format!("{}.{}", spot.place.as_str(), spot.category)
}
