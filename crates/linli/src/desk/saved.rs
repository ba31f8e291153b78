//! Saved views: any list of the desk, narrowed once and kept under a name, for oneself or for the whole unit.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    db::{DbError, Tx},
    desk::views::{self, FIRST, List, Owner, SavedView, ViewError},
    edge,
    ids::ViewId,
    policy::{Action, Resource},
    seats::Seat,
};

use super::{
    account,
    asked::Asked,
    inbox::inbox_view,
    search::query,
    views::{View, Views, may, said},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{go, show},
};

/// What a view may hold: the names of the conditions of both lists.
const CONDITIONS: [&str; 13] =
    ["q", "step", "due", "place", "category", "class", "unit", "state", "from", "until", "late", "mine", "part"];

/// The conditions of an address, in a fixed order, as a query.
pub fn conditions(asked: &Asked) -> String {
    asked.only(&CONDITIONS)
}

fn url(view: &SavedView) -> String {
    let list = if view.list == List::Inbox { "/desk" } else { "/desk/search" };
    let rest = if view.query.is_empty() { String::new() } else { format!("&{}", view.query) };
    format!("{list}?view={}{rest}", view.id)
}

/// The saved views that a seat may use, in the reader's order, and the one to begin with.
async fn all(ctx: &Ctx, seat: &Seat) -> Result<(Vec<SavedView>, Option<ViewId>), Fault> {
    let (home, me, org) = (ctx.engine().home, account(ctx)?.id, seat.org.clone());
    let read = move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let views = views::views(tx, home, me, &org)?;
        Ok((views, views::choice(tx, home, me, FIRST)?))
    };
    let (mut views, first) = ctx.engine().db.read(read).await?;
    let lists = [(List::Inbox, Resource::Inbox), (List::Search, Resource::Search)];
    views.retain(|view| lists.iter().any(|(list, on)| view.list == *list && may(seat, Action::List, *on)));
    let first = first.and_then(|id| id.parse().ok()).filter(|id| views.iter().any(|view| view.id == *id));
    Ok((views, first))
}

/// The saved views with how much is in each, and whether one of them is the one to begin with.
///
/// # Errors
/// When the database fails.
pub async fn counted(ctx: &Ctx, seat: &Seat, here: Option<&str>) -> Result<(Vec<View>, bool), Fault> {
    let (views, first) = all(ctx, seat).await?;
    let mut out = Vec::new();
    for view in views {
        let asked = Asked::of(&view.query);
        let count = match view.list {
            List::Inbox => ctx.engine().inbox_count(seat, inbox_view(ctx, &asked)).await?,
            List::Search => ctx.engine().search_count(seat, query(ctx, &asked)).await?,
        };
        let here = here == Some(format!("view={}", view.id).as_str());
        out.push(View { url: url(&view), title: view.name, n: said(count), here });
    }
    Ok((out, first.is_some()))
}

/// Where somebody begins who chose a view to begin with.
///
/// # Errors
/// When the database fails.
pub async fn first(ctx: &Ctx, seat: &Seat) -> Result<Option<String>, Fault> {
    let (views, first) = all(ctx, seat).await?;
    Ok(first.and_then(|id| views.iter().find(|view| view.id == id)).map(url))
}

struct Row {
    id: String,
    name: String,
    url: String,
    shared: bool,
    first: bool,
}

#[derive(Template)]
#[template(path = "desk/saved.html")]
struct SavedPage {
    page: Page,
    views: Views,
    rows: Vec<Row>,
    has_first: bool,
}

/// `GET /desk/views`: putting them in order, choosing the one to begin with, deleting.
pub async fn page(ctx: Ctx) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(&ctx, "view-manage");
    let (mut views, _) = Views::read(&ctx, &page, &seat, None).await?;
    views.at("/desk/views");
    let (saved, first) = all(&ctx, &seat).await?;
    let row = |view: &SavedView| Row {
        id: view.id.to_string(),
        name: view.name.clone(),
        url: url(view),
        shared: matches!(view.owner, Owner::Org(_)),
        first: first == Some(view.id),
    };
    show(&SavedPage { rows: saved.iter().map(row).collect(), has_first: first.is_some(), views, page })
}

/// `POST /desk/views`: keeps the conditions of a list under a name.
pub async fn save(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let list: List = sent.text("list").parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"))?;
    let me = account(&ctx)?.id;
    let view = SavedView {
        id: sent.text("id").parse().unwrap_or_else(|_| ViewId(edge::new_id())),
        owner: if sent.ticked("shared") { Owner::Org(seat.org.clone()) } else { Owner::Account(me) },
        name: sent.text("name").to_owned(),
        list,
        query: conditions(&Asked::of(sent.text("query"))),
        made_by: me,
    };
    let (home, now, kept) = (ctx.engine().home, ctx.engine().clock.now(), view.clone());
    let saved = ctx.engine().db.write(move |tx: &mut Tx<'_>| views::save(tx, home, &kept, now)).await?;
    match saved {
        Ok(()) => Ok(go(&url(&view))),
        Err(ViewError::Name) => Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "view-no-name")),
        Err(ViewError::Query) => Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-too-large")),
        Err(ViewError::Full) => Err(Fault::new(StatusCode::CONFLICT, "view-full")),
    }
}

/// `POST /desk/views/{id}`: moves it, begins with it, deletes it; whichever button was pressed.
pub async fn change(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let (saved, first) = all(&ctx, &seat).await?;
    let view = saved.into_iter().find(|view| view.id.to_string() == id).ok_or_else(Fault::not_found)?;
    let (home, me, org) = (ctx.engine().home, account(&ctx)?.id, seat.org);
    let what = sent.text("do").to_owned();
    let work = move |tx: &mut Tx<'_>| -> Result<(), DbError> {
        match what.as_str() {
            "up" | "down" => views::shift(tx, home, me, &org, view.id, what == "up"),
            "first" if first == Some(view.id) => views::set_choice(tx, home, me, FIRST, ""),
            "first" => views::set_choice(tx, home, me, FIRST, &view.id.to_string()),
            "delete" => views::delete(tx, home, &view.owner, view.id).map(drop),
            _ => Ok(()),
        }
    };
    ctx.engine().db.write(work).await?;
    Ok(go("/desk/views"))
}
