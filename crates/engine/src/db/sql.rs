//! Statements: written once with `$1, $2, …`, registered so that a test prepares every one on both databases.

use std::{fmt::Write as _, sync::OnceLock};

use super::Value;

/// Which database a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Lite,
    /// PostgreSQL.
    Pg,
}

/// A statement. Made by `statements!` only, so that none escapes the test that prepares all of them.
pub struct Sql {
    /// Its name, for messages.
    pub name: &'static str,
    text: &'static str,
    lite: OnceLock<String>,
    pg: OnceLock<String>,
    lite_rows: OnceLock<Option<String>>,
    pg_rows: OnceLock<Option<String>>,
}

impl Sql {
    #[doc(hidden)]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            lite: OnceLock::new(),
            pg: OnceLock::new(),
            lite_rows: OnceLock::new(),
            pg_rows: OnceLock::new(),
        }
    }

    /// The text for a dialect.
    pub fn text(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Lite => self.lite.get_or_init(|| render(self.text, dialect)),
            Dialect::Pg => self.pg.get_or_init(|| render(self.text, dialect)),
        }
    }

    /// The text that writes [`ROWS`] rows at once, where this one is an `INSERT` of one row of arguments.
    pub fn rows_text(&self, dialect: Dialect) -> Option<&str> {
        let make = || Insert::of(&phrases(self.text, dialect)).map(|insert| numbered(insert.rows(ROWS), dialect));
        match dialect {
            Dialect::Lite => self.lite_rows.get_or_init(make).as_deref(),
            Dialect::Pg => self.pg_rows.get_or_init(make).as_deref(),
        }
    }

    /// The `COPY` that PostgreSQL takes the same rows by, where the row is nothing but its arguments.
    pub(super) fn copy_text(&self) -> Option<String> {
        let text = phrases(self.text, Dialect::Pg);
        let insert = Insert::of(&text).filter(Insert::is_plain)?;
        let table = insert.head.trim().strip_prefix("INSERT INTO ")?.strip_suffix("VALUES")?;
        Some(format!("COPY {} FROM STDIN BINARY", table.trim()))
    }
}

/// An `INSERT` taken apart: what stands before, in and after the bracket of its one row.
struct Insert<'t> {
    head: &'t str,
    row: &'t str,
    tail: &'t str,
    width: usize,
}

impl<'t> Insert<'t> {
    /// Nothing when the text is no `INSERT … VALUES (…)` with all its arguments in that bracket.
    fn of(text: &'t str) -> Option<Self> {
        let at = text.find("VALUES (")? + "VALUES ".len();
        let (head, rest) = text.split_at(at);
        let mut depth = 0;
        let end = rest.char_indices().find_map(|(i, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (depth == 0).then_some(i + 1)
        })?;
        let (row, tail) = rest.split_at(end);
        let fits = head.trim_start().starts_with("INSERT") && !head.contains('$') && !tail.contains('$');
        let numbers = row.split('$').skip(1).map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse().unwrap_or(0)
        });
        fits.then(|| Self { head, row, tail, width: numbers.max().unwrap_or(0) })
    }

    /// The text for so many rows, their arguments numbered on.
    fn rows(&self, count: usize) -> String {
        let mut out = self.head.to_owned();
        for n in 0..count {
            out.push_str(if n == 0 { "" } else { ", " });
            let mut parts = self.row.split('$');
            out.push_str(parts.next().unwrap_or_default());
            for part in parts {
                let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
                let number = part[..digits].parse::<usize>().unwrap_or_default() + n * self.width;
                let _ = write!(out, "${number}{}", &part[digits..]);
            }
        }
        out.push_str(self.tail);
        out
    }

    /// Whether the row is `$1, $2, …` and nothing follows.
    fn is_plain(&self) -> bool {
        let row = self.row.trim_matches(['(', ')']).split(',').map(str::trim);
        self.tail.trim().is_empty() && row.enumerate().all(|(i, part)| part == format!("${}", i + 1))
    }
}

/// The columns of the row of a case `c`, in the order in which `cases` reads them.
const HEAD: &str = "c.jurisdiction, c.id, c.number, c.flow, c.pack, c.opened_at, c.reported_at, c.channel, c.kind, c.category,
    c.class, c.title, c.body, c.place, c.address, c.lon, c.lat, c.unit, c.phase, c.outcome, c.settled_at, c.promised_at, c.redo, c.seq,
    c.filed_category, c.filed_place";

