//! What makes the pages an app on a telephone: a manifest to install it, a service worker that keeps the plain shell
//! (style, code, icons, one page that says that there is no network) and nothing of anybody's.
//!
//! | route | what |
//! |---|---|
//! | `GET /manifest.webmanifest` | name, colours and icons |
//! | `GET /sw.js` | the service worker, with the list of what it keeps |
//! | `GET /offline` | what is shown without a network; the same for everybody |
//! | `GET /settings` | how the pages look to this reader |

use askama::Template;
use axum::{
    Json,
    extract::Query,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::json;

use crate::web::{Ctx, Fault, Needs, Page, Reply, Routes, assets, i18n::Lang, page::show};

/// The colours of the browser's own bars: jade and ground (`tokens.css`).
const THEME: &str = "#0f6b5c";
const GROUND: &str = "#fbfaf7";

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/manifest.webmanifest", Needs::Nobody, manifest)
        .get("/sw.js", Needs::Nobody, worker)
        .get("/offline", Needs::Nobody, offline)
        .get("/settings", Needs::Nobody, settings)
}

/// `GET /manifest.webmanifest`.
pub async fn manifest(ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "product");
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": assets::url(name), "sizes": sizes, "type": kind, "purpose": purpose });
    let manifest = json!({
        "id": "/",
        "name": page.t1("shell-name", "street", page.street()),
        "short_name": page.street(),
        "description": page.t("shell-about"),
        "lang": page.html_lang(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": [
            icon("icon.svg", "any", "image/svg+xml", "any"),
            icon("icon-192.png", "192x192", "image/png", "any"),
            icon("icon-512.png", "512x512", "image/png", "any"),
            icon("icon-maskable.png", "512x512", "image/png", "maskable"),
        ],
    });
    Ok(([(header::CONTENT_TYPE, "application/manifest+json")], Json(manifest).0.to_string()).into_response())
}

/// `GET /sw.js`: the names in it change with what they hold, so a new build is a new worker.
pub async fn worker() -> Reply {
    let code = assets::text("sw.js").ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "fault-not-found"))?;
    let shell: Vec<String> = ["app.css", "app.js", "icon.svg"].into_iter().map(assets::url).collect();
    let looks = Lang::ALL.iter().flat_map(|lang| ["off", "on"].map(|elder| (lang.code(), elder)));
    let offline: Vec<String> = looks.map(|(lang, elder)| format!("/offline?lang={lang}&elder={elder}")).collect();
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, format!("self.SHELL={};self.OFFLINE={};\n{code}", json!(shell), json!(offline))).into_response())
}

/// How the page without a network looks: the reader's own choice, which a worker cannot see in cookies.
#[derive(Deserialize)]
pub struct Look {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    elder: String,
}

#[derive(Template)]
#[template(path = "shell/offline.html")]
struct OfflinePage {
    page: Page,
}

/// `GET /offline`.
pub async fn offline(ctx: Ctx, Query(look): Query<Look>) -> Reply {
    let ctx = ctx.anyone(Lang::from_header(&look.lang), look.elder == "on");
    show(&OfflinePage { page: Page::titled(&ctx, "offline-title") })
}

#[derive(Template)]
#[template(path = "shell/settings.html")]
struct SettingsPage {
    page: Page,
}

/// `GET /settings`.
pub async fn settings(ctx: Ctx) -> Reply {
    show(&SettingsPage { page: Page::titled(&ctx, "settings-title") })
}
