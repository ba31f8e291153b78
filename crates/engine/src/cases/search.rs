//! Search: by number, words, place, unit, state and time, newest first. Words, places, categories and units are looked up
//! in the index of `index.rs`, stretch of time by stretch of time back from now, so that finding a page costs the same
//! among ten thousand cases and a million; everything else reads the cases in the order in which they came.

mod index;
mod near;
mod text;
mod tolerant;

use linli_worktime::Millis;

use self::index::Mark;
pub(crate) use self::index::STATEMENTS as INDEX_STATEMENTS;
pub use self::{
    near::Near,
    text::{fold, is_han},
};
use super::{
    CaseError, Head,
    inbox::{Count, ListAfter, counted, queues, under, within},
    store,
};
use crate::{
    Engine,
    db::{DbError, Dialect, Filter, Tx, args, statements},
    ids::{Jurisdiction, Level, PlaceCode},
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
};

/// What to look for; empty parts do not narrow.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The number, whole.
    pub number: Option<String>,
    /// Words that all occur.
    pub words: String,
    /// Within this place.
    pub place: Option<PlaceCode>,
    /// With this lead unit.
    pub unit: Option<String>,
    /// `open`, `settled`, `ended`, or a step that is open.
    pub state: Option<String>,
    /// Of this category or below it.
    pub category: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// Whose promise to the resident has run out.
    pub late: bool,
    /// Only those that wait for the seat that looks.
    pub mine: bool,
    /// Only those in which the seat's unit helps another.
    pub helping: bool,
    /// Opened at or after.
    pub from: Option<Millis>,
    /// Opened before.
    pub until: Option<Millis>,
    /// After this one.
    pub after: Option<ListAfter>,
}

statements! {
    // The index comes first: what it says is short, and a case is looked up for each.
    FOUND = "SELECT {head}
        FROM case_words w {{CROSS JOIN||JOIN}} cases c ON {{c.rowid = w.rowid||c.jurisdiction = w.jurisdiction AND c.id = w.case_id}}
        WHERE {{case_words MATCH $1||w.words @@ CAST(CAST($1 AS TEXT) AS tsquery)}} AND c.jurisdiction = $2";
    // What was taken in last, and no more of it than is looked at.
    NEAR = "SELECT {head}
        FROM (SELECT {{rowid||jurisdiction, case_id}} FROM case_words WHERE {{case_words MATCH $1||words @@ CAST(CAST($1 AS TEXT) AS tsquery) AND jurisdiction = $2}}
            {{ORDER BY rowid DESC||}} LIMIT $3) w {{CROSS JOIN||JOIN}} cases c ON {{c.rowid = w.rowid||c.jurisdiction = w.jurisdiction AND c.id = w.case_id}}
        WHERE c.jurisdiction = $2";
    LISTED = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1";
    // In the order of the key of case_unit, newest first.
    HELPED = "SELECT {head}
        FROM case_unit u {{CROSS JOIN||JOIN}} cases c ON c.jurisdiction = u.jurisdiction AND c.id = u.case_id
        WHERE u.jurisdiction = $1 AND u.unit = $2";
    OLDEST = "SELECT opened_at FROM cases WHERE jurisdiction = $1 ORDER BY opened_at, id LIMIT 1";
}

impl Engine {
    /// Finds cases that a seat may see, newest first, a page at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, seat: &Seat, query: Query) -> Result<Vec<Head>, CaseError> {
        self.find(seat, query, limits::PAGE).await
    }

    /// How many cases a question finds, counted as far as it is worth while: at the cost of a page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_count(&self, seat: &Seat, query: Query) -> Result<Count, CaseError> {
        Ok(counted(self.find(seat, query, limits::VIEW_COUNT + 1).await?.len()))
    }

    async fn find(&self, seat: &Seat, query: Query, most: usize) -> Result<Vec<Head>, CaseError> {
        let (look, streets) = self.look(seat, query, most)?;
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut found = Vec::new();
                for street in &streets {
                    for road in look.roads() {
                        look.street(tx, *street, road, &mut found)?;
                    }
                }
                found.sort_by_key(|h: &Head| std::cmp::Reverse((h.opened_at, h.key.id)));
                // A unit may lead a case and stand among its co-units, too.
                found.dedup_by_key(|h| h.key);
                found.truncate(look.most);
                Ok(found)
            })
            .await
    }

    /// A question with all that it depends on, and the streets in which an answer can lie.
    fn look(&self, seat: &Seat, query: Query, most: usize) -> Result<(Look, Vec<Jurisdiction>), CaseError> {
        let Some(reach) = policy::reach(seat, Action::List, Resource::Case) else { return Err(CaseError::NotFound) };
        let streets = self
            .directory()
            .jurisdictions(query.place.as_ref().filter(|p| seat.place.covers(p)).unwrap_or(&seat.place));
        let state = query.state.as_deref().map(|state| self.state(state));
        let (owners, now) = (queues(seat), self.clock.now());
        Ok((Look { reach, state, dialect: self.db.dialect(), now, query, owners, most }, streets))
    }

    /// What a state means for the rows. A phase stands in the text of the query: each has an index of its own.
    fn state(&self, state: &str) -> (&'static str, Option<String>) {
        let settled = |step: &str| {
            let packs = self.packs();
            packs.current().flows().iter().find_map(|f| f.step(step)).is_some_and(|s| s.settled)
        };
        match state {
            "open" => (OPEN, None),
            "settled" => ("c.phase = 'settled'", None),
            "ended" => ("c.phase = 'ended'", None),
            step if settled(step) => ("c.phase = 'settled'", Some(step.to_owned())),
            step => (OPEN, Some(step.to_owned())),
        }
    }

    /// Brings the search index up to the cases, a batch at a time; how many cases it took in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn index_words(&self) -> Result<usize, DbError> {
        self.db.write(index::take_in).await
    }
}

