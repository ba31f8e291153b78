//! What several tests need: the pack's finder, and where the shared records are.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{path::PathBuf, sync::LazyLock};

use linli_insight::text::personal::{Finder, Kind, Marks, mask};

/// The finder of the default pack.
pub static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/cn/personal.toml");
    let text = std::fs::read_to_string(file).expect("the pack's marks");
    Finder::new(&Marks::parse(file, &text).expect("sound marks")).expect("an automaton")
});

/// What a handler sees in place of personal data.
pub fn hidden(kind: Kind) -> &'static str {
    match kind {
        Kind::Phone | Kind::Landline => "［电话已隐去］",
        Kind::Identity => "［证件号已隐去］",
        Kind::BankCard => "［卡号已隐去］",
        Kind::Plate => "［车牌已隐去］",
        Kind::Name => "［姓名已隐去］",
        Kind::Email => "［邮箱已隐去］",
        Kind::Account => "［账号已隐去］",
        Kind::Passport => "［护照号已隐去］",
    }
}

pub fn masked(text: &str) -> String {
    mask(text, &FINDER.find(text), hidden)
}

/// What is found, as kind and text.
pub fn found(text: &str) -> Vec<(Kind, &str)> {
    FINDER.find(text).into_iter().map(|f| (f.kind, &text[f.range])).collect()
}

/// A file of the real records; `None`, said plainly, where they are not on this machine.
pub fn record(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LINLI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: no shared records at {}; set LINLI_DATA", path.display());
    None
}
