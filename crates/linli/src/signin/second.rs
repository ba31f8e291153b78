//! The second page of a sign-in of staff: a passkey, the code, or a recovery code.

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderMap, StatusCode},
};
use linli_engine::{
    db::Tx,
    edge, limits,
    passkey::Shown,
    sessions::{self, Token, Ways, factor::Proof},
};

use super::{
    factor::{Wrong, not_taken, shown},
    go_with, local,
    passkey::party,
    staff::Next,
};
use crate::web::{
    Ctx, Fault, Page, Reply,
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
    ways: Ways,
    /// The one address whose pages may ask for passkeys; empty where there is none.
    origin: String,
    wrong: Wrong,
}

/// Back to the password, for whoever has not given it or took too long.
fn back() -> Reply {
    Ok(go_with("/desk/signin", &[]))
}

pub(super) fn half(headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, cookie::HALF).filter(|half| !half.is_empty()).map(str::to_owned)
}

/// The ways of the sign-in that waits, if it does.
async fn ways(ctx: &Ctx, half: &str) -> Result<Option<Ways>, Fault> {
    let (home, now, half) = (ctx.engine().home, ctx.engine().clock.now(), half.to_owned());
    Ok(ctx.engine().db.read(move |tx: &mut Tx<'_>| sessions::ways(tx, home, &half, now)).await?)
}

fn form(ctx: &Ctx, headers: &HeaderMap, ways: Ways, next: String, wrong: Wrong) -> SecondPage {
    let page = Page::titled(ctx, if ways.passkeys { "passkey-second-title" } else { "factor-code-title" });
    let origin = party(ctx, headers).map(|party| party.origin().to_owned()).unwrap_or_default();
    SecondPage { page, next, ways, origin, wrong }
}

/// `GET /desk/signin/code`.
pub async fn page(ctx: Ctx, headers: HeaderMap, Query(next): Query<Next>) -> Reply {
    let Some(half) = half(&headers) else { return back() };
    let Some(ways) = ways(&ctx, &half).await? else { return back() };
    show(&form(&ctx, &headers, ways, local(&next.next, "/desk"), None))
}

/// `POST /desk/signin/code`.
pub async fn check(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let Some(half) = half(&headers) else { return back() };
    let engine = ctx.engine().clone();
    let (home, now, token, next) =
        (engine.home, engine.clock.now(), Token::new(edge::secret()), local(sent.text("next"), "/desk"));
    let (field, typed) = shown(&sent);
    let (party, answered) = (party(&ctx, &headers), Shown::parse(&typed));
    let (shared, way) = (engine.clone(), half.clone());
    let finish = move |tx: &mut Tx<'_>| {
        let proof = match (field, &party, &answered) {
            ("passkey", Some(party), Some(answered)) => Proof::Passkey(party, answered),
            ("recovery", ..) => Proof::Recovery(&typed),
            _ => Proof::Code(&typed),
        };
        sessions::finish_half(tx, home, &shared.vault_key, &way, proof, &origin, now, &token)
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
            let ways = ways(&ctx, &half).await?.unwrap_or(Ways { codes: true, passkeys: false });
            let mut page = form(&ctx, &headers, ways, next, None);
            page.wrong = Some((field, not_taken(&page.page, field, error)));
            show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
