//! The duty list: which unit does what where and why, the office's own rows, and the list of the rule pack behind them.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    directory::{Directory, Edit},
    ids::DutyId,
    pack::Pack,
    policy::{Action, Resource},
};
use serde::Deserialize;

use super::{
    Nav, Paged, change,
    form::{Choice, Form},
    lookup::{self, Why},
    may,
    model::{self, Check},
    page, words,
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    page::{go, show, show_as},
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Duty);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Duty);

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/duties", LIST, list)
        .post("/admin/duties", EDIT, add)
        .get("/admin/new/duty", EDIT, new)
        .post("/admin/duties/{id}/end", EDIT, end)
}

#[derive(Template)]
#[template(path = "admin/duties.html")]
struct DutiesPage {
    page: Page,
    nav: Nav,
    key: String,
    asked: DutiesAsked,
    categories: Vec<Choice>,
    places: Vec<Choice>,
    answer: Option<Result<Said, String>>,
    own: Paged<OwnRow>,
    first: Option<String>,
    next: Option<String>,
    tabs: Vec<Tab>,
    listed: Vec<ListedRow>,
    community: (String, &'static str, String),
    fallback: String,
    may_edit: bool,
}

/// The answer of the look-up in words.
struct Said {
    matter: String,
    unit: Option<String>,
    why: String,
    mark: Option<(&'static str, String)>,
    assist: Vec<String>,
    community: String,
}

/// A row of the office's own list.
struct OwnRow {
    id: String,
    what: String,
    place: String,
    org: String,
    part: String,
    basis: String,
}

/// A group of the pack's list.
struct Tab {
    code: String,
    title: String,
    here: bool,
}

/// A row of the pack's list.
struct ListedRow {
    title: String,
    depth: usize,
    function: String,
    carrier: String,
    community: String,
    basis: Option<(String, &'static str, String)>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct DutiesAsked {
    category: String,
    place: String,
    /// The group of the pack's list that is open.
    under: String,
    after: String,
    done: String,
}

async fn list(ctx: Ctx, Query(asked): Query<DutiesAsked>) -> Reply {
    let (page, directory) = (page(&ctx, &ctx.t("admin-duties"), &asked.done), ctx.engine().directory());
    let pack = ctx.engine().packs().current();
    let top = pack.children(None).find(|c| c.code == asked.under).or_else(|| pack.children(None).next());
    let top = top.map(|c| c.code.clone()).unwrap_or_default();
    let rows = directory.duties().iter().map(|d| own(&page, &directory, d));
    let own = Paged::new(rows.filter(|d| d.id > asked.after), |d| d.id.clone());
    let tab = |c: &linli_engine::pack::Category| Tab {
        code: c.code.clone(),
        title: page.of(&c.title).to_owned(),
        here: c.code == top,
    };
    let under = format!("{top}.*");
    let listed = pack.categories().iter().filter(|c| model::names(&under, &c.code));
    show(&DutiesPage {
        nav: Nav::new(&ctx, "/admin/duties"),
        key: Form::new(&ctx, "duty", &[]).key().to_owned(),
        categories: words::categories(&page, pack),
        places: words::places(&page, &directory),
        answer: said(&page, pack, &directory, &asked),
        next: own.next.as_ref().map(|after| format!("/admin/duties?after={after}")),
        first: (!asked.after.is_empty()).then(|| "/admin/duties".to_owned()),
        own,
        tabs: pack.children(None).map(tab).collect(),
        listed: listed.map(|c| listed_row(&page, pack, c)).collect(),
        community: words::sourced(&page, pack.community_rule()),
        fallback: page.t1("admin-duties-fallback", "function", words::function(&page, pack.fallback())),
        may_edit: may(&ctx, Action::Edit, Resource::Duty),
        asked,
        page,
    })
}

/// The look-up: none before it is asked; a place that is not found is said so.
fn said(page: &Page, pack: &Pack, directory: &Directory, asked: &DutiesAsked) -> Option<Result<Said, String>> {
    let category = pack.category(&asked.category)?;
    let typed = asked.place.trim();
    let Ok(place) = model::find_place(directory, "place", typed) else {
        return Some(Err(if typed.is_empty() {
            page.t("admin-look-no-place")
        } else {
            page.t1("admin-places-none", "q", typed)
        }));
    };
    let answer = lookup::answer(directory, pack, &category.code, &place.code);
    let (why, mark) = match &answer.why {
        Why::Own(basis) => (page.t1("admin-why-own", "basis", basis), None),
        Why::Listed(basis, mark) => (page.t1("admin-why-listed", "basis", basis), Some(words::mark(page, *mark))),
        Why::NoUnit(function) => (page.t1("admin-why-no-unit", "function", words::function(page, function)), None),
        Why::Unlisted => (page.t("admin-why-unlisted"), None),
    };
    Some(Ok(Said {
        matter: format!("{} · {}", page.of(&category.title), words::place(page, directory, &place.code)),
        unit: answer.org.map(|o| page.of(&o.name).to_owned()),
        why,
        mark,
        assist: answer.assist.iter().map(|(org, basis)| format!("{} ({basis})", page.of(&org.name))).collect(),
        community: words::part(page, answer.community),
    }))
}

fn own(page: &Page, directory: &Directory, duty: &linli_engine::directory::Duty) -> OwnRow {
    OwnRow {
        id: duty.id.to_string(),
        what: words::entry(page, &duty.category),
        place: words::place(page, directory, &duty.place),
        org: page.org(duty.org.as_str()),
        part: page.t(&format!("admin-share-{}", duty.part.slug())),
        basis: duty.basis.clone(),
    }
}

fn listed_row(page: &Page, pack: &Pack, category: &linli_engine::pack::Category) -> ListedRow {
    let duty = pack.duty(&category.code);
    ListedRow {
        title: page.of(&category.title).to_owned(),
        depth: category.code.matches('.').count().min(3),
        function: words::function(page, &duty.function),
        carrier: words::carrier(page, duty.level),
        community: words::part(page, pack.community_part(&category.code)),
        basis: duty.basis.as_ref().map(|basis| words::sourced(page, basis)),
    }
}

#[derive(Template)]
#[template(path = "admin/duty_form.html")]
struct DutyForm {
    page: Page,
    nav: Nav,
    form: Form,
    categories: Vec<Choice>,
    places: Vec<Choice>,
    orgs: Vec<Choice>,
    parts: Vec<Choice>,
}

fn form_page(ctx: &Ctx, form: Form) -> DutyForm {
    let (directory, page) = (ctx.engine().directory(), page(ctx, &ctx.t("admin-duty-new"), ""));
    let part = |slug: &str| Choice { value: slug.to_owned(), label: page.t(&format!("admin-share-{slug}")) };
    DutyForm {
        nav: Nav::new(ctx, "/admin/duties"),
        form,
        categories: words::categories(&page, ctx.engine().packs().current()),
        places: words::places(&page, &directory),
        orgs: words::orgs(&page, &directory),
        parts: ["lead", "assist"].map(part).into(),
        page,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewAsked {
    category: String,
    place: String,
}

async fn new(ctx: Ctx, Query(asked): Query<NewAsked>) -> Reply {
    let form = Form::new(&ctx, "duty", &[("category", &asked.category), ("place", &asked.place), ("part", "lead")]);
    show(&form_page(&ctx, form))
}

async fn add(ctx: Ctx, sent: Sent) -> Reply {
    let id: DutyId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let (sent, engine, lang) = (Arc::new(sent), ctx.engine().clone(), ctx.lang.code());
    let wrong = change(&ctx, &sent, move |directory, sent| {
        // The row with the form's own key is there: the form was sent twice.
        if directory.duties().iter().any(|d| d.id == id) {
            return Ok(Vec::new());
        }
        Ok(vec![Edit::Duty(Check::new(directory, sent, lang).duty(engine.packs().current(), id)?)])
    });
    let wrong = wrong.await?;
    if wrong.is_empty() {
        return Ok(go("/admin/duties?done=duty-added"));
    }
    let form = Form::again(&ctx, "duty", &sent, &wrong);
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&ctx, form))
}

async fn end(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let id: DutyId = id.parse().map_err(|_| Fault::not_found())?;
    let sent = Arc::new(sent);
    let ended = change(&ctx, &sent, move |directory, _| {
        // One that has ended already stays as it is.
        Ok(directory.duties().iter().find(|d| d.id == id).cloned().map(Edit::EndDuty).into_iter().collect())
    });
    ended.await?;
    Ok(go("/admin/duties?done=duty-ended"))
}
