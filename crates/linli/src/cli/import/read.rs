//! Reads a file row by row, whatever its format: each row is the cells of the columns that the map names.

use std::{
    io::{BufRead as _, BufReader},
    ops::ControlFlow,
    path::Path,
};

use jiff::civil::DateTime;

use super::{
    ImportError,
    map::{Format, Map},
    report::Bad,
    scan::open_text,
    sheet,
};

/// A cell, as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text without blanks around it; an empty cell is an empty text.
    Text(String),
    /// A number of a sheet.
    Number(f64),
    /// A date of a sheet.
    Time(DateTime),
    /// Something that no column can take, as it shows.
    Odd(String),
}

/// A row: its line, and the cells in the order of the map's columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    /// Its line in the file, or its row in the sheet.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// Takes rows in, one by one; says when to stop.
pub type Sink<'s> = &'s mut dyn FnMut(Result<Raw, Bad>) -> ControlFlow<()>;

/// Reads the whole file into `sink`.
///
/// # Errors
/// When the file cannot be read or is not what the map says.
pub fn read(path: &Path, map: &Map, sink: Sink<'_>) -> Result<(), ImportError> {
    match map.format {
        Format::Csv => csv_rows(path, map, sink),
        Format::Jsonl => json_rows(path, map, sink),
        Format::Xlsx => sheet::rows(path, map, sink),
    }
}

pub(super) fn failed(path: &Path, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::Input(format!("{}: {error}", path.display()))
}

pub(super) fn whole(line: u64, value: impl Into<String>, reason: impl Into<String>) -> Bad {
    Bad { line, column: String::new(), value: value.into(), reason: reason.into() }
}

/// Where the map's columns stand in a header.
///
/// # Errors
/// When the header does not have one of them.
pub(super) fn find_columns(path: &Path, map: &Map, header: &[String]) -> Result<Vec<usize>, ImportError> {
    let find = |from: &str| header.iter().position(|name| name.trim() == from);
    let missing: Vec<_> = map.columns.iter().filter(|c| find(&c.from).is_none()).map(|c| c.from.as_str()).collect();
    if missing.is_empty() {
        return Ok(map.columns.iter().filter_map(|c| find(&c.from)).collect());
    }
    let (missing, header) = (missing.join("`, `"), header.join("`, `"));
    Err(failed(path, &format!("line 1 has no column `{missing}`, which the map names; it has `{header}`")))
}

fn csv_rows(path: &Path, map: &Map, sink: Sink<'_>) -> Result<(), ImportError> {
    let file = open_text(path).map_err(|e| failed(path, &e))?;
    let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 18, file));
    let header: Vec<String> = reader.headers().map_err(|e| failed(path, &e))?.iter().map(str::to_owned).collect();
    let places = find_columns(path, map, &header)?;
    let mut record = csv::StringRecord::new();
    loop {
        let row = match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let cell = |at: &usize| Cell::Text(record.get(*at).unwrap_or_default().trim().to_owned());
                let line = record.position().map_or(0, csv::Position::line);
                Ok(Raw { line, cells: places.iter().map(cell).collect() })
            }
            Err(error) => match error.kind() {
                csv::ErrorKind::UnequalLengths { pos: Some(pos), expected_len, len } => {
                    let first = record.get(0).unwrap_or_default();
                    Err(whole(pos.line(), first, format!("it has {len} cells, the header has {expected_len}")))
                }
                _ => return Err(failed(path, &error)),
            },
        };
        if sink(row).is_break() {
            return Ok(());
        }
    }
}

fn json_rows(path: &Path, map: &Map, sink: Sink<'_>) -> Result<(), ImportError> {
    let mut reader = BufReader::with_capacity(1 << 18, open_text(path).map_err(|e| failed(path, &e))?);
    let mut text = String::new();
    for line in 1.. {
        text.clear();
        if reader.read_line(&mut text).map_err(|e| failed(path, &e))? == 0 {
            break;
        }
        if text.trim().is_empty() {
            continue;
        }
        let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&text);
        let row = match object {
            Ok(object) => {
                let cells = map
                    .columns
                    .iter()
                    .map(|column| object.get(&column.from).map_or(Cell::Text(String::new()), json_cell));
                Ok(Raw { line, cells: cells.collect() })
            }
            Err(error) => Err(whole(line, text.trim(), format!("it is not a JSON object: {error}"))),
        };
        if sink(row).is_break() {
            break;
        }
    }
    Ok(())
}

fn json_cell(value: &serde_json::Value) -> Cell {
    use serde_json::Value;
    match value {
        Value::Null => Cell::Text(String::new()),
        Value::String(text) => Cell::Text(text.trim().to_owned()),
        Value::Number(number) => Cell::Text(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Cell::Odd(value.to_string()),
    }
}
