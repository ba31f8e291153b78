//! Filing for whoever calls, writes or comes by: one page, and then the case. Who they are goes to the vault and is
//! shown to nobody again.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    cases::{CaseError, Channel, Head, file::Report},
    db::Tx,
    edge,
    ids::{PersonId, PlaceCode},
    limits,
    seats::Seat,
    vault::{self, Caller, Phone, Secret},
};

use super::{
    case::{NEARBY_MS, case_url, sees},
    inbox::{Choice, below},
    search::categories,
    story::channel,
};
use crate::web::{
    Ctx, Fault, Page, Reply, act_form,
    forms::Sent,
    page::{go, show, show_as},
    uploads::{self, Upload},
};

/// Places that are offered.
const PLACES: usize = 8;

/// What was typed, and what is wrong with it.
struct Draft {
    key: String,
    channel: String,
    body: String,
    title: String,
    place_words: String,
    place: String,
    area: String,
    category: String,
    name: String,
    phone: String,
    confidential: bool,
    errors: Vec<(&'static str, String)>,
}

impl Draft {
    fn of(sent: &Sent) -> Self {
        let text = |name: &str| sent.text(name).to_owned();
        Self {
            key: sent.key().unwrap_or_else(|_| linli_engine::hex(&edge::new_id())),
            channel: text("channel"),
            body: text("body"),
            title: text("title"),
            place_words: text("where"),
            place: text("place"),
            area: text("area"),
            category: text("category"),
            name: text("name"),
            phone: text("phone"),
            confidential: sent.ticked("confidential"),
            errors: Vec::new(),
        }
    }

    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&String> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, words)| words)
    }

    /// The place that was chosen: one of those found, or else an area.
    fn chosen(&self, ctx: &Ctx, seat: &Seat) -> Option<PlaceCode> {
        let codes = [&self.place, &self.area].into_iter().filter_map(|code| code.parse::<PlaceCode>().ok());
        let directory = ctx.engine().directory();
        let known = |code: &PlaceCode| {
            seat.place.covers(code) && directory.place(code).is_some_and(|place| place.retired_at.is_none())
        };
        codes.into_iter().find(known)
    }
}

/// The ways in which somebody reaches a desk.
fn channels(page: &Page, chosen: &str) -> Vec<Choice> {
    let by_desk = Channel::ALL.into_iter().filter(|c| !matches!(c, Channel::Web | Channel::Import | Channel::Grid));
    let choice = |c: Channel| Choice {
        code: c.slug().to_owned(),
        name: channel(page, c.slug()),
        chosen: chosen == c.slug() || chosen.is_empty() && c == Channel::Phone,
    };
    by_desk.map(choice).collect()
}

struct Similar {
    url: String,
    title: String,
    when: String,
}

#[derive(Template)]
#[template(path = "desk/phone.html")]
struct PhonePage {
    page: Page,
    draft: Draft,
    channels: Vec<Choice>,
    places: Vec<Choice>,
    searched: bool,
    areas: Vec<Choice>,
    categories: Vec<Choice>,
    similar: Vec<Similar>,
}

/// `GET /desk/new`.
pub async fn page(ctx: Ctx) -> Reply {
    show(&draw(&ctx, Draft::of(&Sent::default()), false).await?)
}

/// `POST /desk/new`: finds places, or files.
pub async fn file(ctx: Ctx, upload: Upload) -> Reply {
    let Upload { sent, refused } = upload;
    let mut draft = Draft::of(&sent);
    if sent.text("do") == "find" {
        return show(&draw(&ctx, draft, true).await?);
    }
    let key = sent.key()?;
    if let Some(fault) = refused {
        draft.errors.push(("files", fault.words(ctx.lang)));
    }
    let report = check(&ctx, &mut draft, key).await?;
    let Some(report) = report.filter(|_| draft.errors.is_empty()) else { return refuse(&ctx, draft).await };
    let kept = match uploads::keep(&ctx, sent.files).await {
        Ok(kept) => kept,
        Err(fault) if fault.status.is_server_error() => return Err(fault),
        Err(fault) => {
            draft.errors.push(("files", fault.words(ctx.lang)));
            return refuse(&ctx, draft).await;
        }
    };
    let filed = match ctx.engine().file(report).await {
        Ok(filed) => filed,
        Err(CaseError::Field { field, problem }) => {
            let fault = Fault::from(CaseError::Field { field, problem });
            let title = ctx.t(&format!("desk-new-{field}"));
            let args = fault.args.iter().map(|(name, value)| (*name, if *name == "field" { &title } else { value }));
            let args: Vec<_> = args.map(|(name, value)| (name, value.as_str().into())).collect();
            draft.errors.push((field, crate::web::i18n::text(ctx.lang, fault.key, &args)));
            return refuse(&ctx, draft).await;
        }
        Err(error) => return Err(error.into()),
    };
    uploads::attach(&ctx, filed.key, kept).await?;
    Ok(go(&format!("/desk/cases/{}/{}?done=new", filed.key.jurisdiction, filed.number)))
}

async fn refuse(ctx: &Ctx, draft: Draft) -> Reply {
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &draw(ctx, draft, true).await?)
}

