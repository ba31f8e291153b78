//! The setting-up, step by step, from an empty installation to the first report. How far it has come is read from what is
//! there; kept is only what nobody but a person can say: that the gaps in the duty list were looked at, and that the
//! office is open. Each administrator sees all steps, and which of them wait for whom.

use askama::Template as _;
use axum::extract::Path;
use linli_engine::{
    db::{DbError, Tx},
    ids::{Level, PlaceCode},
    policy::{Action, Resource},
    seats::{Role, keep},
    start,
};

use super::{by, coverage, form::Form, may};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    i18n::text,
    page::{broken, go},
};

const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Org);

pub(super) fn routes() -> Routes {
    Routes::new().post("/admin/start/{what}", EDIT, settle)
}

/// The settings that a person sets.
const LOOKED: &str = "start-looked";
const OPEN: &str = "start-open";

/// The checklist.
#[derive(askama::Template)]
#[template(path = "admin/assistant.html")]
pub(super) struct Assistant {
    page: Page,
    key: String,
    steps: Vec<Step>,
    done: usize,
    may_edit: bool,
    can_open: bool,
}

/// A step.
struct Step {
    /// Which text says what it is.
    name: &'static str,
    /// `done`, `now`, `later`.
    class: &'static str,
    done: bool,
    /// Whether this reader does it.
    yours: bool,
    /// Whether it is the first open one of those.
    next: bool,
    /// What is there already, or what is missing.
    state: String,
    /// Whose it is.
    whose: String,
    /// Where it is done: address, words.
    doors: Vec<(String, String)>,
}

impl Assistant {
    /// As a piece of a page.
    pub fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// What the steps are judged by.
struct Facts {
    looked: bool,
    open: bool,
    roles: Vec<Role>,
    first_case: Option<linli_worktime::Millis>,
}

/// The checklist, as long as the office is not open.
pub(super) async fn look(ctx: &Ctx, page: &Page) -> Result<Option<Assistant>, Fault> {
    let (engine, home, now) = (ctx.engine(), ctx.engine().home, ctx.engine().clock.now());
    let streets: Vec<_> = engine
        .directory()
        .places()
        .filter(|p| p.code.level() == Level::Street)
        .map(|p| p.code.jurisdiction())
        .collect();
    let facts = engine.db.read(move |tx: &mut Tx<'_>| {
        let open = start::setting(tx, home, OPEN)?.is_some();
        let mut first_case = None;
        for street in streets.iter().filter(|_| !open) {
            first_case = first_case.or(start::first_case(tx, *street)?);
        }
        let looked = start::setting(tx, home, LOOKED)?.is_some();
        Ok::<_, DbError>(Facts { looked, open, roles: keep::roles_held(tx, home, now)?, first_case })
    });
    let facts = facts.await?;
    if facts.open || page.demo() {
        return Ok(None);
    }
    let mut steps = steps(ctx, page, &facts);
    if let Some(next) = steps.iter_mut().find(|s| !s.done) {
        next.class = "now";
    }
    if let Some(yours) = steps.iter_mut().find(|s| !s.done && s.yours) {
        yours.next = true;
    }
    Ok(Some(Assistant {
        key: Form::new(ctx, "start", &[]).key().to_owned(),
        done: steps.iter().filter(|s| s.done).count(),
        may_edit: may(ctx, Action::Edit, Resource::Org),
        can_open: facts.first_case.is_some(),
        steps,
        page: page.clone(),
    }))
}

