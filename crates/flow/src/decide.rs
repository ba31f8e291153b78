//! Deciding: a command and the state of a case give one event, with every consequence written out, or a refusal.

use std::collections::BTreeMap;

use linli_worktime::Millis;

use crate::{
    case::Case,
    clock,
    command::{Command, FormProblem, Refusal},
    definition::{Act, Cancels, Definition, Goes, Late, Step, Way},
    event::{Actor, Change, Event, Instance, Opening, Timed, Token, What},
    form,
    net::{Effect, Marking},
    value::{Fields, Form, Value},
    who::Who,
};

/// Decides a command. It checks what the flow says; whether this actor may act for the owner is for the caller to check.
///
/// # Errors
/// A [`Refusal`] when the case, the guard or the form does not allow it.
pub fn decide(def: &Definition, case: &Case, command: &Command, by: &Actor, now: Millis) -> Result<Event, Refusal> {
    let is_open = matches!(command, Command::Open { .. });
    match (is_open, case.seq()) {
        (true, 1..) => return Err(Refusal::AlreadyOpened),
        (false, 0) => return Err(Refusal::NotOpened),
        _ => {}
    }
    let what = match command {
        Command::Open { pack, fields } => open(def, case, pack, fields)?,
        Command::Act { step, key, act, form, seen } => acted(def, case, &Instance::new(step, key), act, form, *seen)?,
        Command::Side { act, form } => side(def, case, act, form)?,
        Command::Cancel { act, form } => cancelled(def, case, act, form)?,
        Command::Late { of, level } => late(def, case, of, *level)?,
    };
    Ok(Event { seq: case.seq() + 1, at: now, by: by.clone(), what })
}

fn open(def: &Definition, case: &Case, pack: &str, fields: &Fields) -> Result<What, Refusal> {
    let mut after = After::new(def, case)?;
    after.change.fields = form::known(def, fields)?;
    after.open(None, &def.start)?;
    Ok(What::Opened { flow: def.id.clone(), pack: pack.to_owned(), change: after.settle(None) })
}

fn acted(
    def: &Definition,
    case: &Case,
    at: &Instance,
    name: &str,
    filled: &Form,
    seen: Option<u64>,
) -> Result<What, Refusal> {
    let step = def.step(&at.step).ok_or_else(|| unknown(&at.step))?;
    let act = step.act(name).ok_or_else(|| unknown(name))?;
    check_open(case, at, seen)?;
    if let Some(gate) = &act.gate {
        let value_of = |name: &str| value(def, case, &Change::default(), name);
        if !gate.when.holds(&value_of) {
            return Err(Refusal::Guard { act: name.to_owned(), why: gate.why.clone() });
        }
    }
    let mut after = After::new(def, case)?;
    after.change.fields = form::written(def, &act.form, filled)?;
    after.count(act)?;
    after.change.closed = vec![at.clone()];
    let is_last = case.open().filter(|open| open.step == at.step).count() == 1;
    let way = if is_last {
        let way = after.way(act);
        after.marking.open.remove(&after.index(step)?);
        after.go(Some(step), way)?;
        Some(way)
    } else {
        None
    };
    Ok(What::Acted {
        step: at.step.clone(),
        key: at.key.clone(),
        act: name.to_owned(),
        form: filled.clone(),
        change: after.settle(way),
    })
}

/// Whether the step is open, and still the opening that the actor saw.
fn check_open(case: &Case, at: &Instance, seen: Option<u64>) -> Result<(), Refusal> {
    let step = at.step.clone();
    match (case.open_step(&at.step, &at.key), case.closing(&at.step, &at.key)) {
        (Some(open), _) if seen.is_none_or(|seen| seen == open.opened_seq) => Ok(()),
        (Some(open), _) => Err(Refusal::Stale { step, since: open.since }),
        (None, Some(closing)) => {
            Err(Refusal::Closed { step, by: Box::new(closing.by.clone()), at: closing.at, act: closing.act.clone() })
        }
        (None, None) => check_alive(case).and(Err(Refusal::NotOpen { step })),
    }
}

