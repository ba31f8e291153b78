//! The story of a case in plain words: the same events for the resident (what the flow tells them) and for staff (all).

use linli_flow::{Actor, Case, Event, FieldKind, Timed, Value, What};
use linli_worktime::Millis;

use super::{kin::Shared, read::Dossier, reveal::is_opening, thread};
use crate::{
    directory::Directory,
    pack::{Kind, Pack},
};

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The resident.
    Resident,
    /// Staff.
    Staff,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the event; nothing for another case's.
    pub seq: u64,
    /// When.
    pub at: Millis,
    /// What sort of thing.
    pub sort: Sort,
    /// What it is called.
    pub title: String,
    /// In words; empty where the title says it all.
    pub text: String,
    /// Who did it: `role at org`, empty for the resident and the program. A resident reads it of those who looked at who
    /// they are.
    pub who: String,
    /// The source of the rule.
    pub rule: Option<String>,
}

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It came in.
    Opened,
    /// Somebody acted.
    Act,
    /// Somebody said something.
    Side,
    /// A part of a limit was used up, or all of it (100).
    Late(u8),
    /// The case that it goes along with made it known.
    Shared,
}

/// The words that a field's value is read as.
pub fn words(dossier: &Dossier, directory: &Directory, field: &str, value: &Value, lang: &str) -> String {
    let org = |id: &str| directory.org(id).map_or_else(|| id.to_owned(), |o| o.name.get(lang).to_owned());
    let join = if lang.starts_with("en") { ", " } else { "\u{3001}" };
    match (dossier.flow.fields().get(field), value) {
        (_, Value::Null) => String::new(),
        (Some(FieldKind::Org), Value::Text(id)) => org(id),
        (_, Value::List(ids)) => ids.iter().map(|id| org(id)).collect::<Vec<_>>().join(join),
        (Some(FieldKind::Choice(_)), Value::Text(code)) => chosen(&dossier.pack, field, code, lang),
        (Some(FieldKind::Date | FieldKind::Time), Value::Text(at)) => spoken(at, lang),
        (_, Value::Text(text)) => match dossier.pack.field(field).map(|field| field.kind) {
            Some(Kind::Place) => text.parse().map_or_else(|_| text.clone(), |code| directory.place_name(&code, lang)),
            _ => text.clone(),
        },
        (_, Value::Number(n)) => n.to_string(),
        (_, Value::Bool(b)) => b.to_string(),
    }
}

/// The words for what was chosen from a list.
fn chosen(pack: &Pack, field: &str, code: &str, lang: &str) -> String {
    let title = match pack.field(field) {
        Some(field) if field.kind == Kind::Category => pack.category(code).map(|c| &c.title),
        field => field.into_iter().flat_map(|f| &f.choices).find(|c| c.code == code).map(|c| &c.title),
    };
    title.map_or_else(|| code.to_owned(), |title| title.get(lang).to_owned())
}

/// `2026-12-01`, with or without a time of day, as people say it.
fn spoken(at: &str, lang: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, clock) = at.split_once(' ').unwrap_or((at, ""));
    let mut parts = day.split('-').filter_map(|part| part.parse::<usize>().ok()).skip(1);
    let (Some(month), Some(day)) = (parts.next(), parts.next()) else { return at.to_owned() };
    let name = MONTHS.get(month.wrapping_sub(1)).filter(|_| lang.starts_with("en"));
    let said =
        name.map_or_else(|| format!("{month}\u{6708}{day}\u{65e5} {clock}"), |name| format!("{day} {name} {clock}"));
    said.trim_end().to_owned()
}

/// The story, oldest first.
pub fn timeline(dossier: &Dossier, directory: &Directory, audience: Audience, lang: &str) -> Vec<Entry> {
    let mut case = Case::default();
    let mut entries = Vec::new();
    for event in &dossier.events {
        let before = case.clone();
        case.apply(event);
        entries.extend(entry(dossier, directory, audience, lang, &before, &case, event));
    }
    if audience == Audience::Resident && !dossier.kin.shared.is_empty() {
        entries.extend(dossier.kin.shared.iter().map(|shared| told(dossier, directory, lang, shared)));
        entries.sort_by_key(|entry| entry.at);
    }
    entries
}

