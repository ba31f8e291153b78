//! The rule pack in force: where its numbers come from, its limits, categories, fields and calendar, to be read and
//! checked. It is changed in its files, never here.

use std::collections::BTreeMap;

use askama::Template;
use linli_engine::{
    pack::{Field, Kind, Pack},
    policy::{Action, Resource},
};
use linli_flow::{Definition, Within};
use linli_worktime::{Calendar, Date};

use super::{Nav, flow, page, words};
use crate::web::{Ctx, Needs, Page, Reply, Routes, page::show};

pub(super) const SEE: Needs = Needs::Seat(Action::See, Resource::Pack);

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/pack", SEE, about)
        .get("/admin/pack/limits", SEE, limits)
        .get("/admin/pack/categories", SEE, categories)
        .get("/admin/pack/fields", SEE, fields)
        .get("/admin/pack/calendar", SEE, calendar)
        .get("/admin/pack/flows/{id}", SEE, flow::show_flow)
}

/// The parts of a pack, one page each.
pub(super) struct Tab {
    pub href: String,
    pub words: String,
    pub here: bool,
}

/// The tabs above each part.
pub(super) fn tabs(page: &Page, pack: &Pack) -> Vec<Tab> {
    let fixed = [
        ("", "about"),
        ("/limits", "limits"),
        ("/categories", "categories"),
        ("/fields", "fields"),
        ("/calendar", "calendar"),
    ];
    let fixed = fixed.map(|(end, key)| (format!("/admin/pack{end}"), page.t(&format!("admin-pack-{key}"))));
    let flows = pack.flows().iter().map(|f| (format!("/admin/pack/flows/{}", f.id()), page.of(f.title()).to_owned()));
    fixed.into_iter().chain(flows).map(|(href, words)| Tab { here: page.path() == href, href, words }).collect()
}

