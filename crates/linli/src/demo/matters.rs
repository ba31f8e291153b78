//! What the made-up neighbourhood is troubled by, in words (`matters.toml`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    chance::Chance,
    rhythm::Hours,
    town::{House, Kind, fill},
};

/// `matters.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matters {
    /// The matters.
    pub matter: Vec<Matter>,
    /// What goes around them, by what it is for.
    pub talk: BTreeMap<String, Vec<String>>,
}

/// Something that comes up again and again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// In the rule pack.
    pub category: String,
    /// How often, against the others.
    pub weight: f64,
    /// January to December, against the year's mean.
    #[serde(default)]
    pub season: Vec<f64>,
    /// When in the day.
    #[serde(default)]
    pub hours: Hours,
    /// What it is about.
    pub at: At,
    /// In which kinds of grid.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Where it keeps coming back.
    #[serde(default)]
    pub spots: Vec<Spot>,
    /// Of a hundred, how many neighbours follow.
    #[serde(default)]
    pub again: f64,
    /// Which functions have to help.
    #[serde(default)]
    pub co: Vec<String>,
    /// A question that is answered at once.
    #[serde(default)]
    pub answer: Vec<String>,
    /// The emergency line that it is handed to.
    pub emergency: Option<String>,
    /// The legal channel that it belongs to.
    pub legal: Option<String>,
    /// In a line.
    pub titles: Vec<String>,
    /// In own words.
    pub texts: Vec<String>,
    /// What was found.
    #[serde(default)]
    pub facts: Vec<String>,
    /// The rule.
    #[serde(default)]
    pub law: String,
    /// What was done.
    #[serde(default)]
    pub measures: Vec<String>,
}

/// What a matter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum At {
    /// A house.
    House,
    /// An entrance.
    Unit,
    /// The grounds or the street.
    Estate,
}

/// Where a matter keeps coming back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    estate: String,
    times: f64,
}

impl Matter {
    /// How often it comes up in a month, against the others.
    pub fn weight_in(&self, month: usize) -> f64 {
        self.weight * self.season.get(month).copied().unwrap_or(1.0)
    }

    /// How likely it is at a house.
    pub fn weight_at(&self, house: &House) -> f64 {
        let fits = self.kinds.is_empty() || self.kinds.contains(&house.kind);
        let spot = self.spots.iter().find(|s| s.estate == house.estate).map_or(1.0, |s| s.times);
        if fits || spot > 1.0 { spot } else { 0.0 }
    }
}

/// The numbers that are spoken of in one matter: the same in all that is said of it.
#[derive(Clone, Debug)]
pub struct Slots(Vec<(&'static str, String)>);

impl Slots {
    /// Draws them for a house.
    pub fn draw(house: &House, unit: Option<&str>, chance: &mut Chance) -> Self {
        let number = |chance: &mut Chance, least, most| chance.between(least, most).to_string();
        Self(vec![
            ("estate", house.estate.clone()),
            ("house", house.name.clone()),
            ("unit", unit.unwrap_or(&house.name).to_owned()),
            ("n", number(chance, 2, 9)),
            ("m", number(chance, 10, 40)),
            ("days", number(chance, 2, 6)),
            ("floor", number(chance, 2, if house.kind == Kind::Estate { 17 } else { 6 })),
            ("hour", number(chance, 9, 11)),
        ])
    }

    /// Another number of the same matter: what a neighbour says of it.
    #[must_use]
    pub fn again(&self, chance: &mut Chance) -> Self {
        let mut slots = self.clone();
        for (name, value) in &mut slots.0 {
            if *name == "floor" || *name == "days" {
                *value = chance.between(2, 6).to_string();
            }
        }
        slots
    }

    /// A text with the numbers in.
    pub fn fill(&self, text: &str) -> String {
        let values: Vec<(&str, &str)> = self.0.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(text, &values)
    }
}

impl Matters {
    /// Something to say, of those for this.
    pub fn say(&self, what: &str, slots: &Slots, chance: &mut Chance) -> String {
        let texts = self.talk.get(what).map(Vec::as_slice).unwrap_or_default();
        chance.one(texts).map(|text| slots.fill(text)).unwrap_or_default()
    }
}
