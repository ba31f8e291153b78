//! Leave cover: who is away names a colleague who sits on the seat meanwhile; a desk head does it for the seats of their
//! place, the security administrator for any.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    db::{DbError, Tx},
    desk::cover::{self, CoverError, NewCover},
    edge,
    ids::{AccountId, OrgId, SeatId},
    policy::{self, Action, Relation, Resource},
    seats::{self, Account, Seat, SeatError},
};
use linli_worktime::Millis;

use super::{account, asked::Asked};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::Who,
    forms::Sent,
    page::{go, show_as},
};

/// Whether the reader may arrange covers of a seat: it is their own, or they see to the seats of its place.
fn may_arrange(ctx: &Ctx, seat: &Seat) -> bool {
    let Who::Staff { account, seat: own, .. } = &ctx.who else { return false };
    let arranges = |relation| policy::allows(own.role.into(), relation, Action::File, Resource::Cover);
    let heads = arranges(Relation::Scope) && own.place.covers(&seat.place) && !seat.role.is_admin();
    // Nobody who only covers passes it on.
    let mine = seat.account == account.id && seat.cover.is_none();
    mine || (heads && own.cover.is_none()) || arranges(Relation::None)
}

struct Standing {
    id: String,
    words: String,
    reason: String,
}

struct Row {
    id: String,
    name: String,
    holder: String,
    covers: Vec<Standing>,
}

#[derive(Template)]
#[template(path = "desk/cover.html")]
struct CoverPage {
    page: Page,
    /// The seats that the reader may arrange covers for.
    rows: Vec<Row>,
    /// The seat that the form is for.
    seat: Option<(String, String)>,
    key: String,
    colleagues: Vec<(String, String, bool)>,
    orgs: Vec<(String, String, bool)>,
    from: String,
    until: String,
    reason: String,
    error: Option<String>,
    done: bool,
}

/// `GET /desk/cover`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    draw(&ctx, &asked, None, None).await
}

/// A seat with who holds it, who covers it, and who could.
type Found = (Seat, String, Vec<cover::Cover>, Vec<Account>);

/// The seats of a unit that the reader sees to, and their own.
async fn seats_of(ctx: &Ctx, org: &OrgId, edits: bool) -> Result<Vec<Found>, Fault> {
    let Who::Staff { seats, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    let (mine, at) = (seats.clone(), org.clone());
    let read = move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let mut all = if edits { cover::seats_at(tx, home, &at, now)? } else { Vec::new() };
        for seat in mine.iter().filter(|seat| seat.cover.is_none()) {
            if !all.iter().any(|(other, _)| other.id == seat.id) {
                all.insert(0, (seat.clone(), String::new()));
            }
        }
        let mut rows = Vec::new();
        for (seat, name) in all {
            let covers = cover::covers(tx, home, seat.id, now)?;
            let colleagues = cover::colleagues(tx, home, &seat.org, now)?;
            rows.push((seat, name, covers, colleagues));
        }
        Ok(rows)
    };
    Ok(ctx.engine().db.read(read).await?)
}

fn row(ctx: &Ctx, page: &Page, (seat, name, covers, _): &Found) -> Row {
    let standing = |cover: &cover::Cover| {
        let args = [
            ("name", cover.by.clone().into()),
            ("from", page.time(&cover.from).words.into()),
            ("until", page.time(&cover.until).words.into()),
        ];
        let words = crate::web::i18n::text(ctx.lang, "cover-standing", &args);
        Standing { id: cover.seat.to_string(), words, reason: cover.reason.clone() }
    };
    Row {
        id: seat.id.to_string(),
        name: page.seat_name(seat),
        holder: name.clone(),
        covers: covers.iter().map(standing).collect(),
    }
}

async fn draw(ctx: &Ctx, asked: &Asked, sent: Option<&Sent>, error: Option<String>) -> Reply {
    let Some(own) = ctx.seat() else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "cover-title");
    let edits = [Relation::Scope, Relation::None]
        .iter()
        .any(|relation| policy::allows(own.role.into(), *relation, Action::File, Resource::Cover));
    let org = asked.read::<OrgId>("org").filter(|_| edits).unwrap_or_else(|| own.org.clone());
    let wanted = sent.map_or_else(|| asked.get("seat").unwrap_or_default(), |sent| sent.text("seat"));
    let found = seats_of(ctx, &org, edits).await?;
    let chosen = found.iter().find(|(seat, ..)| seat.id.to_string() == wanted && may_arrange(ctx, seat));
    let chosen = chosen.or_else(|| found.iter().find(|(seat, ..)| seat.id == own.id && may_arrange(ctx, seat)));
    let typed = |name: &str| sent.map(|sent| sent.text(name).to_owned()).unwrap_or_default();
    let rows = found.iter().filter(|(seat, ..)| may_arrange(ctx, seat)).map(|found| row(ctx, &page, found));
    let colleagues = chosen.map(|(seat, .., colleagues)| {
        let others = colleagues.iter().filter(|other| other.id != seat.account);
        others.map(|c| (c.id.to_string(), c.name.clone(), typed("to") == c.id.to_string())).collect()
    });
    let directory = ctx.engine().directory();
    let orgs = directory.orgs().filter(|_| edits).map(|o| (o.id.to_string(), page.of(&o.name).to_owned(), o.id == org));
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = CoverPage {
        rows: rows.collect(),
        seat: chosen.map(|(seat, ..)| (seat.id.to_string(), page.seat_name(seat))),
        key: sent.map_or_else(|| SeatId(edge::new_id()).to_string(), |sent| sent.text("key").to_owned()),
        colleagues: colleagues.unwrap_or_default(),
        orgs: orgs.collect(),
        from: typed("from"),
        until: typed("until"),
        reason: typed("reason"),
        error,
        done: asked.get("done").is_some(),
        page,
    };
    show_as(status, &template)
}

