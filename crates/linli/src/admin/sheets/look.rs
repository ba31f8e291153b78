//! What a report says, in the reader's words.

use linli_engine::directory::Directory;

use super::{
    columns::Kind,
    report::{Report, Verdict},
};
use crate::{
    admin::words,
    web::{Page, i18n::has},
};

/// A table of a report, as a page shows it.
pub struct TableLook {
    pub title: String,
    pub sheet: String,
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    pub wrong: usize,
    pub mistakes: Vec<MistakeLook>,
    pub others: Vec<OtherLook>,
    pub news: Vec<(u32, String)>,
    /// Rows that only the file of the report shows.
    pub more: usize,
}

/// A mistake.
pub struct MistakeLook {
    pub line: u32,
    /// `B` and what the column is called.
    pub letter: String,
    pub column: String,
    pub name: String,
    pub words: String,
}

/// A fact that changes.
pub struct OtherLook {
    pub line: u32,
    pub name: String,
    pub what: String,
    pub was: String,
    pub becomes: String,
}

/// All tables of a report.
pub fn tables(page: &Page, directory: &Directory, report: &Report) -> Vec<TableLook> {
    let look = |table: &super::report::TableReport| {
        let kind = table.kind;
        let mut out = TableLook {
            title: kind.title(page.lang()),
            sheet: table.sheet.clone(),
            new: table.new,
            changed: table.changed,
            same: table.same,
            wrong: table.wrong,
            mistakes: Vec::new(),
            others: Vec::new(),
            news: Vec::new(),
            more: (table.new + table.changed + table.wrong).saturating_sub(table.rows.len()),
        };
        for row in &table.rows {
            match &row.verdict {
                Verdict::New => out.news.push((row.line, row.name.clone())),
                Verdict::Wrong(mistakes) => out.mistakes.extend(mistakes.iter().map(|m| {
                    let column = if m.field.is_empty() { String::new() } else { kind.header(&m.field, page.lang()) };
                    let words = m.said.words(page.lang(), &column);
                    MistakeLook { line: row.line, letter: m.letter.clone(), column, name: row.name.clone(), words }
                })),
                Verdict::Changed(others) => out.others.extend(others.iter().map(|o| OtherLook {
                    line: row.line,
                    name: row.name.clone(),
                    what: kind.header(&o.field, page.lang()),
                    was: value(page, directory, &o.field, &o.was),
                    becomes: value(page, directory, &o.field, &o.becomes),
                })),
            }
        }
        out
    };
    report.tables.iter().map(look).collect()
}

/// A value in words: what is written as a short word or a code has a name.
pub fn value(page: &Page, directory: &Directory, field: &str, raw: &str) -> String {
    if raw.is_empty() {
        return page.t("sheet-nothing");
    }
    let named = |key: String| if has(page.lang(), &key) { page.t(&key) } else { raw.to_owned() };
    match field {
        "kind" => named(format!("admin-kind-{raw}")),
        "function" => words::function(page, raw),
        "part" => named(format!("admin-share-{raw}")),
        "role" => page.role(raw),
        "state" => named(format!("sheet-state-{raw}")),
        "org" | "parent" => page.org(raw),
        "category" => words::entry(page, raw),
        "place" => match raw.parse() {
            Ok(code) => words::place(page, directory, &code),
            Err(_) => raw.to_owned(),
        },
        _ => raw.to_owned(),
    }
}

/// The columns of a table, for the help beside the upload.
pub fn columns(page: &Page, kind: Kind) -> Vec<(String, bool)> {
    let shown = kind.columns().iter().filter(|c| c.sort != super::columns::Sort::Shown);
    shown.map(|c| (kind.header(c.field, page.lang()), c.needed)).collect()
}
