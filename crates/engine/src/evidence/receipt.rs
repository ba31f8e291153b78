//! Receipts: a small file with which anybody can check, without asking this office, what was recorded when. It is a C2SP
//! tlog-proof whose extra line holds what the leaf commits to.

use std::str::FromStr;

use linli_tlog::{Policy, ProofFile, VerifierKey, inclusion, leaf_hash};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use linli_worktime::Millis;

use super::{
    Entry, Kind, body_digest, leaf,
    log::{self, Stored},
    source::{self, Found, Source},
    tiles::Around,
};
use crate::{
    Engine,
    attachments::{self, Digest, evidence::Logged},
    cases::CaseKey,
    db::{DbError, Tx, args, statements},
    hex,
    ids::{AttachmentId, Jurisdiction},
    vault::{VaultKey, words},
};

statements! {
    PROMISES = "SELECT seq, at, promised_at FROM event WHERE jurisdiction = $1 AND case_id = $2 AND salt IS NOT NULL ORDER BY seq";
}

/// An event of a case of which its reporter can keep a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The event.
    pub seq: u64,
    /// When it was recorded.
    pub at: Millis,
    /// By when an answer was promised then.
    pub promised: Option<Millis>,
}

/// What a receipt tells beside the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The canonical JSON of the [`Entry`], byte by byte as it was committed to.
    pub entry: String,
    /// The salt of the leaf, 16 bytes in hexadecimal digits.
    pub salt: String,
    /// The text that the entry holds the digest of, where whoever keeps the receipt wrote it themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The salt of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_salt: Option<String>,
    /// What was written before personal data was taken out of it, as it is sealed; the text has its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// A receipt that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proved {
    /// What was recorded.
    pub entry: Entry,
    /// The text, where it is in the receipt.
    pub text: Option<String>,
    /// What was written before personal data was taken out of it: JSON.
    pub words: Option<String>,
    /// Where it stands in the log, from 0.
    pub index: u64,
    /// How many entries the log had when the receipt was made.
    pub size: u64,
    /// Whose log.
    pub origin: String,
    /// The witnesses who signed, with their times (seconds since 1970).
    pub witnesses: Vec<(String, Option<u64>)>,
}

impl Proved {
    /// Whether this is, byte by byte, the content of the file that was recorded; nothing where the receipt is not of a file.
    pub fn is_content(&self, content: &[u8]) -> Option<bool> {
        #[derive(Deserialize)]
        struct File {
            digest: String,
        }
        let text = self.text.as_ref().filter(|_| self.entry.kind == Kind::File)?;
        let file: File = serde_json::from_str(text).ok()?;
        Some(file.digest == Digest(Sha256::digest(content).into()).to_string())
    }
}

/// Why a receipt does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is no proof, or proves something else.
    #[error("{0}")]
    Proof(#[from] linli_tlog::ProofFileError),
    /// What it tells cannot be read.
    #[error("the receipt does not say what was recorded: {0}")]
    Told(String),
    /// The text is not the one that was recorded.
    #[error("the text in the receipt is not the one that was recorded")]
    Text,
}

impl Engine {
    /// The receipt of an event, with its text where `own` says that the reader wrote it; none while it has no place in
    /// the log, or when what it proves was erased.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receipt(&self, case: CaseKey, seq: u64, own: bool) -> Result<Option<String>, DbError> {
        let key = self.vault_key.clone();
        self.db.read(move |tx: &mut Tx<'_>| of_event(tx, &key, case, seq, own)).await
    }

    /// The receipt of a file, with its name and the digest of its content; none while it has no place in the log, or when it
    /// was let go of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn file_receipt(&self, street: Jurisdiction, id: AttachmentId) -> Result<Option<String>, DbError> {
        self.db.read(move |tx: &mut Tx<'_>| of_file(tx, street, id)).await
    }
}

impl Engine {
    /// The report of a case, and each event by which another answer was promised than before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promises(&self, case: CaseKey) -> Result<Vec<Promise>, DbError> {
        let rows = self.db.read(move |tx: &mut Tx<'_>| tx.query(&PROMISES, &args![case.jurisdiction, case.id])).await?;
        let mut all: Vec<Promise> = Vec::new();
        let mut before = None;
        for mut row in rows {
            let promise = Promise { seq: row.take()?, at: row.take()?, promised: row.take()? };
            if promise.seq == 1 || (promise.promised.is_some() && promise.promised != before) {
                all.push(promise);
            }
            before = promise.promised.or(before);
        }
        Ok(all)
    }
}

