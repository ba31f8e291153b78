//! The accounts of staff: who can sign in; opening one, and shutting one. What each may do is said by their seats.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    Engine,
    db::{DbError, Tx},
    ids::{AccountId, Jurisdiction},
    limits,
    policy::{Action, Resource},
    seats::{self, Account, Login, PasswordError, Seat, SeatError},
};

use super::{
    Asked, Nav, Paged,
    form::{Choice, Form, Wrong},
    may, page, words,
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

/// Accounts read at once while one is looked for.
const SCAN: usize = 500;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/accounts", LIST, list)
        .post("/admin/accounts", EDIT, add)
        .get("/admin/new/account", EDIT, new)
        .get("/admin/accounts/{login}", SEE, one)
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
    let found = engine.db.read(move |tx: &mut Tx<'_>| scan(tx, home, &login)).await?;
    found.ok_or_else(Fault::not_found)
}

fn scan(tx: &mut Tx<'_>, home: Jurisdiction, login: &Login) -> Result<Option<Account>, DbError> {
    let mut after: Option<Login> = None;
    loop {
        let some = seats::accounts(tx, home, after.as_ref(), SCAN)?;
        let full = some.len() == SCAN;
        after = some.last().map(|a| a.login.clone());
        if let Some(found) = some.into_iter().find(|a| a.login == *login) {
            return Ok(Some(found));
        }
        if !full {
            return Ok(None);
        }
    }
}

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    page: Page,
    nav: Nav,
    form: Form,
    account: Account,
    seats: Vec<SeatRow>,
    roles: Vec<Choice>,
    orgs: Vec<Choice>,
    places: Vec<Choice>,
    may_disable: bool,
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
    let held = if shows_seats {
        engine.db.read(move |tx: &mut Tx<'_>| seats::seats_of(tx, home, id, now)).await?
    } else {
        Vec::new()
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
        roles: roles.map(role).collect(),
        orgs: words::orgs(&page, &directory),
        places: words::places(&page, &directory),
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
    let wrong = match open(ctx.engine(), id, &sent).await? {
        Ok(login) => return Ok(go(&format!("/admin/accounts/{}?done=account-added", login.as_str()))),
        Err(wrong) => wrong,
    };
    let form = Form::again(&ctx, "account", &sent, &wrong);
    let page = page(&ctx, &ctx.t("admin-account-new"), "");
    let page = AccountForm { nav: Nav::new(&ctx, "/admin/accounts"), page, form };
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Opens an account, or says what is wrong with what was typed.
async fn open(engine: &Engine, id: AccountId, sent: &Sent) -> Result<Result<Login, Vec<Wrong>>, Fault> {
    let mut wrong = Vec::new();
    let (login, name, password) = (sent.text("login"), sent.text("name").to_owned(), sent.text("password").to_owned());
    let key = if login.is_empty() { "missing" } else { "login" };
    let login = login.parse::<Login>().map_err(|_| wrong.push(Wrong::new("login", key))).ok();
    if name.is_empty() {
        wrong.push(Wrong::new("name", "missing"));
    } else if name.chars().count() > limits::NAME_CHARS {
        wrong.push(Wrong::new("name", "long").with("most", limits::NAME_CHARS));
    }
    if password.chars().count() < limits::PASSWORD_CHARS {
        wrong.push(Wrong::new("password", "password-short").with("n", limits::PASSWORD_CHARS));
    }
    let Some(login) = login.filter(|_| wrong.is_empty()) else { return Ok(Err(wrong)) };
    // Slow by design, so where blocking is allowed.
    let (of, typed) = (login.clone(), password);
    let hashed = tokio::task::spawn_blocking(move || seats::hash_password(&of, &typed)).await;
    let hash = match hashed {
        Ok(Ok(hash)) => hash,
        Ok(Err(PasswordError::IsLogin)) => return Ok(Err(vec![Wrong::new("password", "password-is-login")])),
        Ok(Err(PasswordError::Short | PasswordError::Hash)) | Err(_) => {
            return Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken"));
        }
    };
    let (home, kept) = (engine.home, login.clone());
    let made = engine.db.write(move |tx: &mut Tx<'_>| seats::create_account(tx, home, id, &kept, &name, &hash));
    match made.await {
        Ok(()) => Ok(Ok(login)),
        // The same form once more: the account is there under the form's own key.
        Err(SeatError::Taken(_)) if find(engine, login.as_str()).await.is_ok_and(|a| a.id == id) => Ok(Ok(login)),
        Err(SeatError::Taken(login)) => Ok(Err(vec![Wrong::new("login", "login-taken").with("login", login)])),
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(SeatError::Name | SeatError::NoAccount | SeatError::Separated(_)) => {
            Ok(Err(vec![Wrong::new("name", "missing")]))
        }
    }
}

async fn disable(ctx: Ctx, Path(login): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let account = find(ctx.engine(), &login).await?;
    // Whoever shuts their own account locks the office out.
    if own(&ctx, account.id) {
        return Err(Fault::not_found());
    }
    let (home, id, now) = (ctx.engine().home, account.id, ctx.engine().clock.now());
    match ctx.engine().db.write(move |tx: &mut Tx<'_>| seats::disable(tx, home, id, now)).await {
        Ok(()) => Ok(go(&format!("/admin/accounts/{}?done=account-disabled", account.login.as_str()))),
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Err(Fault::not_found()),
    }
}
