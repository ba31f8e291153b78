//! A picture or a PDF of a case, to whoever may see the case.

use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use linli_engine::{
    attachments,
    cases::CaseKey,
    db::Tx,
    ids::{AttachmentId, Jurisdiction},
};

use super::viewer::viewers;
use crate::web::{Ctx, Fault, Reply};

/// `GET /attachments/{jurisdiction}/{id}`.
pub async fn serve(ctx: Ctx, headers: HeaderMap, Path((j, id)): Path<(String, String)>) -> Reply {
    let (jurisdiction, id): (Jurisdiction, AttachmentId) =
        (j.parse().map_err(|_| Fault::not_found())?, id.parse().map_err(|_| Fault::not_found())?);
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| attachments::get(tx, jurisdiction, id)).await?;
    let attachment = found.ok_or_else(Fault::not_found)?;
    let case = CaseKey { jurisdiction: attachment.case.0, id: attachment.case.1 };
    let mut seen = false;
    for by in viewers(&ctx, &headers) {
        seen = seen || ctx.engine().case_by_key(case, &by).await.is_ok();
    }
    if !seen {
        return Err(Fault::not_found());
    }
    let (store, digest) = (ctx.engine().files.clone(), attachment.stored.digest);
    let read = move || {
        let mut bytes = Vec::new();
        store.open(&digest).map(|mut file| std::io::Read::read_to_end(&mut file, &mut bytes).map(|_| bytes))
    };
    let gone = || Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-files");
    let bytes =
        tokio::task::spawn_blocking(read).await.map_err(|_| gone())?.map_err(|_| gone())?.map_err(|_| gone())?;
    let headers = [(header::CONTENT_TYPE, attachment.stored.mime.as_str()), (header::CONTENT_DISPOSITION, "inline")];
    Ok((headers, bytes).into_response())
}
