//! Writes tables: the template with its help, the export that reads back as itself, the report with its problems.

use std::collections::BTreeMap;

use linli_engine::{
    directory::{Duty, Org, OrgKind, Place, Share},
    limits,
    pack::Pack,
    seats::{Role, Seat},
};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::{
    apply::Issued,
    check::There,
    columns::{Column, Kind, LANGS, Sort, plain, spellings},
    read::Book,
    report::{Report, Verdict},
};
use crate::{
    admin::words,
    web::{
        download::escaped,
        i18n::{Lang, text},
    },
};

/// Rows of a template that offer their choices.
const CHOICE_ROWS: u32 = 5_000;

/// A row that is written: a cell for each column.
type Cells = Vec<String>;

/// What tables are written from.
pub struct Writer<'w> {
    /// The language of headers and words.
    pub lang: Lang,
    /// The rules in force: roles, categories.
    pub pack: &'w Pack,
}

/// Whether a sheet is one that the program wrote beside its tables.
pub fn is_own_sheet(name: &str) -> bool {
    let own = |key: &str| LANGS.into_iter().any(|lang| text(lang, key, &[]) == name);
    own("sheet-help") || own("sheet-lists")
}

/// Whether a header is the one of the column of problems.
pub fn is_problem_header(shown: &str) -> bool {
    spellings("sheet-problem").contains(&plain(shown))
}