/// Reads the draft; what is wrong is noted in it.
async fn check(ctx: &Ctx, draft: &mut Draft, key: String) -> Result<Option<Report>, Fault> {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let mut wrong = Vec::new();
    if draft.body.is_empty() {
        wrong.push(("body", ctx.t("desk-new-body-missing")));
    }
    let place = draft.chosen(ctx, seat);
    if place.is_none() {
        wrong.push(("where", ctx.t("desk-new-place-missing")));
    }
    let phone = match draft.phone.as_str() {
        "" => None,
        text => text.parse::<Phone>().map_err(|_| wrong.push(("phone", ctx.t("desk-new-phone-wrong")))).ok(),
    };
    if draft.name.chars().count() > limits::NAME_CHARS {
        let problem = linli_engine::pack::FieldProblem::TooLong { max: limits::NAME_CHARS };
        wrong.push(("name", act_form::problem(ctx, &ctx.t("desk-new-name"), &problem)));
    }
    let channel = channels(&Page::new(ctx, ""), &draft.channel).into_iter().find(|choice| choice.chosen);
    let channel = channel.and_then(|choice| Channel::from_slug(&choice.code)).unwrap_or(Channel::Phone);
    draft.errors.extend(wrong);
    let Some(place) = place.filter(|_| draft.errors.is_empty()) else { return Ok(None) };
    let caller = caller(ctx, draft, phone).await?;
    Ok(Some(Report {
        key,
        channel,
        kind: None,
        category: Some(draft.category.clone()).filter(|code| !code.is_empty()),
        title: draft.title.clone(),
        body: draft.body.clone(),
        place,
        address: draft.place_words.clone(),
        point: None,
        caller,
        at: None,
        dispatch: ctx.app.config.auto_dispatch,
        joins: None,
    }))
}

/// Who calls, for the vault. A mobile number is a person, who can sign in with it and follow the case.
async fn caller(ctx: &Ctx, draft: &Draft, phone: Option<Phone>) -> Result<Caller, Fault> {
    let name = Secret::new(draft.name.clone());
    let mut person = None;
    if let Some(mobile) = phone.clone().filter(Phone::is_mobile) {
        let (engine, name, new) = (ctx.engine().clone(), name.clone(), PersonId::new());
        let now = engine.clock.now();
        let made = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
            vault::person_or_create(tx, engine.home, &engine.vault_key, &mobile, &name, new, now)
        });
        person = Some(made.await?);
    }
    let contact = phone.map_or_else(|| Secret::new(String::new()), Secret::from);
    Ok(Caller { person, name, contact, confidential: draft.confidential })
}

async fn draw(ctx: &Ctx, draft: Draft, searched: bool) -> Result<PhonePage, Fault> {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "desk-new");
    let found = if searched { find(ctx, &draft, seat) } else { Vec::new() };
    let chosen = draft.chosen(ctx, seat).or_else(|| found.first().cloned());
    let choice = |code: &PlaceCode| Choice {
        name: page.place(code),
        chosen: chosen.as_ref() == Some(code),
        code: code.to_string(),
    };
    Ok(PhonePage {
        channels: channels(&page, &draft.channel),
        places: found.iter().map(choice).collect(),
        searched,
        areas: below(ctx, &page, seat, draft.area.parse().ok().as_ref()),
        categories: categories(ctx, &page, Some(draft.category.as_str())),
        similar: similar(ctx, &page, &draft, chosen.as_ref()).await?,
        draft,
        page,
    })
}

/// The places that the words point to: those of the field, or else those of the report; a code stands for itself.
fn find(ctx: &Ctx, draft: &Draft, seat: &Seat) -> Vec<PlaceCode> {
    let directory = ctx.engine().directory();
    if let Ok(code) = draft.place_words.parse::<PlaceCode>()
        && seat.place.covers(&code)
        && directory.place(&code).is_some()
    {
        return vec![code];
    }
    let locate = |words: &str| -> Vec<PlaceCode> {
        directory.locate(words, &seat.place, PLACES).into_iter().map(|place| place.code.clone()).collect()
    };
    let found = locate(&draft.place_words);
    if found.is_empty() { locate(&draft.body) } else { found }
}

/// Open cases that may be the same matter: the caller can be told how far they are.
async fn similar(ctx: &Ctx, page: &Page, draft: &Draft, place: Option<&PlaceCode>) -> Result<Vec<Similar>, Fault> {
    let Some(place) = place.filter(|_| !draft.body.is_empty()) else { return Ok(Vec::new()) };
    let category = match draft.category.as_str() {
        "" => ctx.engine().packs().current().classify(&draft.title, &draft.body).category,
        code => code.to_owned(),
    };
    let since = ctx.engine().clock.now().plus(-NEARBY_MS);
    let found = ctx.engine().nearby(place, &category, since).await?;
    let similar = |head: &Head| Similar {
        url: case_url(head),
        title: head.title.clone(),
        when: page.time(&head.opened_at).words,
    };
    Ok(found.iter().filter(|head| sees(ctx, head)).map(similar).collect())
}
