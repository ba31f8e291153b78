//! Seats: what an account may do, where, and for which unit. The security administrator grants and ends them, and
//! nobody's own.

use std::sync::Arc;

use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    db::{DbError, Tx, WorkError},
    directory,
    ids::{ProposalId, SeatId},
    policy::{Action, Resource},
    seats::{self, Account, Role, Seat, SeatError, keep::Pen, second::Change},
};

use super::{
    accounts::{account_page, find, own},
    by,
    form::{Form, Wrong},
    model::Check,
    second,
};
use crate::web::{Ctx, Fault, Needs, Reply, Routes, forms::Sent, page::go};

const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Seat);

pub(super) fn routes() -> Routes {
    Routes::new().post("/admin/accounts/{login}/seats", EDIT, grant).post(
        "/admin/accounts/{login}/seats/{id}/end",
        EDIT,
        end,
    )
}

/// Why a seat was not granted.
#[derive(Debug, thiserror::Error)]
enum Denied {
    #[error("{} fields are wrong", .0.len())]
    Form(Vec<Wrong>),
    #[error(transparent)]
    Seat(#[from] SeatError),
}

impl From<DbError> for Denied {
    fn from(error: DbError) -> Self {
        Self::Seat(error.into())
    }
}

impl WorkError for Denied {
    fn db(&self) -> Option<&DbError> {
        if let Self::Seat(error) = self { error.db() } else { None }
    }
}

/// An account that the reader may give and take seats: any but their own, so that nobody raises themselves.
async fn other(ctx: &Ctx, login: &str) -> Result<Account, Fault> {
    let account = find(ctx.engine(), login).await?;
    if own(ctx, account.id) { Err(Fault::not_found()) } else { Ok(account) }
}

async fn grant(ctx: Ctx, Path(login): Path<String>, sent: Sent) -> Reply {
    let id: SeatId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let account = other(&ctx, &login).await?;
    let (sent, engine, lang, holder) = (Arc::new(sent), ctx.engine().clone(), ctx.lang.code(), account.id);
    let (typed, home, now, by) = (Arc::clone(&sent), engine.home, engine.clock.now(), by(&ctx)?);
    let (to, proposed) = (account.clone(), ProposalId(id.0));
    let granted = engine.db.write(move |tx: &mut Tx<'_>| {
        let directory = directory::load(tx, home)?;
        let seat = Check::new(&directory, &typed, lang).seat(id, holder, now).map_err(Denied::Form)?;
        let held = seats::seats_of(tx, home, holder, now)?;
        stays_apart(&held, &seat).map_err(Denied::Form)?;
        let pen = Pen::new(home, &by, now);
        match pen.grant(tx, &to, &seat) {
            Err(SeatError::Alone) => {
                pen.propose(tx, proposed, Some(&to), Change::Seat(seat))?;
                Ok(second::WAITS)
            }
            done => Ok::<_, Denied>(done.map(|()| "seat-granted")?),
        }
    });
    let wrong = match granted.await {
        Ok(done) => return Ok(go(&format!("/admin/accounts/{}?done={done}", account.login.as_str()))),
        // A seat or a proposal with the form's own key: it was sent twice.
        Err(Denied::Seat(SeatError::Db(DbError::Duplicate { .. }))) => {
            return Ok(go(&format!("/admin/accounts/{}", account.login.as_str())));
        }
        Err(Denied::Form(wrong)) => wrong,
        Err(Denied::Seat(SeatError::Separated(role))) => vec![separated(&ctx, role)],
        Err(Denied::Seat(SeatError::Db(error))) => return Err(error.into()),
        Err(Denied::Seat(_)) => vec![Wrong::new("role", "no-account")],
    };
    let form = Form::again(&ctx, "seat", &sent, &wrong);
    account_page(&ctx, account, "", form, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn separated(ctx: &Ctx, role: Role) -> Wrong {
    let packs = ctx.engine().packs();
    let title = packs.current().role(role.as_str()).map_or(role.as_str(), |r| r.title.get(ctx.lang.code()));
    Wrong::new("role", "separated").with("role", title)
}

/// No administrator sees a case (separation of duties, GB/T 22239-2019): whoever administers holds no seat of another
/// kind. The same seat twice is one too many.
pub(super) fn stays_apart(held: &[Seat], new: &Seat) -> Result<(), Vec<Wrong>> {
    if held
        .iter()
        .any(|seat| seat.id != new.id && (&seat.org, seat.role, &seat.place) == (&new.org, new.role, &new.place))
    {
        return Err(vec![Wrong::new("role", "seat-twice")]);
    }
    let mixed = held.iter().any(|seat| seat.role.is_admin() != new.role.is_admin());
    if mixed { Err(vec![Wrong::new("role", "seat-apart")]) } else { Ok(()) }
}

async fn end(ctx: Ctx, Path((login, id)): Path<(String, String)>, sent: Sent) -> Reply {
    sent.key()?;
    let account = other(&ctx, &login).await?;
    let id: SeatId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, now, by, of) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?, account.clone());
    let ended = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
        // Only a seat of this account, so that the address says whose seat it was.
        let held = seats::seats_of(tx, home, of.id, now)?;
        if let Some(seat) = held.iter().find(|seat| seat.id == id) {
            Pen::new(home, &by, now).end(tx, &of, seat)?;
        }
        Ok::<_, DbError>(())
    });
    ended.await?;
    Ok(go(&format!("/admin/accounts/{}?done=seat-ended", account.login.as_str())))
}
