//! Staff choose another password; those who came in with a first one have to.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    db::{DbError, Tx},
    edge, limits,
    record::By,
    seats::{self, PasswordError, keep::Pen},
    sessions::{self, SignInError, Token},
};

use super::{go_with, staff::CHECKS};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{Who, cookie, set_cookie},
    forms::Sent,
    origin::Origin,
    page::{show, show_as},
};

#[derive(Template)]
#[template(path = "signin/password.html")]
struct PasswordPage {
    page: Page,
    /// Whether it has to be done before anything else.
    first: bool,
    login: String,
    /// The field and what is wrong with it.
    wrong: Option<(&'static str, String)>,
}

fn form(ctx: &Ctx, wrong: Option<(&'static str, String)>) -> Result<PasswordPage, Fault> {
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "password-title");
    Ok(PasswordPage { page, first: account.must_change, login: account.login.as_str().to_owned(), wrong })
}

/// `GET /desk/password`.
pub async fn page(ctx: Ctx) -> Reply {
    show(&form(&ctx, None)?)
}

/// `POST /desk/password`.
pub async fn save(ctx: Ctx, Origin(origin): Origin, sent: Sent) -> Reply {
    let refuse = |field, words: String| show_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&ctx, Some((field, words)))?);
    let Who::Staff { account, seat, .. } = &ctx.who else { return Err(Fault::not_found()) };
    // As typed: blanks are part of a password.
    let typed = |name: &str| sent.fields.get(name).and_then(|v| v.first()).cloned().unwrap_or_default();
    let (old, new, again) = (typed("old"), typed("new"), typed("again"));
    let page = Page::titled(&ctx, "password-title");
    if new.chars().count() < limits::PASSWORD_CHARS {
        return refuse("new", page.n("password-short", limits::PASSWORD_CHARS as i64));
    }
    if new == old {
        return refuse("new", page.t("password-same"));
    }
    if new != again {
        return refuse("again", page.t("password-again-other"));
    }
    let engine = ctx.engine().clone();
    let (home, now, login) = (engine.home, engine.clock.now(), account.login.clone());
    let of = login.as_str().to_owned();
    let shared = engine.clone();
    let begin = move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, home, &shared.vault_key, &of);
    let candidate = engine.db.read(begin).await?;
    let broken = || Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    let (checked, hash) = {
        let _turn = CHECKS.acquire().await;
        let work = move || (candidate.check(&old), seats::hash_password(&login, &new));
        tokio::task::spawn_blocking(work).await.map_err(|_| broken())?
    };
    let hash = match hash {
        Ok(hash) => hash,
        Err(PasswordError::IsLogin) => return refuse("new", page.t("password-is-login")),
        Err(PasswordError::Short | PasswordError::Hash) => return Err(broken()),
    };
    let (by, token, of) = (By::staff(account, seat), Token::new(edge::secret()), account.clone());
    let done = engine.db.write(move |tx: &mut Tx<'_>| {
        // The old password is a sign-in like any other: it is counted, and it may be locked.
        if let Err(error) = sessions::check_again(tx, home, checked, &origin, now)? {
            return Ok(Err(error));
        }
        Pen::new(home, &by, now).own_password(tx, &of, &hash, &origin)?;
        Ok::<_, DbError>(Ok(sessions::start(tx, home, &token, sessions::Who::Staff(of.id), &origin, now)?))
    });
    match done.await? {
        Ok(session) => {
            let seconds = limits::STAFF_SESSION_MS / 1000;
            Ok(go_with("/desk/me?done=password", &[set_cookie(&ctx.app.config, cookie::SESSION, &session, seconds)]))
        }
        Err(SignInError::Locked { until }) => refuse("old", page.t1("signin-locked", "until", page.time(&until).words)),
        Err(_) => refuse("old", page.t("password-wrong")),
    }
}
