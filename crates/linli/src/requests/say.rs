//! Saying it: what happened, where, and the last look, one thing a page. Nothing is kept on the way but in the pages
//! themselves, so going back loses nothing and no script is needed.

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderValue, StatusCode, header},
};
use linli_engine::{
    cases::{Channel, file::Report},
    directory::Place,
    edge,
    ids::{Level, PlaceCode},
    limits,
    vault::{Caller, Secret},
};
use serde::Deserialize;

use super::viewer::track_cookie;
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::Who,
    forms::Sent,
    page::{go, show_as},
    uploads::{self, Upload},
};

/// How long back neighbours' reports are looked at, milliseconds.
const NEARBY_MS: i64 = 14 * 24 * 3_600_000;

/// What is known so far.
#[derive(Clone, Default)]
struct Draft {
    key: String,
    text: String,
    words: String,
    place: Option<PlaceCode>,
    at: Option<PlaceCode>,
    address: String,
    category: String,
    same_as: String,
    name: String,
    contact: String,
    confidential: bool,
}

/// What is wrong: the control and the sentence.
type Wrong = Vec<(&'static str, String)>;

#[derive(Template)]
#[template(path = "requests/say.html")]
struct WhatPage {
    page: Page,
    draft: Draft,
    wrong: Wrong,
}

#[derive(Template)]
#[template(path = "requests/place.html")]
struct WherePage {
    page: Page,
    draft: Draft,
    wrong: Wrong,
    found: Vec<(PlaceCode, String)>,
    below: Vec<(PlaceCode, String)>,
}

#[derive(Template)]
#[template(path = "requests/last.html")]
struct LastPage {
    page: Page,
    draft: Draft,
    wrong: Wrong,
    place: String,
    category: String,
    categories: Vec<(String, String)>,
    nearby: Vec<String>,
}

impl Draft {
    fn read(sent: &Sent) -> Self {
        let place = |name: &str| sent.text(name).parse().ok();
        Self {
            key: sent.key().unwrap_or_else(|_| linli_engine::hex(&edge::new_id())),
            text: sent.text("say").to_owned(),
            words: sent.text("words").to_owned(),
            place: place("place"),
            at: place("at"),
            address: sent.text("address").to_owned(),
            category: sent.text("category").to_owned(),
            same_as: sent.text("same_as").to_owned(),
            name: sent.text("name").to_owned(),
            contact: sent.text("contact").to_owned(),
            confidential: sent.ticked("confidential"),
        }
    }

    /// What the other pages carry unseen.
    fn carried(&self, but: &[&str]) -> Vec<(&'static str, String)> {
        let code = |c: &Option<PlaceCode>| c.as_ref().map(ToString::to_string).unwrap_or_default();
        let all = [
            ("key", self.key.clone()),
            ("say", self.text.clone()),
            ("words", self.words.clone()),
            ("place", code(&self.place)),
            ("at", code(&self.at)),
            ("address", self.address.clone()),
            ("category", self.category.clone()),
            ("name", self.name.clone()),
            ("contact", self.contact.clone()),
            ("confidential", if self.confidential { "on".to_owned() } else { String::new() }),
        ];
        all.into_iter().filter(|(name, value)| !but.contains(name) && !value.is_empty()).collect()
    }
}

/// What home sends along.
#[derive(Deserialize)]
pub struct Begin {
    #[serde(default)]
    say: String,
}

/// `GET /report`.
pub async fn begin(ctx: Ctx, Query(begin): Query<Begin>) -> Reply {
    let draft = Draft { key: linli_engine::hex(&edge::new_id()), text: begin.say, ..Draft::default() };
    what(&ctx, draft, Vec::new())
}

/// `POST /report`: the next page, or one back; the last sends it.
pub async fn step(ctx: Ctx, upload: Upload) -> Reply {
    let sent = &upload.sent;
    let mut draft = Draft::read(sent);
    if draft.text.is_empty() || draft.text.chars().count() > limits::BODY_CHARS {
        let words = if draft.text.is_empty() { ctx.t("say-what-missing") } else { ctx.t("say-what-long") };
        return what(&ctx, draft, vec![("say", words)]);
    }
    match sent.text("step") {
        "what" => what(&ctx, draft, Vec::new()),
        "deeper" => {
            draft.at = sent.text("pick").parse().ok().or(draft.at);
            draft.place = None;
            place(&ctx, draft, Vec::new())
        }
        "up" => {
            draft.at = draft.at.and_then(|at| at.parent());
            draft.place = None;
            place(&ctx, draft, Vec::new())
        }
        "last" => {
            let picked: Option<PlaceCode> = sent.text("pick").parse().ok();
            let chosen = draft.place.take().or(picked).or(draft.at.clone());
            match chosen.filter(|c| c.level() >= Level::Street && ctx.engine().directory().place(c).is_some()) {
                Some(chosen) => {
                    draft.place = Some(chosen);
                    last(&ctx, draft, Vec::new(), StatusCode::OK).await
                }
                None => place(&ctx, draft, vec![("place", ctx.t("say-where-missing"))]),
            }
        }
        "send" => send(&ctx, draft, upload).await,
        _ => place(&ctx, draft, Vec::new()),
    }
}

fn status(wrong: &Wrong) -> StatusCode {
    if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn what(ctx: &Ctx, draft: Draft, wrong: Wrong) -> Reply {
    show_as(status(&wrong), &WhatPage { page: Page::titled(ctx, "say-what"), draft, wrong })
}

fn place(ctx: &Ctx, mut draft: Draft, wrong: Wrong) -> Reply {
    let (directory, lang) = (ctx.engine().directory(), ctx.lang.code());
    let named = |p: &Place| (p.code.clone(), directory.place_name(&p.code, lang));
    let roots: Vec<PlaceCode> =
        directory.places().filter(|p| p.code.level() == Level::Street).map(|p| p.code.clone()).collect();
    let asked = format!("{} {}", draft.words, draft.text);
    let mut found: Vec<_> = roots
        .iter()
        .flat_map(|r| directory.locate(&asked, r, 5))
        .filter(|p| p.code.level() > Level::Street)
        .map(named)
        .collect();
    found.truncate(6);
    let home: Option<PlaceCode> = ctx.engine().home.to_string().parse().ok();
    draft.at = draft.at.or(if roots.len() == 1 { home } else { roots.first().and_then(PlaceCode::parent) });
    let children = draft.at.as_ref().map(|at| directory.children(at)).unwrap_or_default();
    let below = children.into_iter().map(|p| (p.code.clone(), p.name.get(lang).to_owned())).collect();
    show_as(status(&wrong), &WherePage { page: Page::titled(ctx, "say-where"), draft, wrong, found, below })
}

async fn last(ctx: &Ctx, mut draft: Draft, wrong: Wrong, status: StatusCode) -> Reply {
    let packs = ctx.engine().packs();
    let (pack, lang) = (packs.current(), ctx.lang.code());
    let found = pack.classify("", &draft.text).category;
    if draft.category.is_empty() {
        draft.category = found;
    }
    let place = draft.place.clone().ok_or_else(Fault::not_found)?;
    let since = ctx.engine().clock.now().plus(-NEARBY_MS);
    let nearby = ctx.engine().nearby(&place, &draft.category, since).await?;
    let category = pack.category(&draft.category).map(|c| c.title.get(lang).to_owned()).unwrap_or_default();
    let top = |code: &str| code.split('.').count() <= 2;
    let categories = pack.categories().iter().filter(|c| top(&c.code) || c.code == draft.category);
    let indented = |c: &linli_engine::pack::Category| {
        let indent = if c.parent.is_some() { "\u{2003}" } else { "" };
        (c.code.clone(), format!("{indent}{}", c.title.get(lang)))
    };
    let template = LastPage {
        page: Page::titled(ctx, "say-last"),
        wrong,
        place: ctx.engine().directory().place_name(&place, lang),
        category,
        categories: categories.map(indented).collect(),
        nearby: nearby.into_iter().map(|h| h.number).collect(),
        draft,
    };
    show_as(status, &template)
}

/// Files it. Pictures are checked and kept first, and belong to the case before anybody is told that it was filed.
async fn send(ctx: &Ctx, draft: Draft, upload: Upload) -> Reply {
    if let Some(fault) = upload.refused {
        return last(ctx, draft, vec![("photos", fault.words(ctx.lang))], fault.status).await;
    }
    let kept = match uploads::keep(ctx, upload.sent.files).await {
        Ok(kept) => kept,
        Err(fault) => return last(ctx, draft, vec![("photos", fault.words(ctx.lang))], fault.status).await,
    };
    for (field, text, most) in
        [("name", &draft.name, limits::NAME_CHARS), ("contact", &draft.contact, limits::NAME_CHARS)]
    {
        if text.chars().count() > most {
            let words = Page::titled(ctx, "say-last").t1("say-too-long", "most", most);
            return last(ctx, draft.clone(), vec![(field, words)], StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    let filed = match ctx.engine().file(report(ctx, &draft)?).await {
        Ok(filed) => filed,
        Err(error) => {
            let fault = Fault::from(error);
            return last(ctx, draft, vec![("send", fault.words(ctx.lang))], fault.status).await;
        }
    };
    uploads::attach(ctx, filed.key, kept).await?;
    let mut response = go(&format!("/c/{}/{}/done", filed.key.jurisdiction, filed.number));
    if let Ok(value) = HeaderValue::from_str(&track_cookie(ctx, filed.key)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn report(ctx: &Ctx, draft: &Draft) -> Result<Report, Fault> {
    let person = match ctx.who {
        Who::Resident(person) => Some(person),
        _ => None,
    };
    // "The same as a neighbour's" is said to whoever dispatches; it files a report of its own all the same.
    let same = (!draft.same_as.is_empty())
        .then(|| Page::titled(ctx, "say-last").t1("say-same-line", "number", &draft.same_as));
    let body = same.map_or_else(|| draft.text.clone(), |line| format!("{}\n{line}", draft.text));
    Ok(Report {
        key: format!("web:{}", draft.key),
        channel: Channel::Web,
        kind: None,
        category: (!draft.category.is_empty()).then(|| draft.category.clone()),
        title: String::new(),
        body,
        place: draft.place.clone().ok_or_else(Fault::not_found)?,
        address: draft.address.clone(),
        point: None,
        caller: Caller {
            person,
            name: Secret::new(draft.name.clone()),
            contact: Secret::new(draft.contact.clone()),
            confidential: draft.confidential,
        },
        at: None,
        dispatch: ctx.app.config.auto_dispatch,
    })
}
