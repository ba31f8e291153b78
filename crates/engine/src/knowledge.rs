//! Answers at hand: what people ask, with an answer, whoever keeps it right and the day by which they look at it again. Those
//! of the rule pack and the office's own are one set: an office's entry with the id of one of the pack's stands in its place.
//! The set is small and read at every keystroke, so each process keeps it in memory and takes it anew when its version in the
//! database has moved, as it does with the directory.

mod chase;
mod edit;
mod find;
mod store;

use std::collections::BTreeMap;

use linli_worktime::{Date, Millis};

pub(crate) use self::{
    chase::STATEMENTS as CHASE_STATEMENTS,
    store::{STATEMENTS, version},
};
pub use self::{
    chase::Stage,
    edit::{Deed, KnowledgeError, Problem},
    store::load,
};
use crate::{
    Engine,
    db::{DbError, Tx},
    directory::{Directory, Org, OrgKind},
    ids::{Jurisdiction, PlaceCode},
    pack::{Entry, Pack},
    policy::{self, Action, Relation, Resource},
    seats::Seat,
    words::words,
};

words! {
    /// How an entry stands.
    State, "how an answer at hand stands":
    /// Written, and not to be given yet.
    Draft = "draft",
    /// To be given.
    Published = "published",
    /// Not to be given any more.
    Withdrawn = "withdrawn",
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it says.
    pub entry: Entry,
    /// How it stands.
    pub state: State,
    /// When it was changed last, and by which login; nothing where it stands as the pack has it.
    pub changed: Option<(Millis, String)>,
    /// Moves with every change of the entry; 0 as the pack has it.
    pub version: i64,
}

/// All that there is of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its short name.
    pub id: String,
    /// Published or withdrawn; nothing where there is a draft only.
    pub now: Option<Kept>,
    /// What is to stand in its place.
    pub draft: Option<Kept>,
}

impl Item {
    /// Moves with every change.
    pub fn version(&self) -> i64 {
        self.now.iter().chain(&self.draft).map(|kept| kept.version).max().unwrap_or_default()
    }

    /// What it says: as it stands or, where it was never published, as it is drafted.
    pub fn shown(&self) -> Option<&Kept> {
        self.now.as_ref().or(self.draft.as_ref())
    }

    /// What may be given.
    pub fn published(&self) -> Option<&Entry> {
        self.now.as_ref().filter(|kept| kept.state == State::Published).map(|kept| &kept.entry)
    }
}

/// All answers at hand at one version.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Moves with every change.
    pub version: i64,
    items: Vec<Item>,
    /// The place of each among the items.
    places: BTreeMap<String, usize>,
    finder: find::Finder,
}

impl Knowledge {
    /// The entries of a pack, with the office's own rows over them; the pack's order first.
    pub fn new(version: i64, pack: &Pack, rows: Vec<Kept>) -> Self {
        let of_pack = |entry: &Entry| Item {
            id: entry.id.clone(),
            now: Some(Kept { entry: entry.clone(), state: State::Published, changed: None, version: 0 }),
            draft: None,
        };
        let mut items: Vec<Item> = pack.answers().iter().map(of_pack).collect();
        let mut places: BTreeMap<String, usize> = items.iter().enumerate().map(|(n, i)| (i.id.clone(), n)).collect();
        for row in rows {
            let at = *places.entry(row.entry.id.clone()).or_insert_with(|| {
                items.push(Item { id: row.entry.id.clone(), now: None, draft: None });
                items.len() - 1
            });
            let slot = if row.state == State::Draft { &mut items[at].draft } else { &mut items[at].now };
            *slot = Some(row);
        }
        let given = items.iter().enumerate().filter_map(|(at, item)| Some((at, item.published()?)));
        let finder = find::Finder::new(given);
        Self { version, items, places, finder }
    }

