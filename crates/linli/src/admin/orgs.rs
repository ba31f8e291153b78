//! The units: who there is, what each does and for which place; adding, changing, retiring and restoring one.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    directory::{Directory, Edit, Org, OrgKind},
    policy::{Action, Resource},
};
use serde::Deserialize;

use super::{
    Asked, Nav, Paged, change,
    form::{Choice, Form, Wrong},
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

const LIST: Needs = Needs::Seat(Action::List, Resource::Org);
const SEE: Needs = Needs::Seat(Action::See, Resource::Org);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Org);

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/orgs", LIST, list)
        .post("/admin/orgs", EDIT, add)
        .get("/admin/new/org", EDIT, new)
        .get("/admin/orgs/{id}", SEE, one)
        .post("/admin/orgs/{id}", EDIT, save)
        .get("/admin/orgs/{id}/edit", EDIT, edit)
        .post("/admin/orgs/{id}/retire", EDIT, retire)
        .post("/admin/orgs/{id}/restore", EDIT, restore)
}

#[derive(Template)]
#[template(path = "admin/orgs.html")]
struct OrgsPage {
    page: Page,
    nav: Nav,
    asked: OrgsAsked,
    kinds: Vec<Choice>,
    places: Vec<Choice>,
    count: i64,
    unknown_place: bool,
    list: Paged<OrgRow>,
    first: Option<String>,
    next: Option<String>,
    may_edit: bool,
}

