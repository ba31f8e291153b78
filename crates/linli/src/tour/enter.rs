//! Who one can be, and being them. Staff sign in with the demonstration's public password, as anybody could by hand.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    db::Tx,
    edge,
    ids::PersonId,
    limits,
    sessions::{self, Opened, Token, Who},
    vault::{self, Phone, Secret},
};

use super::{only_here, walk};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{cookie, set_cookie},
    forms::Sent,
    origin::Origin,
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
pub async fn enter(ctx: Ctx, origin: Origin, sent: Sent) -> Reply {
    only_here(&ctx)?;
    let guide = tour::guide(sent.text("who")).ok_or_else(Fault::not_found)?;
    let (session, seconds) = match (&guide.login, &guide.phone) {
        (Some(login), _) => (staff(&ctx, login, origin).await?, limits::STAFF_SESSION_MS / 1000),
        (None, Some(phone)) => (resident(&ctx, phone, origin).await?, limits::RESIDENT_SESSION_MS / 1000),
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

async fn staff(ctx: &Ctx, login: &str, Origin(origin): Origin) -> Result<String, Fault> {
    let (engine, shared) = (ctx.engine(), ctx.engine().clone());
    let (home, now, token, tried) = (engine.home, engine.clock.now(), Token::new(edge::secret()), login.to_owned());
    let begin = move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &shared.vault_key, &tried);
    let candidate = engine.db.read(begin).await?;
    let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    let checked = tokio::task::spawn_blocking(move || candidate.check(PUBLIC)).await.map_err(broken)?;
    let finish = move |tx: &mut Tx<'_>| sessions::finish_sign_in(tx, home, checked, &origin, now, &token);
    match engine.db.write(finish).await? {
        Ok(Opened::Session(session)) => Ok(session),
        // An account that was changed since, is locked or asks for a code lets nobody in this way.
        Ok(Opened::Half(_)) | Err(_) => Err(Fault::not_found()),
    }
}

async fn resident(ctx: &Ctx, phone: &str, Origin(origin): Origin) -> Result<String, Fault> {
    let engine = ctx.engine().clone();
    let phone: Phone = phone.parse().map_err(|_| Fault::not_found())?;
    let (home, now, token, new) = (engine.home, engine.clock.now(), Token::new(edge::secret()), PersonId::new());
    let shared = engine.clone();
    let session = engine.db.write(move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        let person = vault::person_or_create(tx, home, &shared.vault_key, &phone, &nameless, new, now)?;
        sessions::start(tx, home, &token, Who::Resident(person), &origin, now)
    });
    Ok(session.await?)
}
