//! The doors: who has to have a second factor, and the security log, which the audit administrator reads.

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    db::Tx,
    ids::SecurityEventId,
    limits,
    policy::{Action, Resource},
    seats::{
        Login, SeatError,
        keep::{self, Pen},
        second::Change,
    },
    security::{self, Event, Happened},
    sessions::{Required, factor},
};
use linli_worktime::Millis;
use serde::Deserialize;

use super::{Nav, by, form::Choice, may, page, second};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    page::{go, show},
    routes::percent,
    times::Spoken,
};

const SEE: Needs = Needs::Seat(Action::See, Resource::Security);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Security);

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/security", SEE, look).post("/admin/security", EDIT, require)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    kind: String,
    who: String,
    /// The line after which the list goes on: `time.id`.
    after: String,
    done: String,
}

impl Asked {
    fn href(&self, after: &str) -> String {
        let pairs = [("kind", self.kind.as_str()), ("who", &self.who), ("after", after)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = pairs.map(|(name, value)| format!("{name}={}", percent(value))).collect();
        format!("/admin/security?{}", query.join("&"))
    }
}

#[derive(Template)]
#[template(path = "admin/security.html")]
struct SecurityPage {
    page: Page,
    nav: Nav,
    asked: Asked,
    /// Whom it can be required of, with the one in force marked.
    rules: Vec<(Choice, bool)>,
    rule: String,
    may_edit: bool,
    key: String,
    /// The log, for whoever may read it.
    log: Option<Log>,
}

struct Log {
    kinds: Vec<Choice>,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

/// A line of the log.
struct Row {
    at: Spoken,
    what: String,
    /// Whether it is something to look at twice.
    odd: bool,
    login: String,
    name: String,
    network: String,
}

async fn look(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let page = page(&ctx, &ctx.t("security-title"), &asked.done);
    let home = ctx.engine().home;
    let said = ctx.engine().db.read(move |tx: &mut Tx<'_>| factor::required(tx, home)).await?;
    let rule = said.unwrap_or(ctx.app.config.factor);
    let words = |rule: Required| page.t(&format!("security-required-{rule}"));
    let choice = |one: &Required| (Choice { value: one.to_string(), label: words(*one) }, *one == rule);
    let log = if may(&ctx, Action::List, Resource::Security) { Some(log(&ctx, &page, &asked).await?) } else { None };
    show(&SecurityPage {
        nav: Nav::new(&ctx, "/admin/security"),
        rules: Required::ALL.iter().map(choice).collect(),
        rule: words(rule),
        may_edit: may(&ctx, Action::Edit, Resource::Security),
        key: linli_engine::hex(&linli_engine::edge::new_id()),
        log,
        asked,
        page,
    })
}

/// A page of the log; nothing for a login that is nobody's.
async fn log(ctx: &Ctx, page: &Page, asked: &Asked) -> Result<Log, Fault> {
    let (home, who) = (ctx.engine().home, asked.who.trim().to_owned());
    let what: Option<Happened> = asked.kind.parse().ok();
    let after = asked.after.split_once('.');
    let after = after.and_then(|(at, id)| Some((Millis(at.parse().ok()?), id.parse::<SecurityEventId>().ok()?)));
    let read = move |tx: &mut Tx<'_>| {
        let mut asked = security::Asked { what, account: None, after };
        if !who.is_empty() {
            let known = who.parse::<Login>().map_or(Ok(None), |login| keep::by_login(tx, home, &login))?;
            let Some(known) = known else { return Ok(Vec::new()) };
            asked.account = Some(known.id);
        }
        security::events(tx, home, &asked, limits::PAGE + 1)
    };
    let mut found = ctx.engine().db.read(read).await?;
    let more = found.len() > limits::PAGE;
    found.truncate(limits::PAGE);
    let key = |event: &Event| format!("{}.{}", event.at.0, event.id);
    let kind = |what: &Happened| Choice { value: what.to_string(), label: page.t(&format!("security-event-{what}")) };
    Ok(Log {
        kinds: Happened::ALL.iter().map(kind).collect(),
        first: (!asked.after.is_empty()).then(|| asked.href("")),
        next: found.last().filter(|_| more).map(|event| asked.href(&key(event))),
        rows: found.into_iter().map(|event| row(page, event)).collect(),
    })
}

fn row(page: &Page, event: Event) -> Row {
    let (login, name) = event.account.unwrap_or_default();
    Row {
        at: page.time(&event.at),
        what: page.t(&format!("security-event-{}", event.what)),
        odd: matches!(event.what, Happened::Locked | Happened::CodeFailed | Happened::RecoveryUsed),
        login,
        name,
        network: event.network,
    }
}

/// `POST /admin/security`: who has to have a second factor from now on.
async fn require(ctx: Ctx, sent: Sent) -> Reply {
    sent.key()?;
    let rule: Required = sent.text("required").parse().map_err(|_| Fault::not_found())?;
    let (home, now, by, usual) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?, ctx.app.config.factor);
    let write = move |tx: &mut Tx<'_>| {
        let was = factor::required(tx, home)?.unwrap_or(usual);
        Pen::new(home, &by, now).require(tx, was, rule)
    };
    match ctx.engine().db.write(write).await {
        Ok(()) => Ok(go("/admin/security?done=security")),
        Err(SeatError::Alone) => second::propose(&ctx, &sent, None, Change::Doors(rule)).await,
        Err(SeatError::Db(error)) => Err(error.into()),
        Err(_) => Err(Fault::not_found()),
    }
}
