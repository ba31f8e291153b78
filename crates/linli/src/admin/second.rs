//! Changes that wait for a second person: any administrator but the one who proposed it and the one whom it is about
//! confirms it or turns it down.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use linli_engine::{
    db::Tx,
    ids::{AccountId, ProposalId},
    policy::{Action, Resource},
    seats::{
        Account, SeatError,
        keep::{self, Pen},
        second::{self, Change, Proposal},
    },
};

use super::{
    Asked, Nav,
    accounts::{hashed, new_password},
    by, page,
    seats::stays_apart,
    words,
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    ctx::Who,
    forms::Sent,
    page::{go, show},
    times::Spoken,
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Second);
const DECIDE: Needs = Needs::Seat(Action::Act, Resource::Second);

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/second", LIST, list).post("/admin/second/{id}/confirm", DECIDE, confirm).post(
        "/admin/second/{id}/decline",
        DECIDE,
        decline,
    )
}

/// What is said where something was proposed instead of done.
pub(super) const WAITS: &str = "proposed";

#[derive(Template)]
#[template(path = "admin/second.html")]
struct SecondPage {
    page: Page,
    nav: Nav,
    key: String,
    rows: Vec<Row>,
}

/// A change that waits.
struct Row {
    id: String,
    what: String,
    /// More of it: the seat, the rule.
    detail: String,
    by: String,
    at: Spoken,
    is_own: bool,
    may_confirm: bool,
}

fn reader(ctx: &Ctx) -> Result<AccountId, Fault> {
    match &ctx.who {
        Who::Staff { account, .. } => Ok(account.id),
        _ => Err(Fault::not_found()),
    }
}

async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let page = page(&ctx, &ctx.t("second-title"), &asked.done);
    let (reader, waiting) = (reader(&ctx)?, waiting(&ctx).await?);
    show(&SecondPage {
        nav: Nav::new(&ctx, "/admin/second"),
        key: linli_engine::hex(&linli_engine::edge::new_id()),
        rows: waiting.iter().map(|proposal| row(&ctx, &page, reader, proposal)).collect(),
        page,
    })
}

/// What waits for a second person.
///
/// # Errors
/// When the database fails.
pub(super) async fn waiting(ctx: &Ctx) -> Result<Vec<Proposal>, Fault> {
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    Ok(ctx.engine().db.read(move |tx: &mut Tx<'_>| second::waiting(tx, home, now)).await?)
}

fn row(ctx: &Ctx, page: &Page, reader: AccountId, proposal: &Proposal) -> Row {
    let about = proposal.about.as_ref().map(|about| format!("{} ({})", about.name, about.login.as_str()));
    let about = about.unwrap_or_default();
    let (key, detail) = match &proposal.change {
        Change::Seat(seat) => {
            let place = words::place(page, &ctx.engine().directory(), &seat.place);
            ("second-seat", format!("{} \u{b7} {place}", page.seat_name(seat)))
        }
        Change::Password => ("second-password", String::new()),
        Change::Factor => ("second-factor", String::new()),
        Change::Doors(rule) => ("second-doors", page.t(&format!("security-required-{rule}"))),
    };
    Row {
        id: proposal.id.to_string(),
        what: page.t1(key, "who", &about),
        detail,
        by: proposal.by.1.clone(),
        at: page.time(&proposal.at),
        is_own: proposal.by.0 == reader,
        may_confirm: proposal.may_confirm(reader),
    }
}

/// Lets a change wait that one person alone does not make, and says so where it was asked for.
///
/// # Errors
/// When the form has no key, or the database fails.
pub(super) async fn propose(ctx: &Ctx, sent: &Sent, about: Option<Account>, change: Change) -> Reply {
    let id: ProposalId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let back = match &about {
        Some(account) => format!("/admin/accounts/{}?done={WAITS}", account.login.as_str()),
        None => format!("/admin/security?done={WAITS}"),
    };
    let (home, now, by) = (ctx.engine().home, ctx.engine().clock.now(), by(ctx)?);
    let write = move |tx: &mut Tx<'_>| Pen::new(home, &by, now).propose(tx, id, about.as_ref(), change.clone());
    match ctx.engine().db.write(write).await {
        // The same form once more.
        Ok(()) | Err(SeatError::Db(linli_engine::db::DbError::Duplicate { .. })) => Ok(go(&back)),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: SeatError) -> Fault {
    match error {
        SeatError::Db(error) => error.into(),
        SeatError::Involved => Fault::new(StatusCode::FORBIDDEN, "second-involved"),
        SeatError::Decided => Fault::new(StatusCode::NOT_FOUND, "second-decided"),
        _ => Fault::new(StatusCode::CONFLICT, "second-not-now"),
    }
}

async fn confirm(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let id: ProposalId = id.parse().map_err(|_| Fault::not_found())?;
    let found = waiting(&ctx).await?.into_iter().find(|proposal| proposal.id == id);
    let found = found.ok_or_else(|| refused(SeatError::Decided))?;
    let password = match (&found.change, &found.about) {
        (Change::Password, Some(about)) => {
            let password = keep::first_password();
            let hash = hashed(&about.login, password.clone()).await?.ok_or_else(Fault::not_found)?;
            Some((password, hash))
        }
        _ => None,
    };
    let (home, now, by) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?);
    let hash = password.as_ref().map(|(_, hash)| hash.clone());
    let write = move |tx: &mut Tx<'_>| {
        if let (Change::Seat(seat), Some(about)) = (&found.change, &found.about) {
            let held = linli_engine::seats::seats_of(tx, home, about.id, now)?;
            stays_apart(&held, seat).map_err(|_| SeatError::Separated(seat.role))?;
        }
        Pen::new(home, &by, now).confirm(tx, id, hash.as_ref())
    };
    let done = ctx.engine().db.write(write).await.map_err(refused)?;
    match (password, done.about) {
        (Some((password, _)), Some(about)) => new_password(&ctx, &about, password),
        _ => Ok(go("/admin/second?done=confirmed")),
    }
}

async fn decline(ctx: Ctx, Path(id): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let id: ProposalId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, now, by) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?);
    let write = move |tx: &mut Tx<'_>| Pen::new(home, &by, now).decline(tx, id);
    ctx.engine().db.write(write).await.map_err(refused)?;
    Ok(go("/admin/second?done=declined"))
}