fn of_event(tx: &mut Tx<'_>, key: &VaultKey, case: CaseKey, seq: u64, own: bool) -> Result<Option<String>, DbError> {
    let Some(Found { n: Some(n), source, has_words }) = source::event(tx, case, seq)? else { return Ok(None) };
    let words = (own && has_words).then(|| words::sealed(tx, key, case)).transpose()?.unwrap_or_default();
    let words = words.into_iter().find(|(of, _)| *of == seq).map(|(_, words)| words);
    prove(tx, case.jurisdiction, n, &told(source, own, words))
}

fn of_file(tx: &mut Tx<'_>, street: Jurisdiction, id: AttachmentId) -> Result<Option<String>, DbError> {
    let Some(Logged { n, source: Some(source), .. }) = attachments::evidence::one(tx, street, id)? else {
        return Ok(None);
    };
    prove(tx, street, n, &told(source, true, None))
}

fn told(source: Source, own: bool, words: Option<String>) -> Told {
    Told {
        entry: source.entry.canonical(),
        salt: hex(&source.salt.for_leaf()),
        text_salt: own.then(|| hex(&source.salt.for_body())),
        text: own.then_some(source.text),
        words,
    }
}

/// The proof that entry `n` is in the log, with what is told of it; none while the log is shorter.
fn prove(tx: &mut Tx<'_>, street: Jurisdiction, n: u64, told: &Told) -> Result<Option<String>, DbError> {
    let Some(Stored { size, note, witnessed, .. }) = log::head(tx, street)?.filter(|head| n <= head.size) else {
        return Ok(None);
    };
    // What others have signed is worth more than the newest, where it holds this entry already.
    let (size, note) =
        witnessed.and_then(|note| Some((size_of(&note)?, note))).filter(|w| n <= w.0).unwrap_or((size, note));
    let corrupt = |e: &dyn std::fmt::Display| DbError::Corrupt(format!("the log of {street}: {e}"));
    let mut tiles = Around::read(tx, street, n - 1, size)?;
    let hashes = inclusion(&mut tiles, n - 1, size).map_err(|e| corrupt(&e))?;
    let extra = serde_json::to_vec(told).map_err(|e| corrupt(&e))?;
    let checkpoint = note.parse().map_err(|e| corrupt(&e))?;
    Ok(Some(ProofFile { extra: Some(extra), index: n - 1, hashes, checkpoint }.to_string()))
}

fn size_of(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}

/// Checks a receipt with nothing but the key of the log and those of witnesses.
///
/// # Errors
/// [`ReceiptError`], in words for whoever holds the receipt.
pub fn verify(file: &str, key: &VerifierKey, witnesses: &[VerifierKey]) -> Result<Proved, ReceiptError> {
    let proof = ProofFile::from_str(file)?;
    let none = || ReceiptError::Told("it has no `extra` line".into());
    let unread = |e: &dyn std::fmt::Display| ReceiptError::Told(e.to_string());
    let told: Told = serde_json::from_slice(proof.extra.as_deref().ok_or_else(none)?).map_err(|e| unread(&e))?;
    let salt = salt(&told.salt).ok_or_else(|| unread(&"its salt is not 32 hexadecimal digits"))?;
    let log = [key.clone()];
    let policy = Policy { origin: key.name(), log: &log, witnesses, quorum: 0 };
    let (checkpoint, seen) = proof.verify(leaf_hash(&leaf(&salt, told.entry.as_bytes())), &policy)?;
    let entry: Entry = serde_json::from_str(&told.entry).map_err(|e| unread(&e))?;
    if let Some(words) = &told.words {
        let digest = format!(r#","words":"{}"}}"#, hex(&words::digest(words)));
        if !told.text.as_ref().is_some_and(|text| text.ends_with(&digest)) {
            return Err(ReceiptError::Text);
        }
    }
    if let Some(text) = &told.text {
        let salt = told.text_salt.as_deref().and_then(self::salt).ok_or(ReceiptError::Text)?;
        if body_digest(&salt, text) != entry.body {
            return Err(ReceiptError::Text);
        }
    }
    let witnesses = seen.iter().map(|w| (w.key.name().to_owned(), w.time)).collect();
    Ok(Proved {
        entry,
        text: told.text,
        words: told.words,
        index: proof.index,
        size: checkpoint.size,
        origin: checkpoint.origin,
        witnesses,
    })
}

fn salt(digits: &str) -> Option<[u8; 16]> {
    // One spelling of each salt.
    if digits.len() != 32 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok();
    (0..16).map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}
