//! What an entry of a case's timeline is called, for whoever reads it.

use linli_engine::cases::{
    read::Dossier,
    timeline::{Entry, Sort},
};

use super::{Page, i18n};

/// What an entry is called.
pub fn what(page: &Page, dossier: &Dossier, entry: &Entry) -> String {
    match entry.sort {
        Sort::Opened => known(page, format!("desk-came-{}", dossier.head.channel), "desk-came"),
        Sort::Late(level @ 100..) => late(page, "desk-late-over", level, &entry.title),
        Sort::Late(level) => late(page, "desk-late-part", level, &entry.title),
        Sort::Act | Sort::Side | Sort::Shared => entry.title.clone(),
    }
}

fn late(page: &Page, key: &str, level: u8, title: &str) -> String {
    i18n::text(page.lang(), key, &[("level", i64::from(level).into()), ("title", title.into())])
}

/// A text, or another where there is none: a case may have come by a way that this version does not know.
pub fn known(page: &Page, key: String, otherwise: &str) -> String {
    page.t(if i18n::has(page.lang(), &key) { &key } else { otherwise })
}
