//! One's own second factor: passkeys, codes, recovery codes. What is on is shown once before anything is changed.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use linli_engine::{
    db::{DbError, Tx},
    ids::AccountId,
    limits,
    passkey::Shown,
    seats::Account,
    sessions::{
        self, SignInError,
        factor::{self, Own, Proof, State, Switched},
    },
    totp::Seed,
};
use qrcode::EcLevel;

use super::{passkey, staff::refused};
use crate::web::{
    Ctx, Fault, Page, Reply,
    asked::Asked,
    ctx::{Who, cookie, cookie_value},
    forms::Sent,
    origin::{Origin, device_words},
    page::{go, show, show_as},
    qr::{Qr, qr},
    times::Spoken,
};

/// Where one's own second factor is.
pub(super) const HERE: &str = "/desk/me/factor";

/// The field that something is wrong with, and what.
pub(super) type Wrong = Option<(&'static str, String)>;

#[derive(Template)]
#[template(path = "signin/factor.html")]
struct FactorPage {
    page: Page,
    /// Whether it has to be done before anything else.
    must: bool,
    /// Whether there is a second factor of either kind.
    is_on: bool,
    /// Whether it may be changed now.
    is_free: bool,
    /// Since when codes are on.
    codes: Option<Spoken>,
    passkeys: Vec<Row>,
    /// Whether another passkey would be one too many.
    is_full: bool,
    /// The one address whose pages may ask for passkeys; empty where there is none.
    origin: String,
    /// What a new passkey may be called.
    device: String,
    left: u32,
    /// What the app has to be told, where it waits for its first code.
    setup: Option<Setup>,
    wrong: Wrong,
}

/// A passkey on the page.
struct Row {
    id: String,
    name: String,
    since: Spoken,
    used: Option<Spoken>,
    synced: bool,
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
pub(super) fn own(ctx: &Ctx) -> Result<(&Account, bool), Fault> {
    match &ctx.who {
        Who::Staff { account, must_enrol, .. } => Ok((account, *must_enrol)),
        _ => Err(Fault::not_found()),
    }
}

/// The page, which says what was done and what is wrong.
pub(super) async fn answer(
    ctx: &Ctx,
    origin: sessions::Origin,
    headers: &HeaderMap,
    done: &str,
    wrong: Wrong,
) -> Reply {
    let (account, must) = own(ctx)?;
    let device = origin.device.clone();
    let read = |tx: &mut Tx<'_>, own: Own<'_>| {
        let is_free = own.is_free(tx)?;
        let state = factor::state(tx, own.home, own.account)?;
        // A seed that waits is shown to nobody else than its owner.
        let waits = if is_free { factor::pending(tx, own.home, own.key, own.account)? } else { None };
        Ok((is_free, state, waits))
    };
    let (is_free, state, waits) = ctx.engine().db.read(of(ctx, origin, headers, read)?).await?;
    let is_on = state.since().is_some();
    let State { on_at, passkeys, left } = state;
    let mut page = Page::titled(ctx, "factor-title");
    let key = format!("factor-done-{done}");
    page.done = ["proved", "off", "added", "removed", "codes"].contains(&done).then(|| page.t(&key));
    let row = |own: &sessions::passkeys::Owned| Row {
        id: linli_engine::hex(&own.id),
        name: own.name.clone(),
        since: page.time(&own.made_at),
        used: own.used_at.map(|at| page.time(&at)),
        synced: own.synced,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shown = FactorPage {
        must,
        is_on,
        is_free,
        codes: on_at.map(|at| page.time(&at)),
        is_full: passkeys.len() >= limits::PASSKEYS,
        passkeys: passkeys.iter().map(row).collect(),
        origin: passkey::party(ctx, headers).map(|party| party.origin().to_owned()).unwrap_or_default(),
        device: device_words(&page, &device).chars().take(limits::PASSKEY_CHARS).collect(),
        left,
        setup: waits.map(|seed| setup(&page, &seed, account)).transpose()?,
        wrong,
        page,
    };
    show_as(status, &shown)
}

/// What stands on the page where something has to be shown first.
pub(super) fn unproved(ctx: &Ctx) -> Wrong {
    Some(("prove", ctx.t("factor-prove-first")))
}

/// `GET /desk/me/factor`.
pub async fn page(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, asked: Asked) -> Reply {
    answer(&ctx, origin, &headers, asked.get("done").unwrap_or_default(), None).await
}

/// `POST /desk/me/factor`: begins to set codes up.
pub async fn begin(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap) -> Reply {
    let seed = factor::new_seed();
    if change(&ctx, origin.clone(), &headers, move |tx, own| own.begin(tx, &seed)).await? {
        return Ok(go(HERE));
    }
    answer(&ctx, origin, &headers, "", unproved(&ctx)).await
}

/// A piece of work about the second factor of whoever asks.
fn of<T, D: Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError>>(
    ctx: &Ctx,
    origin: sessions::Origin,
    headers: &HeaderMap,
    deed: D,
) -> Result<impl Fn(&mut Tx<'_>) -> Result<T, DbError> + use<T, D>, Fault> {
    let engine = ctx.engine().clone();
    let account: AccountId = own(ctx)?.0.id;
    let cookie = cookie_value(headers, cookie::SESSION).unwrap_or_default().to_owned();
    let now = engine.clock.now();
    Ok(move |tx: &mut Tx<'_>| {
        let (home, key) = (engine.home, &engine.vault_key);
        deed(tx, Own { home, key, account, cookie: &cookie, origin: &origin, now })
    })
}

/// Does something with one's own second factor in one transaction.
pub(super) async fn change<T: Send + 'static>(
    ctx: &Ctx,
    origin: sessions::Origin,
    headers: &HeaderMap,
    deed: impl Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError> + Send + 'static,
) -> Result<T, Fault> {
    Ok(ctx.engine().db.write(of(ctx, origin, headers, deed)?).await?)
}

/// The recovery codes, which are shown once.
pub(super) fn codes(ctx: &Ctx, first: bool, codes: Vec<String>) -> Reply {
    show(&CodesPage { page: Page::titled(ctx, "factor-codes-title"), first, codes })
}

/// `POST /desk/me/factor/confirm`: the first code switches codes on.
pub async fn confirm(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let (typed, new) = (sent.text("code").to_owned(), factor::new_codes());
    let kept = new.clone();
    match change(&ctx, origin.clone(), &headers, move |tx, own| own.confirm(tx, &typed, &kept)).await? {
        Switched::First => codes(&ctx, true, new),
        Switched::Another => Ok(go(&format!("{HERE}?done=codes"))),
        Switched::Unproved => answer(&ctx, origin, &headers, "", unproved(&ctx)).await,
        Switched::Refused => answer(&ctx, origin, &headers, "", Some(("code", ctx.t("factor-wrong-first")))).await,
    }
}

/// What was shown as proof: by which field of the form, and what.
pub(super) fn shown(sent: &Sent) -> (&'static str, String) {
    let field = ["passkey", "recovery"].into_iter().find(|field| !sent.text(field).is_empty()).unwrap_or("code");
    (field, sent.text(field).to_owned())
}

/// Why it was not taken, in the reader's words.
pub(super) fn not_taken(page: &Page, field: &str, error: SignInError) -> String {
    match (error, field) {
        (SignInError::WrongCode, "recovery") => page.t("factor-wrong-recovery"),
        (SignInError::WrongCode, "passkey") => page.t("passkey-wrong"),
        (error, _) => refused(page, error),
    }
}

/// `POST /desk/me/factor/prove`: shows what is on; for a few minutes it may be changed.
pub async fn prove(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let (field, typed) = shown(&sent);
    let (party, answered) = (passkey::party(&ctx, &headers), Shown::parse(&typed));
    let deed = move |tx: &mut Tx<'_>, own: Own<'_>| match (field, &party, &answered) {
        ("passkey", Some(party), Some(answered)) => own.prove(tx, Proof::Passkey(party, answered)),
        ("recovery", ..) => own.prove(tx, Proof::Recovery(&typed)),
        _ => own.prove(tx, Proof::Code(&typed)),
    };
    match change(&ctx, origin.clone(), &headers, deed).await? {
        Ok(()) => Ok(go(&format!("{HERE}?done=proved"))),
        Err(error) => {
            let words = not_taken(&Page::titled(&ctx, "factor-title"), field, error);
            answer(&ctx, origin, &headers, "", Some((field, words))).await
        }
    }
}

/// `POST /desk/me/factor/change`: new recovery codes, or codes switched off.
pub async fn save(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let (off, new) = (sent.text("do") == "off", factor::new_codes());
    let kept = new.clone();
    let deed = move |tx: &mut Tx<'_>, own: Own<'_>| if off { own.off(tx) } else { own.renew(tx, &kept) };
    match change(&ctx, origin.clone(), &headers, deed).await? {
        true if off => Ok(go(&format!("{HERE}?done=off"))),
        true => codes(&ctx, false, new),
        false => answer(&ctx, origin, &headers, "", unproved(&ctx)).await,
    }
}
