//! The accounts of staff: who can sign in; opening one, and shutting one. What each may do is said by their seats.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    Engine,
    db::{DbError, Tx},
    ids::AccountId,
    limits,
    policy::{Action, Resource},
    seats::{
        self, Account, Login, PasswordError, PasswordHash, Seat, SeatError,
        keep::{self, Pen},
        second::Change,
    },
    sessions::factor,
};

use super::{
    Asked, Nav, Paged, by,
    form::{Choice, Form, Wrong},
    may, page, second,
    sheets::{Issued, passwords},
    unused, words,
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    ctx::Who,
    forms::Sent,
    page::{go, show, show_as},
    times::Spoken,
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Account);
const SEE: Needs = Needs::Seat(Action::See, Resource::Account);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Account);

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/accounts", LIST, list)
        .post("/admin/accounts", EDIT, add)
        .get("/admin/new/account", EDIT, new)
        .get("/admin/accounts/{login}", SEE, one)
        .post("/admin/accounts/{login}/password", EDIT, anew)
        .post("/admin/accounts/{login}/factor", EDIT, take_factor)
        .post("/admin/accounts/{login}/disable", EDIT, disable)
}

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct AccountsPage {
    page: Page,
    nav: Nav,
    list: Paged<AccountRow>,
    first: Option<String>,
    next: Option<String>,
    may_edit: bool,
    shows_seats: bool,
}

/// An account in a list.
struct AccountRow {
    login: String,
    name: String,
    disabled: bool,
    seats: Vec<String>,
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    if !asked.unused.is_empty() {
        return unused::list(ctx, asked).await;
    }
    let page = page(&ctx, &ctx.t("admin-accounts"), &asked.done);
    let after: Option<Login> = asked.after.parse().ok();
    let (home, now, shows_seats) =
        (ctx.engine().home, ctx.engine().clock.now(), may(&ctx, Action::List, Resource::Seat));
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| {
        let accounts = seats::accounts(tx, home, after.as_ref(), limits::PAGE + 1)?;
        let with_seats = |account: Account| {
            let held = if shows_seats { seats::seats_of(tx, home, account.id, now)? } else { Vec::new() };
            Ok((account, held))
        };
        accounts.into_iter().map(with_seats).collect::<Result<Vec<(Account, Vec<Seat>)>, DbError>>()
    });
    let rows = found.await?.into_iter().map(|(account, held)| AccountRow {
        login: account.login.as_str().to_owned(),
        name: account.name,
        disabled: account.disabled,
        seats: held.iter().map(|seat| page.seat_name(seat)).collect(),
    });
    let list = Paged::new(rows, |r| r.login.clone());
    let next = list.next.as_ref().map(|after| format!("/admin/accounts?after={after}"));
    let first = (!asked.after.is_empty()).then(|| "/admin/accounts".to_owned());
    let (nav, may_edit) = (Nav::new(&ctx, "/admin/accounts"), may(&ctx, Action::Edit, Resource::Account));
    show(&AccountsPage { page, nav, list, first, next, may_edit, shows_seats })
}

