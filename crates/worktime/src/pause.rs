//! Stretches of time during which a clock stands still, or a unit holds a case.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// A stretch during which a clock stands still. One that ends before it begins is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When it began.
    pub from: Millis,
    /// When it ended; `None` while it lasts.
    pub to: Option<Millis>,
    /// Why, in the words of the flow; shown to everyone who sees the clock.
    pub cause: String,
}

/// Plain time covered by spans from one instant to another (`None`: until `now`), in milliseconds. What overlaps
/// counts once. This is how long a unit held a case, whatever the legal clock says.
pub fn held(spans: impl IntoIterator<Item = (Millis, Option<Millis>)>, now: Millis) -> i64 {
    let spans = merged(spans, Millis(i64::MIN), now);
    spans.iter().fold(0, |sum: i64, span| sum.saturating_add(span.to.since(span.from)))
}

pub(crate) struct Span {
    pub(crate) from: Millis,
    pub(crate) to: Millis,
}

/// What lies between two instants, in order, without overlap and without touching.
pub(crate) fn merged(
    spans: impl IntoIterator<Item = (Millis, Option<Millis>)>,
    begin: Millis,
    until: Millis,
) -> Vec<Span> {
    let inside =
        |(from, to): (Millis, Option<Millis>)| Span { from: from.max(begin), to: to.unwrap_or(until).min(until) };
    let mut spans: Vec<Span> = spans.into_iter().map(inside).filter(|span| span.from < span.to).collect();
    spans.sort_by_key(|span| span.from);
    spans.dedup_by(|next, kept| {
        let joined = next.from <= kept.to;
        if joined {
            kept.to = kept.to.max(next.to);
        }
        joined
    });
    spans
}
