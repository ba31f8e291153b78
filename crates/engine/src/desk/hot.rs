//! What many write about at the same time, within what a seat may see: the letters of the last days fall into events
//! (`linli_insight::text::events`), the hottest first. Events are ranked, never people; how many wrote is counted by
//! numbers that lead to nobody (`vault::crowd`).
//!
//! * **A letter** is a case that residents brought. Who goes along with another and wrote something of their own is a letter
//!   beside it; a bare "me too" is a **vote** for it.
//! * **The half-life** is a sixth of the days that are looked back on (fifteen of ninety): at the far end a letter has a 64th
//!   of its heat, so that nothing jumps when it falls out of sight.
//! * **Rising** compares the heat of the same letters with what it was a week before (a day, where only a week is looked at).
//!
//! A table is kept in memory for a minute at most, and no longer than the feed of its streets stands still. What it costs is
//! bounded by [`limits::HOT_LETTERS`], read along cases_opened (cases_unit for a unit).

mod group;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use linli_worktime::Millis;

pub use self::group::{Event, Letter, Trend};
use crate::{
    Engine,
    cases::{CaseError, call::CALLBACK, inbox::within, rights},
    db::{DbError, Filter, Tx, args},
    feed::{self, Heads},
    ids::{Jurisdiction, PlaceCode},
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
    vault::crowd::{self, Written},
};

/// How far one may look back, days: a week, a month, three months, a year.
pub const SPANS: [i64; 4] = [7, 30, 90, 365];
/// How long a table is kept, milliseconds.
const KEPT_MS: i64 = 60_000;
/// Tables that are kept.
const TABLES: usize = 32;
pub(crate) const DAY_MS: i64 = 24 * 3_600_000;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// Within this place; all that the seat sees when none.
    pub place: Option<PlaceCode>,
    /// How many days back; one of [`SPANS`].
    pub days: i64,
    /// As it was then; now when none.
    pub until: Option<Millis>,
}

impl Default for Ask {
    fn default() -> Self {
        Self { place: None, days: SPANS[2], until: None }
    }
}

/// The hot events.
#[derive(Clone, Debug)]
pub struct Hot {
    /// When the table was made.
    pub at: Millis,
    /// The hottest first.
    pub events: Vec<Event>,
    /// Letters that were looked at.
    pub letters: usize,
    /// Whether there were more than are looked at: the newest were.
    pub cut: bool,
    /// Milliseconds in which heat halves.
    pub half_life: i64,
    /// Since when rising is told.
    pub before: Millis,
}

/// Whose table, of what.
type Key = (Result<Vec<PlaceCode>, String>, Ask);

struct Kept {
    heads: Heads,
    /// Which of all tables it is.
    nth: u64,
    hot: Arc<Hot>,
}

/// The tables of this process.
#[derive(Default)]
pub(crate) struct Cache {
    tables: RwLock<BTreeMap<Key, Kept>>,
    made: AtomicU64,
    /// One is made at a time: it takes a processor.
    making: tokio::sync::Mutex<()>,
}

impl Engine {
    /// The hot events among the cases that a seat may see.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] for a seat that sees no cases; or when the database fails.
    pub async fn hot(&self, seat: &Seat, ask: Ask) -> Result<Arc<Hot>, CaseError> {
        let Some(reach) = policy::reach(seat, Action::List, Resource::Case) else { return Err(CaseError::NotFound) };
        let place = ask.place.as_ref().filter(|place| seat.place.covers(place)).unwrap_or(&seat.place);
        let streets = self.directory().jurisdictions(place);
        let key = match &reach {
            Reach::Places(places) => (Ok(places.clone()), ask.clone()),
            Reach::Unit(org) => (Err(format!("{org} {}", seat.place)), ask.clone()),
        };
        let heads = self.heads_of(&streets).await?;
        let made = self.hot.made.load(Ordering::SeqCst);
        if let Some(hot) = self.kept(&key, &heads, u64::MAX) {
            return Ok(hot);
        }
        let _one = self.hot.making.lock().await;
        // Many may have asked at once: what was made meanwhile is for all of them.
        let heads = self.heads_of(&streets).await?;
        if let Some(hot) = self.kept(&key, &heads, made) {
            return Ok(hot);
        }
        let hot = Arc::new(self.make_hot(reach, streets, ask).await?);
        let mut tables = self.hot.tables.write().unwrap_or_else(PoisonError::into_inner);
        tables.retain(|_, kept| kept.hot.at.plus(KEPT_MS) > hot.at);
        if tables.len() >= TABLES {
            tables.pop_first();
        }
        let nth = self.hot.made.fetch_add(1, Ordering::SeqCst);
        tables.insert(key, Kept { heads, nth, hot: Arc::clone(&hot) });
        Ok(hot)
    }