/// A unit in a list.
struct OrgRow {
    id: String,
    name: String,
    kind: String,
    function: String,
    place: String,
    retired: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OrgsAsked {
    kind: String,
    place: String,
    after: String,
    done: String,
}

async fn list(ctx: Ctx, Query(asked): Query<OrgsAsked>) -> Reply {
    let (page, directory) = (page(&ctx, &ctx.t("admin-orgs"), &asked.done), ctx.engine().directory());
    let words = asked.place.trim();
    let place = (!words.is_empty()).then(|| model::find_place(&directory, "place", words));
    let unknown_place = matches!(place, Some(Err(_)));
    let place = place.and_then(Result::ok).map(|p| p.code.clone());
    let kind = OrgKind::from_slug(&asked.kind);
    // At a place: those in it and those that serve it.
    let near = |org: &Org| place.as_ref().is_none_or(|p| p.covers(&org.place) || org.place.covers(p));
    let fits = |org: &&Org| !unknown_place && kind.is_none_or(|k| org.kind == k) && near(org);
    let count = directory.orgs().filter(fits).filter(|o| o.retired_at.is_none()).count() as i64;
    let rows = directory.orgs().filter(fits).filter(|o| o.id.as_str() > asked.after.as_str());
    let list = Paged::new(rows.map(|o| row(&page, &directory, o)), |r| r.id.clone());
    let at = |after: &str| {
        format!("/admin/orgs?kind={}&place={}&after={after}", percent(&asked.kind), percent(&asked.place))
    };
    let next = list.next.as_deref().map(at);
    let first = (!asked.after.is_empty()).then(|| at(""));
    let (kinds, places) = (kinds(&page), words::places(&page, &directory));
    let (nav, may_edit) = (Nav::new(&ctx, "/admin/orgs"), may(&ctx, Action::Edit, Resource::Org));
    show(&OrgsPage { nav, page, asked, kinds, places, count, unknown_place, list, first, next, may_edit })
}

fn kinds(page: &Page) -> Vec<Choice> {
    let kind = |k: OrgKind| Choice { value: k.slug().to_owned(), label: page.t(&format!("admin-kind-{}", k.slug())) };
    OrgKind::ALL.map(kind).into()
}

fn row(page: &Page, directory: &Directory, org: &Org) -> OrgRow {
    OrgRow {
        id: org.id.to_string(),
        name: page.of(&org.name).to_owned(),
        kind: page.t(&format!("admin-kind-{}", org.kind.slug())),
        function: words::function(page, &org.function),
        place: words::place(page, directory, &org.place),
        retired: org.retired_at.is_some(),
    }
}

#[derive(Template)]
#[template(path = "admin/org.html")]
struct OrgPage {
    page: Page,
    nav: Nav,
    form: Form,
    org: Org,
    row: OrgRow,
    parent: Option<(String, String)>,
    below: Vec<(String, String)>,
    place_name: String,
    duties: Vec<String>,
    may_edit: bool,
    may_places: bool,
}

fn known(directory: &Directory, id: &str) -> Result<Org, Fault> {
    directory.org(id).cloned().ok_or_else(Fault::not_found)
}

fn org_page(ctx: &Ctx, org: Org, done: &str, form: Form) -> OrgPage {
    let directory = ctx.engine().directory();
    let page = page(ctx, org.name.get(ctx.lang.code()), done);
    let named = |o: &Org| (o.id.to_string(), page.of(&o.name).to_owned());
    let below = directory.orgs().filter(|o| o.parent.as_ref() == Some(&org.id) && o.retired_at.is_none());
    let duties = directory.duties().iter().filter(|d| d.org == org.id);
    let duty = |d: &linli_engine::directory::Duty| {
        let (what, part) = (words::entry(&page, &d.category), page.t(&format!("admin-share-{}", d.part.slug())));
        format!("{what} · {} · {part}", words::place(&page, &directory, &d.place))
    };
    let place_name = directory.place(&org.place).map_or_else(|| org.place.to_string(), |p| page.of(&p.name).to_owned());
    OrgPage {
        nav: Nav::new(ctx, "/admin/orgs"),
        form,
        row: row(&page, &directory, &org),
        parent: org.parent.as_ref().and_then(|id| directory.org(id.as_str())).map(named),
        below: below.map(named).collect(),
        place_name,
        duties: duties.map(duty).collect(),
        may_edit: may(ctx, Action::Edit, Resource::Org),
        may_places: may(ctx, Action::See, Resource::Place),
        org,
        page,
    }
}

async fn one(ctx: Ctx, Path(id): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let org = known(&ctx.engine().directory(), &id)?;
    let form = Form::new(&ctx, "org", &[]);
    show(&org_page(&ctx, org, &asked.done, form))
}

#[derive(Template)]
#[template(path = "admin/org_form.html")]
struct OrgForm {
    page: Page,
    nav: Nav,
    form: Form,
    action: String,
    is_new: bool,
    kinds: Vec<Choice>,
    functions: Vec<Choice>,
    places: Vec<Choice>,
    orgs: Vec<Choice>,
}

fn form_page(ctx: &Ctx, form: Form, old: Option<&Org>) -> OrgForm {
    let directory = ctx.engine().directory();
    let title = old.map_or_else(|| ctx.t("admin-org-new"), |o| o.name.get(ctx.lang.code()).to_owned());
    let page = page(ctx, &title, "");
    let mut functions = words::functions(ctx.engine().packs().current());
    functions.extend(directory.orgs().map(|o| o.function.clone()));
    functions.sort();
    functions.dedup();
    let functions = functions.into_iter().map(|f| Choice { label: words::function(&page, &f), value: f });
    OrgForm {
        nav: Nav::new(ctx, "/admin/orgs"),
        form,
        action: old.map_or_else(|| "/admin/orgs".to_owned(), |o| format!("/admin/orgs/{}", o.id)),
        is_new: old.is_none(),
        kinds: kinds(&page),
        functions: functions.collect(),
        places: words::places(&page, &directory),
        orgs: words::orgs(&page, &directory),
        page,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewAsked {
    function: String,
    place: String,
}

async fn new(ctx: Ctx, Query(asked): Query<NewAsked>) -> Reply {
    let form = Form::new(&ctx, "org", &[("function", &asked.function), ("place", &asked.place)]);
    show(&form_page(&ctx, form, None))
}

async fn add(ctx: Ctx, sent: Sent) -> Reply {
    sent.key()?;
    let (sent, lang) = (Arc::new(sent), ctx.lang.code());
    let wrong =
        change(&ctx, &sent, move |directory, sent| Ok(vec![Edit::Org(Check::new(directory, sent, lang).org(None)?)]));
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/orgs/{}?done=org-added", sent.text("id"))));
    }
    let form = Form::again(&ctx, "org", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&ctx, form, None))
}

async fn edit(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let org = known(&ctx.engine().directory(), &id)?;
    let values = [
        ("zh", org.name.zh.as_str()),
        ("en", &org.name.en),
        ("kind", org.kind.slug()),
        ("function", &org.function),
        ("place", org.place.as_str()),
        ("parent", org.parent.as_ref().map_or("", |p| p.as_str())),
        ("phone", org.phone.as_deref().unwrap_or_default()),
    ];
    let form = Form::new(&ctx, "org", &values);
    show(&form_page(&ctx, form, Some(&org)))
}

async fn save(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let org = known(&ctx.engine().directory(), &id)?;
    let (sent, lang) = (Arc::new(sent), ctx.lang.code());
    let wrong = change(&ctx, &sent, move |directory, sent| {
        let Some(old) = directory.org(&id) else { return Ok(Vec::new()) };
        Ok(vec![Edit::Org(Check::new(directory, sent, lang).org(Some(old))?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/orgs/{}?done=org-saved", org.id)));
    }
    let form = Form::again(&ctx, "org", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&ctx, form, Some(&org)))
}

async fn retire(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    let (lang, now) = (ctx.lang.code(), ctx.engine().clock.now());
    turn(ctx, id, sent, "org-retired", move |directory, org| model::retired_org(directory, org, lang, now)).await
}

async fn restore(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    let lang = ctx.lang.code();
    turn(ctx, id, sent, "org-restored", move |directory, org| model::restored_org(directory, org, lang)).await
}

/// Retires a unit or restores it.
async fn turn<F>(ctx: Ctx, id: String, sent: Sent, done: &str, rule: F) -> Reply
where
    F: Fn(&Directory, &Org) -> Result<Org, Wrong> + Send + 'static,
{
    sent.key()?;
    let org = known(&ctx.engine().directory(), &id)?;
    let sent = Arc::new(sent);
    let wrong = change(&ctx, &sent, move |directory, _| {
        let Some(org) = directory.org(&id) else { return Ok(Vec::new()) };
        Ok(vec![Edit::Org(rule(directory, org)?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go(&format!("/admin/orgs/{}?done={done}", org.id)));
    }
    let form = Form::again(&ctx, "org", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &org_page(&ctx, org, "", form))
}
