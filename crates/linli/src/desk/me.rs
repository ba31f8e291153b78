//! One's own page: the seats that one holds and the one that one sits on, and what the program tells that seat.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use linli_engine::{
    db::{DbError, Tx},
    ids::{Jurisdiction, Level, NoticeId, PlaceCode},
    limits,
    notices::{self, Notice, Recipient},
    policy::{Action, Resource},
    seats::Seat,
};

use super::{asked::Asked, own, views::may};
use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::{Who, cookie, set_cookie},
    forms::Sent,
    i18n,
    page::{go, show},
    times::Spoken,
};

struct Told {
    url: String,
    words: String,
    at: Spoken,
    late: bool,
}

#[derive(Template)]
#[template(path = "desk/me.html")]
struct MePage {
    page: Page,
    role: String,
    place: String,
    hears: bool,
    told: Vec<Told>,
    next: Option<String>,
    sessions: Vec<own::Row>,
    /// What became of a change of password: whether it is good, and in words.
    password: Option<(bool, String)>,
}

/// `GET /desk/me`.
pub async fn page(ctx: Ctx, asked: Asked, headers: HeaderMap) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(&ctx, "desk-me");
    let hears = may(&seat, Action::List, Resource::Notice);
    let found = if hears { notices(&ctx, &seat, asked.read("before")).await? } else { Vec::new() };
    let last = found.last().filter(|_| found.len() == limits::PAGE);
    let next = last.map(|notice| asked.with("/desk/me", "before", &notice.id.to_string()));
    let role = ctx.engine().packs().current().role(seat.role.as_str()).map(|role| page.of(&role.duty).to_owned());
    show(&MePage {
        role: role.unwrap_or_default(),
        place: page.place(&seat.place),
        told: found.iter().map(|notice| told(&page, notice)).collect(),
        hears,
        next,
        sessions: own::rows(&ctx, &page, &headers).await?,
        password: asked.get("password").and_then(|said| {
            let known = ["changed", "wrong", "locked", "short", "login"].contains(&said);
            known.then(|| (said == "changed", page.t(&format!("own-password-{said}"))))
        }),
        page,
    })
}

/// `POST /desk/me/seat`: sits on another of one's own seats.
pub async fn sit(ctx: Ctx, sent: Sent) -> Result<Response, Fault> {
    let Who::Staff { seats, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let chosen = seats.iter().find(|seat| seat.id.to_string() == sent.text("seat"));
    let chosen = chosen.ok_or_else(|| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "desk-no-seat"))?;
    // It lives as long as the longest session; the next sign-in may sit elsewhere.
    let kept = set_cookie(&ctx.app.config, cookie::SEAT, &chosen.id.to_string(), limits::STAFF_SESSION_MS / 1000);
    Ok(([(header::SET_COOKIE, kept)], go("/desk")).into_response())
}

/// What the program tells a seat, newest first.
async fn notices(ctx: &Ctx, seat: &Seat, before: Option<NoticeId>) -> Result<Vec<Notice>, Fault> {
    let whom = recipients(seat, &ctx.engine().directory().jurisdictions(&seat.place));
    let read = move |tx: &mut Tx<'_>| -> Result<Vec<Notice>, DbError> {
        let mut all = Vec::new();
        for (street, recipients) in &whom {
            all.extend(notices::for_recipients(tx, *street, recipients, before, limits::PAGE)?);
        }
        all.sort_by_key(|notice| std::cmp::Reverse(notice.id));
        all.truncate(limits::PAGE);
        Ok(all)
    };
    Ok(ctx.engine().db.read(read).await?)
}

/// As whom a seat is told things, street by street: its role there, and its unit where it does the unit's work.
fn recipients(seat: &Seat, streets: &[Jurisdiction]) -> Vec<(Jurisdiction, Vec<Recipient>)> {
    let whom = |street: &Jurisdiction| {
        let place = street.to_string().parse::<PlaceCode>().ok().filter(|place| place.level() == Level::Street)?;
        let role = Recipient::Role { role: seat.role.as_str().to_owned(), place };
        let org = seat.role.handles().then(|| Recipient::Org(seat.org.clone()));
        Some((*street, org.into_iter().chain([role]).collect()))
    };
    streets.iter().filter_map(whom).collect()
}

fn told(page: &Page, notice: &Notice) -> Told {
    let arg = |name: &str| notice.args.get(name).cloned().unwrap_or_default();
    let own = format!("desk-notice-{}", notice.template);
    let key = if i18n::has(page.lang(), &own) { own } else { "desk-notice".to_owned() };
    Told {
        url: format!("/desk/cases/{}/{}", notice.case.0, arg("number")),
        words: i18n::text(page.lang(), &key, &[("title", arg("title").into())]),
        at: page.time(&notice.at),
        late: notice.template == "escalate",
    }
}
