//! Receipts for whoever follows a case: of its report and of each promise.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
};
use linli_engine::{cases::CaseKey, evidence::receipt::Promise};

use super::pass::Reader;
use crate::web::{Ctx, Fault, Page, Reply, times::Spoken};

/// Something of a case that a receipt can be kept of.
pub struct Kept {
    /// The file.
    pub url: String,
    /// When it was recorded.
    pub at: Spoken,
    /// By when an answer was promised then.
    pub promised: Option<Spoken>,
    /// Whether it is the report itself.
    pub report: bool,
}

/// What receipts can be kept of: the report, and each time at which the promise became another.
///
/// # Errors
/// When the database fails.
pub async fn kept(ctx: &Ctx, page: &Page, case: CaseKey, number: &str) -> Result<Vec<Kept>, Fault> {
    let promises = ctx.engine().promises(case).await?;
    let kept = |p: Promise| Kept {
        url: format!("/c/{}/{number}/receipt/{}", case.jurisdiction, p.seq),
        at: page.time(&p.at),
        promised: p.promised.map(|at| page.time(&at)),
        report: p.seq == 1,
    };
    Ok(promises.into_iter().map(kept).collect())
}

/// `GET /c/{jurisdiction}/{number}/receipt/{seq}`.
pub async fn file(ctx: Ctx, reader: Reader, Path((street, number, seq)): Path<(String, String, u64)>) -> Reply {
    let (_, dossier) = reader.case(&ctx, &street, &number).await?;
    let (engine, case) = (ctx.engine(), dossier.head.key);
    // Staff have the log itself; a receipt is for whoever was promised something.
    if ctx.seat().is_some() || !engine.promises(case).await?.iter().any(|p| p.seq == seq) {
        return Err(Fault::not_found());
    }
    let mut receipt = engine.receipt(case, seq, seq == 1).await?;
    if receipt.is_none() {
        // It was recorded a moment ago: it need not wait for the next round.
        engine.sequence().await?;
        engine.grow_logs().await?;
        receipt = engine.receipt(case, seq, seq == 1).await?;
    }
    let receipt = receipt.ok_or_else(|| Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-receipt-later"))?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"linli-receipt-{number}-{seq}.txt\"")),
    ];
    Ok((headers, receipt).into_response())
}
