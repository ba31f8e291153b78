//! What the log of evidence holds of a file: when, by which side and with which case it came, and the digest of its content.
//! Whoever exchanges a picture afterwards is found out by it.

use linli_worktime::Millis;
use serde_json::json;

use super::{Attachment, AttachmentId, Digest, Stored};
use crate::{
    cases::CaseKey,
    db::{DbError, Row, Tx, args, statements},
    evidence::{Entry, Kind, Salt, Source},
    feed::{self, Fresh},
    ids::{CaseId, Jurisdiction},
};

statements! {
    NUMBER = "SELECT number FROM cases WHERE jurisdiction = $1 AND id = $2";
    // A page of the log: its files, with the numbers of their cases.
    FILES_BEHIND = "SELECT f.n, c.number, a.salt, a.at, a.jurisdiction, a.id, a.case_id, a.name, a.mime, a.bytes, a.digest, a.by_whom
        FROM feed_change f
        JOIN attachment a ON a.jurisdiction = f.jurisdiction AND a.id = f.case_id
        LEFT JOIN cases c ON c.jurisdiction = a.jurisdiction AND c.id = a.case_id
        WHERE f.jurisdiction = $1 AND f.n > $2 AND f.n <= $3 AND f.kind = 2";
    FILE_BEHIND = "SELECT f.n, c.number, a.salt, a.at, a.jurisdiction, a.id, a.case_id, a.name, a.mime, a.bytes, a.digest, a.by_whom
        FROM attachment a
        JOIN feed_change f ON f.jurisdiction = a.jurisdiction AND f.case_id = a.id AND f.seq = 0 AND f.kind = 2
        LEFT JOIN cases c ON c.jurisdiction = a.jurisdiction AND c.id = a.case_id
        WHERE a.jurisdiction = $1 AND a.id = $2";
    PROVABLE = "SELECT id, name, at FROM attachment
        WHERE jurisdiction = $1 AND case_id = $2 AND bytes > 0 AND salt IS NOT NULL ORDER BY id";
    // Goes through all files: an audit does. Those from before there was a log of files have no salt.
    UNLOGGED_FILES = "SELECT a.id, a.name, c.number FROM attachment a
        LEFT JOIN cases c ON c.jurisdiction = a.jurisdiction AND c.id = a.case_id
        WHERE a.jurisdiction = $1 AND a.bytes > 0
        AND (a.salt IS NOT NULL OR a.at > (SELECT min(at) FROM attachment WHERE jurisdiction = $1 AND salt IS NOT NULL))
        AND NOT EXISTS (SELECT 1 FROM feed_change f WHERE f.jurisdiction = a.jurisdiction AND f.case_id = a.id AND f.seq = 0 AND f.kind = 2)
        AND NOT EXISTS (SELECT 1 FROM fresh_event n WHERE n.jurisdiction = a.jurisdiction AND n.at = a.at AND n.case_id = a.id AND n.seq = 0)
        ORDER BY a.id LIMIT 20";
}

/// The text that is committed of a file.
fn text(file: &Attachment) -> String {
    let Stored { digest, mime, bytes_len, name } = &file.stored;
    json!({ "by": file.by, "bytes": bytes_len, "digest": digest.to_string(), "mime": mime.as_str(), "name": name })
        .to_string()
}

fn entry(file: &Attachment, number: &str, salt: &Salt) -> Entry {
    Entry {
        at: file.at,
        body: salt.body(&text(file)),
        by: if file.by == "reporter" { "person" } else { "seat" }.to_owned(),
        kind: Kind::File,
        of: number.to_owned(),
        promised: None,
        seq: 0,
        what: "attached".to_owned(),
    }
}

