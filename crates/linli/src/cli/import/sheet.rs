//! Reads the first sheet of an Excel workbook cell by cell, so that only its shared texts are in memory.

use std::{collections::BTreeMap, ops::ControlFlow, path::Path};

use calamine::{DataRef, Reader as _, Xlsx, open_workbook};
use jiff::civil::DateTime;

use super::{
    ImportError,
    map::Map,
    read::{Cell, Raw, Sink, failed, find_columns},
};

/// Reads the sheet into `sink`; its first row is the header.
///
/// # Errors
/// When it is no workbook, or the header lacks a column.
pub fn rows(path: &Path, map: &Map, sink: Sink<'_>) -> Result<(), ImportError> {
    let mut book: Xlsx<_> = open_workbook(path).map_err(|e: calamine::XlsxError| failed(path, &e))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| failed(path, &"the workbook has no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|e| failed(path, &e))?;
    let mut columns: Option<Vec<usize>> = None;
    let mut row: (u32, BTreeMap<usize, Cell>) = (0, BTreeMap::new());
    loop {
        let next = cells.next_cell().map_err(|e| failed(path, &e))?;
        let position = next.as_ref().map(calamine::Cell::get_position);
        if position.is_none_or(|(at, _)| at != row.0) && !row.1.is_empty() {
            match &columns {
                None => columns = Some(find_columns(path, map, &header(&row.1))?),
                Some(columns) => {
                    if emit(&mut row, columns, sink).is_break() {
                        return Ok(());
                    }
                }
            }
            row.1.clear();
        }
        let (Some((at, column)), Some(next)) = (position, next) else { return Ok(()) };
        row.0 = at;
        match cell(next.get_value()) {
            Cell::Text(text) if text.is_empty() => {}
            cell => drop(row.1.insert(column as usize, cell)),
        }
    }
}

/// Gives a row on. Sheets count rows from 1 for people.
fn emit(row: &mut (u32, BTreeMap<usize, Cell>), columns: &[usize], sink: Sink<'_>) -> ControlFlow<()> {
    let mut cell = |at: &usize| row.1.get(at).cloned().unwrap_or(Cell::Text(String::new()));
    sink(Ok(Raw { line: u64::from(row.0) + 1, cells: columns.iter().map(&mut cell).collect() }))
}

fn header(cells: &BTreeMap<usize, Cell>) -> Vec<String> {
    let width = cells.keys().last().map_or(0, |last| last + 1);
    let name = |at| match cells.get(&at) {
        Some(Cell::Text(text)) => text.clone(),
        _ => String::new(),
    };
    (0..width).map(name).collect()
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::String(text) => Cell::Text(text.trim().to_owned()),
        DataRef::SharedString(text) => Cell::Text(text.trim().to_owned()),
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::DateTime(date) if date.is_datetime() => {
            let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
            let small = |n: u8| i8::try_from(n).unwrap_or_default();
            let wall = DateTime::new(
                i16::try_from(year).unwrap_or_default(),
                small(month),
                small(day),
                small(hour),
                small(minute),
                small(second),
                i32::from(milli) * 1_000_000,
            );
            wall.map_or_else(|_| Cell::Odd(date.as_f64().to_string()), Cell::Time)
        }
        DataRef::DateTimeIso(text) => text.parse().map_or_else(|_| Cell::Odd(text.clone()), Cell::Time),
        DataRef::DateTime(other) => Cell::Odd(other.as_f64().to_string()),
        DataRef::DurationIso(text) => Cell::Odd(text.clone()),
        DataRef::Bool(yes) => Cell::Odd(yes.to_string()),
        DataRef::Error(error) => Cell::Odd(error.to_string()),
    }
}
