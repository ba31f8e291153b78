//! Taking in the records of another system: many in one transaction, each once. A record that is over becomes history:
//! one event that opens a case and ends it. One that is still open is filed like any report; its clocks start now, for a
//! limit that ran out years ago would only set off reminders, and `reported_at` keeps when it was first reported.

mod write;

use linli_flow::{Actor, Change, Event, Fields, Value, What};
use linli_worktime::Millis;

use crate::{
    Engine,
    cases::{
        Channel, Datum, Head, Phase, Point,
        file::{Prepared, Report, clean, first_words},
        unburden,
    },
    db::{DbError, Tx, args, statements},
    ids::{Jurisdiction, PlaceCode},
    limits,
    reading::Asked,
    vault::{Caller, Secret, words::Said},
};

/// The outcome of a case that came as history; the flow has the words for it.
pub const OUTCOME: &str = "history";

/// A record of another system.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its id there.
    pub id: String,
    /// How it came in.
    pub channel: Channel,
    /// Its category in the rule pack, where it is known; otherwise the pack's rules find one.
    pub category: Option<String>,
    /// In a line; the first words of the body when empty.
    pub title: String,
    /// In the reporter's words; the title when empty.
    pub body: String,
    /// Where; a place of the directory, within the jurisdiction of the run.
    pub place: PlaceCode,
    /// Where, in words.
    pub address: String,
    /// Where on the map.
    pub point: Option<Point>,
    /// What the other system calls whoever reported it, for the vault; may be empty.
    pub reporter: Secret<String>,
    /// When it was reported.
    pub at: Millis,
    /// When the other system wanted to be done.
    pub due: Option<Millis>,
    /// How it ended; nothing when it is still open.
    pub over: Option<Ending>,
}

/// How a record ended.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// When, where that is known.
    pub at: Option<Millis>,
    /// What was answered or done; may be empty.
    pub reply: String,
    /// Who did it; may be empty.
    pub agency: String,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Wrong {
    /// Which of its fields.
    pub field: &'static str,
    /// What.
    #[source]
    pub why: Why,
}

/// What can be wrong with a field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It has to be filled in.
    #[error("it is empty")]
    Empty,
    /// Longer than this many characters.
    #[error("it has more than {0} characters")]
    TooLong(usize),
    /// The rule pack does not have it.
    #[error("the rule pack has no such category")]
    Unknown,
    /// A time that is not over yet.
    #[error("this time is in the future")]
    Future,
    /// A time from before computers kept records.
    #[error("this time is before 1970")]
    Past,
    /// It ended before it was reported.
    #[error("it ended before it was reported")]
    EndsFirst,
}

/// A record that is checked and worked out as far as that goes without the database.
pub struct Ready {
    key: String,
    work: Work,
    /// Whether its category came with it.
    taught: bool,
}

enum Work {
    /// It goes into the flow.
    Open(Box<Prepared>),
    /// It is history.
    Over(Box<Past>),
}

struct Past {
    head: Head,
    datum: Option<Datum>,
    event: String,
    caller: Option<Caller>,
    /// What was written, where personal data was taken out of it.
    said: Option<Said>,
}

impl Ready {
    /// Title and body as they came: what was taken in before personal data was taken out has them.
    fn raw(&self) -> (&str, &str) {
        let (head, said) = match &self.work {
            Work::Open(prepared) => (&prepared.head, &prepared.said),
            Work::Over(past) => (&past.head, &past.said),
        };
        let texts = said.as_ref().map(|said| &said.texts);
        let text = |name, now| texts.and_then(|texts| texts.get(name)).map_or(now, String::as_str);
        (text("title", head.title.as_str()), text("body", head.body.as_str()))
    }

    fn head(&self) -> &Head {
        match &self.work {
            Work::Open(prepared) => &prepared.head,
            Work::Over(past) => &past.head,
        }
    }
}

/// An import that can be interrupted: the same file read by the same map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The street that all its records belong to.
    pub jurisdiction: Jurisdiction,
    /// Its name there.
    pub name: String,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last line (or row of a sheet) that is done with.
    pub line: u64,
    /// Records that went in.
    pub good: u64,
    /// Records that had been there already.
    pub again: u64,
    /// Records that could not go in.
    pub bad: u64,
}

