//! Writing a batch: which of its records are new, a number for each, and the rows.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use linli_flow::Event;

use super::{Batch, KNOWN, Past, Progress, Ready, Run, SAVE_RUN, Work};
use crate::{
    Engine,
    cases::{
        CaseError, Head,
        file::{number, take_numbers},
        store,
    },
    db::{DbError, Filter, Gather, Tx, Value, args},
    evidence::{self, Entry, Kind, Salt},
    feed::{self, Fresh},
    ids::Jurisdiction,
    limits, reading,
    vault::{self, VaultKey, words::Said},
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
        let days = new.iter().map(|ready| (run.jurisdiction, self.day(ready.head().opened_at)));
        let mut numbers = take_numbers(tx, days)?;
        let (mut gather, mut places) = (Gather::new(), Vec::new());
        for ready in &new {
            let day = self.day(ready.head().opened_at);
            let n = numbers.get_mut(&(run.jurisdiction, day)).and_then(Iterator::next);
            let number = number(day, n.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?);
            match &ready.work {
                Work::Open(prepared) => drop(self.file_in(&mut gather.tx(), prepared, &number)?),
                Work::Over(past) => {
                    places.push(past.write(&mut gather.tx(), &self.vault_key, &ready.key, number)?);
                }
            }
            if ready.taught {
                reading::note(&mut gather.tx(), ready.head().key, self.clock.now())?;
            }
        }
        tx.write_all(&gather)?;
        feed::append(tx, run.jurisdiction, &places)?;
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
            Some(there) if *there == own || *there == ready.raw() => sorted.again += 1,
            Some(_) => sorted.clashes.push(at),
            None => {
                seen.insert(&ready.key, own);
                sorted.new.push(ready);
            }
        }
    }
    sorted
}

impl Past {
    fn write(&self, tx: &mut Tx<'_>, vault_key: &VaultKey, key: &str, number: String) -> Result<Fresh, DbError> {
        let words = self.said.as_ref().map(Said::digest);
        let head = Head { number, ..self.head.clone() };
        let (jurisdiction, id) = (head.key.jurisdiction, head.key.id);
        tx.put(&store::ADD_DEED, args![jurisdiction, key, id, 1])?;
        let (body, salt) = (&self.event, Salt::new());
        let event =
            Event::from_json(body).map_err(|e| DbError::Corrupt(format!("an event that does not read: {e}")))?;
        let text = evidence::text(body, Some(&evidence::report(&head)), words);
        let leaf = salt.leaf(&Entry::of_event(&head.number, &event, None, salt.body(&text)));
        tx.put(&store::ADD_EVENT, args![jurisdiction, id, 1, event.at, body, salt.bytes(), None::<i64>, words])?;
        self.said.as_ref().map_or(Ok(()), |said| said.keep(tx, vault_key, head.key, 1))?;
        tx.put(&store::ADD_CASE, store::row(&head, self.datum, None))?;
        self.caller.as_ref().map_or(Ok(()), |caller| vault::put_caller(tx, vault_key, jurisdiction, id, caller))?;
        Ok(Fresh { jurisdiction, kind: Kind::Case, id: id.0, seq: 1, at: event.at, leaf })
    }
}
