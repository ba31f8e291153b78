//! Administration: places, units, accounts with their seats, the duty list and the rule pack, for the three
//! administrators, none of whom sees a case or does another's work. Desks and units may read who answers for what.
//!
//! | path | what | who (policy table) |
//! |---|---|---|
//! | `/admin` | what needs seeing to, and where to go | list account |
//! | `/admin/places`, `/admin/orgs` | the place tree, the units: read, add, change, retire, restore | place, org |
//! | `/admin/accounts` | who signs in; their seats | account, seat |
//! | `/admin/tokens` | access for programs | token |
//! | `/admin/duties` | who does what where; the office's own rows | duty |
//! | `/admin/pack` | the rules in force | pack |
//! | `/admin/sheets` | all of these as tables, in and out | sheet |
//! | `/admin/coverage` | who answers for what in each community | duty |
//! | `/admin/record` | what changed by whom | record |
//! | `/admin/second` | changes that wait for a second person | second |
//! | `/admin/reading` | what was learnt of letters, and from when on it is sure | reading |
//! | `/admin/security` | who needs a second factor; the security log | security |

mod accounts;
mod assistant;
#[cfg(test)]
mod checks;
mod coverage;
mod duties;
mod form;
mod home;
mod lookup;
mod model;
mod orgs;
mod pack;
mod places;
mod reading;
mod record;
mod seats;
mod second;
mod security;
pub mod sheets;
mod tokens;
mod unused;
mod words;

use std::sync::Arc;

use linli_engine::{
    db::{DbError, Tx, WorkError},
    directory::{self, Directory, Edit},
    limits,
    policy::{Action, Resource, Subject},
    record::By,
};
use serde::Deserialize;

use self::form::Wrong;
use crate::web::{Ctx, Fault, Page, Routes, ctx::Who, forms::Sent, i18n, routes::may_somewhere};

/// The routes of this capability.
pub fn routes() -> Routes {
    let parts = [home::routes(), places::routes(), orgs::routes(), accounts::routes(), seats::routes()];
    let parts = parts.into_iter().chain([duties::routes(), pack::routes(), sheets::routes(), record::routes()]);
    let parts =
        parts.chain([assistant::routes(), coverage::routes(), tokens::routes(), security::routes(), second::routes()]);
    let parts = parts.chain([reading::routes()]);
    parts.fold(Routes::new(), Routes::merge)
}

/// What a page of a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Rows after this key.
    after: String,
    /// What was just done.
    done: String,
    /// Of accounts: those only that nobody uses.
    unused: String,
}

/// Whether the reader's seat may do this.
fn may(ctx: &Ctx, action: Action, resource: Resource) -> bool {
    ctx.seat().is_some_and(|seat| may_somewhere(Subject::Staff(seat.role), action, resource))
}

/// Who the reader is, for the record of what they change.
fn by(ctx: &Ctx) -> Result<By, Fault> {
    match &ctx.who {
        Who::Staff { account, seat, .. } => Ok(By::staff(account, seat)),
        _ => Err(Fault::not_found()),
    }
}

/// A page, with what was just done said at its top.
fn page(ctx: &Ctx, title: &str, done: &str) -> Page {
    let key = format!("admin-done-{done}");
    let mut page = Page::new(ctx, title);
    page.done = i18n::has(ctx.lang, &key).then(|| ctx.t(&key));
    page
}

/// The places to go to, those only that the seat may use.
struct Nav {
    links: Vec<Link>,
}

struct Link {
    href: &'static str,
    words: String,
    here: bool,
}

const LINKS: [(&str, &str, Action, Resource); 12] = [
    ("/admin", "admin-nav-home", Action::List, Resource::Account),
    ("/admin/places", "admin-nav-places", Action::List, Resource::Place),
    ("/admin/orgs", "admin-nav-orgs", Action::List, Resource::Org),
    ("/admin/accounts", "admin-nav-accounts", Action::List, Resource::Account),
    ("/admin/tokens", "admin-nav-tokens", Action::List, Resource::Token),
    ("/admin/duties", "admin-nav-duties", Action::List, Resource::Duty),
    ("/admin/sheets", "admin-nav-sheets", Action::See, Resource::Sheet),
    ("/admin/pack", "admin-nav-pack", Action::See, Resource::Pack),
    ("/admin/reading", "admin-nav-reading", Action::See, Resource::Reading),
    ("/admin/record", "admin-nav-record", Action::List, Resource::Record),
    ("/admin/second", "admin-nav-second", Action::List, Resource::Second),
    ("/admin/security", "admin-nav-security", Action::See, Resource::Security),
];

impl Nav {
    fn new(ctx: &Ctx, at: &str) -> Self {
        let open = LINKS.into_iter().filter(|(_, _, action, resource)| may(ctx, *action, *resource));
        let links = open.map(|(href, key, ..)| Link { href, words: ctx.t(key), here: href == at });
        Self { links: links.collect() }
    }
}

/// A page of a longer list, and the key to ask for the next one with.
struct Paged<T> {
    rows: Vec<T>,
    next: Option<String>,
}

impl<T> Paged<T> {
    /// The first rows of what comes after the key that was asked for.
    fn new(rows: impl Iterator<Item = T>, key: impl Fn(&T) -> String) -> Self {
        let mut rows: Vec<T> = rows.take(limits::PAGE + 1).collect();
        let more = rows.len() > limits::PAGE;
        rows.truncate(limits::PAGE);
        let next = if more { rows.last().map(key) } else { None };
        Self { rows, next }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
enum Refused {
    /// The form is not right.
    #[error("{} fields are wrong", .0.len())]
    Form(Vec<Wrong>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl WorkError for Refused {
    fn db(&self) -> Option<&DbError> {
        if let Self::Db(error) = self { Some(error) } else { None }
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self::Form(vec![wrong])
    }
}

impl From<Vec<Wrong>> for Refused {
    fn from(wrong: Vec<Wrong>) -> Self {
        Self::Form(wrong)
    }
}

/// Changes the directory in one transaction, checked against what it is in there, records what was and what is, and takes
/// the new one. The faults of the form, if it has any.
async fn change<F>(ctx: &Ctx, sent: &Arc<Sent>, body: F) -> Result<Vec<Wrong>, Fault>
where
    F: Fn(&Directory, &Sent) -> Result<Vec<Edit>, Refused> + Send + 'static,
{
    let (engine, sent, by) = (ctx.engine(), Arc::clone(sent), by(ctx)?);
    let (home, now) = (engine.home, engine.clock.now());
    let changed = engine.db.write(move |tx: &mut Tx<'_>| {
        let directory = directory::load(tx, home)?;
        let edits = body(&directory, &sent)?;
        Ok(directory::keep(tx, home, &by, &directory, &edits, now)?)
    });
    match changed.await {
        // A row with the form's own key: it was sent twice.
        Ok(()) | Err(Refused::Db(DbError::Duplicate { .. })) => {
            engine.refresh().await?;
            Ok(Vec::new())
        }
        Err(Refused::Form(wrong)) => Ok(wrong),
        Err(Refused::Db(error)) => Err(error.into()),
    }
}
