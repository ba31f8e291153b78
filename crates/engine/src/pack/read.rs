//! Reads TOML tables key by key, so that every complaint names its line and no key goes unread. What is missing or
//! mistyped is noted and read as empty: a pack with a problem is never handed out.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use linli_flow::{Problem, Text};
use linli_worktime::Date;
use toml::de::{DeTable, DeValue};

/// What is wrong with a pack so far.
pub(super) type Found = RefCell<Vec<Problem>>;

/// A file of the pack.
pub(super) struct Doc<'t> {
    file: &'t str,
    text: &'t str,
    /// Where each line ends.
    ends: Vec<usize>,
    found: &'t Found,
}

/// A word of a file and where it stands.
#[derive(Clone, Default)]
pub(super) struct Word {
    pub text: String,
    pub line: usize,
}

/// A table of a file. What is taken from it is gone; what is left at the end is a problem.
pub(super) struct Table<'d> {
    doc: &'d Doc<'d>,
    entries: DeTable<'d>,
    /// How complaints call it.
    name: String,
    line: usize,
}

/// The names that a file may speak of; any, where the file that states them could not be read.
pub(super) struct Names {
    pub what: &'static str,
    pub all: Option<BTreeSet<String>>,
}

/// Names that may stand only once, with their lines.
#[derive(Default)]
pub(super) struct Once(BTreeMap<String, usize>);

pub(super) fn note(found: &Found, file: &str, line: usize, reason: impl Into<String>) {
    let problem = Problem { file: file.to_owned(), line, reason: reason.into(), trace: Vec::new() };
    found.borrow_mut().push(problem);
}

impl<'t> Doc<'t> {
    pub fn new(file: &'t str, text: &'t str, found: &'t Found) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { file, text, ends, found }
    }

    /// The whole file as a table; problems when it is not TOML.
    pub fn root(&'t self) -> Option<Table<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            note(self.found, self.file, self.line_of(at), format!("not TOML: {}", error.message()));
        }
        let root = Table { doc: self, entries: table.into_inner(), name: format!("`{}`", self.file), line: 1 };
        errors.is_empty().then_some(root)
    }

    fn line_of(&self, at: usize) -> usize {
        self.ends.partition_point(|end| *end < at) + 1
    }
}

impl<'d> Table<'d> {
    /// Complains about this table.
    pub fn wrong(&self, reason: impl Into<String>) {
        self.wrong_at(self.line, reason);
    }

    /// Complains about a line of this table's file.
    pub fn wrong_at(&self, line: usize, reason: impl Into<String>) {
        note(self.doc.found, self.doc.file, line, reason);
    }

    fn take(&mut self, key: &str) -> Option<(usize, DeValue<'d>)> {
        let (name, value) = self.entries.remove_entry(key)?;
        Some((self.doc.line_of(name.span().start), value.into_inner()))
    }

    fn mistyped(&self, line: usize, key: &str, expected: &str) {
        self.wrong_at(line, format!("`{key}` of {} has to be {expected}", self.name));
    }

