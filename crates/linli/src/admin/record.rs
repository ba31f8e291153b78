//! What changed by whom. The audit administrator reads all of it, each administrator what they did themselves.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    db::Tx,
    directory::Directory,
    ids::ChangeId,
    limits,
    policy::{Action, Resource},
    record::{self, Change, What},
};
use linli_worktime::{Calendar, Millis, parse_rfc3339};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{
    Nav,
    form::Choice,
    may, page,
    sheets::{Kind, value},
};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    ctx::Who,
    download::{download, escaped},
    i18n,
    page::show,
    routes::percent,
    times::Spoken,
};

const LIST: Needs = Needs::Seat(Action::List, Resource::Record);
const DAY: i64 = 24 * 3_600_000;

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/record", LIST, list).get("/admin/record.csv", LIST, csv)
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct RecordAsked {
    what: String,
    subject: String,
    who: String,
    from: String,
    until: String,
    /// The change after which the list goes on: `time.id`.
    after: String,
}

impl RecordAsked {
    /// Whether less than everything is asked for.
    fn narrowed(&self) -> bool {
        !self.query(&self.after).is_empty()
    }

    fn query(&self, after: &str) -> String {
        let pairs = [
            ("what", self.what.as_str()),
            ("subject", &self.subject),
            ("who", &self.who),
            ("from", &self.from),
            ("until", &self.until),
            ("after", after),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
    }
}

#[derive(Template)]
#[template(path = "admin/record.html")]
struct RecordPage {
    page: Page,
    nav: Nav,
    asked: RecordAsked,
    kinds: Vec<Choice>,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
    file: String,
    /// Whether the reader sees what others did.
    sees_all: bool,
}

/// A change on the page.
struct Row {
    at: Spoken,
    who: String,
    act: String,
    what: String,
    subject: String,
    /// The fact, what it was, what it became.
    facts: Vec<(String, Option<String>, Option<String>)>,
}

/// What is asked, as the engine takes it: others' changes only by whoever may see them.
fn wanted(ctx: &Ctx, asked: &RecordAsked) -> Result<record::Asked, Fault> {
    let Who::Staff { account, .. } = &ctx.who else { return Err(Fault::not_found()) };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let own = Some(account.login.as_str().to_owned());
    let login = if may(ctx, Action::See, Resource::Record) { text(&asked.who) } else { own };
    let packs = ctx.engine().packs();
    let calendar = &packs.current().calendar;
    let what = asked.what.parse().ok();
    Ok(record::Asked {
        subject: text(&asked.subject).filter(|_| what.is_some()),
        what,
        login,
        from: day(calendar, &asked.from),
        until: day(calendar, &asked.until).map(|at| at.plus(DAY)),
        after: asked
            .after
            .split_once('.')
            .and_then(|(at, id)| Some((Millis(at.parse().ok()?), id.parse::<ChangeId>().ok()?))),
    })
}

/// The beginning of a day.
fn day(calendar: &Calendar, text: &str) -> Option<Millis> {
    calendar.parse_local(&format!("{}T00:00:00", text.trim())).ok()
}

async fn list(ctx: Ctx, Query(asked): Query<RecordAsked>) -> Reply {
    let page = page(&ctx, &ctx.t("record-title"), "");
    let (wanted, home) = (wanted(&ctx, &asked)?, ctx.engine().home);
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &wanted, limits::PAGE + 1);
    let mut found = ctx.engine().db.read(read).await?;
    let more = found.len() > limits::PAGE;
    found.truncate(limits::PAGE);
    let next = found.last().filter(|_| more).map(|c| format!("/admin/record?{}", asked.query(&key(c))));
    let first = (!asked.after.is_empty()).then(|| format!("/admin/record?{}", asked.query("")));
    let directory = ctx.engine().directory();
    let kind = |what: &What| Choice { value: what.as_str().to_owned(), label: page.t(&format!("record-what-{what}")) };
    show(&RecordPage {
        nav: Nav::new(&ctx, "/admin/record"),
        kinds: What::ALL.iter().map(kind).collect(),
        rows: found.iter().map(|change| row(&page, &directory, change)).collect(),
        file: format!("/admin/record.csv?{}", asked.query("")),
        sees_all: may(&ctx, Action::See, Resource::Record),
        first,
        next,
        asked,
        page,
    })
}

fn key(change: &Change) -> String {
    format!("{}.{}", change.at.0, change.id)
}

fn row(page: &Page, directory: &Directory, change: &Change) -> Row {
    let deed = &change.deed;
    Row {
        at: page.time(&change.at),
        who: change.login.clone(),
        act: page.t(&format!("record-act-{}", deed.act)),
        what: page.t(&format!("record-what-{}", deed.what)),
        subject: named(page, deed),
        facts: facts(page, directory, deed.what, deed.was.as_ref(), deed.became.as_ref()),
    }
}

