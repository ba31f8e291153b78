//! What stands behind the leaves: events and records, with their salts.

use std::collections::HashMap;

use linli_flow::Event;
use linli_worktime::Millis;

use super::{Entry, Kind, Salt, report, text};
use crate::{
    attachments::{
        Digest,
        evidence::{Logged, logged},
    },
    cases::{CaseKey, Head, store},
    db::{DbError, Row, Tx, args, statements},
    ids::{CaseId, ChangeId, Jurisdiction},
    record,
};

statements! {
    WAITING = "SELECT n, kind, case_id, seq, at, leaf FROM feed_change WHERE jurisdiction = $1 AND n > $2 ORDER BY n LIMIT $3";
    EVENT = "SELECT f.n, e.body, e.salt, e.promised_at, e.words, {head} FROM event e
        JOIN cases c ON c.jurisdiction = e.jurisdiction AND c.id = e.case_id
        LEFT JOIN feed_change f ON f.jurisdiction = e.jurisdiction AND f.case_id = e.case_id AND f.seq = e.seq AND f.kind = 0
        WHERE e.jurisdiction = $1 AND e.case_id = $2 AND e.seq = $3";
    // A page of the log: its events, and the cases that they belong to.
    EVENTS_BEHIND = "SELECT f.n, e.body, e.salt, e.promised_at, e.words FROM feed_change f
        JOIN event e ON e.jurisdiction = f.jurisdiction AND e.case_id = f.case_id AND e.seq = f.seq
        WHERE f.jurisdiction = $1 AND f.n > $2 AND f.n <= $3 AND f.kind = 0";
    CASES_BEHIND = "SELECT {head} FROM cases c WHERE c.jurisdiction = $1 AND c.id IN (SELECT f.case_id FROM feed_change f
        WHERE f.jurisdiction = $1 AND f.n > $2 AND f.n <= $3)";
    BARE = "SELECT n FROM feed_change WHERE jurisdiction = $1 AND n > $2 AND leaf IS NULL ORDER BY n LIMIT 1";
    FRESH_BARE = "SELECT 1 FROM fresh_event WHERE jurisdiction = $1 AND leaf IS NULL LIMIT 1";
    SALT_EVENT = "UPDATE event SET salt = $4 WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3";
    SET_LEAF = "UPDATE feed_change SET leaf = $3 WHERE jurisdiction = $1 AND n = $2";
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

/// The first place after `n` that came without a leaf, as everything did before there was a log.
pub(super) fn bare(tx: &mut Tx<'_>, street: Jurisdiction, n: u64) -> Result<Option<u64>, DbError> {
    tx.first(&BARE, &args![street, n])?.map(|mut row| row.take()).transpose()
}

