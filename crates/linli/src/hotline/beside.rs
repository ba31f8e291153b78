//! What stands beside the words while they are typed: the category that they suggest, danger, answers at hand, open cases
//! that may be the same matter, and the sentence to read back before it is filed.

use askama::Template;
use axum::{Json, response::IntoResponse};
use linli_engine::{
    cases::{Head, Phase},
    ids::PlaceCode,
    pack::Danger,
    reading::{Because, Guess},
};
use linli_worktime::deadline;
use serde_json::json;

use super::{
    caller::sees,
    draft::{Draft, case_url},
    places,
};
use crate::web::{Ctx, Fault, Page, Reply, alarm::Alarm, answers::Answer, forms::Sent, guess, i18n};

/// How far back a case may lie that is the same matter.
const NEARBY_MS: i64 = 30 * 86_400_000;
/// Cases that may be the same matter.
const REPEATS: usize = 5;
/// Answers that are shown.
const ANSWERS: usize = 3;
/// Characters of the words that are read back.
const READ_CHARS: usize = 60;

/// An open case that may be the same matter.
pub struct Repeat {
    url: String,
    number: String,
    title: String,
    when: String,
}

/// What stands beside the words.
#[derive(Template)]
#[template(path = "hotline/beside.html")]
pub struct Beside {
    page: Page,
    answers: Vec<Answer>,
    repeats: Vec<Repeat>,
    typed: bool,
}

/// `POST /desk/new/think`.
pub async fn think(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let draft = Draft::of(&ctx, &sent);
    let page = Page::new(&ctx, "");
    let chosen = draft.meant(&ctx, seat);
    let named = if chosen.is_none() && draft.place_words.is_empty() { draft.named(&ctx, seat) } else { None };
    let place = chosen.or_else(|| named.clone());
    let beside = beside(&ctx, &draft, place.as_ref()).await?;
    let html = beside.render().map_err(|error| {
        tracing::error!(%error, "a piece of a page could not be drawn");
        Fault::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "fault-broken")
    })?;
    let category = draft.category(&ctx);
    let suggested = ctx.engine().suggest_category(&draft.letter(&ctx, place.as_ref()));
    let directory = ctx.engine().directory();
    let named = named
        .as_ref()
        .and_then(|code| directory.place(code))
        .map(|place| json!({ "code": place.code, "name": page.of(&place.name), "hint": places::hint(&ctx, place) }));
    let answer = json!({
        "category": category,
        "category_name": page.category(&category),
        "because": said(&ctx, &page, &draft, &suggested),
        "place": named,
        "class": draft.class(&ctx),
        "read": read_back(&ctx, &page, &draft, place.as_ref()),
        "beside": html,
    });
    Ok(Json(answer).into_response())
}

/// How sure the category is, and why; nothing before anything is written, or where somebody chose one.
fn said(ctx: &Ctx, page: &Page, draft: &Draft, suggested: &Guess) -> String {
    if suggested.because == Because::Nothing || !draft.category.is_empty() {
        return String::new();
    }
    let why = guess::why(ctx, page, suggested);
    format!("{} \u{b7} {}", guess::sure(page, suggested), why.trim_end_matches(['\u{ff1a}', ':']))
}

/// What stands beside the words.
pub async fn beside(ctx: &Ctx, draft: &Draft, place: Option<&PlaceCode>) -> Result<Beside, Fault> {
    let page = Page::new(ctx, "");
    let words = format!("{} {}", draft.title, draft.body);
    let known = ctx.engine().knowledge();
    let found = known.about(&words, ANSWERS);
    Ok(Beside {
        answers: found.into_iter().map(|entry| Answer::of(ctx, &page, entry)).collect(),
        repeats: repeats(ctx, draft, place).await?.iter().map(|head| repeat(&page, head)).collect(),
        typed: !draft.body.is_empty(),
        page,
    })
}

