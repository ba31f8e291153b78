//! Turns words of a flow file into what they name, and complains about those that name nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    definition::{FormField, Late, Within},
    guard::Guard,
    parse::{Doc, Reader, Word},
    read::World,
    text::Text,
    value::{FieldKind, Value},
    who::{Deed, Target, Who},
};

/// Placeholders that the program fills in itself, beside the case's fields.
const FILLED_IN: [&str; 3] = ["unit", "better_unit", "co_units"];

/// Every name that a flow may use.
pub(crate) struct Names<'a> {
    pub doc: &'a Doc<'a>,
    pub world: &'a World<'a>,
    pub steps: BTreeSet<String>,
    pub counters: BTreeSet<String>,
    /// Clocks that have a limit.
    pub clocks: BTreeSet<String>,
    pub outcomes: BTreeSet<String>,
}

impl<'a> Names<'a> {
    fn wrong(&self, line: usize, reason: String) {
        self.doc.wrong(line, reason);
    }

    fn known(&self, kind: &str, word: &Word, names: &BTreeSet<String>) -> Option<String> {
        if names.contains(&word.text) {
            return Some(word.text.clone());
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let offer =
            if names.is_empty() { "there is none".to_owned() } else { format!("there is {}", names.join(", ")) };
        self.wrong(word.line, format!("no {kind} is called `{}`: {offer}", word.text));
        None
    }

    /// The words that name steps.
    pub fn steps(&self, words: &[Word]) -> Vec<String> {
        words.iter().filter_map(|word| self.known("step", word, &self.steps)).collect()
    }

    /// The words that name counters.
    pub fn counters(&self, words: &[Word]) -> Vec<String> {
        words.iter().filter_map(|word| self.known("counter", word, &self.counters)).collect()
    }

    /// A word that names a clock with a limit.
    pub fn clock(&self, word: &Word) -> Option<String> {
        self.known("clock with a limit", word, &self.clocks)
    }

    /// A word that names an outcome.
    pub fn outcome(&self, word: &Word) -> Option<String> {
        self.known("outcome", word, &self.outcomes)
    }

    /// The kind of a field.
    pub fn field(&self, name: &str, line: usize) -> Option<&'a FieldKind> {
        let kind = self.world.fields.get(name);
        if kind.is_none() {
            self.wrong(line, format!("no field is called `{name}`: add it to the pack's fields first"));
        }
        kind
    }

    /// A field of one of some kinds.
    pub fn field_of(&self, name: &str, line: usize, what: &str, fits: fn(&FieldKind) -> bool) -> Option<String> {
        let kind = self.field(name, line)?;
        if !fits(kind) {
            self.wrong(line, format!("the field `{name}` has to be {what}"));
            return None;
        }
        Some(name.to_owned())
    }

    /// A word that says who.
    pub fn who(&self, word: &Word) -> Option<Who> {
        match word.text.parse() {
            Ok(who) => self.resolves(&who, word.line).then_some(who),
            Err(error) => {
                self.wrong(word.line, format!("{error}"));
                None
            }
        }
    }

    fn resolves(&self, who: &Who, line: usize) -> bool {
        match who {
            Who::Role(role) if self.world.roles.contains(role) => true,
            Who::Role(role) => {
                let offer = self.world.roles.join(", ");
                self.wrong(line, format!("no role is called `{role}`: the pack has {offer}"));
                false
            }
            Who::Field(field) => {
                let is_org = |kind: &FieldKind| matches!(kind, FieldKind::Org | FieldKind::Orgs);
                self.field_of(field, line, "of kind org or orgs to own or to do something", is_org).is_some()
            }
            Who::Reporter | Who::System => true,
        }
    }

    /// The words that say who may perform an act.
    pub fn by(&self, words: &[Word]) -> Vec<Who> {
        words.iter().filter_map(|word| self.who(word)).collect()
    }

    /// The words that say what is done.
    pub fn deeds(&self, words: &[Word]) -> Vec<Deed> {
        let deed = |word: &Word| {
            let deed: Deed = match word.text.parse() {
                Ok(deed) => deed,
                Err(error) => {
                    self.wrong(word.line, format!("{error}"));
                    return None;
                }
            };
            let resolves = match &deed {
                Deed::Remind(Target::Who(who)) | Deed::Escalate(who) => self.resolves(who, word.line),
                Deed::Remind(Target::StepOwner) | Deed::Do(_) => true,
            };
            resolves.then_some(deed)
        };
        words.iter().filter_map(deed).collect()
    }

