//! Draws a flow as a Mermaid flowchart, which wikis and code hosts show as a picture.

use std::fmt::Write;

use crate::{
    definition::{Definition, Goes, Way},
    text::Text,
};

/// The flow as Mermaid text, in the language of a tag such as `zh` or `en`: each step with its owner and limit, each act as an
/// edge, dashed where it has a condition. Acts for the whole case stand below.
pub fn draw(def: &Definition, lang: &str) -> String {
    let mut out = String::from("flowchart TD\n");
    line(&mut out, format_args!("start(( ))"));
    for step in &def.steps {
        let (open, close) = match (step.settled, step.each) {
            (true, _) => ("([", "])"),
            (_, true) => ("[[", "]]"),
            _ => ("[", "]"),
        };
        let title = plain(&step.title, lang);
        let label = format!("{title}<br>{} · {}", step.owner, step.within);
        line(&mut out, format_args!("{}{open}\"{label}\"{close}", node(&step.name)));
    }
    for (name, title) in &def.outcomes {
        if ways(def).any(|way| way.goes == Goes::Ends && way.outcome.as_ref() == Some(name)) {
            line(&mut out, format_args!("{}((\"{}\"))", end(name), plain(title, lang)));
        }
    }
    for step in &def.start {
        line(&mut out, format_args!("start --> {}", node(step)));
    }
    for step in &def.steps {
        for act in &step.acts {
            let title = plain(&act.title, lang);
            let when = act.gate.as_ref().map(|gate| gate.when.to_string());
            edges(&mut out, &node(&step.name), &title, when.as_deref(), &act.way);
            for branch in &act.branches {
                edges(&mut out, &node(&step.name), &title, Some(&branch.when.to_string()), &branch.way);
            }
        }
    }
    for cancel in &def.cancels {
        let from = format!("cancel_{}", id(&cancel.name));
        let title = plain(&cancel.title, lang);
        line(&mut out, format_args!("{from}{{{{\"{title}\"}}}}"));
        edges(&mut out, &from, "", None, &cancel.way);
    }
    out
}

fn ways(def: &Definition) -> impl Iterator<Item = &Way> {
    let acts = def.steps.iter().flat_map(|step| &step.acts);
    acts.flat_map(|act| act.ways()).chain(def.cancels.iter().map(|cancel| &cancel.way))
}

fn edges(out: &mut String, from: &str, title: &str, when: Option<&str>, way: &Way) {
    let targets = match (&way.goes, &way.outcome) {
        (Goes::Opens(steps), _) => steps.iter().map(|step| node(step)).collect(),
        (Goes::Ends, outcome) => outcome.iter().map(|outcome| end(outcome)).collect::<Vec<_>>(),
    };
    let label = when.map_or_else(|| title.to_owned(), |when| format!("{title}<br>{}", escaped(when)));
    let arrow = if when.is_some() { "-.->" } else { "-->" };
    for to in targets {
        if label.is_empty() {
            line(out, format_args!("{from} {arrow} {to}"));
        } else {
            line(out, format_args!("{from} {arrow}|\"{label}\"| {to}"));
        }
    }
}

fn line(out: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "    {line}");
}

/// Mermaid takes some words, `end` among them, as its own, so no step keeps its bare name.
fn node(step: &str) -> String {
    format!("step_{}", id(step))
}

fn end(outcome: &str) -> String {
    format!("end_{}", id(outcome))
}

/// Names may hold `-`, which Mermaid could take for an arrow; in ids it reads `__`.
fn id(name: &str) -> String {
    name.replace('-', "__")
}

fn plain(text: &Text, lang: &str) -> String {
    escaped(text.get(lang))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