/// `2026-03-02T09:00` as the office's clock shows it.
fn local(ctx: &Ctx, text: &str) -> Option<Millis> {
    let packs = ctx.engine().packs();
    let (date, time) = text.split_once('T')?;
    packs.current().calendar.parse_local(&format!("{date} {}:00", time.get(..5)?)).ok()
}

/// `POST /desk/cover`.
pub async fn arrange(ctx: Ctx, sent: Sent) -> Reply {
    let id: SeatId = sent.key()?.parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let held: SeatId = sent.text("seat").parse().map_err(|_| Fault::not_found())?;
    let (home, now, to) = (ctx.engine().home, ctx.engine().clock.now(), sent.text("to").parse::<AccountId>().ok());
    let read = move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let Some(seat) = cover::seat(tx, home, held)? else { return Ok(None) };
        let theirs = to.map(|to| seats::seats_of(tx, home, to, now)).transpose()?.unwrap_or_default();
        let colleague = theirs.iter().any(|other| other.org == seat.org);
        Ok(Some((seat, to.filter(|_| colleague))))
    };
    let found = ctx.engine().db.read(read).await?;
    let (seat, to) = found.filter(|(seat, _)| may_arrange(&ctx, seat)).ok_or_else(Fault::not_found)?;
    let again = async |key: &str| draw(&ctx, &Asked::default(), Some(&sent), Some(ctx.t(key))).await;
    // A seat is not handed out of its unit, and whoever names a stranger is not told who that is.
    let Some(to) = to else { return again("cover-no-colleague").await };
    let (Some(from), Some(until)) = (local(&ctx, sent.text("from")), local(&ctx, sent.text("until"))) else {
        return again("cover-times").await;
    };
    let reason: String = sent.text("reason").chars().take(200).collect();
    let new = NewCover { id, held: seat.id, to, from, until, reason, by: account(&ctx)?.id };
    let done = ctx.engine().db.write(move |tx: &mut Tx<'_>| cover::arrange(tx, home, &new, now)).await;
    let key = match done {
        // A cover with the form's own key: it was sent twice.
        Ok(()) | Err(CoverError::Seat(SeatError::Db(DbError::Duplicate { .. }))) => {
            return Ok(go("/desk/cover?done=1"));
        }
        Err(CoverError::NoSeat) => return Err(Fault::not_found()),
        Err(CoverError::PassedOn) => "cover-passed-on",
        Err(CoverError::Own) => "cover-no-colleague",
        Err(CoverError::Times) => "cover-times",
        Err(CoverError::Twice) => "cover-twice",
        Err(CoverError::Apart(_) | CoverError::Seat(SeatError::Separated(_))) => "cover-apart",
        Err(CoverError::Seat(SeatError::Db(error))) => return Err(error.into()),
        Err(CoverError::Seat(_)) => "cover-no-colleague",
    };
    again(key).await
}

/// `POST /desk/cover/{id}/end`: before its time. Whoever may arrange it, and whoever covers.
pub async fn end(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let id: SeatId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, now, me) = (ctx.engine().home, ctx.engine().clock.now(), account(&ctx)?.id);
    let read = move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let held = cover::held_by(tx, home, id)?;
        Ok((cover::seat(tx, home, id)?, held.map(|held| cover::seat(tx, home, held)).transpose()?.flatten()))
    };
    let (covering, held) = ctx.engine().db.read(read).await?;
    let mine = covering.is_some_and(|seat| seat.account == me);
    if !held.is_some_and(|held| mine || may_arrange(&ctx, &held)) {
        return Err(Fault::not_found());
    }
    ctx.engine().db.write(move |tx: &mut Tx<'_>| cover::end(tx, home, id, now)).await?;
    Ok(go("/desk/cover?done=1"))
}