impl Writer<'_> {
    fn t(&self, key: &str) -> String {
        text(self.lang, key, &[])
    }

    fn state(&self, ended: bool) -> String {
        self.t(if ended { "sheet-state-ended" } else { "sheet-state-live" })
    }

    fn place(&self, p: &Place) -> Cells {
        let point = p.point.map(|(lon, lat)| (lon.to_string(), lat.to_string())).unwrap_or_default();
        let (zh, en) = (p.name.zh.clone(), p.name.en.clone());
        vec![p.code.to_string(), zh, en, p.aliases.join("\n"), point.0, point.1, self.state(p.retired_at.is_some())]
    }

    fn org(&self, there: &There, o: &Org) -> Cells {
        vec![
            o.id.to_string(),
            o.name.zh.clone(),
            o.name.en.clone(),
            self.t(&format!("admin-kind-{}", o.kind.slug())),
            self.function(&o.function),
            o.place.to_string(),
            self.place_name(there, o.place.as_str()),
            o.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            o.phone.clone().unwrap_or_default(),
            self.state(o.retired_at.is_some()),
        ]
    }

    fn function(&self, slug: &str) -> String {
        if words::has_function(slug) { self.t(&format!("admin-function-{slug}")) } else { slug.to_owned() }
    }

    fn place_name(&self, there: &There, code: &str) -> String {
        let place = code.parse().ok().and_then(|code| there.directory.place(&code));
        place.map_or_else(String::new, |p| p.name.get(self.lang.code()).to_owned())
    }

    fn org_name(&self, there: &There, id: &str) -> String {
        there.directory.org(id).map_or_else(String::new, |o| o.name.get(self.lang.code()).to_owned())
    }

    fn seat(&self, there: &There, seat: &Seat) -> Option<Cells> {
        let account = there.accounts.values().find(|a| a.id == seat.account && !a.disabled)?;
        Some(vec![
            account.login.as_str().to_owned(),
            account.name.clone(),
            seat.org.to_string(),
            self.org_name(there, seat.org.as_str()),
            self.role(seat.role),
            seat.place.to_string(),
            self.place_name(there, seat.place.as_str()),
            self.state(false),
        ])
    }

    fn role(&self, role: Role) -> String {
        let title = self.pack.role(role.as_str()).map(|r| r.title.get(self.lang.code()).to_owned());
        title.unwrap_or_else(|| role.as_str().to_owned())
    }

    fn duty(&self, there: &There, d: &Duty) -> Cells {
        let (category, below) = d.category.strip_suffix(".*").map_or((d.category.as_str(), false), |c| (c, true));
        vec![
            category.to_owned(),
            self.t(if below { "sheet-yes" } else { "sheet-no" }),
            d.place.to_string(),
            self.place_name(there, d.place.as_str()),
            d.org.to_string(),
            self.org_name(there, d.org.as_str()),
            self.t(&format!("admin-share-{}", d.part.slug())),
            d.basis.clone(),
            self.state(false),
        ]
    }

    /// The rows of a table, as they are now.
    pub fn rows(&self, kind: Kind, there: &There) -> Vec<Cells> {
        match kind {
            Kind::Places => there.directory.places().map(|p| self.place(p)).collect(),
            Kind::Orgs => there.directory.orgs().map(|o| self.org(there, o)).collect(),
            Kind::Accounts => {
                let row = |a: &linli_engine::seats::Account| {
                    vec![a.login.as_str().to_owned(), a.name.clone(), self.state(a.disabled)]
                };
                there.accounts.values().map(row).collect()
            }
            Kind::Seats => there.seats.iter().filter_map(|s| self.seat(there, s)).collect(),
            Kind::Duties => there.directory.duties().iter().map(|d| self.duty(there, d)).collect(),
        }
    }

    /// A table as CSV, with the mark by which Excel knows UTF-8.
    pub fn csv(&self, kind: Kind, there: &There) -> Vec<u8> {
        let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let header = kind.columns().iter().map(|c| kind.header(c.field, self.lang));
        // Writing into memory cannot fail.
        let _ = out.write_record(header);
        for row in self.rows(kind, there) {
            let cells = row.iter().zip(kind.columns());
            let cells = cells.map(|(text, c)| if c.sort == Sort::Number { text.clone() } else { escaped(text) });
            let _ = out.write_record(cells);
        }
        out.into_inner().unwrap_or_default()
    }

    /// The tables as a workbook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn export(&self, kinds: &[Kind], there: &There) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let looks = Looks::new();
        for kind in kinds {
            let sheet = self.sheet(book.add_worksheet(), *kind, &looks, 0)?;
            for (at, row) in (1_u32..).zip(self.rows(*kind, there)) {
                for (column, (text, about)) in row.iter().zip(kind.columns()).enumerate() {
                    write(sheet, at, column, text, about, &looks.of(about))?;
                }
            }
        }
        self.lists(&mut book, kinds)?;
        book.save_to_buffer()
    }

    /// Empty tables with a page of help, and lists to choose from.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn template(&self, kinds: &[Kind]) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let looks = Looks::new();
        self.help(book.add_worksheet(), kinds, &looks)?;
        for kind in kinds {
            self.sheet(book.add_worksheet(), *kind, &looks, 0)?;
        }
        self.lists(&mut book, kinds)?;
        book.save_to_buffer()
    }

    /// The rows of an upload that could not be put in, each with what is wrong before it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn problems(&self, book_in: &Book, report: &Report) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let looks = Looks::new();
        let mut kinds = Vec::new();
        for table in &book_in.tables {
            let Some(found) = report.tables.iter().find(|t| t.kind == table.kind && t.wrong > 0) else { continue };
            let sheet = self.sheet(book.add_worksheet(), table.kind, &looks, 1)?;
            sheet.set_column_width(0, 48)?;
            sheet.write_string_with_format(0, 0, self.t("sheet-problem"), &looks.head)?;
            let wrong = found.rows.iter().filter_map(|row| match &row.verdict {
                Verdict::Wrong(mistakes) => Some((row.line, mistakes)),
                _ => None,
            });
            let wrong: BTreeMap<u32, _> = wrong.collect();
            let rows = table.rows.iter().filter_map(|line| Some((line, wrong.get(&line.line)?)));
            for (at, (line, mistakes)) in (1_u32..).zip(rows) {
                let said = mistakes.iter().map(|m| {
                    let header = table.at(&m.field).map_or_else(String::new, |(_, header)| header);
                    m.said.words(self.lang, &header)
                });
                let said = said.collect::<Vec<_>>().join("\n");
                sheet.write_string_with_format(at, 0, escaped(&said), &looks.wrong)?;
                for (column, (text, about)) in line.cells.iter().zip(table.kind.columns()).enumerate() {
                    let bad = mistakes.iter().any(|m| m.field == about.field);
                    let look = if bad { looks.wrong.clone().set_num_format("@") } else { looks.of(about) };
                    write(sheet, at, column + 1, text, about, &look)?;
                }
            }
            kinds.push(table.kind);
        }
        if kinds.is_empty() {
            book.add_worksheet().write_string(0, 0, self.t("sheet-no-problems"))?;
        }
        self.lists(&mut book, &kinds)?;
        book.save_to_buffer()
    }

    /// First passwords, as a table to be kept safe until they are handed out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn passwords(&self, issued: &[Issued]) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let looks = Looks::new();
        let sheet = book.add_worksheet();
        let headers = ["sheet-accounts-login", "sheet-accounts-name", "sheet-password"];
        for (column, key) in (0_u16..).zip(headers) {
            sheet.set_column_width(column, 24)?;
            sheet.write_string_with_format(0, column, self.t(key), &looks.head)?;
        }
        for (row, one) in (1_u32..).zip(issued) {
            for (column, cell) in (0_u16..).zip([&one.login, &one.name, &one.password]) {
                sheet.write_string(row, column, escaped(cell))?;
            }
        }
        book.save_to_buffer()
    }

    /// A sheet with its header; `shift` columns are left free before it.
    fn sheet<'s>(
        &self,
        sheet: &'s mut Worksheet,
        kind: Kind,
        looks: &Looks,
        shift: usize,
    ) -> Result<&'s mut Worksheet, XlsxError> {
        sheet.set_name(kind.title(self.lang))?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, column) in kind.columns().iter().enumerate() {
            let at = small(at + shift);
            let header = kind.header(column.field, self.lang);
            let header = if column.needed { format!("{header} *") } else { header };
            sheet.set_column_width(at, width(column))?;
            sheet.set_column_format(at, &looks.of(column))?;
            sheet.write_string_with_format(0, at, header, if column.needed { &looks.head } else { &looks.free })?;
            if let Some((range, title)) = self.choices(kind, column) {
                let list = DataValidation::new().allow_list_formula(Formula::new(range));
                let list = list.set_error_title(self.t("sheet-choose"))?.set_error_message(title)?;
                // Other words are understood too: a warning, no wall.
                let list = list.set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Warning);
                sheet.add_data_validation(1, at, CHOICE_ROWS, at, &list)?;
            }
        }
        Ok(sheet)
    }

    /// The list that a column is chosen from: where it stands, and what to say beside it.
    fn choices(&self, kind: Kind, column: &Column) -> Option<(String, String)> {
        let at = LISTS.iter().position(|(field, kinds)| *field == column.field && kinds.contains(&kind))?;
        let n = self.list(LISTS[at].0).len();
        let letter = super::columns::letter(at);
        let range = format!("='{}'!${letter}$2:${letter}${}", self.t("sheet-lists"), n + 1);
        Some((range, self.t("sheet-choose-help")))
    }

    fn list(&self, field: &str) -> Vec<String> {
        match field {
            "kind" => OrgKind::ALL.map(|k| self.t(&format!("admin-kind-{}", k.slug()))).into(),
            "function" => {
                let known = words::functions(self.pack);
                let all = known.iter().map(String::as_str).chain(words::OTHER_FUNCTIONS);
                all.map(|f| self.function(f)).collect()
            }
            "role" => Role::ALL.iter().map(|role| self.role(*role)).collect(),
            "part" => [Share::Lead, Share::Assist].map(|s| self.t(&format!("admin-share-{}", s.slug()))).into(),
            "category" => self.pack.categories().iter().map(|c| c.code.clone()).collect(),
            "below" => vec![self.t("sheet-yes"), self.t("sheet-no")],
            _ => vec![self.state(false), self.state(true)],
        }
    }

    /// The hidden sheet of lists; categories stand there with their titles.
    fn lists(&self, book: &mut Workbook, kinds: &[Kind]) -> Result<(), XlsxError> {
        if kinds.is_empty() {
            return Ok(());
        }
        let sheet = book.add_worksheet();
        sheet.set_name(self.t("sheet-lists"))?;
        sheet.set_hidden(true);
        for (column, (field, of)) in LISTS.iter().enumerate() {
            sheet.write_string(0, small(column), of[0].header(field, self.lang))?;
            for (row, word) in (1_u32..).zip(self.list(field)) {
                sheet.write_string(row, small(column), word)?;
            }
        }
        Ok(())
    }

    fn help(&self, sheet: &mut Worksheet, kinds: &[Kind], looks: &Looks) -> Result<(), XlsxError> {
        sheet.set_name(self.t("sheet-help"))?;
        for (column, width) in (0_u16..).zip([16_u16, 18, 10, 70, 34]) {
            sheet.set_column_width(column, width)?;
        }
        sheet.write_string_with_format(0, 0, self.t("sheet-help-title"), &looks.title)?;
        let lines = self.t("sheet-help-lines");
        let mut row = 1;
        for line in lines.lines() {
            sheet.write_string(row, 0, line)?;
            row += 1;
        }
        row += 1;
        let heads =
            ["sheet-help-table", "sheet-help-column", "sheet-help-need", "sheet-help-what", "sheet-help-sample"];
        for (column, key) in (0_u16..).zip(heads) {
            sheet.write_string_with_format(row, column, self.t(key), &looks.head)?;
        }
        for kind in kinds {
            for column in kind.columns() {
                row += 1;
                let need = if column.needed { self.t("sheet-yes") } else { String::new() };
                let about = |what| escaped(&kind.about(column.field, what, self.lang));
                let header = kind.header(column.field, self.lang);
                let cells = [kind.title(self.lang), header, need, about("help"), about("sample")];
                for (at, cell) in (0_u16..).zip(cells) {
                    sheet.write_string_with_format(row, at, cell, &looks.text)?;
                }
            }
            row += 1;
        }
        self.categories(sheet, row + 1, looks)
    }

    /// The categories with their codes, below the help.
    fn categories(&self, sheet: &mut Worksheet, from: u32, looks: &Looks) -> Result<(), XlsxError> {
        sheet.write_string_with_format(from, 0, self.t("sheet-help-categories"), &looks.title)?;
        for (row, category) in (from + 1..).zip(self.pack.categories()) {
            sheet.write_string(row, 0, &category.code)?;
            sheet.write_string(row, 3, category.title.get(self.lang.code()))?;
        }
        Ok(())
    }
}

