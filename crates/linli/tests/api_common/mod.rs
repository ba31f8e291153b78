//! Programs that call the API. Every answer is held against the description: the route is in it, the status is one that it
//! may answer, the body has the described shape and nothing besides.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests, each of which uses a part; a test that cannot set up must stop"
)]

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request},
};
use linli::{api::openapi, serve, web::i18n::Lang};
use linli_engine::{
    Engine,
    db::Tx,
    edge,
    ids::TokenId,
    seats,
    tokens::{self, Grant, Scope, Scopes, Token},
};
use linli_testbed::Bed;
use serde_json::{Value as Js, json};
use tower::ServiceExt as _;

#[path = "../desk_common/mod.rs"]
pub mod desk;

pub use desk::{Desk, PIXEL};

/// The description as it is served.
pub fn spec() -> &'static Js {
    static SPEC: OnceLock<Js> = OnceLock::new();
    SPEC.get_or_init(|| openapi::document(&serve::routes().into_parts().1, Lang::En))
}

/// The program, and programs that call it.
pub struct Api {
    pub desk: Desk,
    /// Where calls come from: wrong codes are counted by address.
    address: SocketAddr,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub shown: String,
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.shown, String::from_utf8_lossy(&self.bytes));
        self
    }

    #[track_caller]
    pub fn js(&self) -> Js {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.shown))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A problem of this kind.
    #[track_caller]
    pub fn problem(self, status: u16, kind: &str) -> Js {
        let answer = self.is(status);
        let js = answer.js();
        assert_eq!(js["type"], format!("/api/problems/{kind}"), "{}: {js}", answer.shown);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        js
    }
}

/// Where the route of a path is in the description.
fn described(method: &str, path: &str) -> Option<&'static Js> {
    let path = path.split('?').next().unwrap();
    let fits = |template: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        a.len() == b.len() && a.iter().zip(&b).all(|(t, p)| t == p || t.starts_with('{') && !p.is_empty())
    };
    let paths = spec()["paths"].as_object().unwrap();
    // A path that is written out goes before one with names.
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    found.iter().find_map(|(_, item)| item.get(method.to_ascii_lowercase()))
}

/// Holds an answer against the description.
#[track_caller]
fn conforms(method: &str, path: &str, answer: &Answer) {
    let shown = &answer.shown;
    let kind = answer.header("content-type").split(';').next().unwrap().to_owned();
    let Some(operation) = described(method, path) else {
        // What is not described is refused, with a problem all the same.
        assert!([401, 404, 405].contains(&answer.status), "{shown} is not described and answers {}", answer.status);
        return matches("application/problem+json", &json!({ "$ref": "#/components/schemas/Problem" }), answer);
    };
    let mut response = &operation["responses"][answer.status.to_string()];
    if let Some(named) = response["$ref"].as_str() {
        response = spec().pointer(named.strip_prefix('#').unwrap()).unwrap();
    }
    assert!(response.is_object(), "{shown} may not answer {}", answer.status);
    let content = response["content"].as_object().unwrap();
    let schema = &content.get(&kind).unwrap_or_else(|| panic!("{shown} answers {kind}"))["schema"];
    if kind.contains("json") {
        matches(&kind, schema, answer);
    }
}

#[track_caller]
fn matches(kind: &str, schema: &Js, answer: &Answer) {
    assert_eq!(answer.header("content-type").split(';').next().unwrap(), kind, "{}", answer.shown);
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": spec()["components"], "allOf": [schema], "unevaluatedProperties": false,
    });
    let validator = jsonschema::validator_for(&whole).unwrap();
    let js = answer.js();
    let wrong: Vec<String> =
        validator.iter_errors(&js).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}: {wrong:?} in {js}", answer.shown);
}

impl Api {
    pub async fn open(bed: &Bed) -> Self {
        static CALLERS: AtomicU16 = AtomicU16::new(1);
        let [high, low] = CALLERS.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let address = SocketAddr::from((Ipv4Addr::new(10, 200, high, low), 4000));
        Self { desk: Desk::open(bed).await, address }
    }

    pub fn engine(&self) -> &Engine {
        &self.desk.engine
    }

    /// A token for the first seat of an account.
    pub async fn token(&self, login: &str, scopes: &[Scope], per_minute: u32) -> (TokenId, String) {
        let engine = self.engine().clone();
        let (home, now, id, text) =
            (engine.home, engine.clock.now(), TokenId::new(), tokens::secret_text(edge::secret()));
        let (login, scopes, kept) = (login.to_owned(), Scopes::of(scopes.iter().copied()), text.clone());
        let made = engine.db.write(move |tx: &mut Tx<'_>| {
            let account = seats::accounts(tx, home, None, 100)?;
            let account = account.into_iter().find(|a| a.login.as_str() == login).unwrap();
            let seat = seats::seats_of(tx, home, account.id, now)?.remove(0).id;
            let name = format!("Test of {login}");
            let new = Grant { id, seat, name, scopes: scopes.clone(), per_minute, ends: None, by: account.id };
            tokens::grant(tx, home, &new, now)?;
            assert!(tokens::fetch(tx, home, id, account.id, &kept, now)?);
            Ok::<_, tokens::TokenError>(())
        });
        made.await.unwrap();
        (id, text)
    }

    /// Everything, as much as anybody needs.
    pub async fn full(&self, login: &str) -> String {
        self.token(login, Scope::ALL, 60_000).await.1
    }

    pub async fn found(&self, text: &str) -> Option<Token> {
        let (engine, text) = (self.engine().clone(), text.to_owned());
        let (home, now) = (engine.home, engine.clock.now());
        engine.db.read(move |tx: &mut Tx<'_>| tokens::find(tx, home, &text, now)).await.unwrap()
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let answer = send(self.desk.router.clone(), self.address, method, path, headers, body.into()).await;
        if path.starts_with("/api/v1/") {
            conforms(method, path, &answer);
        }
        answer
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        let auth = format!("Bearer {token}");
        let headers = [("authorization", auth.as_str())];
        self.call("GET", path, if token.is_empty() { &[] } else { &headers }, Body::empty()).await
    }

    pub async fn post(&self, token: &str, path: &str, key: &str, body: &Js) -> Answer {
        let auth = format!("Bearer {token}");
        let mut headers = vec![("content-type", "application/json"), ("idempotency-key", key)];
        if !token.is_empty() {
            headers.push(("authorization", &auth));
        }
        self.call("POST", path, &headers, body.to_string()).await
    }

    /// Files a request as anybody; its receipt.
    pub async fn file(&self, key: &str, body: &str) -> Js {
        let body = json!({ "body": body, "place": "990101001001001003", "category": "utility.lighting", "contact": "19900000001" });
        self.post("", "/api/v1/requests", key, &body).await.is(201).js()
    }
}

/// The address of a case for staff.
pub fn case(receipt: &Js) -> String {
    format!("/api/v1/cases/{}/{}", receipt["jurisdiction"].as_str().unwrap(), receipt["number"].as_str().unwrap())
}

/// A form with files.
pub fn form(files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

async fn send(
    router: Router,
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Answer {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body).unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 20_000_000).await.unwrap().to_vec();
    Answer { status, headers, bytes, shown: format!("{method} {path}") }
}
