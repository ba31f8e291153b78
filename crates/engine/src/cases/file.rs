//! Filing a case: what a resident says becomes a numbered case with an owner and a clock, on the disk before the answer.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use linli_flow::{Case, Command, Fields, Value, decide};
use linli_worktime::Millis;

use super::{
    AsFiled, CaseError, CaseKey, Channel, FieldProblem, Head, Phase, Point, Sent, act, deed, store,
    times::Rules,
    unburden,
    write::{CATEGORY, Held, system},
};
use crate::{
    Engine,
    db::{Db, DbError, Tx, args},
    ids::{CaseId, Jurisdiction, PlaceCode},
    limits,
    pack::Pack,
    reading::Asked,
    vault::{self, Caller, words::Said},
};

/// How far "near" goes: the grid; a place above a grid has no nearer idea.
pub(super) fn near(place: &PlaceCode) -> PlaceCode {
    place.upwards().find(|p| p.level() <= crate::ids::Level::Grid).unwrap_or_else(|| place.clone())
}

/// What somebody reports.
#[derive(Clone, Debug)]
pub struct Report {
    /// Made by the client, so that sending it again files nothing twice.
    pub key: String,
    /// How it came in.
    pub channel: Channel,
    /// Consultation, help, complaint, report or suggestion; the category's when empty.
    pub kind: Option<String>,
    /// The category, where it is known; otherwise the pack's rules find one.
    pub category: Option<String>,
    /// In a line; the first words of the body when empty.
    pub title: String,
    /// In own words.
    pub body: String,
    /// Where.
    pub place: PlaceCode,
    /// Where, in words.
    pub address: String,
    /// Where on the map.
    pub point: Option<Point>,
    /// Who, for the vault.
    pub caller: Caller,
    /// When it came in; now, when empty.
    pub at: Option<Millis>,
    /// Whether the duty list sends it on by itself where it is clear.
    pub dispatch: bool,
    /// The number of an open case near by that is the same matter: this one goes along with it from the start. The
    /// category is that one's, and own words are not needed.
    pub joins: Option<String>,
}

/// A filed case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Which case.
    pub key: CaseKey,
    /// Its number.
    pub number: String,
    /// The code that lets whoever filed it follow it without an account.
    pub tracking: String,
    /// Whether it had been filed already under the same key.
    pub again: bool,
}

impl Engine {
    /// Files a report. Sending the same key again files nothing and answers as before.
    ///
    /// # Errors
    /// [`CaseError`]; nothing is written then.
    pub async fn file(&self, report: Report) -> Result<Filed, CaseError> {
        self.file_sent(report, None).await
    }

