//! How much lies with each unit: now, and in the last four weeks. Units in the order of the office's own list; nobody is
//! ranked, and nothing is said of persons.

use askama::Template;
use linli_engine::{
    desk::load::{Load, WEEKS},
    ids::OrgId,
    policy::{self, Action, Reach, Resource},
};

use super::views::{Views, day_ends, step_title};
use crate::web::{Ctx, Fault, Page, Reply, page::show};

/// Units on one page.
const UNITS: usize = 60;
/// The size of the small drawing.
const HEIGHT: u64 = 28;

struct Row {
    name: String,
    open: String,
    late: u64,
    today: u64,
    held: String,
    took: String,
    steps: String,
    came: [u64; WEEKS],
    closed: [u64; WEEKS],
    says: String,
    bars: Vec<Bar>,
}

/// A bar of the small drawing.
struct Bar {
    class: &'static str,
    x: usize,
    y: u64,
    height: u64,
}

#[derive(Template)]
#[template(path = "desk/load.html")]
struct LoadPage {
    page: Page,
    views: Views,
    rows: Vec<Row>,
    /// The units with which nothing lies, in words.
    idle: String,
    sentence: String,
}

/// `GET /desk/load`: of all units in the places of a seat; a unit sees its own.
pub async fn page(ctx: Ctx) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(&ctx, "load-title");
    let (mut views, _) = Views::read(&ctx, &page, &seat, None).await?;
    views.at("/desk/load");
    let directory = ctx.engine().directory();
    let orgs: Vec<OrgId> = match policy::reach(&seat, Action::List, Resource::Case) {
        Some(Reach::Unit(org)) => vec![org],
        Some(Reach::Places(_)) => {
            let near = |org: &&linli_engine::directory::Org| {
                org.retired_at.is_none() && (org.place.covers(&seat.place) || seat.place.covers(&org.place))
            };
            directory.orgs().filter(near).map(|org| org.id.clone()).take(UNITS).collect()
        }
        None => return Err(Fault::not_found()),
    };
    let loads = ctx.engine().loads(orgs.clone(), &seat.place, day_ends(&ctx)).await?;
    let most =
        loads.iter().flat_map(|load| load.weeks).map(|week| week.came.max(week.closed)).max().unwrap_or(0).max(1);
    let (open, late) = loads.iter().fold((0, 0), |(open, late), load| (open + load.open, late + load.late));
    // Where nothing lies and nothing came, the name is enough.
    let (busy, idle): (Vec<_>, Vec<_>) =
        orgs.iter().zip(&loads).partition(|(_, load)| **load != Load::default() || loads.len() == 1);
    let rows = busy.into_iter().map(|(org, load)| row(&ctx, &page, org, load, most)).collect();
    let idle: Vec<String> = idle.into_iter().map(|(org, _)| page.org(org.as_str())).collect();
    let idle = idle.join(&page.t("desk-and"));
    let args = [("open", i64::try_from(open).unwrap_or(0).into()), ("late", i64::try_from(late).unwrap_or(0).into())];
    let sentence = crate::web::i18n::text(page.lang(), "load-sentence", &args);
    show(&LoadPage { page, views, rows, idle, sentence })
}

fn row(ctx: &Ctx, page: &Page, org: &OrgId, load: &Load, most: u64) -> Row {
    let (came, closed) = (load.weeks.map(|week| week.came), load.weeks.map(|week| week.closed));
    let joined = |numbers: [u64; WEEKS]| numbers.map(|n| n.to_string()).join(", ");
    let args = [("came", joined(came).into()), ("closed", joined(closed).into())];
    let bar = |class, at: usize, n: u64| {
        let height = (n * HEIGHT).div_ceil(most);
        Bar { class, x: at, y: HEIGHT - height, height }
    };
    let bars = load
        .weeks
        .iter()
        .enumerate()
        .flat_map(|(week, w)| [bar("bar-came", week * 20, w.came), bar("bar-closed", week * 20 + 8, w.closed)]);
    let steps = load.steps.iter().map(|(step, n)| format!("{} {n}", step_title(ctx, page, step)));
    let span = |ms: Option<i64>| ms.map_or_else(|| page.t("load-none"), |ms| page.span(&ms));
    Row {
        name: page.org(org.as_str()),
        open: if load.more { format!("{}+", load.open) } else { load.open.to_string() },
        late: load.late,
        today: load.today,
        held: span(load.held_ms),
        took: span(load.took_ms),
        steps: steps.collect::<Vec<_>>().join(" \u{b7} "),
        says: crate::web::i18n::text(page.lang(), "load-says", &args),
        bars: bars.collect(),
        came,
        closed,
    }
}
