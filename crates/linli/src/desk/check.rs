//! The reply check at the desk: before an act whose words reach whoever reported the case is done, and while they are
//! typed. It warns and never forbids; nothing is kept of who was warned or sent it all the same.

use axum::{Json, extract::Path, http::StatusCode, response::IntoResponse as _};
use linli_engine::{
    cases::read::{Dossier, Offer},
    pack::Raw,
    replies::Doubt,
};
use serde_json::json;

use super::{act::same, case::read};
use crate::web::{Ctx, Fault, Page, Reply, act_form, doubts, forms::Sent, uploads::Upload};

/// The button by which it goes all the same.
const ANYWAY: &str = "anyway";

/// Whether an act is this reader's to do now.
fn is_open(d: &Dossier, offer: &Offer) -> bool {
    d.offers.iter().any(|open| same(open, offer) && open.barred.is_none())
}

/// What is to be looked at before this is done: nothing where the act is not open, where its form is wrong anyway, or
/// where its writer has read the doubts.
pub async fn before(ctx: &Ctx, d: &Dossier, offer: &Offer, sent: &Sent) -> Vec<Doubt> {
    if !is_open(d, offer) || sent.ticked(ANYWAY) || d.pack.check_form(&offer.form, &sent.fields).is_err() {
        return Vec::new();
    }
    doubts::found(ctx, d, offer, &sent.fields).await
}

/// The doubts in words.
pub async fn words(ctx: &Ctx, page: &Page, d: &Dossier, offer: &Offer, raw: &Raw) -> Vec<String> {
    let found = if is_open(d, offer) { doubts::found(ctx, d, offer, raw).await } else { Vec::new() };
    found.iter().map(|doubt| doubts::words(page, d, doubt)).collect()
}

/// `POST /desk/cases/{jurisdiction}/{number}/check`: the same while one types, for the form as it stands.
pub async fn look(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let offer = act_form::asked(&d, &upload.sent).ok_or_else(unknown)?;
    let words = words(&ctx, &Page::new(&ctx, ""), &d, &offer, &upload.sent.fields).await;
    Ok(Json(json!({ "doubts": words })).into_response())
}
