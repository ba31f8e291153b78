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
            if !held.fall_due(tx, now)? {
                break;
            }
        }
        held.finish(tx)
    }
}

impl Held<'_> {
    /// Does the next thing that fell due by `now`; false when there was none.
    pub(super) fn fall_due(&mut self, tx: &mut Tx<'_>, now: Millis) -> Result<bool, CaseError> {
        let Some(due) = self.next_due().filter(|d| d.at <= now) else { return Ok(false) };
        // What fell due while nobody was awake happens at the time it fell due, not before what is recorded.
        let at = self.events.last().map_or(due.at, |e| due.at.max(e.at));
        let late = Command::Late { of: due.of.clone(), level: due.level };
        let event = decide(self.rules.flow, &self.case, &late, &system(), at).map_err(CaseError::Refused)?;
        let deeds = match &event.what {
            What::Late { deeds, .. } => deeds.clone(),
            _ => Vec::new(),
        };
        self.take(tx, event)?;
        let Timed::Step(of) = due.of else { return Ok(true) };
        for deed in deeds {
            let Deed::Do(act) = deed else { continue };
            let (step, key) = (of.step.clone(), of.key.clone());
            let act = Command::Act { step, key, act, form: Default::default(), seen: None };
            match decide(self.rules.flow, &self.case, &act, &system(), at) {
                Ok(event) => self.take(tx, event)?,
                Err(Refusal::Guard { .. }) => {}
                Err(refusal) => return Err(CaseError::Refused(refusal)),
            }
        }
        Ok(true)
    }
}

fn claim(tx: &mut Tx<'_>, now: Millis, me: [u8; 16]) -> Result<Vec<CaseKey>, DbError> {
    let until = now.plus(limits::LEASE_MS);
    let args = args![now, until, crate::db::Value::Id(me), i64::try_from(limits::WAKE_BATCH).unwrap_or(i64::MAX)];
    let rows = tx.query(&store::CLAIM_TIMERS, &args)?;
    rows.into_iter().map(|mut row| Ok(CaseKey { jurisdiction: row.take()?, id: row.take()? })).collect()
}