    /// The same, where the key must not have been sent with anything else before.
    ///
    /// # Errors
    /// As [`Engine::file`], and [`CaseError::KeyUsed`].
    pub async fn file_sent(&self, report: Report, sent: Sent) -> Result<Filed, CaseError> {
        let prepared = self.prepare(report)?;
        let (jurisdiction, now) = (prepared.head.key.jurisdiction, prepared.head.opened_at);
        let number = self.numbers.take(&self.db, jurisdiction, self.day(now)).await?;
        let (engine, key) = (self.clone(), prepared.report.key.clone());
        let out = self.db.write(move |tx: &mut Tx<'_>| {
            let filed = engine.file_in(tx, &prepared, &number)?;
            deed::note(tx, jurisdiction, &prepared.report.key, sent)?;
            Ok(filed)
        });
        match out.await {
            Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" })) => {
                let asked = key.clone();
                self.db.read(move |tx: &mut Tx<'_>| deed::done(tx, jurisdiction, &asked, sent)).await?;
                self.filed_before(jurisdiction, key).await
            }
            out => {
                self.feed.nudge();
                out
            }
        }
    }

    /// Checks a report and fills in what can be found: the title, the category, the class.
    pub(crate) fn prepare(&self, mut report: Report) -> Result<Prepared, CaseError> {
        let packs = self.packs();
        let pack = packs.current();
        let wrong = |field, problem| Err(CaseError::Field { field, problem });
        report.body = clean(&report.body);
        report.title = clean(&report.title).replace('\n', " ");
        report.address = clean(&report.address).replace('\n', " ");
        if report.body.is_empty() && report.joins.is_none() {
            return wrong("body", FieldProblem::Missing);
        }
        for (field, text, most) in [
            ("body", &report.body, limits::BODY_CHARS),
            ("title", &report.title, limits::TITLE_CHARS),
            ("address", &report.address, limits::ADDRESS_CHARS),
        ] {
            if text.chars().count() > most {
                return wrong(field, FieldProblem::TooLong(most));
            }
        }
        if self.directory().place(&report.place).is_none_or(|p| p.retired_at.is_some()) {
            return wrong("place", FieldProblem::Unknown);
        }
        let category = match &report.category {
            Some(code) if pack.category(code).is_some() => code.clone(),
            Some(_) => return wrong("category", FieldProblem::Unknown),
            None => {
                let Report { title, body, place, .. } = &report;
                let asked = Asked { case: None, title, body, place: Some(place), at: self.clock.now() };
                self.suggest_category(&asked).category
            }
        };
        if report.title.is_empty() {
            report.title = first_words(&report.body);
        }
        let said = unburden::report(pack, &mut report);
        let known =
            pack.category(&category).ok_or(CaseError::Field { field: "category", problem: FieldProblem::Unknown })?;
        let (class, kind) = (known.class.clone(), known.kind.clone());
        let kind = report.kind.clone().filter(|k| pack.kinds().iter().any(|(code, _)| code == k)).unwrap_or(kind);
        let now = report.at.unwrap_or_else(|| self.clock.now());
        let head = self.head(&report, pack, category, class, kind, now);
        Ok(Prepared { report, head, said })
    }

    pub(crate) fn head(
        &self,
        report: &Report,
        pack: &Pack,
        category: String,
        class: String,
        kind: String,
        now: Millis,
    ) -> Head {
        Head {
            key: CaseKey { jurisdiction: report.place.jurisdiction(), id: CaseId::new() },
            number: String::new(),
            flow: "request".to_owned(),
            pack: pack.version.clone(),
            opened_at: now,
            reported_at: None,
            channel: report.channel.slug().to_owned(),
            kind,
            category,
            class,
            title: report.title.clone(),
            body: report.body.clone(),
            place: report.place.clone(),
            address: report.address.clone(),
            point: report.point.map(|p| (p.lon, p.lat)),
            unit: None,
            phase: Phase::Open,
            outcome: None,
            settled_at: None,
            promised_at: None,
            redo: 0,
            seq: 0,
            as_filed: AsFiled::default(),
        }
    }

    pub(crate) fn file_in(&self, tx: &mut Tx<'_>, prepared: &Prepared, number: &str) -> Result<Filed, CaseError> {
        let Prepared { report, head, said } = prepared;
        let mut head = Head { number: number.to_owned(), ..head.clone() };
        let main = report.joins.as_ref().map(|main| self.joined(tx, &mut head, &report.key, main)).transpose()?;
        let held = Held::new(&head, Vec::new(), self.packs().rules(&head)?, self);
        let mut held = self.open_in(tx, held, &head, report, said.clone())?;
        if let Some(main) = main {
            held.join(tx, &main)?;
        }
        self.close_in(tx, held, head, report)
    }

    /// Opens a case: the first event, and the second where the duty list sends it on.
    pub(super) fn open_in<'p>(
        &self,
        tx: &mut Tx<'_>,
        mut held: Held<'p>,
        head: &Head,
        report: &Report,
        said: Option<Said>,
    ) -> Result<Held<'p>, CaseError> {
        tx.put(&store::ADD_DEED, args![head.key.jurisdiction, &report.key, head.key.id, 1])?;
        let fields: Fields = [("class".to_owned(), Value::from(head.class.as_str()))].into();
        let open = Command::Open { pack: head.pack.clone(), fields };
        let by = if report.channel == Channel::Import { system() } else { crate::viewer::Viewer::Anyone.actor() };
        let event =
            decide(held.rules.flow, &Case::default(), &open, &by, head.opened_at).map_err(CaseError::Refused)?;
        held.take_said(tx, event, said)?;
        if report.dispatch && report.joins.is_none() {
            self.dispatch(tx, &mut held, head)?;
        }
        Ok(held)
    }

    /// Writes the rows of a new case as its events leave it, and who brought it.
    pub(super) fn close_in(
        &self,
        tx: &mut Tx<'_>,
        mut held: Held<'_>,
        head: Head,
        report: &Report,
    ) -> Result<Filed, CaseError> {
        let tracking = self.tracking_code(head.key);
        held.finish_new(tx, &head, report, &crate::digest(tracking.as_bytes()))?;
        vault::put_caller(tx, &self.vault_key, head.key.jurisdiction, head.key.id, &report.caller)?;
        Ok(Filed { key: head.key, number: head.number, tracking, again: false })
    }

    /// The number of the case that a new one joins: open, near by, and what the new one is about.
    fn joined(&self, tx: &mut Tx<'_>, head: &mut Head, key: &str, number: &str) -> Result<String, CaseError> {
        // What was filed already is not asked again whether it may join.
        if tx.first(&store::DONE, &args![head.key.jurisdiction, key])?.is_some() {
            return Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" }));
        }
        let packs = self.packs();
        // What must not be known of answers like what is far, open or closed.
        let far = || CaseError::Field { field: "joins", problem: FieldProblem::Far };
        if let Some(named) = store::by_number(tx, head.key.jurisdiction, number)?
            && !self.may_be_joined(tx, &named)?
        {
            return Err(far());
        }
        let main = self.leading(tx, packs, head.key.jurisdiction, number, "joins")?.head;
        if !near(&head.place).covers(&main.place) || !self.may_be_joined(tx, &main)? {
            return Err(far());
        }
        if head.title.is_empty() {
            let known = packs.current().category(&main.category);
            known.map_or(main.category.as_str(), |c| c.title.zh.as_str()).clone_into(&mut head.title);
        }
        (head.category, head.class, head.kind) = (main.category, main.class, main.kind);
        Ok(main.number)
    }

    /// Sends a new case on by the duty list, where that names a unit.
    fn dispatch(&self, tx: &mut Tx<'_>, held: &mut Held<'_>, head: &Head) -> Result<(), CaseError> {
        let (rules, directory): (Rules<'_>, _) = (held.rules, self.directory());
        let Some(lead) = directory.lead(rules.pack, &head.category, &head.place) else { return Ok(()) };
        let form = [
            ("class".to_owned(), Value::from(head.class.as_str())),
            ("unit".to_owned(), Value::from(lead.org.as_str())),
        ];
        let act = Command::Act {
            step: "triage".into(),
            key: String::new(),
            act: "dispatch".into(),
            form: form.into(),
            seen: None,
        };
        act::check_units(rules, &directory, head, &act)?;
        let event = decide(rules.flow, &held.case, &act, &system(), head.opened_at).map_err(CaseError::Refused)?;
        held.take(tx, event)
    }

    pub(super) async fn filed_before(&self, jurisdiction: Jurisdiction, key: String) -> Result<Filed, CaseError> {
        let found = self.db.read(move |tx: &mut Tx<'_>| {
            let mut row = tx.first(&store::DONE, &args![jurisdiction, &key])?.ok_or(CaseError::NotFound)?;
            store::by_id(tx, CaseKey { jurisdiction, id: row.take()? })?.ok_or(CaseError::NotFound)
        });
        let head = found.await?;
        Ok(Filed { key: head.key, number: head.number, tracking: self.tracking_code(head.key), again: true })
    }

    /// The number of the case that was filed under a client-made key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_under(&self, jurisdiction: Jurisdiction, key: &str) -> Result<Option<String>, DbError> {
        let key = key.to_owned();
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let Some(mut row) = tx.first(&store::DONE, &args![jurisdiction, &key])? else { return Ok(None) };
                Ok(store::by_id(tx, CaseKey { jurisdiction, id: row.take()? })?.map(|head| head.number))
            })
            .await
    }

    /// The code that opens a case to whoever filed it: 12 letters and digits (60 bits) that only this deployment can make.
    pub fn tracking_code(&self, key: CaseKey) -> String {
        let mac = self.vault_key.mac(b"tracking", &[&key.jurisdiction.0.to_be_bytes()[..], &key.id.0[..]].concat());
        // Without I, L, O and U, which are misread.
        let letters = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        mac.iter().take(12).map(|byte| char::from(letters[usize::from(byte % 32)])).collect()
    }

    /// The day that numbers of this instant carry: `260301`.
    pub(crate) fn day(&self, at: Millis) -> i64 {
        let date = self.packs().current().calendar.date_of(at);
        i64::from(date.year() % 100) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
    }
}

