//! Hand-overs: what one shift leaves to the next, on the whole and on single cases. A hand-over is shown to the queue that it
//! is for until somebody there takes it, and stays in the record.

use linli_worktime::Millis;

use crate::{
    cases::CaseKey,
    db::{DbError, Filter, Row, Tx, args, statements},
    ids::{AccountId, HandoverId, Jurisdiction, OrgId, PlaceCode},
    limits,
};

/// A hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// The queue that it is for, as in the inbox: `role:dispatcher`, `org:x`.
    pub target: String,
    /// The place of the seat that gave it.
    pub place: PlaceCode,
    /// Who gave it.
    pub account: AccountId,
    /// Their name then.
    pub name: String,
    /// For which unit they sat there.
    pub org: OrgId,
    /// What was said on the whole.
    pub note: String,
    /// When.
    pub made_at: Millis,
    /// Who took it, and when.
    pub taken: Option<(String, Millis)>,
}

/// A case of a hand-over, with what was said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Which case.
    pub case: CaseKey,
    /// What was said.
    pub note: String,
}

/// Why a hand-over was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandoverError {
    /// Nothing was said and no case named.
    #[error("a hand-over says something or names a case")]
    Empty,
    /// A note is too long.
    #[error("a note has at most {} characters", limits::PHRASE_CHARS)]
    Long,
    /// It names too many cases.
    #[error("a hand-over names at most {} cases", limits::HANDOVER_CASES)]
    Many,
}

statements! {
    GIVE = "INSERT INTO handover (jurisdiction, id, target, place, account, name, org, note, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (jurisdiction, id) DO NOTHING";
    GIVE_CASE = "INSERT INTO handover_case (jurisdiction, handover, street, case_id, note) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (jurisdiction, handover, street, case_id) DO NOTHING";
    // Along handover_waiting; filters are added.
    WAITING = "SELECT id, target, place, account, name, org, note, made_at, taken_name, taken_at FROM handover
        WHERE jurisdiction = $1 AND target = $2 AND taken_at IS NULL";
    // Along handover_target.
    PAST = "SELECT id, target, place, account, name, org, note, made_at, taken_name, taken_at FROM handover
        WHERE jurisdiction = $1 AND target = $2";
    ONE = "SELECT id, target, place, account, name, org, note, made_at, taken_name, taken_at FROM handover
        WHERE jurisdiction = $1 AND id = $2";
    CASES_OF = "SELECT street, case_id, note FROM handover_case WHERE jurisdiction = $1 AND handover = $2 ORDER BY street, case_id";
    TAKE = "UPDATE handover SET taken_by = $3, taken_name = $4, taken_at = $5 WHERE jurisdiction = $1 AND id = $2 AND taken_at IS NULL";
    // Along handover_case_case.
    OF_CASE = "SELECT h.id, h.target, h.place, h.account, h.name, h.org, h.note, h.made_at, h.taken_name, h.taken_at, x.note
        FROM handover_case x JOIN handover h ON h.jurisdiction = x.jurisdiction AND h.id = x.handover
        WHERE x.jurisdiction = $1 AND x.street = $2 AND x.case_id = $3 ORDER BY x.handover DESC LIMIT $4";
}

fn handover(row: &mut Row) -> Result<Handover, DbError> {
    let (id, target, place, account) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (name, org, note, made_at) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let (who, when): (Option<String>, Option<Millis>) = (row.take()?, row.take()?);
    Ok(Handover { id, target, place, account, name, org, note, made_at, taken: who.zip(when) })
}

