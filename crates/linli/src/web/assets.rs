//! The built web assets, inside the program: named by their content, so they may be kept for ever. What shrinks stands
//! beside itself compressed (`.gz`).

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

static MANIFEST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let file = Assets::get("manifest.json");
    file.and_then(|f| serde_json::from_slice(&f.data).ok()).unwrap_or_default()
});

/// The address of an asset by its plain name.
pub fn url(name: &str) -> String {
    format!("/assets/{}", MANIFEST.get(name).map_or(name, String::as_str))
}

/// The text of an asset by its plain name.
pub fn text(name: &str) -> Option<String> {
    let file = Assets::get(MANIFEST.get(name)?)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// `GET /assets/{name}`: compressed as it was built, to whoever takes it so.
pub async fn serve(Path(name): Path<String>, asked: HeaderMap) -> Response {
    let Some(file) = Assets::get(&name).filter(|_| MANIFEST.values().any(|n| *n == name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mime = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    let takes = asked.get(header::ACCEPT_ENCODING).and_then(|e| e.to_str().ok()).unwrap_or_default();
    match Assets::get(&format!("{name}.gz")).filter(|_| takes.split(',').any(|e| e.trim().starts_with("gzip"))) {
        Some(small) => (headers, [(header::CONTENT_ENCODING, "gzip")], small.data).into_response(),
        None => (headers, file.data).into_response(),
    }
}