/// The account that signs in so.
///
/// # Errors
/// When there is none, or the database fails.
pub(super) async fn find(engine: &Engine, login: &str) -> Result<Account, Fault> {
    let (login, home): (Login, _) = (login.parse().map_err(|_| Fault::not_found())?, engine.home);
    let found = engine.db.read(move |tx: &mut Tx<'_>| keep::by_login(tx, home, &login)).await?;
    found.ok_or_else(Fault::not_found)
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    page: Page,
    nav: Nav,
    form: Form,
    account: Account,
    seats: Vec<SeatRow>,
    /// Those that have ended: name, place, from, until.
    past: Vec<(String, String, Spoken, Spoken)>,
    roles: Vec<Choice>,
    orgs: Vec<Choice>,
    places: Vec<Choice>,
    may_disable: bool,
    /// Since when its second factor is on.
    factor: Option<Spoken>,
    /// Whether the reader may read all that was done to it.
    may_record: bool,
    shows_seats: bool,
    may_grant: bool,
    is_own: bool,
}

/// A seat on the page of its account.
struct SeatRow {
    id: String,
    name: String,
    place: String,
    since: Spoken,
}

/// Whether the account is the reader's own.
pub(super) fn own(ctx: &Ctx, id: AccountId) -> bool {
    matches!(&ctx.who, Who::Staff { account, .. } if account.id == id)
}

/// The page of an account with the form for a seat, answered with this status.
pub(super) async fn account_page(ctx: &Ctx, account: Account, done: &str, form: Form, status: StatusCode) -> Reply {
    let page = page(ctx, &account.name, done);
    let shows_seats = may(ctx, Action::See, Resource::Seat);
    let (engine, id, now) = (ctx.engine(), account.id, ctx.engine().clock.now());
    let (home, directory) = (engine.home, engine.directory());
    let read = move |tx: &mut Tx<'_>| {
        let factor = factor::state(tx, home, id)?.since();
        if !shows_seats {
            return Ok((factor, Vec::new(), Vec::new()));
        }
        Ok::<_, DbError>((factor, seats::seats_of(tx, home, id, now)?, keep::past_seats(tx, home, id, now)?))
    };
    let (factor, held, past) = engine.db.read(read).await?;
    let ended = |seat: &Seat| {
        let until = page.time(&seat.until.unwrap_or(now));
        (page.seat_name(seat), words::place(&page, &directory, &seat.place), page.time(&seat.from), until)
    };
    let row = |seat: &Seat| SeatRow {
        id: seat.id.to_string(),
        name: page.seat_name(seat),
        place: words::place(&page, &directory, &seat.place),
        since: page.time(&seat.from),
    };
    let roles = engine.packs().current().roles.iter().filter(|r| r.code.parse::<seats::Role>().is_ok());
    let role = |r: &linli_engine::pack::Role| Choice { value: r.code.clone(), label: page.of(&r.title).to_owned() };
    let page = AccountPage {
        nav: Nav::new(ctx, "/admin/accounts"),
        form,
        seats: held.iter().map(row).collect(),
        past: past.iter().map(ended).collect(),
        may_record: may(ctx, Action::See, Resource::Record),
        roles: roles.map(role).collect(),
        orgs: words::orgs(&page, &directory),
        places: words::places(&page, &directory),
        factor: factor.map(|at| page.time(&at)),
        may_disable: may(ctx, Action::Edit, Resource::Account) && !account.disabled && !own(ctx, account.id),
        shows_seats,
        is_own: own(ctx, account.id),
        may_grant: may(ctx, Action::Edit, Resource::Seat) && !account.disabled && !own(ctx, account.id),
        account,
        page,
    };
    show_as(status, &page)
}

async fn one(ctx: Ctx, Path(login): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let account = find(ctx.engine(), &login).await?;
    let form = Form::new(&ctx, "seat", &[]);
    account_page(&ctx, account, &asked.done, form, StatusCode::OK).await
}

#[derive(Template)]
#[template(path = "admin/account_form.html")]
struct AccountForm {
    page: Page,
    nav: Nav,
    form: Form,
}

async fn new(ctx: Ctx) -> Reply {
    let form = Form::new(&ctx, "account", &[]);
    let page = page(&ctx, &ctx.t("admin-account-new"), "");
    show(&AccountForm { nav: Nav::new(&ctx, "/admin/accounts"), page, form })
}

