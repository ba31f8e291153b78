//! The first page of an administrator: what needs seeing to, in plain words with what to do, and where to go.

use askama::Template;
use axum::extract::{Path, Query};
use linli_engine::{
    cases::store::{self, Warning},
    db::{DbError, Tx},
    directory::Directory,
    ids::{Level, PlaceCode},
    limits,
    notices::{self, Recipient, Undelivered},
    pack::Pack,
    policy::{Action, Resource},
    record::{self, Act, Deed, What},
};

use super::{Asked, Nav, assistant, by, form::Form, may, page, places, second, unused, words};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    page::{go, show},
    times::Spoken,
};

/// All three administrators may list accounts, and nobody else.
const HOME: Needs = Needs::Seat(Action::List, Resource::Account);

pub(super) fn routes() -> Routes {
    let end = Needs::Seat(Action::Edit, Resource::Warning);
    Routes::new().get("/admin", HOME, home).post("/admin/warnings/{name}/end", end, seen_to)
}

#[derive(Template)]
#[template(path = "admin/home.html")]
struct HomePage {
    page: Page,
    nav: Nav,
    key: String,
    /// None where the seat may not see them.
    alarms: Option<Alarms>,
    /// What waits for a second person; empty when nothing does.
    second: String,
    /// Accounts that nobody uses; empty when there are none.
    unused: String,
    doors: Vec<Door>,
    may_end: bool,
    /// How far the setting-up has come; empty once the office is open.
    assistant: String,
}

/// What needs seeing to.
struct Alarms {
    warnings: Vec<Alarm>,
    /// Functions that the duty list gives work to and no unit has, and how many.
    missing: Vec<String>,
    missing_count: String,
    undelivered: Vec<Lost>,
}

struct Alarm {
    name: String,
    what: String,
    do_this: String,
    since: Spoken,
    /// Whether it no longer holds, so that it may be cleared.
    over: bool,
}

/// A notice that reached nobody. It says whom only as far as that is no person.
struct Lost {
    to: String,
    channel: String,
    tries: String,
    reason: String,
    at: Spoken,
}

struct Door {
    href: &'static str,
    title: String,
    count: String,
}

async fn home(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let page = page(&ctx, &ctx.t("admin-home"), &asked.done);
    let alarms = if may(&ctx, Action::List, Resource::Warning) { Some(alarms(&ctx, &page).await?) } else { None };
    let second = match second::waiting(&ctx).await?.len() {
        0 => String::new(),
        n => page.n("admin-second-waits", n as i64),
    };
    let unused = unused::told(&ctx, &page).await?;
    let key = Form::new(&ctx, "warning", &[]).key().to_owned();
    let may_end = may(&ctx, Action::Edit, Resource::Warning);
    let assistant = assistant::html(assistant::look(&ctx, &page).await?.as_ref())?;
    let (nav, doors) = (Nav::new(&ctx, "/admin"), doors(&ctx, &page));
    show(&HomePage { nav, key, alarms, second, unused, doors, may_end, assistant, page })
}

async fn alarms(ctx: &Ctx, page: &Page) -> Result<Alarms, Fault> {
    let (engine, directory) = (ctx.engine(), ctx.engine().directory());
    let (home, pack) = (engine.home, engine.packs().current());
    let streets: Vec<_> =
        directory.places().filter(|p| p.code.level() == Level::Street).map(|p| p.code.jurisdiction()).collect();
    let found = engine.db.read(move |tx: &mut Tx<'_>| {
        let mut lost = Vec::new();
        for street in &streets {
            lost.extend(notices::failed_notices(tx, *street, None, limits::PAGE - lost.len())?);
            if lost.len() >= limits::PAGE {
                break;
            }
        }
        Ok::<_, DbError>((store::warnings(tx, home)?, lost))
    });
    let (warnings, lost) = found.await?;
    let missing = home.to_string().parse().map(|home| missing(pack, &directory, &home)).unwrap_or_default();
    Ok(Alarms {
        warnings: warnings.iter().map(|w| alarm(page, pack, w)).collect(),
        missing_count: page.n("admin-missing", missing.len() as i64),
        missing: missing.iter().map(|f| words::function(page, f)).collect(),
        undelivered: lost.iter().map(|n| undelivered(page, n)).collect(),
    })
}

