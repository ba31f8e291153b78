//! The records of another system: the map up to a null byte, then the file. A map is refused with file and line, a file as
//! a whole or row by row; every row that comes out has the cells that the map names.
#![no_main]

use std::{io::Write as _, ops::ControlFlow, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use linli::cli::{
    import::{
        map::Map,
        read::{Cell, read},
    },
    pack_files,
};
use linli_engine::pack::Pack;

static PACK: LazyLock<Pack> =
    LazyLock::new(|| Pack::load(&pack_files(None).expect("the pack inside the program")).expect("a good pack"));

fuzz_target!(|bytes: &[u8]| {
    let (text, file) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(map) = Map::parse("map.toml", "records", text.to_owned(), &PACK) else { return };
    let mut at = tempfile::NamedTempFile::new().expect("a file for the records");
    at.write_all(file.get(1..).unwrap_or_default()).expect("room for the records");
    let _ = read(at.path(), &map, &mut |row| {
        let Ok(row) = row else { return ControlFlow::Continue(()) };
        assert!(row.line > 0 && row.cells.len() == map.columns.len(), "{row:?}");
        for (cell, column) in row.cells.iter().zip(&map.columns) {
            if let (Cell::Text(text), Some(times)) = (cell, &column.times) {
                times.parse(text).map(|wall| times.instant(wall));
            }
        }
        ControlFlow::Continue(())
    });
});