async fn add(ctx: Ctx, sent: Sent) -> Reply {
    let id: AccountId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let wrong = match open(&ctx, id, &sent).await? {
        Ok(Opened { login, issued: None }) => {
            return Ok(go(&format!("/admin/accounts/{}?done=account-added", login.as_str())));
        }
        Ok(Opened { login, issued: Some(issued) }) => {
            let back = format!("/admin/accounts/{}", login.as_str());
            return passwords::tell(&ctx, &ctx.t("admin-done-account-added"), &back, vec![issued]);
        }
        Err(wrong) => wrong,
    };
    let form = Form::again(&ctx, "account", &sent, &wrong);
    let page = page(&ctx, &ctx.t("admin-account-new"), "");
    let page = AccountForm { nav: Nav::new(&ctx, "/admin/accounts"), page, form };
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// An account that was opened.
struct Opened {
    login: Login,
    /// Its first password, where the program made it: to be told once.
    issued: Option<Issued>,
}

/// Opens an account, or says what is wrong with what was typed. Without a password the program makes one.
async fn open(ctx: &Ctx, id: AccountId, sent: &Sent) -> Result<Result<Opened, Vec<Wrong>>, Fault> {
    let mut wrong = Vec::new();
    let (login, name, password) = (sent.text("login"), sent.text("name").to_owned(), sent.text("password").to_owned());
    let key = if login.is_empty() { "missing" } else { "login" };
    let login = login.parse::<Login>().map_err(|_| wrong.push(Wrong::new("login", key))).ok();
    if name.is_empty() {
        wrong.push(Wrong::new("name", "missing"));
    } else if name.chars().count() > limits::NAME_CHARS {
        wrong.push(Wrong::new("name", "long").with("most", limits::NAME_CHARS));
    }
    if !password.is_empty() && password.chars().count() < limits::PASSWORD_CHARS {
        wrong.push(Wrong::new("password", "password-short").with("n", limits::PASSWORD_CHARS));
    }
    let Some(login) = login.filter(|_| wrong.is_empty()) else { return Ok(Err(wrong)) };
    let made = password.is_empty().then(keep::first_password);
    let hash = match hashed(&login, made.clone().unwrap_or(password)).await? {
        Some(hash) => hash,
        None => return Ok(Err(vec![Wrong::new("password", "password-is-login")])),
    };
    let issued = made.map(|password| Issued { login: login.as_str().to_owned(), name: name.clone(), password });
    let (engine, by, kept) = (ctx.engine(), by(ctx)?, login.clone());
    let (home, now) = (engine.home, engine.clock.now());
    let opened =
        engine.db.write(move |tx: &mut Tx<'_>| Pen::new(home, &by, now).open(tx, id, &kept, &name, &hash)).await;
    match opened {
        Ok(()) => Ok(Ok(Opened { login, issued })),
        // The same form once more: the account is there under the form's own key, its password was told.
        Err(SeatError::Taken(_)) if find(engine, login.as_str()).await.is_ok_and(|a| a.id == id) => {
            Ok(Ok(Opened { login, issued: None }))
        }
        Err(SeatError::Taken(login)) => Ok(Err(vec![Wrong::new("login", "login-taken").with("login", login)])),
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Ok(Err(vec![Wrong::new("name", "missing")])),
    }
}

/// Slow by design, so where blocking is allowed. None when the password is the login.
pub(super) async fn hashed(login: &Login, password: String) -> Result<Option<PasswordHash>, Fault> {
    let of = login.clone();
    match tokio::task::spawn_blocking(move || seats::hash_password(&of, &password)).await {
        Ok(Ok(hash)) => Ok(Some(hash)),
        Ok(Err(PasswordError::IsLogin)) => Ok(None),
        Ok(Err(PasswordError::Short | PasswordError::Hash)) | Err(_) => {
            Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken"))
        }
    }
}

/// A new first password for somebody who forgot theirs.
async fn anew(ctx: Ctx, Path(login): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let account = find(ctx.engine(), &login).await?;
    if own(&ctx, account.id) || account.disabled {
        return Err(Fault::not_found());
    }
    let password = keep::first_password();
    let hash = hashed(&account.login, password.clone()).await?.ok_or_else(Fault::not_found)?;
    let (engine, by, of) = (ctx.engine(), by(&ctx)?, account.clone());
    let (home, now) = (engine.home, engine.clock.now());
    let done = engine.db.write(move |tx: &mut Tx<'_>| Pen::new(home, &by, now).first_password(tx, &of, &hash)).await;
    match done {
        Ok(()) => new_password(&ctx, &account, password),
        Err(SeatError::Alone) => second::propose(&ctx, &sent, Some(account), Change::Password).await,
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Err(Fault::not_found()),
    }
}

/// Tells a new first password, once.
pub(super) fn new_password(ctx: &Ctx, account: &Account, password: String) -> Reply {
    let (login, name) = (account.login.as_str().to_owned(), account.name.clone());
    let back = format!("/admin/accounts/{login}");
    passwords::tell(ctx, &ctx.t("admin-done-password-anew"), &back, vec![Issued { login, name, password }])
}

/// Takes the second factor off, for somebody who lost the device and the recovery codes.
async fn take_factor(ctx: Ctx, Path(login): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let account = find(ctx.engine(), &login).await?;
    if own(&ctx, account.id) {
        return Err(Fault::not_found());
    }
    let (home, now, by, of) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?, account.clone());
    let write = move |tx: &mut Tx<'_>| Pen::new(home, &by, now).take_factor(tx, &of);
    match ctx.engine().db.write(write).await {
        Ok(_) => Ok(go(&format!("/admin/accounts/{}?done=factor-taken", account.login.as_str()))),
        Err(SeatError::Alone) => second::propose(&ctx, &sent, Some(account), Change::Factor).await,
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Err(Fault::not_found()),
    }
}

async fn disable(ctx: Ctx, Path(login): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let account = find(ctx.engine(), &login).await?;
    // Whoever shuts their own account locks the office out.
    if own(&ctx, account.id) {
        return Err(Fault::not_found());
    }
    let (home, now, by, old) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?, account.clone());
    match ctx.engine().db.write(move |tx: &mut Tx<'_>| Pen::new(home, &by, now).shut(tx, &old)).await {
        Ok(()) => Ok(go(&format!("/admin/accounts/{}?done=account-disabled", account.login.as_str()))),
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Err(Fault::not_found()),
    }
}
