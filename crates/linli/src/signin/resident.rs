//! Residents sign in with their telephone and a one-time code. The gateway that sends codes is a plug; a demonstration
//! writes them to its log.

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderMap, StatusCode},
};
use linli_engine::{
    db::Tx,
    edge,
    ids::PersonId,
    limits,
    sessions::{self, CodeError, Token, Who},
    vault::{self, Phone, PhoneKey, Secret},
};
use linli_worktime::Millis;
use serde::Deserialize;

use super::{go_with, local};
use crate::web::{
    Ctx, Page, Reply,
    ctx::{cookie, cookie_value, set_cookie},
    forms::Sent,
    origin::{Origin, known_by},
    page::{show, show_as},
    routes::percent,
};

/// How long a device is known, seconds.
const KNOWN: i64 = 365 * 24 * 3600;

#[derive(Template)]
#[template(path = "signin/phone.html")]
struct PhonePage {
    page: Page,
    phone: String,
    next: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "signin/code.html")]
struct CodePage {
    page: Page,
    ending: String,
    next: String,
    error: Option<String>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// `GET /signin`.
pub async fn phone(ctx: Ctx, Query(next): Query<Next>) -> Reply {
    let page = Page::titled(&ctx, "signin-title");
    show(&PhonePage { page, phone: String::new(), next: local(&next.next, "/mine"), error: None })
}

/// `POST /signin`: sends a code.
pub async fn send(ctx: Ctx, origin: Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let engine = ctx.engine();
    let (now, next) = (engine.clock.now(), local(sent.text("next"), "/mine"));
    let again = |words: String| {
        let page = Page::titled(&ctx, "signin-title");
        let phone = sent.text("phone").to_owned();
        show_as(StatusCode::UNPROCESSABLE_ENTITY, &PhonePage { page, phone, next: next.clone(), error: Some(words) })
    };
    let phone: Phone = match sent.text("phone").parse() {
        Ok(phone) => phone,
        Err(vault::NotAPhone) => return again(ctx.t("signin-not-a-phone")),
    };
    let device = known_by(&headers).map_or_else(|| linli_engine::hex(&edge::new_id()), str::to_owned);
    let Origin(origin) = origin.known(&engine.vault_key, &device);
    let code = format!("{:06}", edge::below(1_000_000));
    let (home, key, kept) = (engine.home, PhoneKey::of(&engine.vault_key, &phone), code.clone());
    let request = move |tx: &mut Tx<'_>| sessions::request_code(tx, home, &key, &kept, &origin, now);
    match engine.db.write(request).await? {
        Ok(()) if ctx.app.config.demo => tracing::info!("one-time code for {}: {code}", ending(&phone)),
        Ok(()) => tracing::warn!("no gateway is set up that could send a one-time code"),
        Err(CodeError::TooSoon { wait_ms }) => {
            let seconds = wait_ms.div_ceil(1000).to_string();
            return again(Page::titled(&ctx, "signin-title").t1("signin-too-soon", "wait", seconds));
        }
        Err(CodeError::TooMany { until }) => return again(too_many(&Page::titled(&ctx, "signin-title"), until)),
        Err(_) => return again(ctx.t("signin-no-code")),
    }
    let known = set_cookie(&ctx.app.config, cookie::DEVICE, &device, KNOWN);
    let held = set_cookie(&ctx.app.config, cookie::PHONE, phone.reveal(), limits::CODE_MS / 1000);
    Ok(go_with(&format!("/signin/code?next={}", percent(&next)), &[held, known]))
}

fn too_many(page: &Page, until: Millis) -> String {
    page.t1("signin-too-many", "until", page.time(&until).words)
}

/// The end of a telephone number, which its owner knows it by.
fn ending(phone: &Phone) -> String {
    let digits = phone.reveal();
    digits.get(digits.len().saturating_sub(4)..).unwrap_or_default().to_owned()
}

fn held(headers: &HeaderMap) -> Option<Phone> {
    cookie_value(headers, cookie::PHONE).and_then(|text| text.parse().ok())
}

/// `GET /signin/code`.
pub async fn code(ctx: Ctx, headers: HeaderMap, Query(next): Query<Next>) -> Reply {
    let next = local(&next.next, "/mine");
    let Some(phone) = held(&headers) else { return Ok(go_with("/signin", &[])) };
    let page = Page::titled(&ctx, "signin-code-title");
    show(&CodePage { page, ending: ending(&phone), next, error: None })
}

/// `POST /signin/code`.
pub async fn redeem(ctx: Ctx, origin: Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let engine = ctx.engine().clone();
    let Origin(origin) = match known_by(&headers) {
        Some(device) => origin.known(&engine.vault_key, device),
        None => origin,
    };
    let (home, now, next) = (engine.home, engine.clock.now(), local(sent.text("next"), "/mine"));
    let Some(phone) = held(&headers) else { return Ok(go_with("/signin", &[])) };
    let (key, code) = (PhoneKey::of(&engine.vault_key, &phone), sent.text("code").to_owned());
    let from = origin.clone();
    let redeem = move |tx: &mut Tx<'_>| sessions::redeem_code(tx, home, &key, &code, &from, now);
    let redeemed = engine.db.write(redeem).await?;
    if let Err(error) = redeemed {
        let page = Page::titled(&ctx, "signin-code-title");
        let words = match error {
            CodeError::Wrong { left } => page.n("signin-code-wrong", left),
            CodeError::Expired => page.t("signin-code-expired"),
            CodeError::TooMany { until } => too_many(&page, until),
            CodeError::None | CodeError::TooSoon { .. } => page.t("signin-code-none"),
        };
        let ending = ending(&phone);
        return show_as(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { page, ending, next, error: Some(words) });
    }
    let (token, new) = (Token::new(edge::secret()), PersonId::new());
    let shared = engine.clone();
    let session = engine.db.write(move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        let person = vault::person_or_create(tx, home, &shared.vault_key, &phone, &nameless, new, now)?;
        // What others reported for this telephone is theirs from now on.
        vault::behalf::claim(tx, &PhoneKey::of(&shared.vault_key, &phone), person)?;
        sessions::start(tx, home, &token, Who::Resident(person), &origin, now)
    });
    let seconds = limits::RESIDENT_SESSION_MS / 1000;
    let cookies = [
        set_cookie(&ctx.app.config, cookie::SESSION, &session.await?, seconds),
        set_cookie(&ctx.app.config, cookie::PHONE, "", 0),
    ];
    Ok(go_with(&next, &cookies))
}
