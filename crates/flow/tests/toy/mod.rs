//! Toy flows: made up by the tests, written out as TOML, and played by a naive token game that shares no code with the crate.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// A flow of nothing but steps and tokens.
#[derive(Clone, Debug, Default)]
pub struct Toy {
    pub steps: Vec<ToyStep>,
    pub start: Vec<usize>,
    pub cancels: Vec<ToyCancel>,
}

#[derive(Clone, Debug, Default)]
pub struct ToyStep {
    pub waits: Vec<usize>,
    pub each: bool,
    pub acts: Vec<ToyAct>,
}

/// The first way is the act's own, the others are branches; an empty way ends the case.
#[derive(Clone, Debug, Default)]
pub struct ToyAct {
    pub guarded: bool,
    pub ways: Vec<Vec<usize>>,
}

#[derive(Clone, Debug)]
pub struct ToyCancel {
    /// None for all.
    pub steps: Option<Vec<usize>>,
    pub way: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Open(usize),
    Token(usize, usize),
}

/// How many tokens lie where.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heap {
    pub places: BTreeMap<Place, u32>,
    pub is_over: bool,
    /// A place held two at some moment.
    pub is_doubled: bool,
}

/// What a label of a trace says.
pub type Label = (Option<usize>, usize, usize, BTreeSet<usize>);

impl Heap {
    fn add(&mut self, place: Place) {
        let count = self.places.entry(place).or_default();
        *count += 1;
        self.is_doubled |= *count > 1;
    }

    fn take(&mut self, place: Place) {
        if let Some(count) = self.places.get_mut(&place) {
            *count -= 1;
        }
        self.places.retain(|_, count| *count > 0);
    }

    pub fn has(&self, place: Place) -> bool {
        self.places.contains_key(&place)
    }

    pub fn open(&self) -> Vec<usize> {
        let open = |place: &Place| if let Place::Open(step) = place { Some(*step) } else { None };
        self.places.keys().filter_map(open).collect()
    }

    /// Whether a token of a flow that is over still lies somewhere.
    pub fn is_littered(&self) -> bool {
        self.is_over && !self.places.is_empty()
    }
}

