//! The place tree: looking around in it, finding a place by name or code, adding, changing, retiring and restoring one.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    directory::{Directory, Edit, Place},
    ids::{Level, PlaceCode},
    policy::{Action, Resource},
};
use serde::Deserialize;

use super::{
    Asked, Nav, Paged, change,
    form::{Form, Wrong},
    may,
    model::{self, Check},
    page, words,
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    page::{go, show, show_as},
    routes::percent,
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Place);
const SEE: Needs = Needs::Seat(Action::See, Resource::Place);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Place);

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/places", LIST, list)
        .post("/admin/places", EDIT, add)
        .get("/admin/new/place", EDIT, new)
        .get("/admin/places/{code}", SEE, one)
        .post("/admin/places/{code}", EDIT, save)
        .get("/admin/places/{code}/edit", EDIT, edit)
        .post("/admin/places/{code}/retire", EDIT, retire)
        .post("/admin/places/{code}/restore", EDIT, restore)
}

#[derive(Template)]
#[template(path = "admin/places.html")]
struct PlacesPage {
    page: Page,
    nav: Nav,
    q: String,
    list: Paged<PlaceRow>,
    counts: String,
    first: Option<String>,
    next: Option<String>,
    may_edit: bool,
}

/// A place in a list.
struct PlaceRow {
    code: PlaceCode,
    name: String,
    level: String,
    depth: usize,
    sub: String,
    below: usize,
    retired: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PlacesAsked {
    q: String,
    after: String,
    done: String,
}

/// The tree down to the communities, or what a search finds.
async fn list(ctx: Ctx, Query(asked): Query<PlacesAsked>) -> Reply {
    let (page, directory) = (page(&ctx, &ctx.t("admin-places"), &asked.done), ctx.engine().directory());
    let q = asked.q.trim().to_lowercase();
    let shown =
        |p: &&Place| p.code.as_str() > asked.after.as_str() && if q.is_empty() { tops(p) } else { matches(p, &q) };
    let places = directory.places().filter(shown);
    let list = Paged::new(places.map(|p| row(&page, &directory, p, q.is_empty())), |r| r.code.to_string());
    let at = |after: &str| format!("/admin/places?q={}&after={after}", percent(&asked.q));
    let next = list.next.as_deref().map(at);
    let first = (!asked.after.is_empty()).then(|| at(""));
    let (counts, may_edit) = (counts(&page, &directory), may(&ctx, Action::Edit, Resource::Place));
    show(&PlacesPage { nav: Nav::new(&ctx, "/admin/places"), page, q: asked.q, list, counts, first, next, may_edit })
}

fn tops(place: &Place) -> bool {
    place.code.level() <= Level::Community && place.retired_at.is_none()
}

/// Whether a place's code begins with the words or one of its names holds them.
fn matches(place: &Place, words: &str) -> bool {
    let names = [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases);
    place.code.as_str().starts_with(words) || names.into_iter().any(|n| n.to_lowercase().contains(words))
}

fn row(page: &Page, directory: &Directory, place: &Place, in_tree: bool) -> PlaceRow {
    // The tree of streets and communities; what is above a street stands at its edge.
    let depth = match place.code.level() {
        Level::Street => 1,
        Level::Community => 2,
        _ => 0,
    };
    let above = place.code.parent().filter(|_| !in_tree).map(|p| page.place(&p)).unwrap_or_default();
    PlaceRow {
        code: place.code.clone(),
        name: page.of(&place.name).to_owned(),
        level: words::level(page, place.code.level()),
        depth: if in_tree { depth } else { 0 },
        sub: above,
        below: directory.children(&place.code).len(),
        retired: place.retired_at.is_some(),
    }
}

/// How many places of each level there are.
pub(super) fn counts(page: &Page, directory: &Directory) -> String {
    let levels = [Level::Street, Level::Community, Level::Grid, Level::Building, Level::Unit];
    let live = |level| directory.places().filter(|p| p.retired_at.is_none() && p.code.level() == level).count();
    let parts = levels.map(|level| (level, live(level))).into_iter().filter(|(_, n)| *n > 0);
    let parts: Vec<String> =
        parts.map(|(level, n)| page.n(&format!("admin-count-{}", level.slug()), n as i64)).collect();
    parts.join(&page.t("admin-comma"))
}

#[derive(Template)]
#[template(path = "admin/place.html")]
struct PlacePage {
    page: Page,
    nav: Nav,
    form: Form,
    place: Place,
    above: Vec<(PlaceCode, String)>,
    level: String,
    list: Paged<PlaceRow>,
    first: Option<String>,
    next: Option<String>,
    orgs: Vec<(String, String)>,
    may_edit: bool,
    may_orgs: bool,
}

fn known(directory: &Directory, code: &str) -> Result<Place, Fault> {
    let code: PlaceCode = code.parse().map_err(|_| Fault::not_found())?;
    directory.place(&code).cloned().ok_or_else(Fault::not_found)
}

fn place_page(ctx: &Ctx, place: Place, asked: &Asked, form: Form) -> PlacePage {
    let directory = ctx.engine().directory();
    let page = page(ctx, ctx_name(ctx, &place), &asked.done);
    let mut above: Vec<(PlaceCode, String)> = place
        .code
        .upwards()
        .skip(1)
        .filter_map(|c| directory.place(&c).map(|p| (p.code.clone(), page.of(&p.name).to_owned())))
        .collect();
    above.reverse();
    // Those that are no more stay in the list: here they are found to be restored.
    let inside = directory.places().filter(|p| p.code != place.code && place.code.covers(&p.code));
    let nearest =
        |p: &&Place| p.code.upwards().skip(1).find(|c| directory.place(c).is_some()).as_ref() == Some(&place.code);
    let rows = inside.filter(nearest).filter(|p| p.code.as_str() > asked.after.as_str());
    let list =
        Paged::new(rows.map(|p| PlaceRow { depth: 0, ..row(&page, &directory, p, true) }), |r| r.code.to_string());
    let at = format!("/admin/places/{}", place.code);
    let orgs = directory.orgs().filter(|o| o.retired_at.is_none() && o.place == place.code);
    PlacePage {
        nav: Nav::new(ctx, "/admin/places"),
        form,
        above,
        level: words::level(&page, place.code.level()),
        next: list.next.as_ref().map(|after| format!("{at}?after={after}")),
        first: (!asked.after.is_empty()).then_some(at),
        list,
        orgs: orgs.map(|o| (o.id.to_string(), page.of(&o.name).to_owned())).collect(),
        may_edit: may(ctx, Action::Edit, Resource::Place),
        may_orgs: may(ctx, Action::See, Resource::Org),
        place,
        page,
    }
}

fn ctx_name<'p>(ctx: &Ctx, place: &'p Place) -> &'p str {
    place.name.get(ctx.lang.code())
}

