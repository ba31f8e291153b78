//! The program at work: the capabilities' routes put together, and what it does by itself beside them.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    middleware,
    routing::get,
};
use linli_engine::{Engine, limits};
use tokio::{net::TcpListener, sync::watch};
use tower_http::{csrf::CsrfLayer, set_header::SetResponseHeaderLayer};

use crate::{
    admin, api,
    connections::{self, Patience},
    desk, evidence, health, hotline, knowledge, nearby, privacy, requests, rules, shell, signin, tour,
    web::{App, Routes, assets, compress, ctx, process::Process, routes::Route, trace},
};

/// Nothing comes from elsewhere and nothing runs that is written in a page.
const POLICY: &str = "default-src 'self'; img-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// All routes of the program.
pub fn routes() -> Routes {
    Routes::new()
        .merge(requests::routes())
        .merge(evidence::routes())
        .merge(nearby::routes())
        .merge(shell::routes())
        .merge(signin::routes())
        .merge(desk::routes())
        .merge(hotline::routes())
        .merge(knowledge::routes())
        .merge(admin::routes())
        .merge(api::routes())
        .merge(rules::routes())
        .merge(privacy::routes())
        .merge(tour::routes())
}

/// The router, and the list of its routes.
pub fn router(app: App) -> (Router, Vec<Route>) {
    let (router, list) = routes().into_parts();
    // A second router over the same process describes the same routes.
    let _ = app.process.routes.set(list.clone());
    let header =
        |name, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let router = router
        .route("/assets/{name}", get(assets::serve))
        .merge(health::router())
        .layer(DefaultBodyLimit::max(limits::UPLOAD_BYTES * limits::UPLOADS + 1_000_000))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), ctx::layer))
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(compress::layer())
        .layer(middleware::from_fn_with_state(app.clone(), trace::layer))
        .with_state(app);
    (router, list)
}

/// Serves until `stop` says so, and does meanwhile what the program does by itself.
pub async fn serve(app: App, listener: TcpListener, stop: watch::Receiver<bool>) {
    let worker = tokio::spawn(work(app.clone(), stop.clone()));
    let follower = tokio::spawn(follow(app.engine.clone(), stop.clone()));
    let presence = tokio::spawn(desk::follow_presence(app.clone(), stop.clone()));
    let witnesses = tokio::spawn(witness(app.engine.clone(), stop.clone()));
    let learner = tokio::spawn(learn(app.engine.clone(), stop.clone()));
    let process = Arc::clone(&app.process);
    let (router, _) = router(app);
    let mut ended = stop.clone();
    let let_go = async move {
        let _ = ended.wait_for(|stop| *stop).await;
        process.stopping.send_replace(true);
    };
    tokio::join!(connections::answer(router, listener, Patience::default(), stop), let_go);
    let _ = (worker.await, follower.await, presence.await, witnesses.await, learner.await);
}

/// Wakes what is due and takes in search words, every half second, at once while more waits.
async fn work(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let more = match app.engine.tick().await {
            Ok(more) => {
                app.process.pulse.beat();
                more
            }
            Err(error) => {
                tracing::error!(error = linli_engine::chain(&error), "a round of the program's own work failed");
                false
            }
        };
        if !more {
            let _ = tokio::time::timeout(Duration::from_millis(500), stop.changed()).await;
        }
    }
}

/// Gives new events their places in the feed and tells those who wait for changes: a moment after own events, so that
/// many share a round, and every now and then for what other processes wrote.
async fn follow(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let more = match engine.follow().await {
            Ok(more) => more,
            Err(error) => {
                tracing::error!(error = linli_engine::chain(&error), "the feed of changes could not be followed");
                false
            }
        };
        tokio::select! {
            () = async {
                tokio::time::sleep(limits::FEED_ROUND).await;
                if !more {
                    let _ = tokio::time::timeout(limits::FEED_POLL, engine.changed_here()).await;
                }
            } => {}
            _ = stop.changed() => {}
        }
    }
}

/// Asks those outside who countersign the log, where there are any.
async fn witness(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() && !engine.plugs.witnesses().is_empty() {
        if let Err(error) = engine.ask_witnesses().await {
            tracing::error!(error = linli_engine::chain(&error), "the witnesses could not be asked");
        }
        let _ = tokio::time::timeout(limits::WITNESS_ROUND, stop.changed()).await;
    }
}

/// Learns at night from what people decided of letters, beside everything else.
async fn learn(engine: Engine, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match engine.learn_if_due().await {
            Ok(all) => {
                all.iter().for_each(|learnt| tracing::info!(kind = %learnt.kind, outcome = %learnt.outcome, "learning"))
            }
            Err(error) => tracing::error!(error = linli_engine::chain(&error), "nothing was learnt"),
        }
        let _ = tokio::time::timeout(limits::LEARN_ROUND, stop.changed()).await;
    }
}

/// The shared part of a program over an engine.
pub fn app(engine: Engine, config: ctx::Config) -> App {
    App { engine, config: Arc::new(config), live: Arc::default(), process: Arc::new(Process::default()) }
}
