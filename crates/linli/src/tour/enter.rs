//! Who one can be, and being them. Staff sign in with the demonstration's public password, as anybody could by hand.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    db::Tx,
    edge,
    ids::PersonId,
    limits,
    sessions::{self, Token, Who},
    vault::{self, Phone, Secret},
};

use super::{only_here, walk};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{cookie, set_cookie},
    forms::Sent,
    page::{go_with, show},
    tour::{self, At, Guide},
};

/// The password of every account of the demonstration.
const PUBLIC: &str = "linli-demo-2026";

#[derive(Template)]
#[template(path = "tour/enter.html")]
struct EnterPage {
    page: Page,
}

/// `GET /demo`.
pub async fn page(ctx: Ctx) -> Reply {
    only_here(&ctx)?;
    show(&EnterPage { page: Page::titled(&ctx, "demo-title") })
}

/// `POST /demo/enter`.
pub async fn enter(ctx: Ctx, sent: Sent) -> Reply {
    only_here(&ctx)?;
    let guide = tour::guide(sent.text("who")).ok_or_else(Fault::not_found)?;
    let (session, seconds) = match (&guide.login, &guide.phone) {
        (Some(login), _) => (staff(&ctx, login).await?, limits::STAFF_SESSION_MS / 1000),
        (None, Some(phone)) => (resident(&ctx, phone).await?, limits::RESIDENT_SESSION_MS / 1000),
        (None, None) => return Err(Fault::not_found()),
    };
    let at = At { guide, step: 0 };
    let config = &ctx.app.config;
    let cookies = [
        set_cookie(config, cookie::SESSION, &session, seconds),
        set_cookie(config, cookie::SEAT, "", 0),
        set_cookie(config, cookie::ELDER, elder(guide), seconds),
        walk::cookie(&ctx, Some(at)),
    ];
    Ok(go_with(&walk::address(&ctx, at).await?, &cookies))
}

fn elder(guide: &Guide) -> &'static str {
    if guide.elder { "on" } else { "off" }
}

async fn staff(ctx: &Ctx, login: &str) -> Result<String, Fault> {
    let engine = ctx.engine();
    let (home, now, token, tried) = (engine.home, engine.clock.now(), Token::new(edge::secret()), login.to_owned());
    let candidate = engine.db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &tried)).await?;
    let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    let checked = tokio::task::spawn_blocking(move || candidate.check(PUBLIC)).await.map_err(broken)?;
    let done = engine.db.write(move |tx: &mut Tx<'_>| sessions::finish_sign_in(tx, home, checked, now, &token));
    // An account that was changed since, or is locked, lets nobody in this way.
    done.await?.map_err(|_| Fault::not_found())
}

async fn resident(ctx: &Ctx, phone: &str) -> Result<String, Fault> {
    let engine = ctx.engine().clone();
    let phone: Phone = phone.parse().map_err(|_| Fault::not_found())?;
    let (home, now, token, new) = (engine.home, engine.clock.now(), Token::new(edge::secret()), PersonId::new());
    let shared = engine.clone();
    let session = engine.db.write(move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        let person = vault::person_or_create(tx, home, &shared.vault_key, &phone, &nameless, new, now)?;
        sessions::start(tx, home, &token, Who::Resident(person), now)
    });
    Ok(session.await?)
}
