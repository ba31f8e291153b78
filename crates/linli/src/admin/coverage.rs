//! Who answers for what in each community: the categories that no unit there has, so that the street office gets them.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    directory::{Directory, Place},
    ids::Level,
    pack::Pack,
    policy::{Action, Resource},
};

use super::{Asked, Nav, Paged, may, page, words};
use crate::web::{Ctx, Needs, Page, Reply, Routes, page::show};

const LIST: Needs = Needs::Seat(Action::List, Resource::Duty);

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/coverage", LIST, list)
}

#[derive(Template)]
#[template(path = "admin/coverage.html")]
struct CoveragePage {
    page: Page,
    nav: Nav,
    list: Paged<Community>,
    first: Option<String>,
    next: Option<String>,
    office: String,
    categories: usize,
    may_edit: bool,
}

/// A community and what no unit has there.
struct Community {
    code: String,
    name: String,
    covered: usize,
    /// A function that no unit has: its slug, its name, the categories.
    gaps: Vec<(String, String, Vec<String>)>,
}

/// The places that are looked at: the communities, or the streets where there are none.
fn looked_at<'d>(directory: &'d Directory, after: &'d str) -> impl Iterator<Item = &'d Place> {
    let live = |p: &&Place| p.retired_at.is_none();
    let communities = directory.places().any(|p| p.code.level() == Level::Community && p.retired_at.is_none());
    let level = if communities { Level::Community } else { Level::Street };
    directory.places().filter(live).filter(move |p| p.code.level() == level && p.code.as_str() > after)
}

/// The leaf categories that nobody's duty covers at a place, by the function that is missing there.
fn gaps<'p>(directory: &Directory, pack: &'p Pack, place: &Place) -> BTreeMap<&'p str, Vec<&'p str>> {
    let leaves = pack.categories().iter().filter(|c| pack.children(Some(&c.code)).next().is_none());
    let mut gaps: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for category in leaves {
        let lead = directory.lead(pack, &category.code, &place.code);
        let duty = pack.duty(&category.code);
        // What the list itself gives to the street office is nobody's gap.
        if lead.is_none_or(|lead| !lead.listed) && duty.basis.is_some() {
            gaps.entry(&duty.function).or_default().push(&category.code);
        }
    }
    gaps
}

/// How many categories have no unit somewhere, and in how many places.
pub(super) fn open_questions(directory: &Directory, pack: &Pack) -> (usize, usize) {
    let mut categories = BTreeSet::new();
    let mut places = 0;
    for place in looked_at(directory, "") {
        let gaps = gaps(directory, pack, place);
        places += usize::from(!gaps.is_empty());
        categories.extend(gaps.into_values().flatten());
    }
    (categories.len(), places)
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let (page, directory) = (page(&ctx, &ctx.t("coverage-title"), &asked.done), ctx.engine().directory());
    let pack = ctx.engine().packs().current();
    let leaves = pack.categories().iter().filter(|c| pack.children(Some(&c.code)).next().is_none()).count();
    let community = |place: &Place| {
        let gaps = gaps(&directory, pack, place);
        let open: usize = gaps.values().map(Vec::len).sum();
        let named = |(function, codes): (&str, Vec<&str>)| {
            let codes = codes.iter().map(|code| page.category(code)).collect();
            (function.to_owned(), words::function(&page, function), codes)
        };
        Community {
            code: place.code.to_string(),
            name: page.place(&place.code),
            covered: leaves - open,
            gaps: gaps.into_iter().map(named).collect(),
        }
    };
    let list = Paged::new(looked_at(&directory, &asked.after).map(community), |c| c.code.clone());
    show(&CoveragePage {
        nav: Nav::new(&ctx, "/admin/coverage"),
        next: list.next.as_ref().map(|after| format!("/admin/coverage?after={after}")),
        first: (!asked.after.is_empty()).then(|| "/admin/coverage".to_owned()),
        list,
        office: words::function(&page, pack.fallback()),
        categories: leaves,
        may_edit: may(&ctx, Action::Edit, Resource::Org),
        page,
    })
}
