//! What the changes of the feed were: each with its case as it was right before and after, for those who follow live.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use linli_flow::{Case, Event};
use linli_worktime::Millis;

use super::{Change, after};
use crate::{
    Engine,
    cases::{Head, owner_text, store},
    db::{DbError, Filter, Tx, Value, args, statements},
    ids::{CaseId, Jurisdiction},
    policy::{self, Action, Resource},
    seats::Seat,
    viewer,
};

statements! {
    // The heads of lists: the cases of a page of changes are added to them.
    HEADS_OF = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1";
    EVENTS_OF = "SELECT case_id, body FROM event WHERE jurisdiction = $1";
}

/// A step that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub key: String,
    /// Who owns it, as in the inbox.
    pub owner: String,
    /// When it is due; none where the rules of the case are not loaded.
    pub due_at: Option<Millis>,
}

/// A change, with what it changed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place.
    pub change: Change,
    /// The row of the case as it is now.
    pub head: Arc<Head>,
    /// The case right after the event.
    pub case: Case,
    /// The event.
    pub event: Event,
    /// The steps that were open before it.
    pub before: Vec<Open>,
    /// Those that are open after it.
    pub after: Vec<Open>,
}

impl Entry {
    /// Whether a seat may see the case.
    pub fn seen_by(&self, seat: &Seat) -> bool {
        let relations = viewer::standing(seat, &self.head, &self.case);
        relations.into_iter().any(|by| policy::allows(seat.role.into(), by, Action::See, Resource::Case))
    }
}

impl Engine {
    /// The changes after place `n` with what they changed, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(&self, jurisdiction: Jurisdiction, n: u64, limit: usize) -> Result<Vec<Entry>, DbError> {
        let engine = self.clone();
        self.db.read(move |tx: &mut Tx<'_>| engine.entries_in(tx, jurisdiction, n, limit)).await
    }

    fn entries_in(
        &self,
        tx: &mut Tx<'_>,
        jurisdiction: Jurisdiction,
        n: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, DbError> {
        let changes = after(tx, jurisdiction, n, limit)?;
        let ids: BTreeSet<CaseId> = changes.iter().map(|change| change.case.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut heads: HashMap<CaseId, Arc<Head>> = HashMap::new();
        let mut filter = Filter::of(&HEADS_OF, args![jurisdiction]);
        filter.and(&format!("c.id IN ({})", marks(&ids)), padded(&ids));
        for row in tx.list(&filter)? {
            let head = store::head(row)?;
            heads.insert(head.key.id, Arc::new(head));
        }
        let mut events: BTreeMap<CaseId, Vec<Event>> = BTreeMap::new();
        let mut filter = Filter::of(&EVENTS_OF, args![jurisdiction]);
        filter.and(&format!("case_id IN ({})", marks(&ids)), padded(&ids));
        filter.tail("ORDER BY case_id, seq", usize::MAX >> 1);
        for mut row in tx.list(&filter)? {
            events.entry(row.take()?).or_default().push(store::event(row)?);
        }
        // A case whose events went (erased by law) has left only its places.
        let entry = |change: Change| {
            let (head, events) = (heads.get(&change.case.id)?, events.get(&change.case.id)?);
            let at = events.iter().position(|event| event.seq == change.seq)?;
            Some(self.entry(change, Arc::clone(head), &events[..at], events[at].clone()))
        };
        Ok(changes.into_iter().filter_map(entry).collect())
    }

    fn entry(&self, change: Change, head: Arc<Head>, earlier: &[Event], event: Event) -> Entry {
        let mut case = Case::replay(earlier);
        let before = self.open_steps(&head, &case);
        case.apply(&event);
        Entry { change, before, after: self.open_steps(&head, &case), head, case, event }
    }

    fn open_steps(&self, head: &Head, case: &Case) -> Vec<Open> {
        let rules = self.packs().rules(head).ok();
        let open = |step: &linli_flow::OpenStep| Open {
            step: step.step.clone(),
            key: step.key.clone(),
            owner: owner_text(&step.owner, &step.key, case),
            due_at: rules.map(|rules| rules.step_due(case, step)),
        };
        case.open().map(open).collect()
    }
}

/// As many ids as the next power of two, the last one again and again: few texts of statements serve all pages.
pub(crate) fn padded(ids: &BTreeSet<CaseId>) -> Vec<Value> {
    let last = ids.last().copied();
    let all = ids.iter().copied().chain(std::iter::repeat_with(|| last).flatten());
    all.take(ids.len().next_power_of_two()).map(Value::from).collect()
}

/// The places of that many ids in a text.
pub(crate) fn marks(ids: &BTreeSet<CaseId>) -> String {
    vec!["$$"; ids.len().next_power_of_two()].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_many_sizes_share_few_texts() {
        let ids: BTreeSet<CaseId> = (0..5).map(|_| CaseId::new()).collect();
        assert_eq!(padded(&ids).len(), 8);
        assert_eq!(marks(&ids).matches("$$").count(), 8);
        assert!(padded(&ids).contains(&Value::from(ids.first().copied())));
    }
}