    /// How far the feed of these streets is.
    async fn heads_of(&self, streets: &[Jurisdiction]) -> Result<Heads, DbError> {
        let mut heads = self.db.read(|tx: &mut Tx<'_>| feed::heads(tx)).await?;
        heads.retain(|street, _| streets.contains(street));
        Ok(heads)
    }

    /// The table, where the feed has not moved since or it was made after `made` others.
    fn kept(&self, key: &Key, heads: &Heads, made: u64) -> Option<Arc<Hot>> {
        let tables = self.hot.tables.read().unwrap_or_else(PoisonError::into_inner);
        let kept = tables.get(key).filter(|kept| kept.heads == *heads || kept.nth >= made)?;
        let age = self.clock.now().since(kept.hot.at);
        (0..KEPT_MS).contains(&age).then(|| Arc::clone(&kept.hot))
    }

    async fn make_hot(&self, reach: Reach, streets: Vec<Jurisdiction>, ask: Ask) -> Result<Hot, CaseError> {
        let at = self.clock.now();
        let until = ask.until.unwrap_or(at).min(at);
        let place = ask.place;
        let days = SPANS.into_iter().find(|days| *days >= ask.days).unwrap_or(SPANS[3]);
        let oldest = until.plus(-days * DAY_MS);
        let span = Span { since: oldest, oldest, until };
        let letters = self
            .db
            .read(move |tx: &mut Tx<'_>| {
                let mut letters = Vec::new();
                // Of many streets no more is read than of one.
                let span = if streets.len() > 1 { span.newest(tx, &streets, &reach, place.as_ref())? } else { span };
                for street in &streets {
                    letters.extend(span.letters(tx, *street, &reach, place.as_ref())?);
                }
                Ok::<_, CaseError>(letters)
            })
            .await?;
        let half_life = days * DAY_MS / 6;
        let before = until.plus(if days == SPANS[0] { -DAY_MS } else { -7 * DAY_MS });
        let (directory, packs) = (self.directory(), Arc::clone(self.packs().current()));
        let grouped = tokio::task::spawn_blocking(move || {
            let (letters, cut) = newest(letters);
            let count = letters.len();
            let look =
                group::Look { until, before, half_life, days, directory: &directory, endings: packs.place_endings() };
            Hot { at, events: look.events(letters), letters: count, cut, half_life, before }
        });
        grouped.await.map_err(|error| CaseError::Db(DbError::Corrupt(error.to_string())))
    }
}

/// A stretch of time.
#[derive(Clone, Copy)]
struct Span {
    /// What came in earlier was written earlier.
    since: Millis,
    oldest: Millis,
    until: Millis,
}

impl Span {
    /// What was written in a street, the newest first, one more than is looked at.
    fn letters(
        self,
        tx: &mut Tx<'_>,
        street: Jurisdiction,
        reach: &Reach,
        place: Option<&PlaceCode>,
    ) -> Result<Vec<Written>, DbError> {
        let mut list = Filter::of(&crowd::WRITTEN, args![street, self.since]);
        self.narrow(&mut list, reach, place);
        crowd::written(tx, &list)
    }

    /// The part of the span in which the newest letters of all these streets lie, one more than is looked at.
    fn newest(
        self,
        tx: &mut Tx<'_>,
        streets: &[Jurisdiction],
        reach: &Reach,
        place: Option<&PlaceCode>,
    ) -> Result<Self, DbError> {
        let mut times = Vec::new();
        for street in streets {
            let mut list = Filter::of(&crowd::TIMES, args![*street, self.since]);
            self.narrow(&mut list, reach, place);
            times.extend(crowd::times(tx, &list)?);
        }
        times.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Self { since: times.get(limits::HOT_LETTERS).copied().unwrap_or(self.since), ..self })
    }

    fn narrow(self, list: &mut Filter, reach: &Reach, place: Option<&PlaceCode>) {
        within(list, reach);
        if let Some(place) = place {
            list.and("c.place >= $$ AND c.place < $$", args![place, place.end()]);
        }
        // What another system left open came in later than it was written.
        let written = "COALESCE(c.reported_at, c.opened_at) >= $$ AND COALESCE(c.reported_at, c.opened_at) <= $$";
        list.and(written, args![self.oldest, self.until]);
        list.and("c.flow <> $$ AND c.flow <> $$", args![CALLBACK, rights::FLOW]);
        list.tail("ORDER BY c.opened_at DESC, c.id DESC", limits::HOT_LETTERS + 1);
    }
}

/// The newest letters in the order of time, no more than are looked at; and whether there were more.
fn newest(mut letters: Vec<Written>) -> (Vec<Written>, bool) {
    letters.sort_by_key(|letter| (letter.at(), letter.head.key.id));
    let over = letters.len().saturating_sub(limits::HOT_LETTERS);
    letters.drain(..over);
    (letters, over > 0)
}
