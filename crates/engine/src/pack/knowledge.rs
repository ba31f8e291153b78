//! `knowledge.toml`: answers at hand for what people ask; and `danger.toml`: words that mean that somebody is in danger.

use linli_flow::Text;
use linli_worktime::Date;

use super::{
    head::{Mark, mark},
    read::{Names, Once, Table, Word},
};

/// A question that people ask, with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its short name.
    pub id: String,
    /// The question.
    pub question: Text,
    /// The answer, to be read out or sent.
    pub answer: Text,
    /// The category that a case about it has.
    pub category: String,
    /// The function of the unit that keeps it fresh.
    pub owner: String,
    /// What people say when they ask it.
    pub words: Vec<String>,
    /// The law, rule or page that it rests on.
    pub source: String,
    /// How well the source is known; nothing where the office itself stands for it.
    pub mark: Option<Mark>,
    /// The day by which its owner looks at it again; after it the entry is not to be relied on.
    pub review: Date,
    /// Where it holds.
    pub region: Text,
}

impl Entry {
    /// Whether its day of review has passed.
    pub fn is_stale(&self, today: Date) -> bool {
        today > self.review
    }
}

/// A danger to people, told by words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// Its short name.
    pub id: String,
    /// The emergency line that it is handed to.
    pub line: String,
    /// What it is.
    pub title: Text,
    /// What the caller is told to do at once.
    pub say: Text,
    /// The words that tell it, in small letters.
    pub any: Vec<String>,
    /// Words beside which it is none.
    pub none: Vec<String>,
}

/// What the two files say.
#[derive(Default)]
pub(super) struct Knowledge {
    pub entries: Vec<Entry>,
    pub dangers: Vec<Danger>,
    /// The class that is proposed for a case whose words tell of danger.
    pub danger_class: Option<String>,
}

impl Knowledge {
    /// The danger that a text tells of.
    pub fn danger(&self, text: &str) -> Option<&Danger> {
        let text = text.to_lowercase();
        let has = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
        self.dangers.iter().find(|danger| has(&danger.any) && !has(&danger.none))
    }
}

pub(super) fn read_entries(mut root: Table<'_>, categories: &Names) -> Vec<Entry> {
    let mut once = Once::default();
    let entries = root.list("entry").into_iter().map(|table| entry(table, &mut once, categories)).collect();
    root.end();
    entries
}

fn entry(mut table: Table<'_>, once: &mut Once, categories: &Names) -> Entry {
    let id = table.need_name("id");
    once.check(&table, &id);
    let category = table.need("category");
    categories.check(&table, &category);
    let words = table.words("words");
    if words.is_empty() {
        table.wrong("this `entry` needs `words`: what people say when they ask it");
    }
    let entry = Entry {
        id: id.text,
        question: table.need_text("question"),
        answer: table.need_text("answer"),
        category: category.text,
        owner: table.need_name("owner").text,
        words: words.into_iter().map(|word| word.text).collect(),
        source: table.need("source").text,
        mark: Some(mark(&mut table)),
        review: table.need_date("review"),
        region: table.need_text("region"),
    };
    table.end();
    entry
}

/// What `danger.toml` says: the dangers, and the class that is proposed for their cases.
pub(super) type Dangers = (Vec<Danger>, Option<String>);

/// `lines`: the choices of the field that names an emergency line.
pub(super) fn read_dangers(mut root: Table<'_>, lines: &Names, classes: &Names) -> Dangers {
    let mut once = Once::default();
    let class = root.word("class").map(|word| {
        classes.check(&root, &word);
        word.text
    });
    let dangers = root.list("danger").into_iter().map(|table| danger(table, &mut once, lines)).collect();
    root.end();
    (dangers, class)
}

fn danger(mut table: Table<'_>, once: &mut Once, lines: &Names) -> Danger {
    let id = table.need_name("id");
    once.check(&table, &id);
    let line = table.need("line");
    lines.check(&table, &line);
    let small = |words: Vec<Word>| words.into_iter().map(|word| word.text.to_lowercase()).collect();
    let any: Vec<String> = small(table.words("any"));
    if any.is_empty() {
        table.wrong("this `danger` needs `any`: the words that tell it");
    }
    let none = small(table.words("none"));
    let danger = Danger {
        id: id.text,
        line: line.text,
        title: table.need_text("title"),
        say: table.need_text("say"),
        any,
        none,
    };
    table.end();
    danger
}
