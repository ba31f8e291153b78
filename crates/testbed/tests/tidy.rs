//! The house keeps itself tidy: what a reviewer would say every time, said by a test over the source tree.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own source must stop")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Lines of a file; beyond, it holds more than one room.
const FILE_LINES: usize = 500;
/// Lines of a function: a screen.
const FUNCTION_LINES: usize = 70;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The sources by their path from the root.
fn sources(endings: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let skipped = ["target", "node_modules", ".git", "assets", "build", "out", "data"];
                if !skipped.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|e| name.ends_with(e)) {
                let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.insert(shown, fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(!found.is_empty(), "there are sources");
    found
}

fn nothing(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

#[test]
fn files_are_short() {
    let long = sources(&[".rs", ".ts", ".css", ".mjs"]);
    let long = long.iter().map(|(path, text)| (path, text.lines().count())).filter(|(_, n)| *n > FILE_LINES);
    nothing("files that hold more than one room", &long.map(|(p, n)| format!("{p}: {n} lines")).collect::<Vec<_>>());
}

#[test]
fn functions_fit_a_screen() {
    let mut long = Vec::new();
    for (path, text) in sources(&[".rs"]) {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let head = line.trim_start();
            let is_fn = [
                "fn ",
                "pub fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "async fn ",
                "pub async fn ",
                "const fn ",
                "pub const fn ",
            ]
            .iter()
            .any(|f| head.starts_with(f));
            if !is_fn || head.ends_with(';') || head.ends_with('}') {
                continue;
            }
            let closing = format!("{}}}", " ".repeat(indent));
            let end = lines[start..]
                .iter()
                .position(|l| *l == closing || l.trim_end().ends_with(';') && l.len() - l.trim_start().len() == indent);
            let length = end.map_or(1, |n| n + 1);
            if length > FUNCTION_LINES {
                long.push(format!("{path}:{}: {length} lines", start + 1));
            }
        }
    }
    nothing("functions longer than a screen", &long);
}

#[test]
fn chinese_stands_in_locales_packs_and_fixtures_only() {
    let is_cjk = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let allowed = |path: &str| {
        path.contains("/locales/")
            || path.starts_with("packs/")
            || path.contains("/tests/")
            || path.starts_with("web/gallery/")
            || path.starts_with("e2e/")
    };
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs", ".ts", ".css", ".html", ".mjs", ".sql", "Cargo.toml", "Makefile"]) {
        if !allowed(&path) {
            let line = text.lines().position(|l| !l.trim_start().starts_with("//") && l.chars().any(is_cjk));
            wrong.extend(line.map(|n| format!("{path}:{}", n + 1)));
        }
    }
    nothing("text that belongs into a locale file or a pack", &wrong);
}

#[test]
fn time_and_chance_come_from_the_edge() {
    let drawn = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "ZonedDateTime::now",
        "Uuid::now_v7",
        "Uuid::new_v4",
        "getrandom::",
        "rand::",
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs"]) {
        // The authenticator signs with nonces that its library draws, in tests only.
        let exempt = path == "crates/engine/src/edge.rs"
            || path == "crates/testbed/src/authenticator.rs"
            || path.contains("/tests/")
            || path.contains("/benches/")
            || path.contains("/examples/")
            || path.starts_with("benches/");
        for (n, line) in text.lines().enumerate().filter(|(_, l)| !exempt && !l.trim_start().starts_with("//")) {
            if drawn.iter().any(|d| line.contains(d)) {
                wrong.push(format!("{path}:{}", n + 1));
            }
        }
    }
    nothing("an ambient clock or randomness outside the edge", &wrong);
}

#[test]
fn imports_never_run_upwards() {
    let mut wrong = Vec::new();
    // Of each crate: what it may use of the house.
    let below: [(&str, &[&str]); 6] = [
        ("worktime", &[]),
        ("insight", &[]),
        ("flow", &["linli-worktime"]),
        ("tlog", &[]),
        ("engine", &["linli-worktime", "linli-flow", "linli-insight", "linli-tlog"]),
        ("linli", &["linli-worktime", "linli-flow", "linli-insight", "linli-tlog", "linli-engine"]),
    ];
    for (name, may) in below {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let used = manifest.split("[dev-dependencies]").next().unwrap().lines().filter(|l| l.starts_with("linli-"));
        for line in used {
            let of = line.split(['.', ' ', '=']).next().unwrap();
            if !may.contains(&of) {
                wrong.push(format!("crates/{name} uses {of}"));
            }
        }
        // Kernels do nothing but compute.
        if ["worktime", "flow", "insight"].contains(&name) {
            let effects = ["tokio", "rusqlite", "tokio-postgres", "axum", "ureq"];
            wrong.extend(
                effects
                    .iter()
                    .filter(|e| manifest.contains(&format!("\n{e}")))
                    .map(|e| format!("crates/{name} uses {e}")),
            );
        }
    }
    // Inside the program: `web` knows no capability, and none knows another.
    let capabilities = ["requests", "signin", "desk", "hotline", "admin", "api", "health", "tour", "evidence"];
    for (path, text) in sources(&[".rs"]) {
        let Some(inside) = path.strip_prefix("crates/linli/src/") else { continue };
        let Some((room, _)) = inside.split_once('/') else { continue };
        if room == "web" || capabilities.contains(&room) {
            for other in capabilities.iter().chain(&["serve", "cli"]).filter(|o| **o != room) {
                if text.contains(&format!("crate::{other}::")) || text.contains(&format!("crate::{{{other}::")) {
                    wrong.push(format!("{path} uses {other}"));
                }
            }
        }
    }
    nothing("imports that run upwards or across", &wrong);
}

#[test]
fn every_store_is_in_the_list_of_statements() {
    let all = sources(&[".rs"]);
    let engine = |path: &str| path.starts_with("crates/engine/src/") && !path.ends_with("db/sql.rs");
    let blocks = all
        .iter()
        .filter(|(p, text)| engine(p) && text.lines().any(|l| l.trim_start().starts_with("statements! {")))
        .count();
    let listed = all["crates/engine/src/lib.rs"].matches("STATEMENTS,").count();
    assert_eq!(blocks, listed, "a `statements!` block is missing from `linli_engine::statements()`");
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut wrong = Vec::new();
    for (path, text) in sources(&[".rs", ".ts", ".mjs"]) {
        let found = text.lines().enumerate().filter(|(_, l)| marks.iter().any(|m| l.contains(m)));
        wrong.extend(found.map(|(n, _)| format!("{path}:{}", n + 1)));
    }
    nothing("unfinished work", &wrong);
}