/// Records that go in together, and what the lines between them were.
pub struct Batch {
    /// The records.
    pub rows: Vec<Ready>,
    /// Lines that were no good record.
    pub bad: u64,
    /// The last line that it is about.
    pub line: u64,
}

statements! {
    KNOWN = "SELECT d.deed_key, c.title, c.body FROM deed d JOIN cases c ON c.jurisdiction = d.jurisdiction AND c.id = d.case_id
        WHERE d.jurisdiction = $1";
    RUN = "SELECT line, good, again, bad FROM import_run WHERE jurisdiction = $1 AND source = $2";
    SAVE_RUN = "INSERT INTO import_run (jurisdiction, source, line, good, again, bad, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (jurisdiction, source) DO UPDATE SET line = excluded.line, good = excluded.good,
        again = excluded.again, bad = excluded.bad, at = excluded.at";
    END_RUN = "DELETE FROM import_run WHERE jurisdiction = $1 AND source = $2";
}

impl Engine {
    /// Checks a record of `source` and works out its case. It needs no database, so it can go on beside the writing.
    ///
    /// # Errors
    /// What is wrong with the record.
    pub fn ready(&self, source: &str, record: Record) -> Result<Ready, Wrong> {
        let record = checked(record, self.clock.now())?;
        let (packs, key) = (self.packs(), format!("import:{source}:{}", record.id));
        let taught = record.category.is_some();
        let pack = packs.current();
        let asked =
            Asked { case: None, title: &record.title, body: &record.body, place: Some(&record.place), at: record.at };
        let code = record.category.clone().unwrap_or_else(|| self.suggest_category(&asked).category);
        let known = pack.category(&code).ok_or(Wrong { field: "category", why: Why::Unknown })?;
        let (class, kind) = (known.class.clone(), known.kind.clone());
        let opened_at = if record.over.is_some() { record.at } else { self.clock.now() };
        let (at, due, mut over) = (record.at, record.due, record.over.clone());
        let mut report = self.report(record, &key, &code);
        let mut said = unburden::report(pack, &mut report);
        if let Some(ending) = &mut over {
            unburden::staff(pack, &mut said, "facts", &mut ending.reply, report.caller.name.reveal());
        }
        let head = self.head(&report, pack, code, class, kind, opened_at);
        let work = match over {
            None => Work::Open(Box::new(Prepared { head: Head { reported_at: Some(at), ..head }, report, said })),
            Some(ending) => Work::Over(Box::new(self.past(head, report, due, &ending, said))),
        };
        Ok(Ready { key, work, taught })
    }

    fn report(&self, record: Record, key: &str, category: &str) -> Report {
        let directory = self.directory();
        let lead = directory.lead(self.packs().current(), category, &record.place);
        let fits = |org: &str| directory.may_lead(self.packs().current(), org, category, &record.place).is_ok();
        Report {
            key: key.to_owned(),
            channel: record.channel,
            kind: None,
            category: Some(category.to_owned()),
            // What the program only took it to be about, a person looks at before it goes anywhere.
            dispatch: record.category.is_some()
                && record.over.is_none()
                && lead.is_some_and(|lead| fits(lead.org.as_str())),
            joins: None,
            title: record.title,
            body: record.body,
            place: record.place,
            address: record.address,
            point: record.point,
            caller: Caller {
                person: None,
                name: record.reporter,
                contact: Secret::new(String::new()),
                confidential: false,
            },
            at: None,
        }
    }

