//! How the program is doing, for whoever looks after it. Not routes of a capability: they are for machines beside it.
//!
//! | route | what |
//! |---|---|
//! | `GET /healthz` | the process answers |
//! | `GET /readyz` | it can do its work: 200, or 503 and why not |
//! | `GET /metrics` | counts and times (Prometheus), for this machine only or with a token for it |

mod metrics;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use linli_engine::tokens::Scope;
use tokio::time::timeout;

use crate::web::{App, Ctx, Fault, Reply};

/// How long a round of the program's own work may be ago: it does one every half second.
const ROUND: Duration = Duration::from_secs(15);
/// How long the database may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// The routes.
pub fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(show_metrics))
}

/// `GET /readyz`.
async fn ready(State(app): State<App>) -> Response {
    let mut reasons = Vec::new();
    match timeout(ANSWER, app.engine.db.is_ready()).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => reasons.push("the tables are not those of this version"),
        Ok(Err(error)) => {
            tracing::error!(error = linli_engine::chain(&error), "not ready");
            reasons.push("the database does not answer");
        }
        Err(_) => reasons.push("the database is slow to answer"),
    }
    if *app.process.stopping.borrow() {
        reasons.push("it was told to stop");
    }
    if app.process.pulse.ago().is_none_or(|ago| ago > ROUND) {
        reasons.push("its own work stands still");
    }
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    match reasons.is_empty() {
        true => (plain, "ready\n".to_owned()).into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, plain, reasons.join("\n") + "\n").into_response(),
    }
}

/// `GET /metrics`.
async fn show_metrics(State(app): State<App>, ctx: Ctx, request: Request) -> Reply {
    match &ctx.pass {
        Some(pass) if pass.scopes.has(Scope::MetricsRead) => {}
        Some(_) => {
            let scope = Scope::MetricsRead.as_str();
            return Err(Fault::new(StatusCode::FORBIDDEN, "fault-scope").with("scope", scope));
        }
        None if from_here(&request) => {}
        None => return Err(Fault::not_found()),
    }
    let text = metrics::text(&app).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Whether a request comes from this machine itself, and not through a proxy on it.
fn from_here(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let forwarded = |headers: &HeaderMap| {
        ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name))
    };
    peer.is_some_and(|ip| ip.to_canonical().is_loopback()) && !forwarded(request.headers())
}
