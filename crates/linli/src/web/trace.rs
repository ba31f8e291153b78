//! One line in the log for each request, and counts of them. Both name the route (`/c/{jurisdiction}/{number}`), never the
//! address: an address may say who asks about what.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use linli_engine::{
    db::Latency,
    edge::{self, Stopwatch},
    hex,
};

use super::App;

/// The id of a request, for whoever asks about it later.
#[derive(Clone)]
pub struct RequestId(pub String);

/// What was asked: a method and a route.
type Asked = (&'static str, String);

/// What was answered, by method, route and status; and how fast.
#[derive(Default)]
pub struct Answered(Mutex<BTreeMap<Asked, Arc<Counted>>>);

/// The answers of one route.
#[derive(Default)]
pub struct Counted {
    /// How fast.
    pub took: Latency,
    statuses: Mutex<BTreeMap<u16, u64>>,
}

impl Counted {
    /// How often each status was answered.
    pub fn statuses(&self) -> BTreeMap<u16, u64> {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Answered {
    /// Everything, in order.
    pub fn read(&self) -> Vec<(Asked, Arc<Counted>)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(asked, counted)| (asked.clone(), Arc::clone(counted))).collect()
    }

    fn of(&self, asked: Asked) -> Arc<Counted> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(asked).or_default())
    }
}

/// A method by one of the words that the program knows: whoever makes up methods does not fill the memory with them.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and logs a request. Outermost of all layers, so that it sees every answer.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let id = hex(&edge::new_id());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method(request.method());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), watch.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    // Looking after the program is not what people ask of it.
    if !matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "linli::request", id, method, route, status, ms);
    }
    let counted = app.process.answered.of((method, route));
    counted.took.add(took);
    *counted.statuses.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    response
}
