//! The cases of a resident who signed in, and what they were told about them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    cases::CaseKey,
    db::{DbError, Tx},
    ids::{CaseId, Jurisdiction, PersonId},
    notices::{self, Notice, Recipient},
    vault::behalf,
};
use serde::Deserialize;

use super::rows::{self, Row};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::Who,
    i18n::{has, text},
    page::show,
    times::Spoken,
};

/// Cases of a page.
const CASES: usize = 20;
/// Notices of a page.
const NOTICES: usize = 8;

/// Something that the reader was told.
struct Told {
    words: String,
    url: String,
    at: Spoken,
}

#[derive(Template)]
#[template(path = "requests/mine.html")]
struct MinePage {
    page: Page,
    rows: Vec<Row>,
    told: Vec<Told>,
    first: bool,
    older: Option<String>,
}

/// Which page.
#[derive(Deserialize)]
pub struct After {
    after: Option<String>,
}

/// `GET /mine`.
pub async fn page(ctx: Ctx, Query(query): Query<After>) -> Reply {
    let Who::Resident(person) = ctx.who else { return Err(Fault::not_found()) };
    let page = Page::titled(&ctx, "mine-title");
    let after: Option<CaseId> = query.after.as_deref().and_then(|id| id.parse().ok());
    let mut found = rows::of(&ctx, &page, person, after, CASES + 1).await?;
    let more = found.len() > CASES;
    found.truncate(CASES);
    let older = found.last().filter(|_| more).map(|(key, _)| format!("/mine?after={}", key.id));
    let keys: Vec<CaseKey> = found.iter().map(|(key, _)| *key).collect();
    let told = if after.is_none() { told(&ctx, &page, person, keys).await? } else { Vec::new() };
    let rows = found.into_iter().map(|(_, row)| row).collect();
    show(&MinePage { page, rows, told, first: after.is_none(), older })
}

/// The newest notices about these cases.
async fn told(ctx: &Ctx, page: &Page, person: PersonId, keys: Vec<CaseKey>) -> Result<Vec<Told>, Fault> {
    let read = move |tx: &mut Tx<'_>| {
        let mut streets: BTreeMap<Jurisdiction, Vec<Recipient>> = BTreeMap::new();
        for key in &keys {
            // Of a case that one reported for another, it was said who is told.
            if behalf::tells(tx, key.jurisdiction, key.id, person)? {
                streets.entry(key.jurisdiction).or_default().push(Recipient::Case(key.id));
            }
        }
        let mut all = Vec::new();
        for (street, recipients) in &streets {
            all.extend(notices::for_recipients(tx, *street, recipients, None, NOTICES)?);
        }
        Ok::<_, DbError>(all)
    };
    let mut all = ctx.engine().db.read(read).await?;
    all.sort_by_key(|notice| std::cmp::Reverse((notice.at, notice.id)));
    all.truncate(NOTICES);
    Ok(all.iter().map(|notice| in_words(page, notice)).collect())
}

fn in_words(page: &Page, notice: &Notice) -> Told {
    let arg = |name: &str| notice.args.get(name).cloned().unwrap_or_default();
    let key = format!("mine-notice-{}", notice.template);
    let key = if has(page.lang(), &key) { key.as_str() } else { "mine-notice" };
    Told {
        words: text(page.lang(), key, &[("title", arg("title").into())]),
        url: format!("/c/{}/{}", notice.case.0, arg("number")),
        at: page.time(&notice.at),
    }
}
