//! `fields.toml`: every field that a form may ask for, once.

use std::collections::BTreeMap;

use linli_flow::{FieldKind, Text};

use super::{
    read::{Once, Table},
    replies::{self, Expected},
};

/// A field that a form may ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in flows and cases.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// What people call it.
    pub title: Text,
    /// What to write, for those who fill it in.
    pub hint: Text,
    /// What can be chosen; empty unless the kind is a choice.
    pub choices: Vec<Choice>,
    /// The least number.
    pub min: Option<i64>,
    /// The greatest number; of a list of orgs, how many.
    pub max: Option<i64>,
    /// The most characters of a text.
    pub max_chars: Option<usize>,
    /// What it costs to fill in, in minutes.
    pub minutes: f64,
    /// What its words have to hold, where they reach whoever reported the case.
    pub reply: Option<Expected>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A minute of a day.
    Time,
    /// One of the field's choices.
    Choice,
    /// One of the pack's categories.
    Category,
    /// A place of the street, by its code.
    Place,
    /// An org.
    Org,
    /// Several orgs.
    Orgs,
    /// Another case, by its number.
    Case,
    /// Yes or no.
    Bool,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in cases and guards.
    pub code: String,
    /// What people call it.
    pub title: Text,
}

const KINDS: [(&str, Kind); 12] = [
    ("text", Kind::Text),
    ("longtext", Kind::LongText),
    ("number", Kind::Number),
    ("date", Kind::Date),
    ("time", Kind::Time),
    ("choice", Kind::Choice),
    ("category", Kind::Category),
    ("place", Kind::Place),
    ("org", Kind::Org),
    ("orgs", Kind::Orgs),
    ("case", Kind::Case),
    ("bool", Kind::Bool),
];

impl Field {
    /// The kind as a flow knows it.
    pub(super) fn flow_kind(&self, categories: &[String]) -> FieldKind {
        match self.kind {
            Kind::Text | Kind::LongText | Kind::Place => FieldKind::Text,
            Kind::Number => FieldKind::Number,
            Kind::Date => FieldKind::Date,
            Kind::Time => FieldKind::Time,
            Kind::Choice => FieldKind::Choice(self.choices.iter().map(|choice| choice.code.clone()).collect()),
            Kind::Category => FieldKind::Choice(categories.to_vec()),
            Kind::Org => FieldKind::Org,
            Kind::Orgs => FieldKind::Orgs,
            Kind::Case => FieldKind::Case,
            Kind::Bool => FieldKind::Bool,
        }
    }
}

pub(super) fn read(mut root: Table<'_>) -> Vec<Field> {
    let tables = root.tables();
    let fields = tables.into_iter().filter_map(|(name, table)| field(name.text, table)).collect();
    root.end();
    fields
}

/// The kinds of all fields, as a flow asks for them.
pub(super) fn flow_kinds(fields: &[Field], categories: &[String]) -> BTreeMap<String, FieldKind> {
    fields.iter().map(|field| (field.name.clone(), field.flow_kind(categories))).collect()
}

/// A field; none without its kind, because what else it may say hangs on that.
fn field(name: String, mut table: Table<'_>) -> Option<Field> {
    let kind = table.need_one_of("kind", &KINDS)?;
    let mut field = Field {
        name,
        kind,
        title: table.need_text("title"),
        hint: table.need_text("hint"),
        choices: Vec::new(),
        min: None,
        max: None,
        max_chars: None,
        minutes: table.need_decimal("minutes"),
        reply: None,
    };
    match kind {
        Kind::Text | Kind::LongText => {
            field.max_chars = table.need_count("max_chars").and_then(|n| usize::try_from(n).ok());
            field.reply = replies::expected(&field.name, &mut table);
        }
        Kind::Number => {
            (field.min, field.max) = (table.number("min"), table.number("max"));
            if let (Some(min), Some(max)) = (field.min, field.max)
                && min > max
            {
                table.wrong(format!("the field `{}` has a `min` above its `max`", field.name));
            }
        }
        Kind::Orgs => field.max = table.count("max"),
        Kind::Choice => field.choices = choices(&field.name, &mut table),
        Kind::Date | Kind::Time | Kind::Category | Kind::Place | Kind::Org | Kind::Case | Kind::Bool => {}
    }
    table.end();
    Some(field)
}

fn choices(field: &str, table: &mut Table<'_>) -> Vec<Choice> {
    let mut once = Once::default();
    let mut choices = Vec::new();
    for mut choice in table.list("choices") {
        let code = choice.need_name("code");
        once.check(&choice, &code);
        choices.push(Choice { code: code.text, title: choice.need_text("title") });
        choice.end();
    }
    if choices.is_empty() {
        table.wrong(format!("the field `{field}` needs `choices`"));
    }
    choices
}