/// A code, a login or a short name says something; the id of a row does not.
fn named(page: &Page, deed: &record::Deed) -> String {
    let facts = deed.became.as_ref().or(deed.was.as_ref());
    let of = |key: &str| facts.and_then(|f| f.get(key)).and_then(Json::as_str).unwrap_or_default().to_owned();
    match deed.what {
        What::Seat => of("login"),
        What::Duty => of("category"),
        What::Setting => setting(page, &deed.subject),
        _ => deed.subject.clone(),
    }
}

/// A setting in words; one that this version does not know by its name.
fn setting(page: &Page, name: &str) -> String {
    let key = format!("record-setting-{name}");
    if i18n::has(page.lang(), &key) { page.t(&key) } else { name.to_owned() }
}

/// What a setting was set to, in words where there are any. Of a fingerprint people compare the beginning.
fn set_to(page: &Page, raw: String) -> String {
    let key = format!("security-required-{raw}");
    match parse_rfc3339(&raw) {
        Ok(at) => page.time(&at).words,
        Err(_) if i18n::has(page.lang(), &key) => page.t(&key),
        Err(_) if raw.len() == 64 => format!("{}\u{2026}", &raw[..16]),
        Err(_) => raw,
    }
}

/// The table that has the column of a fact, for its name.
fn table(what: What) -> Option<Kind> {
    match what {
        What::Place => Some(Kind::Places),
        What::Org => Some(Kind::Orgs),
        What::Account => Some(Kind::Accounts),
        What::Seat => Some(Kind::Seats),
        What::Duty => Some(Kind::Duties),
        What::Token
        | What::Pack
        | What::Setting
        | What::Warning
        | What::Case
        | What::Data
        | What::Answer
        | What::Log => None,
    }
}

fn facts(
    page: &Page,
    directory: &Directory,
    what: What,
    was: Option<&Json>,
    became: Option<&Json>,
) -> Vec<(String, Option<String>, Option<String>)> {
    let keys = |json: Option<&Json>| json.and_then(Json::as_object).map(|o| o.keys().cloned().collect::<BTreeSet<_>>());
    let all: BTreeSet<String> =
        keys(was).unwrap_or_default().union(&keys(became).unwrap_or_default()).cloned().collect();
    let said = |key: &str, json: Option<&Json>| {
        let raw = match json?.get(key)? {
            Json::Bool(ended) => if *ended { "ended" } else { "live" }.to_owned(),
            Json::Null => return None,
            Json::String(text) => text.clone(),
            Json::Array(all) => all.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" / "),
            other => other.to_string(),
        };
        if what == What::Setting {
            return Some(set_to(page, raw));
        }
        let field = if matches!(key, "retired" | "disabled") { "state" } else { key };
        (!raw.is_empty()).then(|| value(page, directory, field, &raw))
    };
    let fact = |key: String| {
        let (old, new) = (said(&key, was), said(&key, became));
        let field = if matches!(key.as_str(), "retired" | "disabled") { "state" } else { &key };
        let name = match table(what) {
            Some(kind) if kind.columns().iter().any(|c| c.field == field) => kind.header(field, page.lang()),
            _ => page.t(&format!("record-fact-{field}")),
        };
        (old != new).then_some((name, old, new))
    };
    all.into_iter().filter_map(fact).collect()
}

/// The same as a file, with the codes as they were recorded.
async fn csv(ctx: Ctx, Query(asked): Query<RecordAsked>) -> Reply {
    let (wanted, home) = (wanted(&ctx, &RecordAsked { after: String::new(), ..asked })?, ctx.engine().home);
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &wanted, limits::CHANGES);
    let found = ctx.engine().db.read(read).await?;
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let heads = ["at", "who", "seat", "what", "subject", "act", "was", "became"];
    // Writing into memory cannot fail.
    let _ = out.write_record(heads.map(|key| ctx.t(&format!("record-col-{key}"))));
    let packs = ctx.engine().packs();
    let calendar = &packs.current().calendar;
    for Change { at, login, seat, deed, .. } in found {
        let json = |json: Option<Json>| json.map(|j| j.to_string()).unwrap_or_default();
        let (what, act) = (deed.what.to_string(), deed.act.to_string());
        let seat = seat.map(|s| s.to_string()).unwrap_or_default();
        let cells = [calendar.rfc3339(at), login, seat, what, deed.subject, act, json(deed.was), json(deed.became)];
        let _ = out.write_record(cells.map(|cell| escaped(&cell)));
    }
    Ok(download(&ctx.t("record-file"), "csv", out.into_inner().unwrap_or_default()))
}