/// What the case that this one goes along with made known: the same words for all who joined.
fn told(dossier: &Dossier, directory: &Directory, lang: &str, shared: &Shared) -> Entry {
    let value = |name: &str| words(dossier, directory, name, shared.values.get(name).unwrap_or(&Value::Null), lang);
    Entry {
        seq: 0,
        at: shared.at,
        sort: Sort::Shared,
        title: String::new(),
        text: fill(shared.text.get(lang), value),
        who: String::new(),
        rule: None,
    }
}

fn entry(
    dossier: &Dossier,
    directory: &Directory,
    audience: Audience,
    lang: &str,
    before: &Case,
    after: &Case,
    event: &Event,
) -> Option<Entry> {
    let resident = audience == Audience::Resident;
    let (sort, title, tell, form, rule) = match &event.what {
        // A record of the past opens and ends at once: what it says besides is the answer that was given.
        What::Opened { change, .. } => {
            (Sort::Opened, String::new(), None, change.ended.then_some(&change.fields), None)
        }
        What::Acted { step, act, form, .. } => {
            let act = dossier.flow.step(step)?.act(act)?;
            (Sort::Act, act.title.get(lang).to_owned(), act.tell.as_ref(), Some(form), act.rule.clone())
        }
        // A resident reads the conversation as one, beside the story.
        What::Side { .. } if resident && thread::is_said(&dossier.flow, event) => return None,
        What::Side { act, form, .. } => {
            let side = dossier.flow.side(act)?;
            (Sort::Side, side.title.get(lang).to_owned(), side.tell.as_ref(), Some(form), side.rule.clone())
        }
        What::Cancelled { act, form, .. } => {
            let cancel = dossier.flow.cancel(act)?;
            (Sort::Act, cancel.title.get(lang).to_owned(), cancel.tell.as_ref(), Some(form), cancel.rule.clone())
        }
        What::Late { of, level, .. } => {
            let title = match of {
                Timed::Step(step) => dossier.flow.step(&step.step)?.title.get(lang),
                Timed::Clock(clock) => dossier.flow.clock(clock)?.title.get(lang),
            };
            (Sort::Late(*level), title.to_owned(), None, None, None)
        }
    };
    let text = match (tell, form) {
        (Some(tell), _) if resident => {
            // A returned or redirected case is told with the unit that it was with and the one it goes to.
            let value = |name: &str| match form.and_then(|f| f.get(name)) {
                Some(value) => value.clone(),
                None if after.field(name).is_full() => after.field(name).clone(),
                None => before.field(name).clone(),
            };
            fill(tell.get(lang), |name| words(dossier, directory, name, &value(name), lang))
        }
        (None, Some(_)) if resident => return None,
        (_, Some(form)) => {
            let said = form.iter().filter(|(_, v)| v.is_full()).map(|(name, value)| {
                let title = dossier.pack.field(name).map_or(name.as_str(), |f| f.title.get(lang));
                let colon = if lang.starts_with("en") { ": " } else { "\u{ff1a}" };
                format!("{title}{colon}{}", words(dossier, directory, name, value, lang))
            });
            said.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    // A resident hears of a missed promise, not of what units owe each other inside.
    if resident
        && matches!(&event.what, What::Late { of, level, .. } if *level < 100 || *of != Timed::Clock("resident".into()))
    {
        return None;
    }
    // Whoever looked at who reported it is named to them, too.
    let named = !resident || is_opening(event.what.name());
    let who = if named { who(dossier, directory, &event.by, lang) } else { String::new() };
    Some(Entry { seq: event.seq, at: event.at, sort, title, text, who, rule })
}

fn who(dossier: &Dossier, directory: &Directory, actor: &Actor, lang: &str) -> String {
    let org = actor.org.as_deref().and_then(|id| directory.org(id)).map(|o| o.name.get(lang));
    let role = actor.role.as_deref().and_then(|r| dossier.pack.role(r)).map(|r| r.title.get(lang));
    let mut who = org.into_iter().chain(role).collect::<Vec<_>>().join(" \u{b7} ");
    // Somebody sat on the seat for its holder.
    if actor.kind == "cover" {
        who.push_str(if lang.starts_with("en") { " (covering)" } else { "\u{ff08}\u{4ee3}\u{ff09}" });
    }
    who
}

/// Puts values in the place of `{names}`.
pub fn fill(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        out.push_str(head);
        out.push_str(&value(name));
        rest = after;
    }
    out.push_str(rest);
    out
}
