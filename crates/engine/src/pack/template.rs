//! `templates.toml`: ready-made words for the fields of acts, with the source of what they promise. They are a beginning: a
//! person reads and changes them before anything is sent.

use linli_flow::Text;

use super::{
    head::{Basis, basis},
    read::{Names, Once, Table},
};

/// What a template may have filled in: facts of the case, never a person.
pub const PLACEHOLDERS: [&str; 6] = ["number", "title", "category", "place", "unit", "due"];

/// A ready-made text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The text, with `{places}` to be filled in.
    pub text: Text,
    /// The fields that it is for.
    pub fields: Vec<String>,
    /// Where it comes from.
    pub source: Basis,
}

pub(super) fn read(mut root: Table<'_>, fields: &Names) -> Vec<Template> {
    let mut once = Once::default();
    let mut templates = Vec::new();
    for mut table in root.list("template") {
        let id = table.need_name("id");
        once.check(&table, &id);
        let (title, text) = (table.need_text("title"), table.need_text("text"));
        for name in text.placeholders().filter(|name| !PLACEHOLDERS.contains(name)) {
            table.wrong(format!(
                "`{}` cannot have {{{name}}} filled in: there is {{{}}}",
                id.text,
                PLACEHOLDERS.join("}, {")
            ));
        }
        let words = table.words("fields");
        for word in &words {
            fields.check(&table, word);
        }
        let source = basis(&mut table, "source");
        templates.push(Template {
            id: id.text,
            title,
            text,
            fields: words.into_iter().map(|w| w.text).collect(),
            source,
        });
        table.end();
    }
    root.end();
    templates
}
