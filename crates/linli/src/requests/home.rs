//! The start: what has to be solved, one's open cases, and ways to everything else there is.

use askama::Template;
use linli_engine::limits;

use super::{
    draft::{Draft, SAY_CHARS},
    rows::{self, Row},
};
use crate::web::{Ctx, Page, Reply, ctx::Who, page::show};

/// Of one's newest cases, those that are open are shown.
const LOOKED_AT: usize = 10;

#[derive(Template)]
#[template(path = "requests/home.html")]
struct HomePage {
    page: Page,
    key: String,
    most: usize,
    files_most: usize,
    files_bytes: usize,
    open: String,
    rows: Vec<Row>,
}

/// `GET /`.
pub async fn page(ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "say-home");
    let mut rows = match ctx.who {
        Who::Resident(person) => rows::of(&ctx, &page, person, None, LOOKED_AT).await?,
        _ => Vec::new(),
    };
    rows.retain(|(_, row)| row.open);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    show(&HomePage {
        open: page.n("mine-open", rows.len()),
        page,
        key: Draft::new().key,
        most: SAY_CHARS,
        files_most: limits::UPLOADS,
        files_bytes: limits::UPLOAD_BYTES,
        rows,
    })
}
