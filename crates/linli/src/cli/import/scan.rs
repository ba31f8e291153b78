//! A first look over a file: whether it is UTF-8 and has lines, and what tells it from every other file.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

use super::ImportError;

/// Bytes of a line; a longer one is not a row.
const LINE_BYTES: usize = 4 * 1024 * 1024;
const CHUNK: u64 = 256 * 1024;
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What a first look finds.
pub struct Scan {
    /// SHA-256 over the content, in pieces.
    pub digest: [u8; 32],
    /// Lines of a text; 0 of a workbook.
    pub lines: u64,
}

/// Looks over a file; `text` says that it has to be UTF-8.
///
/// # Errors
/// When it cannot be read, or is not what it has to be.
pub fn scan(path: &Path, text: bool) -> Result<Scan, ImportError> {
    let wrong = |reason: String| ImportError::Input(format!("{}: {reason}", path.display()));
    let mut file = File::open(path).map_err(|e| wrong(e.to_string()))?;
    let mut scan = Scan { digest: [0; 32], lines: 0 };
    let (mut rest, mut line) = (Vec::new(), 0);
    loop {
        let mut chunk = Vec::new();
        file.by_ref().take(CHUNK).read_to_end(&mut chunk).map_err(|e| wrong(e.to_string()))?;
        if chunk.is_empty() {
            break;
        }
        scan.digest = linli_engine::digest(&[&scan.digest[..], &chunk].concat());
        if text {
            rest.extend(chunk);
            let good = match std::str::from_utf8(&rest) {
                Ok(_) => rest.len(),
                Err(e) if e.error_len().is_none() => e.valid_up_to(),
                Err(e) => return Err(wrong(not_utf8(scan.lines, &rest[..e.valid_up_to()]))),
            };
            for byte in rest.drain(..good) {
                line = if byte == b'\n' { 0 } else { line + 1 };
                scan.lines += u64::from(byte == b'\n');
            }
            if line > LINE_BYTES {
                return Err(wrong(format!("line {} is longer than 4 MB: is it the right file?", scan.lines + 1)));
            }
        }
    }
    if !rest.is_empty() {
        return Err(wrong(not_utf8(scan.lines, &[])));
    }
    scan.lines += u64::from(line > 0);
    Ok(scan)
}

fn not_utf8(lines: u64, good: &[u8]) -> String {
    let line = lines + 1 + good.iter().map(|b| u64::from(*b == b'\n')).sum::<u64>();
    format!("line {line} is not UTF-8; it may be GB18030: save the file as UTF-8, or `iconv -f GB18030 -t UTF-8`")
}

/// Opens a text after the mark that some programs put at its beginning.
///
/// # Errors
/// When it cannot be read.
pub fn open_text(path: &Path) -> std::io::Result<File> {
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    file.by_ref().take(3).read_to_end(&mut start)?;
    if start != MARK {
        file.seek(SeekFrom::Start(0))?;
    }
    Ok(file)
}
