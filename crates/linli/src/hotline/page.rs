//! The form.

use askama::Template;
use axum::{http::StatusCode, response::IntoResponse};
use linli_engine::{
    cases::{Channel, call::CallDay},
    directory::initials,
    ids::PlaceCode,
    seats::Seat,
};
use linli_worktime::Millis;

use super::{
    beside::{self, Beside},
    caller::{EarlierPiece, earlier},
    draft::Draft,
    places,
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    alarm::Alarm,
    asked::Asked,
    forms::Sent,
    page::{go, show, show_as},
};

/// Calls from which on their average says something.
const AVERAGED: i64 = 5;
/// Places that are offered where no script finds them.
const PLACES: usize = 8;

/// Something to choose.
pub struct Choice {
    /// What is sent.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What stands below it, or the first letters by which a keyboard finds it.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "hotline/call.html")]
struct CallPage {
    page: Page,
    draft: Draft,
    /// The seat, so that what one person typed is not shown to the next at the same screen.
    seat: String,
    now: i64,
    channels: Vec<Choice>,
    places: Vec<Choice>,
    searched: bool,
    areas: Vec<Choice>,
    categories: Vec<Choice>,
    classes: Vec<Choice>,
    later: Vec<Choice>,
    lines: Vec<Choice>,
    place_name: String,
    read: String,
    alarm: Option<Alarm>,
    dangers: String,
    earlier: EarlierPiece,
    beside: Beside,
    today: String,
}

/// `GET /desk/new`. A number that a softphone wrote into the query goes where browsers keep it to themselves.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    if let Some(number) = asked.get("tel") {
        let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').take(20).collect();
        return Ok(go(&format!("/desk/new#tel={digits}")));
    }
    let mut draft = Draft::of(&ctx, &Sent::default());
    if let Some(from) = asked.get("from") {
        from.clone_into(&mut draft.from);
        take_up(&ctx, &mut draft).await?;
    }
    show(&draw(&ctx, draft, false).await?)
}

/// What was typed in the call that was put off.
async fn take_up(ctx: &Ctx, draft: &mut Draft) -> Result<(), Fault> {
    let (street, number) = draft.continues().ok_or_else(Fault::not_found)?;
    let street = street.parse().map_err(|_| Fault::not_found())?;
    let d = ctx.engine().case(street, number, &ctx.viewer()).await?;
    if d.head.flow != linli_engine::cases::call::CALLBACK || d.case.is_ended() {
        return Err(Fault::new(StatusCode::CONFLICT, "fault-ended"));
    }
    let empty = d.head.body == ctx.t("call-later-empty");
    draft.body = if empty { String::new() } else { d.head.body.clone() };
    draft.place_words.clone_from(&d.head.address);
    // The place of a call that was put off is that of the desk, unless one had been chosen.
    let chosen = ctx.seat().is_none_or(|seat| Draft::anywhere(ctx, seat).as_ref() != Some(&d.head.place));
    if chosen {
        draft.place = d.head.place.to_string();
    }
    if d.head.category != "other" {
        draft.category.clone_from(&d.head.category);
    }
    Ok(())
}

/// The form again, with what is wrong with it.
pub async fn refuse(ctx: &Ctx, draft: Draft) -> Reply {
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &draw(ctx, draft, true).await?)
}

/// The form with what the words point to.
pub async fn found(ctx: &Ctx, draft: Draft) -> Reply {
    Ok(show(&draw(ctx, draft, true).await?)?.into_response())
}

async fn draw(ctx: &Ctx, draft: Draft, searched: bool) -> Result<CallPage, Fault> {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "call-title");
    let picked = draft.chosen(ctx, seat);
    let mut found = if searched { find(ctx, &draft, seat) } else { Vec::new() };
    if let Some(picked) = picked.as_ref().filter(|picked| !found.contains(picked) && !draft.place.is_empty()) {
        found.insert(0, picked.clone());
    }
    let chosen = picked.clone().or_else(|| found.first().cloned());
    let directory = ctx.engine().directory();
    let choice = |code: &PlaceCode| {
        let place = directory.place(code);
        Choice {
            name: place.map_or_else(String::new, |place| page.of(&place.name).to_owned()),
            hint: place.map_or_else(String::new, |place| places::hint(ctx, place)),
            chosen: chosen.as_ref() == Some(code),
            code: code.to_string(),
        }
    };
    let today = ctx.engine().calls_today(seat).await?;
    Ok(CallPage {
        seat: seat.id.to_string(),
        now: ctx.engine().clock.now().0,
        channels: channels(&page, &draft),
        places: found.iter().map(choice).collect(),
        searched,
        areas: directory.children(&seat.place).iter().map(|place| choice(&place.code)).collect(),
        categories: categories(ctx, &page, &draft),
        classes: choices(ctx, &page, "class", &draft.class),
        later: later(ctx, &page, &draft),
        lines: choices(ctx, &page, "emergency_line", ""),
        place_name: picked.as_ref().map(|code| choice(code).name).unwrap_or_default(),
        read: beside::read_back(ctx, &page, &draft, chosen.as_ref()),
        alarm: beside::alarm(ctx, &page, &draft),
        dangers: beside::watched(ctx, &page),
        earlier: earlier(ctx, &draft.phone).await?,
        beside: beside::beside(ctx, &draft, chosen.as_ref()).await?,
        today: said_today(&page, &today),
        draft,
        page,
    })
}

