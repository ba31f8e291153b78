//! The parts of co-units: who has delivered, who is late, what the lead has done; for the lead and for each co-unit alike.

use linli_engine::cases::{
    read::Dossier,
    timeline::{Audience, timeline},
};
use linli_flow::What;

use crate::web::{
    Ctx, Page,
    times::{Due, Spoken},
};

/// A co-unit's part.
pub struct Part {
    /// The unit.
    pub unit: String,
    /// Whether it is the reader's own unit.
    pub own: bool,
    /// `tag …` and the word for how it stands.
    pub tag: (&'static str, String),
    /// When it is due, while it is open.
    pub due: Option<Due>,
    /// When it was delivered, and what was said.
    pub delivered: Option<(Spoken, Vec<String>)>,
}

/// The parts of a case, in the order in which its co-units were named.
pub fn parts(ctx: &Ctx, page: &Page, d: &Dossier) -> Vec<Part> {
    let own = ctx.seat().map(|seat| seat.org.to_string());
    let part = |unit: &String| {
        let open = d.steps.iter().find(|step| step.key == *unit);
        let late = open.is_some_and(|step| step.due_at < ctx.engine().clock.now());
        let delivered = delivered(ctx, page, d, unit);
        let tag = match (open, &delivered) {
            (Some(_), _) if late => ("tag tag-late", page.t("part-late")),
            (Some(_), _) => ("tag tag-now", page.t("part-open")),
            (None, Some(_)) => ("tag tag-done", page.t("part-done")),
            (None, None) => ("tag", page.t("part-not-yet")),
        };
        Part {
            unit: page.org(unit),
            own: own.as_ref() == Some(unit),
            tag,
            due: open.map(|step| page.due(&step.due_at)),
            delivered,
        }
    };
    d.case.field("co_units").as_list().iter().map(part).collect()
}

/// The last thing that a co-unit handed in.
fn delivered(ctx: &Ctx, page: &Page, d: &Dossier, unit: &str) -> Option<(Spoken, Vec<String>)> {
    let last = d.events.iter().rev().find(|e| matches!(&e.what, What::Acted { key, .. } if key == unit))?;
    let story = timeline(d, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    let entry = story.into_iter().find(|entry| entry.seq == last.seq)?;
    let lines = std::iter::once(entry.title).chain(entry.text.lines().map(str::to_owned)).collect();
    Some((page.time(&entry.at), lines))
}
