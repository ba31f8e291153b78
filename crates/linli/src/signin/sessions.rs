//! Where one is signed in, for staff and residents: each session with its device and its network, and an end to each.

use askama::Template;
use axum::http::HeaderMap;
use linli_engine::{
    db::Tx,
    sessions::{self, Living},
};

use crate::web::{
    Ctx, Fault, Page, Reply,
    asked::Asked,
    ctx::{Who, cookie, cookie_value},
    forms::Sent,
    origin::{Origin, device_words},
    page::{go, show},
    times::Spoken,
};

/// A session on the page.
struct Row {
    id: String,
    device: String,
    network: String,
    since: Spoken,
    seen: Spoken,
    here: bool,
}

#[derive(Template)]
#[template(path = "signin/sessions_staff.html")]
struct StaffPage {
    page: Page,
    rows: Vec<Row>,
    action: &'static str,
}

#[derive(Template)]
#[template(path = "signin/sessions_resident.html")]
struct ResidentPage {
    page: Page,
    rows: Vec<Row>,
    action: &'static str,
}

const STAFF: &str = "/desk/me/sessions";
const RESIDENT: &str = "/mine/sessions";

fn own(ctx: &Ctx) -> Result<(sessions::Who, &'static str), Fault> {
    match &ctx.who {
        Who::Staff { account, .. } => Ok((sessions::Who::Staff(account.id), STAFF)),
        Who::Resident(person) => Ok((sessions::Who::Resident(*person), RESIDENT)),
        Who::Anyone => Err(Fault::not_found()),
    }
}

fn cookie_of(headers: &HeaderMap) -> String {
    cookie_value(headers, cookie::SESSION).unwrap_or_default().to_owned()
}

/// `GET /desk/me/sessions` and `GET /mine/sessions`.
pub async fn page(ctx: Ctx, asked: Asked, headers: HeaderMap) -> Reply {
    let ((who, action), own) = (own(&ctx)?, cookie_of(&headers));
    let (home, now) = (ctx.engine().home, ctx.engine().clock.now());
    let read = move |tx: &mut Tx<'_>| sessions::living(tx, home, who, &own, now);
    let found = ctx.engine().db.read(read).await?;
    let mut page = Page::titled(&ctx, "sessions-title");
    page.done = asked.get("done").map(|_| ctx.t("sessions-done"));
    let row = |living: Living| Row {
        device: device_words(&page, &living.device),
        since: page.time(&living.made_at),
        seen: page.time(&living.seen_at),
        id: living.id,
        network: living.network,
        here: living.here,
    };
    let rows = found.into_iter().map(row).collect();
    match who {
        sessions::Who::Staff(_) => show(&StaffPage { rows, action, page }),
        sessions::Who::Resident(_) => show(&ResidentPage { rows, action, page }),
    }
}

/// `POST` to the same: ends one, or all but the one that asks.
pub async fn end(ctx: Ctx, Origin(origin): Origin, headers: HeaderMap, sent: Sent) -> Reply {
    let ((who, action), own, id) = (own(&ctx)?, cookie_of(&headers), sent.text("session").to_owned());
    let (home, now, others) = (ctx.engine().home, ctx.engine().clock.now(), !sent.text("others").is_empty());
    let end = move |tx: &mut Tx<'_>| {
        if others {
            return sessions::end_others(tx, home, who, &own, &origin, now);
        }
        sessions::end_one(tx, home, who, &id, &origin, now).map(drop)
    };
    ctx.engine().db.write(end).await?;
    Ok(go(&format!("{action}?done=ended")))
}
