//! Reads a workbook: what is hidden is left out and said so, formulas give the results that the file holds, merged cells
//! are found, and a bomb is not unpacked.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx};
use linli_engine::limits;

use super::{
    columns::{Kind, letter},
    read::{Book, Cell, RawRow, table, too_many, trimmed},
    report::Said,
    write,
};

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads all sheets that hold one of our tables.
///
/// # Errors
/// Why nothing can be read.
pub fn read(bytes: &[u8]) -> Result<Book, Said> {
    let broken = || Said::new("file-broken");
    weigh(bytes)?;
    let mut book: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let sheets: Vec<_> = book.sheets_metadata().iter().take(limits::SHEETS).cloned().collect();
    let mut out = Book::default();
    let (mut left, mut refused) = (Vec::new(), Vec::new());
    for sheet in sheets.into_iter().filter(|s| s.typ == SheetType::WorkSheet) {
        if write::is_own_sheet(&sheet.name) {
            continue;
        }
        if sheet.visible != SheetVisible::Visible {
            out.notes.push(Said::new("sheet-hidden").with("sheet", &sheet.name));
            continue;
        }
        let rows = rows(&mut book, &sheet.name)?;
        if rows.is_empty() {
            continue;
        }
        match table(&sheet.name, Kind::named(&sheet.name), rows, &mut out.notes) {
            Ok(Some(table)) => match out.tables.iter().find(|t| t.kind == table.kind) {
                Some(first) => {
                    let said = Said::new("sheet-twice").with("sheet", &sheet.name);
                    refused.push(said.with("first", &first.sheet));
                }
                None => out.tables.push(table),
            },
            Ok(None) => left.push(sheet.name),
            Err(said) => refused.push(said),
        }
    }
    let found = left.join(" \u{b7} ");
    if out.tables.is_empty() {
        let none = if found.is_empty() { Said::new("file-empty") } else { Said::new("file-no-table") };
        let hidden = out.notes.into_iter().find(|said| said.key == "sheet-hidden");
        return Err(refused.into_iter().next().or(hidden).unwrap_or(none.with("found", found)));
    }
    out.notes.extend(refused.into_iter().map(Said::bad));
    if !left.is_empty() {
        out.notes.push(Said::new("sheets-unread").with("sheets", found));
    }
    out.tables.sort_by_key(|t| t.kind);
    Ok(out)
}

/// Unpacks everything once without keeping it, and stops where it gets too heavy: what a workbook says of its own sizes
/// need not be true.
fn weigh(bytes: &[u8]) -> Result<(), Said> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Said::new("file-broken"))?;
    if archive.len() > limits::SHEET_PARTS {
        return Err(Said::new("file-heavy"));
    }
    let mut left = limits::SHEET_UNPACKED;
    if archive.decompressed_size().is_some_and(|size| size > u128::from(left)) {
        return Err(Said::new("file-heavy"));
    }
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| Said::new("file-broken"))?;
        let weight = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let weight = weight.map_err(|_| Said::new("file-broken"))?;
        left = left.checked_sub(weight).ok_or_else(|| Said::new("file-heavy"))?;
    }
    Ok(())
}

fn rows(book: &mut Workbook<'_>, sheet: &str) -> Result<Vec<RawRow>, Said> {
    let broken = |_| Said::new("sheet-broken").with("sheet", sheet);
    let merged = book.merge_cells_by_sheet_name(sheet).map_err(broken)?;
    let mut reader = book.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut rows: Vec<RawRow> = Vec::new();
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(broken)? {
        let ((row, column), line) = (record.pos, record.pos.0 + 1);
        let at = column as usize;
        if at >= limits::SHEET_COLUMNS {
            continue;
        }
        let cell = cell(&record.value, record.formula.is_some());
        if rows.last().is_none_or(|last| last.line != line) {
            // Empty cells that were only coloured make no row.
            if cell == Cell::Text(String::new()) {
                continue;
            }
            rows.push(RawRow { line, cells: Vec::new() });
            if rows.len() > limits::SHEET_PLACES + limits::SHEET_HEADER_ROWS {
                return Err(too_many(sheet, limits::SHEET_PLACES));
            }
        }
        if let Some(last) = rows.last_mut() {
            if last.cells.len() <= at {
                last.cells.resize(at + 1, Cell::Text(String::new()));
            }
            last.cells[at] = cell;
        }
        debug_assert!(row + 1 == line, "rows are counted from one");
    }
    cover(&mut rows, &merged);
    Ok(rows)
}

/// Marks the cells that a merged cell covers, in the rows that hold something.
fn cover(rows: &mut [RawRow], merged: &[Dimensions]) {
    for area in merged {
        let from = rows.partition_point(|row| row.line <= area.start.0);
        let until = rows.partition_point(|row| row.line <= area.end.0 + 1);
        let at = format!("{}{}", letter(area.start.1 as usize), area.start.0 + 1);
        for row in &mut rows[from..until] {
            for column in area.start.1..=area.end.1.min(u32::try_from(limits::SHEET_COLUMNS).unwrap_or(u32::MAX)) {
                let column = column as usize;
                if (row.line, column) == (area.start.0 + 1, area.start.1 as usize) {
                    continue;
                }
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, Cell::Text(String::new()));
                }
                row.cells[column] = Cell::Merged(at.clone());
            }
        }
    }
}

fn cell(value: &DataRef<'_>, counted: bool) -> Cell {
    match value {
        DataRef::Empty if counted => Cell::Uncounted,
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::String(text) => Cell::Text(trimmed(text)),
        DataRef::SharedString(text) => Cell::Text(trimmed(text)),
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(yes) => Cell::Text(yes.to_string()),
        DataRef::Error(error) => Cell::Error(error.to_string()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Date(text.clone()),
        DataRef::DateTime(date) => {
            let (year, month, day, hour, minute, ..) = date.to_ymd_hms_milli();
            let time = if hour + minute > 0 { format!(" {hour:02}:{minute:02}") } else { String::new() };
            Cell::Date(format!("{year}-{month:02}-{day:02}{time}"))
        }
    }
}