pub(super) use index::{forget, shrink};

/// A question with all that it depends on.
struct Look {
    query: Query,
    owners: Vec<String>,
    most: usize,
    reach: Reach,
    state: Option<(&'static str, Option<String>)>,
    dialect: Dialect,
    now: Millis,
}

/// Which cases of a reach are read: each road is in the order of an index of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Road {
    /// Those in the places of a seat, or led by its unit.
    Own,
    /// Those in which its unit helps.
    Helped,
}

/// That a case is open.
const OPEN: &str = "c.phase = 'open'";
/// That a unit is one of a case's co-units.
const HELPS: &str = "EXISTS (SELECT 1 FROM case_unit u WHERE u.jurisdiction = c.jurisdiction AND u.unit = $$
    AND u.opened_at = c.opened_at AND u.case_id = c.id)";

impl Look {
    fn roads(&self) -> &'static [Road] {
        match (&self.reach, self.query.helping) {
            (Reach::Places(_), _) => &[Road::Own],
            (Reach::Unit(_), false) => &[Road::Own, Road::Helped],
            (Reach::Unit(_), true) => &[Road::Helped],
        }
    }

    /// Open cases are few whatever an office has behind it: they need no other index than their own.
    fn open(&self) -> bool {
        self.state.as_ref().is_some_and(|(phase, _)| *phase == OPEN)
    }

    fn street(&self, tx: &mut Tx<'_>, street: Jurisdiction, road: &Road, found: &mut Vec<Head>) -> Result<(), DbError> {
        let terms = index::terms(&self.query.words);
        if terms.is_empty() && (self.marks().is_empty() || self.open()) || self.query.number.is_some() {
            let list = match (&self.reach, road) {
                (Reach::Unit(org), Road::Helped) => Filter::of(&HELPED, args![street, org]),
                _ => Filter::of(&LISTED, args![street]),
            };
            return self.read(tx, street, list, *road, self.most, found).map(drop);
        }
        let mut left = self.most;
        for ask in self.asks(tx, street, *road, &terms, index::stretches)? {
            left -= self.read(tx, street, Filter::of(&FOUND, args![ask, street]), *road, left, found)?;
            if left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// What the index is asked for terms, one stretch of time after the other, as `cut` cuts it.
    fn asks(
        &self,
        tx: &mut Tx<'_>,
        street: Jurisdiction,
        road: Road,
        terms: &[index::Expr],
        cut: fn(i64, i64) -> Vec<Vec<Mark<'static>>>,
    ) -> Result<Vec<String>, DbError> {
        let home = street.to_string();
        let own = match (&self.reach, road) {
            (Reach::Places(_), _) => None,
            (Reach::Unit(org), Road::Own) => Some(Mark::Unit(org.as_str())),
            (Reach::Unit(org), Road::Helped) => Some(Mark::Helper(org.as_str())),
        };
        let marks: Vec<Mark<'_>> = self.marks().into_iter().chain(own).chain([Mark::Place(&home)]).collect();
        let Some((newest, oldest)) = self.weeks(tx, street)? else { return Ok(Vec::new()) };
        Ok(cut(newest, oldest).iter().map(|stretch| index::ask(terms, &marks, stretch, self.dialect)).collect())
    }

    /// What the index narrows besides the words. A place above a street narrows the streets.
    fn marks(&self) -> Vec<Mark<'_>> {
        let place = self.query.place.as_ref().filter(|p| p.level() > Level::Street).map(|p| Mark::Place(p.as_str()));
        let category = self.query.category.as_deref().map(Mark::Category);
        let unit = self.query.unit.as_deref().filter(|_| !self.query.words.is_empty()).map(Mark::Unit);
        place.into_iter().chain(category).chain(unit).collect()
    }

    /// The newest and the oldest week in which an answer can lie.
    fn weeks(&self, tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<(i64, i64)>, DbError> {
        let Some(mut row) = tx.first(&OLDEST, &args![street])? else { return Ok(None) };
        let oldest: Millis = row.take()?;
        let ends = [self.query.until, self.query.after.map(|a| a.opened_at)];
        // A clock beside this one may be a little ahead.
        let newest = ends.into_iter().flatten().map(index::week).min().unwrap_or(index::week(self.now) + 1);
        let oldest = self.query.from.map_or(oldest, |from| from.max(oldest));
        Ok(Some((newest, index::week(oldest))))
    }

    fn read(
        &self,
        tx: &mut Tx<'_>,
        street: Jurisdiction,
        mut filter: Filter,
        road: Road,
        most: usize,
        found: &mut Vec<Head>,
    ) -> Result<usize, DbError> {
        let (helped, indexed) = (filter.begins(&HELPED), filter.begins(&FOUND) || filter.begins(&NEAR));
        match (&self.reach, road) {
            (Reach::Unit(_), Road::Helped) if helped => {}
            (Reach::Unit(org), Road::Helped) => {
                filter.and(HELPS, args![org]);
            }
            (reach, _) => within(&mut filter, reach),
        }
        self.narrow(street, &mut filter);
        self.go_on(&mut filter, helped);
        filter.tail(self.order(helped, indexed), most);
        let rows = tx.list(&filter)?;
        let count = rows.len();
        for row in rows {
            found.push(store::head(row)?);
        }
        Ok(count)
    }

    fn narrow(&self, street: Jurisdiction, filter: &mut Filter) {
        let query = &self.query;
        if let Some(number) = &query.number {
            filter.and("c.number = $$", args![number]);
        }
        if let Some(place) = &query.place {
            filter.and("c.place >= $$ AND c.place < $$", args![place, place.end()]);
        }
        if let Some(unit) = &query.unit {
            filter.and("c.unit = $$", args![unit]);
        }
        if let Some((phase, step)) = &self.state {
            filter.and(phase, args![]);
            let open = "EXISTS (SELECT 1 FROM open_step s WHERE s.jurisdiction = c.jurisdiction AND s.case_id = c.id AND s.step = $$)";
            if let Some(step) = step {
                filter.and(open, args![step]);
            }
        }
        if let Some(category) = &query.category {
            under(filter, category);
        }
        if let Some(from) = query.from {
            filter.and("c.opened_at >= $$", args![from]);
        }
        if let Some(until) = query.until {
            filter.and("c.opened_at < $$", args![until]);
        }
        if let Some(class) = &query.class {
            filter.and("c.class = $$", args![class]);
        }
        if query.late {
            filter.and("c.promised_at < $$", args![self.now]);
        }
        if query.mine {
            let [first, last] = [self.owners.first(), self.owners.last()].map(|o| o.cloned().unwrap_or_default());
            // The street by its number: what does not depend on the case is looked up once.
            let mine = "c.id IN (SELECT s.case_id FROM open_step s WHERE s.jurisdiction = $$ AND s.owner IN ($$, $$))";
            filter.and(mine, args![street, first, last]);
        }
    }

    fn go_on(&self, filter: &mut Filter, helped: bool) {
        if let Some(ListAfter { opened_at, key }) = self.query.after {
            let after = match helped {
                true => "(u.opened_at, u.case_id) < ($$, $$)",
                false => "(c.opened_at, c.id) < ($$, $$)",
            };
            filter.and(after, args![opened_at, key.id]);
        }
    }

    /// Newest first. What the index found, what is late, waits for one seat, or is open somewhere is little: it is looked
    /// up by that and sorted (the plus keeps a database from walking through all cases in their order instead).
    fn order(&self, helped: bool, indexed: bool) -> &'static str {
        let query = &self.query;
        let narrow = self.open() && (query.category.is_some() || query.place.is_some());
        match (helped, indexed || query.late || query.mine || narrow) {
            (true, _) => "ORDER BY u.opened_at DESC, u.case_id DESC",
            (false, true) => "ORDER BY +c.opened_at DESC, c.id DESC",
            (false, false) => "ORDER BY c.opened_at DESC, c.id DESC",
        }
    }
}