/// Gives a hand-over. The same id twice is one.
pub fn give(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    new: &Handover,
    cases: &[Handed],
) -> Result<Result<(), HandoverError>, DbError> {
    if new.note.trim().is_empty() && cases.is_empty() {
        return Ok(Err(HandoverError::Empty));
    }
    if cases.len() > limits::HANDOVER_CASES {
        return Ok(Err(HandoverError::Many));
    }
    let notes = cases.iter().map(|case| &case.note).chain([&new.note]);
    if notes.into_iter().any(|note| note.chars().count() > limits::PHRASE_CHARS) {
        return Ok(Err(HandoverError::Long));
    }
    let Handover { id, target, place, account, name, org, note, made_at, .. } = new;
    tx.send(&GIVE, args![home, *id, target, place, *account, name, org, note.trim(), *made_at])?;
    for Handed { case, note } in cases {
        tx.send(&GIVE_CASE, args![home, *id, case.jurisdiction, case.id, note.trim()])?;
    }
    Ok(Ok(()))
}

/// Whether a seat over `place` has to do with what was given over another place.
fn meets(place: &PlaceCode, other: &PlaceCode) -> bool {
    place.covers(other) || other.covers(place)
}

/// What waits for a seat's queues, oldest first.
pub fn waiting(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    queues: &[String],
    place: &PlaceCode,
) -> Result<Vec<Handover>, DbError> {
    let mut all = Vec::new();
    for queue in queues {
        let mut filter = Filter::of(&WAITING, args![home, queue]);
        filter.tail("ORDER BY id", limits::PAGE);
        for mut row in tx.list(&filter)? {
            all.push(handover(&mut row)?);
        }
    }
    all.retain(|given| meets(place, &given.place));
    all.sort_by_key(|given| given.id);
    Ok(all)
}

/// A page of the record of a queue, newest first, and where it goes on.
pub fn past(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    queues: &[String],
    place: &PlaceCode,
    before: Option<HandoverId>,
) -> Result<(Vec<Handover>, Option<HandoverId>), DbError> {
    let mut all = Vec::new();
    for queue in queues {
        let mut filter = Filter::of(&PAST, args![home, queue]);
        if let Some(before) = before {
            filter.and("id < $$", args![before]);
        }
        filter.tail("ORDER BY id DESC", limits::PAGE);
        for mut row in tx.list(&filter)? {
            all.push(handover(&mut row)?);
        }
    }
    all.sort_by_key(|given| std::cmp::Reverse(given.id));
    all.truncate(limits::PAGE);
    let next = all.last().filter(|_| all.len() == limits::PAGE).map(|given| given.id);
    all.retain(|given| meets(place, &given.place));
    Ok((all, next))
}

/// A hand-over with its cases, for those whose queue it is for and for whoever gave it.
pub fn one(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    id: HandoverId,
    queues: &[String],
    place: &PlaceCode,
    account: AccountId,
) -> Result<Option<(Handover, Vec<Handed>)>, DbError> {
    let Some(mut row) = tx.first(&ONE, &args![home, id])? else { return Ok(None) };
    let found = handover(&mut row)?;
    let theirs = queues.contains(&found.target) && meets(place, &found.place);
    if !theirs && found.account != account {
        return Ok(None);
    }
    let mut cases = Vec::new();
    for mut row in tx.query(&CASES_OF, &args![home, id])? {
        let case = CaseKey { jurisdiction: row.take()?, id: row.take()? };
        cases.push(Handed { case, note: row.take()? });
    }
    Ok(Some((found, cases)))
}

/// Takes a hand-over; false when somebody has taken it already.
pub fn take(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    id: HandoverId,
    account: AccountId,
    name: &str,
    now: Millis,
) -> Result<bool, DbError> {
    Ok(tx.exec(&TAKE, &args![home, id, account, name, now])? == 1)
}

/// What shifts said about one case to these queues, newest first.
pub fn of_case(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    case: CaseKey,
    queues: &[String],
) -> Result<Vec<(Handover, String)>, DbError> {
    let mut all = Vec::new();
    for mut row in tx.query(&OF_CASE, &args![home, case.jurisdiction, case.id, 10_i64])? {
        let given = handover(&mut row)?;
        if queues.contains(&given.target) {
            all.push((given, row.take()?));
        }
    }
    Ok(all)
}
