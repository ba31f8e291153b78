//! A rule pack with one piece of one file exchanged: which file, from where, how much of it (two bytes each), and the text
//! that takes its place. It is read, or refused with file and line.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linli_engine::pack::{Files, Pack};

/// The pack inside the program with its small flow only: the proof of the large one would take most of the time.
static FILES: LazyLock<Files> = LazyLock::new(|| {
    let mut files = linli::cli::pack_files(None).expect("the pack inside the program");
    let (large, name) = ("flows/request.toml", "pack.toml");
    files.remove(large);
    files.insert(name.to_owned(), files[name].replace(&format!("\"{large}\", "), ""));
    assert!(Pack::load(&files).is_ok(), "a good pack");
    files
});

/// The text with the piece exchanged; what would cut a character goes to the one before.
fn exchanged(old: &str, from: u16, much: u16, new: &str) -> String {
    let whole = |at: usize| (0..=at.min(old.len())).rev().find(|at| old.is_char_boundary(*at)).unwrap_or(0);
    let from = whole(usize::from(from) % (old.len() + 1));
    [&old[..from], new, &old[whole(from + usize::from(much)).max(from)..]].concat()
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([which, a, b, c, d], text)) = bytes.split_first_chunk() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    // Flows have a target of their own.
    let names: Vec<&String> = FILES.keys().filter(|path| !path.starts_with("flows/")).collect();
    let name = names[usize::from(*which) % names.len()];
    let mut files = FILES.clone();
    let new = exchanged(&files[name], u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]), text);
    files.insert(name.clone(), new);
    match Pack::load(&files) {
        Ok(pack) => {
            pack.digest();
            pack.classify(text, text);
        }
        Err(problems) => assert!(!problems.is_empty() && problems.iter().all(|p| !p.file.is_empty()), "{problems:?}"),
    }
});
