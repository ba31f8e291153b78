//! Staff sign in with a name and a password.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use linli_engine::{
    db::Tx,
    edge, limits,
    sessions::{self, Opened, SignInError, Token},
};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::{go_with, local};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{cookie, set_cookie},
    forms::Sent,
    origin::Origin,
    page::{show, show_as},
    routes::percent,
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
    pub(super) next: String,
}

/// `GET /desk/signin`.
pub async fn page(ctx: Ctx, Query(next): Query<Next>) -> Reply {
    let page = Page::titled(&ctx, "signin-staff-title");
    show(&StaffPage { page, login: String::new(), next: local(&next.next, "/desk"), error: None })
}

/// `POST /desk/signin`.
pub async fn sign_in(ctx: Ctx, Origin(origin): Origin, sent: Sent) -> Reply {
    let engine = ctx.engine().clone();
    let (home, now, token) = (engine.home, engine.clock.now(), Token::new(edge::secret()));
    let (login, password) =
        (sent.text("login").to_owned(), sent.fields.get("password").and_then(|v| v.first()).cloned());
    let (tried, shared) = (login.clone(), engine.clone());
    let begin = move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &shared.vault_key, &tried);
    let candidate = engine.db.read(begin).await?;
    let checked = {
        let _turn = CHECKS.acquire().await;
        let work = move || candidate.check(&password.unwrap_or_default());
        let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
        tokio::task::spawn_blocking(work).await.map_err(broken)?
    };
    let finish = move |tx: &mut Tx<'_>| sessions::finish_sign_in(tx, home, checked, &origin, now, &token);
    let done = engine.db.write(finish).await?;
    let next = local(sent.text("next"), "/desk");
    match done {
        Ok(Opened::Session(session)) => {
            let seconds = limits::STAFF_SESSION_MS / 1000;
            Ok(go_with(&next, &[set_cookie(&ctx.app.config, cookie::SESSION, &session, seconds)]))
        }
        Ok(Opened::Half(half)) => Ok(to_code(&ctx, &half, &next)),
        Err(error) => {
            let page = Page::titled(&ctx, "signin-staff-title");
            let error = Some(refused(&page, error));
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &StaffPage { page, login, next, error })
        }
    }
}

/// On to the code, with what says that the password was right.
fn to_code(ctx: &Ctx, half: &str, next: &str) -> Response {
    let held = set_cookie(&ctx.app.config, cookie::HALF, half, limits::HALF_SIGN_IN_MS / 1000);
    go_with(&format!("/desk/signin/code?next={}", percent(next)), &[held])
}

/// Why somebody was not let in, in their words.
pub(super) fn refused(page: &Page, error: SignInError) -> String {
    match error {
        SignInError::Wrong => page.t("signin-wrong"),
        SignInError::WrongCode => page.t("factor-wrong"),
        SignInError::Gone => page.t("factor-gone"),
        SignInError::Locked { until } => page.t1("signin-locked", "until", page.time(&until).words),
        SignInError::Disabled => page.t("signin-disabled"),
        SignInError::NoSeat => page.t("signin-no-seat"),
        SignInError::FirstTooOld => page.t("signin-first-too-old"),
    }
}
