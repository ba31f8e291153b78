//! `categories.toml`: the tree of categories and the keyword rules that suggest one.

use std::collections::BTreeSet;

use linli_flow::Text;

use super::{
    classify::{Classifier, Rule},
    read::{Names, Once, Table, Word},
};

/// What a text without any keyword is.
pub(super) const OTHER: &str = "other";

/// What a case can be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its code: its parent's, a point, and a part of its own.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// The category above it.
    pub parent: Option<String>,
    /// The class that a case of it has unless the dispatcher decides otherwise: its own or its parent's.
    pub class: String,
    /// The kind of demand that it mostly is: its own or its parent's.
    pub kind: String,
    /// The category of a public set of labelled letters that it is measured against: its own or its parent's.
    pub label: Option<String>,
    /// Whether the public map may count its cases: its own word or its parent's, `no` where nobody said so.
    pub public: bool,
}

/// What `categories.toml` says.
pub(super) struct Catalogue {
    pub kinds: Vec<(String, Text)>,
    pub categories: Vec<Category>,
    pub classifier: Classifier,
}

pub(super) fn read(mut root: Table<'_>, classes: &Names) -> Catalogue {
    let kinds = root.need_table("kinds").map(kinds);
    let codes = kinds.as_ref().map(|kinds| kinds.iter().map(|(code, _)| code.clone()).collect());
    let kind_names = Names { what: "kind of demand", all: codes };
    let mut once = Once::default();
    let mut categories = Vec::new();
    for table in root.list("category") {
        let category = category(table, &categories, &mut once, classes, &kind_names);
        categories.push(category);
    }
    if !once.names().contains(OTHER) {
        root.wrong(format!("the categories need one with the code `{OTHER}`: what a text without any keyword is"));
    }
    let names = Names { what: "category", all: Some(once.names()) };
    let rules = root.list("rule");
    let rules = rules.into_iter().filter_map(|table| rule(table, &names, &categories)).collect();
    let classifier = Classifier::new(rules).unwrap_or_else(|error| {
        root.wrong(format!("the keywords cannot be searched for: {error}"));
        Classifier::default()
    });
    root.end();
    Catalogue { kinds: kinds.unwrap_or_default(), categories, classifier }
}

fn kinds(mut table: Table<'_>) -> Vec<(String, Text)> {
    let kinds = table.tables().into_iter().map(|(code, text)| (code.text, text.into_text())).collect();
    table.end();
    kinds
}

fn category(mut table: Table<'_>, above: &[Category], once: &mut Once, classes: &Names, kinds: &Names) -> Category {
    let code = table.need_name("code");
    once.check(&table, &code);
    let parent = code.text.rsplit_once('.').map(|(parent, _)| parent);
    let from = parent.and_then(|parent| above.iter().find(|category| category.code == parent));
    if let (Some(parent), None) = (parent, from) {
        table.wrong_at(code.line, format!("`{}` needs its parent `{parent}` above it in the file", code.text));
    }
    // A child of an unknown parent may well inherit: one complaint is enough.
    let orphan = parent.is_some() && from.is_none();
    let mut own = |key: &str, inherited: Option<&String>, names: &Names| match table.word(key) {
        Some(word) => {
            names.check(&table, &word);
            word.text
        }
        None => inherited.cloned().unwrap_or_else(|| {
            if !orphan {
                table.wrong(format!("`{}` needs `{key}`: it has no parent to take it from", code.text));
            }
            String::new()
        }),
    };
    let class = own("class", from.map(|from| &from.class), classes);
    let kind = own("kind", from.map(|from| &from.kind), kinds);
    let label = table.word("label").map(|word| word.text).or_else(|| from.and_then(|from| from.label.clone()));
    let public = table.word("public").map_or_else(
        || from.is_some_and(|from| from.public),
        |word| {
            if !["yes", "no"].contains(&word.text.as_str()) {
                table.wrong_at(word.line, "`public` is `yes` or `no`");
            }
            word.text == "yes"
        },
    );
    let parent = parent.map(str::to_owned);
    let title = table.need_text("title");
    table.end();
    Category { code: code.text, title, parent, class, kind, label, public }
}

/// A rule; none when its category is not there.
fn rule(mut table: Table<'_>, names: &Names, categories: &[Category]) -> Option<Rule> {
    let category = table.need("category");
    names.check(&table, &category);
    let any = keywords(&mut table, "any");
    let none = keywords(&mut table, "none");
    if any.is_empty() {
        table.wrong("this `rule` needs `any`: the keywords that speak for the category");
    }
    if let Some(word) = any.iter().find(|word| none.iter().any(|other| other.text == word.text)) {
        table.wrong_at(word.line, format!("`{}` is in `any` and in `none`: the rule would never hold", word.text));
    }
    let hundredths = weight(&mut table);
    table.end();
    let category = categories.iter().position(|known| known.code == category.text)?;
    let texts = |words: Vec<Word>| words.into_iter().map(|word| word.text).collect();
    Some(Rule { category, hundredths, any: texts(any), none: texts(none) })
}

fn keywords(table: &mut Table<'_>, key: &str) -> Vec<Word> {
    let words = table.words(key);
    let mut seen = BTreeSet::new();
    for word in &words {
        if !seen.insert(word.text.as_str()) {
            table.wrong_at(word.line, format!("the keyword `{}` is there twice", word.text));
        }
        if word.text.chars().any(char::is_control) {
            table.wrong_at(word.line, "a keyword is one line, without control characters");
        }
    }
    words
}

/// The weight in hundredths: whole numbers, so that ties are ties.
fn weight(table: &mut Table<'_>) -> u64 {
    let Some((line, weight)) = table.decimal("weight") else { return 100 };
    let hundredths = weight * 100.0;
    if !(1.0..=100_000.0).contains(&hundredths) || (hundredths - hundredths.round()).abs() > 1e-6 {
        table.wrong_at(line, "`weight` goes from 0.01 to 1000, with two places after the point");
    }
    hundredths.round() as u64
}
