//! What can be wrong with a calendar file or a time.

/// A calendar that cannot be used: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct CalendarError {
    /// The file as the caller named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// A text that is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a time: write it as in {example}")]
pub struct TimeError {
    text: String,
    example: &'static str,
}

impl TimeError {
    pub(crate) fn rfc3339(text: &str) -> Self {
        Self { text: text.to_owned(), example: "2026-02-27T17:30:00+08:00" }
    }

    pub(crate) fn local(text: &str) -> Self {
        Self { text: text.to_owned(), example: "2026-02-27 17:30:00" }
    }
}
