//! What a live page is about, and which changes concern it.

use std::collections::BTreeMap;

use linli_engine::{
    cases::{CaseError, CaseKey},
    feed::{Entry, Heads, Open},
    ids::{Jurisdiction, PlaceCode},
    seats::Seat,
};
use linli_worktime::Millis;

use super::super::{asked::Asked, views::day_ends};
use crate::web::{Ctx, Fault, live};

/// What a page shows.
pub enum Page {
    /// The inbox, or a part of it.
    Inbox {
        /// One step only.
        step: Option<String>,
        /// Within this place.
        place: Option<PlaceCode>,
        /// Due before this.
        due_before: Option<Millis>,
    },
    /// A case.
    Case(CaseKey),
    /// Something else.
    Other,
}

/// A page with how far it has followed.
pub struct Watched {
    /// What it shows.
    pub page: Page,
    /// How far it came in the feed of each street that the seat reaches.
    pub cursor: Heads,
    /// The owners whose steps the seat answers for.
    owners: Vec<String>,
}

/// A change that concerns the inbox.
#[derive(serde::Serialize, Debug, PartialEq, Eq)]
pub struct Row {
    /// The case, as it stands in addresses.
    pub case: String,
    /// The steps of it that are the seat's now, within what the page shows.
    pub mine: Vec<String>,
    /// Whether none was before.
    pub new: bool,
    /// Who did it.
    pub who: String,
}

impl Watched {
    /// Reads the query of a stream; `again` is how far the same page came before.
    pub async fn of(ctx: &Ctx, asked: &Asked, again: Option<&str>) -> Result<Self, Fault> {
        let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
        let page = match (asked.get("page"), asked.get("case")) {
            (_, Some(case)) => Page::Case(case_key(ctx, case).await?.ok_or_else(Fault::not_found)?),
            (Some("inbox"), None) => Page::Inbox {
                step: asked.get("step").map(str::to_owned),
                place: asked.read("place"),
                due_before: match asked.get("due") {
                    Some("today") => Some(day_ends(ctx)),
                    Some("late") => Some(ctx.engine().clock.now()),
                    _ => None,
                },
            },
            _ => Page::Other,
        };
        let known = live::cursor(again.or(asked.get("at")).unwrap_or_default());
        let now = ctx.engine().changes().borrow().clone();
        let streets = ctx.engine().directory().jurisdictions(&seat.place);
        let at = |street: Jurisdiction| {
            let head = now.get(&street).copied().unwrap_or(0);
            (street, known.get(&street).copied().unwrap_or(head))
        };
        let mut owners = vec![format!("role:{}", seat.role.as_str())];
        if seat.role.handles() {
            owners.push(format!("org:{}", seat.org));
        }
        Ok(Self { page, cursor: streets.into_iter().map(at).collect(), owners })
    }

    /// The case that the page shows.
    pub fn case(&self) -> Option<CaseKey> {
        match self.page {
            Page::Case(key) => Some(key),
            _ => None,
        }
    }

    /// Whether a change is a new one for this page's streets; it counts as followed from then on.
    pub fn advance(&mut self, entry: &Entry) -> bool {
        let Some(at) = self.cursor.get_mut(&entry.change.case.jurisdiction) else { return false };
        let new = *at < entry.change.n;
        *at = (*at).max(entry.change.n);
        new
    }

    /// Notes that the changes of a street were passed over: the page is told to look anew.
    pub fn skip(&mut self, street: Jurisdiction, to: u64) -> bool {
        self.cursor.get_mut(&street).is_some_and(|at| {
            *at = (*at).max(to);
            true
        })
    }

    /// What a change is to the inbox of a seat; none when nothing.
    pub fn row(&self, seat: &Seat, entry: &Entry, who: impl FnOnce() -> String) -> Option<Row> {
        let Page::Inbox { step, place, due_before } = &self.page else { return None };
        if !seat.place.covers(&entry.head.place) || place.as_ref().is_some_and(|p| !p.covers(&entry.head.place)) {
            return None;
        }
        let owned =
            |open: &&Open| self.owners.contains(&open.owner) && step.as_ref().is_none_or(|step| *step == open.step);
        let due = |open: &&Open| due_before.is_none_or(|before| open.due_at.is_none_or(|due| due < before));
        let had = entry.before.iter().any(|open| owned(&open));
        let mine: Vec<String> = entry.after.iter().filter(owned).filter(due).map(|o| o.step.clone()).collect();
        if !had && mine.is_empty() {
            return None;
        }
        // Nothing of a case that the seat cannot see, not even that something happened.
        if !mine.is_empty() && !entry.seen_by(seat) {
            return None;
        }
        let case = format!("{}/{}", entry.head.key.jurisdiction, entry.head.number);
        Some(Row { case, new: !had, mine, who: who() })
    }
}

/// The case of a text as it stands in addresses, `990101001/261125-00001`; none when it reads as none.
///
/// # Errors
/// Not found where this viewer may not see it.
pub async fn case_key(ctx: &Ctx, text: &str) -> Result<Option<CaseKey>, Fault> {
    let Some((street, number)) = text.split_once('/') else { return Ok(None) };
    let Ok(street) = street.parse::<Jurisdiction>() else { return Ok(None) };
    match ctx.engine().case(street, number, &ctx.viewer()).await {
        Ok(dossier) => Ok(Some(dossier.head.key)),
        Err(CaseError::NotFound) => Err(Fault::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// The rows of a round, the last word on each case.
pub fn gather(rows: &mut BTreeMap<String, Row>, row: Row) {
    let new = rows.get(&row.case).is_some_and(|known| known.new);
    let row = Row { new: row.new || new, ..row };
    rows.insert(row.case.clone(), row);
}
