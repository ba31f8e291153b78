//! Reads all files of a pack, checks each against the others, and gives a pack only when nothing is wrong.

use std::sync::Arc;

use std::collections::{BTreeMap, BTreeSet};

use linli_flow::{Definition, FieldKind, Problem, World};
use linli_insight::text::address;
use linli_worktime::Calendar;

use super::{
    Files, Pack, category, data, duty,
    field::{self, Field},
    head::{self, Head},
    knowledge::{self, Knowledge},
    limit::{self, LimitTable},
    personal::Personal,
    read::{Doc, Found, Names, Table, Word, note},
    replies, template, text,
};

/// The file that names the others.
const HEAD: &str = "pack.toml";

/// The field whose choices are the classes that limits and categories speak of.
const CLASS: &str = "class";

/// The field whose choices are the emergency lines.
const LINE: &str = "emergency_line";

/// The files that are read, and what was found wrong with them so far.
struct Desk<'f> {
    files: &'f Files,
    found: Found,
}

pub(super) fn load(files: &Files) -> Result<Pack, Vec<Problem>> {
    let desk = Desk { files, found: Found::default() };
    let pack = desk.pack();
    let mut problems = desk.found.into_inner();
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    pack.filter(|_| problems.is_empty()).ok_or(problems)
}

impl Desk<'_> {
    /// The pack; none when a file could not be read at all. It is only good when nothing was found wrong.
    fn pack(&self) -> Option<Pack> {
        let head = self.read(&Word { text: HEAD.to_owned(), line: 1 }, head::read)?;
        self.check_stray_flows(&head);
        let (fields, fields_are_right) = self.noticing(|| self.read(&head.fields, field::read));
        let classes = Names { what: "class", all: classes(fields.as_deref(), fields_are_right) };
        let limits = self.read(&head.limits, |table| limit::read(table, &classes));
        let catalogue = self.read(&head.categories, |table| category::read(table, &classes));
        let codes = catalogue.as_ref().map(|all| all.categories.iter().map(|category| category.code.clone()).collect());
        let categories = Names { what: "category", all: codes };
        let duties = self.read(&head.duties, |table| duty::read(table, &categories));
        let texts = self.read(&head.texts, text::read);
        let names = fields.as_ref().map(|all| all.iter().map(|field| field.name.clone()).collect());
        let names = Names { what: "field", all: names.filter(|_| fields_are_right) };
        let templates = head.templates.as_ref().and_then(|path| self.read(path, |table| template::read(table, &names)));
        let calendar = self.calendar(&head.calendar);
        let personal = head.personal.as_ref().and_then(|path| self.personal(path));
        let sources = head.sources.iter().map(|source| source.id.clone()).collect();
        let sources = Names { what: "source", all: Some(sources) };
        let data = head.data.as_ref().and_then(|path| self.read(path, |table| data::read(table, &sources)));
        let address = head.address.as_ref().and_then(|path| self.address(path));
        let replies = head.replies.as_ref().and_then(|path| self.read(path, replies::read)?);
        let knowledge = self.knowledge(&head, fields.as_deref(), &categories, &classes);
        let (fields, limits) = (fields?, limits?);
        // A flow hangs on its fields: while they are wrong, what it would be blamed for could be theirs.
        let codes = categories.all.unwrap_or_default().into_iter().collect::<Vec<_>>();
        let kinds = field::flow_kinds(&fields, &codes);
        let flows = fields_are_right.then(|| self.flows(&head, &kinds, &limits));
        Some(Pack {
            id: head.id,
            version: head.version,
            in_force: head.in_force,
            title: head.title,
            summary: head.summary,
            roles: head.roles,
            sources: head.sources,
            calendar: calendar?,
            fields,
            limits,
            catalogue: catalogue?,
            duties: duties?,
            texts: texts?,
            templates: templates.unwrap_or_default(),
            knowledge,
            personal,
            data,
            address,
            replies,
            flows: flows?.into_iter().map(Arc::new).collect(),
            files: self.files.clone(),
        })
    }

    /// What a file says; none when the pack has no such file or it is not TOML.
    fn read<T>(&self, path: &Word, what: impl FnOnce(Table<'_>) -> T) -> Option<T> {
        let doc = Doc::new(&path.text, self.text(path)?, &self.found);
        doc.root().map(what)
    }

    /// The text of a file that `pack.toml` names.
    fn text(&self, path: &Word) -> Option<&str> {
        let text = self.files.get(&path.text);
        if text.is_none() && !path.text.is_empty() {
            note(&self.found, HEAD, path.line, format!("the pack has no file `{}`", path.text));
        }
        text.map(String::as_str)
    }

    /// What a part gives, and whether it found nothing wrong.
    fn noticing<T>(&self, part: impl FnOnce() -> T) -> (T, bool) {
        let before = self.found.borrow().len();
        let given = part();
        (given, self.found.borrow().len() == before)
    }

    fn knowledge(&self, head: &Head, fields: Option<&[Field]>, categories: &Names, classes: &Names) -> Knowledge {
        let entries = head
            .knowledge
            .as_ref()
            .and_then(|path| self.read(path, |table| knowledge::read_entries(table, categories)));
        // Unknown where the field is among what is wrong: one complaint is enough.
        let lines = Names { what: "emergency line", all: fields.and_then(|fields| choices(fields, LINE)) };
        let dangers = head
            .dangers
            .as_ref()
            .and_then(|path| self.read(path, |table| knowledge::read_dangers(table, &lines, classes)));
        let (dangers, danger_class) = dangers.unwrap_or_default();
        Knowledge { entries: entries.unwrap_or_default(), dangers, danger_class }
    }

    fn calendar(&self, path: &Word) -> Option<Calendar> {
        let calendar = Calendar::parse(&path.text, self.text(path)?);
        calendar.map_err(|error| note(&self.found, &error.file, error.line, error.reason)).ok()
    }

    fn address(&self, path: &Word) -> Option<address::Words> {
        let words = address::Words::parse(&path.text, self.text(path)?);
        words.map_err(|error| note(&self.found, &error.file, 1, error.reason)).ok()
    }

    fn personal(&self, path: &Word) -> Option<Personal> {
        let personal = Personal::read(&path.text, self.text(path)?);
        personal.map_err(|error| note(&self.found, &error.file, error.line, error.reason)).ok()
    }

    fn flows(
        &self,
        head: &Head,
        fields: &BTreeMap<String, FieldKind>,
        limits: &BTreeMap<String, LimitTable>,
    ) -> Vec<Definition> {
        let roles: Vec<String> = head.roles.iter().map(|role| role.code.clone()).collect();
        let limits: Vec<String> = limits.keys().cloned().collect();
        let world = World { roles: &roles, limits: &limits, fields };
        let mut flows: Vec<Definition> = Vec::new();
        for path in &head.flows {
            let Some(text) = self.text(path) else { continue };
            match linli_flow::load(&path.text, text, &world) {
                Ok(flow) if flows.iter().any(|known| known.id() == flow.id()) => {
                    let reason = format!("`{}` is a second flow with the id `{}`", path.text, flow.id());
                    note(&self.found, HEAD, path.line, reason);
                }
                Ok(flow) => flows.push(flow),
                Err(problems) => self.found.borrow_mut().extend(problems),
            }
        }
        flows
    }

    /// A flow that lies in the folder but is not named would silently not exist.
    fn check_stray_flows(&self, head: &Head) {
        let named: BTreeSet<&str> = head.flows.iter().map(|path| path.text.as_str()).collect();
        for path in self.files.keys().filter(|path| path.starts_with("flows/") && !named.contains(path.as_str())) {
            note(&self.found, path, 1, format!("`{path}` is not in the `flows` of {HEAD}: add it there, or remove it"));
        }
    }
}

/// The choices of a field; none where there is no such field.
fn choices(fields: &[Field], name: &str) -> Option<BTreeSet<String>> {
    let field = fields.iter().find(|field| field.name == name)?;
    Some(field.choices.iter().map(|choice| choice.code.clone()).collect())
}

/// The classes; unknown where the field that states them is among what is wrong.
fn classes(fields: Option<&[Field]>, fields_are_right: bool) -> Option<BTreeSet<String>> {
    let class = fields.unwrap_or_default().iter().find(|field| field.name == CLASS);
    let codes = class.into_iter().flat_map(|class| &class.choices).map(|choice| choice.code.clone()).collect();
    (class.is_some() || fields_are_right).then_some(codes)
}
