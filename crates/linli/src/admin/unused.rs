//! Accounts that nobody uses: told on the first page, and listed without more of anybody than the month of the last
//! sign-in.

use askama::Template;
use linli_engine::{
    db::Tx,
    limits,
    policy::{Action, Resource},
    seats::{
        Login,
        unused::{Unused, unused},
    },
};
use linli_worktime::Millis;

use super::{Asked, Nav, Paged, may, page};
use crate::web::{Ctx, Fault, Page, Reply, i18n::text, page::show};

#[derive(Template)]
#[template(path = "admin/unused.html")]
struct UnusedPage {
    page: Page,
    nav: Nav,
    list: Paged<Row>,
    first: Option<String>,
    next: Option<String>,
}

struct Row {
    login: String,
    name: String,
    /// In which month it was signed in to last.
    last: String,
    /// That its seats are over, since when.
    ended: Option<String>,
}

async fn read(ctx: &Ctx, after: Option<Login>) -> Result<Vec<Unused>, Fault> {
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| unused(tx, home, after.as_ref(), limits::PAGE + 1, now));
    Ok(found.await?)
}

/// How many there are, in words; nothing when there are none, or in a demonstration, whose accounts are nobody's.
pub(super) async fn told(ctx: &Ctx, page: &Page) -> Result<String, Fault> {
    if page.demo() {
        return Ok(String::new());
    }
    Ok(match read(ctx, None).await?.len() {
        0 => String::new(),
        n if n > limits::PAGE => page.n("unused-many", limits::PAGE as i64),
        n => page.n("unused-told", n as i64),
    })
}

/// The list of accounts, of these alone.
pub(super) async fn list(ctx: Ctx, asked: Asked) -> Reply {
    let page = page(&ctx, &ctx.t("unused-title"), &asked.done);
    let month = |key: &str, at: Millis| {
        let date = ctx.engine().packs().current().calendar.date_of(at);
        let args = [("year", date.year().to_string().into()), ("month", i64::from(date.month()).into())];
        text(ctx.lang, key, &args)
    };
    let shows_seats = may(&ctx, Action::List, Resource::Seat);
    let rows = read(&ctx, asked.after.parse().ok()).await?.into_iter().map(|one| Row {
        login: one.account.login.as_str().to_owned(),
        name: one.account.name,
        last: one.last.map_or_else(|| ctx.t("unused-never"), |at| month("unused-month", at)),
        ended: one.ended.filter(|_| shows_seats).map(|at| month("unused-ended", at)),
    });
    let list = Paged::new(rows, |row| row.login.clone());
    let next = list.next.as_ref().map(|after| format!("/admin/accounts?unused=1&after={after}"));
    let first = (!asked.after.is_empty()).then(|| "/admin/accounts?unused=1".to_owned());
    show(&UnusedPage { nav: Nav::new(&ctx, "/admin/accounts"), page, list, first, next })
}
