//! Files of cases: the list, adding some, reading one.

use axum::{
    Json,
    extract::{FromRequest, Path, Request},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use linli_engine::{
    attachments::{self, Mime},
    cases::{CaseKey, attach::Adds, read::Dossier},
    db::Tx,
    digest,
    ids::{AttachmentId, Jurisdiction},
    viewer::Viewer,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    caller,
    cases::{Which, done},
    shapes::{self, File},
};
use crate::web::{
    App, Ctx, Fault, Reply,
    forms::{Sent, SentFile},
    given,
    problem::FieldError,
    routes::percent,
    tries::Address,
    uploads::{self, Upload},
};

/// The files of a case.
#[derive(Serialize, JsonSchema)]
pub struct Files {
    /// Oldest first.
    items: Vec<File>,
}

/// `GET …/attachments`.
pub async fn list(ctx: Ctx, which: Which) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    let items = d.attachments.iter().map(|file| shapes::file(&ctx, file)).collect();
    Ok(Json(Files { items }).into_response())
}

/// A form with files: `multipart/form-data`, the files in `files`. All of it is taken or nothing.
pub struct Form(Sent);

impl FromRequest<App> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "fault-media-type"));
        }
        let upload = Upload::from_request(request, app).await?;
        match upload.refused {
            Some(fault) => Err(fault),
            None => Ok(Self(upload.sent)),
        }
    }
}

/// `POST /api/v1/cases/{jurisdiction}/{number}/attachments`.
pub async fn add(ctx: Ctx, which: Which, headers: HeaderMap, form: Form) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    attach(&ctx, &d, ctx.viewer(), &headers, form).await
}

/// `POST /api/v1/requests/{jurisdiction}/{number}/attachments`.
pub async fn add_own(ctx: Ctx, headers: HeaderMap, address: Address, which: Which, form: Form) -> Reply {
    let (by, d) = caller::own_case(&ctx, &headers, address, &which).await?;
    attach(&ctx, &d, by, &headers, form).await
}

async fn attach(ctx: &Ctx, d: &Dossier, by: Viewer, headers: &HeaderMap, Form(sent): Form) -> Reply {
    let in_form = Some(sent.text("key")).filter(|key| !key.is_empty());
    let key = given::key(headers, in_form)?;
    if sent.files.is_empty() {
        let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-no-file");
        let error = FieldError { pointer: Some("/files".into()), parameter: None, detail: fault.words(ctx.lang) };
        return Err(Fault { errors: vec![error], ..fault });
    }
    let said = said(&sent.files, d.head.key);
    let files = uploads::keep(ctx, sent.files).await?;
    let key = caller::key(ctx, "attach", &key);
    let there = ctx.engine().attach(Adds { case: d.head.key, by, files, key, sent: Some(said) }).await?;
    let items = there.iter().map(|file| shapes::file(ctx, file)).collect();
    Ok((StatusCode::CREATED, done(false, Files { items })).into_response())
}

/// The digest of what a form says.
fn said(files: &[SentFile], case: CaseKey) -> [u8; 32] {
    let mut said = case.id.0.to_vec();
    for file in files {
        said.extend(digest(file.name.as_bytes()));
        said.extend(digest(&file.bytes));
    }
    digest(&said)
}

/// `GET /api/v1/attachments/{jurisdiction}/{id}`.
pub async fn read(
    ctx: Ctx,
    headers: HeaderMap,
    address: Address,
    Path((jurisdiction, id)): Path<(String, String)>,
) -> Reply {
    let jurisdiction: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    let id: AttachmentId = id.parse().map_err(|_| Fault::not_found())?;
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| attachments::get(tx, jurisdiction, id)).await?;
    let case = found.as_ref().map(|file| CaseKey { jurisdiction: file.case.0, id: file.case.1 });
    let viewer = caller::reader(&ctx, &headers, address, case).await?;
    let (file, case) = found.zip(case).ok_or_else(Fault::not_found)?;
    ctx.engine().case_by_key(case, &viewer).await?;
    let bytes = uploads::content(&ctx, file.stored.digest, "fault-files").await?;
    let way = if file.stored.mime == Mime::Pdf { "attachment" } else { "inline" };
    let name = percent(&file.stored.name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, file.stored.mime.as_str().to_owned()),
        (header::CONTENT_DISPOSITION, format!("{way}; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}
