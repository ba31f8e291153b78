//! Staff sign in with a name and a password.

use askama::Template;
use axum::{extract::Query, http::StatusCode};
use linli_engine::{
    db::Tx,
    edge, limits,
    sessions::{self, SignInError, Token},
};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::{go_with, local};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{cookie, set_cookie},
    forms::Sent,
    page::{show, show_as},
};

/// Passwords checked at once: each takes a core for a while.
pub(super) static CHECKS: Semaphore = Semaphore::const_new(2);

#[derive(Template)]
#[template(path = "signin/staff.html")]
struct StaffPage {
    page: Page,
    login: String,
    next: String,
    error: Option<String>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /desk/signin`.
pub async fn page(ctx: Ctx, Query(next): Query<Next>) -> Reply {
    let page = Page::titled(&ctx, "signin-staff-title");
    show(&StaffPage { page, login: String::new(), next: local(&next.next, "/desk"), error: None })
}

/// `POST /desk/signin`.
pub async fn sign_in(ctx: Ctx, sent: Sent) -> Reply {
    let engine = ctx.engine().clone();
    let (home, now, token) = (engine.home, engine.clock.now(), Token::new(edge::secret()));
    let (login, password) =
        (sent.text("login").to_owned(), sent.fields.get("password").and_then(|v| v.first()).cloned());
    let tried = login.clone();
    let candidate = engine.db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &tried)).await?;
    let checked = {
        let _turn = CHECKS.acquire().await;
        let work = move || candidate.check(&password.unwrap_or_default());
        let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
        tokio::task::spawn_blocking(work).await.map_err(broken)?
    };
    let done = engine.db.write(move |tx: &mut Tx<'_>| sessions::finish_sign_in(tx, home, checked, now, &token)).await?;
    let next = local(sent.text("next"), "/desk");
    match done {
        Ok(session) => {
            let seconds = limits::STAFF_SESSION_MS / 1000;
            Ok(go_with(&next, &[set_cookie(&ctx.app.config, cookie::SESSION, &session, seconds)]))
        }
        Err(error) => {
            let page = Page::titled(&ctx, "signin-staff-title");
            let words = match error {
                SignInError::Wrong => page.t("signin-wrong"),
                SignInError::Locked { until } => page.t1("signin-locked", "until", page.time(&until).words),
                SignInError::Disabled => page.t("signin-disabled"),
                SignInError::NoSeat => page.t("signin-no-seat"),
                SignInError::FirstTooOld => page.t("signin-first-too-old"),
            };
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &StaffPage { page, login, next, error: Some(words) })
        }
    }
}
