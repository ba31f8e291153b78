//! Checks every row of an upload against the directory as the other rows will leave it, and says what would be done.
//! Pure: the tables and what is there in, the report and the steps out.

use std::collections::{BTreeMap, HashMap};

use linli_engine::{
    db::{DbError, Tx},
    directory::{self, Directory, Edit, Org, Place},
    ids::{Jurisdiction, SeatId},
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
    read::{Book, Line, Table},
    report::{Mistake, Other, Report, Said, TableReport, Verdict},
};
use crate::{
    admin::{form::Wrong, model::Check},
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
pub(super) fn kept(table: &Table, line: &Line, field: &'static str, old: Option<String>) -> (&'static str, String) {
    let value = if table.has(field) { table.cell(line, field).to_owned() } else { old.unwrap_or_default() };
    (field, value)
}

impl<'w> Work<'w> {
    pub(super) fn form<'c>(&'c self, sent: &'c Sent) -> Check<'c> {
        Check::new(&self.after, sent, self.reader.lang).by_names(&self.names)
    }

    pub(super) fn put_place(&mut self, place: Place) {
        self.names.put_place(&place);
        self.after.put(Edit::Place(place));
    }

    pub(super) fn put_org(&mut self, org: Org) {
        self.names.put_org(&org);
        self.after.put(Edit::Org(org));
    }

    /// Makes the report of a table of places or units, and the steps of its good rows.
    pub(super) fn finish<K>(
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

/// The slug that a cell means: itself, or what it is called in either language. The cell where it means none of them.
pub(super) fn chosen(cell: &str, key: &str, slugs: &[&str]) -> String {
    let means = |slug: &&&str| {
        let named = |lang| plain(&text(lang, &format!("{key}-{slug}"), &[])) == plain(cell);
        plain(slug) == plain(cell) || LANGS.into_iter().any(named)
    };
    slugs.iter().find(means).map_or_else(|| cell.to_owned(), |slug| (*slug).to_owned())
}
