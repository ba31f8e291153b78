//! How the pages look to this reader, and signing out.

use axum::http::HeaderMap;
use linli_engine::{db::Tx, sessions};

use super::{go_with, local};
use crate::web::{
    Ctx, Reply,
    ctx::{cookie, cookie_value, set_cookie},
    forms::Sent,
};

const YEAR: i64 = 365 * 24 * 3600;

/// `POST /settings`.
pub async fn save(ctx: Ctx, sent: Sent) -> Reply {
    let known = [
        (cookie::LANG, "lang", &["zh", "en"][..]),
        (cookie::ELDER, "elder", &["on", "off"]),
        (cookie::THEME, "theme", &["light", "dark", "auto"]),
        (cookie::SHARED, "shared", &["on", "off"]),
        (cookie::KEYS, "keys", &["on", "off"]),
    ];
    let chosen = known.into_iter().filter(|(_, field, values)| values.contains(&sent.text(field)));
    let cookies: Vec<String> =
        chosen.map(|(name, field, _)| set_cookie(&ctx.app.config, name, sent.text(field), YEAR)).collect();
    Ok(go_with(&local(sent.text("next"), "/"), &cookies))
}

/// `POST /signout`.
pub async fn sign_out(ctx: Ctx, headers: HeaderMap) -> Reply {
    if let Some(session) = cookie_value(&headers, cookie::SESSION).map(str::to_owned) {
        let now = ctx.engine().clock.now();
        ctx.engine().db.write(move |tx: &mut Tx<'_>| sessions::end(tx, &session, now)).await?;
    }
    let ended = [cookie::SESSION, cookie::HALF, cookie::SEAT, cookie::TRACK]
        .map(|name| set_cookie(&ctx.app.config, name, "", 0));
    Ok(go_with(if ctx.seat().is_some() { "/desk/signin" } else { "/" }, &ended))
}
