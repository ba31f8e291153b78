//! One's own sessions.

use axum::http::HeaderMap;
use linli_engine::{
    db::Tx,
    sessions::{self, Living},
};

use super::account;
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{cookie, cookie_value},
    forms::Sent,
    page::go,
    times::Spoken,
};

/// A session on the page.
pub struct Row {
    pub id: String,
    pub since: Spoken,
    pub here: bool,
}

fn own_cookie(headers: &HeaderMap) -> String {
    cookie_value(headers, cookie::SESSION).unwrap_or_default().to_owned()
}

/// The living sessions of the reader.
///
/// # Errors
/// When the database fails.
pub async fn rows(ctx: &Ctx, page: &Page, headers: &HeaderMap) -> Result<Vec<Row>, Fault> {
    let (home, me, now, own) = (ctx.engine().home, account(ctx)?.id, ctx.engine().clock.now(), own_cookie(headers));
    let read = move |tx: &mut Tx<'_>| sessions::of_account(tx, home, me, &own, now);
    let row = |living: Living| Row { since: page.time(&living.made_at), id: living.id, here: living.here };
    Ok(ctx.engine().db.read(read).await?.into_iter().map(row).collect())
}

/// `POST /desk/me/session`: ends one of one's own sessions, as one that was left open on another machine.
pub async fn end_session(ctx: Ctx, sent: Sent) -> Reply {
    let (home, me, now, id) =
        (ctx.engine().home, account(&ctx)?.id, ctx.engine().clock.now(), sent.text("session").to_owned());
    ctx.engine().db.write(move |tx: &mut Tx<'_>| sessions::end_one(tx, home, me, &id, now)).await?;
    Ok(go("/desk/me"))
}
