//! Rules that hold for each step and act on its own, before the net is played.

use crate::{
    definition::{Act, Definition, Goes, Late, Step, Turn},
    parse::Doc,
    value::FieldKind,
    who::{Deed, Who},
};

/// Complains about every step and act that breaks a rule.
pub(crate) fn check(def: &Definition, start_line: usize, doc: &Doc<'_>) {
    if let Some(join) = def.start.iter().find(|name| is_join(def, name)) {
        doc.wrong(start_line, format!("a case cannot begin at `{join}`, which waits for other steps"));
    }
    for step in &def.steps {
        has_escalation(doc, step.line, &format!("step `{}`", step.name), &step.late);
        owner_and_parts(def, step, doc);
        join(def, step, doc);
        acts(def, step, doc);
        deeds(step, doc);
        turns(step, doc);
    }
    for clock in &def.clocks {
        let name = format!("clock `{}`", clock.name);
        if clock.within.is_some() {
            has_escalation(doc, clock.line, &name, &clock.late);
        } else if !clock.late.is_empty() {
            doc.wrong(clock.line, format!("{name} has `late` but no `within` that it could be measured by"));
        }
        no_do(doc, clock.line, &name, clock.late.values().flatten());
    }
    for side in &def.sides {
        no_do(doc, side.line, &format!("side `{}`", side.name), &side.deeds);
    }
    for cancel in &def.cancels {
        if let Goes::Opens(steps) = &cancel.way.goes
            && let Some(join) = steps.iter().find(|name| is_join(def, name))
        {
            let reason = format!("cancel `{}` cannot open `{join}`, which waits for other steps", cancel.name);
            doc.wrong(cancel.line, reason);
        }
    }
}

fn is_join(def: &Definition, name: &str) -> bool {
    def.step(name).is_some_and(|step| !step.waits.is_empty())
}

fn opens(act: &Act, name: &str) -> bool {
    act.ways().any(|way| matches!(&way.goes, Goes::Opens(steps) if steps.iter().any(|step| step == name)))
}

fn has_escalation(doc: &Doc<'_>, line: usize, name: &str, late: &Late) {
    let escalates = |deed: &Deed| matches!(deed, Deed::Escalate(_) | Deed::Do(_));
    if !late.get(&100).is_some_and(|deeds| deeds.iter().any(escalates)) {
        doc.wrong(line, format!("{name} needs an escalation: write `late.100` with escalate:… or do:…"));
    }
}

fn no_do<'d>(doc: &Doc<'_>, line: usize, name: &str, deeds: impl IntoIterator<Item = &'d Deed>) {
    for deed in deeds {
        if let Deed::Do(act) = deed {
            doc.wrong(line, format!("{name} cannot do `{act}`: only a step can, for its own acts"));
        }
    }
}

fn owner_and_parts(def: &Definition, step: &Step, doc: &Doc<'_>) {
    if !step.each {
        return;
    }
    let name = &step.name;
    let is_list = matches!(&step.owner, Who::Field(field) if def.fields.get(field) == Some(&FieldKind::Orgs));
    if !is_list {
        doc.wrong(step.line, format!("step `{name}` is one for each, so its owner has to be a field of kind orgs"));
    }
    for act in &step.acts {
        let is_alike = step.acts.first().is_some_and(|first| first.way == act.way);
        let is_plain = act.branches.is_empty() && act.way.goes != Goes::Ends && act.way.outcome.is_none();
        if !is_plain || !is_alike {
            let reason = "is of a step that is one for each, so it needs the same `opens` as its other acts, without branch, `ends` or `outcome`";
            doc.wrong(act.line, format!("act `{}` {reason}", act.name));
        }
    }
}

fn join(def: &Definition, step: &Step, doc: &Doc<'_>) {
    let name = &step.name;
    if step.waits.is_empty() {
        return;
    }
    let mut sources = step.waits.clone();
    sources.sort();
    sources.dedup();
    if sources.len() < step.waits.len() || sources.len() < 2 || sources.contains(name) {
        doc.wrong(step.line, format!("step `{name}` has to wait for at least two different other steps"));
    }
    for source in def.steps.iter().filter(|source| step.waits.contains(&source.name)) {
        if !source.acts.iter().any(|act| opens(act, name)) {
            doc.wrong(step.line, format!("step `{name}` waits for `{}`, no act of which opens it", source.name));
        }
    }
    for source in def.steps.iter().filter(|source| source.name != *name && !step.waits.contains(&source.name)) {
        for act in source.acts.iter().filter(|act| opens(act, name)) {
            let reason = format!("act `{}` opens `{name}`, which does not wait for `{}`", act.name, source.name);
            doc.wrong(act.line, reason);
        }
    }
}

