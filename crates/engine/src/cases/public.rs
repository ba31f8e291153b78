//! What everybody may see of what is reported around them: counts by coarse place and category, never a case, a
//! building, a point, a word or a person.
//!
//! Who is protected, and how: confidential reports and every category that the pack does not call `public` (family,
//! health, wages, conduct of staff…) are not counted at all. Of one category, a grid is named only with [`FEW`] cases or
//! more; fewer are counted for their community, and for the street where the community has too few as well. A remainder
//! moves up whole, so that no difference of two numbers tells a single case.
//!
//! What it costs: the counts of a street are taken from two indexes (`cases_public_open`, `cases_public_solved`) that
//! hold what is open and what was closed of late, at most once in [`FRESH_MS`] for each process; readers meanwhile get
//! the counts before, which say their time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use linli_worktime::Millis;

use super::CaseError;
use crate::{
    Engine,
    db::Tx,
    ids::{Level, PlaceCode},
    pack::Pack,
    vault::public::{self, Count},
};

/// Cases of one category from which on their grid is named.
pub const FEW: u64 = 3;
/// How long counts are shown before they are taken anew, milliseconds.
pub const FRESH_MS: i64 = 30_000;
/// How far back solved cases are counted, milliseconds.
pub const SOLVED_MS: i64 = 30 * 24 * 3_600_000;

/// Cases of one category at one place that are near enough to be named together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// A grid, a community or a street.
    pub place: PlaceCode,
    /// The category, two levels of it.
    pub category: String,
    /// In progress.
    pub open: u64,
    /// Solved in the last thirty days.
    pub solved: u64,
    /// When the newest came in or was solved.
    pub newest: Millis,
}

/// The counts of all streets of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicCases {
    /// When they were taken.
    pub at: Millis,
    /// By place, in the order of the tree; the most first within a place.
    pub spots: Vec<Spot>,
}

/// The counts taken last, and whether somebody is taking them now.
#[derive(Default)]
pub(crate) struct Cache {
    last: RwLock<Option<Arc<PublicCases>>>,
    taking: AtomicBool,
}

impl Engine {
    /// What everybody may see, at most half a minute old as long as somebody looks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public_cases(&self) -> Result<Arc<PublicCases>, CaseError> {
        let last = self.public.last.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(last) = last else { return self.take_public_cases().await };
        let stale = self.clock.now().since(last.at) >= FRESH_MS;
        if stale && !self.public.taking.swap(true, Ordering::SeqCst) {
            let engine = self.clone();
            // Nobody waits for it: whoever looks next sees it.
            tokio::spawn(async move {
                if let Err(error) = engine.take_public_cases().await {
                    tracing::error!(error = crate::chain(&error), "the public counts could not be taken");
                }
                engine.public.taking.store(false, Ordering::SeqCst);
            });
        }
        Ok(last)
    }

    /// Takes the counts now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_public_cases(&self) -> Result<Arc<PublicCases>, CaseError> {
        let now = self.clock.now();
        let directory = self.directory();
        let streets: Vec<_> = directory
            .places()
            .filter(|p| p.code.level() == Level::Street && p.retired_at.is_none())
            .map(|p| p.code.clone())
            .collect();
        let since = now.plus(-SOLVED_MS);
        let counted = self.db.read(move |tx: &mut Tx<'_>| {
            let (mut open, mut solved) = (Vec::new(), Vec::new());
            for street in &streets {
                open.extend(public::open(tx, street)?);
                solved.extend(public::solved(tx, street, since)?);
            }
            Ok::<_, CaseError>((open, solved))
        });
        let (open, solved) = counted.await?;
        let taken = Arc::new(PublicCases { at: now, spots: spots(self.packs().current(), open, solved) });
        *self.public.last.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&taken));
        Ok(taken)
    }
}

/// The first two levels of a category: finer ones say too much of a few cases.
fn coarse(code: &str) -> String {
    code.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn spots(pack: &Pack, open: Vec<Count>, solved: Vec<Count>) -> Vec<Spot> {
    let mut cells: BTreeMap<(String, PlaceCode), Spot> = BTreeMap::new();
    let all = open.into_iter().map(|c| (c, true)).chain(solved.into_iter().map(|c| (c, false)));
    for (count, is_open) in all {
        // What the pack in force does not know is not shown either.
        if !pack.category(&count.category).is_some_and(|c| c.public) {
            continue;
        }
        let category = coarse(&count.category);
        let cell = cells.entry((category.clone(), count.place.clone())).or_insert_with(|| Spot {
            place: count.place,
            category,
            open: 0,
            solved: 0,
            newest: count.newest,
        });
        *(if is_open { &mut cell.open } else { &mut cell.solved }) += count.n;
        cell.newest = cell.newest.max(count.newest);
    }
    let mut spots = gathered(cells.into_values());
    spots.sort_by(|a, b| {
        (&a.place, std::cmp::Reverse(a.open + a.solved), &a.category).cmp(&(
            &b.place,
            std::cmp::Reverse(b.open + b.solved),
            &b.category,
        ))
    });
    spots
}

/// Moves what is too few for its place up to the place above, and so on to the street.
pub fn gathered(spots: impl IntoIterator<Item = Spot>) -> Vec<Spot> {
    let mut cells: BTreeMap<(String, PlaceCode), Spot> = BTreeMap::new();
    let add = |cells: &mut BTreeMap<(String, PlaceCode), Spot>, spot: Spot| match cells
        .get_mut(&(spot.category.clone(), spot.place.clone()))
    {
        Some(there) => {
            there.open += spot.open;
            there.solved += spot.solved;
            there.newest = there.newest.max(spot.newest);
        }
        None => {
            cells.insert((spot.category.clone(), spot.place.clone()), spot);
        }
    };
    for spot in spots {
        add(&mut cells, spot);
    }
    for level in [Level::Unit, Level::Building, Level::Grid, Level::Community] {
        let fine = level > Level::Grid;
        let few = |spot: &Spot| spot.place.level() == level && (fine || spot.open + spot.solved < FEW);
        let keys: Vec<_> = cells.iter().filter(|(_, spot)| few(spot)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            let Some(mut spot) = cells.remove(&key) else { continue };
            if let Some(above) = spot.place.parent() {
                spot.place = above;
            }
            add(&mut cells, spot);
        }
    }
    cells.into_values().collect()
}
