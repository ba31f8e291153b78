//! Whoever looks at a resident's page: the reporter who signed in, or somebody who gave number and code of the case.

use axum::http::HeaderMap;
use linli_engine::{
    cases::{CaseKey, read::Dossier},
    ids::Jurisdiction,
    viewer::Viewer,
};

use crate::web::{
    Ctx, Fault,
    ctx::{cookie, cookie_value, set_cookie},
};

/// How long a browser may follow a case without the code: as long as a case can be reopened and asked about.
const SECONDS: i64 = 90 * 24 * 3600;

/// The cookie that opens one case: its key, sealed by the deployment.
pub fn track_cookie(ctx: &Ctx, case: CaseKey) -> String {
    set_cookie(&ctx.app.config, cookie::TRACK, &sealed(ctx, case), SECONDS)
}

fn sealed(ctx: &Ctx, case: CaseKey) -> String {
    let text = format!("{}.{}", case.jurisdiction, case.id);
    let mac = ctx.engine().vault_key.mac(b"track-cookie", text.as_bytes());
    format!("{text}.{}", linli_engine::hex(&mac))
}

/// The case that the cookie opens; a forged one is as none.
fn tracked(ctx: &Ctx, headers: &HeaderMap) -> Option<CaseKey> {
    let cookie = cookie_value(headers, cookie::TRACK)?;
    let mut parts = cookie.split('.');
    let case = CaseKey { jurisdiction: parts.next()?.parse().ok()?, id: parts.next()?.parse().ok()? };
    // Equal work for every guess: the digests are compared, not the texts.
    let same = linli_engine::digest(sealed(ctx, case).as_bytes()) == linli_engine::digest(cookie.as_bytes());
    same.then_some(case)
}

/// The case of a resident's page, for whoever may see it as its reporter.
///
/// # Errors
/// Not found, also where it is somebody else's.
pub async fn dossier(ctx: &Ctx, headers: &HeaderMap, j: &str, number: &str) -> Result<(Dossier, Viewer), Fault> {
    let jurisdiction: Jurisdiction = j.parse().map_err(|_| Fault::not_found())?;
    if let by @ Viewer::Person(_) = ctx.viewer()
        && let Ok(dossier) = ctx.engine().case(jurisdiction, number, &by).await
    {
        return Ok((dossier, by));
    }
    let by = Viewer::Code(tracked(ctx, headers).ok_or_else(Fault::not_found)?);
    let dossier = ctx.engine().case(jurisdiction, number, &by).await?;
    Ok((dossier, by))
}

/// Whoever may see the case of a file: its reporter, or staff.
pub fn viewers(ctx: &Ctx, headers: &HeaderMap) -> Vec<Viewer> {
    let code = tracked(ctx, headers).map(Viewer::Code);
    [Some(ctx.viewer()), code].into_iter().flatten().collect()
}
