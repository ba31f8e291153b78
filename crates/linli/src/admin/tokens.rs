//! Access for programs: the security administrator grants a token to a seat and revokes it. The token itself is fetched by
//! whoever sits on the seat; an administrator never sees it, and so never sees a case through one.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    db::Tx,
    ids::TokenId,
    limits,
    policy::{Action, Resource},
    record::{self, Act, Deed, What},
    seats::{self, Seat},
    tokens::{self, Grant, Scope, Scopes, Token, TokenError},
};
use linli_worktime::Millis;
use serde::Deserialize;

use super::{
    Asked, Nav, Paged, accounts, by,
    form::{Choice, Form, Wrong},
    may, page,
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    ctx::Who,
    forms::Sent,
    page::{go, show, show_as},
    times::Spoken,
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Token);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Token);
/// The longest that a token may live, days.
const DAYS: i64 = 3650;
const DAY_MS: i64 = 24 * 3_600_000;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/tokens", LIST, list)
        .post("/admin/tokens", EDIT, add)
        .get("/admin/new/token", EDIT, new)
        .post("/admin/tokens/{id}/revoke", EDIT, revoke)
}

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    page: Page,
    nav: Nav,
    key: String,
    list: Paged<TokenRow>,
    first: Option<String>,
    next: Option<String>,
    may_edit: bool,
}

/// A token in the list.
struct TokenRow {
    id: String,
    name: String,
    seat: String,
    scopes: Vec<String>,
    per_minute: u32,
    ends: Option<Spoken>,
    used: Option<Spoken>,
    state: (&'static str, String),
    lives: bool,
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let page = page(&ctx, &ctx.t("admin-tokens"), &asked.done);
    let (home, now, before) = (ctx.engine().home, ctx.engine().clock.now(), asked.after.parse().ok());
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| tokens::list(tx, home, before, limits::PAGE + 1));
    let rows = found.await?.into_iter().map(|token| row(&page, &token, now));
    let list = Paged::new(rows, |row| row.id.clone());
    let next = list.next.as_ref().map(|after| format!("/admin/tokens?after={after}"));
    let first = (!asked.after.is_empty()).then(|| "/admin/tokens".to_owned());
    let key = Form::new(&ctx, "token", &[]).key().to_owned();
    let (nav, may_edit) = (Nav::new(&ctx, "/admin/tokens"), may(&ctx, Action::Edit, Resource::Token));
    show(&TokensPage { page, nav, key, list, first, next, may_edit })
}

fn row(page: &Page, token: &Token, now: Millis) -> TokenRow {
    let lives = token.lives(now);
    let state = match (token.revoked_at, lives, token.fetched_at) {
        (Some(_), ..) => ("tag", page.t("tokens-state-revoked")),
        (None, false, _) => ("tag", page.t("tokens-state-over")),
        (None, true, None) => ("tag tag-soon", page.t("tokens-state-waiting")),
        (None, true, Some(_)) => ("tag tag-done", page.t("tokens-state-works")),
    };
    TokenRow {
        id: token.id.to_string(),
        name: token.name.clone(),
        seat: page.seat_name(&token.seat),
        scopes: token.scopes.all().iter().map(|scope| scope_words(page, scope.as_str())).collect(),
        per_minute: token.per_minute,
        ends: token.ends_at.map(|at| page.time(&at)),
        used: token.used_at.map(|at| page.time(&at)),
        state,
        lives,
    }
}

/// What a scope lets a program do.
fn scope_words(page: &Page, scope: &str) -> String {
    page.t(&format!("scope-{}", scope.replace(':', "-")))
}

/// Whose seat it is to be.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Whose {
    login: String,
}

#[derive(Template)]
#[template(path = "admin/token_form.html")]
struct TokenForm {
    page: Page,
    nav: Nav,
    form: Form,
    login: String,
    /// None before an account was named.
    seats: Option<Vec<Choice>>,
    scopes: Vec<(Choice, bool)>,
}

fn draw(ctx: &Ctx, login: String, held: Option<&[Seat]>, form: Form, chosen: &[String], status: StatusCode) -> Reply {
    let page = page(ctx, &ctx.t("admin-token-new"), "");
    let seat = |seat: &Seat| Choice {
        value: seat.id.to_string(),
        label: format!("{} \u{b7} {}", page.seat_name(seat), page.place(&seat.place)),
    };
    let scope = |scope: &Scope| {
        let value = scope.as_str().to_owned();
        let (label, on) = (scope_words(&page, &value), chosen.contains(&value));
        (Choice { value, label }, on)
    };
    let (seats, scopes) = (held.map(|held| held.iter().map(seat).collect()), Scope::ALL.iter().map(scope).collect());
    show_as(status, &TokenForm { nav: Nav::new(ctx, "/admin/tokens"), form, login, seats, scopes, page })
}

