//! A table that an administrator uploads: a workbook or a text with separators.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linli::admin::sheets::read::read;

fuzz_target!(|bytes: &[u8]| {
    let Ok(book) = read("table.csv", bytes) else { return };
    for table in book.tables {
        let columns = table.kind.columns().len();
        assert!(table.places.len() == columns && table.rows.iter().all(|row| row.cells.len() == columns));
    }
});
