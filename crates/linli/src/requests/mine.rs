//! My matters, newest first.

use askama::Template;
use axum::extract::Query;
use linli_engine::{ids::CaseId, limits};
use serde::Deserialize;

use super::home::{Row, rows};
use crate::web::{Ctx, Page, Reply, page::show};

#[derive(Template)]
#[template(path = "requests/mine.html")]
struct MinePage {
    page: Page,
    mine: Vec<Row>,
    further: Option<CaseId>,
}

/// Where the list goes on.
#[derive(Deserialize)]
pub struct After {
    after: Option<CaseId>,
}

/// `GET /mine`.
pub async fn page(ctx: Ctx, Query(after): Query<After>) -> Reply {
    let page = Page::titled(&ctx, "mine-title");
    let mine = rows(&ctx, &page, after.after, limits::PAGE).await?;
    let further = (mine.len() == limits::PAGE).then(|| mine.last().map(|r| r.head.key.id)).flatten();
    show(&MinePage { page, mine, further })
}
