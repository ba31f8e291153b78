//! Writing a batch: which of its records are new, a number for each, and the rows.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::RangeFrom,
    sync::Arc,
};

use linli_worktime::Millis;

use super::{Batch, KNOWN, Past, Progress, Ready, Run, SAVE_RUN, Work};
use crate::{
    Engine,
    cases::{CaseError, Head, file::number, store},
    db::{DbError, Filter, ROWS, Sql, Tx, Value, args},
    feed,
    ids::{CaseId, Jurisdiction},
    limits, vault,
};

impl Engine {
    /// Takes a batch in, all of it or nothing. Answers how far the run is then, and which of the rows were refused
    /// because another record with the same id is there already; a row that is there itself is only counted.
    ///
    /// # Errors
    /// [`CaseError`]; nothing is written then.
    pub async fn take_in(&self, run: &Run, sofar: Progress, batch: Batch) -> Result<(Progress, Vec<usize>), CaseError> {
        let batch = Arc::new(batch);
        // Another process may take in the same record first; then look again.
        for _ in 0..limits::TRANSACTION_TRIES {
            let (engine, run, batch) = (self.clone(), run.clone(), Arc::clone(&batch));
            let out = self.db.write(move |tx: &mut Tx<'_>| engine.take_in_tx(tx, &run, sofar, &batch)).await;
            match out {
                Err(CaseError::Db(DbError::Duplicate { .. })) => {}
                out => {
                    self.feed.nudge();
                    return out;
                }
            }
        }
        Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" }))
    }

    fn take_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: &Run,
        sofar: Progress,
        batch: &Batch,
    ) -> Result<(Progress, Vec<usize>), CaseError> {
        let Sorted { new, again, clashes } = sort(known(tx, run.jurisdiction, &batch.rows)?, &batch.rows);
        let mut numbers = self.numbers_for(tx, run.jurisdiction, &new)?;
        let mut history = Rows::default();
        for ready in &new {
            let day = self.day(ready.head().opened_at);
            let n = numbers.get_mut(&day).and_then(Iterator::next);
            let number = number(day, n.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?);
            match &ready.work {
                Work::Open(prepared) => drop(self.file_in(tx, prepared, &number, None)?),
                Work::Over(past) => {
                    history.add(&ready.key, past, number);
                    if let Some(caller) = &past.caller {
                        vault::put_caller(tx, run.jurisdiction, past.head.key.id, caller)?;
                    }
                }
            }
        }
        history.write(tx, run.jurisdiction)?;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let progress = Progress {
            line: batch.line,
            good: sofar.good + count(new.len()),
            again: sofar.again + again,
            bad: sofar.bad + batch.bad + count(clashes.len()),
        };
        let Progress { line, good, again, bad } = progress;
        tx.send(&SAVE_RUN, args![run.jurisdiction, &run.name, line, good, again, bad, self.clock.now()])?;
        Ok((progress, clashes))
    }

    /// As many numbers of each day as there are new cases of it.
    fn numbers_for(
        &self,
        tx: &mut Tx<'_>,
        jurisdiction: Jurisdiction,
        new: &[&Ready],
    ) -> Result<HashMap<i64, RangeFrom<i64>>, DbError> {
        let mut days: BTreeMap<i64, i64> = BTreeMap::new();
        for ready in new {
            *days.entry(self.day(ready.head().opened_at)).or_default() += 1;
        }
        let take = |(day, count): (i64, i64)| {
            let row = tx.first(&store::TAKE_NUMBERS, &args![jurisdiction, day, count])?;
            let end: i64 = row.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?.take()?;
            Ok((day, end - count + 1..))
        };
        days.into_iter().map(take).collect()
    }
}

/// The rows of a batch by what becomes of them.
struct Sorted<'b> {
    new: Vec<&'b Ready>,
    again: u64,
    clashes: Vec<usize>,
}

/// Title and body of the records that are there, by key.
type Known = HashMap<String, (String, String)>;

fn known(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, rows: &[Ready]) -> Result<Known, DbError> {
    let keys: HashSet<&str> = rows.iter().map(|ready| ready.key.as_str()).collect();
    if keys.is_empty() {
        return Ok(Known::new());
    }
    let mut filter = Filter::of(&KNOWN, args![jurisdiction]);
    let marks = vec!["$$"; keys.len()].join(", ");
    filter.and(&format!("d.deed_key IN ({marks})"), keys.into_iter().map(Value::from));
    let rows = tx.list(&filter)?;
    rows.into_iter().map(|mut row| Ok((row.take()?, (row.take()?, row.take()?)))).collect()
}

fn sort(known: Known, rows: &[Ready]) -> Sorted<'_> {
    let mut seen: HashMap<&str, (&str, &str)> = HashMap::new();
    for (key, (title, body)) in &known {
        seen.insert(key, (title, body));
    }
    let mut sorted = Sorted { new: Vec::new(), again: 0, clashes: Vec::new() };
    for (at, ready) in rows.iter().enumerate() {
        let own = (ready.head().title.as_str(), ready.head().body.as_str());
        match seen.get(ready.key.as_str()) {
            Some(there) if *there == own => sorted.again += 1,
            Some(_) => sorted.clashes.push(at),
            None => {
                seen.insert(&ready.key, own);
                sorted.new.push(ready);
            }
        }
    }
    sorted
}

/// What is written of history, gathered by table: most of an import is history, and a statement for many rows spares
/// the database most of its work.
#[derive(Default)]
struct Rows {
    deeds: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
    cases: Vec<Vec<Value>>,
    places: Vec<(CaseId, u64, Millis)>,
}

impl Rows {
    fn add(&mut self, key: &str, past: &Past, number: String) {
        let head = Head { number, ..past.head.clone() };
        let (jurisdiction, id) = (head.key.jurisdiction, head.key.id);
        self.deeds.push(args![jurisdiction, key, id, 1]);
        self.events.push(args![jurisdiction, id, 1, head.opened_at, &past.event]);
        self.places.push((id, 1, head.opened_at));
        self.cases.push(store::row(&head, past.datum, None));
    }

    fn write(self, tx: &mut Tx<'_>, jurisdiction: Jurisdiction) -> Result<(), DbError> {
        write_rows(tx, &store::ADD_DEED, &store::ADD_DEEDS, self.deeds)?;
        write_rows(tx, &store::ADD_EVENT, &store::ADD_EVENTS, self.events)?;
        write_rows(tx, &store::ADD_CASE, &store::ADD_CASES, self.cases)?;
        feed::append(tx, jurisdiction, self.places)
    }
}

fn write_rows(tx: &mut Tx<'_>, one: &'static Sql, many: &'static Sql, rows: Vec<Vec<Value>>) -> Result<(), DbError> {
    let mut rows = rows.into_iter();
    while rows.len() >= ROWS {
        tx.send(many, rows.by_ref().take(ROWS).flatten().collect())?;
    }
    rows.try_for_each(|row| tx.put(one, row))
}
