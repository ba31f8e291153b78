//! The feed of changes: every event of every case that the caller may list, in one order for each street. A program that
//! remembers `next` misses nothing and hears nothing twice; it may wait for what comes.

use std::time::Duration;

use axum::{Json, http::StatusCode, response::IntoResponse};
use linli_engine::feed::{Heads, Part, Seen};
use linli_flow::What;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{
    list::Asked,
    shapes::{self, CaseHead, Time},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    given::{FromText, Query},
    problem::FieldError,
};

/// The longest that a program may wait, seconds.
const WAIT_SECONDS: u64 = 25;
/// Programs that wait at once, in this process; more are answered at once.
const WAITING: usize = 512;

/// From where, and how long to wait.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangesQuery {
    /// Where to go on: `next` of the answer before. From the first change on, when absent.
    after: Option<String>,
    /// `now`: begin with what comes from now on.
    from: Option<From>,
    /// Wait up to so many seconds until there is a change.
    #[schemars(with = "Option<u64>", range(max = 25))]
    wait: Option<FromText<u64>>,
}

/// Where a program begins.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// With what comes from now on.
    Now,
}

/// A part of the feed.
#[derive(Serialize, JsonSchema)]
pub struct Changes {
    /// The changes, in their order.
    items: Vec<Change>,
    /// Brings what comes after as `after`; always there.
    next: String,
    /// Whether more is there already.
    more: bool,
}

/// A change.
#[derive(Serialize, JsonSchema)]
pub struct Change {
    /// Its place in the order of its street: one more for each.
    n: u64,
    /// The number of the event within the case.
    seq: u64,
    /// When.
    at: Time,
    /// `opened`, `act`, `side`, `cancel` or `late`.
    sort: String,
    /// The step that it was about.
    step: Option<String>,
    /// The act.
    act: Option<String>,
    /// The case, as it stands now.
    case: CaseHead,
}

/// `GET /api/v1/changes`.
pub async fn list(ctx: Ctx, Query(query): Query<ChangesQuery>) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let wait = query.wait.as_ref().map_or(0, |seconds| seconds.0);
    if wait > WAIT_SECONDS {
        let (parameter, detail) = (Some("wait".to_owned()), format!("0 to {WAIT_SECONDS}"));
        let fault = Fault::new(StatusCode::BAD_REQUEST, "fault-malformed");
        return Err(Fault { errors: vec![FieldError { pointer: None, parameter, detail }], ..fault });
    }
    // What comes after a place is one question, wherever one began.
    let asked = Asked::new(&ctx, "changes", &());
    let from = match (&query.after, query.from) {
        (Some(cursor), _) => asked.open(cursor, read)?,
        (None, Some(From::Now)) => ctx.engine().feed_now(seat).await?,
        (None, None) => Heads::new(),
    };
    let mut news = ctx.engine().changes();
    news.mark_unchanged();
    let mut part = ctx.engine().feed_after(seat, &from).await?;
    if let Some(_place) = ctx.app.process.waiting.enter(WAITING).filter(|_| wait > 0) {
        let mut stopping = ctx.app.process.stopping.subscribe();
        let until_some = async {
            while part.seen.is_empty() && !part.more {
                tokio::select! {
                    moved = news.changed() => if moved.is_err() { break },
                    _ = stopping.wait_for(|stop| *stop) => break,
                }
                part = ctx.engine().feed_after(seat, &part.upto).await?;
            }
            Ok::<_, Fault>(())
        };
        if let Ok(Err(fault)) = timeout(Duration::from_secs(wait), until_some).await {
            return Err(fault);
        }
    }
    Ok(Json(changes(&ctx, &asked, &part)).into_response())
}

fn changes(ctx: &Ctx, asked: &Asked<'_>, part: &Part) -> Changes {
    let page = Page::new(ctx, "");
    let change = |seen: &Seen| {
        let (sort, step, act) = match &seen.event.what {
            What::Opened { .. } => ("opened", None, None),
            What::Acted { step, act, .. } => ("act", Some(step.clone()), Some(act.clone())),
            What::Side { act, .. } => ("side", None, Some(act.clone())),
            What::Cancelled { act, .. } => ("cancel", None, Some(act.clone())),
            What::Late { of: linli_flow::Timed::Step(step), .. } => ("late", Some(step.step.clone()), None),
            What::Late { .. } => ("late", None, None),
        };
        Change {
            n: seen.change.n,
            seq: seen.change.seq,
            at: Time::new(ctx, seen.change.at),
            sort: sort.to_owned(),
            step,
            act,
            case: shapes::head(&page, ctx, &seen.head),
        }
    };
    Changes { items: part.seen.iter().map(change).collect(), next: asked.seal(&write(&part.upto)), more: part.more }
}

/// Places as a position: `street:n`, one after another.
fn write(heads: &Heads) -> String {
    heads.iter().map(|(street, n)| format!("{street}:{n}")).collect::<Vec<_>>().join(",")
}

fn read(position: &str) -> Option<Heads> {
    let parts = position.split(',').filter(|part| !part.is_empty());
    let head = |part: &str| {
        let (street, n) = part.split_once(':')?;
        Some((street.parse().ok()?, n.parse().ok()?))
    };
    parts.map(head).collect()
}
