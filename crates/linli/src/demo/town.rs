//! The made-up street: what `town.toml` adds to the places, units and seats that are written by hand, and the people who
//! live there. Where a house stands and who lives in it comes from the seed.

use std::collections::BTreeMap;

use linli_engine::{
    directory::{Place, Ring},
    ids::{Jurisdiction, Level, PersonId, PlaceCode},
};
use linli_flow::Text;
use serde::Deserialize;

use super::{
    chance::Chance,
    tiling::{Point, Tiling, within},
};
use crate::cli::{
    Failure,
    setup::{AccountRow, OrgRow, Setup, org},
};

/// `town.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TownFile {
    houses: usize,
    residents: usize,
    outline: Vec<Outline>,
    community: Vec<Community>,
    words: Words,
    org: Vec<OrgRow>,
    account: Vec<AccountRow>,
    names: Names,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outline {
    street: PlaceCode,
    ring: Ring,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Community {
    code: PlaceCode,
    name: Text,
    #[serde(default)]
    aliases: Vec<String>,
    at: Point,
    grids: Vec<Grid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grid {
    kind: Kind,
    zh: String,
    en: String,
}

/// What sort of grid it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// New, with lifts and a firm.
    Estate,
    /// Walk-ups.
    Old,
    /// Shops below, homes above.
    Street,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    grid: Text,
    house: Text,
    other: Vec<String>,
    number: Text,
    unit: Text,
    numerals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    family: Vec<String>,
    given: Vec<String>,
}

/// A house, where matters happen and people live.
#[derive(Clone, Debug)]
pub struct House {
    /// Its code.
    pub code: PlaceCode,
    /// What people call it.
    pub name: String,
    /// The estate or street that it belongs to.
    pub estate: String,
    /// What sort.
    pub kind: Kind,
    /// Its entrances that have codes of their own.
    pub units: Vec<(PlaceCode, String)>,
    /// Where it stands.
    pub point: Option<Point>,
}

/// Somebody who lives there.
#[derive(Clone, Debug)]
pub struct Person {
    /// In the vault.
    pub id: PersonId,
    /// How they are called.
    pub name: String,
    /// A made-up number.
    pub phone: String,
    /// Which of the houses.
    pub house: usize,
}

impl TownFile {
    /// Borders for the places that are written by hand, and nothing more.
    pub fn borders(&self, setup: &mut Setup) {
        for outline in &self.outline {
            divide(setup, outline);
        }
    }

    /// Grows the places, units and seats.
    ///
    /// # Errors
    /// When a code does not fit.
    pub fn grow(&mut self, setup: &mut Setup, seed: u64) -> Result<(), Failure> {
        let mut chance = Chance::new(seed, "places");
        let mut new = Vec::new();
        for community in &self.community {
            new.extend(self.add_grids(setup, &mut chance, community)?);
        }
        self.borders(setup);
        let home = setup.home()?;
        let there = setup.places.iter().filter(|p| p.code.level() == Level::Building && home.covers(&p.code)).count();
        let mut left = self.houses.saturating_sub(there);
        for (n, (code, grid)) in new.iter().enumerate() {
            let even = left / (new.len() - n);
            let count = if n + 1 == new.len() { left } else { even * (75 + chance.below(51)) / 100 };
            left = left.saturating_sub(count);
            self.add_houses(setup, &mut chance, code, grid, count)?;
        }
        setup.places.sort_by(|a, b| a.code.cmp(&b.code));
        setup.orgs.extend(std::mem::take(&mut self.org).into_iter().map(org));
        setup.accounts.append(&mut self.account);
        Ok(())
    }

    /// The community, where it is new, and its new grids: each as far as may be from all that are there.
    fn add_grids<'f>(
        &self,
        setup: &mut Setup,
        chance: &mut Chance,
        community: &'f Community,
    ) -> Result<Vec<(PlaceCode, &'f Grid)>, Failure> {
        let mut all: Vec<Point> =
            setup.places.iter().filter(|p| p.code.level() == Level::Grid).filter_map(|p| p.point).collect();
        let in_it = setup.places.iter().filter(|p| p.code.level() == Level::Grid && community.code.covers(&p.code));
        let first = in_it.count() + 1;
        if !setup.places.iter().any(|p| p.code == community.code) {
            let (code, name, aliases) = (community.code.clone(), community.name.clone(), community.aliases.clone());
            setup.places.push(Place { code, name, aliases, point: Some(community.at), retired_at: None });
        }
        let mut made = Vec::new();
        for (n, grid) in community.grids.iter().enumerate() {
            let around = |chance: &mut Chance| {
                let part = |chance: &mut Chance| chance.part() * 2.0 - 1.0;
                (community.at.0 + part(chance) * 0.0048, community.at.1 + part(chance) * 0.0041)
            };
            let tried: Vec<Point> = (0..60).map(|_| around(chance)).collect();
            let point = farthest(&tried, &all).unwrap_or(community.at);
            all.push(point);
            let number = first + n;
            let code = code(&format!("{}{number:03}", community.code))?;
            let numeral = self.words.numerals.get(number - 1).cloned().unwrap_or_else(|| number.to_string());
            let name = Text {
                zh: fill(&self.words.grid.zh, &[("community", &community.name.zh), ("n", &numeral)]),
                en: fill(&self.words.grid.en, &[("community", &community.name.en), ("n", &number.to_string())]),
            };
            let aliases = vec![grid.zh.clone()];
            setup.places.push(Place { code: code.clone(), name, aliases, point: Some(point), retired_at: None });
            made.push((code, grid));
        }
        Ok(made)
    }

    fn add_houses(
        &self,
        setup: &mut Setup,
        chance: &mut Chance,
        grid: &PlaceCode,
        of: &Grid,
        count: usize,
    ) -> Result<(), Failure> {
        let ring = setup.borders.iter().find(|(c, _)| c == grid).map(|(_, ring)| ring.clone()).unwrap_or_default();
        let mut stand: Vec<Point> = Vec::new();
        for n in 1..=count {
            let tried: Vec<Point> = (0..14).map(|_| somewhere(&ring, chance)).collect();
            let point = farthest(&tried, &stand);
            stand.extend(point);
            let code = code(&format!("{grid}{n:03}"))?;
            let shown = if of.kind == Kind::Street { 2 * n - 1 } else { n };
            let words = if of.kind == Kind::Street { &self.words.number } else { &self.words.house };
            let say = |text: &str, estate: &str, n: &str| fill(text, &[("estate", estate), ("n", n)]);
            let name =
                Text { zh: say(&words.zh, &of.zh, &shown.to_string()), en: say(&words.en, &of.en, &shown.to_string()) };
            let numeral = self.words.numerals.get(n - 1).filter(|_| of.kind != Kind::Street);
            let others = self.words.other.iter().filter(|_| of.kind != Kind::Street);
            let aliases = others
                .map(|text| say(text, &of.zh, &shown.to_string()))
                .chain(numeral.map(|numeral| say(&words.zh, &of.zh, numeral)));
            let aliases = aliases.collect();
            let units = if of.kind != Kind::Street && chance.percent(40.0) { 2 + chance.below(2) } else { 0 };
            for unit in 1..=units {
                let zh = fill(&self.words.unit.zh, &[("house", &name.zh), ("n", &unit.to_string())]);
                let en = fill(&self.words.unit.en, &[("house", &name.en), ("n", &unit.to_string())]);
                let code = self::code(&format!("{code}{unit:02}"))?;
                setup.places.push(Place {
                    code,
                    name: Text { zh, en },
                    aliases: Vec::new(),
                    point: None,
                    retired_at: None,
                });
            }
            setup.places.push(Place { code, name, aliases, point, retired_at: None });
        }
        Ok(())
    }

    /// What sort of grid each is that `town.toml` names.
    fn kinds(&self) -> BTreeMap<&str, Kind> {
        self.community.iter().flat_map(|c| &c.grids).map(|g| (g.zh.as_str(), g.kind)).collect()
    }

    /// The houses, and the people who live in those of the home street.
    pub fn people(&self, setup: &Setup, seed: u64) -> (Vec<House>, Vec<Person>) {
        let kinds = self.kinds();
        let mut houses: Vec<House> = Vec::new();
        for place in &setup.places {
            match (place.code.level(), houses.last_mut()) {
                (Level::Building, _) => houses.push(house(place, &kinds)),
                (Level::Unit, Some(house)) if house.code.covers(&place.code) => {
                    house.units.push((place.code.clone(), place.name.zh.clone()));
                }
                _ => {}
            }
        }
        let mut chance = Chance::new(seed, "people");
        let home = setup.home().map(|h| h.jurisdiction()).unwrap_or_default();
        let homes: Vec<usize> = (0..houses.len()).filter(|h| houses[*h].code.jurisdiction() == home).collect();
        let person = |n: usize| {
            let family = chance.one(&self.names.family).cloned().unwrap_or_default();
            let given = chance.one(&self.names.given).cloned().unwrap_or_default();
            let house = chance.one(&homes).copied().unwrap_or_default();
            // 199 0000 0001 and the next two are written by hand; 1990001xxxx and on are these.
            Person { id: PersonId::new(), name: family + &given, phone: format!("{}", 19_900_010_000 + n), house }
        };
        let people = (0..self.residents).map(person).collect();
        (houses, people)
    }
}

