//! The story of a case as its reporter reads it: what was done, what is being done now, what comes next.

use linli_engine::cases::{
    Phase,
    read::{Dossier, Standing},
    timeline::{Audience, Entry, Sort, fill, timeline, words},
};
use linli_flow::{Goes, Text};

use super::rows;
use crate::web::{Ctx, Page, i18n::has, times::Spoken};

/// One thing on the timeline.
pub struct Moment {
    /// Its shape: `done`, `done late`, `now`, `next`.
    pub class: &'static str,
    /// The shape in words.
    pub shape: String,
    /// What happened, is being done, or comes.
    pub what: String,
    /// When it happened.
    pub at: Option<Spoken>,
    /// Whose it is, and until when.
    pub who: String,
    /// The reason and an apology where it is late.
    pub why: String,
}

/// The story, oldest first.
pub fn moments(ctx: &Ctx, page: &Page, dossier: &Dossier) -> Vec<Moment> {
    let directory = ctx.engine().directory();
    let entries = timeline(dossier, &directory, Audience::Resident, ctx.lang.code());
    let mut story: Vec<Moment> = entries.into_iter().filter_map(|entry| past(page, entry)).collect();
    if dossier.head.phase == Phase::Ended {
        return story;
    }
    let open = dossier.steps.iter().filter_map(|step| Some((step, says(ctx, dossier, step)?)));
    story.extend(open.map(|(step, what)| Moment {
        class: "now",
        shape: page.t("track-now"),
        at: None,
        who: whose(page, dossier, step, &what),
        what,
        why: String::new(),
    }));
    story.extend(next(page, dossier).into_iter().map(|what| Moment {
        class: "next",
        shape: page.t("track-next"),
        what,
        at: None,
        who: String::new(),
        why: String::new(),
    }));
    story
}

fn past(page: &Page, entry: Entry) -> Option<Moment> {
    let late = matches!(entry.sort, Sort::Late(_));
    let what = match entry.sort {
        Sort::Opened => page.t("track-opened"),
        Sort::Late(_) => page.t("track-late"),
        Sort::Act | Sort::Side | Sort::Shared => entry.text,
    };
    (!what.is_empty()).then(|| Moment {
        class: if late { "done late" } else { "done" },
        shape: page.t("track-done"),
        what,
        at: Some(page.time(&entry.at)),
        who: entry.who,
        why: if late { page.t("track-late-sorry") } else { String::new() },
    })
}

/// What was last made known, where the reporter is asked about it.
pub fn asked_about(dossier: &Dossier, story: &[Moment]) -> Option<String> {
    rows::asks(dossier).next()?;
    story.iter().rev().find(|moment| moment.at.is_some()).map(|moment| moment.what.clone())
}

/// What an open step says to the resident; nothing for one that is the units' own affair.
pub fn says(ctx: &Ctx, dossier: &Dossier, step: &Standing) -> Option<String> {
    let (directory, lang) = (ctx.engine().directory(), ctx.lang.code());
    let value = |name: &str| words(dossier, &directory, name, dossier.case.field(name), lang);
    step.says.as_ref().map(|says| fill(says.get(lang), value))
}

/// Who has it and until when. What is past due shows as the promise that was missed, not as an inner limit.
fn whose(page: &Page, dossier: &Dossier, step: &Standing, what: &str) -> String {
    if step.step == rows::ALONG {
        return String::new();
    }
    if dossier.head.phase == Phase::Settled {
        return page.t1("track-until", "when", page.time(&step.due_at).words);
    }
    // Inside an office it is nobody's business which role has it; a unit is named once.
    let owner = match step.owner.split_once(':') {
        Some(("role", _)) => None,
        _ if step.owner == "reporter" => Some(page.t("track-yours")),
        _ => Some(page.owner(&step.owner)).filter(|owner| !what.contains(owner.as_str())),
    };
    let late = page.due(&step.due_at).class.contains("late");
    let until = (!late).then(|| page.t1("track-until", "when", page.time(&step.due_at).words));
    owner.into_iter().chain(until).collect::<Vec<_>>().join(" \u{b7} ")
}

/// What comes after what is open: the next thing that concerns the resident, and their own word at the end.
fn next(page: &Page, dossier: &Dossier) -> Vec<String> {
    let open = |name: &str| dossier.case.is_open(name);
    let Some(mut at) = dossier.steps.iter().find(|s| s.says.is_some()).map(|s| s.step.clone()) else {
        return Vec::new();
    };
    let mut coming: Vec<String> = Vec::new();
    let mut seen = vec![at.clone()];
    // The usual way is each step's first act; it ends where the case is settled.
    while let Some(step) = dossier.flow.step(&at).filter(|s| !s.settled) {
        let Some(act) = step.acts.first() else { break };
        let branches = act.branches.iter().map(|b| &b.way.goes);
        let ways = branches.chain(std::iter::once(&act.way.goes));
        let steps = ways.filter_map(|goes| match goes {
            Goes::Opens(steps) => Some(steps),
            Goes::Ends => None,
        });
        let Some(following) = steps.flatten().find(|s| {
            let says = dossier.flow.step(s).is_some_and(|s| s.says.is_some());
            says && !seen.contains(s)
        }) else {
            break;
        };
        at = following.clone();
        seen.push(at.clone());
        // A case is reopened once.
        let over = at == "aftercare" && dossier.case.counter("reopened") > 0;
        if let Some(step) = dossier.flow.step(&at).filter(|s| !open(&s.name) && !over) {
            coming.push(title(page, &at, &step.title));
        }
    }
    let last = coming.pop();
    let first = (!coming.is_empty()).then(|| coming.swap_remove(0));
    first.into_iter().chain(last).collect()
}

fn title(page: &Page, step: &str, pack: &Text) -> String {
    let key = format!("track-next-{step}");
    if has(page.lang(), &key) { page.t(&key) } else { page.of(pack).to_owned() }
}
