//! What a check found, to be shown now or later, in either language.

use linli_engine::limits;
use serde::{Deserialize, Serialize};

use super::columns::Kind;
use crate::web::i18n::{Lang, text};

/// A sentence: the text `admin-wrong-…` and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The text.
    pub key: String,
    /// Its arguments.
    pub args: Vec<(String, String)>,
    /// An argument that is itself a list of texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<(String, Vec<String>)>,
    /// Whether something of the file is left out because of it.
    #[serde(default)]
    pub bad: bool,
}

impl Said {
    /// A sentence without arguments.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new(), list: None, bad: false }
    }

    /// With an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// With an argument that is a list of texts.
    #[must_use]
    pub fn of(mut self, name: &str, keys: Vec<String>) -> Self {
        self.list = Some((name.to_owned(), keys));
        self
    }

    /// As a fault.
    #[must_use]
    pub fn bad(self) -> Self {
        Self { bad: true, ..self }
    }

    /// In words; `field` is what the column is called.
    pub fn words(&self, lang: Lang, field: &str) -> String {
        let mut args: Vec<(&str, String)> = self.args.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
        if let Some((name, keys)) = &self.list {
            let words = keys.iter().map(|key| text(lang, key, &[])).collect::<Vec<_>>().join(" \u{b7} ");
            args.push((name, words));
        }
        args.push(("field", field.to_owned()));
        let args: Vec<_> = args.iter().map(|(n, v)| (*n, v.as_str().into())).collect();
        text(lang, &format!("admin-wrong-{}", self.key), &args)
    }
}

impl From<&super::super::form::Wrong> for Said {
    fn from(wrong: &super::super::form::Wrong) -> Self {
        let args = wrong.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { key: wrong.key.to_owned(), args, list: None, bad: false }
    }
}

/// A mistake in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// The letter of the column, where the file has it.
    pub letter: String,
    /// The column, as a field of its table; empty where the whole row is meant.
    pub field: String,
    /// What is wrong and what to do.
    pub said: Said,
}

/// A fact that a row changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The column.
    pub field: String,
    /// What it is.
    pub was: String,
    /// What it is to be.
    pub becomes: String,
}

/// What a row does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Something new.
    New,
    /// Something that is there becomes another.
    Changed(Vec<Other>),
    /// It cannot be put in.
    Wrong(Vec<Mistake>),
}

/// A row that does something, or cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The number beside it.
    pub line: u32,
    /// What it is about, as people say it.
    pub name: String,
    /// What it does.
    pub verdict: Verdict,
}

/// What the check of one table found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Which table.
    pub kind: Kind,
    /// On which sheet.
    pub sheet: String,
    /// Rows that are new.
    pub new: usize,
    /// Rows that change something.
    pub changed: usize,
    /// Rows that are so already.
    pub same: usize,
    /// Rows that cannot be put in.
    pub wrong: usize,
    /// The rows, those without effect left out.
    pub rows: Vec<Row>,
}

impl TableReport {
    /// One without rows yet.
    pub fn new(kind: Kind, sheet: &str) -> Self {
        Self { kind, sheet: sheet.to_owned(), new: 0, changed: 0, same: 0, wrong: 0, rows: Vec::new() }
    }

    /// Adds a row; none for one that is so already.
    pub fn add(&mut self, line: u32, name: String, verdict: Option<Verdict>) {
        match &verdict {
            None => self.same += 1,
            Some(Verdict::New) => self.new += 1,
            Some(Verdict::Changed(_)) => self.changed += 1,
            Some(Verdict::Wrong(_)) => self.wrong += 1,
        }
        self.rows.extend(verdict.map(|verdict| Row { line, name, verdict }));
    }

    fn cut(&mut self) {
        // Mistakes first, then changes, then what is new; each in the order of the sheet.
        let rank = |row: &Row| match row.verdict {
            Verdict::Wrong(_) => 0,
            Verdict::Changed(_) => 1,
            Verdict::New => 2,
        };
        self.rows.sort_by_key(|row| (rank(row), row.line));
        self.rows.truncate(limits::REPORT_ROWS);
    }
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What is to be said of the file as a whole.
    pub notes: Vec<Said>,
    /// Table by table.
    pub tables: Vec<TableReport>,
    /// Of what would be done: the same digest later means that nothing has changed meanwhile.
    pub plan: String,
}

impl Report {
    /// Rows that would be put in.
    pub fn good(&self) -> usize {
        self.tables.iter().map(|t| t.new + t.changed).sum()
    }

    /// Rows that cannot be put in.
    pub fn wrong(&self) -> usize {
        self.tables.iter().map(|t| t.wrong).sum()
    }

    /// As it is kept: with so many rows as a page can show.
    pub fn kept(mut self) -> Self {
        self.tables.iter_mut().for_each(TableReport::cut);
        self
    }
}
