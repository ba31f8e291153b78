//! Reads an upload into tables, whatever it is: a workbook or a text with separators, in UTF-8 or GB18030, the columns in
//! any order, under any of their names, with a title above them. What cannot be read is said, never guessed.

use linli_engine::limits;

use super::{
    book,
    columns::{Column, Kind, Sort, is_nothing, letter, narrow},
    report::Said,
};
use crate::web::download;

/// A cell as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text without blanks around it; an empty cell is an empty text.
    Text(String),
    /// A number of a sheet.
    Number(f64),
    /// A date of a sheet, as it shows.
    Date(String),
    /// A formula that ended in an error, as it shows.
    Error(String),
    /// A formula whose result the file does not hold.
    Uncounted,
    /// Covered by a merged cell; the text is where that begins.
    Merged(String),
}

impl Cell {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Date(text) | Self::Error(text) => text.clone(),
            Self::Number(n) => n.to_string(),
            Self::Uncounted | Self::Merged(_) => String::new(),
        }
    }
}

/// A row of a file: its number for people, and its cells from the first column on.
#[derive(Clone, Debug)]
pub struct RawRow {
    /// The number that Excel shows beside it.
    pub line: u32,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A table that was found.
#[derive(Clone, Debug)]
pub struct Table {
    /// Which.
    pub kind: Kind,
    /// The sheet it is on.
    pub sheet: String,
    /// For each column of the kind: where it is in the file, and what stands above it there.
    pub places: Vec<Option<(usize, String)>>,
    /// Its rows.
    pub rows: Vec<Line>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number that Excel shows beside it.
    pub line: u32,
    /// The cells in the order of the kind's columns.
    pub cells: Vec<String>,
    /// What is wrong with the cells themselves: the column and the text.
    pub wrong: Vec<(usize, Said)>,
}

impl Table {
    /// A cell of a row.
    pub fn cell<'l>(&self, line: &'l Line, field: &str) -> &'l str {
        let at = self.kind.columns().iter().position(|c| c.field == field);
        at.and_then(|at| line.cells.get(at)).map_or("", String::as_str)
    }

    /// Whether the file has this column at all.
    pub fn has(&self, field: &str) -> bool {
        let at = self.kind.columns().iter().position(|c| c.field == field);
        at.is_some_and(|at| self.places.get(at).is_some_and(Option::is_some))
    }

    /// The letter and the header of a field in this file.
    pub fn at(&self, field: &str) -> Option<(String, String)> {
        let at = self.kind.columns().iter().position(|c| c.field == field)?;
        self.places[at].as_ref().map(|(column, header)| (letter(*column), header.clone()))
    }
}

/// All that an upload holds.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The tables.
    pub tables: Vec<Table>,
    /// What else is to be said: sheets that were left out, columns that were not read.
    pub notes: Vec<Said>,
}

/// Reads an upload.
///
/// # Errors
/// Why nothing of it can be read, in words with what to do.
pub fn read(name: &str, bytes: &[u8]) -> Result<Book, Said> {
    if bytes.is_empty() {
        return Err(Said::new("file-empty"));
    }
    if bytes.starts_with(b"PK") {
        return book::read(bytes);
    }
    // The old Excel format, and workbooks with a password, begin so.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Said::new("file-old"));
    }
    let text = decode(bytes).ok_or_else(|| Said::new("file-other").with("name", name))?;
    csv(name, &text)
}

/// UTF-8, with or without its mark, UTF-16 with it, or GB18030, which Excel in China writes CSV in.
fn decode(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (!broken).then(|| text.into_owned());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
            if broken {
                return None;
            }
            text.into_owned()
        }
    };
    // Pictures and programs have such characters, tables have none.
    let odd = |c: char| c == '\0' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    (!text.chars().take(4_000).any(odd)).then_some(text)
}