/// The functions that the duty list of a pack needs and no live unit has that serves the street or a part of it.
pub(super) fn missing(pack: &Pack, directory: &Directory, street: &PlaceCode) -> Vec<String> {
    let near = directory.orgs().filter(|o| o.retired_at.is_none());
    let near: Vec<_> = near.filter(|o| o.place.covers(street) || street.covers(&o.place)).collect();
    words::functions(pack).into_iter().filter(|f| !near.iter().any(|o| o.function == *f)).collect()
}

fn alarm(page: &Page, pack: &Pack, warning: &Warning) -> Alarm {
    let year = warning.name.strip_prefix("calendar-").and_then(|y| y.parse::<i16>().ok());
    let (what, do_this) = match year {
        Some(year) => {
            let do_this = page.t1("admin-warning-calendar-do", "before", i32::from(year) - 1);
            (page.t1("admin-warning-calendar", "year", year), do_this)
        }
        None if warning.name.starts_with("log-") => {
            (page.t1("admin-warning-log", "why", &warning.args), page.t("admin-warning-log-do"))
        }
        None => (page.t1("admin-warning-other", "name", &warning.name), page.t("admin-warning-other-do")),
    };
    let over = year.is_none_or(|y| pack.calendar.covers(y));
    Alarm { name: warning.name.clone(), what, do_this, since: page.time(&warning.at), over }
}

fn undelivered(page: &Page, lost: &Undelivered) -> Lost {
    let to = match &lost.notice.recipient {
        Recipient::Org(id) => page.org(id.as_str()),
        Recipient::Role { role, .. } => page.role(role),
        Recipient::Person(_) | Recipient::Case(_) => page.t("owner-reporter"),
    };
    Lost {
        to,
        channel: page.t(&format!("admin-channel-{}", lost.notice.channel.slug())),
        tries: page.n("admin-lost-tries", lost.tries),
        reason: lost.reason.clone(),
        at: page.time(&lost.notice.at),
    }
}

/// The lists that the seat may use, with how much is in them.
fn doors(ctx: &Ctx, page: &Page) -> Vec<Door> {
    let (directory, packs) = (ctx.engine().directory(), ctx.engine().packs());
    let pack = packs.current();
    let units = directory.orgs().filter(|o| o.retired_at.is_none()).count();
    let all = [
        ("/admin/places", "places", Action::List, Resource::Place, places::counts(page, &directory)),
        ("/admin/orgs", "orgs", Action::List, Resource::Org, page.n("admin-orgs-count", units as i64)),
        ("/admin/accounts", "accounts", Action::List, Resource::Account, page.t("admin-accounts-lead")),
        (
            "/admin/duties",
            "duties",
            Action::List,
            Resource::Duty,
            page.n("admin-duties-own-count", directory.duties().len() as i64),
        ),
        ("/admin/sheets", "sheets", Action::See, Resource::Sheet, page.t("admin-sheets-lead")),
        ("/admin/pack", "pack", Action::See, Resource::Pack, format!("{} {}", page.of(&pack.title), pack.version)),
        ("/admin/record", "record", Action::List, Resource::Record, page.t("admin-record-door")),
    ];
    let open = all.into_iter().filter(|(_, _, action, resource, _)| may(ctx, *action, *resource));
    open.map(|(href, key, _, _, count)| Door { href, title: page.t(&format!("admin-{key}")), count }).collect()
}

/// Clears a warning that the administrator has seen to.
async fn seen_to(ctx: Ctx, Path(name): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let (home, now, by) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?);
    let ended = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
        let Some(warning) = store::warnings(tx, home)?.into_iter().find(|w| w.name == name) else { return Ok(()) };
        store::end_warning(tx, home, &name)?;
        let was = Some(serde_json::json!({ "args": warning.args }));
        let deed = Deed { what: What::Warning, subject: name.clone(), act: Act::Ended, was, became: None };
        record::note(tx, home, &by, deed, now)
    });
    ended.await?;
    Ok(go("/admin?done=warning-ended"))
}
