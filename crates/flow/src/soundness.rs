//! Proves a flow sound by playing its net from the start through every marking that can be reached, with guards and lists
//! left free: any branch may be taken, any guarded act may be possible, any list may be empty.
//!
//! The reading follows van der Aalst, "The Application of Petri Nets to Workflow Management" (1998): from every reachable
//! marking the end can be reached, the end leaves nothing behind, and no step is dead; and the net is 1-safe.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    definition::{Act, Cancels, Definition, Goes, Way},
    net::{Fault, Marking},
    parse::Doc,
};

/// More markings than any flow that people could follow; beyond it the proof gives up.
const MOST_MARKINGS: usize = 20_000;

/// Complains about everything that is unsound, each with the way there.
pub(crate) fn prove(def: &Definition, start_line: usize, doc: &Doc<'_>) {
    let mut explored = Explored::new(def, start_line, doc);
    if !explored.explore() {
        let reason = format!("the flow has more than {MOST_MARKINGS} states: put fewer steps side by side");
        doc.wrong(start_line, reason);
        return;
    }
    // One fault brings others after it, so each kind is looked for only when those before it are mended.
    if doc.is_clean() {
        explored.no_end();
    }
    if doc.is_clean() {
        explored.dead_steps();
    }
}

/// Something that can happen in a flow.
#[derive(Clone, Copy)]
struct Move<'a> {
    /// The step that it closes; none for the start and for cancelling acts.
    from: Option<usize>,
    cancels: Option<&'a Cancels>,
    way: &'a Way,
    /// Whether it is possible whatever the case's fields hold.
    is_sure: bool,
    line: usize,
}

struct Explored<'a> {
    def: &'a Definition,
    doc: &'a Doc<'a>,
    start_line: usize,
    markings: Vec<Marking>,
    numbers: BTreeMap<Marking, usize>,
    /// How each marking was first reached.
    reached: Vec<(Option<usize>, String, usize)>,
    /// Each sure move: from which marking to which; to none when it ends the case. An empty list counts as sure, for a flow
    /// that ends from where a list is empty ends too from where it is not: its parts close, and open the same steps.
    sure: Vec<(usize, Option<usize>)>,
    /// Whether one move meets so many lists that the ways in which they can be empty are beyond playing.
    is_endless: bool,
}

impl<'a> Explored<'a> {
    fn new(def: &'a Definition, start_line: usize, doc: &'a Doc<'a>) -> Self {
        Self {
            def,
            doc,
            start_line,
            markings: Vec::new(),
            numbers: BTreeMap::new(),
            reached: Vec::new(),
            sure: Vec::new(),
            is_endless: false,
        }
    }

    /// Plays the net; false when it has too many markings.
    fn explore(&mut self) -> bool {
        let way = Way { goes: Goes::Opens(self.def.start.clone()), outcome: None };
        let start = Move { from: None, cancels: None, way: &way, is_sure: true, line: self.start_line };
        self.fire(None, &Marking::default(), start, "start");
        let mut next = 0;
        while let Some(marking) = self.markings.get(next).cloned() {
            if self.is_endless || self.markings.len() > MOST_MARKINGS {
                return false;
            }
            self.acts(next, &marking);
            self.cancels(next, &marking);
            next += 1;
        }
        !self.is_endless
    }

    fn acts(&mut self, at: usize, marking: &Marking) {
        let def = self.def;
        for from in &marking.open {
            let step = &def.steps[*from];
            for act in &step.acts {
                for (i, way) in act.ways().enumerate() {
                    let label = match i {
                        0 => format!("{}.{}", step.name, act.name),
                        branch => format!("{}.{} [branch {branch}]", step.name, act.name),
                    };
                    let step = Move {
                        from: Some(*from),
                        cancels: None,
                        way,
                        is_sure: i == 0 && is_always_possible(act),
                        line: act.line,
                    };
                    self.fire(Some(at), marking, step, &label);
                }
            }
        }
    }

    fn cancels(&mut self, at: usize, marking: &Marking) {
        let def = self.def;
        let is_open = |name: &String| def.index(name).is_some_and(|step| marking.open.contains(&step));
        for cancel in &def.cancels {
            if cancel.during.is_empty() || cancel.during.iter().any(is_open) {
                let step = Move {
                    from: None,
                    cancels: Some(&cancel.cancels),
                    way: &cancel.way,
                    is_sure: false,
                    line: cancel.line,
                };
                self.fire(Some(at), marking, step, &format!("cancel.{}", cancel.name));
            }
        }
    }

    /// Fires a move, once for each way in which the lists that it meets can be empty.
    fn fire(&mut self, at: Option<usize>, before: &Marking, step: Move<'_>, label: &str) {
        let mut freed = before.clone();
        if let Some(from) = step.from {
            freed.open.remove(&from);
        }
        if let Some(cancels) = step.cancels {
            self.cancel(&mut freed, cancels);
        }
        let Goes::Opens(targets) = &step.way.goes else {
            self.end(at, &freed, step, label);
            return;
        };
        let targets: Vec<usize> = targets.iter().filter_map(|name| self.def.index(name)).collect();
        let mut ahead: Vec<Vec<bool>> = vec![Vec::new()];
        let mut played = 0;
        while let Some(chosen) = ahead.pop() {
            played += 1;
            if played > MOST_MARKINGS {
                self.is_endless = true;
                return;
            }
            let mut asked: Vec<(usize, bool)> = Vec::new();
            let mut is_empty = |list: usize| {
                if let Some((_, empty)) = asked.iter().find(|(known, _)| *known == list) {
                    return *empty;
                }
                let empty = chosen.get(asked.len()).copied().unwrap_or_default();
                asked.push((list, empty));
                empty
            };
            let mut after = freed.clone();
            let put = self.def.net.put(&mut after, step.from, &targets, &mut is_empty);
            for i in chosen.len()..asked.len() {
                ahead.push(asked[..i].iter().map(|(_, empty)| *empty).chain([true]).collect());
            }
            let empty = asked.iter().filter(|(_, empty)| *empty);
            let none: String = empty.map(|(list, _)| format!(" [none in {}]", self.name(*list))).collect();
            let label = format!("{label}{none}");
            match put {
                Ok(_) => {
                    let to = self.number(after, at, label, step.line);
                    self.sure.extend(at.filter(|_| step.is_sure).map(|at| (at, Some(to))));
                }
                Err(fault) => self.fault(at, fault, step, label),
            }
        }
    }

