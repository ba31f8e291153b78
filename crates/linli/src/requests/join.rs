//! "Me too": before a report is filled in further, its writer hears which neighbours reported the same close by, and may
//! join one of them instead: own number, own words and pictures, one matter for the office.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    cases::{CaseError, Head},
    ids::{Level, PlaceCode},
    limits,
};

use super::{
    draft::{Draft, Step, Wrong, titled},
    kind,
    photo::Photos,
    say,
};
use crate::web::{Ctx, Fault, Page, Reply, page::show_as, times::Spoken};

/// How far back a neighbour's report may be the same matter, milliseconds.
const NEIGHBOURS_MS: i64 = 14 * 24 * 3_600_000;
/// Neighbours' reports shown at once.
const NEIGHBOURS: usize = 3;
/// The answer that none of them is the same.
pub const OTHER: &str = "-";

/// A neighbour's report: what, where and how it stands, never whose and never in whose words.
struct Neighbour {
    number: String,
    category: String,
    /// Where, in a word: its building.
    spot: String,
    /// Where, from the street down.
    place: String,
    /// Whether it is just where the draft is.
    here: bool,
    when: Spoken,
    /// How many report it.
    people: String,
    /// Who has it, and until when.
    stands: String,
}

#[derive(Template)]
#[template(path = "requests/near.html")]
struct NearPage {
    page: Page,
    hidden: Vec<(&'static str, String)>,
    neighbours: Vec<Neighbour>,
    /// Whether none of them is just where the draft is.
    elsewhere: bool,
}

#[derive(Template)]
#[template(path = "requests/join.html")]
struct JoinPage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    n: Neighbour,
    photos: Photos,
    /// What pictures told.
    told: Vec<String>,
    name_chars: usize,
    wrong: Vec<Wrong>,
}

impl JoinPage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }
}

/// What neighbours reported of this category near this place, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn near(ctx: &Ctx, place: &PlaceCode, category: &str) -> Result<Vec<Head>, CaseError> {
    let since = ctx.engine().clock.now().plus(-NEIGHBOURS_MS);
    let mut near = ctx.engine().neighbours(place, category, since).await?;
    near.truncate(NEIGHBOURS);
    Ok(near)
}

/// The neighbour's case that the draft joins, if it is one of those that were offered.
///
/// # Errors
/// When the database fails.
pub async fn joined(ctx: &Ctx, draft: &Draft) -> Result<Option<Head>, CaseError> {
    if draft.same_as.is_empty() || draft.same_as == OTHER {
        return Ok(None);
    }
    Ok(offered(ctx, draft).await?.into_iter().find(|head| head.number == draft.same_as))
}

async fn offered(ctx: &Ctx, draft: &Draft) -> Result<Vec<Head>, CaseError> {
    let Some(place) = draft.chosen(&ctx.engine().directory()) else { return Ok(Vec::new()) };
    near(ctx, &place, &kind::category(ctx.engine(), draft)).await
}

/// After the place: asks whether it is the same matter, where there is one; otherwise, or when it was answered, goes on.
pub async fn ask(ctx: &Ctx, mut draft: Draft) -> Reply {
    if draft.same_as == OTHER {
        return say::on(ctx, draft).await;
    }
    let near = offered(ctx, &draft).await?;
    if near.iter().any(|head| head.number == draft.same_as) {
        return say::on(ctx, draft).await;
    }
    draft.same_as.clear();
    if near.is_empty() {
        return say::on(ctx, draft).await;
    }
    let page = Page::titled(ctx, "join-ask");
    let mut neighbours = neighbours(ctx, &page, &near).await?;
    if let Some(place) = draft.chosen(&ctx.engine().directory()).map(|place| coarse(&place)) {
        // One of them is the main button, where there is one; otherwise going on is.
        let here = near.iter().position(|head| coarse(&head.place) == place);
        neighbours.iter_mut().enumerate().for_each(|(n, one)| one.here = here == Some(n));
    }
    let elsewhere = !neighbours.iter().any(|one| one.here);
    show_as(StatusCode::OK, &NearPage { hidden: hidden(&draft), neighbours, elsewhere, page })
}

/// The page on which a draft joins a neighbour's case: own words, pictures and telephone, all as one likes.
pub async fn page(ctx: &Ctx, draft: Draft, main: &Head, wrong: Vec<Wrong>, status: StatusCode) -> Reply {
    let mut page = titled(ctx, Step::Last, !wrong.is_empty());
    page.title = if wrong.is_empty() { page.t("join-title") } else { page.t("error-prefix") + &page.t("join-title") };
    let n = neighbours(ctx, &page, std::slice::from_ref(main)).await?.pop().ok_or_else(Fault::not_found)?;
    let mut hidden = draft.hidden(Step::Last, false);
    hidden.retain(|(name, _)| *name != "say");
    // Own words may speak of something else; the matter is the neighbour's.
    hidden.push(("category", main.category.clone()));
    let drawn = JoinPage {
        hidden,
        n,
        photos: Photos::of(ctx, &draft, Step::Last),
        told: draft.told_words(ctx, Step::Last),
        name_chars: limits::NAME_CHARS,
        draft,
        wrong,
        page,
    };
    show_as(status, &drawn)
}

/// All of the draft but the answer that the page asks for.
fn hidden(draft: &Draft) -> Vec<(&'static str, String)> {
    let mut all = draft.hidden(Step::Near, false);
    all.retain(|(name, _)| *name != "same_as");
    all
}

async fn neighbours(ctx: &Ctx, page: &Page, near: &[Head]) -> Result<Vec<Neighbour>, CaseError> {
    let counts = ctx.engine().follower_counts(near.iter().map(|head| head.key).collect()).await?;
    let stands = |head: &Head| {
        let unit = head.unit.as_deref().map(|unit| page.t1("join-with", "unit", page.org(unit)));
        let until = head.promised_at.map(|at| page.t1("join-until", "when", page.time(&at).words));
        unit.unwrap_or_else(|| page.t("join-with-none")) + &until.map(|u| format!(" \u{b7} {u}")).unwrap_or_default()
    };
    let neighbour = |(head, count): (&Head, usize)| Neighbour {
        number: head.number.clone(),
        category: page.category(&head.category),
        spot: page.spot(&coarse(&head.place)),
        place: page.place(&coarse(&head.place)),
        here: false,
        when: page.time(&head.opened_at),
        people: page.n("join-people", count + 1),
        stands: stands(head),
    };
    Ok(near.iter().zip(counts).map(neighbour).collect())
}

/// Where a neighbour's matter is, no closer than the building.
fn coarse(place: &PlaceCode) -> PlaceCode {
    place.upwards().find(|p| p.level() <= Level::Building).unwrap_or_else(|| place.clone())
}