fn check_alive(case: &Case) -> Result<(), Refusal> {
    if case.is_ended() {
        return Err(Refusal::Ended { outcome: case.outcome().map(str::to_owned) });
    }
    Ok(())
}

fn check_during(case: &Case, act: &str, during: &[String]) -> Result<(), Refusal> {
    check_alive(case)?;
    if during.is_empty() || during.iter().any(|step| case.is_open(step)) {
        return Ok(());
    }
    Err(Refusal::NotDuring { act: act.to_owned() })
}

fn side(def: &Definition, case: &Case, name: &str, filled: &Form) -> Result<What, Refusal> {
    let side = def.side(name).ok_or_else(|| unknown(name))?;
    check_during(case, name, &side.during)?;
    Ok(What::Side {
        act: name.to_owned(),
        fields: form::written(def, &side.form, filled)?,
        form: filled.clone(),
        deeds: side.deeds.clone(),
    })
}

fn cancelled(def: &Definition, case: &Case, name: &str, filled: &Form) -> Result<What, Refusal> {
    let cancel = def.cancel(name).ok_or_else(|| unknown(name))?;
    check_during(case, name, &cancel.during)?;
    let mut after = After::new(def, case)?;
    after.change.fields = form::written(def, &cancel.form, filled)?;
    let falls = |step: &String| match &cancel.cancels {
        Cancels::All => true,
        Cancels::Steps(steps) => steps.contains(step),
    };
    let fallen = case.open().filter(|open| falls(&open.step));
    after.change.closed = fallen.map(|open| Instance::new(&open.step, &open.key)).collect();
    after.change.consumed = case.tokens().filter(|token| falls(&token.at)).cloned().collect();
    after.marking.open.retain(|step| !falls(&def.steps[*step].name));
    after.marking.tokens.retain(|(at, _)| !falls(&def.steps[*at].name));
    after.go(None, &cancel.way)?;
    Ok(What::Cancelled { act: name.to_owned(), form: filled.clone(), change: after.settle(Some(&cancel.way)) })
}

fn late(def: &Definition, case: &Case, of: &Timed, level: u8) -> Result<What, Refusal> {
    check_alive(case)?;
    let late: &Late = match of {
        Timed::Step(at) => {
            let step = def.step(&at.step).ok_or_else(|| unknown(&at.step))?;
            check_open(case, at, None)?;
            &step.late
        }
        Timed::Clock(name) => {
            let clock = def.clock(name).ok_or_else(|| unknown(name))?;
            if !clock::runs(clock, case) {
                return Err(Refusal::ClockStopped { clock: name.clone() });
            }
            &clock.late
        }
    };
    let deeds = late.get(&level).ok_or_else(|| unknown(&level.to_string()))?;
    if case.fired(of).contains(&level) {
        return Err(Refusal::AlreadyFired { level });
    }
    Ok(What::Late { of: of.clone(), level, deeds: deeds.clone() })
}

fn unknown(name: &str) -> Refusal {
    Refusal::Unknown { name: name.to_owned() }
}

/// What a name in a guard stands for: a counter, or else a field, as an event is about to leave it.
fn value(def: &Definition, case: &Case, change: &Change, name: &str) -> Value {
    if def.counters.iter().any(|counter| counter == name) {
        let counted = change.counters.get(name).copied();
        return Value::Number(counted.unwrap_or_else(|| case.counter(name)));
    }
    change.fields.get(name).unwrap_or_else(|| case.field(name)).clone()
}

/// A change while it is worked out.
struct After<'a> {
    def: &'a Definition,
    case: &'a Case,
    marking: Marking,
    change: Change,
}

impl<'a> After<'a> {
    fn new(def: &'a Definition, case: &'a Case) -> Result<Self, Refusal> {
        let index = |name: &str| def.index(name).ok_or_else(|| foreign(name));
        let mut marking = Marking::default();
        for open in case.open() {
            marking.open.insert(index(&open.step)?);
        }
        for token in case.tokens() {
            marking.tokens.insert((index(&token.at)?, index(&token.from)?));
        }
        Ok(Self { def, case, marking, change: Change::default() })
    }