    /// The levels of a limit and their deeds.
    pub fn late(&self, reader: &mut Reader<'_>) -> Late {
        let mut late = Late::new();
        for (level, words) in reader.entries("late") {
            match level.text.parse() {
                Ok(percent @ 1..=200) => {
                    late.insert(percent, self.deeds(&words));
                }
                _ => {
                    let reason = format!("`{}` is not a level: write a percentage from 1 to 200", level.text);
                    self.wrong(level.line, reason);
                }
            }
        }
        late
    }

    /// A limit: `2h` or `limit.NAME`.
    pub fn within(&self, word: &Word) -> Option<Within> {
        match word.text.parse() {
            Ok(Within::Table(name)) if !self.world.limits.contains(&name) => {
                self.wrong(word.line, format!("no limit is called `{name}`: add it to the pack's limits first"));
                None
            }
            Ok(Within::Until(_)) => {
                self.wrong(word.line, "write a day as `until = \"FIELD\"`".to_owned());
                None
            }
            Ok(within) => Some(within),
            Err(error) => {
                self.wrong(word.line, format!("{error}"));
                None
            }
        }
    }

    /// A guard over counters and fields.
    pub fn guard(&self, word: &Word) -> Option<Guard> {
        let guard = match Guard::parse(&word.text) {
            Ok(guard) => guard,
            Err(error) => {
                self.wrong(word.line, format!("{error}"));
                return None;
            }
        };
        for (name, with) in guard.names() {
            let kind = if self.counters.contains(name) {
                &FieldKind::Number
            } else if let Some(kind) = self.world.fields.get(name) {
                kind
            } else {
                self.wrong(word.line, format!("`{name}` is neither a counter nor a field"));
                return None;
            };
            if let Some(reason) = misfit(name, kind, with) {
                self.wrong(word.line, reason);
                return None;
            }
        }
        Some(guard)
    }

    /// A form: names of fields, with `?` where one may be left empty.
    pub fn form(&self, words: &[Word]) -> Vec<FormField> {
        let mut form: Vec<FormField> = Vec::new();
        for word in words {
            let name = word.text.strip_suffix('?').unwrap_or(&word.text);
            if form.iter().any(|field| field.name == name) {
                self.wrong(word.line, format!("the form asks twice for `{name}`"));
            } else if self.field(name, word.line).is_some() {
                form.push(FormField { name: name.to_owned(), optional: name.len() < word.text.len() });
            }
        }
        form
    }

    /// A text for people whose placeholders are fields.
    pub fn told(&self, reader: &mut Reader<'_>, key: &str) -> Option<Text> {
        let (text, line) = reader.text(key)?;
        for name in text.placeholders() {
            if !self.world.fields.contains_key(name) && !FILLED_IN.contains(&name) {
                self.wrong(line, format!("`{{{name}}}` is not a field that could be shown here"));
            }
        }
        Some(text)
    }

    /// The clocks that an act renews or extends, each with one value.
    pub fn of_clocks(&self, reader: &mut Reader<'_>, key: &str) -> BTreeMap<String, Word> {
        let mut found = BTreeMap::new();
        for (clock, values) in reader.entries(key) {
            match (self.clock(&clock), values.as_slice()) {
                (Some(clock), [value]) => {
                    found.insert(clock, value.clone());
                }
                (Some(clock), _) => reader.wrong(format!("`{key}` has to give the clock `{clock}` one value")),
                (None, _) => {}
            }
        }
        found
    }
}

/// Why a value of this kind cannot be compared with that literal.
fn misfit(name: &str, kind: &FieldKind, with: Option<&Value>) -> Option<String> {
    match (kind, with) {
        (_, None) | (FieldKind::Number, Some(Value::Number(_))) => None,
        (FieldKind::Number, _) => Some(format!("`{name}` is a number: compare it with a number")),
        (FieldKind::Bool | FieldKind::Orgs, _) => {
            Some(format!("`{name}` is compared with nothing: write its name alone"))
        }
        (FieldKind::Choice(choices), Some(Value::Text(text))) if !choices.contains(text) => {
            Some(format!("`{text}` is none of the choices of `{name}`: {}", choices.join(", ")))
        }
        (_, Some(Value::Text(_))) => None,
        _ => Some(format!("`{name}` is a text: compare it with a text in single quotes")),
    }
}
