//! Keeping the letters in memory up with the database: the newest ones when the program starts, then what the feed says.

use std::collections::{BTreeMap, BTreeSet};

use linli_worktime::Millis;

use super::alike::Taken;
use crate::{
    Engine,
    cases::{CaseKey, Head, store},
    db::{DbError, Filter, Tx, args, statements},
    feed,
    ids::{CaseId, Jurisdiction},
    limits, vault,
};

statements! {
    // Once at the start, along the index `cases_opened`.
    START = "SELECT opened_at, id FROM cases WHERE jurisdiction = $1 ORDER BY opened_at DESC, id DESC LIMIT 1 OFFSET $2";
    LETTERS = "SELECT {head} FROM cases c WHERE c.jurisdiction = $1 AND (c.opened_at, c.id) > ($2, $3)
        ORDER BY c.opened_at, c.id LIMIT $4";
    TAUGHT = "SELECT case_id FROM lesson WHERE jurisdiction = $1";
}

/// The flow whose cases are letters of residents.
const FLOW: &str = "request";

/// How far a street was read: to a place of the feed, and while its cases of before are read, to one of them.
#[derive(Clone)]
pub(super) struct Street {
    feed: u64,
    before: Option<(Millis, CaseId)>,
}

/// How far every street was read.
pub(super) type Known = BTreeMap<Jurisdiction, Street>;

/// A batch that was read, and how far that is.
struct Batch {
    street: Jurisdiction,
    upto: Street,
    taken: Vec<Taken>,
}

impl Engine {
    /// Takes in a batch of what came or changed; whether more waits.
    pub(super) async fn follow_letters(&self) -> Result<bool, DbError> {
        let (known, most) = self.reading.letters(|letters| (letters.known.clone(), letters.at_once()));
        let Some(batch) = self.db.read(move |tx: &mut Tx<'_>| batch(tx, &known, most)).await? else { return Ok(false) };
        self.reading.letters(|letters| {
            if letters.take(&batch.taken) {
                letters.begin_anew();
            } else {
                letters.known.insert(batch.street, batch.upto);
            }
        });
        Ok(true)
    }
}

/// The next batch of the first street in which there is one.
fn batch(tx: &mut Tx<'_>, known: &Known, most: usize) -> Result<Option<Batch>, DbError> {
    for (street, n) in feed::heads(tx)? {
        match known.get(&street) {
            None => return begin(tx, street, n).map(Some),
            Some(Street { feed, before: Some(before) }) => return past(tx, street, *feed, *before, most).map(Some),
            Some(Street { feed, before: None }) if *feed < n => return changes(tx, street, *feed).map(Some),
            Some(_) => {}
        }
    }
    Ok(None)
}

/// A street that was not read yet: from where on its cases are read.
fn begin(tx: &mut Tx<'_>, street: Jurisdiction, feed: u64) -> Result<Batch, DbError> {
    let most = i64::try_from(limits::LETTERS).unwrap_or(i64::MAX);
    let start = match tx.first(&START, &args![street, most])? {
        Some(mut row) => (row.take()?, row.take()?),
        None => (Millis(i64::MIN), CaseId([0; 16])),
    };
    Ok(Batch { street, upto: Street { feed, before: Some(start) }, taken: Vec::new() })
}

fn past(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    feed: u64,
    from: (Millis, CaseId),
    most: usize,
) -> Result<Batch, DbError> {
    let rows = tx.query(&LETTERS, &args![street, from.0, from.1, i64::try_from(most).unwrap_or(1)])?;
    let heads = rows.into_iter().map(store::head).collect::<Result<Vec<_>, _>>()?;
    let before = heads.last().map(|head| (head.opened_at, head.key.id));
    Ok(Batch { street, upto: Street { feed, before }, taken: take(tx, street, heads)? })
}

fn changes(tx: &mut Tx<'_>, street: Jurisdiction, from: u64) -> Result<Batch, DbError> {
    let all = feed::after(tx, street, from, limits::LETTERS_AT_ONCE)?;
    // What is no event has a place, too, and is not told.
    let feed = match all.last() {
        Some(last) if all.len() == limits::LETTERS_AT_ONCE => last.n,
        _ => feed::head(tx, street)?,
    };
    let cases: BTreeSet<CaseKey> = all.into_iter().map(|change| change.case).collect();
    let mut heads = Vec::with_capacity(cases.len());
    for case in cases {
        heads.extend(store::by_id(tx, case)?);
    }
    heads.sort_by_key(|head: &Head| (head.opened_at, head.key.id));
    Ok(Batch { street, upto: Street { feed, before: None }, taken: take(tx, street, heads)? })
}

/// What is kept of letters: who wrote them, where that is no secret, and whether people said what they are about.
fn take(tx: &mut Tx<'_>, street: Jurisdiction, mut heads: Vec<Head>) -> Result<Vec<Taken>, DbError> {
    heads.retain(|head| head.flow == FLOW && !head.body.is_empty());
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let ids: BTreeSet<CaseId> = heads.iter().map(|head| head.key.id).collect();
    let mut people: BTreeMap<CaseId, _> = vault::who_brought(tx, street, &ids)?.into_iter().collect();
    let mut filter = Filter::of(&TAUGHT, args![street]);
    filter.and(&format!("case_id IN ({})", feed::marks(&ids)), feed::padded(&ids));
    let taught = tx.list(&filter)?.into_iter().map(|mut row| row.take()).collect::<Result<BTreeSet<CaseId>, _>>()?;
    let taken = |head: Head| {
        let (person, taught) = (people.remove(&head.key.id), taught.contains(&head.key.id));
        Taken { head, person, taught }
    };
    Ok(heads.into_iter().map(taken).collect())
}
