//! The parts of the rules, each a piece of a page.

use std::collections::BTreeMap;

use askama::Template;
use linli_engine::pack::{Field, Kind, Pack};
use linli_flow::{Definition, Within};
use linli_worktime::{Calendar, Date, Millis};

use super::words;
use crate::web::Page;

type Html = Result<String, askama::Error>;

#[derive(Template)]
#[template(path = "rules/about.html")]
struct AboutPage<'p> {
    page: &'p Page,
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

pub fn about(page: &Page, pack: &Pack) -> Html {
    let source = |s: &linli_engine::pack::Source| {
        let (class, word) = words::mark(page, s.mark);
        (page.of(&s.title).to_owned(), s.article.clone(), class, word)
    };
    AboutPage {
        page,
        id: pack.id.clone(),
        version: pack.version.clone(),
        in_force: pack.in_force.to_string(),
        digest: linli_engine::hex(&pack.digest()[..8]),
        summary: page.of(&pack.summary).to_owned(),
        sources: pack.sources.iter().map(source).collect(),
        roles: pack.roles.iter().map(|r| (page.of(&r.title).to_owned(), page.of(&r.duty).to_owned())).collect(),
    }
    .render()
}

#[derive(Template)]
#[template(path = "rules/limits.html")]
struct LimitsPage<'p> {
    page: &'p Page,
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

pub fn limits(page: &Page, pack: &Pack) -> Html {
    let classes = pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
    let mut rows = Vec::new();
    for (name, title) in pack.flows().iter().flat_map(|flow| used(page, flow)) {
        let Some(basis) = pack.limit_rule(&name).filter(|_| rows.iter().all(|r: &LimitRow| r.name != name)) else {
            continue;
        };
        let length = |class: &str| pack.limit(&name, Some(class)).map_or_else(String::new, |l| words::limit(page, l));
        let lengths = classes.iter().map(|c| length(&c.code)).collect();
        rows.push(LimitRow { title, lengths, basis: basis.text.clone(), mark: words::mark(page, basis.mark), name });
    }
    LimitsPage { page, classes: classes.iter().map(|c| page.of(&c.title).to_owned()).collect(), rows }.render()
}

/// The limits of the pack that a flow goes by, with what they are for: a clock, a step, or an act that starts a clock
/// anew.
pub(super) fn used(page: &Page, flow: &Definition) -> Vec<(String, String)> {
    let table = |within: &Within| if let Within::Table(name) = within { Some(name.clone()) } else { None };
    let clocks = flow.clocks().iter().filter_map(|c| Some((table(c.within.as_ref()?)?, page.of(&c.title).to_owned())));
    let steps = flow.steps().iter().filter_map(|s| Some((table(&s.within)?, page.of(&s.title).to_owned())));
    let acts = flow.steps().iter().flat_map(|s| &s.acts);
    let renewed = acts.flat_map(|a| a.renews.values().filter_map(|w| Some((table(w)?, page.of(&a.title).to_owned()))));
    clocks.chain(steps).chain(renewed).collect()
}

#[derive(Template)]
#[template(path = "rules/categories.html")]
struct CategoriesPage<'p> {
    page: &'p Page,
    count: String,
    /// Depth, title, code, class, kind of demand.
    rows: Vec<(usize, String, String, String, String)>,
}

pub fn categories(page: &Page, pack: &Pack) -> Html {
    let classes = pack.field("class").map(|f| f.choices.as_slice()).unwrap_or_default();
    let class = |code: &str| classes.iter().find(|c| c.code == code).map_or(code, |c| page.of(&c.title)).to_owned();
    let kind = |code: &str| pack.kinds().iter().find(|(k, _)| k == code).map_or(code, |(_, t)| page.of(t)).to_owned();
    let rows = pack.categories().iter().map(|c| {
        let depth = c.code.matches('.').count().min(3);
        (depth, page.of(&c.title).to_owned(), c.code.clone(), class(&c.class), kind(&c.kind))
    });
    let (rows, count) = (rows.collect(), page.n("admin-categories-count", pack.categories().len() as i64));
    CategoriesPage { page, count, rows }.render()
}

#[derive(Template)]
#[template(path = "rules/fields.html")]
struct FieldsPage<'p> {
    page: &'p Page,
    /// Title, name, kind, hint, minutes.
    rows: Vec<(String, String, String, String, String)>,
}

pub fn fields(page: &Page, pack: &Pack) -> Html {
    let row = |f: &Field| {
        let kind = page.t(&format!("admin-field-{}", kind(f.kind)));
        (page.of(&f.title).to_owned(), f.name.clone(), kind, page.of(&f.hint).to_owned(), format!("{:.1}", f.minutes))
    };
    let rows = pack.fields().iter().map(row).collect();
    FieldsPage { page, rows }.render()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::LongText => "longtext",
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Choice => "choice",
        Kind::Category => "category",
        Kind::Place => "place",
        Kind::Org => "org",
        Kind::Orgs => "orgs",
        Kind::Case => "case",
        Kind::Bool => "bool",
        Kind::Time => "time",
    }
}

#[derive(Template)]
#[template(path = "rules/calendar.html")]
struct CalendarPage<'p> {
    page: &'p Page,
    title: String,
    years: Vec<Year>,
    /// The first year from this one on whose holidays are not known.
    uncovered: i16,
    by_staff: bool,
}

/// A year that the calendar covers.
pub(super) struct Year {
    pub year: i16,
    pub working_days: usize,
    pub holidays: String,
    pub sources: Vec<String>,
}

/// `by_staff`: whether whoever reads it may have to see to a missing year.
pub fn calendar(page: &Page, pack: &Pack, now: Millis, by_staff: bool) -> Html {
    let calendar = &pack.calendar;
    let this_year = calendar.date_of(now).year();
    let title = calendar.title();
    let covered = (1949..=2199).rev().filter(|y| calendar.covers(*y));
    CalendarPage {
        page,
        title: if page.lang().code() == "en" { title.en.clone() } else { title.zh.clone() },
        years: covered.map(|y| year(calendar, y, &page.t("admin-comma"))).collect(),
        by_staff,
        uncovered: (this_year..=2199).find(|y| !calendar.covers(*y)).unwrap_or(2199),
    }
    .render()
}

pub(super) fn year(calendar: &Calendar, year: i16, comma: &str) -> Year {
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

#[derive(Template)]
#[template(path = "rules/duties.html")]
struct DutiesPage<'p> {
    page: &'p Page,
    fallback: String,
    /// The rule about communities, with the class and the word of its mark.
    community: (String, &'static str, String),
    rows: Vec<DutyRow>,
}

/// Who leads on a category.
struct DutyRow {
    title: String,
    depth: usize,
    function: String,
    carrier: String,
    community: String,
    basis: Option<(String, &'static str, String)>,
}

pub fn duties(page: &Page, pack: &Pack) -> Html {
    let sourced = |basis: &linli_engine::pack::Basis| words::sourced(page, basis);
    let row = |category: &linli_engine::pack::Category| {
        let duty = pack.duty(&category.code);
        DutyRow {
            title: page.of(&category.title).to_owned(),
            depth: category.code.matches('.').count().min(3),
            function: words::function(page, &duty.function),
            carrier: words::carrier(page, duty.level),
            community: words::part(page, pack.community_part(&category.code)),
            basis: duty.basis.as_ref().map(sourced),
        }
    };
    DutiesPage {
        page,
        fallback: page.t1("admin-duties-fallback", "function", words::function(page, pack.fallback())),
        community: sourced(pack.community_rule()),
        rows: pack.categories().iter().map(row).collect(),
    }
    .render()
}
