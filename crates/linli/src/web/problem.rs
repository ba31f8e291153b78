//! What a program is told when something is not done: RFC 9457 (`application/problem+json`). Each kind has a page that says
//! what it means and what to do; nothing of the program's insides is in it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Ctx, Fault, given::escaped, i18n};

/// Why a request was not done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The page that explains this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    pub status: u16,
    /// What happened and what to do, in the language that was asked for.
    pub detail: String,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// Where it is in the body, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which parameter of the address it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong.
    pub detail: String,
}

/// Where the page of a kind is.
pub const PAGES: &str = "/api/problems/";

/// The kinds, as their pages and their texts `problem-…` name them.
pub const KINDS: [&str; 19] = [
    "malformed",
    "no-key",
    "key-used",
    "cursor",
    "two-ways-in",
    "sign-in",
    "token",
    "scope",
    "not-yours",
    "cross-site",
    "not-found",
    "method",
    "conflict",
    "too-large",
    "media-type",
    "invalid",
    "rate",
    "unavailable",
    "broken",
];

/// The kind of a fault.
pub fn kind(fault: &Fault) -> &'static str {
    let own = fault.key.split_once('-').and_then(|(_, name)| KINDS.into_iter().find(|kind| *kind == name));
    own.unwrap_or(match fault.status {
        StatusCode::UNAUTHORIZED => "sign-in",
        StatusCode::FORBIDDEN => "not-yours",
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "media-type",
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::TOO_MANY_REQUESTS => "rate",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_server_error() => "broken",
        _ => "malformed",
    })
}

/// What happened, as a program's author reads it: where the words for pages would send them to a button, there are others.
fn words(ctx: &Ctx, fault: &Fault) -> String {
    let own = format!("api-{}", fault.key);
    match fault.said.is_none() && i18n::has(ctx.lang, &own) {
        true => ctx.t(&own),
        false => fault.words(ctx.lang),
    }
}

/// The answer that tells a program of a fault; what `bare` said in its headers (`Allow`) is kept.
pub fn answer(ctx: &Ctx, fault: &Fault, bare: &Response) -> Response {
    let kind = kind(fault);
    let status = fault.status;
    let detail = words(ctx, fault);
    let title = ctx.t(&format!("problem-{kind}"));
    let field = fault.args.iter().find(|(name, _)| *name == "field").filter(|_| fault.errors.is_empty());
    let field = field.map(|(_, name)| FieldError {
        pointer: Some(format!("/{}", escaped(name))),
        parameter: None,
        detail: detail.clone(),
    });
    let errors = fault.errors.iter().cloned().chain(field).collect();
    let kind = format!("{PAGES}{kind}");
    let problem = Problem { kind, title, status: status.as_u16(), detail, errors };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
    let mut say = |name, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    say(header::CONTENT_LANGUAGE, ctx.lang.html());
    match fault.key {
        "fault-token" => say(header::WWW_AUTHENTICATE, "Bearer realm=\"linli\", error=\"invalid_token\""),
        "fault-scope" => say(header::WWW_AUTHENTICATE, "Bearer realm=\"linli\", error=\"insufficient_scope\""),
        _ if status == StatusCode::UNAUTHORIZED => say(header::WWW_AUTHENTICATE, "Bearer realm=\"linli\""),
        _ => {}
    }
    let wait = fault.args.iter().find(|(name, _)| *name == "wait").filter(|_| status == StatusCode::TOO_MANY_REQUESTS);
    if let Some((_, seconds)) = wait {
        say(header::RETRY_AFTER, seconds);
    }
    if let Some(allow) = bare.headers().get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}
