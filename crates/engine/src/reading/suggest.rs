//! What is proposed for a letter, with certainty and reasons.

use std::collections::BTreeMap;

use linli_insight::text::category::{Field, Letter, Model};

use super::{Asked, Like, Named};
use crate::{
    Engine,
    ids::{OrgId, PlaceCode},
    pack::{Danger, Pack},
};

/// Why something is proposed.
#[derive(Clone, Debug, PartialEq)]
pub enum Because {
    /// Words of the letter that speak for it, by what was learnt.
    Words(Vec<String>),
    /// Key words of the rule pack.
    Keywords(Vec<String>),
    /// Cases very like it that people decided so.
    Cases(Vec<Like>),
    /// Nothing speaks for anything.
    Nothing,
}

/// A category that is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// Which.
    pub category: String,
    /// How likely, from 0 to 1; nothing where that is not known, as for key words.
    pub likely: Option<f32>,
    /// Whether that is as sure as the office asks for.
    pub sure: bool,
    /// Why.
    pub because: Because,
}

/// A unit that is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Which.
    pub org: OrgId,
    /// The line of the duty list, where that names it.
    pub basis: Option<String>,
    /// How often it leads on letters like this one, from 0 to 1, by what was learnt.
    pub likely: Option<f32>,
}

/// What is proposed for a letter.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What it is about.
    pub category: Guess,
    /// What else it may be about, by what was learnt, the likeliest first.
    pub others: Vec<(String, f32)>,
    /// The class, where words tell of danger.
    pub danger: Option<(Danger, String)>,
    /// The places that it names, the likeliest first.
    pub places: Vec<Named>,
    /// Whose it is: by the duty list, then by what was learnt.
    pub units: Vec<Unit>,
}

/// Words that decided, alternatives, places, and units that are told.
const WORDS: usize = 4;
const OTHERS: usize = 2;
const PLACES: usize = 3;
/// Places whose names are left out where letters are compared.
const NAMED: usize = 8;
const UNITS: usize = 3;
/// What is less likely than this is no alternative.
const POSSIBLE: f32 = 0.1;
/// How much of the words a case has to share for what people said of it to be said of this one, and how many are asked.
const VERY_LIKE: f32 = 0.5;
const LIKE: usize = 12;

impl Engine {
    /// What a letter is about, as far as it can be told.
    pub fn suggest_category(&self, asked: &Asked<'_>) -> Guess {
        self.guess(asked).0
    }

    /// What is proposed for a letter.
    pub fn suggest(&self, asked: &Asked<'_>, within: &PlaceCode) -> Suggestion {
        let pack = self.packs().current();
        let (category, others) = self.guess(asked);
        let text = format!("{}\n{}", asked.title, asked.body);
        let danger = pack.danger(&text).zip(pack.danger_class());
        Suggestion {
            units: asked.place.map(|place| self.units(asked, &category.category, place)).unwrap_or_default(),
            category,
            others,
            danger: danger.map(|(danger, class)| (danger.clone(), class.to_owned())),
            places: self.places_named(&text, within, PLACES),
        }
    }

    /// The place that holds all places of this office.
    pub fn everywhere(&self) -> Option<PlaceCode> {
        let (directory, home) = (self.directory(), self.home.to_string().parse::<PlaceCode>().ok()?);
        Some(home.upwards().filter(|code| directory.place(code).is_some()).last().unwrap_or(home))
    }

    /// The places within one that a text names, the likeliest first.
    pub fn places_named(&self, text: &str, within: &PlaceCode, most: usize) -> Vec<Named> {
        self.reading.places().find(text, within, most)
    }

    /// People first: what they said of cases very like this one; then what was learnt, where it is sure; then the key words.
    fn guess(&self, asked: &Asked<'_>) -> (Guess, Vec<(String, f32)>) {
        let (pack, models) = (self.packs().current(), self.reading.models());
        let sure = models.sure();
        let learnt = models.category.as_ref().map(|model| read(model, asked, pack));
        let first = learnt.as_ref().and_then(|all| all.first().cloned());
        let others = |said: &str| {
            let rest = learnt.iter().flatten().filter(|(code, likely)| code != said && *likely >= POSSIBLE);
            rest.take(OTHERS).cloned().collect::<Vec<_>>()
        };
        if let Some(guess) = by_cases(&self.alike_in_matter(asked), pack, sure) {
            let others = others(&guess.category);
            return (guess, others);
        }
        let keywords = pack.classify(asked.title, asked.body);
        let guess = match (first, models.category.as_ref()) {
            (Some((category, likely)), Some(model)) => Guess {
                because: Because::Words(words(model, asked, &category)),
                likely: Some(likely),
                sure: likely >= sure,
                category,
            },
            _ if keywords.because.is_empty() => {
                Guess { category: keywords.category, likely: None, sure: false, because: Because::Nothing }
            }
            _ => Guess {
                category: keywords.category,
                likely: None,
                sure: false,
                because: Because::Keywords(keywords.because.into_iter().take(WORDS).collect()),
            },
        };
        let others = others(&guess.category);
        (guess, others)
    }