    /// The flow has no act for what others did, so history is one event that opens the case and ends it.
    fn past(&self, head: Head, report: Report, due: Option<Millis>, ending: &Ending, said: Option<Said>) -> Past {
        let text = |text: &str| (!text.is_empty()).then(|| Value::from(text));
        let day = ending.at.map(|at| Value::from(self.packs().current().calendar.date_of(at).to_string()));
        let fields: Fields = [
            ("class", Some(Value::from(head.class.as_str()))),
            ("facts", text(&ending.reply)),
            ("done_by", text(&ending.agency)),
            ("done_on", day),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
        let change = Change { fields, outcome: Some(OUTCOME.into()), ended: true, ..Change::default() };
        let what = What::Opened { flow: head.flow.clone(), pack: head.pack.clone(), change };
        let event = Event { seq: 1, at: head.opened_at, by: Actor::system(), what };
        let head = Head {
            phase: Phase::Ended,
            outcome: Some(OUTCOME.into()),
            settled_at: ending.at,
            promised_at: due,
            seq: 1,
            ..head
        };
        let caller = (!report.caller.name.reveal().is_empty()).then_some(report.caller);
        // An event is made of texts and numbers: it can always be written.
        let event = event.to_canonical_json().unwrap_or_default();
        Past { head, datum: report.point.map(|p| p.datum), event, caller, said }
    }

    /// How far a run came before it was interrupted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_so_far(&self, run: &Run) -> Result<Option<Progress>, DbError> {
        let run = run.clone();
        let read = move |tx: &mut Tx<'_>| {
            let Some(mut row) = tx.first(&RUN, &args![run.jurisdiction, &run.name])? else { return Ok(None) };
            Ok(Some(Progress { line: row.take()?, good: row.take()?, again: row.take()?, bad: row.take()? }))
        };
        self.db.read(read).await
    }

    /// Forgets how far a run came: it is over. The next one with the same name looks at every line again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_import(&self, run: &Run) -> Result<(), DbError> {
        let run = run.clone();
        self.db.write(move |tx: &mut Tx<'_>| tx.send(&END_RUN, args![run.jurisdiction, &run.name])).await
    }
}

/// Cleans the texts and checks what can be checked without the rules.
fn checked(mut record: Record, now: Millis) -> Result<Record, Wrong> {
    let line = |text: &str| clean(text).replace('\n', " ");
    record.id = line(&record.id);
    record.title = line(&record.title);
    record.body = clean(&record.body);
    record.address = line(&record.address);
    record.reporter = Secret::new(line(record.reporter.reveal()));
    if let Some(ending) = &mut record.over {
        ending.reply = clean(&ending.reply);
        ending.agency = line(&ending.agency);
    }
    if record.title.chars().count() > limits::TITLE_CHARS {
        record.body = format!("{}\n{}", record.title, record.body).trim_end().to_owned();
        record.title = record.title.chars().take(limits::TITLE_CHARS).collect();
    }
    match (record.title.is_empty(), record.body.is_empty()) {
        (true, false) => record.title = first_words(&record.body),
        (false, true) => record.body.clone_from(&record.title),
        _ => {}
    }
    let none = Ending::default();
    let ending = record.over.as_ref().unwrap_or(&none);
    for (field, text) in [("id", record.id.as_str()), ("text", record.body.as_str())] {
        if text.is_empty() {
            return Err(Wrong { field, why: Why::Empty });
        }
    }
    for (field, text, most) in [
        ("id", record.id.as_str(), limits::NAME_CHARS),
        ("text", &record.body, limits::IMPORTED_CHARS),
        ("place_text", &record.address, limits::ADDRESS_CHARS),
        ("reporter", record.reporter.reveal(), limits::NAME_CHARS),
        ("reply", &ending.reply, limits::IMPORTED_CHARS),
        ("agency", &ending.agency, limits::NAME_CHARS),
    ] {
        if text.chars().count() > most {
            return Err(Wrong { field, why: Why::TooLong(most) });
        }
    }
    for (field, at) in [("opened", Some(record.at)), ("closed", ending.at)] {
        check_time(field, at, record.at, now)?;
    }
    Ok(record)
}

fn check_time(field: &'static str, at: Option<Millis>, opened: Millis, now: Millis) -> Result<(), Wrong> {
    let why = match at {
        Some(at) if at.0 < 0 => Why::Past,
        // A day that came without a zone may be tomorrow's here.
        Some(at) if at > now.plus(24 * 3_600_000) => Why::Future,
        Some(at) if at < opened => Why::EndsFirst,
        _ => return Ok(()),
    };
    Err(Wrong { field, why })
}
