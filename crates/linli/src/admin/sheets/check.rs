//! Checks every row of an upload against the directory as the other rows will leave it, and says what would be done.
//! Pure: the tables and what is there in, the report and the steps out.

use std::collections::{BTreeMap, HashMap, HashSet};

use linli_engine::{
    db::{DbError, Tx},
    directory::{self, Directory, Duty, Edit, Org, Place, Share},
    ids::{DutyId, Jurisdiction, Level, PlaceCode, SeatId},
    pack::Pack,
    record::{Act, Deed},
    seats::{self, Account, Login, Seat, keep},
};
use linli_worktime::Millis;
use serde_json::Value as Json;

use super::{
    columns::{Kind, LANGS, plain, spellings},
    names::Names,
    people,
    read::{Book, Line, Table, trimmed},
    report::{Mistake, Other, Report, Said, TableReport, Verdict},
};
use crate::{
    admin::{
        form::Wrong,
        model::{self, Check},
        words,
    },
    web::{forms::Sent, i18n::text},
};

/// Accounts read at once.
const SCAN: usize = 500;

/// What is there now.
pub struct There {
    /// Places, units, duties.
    pub directory: Directory,
    /// The accounts by login.
    pub accounts: BTreeMap<Login, Account>,
    /// The seats that are held.
    pub seats: Vec<Seat>,
}

impl There {
    /// Reads it, whole.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<Self, DbError> {
        let directory = directory::load(tx, home)?;
        let (mut accounts, mut after) = (BTreeMap::new(), None);
        loop {
            let some = seats::accounts(tx, home, after.as_ref(), SCAN)?;
            let full = some.len() == SCAN;
            after = some.last().map(|a| a.login.clone());
            accounts.extend(some.into_iter().map(|a| (a.login.clone(), a)));
            if !full {
                break;
            }
        }
        Ok(Self { directory, accounts, seats: keep::seats_now(tx, home, now)? })
    }
}

/// Who checks.
#[derive(Clone)]
pub struct Reader {
    /// The language in which refusals name things.
    pub lang: &'static str,
    /// The tables that they may change.
    pub may: Vec<Kind>,
    /// Their own login, to which they may do nothing.
    pub own: Option<Login>,
}

/// Something to be done.
#[derive(Clone, Debug)]
pub enum Step {
    /// To the directory.
    Edit(Edit),
    /// Opens an account.
    Open { login: Login, name: String },
    /// Gives an account another name.
    Rename { login: Login, name: String },
    /// Shuts an account.
    Shut { login: Login },
    /// Grants a seat; its id and its account's are given when it is done.
    Grant { login: Login, seat: Seat },
    /// Ends a seat.
    End { login: Login, seat: SeatId },
}

/// What a check found and what is to be done.
pub struct Checked {
    /// The report.
    pub report: Report,
    /// What is to be done for the good rows.
    pub steps: Vec<Step>,
}

/// The check under way.
pub(super) struct Work<'w> {
    pub there: &'w There,
    pub after: Directory,
    pub names: Names,
    pub pack: &'w Pack,
    pub reader: &'w Reader,
    pub now: Millis,
    pub steps: Vec<Step>,
}

/// Checks all tables that the reader may change.
pub fn check(book: &Book, there: &There, reader: &Reader, pack: &Pack, now: Millis) -> Checked {
    let (after, names) = (there.directory.clone(), Names::of(&there.directory));
    let mut work = Work { there, after, names, pack, reader, now, steps: Vec::new() };
    let mut report = Report { notes: book.notes.clone(), ..Report::default() };
    for table in &book.tables {
        if !reader.may.contains(&table.kind) {
            report.notes.push(Said::new("sheet-not-yours").with("sheet", &table.sheet));
            continue;
        }
        report.tables.push(match table.kind {
            Kind::Places => work.places(table),
            Kind::Orgs => work.orgs(table),
            Kind::Accounts => people::accounts(&mut work, table),
            Kind::Seats => people::seats(&mut work, table, book),
            Kind::Duties => work.duties(table),
        });
    }
    report.plan = digest(&work.steps, &there.directory);
    Checked { report, steps: work.steps }
}