#[derive(Template)]
#[template(path = "admin/pack_about.html")]
struct AboutPage {
    page: Page,
    nav: Nav,
    tabs: Vec<Tab>,
    id: String,
    version: String,
    in_force: String,
    digest: String,
    summary: String,
    /// Title, article, class and word of the mark.
    sources: Vec<(String, String, &'static str, String)>,
    /// Title and what they do.
    roles: Vec<(String, String)>,
}

async fn about(ctx: Ctx) -> Reply {
    let pack = ctx.engine().packs().current();
    let page = page(&ctx, pack.title.get(ctx.lang.code()), "");
    let source = |s: &linli_engine::pack::Source| {
        let (class, word) = words::mark(&page, s.mark);
        (page.of(&s.title).to_owned(), s.article.clone(), class, word)
    };
    show(&AboutPage {
        nav: Nav::new(&ctx, "/admin/pack"),
        tabs: tabs(&page, pack),
        id: pack.id.clone(),
        version: pack.version.clone(),
        in_force: pack.in_force.to_string(),
        digest: linli_engine::hex(&pack.digest()[..8]),
        summary: page.of(&pack.summary).to_owned(),
        sources: pack.sources.iter().map(source).collect(),
        roles: pack.roles.iter().map(|r| (page.of(&r.title).to_owned(), page.of(&r.duty).to_owned())).collect(),
        page,
    })
}

#[derive(Template)]
#[template(path = "admin/pack_limits.html")]
struct LimitsPage {
    page: Page,
    nav: Nav,
    tabs: Vec<Tab>,
    classes: Vec<String>,
    rows: Vec<LimitRow>,
}

/// A limit with its lengths by class.
struct LimitRow {
    name: String,
    title: String,
    lengths: Vec<String>,
    basis: String,
    mark: (&'static str, String),
}

async fn limits(ctx: Ctx) -> Reply {
    let pack = ctx.engine().packs().current();
    let page = page(&ctx, pack.title.get(ctx.lang.code()), "");
    let classes = pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
    let mut rows = Vec::new();
    for (name, title) in pack.flows().iter().flat_map(|flow| used(&page, flow)) {
        let Some(basis) = pack.limit_rule(&name).filter(|_| rows.iter().all(|r: &LimitRow| r.name != name)) else {
            continue;
        };
        let length = |class: &str| pack.limit(&name, Some(class)).map_or_else(String::new, |l| words::limit(&page, l));
        let lengths = classes.iter().map(|c| length(&c.code)).collect();
        rows.push(LimitRow { title, lengths, basis: basis.text.clone(), mark: words::mark(&page, basis.mark), name });
    }
    show(&LimitsPage {
        nav: Nav::new(&ctx, "/admin/pack"),
        tabs: tabs(&page, pack),
        classes: classes.iter().map(|c| page.of(&c.title).to_owned()).collect(),
        rows,
        page,
    })
}

/// The limits of the pack that a flow goes by, with what they are for: a clock, a step, or an act that starts a clock
/// anew.
fn used(page: &Page, flow: &Definition) -> Vec<(String, String)> {
    let table = |within: &Within| if let Within::Table(name) = within { Some(name.clone()) } else { None };
    let clocks = flow.clocks().iter().filter_map(|c| Some((table(c.within.as_ref()?)?, page.of(&c.title).to_owned())));
    let steps = flow.steps().iter().filter_map(|s| Some((table(&s.within)?, page.of(&s.title).to_owned())));
    let acts = flow.steps().iter().flat_map(|s| &s.acts);
    let renewed = acts.flat_map(|a| a.renews.values().filter_map(|w| Some((table(w)?, page.of(&a.title).to_owned()))));
    clocks.chain(steps).chain(renewed).collect()
}

#[derive(Template)]
#[template(path = "admin/pack_categories.html")]
struct CategoriesPage {
    page: Page,
    nav: Nav,
    tabs: Vec<Tab>,
    count: String,
    /// Depth, title, code, class, kind of demand.
    rows: Vec<(usize, String, String, String, String)>,
}

async fn categories(ctx: Ctx) -> Reply {
    let pack = ctx.engine().packs().current();
    let page = page(&ctx, pack.title.get(ctx.lang.code()), "");
    let classes = pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
    let class = |code: &str| classes.iter().find(|c| c.code == code).map_or(code, |c| page.of(&c.title)).to_owned();
    let kind = |code: &str| pack.kinds().iter().find(|(k, _)| k == code).map_or(code, |(_, t)| page.of(t)).to_owned();
    let rows = pack.categories().iter().map(|c| {
        let depth = c.code.matches('.').count().min(3);
        (depth, page.of(&c.title).to_owned(), c.code.clone(), class(&c.class), kind(&c.kind))
    });
    let (rows, count) = (rows.collect(), page.n("admin-categories-count", pack.categories().len() as i64));
    show(&CategoriesPage { nav: Nav::new(&ctx, "/admin/pack"), tabs: tabs(&page, pack), count, rows, page })
}

#[derive(Template)]
#[template(path = "admin/pack_fields.html")]
struct FieldsPage {
    page: Page,
    nav: Nav,
    tabs: Vec<Tab>,
    /// Title, name, kind, hint, minutes.
    rows: Vec<(String, String, String, String, String)>,
}

async fn fields(ctx: Ctx) -> Reply {
    let pack = ctx.engine().packs().current();
    let page = page(&ctx, pack.title.get(ctx.lang.code()), "");
    let row = |f: &Field| {
        let kind = page.t(&format!("admin-field-{}", kind(f.kind)));
        (page.of(&f.title).to_owned(), f.name.clone(), kind, page.of(&f.hint).to_owned(), format!("{:.1}", f.minutes))
    };
    let rows = pack.fields().iter().map(row).collect();
    show(&FieldsPage { nav: Nav::new(&ctx, "/admin/pack"), tabs: tabs(&page, pack), rows, page })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::LongText => "longtext",
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::Choice => "choice",
        Kind::Org => "org",
        Kind::Orgs => "orgs",
        Kind::Case => "case",
        Kind::Bool => "bool",
    }
}

#[derive(Template)]
#[template(path = "admin/pack_calendar.html")]
struct CalendarPage {
    page: Page,
    nav: Nav,
    tabs: Vec<Tab>,
    title: String,
    years: Vec<Year>,
    /// The first year from this one on whose holidays are not known.
    uncovered: i16,
}

/// A year that the calendar covers.
struct Year {
    year: i16,
    working_days: usize,
    holidays: String,
    sources: Vec<String>,
}

async fn calendar(ctx: Ctx) -> Reply {
    let (engine, pack) = (ctx.engine(), ctx.engine().packs().current());
    let (page, calendar) = (page(&ctx, pack.title.get(ctx.lang.code()), ""), &pack.calendar);
    let this_year = calendar.date_of(engine.clock.now()).year();
    let title = calendar.title();
    let covered = (1949..=2199).rev().filter(|y| calendar.covers(*y));
    show(&CalendarPage {
        nav: Nav::new(&ctx, "/admin/pack"),
        tabs: tabs(&page, pack),
        title: if ctx.lang.code() == "en" { title.en.clone() } else { title.zh.clone() },
        years: covered.map(|y| year(calendar, y, &page.t("admin-comma"))).collect(),
        uncovered: (this_year..=2199).find(|y| !calendar.covers(*y)).unwrap_or(2199),
        page,
    })
}

fn year(calendar: &Calendar, year: i16, comma: &str) -> Year {
    let first = Date::new(year, 1, 1).ok();
    let days = std::iter::successors(first, |day| day.tomorrow().ok()).take_while(|day| day.year() == year);
    let mut working_days = 0;
    let mut holidays: BTreeMap<&str, Date> = BTreeMap::new();
    for day in days {
        working_days += usize::from(calendar.is_working_day(day));
        if let Some(name) = calendar.holiday(day) {
            holidays.entry(name).or_insert(day);
        }
    }
    let mut holidays: Vec<(&str, Date)> = holidays.into_iter().collect();
    holidays.sort_by_key(|(_, from)| *from);
    let shown: Vec<String> =
        holidays.iter().map(|(name, from)| format!("{name} {}-{}", from.month(), from.day())).collect();
    Year { year, working_days, holidays: shown.join(comma), sources: calendar.sources(year).to_vec() }
}
