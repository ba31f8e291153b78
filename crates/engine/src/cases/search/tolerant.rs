//! The second look, when the words as they were typed find next to nothing: cases that say nearly the same. It goes
//! through the same index from the newest stretches of time to the oldest, for the same seat and with the same filters, and looks at a
//! bounded number of candidates ([`limits::NEAR_LOOK`]), those taken in last first.

use std::collections::BTreeSet;

use super::{
    Look, NEAR, Near, Query,
    index::{long_stretches, stretches},
};
use crate::{
    Engine,
    cases::{CaseError, CaseKey, Head},
    db::{DbError, Filter, Tx, args},
    ids::Jurisdiction,
    limits,
    seats::Seat,
};

/// A case and how far it is from what was typed.
type Candidate = (u32, Head);

impl Engine {
    /// Cases that a seat may see and that nearly say what was asked for ([`Near`]), the nearest first and the newest of
    /// those; `beside` are those that are shown already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_near(&self, seat: &Seat, query: Query, beside: &[Head]) -> Result<Vec<Head>, CaseError> {
        let Some(near) = Near::new(&query.words).filter(|_| query.number.is_none()) else { return Ok(Vec::new()) };
        let (look, streets) = self.look(seat, query, limits::NEAR_LOOK)?;
        let known: BTreeSet<CaseKey> = beside.iter().map(|head| head.key).collect();
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let (mut known, mut found) = (known.clone(), Vec::new());
                // What only sounds alike is little; where it is enough, nothing else is asked for.
                for wide in [false, true] {
                    look.near(tx, &streets, &near, wide, &mut known, &mut found)?;
                }
                found.sort_by_key(|(far, head)| (*far, std::cmp::Reverse((head.opened_at, head.key.id))));
                found.truncate(limits::NEAR);
                Ok(found.into_iter().map(|(_, head)| head).collect())
            })
            .await
    }
}

impl Look {
    fn near(
        &self,
        tx: &mut Tx<'_>,
        streets: &[Jurisdiction],
        near: &Near,
        wide: bool,
        known: &mut BTreeSet<CaseKey>,
        found: &mut Vec<Candidate>,
    ) -> Result<(), DbError> {
        let (terms, mut left) = (near.terms(wide), self.most);
        // What sounds alike is precise, and a page of it soon found; the wide question is dear each time it is asked.
        let cut = if wide { long_stretches } else { stretches };
        for (street, road) in streets.iter().flat_map(|street| self.roads().iter().map(move |road| (*street, *road))) {
            for ask in self.asks(tx, street, road, &terms, cut)? {
                if left == 0 || found.len() >= limits::NEAR {
                    return Ok(());
                }
                let mut heads = Vec::new();
                let filter = Filter::of(&NEAR, args![ask, street, i64::try_from(left).unwrap_or(i64::MAX)]);
                left -= self.read(tx, street, filter, road, left, &mut heads)?;
                for head in heads.into_iter().filter(|head| !known.contains(&head.key)).collect::<Vec<_>>() {
                    if let Some(far) = near.far(&[&head.title, &head.body, &head.address]) {
                        known.insert(head.key);
                        found.push((far, head));
                    }
                }
            }
        }
        Ok(())
    }
}
