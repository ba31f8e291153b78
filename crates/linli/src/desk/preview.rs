//! One case beside the list, and the same as a piece of a page for the list that moves on by keys.

use askama::Template;
use axum::extract::Path;
use linli_engine::{
    attachments::Attachment,
    cases::{CaseError, inbox::Item, read::Dossier},
};
use linli_worktime::Millis;

use super::{
    case::{case_url, read, where_is},
    deeds::is_step,
    story::{Moment, moments},
    views::step_title,
};
use crate::web::{Ctx, Fault, Page, Reply, page::show, times::Due};

/// A case beside the list.
pub struct Preview {
    pub d: Dossier,
    pub url: String,
    pub step: String,
    pub late: bool,
    pub due: Option<Due>,
    pub place: String,
    pub story: Vec<Moment>,
    pub first: Option<String>,
}

impl Preview {
    /// Its files.
    pub fn files(&self) -> &[Attachment] {
        &self.d.attachments
    }

    fn new(ctx: &Ctx, page: &Page, d: Dossier, step: Option<(String, Millis)>) -> Self {
        let mut story = moments(ctx, page, &d);
        // What happened last says how it stands.
        story.drain(..story.len().saturating_sub(4));
        let first = d.offers.iter().find(|offer| offer.barred.is_none() && is_step(offer));
        let due = step.as_ref().map(|(_, due)| *due);
        Self {
            url: case_url(&d.head),
            step: step.map(|(title, _)| title).unwrap_or_default(),
            late: due.is_some_and(|due| due < ctx.engine().clock.now()),
            due: due.map(|due| page.due(&due)),
            place: where_is(ctx, page, &d.head),
            first: first.map(|offer| page.of(&offer.title).to_owned()),
            story,
            d,
        }
    }

    /// The case of a row of the inbox; none when somebody else has closed its step meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(ctx: &Ctx, page: &Page, item: &Item) -> Result<Option<Self>, Fault> {
        match ctx.engine().case_by_key(item.head.key, &ctx.viewer()).await {
            Ok(d) => Ok(Some(Self::new(ctx, page, d, Some((step_title(ctx, page, &item.step), item.due_at))))),
            Err(CaseError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "desk/preview.html")]
struct PreviewPiece {
    page: Page,
    p: Preview,
}

/// `GET /desk/peek/{jurisdiction}/{number}`: what stands beside the list, without the page around it.
pub async fn peek(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let page = Page::new(&ctx, &d.head.title);
    let step = d.steps.first().map(|step| (page.of(&step.title).to_owned(), step.due_at));
    let p = Preview::new(&ctx, &page, d, step);
    show(&PreviewPiece { page, p })
}