async fn one(ctx: Ctx, Path(code): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let place = known(&ctx.engine().directory(), &code)?;
    let form = Form::new(&ctx, "place", &[]);
    show(&place_page(&ctx, place, &asked, form))
}

#[derive(Template)]
#[template(path = "admin/place_form.html")]
struct PlaceForm {
    page: Page,
    nav: Nav,
    form: Form,
    /// Where it is sent.
    action: String,
    /// The place above a new one.
    parent: Option<Place>,
    is_new: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewAsked {
    parent: String,
}

fn form_page(ctx: &Ctx, form: Form, old: Option<&Place>, parent: &str) -> PlaceForm {
    let directory = ctx.engine().directory();
    let parent = parent.parse().ok().and_then(|code| directory.place(&code).cloned());
    let title = match old {
        Some(place) => ctx_name(ctx, place).to_owned(),
        None => ctx.t("admin-place-new"),
    };
    let page = page(ctx, &title, "");
    let form = match parent.as_ref().and_then(|p| model::digits_below(&p.code).map(|n| (p, n))) {
        Some((above, digits)) => {
            let args = [("n", digits.to_string().into()), ("parent", above.code.as_str().into())];
            let hint = crate::web::i18n::text(ctx.lang, "admin-place-code-below", &args);
            form.hinted("code", hint)
        }
        None => form,
    };
    let action = old.map_or_else(|| "/admin/places".to_owned(), |p| format!("/admin/places/{}", p.code));
    PlaceForm { nav: Nav::new(ctx, "/admin/places"), page, form, action, parent, is_new: old.is_none() }
}

async fn new(ctx: Ctx, Query(asked): Query<NewAsked>) -> Reply {
    let form = Form::new(&ctx, "place", &[("code", &asked.parent), ("parent", &asked.parent)]);
    show(&form_page(&ctx, form, None, &asked.parent))
}

async fn add(ctx: Ctx, sent: Sent) -> Reply {
    sent.key()?;
    let (sent, lang) = (Arc::new(sent), ctx.lang.code());
    let wrong = change(&ctx, &sent, move |directory, sent| {
        Ok(vec![Edit::Place(Check::new(directory, sent, lang).place(None)?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/places/{}?done=place-added", sent.text("code"))));
    }
    let form = Form::again(&ctx, "place", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&ctx, form, None, sent.text("parent")))
}

async fn edit(ctx: Ctx, Path(code): Path<String>) -> Reply {
    let place = known(&ctx.engine().directory(), &code)?;
    let (lon, lat) = place.point.map(|(lon, lat)| (lon.to_string(), lat.to_string())).unwrap_or_default();
    let aliases = place.aliases.join("\n");
    let values =
        [("zh", place.name.zh.as_str()), ("en", &place.name.en), ("aliases", &aliases), ("lon", &lon), ("lat", &lat)];
    let form = Form::new(&ctx, "place", &values);
    show(&form_page(&ctx, form, Some(&place), ""))
}

async fn save(ctx: Ctx, Path(code): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let place = known(&ctx.engine().directory(), &code)?;
    let (sent, lang, code) = (Arc::new(sent), ctx.lang.code(), place.code.clone());
    let wrong = change(&ctx, &sent, move |directory, sent| {
        Ok(vec![Edit::Place(Check::new(directory, sent, lang).place(directory.place(&code))?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/places/{}?done=place-saved", place.code)));
    }
    let form = Form::again(&ctx, "place", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&ctx, form, Some(&place), ""))
}

async fn retire(ctx: Ctx, Path(code): Path<String>, sent: Sent) -> Reply {
    let (lang, now) = (ctx.lang.code(), ctx.engine().clock.now());
    turn(ctx, &code, sent, "place-retired", move |directory, place| model::retired_place(directory, place, lang, now))
        .await
}

async fn restore(ctx: Ctx, Path(code): Path<String>, sent: Sent) -> Reply {
    let lang = ctx.lang.code();
    turn(ctx, &code, sent, "place-restored", move |directory, place| model::restored_place(directory, place, lang))
        .await
}

/// Retires a place or restores it.
async fn turn<F>(ctx: Ctx, code: &str, sent: Sent, done: &str, rule: F) -> Reply
where
    F: Fn(&Directory, &Place) -> Result<Place, Wrong> + Send + 'static,
{
    sent.key()?;
    let place = known(&ctx.engine().directory(), code)?;
    let (sent, code) = (Arc::new(sent), place.code.clone());
    let wrong = change(&ctx, &sent, move |directory, _| {
        let Some(place) = directory.place(&code) else { return Ok(Vec::new()) };
        Ok(vec![Edit::Place(rule(directory, place)?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/places/{}?done={done}", place.code)));
    }
    let form = Form::again(&ctx, "place", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &place_page(&ctx, place, &Asked::default(), form))
}
