//! The inbox: the open steps that a seat answers for, soonest due first, with the first one opened beside the list.

use std::collections::BTreeSet;

use askama::Template;
use linli_engine::{
    cases::inbox::{After, Counts, Item, View},
    ids::{CaseId, PlaceCode, ViewId},
    limits,
    policy::{Action, Resource},
    seats::Seat,
};
use linli_worktime::Millis;

use super::{
    asked::Asked,
    case::{case_url, where_is},
    drafts, handover,
    preview::Preview,
    saved,
    search::{categories, units},
    views::{Views, day_ends, here, may, step_title},
};
use crate::web::{Ctx, Fault, Page, Reply, page::go, page::show};

/// What an address asks of the inbox.
pub struct Wanted {
    /// The query of the view on the left.
    pub here: String,
    /// What to read.
    pub view: View,
}

impl Wanted {
    /// Reads it; what makes no sense narrows nothing.
    pub fn of(ctx: &Ctx, asked: &Asked) -> Self {
        Self { here: here(asked), view: inbox_view(ctx, asked) }
    }
}

/// The conditions of an address on the inbox.
pub fn inbox_view(ctx: &Ctx, asked: &Asked) -> View {
    let due_before = match asked.get("due") {
        Some("today") => Some(day_ends(ctx)),
        Some("late") => Some(ctx.engine().clock.now()),
        _ => None,
    };
    let text = |name: &str| asked.get(name).map(str::to_owned);
    let (from, until) = asked.days(ctx);
    View {
        step: text("step"),
        due_before,
        place: asked.read("place"),
        category: text("category"),
        class: text("class"),
        unit: text("unit"),
        words: text("q").unwrap_or_default(),
        from,
        until,
        after: asked.get("after").and_then(after),
    }
}

/// Where a list goes on, as it stands in an address: `due.case`.
fn after(text: &str) -> Option<After> {
    let (due, case) = text.split_once('.')?;
    Some(After { due_at: Millis(due.parse().ok()?), case: case.parse().ok()? })
}

/// The place where the next page begins; none on the last one.
pub fn next(items: &[Item]) -> Option<String> {
    let last = items.last().filter(|_| items.len() == limits::PAGE)?;
    Some(format!("{}.{}", last.due_at.0, last.head.key.id))
}

/// Something to choose from.
pub struct Choice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The places right below a seat's own.
pub fn below(ctx: &Ctx, page: &Page, seat: &Seat, chosen: Option<&PlaceCode>) -> Vec<Choice> {
    let directory = ctx.engine().directory();
    let choice = |place: &linli_engine::directory::Place| Choice {
        code: place.code.to_string(),
        name: page.of(&place.name).to_owned(),
        chosen: chosen == Some(&place.code),
    };
    directory.children(&seat.place).into_iter().map(choice).collect()
}

/// The classes of cases.
pub fn classes(ctx: &Ctx, page: &Page, chosen: Option<&str>) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let field = packs.current().field("class");
    let choices = field.map(|field| field.choices.as_slice()).unwrap_or_default();
    let choice = |c: &linli_engine::pack::Choice| Choice {
        code: c.code.clone(),
        name: page.of(&c.title).to_owned(),
        chosen: chosen == Some(c.code.as_str()),
    };
    choices.iter().map(choice).collect()
}

struct Row {
    case: String,
    url: String,
    peek: String,
    title: String,
    due: crate::web::times::Due,
    step: String,
    place: String,
    draft: bool,
}

/// The conditions as they stand in the form above the list.
struct Narrowing {
    q: String,
    step: String,
    due: String,
    from: String,
    until: String,
    places: Vec<Choice>,
    units: Vec<Choice>,
    categories: Vec<Choice>,
    classes: Vec<Choice>,
    /// Whether anything beyond a view of the left is asked for.
    open: bool,
    /// All of it as a query, to be saved.
    query: String,
}

#[derive(Template)]
#[template(path = "desk/inbox.html")]
struct InboxPage {
    page: Page,
    views: Views,
    sentence: String,
    by: Narrowing,
    narrowed: bool,
    rows: Vec<Row>,
    next: Option<String>,
    preview: Option<Preview>,
    waiting: Vec<handover::Brief>,
    view_id: String,
}

/// `GET /desk`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    if seat.role.is_admin() {
        return Ok(go("/admin"));
    }
    if asked.is_empty()
        && let Some(first) = saved::first(&ctx, seat).await?
    {
        return Ok(go(&first));
    }
    // Whoever has no steps of their own, as a leader has none, begins at the search.
    if !may(seat, Action::List, Resource::Inbox) {
        return Ok(go("/desk/search"));
    }
    let wanted = Wanted::of(&ctx, &asked);
    let page = Page::titled(&ctx, "desk-inbox");
    let (views, counts) = Views::read(&ctx, &page, seat, Some(&wanted.here)).await?;
    let items = ctx.engine().inbox(seat, wanted.view.clone()).await?;
    let preview = match items.first() {
        Some(item) => Preview::of(&ctx, &page, item).await?,
        None => None,
    };
    let drafted = drafts::drafted(&ctx, ctx.engine().directory().jurisdictions(&seat.place)).await?;
    let by = narrowing(&ctx, &page, seat, &asked, &wanted.view);
    show(&InboxPage {
        sentence: sentence(&page, &counts),
        narrowed: !wanted.here.is_empty() || by.open || wanted.view.after.is_some(),
        rows: items.iter().map(|item| row(&ctx, &page, item, &drafted)).collect(),
        next: next(&items).map(|after| asked.with("/desk", "after", &after)),
        waiting: handover::briefs(&ctx, &page, seat).await?,
        view_id: ViewId::new().to_string(),
        by,
        preview,
        views,
        page,
    })
}

fn narrowing(ctx: &Ctx, page: &Page, seat: &Seat, asked: &Asked, view: &View) -> Narrowing {
    let text = |name: &str| asked.get(name).unwrap_or_default().to_owned();
    let more = ["q", "category", "class", "unit", "from", "until", "place"];
    Narrowing {
        q: text("q"),
        step: text("step"),
        due: text("due"),
        from: text("from"),
        until: text("until"),
        places: below(ctx, page, seat, view.place.as_ref()),
        units: units(ctx, page, seat, view.unit.as_deref()),
        categories: categories(ctx, page, view.category.as_deref()),
        classes: classes(ctx, page, view.class.as_deref()),
        open: more.iter().any(|name| asked.get(name).is_some()),
        query: saved::conditions(asked),
    }
}

/// How much there is to do, in a sentence.
pub fn sentence(page: &Page, counts: &Counts) -> String {
    let late =
        (counts.overdue > 0).then(|| page.n("desk-count-late", i64::try_from(counts.overdue).unwrap_or(i64::MAX)));
    let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let words = [("n", n(counts.all).into()), ("today", n(counts.today).into())];
    let key = if counts.more { "desk-count-more" } else { "desk-count" };
    crate::web::i18n::text(page.lang(), key, &words) + &late.unwrap_or_default()
}

fn row(ctx: &Ctx, page: &Page, item: &Item, drafted: &BTreeSet<CaseId>) -> Row {
    let case = format!("{}/{}", item.head.key.jurisdiction, item.head.number);
    Row {
        url: case_url(&item.head),
        peek: format!("/desk/peek/{case}"),
        title: item.head.title.clone(),
        due: page.due(&item.due_at),
        step: step_title(ctx, page, &item.step),
        place: where_is(ctx, page, &item.head),
        draft: drafted.contains(&item.head.key.id),
        case,
    }
}