/// The columns of a new case, in the order in which `cases` writes them.
const CASE: &str =
    "jurisdiction, id, number, flow, pack, opened_at, reported_at, channel, kind, category, class, title, body,
    place, address, lon, lat, datum, unit, tracking, phase, outcome, settled_at, promised_at, redo, seq, indexed,
    filed_category, filed_place";

/// Rows that one statement writes at once where many are written.
pub(crate) const ROWS: usize = 50;

/// The few places where the two databases need other words. In a schema `@…` names a type, in a query `{…}` a phrase;
/// `{{for SQLite||for PostgreSQL}}` is for what is said once only.
const WORDS: [(&str, &str, &str); 14] = [
    ("@INT", "INTEGER", "BIGINT"),
    ("@ID", "BLOB", "UUID"),
    ("@TEXT", "TEXT", "TEXT"),
    // Codes and keys sort by bytes on both, so that a prefix is a range.
    ("@CODE", "TEXT", "TEXT COLLATE \"C\""),
    ("@REAL", "REAL", "DOUBLE PRECISION"),
    ("@BYTES", "BLOB", "BYTEA"),
    ("@BOOL", "INTEGER", "BOOLEAN"),
    ("@CLUSTERED", "STRICT, WITHOUT ROWID", ""),
    ("@ROWS", "STRICT", ""),
    ("{yes}", "1", "TRUE"),
    ("{head}", HEAD, HEAD),
    ("{case}", CASE, CASE),
    // SQLite has one writer: nothing changes beside it.
    ("{share}", "", "FOR SHARE OF c"),
    ("{skip_locked}", "", "FOR UPDATE SKIP LOCKED"),
];

pub(super) fn render(text: &str, dialect: Dialect) -> String {
    numbered(phrases(text, dialect), dialect)
}

fn phrases(text: &str, dialect: Dialect) -> String {
    let mut out = text.to_owned();
    for (word, lite, pg) in WORDS {
        out = out.replace(word, if dialect == Dialect::Lite { lite } else { pg });
    }
    while let Some((head, rest)) = out.split_once("{{") {
        let Some(((lite, pg), tail)) =
            rest.split_once("}}").and_then(|(both, tail)| Some((both.split_once("||")?, tail)))
        else {
            break;
        };
        out = format!("{head}{}{tail}", if dialect == Dialect::Lite { lite } else { pg });
    }
    out
}

/// SQLite numbers `$2 … $1` by first appearance and would swap arguments silently; `?1` is the number it says.
fn numbered(text: String, dialect: Dialect) -> String {
    if dialect == Dialect::Lite { text.replace('$', "?") } else { text }
}

/// A list query whose filters are chosen at run time: a registered head, the filters that apply, a fixed tail. In a
/// filter each `$$` is the next argument. The text that results is prepared once for each combination.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    args: Vec<Value>,
}

impl Filter {
    /// Starts from a registered `SELECT … WHERE …` and the arguments in it.
    pub fn of(head: &'static Sql, args: Vec<Value>) -> Self {
        Self { text: head.text.to_owned(), args }
    }

    /// Whether it starts from this head.
    pub(crate) fn begins(&self, head: &'static Sql) -> bool {
        self.text.starts_with(head.text)
    }

    /// Adds `AND …`.
    pub fn and(&mut self, condition: &str, args: impl IntoIterator<Item = Value>) -> &mut Self {
        self.text.push_str(" AND ");
        let mut parts = condition.split("$$");
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, arg) in parts.zip(args) {
            self.args.push(arg);
            let _ = write!(self.text, "${}{part}", self.args.len());
        }
        self
    }

    /// Adds the order and a limit of rows.
    pub fn tail(&mut self, order: &str, limit: usize) -> &mut Self {
        let _ = write!(self.text, " {order} LIMIT {limit}");
        self
    }

    pub(super) fn render(&self, dialect: Dialect) -> String {
        render(&self.text, dialect)
    }

    pub(super) fn args(&self) -> &[Value] {
        &self.args
    }
}

/// Declares the statements of one store and its list `STATEMENTS`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) static $name: $crate::db::Sql = $crate::db::Sql::new(stringify!($name), $text);)*
        pub(crate) static STATEMENTS: &[&$crate::db::Sql] = &[$(&$name),*];
    };
}
pub(crate) use statements;
