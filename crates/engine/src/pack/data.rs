//! `data.toml`: what is kept of people, in which columns, why, by what right, who sees it, how long, and what happens then. The
//! notice that people read is printed from it, and what goes by itself goes by it.

use std::collections::{BTreeMap, BTreeSet};

use linli_flow::Text;

use super::{
    Mark,
    head::mark,
    read::{Names, Once, Table, Word},
};
use crate::{
    retention::{Since, Sort},
    words::words,
};

/// A day, milliseconds.
pub const DAY_MS: i64 = 24 * 3_600_000;

words! {
    /// What happens to data when its time is over.
    Then, "what happens to data in the end":
    /// What leads to a person goes, the rest stays.
    Forgotten = "forgotten",
    /// All of it goes.
    Removed = "removed",
    /// It stays.
    Kept = "kept",
}

/// How long something is kept, and from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// So many.
    pub n: i64,
    /// Years of 365 days instead of days.
    pub years: bool,
    /// From when.
    pub since: Since,
}

impl Kept {
    /// The same in days.
    pub fn days(self) -> i64 {
        self.n.saturating_mul(if self.years { 365 } else { 1 })
    }

    /// The same in milliseconds.
    pub fn ms(self) -> i64 {
        self.days().saturating_mul(DAY_MS)
    }
}

/// A kind of data that is kept of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its short name.
    pub id: String,
    /// What goes by itself, where it does.
    pub sort: Option<Sort>,
    /// Where it stands: columns by their table.
    pub columns: BTreeMap<String, BTreeSet<String>>,
    /// What people call it.
    pub title: Text,
    /// What it is for.
    pub purpose: Text,
    /// By what right.
    pub basis: Text,
    /// The source that says so, and where in it.
    pub source: (String, String),
    /// Who gives it.
    pub from: Text,
    /// Who sees it.
    pub seen_by: Text,
    /// Why it cannot be done without, where it is sensitive (PIPL art. 28).
    pub sensitive: Option<Text>,
    /// How long it is kept; nothing where no time is set.
    pub kept: Option<Kept>,
    /// Why so long.
    pub why: Text,
    /// How well the time is known: law, or the choice of an office.
    pub mark: Mark,
    /// What happens then.
    pub then: Then,
    /// Whether it is given of one's own free will and can be taken back.
    pub consent: bool,
    /// Whether it is of those who work here.
    pub staff: bool,
}

/// All of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// What is kept of people, in the order of the file.
    pub entries: Vec<Entry>,
    /// Tables in which nothing is of people.
    pub plain: BTreeSet<String>,
}

pub(super) fn read(mut root: Table<'_>, sources: &Names) -> Registry {
    let (mut ids, mut columns, mut tables) = (Once::default(), Once::default(), Once::default());
    let plain = root.words("nothing_personal");
    plain.iter().for_each(|table| tables.check(&root, table));
    let known = tables.names();
    let entries: Vec<Entry> =
        root.list("data").into_iter().map(|table| entry(table, sources, &known, &mut ids, &mut columns)).collect();
    for sort in Sort::ALL.iter().filter(|sort| entries.iter().all(|entry| entry.sort != Some(**sort))) {
        root.wrong(format!("there is no entry `{sort}`: say how long that is kept"));
    }
    root.end();
    Registry { entries, plain: known }
}

fn entry(mut table: Table<'_>, sources: &Names, plain: &BTreeSet<String>, ids: &mut Once, once: &mut Once) -> Entry {
    let id = table.need_name("id");
    ids.check(&table, &id);
    let sort = id.text.parse().ok();
    let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for word in table.words("columns") {
        once.check(&table, &word);
        match word.text.split_once('.') {
            Some((of, _)) if plain.contains(of) => {
                table.wrong_at(word.line, format!("`{of}` is among the tables with nothing personal"));
            }
            Some((of, column)) => drop(columns.entry(of.to_owned()).or_default().insert(column.to_owned())),
            None => table.wrong_at(word.line, format!("`{}` is not a column: write table.column", word.text)),
        }
    }
    let source = table.need("source");
    sources.check(&table, &source);
    let then = table.need("then");
    let then = table.parsed(&then).unwrap_or(Then::Kept);
    let entry = Entry {
        columns,
        title: table.need_text("title"),
        purpose: table.need_text("purpose"),
        basis: table.need_text("basis"),
        source: (source.text, table.need("article").text),
        from: table.need_text("from"),
        seen_by: table.need_text("seen_by"),
        sensitive: table.table("sensitive").map(Table::into_text),
        kept: kept(&mut table, &id, sort),
        why: table.need_text("why"),
        mark: mark(&mut table),
        then,
        consent: table.truth("consent"),
        staff: table.truth("staff"),
        id: id.text,
        sort,
    };
    table.end();
    entry
}

/// How long, where the program sees to it: a time that nobody keeps must not stand in a notice.
fn kept(table: &mut Table<'_>, id: &Word, sort: Option<Sort>) -> Option<Kept> {
    let (keep, after) = (table.word("keep"), table.word("after"));
    let Some(sort) = sort else {
        if let Some(word) = keep.or(after) {
            table.wrong_at(
                word.line,
                format!("the program does not remove `{}` by itself: leave `keep` and `after` out", id.text),
            );
        }
        return None;
    };
    let (Some(keep), Some(after)) = (keep, after) else {
        table.wrong_at(id.line, format!("`{}` needs `keep` and `after`", id.text));
        return None;
    };
    if after.text != sort.since().as_str() {
        table.wrong_at(after.line, format!("the time of `{sort}` runs from `{}`, not `{}`", sort.since(), after.text));
    }
    let span = [("d", false), ("y", true)].into_iter().find_map(|(unit, years)| {
        let n: u16 = keep.text.strip_suffix(unit)?.parse().ok()?;
        Some(Kept { n: i64::from(n), years, since: sort.since() })
    });
    let Some(span) = span else {
        table.wrong_at(keep.line, format!("`{}` is not a time: write days or years, as in 90d or 3y", keep.text));
        return None;
    };
    if span.days() < sort.least_days() {
        let least = sort.least_days();
        table.wrong_at(keep.line, format!("`{sort}` is kept {least} days at least; `{}` is less", keep.text));
    }
    Some(span)
}
