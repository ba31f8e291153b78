//! Whether what pages show of a case is what its events make of it. The events are compared with the log; the row of a case
//! is compared with the events, so that nobody can give a case another promise, another unit or another end by hand.

use std::collections::HashMap;

use linli_flow::{Case, Event};
use linli_worktime::Millis;

use crate::{
    cases::{CaseKey, Head, Phase, owner_text, store, write},
    db::{Db, DbError, Tx, args, statements},
    ids::{CaseId, Jurisdiction},
};

statements! {
    PAGE = "SELECT {head} FROM cases c WHERE c.jurisdiction = $1 AND c.id > $2 ORDER BY c.id LIMIT $3";
    PAGE_EVENTS = "SELECT case_id, at, promised_at, body FROM event WHERE jurisdiction = $1 AND case_id > $2 AND case_id <= $3
        ORDER BY case_id, seq";
    PAGE_STEPS = "SELECT case_id, step, instance, owner FROM open_step WHERE jurisdiction = $1 AND case_id > $2 AND case_id <= $3";
}

/// Cases that are looked at in one transaction.
const CASES: i64 = 256;
/// Acts may fall between two questions: what differs is looked at again so often.
const TRIES: usize = 3;

/// A case as the database has it.
struct Kept {
    head: Head,
    events: Vec<(Event, Option<Millis>)>,
    /// Whether each row of them stands at its time.
    timely: bool,
    steps: Vec<Step>,
}

/// A step that is open, by its row: step, part, owner.
type Step = (String, String, String);

/// The cases of a street whose rows are not what their events say: by number, with the part that differs.
///
/// # Errors
/// When the database fails.
pub(super) async fn differing(db: &Db, street: Jurisdiction) -> Result<Vec<(String, &'static str)>, DbError> {
    let (mut all, mut after) = (Vec::new(), CaseId([0; 16]));
    loop {
        let look = move |tx: &mut Tx<'_>| {
            let mut found = Vec::new();
            let page = page(tx, street, after, CASES)?;
            let last = page.last().map(|kept| kept.head.key.id);
            for kept in page {
                if differs(&kept).is_some()
                    && let Some(part) = again(tx, kept.head.key)?
                {
                    found.push((kept.head.number, part));
                }
            }
            Ok::<_, DbError>((found, last))
        };
        let (found, last) = db.read(look).await?;
        all.extend(found);
        let Some(last) = last else { return Ok(all) };
        after = last;
    }
}

/// The cases after this one, in the order of their ids.
fn page(tx: &mut Tx<'_>, street: Jurisdiction, after: CaseId, most: i64) -> Result<Vec<Kept>, DbError> {
    let heads: Vec<Head> =
        tx.query(&PAGE, &args![street, after, most])?.into_iter().map(store::head).collect::<Result<_, _>>()?;
    let Some(last) = heads.last().map(|head| head.key.id) else { return Ok(Vec::new()) };
    let (mut events, mut steps): (HashMap<CaseId, Vec<_>>, HashMap<CaseId, Vec<Step>>) = Default::default();
    for mut row in tx.query(&PAGE_EVENTS, &args![street, after, last])? {
        let (case, at, promised): (CaseId, Millis, Option<Millis>) = (row.take()?, row.take()?, row.take()?);
        // What does not read is named where the entries are compared.
        if let Ok(event) = store::event(row) {
            events.entry(case).or_default().push((at, event, promised));
        }
    }
    for mut row in tx.query(&PAGE_STEPS, &args![street, after, last])? {
        steps.entry(row.take()?).or_default().push((row.take()?, row.take()?, row.take()?));
    }
    let kept = |head: Head| {
        let id = head.key.id;
        let events = events.remove(&id).unwrap_or_default();
        let timely = events.iter().all(|(at, event, _)| *at == event.at);
        let events = events.into_iter().map(|(_, event, promised)| (event, promised)).collect();
        Kept { head, events, timely, steps: steps.remove(&id).unwrap_or_default() }
    };
    Ok(heads.into_iter().map(kept).collect())
}

/// What differs in a case when nobody acts on it meanwhile.
fn again(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<&'static str>, DbError> {
    let before = CaseId((u128::from_be_bytes(key.id.0).wrapping_sub(1)).to_be_bytes());
    for _ in 0..TRIES {
        let Some(kept) = page(tx, key.jurisdiction, before, 1)?.into_iter().find(|kept| kept.head.key == key) else {
            return Ok(None);
        };
        let now = store::by_id(tx, key)?.map(|head| head.seq);
        if now == Some(kept.head.seq) {
            return Ok(differs(&kept));
        }
    }
    Ok(None)
}

/// The first part of a row that is not what the events say.
fn differs(kept: &Kept) -> Option<&'static str> {
    let Kept { head, events, timely, steps } = kept;
    let (mut case, mut settled_at, mut owners) = (Case::default(), None, HashMap::new());
    let mut place = head.as_filed.place.as_ref().unwrap_or(&head.place).clone();
    for (event, _) in events {
        let before = case.is_settled();
        case.apply(event);
        match (before, case.is_settled()) {
            (false, true) => settled_at = Some(event.at),
            (true, false) => settled_at = None,
            _ => {}
        }
        if let Some(moved) = write::moved_to(event) {
            place = moved;
        }
        // A row is written after all that an act brought about: who owns the step then may be said by any event since.
        for open in case.open() {
            let owners: &mut Vec<String> =
                owners.entry((open.step.clone(), open.key.clone(), open.opened_seq)).or_default();
            owners.push(owner_text(&open.owner, &open.key, &case));
        }
    }
    // Of what another system ended its only event says the outcome and the day; times stand in its row alone.
    let foreign = events.len() == 1 && case.is_ended();
    let promised = events.last().and_then(|kept| kept.1);
    let category = head.as_filed.category.as_ref().unwrap_or(&head.category);
    let category = case.field(write::CATEGORY).as_text().unwrap_or(category);
    let is_owned = |(step, key, owner): &Step| {
        let open = case.open_step(step, key);
        let owners = open.and_then(|open| owners.get(&(open.step.clone(), open.key.clone(), open.opened_seq)));
        owners.is_some_and(|owners| owners.contains(owner))
    };
    let parts = [
        ("the time of an event", *timely),
        ("the last event", case.seq() == head.seq),
        ("the flow", case.flow() == head.flow && case.pack() == head.pack),
        ("the time of receipt", case.opened_at() == head.opened_at),
        ("the state", Phase::of(&case) == head.phase),
        ("the outcome", case.outcome() == head.outcome.as_deref()),
        ("the time of its end", foreign || settled_at == head.settled_at),
        ("the unit", case.field("unit").as_text() == head.unit.as_deref()),
        ("the class", case.field("class").as_text().unwrap_or_default() == head.class),
        ("the category", category == head.category),
        ("the place", place == head.place),
        ("the promise", foreign || promised == head.promised_at),
        ("the count of redoing", case.counter("redo") == i64::from(head.redo)),
        ("what is open", case.open().count() == steps.len() && steps.iter().all(is_owned)),
    ];
    parts.into_iter().find(|(_, holds)| !holds).map(|(part, _)| part)
}
