//! The clocks of a case as a page shows them: the promise to the resident, the open steps, and how long the unit held it.

use linli_engine::cases::{
    read::{Dossier, Standing},
    times::ClockState,
};
use linli_flow::{ClockFacts, clock_facts};
use linli_worktime::Millis;

use crate::web::{Ctx, Page, i18n};

/// A clock on a page.
pub struct Clock {
    /// `clock`, with how near its end is.
    pub class: &'static str,
    /// What it measures.
    pub title: String,
    /// What is left of it, or how long it ran.
    pub left: String,
    /// How much of it is used, in percent; none where there is nothing to compare with.
    pub used: Option<i64>,
    /// The meter in words.
    pub says: String,
    /// What else there is to know: when it ends, what stopped it.
    pub hints: Vec<String>,
}

/// The clocks of a case, the resident's first.
pub fn clocks(ctx: &Ctx, page: &Page, dossier: &Dossier) -> Vec<Clock> {
    let now = ctx.engine().clock.now();
    let limited = |state: &&ClockState| dossier.flow.clock(&state.name).is_some_and(|c| c.within.is_some());
    let promise = dossier.clocks.iter().filter(limited).map(|state| promise(page, dossier, state, now));
    let steps = dossier.steps.iter().map(|step| step_clock(page, step, now));
    let measured = dossier.clocks.iter().filter(|s| !limited(s)).map(|state| measured(page, dossier, state, now));
    promise.chain(steps).chain(measured).collect()
}

fn promise(page: &Page, dossier: &Dossier, state: &ClockState, now: Millis) -> Clock {
    let title = title(page, dossier, state);
    let facts = dossier.flow.clock(&state.name).and_then(|clock| clock_facts(clock, &dossier.events));
    let mut hints = facts.map(|facts| pauses(page, dossier, &facts, now)).unwrap_or_default();
    if let Some(at) = state.stopped {
        hints.insert(0, page.t1("desk-clock-stopped-at", "time", page.time(&at).words));
        return plain("clock", title, page.t1("desk-clock-used", "span", page.span(&state.held)), hints);
    }
    let Some(due_at) = state.due_at else {
        let step = state.paused_by.as_deref().unwrap_or_default();
        hints.insert(0, page.t1("desk-clock-waits", "step", step_name(page, dossier, step)));
        return plain("clock clock-paused", title, page.t("desk-clock-paused"), hints);
    };
    hints.insert(0, page.t1("desk-clock-until", "time", page.time(&due_at).words));
    running(page, title, state.from, due_at, now, hints)
}

fn step_clock(page: &Page, step: &Standing, now: Millis) -> Clock {
    let words = [("step", page.of(&step.title).into()), ("owner", page.owner(&step.owner).into())];
    let title = i18n::text(page.lang(), "desk-clock-step", &words);
    running(
        page,
        title,
        step.since,
        step.due_at,
        now,
        vec![page.t1("desk-clock-due", "time", page.time(&step.due_at).words)],
    )
}

fn running(page: &Page, title: String, from: Millis, due_at: Millis, now: Millis, hints: Vec<String>) -> Clock {
    let due = page.due(&due_at);
    let used = share(now.since(from), due_at.since(from));
    let class = match due.class {
        "due due-late" => "clock clock-late",
        _ if used >= 80 => "clock clock-soon",
        _ => "clock",
    };
    // What is left is another tomorrow, when paper is read.
    let left = if page.is_paper() || due_at.since(now) < 0 {
        due.words
    } else {
        page.t1("desk-clock-left", "span", page.span(&due_at.since(now)))
    };
    Clock { class, says: says(page, &title, used), title, left, used: Some(used), hints }
}

fn measured(page: &Page, dossier: &Dossier, state: &ClockState, now: Millis) -> Clock {
    let used = share(state.held, dossier.head.settled_at.unwrap_or(now).since(dossier.head.opened_at));
    let title = title(page, dossier, state);
    let hints = vec![page.n("desk-clock-share", used)];
    Clock {
        class: "clock",
        says: says(page, &title, used),
        title,
        left: page.span(&state.held),
        used: Some(used),
        hints,
    }
}

fn plain(class: &'static str, title: String, left: String, hints: Vec<String>) -> Clock {
    Clock { class, title, left, used: None, says: String::new(), hints }
}

fn says(page: &Page, title: &str, used: i64) -> String {
    i18n::text(page.lang(), "desk-clock-says", &[("clock", title.into()), ("n", used.into())])
}

/// What part of a whole is used, in percent.
fn share(part: i64, whole: i64) -> i64 {
    (part.max(0).saturating_mul(100) / whole.max(1)).min(100)
}

/// When the clock stood still before, and by how much it was made longer.
fn pauses(page: &Page, dossier: &Dossier, facts: &ClockFacts, now: Millis) -> Vec<String> {
    let over = facts.pauses.iter().filter_map(|pause| {
        let span = page.span(&pause.span.to?.min(now).since(pause.span.from));
        let words = [("span", span.into()), ("step", step_name(page, dossier, &pause.step).into())];
        Some(i18n::text(page.lang(), "desk-clock-stood", &words))
    });
    let longer = (facts.extended_days > 0).then(|| page.n("desk-clock-longer", facts.extended_days));
    over.chain(longer).collect()
}

fn title(page: &Page, dossier: &Dossier, state: &ClockState) -> String {
    dossier.flow.clock(&state.name).map_or_else(|| state.name.clone(), |c| page.of(&c.title).to_owned())
}

fn step_name(page: &Page, dossier: &Dossier, step: &str) -> String {
    dossier.flow.step(step).map_or_else(|| step.to_owned(), |s| page.of(&s.title).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_share_is_a_share(part in any::<i64>(), whole in any::<i64>()) {
            prop_assert!((0..=100).contains(&share(part, whole)));
        }

        #[test]
        fn what_is_past_its_end_is_used_up(whole in 1..1_000_000_i64, more in 0..1_000_000_i64) {
            prop_assert_eq!(share(whole + more, whole), 100);
        }
    }
}
