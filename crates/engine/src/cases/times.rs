//! When things fall due: a pure function of a case's events and a calendar. Nothing here is stored but the next wake-up.

use linli_flow::{Case, ClockFacts, Definition, Event, Instance, OpenStep, Timed, Within, clock_facts};
use linli_worktime::{Limit, Millis, Pause, Unit, deadline, point};

use crate::pack::Pack;

/// The rules that a case goes by.
#[derive(Clone, Copy)]
pub struct Rules<'p> {
    /// The pack that it keeps.
    pub pack: &'p Pack,
    /// Its flow.
    pub flow: &'p Definition,
}

/// A level of a limit that falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Millis,
    /// Of which step or clock.
    pub of: Timed,
    /// At how many percent.
    pub level: u8,
}

/// A clock of the case as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockState {
    /// The clock.
    pub name: String,
    /// When it started, or was last renewed.
    pub from: Millis,
    /// When it ends; none while it stands still, or when it only measures.
    pub due_at: Option<Millis>,
    /// Milliseconds that it ran.
    pub held: i64,
    /// The step for which it stands still now.
    pub paused_by: Option<String>,
    /// When it stopped for good.
    pub stopped: Option<Millis>,
}

impl Rules<'_> {
    fn limit(&self, within: &Within, case: &Case) -> Option<Limit> {
        match within {
            Within::Limit(limit) => Some(*limit),
            Within::Table(name) => self.pack.limit(name, case.field("class").as_text()),
            Within::Until(_) => None,
        }
    }

    /// When `percent` of a step's limit is used.
    fn step_point(&self, case: &Case, open: &OpenStep, percent: u8) -> Option<Millis> {
        let step = self.flow.step(&open.step)?;
        if let Within::Until(field) = &step.within {
            let day = case.field(field).as_text()?;
            // A day begins at midnight; a minute says itself.
            let clock = if day.contains(':') { ":00" } else { " 00:00:00" };
            return self.pack.calendar.parse_local(&format!("{day}{clock}")).ok();
        }
        let limit = self.limit(&step.within, case)?;
        point(&self.pack.calendar, open.since, limit, &[], percent)
    }

    /// When an open step is due.
    pub fn step_due(&self, case: &Case, open: &OpenStep) -> Millis {
        self.step_point(case, open, 100).unwrap_or(open.since)
    }

    /// The clocks of the case, in the order of the flow.
    pub fn clocks(&self, case: &Case, events: &[Event], now: Millis) -> Vec<ClockState> {
        self.flow.clocks().iter().filter_map(|clock| self.clock(clock, case, events, now)).collect()
    }

    fn clock(&self, clock: &linli_flow::Clock, case: &Case, events: &[Event], now: Millis) -> Option<ClockState> {
        let facts = clock_facts(clock, events)?;
        let pauses = pauses(&facts);
        let due_at = facts.within.as_ref().and_then(|w| self.clock_point(w, case, &facts, &pauses, 100));
        let spans = facts.spans.iter().map(|s| (s.from, s.to));
        Some(ClockState {
            name: clock.name.clone(),
            from: facts.from,
            due_at,
            held: linli_worktime::held(spans, now),
            paused_by: facts.pauses.iter().find(|p| p.span.to.is_none()).map(|p| p.step.clone()),
            stopped: facts.stopped,
        })
    }

    fn clock_point(
        &self,
        within: &Within,
        case: &Case,
        facts: &linli_flow::ClockFacts,
        pauses: &[Pause],
        percent: u8,
    ) -> Option<Millis> {
        let (calendar, limit) = (&self.pack.calendar, self.limit(within, case)?);
        let days = facts.extended_days;
        match limit.unit {
            _ if days == 0 => point(calendar, facts.from, limit, pauses, percent),
            // More days of the same kind are one longer limit; of another kind, they follow its end.
            Unit::Day => {
                let longer = Limit { amount: limit.amount.saturating_add(days), ..limit };
                point(calendar, facts.from, longer, pauses, percent)
            }
            _ => {
                let first = deadline(calendar, facts.from, limit, pauses).at?;
                point(calendar, first, Limit { amount: days, unit: Unit::Day }, pauses, percent)
            }
        }
    }

    /// When the resident's clock ends; none while it stands still.
    pub fn promised_at(&self, case: &Case, events: &[Event]) -> Option<Millis> {
        self.promised_by(case, &self.facts(events))
    }

    pub(super) fn promised_by(&self, case: &Case, facts: &[Option<ClockFacts>]) -> Option<Millis> {
        let at = self.flow.clocks().iter().position(|clock| clock.name == "resident")?;
        let facts = facts.get(at)?.as_ref()?;
        self.clock_point(facts.within.as_ref()?, case, facts, &pauses(facts), 100)
    }

    /// What the events say of each clock, in the order of the flow.
    pub(super) fn facts(&self, events: &[Event]) -> Vec<Option<ClockFacts>> {
        self.flow.clocks().iter().map(|clock| clock_facts(clock, events)).collect()
    }

    /// The facts after one more event, which left the case like this.
    pub(super) fn follow(&self, facts: &mut [Option<ClockFacts>], case: &Case, event: &Event) {
        for (clock, facts) in self.flow.clocks().iter().zip(facts) {
            *facts = ClockFacts::after(facts.take(), clock, case, event);
        }
    }

    /// Everything that has yet to fall due, soonest first.
    pub fn dues(&self, case: &Case, events: &[Event]) -> Vec<Due> {
        self.dues_by(case, &self.facts(events))
    }

    pub(super) fn dues_by(&self, case: &Case, facts: &[Option<ClockFacts>]) -> Vec<Due> {
        let mut dues = Vec::new();
        for open in case.open() {
            let Some(step) = self.flow.step(&open.step) else { continue };
            for level in step.late.keys().filter(|l| !open.fired.contains(l)) {
                if let Some(at) = self.step_point(case, open, *level) {
                    let of = Timed::Step(Instance { step: open.step.clone(), key: open.key.clone() });
                    dues.push(Due { at, of, level: *level });
                }
            }
        }
        let clocks = self.flow.clocks().iter().zip(facts);
        for (clock, facts) in clocks.filter(|(c, _)| !c.late.is_empty() && !case.is_settled()) {
            let Some(facts) = facts.as_ref().filter(|f| f.stopped.is_none()) else { continue };
            let (of, pauses) = (Timed::Clock(clock.name.clone()), pauses(facts));
            let fired = case.fired(&of);
            for level in clock.late.keys().filter(|l| !fired.contains(l)) {
                let within = facts.within.as_ref();
                if let Some(at) = within.and_then(|w| self.clock_point(w, case, facts, &pauses, *level)) {
                    dues.push(Due { at, of: of.clone(), level: *level });
                }
            }
        }
        dues.sort_by(|a, b| (a.at, a.level, &a.of).cmp(&(b.at, b.level, &b.of)));
        dues
    }

    /// Years without a calendar that the limits from `now` on step over.
    pub fn uncovered(&self, case: &Case, open: &OpenStep) -> Vec<i16> {
        let within = self.flow.step(&open.step).map(|s| &s.within);
        let limit = within.and_then(|w| self.limit(w, case));
        limit.map_or_else(Vec::new, |l| deadline(&self.pack.calendar, open.since, l, &[]).uncovered)
    }
}

fn pauses(facts: &linli_flow::ClockFacts) -> Vec<Pause> {
    facts.pauses.iter().map(|p| Pause { from: p.span.from, to: p.span.to, cause: p.step.clone() }).collect()
}
