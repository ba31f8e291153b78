//! What a calendar needs to know of a case clock: when it started, ran and stood still. A pure function of the events.

use linli_worktime::Millis;

use crate::{
    case::Case,
    definition::{Clock, Within},
    event::{Change, Event, What},
};

/// The facts of one clock of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockFacts {
    /// The limit now, after renewals; none for a clock that only measures.
    pub within: Option<Within>,
    /// When it first ran, or was last renewed.
    pub from: Millis,
    /// When it ran since then, in order; the last is open while it runs.
    pub spans: Vec<Span>,
    /// When it stood still since then, by the start; pauses of two steps may overlap, and lie outside the spans.
    pub pauses: Vec<Pause>,
    /// Calendar days by which it was extended since then.
    pub extended_days: u32,
    /// When it stopped; none while it runs or is paused.
    pub stopped: Option<Millis>,
}

/// A stretch of time; open when it has no end yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its start.
    pub from: Millis,
    /// Its end.
    pub to: Option<Millis>,
}

/// A stretch of time during which a clock stood still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The stretch.
    pub span: Span,
    /// The step that was open.
    pub step: String,
}

/// The facts of a clock from all events of a case; none when it never ran.
pub fn clock_facts<'e>(clock: &Clock, events: impl IntoIterator<Item = &'e Event>) -> Option<ClockFacts> {
    let mut case = Case::default();
    let mut facts = None;
    for event in events {
        case.apply(event);
        facts = ClockFacts::after(facts, clock, &case, event);
    }
    facts
}

/// Whether a clock counts as the case stands, pauses aside.
pub(crate) fn runs(clock: &Clock, case: &Case) -> bool {
    !case.is_ended()
        && if clock.during.is_empty() { !case.is_settled() } else { clock.during.iter().any(|step| case.is_open(step)) }
}

fn change_of(event: &Event) -> Option<&Change> {
    match &event.what {
        What::Opened { change, .. } | What::Acted { change, .. } | What::Cancelled { change, .. } => Some(change),
        What::Side { .. } | What::Late { .. } => None,
    }
}

impl ClockFacts {
    /// The facts after one more event; `case` is the state that it left.
    pub fn after(facts: Option<Self>, clock: &Clock, case: &Case, event: &Event) -> Option<Self> {
        let change = change_of(event);
        let mut facts = match change.and_then(|change| change.renewed.get(&clock.name)) {
            Some(within) => Self::new(Some(within.clone()), event.at),
            None if facts.is_none() && runs(clock, case) => Self::new(clock.within.clone(), event.at),
            None => facts?,
        };
        let days = change.and_then(|change| change.extended.get(&clock.name)).copied();
        facts.extended_days = facts.extended_days.saturating_add(days.unwrap_or_default());
        facts.follow(clock, case, event.at);
        Some(facts)
    }

    fn new(within: Option<Within>, from: Millis) -> Self {
        Self { within, from, spans: Vec::new(), pauses: Vec::new(), extended_days: 0, stopped: None }
    }

    fn follow(&mut self, clock: &Clock, case: &Case, at: Millis) {
        let runs = runs(clock, case);
        self.stopped = if runs { None } else { self.stopped.or(Some(at)) };
        let is_paused = |step: &String| runs && case.is_open(step);
        let counts = runs && !clock.pauses.iter().any(is_paused);
        match self.spans.last_mut().filter(|span| span.to.is_none()) {
            Some(span) if !counts => span.to = Some(at),
            None if counts => self.spans.push(Span { from: at, to: None }),
            _ => {}
        }
        for step in &clock.pauses {
            let is_open = |pause: &&mut Pause| pause.step == *step && pause.span.to.is_none();
            match self.pauses.iter_mut().find(is_open) {
                Some(pause) if !is_paused(step) => pause.span.to = Some(at),
                None if is_paused(step) => {
                    self.pauses.push(Pause { span: Span { from: at, to: None }, step: step.clone() })
                }
                _ => {}
            }
        }
    }
}
