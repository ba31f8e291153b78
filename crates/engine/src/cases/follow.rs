//! Going along with another case. A follower is woken when the case that it follows makes something known or turns; it
//! then tells its own reporter and takes its own step. So a main case with a thousand followers acts as fast as any
//! other, and each follower is told once: how far it was told is a row that moves with the telling.

use linli_flow::{Case, Command, Event, Form, Turn, Value, What, decide};
use linli_worktime::Millis;

use super::{
    CaseError, FieldProblem, Head,
    links::{self, following},
    store,
    times::Rules,
    write::{Held, system},
};
use crate::{
    Engine,
    db::{Tx, args},
    ids::Jurisdiction,
};

/// Cases passed on the way to the one that leads, at most; followers of a merged case move on by themselves, so that
/// there is seldom more than one.
const HOPS: usize = 8;

/// A case that is followed, as it stands.
pub(super) struct Main<'p> {
    pub(super) head: Head,
    pub(super) rules: Rules<'p>,
    pub(super) events: Vec<Event>,
    pub(super) case: Case,
}

impl Main<'_> {
    fn turn(&self) -> Turn {
        if following(self.rules.flow, &self.case).is_some() {
            return Turn::Moved;
        }
        let moved = |event: &&Event| !matches!(event.what, What::Side { .. } | What::Late { .. });
        let last = self.events.iter().rev().find(moved);
        match (self.case.is_ended(), self.case.is_settled()) {
            (true, _) if last.is_some_and(|e| matches!(e.what, What::Cancelled { .. })) => Turn::Dropped,
            (_, true) => Turn::Closed,
            _ => Turn::Open,
        }
    }
}

impl Engine {
    fn main<'p>(&self, tx: &mut Tx<'_>, packs: &'p crate::Packs, head: Head) -> Result<Main<'p>, CaseError> {
        let rules = packs.rules(&head)?;
        let events = store::events(tx, head.key)?;
        Ok(Main { rules, case: Case::replay(&events), events, head })
    }

    /// The case that leads where this number is to be followed: itself, or the one that it goes along with. It stays
    /// as it is until the end of the transaction.
    pub(super) fn leading<'p>(
        &self,
        tx: &mut Tx<'_>,
        packs: &'p crate::Packs,
        jurisdiction: Jurisdiction,
        number: &str,
        field: &'static str,
    ) -> Result<Main<'p>, CaseError> {
        let mut number = number.to_owned();
        for _ in 0..HOPS {
            let head = links::held(tx, jurisdiction, &number)?;
            let head = head.ok_or(CaseError::Field { field, problem: FieldProblem::Unknown })?;
            let main = self.main(tx, packs, head)?;
            match following(main.rules.flow, &main.case) {
                Some(next) => next.number.clone_into(&mut number),
                None if main.case.is_settled() => {
                    return Err(CaseError::Field { field, problem: FieldProblem::Closed });
                }
                None => return Ok(main),
            }
        }
        Err(CaseError::Field { field, problem: FieldProblem::Unknown })
    }

    /// What a woken case that follows another one has to do: tell what is new, and turn with it.
    pub(super) fn go_along(&self, tx: &mut Tx<'_>, held: &mut Held<'_>) -> Result<(), CaseError> {
        for hop in 0..HOPS {
            let Some(along) = following(held.rules.flow, &held.case) else { return Ok(()) };
            let (step, follows) = (along.step, along.follows);
            let Some(head) = links::held(tx, held.key.jurisdiction, along.number)? else { return Ok(()) };
            let packs = self.packs();
            let main = self.main(tx, packs, head)?;
            if hop == 0 {
                held.pass_on(tx, &main)?;
            }
            let last = main.events.last().map_or(main.head.opened_at, |e| e.at);
            let at = held.events.last().map_or(last, |e| last.max(e.at));
            let Some((act, form)) = turned(tx, held, &main, follows, at)? else { return Ok(()) };
            let command = Command::Act { step: step.name.clone(), key: String::new(), act, form, seen: None };
            let event = decide(held.rules.flow, &held.case, &command, &system(), at).map_err(CaseError::Refused)?;
            held.take(tx, event)?;
        }
        Ok(())
    }
}

/// What the flow does at the turn of the main case, with the case that is followed from then on.
fn turned(
    tx: &mut Tx<'_>,
    held: &Held<'_>,
    main: &Main<'_>,
    follows: &linli_flow::Follows,
    at: Millis,
) -> Result<Option<(String, Form)>, CaseError> {
    let act = |turn| follows.acts.get(&turn).cloned();
    let moved = |number: &str| {
        let form = Form::from([(follows.case.clone(), Value::from(number))]);
        act(Turn::Moved).map(|act| (act, form))
    };
    Ok(match main.turn() {
        Turn::Moved => following(main.rules.flow, &main.case).and_then(|next| moved(next.number)),
        // Whoever brought it first took it back: one of those who joined leads on, and the others go along with that.
        Turn::Dropped if act(Turn::Dropped).is_some() => {
            let heir = links::heir(tx, main.head.key, held.key.id, at)?;
            let own = heir == held.number || act(Turn::Moved).is_none();
            if own { act(Turn::Dropped).map(|act| (act, Form::new())) } else { moved(&heir) }
        }
        turn => act(turn).map(|act| (act, Form::new())),
    })
}

impl Held<'_> {
    /// Tells the reporter what the main case has made known since; once.
    fn pass_on(&self, tx: &mut Tx<'_>, main: &Main<'_>) -> Result<(), CaseError> {
        let Some(told) = links::told(tx, self.key)? else { return Ok(()) };
        let known = main.case.seq();
        if told >= known {
            return Ok(());
        }
        for event in main.events.iter().filter(|e| e.seq > told) {
            if shared(main.rules.flow, event).is_some() {
                self.news(tx, event)?;
            }
        }
        Ok(tx.put(&links::SET_TOLD, args![self.key.jurisdiction, self.key.id, told, known])?)
    }
}

/// What an event makes known to those whose cases follow: only what the flow shares.
pub(super) fn shared<'d>(flow: &'d linli_flow::Definition, event: &Event) -> Option<&'d linli_flow::Text> {
    match &event.what {
        What::Acted { step, act, .. } => flow.step(step)?.act(act)?.share.as_ref(),
        What::Side { act, .. } => flow.side(act)?.share.as_ref(),
        What::Opened { .. } | What::Cancelled { .. } | What::Late { .. } => None,
    }
}