/// Each step: its name, whose it is, where it is done.
type Fixed = (&'static str, &'static [Role], &'static [(&'static str, &'static str)]);

const SYSTEM: &[Role] = &[Role::AdminSystem];
const STEPS: [Fixed; 6] = [
    (
        "places",
        SYSTEM,
        &[("/admin/sheets", "upload"), ("/admin/sheets/template.xlsx", "template"), ("/admin/new/place", "by-hand")],
    ),
    ("orgs", SYSTEM, &[("/admin/sheets", "upload"), ("/admin/new/org", "by-hand")]),
    (
        "people",
        &[Role::AdminSystem, Role::AdminSecurity],
        &[("/admin/sheets", "upload"), ("/admin/accounts", "by-hand")],
    ),
    ("duties", SYSTEM, &[("/admin/coverage", "coverage"), ("/admin/sheets", "upload")]),
    ("trial", &[], &[("/", "report")]),
    ("open", SYSTEM, &[("/track", "withdraw")]),
];

fn steps(ctx: &Ctx, page: &Page, facts: &Facts) -> Vec<Step> {
    let role = ctx.seat().map(|seat| seat.role);
    let step = |((name, roles, doors), (done, state)): (Fixed, (bool, String))| {
        // The trial is anybody's.
        let yours = roles.is_empty() || role.is_some_and(|role| roles.contains(&role));
        let door = |(href, key): &(&str, &str)| ((*href).to_owned(), page.t(&format!("start-door-{key}")));
        Step {
            name,
            class: if done { "done" } else { "later" },
            done,
            yours,
            next: false,
            state,
            whose: roles.iter().map(|r| page.role(r.as_str())).collect::<Vec<_>>().join(" \u{b7} "),
            doors: doors.iter().filter(|_| yours).map(door).collect(),
        }
    };
    STEPS.into_iter().zip(there(ctx, page, facts)).map(step).collect()
}

/// Of each step, whether it is done, and what is there or missing.
fn there(ctx: &Ctx, page: &Page, facts: &Facts) -> [(bool, String); 6] {
    let (directory, packs) = (ctx.engine().directory(), ctx.engine().packs());
    let pack = packs.current();
    let home: Option<PlaceCode> = ctx.engine().home.to_string().parse().ok();
    let inside = || directory.places().filter(|p| p.retired_at.is_none() && Some(&p.code) != home.as_ref());
    let communities = inside().filter(|p| p.code.level() == Level::Community).count();
    let others = directory.orgs().filter(|o| o.retired_at.is_none() && o.function != pack.fallback()).count();
    let (gaps, places) = coverage::open_questions(&directory, pack);
    let wanting = [Role::Dispatcher, Role::Desk, Role::Handler].into_iter().filter(|r| !facts.roles.contains(r));
    let wanting: Vec<String> = wanting.map(|role| page.role(role.as_str())).collect();
    let people = match wanting.as_slice() {
        [] => page.t("start-people-ready"),
        some => page.t1("start-people-state", "roles", some.join(" \u{b7} ")),
    };
    let duties = match gaps {
        0 => page.t("start-duties-ready"),
        some => text(ctx.lang, "start-duties-state", &[("n", some.into()), ("places", places.into())]),
    };
    let trial = match facts.first_case {
        None => page.t("start-trial-state"),
        Some(at) => page.t1("start-trial-ready", "at", page.time(&at).words),
    };
    let looked = communities > 0 && others > 0 && (gaps == 0 || facts.looked);
    [
        (communities > 0, page.n("start-places-state", inside().count())),
        (others > 0, page.n("start-orgs-state", others)),
        (wanting.is_empty(), people),
        (looked, duties),
        (facts.first_case.is_some(), trial),
        (facts.open, String::new()),
    ]
}

/// Settles what only a person can say.
async fn settle(ctx: Ctx, Path(what): Path<String>, sent: Sent) -> Reply {
    sent.key()?;
    let (name, done) = match what.as_str() {
        "looked" => (LOOKED, "start-looked"),
        "open" => (OPEN, "start-open"),
        _ => return Err(Fault::not_found()),
    };
    let (home, now, by) = (ctx.engine().home, ctx.engine().clock.now(), by(&ctx)?);
    let at = ctx.engine().packs().current().calendar.rfc3339(now);
    let set = move |tx: &mut Tx<'_>| {
        // What was said first stays: the office opens once.
        if start::setting(tx, home, name)?.is_some() {
            return Ok(());
        }
        start::set(tx, home, &by, name, &at, now)
    };
    ctx.engine().db.write(set).await?;
    Ok(go(&format!("/admin?done={done}")))
}

/// The checklist as HTML, or nothing.
pub(super) fn html(assistant: Option<&Assistant>) -> Result<String, Fault> {
    assistant.map_or_else(|| Ok(String::new()), |a| a.html().map_err(broken))
}