fn csv(name: &str, text: &str) -> Result<Book, Said> {
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let separator = [b',', b'\t', b';'].into_iter().max_by_key(|s| first.bytes().filter(|b| b == s).count());
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(separator.unwrap_or(b','));
    let mut rows = Vec::new();
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|_| Said::new("file-other").with("name", name))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(|cell| Cell::Text(trimmed(cell))).collect();
        rows.push(RawRow { line: u32::try_from(line).unwrap_or(u32::MAX), cells });
        if rows.len() > limits::SHEET_PLACES + limits::SHEET_HEADER_ROWS {
            return Err(too_many(name, limits::SHEET_PLACES));
        }
    }
    let mut book = Book::default();
    if rows.iter().all(|row| row.cells.iter().all(Cell::is_empty)) {
        return Err(Said::new("file-empty"));
    }
    match table(name, None, rows, &mut book.notes) {
        Ok(Some(table)) => book.tables.push(table),
        Ok(None) => return Err(Said::new("file-no-table").with("found", name)),
        Err(said) => return Err(said),
    }
    Ok(book)
}

pub(super) fn too_many(sheet: &str, most: usize) -> Said {
    Said::new("sheet-too-long").with("sheet", sheet).with("n", most)
}

/// A text without blanks, of any sort, around it.
pub fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || is_nothing(c)).to_owned()
}

/// Makes a table of the rows of a sheet: finds the header, says which columns are missing or not read. `kind` is what the
/// name of the sheet says. None when nothing in it looks like one of our tables.
pub(super) fn table(
    sheet: &str,
    kind: Option<Kind>,
    rows: Vec<RawRow>,
    notes: &mut Vec<Said>,
) -> Result<Option<Table>, Said> {
    let top = rows.iter().take(limits::SHEET_HEADER_ROWS).enumerate();
    let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let fits = |row: &RawRow, kind: Kind| {
        let found: Vec<usize> = row.cells.iter().filter_map(|cell| kind.column(&cell.shown())).collect();
        let needed = kind.columns().iter().enumerate().filter(|(_, c)| c.needed);
        let missing = needed.filter(|(at, _)| !found.contains(at)).count();
        (found.len(), missing)
    };
    let all = top.flat_map(|(at, row)| kinds.iter().map(move |kind| (at, *kind, fits(row, *kind))));
    // The row with the least missing and the most found; of equal ones the first.
    let best = all.min_by_key(|(at, _, (found, missing))| (*missing, usize::MAX - found, *at));
    let Some((header, found_kind, (found, missing))) = best.filter(|(_, _, (found, _))| *found > 0) else {
        return Ok(None);
    };
    if missing > 0 {
        // Half a header on a sheet of another name is somebody's own sheet.
        if kind.is_none() && found < 2 {
            return Ok(None);
        }
        return Err(columns_missing(sheet, found_kind, &rows[header]));
    }
    let kind = found_kind;
    let places = columns(sheet, kind, &rows[header], notes)?;
    let mut lines = Vec::new();
    for row in rows.into_iter().skip(header + 1).filter(|row| !row.cells.iter().all(Cell::is_empty)) {
        lines.push(line(kind, &places, &row));
        if lines.len() > kind.most() {
            return Err(too_many(sheet, kind.most()));
        }
    }
    Ok(Some(Table { kind, sheet: sheet.to_owned(), places, rows: lines }))
}

fn columns_missing(sheet: &str, kind: Kind, header: &RawRow) -> Said {
    let found: Vec<usize> = header.cells.iter().filter_map(|cell| kind.column(&cell.shown())).collect();
    let missing = kind.columns().iter().enumerate().filter(|(at, c)| c.needed && !found.contains(at));
    let fields = missing.map(|(_, c)| format!("sheet-{}-{}", kind.slug(), c.field)).collect::<Vec<_>>();
    let there = header.cells.iter().map(Cell::shown).filter(|h| !h.is_empty()).collect::<Vec<_>>().join(" \u{b7} ");
    let said = Said::new("sheet-columns-missing").with("sheet", sheet).with("row", header.line).with("there", there);
    said.of("columns", fields)
}

