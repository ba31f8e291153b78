//! What an act would do, without doing it: the same checks and the same decision as the act itself, and nothing written.

use linli_flow::Case;

use super::{
    CaseError, CaseKey,
    act::Ask,
    read::{Standing, standing},
    store,
    times::Rules,
};
use crate::{
    Engine,
    db::{Tx, args},
};

/// What would become of a case.
#[derive(Clone, Debug)]
pub struct Foreseen {
    /// The steps that would be open then and are not now.
    pub opens: Vec<Standing>,
    /// What would have become of it, where the act settles or ends it.
    pub outcome: Option<String>,
    /// Whether nothing would be left to do.
    pub ends: bool,
    /// Whether it was done already under the same key.
    pub again: bool,
}

impl Engine {
    /// What an act would do now.
    ///
    /// # Errors
    /// Those that acting would give.
    pub async fn foresee(&self, ask: Ask) -> Result<Foreseen, CaseError> {
        let engine = self.clone();
        self.db.read(move |tx: &mut Tx<'_>| engine.foresee_in(tx, &ask)).await
    }

    fn foresee_in(&self, tx: &mut Tx<'_>, ask: &Ask) -> Result<Foreseen, CaseError> {
        let CaseKey { jurisdiction, .. } = ask.case;
        let again = tx.first(&store::DONE, &args![jurisdiction, &ask.key])?.is_some();
        let head = store::by_id(tx, ask.case)?.ok_or(CaseError::NotFound)?;
        let (packs, directory) = (self.packs(), self.directory());
        let (pack, flow) = packs.of(&head)?;
        let rules = Rules { pack: &pack, flow: &flow };
        let events = store::events(tx, ask.case)?;
        let mut case = Case::replay(&events);
        if again {
            return Ok(Foreseen { opens: Vec::new(), outcome: None, ends: case.is_ended(), again });
        }
        let event = self.weigh(tx, ask, &head, rules, &case, events.last(), &directory)?;
        let seq = event.seq;
        case.apply(&event);
        let fresh = |s: &Standing| case.open_step(&s.step, &s.key).is_some_and(|open| open.opened_seq == seq);
        let opens: Vec<Standing> = standing(rules, &case).into_iter().filter(fresh).collect();
        let settles = case.is_settled() || case.is_ended();
        Ok(Foreseen {
            opens,
            outcome: case.outcome().filter(|_| settles).map(str::to_owned),
            ends: case.is_ended(),
            again,
        })
    }
}