/// A checked report with the row that it will make.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) report: Report,
    pub(crate) head: Head,
    /// What was written, where personal data was taken out of it.
    pub(crate) said: Option<Said>,
}

impl Held<'_> {
    /// A new case goes along with the main one.
    fn join(&mut self, tx: &mut Tx<'_>, main: &str) -> Result<(), CaseError> {
        let form = [("main_case".to_owned(), Value::from(main))].into();
        let act = Command::Act { step: "triage".into(), key: String::new(), act: "merge".into(), form, seen: None };
        let at = self.events.last().map_or(Millis(0), |e| e.at);
        let event = decide(self.rules.flow, &self.case, &act, &system(), at).map_err(CaseError::Refused)?;
        self.take(tx, event)
    }

    fn finish_new(
        &mut self,
        tx: &mut Tx<'_>,
        head: &Head,
        report: &Report,
        tracking: &[u8; 32],
    ) -> Result<(), CaseError> {
        let case = &self.case;
        let category = case.field(CATEGORY).as_text().unwrap_or(&head.category).to_owned();
        let filed = (category != head.category).then(|| head.category.clone());
        let moved = self.place != head.place;
        let point = report.point.filter(|_| !moved);
        let head = Head {
            class: case.field("class").as_text().unwrap_or_default().to_owned(),
            category,
            as_filed: AsFiled { category: filed, place: moved.then(|| head.place.clone()) },
            place: self.place.clone(),
            point: point.map(|p| (p.lon, p.lat)),
            unit: case.field("unit").as_text().map(str::to_owned),
            phase: Phase::of(case),
            outcome: case.outcome().map(str::to_owned),
            settled_at: self.settled_at,
            promised_at: self.promised_at(),
            redo: u32::try_from(case.counter("redo")).unwrap_or(u32::MAX),
            seq: case.seq(),
            ..head.clone()
        };
        tx.put(&store::ADD_CASE, store::row(&head, point.map(|p| p.datum), Some(*tracking)))?;
        self.finish_steps(tx)
    }
}