/// Where each column of the kind is; the same column twice is refused, one that nobody knows is noted.
fn columns(
    sheet: &str,
    kind: Kind,
    header: &RawRow,
    notes: &mut Vec<Said>,
) -> Result<Vec<Option<(usize, String)>>, Said> {
    let mut places: Vec<Option<(usize, String)>> = vec![None; kind.columns().len()];
    let mut unread = Vec::new();
    for (at, cell) in header.cells.iter().enumerate() {
        let shown = cell.shown();
        match kind.column(&shown) {
            Some(column) if places[column].is_some() => {
                return Err(Said::new("sheet-column-twice").with("sheet", sheet).with("column", shown));
            }
            Some(column) => places[column] = Some((at, shown)),
            None if shown.is_empty() || super::write::is_problem_header(&shown) => {}
            None => unread.push(shown),
        }
    }
    if !unread.is_empty() {
        let columns = unread.join(" \u{b7} ");
        notes.push(Said::new("sheet-columns-unread").with("sheet", sheet).with("columns", columns));
    }
    Ok(places)
}

fn line(kind: Kind, places: &[Option<(usize, String)>], row: &RawRow) -> Line {
    let (mut cells, mut wrong) = (Vec::with_capacity(places.len()), Vec::new());
    for (at, (column, place)) in kind.columns().iter().zip(places).enumerate() {
        let cell = place.as_ref().and_then(|(from, _)| row.cells.get(*from));
        match cell.map_or_else(|| Ok(String::new()), |cell| value(column, cell)) {
            Ok(text) => cells.push(text),
            Err(said) => {
                // Kept as it shows, for the report; the row is not used.
                cells.push(cell.map(Cell::shown).unwrap_or_default());
                wrong.push((at, said));
            }
        }
    }
    Line { line: row.line, cells, wrong }
}

/// What a cell says in its column, or why that cannot be known.
fn value(column: &Column, cell: &Cell) -> Result<String, Said> {
    let text = match cell {
        _ if column.sort == Sort::Shown => return Ok(String::new()),
        Cell::Text(text) => opened(text),
        Cell::Number(n) => return number(column, *n),
        Cell::Date(shown) => return Err(Said::new("cell-date").with("shown", shown)),
        Cell::Error(shown) => return Err(Said::new("cell-error").with("shown", shown)),
        Cell::Uncounted => return Err(Said::new("cell-uncounted")),
        Cell::Merged(at) => return Err(Said::new("cell-merged").with("at", at)),
    };
    if column.sort == Sort::Words {
        return Ok(text);
    }
    let text: String = text.chars().map(narrow).filter(|c| !is_nothing(*c)).collect();
    // A code that Excel made a number of and then wrote out as text.
    let power = text.split_once(['e', 'E']).is_some_and(|(head, power)| {
        head.parse::<f64>().is_ok() && power.trim_start_matches('+').parse::<u32>().is_ok() && head.contains('.')
    });
    if power {
        return Err(Said::new("cell-rounded").with("shown", text));
    }
    // Digits in groups are the same digits.
    let digits = text.chars().all(|c| c.is_ascii_digit() || c == ' ') && column.field != "phone";
    Ok(if digits { text.replace(' ', "") } else { text.trim().to_owned() })
}

/// Excel keeps 15 digits of a number: a longer code has lost its end.
fn number(column: &Column, n: f64) -> Result<String, Said> {
    let whole = n.fract() == 0.0;
    if whole && n.abs() < 1e15 {
        return Ok(format!("{n:.0}"));
    }
    if column.sort == Sort::Code {
        return Err(Said::new("cell-rounded").with("shown", n));
    }
    Ok(n.to_string())
}

/// The text that was escaped so that no program takes it for a formula.
fn opened(text: &str) -> String {
    let trimmed = trimmed(text);
    download::opened(&trimmed).to_owned()
}
