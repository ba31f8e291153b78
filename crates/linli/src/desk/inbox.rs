//! The inbox: the open steps that a seat answers for, soonest due first, with the first one opened beside the list.

use askama::Template;
use linli_engine::{
    attachments::Attachment,
    cases::{
        inbox::{After, Counts, Item, View},
        read::Dossier,
    },
    ids::PlaceCode,
    limits,
    policy::{Action, Resource},
    seats::Seat,
};
use linli_worktime::Millis;

use super::{
    asked::Asked,
    case::{case_url, is_step, where_is},
    story::{Moment, moments},
    views::{Views, day_ends, may, step_title},
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
        let step = asked.get("step").map(str::to_owned);
        let (due, due_before) = match asked.get("due") {
            Some("today") => ("due=today", Some(day_ends(ctx))),
            Some("late") => ("due=late", Some(ctx.engine().clock.now())),
            _ => ("", None),
        };
        let here = step.as_ref().map_or_else(|| due.to_owned(), |step| format!("step={step}"));
        Self {
            here,
            view: View { step, due_before, place: asked.read("place"), after: asked.get("after").and_then(after) },
        }
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

/// A place to choose from.
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

struct Row {
    url: String,
    title: String,
    due: crate::web::times::Due,
    step: String,
    place: String,
}

#[derive(Template)]
#[template(path = "desk/inbox.html")]
struct InboxPage {
    page: Page,
    views: Views,
    sentence: String,
    step: String,
    due: String,
    places: Vec<Choice>,
    narrowed: bool,
    rows: Vec<Row>,
    next: Option<String>,
    preview: Option<Preview>,
}

struct Preview {
    d: Dossier,
    url: String,
    step: String,
    late: bool,
    due: crate::web::times::Due,
    place: String,
    story: Vec<Moment>,
    first: Option<String>,
}

impl Preview {
    fn files(&self) -> &[Attachment] {
        &self.d.attachments
    }
}

/// `GET /desk`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    if seat.role.is_admin() {
        return Ok(go("/admin"));
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
        Some(item) => preview(&ctx, &page, item).await?,
        None => None,
    };
    let place = wanted.view.place.as_ref();
    show(&InboxPage {
        sentence: sentence(&page, &counts),
        step: asked.get("step").unwrap_or_default().to_owned(),
        due: asked.get("due").unwrap_or_default().to_owned(),
        places: below(&ctx, &page, seat, place),
        narrowed: !wanted.here.is_empty() || place.is_some() || wanted.view.after.is_some(),
        rows: items.iter().map(|item| row(&ctx, &page, item)).collect(),
        next: next(&items).map(|after| asked.with("/desk", "after", &after)),
        preview,
        views,
        page,
    })
}

/// How much there is to do, in a sentence.
pub fn sentence(page: &Page, counts: &Counts) -> String {
    let late =
        (counts.overdue > 0).then(|| page.n("desk-count-late", i64::try_from(counts.overdue).unwrap_or(i64::MAX)));
    let n = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let words = [("n", n(counts.all).into()), ("today", n(counts.today).into())];
    crate::web::i18n::text(page.lang(), "desk-count", &words) + &late.unwrap_or_default()
}

fn row(ctx: &Ctx, page: &Page, item: &Item) -> Row {
    Row {
        url: case_url(&item.head),
        title: item.head.title.clone(),
        due: page.due(&item.due_at),
        step: step_title(ctx, page, &item.step),
        place: where_is(ctx, page, &item.head),
    }
}

/// The first case of the list; none when somebody else has closed its step meanwhile.
async fn preview(ctx: &Ctx, page: &Page, item: &Item) -> Result<Option<Preview>, Fault> {
    let d = match ctx.engine().case_by_key(item.head.key, &ctx.viewer()).await {
        Ok(d) => d,
        Err(linli_engine::cases::CaseError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut story = moments(ctx, page, &d);
    // What happened last says how it stands.
    story.drain(..story.len().saturating_sub(4));
    let first = d.offers.iter().find(|offer| offer.barred.is_none() && is_step(offer));
    Ok(Some(Preview {
        url: case_url(&d.head),
        step: step_title(ctx, page, &item.step),
        late: item.due_at < ctx.engine().clock.now(),
        due: page.due(&item.due_at),
        place: where_is(ctx, page, &d.head),
        first: first.map(|offer| page.of(&offer.title).to_owned()),
        story,
        d,
    }))
}
