//! Rows that could not go in, in a CSV file that a spreadsheet opens.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use super::ImportError;
use crate::web::download::escaped;

/// A row that could not go in, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Its line in the file, or its row in the sheet.
    pub line: u64,
    /// The column, as the file calls it; empty when it is about the whole row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

const HEADER: [&str; 4] = ["line", "column", "value", "reason"];
/// Characters of a value that are enough to find it.
const VALUE_CHARS: usize = 200;

/// The report of an import; a file from the first bad row on.
pub struct Report {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
    rows: u64,
}

impl Report {
    /// A report at this path. What an interrupted run wrote there up to the line `kept` stays; an older report goes.
    ///
    /// # Errors
    /// When a file that is no report is there.
    pub fn open(path: &Path, kept: u64) -> Result<Self, ImportError> {
        let mut report = Self { path: path.to_owned(), file: None, rows: 0 };
        if !path.exists() {
            return Ok(report);
        }
        let foreign = || {
            ImportError::Input(format!("{} is there and is not a report: name another with --report", path.display()))
        };
        let mut old = csv::Reader::from_path(path).map_err(|_| foreign())?;
        if old.headers().map_err(|_| foreign())?.iter().ne(HEADER) {
            return Err(foreign());
        }
        let line = |row: &csv::StringRecord| row.get(0).and_then(|l| l.parse::<u64>().ok());
        // A row that a power cut left half written is not kept.
        let rows: Vec<_> = old.records().flatten().filter(|row| line(row).is_some_and(|l| l <= kept)).collect();
        drop(old);
        std::fs::remove_file(path).map_err(|e| report.failed(&e))?;
        for row in rows {
            report.write(row.iter())?;
        }
        report.flush()?;
        Ok(report)
    }

    /// Where it is, if there is anything in it.
    pub fn path(&self) -> Option<&Path> {
        (self.rows > 0).then_some(&self.path)
    }

    /// Adds rows and brings them to the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, bad: &[Bad]) -> Result<(), ImportError> {
        for Bad { line, column, value, reason } in bad {
            let value: String = value.chars().take(VALUE_CHARS).collect();
            self.write(
                [line.to_string(), escaped(column), escaped(&value), escaped(reason)].iter().map(String::as_str),
            )?;
        }
        self.flush()
    }

    fn write<'r>(&mut self, row: impl Iterator<Item = &'r str>) -> Result<(), ImportError> {
        if self.file.is_none() {
            let mut file = csv::Writer::from_path(&self.path).map_err(|e| self.failed(&e))?;
            file.write_record(HEADER).map_err(|e| self.failed(&e))?;
            self.file = Some(file);
        }
        self.rows += 1;
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_record(row));
        written.map_err(|e| self.failed(&e))
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let flushed = self.file.as_mut().map_or(Ok(()), csv::Writer::flush);
        flushed.map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> ImportError {
        ImportError::Input(format!("{}: {error}", self.path.display()))
    }
}
