//! What stands behind the leaves: events and records, with their salts.

use linli_flow::Event;
use linli_worktime::Millis;

use super::{Entry, Kind, Salt, report, text};
use crate::{
    cases::{CaseKey, store},
    db::{DbError, Tx, args, statements},
    ids::{CaseId, ChangeId, Jurisdiction},
    record,
};

statements! {
    WAITING = "SELECT n, kind, case_id, seq, at, leaf FROM feed_change WHERE jurisdiction = $1 AND n > $2 ORDER BY n LIMIT $3";
    EVENT = "SELECT body, salt, promised_at, words FROM event WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3";
    SALT_EVENT = "UPDATE event SET salt = $4 WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3";
    SET_LEAF = "UPDATE feed_change SET leaf = $3 WHERE jurisdiction = $1 AND n = $2";
    PLACE_OF = "SELECT n FROM feed_change WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3 AND kind = 0";
}

/// A place of the log and what belongs there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// From 1; its index in the log is one less.
    pub n: u64,
    pub kind: Kind,
    pub id: [u8; 16],
    pub seq: u64,
    pub at: Millis,
    pub leaf: [u8; 32],
}

/// An entry as the database has it now, with what opens it.
pub(crate) struct Source {
    pub entry: Entry,
    pub salt: Salt,
    /// The text that `entry.body` is the digest of.
    pub text: String,
}

/// The places after `n`, in their order. What came before there was a log gets its salt and its leaf here.
pub(super) fn waiting(tx: &mut Tx<'_>, street: Jurisdiction, n: u64, limit: usize) -> Result<Vec<Place>, DbError> {
    read(tx, street, n, limit, late)
}

/// The same, of what the log holds already.
pub(super) fn places(tx: &mut Tx<'_>, street: Jurisdiction, n: u64, limit: usize) -> Result<Vec<Place>, DbError> {
    read(tx, street, n, limit, |_, _, _, _, _| Ok([0; 32]))
}

fn read(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    n: u64,
    limit: usize,
    mut none: impl FnMut(&mut Tx<'_>, Jurisdiction, u64, CaseId, u64) -> Result<[u8; 32], DbError>,
) -> Result<Vec<Place>, DbError> {
    let rows = tx.query(&WAITING, &args![street, n, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut places = Vec::with_capacity(rows.len());
    for mut row in rows {
        let (n, kind, id, seq): (u64, i64, CaseId, u64) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let kind = Kind::from_code(kind).ok_or_else(|| DbError::Corrupt(format!("{kind} as a kind of entry")))?;
        let (at, leaf): (Millis, Option<Vec<u8>>) = (row.take()?, row.take()?);
        let leaf = match leaf {
            Some(leaf) => leaf.try_into().map_err(|_| DbError::Corrupt(format!("the leaf of entry {n}")))?,
            None => none(tx, street, n, id, seq)?,
        };
        places.push(Place { n, kind, id: id.0, seq, at, leaf });
    }
    Ok(places)
}

/// The leaf of an event from before there was a log; of one that is gone, a leaf that commits to nothing.
fn late(tx: &mut Tx<'_>, street: Jurisdiction, n: u64, id: CaseId, seq: u64) -> Result<[u8; 32], DbError> {
    let salt = Salt::new();
    tx.send(&SALT_EVENT, args![street, id, seq, salt.bytes()])?;
    let found = event(tx, CaseKey { jurisdiction: street, id }, seq)?;
    let leaf = found.map_or_else(|| salt.for_leaf().repeat(2).try_into().unwrap_or_default(), |s| salt.leaf(&s.entry));
    tx.put(&SET_LEAF, args![street, n, leaf])?;
    Ok(leaf)
}

/// What stands behind a place, as the database has it now; nothing where the row or its salt is gone.
pub(super) fn of(tx: &mut Tx<'_>, street: Jurisdiction, place: &Place) -> Result<Option<Source>, DbError> {
    match place.kind {
        Kind::Case => event(tx, CaseKey { jurisdiction: street, id: CaseId(place.id) }, place.seq),
        Kind::Record => record::source(tx, street, place.at, ChangeId(place.id)),
    }
}

/// An event with its salt.
pub(super) fn event(tx: &mut Tx<'_>, case: CaseKey, seq: u64) -> Result<Option<Source>, DbError> {
    let Some(mut row) = tx.first(&EVENT, &args![case.jurisdiction, case.id, seq])? else { return Ok(None) };
    let (body, salt, promised): (String, Option<Vec<u8>>, Option<Millis>) = (row.take()?, row.take()?, row.take()?);
    let words = row.take::<Option<Vec<u8>>>()?.and_then(|words| words.try_into().ok());
    let Some(salt) = salt.as_deref().and_then(Salt::from_bytes) else { return Ok(None) };
    let Some(head) = store::by_id(tx, case)? else { return Ok(None) };
    let Ok(event) = Event::from_json(&body) else { return Ok(None) };
    let said = (seq == 1).then(|| report(&head));
    let text = text(&body, said.as_deref(), words).into_owned();
    let entry = Entry::of_event(&head.number, &event, promised, salt.body(&text));
    Ok(Some(Source { entry, salt, text }))
}

/// Whether an event is there without what opens it.
pub(super) fn is_blank(tx: &mut Tx<'_>, street: Jurisdiction, place: &Place) -> Result<bool, DbError> {
    let Some(mut row) = tx.first(&EVENT, &args![street, CaseId(place.id), place.seq])? else { return Ok(false) };
    let (_, salt): (String, Option<Vec<u8>>) = (row.take()?, row.take()?);
    Ok(salt.is_none())
}

/// The place of an event in the log.
pub(super) fn place_of(tx: &mut Tx<'_>, case: CaseKey, seq: u64) -> Result<Option<u64>, DbError> {
    tx.first(&PLACE_OF, &args![case.jurisdiction, case.id, seq])?.map(|mut row| row.take()).transpose()
}
