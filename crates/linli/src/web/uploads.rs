//! Files that come with a form. A file that is refused does not take the rest of the form with it: what was typed is
//! kept, and the page says what to do about the file.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use linli_engine::{
    attachments::{self, Attachment, Digest, Stored, Told, UploadError},
    cases::CaseKey,
    db::{DbError, Tx},
    ids::AttachmentId,
    limits,
};

use super::{
    Ctx, Fault,
    forms::{Sent, SentFile},
};

/// Fields of one form.
const FIELDS: usize = 100;
/// Bytes of one field.
const FIELD_BYTES: usize = 64 * 1024;

/// A sent form with files.
#[derive(Debug)]
pub struct Upload {
    /// What could be read. Fields stand before the files in every form of the program.
    pub sent: Sent,
    /// Why the files were not taken.
    pub refused: Option<Fault>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &S) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|k| k.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            return Ok(Self { sent: Sent::from_request(request, app).await?, refused: None });
        }
        let parts = Multipart::from_request(request, app).await;
        let parts = parts.map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"))?;
        let mut sent = Sent::default();
        let refused = read(parts, &mut sent).await.err();
        match refused {
            // Nothing of the form is there to be kept.
            Some(fault) if sent.fields.is_empty() => Err(fault),
            refused => Ok(Self { sent, refused }),
        }
    }
}

async fn read(mut parts: Multipart, sent: &mut Sent) -> Result<(), Fault> {
    let mut refused = Ok(());
    while let Some(mut part) = parts.next_field().await.map_err(|e| fault(&e))? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file) = part.file_name().map(str::to_owned) else {
            let value = part.text().await.map_err(|e| fault(&e))?;
            if sent.fields.len() >= FIELDS || value.len() > FIELD_BYTES {
                return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large"));
            }
            sent.fields.entry(name).or_default().push(value.replace('\0', ""));
            continue;
        };
        let mut bytes = Vec::new();
        let mut large = false;
        while let Some(chunk) = part.chunk().await.map_err(|e| fault(&e))? {
            // The rest of a large file is read past, so that the browser hears the answer.
            large |= bytes.len() + chunk.len() > limits::UPLOAD_BYTES;
            if large {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        if large {
            refused = Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-file-too-large").with("name", file));
        } else if sent.files.len() >= limits::UPLOADS {
            refused = Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-many-files"));
        } else if !file.is_empty() || !bytes.is_empty() {
            // An empty file field is sent as a file without a name.
            sent.files.push(SentFile { name: file, bytes });
        }
    }
    refused
}

fn fault(error: &MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large")
    } else {
        Fault::new(StatusCode::BAD_REQUEST, "fault-malformed")
    }
}

/// Checks the files, cleans them and keeps them; they belong to no case yet.
///
/// # Errors
/// Which file was not taken, and why, in the reader's words.
pub async fn keep(ctx: &Ctx, files: Vec<SentFile>) -> Result<Vec<Stored>, Fault> {
    Ok(keep_and_ask(ctx, files, false).await?.into_iter().map(|(stored, _)| stored).collect())
}

/// The same; and what each tells of where and when it was taken, if whoever sent them said that it may be read.
///
/// # Errors
/// Which file was not taken, and why, in the reader's words.
pub async fn keep_and_ask(ctx: &Ctx, files: Vec<SentFile>, ask: bool) -> Result<Vec<(Stored, Told)>, Fault> {
    let (store, calendar) = (ctx.engine().files.clone(), ctx.engine().packs().current().calendar.clone());
    let one = move |file: &SentFile| {
        let stored = store.put(&file.name, &file.bytes)?;
        let told = if ask { attachments::told(&file.bytes, &calendar) } else { Told::default() };
        Ok((stored, told))
    };
    let work = move || files.iter().map(one).collect::<Result<Vec<_>, _>>();
    let broken = |_| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-broken");
    tokio::task::spawn_blocking(work).await.map_err(broken)?.map_err(not_taken)
}

fn not_taken(error: UploadError) -> Fault {
    let wrong = |key, name: String| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, key).with("name", name);
    match error {
        UploadError::TooLarge { name, .. } => {
            Fault { status: StatusCode::PAYLOAD_TOO_LARGE, ..wrong("fault-file-too-large", name) }
        }
        UploadError::Type { name } => wrong("fault-file-type", name),
        UploadError::Empty { name } | UploadError::Broken { name, .. } => wrong("fault-file-broken", name),
        UploadError::Pixels { name } => wrong("fault-file-pixels", name),
        UploadError::Store(error) => {
            tracing::error!(error = linli_engine::chain(&error), "a file could not be kept");
            Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-files")
        }
    }
}

/// A kept content.
///
/// # Errors
/// The fault with these words when it is not there or cannot be read.
pub async fn content(ctx: &Ctx, digest: Digest, words: &'static str) -> Result<Vec<u8>, Fault> {
    let store = ctx.engine().files.clone();
    let gone = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a file of a case cannot be read");
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, words)
    };
    let read = tokio::task::spawn_blocking(move || store.read(&digest)).await.map_err(|error| gone(&error))?;
    read.map_err(|error| gone(&linli_engine::chain(&error)))
}

/// Makes kept files part of a case. A content that the case has already is not added again: a form that is sent twice
/// adds nothing twice, and one that broke off in between is made whole.
///
/// # Errors
/// When the database fails.
pub async fn attach(ctx: &Ctx, case: CaseKey, files: Vec<Stored>) -> Result<(), DbError> {
    if files.is_empty() {
        return Ok(());
    }
    let (now, by) = (ctx.engine().clock.now(), ctx.seat().map_or_else(|| "reporter".to_owned(), |s| s.id.to_string()));
    let work = move |tx: &mut Tx<'_>| {
        let there = attachments::of_case(tx, case.jurisdiction, case.id)?;
        let mut there: Vec<_> = there.into_iter().map(|a| a.stored.digest).collect();
        for stored in &files {
            if there.contains(&stored.digest) {
                continue;
            }
            there.push(stored.digest);
            let (stored, by) = (stored.clone(), by.clone());
            let case = (case.jurisdiction, case.id);
            attachments::record(tx, &Attachment { id: AttachmentId::new(), case, stored, by, at: now })?;
        }
        Ok(())
    };
    ctx.engine().db.write(work).await
}
