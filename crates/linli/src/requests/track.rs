//! Following a matter like a parcel: who has it, since when, what comes next, the promised day, the reason for each delay.

use std::sync::LazyLock;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
};
use linli_engine::cases::{
    Phase,
    read::Dossier,
    timeline::{Audience, Entry, Sort, fill, timeline, words},
};
use serde::Deserialize;

use super::viewer::{dossier, track_cookie};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{show, show_as},
    tries::{Address, Tries},
};

/// Wrong codes that an address may give in a minute.
static WRONG: LazyLock<Tries> = LazyLock::new(|| Tries::new(10, 60_000));

#[derive(Template)]
#[template(path = "requests/ask.html")]
struct AskPage {
    page: Page,
    number: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "requests/track.html")]
struct TrackPage {
    page: Page,
    d: Dossier,
    base: String,
    state: String,
    story: Vec<Entry>,
    now: Vec<Standing>,
    after: Vec<String>,
    delay: Option<String>,
    asked: Option<Button>,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "requests/done.html")]
struct DonePage {
    page: Page,
    d: Dossier,
    base: String,
    tracking: String,
}

/// What is open, in the resident's words.
struct Standing {
    says: String,
    owner: String,
    due_at: linli_worktime::Millis,
}

/// Something that the resident may do.
struct Button {
    act: String,
    words: String,
    class: &'static str,
}

/// `GET /track`.
pub async fn ask(ctx: Ctx) -> Reply {
    show(&AskPage { page: Page::titled(&ctx, "track-title"), number: String::new(), error: None })
}

/// `POST /track`.
pub async fn find(ctx: Ctx, address: Address, sent: Sent) -> Reply {
    let now = ctx.engine().clock.now();
    if let Some(wait) = WRONG.wait(address, now) {
        return Err(
            Fault::new(StatusCode::TOO_MANY_REQUESTS, "fault-too-often").with("wait", (wait / 1000 + 1).to_string())
        );
    }
    let (number, code) = (sent.text("number"), sent.text("code"));
    match ctx.engine().tracked(number, code).await? {
        Some(case) => {
            let to = format!("/c/{}/{number}", case.jurisdiction);
            let mut response = crate::web::page::go(&to);
            if let Ok(value) = axum::http::HeaderValue::from_str(&track_cookie(&ctx, case)) {
                response.headers_mut().append(axum::http::header::SET_COOKIE, value);
            }
            Ok(response)
        }
        None => {
            WRONG.count(address, now);
            let error = Some(ctx.t("track-wrong"));
            let page = AskPage { page: Page::titled(&ctx, "track-title"), number: number.to_owned(), error };
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// `GET /c/{jurisdiction}/{number}`.
pub async fn page(
    ctx: Ctx,
    headers: HeaderMap,
    Path((j, number)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Reply {
    let (d, _) = dossier(&ctx, &headers, &j, &number).await?;
    let mut page = Page::new(&ctx, &d.head.title);
    page.done = d.flow.side(&done.done).map(|_| ()).or_else(|| known_act(&d, &done.done)).map(|()| ctx.t("track-done"));
    let lang = ctx.lang.code();
    let directory = ctx.engine().directory();
    let now: Vec<Standing> = d
        .steps
        .iter()
        .filter_map(|s| {
            let said = fill(s.says.as_ref()?.get(lang), |name| words(&d, &directory, name, d.case.field(name), lang));
            Some(Standing { says: said, owner: page.owner(&s.owner), due_at: s.due_at })
        })
        .collect();
    let late = d.head.promised_at.is_some_and(|at| at < ctx.engine().clock.now()) && d.head.phase == Phase::Open;
    let template = TrackPage {
        base: format!("/c/{j}/{number}"),
        state: state(&page, &d),
        story: timeline(&d, &directory, Audience::Resident, lang),
        after: after(&page, &d),
        delay: late.then(|| page.t("track-late")),
        asked: buttons(&page, &d).0,
        buttons: buttons(&page, &d).1,
        now,
        page,
        d,
    };
    show(&template)
}

fn known_act(d: &Dossier, act: &str) -> Option<()> {
    let step = d.flow.steps().iter().any(|s| s.act(act).is_some());
    (step || d.flow.cancel(act).is_some()).then_some(())
}

/// How it stands, in one word or two.
pub fn state(page: &Page, d: &Dossier) -> String {
    match (&d.head.outcome, d.head.phase) {
        (Some(outcome), _) if d.head.phase != Phase::Open => {
            d.flow.outcomes().get(outcome).map_or_else(|| outcome.clone(), |t| page.of(t).to_owned())
        }
        (_, Phase::Open) => d.steps.first().map_or_else(|| page.t("track-open"), |s| page.of(&s.title).to_owned()),
        _ => page.t("track-closed"),
    }
}

/// What comes after what is open now, as far as it can be said.
fn after(page: &Page, d: &Dossier) -> Vec<String> {
    let open = |step: &str| d.case.is_open(step);
    let path = [
        ("sign", &["triage", "ruling"][..]),
        ("contact", &["triage", "sign", "ruling"]),
        ("result", &["contact", "waiting", "parked", "extension", "handle"]),
        ("confirm", &["handle", "review", "tell", "contact"]),
    ];
    let ahead = path.iter().filter(|(_, from)| from.iter().any(|s| open(s)));
    ahead.map(|(next, _)| page.t(&format!("track-next-{next}"))).collect()
}

/// What is asked of the resident first, and what else they may do.
fn buttons(page: &Page, d: &Dossier) -> (Option<Button>, Vec<Button>) {
    let mut asked = None;
    let mut others = Vec::new();
    for offer in d.offers.iter().filter(|o| o.barred.is_none()) {
        let key = format!("track-do-{}", offer.act);
        let words =
            if crate::web::i18n::has(page.lang(), &key) { page.t(&key) } else { page.of(&offer.title).to_owned() };
        let button = |class| Button { act: offer.act.clone(), words: words.clone(), class };
        match offer.act.as_str() {
            "tell_more" | "answered" | "lasted" if asked.is_none() => asked = Some(button("btn btn-main")),
            "withdraw" => others.push(button("btn btn-danger")),
            _ => others.push(button("btn")),
        }
    }
    others.sort_by_key(|b| b.class != "btn");
    (asked, others)
}

/// `GET /c/{jurisdiction}/{number}/done`.
pub async fn done(ctx: Ctx, headers: HeaderMap, Path((j, number)): Path<(String, String)>) -> Reply {
    let (d, _) = dossier(&ctx, &headers, &j, &number).await?;
    let (page, tracking) = (Page::titled(&ctx, "say-done-title"), ctx.engine().tracking_code(d.head.key));
    show(&DonePage { page, base: format!("/c/{j}/{number}"), tracking, d })
}

/// How an entry of the story is marked.
fn mark(sort: Sort) -> &'static str {
    if let Sort::Late(_) = sort { "late" } else { "done" }
}

/// The key of the sentence that asks the resident for an act.
fn asked_key(act: &str) -> &'static str {
    match act {
        "tell_more" => "track-ask-tell_more",
        "lasted" => "track-ask-lasted",
        _ => "track-ask-answered",
    }
}