    fn index(&self, step: &Step) -> Result<usize, Refusal> {
        self.def.index(&step.name).ok_or_else(|| foreign(&step.name))
    }

    fn value(&self, name: &str) -> Value {
        value(self.def, self.case, &self.change, name)
    }

    fn count(&mut self, act: &Act) -> Result<(), Refusal> {
        for name in &act.counts {
            self.change.counters.insert(name.clone(), self.case.counter(name).saturating_add(1));
        }
        self.change.counters.extend(act.resets.iter().map(|name| (name.clone(), 0)));
        self.change.renewed = act.renews.clone();
        let mut extended = BTreeMap::new();
        for (clock, field) in &act.extends {
            let days = self.value(field).as_number().and_then(|days| u32::try_from(days).ok());
            let days = days.ok_or_else(|| Refusal::Form { field: field.clone(), problem: FormProblem::WrongType })?;
            extended.insert(clock.clone(), days);
        }
        self.change.extended = extended;
        Ok(())
    }

    /// The way that an act takes: the first branch that holds, or else its own.
    fn way(&self, act: &'a Act) -> &'a Way {
        let taken = act.branches.iter().find(|branch| branch.when.holds(&|name| self.value(name)));
        taken.map_or(&act.way, |branch| &branch.way)
    }

    fn go(&mut self, from: Option<&Step>, way: &Way) -> Result<(), Refusal> {
        match &way.goes {
            Goes::Opens(steps) => self.open(from, steps),
            Goes::Ends if self.marking.is_empty() => {
                self.change.ended = true;
                Ok(())
            }
            Goes::Ends => Err(foreign(from.map_or("", |step| &step.name))),
        }
    }

    fn open(&mut self, from: Option<&Step>, targets: &[String]) -> Result<(), Refusal> {
        let from = from.map(|step| self.index(step)).transpose()?;
        let targets: Vec<usize> = targets.iter().filter_map(|name| self.def.index(name)).collect();
        let (def, case, change) = (self.def, self.case, &self.change);
        let mut is_empty = |step: usize| parts(def, case, change, &def.steps[step]).is_empty();
        let effect = def.net.put(&mut self.marking, from, &targets, &mut is_empty);
        let effect = effect.map_err(|fault| foreign(&def.steps[fault.step()].name))?;
        self.write(&effect);
        Ok(())
    }

    fn write(&mut self, effect: &Effect) {
        let def = self.def;
        let token = |(at, from): &(usize, usize)| Token {
            at: def.steps[*at].name.clone(),
            from: def.steps[*from].name.clone(),
        };
        self.change.arrived.extend(effect.arrived.iter().map(token));
        self.change.consumed.extend(effect.consumed.iter().map(token));
        for step in effect.opened.iter().map(|step| &def.steps[*step]) {
            let keys = if step.each { parts(def, self.case, &self.change, step) } else { vec![String::new()] };
            self.change.opened.extend(keys.into_iter().map(|key| Opening {
                step: step.name.clone(),
                key,
                owner: step.owner.clone(),
            }));
        }
    }

    /// Finishes the change with where it leaves the case. A settled case that is opened again has no outcome any more.
    fn settle(mut self, way: Option<&Way>) -> Change {
        let open = &self.marking.open;
        self.change.settled = !open.is_empty() && open.iter().all(|step| self.def.steps[*step].settled);
        let is_reopened = self.case.is_settled() && !self.change.settled && !self.change.ended;
        let kept = self.case.outcome().filter(|_| !is_reopened).map(str::to_owned);
        self.change.outcome = way.and_then(|way| way.outcome.clone()).or(kept);
        self.change
    }
}

/// The instances of a step that is one for each of a list.
fn parts(def: &Definition, case: &Case, change: &Change, step: &Step) -> Vec<String> {
    let mut parts = match &step.owner {
        Who::Field(field) => value(def, case, change, field).as_list().to_vec(),
        _ => Vec::new(),
    };
    parts.sort();
    parts.dedup();
    parts
}

fn foreign(step: &str) -> Refusal {
    Refusal::Foreign { step: step.to_owned() }
}
