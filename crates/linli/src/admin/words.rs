//! How the pages say what the rules and the directory write as short words.

use linli_engine::{
    directory::Directory,
    ids::{Level, PlaceCode},
    pack::{Carrier, Mark, Pack, Part},
};
use linli_worktime::{Limit, Unit};

use super::form::Choice;
use crate::web::{Page, i18n};

/// Places in a list to choose from; deeper ones are typed.
const CHOICES: usize = 300;

/// A function of units; its own word where there is no text.
pub(super) fn function(page: &Page, slug: &str) -> String {
    let key = format!("admin-function-{slug}");
    if i18n::has(page.lang(), &key) { page.t(&key) } else { slug.to_owned() }
}

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

/// How well a source is known: the class of its tag and the word.
pub(super) fn mark(page: &Page, mark: Mark) -> (&'static str, String) {
    let (class, key) = match mark {
        Mark::Law => ("tag tag-done", "law"),
        Mark::Excerpt => ("tag tag-info", "excerpt"),
        Mark::Unconfirmed => ("tag tag-soon", "unconfirmed"),
    };
    (class, page.t(&format!("admin-mark-{key}")))
}

/// Who carries a duty.
pub(super) fn carrier(page: &Page, carrier: Carrier) -> String {
    let key = match carrier {
        Carrier::Street => "street",
        Carrier::District => "district",
        Carrier::Community => "community",
        Carrier::Property => "property",
    };
    page.t(&format!("admin-carrier-{key}"))
}

/// What part a community may have.
pub(super) fn part(page: &Page, part: Part) -> String {
    let key = match part {
        Part::Leads => "leads",
        Part::Assists => "assists",
        Part::Never => "never",
        Part::Unlisted => "unlisted",
    };
    page.t(&format!("admin-part-{key}"))
}

/// A length of legal time.
pub(super) fn limit(page: &Page, limit: Limit) -> String {
    let unit = match limit.unit {
        Unit::ClockMinute => "minutes",
        Unit::ClockHour => "hours",
        Unit::Day => "days",
        Unit::WorkHour => "work-hours",
        Unit::WorkDay => "work-days",
    };
    page.n(&format!("admin-limit-{unit}"), limit.amount)
}

/// An entry of a duty list: a category, with or without all below it.
pub(super) fn entry(page: &Page, entry: &str) -> String {
    match entry.strip_suffix(".*") {
        _ if entry == "*" => page.t("admin-entry-all"),
        Some(top) => page.t1("admin-entry-below", "category", page.category(top)),
        None => page.category(entry),
    }
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

/// The functions that the duty list of a pack gives work to, each once.
pub(super) fn functions(pack: &Pack) -> Vec<String> {
    let mut functions: Vec<String> = pack.categories().iter().map(|c| pack.duty(&c.code).function.clone()).collect();
    functions.push(pack.fallback().to_owned());
    functions.sort();
    functions.dedup();
    functions
}
