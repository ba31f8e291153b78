//! Live pages of the desk: a stream of what happened since the page was drawn, to those who may see it. The inbox hears
//! of its rows and of new ones, a case's page of that case and of colleagues who have it open, every page of notices.
//! Nothing on a page is replaced under one's hands; without JavaScript a page is as good as when it was drawn.

mod stream;
mod watch;
mod words;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse,
        sse::{KeepAlive, Sse},
    },
};
use futures_util::stream::poll_fn;
use linli_engine::{cases::CaseKey, db::Tx, limits, presence};
use tokio::sync::mpsc;

use self::{stream::Stream, watch::Watched};
use super::asked::Asked;
use crate::web::{
    App, Ctx, Fault, Reply,
    ctx::{Who, cookie, cookie_value},
    forms::Sent,
};

/// Events that may wait for a slow reader.
const WAITING: usize = 16;
/// Seconds after which a browser that found no room asks again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("60");

/// `GET /desk/live`: the stream. What page it is for stands in the query; how far it came, in `after` or the header that
/// a browser sends when it comes again.
pub async fn open(State(app): State<App>, ctx: Ctx, headers: HeaderMap, asked: Asked) -> Reply {
    let (Who::Staff { account, seat, .. }, Some(session)) = (&ctx.who, cookie_value(&headers, cookie::SESSION)) else {
        return Err(Fault::not_found());
    };
    let again = headers.get("last-event-id").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let watched = Watched::of(&ctx, &asked, again).await?;
    let Some(ticket) = app.live.enter(linli_engine::digest(session.as_bytes()), watched.case()) else {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER)]).into_response());
    };
    let (send, mut receive) = mpsc::channel(WAITING);
    let stream = Stream::new(ctx.clone(), account.clone(), seat.clone(), session.to_owned(), watched, ticket, send);
    tokio::spawn(stream.run());
    let events = Sse::new(poll_fn(move |context| receive.poll_recv(context)));
    // A proxy in front must not gather what is meant to arrive at once.
    let direct = [("x-accel-buffering", "no")];
    Ok((direct, events.keep_alive(KeepAlive::new().interval(limits::LIVE_BEAT))).into_response())
}

/// `POST /desk/live/writing`: the page of a case says whether something is being filled in on it.
pub async fn writing(ctx: Ctx, sent: Sent) -> Reply {
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let wrong = || Fault::new(StatusCode::BAD_REQUEST, "fault-malformed");
    let case = watch::case_key(&ctx, sent.text("case")).await?.ok_or_else(wrong)?;
    let id = page_id(sent.text("page")).ok_or_else(wrong)?;
    let (account, writing) = (account.id, sent.ticked("writing"));
    let write = move |tx: &mut Tx<'_>| presence::writing(tx, case, id, account, writing);
    ctx.engine().db.write(write).await?;
    ctx.app.live.stir();
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The name that a page was given.
fn page_id(text: &str) -> Option<[u8; 16]> {
    let byte = |at: usize| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..16).map(byte).collect();
    bytes?.try_into().ok()
}

/// Leaves a case's page.
async fn leave(ctx: &Ctx, case: CaseKey, id: [u8; 16]) {
    let left = ctx.engine().db.write(move |tx: &mut Tx<'_>| presence::leave(tx, case, id)).await;
    if let Err(error) = left {
        // The row ends by itself.
        tracing::debug!(error = linli_engine::chain(&error), "a page was left and the row stays until its end");
    }
    ctx.app.live.stir();
}

/// Looks who has which case open, soon after somebody came or went here and every now and then for other processes.
pub async fn follow_presence(app: App, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut rounds = 0_u32;
    while !*stop.borrow() {
        if let Err(error) = app.live.look(&app.engine).await {
            tracing::error!(error = linli_engine::chain(&error), "who has which case open could not be looked up");
        }
        if rounds.is_multiple_of(64) {
            let now = app.engine.clock.now();
            let swept = app.engine.db.write(move |tx: &mut Tx<'_>| presence::sweep(tx, now)).await;
            if let Err(error) = swept {
                tracing::error!(error = linli_engine::chain(&error), "pages that were left could not be swept");
            }
        }
        rounds = rounds.wrapping_add(1);
        tokio::select! {
            () = async {
                tokio::time::sleep(limits::FEED_ROUND).await;
                let _ = tokio::time::timeout(limits::PRESENCE_POLL, app.live.stirred()).await;
            } => {}
            _ = stop.changed() => {}
        }
    }
    app.live.close();
}
