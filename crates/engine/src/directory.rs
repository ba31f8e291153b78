//! Places, orgs and duties: who is where and answers for what. Small and read at every step, so each process keeps a
//! copy in memory and takes a new one when the version in the database has moved.

pub(crate) mod border;
mod edit;
mod find;
mod spelling;
mod typed;

use std::{collections::BTreeMap, sync::Arc};

pub use spelling::initials;
pub(crate) use spelling::sound;

use linli_flow::Text;
use linli_worktime::Millis;
use serde::{Deserialize, Serialize};

pub use self::border::{Ring, save_borders};
use crate::{
    db::{DbError, Row, Tx, args, statements},
    ids::{DutyId, Jurisdiction, Level, OrgId, PlaceCode},
    pack::{Pack, Part},
};

pub use edit::{Edit, keep};

/// A node of the place tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its code; its parent's is a prefix of it.
    pub code: PlaceCode,
    /// Its name.
    pub name: Text,
    /// What people call it besides.
    pub aliases: Vec<String>,
    /// Longitude and latitude, WGS-84 degrees.
    pub point: Option<(f64, f64)>,
    /// Since when it is no more.
    pub retired_at: Option<Millis>,
}

/// What sort of org it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrgKind {
    /// A Party organisation.
    Party,
    /// A government office or department.
    Government,
    /// A residents' committee.
    Community,
    /// A property firm.
    Property,
    /// A social organisation.
    Social,
    /// A utility, or another firm under contract.
    Utility,
}

impl OrgKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Party, Self::Government, Self::Community, Self::Property, Self::Social, Self::Utility];

    /// Its word in data files and text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Government => "government",
            Self::Community => "community",
            Self::Property => "property",
            Self::Social => "social",
            Self::Utility => "utility",
        }
    }

    /// Whether it is an office, whose staff may know who people are where their work needs it. Firms and social
    /// organisations never learn who reported something.
    pub fn is_office(self) -> bool {
        matches!(self, Self::Party | Self::Government | Self::Community)
    }

    /// From its word.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.slug() == slug)
    }
}

/// A unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Org {
    /// Its short name.
    pub id: OrgId,
    /// The org above it.
    pub parent: Option<OrgId>,
    /// What sort it is.
    pub kind: OrgKind,
    /// What it does, in the words of the duty list (`urban-management`, `property`, …).
    pub function: String,
    /// The place that it serves.
    pub place: PlaceCode,
    /// Its name.
    pub name: Text,
    /// Its public telephone.
    pub phone: Option<String>,
    /// Since when it is no more.
    pub retired_at: Option<Millis>,
}

/// A row of the office's own duty list; it comes before the pack's.
#[derive(Clone, Debug, PartialEq)]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// The category, or a subtree of them (`utility.*`).
    pub category: String,
    /// Where.
    pub place: PlaceCode,
    /// Whose.
    pub org: OrgId,
    /// Lead or assist.
    pub part: Share,
    /// The rule it rests on.
    pub basis: String,
}

/// What a unit has to do with a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// It leads.
    Lead,
    /// It only assists.
    Assist,
}

impl Share {
    /// Its word.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Assist => "assist",
        }
    }
}

/// Who leads on a matter, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The unit.
    pub org: OrgId,
    /// The rule or the row of the duty list.
    pub basis: String,
    /// Whether the duty list names it; otherwise nobody's duty covers the matter and the street office takes it.
    pub listed: bool,
}

/// Why a unit may not lead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeadError {
    /// No such unit, or it is no more.
    #[error("there is no unit `{0}`")]
    Unknown(String),
    /// It does not serve the place.
    #[error("`{0}` does not serve this place")]
    Elsewhere(OrgId),
    /// A community that only assists here (Beijing ordinance on swift response, art. 17).
    #[error("`{0}` only assists with this category and may not be made lead")]
    AssistsOnly(OrgId),
    /// The category is not on the community's list at all.
    #[error("this category is not on the duty list of `{0}`")]
    NotItsDuty(OrgId),
}

/// The directory at one version.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Moves with every change.
    pub version: i64,
    places: BTreeMap<PlaceCode, Place>,
    orgs: BTreeMap<OrgId, Org>,
    duties: Vec<Duty>,
    borders: border::Borders,
    finder: Arc<find::Finder>,
}

impl FromIterator<Place> for Directory {
    /// A directory of places alone.
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        let places: BTreeMap<PlaceCode, Place> = places.into_iter().map(|p| (p.code.clone(), p)).collect();
        let finder = Arc::new(find::Finder::new(places.values()));
        Self { places, finder, ..Self::default() }
    }
}

