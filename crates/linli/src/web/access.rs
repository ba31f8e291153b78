//! Programs that call: the token in `Authorization`, what it allows, and how often. A token counts under `/api/` and for
//! `/metrics`; pages are for people.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use linli_engine::{
    db::{DbError, Tx},
    ids::TokenId,
    tokens::{self, Scopes, Token},
};
use linli_worktime::Millis;

use super::{
    App, Fault,
    ctx::{cookie, cookie_value},
    rate::{Left, Wait},
};

const HOUR_MS: i64 = 3_600_000;

/// What a program was let in with.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Its token.
    pub id: TokenId,
    /// What the token is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: Scopes,
    /// What is left of its minute.
    pub left: Left,
}

/// The token that a request brings, and what it was let in with. None when it brings none.
///
/// # Errors
/// When the token is not a living one, comes together with a session, or has to wait.
pub async fn check(app: &App, headers: &HeaderMap, path: &str) -> Result<Option<(Token, Pass)>, Fault> {
    let counts = path.starts_with("/api/") || path == "/metrics";
    let Some(sent) = headers.get(header::AUTHORIZATION).filter(|_| counts) else { return Ok(None) };
    let unknown = || Fault::new(StatusCode::UNAUTHORIZED, "fault-token");
    let text = sent.to_str().ok().and_then(|sent| sent.split_once(' '));
    let text = text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, text)| text.trim().to_owned());
    let text = text.ok_or_else(unknown)?;
    if cookie_value(headers, cookie::SESSION).is_some_and(|session| !session.is_empty()) {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-two-ways-in"));
    }
    let (home, now) = (app.engine.home, app.engine.clock.now());
    let found = app.engine.db.read(move |tx: &mut Tx<'_>| tokens::find(tx, home, &text, now)).await?;
    let token = found.ok_or_else(unknown)?;
    let left = app.process.rates.take(token.id, token.per_minute, now).map_err(too_often)?;
    note_use(app, &token, now).await?;
    let pass = Pass { id: token.id, name: token.name.clone(), scopes: token.scopes.clone(), left };
    Ok(Some((token, pass)))
}

fn too_often(Wait(seconds): Wait) -> Fault {
    Fault::new(StatusCode::TOO_MANY_REQUESTS, "fault-rate").with("wait", seconds.to_string())
}

/// Writes down that a token is in use, once an hour: a write for every request would cost more than what it tells.
async fn note_use(app: &App, token: &Token, now: Millis) -> Result<(), DbError> {
    let hour = Millis(now.0 - now.0.rem_euclid(HOUR_MS));
    if token.used_at.is_some_and(|used| used >= hour) {
        return Ok(());
    }
    let (home, id) = (app.engine.home, token.id);
    app.engine.db.write(move |tx: &mut Tx<'_>| tokens::used(tx, home, id, hour)).await
}

/// Tells a program what is left of its minute (`RateLimit` header fields of the IETF's HTTPAPI working group).
pub fn tell_limits(pass: &Pass, response: &mut Response) {
    let Left { most, now, full_in } = pass.left;
    let fields = [
        ("ratelimit-policy", format!("\"token\";q={most};w=60")),
        ("ratelimit", format!("\"token\";r={now};t={full_in}")),
    ];
    for (name, text) in fields {
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(name, value);
        }
    }
}
