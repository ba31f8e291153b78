//! Whole lives of cases, written after they were lived: the demonstration's two years, a benchmark's million. Each life
//! goes through the same decisions as a case that is filed, acted on and woken, in memory and at its own times; only
//! the rows that it leaves are written, many at once. A life that leads into the future is a case that is open now.

use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeFrom,
    sync::Arc,
};

use linli_flow::{Command, Form, Value, decide};
use linli_worktime::Millis;

use super::{
    CaseError, Head,
    act::{check_units, may_command},
    file::{Report, number, take_numbers},
    store,
    times::Rules,
    unburden,
    write::Held,
};
use crate::{
    Engine,
    db::{DbError, Gather, Tx, args},
    feed::{self, Fresh},
    ids::{CaseId, Jurisdiction},
    policy::{self, Action, Resource},
    viewer::Viewer,
};

/// Lives that are written together: few enough for memory to stay flat, enough for a sync not to matter.
const BATCH: usize = 1_000;
/// Refused acts that are told in full.
const TOLD: usize = 20;

/// What happened to a case from its report on.
#[derive(Clone, Debug)]
pub struct Life {
    /// The report, with the time at which it came in.
    pub report: Report,
    /// What people did, in the order of time. What falls due in between happens by itself.
    pub deeds: Vec<Deed>,
    /// Whether a later life names this one (by the key of its report).
    pub named: bool,
}

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct Deed {
    /// When.
    pub at: Millis,
    /// Who; whoever holds several seats sits on the first that may.
    pub by: Arc<[Viewer]>,
    /// Which act of the flow.
    pub act: String,
    /// What was filled in.
    pub form: Form,
    /// A field that names another case: by the key of the report of an earlier life.
    pub refers: Option<(String, String)>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Cases.
    pub cases: u64,
    /// Their events.
    pub events: u64,
    /// Deeds that the flow did not allow then; the life goes on without them.
    pub refused: u64,
    /// The first of them, in words.
    pub refusals: Vec<String>,
}

/// A batch that waits to be written: its rows, and what waits for places in the feed, street by street.
#[derive(Default)]
struct Batch {
    rows: Gather,
    places: BTreeMap<Jurisdiction, Vec<Fresh>>,
}

impl Batch {
    fn write(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.write_all(&self.rows)?;
        self.places.iter().try_for_each(|(street, places)| feed::append(tx, *street, places))
    }
}

/// What the next lives have to know of the ones before.
#[derive(Default)]
struct Book {
    written: Written,
    numbers: HashMap<String, String>,
}

type Numbers = HashMap<(Jurisdiction, i64), RangeFrom<i64>>;

