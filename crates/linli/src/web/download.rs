//! Files that are taken along, and texts in tables that no program takes for formulas.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::routes::percent;

/// What begins a formula in some program (the wide forms where Chinese is written), and the apostrophe that says it is none.
const FORMULA: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether some program would take a text for a formula.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

/// Text that no program takes for a formula: what would begin one, and what looks escaped, gets an apostrophe.
#[must_use]
pub fn escaped(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that was escaped.
#[must_use]
pub fn opened(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

/// A file to be kept.
pub fn download(name: &str, ending: &str, bytes: Vec<u8>) -> Response {
    let kind = match ending {
        "csv" => "text/csv; charset=utf-8",
        _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    // A name for old programs, and the real one.
    let named = format!("attachment; filename=\"linli.{ending}\"; filename*=UTF-8''{}.{ending}", percent(name));
    let disposition = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}
