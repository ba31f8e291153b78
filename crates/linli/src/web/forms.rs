//! What a form sends: fields by name and files, each bounded; a body that cannot be read is told so.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequest, Multipart, RawForm, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use linli_engine::limits;

use super::Fault;

/// A sent form.
#[derive(Debug, Default)]
pub struct Sent {
    /// The values of each field, in their order.
    pub fields: BTreeMap<String, Vec<String>>,
    /// The files.
    pub files: Vec<SentFile>,
}

/// A sent file.
#[derive(Debug)]
pub struct SentFile {
    /// As the sender named it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Fields of one form.
const FIELDS: usize = 100;
/// Bytes of one field.
const FIELD_BYTES: usize = 64 * 1024;

impl Sent {
    /// The first value of a field, without blanks around it; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|v| v.first()).map_or("", |v| v.trim())
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !matches!(self.text(name), "" | "off" | "no" | "0")
    }

    /// The key that the page put into the form, so that sending it twice does nothing twice.
    ///
    /// # Errors
    /// When it is missing or not of the right shape.
    pub fn key(&self) -> Result<String, Fault> {
        let key = self.text("key");
        let good =
            (8..=80).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
        if good { Ok(key.to_owned()) } else { Err(Fault::new(StatusCode::BAD_REQUEST, "fault-no-key")) }
    }

    fn add(&mut self, name: String, value: String) -> Result<(), Fault> {
        if self.fields.len() >= FIELDS || value.len() > FIELD_BYTES {
            return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large"));
        }
        // PostgreSQL keeps no U+0000.
        self.fields.entry(name).or_default().push(value.replace('\0', ""));
        Ok(())
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &S) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|k| k.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let parts = Multipart::from_request(request, app).await.map_err(|_| malformed())?;
            return read_parts(parts).await;
        }
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault-malformed"));
        }
        let RawForm(bytes) = RawForm::from_request(request, app).await.map_err(|e| match e.into_response_status() {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large"),
            _ => malformed(),
        })?;
        let mut sent = Self::default();
        for (name, value) in form_pairs(&bytes) {
            sent.add(name, value)?;
        }
        Ok(sent)
    }
}

trait Status {
    fn into_response_status(self) -> StatusCode;
}

impl<T: axum::response::IntoResponse> Status for T {
    fn into_response_status(self) -> StatusCode {
        self.into_response().status()
    }
}

fn malformed() -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "fault-malformed")
}

fn multipart(error: &MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large")
    } else {
        malformed()
    }
}

async fn read_parts(mut parts: Multipart) -> Result<Sent, Fault> {
    let mut sent = Sent::default();
    while let Some(mut part) = parts.next_field().await.map_err(|e| multipart(&e))? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file) = part.file_name().map(str::to_owned) else {
            let value = part.text().await.map_err(|e| multipart(&e))?;
            sent.add(name, value)?;
            continue;
        };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(|e| multipart(&e))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > limits::UPLOAD_BYTES {
                return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-file-too-large").with("name", file));
            }
        }
        // An empty file field is sent as a file without a name.
        if file.is_empty() && bytes.is_empty() {
            continue;
        }
        if sent.files.len() >= limits::UPLOADS {
            return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-many-files"));
        }
        sent.files.push(SentFile { name: file, bytes });
    }
    Ok(sent)
}

/// The pairs of an `application/x-www-form-urlencoded` text (or of the query of an address).
pub fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let decode = |part: &[u8]| {
        let mut out = Vec::with_capacity(part.len());
        let mut rest = part.iter().copied();
        while let Some(byte) = rest.next() {
            match byte {
                b'+' => out.push(b' '),
                b'%' => {
                    let pair: Vec<u8> = rest.by_ref().take(2).collect();
                    let hex = std::str::from_utf8(&pair).ok().filter(|h| h.len() == 2);
                    out.push(hex.and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or(b'?'));
                }
                _ => out.push(byte),
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    };
    let pairs = bytes.split(|b| *b == b'&').filter(|p| !p.is_empty());
    pairs
        .map(|pair| match pair.iter().position(|b| *b == b'=') {
            Some(at) => (decode(&pair[..at]), decode(&pair[at + 1..])),
            None => (decode(pair), String::new()),
        })
        .collect()
}
