//! The rules that the office works by, for everybody to read: where they come from, how long everything may take, who does
//! what, how a case goes, which days are working days; older versions, and what changed between two. Administrators read
//! the same pages in their own frame.
//!
//! | path | what |
//! |---|---|
//! | `/rules` | the pack in force and its sources |
//! | `/rules/{part}` | limits, categories, duties, fields, calendar, versions |
//! | `/rules/flows/{id}` | a flow, drawn and in words |
//! | `/rules/compare/{from}/{to}` | what changed between two versions |

mod facts;
mod flow;
mod map;
mod parts;
pub mod words;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query};
use linli_engine::pack::Pack;
use serde::Deserialize;

use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    page::{broken, show},
    routes::percent,
};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/rules", Needs::Nobody, about)
        .get("/rules/{part}", Needs::Nobody, part)
        .get("/rules/flows/{id}", Needs::Nobody, one_flow)
        .get("/rules/compare/{from}/{to}", Needs::Nobody, compare)
}

/// A part of the rules: a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Where they come from.
    About,
    /// How long everything may take.
    Limits,
    /// What a report can be about.
    Categories,
    /// Who does what.
    Duties,
    /// What forms ask for.
    Fields,
    /// Which days are working days.
    Calendar,
    /// A flow.
    Flow(String),
    /// The versions that are kept.
    Versions,
    /// What changed from one version to another.
    Compare(String, String),
}

impl Part {
    /// From its word in an address.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn named(name: &str) -> Result<Self, Fault> {
        Ok(match name {
            "limits" => Self::Limits,
            "categories" => Self::Categories,
            "duties" => Self::Duties,
            "fields" => Self::Fields,
            "calendar" => Self::Calendar,
            "versions" => Self::Versions,
            _ => return Err(Fault::not_found()),
        })
    }

    fn path(&self) -> String {
        match self {
            Self::About => String::new(),
            Self::Limits => "/limits".to_owned(),
            Self::Categories => "/categories".to_owned(),
            Self::Duties => "/duties".to_owned(),
            Self::Fields => "/fields".to_owned(),
            Self::Calendar => "/calendar".to_owned(),
            Self::Flow(id) => format!("/flows/{id}"),
            Self::Versions | Self::Compare(..) => "/versions".to_owned(),
        }
    }
}

/// Which version is asked for; the one in force when empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    v: String,
}

/// A part of the rules, ready to be put into a frame.
pub struct Shown {
    /// The title of the rules.
    pub title: String,
    /// Where the parts are in this frame.
    pub base: &'static str,
    /// The parts.
    pub tabs: Vec<Tab>,
    /// Said where the version is not the one in force.
    pub old: Option<String>,
    /// The part itself, as HTML.
    pub body: String,
}

/// The way to a part.
pub struct Tab {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub words: String,
    /// Whether it is this page.
    pub here: bool,
}

/// Draws a part for a frame whose pages begin with `base`.
///
/// # Errors
/// When there is no such version or flow.
pub async fn shown(ctx: &Ctx, base: &'static str, part: &Part, wanted: &Wanted) -> Result<Shown, Fault> {
    let packs = ctx.engine().packs();
    let current = packs.current();
    let pack = match wanted.v.as_str() {
        "" => current,
        version => packs.version(version).ok_or_else(Fault::not_found)?,
    };
    let page = Page::new(ctx, pack.title.get(ctx.lang.code()));
    let is_old = !Arc::ptr_eq(pack, current);
    let body = match part {
        Part::About => parts::about(&page, pack),
        Part::Limits => parts::limits(&page, pack),
        Part::Categories => parts::categories(&page, pack),
        Part::Duties => parts::duties(&page, pack),
        Part::Fields => parts::fields(&page, pack),
        Part::Calendar => parts::calendar(&page, pack, ctx.engine().clock.now(), ctx.seat().is_some()),
        Part::Flow(id) => flow::draw(&page, pack, pack.flow(id).ok_or_else(Fault::not_found)?),
        Part::Versions => facts::versions(ctx, &page).await?,
        Part::Compare(from, to) => {
            let of = |version: &str| packs.version(version).ok_or_else(Fault::not_found);
            facts::compare(&page, of(from)?, of(to)?)
        }
    };
    Ok(Shown {
        title: page.title.clone(),
        base,
        tabs: tabs(&page, base, pack, part, wanted),
        old: is_old.then(|| page.t1("rules-old", "version", &pack.version)),
        body: body.map_err(broken)?,
    })
}

fn tabs(page: &Page, base: &str, pack: &Pack, here: &Part, wanted: &Wanted) -> Vec<Tab> {
    let query = if wanted.v.is_empty() { String::new() } else { format!("?v={}", percent(&wanted.v)) };
    let flows = pack.flows().iter().map(|f| (Part::Flow(f.id().to_owned()), page.of(f.title()).to_owned()));
    let fixed = |part, key: &str| (part, page.t(&format!("admin-pack-{key}")));
    let before = [fixed(Part::About, "about"), fixed(Part::Limits, "limits")];
    let after = [
        fixed(Part::Duties, "duties"),
        fixed(Part::Categories, "categories"),
        fixed(Part::Calendar, "calendar"),
        fixed(Part::Fields, "fields"),
        fixed(Part::Versions, "versions"),
    ];
    let tab = |(part, words): (Part, String)| {
        let is = part == *here || (part == Part::Versions && matches!(here, Part::Compare(..)));
        Tab { href: format!("{base}{}{query}", part.path()), words, here: is }
    };
    before.into_iter().chain(flows).chain(after).map(tab).collect()
}

const HERE: &str = "/rules";

#[derive(Template)]
#[template(path = "rules/page.html")]
struct RulesPage {
    page: Page,
    shown: Shown,
}

async fn framed(ctx: &Ctx, part: &Part, wanted: &Wanted) -> Reply {
    let shown = shown(ctx, HERE, part, wanted).await?;
    show(&RulesPage { page: Page::new(ctx, &ctx.t("rules-title")), shown })
}

async fn about(ctx: Ctx, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::About, &wanted).await
}

async fn part(ctx: Ctx, Path(name): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::named(&name)?, &wanted).await
}

async fn one_flow(ctx: Ctx, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::Flow(id), &wanted).await
}

async fn compare(ctx: Ctx, Path((from, to)): Path<(String, String)>) -> Reply {
    framed(&ctx, &Part::Compare(from, to), &Wanted::default()).await
}
