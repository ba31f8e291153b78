//! The connections of visitors: so many at a time, and none that keeps its place by saying nothing.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use linli_engine::limits;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// How long visitors are waited for, and how many at a time.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the whole head of a request; a connection that is kept open for the next one ends after it, too.
    pub head: Duration,
    /// For the next piece of a body. A slow telephone's photo may take as long as it takes, as long as it comes.
    pub body: Duration,
    /// Connections at a time; the others wait until one ends.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: limits::HEAD_WAIT, body: limits::BODY_WAIT, connections: limits::CONNECTIONS }
    }
}

/// Answers until `stop` says so, and then what was asked by then.
pub async fn answer(router: Router, listener: TcpListener, patience: Patience, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(patience.connections));
    let (mut open, mut told) = (JoinSet::new(), false);
    loop {
        if places.available_permits() > 0 {
            told = false;
        } else if !std::mem::replace(&mut told, true) {
            tracing::warn!(most = patience.connections, "as many connections are open as may be; more wait for an end");
        }
        tokio::select! {
            (place, stream, peer) = next(&listener, &places) => {
                open.spawn(serve(router.clone(), stream, peer, patience, stop.clone(), place));
            }
            Some(_) = open.join_next() => {}
            () = stopped(&mut stop) => break,
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The next who comes, once there is a place.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // The places are never closed.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Whose it is stands in no line.
                tracing::trace!("a connection was taken");
                return (place, stream, peer);
            }
            // Who came went at once.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(limits::ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Answers what comes over one connection.
async fn serve(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    patience: Patience,
    mut stop: watch::Receiver<bool>,
    place: Option<OwnedSemaphorePermit>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(TimeoutBody::new(patience.body, body)));
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = http1::Builder::new();
    let serving = builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let mut serving = pin!(serving.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopped(&mut stop) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
    drop(place);
}