/// A digest over what would be done and what it would be done to.
fn digest(steps: &[Step], before: &Directory) -> String {
    let mut text = String::new();
    for step in steps {
        let line = match step {
            // The id of a new row of the duty list is drawn anew each time.
            Step::Edit(edit @ Edit::Duty(_)) => format!("{:?}", before.deed(edit).map(|d| (d.act, d.became))),
            Step::Edit(edit) => format!("{:?}", before.deed(edit)),
            Step::Open { login, name } => format!("open {} {name}", login.as_str()),
            Step::Rename { login, name } => format!("rename {} {name}", login.as_str()),
            Step::Shut { login } => format!("shut {}", login.as_str()),
            Step::Grant { login, seat } => {
                format!("grant {} {} {} {}", login.as_str(), seat.org, seat.role, seat.place)
            }
            Step::End { login, seat } => format!("end {} {seat}", login.as_str()),
        };
        text.push_str(&line);
        text.push('\n');
    }
    linli_engine::hex(&linli_engine::digest(text.as_bytes()))
}

/// What the column of states says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing: as it is.
    AsIs,
    /// In use.
    Live,
    /// No more.
    Ended,
}

/// A row of a table on its way through the check.
pub(super) struct Going<K> {
    pub line: u32,
    pub name: String,
    pub key: Option<K>,
    pub state: State,
    pub wrong: Vec<Mistake>,
}

/// Reads the column of states; in the words of either language.
pub(super) fn state(table: &Table, line: &Line, wrong: &mut Vec<Mistake>) -> State {
    let said = plain(table.cell(line, "state"));
    let is = |key: &str| spellings(key).contains(&said);
    if said.is_empty() {
        State::AsIs
    } else if is("sheet-state-live") {
        State::Live
    } else if is("sheet-state-ended") {
        State::Ended
    } else {
        wrong.push(mistake(table, "state", Said::new("state").with("words", table.cell(line, "state"))));
        State::AsIs
    }
}

pub(super) fn mistake(table: &Table, field: &str, said: Said) -> Mistake {
    // What is said of retiring stands in the column of states.
    let field = if field == "retire" { "state" } else { field };
    let letter = table.at(field).map(|(letter, _)| letter).unwrap_or_default();
    Mistake { letter, field: field.to_owned(), said }
}

pub(super) fn mistakes(table: &Table, wrong: &[Wrong]) -> Vec<Mistake> {
    wrong.iter().map(|w| mistake(table, w.field, Said::from(w))).collect()
}

/// The same of a row: a word that is none of the choices is said so, rather than asked for.
pub(super) fn of_row(table: &Table, line: &Line, wrong: &[Wrong]) -> Vec<Mistake> {
    let mut found = mistakes(table, wrong);
    for one in found.iter_mut().filter(|m| m.said.key == "choose") {
        let cell = table.cell(line, &one.field);
        if !cell.is_empty() {
            one.said = Said::new("choice").with("words", cell);
        }
    }
    found
}

/// What is wrong with the cells themselves, and a key that an earlier row has already.
pub(super) fn cells<K: std::hash::Hash + Eq + Clone>(
    table: &Table,
    line: &Line,
    key: Option<&K>,
    field: &str,
    seen: &mut HashMap<K, u32>,
) -> Vec<Mistake> {
    let columns = table.kind.columns();
    let mut wrong: Vec<Mistake> =
        line.wrong.iter().map(|(at, said)| mistake(table, columns[*at].field, said.clone())).collect();
    if let Some(key) = key {
        match seen.get(key) {
            Some(first) => wrong.push(mistake(table, field, Said::new("row-twice").with("line", first))),
            None => drop(seen.insert(key.clone(), line.line)),
        }
    }
    wrong
}

/// What a row changes, from how it will be recorded.
pub(super) fn verdict(deed: Option<Deed>) -> Option<Verdict> {
    let deed = deed?;
    if deed.act == Act::Added {
        return Some(Verdict::New);
    }
    let (Some(Json::Object(was)), Some(Json::Object(becomes))) = (&deed.was, &deed.became) else {
        return Some(Verdict::Changed(Vec::new()));
    };
    let other = |(key, new): (&String, &Json)| {
        let old = was.get(key).unwrap_or(&Json::Null);
        let field = if key == "retired" { "state" } else { key }.to_owned();
        (old != new).then(|| Other { was: shown(key, old), becomes: shown(key, new), field })
    };
    Some(Verdict::Changed(becomes.iter().filter_map(other).collect()))
}

fn shown(key: &str, value: &Json) -> String {
    match value {
        Json::Bool(ended) if key == "retired" => if *ended { "ended" } else { "live" }.to_owned(),
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" / "),
        other => other.to_string(),
    }
}