/// Numbers of cases, taken in blocks: a number that each transaction counted up would make all of them wait for each
/// other's sync. A process that ends leaves a gap.
#[derive(Default)]
pub(crate) struct Numbers(Mutex<HashMap<(Jurisdiction, i64), std::ops::Range<i64>>>);

impl Numbers {
    const BLOCK: i64 = 64;

    pub(crate) async fn take(&self, db: &Db, jurisdiction: Jurisdiction, day: i64) -> Result<String, DbError> {
        loop {
            if let Some(n) = self.next(jurisdiction, day) {
                return Ok(number(day, n));
            }
            let block = db.write(move |tx: &mut Tx<'_>| {
                let row = tx.first(&store::TAKE_NUMBERS, &args![jurisdiction, day, Self::BLOCK])?;
                row.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?.take::<i64>()
            });
            let end = block.await?;
            self.add(jurisdiction, day, end - Self::BLOCK + 1..end + 1);
        }
    }

    fn next(&self, jurisdiction: Jurisdiction, day: i64) -> Option<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&(jurisdiction, day))?.next()
    }

    fn add(&self, jurisdiction: Jurisdiction, day: i64, block: std::ops::Range<i64>) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Days that are over need no numbers; imports of history touch many.
        if blocks.len() > 4096 {
            blocks.clear();
        }
        blocks.insert((jurisdiction, day), block);
    }
}