    /// Whether it says anything under this key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn must_have(&self, key: &str) {
        if !self.entries.contains_key(key) {
            self.wrong(format!("{} needs `{key}`", self.name));
        }
    }

    /// A text that is not empty.
    pub fn word(&mut self, key: &str) -> Option<Word> {
        match self.take(key)? {
            (line, DeValue::String(text)) if !text.trim().is_empty() => Some(Word { text: text.into_owned(), line }),
            (line, _) => {
                self.mistyped(line, key, "a text, and not empty");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn need(&mut self, key: &str) -> Word {
        self.must_have(key);
        self.word(key).unwrap_or_default()
    }

    /// A short name that must be there: small letters, digits, `_`, `-` and `.`.
    pub fn need_name(&mut self, key: &str) -> Word {
        let word = self.need(key);
        self.check_name(&word);
        word
    }

    fn check_name(&self, word: &Word) {
        let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
        if !word.text.chars().all(is_letter) {
            let reason = format!("`{}` is not a short name: write small letters, digits, _, - and .", word.text);
            self.wrong_at(word.line, reason);
        }
    }

    /// What a word says.
    pub fn parsed<T: FromStr<Err: Display>>(&self, word: &Word) -> Option<T> {
        if word.text.is_empty() {
            return None;
        }
        word.text.parse().map_err(|error| self.wrong_at(word.line, format!("{error}"))).ok()
    }

    /// One of a few words that must be there.
    pub fn need_one_of<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let word = self.need(key);
        let found = words.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
        if found.is_none() && !word.text.is_empty() {
            let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
            self.wrong_at(word.line, format!("`{key}` cannot be `{}`: write {}", word.text, names.join(", ")));
        }
        found
    }

    /// A list of texts that are not empty; an empty list when it is absent.
    pub fn words(&mut self, key: &str) -> Vec<Word> {
        let Some((line, value)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.mistyped(line, key, "a list of texts");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in items {
            let line = self.doc.line_of(item.span().start);
            match item.into_inner() {
                DeValue::String(text) if !text.trim().is_empty() => words.push(Word { text: text.into_owned(), line }),
                _ => self.mistyped(line, key, "a list of texts, none of them empty"),
            }
        }
        words
    }

    /// A whole number that must be there, from 1.
    pub fn need_count(&mut self, key: &str) -> Option<i64> {
        self.must_have(key);
        self.count(key)
    }

    /// A whole number from 1.
    pub fn count(&mut self, key: &str) -> Option<i64> {
        let line = self.line_of(key);
        let number = self.number(key)?;
        if number < 1 {
            self.mistyped(line, key, "a whole number from 1");
        }
        Some(number)
    }

    fn line_of(&self, key: &str) -> usize {
        self.entries.get_key_value(key).map_or(self.line, |(name, _)| self.doc.line_of(name.span().start))
    }

    /// A whole number.
    pub fn number(&mut self, key: &str) -> Option<i64> {
        let (line, value) = self.take(key)?;
        let number = value.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.mistyped(line, key, "a whole number");
        }
        number
    }

    /// A number that must be there and is not below zero, with or without a point.
    pub fn need_decimal(&mut self, key: &str) -> f64 {
        self.must_have(key);
        self.decimal(key).map_or(0.0, |(_, number)| number)
    }

    /// A number that is not below zero, with or without a point.
    pub fn decimal(&mut self, key: &str) -> Option<(usize, f64)> {
        let (line, value) = self.take(key)?;
        let whole = value.as_integer().filter(|n| n.radix() == 10).map(|n| n.as_str());
        let digits = value.as_float().map(|n| n.as_str()).or(whole);
        let number = digits.and_then(|text| text.parse().ok()).filter(|n: &f64| n.is_finite() && *n >= 0.0);
        if number.is_none() {
            self.mistyped(line, key, "a number, not below zero");
        }
        Some((line, number?))
    }

    /// Whether something is so; it is not when it is absent.
    pub fn truth(&mut self, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some((_, DeValue::Boolean(truth))) => truth,
            Some((line, _)) => {
                self.mistyped(line, key, "true or false");
                false
            }
        }
    }

    /// A day that must be there.
    pub fn need_date(&mut self, key: &str) -> Date {
        self.must_have(key);
        let Some((line, value)) = self.take(key) else { return Date::default() };
        let plain = value.as_datetime().filter(|at| at.time.is_none() && at.offset.is_none());
        plain.and_then(|at| at.date?.to_string().parse().ok()).unwrap_or_else(|| {
            self.mistyped(line, key, "a day, as in 2026-01-01");
            Date::default()
        })
    }

    /// A text for people that must be there, in both languages.
    pub fn need_text(&mut self, key: &str) -> Text {
        self.need_table(key).map(Self::into_text).unwrap_or_default()
    }

    /// This table as a text for people, in both languages.
    pub fn into_text(mut self) -> Text {
        let text = Text { zh: self.need("zh").text, en: self.need("en").text };
        self.end();
        text
    }

    /// A table that must be there.
    pub fn need_table(&mut self, key: &str) -> Option<Self> {
        self.must_have(key);
        self.table(key)
    }

    /// A table.
    pub fn table(&mut self, key: &str) -> Option<Self> {
        match self.take(key)? {
            (line, DeValue::Table(entries)) => {
                Some(Self { doc: self.doc, entries, name: format!("`{key}` of {}", self.name), line })
            }
            (line, _) => {
                self.mistyped(line, key, "a table");
                None
            }
        }
    }

    /// The tables of a list, as `[[key]]` writes it; an empty list when it is absent.
    pub fn list(&mut self, key: &str) -> Vec<Self> {
        let Some((line, value)) = self.take(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.mistyped(line, key, "a list of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let line = self.doc.line_of(item.span().start);
            match item.into_inner() {
                DeValue::Table(entries) => {
                    tables.push(Self { doc: self.doc, entries, name: format!("this `{key}`"), line });
                }
                _ => self.mistyped(line, key, "a list of tables"),
            }
        }
        tables
    }

    /// Every table that is left, with its name, in the order of the file.
    pub fn tables(&mut self) -> Vec<(Word, Self)> {
        let named = |table: &mut Self, name: Word| table.table(&name.text).map(|inner| (name, inner));
        self.keys().into_iter().filter_map(|name| named(self, name)).collect()
    }

    /// Every text that is left, with its key, in the order of the file.
    pub fn rest(&mut self) -> Vec<(Word, Word)> {
        let keyed = |table: &mut Self, key: Word| table.word(&key.text).map(|word| (key, word));
        self.keys().into_iter().filter_map(|key| keyed(self, key)).collect()
    }

    fn keys(&self) -> Vec<Word> {
        let mut keys: Vec<_> = self.entries.keys().collect();
        keys.sort_by_key(|key| key.span().start);
        let word = |text: &str, at| Word { text: text.to_owned(), line: self.doc.line_of(at) };
        let keys: Vec<_> = keys.into_iter().map(|key| word(key.get_ref(), key.span().start)).collect();
        keys.iter().for_each(|key| self.check_name(key));
        keys
    }

    /// Complains about every key that nobody took.
    pub fn end(self) {
        for key in self.entries.keys() {
            let line = self.doc.line_of(key.span().start);
            self.wrong_at(line, format!("{} has no key `{}`: is it misspelt?", self.name, key.get_ref()));
        }
    }
}

impl Names {
    /// Complains when there is no such name; says whether there is.
    pub fn check(&self, table: &Table<'_>, word: &Word) -> bool {
        let known = self.all.as_ref().is_none_or(|all| all.contains(&word.text));
        if !known && !word.text.is_empty() {
            let what = self.what;
            table.wrong_at(word.line, format!("no {what} is called `{}`{}", word.text, self.offer()));
        }
        known
    }

    /// The names themselves, where they are few enough to be read.
    fn offer(&self) -> String {
        let names: Vec<_> = self.all.iter().flatten().map(String::as_str).collect();
        match names.len() {
            0 => ": there is none".to_owned(),
            1..=12 => format!(": there is {}", names.join(", ")),
            _ => String::new(),
        }
    }
}

impl Once {
    /// Complains when this name was there before.
    pub fn check(&mut self, table: &Table<'_>, word: &Word) {
        if word.text.is_empty() {
            return;
        }
        match self.0.get(&word.text) {
            Some(line) => table.wrong_at(word.line, format!("`{}` is there already, on line {line}", word.text)),
            None => {
                self.0.insert(word.text.clone(), word.line);
            }
        }
    }

    /// The names so far.
    pub fn names(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }
}