/// Notes a file for the log, in the transaction that writes its row; what opens the leaf.
pub(super) fn note(tx: &mut Tx<'_>, file: &Attachment) -> Result<Salt, DbError> {
    let (jurisdiction, case) = file.case;
    let number: String =
        tx.first(&NUMBER, &args![jurisdiction, case])?.map_or(Ok(String::new()), |mut row| row.take())?;
    let salt = Salt::new();
    let leaf = salt.leaf(&entry(file, &number, &salt));
    feed::note(tx, &Fresh { jurisdiction, kind: Kind::File, id: file.id.0, seq: 0, at: file.at, leaf })?;
    Ok(salt)
}

/// A file that the log has, as the database has it now.
pub(crate) struct Logged {
    /// Its place in the log.
    pub n: u64,
    /// The number of its case.
    pub number: String,
    /// What it is called, and its content; nothing of a file that was let go of.
    pub content: Option<(String, Digest)>,
    /// What the log should have of it; nothing where its salt is gone.
    pub source: Option<Source>,
}

/// The files of a page of the log.
pub(crate) fn logged(tx: &mut Tx<'_>, street: Jurisdiction, after: u64, last: u64) -> Result<Vec<Logged>, DbError> {
    tx.query(&FILES_BEHIND, &args![street, after, last])?.into_iter().map(read).collect()
}

/// One file of the log; none while it has no place there.
pub(crate) fn one(tx: &mut Tx<'_>, street: Jurisdiction, id: AttachmentId) -> Result<Option<Logged>, DbError> {
    tx.first(&FILE_BEHIND, &args![street, id])?.map(read).transpose()
}

/// A file of a case that the log has, or will have in a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provable {
    /// The file.
    pub id: AttachmentId,
    /// What it is called.
    pub name: String,
    /// When it became part of the case.
    pub at: Millis,
}

/// The files of a case of which receipts can be kept; those from before there was a log of files cannot be proved.
///
/// # Errors
/// When the database fails.
pub fn provable(tx: &mut Tx<'_>, case: CaseKey) -> Result<Vec<Provable>, DbError> {
    let file = |mut row: Row| Ok(Provable { id: row.take()?, name: row.take()?, at: row.take()? });
    tx.query(&PROVABLE, &args![case.jurisdiction, case.id])?.into_iter().map(file).collect()
}

fn read(mut row: Row) -> Result<Logged, DbError> {
    let (n, number): (u64, Option<String>) = (row.take()?, row.take()?);
    let (salt, at): (Option<Vec<u8>>, Millis) = (row.take()?, row.take()?);
    let (jurisdiction, id, case): (Jurisdiction, AttachmentId, CaseId) = (row.take()?, row.take()?, row.take()?);
    let number = number.unwrap_or_else(|| case.to_string());
    let mut logged = Logged { n, number, content: None, source: None };
    let Some(salt) = salt.as_deref().and_then(Salt::from_bytes) else { return Ok(logged) };
    let (name, mime, bytes_len, digest) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let stored = Stored { name, mime, bytes_len, digest };
    let file = Attachment { id, case: (jurisdiction, case), stored, by: row.take()?, at };
    let (entry, text) = (entry(&file, &logged.number, &salt), text(&file));
    logged.content = Some((file.stored.name, file.stored.digest));
    logged.source = Some(Source { entry, salt, text });
    Ok(logged)
}

/// Files that were put in by hand, by name and the number of their case.
pub(crate) fn unlogged(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Vec<(String, String)>, DbError> {
    let named = |mut row: Row| {
        let (id, name, number): (AttachmentId, String, Option<String>) = (row.take()?, row.take()?, row.take()?);
        Ok((name, number.unwrap_or_else(|| id.to_string())))
    };
    tx.query(&UNLOGGED_FILES, &args![street])?.into_iter().map(named).collect()
}

/// The files of a case that its reporter sent along and that are there still.
///
/// # Errors
/// When the database fails.
pub(crate) fn of_reporter(tx: &mut Tx<'_>, case: CaseKey) -> Result<Vec<(AttachmentId, Digest)>, DbError> {
    let files = super::of_case(tx, case.jurisdiction, case.id)?;
    Ok(files.into_iter().filter(|file| file.by == "reporter").map(|file| (file.id, file.stored.digest)).collect())
}
