//! One's own second factor: setting it up, recovery codes, switching it off.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use linli_engine::{
    db::{DbError, Tx},
    ids::AccountId,
    seats::Account,
    sessions::{
        self, SignInError,
        factor::{self, Own, Proof, State},
    },
    totp::Seed,
};
use qrcode::EcLevel;

use super::{go_with, staff::refused};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{Who, cookie, cookie_value},
    forms::Sent,
    origin::Origin,
    page::{go, show, show_as},
    qr::{Qr, qr},
    times::Spoken,
};

#[derive(Template)]
#[template(path = "signin/factor.html")]
struct FactorPage {
    page: Page,
    /// Whether it has to be done before anything else.
    must: bool,
    /// Since when it is on.
    on: Option<Spoken>,
    left: u32,
    /// What the app has to be told, where it waits for its first code.
    setup: Option<Setup>,
    /// The field and what is wrong with it.
    wrong: Option<(&'static str, String)>,
}

/// What an app is told: as a text to type, and as a picture.
struct Setup {
    /// Groups of four.
    groups: Vec<String>,
    login: String,
    qr: Qr,
}

#[derive(Template)]
#[template(path = "signin/codes.html")]
struct CodesPage {
    page: Page,
    /// Whether it has just been switched on.
    first: bool,
    codes: Vec<String>,
}

fn setup(page: &Page, seed: &Seed, account: &Account) -> Result<Setup, Fault> {
    let qr = qr(&seed.address(&page.street(), account.login.as_str()), EcLevel::M)?;
    let text = seed.text();
    let groups = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    Ok(Setup { groups, login: account.login.as_str().to_owned(), qr })
}

/// The account that asks, and whether it has to set a second factor up.
fn own(ctx: &Ctx) -> Result<(&Account, bool), Fault> {
    match &ctx.who {
        Who::Staff { account, must_enrol, .. } => Ok((account, *must_enrol)),
        _ => Err(Fault::not_found()),
    }
}

async fn answer(ctx: &Ctx, wrong: Option<(&'static str, String)>) -> Reply {
    let (engine, (account, must)) = (ctx.engine().clone(), own(ctx)?);
    let (home, id) = (engine.home, account.id);
    let shared = engine.clone();
    let read = move |tx: &mut Tx<'_>| {
        Ok::<_, DbError>((factor::state(tx, home, id)?, factor::pending(tx, home, &shared.vault_key, id)?))
    };
    let (State { on_at, left }, pending) = engine.db.read(read).await?;
    let page = Page::titled(ctx, "factor-title");
    let setup = pending.map(|seed| setup(&page, &seed, account)).transpose()?;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let on = on_at.map(|at| page.time(&at));
    show_as(status, &FactorPage { page, must, on, left, setup, wrong })
}

/// `GET /desk/me/factor`.
pub async fn page(ctx: Ctx) -> Reply {
    answer(&ctx, None).await
}

/// `POST /desk/me/factor`: begins to set it up.
pub async fn begin(ctx: Ctx) -> Reply {
    let (engine, id, seed) = (ctx.engine().clone(), own(&ctx)?.0.id, factor::new_seed());
    let shared = engine.clone();
    let begin = move |tx: &mut Tx<'_>| factor::begin(tx, shared.home, &shared.vault_key, id, &seed);
    engine.db.write(begin).await?;
    Ok(go("/desk/me/factor"))
}

/// Does something with one's own second factor in one transaction.
async fn change<T: Send + 'static>(
    ctx: &Ctx,
    origin: sessions::Origin,
    headers: &HeaderMap,
    deed: impl Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError> + Send + 'static,
) -> Result<T, Fault> {
    let engine = ctx.engine().clone();
    let account: AccountId = own(ctx)?.0.id;
    let cookie = cookie_value(headers, cookie::SESSION).unwrap_or_default().to_owned();
    let (shared, now) = (engine.clone(), engine.clock.now());
    let work = move |tx: &mut Tx<'_>| {
        let (home, key) = (shared.home, &shared.vault_key);
        deed(tx, Own { home, key, account, cookie: &cookie, origin: &origin, now })
    };
    Ok(engine.db.write(work).await?)
}

/// `POST /desk/me/factor/confirm`: the first code switches it on; the recovery codes are shown once.
pub async fn confirm(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let (typed, codes) = (sent.text("code").to_owned(), factor::new_codes());
    let kept = codes.clone();
    if change(&ctx, origin, &headers, move |tx, own| own.confirm(tx, &typed, &kept)).await? {
        return show(&CodesPage { page: Page::titled(&ctx, "factor-codes-title"), first: true, codes });
    }
    answer(&ctx, Some(("code", ctx.t("factor-wrong-first")))).await
}

/// What was typed as proof, into which field.
fn proof(sent: &Sent) -> (&'static str, String) {
    let recovery = sent.text("recovery");
    if recovery.is_empty() { ("code", sent.text("code").to_owned()) } else { ("recovery", recovery.to_owned()) }
}

/// `POST /desk/me/factor/change`: new recovery codes, or switching it off, for whoever gives a code.
pub async fn save(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let (off, typed, codes) = (sent.text("do") == "off", proof(&sent), factor::new_codes());
    let (field, kept) = (typed.0, codes.clone());
    let deed = move |tx: &mut Tx<'_>, own: Own<'_>| {
        let proof = if typed.0 == "code" { Proof::Code(&typed.1) } else { Proof::Recovery(&typed.1) };
        if off { own.off(tx, proof) } else { own.renew(tx, proof, &kept) }
    };
    match change(&ctx, origin, &headers, deed).await? {
        Ok(()) if off => Ok(go_with("/desk/me?done=factor-off", &[])),
        Ok(()) => show(&CodesPage { page: Page::titled(&ctx, "factor-codes-title"), first: false, codes }),
        Err(error) => {
            let page = Page::titled(&ctx, "factor-title");
            let words = match error {
                SignInError::WrongCode if field == "recovery" => page.t("factor-wrong-recovery"),
                error => refused(&page, error),
            };
            answer(&ctx, Some((field, words))).await
        }
    }
}