impl Directory {
    /// A place.
    pub fn place(&self, code: &PlaceCode) -> Option<&Place> {
        self.places.get(code)
    }

    /// All places, in the order of the tree.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// The places one level below (places may skip a level where a neighbourhood has none).
    pub fn children(&self, of: &PlaceCode) -> Vec<&Place> {
        let below = self.places.range(of.clone()..).take_while(|(c, _)| of.covers(c)).map(|(_, p)| p);
        let mut found: Vec<&Place> = Vec::new();
        // In the order of codes a place comes right before all that lies within it.
        for place in below.filter(|p| p.code != *of && p.retired_at.is_none()) {
            if found.last().is_none_or(|last| !last.code.covers(&place.code)) {
                found.push(place);
            }
        }
        found
    }

    /// The streets within a place, or the street that it lies in: where a seat over it has its rows.
    pub fn jurisdictions(&self, within: &PlaceCode) -> Vec<Jurisdiction> {
        if within.level() >= Level::Street {
            return vec![within.jurisdiction()];
        }
        let below = self.places.range(within.clone()..).take_while(|(c, _)| within.covers(c));
        below.filter(|(c, _)| c.level() == Level::Street).map(|(c, _)| c.jurisdiction()).collect()
    }

    /// The name of a place with the names above it up to the street: how people say where something is.
    pub fn place_name(&self, code: &PlaceCode, lang: &str) -> String {
        let mut parts: Vec<&str> = code
            .upwards()
            .take_while(|c| c.level() >= Level::Street)
            .filter_map(|c| self.places.get(&c).map(|p| p.name.get(lang)))
            .collect();
        parts.reverse();
        if lang.starts_with("en") { parts.join(", ") } else { parts.join(" ") }
    }

    /// An org.
    pub fn org(&self, id: &str) -> Option<&Org> {
        id.parse::<OrgId>().ok().and_then(|id| self.orgs.get(&id))
    }

    /// All orgs by id.
    pub fn orgs(&self) -> impl Iterator<Item = &Org> {
        self.orgs.values()
    }

    /// The orgs that serve a place and are there now.
    pub fn serving<'d>(&'d self, place: &'d PlaceCode) -> impl Iterator<Item = &'d Org> {
        self.orgs.values().filter(move |o| o.retired_at.is_none() && o.place.covers(place))
    }

    /// The office's own duty list.
    pub fn duties(&self) -> &[Duty] {
        &self.duties
    }

    /// Who leads on a category at a place: the office's own list, then the pack's, then the street office.
    pub fn lead(&self, pack: &Pack, category: &str, place: &PlaceCode) -> Option<Lead> {
        let own = self.duties.iter().filter(|d| d.part == Share::Lead && d.place.covers(place));
        let own = own.filter_map(|d| reach(&d.category, category).map(|n| (d.place.as_str().len(), n, d)));
        if let Some((_, _, duty)) = own.max_by_key(|(p, c, _)| (*p, *c)) {
            return Some(Lead { org: duty.org.clone(), basis: duty.basis.clone(), listed: true });
        }
        let duty = pack.duty(category);
        let org = duty.basis.as_ref().and_then(|basis| Some((self.nearest(&duty.function, place)?, basis)));
        let listed = org.filter(|(org, _)| self.may_lead(pack, org.id.as_str(), category, place).is_ok());
        listed.map(|(org, basis)| Lead { org: org.id.clone(), basis: basis.text.clone(), listed: true }).or_else(|| {
            let office = self.nearest(pack.fallback(), place)?;
            Some(Lead { org: office.id.clone(), basis: String::new(), listed: false })
        })
    }

    fn nearest<'d>(&'d self, function: &str, place: &'d PlaceCode) -> Option<&'d Org> {
        self.serving(place).filter(|o| o.function == function).max_by_key(|o| o.place.as_str().len())
    }

    /// Whether a unit may be made lead. A community may not where it only assists (Beijing ordinance art. 17; State
    /// Council letter 2025 No. 66).
    pub fn may_lead(&self, pack: &Pack, org: &str, category: &str, place: &PlaceCode) -> Result<&Org, LeadError> {
        let unknown = || LeadError::Unknown(org.to_owned());
        let org = self.org(org).filter(|o| o.retired_at.is_none()).ok_or_else(unknown)?;
        if !org.place.covers(place) {
            return Err(LeadError::Elsewhere(org.id.clone()));
        }
        let own = self.duties.iter().filter(|d| d.org == org.id && d.place.covers(place));
        let own = own.filter_map(|d| reach(&d.category, category).map(|n| (n, d.part))).max_by_key(|(n, _)| *n);
        match own {
            Some((_, Share::Assist)) => return Err(LeadError::AssistsOnly(org.id.clone())),
            Some((_, Share::Lead)) => return Ok(org),
            None => {}
        }
        if org.kind != OrgKind::Community {
            return Ok(org);
        }
        match pack.community_part(category) {
            Part::Leads => Ok(org),
            Part::Assists => Err(LeadError::AssistsOnly(org.id.clone())),
            Part::Never | Part::Unlisted => Err(LeadError::NotItsDuty(org.id.clone())),
        }
    }

