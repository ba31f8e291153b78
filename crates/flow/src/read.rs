//! Reads a flow file and checks all that can be checked without playing the net; then has it proved.

use std::collections::BTreeMap;

use crate::{
    check::Names,
    definition::{
        Act, Apart, Branch, Cancel, Cancels, Clock, Definition, Follows, Gate, Goes, Side, Step, Turn, Way, Within,
    },
    net::{Net, Node},
    parse::{Doc, Reader, Word},
    problem::Problem,
    rules, soundness,
    text::Text,
    value::FieldKind,
    who::Who,
};

/// What the rule pack offers to a flow.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The roles, without `role:`.
    pub roles: &'a [String],
    /// The tables of limits, without `limit.`.
    pub limits: &'a [String],
    /// The fields with their kinds.
    pub fields: &'a BTreeMap<String, FieldKind>,
}

/// Reads a flow and proves it sound: nothing is open twice, no end leaves anything behind, every step can be reached, and
/// from wherever a case can get to, acts that are always possible lead to an end. `file` is the name for complaints.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn load(file: &str, text: &str, world: &World<'_>) -> Result<Definition, Vec<Problem>> {
    let doc = Doc::new(file, text);
    let (definition, start_line) = read(&doc, world);
    if let Some(definition) = definition.filter(|_| doc.is_clean()) {
        soundness::prove(&definition, start_line, &doc);
        if doc.is_clean() {
            return Ok(definition);
        }
    }
    Err(doc.problems())
}

fn read(doc: &Doc<'_>, world: &World<'_>) -> (Option<Definition>, usize) {
    let Some(mut root) = doc.root() else {
        return (None, 1);
    };
    let id = root.need("id");
    let title = root.need_text("title");
    let source = root.word("source");
    let start = root.words("start").unwrap_or_default();
    let start_line = start.first().map_or(1, |word| word.line);
    if start.is_empty() {
        root.wrong("the flow needs `start`: the steps with which a case begins");
    }
    let counters = root.words("counters").unwrap_or_default();
    let mut clocks = root.tables("clock");
    let outcomes = root.texts("outcome");
    let names = Names {
        doc,
        world,
        steps: root.names_under("step").into_iter().collect(),
        counters: counters.iter().map(|word| word.text.clone()).collect(),
        clocks: clocks.iter_mut().filter(|(_, clock)| clock.has("within")).map(|(name, _)| name.clone()).collect(),
        outcomes: outcomes.keys().cloned().collect(),
    };
    let start = names.steps(&start);
    let steps = root.tables("step").into_iter().map(|(name, reader)| step(&names, name, reader)).collect();
    let clocks = clocks.into_iter().map(|(name, reader)| clock(&names, name, reader)).collect();
    let sides = root.tables("side").into_iter().map(|(name, reader)| side(&names, name, reader)).collect();
    let cancels = root.tables("cancel").into_iter().map(|(name, reader)| cancel(&names, name, reader)).collect();
    root.finish();
    let definition = || {
        let steps = all(steps)?;
        Some(Definition {
            id: id?.text,
            title: title?,
            source: source.map(|word| word.text),
            start,
            counters: counters.into_iter().map(|word| word.text).collect(),
            net: net(&steps),
            steps,
            clocks: all(clocks)?,
            sides: all(sides)?,
            cancels: all(cancels)?,
            outcomes,
            fields: world.fields.clone(),
        })
    };
    let definition = definition();
    if let Some(definition) = definition.as_ref().filter(|_| doc.is_clean()) {
        rules::check(definition, start_line, doc);
    }
    (definition, start_line)
}

fn all<T>(read: Vec<Option<T>>) -> Option<Vec<T>> {
    read.into_iter().collect()
}

fn net(steps: &[Step]) -> Net {
    let index = |name: &String| steps.iter().position(|step| step.name == *name);
    let node = |step: &Step| {
        let onward = step.acts.first().filter(|_| step.each).map(|act| match &act.way.goes {
            Goes::Opens(steps) => steps.iter().filter_map(index).collect(),
            Goes::Ends => Vec::new(),
        });
        Node { waits: step.waits.iter().filter_map(index).collect(), onward }
    };
    Net { nodes: steps.iter().map(node).collect() }
}

