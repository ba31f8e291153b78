//! The telephone, as a page of its own: the elder version asks one thing a page.

use askama::Template;
use axum::http::StatusCode;

use super::draft::{Draft, Step, Wrong, step_words, titled};
use crate::web::{Ctx, Page, Reply, page::show_as};

#[derive(Template)]
#[template(path = "requests/phone.html")]
struct PhonePage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    wrong: Vec<Wrong>,
    step: String,
}

/// The step.
pub fn page(ctx: &Ctx, draft: Draft, wrong: Option<Wrong>) -> Reply {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(ctx, Step::Phone, wrong.is_some());
    let (hidden, step) = (draft.hidden(Step::Phone, ctx.elder), step_words(ctx, Step::Phone));
    show_as(status, &PhonePage { page, hidden, draft, wrong: wrong.into_iter().collect(), step })
}
