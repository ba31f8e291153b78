//! The engine: cases that travel through flows, with their timers, inbox, vault, orgs and places, over SQLite or
//! PostgreSQL. It owns every effect; the rules come from packs, the counting from the kernels.
#![forbid(unsafe_code)]

pub mod attachments;
pub mod base32;
pub mod cases;
pub mod checkup;
pub mod db;
pub mod desk;
pub mod directory;
pub mod edge;
mod engine;
pub mod evidence;
pub mod feed;
pub mod gauges;
pub mod ids;
pub mod import;
pub mod knowledge;
pub mod limits;
pub mod notices;
pub mod outward;
pub mod pack;
pub mod passkey;
pub mod policy;
pub mod presence;
pub mod reading;
pub mod record;
pub mod replies;
pub mod retention;
pub mod seats;
pub mod security;
pub mod sessions;
pub mod sheets;
pub mod start;
pub mod tokens;
pub mod totp;
pub mod tries;
pub mod vault;
pub mod viewer;
mod words;

pub use engine::{Engine, EngineError, Options, Packs};

use sha2::{Digest, Sha256};

/// SHA-256.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// An error with all its causes, for a log line or an operator.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Every statement of the program, for the test that prepares each on both databases.
pub fn statements() -> impl Iterator<Item = &'static db::Sql> {
    STATEMENTS.iter().copied().flatten().copied()
}

/// Those of each store.
static STATEMENTS: &[&[&db::Sql]] = &[
    attachments::STATEMENTS,
    attachments::evidence::STATEMENTS,
    cases::call::STATEMENTS,
    cases::inbox::STATEMENTS,
    cases::links::STATEMENTS,
    cases::search::INDEX_STATEMENTS,
    cases::search::STATEMENTS,
    cases::store::STATEMENTS,
    checkup::STATEMENTS,
    db::MIGRATE_STATEMENTS,
    desk::cover::STATEMENTS,
    desk::drafts::STATEMENTS,
    desk::handover::STATEMENTS,
    desk::load::STATEMENTS,
    desk::phrases::STATEMENTS,
    desk::views::STATEMENTS,
    directory::STATEMENTS,
    directory::border::STATEMENTS,
    engine::STATEMENTS,
    evidence::AUDIT_STATEMENTS,
    evidence::LOG_STATEMENTS,
    evidence::PUBLISH_STATEMENTS,
    evidence::RENEW_STATEMENTS,
    evidence::receipt::STATEMENTS,
    evidence::SOURCE_STATEMENTS,
    evidence::STATE_STATEMENTS,
    evidence::TILE_STATEMENTS,
    evidence::WITNESS_STATEMENTS,
    feed::STATEMENTS,
    gauges::STATEMENTS,
    feed::ENTRY_STATEMENTS,
    import::STATEMENTS,
    knowledge::CHASE_STATEMENTS,
    knowledge::STATEMENTS,
    notices::CHOICE_STATEMENTS,
    notices::STATEMENTS,
    notices::TOLD_STATEMENTS,
    presence::STATEMENTS,
    reading::FOLLOW_STATEMENTS,
    reading::LESSON_STATEMENTS,
    reading::MODEL_STATEMENTS,
    record::STATEMENTS,
    replies::STATEMENTS,
    retention::STATEMENTS,
    retention::cases::STATEMENTS,
    retention::rows::STATEMENTS,
    seats::STATEMENTS,
    seats::keep::STATEMENTS,
    seats::second::STATEMENTS,
    seats::unused::STATEMENTS,
    security::STATEMENTS,
    sessions::CODE_STATEMENTS,
    sessions::FACTOR_STATEMENTS,
    sessions::OWN_STATEMENTS,
    sessions::PASSKEY_STATEMENTS,
    sessions::STAFF_STATEMENTS,
    sessions::STATEMENTS,
    sheets::STATEMENTS,
    start::STATEMENTS,
    tokens::STATEMENTS,
    tries::STATEMENTS,
    vault::STATEMENTS,
    vault::behalf::STATEMENTS,
    vault::crowd::STATEMENTS,
    vault::forget::STATEMENTS,
    vault::keys::STATEMENTS,
    vault::public::STATEMENTS,
    vault::rotate::STATEMENTS,
    vault::words::STATEMENTS,
    cases::erase::STATEMENTS,
];
