//! One's own page: the seats that one holds and the one that one sits on, and what the program tells that seat.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_engine::{
    db::Tx,
    limits,
    notices::Whom,
    policy::{Action, Resource},
};

use super::{notices, views::may};
use crate::web::{
    Ctx, Fault, Page, Reply,
    asked::Asked,
    ctx::{Who, cookie, set_cookie},
    forms::Sent,
    notices::count,
    page::{go, show},
};

#[derive(Template)]
#[template(path = "desk/me.html")]
struct MePage {
    page: Page,
    role: String,
    place: String,
    hears: bool,
    /// How much is unread.
    unread: String,
}

/// `GET /desk/me`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let mut page = Page::titled(&ctx, "desk-me");
    let done = asked.get("done").filter(|done| ["password"].contains(done));
    page.done = done.map(|done| ctx.t(&format!("me-done-{done}")));
    let hears = may(&seat, Action::List, Resource::Notice);
    let unread = if hears { unread(&ctx, &page).await? } else { String::new() };
    let role = ctx.engine().packs().current().role(seat.role.as_str()).map(|role| page.of(&role.duty).to_owned());
    show(&MePage { role: role.unwrap_or_default(), place: page.place(&seat.place), hears, unread, page })
}

/// `POST /desk/me/seat`: sits on another of one's own seats.
pub async fn sit(ctx: Ctx, sent: Sent) -> Result<Response, Fault> {
    let Who::Staff { seats, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let chosen = seats.iter().find(|seat| seat.id.to_string() == sent.text("seat"));
    let chosen = chosen.ok_or_else(|| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-no-seat"))?;
    // It lives as long as the longest session; the next sign-in may sit elsewhere.
    let kept = set_cookie(&ctx.app.config, cookie::SEAT, &chosen.id.to_string(), limits::STAFF_SESSION_MS / 1000);
    Ok(([(header::SET_COOKIE, kept)], go("/desk")).into_response())
}

/// How much the program told them that is unread, in words.
async fn unread(ctx: &Ctx, page: &Page) -> Result<String, Fault> {
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let (engine, whom, via) = (ctx.engine(), Whom::Account(account.id), notices::recipients(ctx));
    let (home, now) = (engine.home, engine.clock.now());
    let read = move |tx: &mut Tx<'_>| linli_engine::notices::unread(tx, home, whom, Some(&via), now);
    Ok(count(page, engine.db.read(read).await?))
}