/// Open cases that may be the same matter: by their words, then those of the same category close by.
pub async fn repeats(ctx: &Ctx, draft: &Draft, place: Option<&PlaceCode>) -> Result<Vec<Head>, Fault> {
    let Some(place) = place.filter(|_| !draft.body.is_empty()) else { return Ok(Vec::new()) };
    let engine = ctx.engine();
    let since = engine.clock.now().plus(-NEARBY_MS);
    let alike = engine.alike(&draft.letter(ctx, Some(place)), REPEATS * 2);
    let alike = alike.into_iter().filter(|like| like.phase == Phase::Open).collect();
    let mut found: Vec<Head> = engine.cases_of(alike).await?.into_iter().map(|(_, head)| head).collect();
    // Who calls joins what is of their own street.
    found.retain(|head| head.key.jurisdiction == place.jurisdiction() && head.opened_at >= since);
    for head in engine.nearby(place, &draft.category(ctx), since).await? {
        if !found.iter().any(|known| known.key == head.key) {
            found.push(head);
        }
    }
    found.retain(|head| head.flow == "request" && sees(ctx, head));
    // Joining is what is offered of them.
    found = engine.joinable(found).await?;
    found.truncate(REPEATS);
    Ok(found)
}

fn repeat(page: &Page, head: &Head) -> Repeat {
    Repeat {
        url: case_url(head.key, &head.number),
        number: head.number.clone(),
        title: head.title.clone(),
        when: page.time(&head.opened_at).words,
    }
}

/// One sentence to read to the caller: where, what, whose it will be, and until when.
pub fn read_back(ctx: &Ctx, page: &Page, draft: &Draft, place: Option<&PlaceCode>) -> String {
    if draft.body.is_empty() {
        return String::new();
    }
    let packs = ctx.engine().packs();
    let pack = packs.current();
    let category = draft.category(ctx);
    let directory = ctx.engine().directory();
    let unit = place.and_then(|place| directory.lead(pack, &category, place));
    let now = ctx.engine().clock.now();
    let promise = pack.limit("promise", Some(&draft.class(ctx)));
    let due = promise.and_then(|limit| deadline(&pack.calendar, now, limit, &[]).at);
    let words = if draft.title.is_empty() { &draft.body } else { &draft.title };
    let place_name = place.and_then(|place| directory.place(place)).map(|place| page.of(&place.name).to_owned());
    let args = [
        ("place", place_name.unwrap_or_else(|| page.t("call-read-nowhere")).into()),
        ("words", short(words).into()),
        ("category", page.category(&category).into()),
        ("unit", unit.map_or_else(|| page.t("call-read-nobody"), |lead| page.org(lead.org.as_str())).into()),
        ("due", due.map(|at| page.time(&at).words).unwrap_or_default().into()),
    ];
    i18n::text(page.lang(), "call-read", &args)
}

/// The words in one line, without the stop at their end.
fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(READ_CHARS).collect();
    let cut = cut.trim_end_matches(['\u{3002}', '.', '\u{ff01}', '!', '\u{ff0c}', ',']).to_owned();
    if line.chars().count() > READ_CHARS { cut + "\u{2026}" } else { cut }
}

/// The danger that the words tell of.
pub fn alarm(ctx: &Ctx, page: &Page, draft: &Draft) -> Option<Alarm> {
    Alarm::told(ctx, page, &format!("{} {}", draft.title, draft.body))
}

/// All dangers with their words, for the page to watch for while somebody types.
pub fn watched(ctx: &Ctx, page: &Page) -> String {
    let packs = ctx.engine().packs();
    let danger = |danger: &Danger| {
        let alarm = Alarm::of(page, danger);
        json!({ "line": alarm.line, "title": alarm.title, "say": alarm.say, "any": danger.any, "none": danger.none })
    };
    json!(packs.current().dangers().iter().map(danger).collect::<Vec<_>>()).to_string()
}
