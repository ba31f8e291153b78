//! Reading the feed as a seat: the changes of the cases that it may list, in order, each with the case as it stands now.

use linli_flow::Event;

use super::{Change, Heads, after, heads};
use crate::{
    Engine,
    cases::{CaseError, Head, store},
    db::{DbError, Tx},
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
};

/// A change that a seat may see.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its place in the feed.
    pub change: Change,
    /// The event.
    pub event: Event,
    /// The case, as it stands now.
    pub head: Head,
}

/// A part of the feed.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The changes, jurisdiction by jurisdiction in their order.
    pub seen: Vec<Seen>,
    /// How far it was read.
    pub upto: Heads,
    /// Whether more is there already.
    pub more: bool,
}

impl Engine {
    /// How far the feed of a seat's jurisdictions is.
    ///
    /// # Errors
    /// When the database fails; there is nothing for a seat that may not list cases.
    pub async fn feed_now(&self, seat: &Seat) -> Result<Heads, CaseError> {
        let streets = self.directory().jurisdictions(&seat.place);
        let all = self.db.read(|tx: &mut Tx<'_>| heads(tx)).await?;
        Ok(streets.into_iter().map(|street| (street, all.get(&street).copied().unwrap_or(0))).collect())
    }

    /// The changes after these places. A call looks at a bounded part of the feed, whether or not the seat may see much
    /// of it: where it may not, the answer is empty and says how far it came.
    ///
    /// # Errors
    /// When the database fails, or the seat may not list cases.
    pub async fn feed_after(&self, seat: &Seat, from: &Heads) -> Result<Part, CaseError> {
        let Some(reach) = policy::reach(seat, Action::List, Resource::Case) else { return Err(CaseError::NotFound) };
        let (streets, from) = (self.directory().jurisdictions(&seat.place), from.clone());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut part = Part { upto: from.clone(), ..Part::default() };
                let mut left = limits::FEED_LOOK;
                for street in &streets {
                    let n = from.get(street).copied().unwrap_or(0);
                    for change in after(tx, *street, n, left)? {
                        if part.seen.len() >= limits::PAGE {
                            part.more = true;
                            return Ok(part);
                        }
                        left -= 1;
                        part.upto.insert(*street, change.n);
                        part.seen.extend(seen(tx, change, &reach)?);
                    }
                    if left == 0 {
                        part.more = true;
                        return Ok(part);
                    }
                }
                Ok(part)
            })
            .await
    }
}

/// A change with its event and case, where it lies within a reach.
fn seen(tx: &mut Tx<'_>, change: Change, reach: &Reach) -> Result<Option<Seen>, DbError> {
    let Some(head) = store::by_id(tx, change.case)? else { return Ok(None) };
    let within = match reach {
        Reach::Places(places) => places.iter().any(|place| place.covers(&head.place)),
        Reach::Unit(org) => head.unit.as_deref() == Some(org.as_str()),
    };
    if !within {
        return Ok(None);
    }
    Ok(store::one_event(tx, change.case, change.seq)?.map(|event| Seen { change, event, head }))
}
