//! How the pages say what the rules write as short words.

use linli_engine::pack::{Basis, Carrier, Mark, Pack, Part};
use linli_worktime::{Limit, Unit};

use crate::web::{Page, i18n};

/// A function of units; its own word where there is no text.
pub fn function(page: &Page, slug: &str) -> String {
    let key = format!("admin-function-{slug}");
    if i18n::has(page.lang(), &key) { page.t(&key) } else { slug.to_owned() }
}

/// Whether a function has a name.
pub fn has_function(slug: &str) -> bool {
    i18n::has(i18n::Lang::Zh, &format!("admin-function-{slug}"))
}

/// How well a source is known: the class of its tag and the word.
pub fn mark(page: &Page, mark: Mark) -> (&'static str, String) {
    let (class, key) = match mark {
        Mark::Law => ("tag tag-done", "law"),
        Mark::Excerpt => ("tag tag-info", "excerpt"),
        Mark::Unconfirmed => ("tag tag-soon", "unconfirmed"),
    };
    (class, page.t(&format!("admin-mark-{key}")))
}

/// A source: its words, and how well it is known.
pub fn sourced(page: &Page, basis: &Basis) -> (String, &'static str, String) {
    let (class, word) = mark(page, basis.mark);
    (basis.text.clone(), class, word)
}

/// Who carries a duty.
pub fn carrier(page: &Page, carrier: Carrier) -> String {
    let key = match carrier {
        Carrier::Street => "street",
        Carrier::District => "district",
        Carrier::Community => "community",
        Carrier::Property => "property",
    };
    page.t(&format!("admin-carrier-{key}"))
}

/// What part a community may have.
pub fn part(page: &Page, part: Part) -> String {
    let key = match part {
        Part::Leads => "leads",
        Part::Assists => "assists",
        Part::Never => "never",
        Part::Unlisted => "unlisted",
    };
    page.t(&format!("admin-part-{key}"))
}

/// A length of legal time.
pub fn limit(page: &Page, limit: Limit) -> String {
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
pub fn entry(page: &Page, entry: &str) -> String {
    match entry.strip_suffix(".*") {
        _ if entry == "*" => page.t("admin-entry-all"),
        Some(top) => page.t1("admin-entry-below", "category", page.category(top)),
        None => page.category(entry),
    }
}

/// The functions that the duty list of a pack gives work to, each once.
pub fn functions(pack: &Pack) -> Vec<String> {
    let mut functions: Vec<String> = pack.categories().iter().map(|c| pack.duty(&c.code).function.clone()).collect();
    functions.push(pack.fallback().to_owned());
    functions.sort();
    functions.dedup();
    functions
}
