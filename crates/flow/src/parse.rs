//! Reads TOML tables key by key, so that every complaint names its line and no key goes unread.

use std::{cell::RefCell, collections::BTreeMap};

use toml::de::{DeTable, DeValue};

use crate::{problem::Problem, text::Text};

/// The file that is read, and what was found wrong with it so far.
pub(crate) struct Doc<'t> {
    file: &'t str,
    text: &'t str,
    /// Where each line starts.
    lines: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

/// A word of the file and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub text: String,
    pub line: usize,
}

/// A table of the file. What is taken from it is gone; what is left at the end is a problem.
pub(crate) struct Reader<'d> {
    doc: &'d Doc<'d>,
    table: DeTable<'d>,
    /// How complaints call the table.
    pub name: String,
    /// Its line.
    pub line: usize,
}

impl<'t> Doc<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Self {
        Self {
            file,
            text,
            lines: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect(),
            problems: RefCell::default(),
        }
    }

    /// The whole file as a table; a problem when it is not TOML.
    pub fn root(&'t self) -> Option<Reader<'t>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(Reader { doc: self, table: table.into_inner(), name: "the flow".to_owned(), line: 1 }),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.wrong(self.line_of(at), format!("not TOML: {}", error.message()));
                None
            }
        }
    }

    pub fn wrong(&self, line: usize, reason: impl Into<String>) {
        self.push(Problem { file: self.file.to_owned(), line, reason: reason.into(), trace: Vec::new() });
    }

    /// A fault that playing the net found. One for each line is enough: the first, which has the shortest way.
    pub fn unsound(&self, line: usize, reason: String, trace: Vec<String>) {
        if self.problems.borrow().iter().any(|problem| problem.line == line) {
            return;
        }
        self.push(Problem { file: self.file.to_owned(), line, reason, trace });
    }

    fn push(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        let known = |old: &Problem| old.line == problem.line && old.reason == problem.reason;
        if !problems.iter().any(known) {
            problems.push(problem);
        }
    }

    pub fn is_clean(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// What was found wrong, in the order of the file.
    pub fn problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        problems
    }

    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at)
    }
}

impl<'d> Reader<'d> {
    /// Complains about this table.
    pub fn wrong(&self, reason: impl Into<String>) {
        self.doc.wrong(self.line, reason);
    }

    /// The names of the tables under this key, without taking them.
    pub fn names_under(&self, key: &str) -> Vec<String> {
        let table = self.table.get(key).and_then(|value| value.get_ref().as_table());
        table.map_or_else(Vec::new, |table| table.keys().map(|name| name.get_ref().to_string()).collect())
    }