/// Whether something from before there was a log has no place yet.
pub(super) fn is_bare_still_fresh(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<bool, DbError> {
    Ok(tx.first(&FRESH_BARE, &args![street])?.is_some())
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
    let nothing = || salt.for_leaf().repeat(2).try_into().unwrap_or_default();
    let leaf = found.map_or_else(nothing, |found| salt.leaf(&found.source.entry));
    tx.put(&SET_LEAF, args![street, n, leaf])?;
    Ok(leaf)
}

/// A page of the log: its places, with what stands behind each as the database has it now.
pub(super) struct Page {
    pub places: Vec<Place>,
    events: HashMap<u64, Row>,
    files: HashMap<u64, Logged>,
    heads: HashMap<CaseId, Head>,
}

/// What stands behind a place.
pub(super) enum Behind {
    /// All of it.
    Whole(Box<Source>),
    /// What is there without its salt: it was erased, or robbed of it.
    Blank,
    /// Nothing that could be compared.
    Nothing,
}

impl Page {
    /// The places after `n`, read in three questions however many they are.
    pub(super) fn read(tx: &mut Tx<'_>, street: Jurisdiction, n: u64, limit: usize) -> Result<Self, DbError> {
        let places = places(tx, street, n, limit)?;
        let (mut events, mut files, mut heads) = (HashMap::new(), HashMap::new(), HashMap::new());
        if let Some(last) = places.last() {
            let page = args![street, n, last.n];
            for mut row in tx.query(&EVENTS_BEHIND, &page)? {
                events.insert(row.take()?, row);
            }
            for row in tx.query(&CASES_BEHIND, &page)? {
                let head = store::head(row)?;
                heads.insert(head.key.id, head);
            }
            files.extend(logged(tx, street, n, last.n)?.into_iter().map(|file| (file.n, file)));
        }
        Ok(Self { places, events, files, heads })
    }

    /// The content of a file, and what it is called.
    pub(super) fn content(&self, place: &Place) -> Option<(String, Digest)> {
        self.files.get(&place.n)?.content.clone()
    }

    /// The number of the case that a place belongs to; its id where the case is gone.
    pub(super) fn number(&self, place: &Place) -> String {
        if let Some(file) = self.files.get(&place.n) {
            return file.number.clone();
        }
        let id = CaseId(place.id);
        self.heads.get(&id).map_or_else(|| id.to_string(), |head| head.number.clone())
    }

    /// What stands behind a place of the page.
    pub(super) fn behind(&mut self, tx: &mut Tx<'_>, street: Jurisdiction, place: &Place) -> Result<Behind, DbError> {
        if place.kind == Kind::Record {
            return match record::source(tx, street, place.at, ChangeId(place.id)) {
                Ok(source) => Ok(source.map_or(Behind::Nothing, |source| Behind::Whole(Box::new(source)))),
                // Written by hand, and not even well.
                Err(DbError::Corrupt(_)) => Ok(Behind::Nothing),
                Err(error) => Err(error),
            };
        }
        if place.kind == Kind::File {
            return Ok(match self.files.remove(&place.n) {
                Some(Logged { source: Some(source), .. }) => Behind::Whole(Box::new(source)),
                Some(_) => Behind::Blank,
                None => Behind::Nothing,
            });
        }
        let Some(mut row) = self.events.remove(&place.n) else { return Ok(Behind::Nothing) };
        let Some(head) = self.heads.get(&CaseId(place.id)) else { return Ok(Behind::Nothing) };
        Ok(Kept::take(&mut row)?.behind(head, place.seq))
    }
}

/// What a row of an event holds.
struct Kept {
    body: String,
    salt: Option<Vec<u8>>,
    promised: Option<Millis>,
    words: Option<[u8; 32]>,
}

impl Kept {
    fn take(row: &mut Row) -> Result<Self, DbError> {
        let (body, salt, promised) = (row.take()?, row.take()?, row.take()?);
        let words = row.take::<Option<Vec<u8>>>()?.and_then(|words| words.try_into().ok());
        Ok(Self { body, salt, promised, words })
    }

    /// What it is, with the case that it belongs to.
    fn behind(self, head: &Head, seq: u64) -> Behind {
        let Some(salt) = self.salt else { return Behind::Blank };
        let (Some(salt), Ok(event)) = (Salt::from_bytes(&salt), Event::from_json(&self.body)) else {
            return Behind::Nothing;
        };
        let said = (seq == 1).then(|| report(head));
        let text = text(&self.body, said.as_deref(), self.words).into_owned();
        let entry = Entry::of_event(&head.number, &event, self.promised, salt.body(&text));
        Behind::Whole(Box::new(Source { entry, salt, text }))
    }
}

/// An event with its salt, its place in the log, and whether its words are sealed in the vault.
pub(super) struct Found {
    /// From 1; none while it waits.
    pub n: Option<u64>,
    pub source: Source,
    pub has_words: bool,
}

/// An event as it stands behind its leaf; nothing where event or salt is gone.
pub(super) fn event(tx: &mut Tx<'_>, case: CaseKey, seq: u64) -> Result<Option<Found>, DbError> {
    let Some(mut row) = tx.first(&EVENT, &args![case.jurisdiction, case.id, seq])? else { return Ok(None) };
    let (n, kept) = (row.take()?, Kept::take(&mut row)?);
    let has_words = kept.words.is_some();
    match kept.behind(&store::head(row)?, seq) {
        Behind::Whole(source) => Ok(Some(Found { n, source: *source, has_words })),
        Behind::Blank | Behind::Nothing => Ok(None),
    }
}