    /// All there is, drafts and withdrawn ones too: for those who keep it.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// All there is of one entry.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.places.get(id).and_then(|at| self.items.get(*at))
    }

    /// What may be given, if need be with a warning: for the desk.
    pub fn published(&self) -> impl Iterator<Item = &Entry> {
        self.items.iter().filter_map(Item::published)
    }

    /// What may be given unchecked: for everybody. Its day of review has not passed.
    pub fn good(&self, today: Date) -> impl Iterator<Item = &Entry> {
        self.published().filter(move |entry| !entry.is_stale(today))
    }

    /// One that may be given unchecked.
    pub fn good_one(&self, id: &str, today: Date) -> Option<&Entry> {
        self.item(id).and_then(Item::published).filter(|entry| !entry.is_stale(today))
    }

    /// What is about a text, the likeliest first: for the desk.
    pub fn about(&self, text: &str, most: usize) -> Vec<&Entry> {
        self.found(text).take(most).collect()
    }

    /// What is about a text and may be given unchecked: for everybody.
    pub fn suggest(&self, text: &str, today: Date, most: usize) -> Vec<&Entry> {
        self.found(text).filter(|entry| !entry.is_stale(today)).take(most).collect()
    }

    fn found(&self, text: &str) -> impl Iterator<Item = &Entry> {
        self.finder.find(text).into_iter().filter_map(|at| self.items.get(at).and_then(Item::published))
    }
}

/// Which unit keeps what belongs to a function: the one nearest to the street that serves all of it. Where there is only a
/// firm, a social organisation, or one unit for each neighbourhood, it is the street office: what everybody reads is vouched
/// for by an office (or a public utility).
pub fn keeper<'d>(directory: &'d Directory, pack: &Pack, home: Jurisdiction, function: &str) -> Option<&'d Org> {
    let place = home.to_string().parse::<PlaceCode>().ok()?;
    let of = |function: &str| {
        let all = directory.orgs().filter(|org| org.retired_at.is_none() && org.place.covers(&place));
        let may =
            all.filter(|org| org.function == function && !matches!(org.kind, OrgKind::Property | OrgKind::Social));
        may.max_by_key(|org| org.place.as_str().len())
    };
    of(function).or_else(|| of(pack.fallback()))
}

/// How often each entry solved a matter since a day.
///
/// # Errors
/// When the database fails.
pub fn helped_since(tx: &mut Tx<'_>, home: Jurisdiction, since: Date) -> Result<BTreeMap<String, i64>, DbError> {
    store::helped_since(tx, home, since)
}

impl Engine {
    /// The day of the office's wall clock.
    pub fn today(&self) -> Date {
        self.packs().current().calendar.date_of(self.clock.now())
    }

    /// The unit that keeps what belongs to a function.
    pub fn keeper_of(&self, function: &str) -> Option<Org> {
        keeper(&self.directory(), self.packs().current(), self.home, function).cloned()
    }

    /// Whether a seat may do this to what belongs to a function.
    pub fn may_keep(&self, seat: &Seat, action: Action, function: &str) -> bool {
        let directory = self.directory();
        let unit = keeper(&directory, self.packs().current(), self.home, function);
        let unit = unit.is_some_and(|org| org.id == seat.org).then_some(Relation::Unit);
        let home = self.home.to_string().parse::<PlaceCode>().ok();
        let scope = home.is_some_and(|home| seat.place.covers(&home)).then_some(Relation::Scope);
        let mut relations = unit.into_iter().chain(scope).chain([Relation::None]);
        relations.any(|relation| policy::allows(seat.role.into(), relation, action, Resource::Answer))
    }

    /// Counts that an entry solved a matter: by the day, and nothing of whom.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_helped(&self, id: &str) -> Result<(), DbError> {
        let (home, today) = (self.home, self.today());
        if self.knowledge().good_one(id, today).is_none() {
            return Ok(());
        }
        let id = id.to_owned();
        self.db.write(move |tx: &mut Tx<'_>| store::note_helped(tx, home, today, &id)).await
    }
}