fn step(names: &Names<'_>, name: String, mut reader: Reader<'_>) -> Option<Step> {
    let owner = reader.need("owner").and_then(|word| names.who(&word));
    let waits = names.steps(&reader.words("waits").unwrap_or_default());
    let within = time(names, &mut reader);
    let title = reader.need_text("title");
    let each = reader.yes("each");
    let settled = reader.yes("settled");
    let follows = follows(names, &mut reader);
    let apart = apart(names, &mut reader);
    let late = names.late(&mut reader);
    let says = names.told(&mut reader, "says");
    let rule = reader.word("rule").map(|word| word.text);
    let acts: Vec<Option<Act>> = reader
        .tables("act")
        .into_iter()
        .map(|(act_name, act_reader)| act(names, owner.as_ref(), act_name, act_reader))
        .collect();
    let line = reader.line;
    reader.finish();
    Some(Step {
        name,
        title: title?,
        owner: owner?,
        each,
        waits,
        settled,
        follows,
        apart,
        within: within?,
        late,
        says,
        acts: all(acts)?,
        rule,
        line,
    })
}

/// The other case that a step goes along with, and what is done at its turns.
fn follows(names: &Names<'_>, reader: &mut Reader<'_>) -> Option<Follows> {
    let mut inner = reader.table("follows")?;
    let case = inner.need("case")?;
    let is_case = |kind: &FieldKind| *kind == FieldKind::Case;
    let case = names.field_of(&case.text, case.line, "of kind case to be followed", is_case);
    let acts = Turn::ALL.into_iter().filter_map(|(word, turn)| Some((turn, inner.word(word)?.text))).collect();
    inner.finish();
    Some(Follows { case: case?, acts })
}

/// The steps whose last actor is to keep out of this one.
fn apart(names: &Names<'_>, reader: &mut Reader<'_>) -> Option<Apart> {
    let mut inner = reader.table("apart")?;
    let from = names.steps(&inner.words("from").unwrap_or_default());
    if from.is_empty() {
        inner.wrong("`apart` needs `from`: the steps whose last actor keeps out of this one".to_owned());
    }
    let why = inner.need_text("why");
    inner.finish();
    Some(Apart { from, why: why? })
}

/// When a step is due: exactly one of `within` and `until`.
fn time(names: &Names<'_>, reader: &mut Reader<'_>) -> Option<Within> {
    match (reader.word("within"), reader.word("until")) {
        (Some(within), None) => names.within(&within),
        (None, Some(until)) => {
            let is_date = |kind: &FieldKind| matches!(kind, FieldKind::Date | FieldKind::Time);
            names.field_of(&until.text, until.line, "of kind date or time to be waited for", is_date).map(Within::Until)
        }
        (None, None) => {
            reader.wrong(format!("{} needs a clock: write `within` or `until`", reader.name));
            None
        }
        (Some(_), Some(until)) => {
            names.doc.wrong(until.line, format!("{} has both `within` and `until`: write one", reader.name));
            None
        }
    }
}

fn act(names: &Names<'_>, owner: Option<&Who>, name: String, mut reader: Reader<'_>) -> Option<Act> {
    let title = reader.need_text("title");
    let by = match reader.words("by") {
        Some(words) => names.by(&words),
        None => owner.into_iter().cloned().collect(),
    };
    let gate = gate(names, &mut reader);
    let form = names.form(&reader.words("form").unwrap_or_default());
    let counts = names.counters(&reader.words("counts").unwrap_or_default());
    let resets = names.counters(&reader.words("resets").unwrap_or_default());
    let renews = names.of_clocks(&mut reader, "renews");
    let renews = renews.into_iter().filter_map(|(clock, word)| Some((clock, names.within(&word)?))).collect();
    let extends = names.of_clocks(&mut reader, "extends");
    let days = |word: &Word| {
        let is_number = |kind: &FieldKind| *kind == FieldKind::Number;
        names.field_of(&word.text, word.line, "of kind number to give days", is_number)
    };
    let extends = extends.into_iter().filter_map(|(clock, word)| Some((clock, days(&word)?))).collect();
    let way = way(names, &mut reader);
    let branches: Vec<Option<Branch>> = reader.list("branch").into_iter().map(|reader| branch(names, reader)).collect();
    let tell = names.told(&mut reader, "tell");
    let share = share(names, &mut reader, tell.as_ref());
    let rule = reader.word("rule").map(|word| word.text);
    let line = reader.line;
    reader.finish();
    Some(Act {
        name,
        title: title?,
        by,
        gate,
        form,
        counts,
        resets,
        renews,
        extends,
        way: way?,
        branches: all(branches)?,
        tell,
        share,
        rule,
        line,
    })
}

/// What is told to those whose cases follow this one: `share = true` for the same words as `tell`, or words of its own.
/// What does not say it stays with the one resident.
fn share(names: &Names<'_>, reader: &mut Reader<'_>, tell: Option<&Text>) -> Option<Text> {
    if reader.is_table("share") {
        return names.told(reader, "share");
    }
    let same = reader.yes("share");
    if same && tell.is_none() {
        reader.wrong(format!("{} shares what it does not tell: write `tell`, or words under `share`", reader.name));
    }
    tell.filter(|_| same).cloned()
}