/// The columns that are chosen from a list, and the tables that have them.
const LISTS: [(&str, &[Kind]); 7] = [
    ("kind", &[Kind::Orgs]),
    ("function", &[Kind::Orgs]),
    ("role", &[Kind::Seats]),
    ("part", &[Kind::Duties]),
    ("category", &[Kind::Duties]),
    ("below", &[Kind::Duties]),
    ("state", &Kind::ALL),
];

fn small(column: usize) -> u16 {
    u16::try_from(column.min(limits::SHEET_COLUMNS)).unwrap_or(u16::MAX)
}

fn width(column: &Column) -> u16 {
    match column.field {
        "zh" | "en" | "aliases" | "basis" | "place-name" | "org-name" => 28,
        "code" | "place" | "org" | "id" | "parent" | "category" => 22,
        "lon" | "lat" | "phone" | "login" | "name" | "function" | "kind" | "role" => 16,
        _ => 11,
    }
}

/// Numbers as numbers, everything else as text.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: usize,
    text: &str,
    about: &Column,
    look: &Format,
) -> Result<(), XlsxError> {
    let number = text.parse::<f64>().ok().filter(|n| about.sort == Sort::Number && n.is_finite());
    match number {
        Some(n) => sheet.write_number_with_format(row, small(column), n, look)?,
        None => sheet.write_string_with_format(row, small(column), escaped(text), look)?,
    };
    Ok(())
}

