//! Receipts for whoever follows a case: of its report, of each promise and of each file.

use std::io::Write as _;

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::DeflateEncoder};
use linli_engine::{
    attachments::{self, Provable},
    base32,
    cases::{CaseKey, erase::Gone},
    db::{DbError, Tx},
    evidence::receipt::Promise,
};

use qrcode::EcLevel;

use super::pass::Reader;
use crate::web::{
    Ctx, Fault, Page, Reply,
    i18n::text,
    page::{show, show_as},
    qr::{Qr, qr},
    times::Spoken,
};

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
    /// What it is called, where it is a file.
    pub file: Option<String>,
}

/// What receipts can be kept of: the report, each time at which the promise became another, and each file.
///
/// # Errors
/// When the database fails.
pub async fn kept(ctx: &Ctx, page: &Page, case: CaseKey, number: &str) -> Result<Vec<Kept>, Fault> {
    let promises = ctx.engine().promises(case).await?;
    let files = ctx.engine().db.read(move |tx: &mut Tx<'_>| attachments::provable(tx, case)).await?;
    let filed = |file: Provable| Kept {
        url: format!("/c/{}/{number}/files/{}/receipt", case.jurisdiction, file.id),
        at: page.time(&file.at),
        promised: None,
        report: false,
        file: Some(file.name),
    };
    let promised = |p: Promise| Kept {
        url: format!("/c/{}/{number}/receipt/{}", case.jurisdiction, p.seq),
        at: page.time(&p.at),
        promised: p.promised.map(|at| page.time(&at)),
        report: p.seq == 1,
        file: None,
    };
    Ok(promises.into_iter().map(promised).chain(files.into_iter().map(filed)).collect())
}

/// What there is of a receipt.
enum Found {
    Receipt(Promise, String),
    Erased(Gone),
}

/// The text of a receipt for whoever was promised something; with what they wrote, where it is asked for.
async fn find(ctx: &Ctx, reader: &Reader, street: &str, number: &str, seq: u64, own: bool) -> Result<Found, Fault> {
    let (_, dossier) = reader.case(ctx, street, number).await?;
    let (engine, case) = (ctx.engine(), dossier.head.key);
    // Staff have the log itself.
    if ctx.seat().is_some() {
        return Err(Fault::not_found());
    }
    let Some(promise) = engine.promises(case).await?.into_iter().find(|p| p.seq == seq) else {
        let gone = engine.erased(case).await?.filter(|_| (1..=dossier.head.seq).contains(&seq));
        return gone.map(Found::Erased).ok_or_else(Fault::not_found);
    };
    let own = own && seq == 1;
    made(ctx, || engine.receipt(case, seq, own)).await.map(|receipt| Found::Receipt(promise, receipt))
}

/// A receipt of what is recorded, perhaps only just.
async fn made<F>(ctx: &Ctx, make: impl Fn() -> F) -> Result<String, Fault>
where
    F: Future<Output = Result<Option<String>, DbError>>,
{
    let mut receipt = make().await?;
    if receipt.is_none() {
        // It was recorded a moment ago: it need not wait for the next round.
        ctx.engine().sequence().await?;
        ctx.engine().grow_logs().await?;
        receipt = make().await?;
    }
    receipt.ok_or_else(|| Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-receipt-later"))
}

#[derive(Template)]
#[template(path = "requests/receipt_gone.html")]
struct GonePage {
    page: Page,
    number: String,
    back: String,
    words: String,
}

/// What stands in the place of the receipt of an erased event.
fn erased(ctx: &Ctx, gone: Gone, street: &str, number: String) -> Reply {
    let page = Page::titled(ctx, "receipt-title");
    let when = page.time(&gone.at).words;
    let words = text(page.lang(), "receipt-erased", &[("when", when.into()), ("rule", gone.rule.into())]);
    show_as(StatusCode::GONE, &GonePage { page, back: format!("/c/{street}/{number}"), number, words })
}

/// `GET /c/{jurisdiction}/{number}/receipt/{seq}`.
pub async fn file(ctx: Ctx, reader: Reader, Path((street, number, seq)): Path<(String, String, u64)>) -> Reply {
    let receipt = match find(&ctx, &reader, &street, &number, seq, true).await? {
        Found::Receipt(_, receipt) => receipt,
        Found::Erased(gone) => return erased(&ctx, gone, &street, number),
    };
    Ok(saved(&format!("{number}-{seq}"), receipt))
}

/// `GET /c/{jurisdiction}/{number}/files/{id}/receipt`: what was sent is proved together with the file itself.
pub async fn of_file(ctx: Ctx, reader: Reader, Path((street, number, id)): Path<(String, String, String)>) -> Reply {
    let (_, dossier) = reader.case(&ctx, &street, &number).await?;
    let (case, id) = (dossier.head.key, id.parse().map_err(|_| Fault::not_found())?);
    let files = ctx.engine().db.read(move |tx: &mut Tx<'_>| attachments::provable(tx, case)).await?;
    let nth = files.iter().position(|file| file.id == id).filter(|_| ctx.seat().is_none());
    let nth = nth.ok_or_else(Fault::not_found)? + 1;
    let receipt = made(&ctx, || ctx.engine().file_receipt(case.jurisdiction, id)).await?;
    Ok(saved(&format!("{number}-file-{nth}"), receipt))
}

/// A receipt as a file of this name.
fn saved(name: &str, receipt: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"linli-receipt-{name}.txt\"")),
    ];
    (headers, receipt).into_response()
}