/// The seats of the account that was named.
async fn seats_of(ctx: &Ctx, login: &str) -> Result<Option<Vec<Seat>>, Fault> {
    let account = match accounts::find(ctx.engine(), login).await {
        Ok(account) => account,
        Err(fault) if fault.status == StatusCode::NOT_FOUND => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let (home, now, id) = (ctx.engine().home, ctx.engine().clock.now(), account.id);
    let held = ctx.engine().db.read(move |tx: &mut Tx<'_>| seats::seats_of(tx, home, id, now)).await?;
    Ok(Some(held).filter(|held| !held.is_empty() && !account.disabled))
}

async fn new(ctx: Ctx, Query(whose): Query<Whose>) -> Reply {
    let values = [("per_minute", "600"), ("days", "365"), ("login", whose.login.trim())];
    let form = Form::new(&ctx, "token", &values);
    if whose.login.trim().is_empty() {
        return draw(&ctx, String::new(), None, form, &[], StatusCode::OK);
    }
    match seats_of(&ctx, whose.login.trim()).await? {
        Some(held) => draw(&ctx, whose.login, Some(&held), form, &[], StatusCode::OK),
        None => {
            let sent = Sent { fields: [("login".to_owned(), vec![whose.login])].into(), files: Vec::new() };
            let form = Form::again(&ctx, "token", &sent, &[Wrong::new("login", "no-account")]);
            draw(&ctx, String::new(), None, form, &[], StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

async fn add(ctx: Ctx, sent: Sent) -> Reply {
    let id: TokenId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let login = sent.text("login").to_owned();
    let Some(held) = seats_of(&ctx, &login).await? else { return Err(Fault::not_found()) };
    let wrong = match grant(&ctx, &sent, id, &held) {
        Ok(grant) => {
            let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
            let by = by(&ctx)?;
            let made = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
                tokens::grant(tx, home, &grant, now)?;
                let became = serde_json::json!({ "name": grant.name.trim(), "seat": grant.seat.to_string(),
                    "scopes": grant.scopes.all() });
                let (subject, became) = (grant.id.to_string(), Some(became));
                let deed = Deed { what: What::Token, subject, act: Act::Added, was: None, became };
                Ok::<_, TokenError>(record::note(tx, home, &by, deed, now)?)
            });
            match made.await {
                // A token with the form's own key: it was sent twice.
                Ok(()) | Err(TokenError::Db(linli_engine::db::DbError::Duplicate { .. })) => {
                    return Ok(go("/admin/tokens?done=token-granted"));
                }
                Err(TokenError::Db(error)) => return Err(error.into()),
                Err(error) => vec![wrong(&error)],
            }
        }
        Err(wrong) => wrong,
    };
    let form = Form::again(&ctx, "token", &sent, &wrong);
    let chosen = sent.fields.get("scopes").cloned().unwrap_or_default();
    draw(&ctx, login, Some(&held), form, &chosen, StatusCode::UNPROCESSABLE_ENTITY)
}

fn wrong(error: &TokenError) -> Wrong {
    match error {
        TokenError::Name => Wrong::new("name", "long").with("most", limits::NAME_CHARS),
        TokenError::NoScope => Wrong::new("scopes", "scope"),
        TokenError::Rate => Wrong::new("per_minute", "rate").with("most", limits::TOKEN_MOST_PER_MINUTE),
        TokenError::Past => Wrong::new("days", "days"),
        TokenError::TooMany => Wrong::new("seat", "many-tokens").with("n", limits::TOKENS_OF_SEAT),
        TokenError::NoSeat | TokenError::Db(_) => Wrong::new("seat", "seat"),
    }
}

/// What was typed, as a grant.
fn grant(ctx: &Ctx, sent: &Sent, id: TokenId, held: &[Seat]) -> Result<Grant, Vec<Wrong>> {
    let mut wrongs = Vec::new();
    let Who::Staff { account, .. } = &ctx.who else { return Err(vec![Wrong::new("seat", "seat")]) };
    let seat = held.iter().find(|seat| seat.id.to_string() == sent.text("seat")).map(|seat| seat.id);
    if seat.is_none() {
        wrongs.push(Wrong::new("seat", "seat"));
    }
    let name = sent.text("name").to_owned();
    if name.is_empty() {
        wrongs.push(Wrong::new("name", "missing"));
    }
    let scopes = sent.fields.get("scopes").into_iter().flatten().filter_map(|word| word.parse().ok());
    let scopes = Scopes::of(scopes);
    if scopes.all().is_empty() {
        wrongs.push(wrong(&TokenError::NoScope));
    }
    let per_minute = sent.text("per_minute").parse().unwrap_or(0);
    if !(1..=limits::TOKEN_MOST_PER_MINUTE).contains(&per_minute) {
        wrongs.push(wrong(&TokenError::Rate));
    }
    let days: Option<i64> = match sent.text("days") {
        "" => None,
        text => text.parse().ok().or(Some(0)),
    };
    if days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
        wrongs.push(wrong(&TokenError::Past));
    }
    let now = ctx.engine().clock.now();
    let ends = days.map(|days| now.plus(days.clamp(1, DAYS) * DAY_MS));
    match seat {
        Some(seat) if wrongs.is_empty() => Ok(Grant { id, seat, name, scopes, per_minute, ends, by: account.id }),
        _ => Err(wrongs),
    }
}

async fn revoke(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let id: TokenId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    let by = by(&ctx)?;
    let ended = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
        let Some(token) = tokens::get(tx, home, id)? else { return Ok(()) };
        if tokens::revoke(tx, home, id, now)? {
            let was = serde_json::json!({ "name": token.name, "seat": token.seat.id.to_string() });
            let (subject, was) = (id.to_string(), Some(was));
            let deed = Deed { what: What::Token, subject, act: Act::Ended, was, became: None };
            record::note(tx, home, &by, deed, now)?;
        }
        Ok::<_, linli_engine::db::DbError>(())
    });
    ended.await?;
    Ok(go("/admin/tokens?done=token-revoked"))
}