/// How many calls came today, and how long one took where there were enough of them to tell.
fn said_today(page: &Page, today: &CallDay) -> String {
    let n = i64::try_from(today.calls).unwrap_or_default();
    match n {
        0 => page.t("call-today-none"),
        _ if n < AVERAGED || today.average_ms < 1000 => page.n("call-today-few", n),
        _ => {
            let args = [("n", n.into()), ("span", spoken_span(page, today.average_ms).into())];
            crate::web::i18n::text(page.lang(), "call-today", &args)
        }
    }
}

/// A short length of time, to the second.
pub fn spoken_span(page: &Page, ms: i64) -> String {
    let seconds = ms / 1000;
    let args = [("minutes", (seconds / 60).into()), ("seconds", (seconds % 60).into())];
    crate::web::i18n::text(page.lang(), if seconds < 60 { "call-seconds" } else { "call-minutes" }, &args)
}

/// The places that the words point to: those of the field, or else those of the report.
fn find(ctx: &Ctx, draft: &Draft, seat: &Seat) -> Vec<PlaceCode> {
    let directory = ctx.engine().directory();
    let near: Option<PlaceCode> = draft.place.parse().ok();
    let codes = |places: Vec<&linli_engine::directory::Place>| {
        places.into_iter().map(|place| place.code.clone()).collect::<Vec<_>>()
    };
    let found = codes(directory.find(&draft.place_words, &seat.place, near.as_ref(), PLACES));
    if !found.is_empty() {
        return found;
    }
    let named = ctx.engine().places_named(&format!("{}\n{}", draft.title, draft.body), &seat.place, PLACES);
    let named: Vec<_> = named.into_iter().map(|named| named.code).collect();
    if named.is_empty() { codes(directory.locate(&draft.body, &seat.place, PLACES)) } else { named }
}

/// The ways in which somebody reaches a desk.
fn channels(page: &Page, draft: &Draft) -> Vec<Choice> {
    let way = draft.way();
    let choice = |c: Channel| Choice {
        code: c.slug().to_owned(),
        name: page.t(&format!("call-channel-{}", c.slug())),
        hint: String::new(),
        chosen: way == c,
    };
    [Channel::Phone, Channel::Letter, Channel::Visit].into_iter().map(choice).collect()
}

/// All categories, each with its way down and the first letters by which a keyboard finds it.
fn categories(ctx: &Ctx, page: &Page, draft: &Draft) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let choice = |category: &linli_engine::pack::Category| {
        let title = page.of(&category.title);
        let above = category.parent.as_deref().map(|parent| page.category(parent));
        Choice {
            code: category.code.clone(),
            name: above.map_or_else(|| title.to_owned(), |above| format!("{title} \u{b7} {above}")),
            hint: format!("{} {}", initials(page.of(&category.title)), category.title.zh),
            chosen: category.code == draft.category,
        }
    };
    packs.current().categories().iter().map(choice).collect()
}

/// The choices of a field of the pack.
fn choices(ctx: &Ctx, page: &Page, field: &str, chosen: &str) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let field = packs.current().field(field);
    let choice = |choice: &linli_engine::pack::Choice| Choice {
        code: choice.code.clone(),
        name: page.of(&choice.title).to_owned(),
        hint: String::new(),
        chosen: choice.code == chosen,
    };
    field.iter().flat_map(|field| &field.choices).map(choice).collect()
}

/// A few times at which to call back: in half an hour, in two hours, this evening, tomorrow morning.
fn later(ctx: &Ctx, page: &Page, draft: &Draft) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let calendar = &packs.current().calendar;
    let now = ctx.engine().clock.now();
    let soon = |minutes: i64| now.plus(minutes * 60_000);
    let today = calendar.date_of(now);
    let at = |date: linli_worktime::Date, clock: &str| calendar.parse_local(&format!("{date} {clock}:00")).ok();
    let evening = at(today, "18:30").filter(|at| *at > soon(150));
    let morning = today.tomorrow().ok().and_then(|day| at(day, "09:00"));
    let times: Vec<Millis> = [Some(soon(30)), Some(soon(120)), evening, morning].into_iter().flatten().collect();
    let choice = |at: Millis| {
        let exact = calendar.rfc3339(at);
        let code = exact.get(..16).unwrap_or_default().replace('T', " ");
        Choice { name: page.time(&at).words, hint: String::new(), chosen: draft.at == code, code }
    };
    times.into_iter().map(choice).collect()
}

impl CallPage {
    /// Whether something is wrong with a field.
    fn bad(&self, field: &str) -> bool {
        self.draft.error(field).is_some()
    }
}