#[derive(Template)]
#[template(path = "requests/receipt.html")]
struct ReceiptPage {
    page: Page,
    number: String,
    at: Spoken,
    promised: Option<Spoken>,
    back: String,
    file: String,
    check: String,
    qr: Qr,
}

/// `GET /c/{jurisdiction}/{number}/receipt/{seq}/code`: the receipt as a picture that opens the page that checks it. What
/// the resident wrote is not in it, so it can be shown to anybody.
pub async fn code(
    ctx: Ctx,
    reader: Reader,
    headers: HeaderMap,
    Path((street, number, seq)): Path<(String, String, u64)>,
) -> Reply {
    let (promise, receipt) = match find(&ctx, &reader, &street, &number, seq, false).await? {
        Found::Receipt(promise, receipt) => (promise, receipt),
        Found::Erased(gone) => return erased(&ctx, gone, &street, number),
    };
    let check = format!("/log/check#{}", packed(&receipt));
    // Whoever reads this page has reached the office under this name.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if ctx.app.config.secure_cookies { "https" } else { "http" };
    let back = format!("/c/{street}/{number}");
    let page = Page::titled(&ctx, "receipt-code").on_paper();
    show(&ReceiptPage {
        at: page.time(&promise.at),
        promised: promise.promised.map(|at| page.time(&at)),
        page,
        qr: qr(&format!("{scheme}://{host}{check}"), EcLevel::L)?,
        file: format!("{back}/receipt/{seq}"),
        number,
        back,
        check,
    })
}

/// A receipt as the page that checks it takes it from behind the `#`, which no browser sends to anybody: deflated, in
/// base32 without padding.
fn packed(receipt: &str) -> String {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail.
    let _ = deflated.write_all(receipt.as_bytes());
    base32::letters(&deflated.finish().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::DeflateDecoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Letters of base32 alone, and what was packed comes out of them again.
        #[test]
        fn what_is_packed_is_there(text in "[\\PC\n]{0,400}") {
            let packed = packed(&text);
            let values: Option<Vec<u8>> = packed.bytes().map(|c| base32::LETTERS.iter().position(|l| *l == c).map(|n| n as u8)).collect();
            let bits: Vec<bool> = values.unwrap().iter().flat_map(|v| (0..5).rev().map(move |n| v >> n & 1 == 1)).collect();
            let bytes: Vec<u8> = bits.chunks_exact(8).map(|b| b.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
            let mut out = String::new();
            DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut out).unwrap();
            prop_assert_eq!(out, text);
        }
    }
}