fn gate(names: &Names<'_>, reader: &mut Reader<'_>) -> Option<Gate> {
    let when = reader.word("when");
    let why = names.told(reader, "why");
    match (when, why) {
        (Some(when), Some(why)) => names.guard(&when).map(|when| Gate { when, why }),
        (None, None) => None,
        (Some(when), None) => {
            names
                .doc
                .wrong(when.line, format!("{} needs `why`: what people read while it is not possible", reader.name));
            None
        }
        (None, Some(_)) => {
            reader.wrong(format!("{} says `why` but not `when` it is possible", reader.name));
            None
        }
    }
}

fn branch(names: &Names<'_>, mut reader: Reader<'_>) -> Option<Branch> {
    let when = reader.need("when").and_then(|word| names.guard(&word));
    let way = way(names, &mut reader);
    reader.finish();
    Some(Branch { when: when?, way: way? })
}

/// Where an act leads: exactly one of `opens` and `ends`.
fn way(names: &Names<'_>, reader: &mut Reader<'_>) -> Option<Way> {
    let outcome = reader.word("outcome").map(|word| names.outcome(&word));
    match (reader.words("opens"), reader.word("ends")) {
        (Some(opens), None) if !opens.is_empty() => {
            Some(Way { goes: Goes::Opens(names.steps(&opens)), outcome: outcome.flatten() })
        }
        (None, Some(ends)) if outcome.is_none() => Some(Way { goes: Goes::Ends, outcome: Some(names.outcome(&ends)?) }),
        (None, Some(ends)) => {
            names.doc.wrong(ends.line, "`ends` names the outcome already: leave `outcome` out");
            None
        }
        _ => {
            let name = &reader.name;
            reader.wrong(format!("{name} has to lead on: write either `opens` with steps or `ends` with an outcome"));
            None
        }
    }
}

fn clock(names: &Names<'_>, name: String, mut reader: Reader<'_>) -> Option<Clock> {
    let title = reader.need_text("title");
    let within = reader.word("within").map(|word| names.within(&word));
    let clock = Clock {
        name,
        title: title?,
        within: within.flatten(),
        during: names.steps(&reader.words("during").unwrap_or_default()),
        pauses: names.steps(&reader.words("pauses").unwrap_or_default()),
        late: names.late(&mut reader),
        rule: reader.word("rule").map(|word| word.text),
        line: reader.line,
    };
    reader.finish();
    Some(clock)
}

fn side(names: &Names<'_>, name: String, mut reader: Reader<'_>) -> Option<Side> {
    let title = reader.need_text("title");
    let tell = names.told(&mut reader, "tell");
    let side = Side {
        name,
        title: title?,
        by: by(names, &mut reader),
        during: names.steps(&reader.words("during").unwrap_or_default()),
        form: names.form(&reader.words("form").unwrap_or_default()),
        deeds: names.deeds(&reader.one_or_more("late")),
        share: share(names, &mut reader, tell.as_ref()),
        tell,
        rule: reader.word("rule").map(|word| word.text),
        line: reader.line,
    };
    reader.finish();
    Some(side)
}

fn cancel(names: &Names<'_>, name: String, mut reader: Reader<'_>) -> Option<Cancel> {
    let title = reader.need_text("title");
    let cancelled = reader.one_or_more("cancels");
    let cancels = match cancelled.as_slice() {
        [] => {
            reader.wrong(format!("{} needs `cancels`: \"all\" or a list of steps", reader.name));
            return None;
        }
        [all] if all.text == "all" => Cancels::All,
        steps => Cancels::Steps(names.steps(steps)),
    };
    let way = way(names, &mut reader);
    let cancel = Cancel {
        name,
        title: title?,
        by: by(names, &mut reader),
        during: names.steps(&reader.words("during").unwrap_or_default()),
        form: names.form(&reader.words("form").unwrap_or_default()),
        cancels,
        way: way?,
        tell: names.told(&mut reader, "tell"),
        rule: reader.word("rule").map(|word| word.text),
        line: reader.line,
    };
    reader.finish();
    Some(cancel)
}

/// Who may perform an act that has no step to own it.
fn by(names: &Names<'_>, reader: &mut Reader<'_>) -> Vec<Who> {
    let by = names.by(&reader.words("by").unwrap_or_default());
    if by.is_empty() {
        reader.wrong(format!("{} needs `by`: who may do it", reader.name));
    }
    by
}
