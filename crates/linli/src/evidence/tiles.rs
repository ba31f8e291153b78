//! Checkpoints, tiles and entries as files, and the page that says what they are for.

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use linli_engine::{
    db::DbError,
    evidence::{self, Ended},
    ids::Jurisdiction,
};
use linli_tlog::Resource;

use crate::web::{Ctx, Fault, Page, Reply, page::show, times::Spoken};

/// A tile that is full, or a bundle, never changes; a partial one stays right for as long as anybody may ask for it.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

struct Log {
    name: String,
    ended: Vec<Past>,
    street: Jurisdiction,
    size: u64,
    at: Spoken,
    key: String,
    stopped: bool,
}

/// An earlier beginning.
struct Past {
    at: Spoken,
    size: u64,
    kept: u64,
    why: String,
    key: String,
    note: String,
}

#[derive(Template)]
#[template(path = "evidence/logs.html")]
struct LogsPage {
    page: Page,
    logs: Vec<Log>,
}

/// `GET /log`.
pub async fn page(ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "log-title");
    let stopped = ctx.engine().log.stopped();
    let ended = evidence::ended(&ctx.engine().db).await?;
    let mut logs = Vec::new();
    for log in ctx.engine().logs().await? {
        let name = log.street.to_string().parse().map_or_else(|_| String::new(), |place| page.place(&place));
        logs.push(Log {
            name,
            street: log.street,
            size: log.size,
            at: page.time(&log.at),
            ended: past(&ctx, &page, ended.iter().filter(|ended| ended.street == log.street))?,
            key: ctx.engine().log.verifier(log.street, log.era)?,
            stopped: stopped.contains_key(&log.street),
        });
    }
    show(&LogsPage { page, logs })
}

fn past<'e>(ctx: &Ctx, page: &Page, ended: impl Iterator<Item = &'e Ended>) -> Result<Vec<Past>, DbError> {
    let shown = |ended: &Ended| {
        let Ended { street, era, at, size, kept, ref note, ref why } = *ended;
        let key = ctx.engine().log.verifier(street, era)?;
        Ok(Past { at: page.time(&at), size, kept, why: why.clone(), key, note: note.clone() })
    };
    ended.map(shown).collect()
}

fn street(text: &str) -> Result<Jurisdiction, Fault> {
    text.parse().map_err(|_| Fault::not_found())
}

/// `GET /log/{street}/checkpoint`.
pub async fn checkpoint(ctx: Ctx, Path(of): Path<String>) -> Reply {
    let note = ctx.engine().checkpoint(street(&of)?).await?.ok_or_else(Fault::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}

/// `GET /log/{street}/tile/…`.
pub async fn tile(ctx: Ctx, Path((of, path)): Path<(String, String)>) -> Result<Response, Fault> {
    let wanted: Resource = format!("tile/{path}").parse().map_err(|_| Fault::not_found())?;
    let body = ctx.engine().log_resource(street(&of)?, wanted).await?.ok_or_else(Fault::not_found)?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, FOR_EVER)];
    Ok((headers, body).into_response())
}