impl Engine {
    /// Writes lives, in the order of their reports, up to now. People are told of what happened since `tell`.
    ///
    /// # Errors
    /// [`CaseError`]: the database, or a report that could not have been filed. Batches before it are written.
    pub async fn write_history<I>(&self, lives: I, tell: Millis) -> Result<Written, CaseError>
    where
        I: Iterator<Item = Life> + Send + 'static,
    {
        let now = self.clock.now();
        let (mut drawn, mut lives) = draw(lives).await?;
        let (mut ready, mut book) = (None::<Arc<Batch>>, Book::default());
        // While one batch is written, the next is lived and the one after it is drawn.
        while ready.is_some() || !drawn.is_empty() {
            let mut numbers = self.reserve(&drawn).await?;
            let write = async {
                match ready.take() {
                    Some(batch) => self.db.write(move |tx: &mut Tx<'_>| batch.write(tx)).await,
                    None => Ok(()),
                }
            };
            let engine = self.clone();
            let live = tokio::task::spawn_blocking(move || {
                let mut batch = Batch::default();
                for life in drawn {
                    engine.live(&mut batch, &mut book, &mut numbers, life, now, tell)?;
                }
                let drawn: Vec<Life> = lives.by_ref().take(BATCH).collect();
                Ok::<_, CaseError>((batch, book, drawn, lives))
            });
            let (written, lived) = tokio::join!(write, live);
            written?;
            let batch;
            (batch, book, drawn, lives) = lived.map_err(|_| DbError::Panicked)??;
            ready = (batch.rows.rows() > 0).then(|| Arc::new(batch));
        }
        self.feed.nudge();
        Ok(book.written)
    }

    async fn reserve(&self, lives: &[Life]) -> Result<Numbers, DbError> {
        let day = |life: &Life| (life.report.place.jurisdiction(), self.day(self.reported_at(life)));
        let days: Vec<_> = lives.iter().map(day).collect();
        self.db.write(move |tx: &mut Tx<'_>| take_numbers(tx, days.iter().copied())).await
    }

    fn reported_at(&self, life: &Life) -> Millis {
        life.report.at.unwrap_or_else(|| self.clock.now())
    }

    fn live(
        &self,
        batch: &mut Batch,
        book: &mut Book,
        numbers: &mut Numbers,
        life: Life,
        now: Millis,
        tell: Millis,
    ) -> Result<(), CaseError> {
        let prepared = self.prepare(life.report)?;
        let (report, mut head, said) = (prepared.report, prepared.head, prepared.said);
        let day = self.day(head.opened_at);
        let next = numbers.get_mut(&(head.key.jurisdiction, day)).and_then(Iterator::next);
        head.number = number(day, next.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?);
        head.key.id = CaseId::at(head.opened_at, 0);
        if life.named {
            book.numbers.insert(report.key.clone(), head.number.clone());
        }
        let (packs, tx) = (self.packs(), &mut batch.rows.tx());
        let held = Held::of_the_past(&head, packs.rules(&head)?, self, tell, report.caller.person);
        let mut held = self.open_in(tx, held, &head, &report, said)?;
        for deed in life.deeds.into_iter().take_while(|deed| deed.at <= now) {
            while held.fall_due(tx, deed.at)? {}
            let named = deed.act.clone();
            if let Err(error) = self.lived(tx, &mut held, &head, &report, deed, &book.numbers) {
                let why = || format!("{}: {named}: {}", report.key, crate::chain(&error));
                book.written.refused += 1;
                book.written.refusals.extend((book.written.refusals.len() < TOLD).then(why));
            }
        }
        while held.fall_due(tx, now)? {}
        book.written.cases += 1;
        book.written.events += held.case.seq();
        batch.places.entry(head.key.jurisdiction).or_default().append(&mut held.places);
        self.close_in(tx, held, head, &report).map(drop)
    }

    /// One deed, by the same rules as [`Engine::act`].
    fn lived(
        &self,
        tx: &mut Tx<'_>,
        held: &mut Held<'_>,
        head: &Head,
        report: &Report,
        mut deed: Deed,
        numbers: &HashMap<String, String>,
    ) -> Result<(), CaseError> {
        if let Some((field, key)) = deed.refers {
            let number = numbers.get(&key).ok_or(CaseError::NotFound)?;
            deed.form.insert(field, Value::from(number.as_str()));
        }
        let rules = held.rules;
        let (mut deed_form, mut found) = (Some(deed.form), None);
        for by in deed.by.iter() {
            let relations = by.relations_to(report.caller.person, head, &held.case);
            if !relations.iter().any(|r| policy::allows(by.subject(), *r, Action::Act, Resource::Case)) {
                continue;
            }
            if let Some(command) = command(rules, by, head, &held.case, &deed.act, &mut deed_form) {
                found = Some((command, by));
                break;
            }
        }
        let (mut command, by) = found.ok_or_else(|| CaseError::NotYours(Vec::new()))?;
        let known = || Ok(vec![report.caller.name.clone(), report.caller.contact.clone()]);
        let said = unburden::command(self.packs().current(), rules.flow, by, &mut command, known)?;
        let at = held.events.last().map_or(deed.at, |e| deed.at.max(e.at));
        let event = decide(rules.flow, &held.case, &command, &by.actor(), at).map_err(CaseError::Refused)?;
        check_units(rules, &self.directory(), head, &command)?;
        let seq = event.seq;
        held.take_said(tx, event, said)?;
        let key = format!("{}:{seq}", report.key);
        Ok(tx.put(&store::ADD_DEED, args![head.key.jurisdiction, key, head.key.id, seq])?)
    }
}

async fn draw<I: Iterator<Item = Life> + Send + 'static>(mut lives: I) -> Result<(Vec<Life>, I), DbError> {
    let drawn = tokio::task::spawn_blocking(move || (lives.by_ref().take(BATCH).collect(), lives));
    drawn.await.map_err(|_| DbError::Panicked)
}

/// The command that an act stands for where the case is now, if this viewer may do it. It takes the form when it is.
fn command(
    rules: Rules<'_>,
    by: &Viewer,
    head: &Head,
    case: &linli_flow::Case,
    act: &str,
    form: &mut Option<Form>,
) -> Option<Command> {
    let open = case.open().filter(|open| rules.flow.step(&open.step).is_some_and(|step| step.act(act).is_some()));
    let steps = open.map(|open| {
        let (step, key) = (open.step.clone(), open.key.clone());
        Command::Act { step, key, act: act.to_owned(), form: BTreeMap::new(), seen: Some(open.opened_seq) }
    });
    let side = rules.flow.side(act).map(|_| Command::Side { act: act.to_owned(), form: BTreeMap::new() });
    let cancel = rules.flow.cancel(act).map(|_| Command::Cancel { act: act.to_owned(), form: BTreeMap::new() });
    let mut ways = steps.chain(side).chain(cancel);
    let mut found = ways.find(|command| may_command(rules, by, head, case, command).is_ok())?;
    let (Command::Act { form: empty, .. } | Command::Side { form: empty, .. } | Command::Cancel { form: empty, .. }) =
        &mut found
    else {
        return None;
    };
    *empty = form.take()?;
    Some(found)
}