pub(super) fn sent(fields: impl IntoIterator<Item = (&'static str, String)>) -> Sent {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), vec![value]));
    Sent { fields: fields.collect(), files: Vec::new() }
}

/// A cell, or what is there where the file has no such column.
fn kept(table: &Table, line: &Line, field: &'static str, old: Option<String>) -> (&'static str, String) {
    let value = if table.has(field) { table.cell(line, field).to_owned() } else { old.unwrap_or_default() };
    (field, value)
}

impl<'w> Work<'w> {
    pub(super) fn form<'c>(&'c self, sent: &'c Sent) -> Check<'c> {
        Check::new(&self.after, sent, self.reader.lang).by_names(&self.names)
    }

    fn put_place(&mut self, place: Place) {
        self.names.put_place(&place);
        self.after.put(Edit::Place(place));
    }

    fn put_org(&mut self, org: Org) {
        self.names.put_org(&org);
        self.after.put(Edit::Org(org));
    }

    fn places(&mut self, table: &Table) -> TableReport {
        let mut order: Vec<&Line> = table.rows.iter().collect();
        // A parent's code begins its children's: in the order of codes it comes first, wherever it stands in the file.
        order.sort_by_key(|line| table.cell(line, "code"));
        let (mut seen, mut going, mut bad) = (HashMap::new(), Vec::new(), HashMap::new());
        for line in order {
            let row = self.place(table, line, &mut seen, &bad);
            if let (false, Some(code)) = (row.wrong.is_empty(), table.cell(line, "code").parse::<PlaceCode>().ok()) {
                bad.insert(code, line.line);
            }
            going.push(row);
        }
        for row in going.iter_mut().rev().filter(|r| r.state == State::Ended && r.wrong.is_empty()) {
            let place = row.key.as_ref().and_then(|code| self.after.place(code)).cloned();
            let Some(place) = place.filter(|p| p.retired_at.is_none()) else { continue };
            match model::retired_place(&self.after, &place, self.reader.lang, self.now) {
                Ok(place) => self.put_place(place),
                Err(wrong) => {
                    row.wrong = mistakes(table, &[wrong]);
                    if let Some(old) = self.there.directory.place(&place.code).cloned() {
                        self.put_place(old);
                    }
                }
            }
        }
        let edit = |work: &Self, code: &PlaceCode| work.after.place(code).cloned().map(Edit::Place);
        self.finish(table, going, edit)
    }

    fn place(
        &mut self,
        table: &Table,
        line: &Line,
        seen: &mut HashMap<PlaceCode, u32>,
        bad: &HashMap<PlaceCode, u32>,
    ) -> Going<PlaceCode> {
        let text = table.cell(line, "code");
        let code = text.parse::<PlaceCode>().ok();
        let mut wrong = cells(table, line, code.as_ref(), "code", seen);
        let state = state(table, line, &mut wrong);
        let old = code.as_ref().and_then(|c| self.after.place(c)).cloned();
        let name = format!("{text} {}", table.cell(line, "zh"));
        // What is no more stays as it was, unless it is to be there again.
        let gone = state != State::Live && old.as_ref().is_some_and(|p| p.retired_at.is_some());
        if wrong.is_empty() && !gone {
            let (was, point) = (old.as_ref(), old.as_ref().and_then(|p| p.point));
            let sent = sent([
                ("code", text.to_owned()),
                ("parent", String::new()),
                kept(table, line, "zh", None),
                kept(table, line, "en", was.map(|p| p.name.en.clone())),
                ("aliases", aliases(table, line, was)),
                kept(table, line, "lon", point.map(|(lon, _)| lon.to_string())),
                kept(table, line, "lat", point.map(|(_, lat)| lat.to_string())),
            ]);
            match self.form(&sent).place(old.as_ref()).map_err(|w| mistakes(table, &w)) {
                Ok(place) => match self.place_fits(table, place, old.is_some(), state, bad) {
                    Ok(place) => self.put_place(place),
                    Err(said) => wrong.push(said),
                },
                Err(found) => wrong = found,
            }
        }
        Going { line: line.line, name, key: code, state, wrong }
    }

    /// What else a place of a table has to be: below one that is there, and what its state says.
    fn place_fits(
        &self,
        table: &Table,
        place: Place,
        is_old: bool,
        state: State,
        bad: &HashMap<PlaceCode, u32>,
    ) -> Result<Place, Mistake> {
        let above = place.code.upwards().skip(1);
        if let Some(line) = above.filter_map(|c| bad.get(&c)).next().filter(|_| !is_old) {
            return Err(mistake(table, "code", Said::new("row-parent-wrong").with("line", line)));
        }
        let has_parent = place.code.upwards().skip(1).any(|c| self.after.place(&c).is_some());
        if let Some(parent) = place.code.parent().filter(|_| !has_parent && place.code.level() > Level::Street) {
            return Err(mistake(table, "code", Said::new("no-parent").with("parent", parent)));
        }
        match state {
            State::Ended if !is_old => Err(mistake(table, "state", Said::new("new-ended"))),
            State::Live if place.retired_at.is_some() => {
                let again = model::restored_place(&self.after, &place, self.reader.lang);
                again.map_err(|w| mistake(table, w.field, Said::from(&w)))
            }
            _ => Ok(place),
        }
    }

    fn orgs(&mut self, table: &Table) -> TableReport {
        let mut waiting: Vec<&Line> = table.rows.iter().collect();
        let (mut seen, mut going) = (HashMap::new(), Vec::new());
        while !waiting.is_empty() {
            // A unit waits for the one above it, wherever that stands in the file.
            let coming: HashSet<&str> =
                waiting.iter().flat_map(|l| [table.cell(l, "id"), table.cell(l, "zh")]).filter(|w| !w.is_empty()).collect();
            let there = |parent: &str| self.names.org(&self.after, "parent", parent).is_ok();
            let (mut ready, later): (Vec<&Line>, Vec<&Line>) = waiting.iter().partition(|line| {
                let parent = table.cell(line, "parent");
                parent.is_empty() || there(parent) || !coming.contains(parent)
            });
            waiting = later;
            if ready.is_empty() {
                ready = std::mem::take(&mut waiting);
            }
            going.extend(ready.into_iter().map(|line| self.org(table, line, &mut seen)));
        }
        self.retire_orgs(table, &mut going);
        going.sort_by_key(|row| row.line);
        let edit = |work: &Self, id: &String| work.after.org(id).cloned().map(Edit::Org);
        // A unit after the one above it.
        let depth = |work: &Self, id: &str| {
            let above = |id: &String| work.after.org(id).and_then(|o| o.parent.as_ref()).map(ToString::to_string);
            std::iter::successors(Some(id.to_owned()), above).take(20).count()
        };
        let first = self.steps.len();
        let report = self.finish(table, going, edit);
        let mut own = self.steps.split_off(first);
        own.sort_by_key(|step| if let Step::Edit(Edit::Org(org)) = step { depth(self, org.id.as_str()) } else { 0 });
        self.steps.extend(own);
        report
    }

    /// Units go as long as another that was in the way goes too.
    fn retire_orgs(&mut self, table: &Table, going: &mut [Going<String>]) {
        let mut left: Vec<usize> =
            (0..going.len()).filter(|i| going[*i].state == State::Ended && going[*i].wrong.is_empty()).collect();
        loop {
            let before = left.len();
            left.retain(|i| {
                let org = going[*i].key.as_deref().and_then(|id| self.after.org(id)).cloned();
                let Some(org) = org.filter(|o| o.retired_at.is_none()) else { return false };
                match model::retired_org(&self.after, &org, self.reader.lang, self.now) {
                    Ok(org) => {
                        self.put_org(org);
                        false
                    }
                    Err(wrong) => {
                        going[*i].wrong = mistakes(table, &[wrong]);
                        true
                    }
                }
            });
            if left.len() == before || left.is_empty() {
                break;
            }
            left.iter().for_each(|i| going[*i].wrong.clear());
        }
        for i in left {
            let old = going[i].key.as_deref().and_then(|id| self.there.directory.org(id)).cloned();
            old.into_iter().for_each(|old| self.put_org(old));
        }
    }

    fn org(&mut self, table: &Table, line: &Line, seen: &mut HashMap<String, u32>) -> Going<String> {
        let id = table.cell(line, "id").to_owned();
        let key = (!id.is_empty()).then(|| id.clone());
        let mut wrong = cells(table, line, key.as_ref(), "id", seen);
        let state = state(table, line, &mut wrong);
        let old = self.after.org(&id).cloned();
        let gone = state != State::Live && old.as_ref().is_some_and(|o| o.retired_at.is_some());
        if wrong.is_empty() && !gone {
            let was = old.as_ref();
            let kind = chosen(table.cell(line, "kind"), "admin-kind", &directory::OrgKind::ALL.map(|k| k.slug()));
            let function = function(self.pack, table.cell(line, "function"));
            let sent = sent([
                ("id", id.clone()),
                kept(table, line, "zh", None),
                kept(table, line, "en", was.map(|o| o.name.en.clone())),
                ("kind", kind),
                ("function", function),
                kept(table, line, "place", None),
                kept(table, line, "parent", was.and_then(|o| o.parent.as_ref()).map(ToString::to_string)),
                kept(table, line, "phone", was.and_then(|o| o.phone.clone())),
            ]);
            match self.form(&sent).org(was).map_err(|w| of_row(table, line, &w)) {
                Ok(_) if state == State::Ended && old.is_none() => {
                    wrong.push(mistake(table, "state", Said::new("new-ended")));
                }
                Ok(org) if state == State::Live && org.retired_at.is_some() => {
                    match model::restored_org(&self.after, &org, self.reader.lang) {
                        Ok(org) => self.put_org(org),
                        Err(w) => wrong = mistakes(table, &[w]),
                    }
                }
                Ok(org) => self.put_org(org),
                Err(found) => wrong = found,
            }
        }
        let name = format!("{id} {}", table.cell(line, "zh"));
        Going { line: line.line, name, key, state, wrong }
    }

    fn duties(&mut self, table: &Table) -> TableReport {
        let mut report = TableReport::new(table.kind, &table.sheet);
        let mut seen = HashMap::new();
        for line in &table.rows {
            let shown = ["category", "place", "org"].map(|field| table.cell(line, field));
            let verdict = match self.duty(table, line, &mut seen) {
                Ok(verdict) => verdict,
                Err(wrong) => Some(Verdict::Wrong(wrong)),
            };
            report.add(line.line, shown.join(" \u{b7} "), verdict);
        }
        report
    }

    fn duty(
        &mut self,
        table: &Table,
        line: &Line,
        seen: &mut HashMap<(String, String, String), u32>,
    ) -> Result<Option<Verdict>, Vec<Mistake>> {
        let category = category(self.pack, table.cell(line, "category")).map_err(|w| mistakes(table, &[w]))?;
        let below = self.below(table, line)?;
        let entry = if below { format!("{category}.*") } else { category.clone() };
        let mut found = Vec::new();
        let place = self.names.place(&self.after, "place", table.cell(line, "place"));
        let org = self.names.org(&self.after, "org", table.cell(line, "org"));
        let place = place.map(|p| p.code.clone()).map_err(|w| found.push(w)).ok();
        let org = org.map(|o| o.id.clone()).map_err(|w| found.push(w)).ok();
        let key = place.as_ref().zip(org.as_ref()).map(|(p, o)| (entry.clone(), p.to_string(), o.to_string()));
        let mut wrong = cells(table, line, key.as_ref(), "category", seen);
        let state = state(table, line, &mut wrong);
        wrong.extend(mistakes(table, &found));
        let (true, Some((_, at, unit))) = (wrong.is_empty(), key) else { return Err(wrong) };
        let same = |d: &&Duty| d.category == entry && d.place.as_str() == at && d.org.as_str() == unit;
        let old = self.after.duties().iter().find(same).cloned();
        if state == State::Ended {
            return Ok(old.map(|old| {
                self.after.put(Edit::EndDuty(old.clone()));
                self.steps.push(Step::Edit(Edit::EndDuty(old)));
                let (was, becomes) = ("live".to_owned(), "ended".to_owned());
                Verdict::Changed(vec![Other { field: "state".to_owned(), was, becomes }])
            }));
        }
        let part = chosen(table.cell(line, "part"), "admin-share", &[Share::Lead.slug(), Share::Assist.slug()]);
        let sent = sent([
            ("category", category),
            ("below", if below { "on" } else { "" }.to_owned()),
            ("place", at),
            ("org", unit),
            ("part", part),
            kept(table, line, "basis", None),
        ]);
        old.iter().cloned().for_each(|old| self.after.put(Edit::EndDuty(old)));
        let new = self.form(&sent).duty(self.pack, DutyId::new());
        let new = new.map_err(|w| {
            old.iter().cloned().for_each(|old| self.after.put(Edit::Duty(old)));
            of_row(table, line, &w)
        })?;
        Ok(self.duty_steps(old, new))
    }

    fn below(&self, table: &Table, line: &Line) -> Result<bool, Vec<Mistake>> {
        let said = plain(table.cell(line, "below"));
        if said.is_empty() || spellings("sheet-no").contains(&said) {
            return Ok(false);
        }
        if spellings("sheet-yes").contains(&said) {
            return Ok(true);
        }
        Err(vec![mistake(table, "below", Said::new("yes-no").with("words", table.cell(line, "below")))])
    }

    /// Ends the old row where the new one says something else.
    fn duty_steps(&mut self, old: Option<Duty>, new: Duty) -> Option<Verdict> {
        let verdict = match &old {
            None => Verdict::New,
            Some(old) => {
                let facts = [
                    ("part", old.part.slug(), new.part.slug()),
                    ("basis", old.basis.as_str(), new.basis.as_str()),
                ];
                let others = facts.into_iter().filter(|(_, was, becomes)| was != becomes);
                Verdict::Changed(
                    others
                        .map(|(field, was, becomes)| Other {
                            field: field.to_owned(),
                            was: was.to_owned(),
                            becomes: becomes.to_owned(),
                        })
                        .collect(),
                )
            }
        };
        if let (Verdict::Changed(others), Some(old)) = (&verdict, &old)
            && others.is_empty()
        {
            self.after.put(Edit::Duty(old.clone()));
            return None;
        }
        self.steps.extend(old.map(|old| Step::Edit(Edit::EndDuty(old))));
        self.after.put(Edit::Duty(new.clone()));
        self.steps.push(Step::Edit(Edit::Duty(new)));
        Some(verdict)
    }

    /// Makes the report of a table of places or units, and the steps of its good rows.
    fn finish<K>(
        &mut self,
        table: &Table,
        going: Vec<Going<K>>,
        edit: impl Fn(&Self, &K) -> Option<Edit>,
    ) -> TableReport {
        let mut report = TableReport::new(table.kind, &table.sheet);
        for row in going {
            if !row.wrong.is_empty() {
                report.add(row.line, row.name, Some(Verdict::Wrong(row.wrong)));
                continue;
            }
            let edit = row.key.as_ref().and_then(|key| edit(self, key));
            let deed = edit.as_ref().and_then(|edit| self.there.directory.deed(edit));
            let verdict = verdict(deed);
            if verdict.is_some() {
                self.steps.extend(edit.map(Step::Edit));
            }
            report.add(row.line, row.name, verdict);
        }
        report.rows.sort_by_key(|row| row.line);
        report
    }
}

/// Other names, one a line. What the program wrote itself is taken as it was.
fn aliases(table: &Table, line: &Line, old: Option<&Place>) -> String {
    let cell = table.cell(line, "aliases");
    let joined = old.map(|place| place.aliases.join("\n")).unwrap_or_default();
    if !table.has("aliases") || trimmed(&joined) == cell {
        return joined;
    }
    let signs: &[char] =
        if cell.contains('\n') { &['\n'] } else { &['\u{3001}', '\u{ff0c}', ',', '\u{ff1b}', ';', '|', '/'] };
    cell.split(signs).map(trimmed).filter(|a| !a.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The slug that a cell means: itself, or what it is called in either language. The cell where it means none of them.
pub(super) fn chosen(cell: &str, key: &str, slugs: &[&str]) -> String {
    let means = |slug: &&&str| {
        let named = |lang| plain(&text(lang, &format!("{key}-{slug}"), &[])) == plain(cell);
        plain(slug) == plain(cell) || LANGS.into_iter().any(named)
    };
    slugs.iter().find(means).map_or_else(|| cell.to_owned(), |slug| (*slug).to_owned())
}

fn function(pack: &Pack, cell: &str) -> String {
    let known = words::functions(pack);
    let named: Vec<&str> = known.iter().map(String::as_str).chain(words::OTHER_FUNCTIONS).collect();
    let named: Vec<&str> = named.into_iter().filter(|f| words::has_function(f)).collect();
    chosen(cell, "admin-function", &named)
}

/// The category that a cell names by its code or its title.
fn category(pack: &Pack, cell: &str) -> Result<String, Wrong> {
    if cell.is_empty() {
        return Err(Wrong::new("category", "missing"));
    }
    if let Some(category) = pack.category(cell) {
        return Ok(category.code.clone());
    }
    let found: Vec<_> = pack.categories().iter().filter(|c| c.title.zh == cell || c.title.en == cell).collect();
    match found.as_slice() {
        [one] => Ok(one.code.clone()),
        [] => Err(Wrong::new("category", "unknown-category").with("words", cell)),
        several => {
            let codes: Vec<&str> = several.iter().map(|c| c.code.as_str()).collect();
            Err(Wrong::new("category", "several").with("found", codes.join(" / ")))
        }
    }
}
