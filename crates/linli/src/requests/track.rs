//! Following a case without an account: its number and tracking code open it.

use std::sync::LazyLock;

use askama::Template;
use axum::http::StatusCode;

use super::{draft::Wrong, pass};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{show, show_as},
    tries::{Address, Tries},
};

/// Wrong codes that an address may give in a minute: a code has 60 bits, so this is about load, not about luck.
static WRONG: LazyLock<Tries> = LazyLock::new(|| Tries::new(10, 60_000));

#[derive(Template)]
#[template(path = "requests/track.html")]
struct TrackPage {
    page: Page,
    number: String,
    wrong: Vec<Wrong>,
}

/// `GET /track`.
pub async fn page(ctx: Ctx) -> Reply {
    show(&TrackPage { page: Page::titled(&ctx, "track-title"), number: String::new(), wrong: Vec::new() })
}

/// `POST /track`.
pub async fn open(ctx: Ctx, address: Address, sent: Sent) -> Reply {
    let now = ctx.engine().clock.now();
    if let Some(wait) = WRONG.wait(address, now) {
        let seconds = (wait / 1000 + 1).to_string();
        return Err(Fault::new(StatusCode::TOO_MANY_REQUESTS, "fault-too-often").with("wait", seconds));
    }
    let joined = |name| sent.text(name).split_whitespace().collect::<String>();
    let (number, code) = (joined("number"), joined("code"));
    if let Some(case) = ctx.engine().tracked(&number, &code).await? {
        return Ok(pass::go_with(&ctx, &format!("/c/{}/{number}", case.jurisdiction), case));
    }
    WRONG.count(address, now);
    // Which of the two is wrong is not said.
    let wrong = vec![Wrong { id: "number", words: ctx.t("track-wrong") }];
    let page = Page::titled(&ctx, "track-title");
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &TrackPage { page, number, wrong })
}