/// Numbers for many new cases at once: as many of each day as it comes up.
pub(crate) fn take_numbers(
    tx: &mut Tx<'_>,
    days: impl Iterator<Item = (Jurisdiction, i64)>,
) -> Result<HashMap<(Jurisdiction, i64), std::ops::RangeFrom<i64>>, DbError> {
    let mut counts: BTreeMap<(Jurisdiction, i64), i64> = BTreeMap::new();
    days.for_each(|day| *counts.entry(day).or_default() += 1);
    let take = |((jurisdiction, day), count): ((Jurisdiction, i64), i64)| {
        let row = tx.first(&store::TAKE_NUMBERS, &args![jurisdiction, day, count])?;
        let end: i64 = row.ok_or(DbError::Rows { sql: "TAKE_NUMBERS", got: 0 })?.take()?;
        Ok(((jurisdiction, day), end - count + 1..))
    };
    counts.into_iter().map(take).collect()
}

/// A number as people say it: the day, and which one of that day.
pub(crate) fn number(day: i64, n: i64) -> String {
    format!("{day:06}-{n:05}")
}

/// Text without control characters and blanks around it.
pub(crate) fn clean(text: &str) -> String {
    let kept: String = text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    kept.trim().to_owned()
}

/// The first sentence, or as much of it as fits in a line: 30 Chinese characters, twice as many Latin ones in whole words.
pub(crate) fn first_words(body: &str) -> String {
    const LINE: usize = 60;
    let stops = ['\n', '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{ff1b}', '!', '?', ';'];
    // A full stop ends a sentence; the point in "3.5" or "No.3" does not.
    let sentences = body.split(stops).flat_map(|part| part.split(". ")).map(|s| s.trim().trim_end_matches('.'));
    let sentence = sentences.into_iter().find(|s| !s.is_empty()).unwrap_or(body);
    let mut wide = 0;
    let over = |c: char| {
        wide += if c.is_ascii() { 1 } else { 2 };
        wide > LINE
    };
    let Some(end) = sentence.find(over) else { return sentence.to_owned() };
    let cut = &sentence[..end];
    let whole = if sentence[end..].starts_with(' ') { cut.len() } else { cut.rfind(' ').unwrap_or(cut.len()) };
    format!("{}\u{2026}", cut[..whole].trim_end())
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_title_is_a_sentence_or_a_line_of_whole_words() {
        assert_eq!(first_words("No.3 has 3.5 m of water. It smells."), "No.3 has 3.5 m of water");
        assert_eq!(
            first_words("The lamp below Heyuan Court, Building 3 has been dark for three nights and nobody came"),
            "The lamp below Heyuan Court, Building 3 has been dark for\u{2026}"
        );
        let lamp = "\u{8def}\u{706f}".repeat(20);
        assert_eq!(first_words(&lamp), "\u{8def}\u{706f}".repeat(15) + "\u{2026}");
        assert_eq!(first_words("\u{706f}\u{574f}\u{4e86}\u{3002}\u{5929}\u{9ed1}"), "\u{706f}\u{574f}\u{4e86}");
        assert_eq!(first_words(&"x".repeat(80)), "x".repeat(60) + "\u{2026}");
    }
}