    /// Cases very like this one, also without the names of places: letters of one estate share those whatever they are about.
    fn alike_in_matter(&self, asked: &Asked<'_>) -> Vec<Like> {
        let mut likes = self.alike(asked, LIKE);
        likes.retain(|like| like.words >= VERY_LIKE);
        if likes.is_empty() {
            return likes;
        }
        let text = format!("{}\n{}", asked.title, asked.body);
        let named = self.everywhere().map(|all| self.places_named(&text, &all, NAMED)).unwrap_or_default();
        let without = |text: &str| {
            named
                .iter()
                .flat_map(|place| &place.words)
                .fold(text.to_owned(), |text, word| text.replace(word.as_str(), " "))
        };
        let (title, body) = (without(asked.title), without(asked.body));
        let bare = self.alike(&Asked { title: &title, body: &body, ..*asked }, LIKE * LIKE);
        for like in &mut likes {
            let words = bare.iter().find(|other| other.key == like.key).map_or(0.0, |other| other.words);
            like.words = like.words.min(words);
        }
        likes
    }

    fn units(&self, asked: &Asked<'_>, category: &str, place: &PlaceCode) -> Vec<Unit> {
        let (pack, directory, models) = (self.packs().current(), self.directory(), self.reading.models());
        let mut units = Vec::new();
        if let Some(lead) = directory.lead(pack, category, place) {
            units.push(Unit { org: lead.org, basis: lead.listed.then_some(lead.basis), likely: None });
        }
        let letter = Letter { title: asked.title, text: asked.body };
        let read = models.unit.as_ref().map(|model| (model, model.read(&letter).first(UNITS)));
        for (model, (label, likely)) in
            read.into_iter().flat_map(|(model, all)| all.into_iter().map(move |one| (model, one)))
        {
            let Some(org) = model.labels().get(label).and_then(|id| id.parse::<OrgId>().ok()) else { continue };
            let fits = directory.may_lead(pack, org.as_str(), category, place).is_ok();
            match units.iter_mut().find(|unit| unit.org == org) {
                Some(unit) => unit.likely = Some(likely),
                None if fits && likely >= POSSIBLE => units.push(Unit { org, basis: None, likely: Some(likely) }),
                None => {}
            }
        }
        units.truncate(UNITS);
        units
    }
}

/// The categories of the pack that a model finds likely, the likeliest first.
fn read(model: &Model, asked: &Asked<'_>, pack: &Pack) -> Vec<(String, f32)> {
    let read = model.read(&Letter { title: asked.title, text: asked.body });
    let named = |(label, likely): (usize, f32)| Some((model.labels().get(label)?.clone(), likely));
    let all = read.first(1 + OTHERS + 2).into_iter().filter_map(named);
    all.filter(|(code, _)| pack.category(code).is_some()).collect()
}

fn words(model: &Model, asked: &Asked<'_>, category: &str) -> Vec<String> {
    let Some(label) = model.labels().iter().position(|label| label == category) else { return Vec::new() };
    let pieces = model.why(&Letter { title: asked.title, text: asked.body }, label, WORDS);
    let word = |piece: linli_insight::text::category::Piece| {
        let text = match piece.field {
            Field::Title => asked.title,
            Field::Text => asked.body,
        };
        text.get(piece.range).map(|word| word.trim().to_owned())
    };
    pieces.into_iter().filter_map(word).filter(|word| !word.is_empty()).collect()
}

/// What people said of cases that share most of their words with this one.
fn by_cases(found: &[Like], pack: &Pack, sure: f32) -> Option<Guess> {
    let mut said: BTreeMap<&str, Vec<&Like>> = BTreeMap::new();
    for like in found.iter().filter(|like| like.words >= VERY_LIKE) {
        if let Some(category) = like.category.as_deref().filter(|code| pack.category(code).is_some()) {
            said.entry(category).or_default().push(like);
        }
    }
    let weight = |likes: &[&Like]| likes.iter().map(|like| like.words).sum::<f32>();
    let all: f32 = said.values().map(|likes| weight(likes)).sum();
    let (category, likes) = said.iter().max_by(|a, b| weight(a.1).total_cmp(&weight(b.1)))?;
    let closest = likes.iter().map(|like| like.words).fold(0.0, f32::max);
    let likely = weight(likes) / all * closest;
    let because = Because::Cases(likes.iter().copied().cloned().collect());
    Some(Guess { category: (*category).to_owned(), likely: Some(likely), sure: likely >= sure, because })
}
