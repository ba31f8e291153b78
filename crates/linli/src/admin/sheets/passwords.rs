//! First passwords: shown once, on the page that answers the deed, with a table to take along. The program keeps only
//! their hashes, so the table is made of what the page itself sends back.

use askama::Template;
use axum::http::StatusCode;

use super::{apply::Issued, write::Writer};
use crate::{
    admin::{Nav, page},
    web::{Ctx, Fault, Page, Reply, download::download, forms::Sent, page::show},
};

#[derive(Template)]
#[template(path = "admin/passwords.html")]
struct PasswordsPage {
    page: Page,
    nav: Nav,
    done: String,
    back: String,
    issued: Vec<Issued>,
}

/// The page that tells them. `done` says what was done, `back` is where one goes on.
pub(in crate::admin) fn tell(ctx: &Ctx, done: &str, back: &str, issued: Vec<Issued>) -> Reply {
    let page = page(ctx, &ctx.t("sheet-passwords"), "");
    let nav = Nav::new(ctx, "/admin/accounts");
    show(&PasswordsPage { page, nav, done: done.to_owned(), back: back.to_owned(), issued })
}

/// `POST /admin/passwords`: the same as a table.
pub(super) async fn table(ctx: Ctx, sent: Sent) -> Reply {
    let rows = sent.fields.get("row").map_or(&[][..], Vec::as_slice);
    let issued = rows.iter().filter_map(|row| {
        let mut parts = row.splitn(3, '\t').map(str::to_owned);
        Some(Issued { login: parts.next()?, password: parts.next()?, name: parts.next()? })
    });
    let issued: Vec<Issued> = issued.collect();
    let packs = ctx.engine().packs();
    let book = Writer { lang: ctx.lang, pack: packs.current() }.passwords(&issued);
    let book = book.map_err(|_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken"))?;
    Ok(download(&ctx.t("sheet-passwords-file"), "xlsx", book))
}
