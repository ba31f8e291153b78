//! The page: a sentence first, then the sketch, then the table that says the same.

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    cases::public::{PublicCases, Spot},
    directory::Directory,
    ids::{Level, PlaceCode},
};

use super::{
    Asked, after, groups, row_key,
    sketch::{Dot, Sketch, WIDTH},
    within,
};
use crate::web::{Ctx, Fault, Page, Reply, i18n::text, page::show, times::Spoken};

/// Rows of a page.
const ROWS: usize = 40;

struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

struct Row {
    place: String,
    category: String,
    open: u64,
    solved: u64,
    newest: String,
}

#[derive(Template)]
#[template(path = "nearby/page.html")]
struct NearbyPage {
    page: Page,
    sentence: String,
    taken: Spoken,
    groups: Vec<Choice>,
    places: Vec<Choice>,
    above: Option<(String, String)>,
    sketch: Option<Sketch>,
    /// Cases that are too few of their kind to be named closer than the place that is looked at.
    loose: Option<String>,
    rows: Vec<Row>,
    first: bool,
    older: Option<String>,
    newest: String,
}

impl NearbyPage {
    fn width(&self) -> f64 {
        WIDTH
    }
}

/// `GET /nearby`.
pub async fn page(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let (packs, directory) = (ctx.engine().packs(), ctx.engine().directory());
    let pack = packs.current();
    let at = asked.place(&ctx, &directory).ok_or_else(Fault::not_found)?;
    let group = asked.group(pack);
    let public = ctx.engine().public_cases().await?;
    let page = Page::titled(&ctx, "nearby-title");
    let url = |at: &PlaceCode| format!("/nearby?at={}&group={}", at.as_str(), group.unwrap_or_default());
    let all: Vec<&Spot> = within(&public.spots, &at, group).collect();
    let sentence = sentence(&page, &at, &all);
    let loose: u64 = all.iter().filter(|spot| spot.place == at).map(|spot| spot.open).sum();
    let rest = after(all, &asked.after);
    let older = (rest.len() > ROWS).then(|| format!("{}&after={}", url(&at), row_key(rest[ROWS - 1])));
    let above = at.parent().filter(|above| above.level() >= Level::Street);
    let groups = groups(pack).into_iter();
    show(&NearbyPage {
        sentence,
        loose: (loose > 0 && at.level() < Level::Grid).then(|| page.n("nearby-loose", loose)),
        taken: page.time(&public.at),
        groups: groups
            .map(|code| Choice { code: code.to_owned(), name: page.category(code), chosen: group == Some(code) })
            .collect(),
        places: places(&page, &directory, &at),
        above: above.map(|above| (url(&above), page.place(&above))),
        sketch: sketch(&ctx, &page, &directory, &public, &at, group),
        rows: rest.iter().take(ROWS).map(|spot| row(&ctx, &page, spot)).collect(),
        first: asked.after.is_empty(),
        older,
        newest: url(&at),
        page,
    })
}

fn sentence(page: &Page, at: &PlaceCode, spots: &[&Spot]) -> String {
    let sum = |of: fn(&Spot) -> u64| spots.iter().map(|s| i64::try_from(of(s)).unwrap_or(i64::MAX)).sum::<i64>();
    let args =
        [("place", page.place(at).into()), ("open", sum(|s| s.open).into()), ("solved", sum(|s| s.solved).into())];
    text(page.lang(), if spots.is_empty() { "nearby-none" } else { "nearby-sentence" }, &args)
}

/// The streets, and the communities of the one that is looked at.
fn places(page: &Page, directory: &Directory, at: &PlaceCode) -> Vec<Choice> {
    let street = |p: &&linli_engine::directory::Place| p.code.level() == Level::Street && p.retired_at.is_none();
    let mut choices = Vec::new();
    for place in directory.places().filter(street) {
        let mut add = |code: &PlaceCode| {
            choices.push(Choice { code: code.to_string(), name: page.place(code), chosen: code == at });
        };
        add(&place.code);
        if place.code.covers(at) {
            directory
                .children(&place.code)
                .iter()
                .filter(|p| p.code.level() == Level::Community)
                .for_each(|p| add(&p.code));
        }
    }
    if !choices.iter().any(|c| c.chosen) {
        choices.push(Choice { code: at.to_string(), name: page.place(at), chosen: true });
    }
    choices
}

fn row(ctx: &Ctx, page: &Page, spot: &Spot) -> Row {
    let packs = ctx.engine().packs();
    let date = packs.current().calendar.date_of(spot.newest);
    // The day, not the minute: a minute may be known to a neighbour.
    let (month, day) = (page.t(&format!("month-{}", date.month())), date.day().to_string());
    let newest = text(page.lang(), "nearby-day", &[("month", month.into()), ("day", day.into())]);
    Row {
        place: page.place(&spot.place),
        category: page.category(&spot.category),
        open: spot.open,
        solved: spot.solved,
        newest,
    }
}

/// A circle for each place below, where it is known where it lies.
fn sketch(
    ctx: &Ctx,
    page: &Page,
    directory: &Directory,
    public: &PublicCases,
    at: &PlaceCode,
    group: Option<&str>,
) -> Option<Sketch> {
    let below = directory.children(at).into_iter().filter(|p| p.code.level() <= Level::Grid);
    let dot = |place: &linli_engine::directory::Place| {
        let (mut open, mut solved) = (0, 0);
        for spot in within(&public.spots, &place.code, group) {
            open += spot.open;
            solved += spot.solved;
        }
        let name = page.of(&place.name).to_owned();
        let ring = directory.border(&place.code).unwrap_or_default();
        let numbers =
            [("place", name.as_str().into()), ("open", open.to_string().into()), ("solved", solved.to_string().into())];
        Some(Dot {
            url: format!("/nearby?at={}&group={}", place.code.as_str(), group.unwrap_or_default()),
            says: text(page.lang(), "nearby-dot", &numbers),
            name: name.chars().take(if page.lang().code() == "en" { 24 } else { 12 }).collect(),
            n: open,
            point: place.point.or_else(|| middle(ring))?,
            ring: ring.to_vec(),
        })
    };
    Sketch::of(below.filter_map(dot).collect(), if ctx.elder { 20.0 } else { 15.0 })
}

/// About the middle of a border.
fn middle(ring: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = ring.len() as f64;
    let sum = ring.iter().fold((0.0, 0.0), |sum, corner| (sum.0 + corner.0, sum.1 + corner.1));
    (n > 0.0).then(|| (sum.0 / n, sum.1 / n))
}
