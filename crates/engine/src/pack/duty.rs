//! `duties.toml`: which kind of unit leads on which category, and what may be sent to a community.

use super::{
    head::{Basis, basis},
    read::{Names, Once, Table, Word},
};

/// Who leads on a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The function of the unit, as orgs state theirs.
    pub function: String,
    /// Who carries it.
    pub level: Carrier,
    /// The law or practice behind it; none where nothing in the list matched and the fallback takes it.
    pub basis: Option<Basis>,
}

/// At which level a duty is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The street office and its teams.
    Street,
    /// A department of the district.
    District,
    /// The residents' committee.
    Community,
    /// The property firm.
    Property,
}

/// What part a community may have in a case (Beijing Ordinance on Swift Response, art. 17: what lies outside the
/// community's duty list may not be pushed to it, nor may it be made the lead where it only assists).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It may be the lead unit.
    Leads,
    /// It may only be a co-unit.
    Assists,
    /// It may be neither.
    Never,
    /// No list names the category: it counts as assisting.
    Unlisted,
}

/// A category alone, or, written `utility.*`, with all below it.
struct Area {
    code: String,
    below: bool,
}

/// What `duties.toml` says.
pub(super) struct Duties {
    duties: Vec<(Area, Duty)>,
    fallback: Duty,
    parts: Vec<(Area, Part)>,
    pub community: Basis,
}

impl Area {
    fn covers(&self, category: &str) -> bool {
        match category.strip_prefix(&self.code) {
            Some("") => true,
            Some(rest) => self.below && rest.starts_with('.'),
            None => false,
        }
    }
}

/// The longest match; the category alone before the category with all below it.
fn longest<'a, T>(list: &'a [(Area, T)], category: &str) -> Option<&'a T> {
    let matching = list.iter().filter(|(area, _)| area.covers(category));
    matching.max_by_key(|(area, _)| (area.code.len(), !area.below)).map(|(_, value)| value)
}

impl Duties {
    pub fn duty(&self, category: &str) -> &Duty {
        longest(&self.duties, category).unwrap_or(&self.fallback)
    }

    pub fn fallback(&self) -> &str {
        &self.fallback.function
    }

    pub fn part(&self, category: &str) -> Part {
        longest(&self.parts, category).copied().unwrap_or(Part::Unlisted)
    }
}

pub(super) fn read(mut root: Table<'_>, categories: &Names) -> Duties {
    let mut once = Once::default();
    let mut duties = Vec::new();
    for mut table in root.list("duty") {
        let category = table.need("category");
        once.check(&table, &category);
        let area = area(&table, &category, categories);
        let function = table.need_name("function").text;
        let level = table.need_one_of("level", &CARRIERS).unwrap_or(Carrier::Street);
        let basis = Some(basis(&mut table, "basis"));
        table.end();
        duties.push((area, Duty { function, level, basis }));
    }
    let fallback = root.need_name("fallback");
    // Functions have no register of their own: one that no duty names is a slip of the pen.
    let functions = duties.iter().map(|(_, duty)| duty.function.clone()).collect();
    Names { what: "function of a duty", all: Some(functions) }.check(&root, &fallback);
    let fallback = Duty { function: fallback.text, level: Carrier::Street, basis: None };
    let (parts, community) = root.need_table("community").map(|table| community(table, categories)).unwrap_or_default();
    root.end();
    Duties { duties, fallback, parts, community }
}

const CARRIERS: [(&str, Carrier); 4] = [
    ("street", Carrier::Street),
    ("district", Carrier::District),
    ("community", Carrier::Community),
    ("property", Carrier::Property),
];

fn community(mut table: Table<'_>, categories: &Names) -> (Vec<(Area, Part)>, Basis) {
    let mut once = Once::default();
    let mut parts = Vec::new();
    for (key, part) in [("leads", Part::Leads), ("assists", Part::Assists), ("never", Part::Never)] {
        for word in table.words(key) {
            once.check(&table, &word);
            parts.push((area(&table, &word, categories), part));
        }
    }
    let basis = basis(&mut table, "basis");
    table.end();
    (parts, basis)
}

fn area(table: &Table<'_>, word: &Word, categories: &Names) -> Area {
    let (code, below) = match word.text.strip_suffix(".*") {
        Some(code) => (code, true),
        None => (word.text.as_str(), false),
    };
    categories.check(table, &Word { text: code.to_owned(), line: word.line });
    Area { code: code.to_owned(), below }
}