fn house(place: &Place, kinds: &BTreeMap<&str, Kind>) -> House {
    let name = &place.name.zh;
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (estate, rest) = name.split_at(digits);
    // A number of a street is one character longer than its digits, a building's two.
    let is_number = rest.trim_start_matches(|c: char| c.is_ascii_digit()).chars().count() == 1;
    let kind = kinds.get(estate).copied().unwrap_or(if is_number { Kind::Street } else { Kind::Old });
    House {
        code: place.code.clone(),
        name: name.clone(),
        estate: estate.to_owned(),
        kind,
        units: Vec::new(),
        point: place.point,
    }
}

/// Borders for the grids of a street, for its communities and for itself.
fn divide(setup: &mut Setup, outline: &Outline) {
    let street: Jurisdiction = outline.street.jurisdiction();
    let grids: Vec<(PlaceCode, Point)> = setup
        .places
        .iter()
        .filter(|p| p.code.level() == Level::Grid && p.code.jurisdiction() == street)
        .filter_map(|p| Some((p.code.clone(), p.point?)))
        .collect();
    let points: Vec<Point> = grids.iter().map(|(_, point)| *point).collect();
    let tiling = Tiling::new(&outline.ring, &points);
    let mut communities: BTreeMap<PlaceCode, Vec<usize>> = BTreeMap::new();
    for (n, (code, _)) in grids.iter().enumerate() {
        setup.borders.push((code.clone(), tiling.cell(n)));
        if let Some(community) = code.upwards().find(|c| c.level() == Level::Community) {
            communities.entry(community).or_default().push(n);
        }
    }
    setup.borders.extend(communities.into_iter().map(|(code, cells)| (code, tiling.together(&cells))));
    let all: Vec<usize> = (0..grids.len()).collect();
    setup.borders.push((outline.street.clone(), tiling.together(&all)));
}

/// The one that is farthest from all that stand there.
fn farthest(tried: &[Point], there: &[Point]) -> Option<Point> {
    let away = |p: &Point| {
        there.iter().map(|q| (p.0 - q.0).powi(2) + (p.1 - q.1).powi(2)).min_by(f64::total_cmp).unwrap_or(f64::MAX)
    };
    tried.iter().max_by(|a, b| away(a).total_cmp(&away(b))).copied()
}

/// A point within a border.
fn somewhere(ring: &[Point], chance: &mut Chance) -> Point {
    let ends = |at: fn(&Point) -> f64| {
        let all = || ring.iter().map(at);
        (all().min_by(f64::total_cmp).unwrap_or_default(), all().max_by(f64::total_cmp).unwrap_or_default())
    };
    let ((west, east), (south, north)) = (ends(|p| p.0), ends(|p| p.1));
    let mut point = (west, south);
    for _ in 0..200 {
        point = (west + chance.part() * (east - west), south + chance.part() * (north - south));
        if within(ring, point) {
            break;
        }
    }
    point
}

/// Puts values in the place of `{names}`.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn code(text: &str) -> Result<PlaceCode, Failure> {
    text.parse().map_err(|e| Failure::Input(format!("town.toml: {e}")))
}
