//! Which answers are sent compressed. A page that holds something of one person beside something that another could put
//! into it tells its secrets by its length (BREACH): pages of readers who carry a session or an opened case go out as
//! they are. All others are the same for everybody, and most first visits are those. Assets are compressed when built.

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, predicate::Predicate},
};

use super::ctx::{cookie, cookie_value};

/// Marks an answer as the same for everybody.
#[derive(Clone, Copy)]
pub struct Impersonal;

/// Cookies that open something of one person.
const PERSONAL: [&str; 3] = [cookie::SESSION, cookie::TRACK, cookie::PHONE];

/// Whether the answer to a request is the same for everybody.
pub fn impersonal(headers: &HeaderMap) -> Option<Impersonal> {
    PERSONAL.iter().all(|name| cookie_value(headers, name).is_none()).then_some(Impersonal)
}

/// Compresses pages that are the same for everybody.
pub fn layer() -> CompressionLayer<impl Predicate> {
    let page = |_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions| {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|k| k.to_str().ok()).unwrap_or_default();
        let whole = kind.starts_with("text/html") || kind.starts_with("application/manifest+json");
        whole && extensions.get::<Impersonal>().is_some()
    };
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(page)
}