impl Toy {
    /// Every set of lists that could be empty at once.
    pub fn emptinesses(&self) -> Vec<BTreeSet<usize>> {
        let lists: Vec<usize> = (0..self.steps.len()).filter(|step| self.steps[*step].each).collect();
        (0..1usize << lists.len())
            .map(|bits| lists.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, list)| *list).collect())
            .collect()
    }

    fn put(&self, heap: &mut Heap, from: Option<usize>, to: usize, empty: &BTreeSet<usize>, depth: usize) {
        let step = &self.steps[to];
        // Empty lists that lead to themselves twice over double at every turn: the first fault ends the firing.
        heap.is_doubled |= depth > 40;
        if heap.is_doubled {
            return;
        }
        if let (false, Some(from)) = (step.waits.is_empty() || from == Some(to), from) {
            heap.add(Place::Token(to, from));
            if !step.waits.iter().all(|source| heap.has(Place::Token(to, *source))) {
                return;
            }
            for source in &step.waits {
                heap.take(Place::Token(to, *source));
            }
        }
        if step.each && empty.contains(&to) {
            for next in &step.acts[0].ways[0] {
                self.put(heap, Some(to), *next, empty, depth + 1);
            }
        } else {
            heap.add(Place::Open(to));
        }
    }

    fn go(&self, heap: &mut Heap, from: Option<usize>, way: &[usize], empty: &BTreeSet<usize>) {
        heap.is_over = way.is_empty();
        for to in way {
            self.put(heap, from, *to, empty, 0);
        }
    }

    pub fn started(&self, empty: &BTreeSet<usize>) -> Heap {
        let mut heap = Heap::default();
        self.go(&mut heap, None, &self.start, empty);
        heap
    }

    /// Plays a move; none when it is not possible.
    pub fn play(&self, heap: &Heap, (from, act, way, empty): &Label) -> Option<Heap> {
        let mut heap = heap.clone();
        match from {
            Some(from) => {
                let way = self.steps[*from].acts.get(*act)?.ways.get(*way)?;
                if !heap.has(Place::Open(*from)) || heap.is_over {
                    return None;
                }
                heap.take(Place::Open(*from));
                self.go(&mut heap, Some(*from), way, empty);
            }
            None => {
                let cancel = self.cancels.get(*act)?;
                let falls = |place: &Place| match (place, &cancel.steps) {
                    (_, None) => true,
                    (Place::Open(step) | Place::Token(step, _), Some(steps)) => steps.contains(step),
                };
                heap.places.retain(|place, _| !falls(place));
                self.go(&mut heap, None, &cancel.way, empty);
            }
        }
        Some(heap)
    }

    fn labels(&self, heap: &Heap) -> Vec<Label> {
        let mut labels = Vec::new();
        for empty in self.emptinesses() {
            for step in heap.open() {
                for (a, act) in self.steps[step].acts.iter().enumerate() {
                    labels.extend((0..act.ways.len()).map(|way| (Some(step), a, way, empty.clone())));
                }
            }
            labels.extend((0..self.cancels.len()).map(|cancel| (None, cancel, 0, empty.clone())));
        }
        labels
    }

    /// Every heap that can be reached through heaps where nothing is wrong yet, the wrong ones included; none if too many.
    pub fn reachable(&self) -> Option<BTreeSet<Heap>> {
        let mut known: BTreeSet<Heap> = BTreeSet::new();
        if self.steps.iter().filter(|step| step.each).count() > 6 {
            return None;
        }
        let mut ahead: Vec<Heap> = self.emptinesses().iter().map(|empty| self.started(empty)).collect();
        while let Some(heap) = ahead.pop() {
            if known.len() > 400 {
                return None;
            }
            if known.insert(heap.clone()) && !heap.is_doubled && !heap.is_over {
                ahead.extend(self.labels(&heap).iter().filter_map(|label| self.play(&heap, label)));
            }
        }
        Some(known)
    }

    /// The heaps from which unguarded acts on their own ways come to an end, whatever the lists hold.
    pub fn ending(&self, heaps: &BTreeSet<Heap>) -> BTreeSet<Heap> {
        let emptinesses = self.emptinesses();
        let mut ending: BTreeSet<Heap> =
            heaps.iter().filter(|heap| heap.is_over && heap.places.is_empty()).cloned().collect();
        loop {
            let comes = |heap: &&Heap| {
                heap.open().into_iter().any(|step| {
                    let acts = self.steps[step].acts.iter().enumerate().filter(|(_, act)| !act.guarded);
                    acts.into_iter().any(|(act, _)| {
                        let all = |empty: &BTreeSet<usize>| self.play(heap, &(Some(step), act, 0, empty.clone()));
                        emptinesses.iter().all(|empty| all(empty).is_some_and(|after| ending.contains(&after)))
                    })
                })
            };
            let more: Vec<Heap> =
                heaps.iter().filter(|heap| !heap.is_doubled && !ending.contains(heap)).filter(comes).cloned().collect();
            if more.is_empty() {
                return ending;
            }
            ending.extend(more);
        }
    }

    /// Reads one label of a trace other than `start`: `s3.a1 [branch 2] [none in s4]`.
    pub fn label(text: &str) -> Label {
        let mut parts = text.split(" [");
        let (place, act) = parts.next().and_then(|name| name.split_once('.')).expect("a dot");
        let number = |text: &str| text[1..].parse().expect("a number");
        let mut label = (None, number(act), 0, BTreeSet::new());
        if place != "cancel" {
            label.0 = Some(number(place));
        }
        for part in parts.map(|part| part.trim_end_matches(']')) {
            match part.split_once(' ') {
                Some(("branch", branch)) => label.2 = branch.parse().expect("a number"),
                _ => {
                    label.3.insert(number(part.strip_prefix("none in ").expect("none in")));
                }
            }
        }
        label
    }

    /// The flow as a file.
    pub fn toml(&self) -> String {
        let text = |name: &str| format!("{{ zh = \"{name}\", en = \"{name}\" }}");
        let mut out = format!("id = \"toy\"\ntitle = {}\nstart = {}\n", text("toy"), names(&self.start));
        let mut line = |line: String| writeln!(out, "{line}").expect("a String takes it");
        for (s, step) in self.steps.iter().enumerate() {
            line(format!(
                "[step.s{s}]\ntitle = {}\nwithin = \"1d\"\nlate = {{ 100 = \"escalate:role:boss\" }}",
                text("s")
            ));
            line(format!("owner = \"{}\"\neach = {}", if step.each { "case.orgs" } else { "role:boss" }, step.each));
            if !step.waits.is_empty() {
                line(format!("waits = {}", names(&step.waits)));
            }
            for (a, act) in step.acts.iter().enumerate() {
                line(format!(
                    "[step.s{s}.act.a{a}]\ntitle = {}\nform = [\"g0\", \"g1\", \"g2\", \"orgs?\"]",
                    text("a")
                ));
                if act.guarded {
                    line(format!("when = \"g{} == 1\"\nwhy = {}", (s + a) % 3, text("why")));
                }
                line(leads(&act.ways[0]));
                for (b, way) in act.ways.iter().enumerate().skip(1) {
                    line(format!("[[step.s{s}.act.a{a}.branch]]\nwhen = \"g{} == 1\"\n{}", (s + b) % 3, leads(way)));
                }
            }
        }
        for (c, cancel) in self.cancels.iter().enumerate() {
            let steps = cancel.steps.as_ref().map_or("\"all\"".to_owned(), |steps| names(steps));
            line(format!("[cancel.c{c}]\ntitle = {}\nby = [\"role:boss\"]\ncancels = {steps}", text("c")));
            line(leads(&cancel.way));
        }
        line(format!("[outcome]\nover = {}", text("over")));
        out
    }
}

fn leads(way: &[usize]) -> String {
    if way.is_empty() { "ends = \"over\"".to_owned() } else { format!("opens = {}", names(way)) }
}

fn names(steps: &[usize]) -> String {
    format!("[{}]", steps.iter().map(|step| format!("\"s{step}\"")).collect::<Vec<_>>().join(", "))
}
