//! The story of a case as staff read it: what happened, who did it and by which rule, and what is open now.

use linli_engine::cases::{
    read::Dossier,
    reveal::is_opening,
    timeline::{Audience, Entry, Sort, timeline},
};

pub use crate::web::entry::what;
use crate::web::{Ctx, Page, entry::known, times::Spoken};

/// One thing on the timeline.
pub struct Moment {
    /// Its shape: `done`, `done late`, `now`.
    pub class: &'static str,
    /// The shape in words.
    pub shape: String,
    /// What happened, or has to.
    pub what: String,
    /// When.
    pub when: Spoken,
    /// What stands before the time: that something is due then.
    pub before: String,
    /// Who, and by which rule.
    pub who: String,
    /// What was written down.
    pub lines: Vec<String>,
}

/// The story, oldest first, and the open steps at its end.
pub fn moments(ctx: &Ctx, page: &Page, dossier: &Dossier) -> Vec<Moment> {
    let directory = ctx.engine().directory();
    let entries = timeline(dossier, &directory, Audience::Staff, ctx.lang.code());
    let past = entries.into_iter().map(|entry| past(page, dossier, entry));
    let open = dossier.steps.iter().map(|step| Moment {
        class: "now",
        shape: page.t("desk-shape-now"),
        what: page.of(&step.title).to_owned(),
        when: page.time(&step.due_at),
        before: page.t("desk-due-at"),
        who: page.owner(&step.owner),
        lines: Vec::new(),
    });
    past.chain(open).collect()
}

/// The times at which the vault was opened for a case, oldest first.
pub fn openings(ctx: &Ctx, page: &Page, dossier: &Dossier) -> Vec<Moment> {
    let opened: Vec<u64> = dossier.events.iter().filter(|e| is_opening(e.what.name())).map(|e| e.seq).collect();
    let entries = timeline(dossier, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    entries.into_iter().filter(|entry| opened.contains(&entry.seq)).map(|entry| past(page, dossier, entry)).collect()
}

fn past(page: &Page, dossier: &Dossier, entry: Entry) -> Moment {
    let what = what(page, dossier, &entry);
    let rule = entry.rule.map(|rule| page.t1("desk-by-rule", "rule", rule));
    let who: Vec<String> = Some(entry.who).filter(|who| !who.is_empty()).into_iter().chain(rule).collect();
    let late = matches!(entry.sort, Sort::Late(100..));
    Moment {
        class: if late { "late" } else { "done" },
        shape: page.t(if late { "desk-shape-late" } else { "desk-shape-done" }),
        what,
        when: page.time(&entry.at),
        before: String::new(),
        who: who.join(" \u{b7} "),
        lines: entry.text.lines().map(str::to_owned).collect(),
    }
}

/// The way in which a case came.
pub fn channel(page: &Page, channel: &str) -> String {
    known(page, format!("desk-channel-{channel}"), "desk-channel")
}