    /// The places that somebody who types may mean, the most likely first: `find.rs`. Of equals, those near `near`.
    pub fn find(&self, typed: &str, within: &PlaceCode, near: Option<&PlaceCode>, most: usize) -> Vec<&Place> {
        if let Ok(code) = typed.trim().parse::<PlaceCode>()
            && let Some(place) = self.places.get(&code).filter(|p| within.covers(&code) && p.retired_at.is_none())
        {
            return vec![place];
        }
        let found = self.finder.find(typed, within, near, most);
        found.into_iter().filter_map(|code| self.places.get(code)).collect()
    }

    /// The places that words point to, the most likely first: names and aliases that occur in the text, deeper places
    /// and longer names before others, and those below a named place before their namesakes elsewhere.
    pub fn locate(&self, words: &str, within: &PlaceCode, most: usize) -> Vec<&Place> {
        let words: String = words.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        let inside = self.places.range(within.clone()..).take_while(|(c, _)| within.covers(c)).map(|(_, p)| p);
        let named: Vec<(&Place, usize)> =
            inside.filter(|p| p.retired_at.is_none()).filter_map(|p| p.named_in(&words).map(|n| (p, n))).collect();
        let score = |(place, own): &(&Place, usize)| {
            let above = named.iter().filter(|(q, _)| q.code != place.code && q.code.covers(&place.code));
            own + above.map(|(_, n)| n).sum::<usize>()
        };
        let mut found: Vec<(usize, usize, &Place)> =
            named.iter().map(|n| (score(n), n.0.code.as_str().len(), n.0)).collect();
        found.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.code.cmp(&b.2.code)));
        found.into_iter().map(|(_, _, p)| p).take(most).collect()
    }
}

impl Place {
    /// The length of the longest of its names in `words` (lower case, no spaces).
    fn named_in(&self, words: &str) -> Option<usize> {
        let names = [&self.name.zh, &self.name.en].into_iter().chain(&self.aliases);
        let plain = names.map(|n| n.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect());
        plain.filter(|n: &String| n.chars().count() >= 2 && words.contains(n.as_str())).map(|n| n.chars().count()).max()
    }
}

/// How exactly an entry of a duty list names a category: longer is more exact; `None` when it does not.
fn reach(entry: &str, category: &str) -> Option<usize> {
    match entry.strip_suffix(".*") {
        _ if entry == "*" => Some(0),
        None => (entry == category).then_some(usize::MAX),
        Some(top) => {
            let below = category.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            below.then_some(top.len())
        }
    }
}

statements! {
    ALL_PLACES = "SELECT code, name_zh, name_en, aliases, lon, lat, retired_at FROM place ORDER BY code";
    ALL_ORGS = "SELECT id, parent, kind, function, place, name_zh, name_en, phone, retired_at FROM org ORDER BY id";
    ALL_DUTIES = "SELECT id, category, place, org, part, basis FROM duty WHERE until_at IS NULL ORDER BY id";
    VERSION = "SELECT value FROM setting WHERE jurisdiction = $1 AND name = 'directory'";
    BUMP = "INSERT INTO setting (jurisdiction, name, value, at) VALUES ($1, 'directory', '1', $2)
        ON CONFLICT (jurisdiction, name)
        DO UPDATE SET value = CAST(CAST(setting.value AS @INT) + 1 AS TEXT), at = excluded.at";
    SAVE_PLACE = "INSERT INTO place (jurisdiction, code, name_zh, name_en, aliases, lon, lat, retired_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (jurisdiction, code) DO UPDATE SET name_zh = excluded.name_zh,
        name_en = excluded.name_en, aliases = excluded.aliases, lon = excluded.lon, lat = excluded.lat,
        retired_at = excluded.retired_at";
    SAVE_ORG = "INSERT INTO org (jurisdiction, id, parent, kind, function, place, name_zh, name_en, phone, retired_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (jurisdiction, id) DO UPDATE SET
        parent = excluded.parent, kind = excluded.kind, function = excluded.function, place = excluded.place,
        name_zh = excluded.name_zh, name_en = excluded.name_en, phone = excluded.phone, retired_at = excluded.retired_at";
    ADD_DUTY = "INSERT INTO duty (jurisdiction, id, category, place, org, part, basis, from_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END_DUTY = "UPDATE duty SET until_at = $3 WHERE jurisdiction = $1 AND id = $2 AND until_at IS NULL";
}

