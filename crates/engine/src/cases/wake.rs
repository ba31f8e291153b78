//! Waking cases when something falls due. A process leases the rows that it works on; one that dies loses none, because
//! the lease runs out; a late wake-up does what fell due in the order in which it did.

use linli_flow::{Command, Deed, Refusal, Timed, What, decide};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, store,
    write::{Held, system},
};
use crate::{
    Engine,
    db::{DbError, Tx, args},
    limits,
};

/// Deeds done to one case in one wake-up; more are left for the next round.
const DEEDS: usize = 32;

impl Engine {
    /// Wakes the cases that are due, at most a batch; how many it woke.
    ///
    /// # Errors
    /// When the database fails. A case that cannot be woken is logged and left to its lease.
    pub async fn wake_due(&self) -> Result<usize, CaseError> {
        let (now, me) = (self.clock.now(), self.me);
        let claimed = self.db.write(move |tx: &mut Tx<'_>| claim(tx, now, me)).await?;
        let count = claimed.len();
        for key in claimed {
            if let Err(error) = self.wake(key).await {
                tracing::error!(case.id = %key.id, error = crate::chain(&error), "case {} could not be woken", key.id);
            }
        }
        Ok(count)
    }

    async fn wake(&self, key: CaseKey) -> Result<(), CaseError> {
        let (engine, now) = (self.clone(), self.clock.now());
        self.db.write(move |tx: &mut Tx<'_>| engine.wake_in(tx, key, now)).await
    }

    fn wake_in(&self, tx: &mut Tx<'_>, key: CaseKey, now: Millis) -> Result<(), CaseError> {
        let Some(head) = store::by_id(tx, key)? else {
            return Ok(tx.send(&store::END_TIMER, args![key.jurisdiction, key.id])?);
        };
        let packs = self.packs();
        let events = store::events(tx, key)?;
        let mut held = Held::new(&head, events, packs.rules(&head)?, self);
        self.go_along(tx, &mut held)?;
        for _ in 0..DEEDS {
            let Some(due) = held.next_due().filter(|d| d.at <= now) else { break };
            // What fell due while nobody was awake happens at the time it fell due, not before what is recorded.
            let at = held.events.last().map_or(due.at, |e| due.at.max(e.at));
            let late = Command::Late { of: due.of.clone(), level: due.level };
            let event = decide(held.rules.flow, &held.case, &late, &system(), at).map_err(CaseError::Refused)?;
            let deeds = match &event.what {
                What::Late { deeds, .. } => deeds.clone(),
                _ => Vec::new(),
            };
            held.take(tx, event)?;
            if let Timed::Step(of) = &due.of {
                for deed in deeds {
                    if let Deed::Do(act) = deed {
                        let act = Command::Act {
                            step: of.step.clone(),
                            key: of.key.clone(),
                            act,
                            form: Default::default(),
                            seen: None,
                        };
                        match decide(held.rules.flow, &held.case, &act, &system(), at) {
                            Ok(event) => held.take(tx, event)?,
                            Err(Refusal::Guard { .. }) => {}
                            Err(refusal) => return Err(CaseError::Refused(refusal)),
                        }
                    }
                }
            }
        }
        held.finish(tx)
    }
}

fn claim(tx: &mut Tx<'_>, now: Millis, me: [u8; 16]) -> Result<Vec<CaseKey>, DbError> {
    let until = now.plus(limits::LEASE_MS);
    let args = args![now, until, crate::db::Value::Id(me), i64::try_from(limits::WAKE_BATCH).unwrap_or(i64::MAX)];
    let rows = tx.query(&store::CLAIM_TIMERS, &args)?;
    rows.into_iter().map(|mut row| Ok(CaseKey { jurisdiction: row.take()?, id: row.take()? })).collect()
}