/// How cells look.
struct Looks {
    head: Format,
    free: Format,
    title: Format,
    wrong: Format,
    text: Format,
    code: Format,
    shown: Format,
}

impl Looks {
    fn new() -> Self {
        let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            free: head.clone().set_background_color(0x00F1_EFE9),
            head: head.set_background_color(0x00CF_E5DF),
            title: Format::new().set_bold().set_font_size(14),
            wrong: text.clone().set_background_color(0x00FB_E3E0),
            code: Format::new().set_num_format("@"),
            shown: Format::new().set_font_color(0x0064_726D),
            text,
        }
    }

    /// Codes are text, so that Excel does not round them.
    fn of(&self, column: &Column) -> Format {
        match column.sort {
            Sort::Code => self.code.clone(),
            Sort::Shown => self.shown.clone(),
            Sort::Words => self.text.clone(),
            Sort::Number => Format::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::web::download::{is_formula, opened};

    use super::*;

    proptest! {
        #[test]
        fn no_cell_begins_a_formula_and_every_cell_comes_back(first in "[-=+@\t\r\n'\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}a ]?", rest in any::<String>()) {
            let text = format!("{first}{rest}");
            let cell = escaped(&text);
            prop_assert!(!is_formula(&cell) || cell.starts_with('\''));
            prop_assert_eq!(opened(&cell), text);
        }
    }
}
