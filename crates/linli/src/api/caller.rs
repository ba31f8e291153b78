//! Who calls, as far as cases go: staff by session or token, residents by session, whoever filed a request by its
//! tracking code.

use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode};
use linli_engine::{
    cases::{CaseError, CaseKey, read::Dossier},
    digest,
    ids::Jurisdiction,
    viewer::Viewer,
};
use linli_worktime::Millis;

use super::cases::Which;
use crate::web::{
    Ctx, Fault,
    ctx::Who,
    tries::{Address, Tries},
};

/// The header that holds a tracking code.
pub const CODE: &str = "tracking-code";

/// Wrong codes that an address may give in a minute: a code has 60 bits, so this is about load, not about luck.
static WRONG: LazyLock<Tries> = LazyLock::new(|| Tries::new(10, 60_000));

/// The case of an address, as staff see it.
///
/// # Errors
/// Not found, also where this caller may not see it.
pub async fn staff_case(ctx: &Ctx, which: &Which) -> Result<Dossier, Fault> {
    let (jurisdiction, number) = &which.0;
    let street: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    Ok(ctx.engine().case(street, number, &ctx.viewer()).await?)
}

/// The request of an address, as whoever brought it sees it, and as whom: by the tracking code or their session.
///
/// # Errors
/// Not found, also where it is not theirs; too many wrong codes.
pub async fn own_case(
    ctx: &Ctx,
    headers: &HeaderMap,
    address: Address,
    which: &Which,
) -> Result<(Viewer, Dossier), Fault> {
    let (jurisdiction, number) = &which.0;
    let street: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    let viewer = match (headers.get(CODE).and_then(|code| code.to_str().ok()), &ctx.who) {
        (Some(code), _) => coded(ctx, address, number, code).await?,
        (None, Who::Resident(person)) => Viewer::Person(*person),
        (None, _) => return Err(Fault::new(StatusCode::UNAUTHORIZED, "fault-tracking")),
    };
    match ctx.engine().case(street, number, &viewer).await {
        Ok(dossier) => Ok((viewer, dossier)),
        Err(CaseError::NotFound) => Err(Fault::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// As whom a file is read: of this case, or of none where there is no such file. Whoever has no business with it is told
/// the same whether it is there or not.
///
/// # Errors
/// Not found, where it is nobody's who calls; too many wrong codes.
pub async fn reader(ctx: &Ctx, headers: &HeaderMap, address: Address, case: Option<CaseKey>) -> Result<Viewer, Fault> {
    let Some(code) = headers.get(CODE).and_then(|code| code.to_str().ok()) else {
        return match ctx.who {
            Who::Anyone => Err(Fault::new(StatusCode::UNAUTHORIZED, "fault-tracking")),
            _ => Ok(ctx.viewer()),
        };
    };
    let now = ctx.engine().clock.now();
    wait(address, now)?;
    // Digests are compared, so that the time it takes tells nothing about the code.
    let opens = |case: &CaseKey| {
        digest(code.trim().to_uppercase().as_bytes()) == digest(ctx.engine().tracking_code(*case).as_bytes())
    };
    if let Some(case) = case.filter(opens) {
        return Ok(Viewer::Code(case));
    }
    WRONG.count(address, now);
    Err(Fault::not_found())
}

fn wait(address: Address, now: Millis) -> Result<(), Fault> {
    let Some(wait) = WRONG.wait(address, now) else { return Ok(()) };
    let seconds = (wait / 1000 + 1).to_string();
    Err(Fault::new(StatusCode::TOO_MANY_REQUESTS, "fault-too-often").with("wait", seconds))
}

async fn coded(ctx: &Ctx, address: Address, number: &str, code: &str) -> Result<Viewer, Fault> {
    let now = ctx.engine().clock.now();
    wait(address, now)?;
    match ctx.engine().tracked(number, code).await? {
        Some(case) => Ok(Viewer::Code(case)),
        None => {
            WRONG.count(address, now);
            Err(Fault::not_found())
        }
    }
}

/// The key under which a deed is kept: what one caller sends never meets what another does.
pub fn key(ctx: &Ctx, what: &str, key: &str) -> String {
    match (&ctx.pass, &ctx.who) {
        (Some(pass), _) => format!("{what}:{}:{key}", pass.id),
        (None, Who::Staff { account, .. }) => format!("{what}:{}:{key}", account.id),
        (None, Who::Resident(_) | Who::Anyone) => format!("app:{key}"),
    }
}
