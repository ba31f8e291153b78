//! The second page of a sign-in of staff: the code, or a recovery code.

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderMap, StatusCode},
};
use linli_engine::{
    db::Tx,
    edge, limits,
    sessions::{self, SignInError, Token, factor::Proof},
};

use super::{
    go_with, local,
    staff::{Next, refused},
};
use crate::web::{
    Ctx, Page, Reply,
    ctx::{cookie, cookie_value, set_cookie},
    forms::Sent,
    origin::Origin,
    page::{show, show_as},
};

#[derive(Template)]
#[template(path = "signin/second.html")]
struct SecondPage {
    page: Page,
    next: String,
    /// The field and what is wrong with it.
    wrong: Option<(&'static str, String)>,
}

/// Back to the password, for whoever has not given it or took too long.
fn back() -> Reply {
    Ok(go_with("/desk/signin", &[]))
}

fn half(headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, cookie::HALF).filter(|half| !half.is_empty()).map(str::to_owned)
}

/// `GET /desk/signin/code`.
pub async fn page(ctx: Ctx, headers: HeaderMap, Query(next): Query<Next>) -> Reply {
    if half(&headers).is_none() {
        return back();
    }
    let page = Page::titled(&ctx, "factor-code-title");
    show(&SecondPage { page, next: local(&next.next, "/desk"), wrong: None })
}

/// `POST /desk/signin/code`.
pub async fn check(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let Some(half) = half(&headers) else { return back() };
    let engine = ctx.engine().clone();
    let (home, now, token, next) =
        (engine.home, engine.clock.now(), Token::new(edge::secret()), local(sent.text("next"), "/desk"));
    let (code, recovery) = (sent.text("code").to_owned(), sent.text("recovery").to_owned());
    let field = if recovery.is_empty() { "code" } else { "recovery" };
    let shared = engine.clone();
    let finish = move |tx: &mut Tx<'_>| {
        let proof = if recovery.is_empty() { Proof::Code(&code) } else { Proof::Recovery(&recovery) };
        sessions::finish_half(tx, home, &shared.vault_key, &half, proof, &origin, now, &token)
    };
    match engine.db.write(finish).await? {
        Ok(session) => {
            let cookies = [
                set_cookie(&ctx.app.config, cookie::SESSION, &session, limits::STAFF_SESSION_MS / 1000),
                set_cookie(&ctx.app.config, cookie::HALF, "", 0),
            ];
            Ok(go_with(&next, &cookies))
        }
        Err(error) => {
            let page = Page::titled(&ctx, "factor-code-title");
            let key = if error == SignInError::WrongCode && field == "recovery" {
                page.t("factor-wrong-recovery")
            } else {
                refused(&page, error)
            };
            let page = SecondPage { page, next, wrong: Some((field, key)) };
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
