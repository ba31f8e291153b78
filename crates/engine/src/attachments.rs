//! Attachments: the pictures and papers of a case. Their content is cleaned and kept once under its digest in a folder;
//! a row says which case it belongs to. The file is on the disk before the row, so a row never points at nothing. The log
//! of evidence has each.

pub(crate) mod evidence;
mod name;
mod picture;
mod store;
mod sweep;
mod told;

use std::{fmt, str::FromStr};

use linli_worktime::Millis;

pub use self::{
    evidence::{Provable, provable},
    store::{Cleaned, Store, StoreError, UploadError, cleaned},
    sweep::{SweepError, Swept, drop_unnamed, sweep},
    told::{Told, told},
};
use crate::{
    db::{DbError, FromCell, Row, Tx, Value, args, statements},
    ids::{AttachmentId, CaseId, Jurisdiction, Malformed},
};

statements! {
    RECORD = "INSERT INTO attachment (jurisdiction, id, case_id, name, mime, bytes, digest, by_whom, at, salt)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    OF_CASE = "SELECT jurisdiction, id, case_id, name, mime, bytes, digest, by_whom, at FROM attachment
               WHERE jurisdiction = $1 AND case_id = $2 AND bytes > 0 ORDER BY id";
    GET = "SELECT jurisdiction, id, case_id, name, mime, bytes, digest, by_whom, at FROM attachment
           WHERE jurisdiction = $1 AND id = $2 AND bytes > 0";
    COUNT = "SELECT count(*) FROM attachment WHERE jurisdiction = $1 AND case_id = $2";
    // The row stays for the log; files are never empty.
    END = "UPDATE attachment SET name = '', digest = $3, bytes = 0, salt = NULL
        WHERE jurisdiction = $1 AND case_id = $2 AND by_whom = 'reporter' AND bytes > 0";
    NAMED = "SELECT digest FROM attachment WHERE digest >= $1 AND digest <= $2";
}

/// The SHA-256 of a stored content, and its address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed { text: text.into(), what: "a digest (64 digits 0-9 a-f)" };
        if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(malformed());
        }
        let mut digest = [0; 32];
        for (i, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| malformed())?;
        }
        Ok(Self(digest))
    }
}

impl From<Digest> for Value {
    fn from(digest: Digest) -> Self {
        Self::from(digest.0)
    }
}

impl FromCell for Digest {
    const NAME: &'static str = "a digest";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        <[u8; 32]>::try_from(Vec::from_cell(cell)?).map(Self).map_err(Value::Bytes)
    }
}

/// What a stored content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mime {
    /// A picture.
    Jpeg,
    /// A picture with transparent parts.
    Png,
    /// A paper.
    Pdf,
}

impl Mime {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Pdf];

    /// The media type (RFC 2046) that it is served as.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// What its file name ends in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

impl FromCell for Mime {
    const NAME: &'static str = "a media type";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        Self::ALL.into_iter().find(|m| m.as_str() == text).ok_or(Value::Text(text))
    }
}

/// A content that the store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its address.
    pub digest: Digest,
    /// What it is.
    pub mime: Mime,
    /// Its length as it is kept.
    pub bytes_len: u64,
    /// The name that it came with, cleaned; ends as the media type says.
    pub name: String,
}

/// A stored content as part of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// The case.
    pub case: (Jurisdiction, CaseId),
    /// The content.
    pub stored: Stored,
    /// Who added it, as the events name them.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// Makes a stored content part of a case, with its evidence. What a reporter sends is called by its number in the case:
/// files of a telephone or a scanner are named after people often enough.
///
/// # Errors
/// When the database refuses.
pub fn record(tx: &mut Tx<'_>, attachment: &Attachment) -> Result<(), DbError> {
    let mut attachment = attachment.clone();
    if attachment.by == "reporter" {
        let (place, case) = attachment.case;
        let before: u64 = tx.first(&COUNT, &args![place, case])?.map_or(Ok(0), |mut row| row.take())?;
        attachment.stored.name = format!("{}.{}", before + 1, attachment.stored.mime.extension());
    }
    let salt = evidence::note(tx, &attachment)?.bytes();
    let Attachment { id, case, stored: Stored { digest, mime, bytes_len, name }, by, at } = &attachment;
    tx.put(&RECORD, args![case.0, *id, case.1, name, mime.as_str(), *bytes_len, *digest, by, *at, salt])
}

/// Lets go of what the reporter of a case sent along; what is left of it in the store is for [`drop_unnamed`].
///
/// # Errors
/// When the database refuses.
pub(crate) fn end_of_reporter(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, case: CaseId) -> Result<(), DbError> {
    tx.send(&END, args![jurisdiction, case, Vec::<u8>::new()])
}

/// The attachments of a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_case(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, case: CaseId) -> Result<Vec<Attachment>, DbError> {
    let key = args![jurisdiction, case];
    tx.query(&OF_CASE, &key)?.into_iter().map(read).collect()
}

/// One attachment.
///
/// # Errors
/// When the database refuses.
pub fn get(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, id: AttachmentId) -> Result<Option<Attachment>, DbError> {
    let key = args![jurisdiction, id];
    tx.first(&GET, &key)?.map(read).transpose()
}

fn read(mut row: Row) -> Result<Attachment, DbError> {
    let (jurisdiction, id, case) = (row.take()?, row.take()?, row.take()?);
    let (name, mime, bytes_len, digest) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let stored = Stored { digest, mime, bytes_len, name };
    Ok(Attachment { id, case: (jurisdiction, case), stored, by: row.take()?, at: row.take()? })
}
