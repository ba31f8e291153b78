//! `replies.toml`: the words by which a reply to a resident is looked over before it goes; and what a field of
//! `fields.toml` expects of the words in it.

use linli_flow::Text;
use linli_insight::text::answers::{Lists, Phrases};

use super::read::{Once, Table, Word};

/// What the assistant may be told: the case's masked words and what the rules say, never a person.
const TOLD: [&str; 7] = ["letter", "category", "place", "unit", "basis", "similar", "parts"];

/// What `replies.toml` says.
#[derive(Debug)]
pub struct Replies {
    /// What replies are looked over by.
    pub phrases: Phrases,
    /// Words that are a date by themselves.
    pub days: Vec<String>,
    /// What is counted or numbered: a figure in characters stands before one of these.
    pub counted: Vec<String>,
    /// How a language model is asked for a draft; nothing where the pack wants none asked.
    pub assistant: Option<Asking>,
}

/// How a language model is asked for a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What it is to do and to leave.
    pub system: String,
    /// The question, with `{places}` to be filled in.
    pub ask: String,
}

/// What the words of a field have to hold, beyond saying something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// They are about what the letter says, and were written for it.
    pub matter: bool,
    /// They tell what was done or will be.
    pub act: bool,
    /// They name a day.
    pub date: bool,
}

impl Expected {
    /// What either of two expects.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { matter: self.matter || other.matter, act: self.act || other.act, date: self.date || other.date }
    }
}

/// What a field's `reply` says.
pub(super) fn expected(field: &str, table: &mut Table<'_>) -> Option<Expected> {
    if !table.has("reply") {
        return None;
    }
    let mut expected = Expected::default();
    for word in table.words("reply") {
        match word.text.as_str() {
            "matter" => expected.matter = true,
            "act" => expected.act = true,
            "date" => expected.date = true,
            other => {
                table.wrong_at(word.line, format!("`reply` of `{field}` cannot be `{other}`: write matter, act, date"));
            }
        }
    }
    Some(expected)
}

/// Reads the lists; nothing where something is wrong with them.
pub(super) fn read(mut root: Table<'_>) -> Option<Replies> {
    let assistant = root.table("assistant").map(asking);
    let mut list = |key: &str, must: bool| {
        let words = root.words(key);
        let mut once = Once::default();
        words.iter().for_each(|word| once.check(&root, word));
        if must && words.is_empty() {
            root.wrong(format!("the reply check needs `{key}`"));
        }
        words
    };
    let (empty, actions, dates) = (list("empty", true), list("actions", true), list("dates", true));
    let (days, promises, common) = (list("days", false), list("promises", false), list("common", false));
    let counted = list("counted", false);
    // A courtesy is taken out before acts are looked for: what is both would never be found.
    for word in actions.iter().filter(|word| empty.iter().any(|phrase| phrase.text == word.text)) {
        root.wrong_at(word.line, format!("`{}` is among the `empty` phrases, so it tells of no act", word.text));
    }
    let texts = |words: Vec<Word>| words.into_iter().map(|word| word.text).collect::<Vec<_>>();
    let days = texts(days);
    let lists = Lists {
        empty: texts(empty),
        actions: texts(actions),
        dates: texts(dates),
        days: days.clone(),
        promises: texts(promises),
        common: texts(common),
    };
    let phrases = Phrases::new(&lists).map_err(|error| root.wrong(format!("there are too many words: {error}")));
    root.end();
    Some(Replies { phrases: phrases.ok()?, days, counted: texts(counted), assistant })
}

fn asking(mut table: Table<'_>) -> Asking {
    let (system, ask) = (table.need("system"), table.need("ask"));
    let both = Text { zh: ask.text.clone(), en: ask.text.clone() };
    let mut named: Vec<&str> = both.placeholders().collect();
    named.sort_unstable();
    named.dedup();
    for name in named.iter().filter(|name| !TOLD.contains(name)) {
        let all = TOLD.join("}, {");
        table.wrong_at(ask.line, format!("the assistant cannot be told {{{name}}}: there is {{{all}}}"));
    }
    for must in ["letter", "parts"].iter().filter(|must| !ask.text.is_empty() && !named.contains(must)) {
        table.wrong_at(ask.line, format!("`ask` needs {{{must}}}"));
    }
    table.end();
    Asking { system: system.text, ask: ask.text }
}