    fn cancel(&self, marking: &mut Marking, cancels: &Cancels) {
        let falls = |step: usize| match cancels {
            Cancels::All => true,
            Cancels::Steps(steps) => steps.contains(&self.def.steps[step].name),
        };
        marking.open.retain(|step| !falls(*step));
        marking.tokens.retain(|(at, _)| !falls(*at));
    }

    fn end(&mut self, at: Option<usize>, left: &Marking, step: Move<'_>, label: &str) {
        if left.is_empty() {
            self.sure.extend(at.filter(|_| step.is_sure).map(|at| (at, None)));
            return;
        }
        let reason = format!("{label} ends the case, but leaves {} behind", self.describe(left));
        self.doc.unsound(step.line, reason, self.trace(at, label.to_owned()));
    }

    fn fault(&self, at: Option<usize>, fault: Fault, step: Move<'_>, label: String) {
        let reason = match fault {
            Fault::OpenTwice(twice) => format!("{label} opens `{}` while it is open", self.name(twice)),
            Fault::TokenTwice { at, from } => {
                let (at, from) = (self.name(at), self.name(from));
                format!("{label} brings a second token from `{from}` to `{at}`, where one still waits")
            }
        };
        self.doc.unsound(step.line, reason, self.trace(at, label));
    }

    /// The number of a marking, new or known.
    fn number(&mut self, marking: Marking, from: Option<usize>, label: String, line: usize) -> usize {
        if let Some(number) = self.numbers.get(&marking) {
            return *number;
        }
        let number = self.markings.len();
        self.numbers.insert(marking.clone(), number);
        self.markings.push(marking);
        self.reached.push((from, label, line));
        number
    }

    fn name(&self, step: usize) -> &'a str {
        &self.def.steps[step].name
    }

    /// The moves from the start to a marking, and one more.
    fn trace(&self, at: Option<usize>, last: String) -> Vec<String> {
        let mut trace = vec![last];
        let mut at = at;
        while let Some((before, label, _)) = at.and_then(|at| self.reached.get(at)) {
            trace.push(label.clone());
            at = *before;
        }
        trace.reverse();
        trace
    }

    fn describe(&self, marking: &Marking) -> String {
        let open = marking.open.iter().map(|step| format!("`{}` open", self.name(*step)));
        let tokens = marking
            .tokens
            .iter()
            .map(|(at, from)| format!("a token from `{}` waiting at `{}`", self.name(*from), self.name(*at)));
        open.chain(tokens).collect::<Vec<_>>().join(" and ")
    }

    /// Complains when there is a marking from which no end is certain to be within reach: one where nothing is open, or else
    /// the first that was found.
    fn no_end(&self) {
        let ending = self.ending();
        let stuck = |number: &usize| !ending.contains(number);
        let numbers = 0..self.markings.len();
        let dead = numbers.clone().find(|number| self.markings[*number].open.is_empty());
        let Some(number) = dead.or_else(|| numbers.clone().find(stuck)) else {
            return;
        };
        let marking = &self.markings[number];
        let (before, label, line) = &self.reached[number];
        let reason = if marking.open.is_empty() {
            format!("{label} leaves nothing open, with {}", self.describe(marking))
        } else {
            format!(
                "{label} leads to {}, from where acts that are always possible reach no end",
                self.describe(marking)
            )
        };
        self.doc.unsound(*line, reason, self.trace(*before, label.clone()));
    }

    /// The markings from which sure moves reach an end.
    fn ending(&self) -> BTreeSet<usize> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.markings.len()];
        let mut ahead = Vec::new();
        for (from, to) in &self.sure {
            match to {
                Some(to) => before[*to].push(*from),
                None => ahead.push(*from),
            }
        }
        let mut ending = BTreeSet::new();
        while let Some(number) = ahead.pop() {
            if ending.insert(number) {
                ahead.extend(&before[number]);
            }
        }
        ending
    }

    fn dead_steps(&self) {
        let alive: BTreeSet<usize> = self.markings.iter().flat_map(|marking| marking.open.iter().copied()).collect();
        for (number, step) in self.def.steps.iter().enumerate() {
            if !alive.contains(&number) {
                self.doc.wrong(step.line, format!("step `{}` can never be reached: no act leads there", step.name));
            }
        }
    }
}

/// Whether an act is possible whatever the case's fields and counters hold.
fn is_always_possible(act: &Act) -> bool {
    let is_asked = |field: &String| act.form.iter().any(|asked| asked.name == *field && !asked.optional);
    act.gate.is_none() && act.extends.values().all(is_asked)
}
