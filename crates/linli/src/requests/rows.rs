//! Cases in a list, as their reporter reads it: what it is, how it stands, what is asked of them.

use linli_engine::{
    cases::{
        CaseKey, Phase,
        read::{Dossier, Offer, OfferWay},
    },
    db::Tx,
    ids::{CaseId, PersonId},
    vault,
    viewer::Viewer,
};

use super::story;
use crate::web::{Ctx, Fault, Page, times::Spoken};

/// How a case stands, in a word with a shape.
pub struct State {
    /// The class of its tag.
    pub class: &'static str,
    /// The word.
    pub words: String,
}

/// A case in a list.
pub struct Row {
    /// Its page.
    pub url: String,
    /// What it is.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// Who has it.
    pub sub: String,
    /// When it came in.
    pub at: Spoken,
    /// Whether anything is left to be done.
    pub open: bool,
}

/// Steps that wait without asking: after the close only reopening is left, and what goes along with a neighbour's matter
/// can be taken apart.
const QUIET_STEPS: [&str; 2] = ["aftercare", ALONG];
/// The step in which a case goes along with a neighbour's.
pub const ALONG: &str = "joined";

/// What is asked of the reporter now: acts that close a step which waits for their word.
pub fn asks(dossier: &Dossier) -> impl Iterator<Item = &Offer> {
    let asks =
        |offer: &&Offer| matches!(&offer.way, OfferWay::Step { step, .. } if !QUIET_STEPS.contains(&step.as_str()));
    dossier.offers.iter().filter(asks).filter(|offer| offer.barred.is_none())
}

/// How a case stands.
pub fn state(ctx: &Ctx, page: &Page, dossier: &Dossier) -> State {
    let head = &dossier.head;
    let late = head.phase == Phase::Open && head.promised_at.is_some_and(|at| at < ctx.engine().clock.now());
    let outcome = head.outcome.as_deref().and_then(|o| dossier.flow.outcomes().get(o));
    let closed = || outcome.map_or_else(|| page.t("track-state-closed"), |o| page.of(o).to_owned());
    let (class, words) = match head.phase {
        _ if asks(dossier).next().is_some() => ("tag tag-soon", page.t("track-state-asked")),
        Phase::Settled if dossier.case.is_open(ALONG) => ("tag tag-now", page.t("join-state")),
        Phase::Open if late => ("tag tag-late", page.t("track-state-late")),
        Phase::Open => ("tag tag-now", page.t("track-state-open")),
        Phase::Settled | Phase::Ended => ("tag tag-done", closed()),
    };
    State { class, words }
}

/// What the open steps say, in one line.
pub fn now(ctx: &Ctx, dossier: &Dossier) -> Option<String> {
    dossier.steps.iter().find_map(|step| story::says(ctx, dossier, step))
}

fn row(ctx: &Ctx, page: &Page, dossier: &Dossier) -> Row {
    let head = &dossier.head;
    Row {
        url: format!("/c/{}/{}", head.key.jurisdiction, head.number),
        title: head.title.clone(),
        state: state(ctx, page, dossier),
        sub: now(ctx, dossier).unwrap_or_default(),
        at: page.time(&head.opened_at),
        open: head.phase == Phase::Open || dossier.case.is_open(ALONG) || asks(dossier).next().is_some(),
    }
}

/// A page of the cases that a resident brought, newest first, with their keys.
pub async fn of(
    ctx: &Ctx,
    page: &Page,
    person: PersonId,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<(CaseKey, Row)>, Fault> {
    let keys = ctx.engine().db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, person, after, limit)).await?;
    let mut rows = Vec::new();
    for (jurisdiction, id) in keys {
        let key = CaseKey { jurisdiction, id };
        let dossier = ctx.engine().case_by_key(key, &Viewer::Person(person)).await?;
        rows.push((key, row(ctx, page, &dossier)));
    }
    Ok(rows)
}