/// The version that the database is at.
pub fn version(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<i64, DbError> {
    let Some(mut row) = tx.first(&VERSION, &args![home])? else { return Ok(0) };
    let text: String = row.take()?;
    text.parse().map_err(|_| DbError::Corrupt(format!("`{text}` as the version of the directory")))
}

/// Reads the whole directory.
pub fn load(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Directory, DbError> {
    let version = version(tx, home)?;
    let places = tx.query(&ALL_PLACES, &[])?.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let orgs = tx.query(&ALL_ORGS, &[])?.into_iter().map(org).collect::<Result<Vec<_>, _>>()?;
    let duties = tx.query(&ALL_DUTIES, &[])?.into_iter().map(duty).collect::<Result<Vec<_>, _>>()?;
    let orgs = orgs.into_iter().map(|o| (o.id.clone(), o)).collect();
    Ok(Directory { version, orgs, duties, borders: border::load(tx)?, ..places.into_iter().collect() })
}

fn place(mut row: Row) -> Result<Place, DbError> {
    let (code, zh, en, aliases): (PlaceCode, String, String, String) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let point = match (row.take()?, row.take()?) {
        (Some(lon), Some(lat)) => Some((lon, lat)),
        _ => None,
    };
    let aliases = aliases.lines().map(str::to_owned).collect();
    Ok(Place { code, name: Text { zh, en }, aliases, point, retired_at: row.take()? })
}

fn org(mut row: Row) -> Result<Org, DbError> {
    let (id, parent, kind): (OrgId, Option<OrgId>, String) = (row.take()?, row.take()?, row.take()?);
    let kind = OrgKind::from_slug(&kind).ok_or_else(|| DbError::Corrupt(format!("`{kind}` as a kind of unit")))?;
    let (function, place) = (row.take()?, row.take()?);
    let name = Text { zh: row.take()?, en: row.take()? };
    Ok(Org { id, parent, kind, function, place, name, phone: row.take()?, retired_at: row.take()? })
}

fn duty(mut row: Row) -> Result<Duty, DbError> {
    let (id, category, place, org, part): (_, _, _, _, String) =
        (row.take()?, row.take()?, row.take()?, row.take()?, row.take()?);
    let part = if part == "lead" { Share::Lead } else { Share::Assist };
    Ok(Duty { id, category, place, org, part, basis: row.take()? })
}

/// Tells every process that the directory has moved.
fn bump(tx: &mut Tx<'_>, home: Jurisdiction, now: Millis) -> Result<(), DbError> {
    tx.send(&BUMP, args![home, now])
}

/// Adds places or changes them.
pub fn save_places(tx: &mut Tx<'_>, home: Jurisdiction, places: &[Place], now: Millis) -> Result<(), DbError> {
    for p in places {
        let (lon, lat) = p.point.unzip();
        let row =
            args![p.code.jurisdiction(), &p.code, &p.name.zh, &p.name.en, p.aliases.join("\n"), lon, lat, p.retired_at];
        tx.put(&SAVE_PLACE, row)?;
    }
    bump(tx, home, now)
}

/// Adds orgs or changes them.
pub fn save_orgs(tx: &mut Tx<'_>, home: Jurisdiction, orgs: &[Org], now: Millis) -> Result<(), DbError> {
    for o in orgs {
        let (at, parent) = (o.place.jurisdiction(), o.parent.as_ref());
        let row = args![
            at,
            &o.id,
            parent,
            o.kind.slug(),
            &o.function,
            &o.place,
            &o.name.zh,
            &o.name.en,
            o.phone.clone(),
            o.retired_at
        ];
        tx.put(&SAVE_ORG, row)?;
    }
    bump(tx, home, now)
}

/// Adds a row to the office's own duty list.
pub fn add_duty(tx: &mut Tx<'_>, home: Jurisdiction, d: &Duty, now: Millis) -> Result<(), DbError> {
    let row = args![d.place.jurisdiction(), d.id, &d.category, &d.place, &d.org, d.part.slug(), &d.basis, now];
    tx.put(&ADD_DUTY, row)?;
    bump(tx, home, now)
}

/// Ends a row of the duty list; false when there is none.
pub fn end_duty(tx: &mut Tx<'_>, home: Jurisdiction, duty: &Duty, now: Millis) -> Result<bool, DbError> {
    let ended = tx.exec(&END_DUTY, &args![duty.place.jurisdiction(), duty.id, now])?;
    bump(tx, home, now)?;
    Ok(ended == 1)
}
