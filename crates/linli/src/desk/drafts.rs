//! Drafts of the acts' forms: kept while one types, found again on any machine, gone when the act is done.

use std::collections::BTreeSet;

use axum::{extract::Path, http::StatusCode, response::IntoResponse as _};
use linli_engine::{
    cases::{CaseError, CaseKey, read::Dossier},
    db::{DbError, Tx},
    desk::drafts::{self, Draft, DraftError, Typed},
    ids::{CaseId, Jurisdiction},
    retention::Sort,
};

use super::{
    account,
    case::{case_url, read},
    deeds::act_id,
};
use crate::web::{Ctx, Fault, Reply, act_form, page::go, routes::percent, uploads::Upload};

/// The drafts of the reader in a case.
///
/// # Errors
/// When the database fails.
pub async fn of_case(ctx: &Ctx, d: &Dossier) -> Result<Vec<Draft>, CaseError> {
    let Ok(me) = account(ctx) else { return Ok(Vec::new()) };
    let (me, key, now) = (me.id, d.head.key, ctx.engine().clock.now());
    ctx.engine().db.read(move |tx: &mut Tx<'_>| Ok(drafts::drafts(tx, me, key, now)?)).await
}

/// The cases of some streets in which the reader has a draft.
///
/// # Errors
/// When the database fails.
pub async fn drafted(ctx: &Ctx, streets: Vec<Jurisdiction>) -> Result<BTreeSet<CaseId>, Fault> {
    let (me, now) = (account(ctx)?.id, ctx.engine().clock.now());
    let work = move |tx: &mut Tx<'_>| -> Result<BTreeSet<CaseId>, DbError> {
        let mut all = BTreeSet::new();
        for street in &streets {
            all.extend(drafts::drafted(tx, me, *street, now)?);
        }
        Ok(all)
    };
    Ok(ctx.engine().db.read(work).await?)
}

/// The act was done: its draft goes.
///
/// # Errors
/// When the database fails.
pub async fn done(ctx: &Ctx, case: CaseKey, act: &str) -> Result<(), Fault> {
    let (me, act) = (account(ctx)?.id, act.to_owned());
    let there = ctx.engine().db.read({
        let (act, now) = (act.clone(), ctx.engine().clock.now());
        move |tx: &mut Tx<'_>| Ok::<_, DbError>(drafts::drafts(tx, me, case, now)?.iter().any(|d| d.act == act))
    });
    // Most acts have no draft, and a write would wait for the disk.
    if there.await? {
        ctx.engine().db.write(move |tx: &mut Tx<'_>| drafts::drop_one(tx, me, case, &act)).await?;
    }
    Ok(())
}

/// `POST /desk/cases/{jurisdiction}/{number}/draft`: keeps what stands in the form of an act. With `quiet` (a script that
/// saves by the way) the answer is empty; without, the reader goes back to the form.
pub async fn save(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let sent = upload.sent;
    let d = match read(&ctx, &jurisdiction, &number).await {
        Ok(d) => d,
        Err(fault) if sent.ticked("quiet") => return Err(fault),
        Err(fault) => return super::kept::page(&ctx, fault, &sent),
    };
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let offer = act_form::asked(&d, &sent).ok_or_else(unknown)?;
    let names: BTreeSet<&str> = offer.form.iter().map(|field| field.name.as_str()).collect();
    let typed: Typed =
        sent.fields.iter().filter(|(n, _)| names.contains(n.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect();
    let (me, key, act, now) = (account(&ctx)?.id, d.head.key, act_id(&offer), ctx.engine().clock.now());
    let kept_ms = ctx.engine().packs().current().kept_ms(Sort::Drafts).unwrap_or(i64::MAX / 2);
    let kept_act = act.clone();
    let kept = ctx.engine().db.write(move |tx: &mut Tx<'_>| drafts::keep(tx, me, key, &kept_act, &typed, kept_ms, now));
    match kept.await? {
        Ok(()) => {}
        Err(DraftError::Long) => return Err(Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "fault-too-large")),
        Err(DraftError::Full) => return Err(Fault::new(StatusCode::CONFLICT, "draft-full")),
    }
    if sent.ticked("quiet") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(go(&format!("{}?act={}&draft=kept#acts", case_url(&d.head), percent(&act))))
}

/// `POST /desk/cases/{jurisdiction}/{number}/draft/drop`: its author does not want it.
pub async fn forget(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let offer = act_form::asked(&d, &upload.sent).ok_or_else(unknown)?;
    done(&ctx, d.head.key, &act_id(&offer)).await?;
    Ok(go(&case_url(&d.head)))
}
