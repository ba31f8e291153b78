//! The evidence: every event of a case (openings of the vault are events of theirs) and every change in the record is a
//! leaf of a log that anybody can verify and nobody can rewrite unseen. There is one log per jurisdiction, in the order of the feed.
//!
//! A leaf is a salted commitment to an [`Entry`], which in turn commits to the text of what happened. The transaction
//! that writes an event writes its salt and its leaf. The log shows leaves only: who is given an entry with its salt can
//! prove it ([`receipt`]), and where the salt and the text are erased, the leaf says nothing about anybody.
//!
//! A moment later the leaves grow into the tree ([`log`]): tiles and checkpoints as in C2SP tlog-tiles.

mod audit;
mod heads;
mod key;
mod log;
mod publish;
pub mod receipt;
mod renew;
mod source;
mod state;
mod tiles;
mod witness;

use std::borrow::Cow;

use linli_flow::Event;
use linli_worktime::Millis;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

pub(crate) use self::{
    audit::STATEMENTS as AUDIT_STATEMENTS,
    key::{held, settle},
    log::STATEMENTS as LOG_STATEMENTS,
    publish::STATEMENTS as PUBLISH_STATEMENTS,
    renew::STATEMENTS as RENEW_STATEMENTS,
    source::{STATEMENTS as SOURCE_STATEMENTS, Source},
    state::STATEMENTS as STATE_STATEMENTS,
    tiles::STATEMENTS as TILE_STATEMENTS,
    witness::STATEMENTS as WITNESS_STATEMENTS,
};
pub use self::{
    audit::{Audit, Finding, audit},
    key::{Era, LogKey},
    log::{Broken, Log, Seen},
    publish::{Listed, logs, streets},
    renew::{Ended, RenewError, Renewed, ended},
    witness::Witness,
};
use crate::{cases::Head, edge, hex, words::words};

words! {
    /// What an entry of the log belongs to.
    Kind, "a kind of entry of the log":
    /// An event of a case.
    Case = "case",
    /// A change in the record: of a seat, an account, a pack, a setting.
    Record = "record",
    /// A file that became part of a case.
    File = "file",
}

impl Kind {
    /// Its number in the database.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Case => 0,
            Self::Record => 1,
            Self::File => 2,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// What a leaf commits to: enough to say what was recorded when, without the text of it. Its canonical JSON (RFC 8785)
/// has its keys in the order of the fields here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, in milliseconds since 1970 (UTC).
    pub at: Millis,
    /// The digest of the text with its salt, in hexadecimal digits ([`Salt::body`]).
    pub body: String,
    /// By what sort of actor: `person`, `seat`, `cover`, `system`, `staff`, `command`.
    pub by: String,
    /// What it belongs to.
    pub kind: Kind,
    /// To which one: the number of a case; what was changed.
    pub of: String,
    /// By when the resident was promised an answer, as it stood then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Millis>,
    /// The number of the event in its case, from 1; 0 elsewhere.
    pub seq: u64,
    /// What was done.
    pub what: String,
}

impl Entry {
    /// The entry of an event of a case.
    pub(crate) fn of_event(number: &str, event: &Event, promised: Option<Millis>, body: String) -> Self {
        Self {
            at: event.at,
            body,
            by: event.by.kind.clone(),
            kind: Kind::Case,
            of: number.to_owned(),
            promised,
            seq: event.seq,
            what: event.what.name().to_owned(),
        }
    }

    /// Its canonical JSON.
    pub fn canonical(&self) -> String {
        // A struct of texts and numbers is always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What was reported, as canonical JSON: what the row of a case holds from the start and no event says. Of what people have
/// put right since, what it was.
pub(crate) fn report(head: &Head) -> String {
    let Head { address, body, channel, kind, reported_at, title, as_filed, .. } = head;
    let (category, place) =
        (as_filed.category.as_ref().unwrap_or(&head.category), as_filed.place.as_ref().unwrap_or(&head.place));
    json!({
        "address": address, "body": body, "category": category, "channel": channel, "kind": kind, "place": place,
        "reported": reported_at, "title": title,
    })
    .to_string()
}

/// The text of an event that is committed: the event, with the first one what was reported, and the digest of what was
/// written where personal data was taken out of it.
pub(crate) fn text<'e>(event: &'e str, report: Option<&str>, words: Option<[u8; 32]>) -> Cow<'e, str> {
    if report.is_none() && words.is_none() {
        return Cow::Borrowed(event);
    }
    let report = report.map_or_else(String::new, |report| format!(r#","report":{report}"#));
    let words = words.map_or_else(String::new, |words| format!(r#","words":"{}""#, hex(&words)));
    Cow::Owned(format!(r#"{{"event":{event}{report}{words}}}"#))
}

/// What makes a leaf say nothing to whoever does not have it: 16 bytes for the leaf, which go into receipts, and 16 for
/// the text, which go only to those who may read it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

/// The first bytes of everything that is digested here, so that no digest of another program means anything.
const LEAF: &[u8] = b"linli leaf 1\n";
const BODY: &[u8] = b"linli body 1\n";

impl Salt {
    /// A new one.
    pub fn new() -> Self {
        Self(edge::secret())
    }

    /// As it is kept; none when it has another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// The half that goes into receipts.
    pub fn for_leaf(&self) -> [u8; 16] {
        let [a @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.0;
        a
    }

    /// The half that opens the text.
    pub fn for_body(&self) -> [u8; 16] {
        let [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, b @ ..] = self.0;
        b
    }

    /// The digest of a text for [`Entry::body`].
    pub fn body(&self, text: &str) -> String {
        body_digest(&self.for_body(), text)
    }

    /// The leaf of an entry.
    pub fn leaf(&self, entry: &Entry) -> [u8; 32] {
        leaf(&self.for_leaf(), entry.canonical().as_bytes())
    }
}

impl Default for Salt {
    fn default() -> Self {
        Self::new()
    }
}

/// The commitment to an entry: SHA-256 over a fixed line, 16 bytes of salt and the canonical JSON.
pub fn leaf(salt: &[u8; 16], entry: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(LEAF).chain_update(salt).chain_update(entry).finalize().into()
}

/// The digest of a text: SHA-256 over a fixed line, 16 bytes of salt and the text, in hexadecimal digits.
pub fn body_digest(salt: &[u8; 16], text: &str) -> String {
    hex(&Sha256::new().chain_update(BODY).chain_update(salt).chain_update(text.as_bytes()).finalize())
}
