//! Files of cases: as a page shows them, and served to whoever may see the case.

use axum::{extract::Path, http::header, response::IntoResponse};
use linli_engine::{
    attachments::{self, Attachment, Mime},
    cases::{CaseError, CaseKey},
    db::Tx,
    ids::{AttachmentId, Jurisdiction},
};

use super::pass::Reader;
use crate::web::{Ctx, Fault, Reply, routes::percent, uploads};

/// A file on a page.
pub struct Shown {
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// Whether it is shown as a picture.
    pub picture: bool,
}

/// A file as a page shows it.
pub fn shown(file: &Attachment) -> Shown {
    Shown {
        url: format!("/attachments/{}/{}", file.case.0, file.id),
        name: file.stored.name.clone(),
        picture: file.stored.mime != Mime::Pdf,
    }
}

/// `GET /attachments/{jurisdiction}/{id}`.
pub async fn serve(ctx: Ctx, reader: Reader, Path((jurisdiction, id)): Path<(String, String)>) -> Reply {
    let jurisdiction: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    let id: AttachmentId = id.parse().map_err(|_| Fault::not_found())?;
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| attachments::get(tx, jurisdiction, id)).await?;
    let file = found.ok_or_else(Fault::not_found)?;
    let case = CaseKey { jurisdiction: file.case.0, id: file.case.1 };
    let mut may_see = false;
    for viewer in reader.any() {
        may_see |= match ctx.engine().case_by_key(case, &viewer).await {
            Ok(_) => true,
            Err(CaseError::NotFound) => false,
            Err(error) => return Err(error.into()),
        };
    }
    if !may_see {
        return Err(Fault::not_found());
    }
    let bytes = uploads::content(&ctx, file.stored.digest, "track-file-gone").await?;
    // A picture was drawn anew and is only pixels; a PDF is as somebody made it, and is not opened inside this site.
    let way = if file.stored.mime == Mime::Pdf { "attachment" } else { "inline" };
    let name = percent(&file.stored.name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, file.stored.mime.as_str().to_owned()),
        (header::CONTENT_DISPOSITION, format!("{way}; filename*=UTF-8''{name}")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