    /// Whether the key is there and not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the key holds a table.
    pub fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| value.get_ref().is_table())
    }

    fn take(&mut self, key: &str) -> Option<(usize, DeValue<'d>)> {
        let (name, value) = self.table.remove_entry(key)?;
        Some((self.doc.line_of(name.span().start), value.into_inner()))
    }

    fn mistyped<T>(&self, line: usize, key: &str, expected: &str) -> Option<T> {
        self.doc.wrong(line, format!("`{key}` of {} has to be {expected}", self.name));
        None
    }

    /// A text.
    pub fn word(&mut self, key: &str) -> Option<Word> {
        match self.take(key)? {
            (line, DeValue::String(text)) => Some(Word { text: text.into_owned(), line }),
            (line, _) => self.mistyped(line, key, "a text"),
        }
    }

    /// A text that must be there.
    pub fn need(&mut self, key: &str) -> Option<Word> {
        if !self.has(key) {
            self.wrong(format!("{} needs `{key}`", self.name));
        }
        self.word(key)
    }

    /// A list of texts; none when it is absent.
    pub fn words(&mut self, key: &str) -> Option<Vec<Word>> {
        let (line, value) = self.take(key)?;
        self.as_words(line, key, value)
    }

    fn as_words(&self, line: usize, key: &str, value: DeValue<'d>) -> Option<Vec<Word>> {
        let DeValue::Array(list) = value else {
            return self.mistyped(line, key, "a list of texts");
        };
        let mut words = Vec::new();
        for item in list {
            let line = self.doc.line_of(item.span().start);
            match item.into_inner() {
                DeValue::String(text) => words.push(Word { text: text.into_owned(), line }),
                _ => return self.mistyped(line, key, "a list of texts"),
            }
        }
        Some(words)
    }

    /// One text or a list of them; empty when it is absent.
    pub fn one_or_more(&mut self, key: &str) -> Vec<Word> {
        match self.take(key) {
            None => Vec::new(),
            Some((line, DeValue::String(text))) => vec![Word { text: text.into_owned(), line }],
            Some((line, list)) => self.as_words(line, key, list).unwrap_or_default(),
        }
    }

    /// Yes or no; no when it is absent.
    pub fn yes(&mut self, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some((_, DeValue::Boolean(yes))) => yes,
            Some((line, _)) => self.mistyped(line, key, "true or false").unwrap_or_default(),
        }
    }

    /// A text for people, in both languages.
    pub fn text(&mut self, key: &str) -> Option<(Text, usize)> {
        let mut inner = self.table(key)?;
        let text = Text { zh: inner.need("zh")?.text, en: inner.need("en")?.text };
        let line = inner.line;
        inner.finish();
        if text.zh.is_empty() || text.en.is_empty() {
            return self.mistyped(line, key, "written in both languages");
        }
        Some((text, line))
    }

    /// A text for people that must be there.
    pub fn need_text(&mut self, key: &str) -> Option<Text> {
        if !self.has(key) {
            self.wrong(format!("{} needs `{key}`", self.name));
        }
        self.text(key).map(|(text, _)| text)
    }

    /// Every text for people under a key, by name.
    pub fn texts(&mut self, key: &str) -> BTreeMap<String, Text> {
        let Some(mut inner) = self.table(key) else {
            return BTreeMap::new();
        };
        let names: Vec<String> = inner.table.keys().map(|name| name.get_ref().to_string()).collect();
        names.into_iter().filter_map(|name| inner.text(&name).map(|(text, _)| (name, text))).collect()
    }

    /// A table.
    pub fn table(&mut self, key: &str) -> Option<Reader<'d>> {
        match self.take(key)? {
            (line, DeValue::Table(table)) => Some(self.inner(format!("`{key}` of {}", self.name), line, table)),
            (line, _) => self.mistyped(line, key, "a table"),
        }
    }

    /// The tables under a key, with their names, in the order of the file.
    pub fn tables(&mut self, key: &str) -> Vec<(String, Reader<'d>)> {
        let mut found = Vec::new();
        let Some(outer) = self.table(key) else {
            return found;
        };
        let mut entries: Vec<_> = outer.table.into_iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let line = self.doc.line_of(name.span().start);
            let name = name.into_inner().into_owned();
            if !is_name(&name) {
                self.doc.wrong(line, format!("`{name}` is not a name: write small letters, digits, _ and -"));
            }
            match value.into_inner() {
                DeValue::Table(table) => {
                    let title = format!("{key} `{name}`");
                    found.push((name, self.inner(title, line, table)));
                }
                _ => self.doc.wrong(line, format!("{key} `{name}` has to be a table")),
            }
        }
        found
    }

    /// A list of tables, as `[[key]]` writes it.
    pub fn list(&mut self, key: &str) -> Vec<Reader<'d>> {
        let (line, items) = match self.take(key) {
            None => return Vec::new(),
            Some((line, DeValue::Array(items))) => (line, items),
            Some((line, _)) => return self.mistyped(line, key, "a list of tables").unwrap_or_default(),
        };
        let mut readers = Vec::new();
        for item in items {
            let at = self.doc.line_of(item.span().start);
            match item.into_inner() {
                DeValue::Table(table) => readers.push(self.inner(format!("{key} of {}", self.name), at, table)),
                _ => return self.mistyped(line, key, "a list of tables").unwrap_or_default(),
            }
        }
        readers
    }

    /// Every entry of a table whose values are texts or lists of texts, in the order of the file.
    pub fn entries(&mut self, key: &str) -> Vec<(Word, Vec<Word>)> {
        let Some(mut inner) = self.table(key) else {
            return Vec::new();
        };
        let mut names: Vec<(usize, String)> =
            inner.table.keys().map(|name| (name.span().start, name.get_ref().to_string())).collect();
        names.sort();
        let read = |(at, text): (usize, String)| {
            let values = inner.one_or_more(&text);
            let line = self.doc.line_of(at);
            (Word { text, line }, values)
        };
        names.into_iter().map(read).collect()
    }

    fn inner(&self, name: String, line: usize, table: DeTable<'d>) -> Reader<'d> {
        Reader { doc: self.doc, table, name, line }
    }

    /// Complains about every key that nobody took.
    pub fn finish(self) {
        for key in self.table.keys() {
            let line = self.doc.line_of(key.span().start);
            self.doc.wrong(line, format!("{} has no key `{}`", self.name, key.get_ref()));
        }
    }
}

/// Whether a text can name a step, an act, a clock or an outcome.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_' || c == b'-')
}
