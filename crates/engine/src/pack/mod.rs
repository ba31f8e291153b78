//! Rule packs: limits, fields, categories, duties, texts, a calendar and flows, read from dated TOML files and checked
//! against one another before anything runs by them.

mod category;
mod classify;
pub mod data;
mod duty;
mod field;
mod folder;
mod form;
mod head;
mod knowledge;
mod limit;
mod load;
mod personal;
mod read;
mod replies;
mod template;
mod text;

use std::{collections::BTreeMap, fmt};

use std::sync::Arc;

use linli_flow::{Definition, Problem, Text};
use linli_insight::text::address::Words;
use linli_worktime::{Calendar, Date, Limit};

pub use category::Category;
pub use classify::Classified;
pub use duty::{Carrier, Duty, Part};
pub use field::{Choice, Field, Kind};
pub use folder::read_dir;
pub use form::{FieldError, FieldProblem, Raw};
pub use head::{Basis, Mark, Role, Source};
pub use knowledge::{Danger, Entry};
pub use replies::{Asking, Expected, Replies};
pub use template::{PLACEHOLDERS, Template};
pub use text::fill;

/// The files of a pack: their texts by their paths below its folder, written with `/`.
pub type Files = BTreeMap<String, String>;

/// A rule pack in which nothing is wrong. It is large: share it in an `Arc`.
pub struct Pack {
    /// Its short name.
    pub id: String,
    /// Its version; a case keeps the one that it was opened under.
    pub version: String,
    /// The day from which it is in force.
    pub in_force: Date,
    /// What people call it.
    pub title: Text,
    /// What it holds, in a few sentences.
    pub summary: Text,
    /// Who may own a step, in the order of the file.
    pub roles: Vec<Role>,
    /// Where its numbers come from.
    pub sources: Vec<Source>,
    /// Its working days and office hours.
    pub calendar: Calendar,
    fields: Vec<Field>,
    limits: BTreeMap<String, limit::LimitTable>,
    catalogue: category::Catalogue,
    duties: duty::Duties,
    texts: BTreeMap<String, Text>,
    templates: Vec<Template>,
    knowledge: knowledge::Knowledge,
    personal: Option<personal::Personal>,
    data: Option<data::Registry>,
    address: Option<linli_insight::text::address::Words>,
    replies: Option<Replies>,
    flows: Vec<Arc<Definition>>,
    files: Files,
}

impl Pack {
    /// Reads a pack and checks it: `pack.toml` names the other files.
    ///
    /// # Errors
    /// All that is wrong, with file and line, by file. Two things wait until the ground they stand on is right: the
    /// content of a file until it is TOML, and the flows until the fields are without a problem.
    pub fn load(files: &Files) -> Result<Self, Vec<Problem>> {
        load::load(files)
    }

    /// What it was read from.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// SHA-256 over the paths and texts of all files, so that two contents under one version are noticed.
    pub fn digest(&self) -> [u8; 32] {
        let mut bytes = Vec::new();
        for part in self.files.iter().flat_map(|(path, text)| [path, text]) {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        crate::digest(&bytes)
    }

    /// Endings by which the name of a place is known in a letter; none where the pack does not say.
    pub fn place_endings(&self) -> Vec<String> {
        let words = self.files.get("address.toml").and_then(|text| Words::parse("address.toml", text).ok());
        words.map(|words| words.place_endings()).unwrap_or_default()
    }

    /// A role.
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.code == code)
    }

    /// How long the limit `limit.NAME` is; before a class is known, and for a class without a length of its own, the
    /// default.
    pub fn limit(&self, name: &str, class: Option<&str>) -> Option<Limit> {
        self.limits.get(name).map(|limit| limit.of(class))
    }

    /// Where a limit comes from.
    pub fn limit_rule(&self, name: &str) -> Option<&Basis> {
        self.limits.get(name).map(|limit| &limit.basis)
    }

    /// A flow.
    pub fn flow(&self, id: &str) -> Option<&Arc<Definition>> {
        self.flows.iter().find(|flow| flow.id() == id)
    }

    /// The flows, in the order of `pack.toml`.
    pub fn flows(&self) -> &[Arc<Definition>] {
        &self.flows
    }

    /// A field that forms may ask for.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields, in the order of the file.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The kinds of demand (consultation, complaint, …) with what people call them, in the order of the file.
    pub fn kinds(&self) -> &[(String, Text)] {
        &self.catalogue.kinds
    }

    /// A category.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories().iter().find(|category| category.code == code)
    }

    /// The categories, in the order of the file: a parent before its children.
    pub fn categories(&self) -> &[Category] {
        &self.catalogue.categories
    }

    /// The categories right below one, or those at the top.
    pub fn children(&self, parent: Option<&str>) -> impl Iterator<Item = &Category> {
        self.categories().iter().filter(move |category| category.parent.as_deref() == parent)
    }

    /// Suggests a category by the keywords in a title and a body. It is a suggestion: a person decides.
    pub fn classify(&self, title: &str, body: &str) -> Classified {
        match self.catalogue.classifier.best(title, body) {
            Some((best, because)) => Classified { category: self.categories()[best].code.clone(), because },
            None => Classified { category: category::OTHER.to_owned(), because: Vec::new() },
        }
    }

    /// The function that takes what nobody's duty covers.
    pub fn fallback(&self) -> &str {
        self.duties.fallback()
    }

    /// Who leads on a category: the longest match of the duty list, or its fallback.
    pub fn duty(&self, category: &str) -> &Duty {
        self.duties.duty(category)
    }

    /// What part a community may have in a case of this category.
    pub fn community_part(&self, category: &str) -> Part {
        self.duties.part(category)
    }

    /// The law behind what may and may not be sent to a community.
    pub fn community_rule(&self) -> &Basis {
        &self.duties.community
    }

    /// Ready-made texts for the fields of acts, in the order of the file.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// The answers at hand, in the order of the file. An office writes its own beside them: what holds is what the engine
    /// has put together ([`crate::knowledge`]).
    pub fn answers(&self) -> &[Entry] {
        &self.knowledge.entries
    }

    /// The danger that a text tells of.
    pub fn danger(&self, text: &str) -> Option<&Danger> {
        self.knowledge.danger(text)
    }

    /// The class that is proposed for a case whose words tell of danger.
    pub fn danger_class(&self) -> Option<&str> {
        self.knowledge.danger_class.as_deref()
    }

    /// All dangers that words tell, in the order of the file.
    pub fn dangers(&self) -> &[Danger] {
        &self.knowledge.dangers
    }

    /// How addresses are written; nothing where the pack does not say.
    pub fn address_words(&self) -> Option<&linli_insight::text::address::Words> {
        self.address.as_ref()
    }

    /// How a reply is looked over before it goes; nothing where the pack does not say.
    pub fn replies(&self) -> Option<&Replies> {
        self.replies.as_ref()
    }

    /// What is kept of people, why and how long; nothing where the pack does not say.
    pub fn data(&self) -> Option<&data::Registry> {
        self.data.as_ref()
    }

    /// How long something is kept that goes by itself, milliseconds; for ever where the pack does not say.
    pub fn kept_ms(&self, sort: crate::retention::Sort) -> Option<i64> {
        let entry = self.data.as_ref()?.entries.iter().find(|entry| entry.sort == Some(sort))?;
        entry.kept.map(data::Kept::ms)
    }

    /// What the program writes to people under this key; [`fill`] fills it in.
    pub fn text(&self, key: &str) -> Option<&Text> {
        self.texts.get(key)
    }
}

impl fmt::Debug for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pack({} {})", self.id, self.version)
    }
}