fn acts(def: &Definition, step: &Step, doc: &Doc<'_>) {
    if step.acts.is_empty() {
        doc.wrong(step.line, format!("step `{}` has no act: nothing could ever close it", step.name));
    } else if step.acts.iter().all(|act| act.gate.is_some()) {
        doc.wrong(
            step.line,
            format!("step `{}` needs an act without `when`, for the case that no other is possible", step.name),
        );
    }
    for act in &step.acts {
        if act.by.is_empty() {
            doc.wrong(act.line, format!("act `{}` needs `by`: who may do it", act.name));
        }
        if act.by.iter().all(|who| *who == Who::System) && !does(step, &act.name) {
            let reason = format!(
                "act `{}` is for the system alone, but no `late` or `follows` of `{}` does it",
                act.name, step.name
            );
            doc.wrong(act.line, reason);
        }
        for counter in act.counts.iter().filter(|counter| act.resets.contains(counter)) {
            doc.wrong(act.line, format!("act `{}` both counts and resets `{counter}`", act.name));
        }
        for clock in act.extends.keys().filter(|clock| act.renews.contains_key(*clock)) {
            doc.wrong(act.line, format!("act `{}` both renews and extends `{clock}`", act.name));
        }
        for field in act.extends.values() {
            let is_asked = |act: &Act| act.form.iter().any(|asked| asked.name == *field);
            if !def.steps.iter().flat_map(|step| &step.acts).any(is_asked) {
                doc.wrong(act.line, format!("act `{}` extends by `{field}`, which no form asks for", act.name));
            }
        }
    }
}

fn does(step: &Step, act: &str) -> bool {
    let by_follows = step.follows.iter().flat_map(|follows| follows.acts.values()).any(|done| done == act);
    by_follows || step.late.values().flatten().any(|deed| matches!(deed, Deed::Do(done) if done == act))
}

/// What a turn of the followed case does has to be possible for the system at any time; only the case that is followed
/// from then on is given to it.
fn turns(step: &Step, doc: &Doc<'_>) {
    let Some(follows) = &step.follows else { return };
    if step.each {
        doc.wrong(step.line, format!("step `{}` is one for each, so it cannot follow a case", step.name));
    }
    for (turn, name) in &follows.acts {
        let Some(act) = step.act(name) else {
            doc.wrong(step.line, format!("step `{}` has no act `{name}` that `follows` could do", step.name));
            continue;
        };
        let wrong = |reason: &str| doc.wrong(act.line, format!("`follows` does `{name}`, but {reason}"));
        if !act.by.contains(&Who::System) {
            wrong("`system` is not in its `by`");
        }
        if act.gate.is_some() {
            wrong("it has a `when`, so it could be impossible when the other case turns");
        }
        let is_given = |field: &str| *turn == Turn::Moved && field == follows.case;
        if act.form.iter().any(|field| !field.optional && !is_given(&field.name)) {
            wrong("its form asks for something that the system cannot know");
        }
        if *turn == Turn::Moved && !act.form.iter().any(|field| field.name == follows.case) {
            wrong("its form does not ask for the case that is followed from then on");
        }
    }
}

/// What a step's limit does has to be possible for the system, at any time and without a form.
fn deeds(step: &Step, doc: &Doc<'_>) {
    for deed in step.late.values().flatten() {
        let Deed::Do(name) = deed else {
            continue;
        };
        let Some(act) = step.act(name) else {
            doc.wrong(step.line, format!("step `{}` has no act `{name}` that `late` could do", step.name));
            continue;
        };
        let wrong = |reason: &str| doc.wrong(act.line, format!("`late` does `{name}`, but {reason}"));
        if !act.by.contains(&Who::System) {
            wrong("`system` is not in its `by`");
        }
        if act.gate.is_some() {
            wrong("it has a `when`, so it could be impossible when it falls due");
        }
        if act.form.iter().any(|field| !field.optional) {
            wrong("its form asks for something that the system cannot know");
        }
    }
}
