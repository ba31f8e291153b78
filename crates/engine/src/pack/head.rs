//! `pack.toml`: what a pack is called, from when it is in force, its files, its roles and where its numbers come from.

use linli_flow::Text;
use linli_worktime::Date;

use super::read::{Once, Table, Word};

/// Who may own a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name in flows and seats.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// What they do.
    pub duty: Text,
}

/// Where numbers of the pack come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its short name.
    pub id: String,
    /// The law, standard or notice.
    pub title: Text,
    /// The articles that were used.
    pub article: String,
    /// How well it is known.
    pub mark: Mark,
}

/// How well a rule's source is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// `L`: read in the full text of the law.
    Law,
    /// `S`: read in an excerpt of a public page.
    Excerpt,
    /// `B`: nobody has confirmed it; an office changes it freely.
    #[default]
    Unconfirmed,
}

/// The source of a rule, in words, and how well it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The law or practice.
    pub text: String,
    /// How well it is known.
    pub mark: Mark,
}

/// What `pack.toml` says.
pub(super) struct Head {
    pub id: String,
    pub version: String,
    pub in_force: Date,
    pub title: Text,
    pub summary: Text,
    pub roles: Vec<Role>,
    pub sources: Vec<Source>,
    pub calendar: Word,
    pub limits: Word,
    pub fields: Word,
    pub categories: Word,
    pub duties: Word,
    pub texts: Word,
    /// Answers at hand; none in a pack that has no such file.
    pub knowledge: Option<Word>,
    /// Words of danger.
    pub dangers: Option<Word>,
    pub flows: Vec<Word>,
    pub templates: Option<Word>,
    /// What gives personal data away.
    pub personal: Option<Word>,
    /// What is kept of people.
    pub data: Option<Word>,
    /// How addresses are written.
    pub address: Option<Word>,
    /// Words by which replies are looked over.
    pub replies: Option<Word>,
}

/// The mark that must be there.
pub(super) fn mark(table: &mut Table<'_>) -> Mark {
    let words = [("L", Mark::Law), ("S", Mark::Excerpt), ("B", Mark::Unconfirmed)];
    table.need_one_of("mark", &words).unwrap_or_default()
}

/// The source of a rule under this key, with its mark beside it.
pub(super) fn basis(table: &mut Table<'_>, key: &str) -> Basis {
    Basis { text: table.need(key).text, mark: mark(table) }
}

pub(super) fn read(mut root: Table<'_>) -> Head {
    let mut roles = Once::default();
    let mut sources = Once::default();
    let head = Head {
        id: root.need_name("id").text,
        version: root.need_name("version").text,
        in_force: root.need_date("in_force"),
        title: root.need_text("title"),
        summary: root.need_text("summary"),
        roles: root.list("role").into_iter().map(|table| role(table, &mut roles)).collect(),
        sources: root.list("source").into_iter().map(|table| source(table, &mut sources)).collect(),
        calendar: root.need("calendar"),
        limits: root.need("limits"),
        fields: root.need("fields"),
        categories: root.need("categories"),
        duties: root.need("duties"),
        texts: root.need("texts"),
        knowledge: root.word("knowledge"),
        dangers: root.word("dangers"),
        flows: root.words("flows"),
        templates: root.word("templates"),
        personal: root.word("personal"),
        data: root.word("data"),
        address: root.word("address"),
        replies: root.word("replies"),
    };
    if head.flows.is_empty() {
        root.wrong("the pack needs `flows`: the files of its flows");
    }
    root.end();
    head
}

fn role(mut table: Table<'_>, once: &mut Once) -> Role {
    let code = table.need_name("code");
    once.check(&table, &code);
    let role = Role { code: code.text, title: table.need_text("title"), duty: table.need_text("duty") };
    table.end();
    role
}

fn source(mut table: Table<'_>, once: &mut Once) -> Source {
    let id = table.need_name("id");
    once.check(&table, &id);
    let title = table.need_text("title");
    let source = Source { id: id.text, title, article: table.need("article").text, mark: mark(&mut table) };
    table.end();
    source
}
