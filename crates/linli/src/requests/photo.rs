//! Pictures and papers of a report under way: taken at whichever step they were chosen, shown with a way to leave each
//! out again; a page of their own in the elder version.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::limits;

use super::{
    draft::{Draft, Step, Wrong, step_words, titled},
    kept, last, say, told, whereabouts,
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    page::show_as,
    uploads::{self, Upload},
};

/// The field for files, and the files taken so far.
pub struct Photos {
    /// What the store has, by name, with the value of the button that leaves it out.
    pub taken: Vec<(String, String)>,
    /// Files at most.
    pub most: usize,
    /// Bytes of one at most.
    pub bytes: usize,
    /// Whether it is asked if they may be read; the elder version asks it with the place, so that this page asks one thing.
    pub asks: bool,
    /// Whether the box is ticked still: the form came back.
    pub tells: bool,
}

impl Photos {
    /// Of a draft, on the page of a step.
    pub fn of(ctx: &Ctx, draft: &Draft, on: Step) -> Self {
        let (held, _) = kept::holding(ctx, &draft.kept);
        let taken = held.into_iter().enumerate();
        let taken = taken.map(|(n, (_, file))| (file.name, format!("drop-{n}-{}", on.slug()))).collect();
        Self {
            taken,
            most: limits::UPLOADS,
            bytes: limits::UPLOAD_BYTES,
            asks: !(ctx.elder && on == Step::Photo),
            tells: draft.tells,
        }
    }
}

#[derive(Template)]
#[template(path = "requests/photo.html")]
struct PhotoPage {
    page: Page,
    hidden: Vec<(&'static str, String)>,
    photos: Photos,
    wrong: Vec<Wrong>,
    step: String,
}

impl PhotoPage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }
}

/// The step of its own.
pub fn page(ctx: &Ctx, draft: Draft, wrong: Option<Wrong>) -> Reply {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(ctx, Step::Photo, wrong.is_some());
    let (hidden, photos) = (draft.hidden(Step::Photo, ctx.elder), Photos::of(ctx, &draft, Step::Photo));
    let (wrong, step) = (wrong.into_iter().collect(), step_words(ctx, Step::Photo));
    show_as(status, &PhotoPage { page, hidden, photos, wrong, step })
}

/// Takes the files of a sent form into the draft.
///
/// # Errors
/// Why they were not taken.
pub async fn take(ctx: &Ctx, draft: &mut Draft, upload: Upload) -> Result<(), Fault> {
    if let Some(fault) = upload.refused {
        return Err(fault);
    }
    if draft.kept.len() + upload.sent.files.len() > limits::UPLOADS {
        return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-many-files"));
    }
    if upload.sent.files.is_empty() {
        return Ok(());
    }
    let (files, told): (Vec<_>, Vec<_>) =
        uploads::keep_and_ask(ctx, upload.sent.files, draft.tells).await?.into_iter().unzip();
    if std::mem::take(&mut draft.tells) {
        draft.told = Some(told::read(ctx, draft, &told));
    }
    let (key, now) = (&ctx.engine().vault_key, ctx.engine().clock.now());
    for file in &files {
        // A form that is sent twice has its files once.
        let there = draft.kept.iter().any(|n| kept::open(key, n, now).is_some_and(|f| f.digest == file.digest));
        if !there {
            draft.kept.push(kept::note(key, file, now));
        }
    }
    Ok(())
}

/// A file was refused: the page where it was chosen says so.
pub async fn refused(ctx: &Ctx, draft: Draft, fault: &Fault, step: &str) -> Reply {
    let wrong = Wrong { id: "files", words: fault.words(ctx.lang) };
    match step {
        "send" | "enter-send" | "whom" | "quiet" => last::page(ctx, draft, vec![wrong], last::refused(fault)).await,
        "photo-done" => page(ctx, draft, Some(wrong)),
        "last" | "enter-last" | "look" | "pick" | "photo-look" => whereabouts::page(ctx, draft, Some(wrong)),
        _ => say::page(ctx, draft, Some(wrong)),
    }
}

/// Leaves a file out again: `drop-{n}-{step}`.
pub async fn drop(ctx: &Ctx, mut draft: Draft, button: &str) -> Reply {
    let mut parts = button.splitn(3, '-').skip(1);
    let n = parts.next().and_then(|n| n.parse::<usize>().ok());
    let (mut held, _) = kept::holding(ctx, &draft.kept);
    if let Some(n) = n.filter(|n| *n < held.len()) {
        held.remove(n);
    }
    draft.kept = held.into_iter().map(|(note, _)| note).collect();
    match parts.next() {
        Some("say") => say::page(ctx, draft, None),
        Some("where") => whereabouts::page(ctx, draft, None),
        Some("photo") => page(ctx, draft, None),
        _ => last::page(ctx, draft, Vec::new(), StatusCode::OK).await,
    }
}
