//! What a program gives: the query of an address and the JSON of a body, each read strictly. What cannot be read is told
//! with the place where it is wrong.

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use linli_engine::digest;
use std::{fmt::Display, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::Value;

use super::{App, Fault, forms::form_pairs, problem::FieldError};

/// Bytes of a JSON body.
pub const JSON_BYTES: usize = 256 * 1024;

fn malformed() -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "fault-malformed")
}

/// The query of an address: names that nobody knows, names twice and values that cannot be read are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        let mut given = serde_json::Map::new();
        for (name, value) in form_pairs(parts.uri.query().unwrap_or_default().as_bytes()) {
            let wrong = |detail: &str| {
                let (parameter, detail) = (Some(name.clone()), detail.to_owned());
                Fault { errors: vec![FieldError { pointer: None, parameter, detail }], ..malformed() }
            };
            if value.contains('\0') || name.contains('\0') {
                return Err(wrong("must not contain U+0000"));
            }
            if given.insert(name.clone(), Value::String(value)).is_some() {
                return Err(wrong("stands twice"));
            }
        }
        serde_path_to_error::deserialize(Value::Object(given)).map(Self).map_err(|error| {
            let detail = error.inner().to_string();
            let path = error.path().to_string();
            let detail = without_value(&detail);
            let unknown = detail.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            let parameter = unknown.map(str::to_owned).or((path != ".").then_some(path));
            Fault { errors: vec![FieldError { pointer: None, parameter, detail }], ..malformed() }
        })
    }
}

/// A value that is written as text, in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromText<T>(pub T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for FromText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: Display> Serialize for FromText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A JSON body, with the digest of what it says (not of how it is spaced and ordered).
#[derive(Debug)]
pub struct Json<T> {
    /// What it says.
    pub body: T,
    /// The digest of all but its `key`.
    pub digest: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &App) -> Result<Self, Fault> {
        if !is_json(request.headers()) {
            return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault-media-type"));
        }
        let path = request.uri().path().to_owned();
        let long = request.headers().get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse::<usize>().ok());
        let too_large = || Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large");
        if long.is_some_and(|n| n > JSON_BYTES) {
            return Err(too_large());
        }
        let bytes = to_bytes(request.into_body(), JSON_BYTES).await.map_err(|error| {
            let cut = std::error::Error::source(&error).is_none_or(|e| !e.to_string().contains("length limit"));
            if cut { malformed() } else { too_large() }
        })?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| at(malformed(), String::new(), &error))?;
        if let Some(pointer) = holds_nul(&value, String::new()) {
            return Err(at(invalid(), pointer, &"must not contain U+0000"));
        }
        let mut said = value.clone();
        if let Value::Object(fields) = &mut said {
            fields.remove("key");
        }
        let said = [path.as_bytes(), b"\0", &serde_json::to_vec(&said).unwrap_or_default()].concat();
        let body = serde_path_to_error::deserialize(value).map_err(|error| {
            let pointer = pointer(error.path());
            at(invalid(), pointer, error.inner())
        })?;
        Ok(Self { body, digest: digest(&said) })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
}

fn invalid() -> Fault {
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-form")
}

fn at(fault: Fault, pointer: String, detail: &dyn std::fmt::Display) -> Fault {
    let error = FieldError { pointer: Some(pointer), parameter: None, detail: without_value(&detail.to_string()) };
    Fault { errors: vec![error], ..fault }
}

/// A path as a JSON pointer.
/// What a parser says, without the value that it met: that may be a telephone number at the wrong place, and whoever sent
/// it keeps our answers in a log.
fn without_value(detail: &str) -> String {
    if ["unknown field", "missing field", "duplicate field"].iter().any(|about| detail.starts_with(about)) {
        return detail.to_owned();
    }
    // The value stands before what was expected, and in what the ids say of themselves.
    let named = || detail.starts_with('`').then(|| detail.rsplit_once("` ")).flatten();
    match (detail.rsplit_once(", expected "), named()) {
        (Some((_, expected)), _) => format!("expected {expected}"),
        (None, Some((_, rest))) => rest.to_owned(),
        (None, None) => detail.to_owned(),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{}", escaped(variant)),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}

/// A name inside a JSON pointer.
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where a text holds U+0000, which PostgreSQL cannot keep.
fn holds_nul(value: &Value, here: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(here),
        Value::Array(all) => all.iter().enumerate().find_map(|(n, value)| holds_nul(value, format!("{here}/{n}"))),
        Value::Object(all) => all.iter().find_map(|(name, value)| {
            let below = format!("{here}/{}", escaped(name));
            if name.contains('\0') { Some(below) } else { holds_nul(value, below) }
        }),
        _ => None,
    }
}

/// The key of a deed: of the header `Idempotency-Key`, or of the body.
///
/// # Errors
/// When there is none, it has not the right shape, or the two differ.
pub fn key(headers: &HeaderMap, body: Option<&str>) -> Result<String, Fault> {
    let wrong = || Fault::new(StatusCode::BAD_REQUEST, "fault-no-key");
    let header = match headers.get("idempotency-key") {
        // The draft of the IETF writes it as a structured string, most programs as it is.
        Some(value) => Some(value.to_str().map_err(|_| wrong())?.trim_matches('"')),
        None => None,
    };
    let key = match (header, body) {
        (Some(header), Some(body)) if header != body => return Err(wrong()),
        (Some(key), _) | (None, Some(key)) => key,
        (None, None) => return Err(wrong()),
    };
    let good = (8..=120).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    if good { Ok(key.to_owned()) } else { Err(wrong()) }
}
