//! One's own password and sessions.

use axum::http::{HeaderMap, StatusCode};
use linli_engine::{
    db::{DbError, Tx},
    seats::{self, PasswordError},
    sessions::{self, Living, SignInError},
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

/// `POST /desk/me/password`: with the old one, which counts as a try; all other sessions end.
pub async fn password(ctx: Ctx, headers: HeaderMap, sent: Sent) -> Reply {
    let me = account(&ctx)?.clone();
    let engine = ctx.engine().clone();
    let (home, now, own) = (engine.home, engine.clock.now(), own_cookie(&headers));
    let plain = |name: &str| sent.fields.get(name).and_then(|v| v.first()).cloned().unwrap_or_default();
    let (old, new) = (plain("old"), plain("new"));
    let login = me.login.as_str().to_owned();
    let candidate = engine.db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &login)).await?;
    let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    let of = me.login.clone();
    let work = move || (candidate.check(&old), seats::hash_password(&of, &new));
    let (checked, hash) = tokio::task::spawn_blocking(work).await.map_err(broken)?;
    let admitted = engine.db.write(move |tx: &mut Tx<'_>| sessions::admit(tx, home, checked, now)).await?;
    let said = match (admitted, hash) {
        (Ok(id), Ok(hash)) => {
            let save = move |tx: &mut Tx<'_>| -> Result<(), DbError> {
                seats::set_password(tx, home, id, &hash)?;
                sessions::end_others(tx, home, id, &own)
            };
            engine.db.write(save).await?;
            "changed"
        }
        (Err(SignInError::Locked { .. }), _) => "locked",
        (Err(_), _) => "wrong",
        (Ok(_), Err(PasswordError::Short)) => "short",
        (Ok(_), Err(PasswordError::IsLogin)) => "login",
        (Ok(_), Err(PasswordError::Hash)) => return Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-broken")),
    };
    Ok(go(&format!("/desk/me?password={said}#password")))
}
