//! Staleness is chased: fourteen days before the day of review, and on it, whoever keeps an entry is told; fourteen days
//! later the desk head is. Each is told once for each day of review: a row that only one transaction can add says so.

use linli_worktime::{Date, Millis};

use super::{Item, edit::days_between, keeper};
use crate::{
    Engine,
    db::{DbError, Tx, args, statements},
    ids::PlaceCode,
    notices::{self, Recipient},
    pack::Entry,
    seats::Role,
    words::words,
};

words! {
    /// How far the day of review of an entry is.
    Stage, "a stage of a review":
    /// Its day comes soon.
    Soon = "review-soon",
    /// Its day is there.
    Due = "review-due",
    /// Its day is long past.
    Late = "review-late",
}

/// Days before the day of review from which it is soon, and after it from which it is late.
const AHEAD_DAYS: i64 = 14;

statements! {
    CHASED = "INSERT INTO knowledge_chased (jurisdiction, id, review, stage, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (jurisdiction, id, review, stage) DO NOTHING";
    ALL_CHASED = "SELECT id, review, stage FROM knowledge_chased WHERE jurisdiction = $1";
    // What was told of an earlier day of review of the same entry.
    LET_GO_CHASED = "DELETE FROM knowledge_chased WHERE jurisdiction = $1 AND id = $2 AND review < $3";
}

impl Stage {
    /// How far it is today; nothing while there is time.
    pub fn of(review: Date, today: Date) -> Option<Self> {
        match days_between(review, today) {
            AHEAD_DAYS.. => Some(Self::Late),
            0.. => Some(Self::Due),
            days if days >= -AHEAD_DAYS => Some(Self::Soon),
            _ => None,
        }
    }

    /// What has to have been told at this stage. Whoever learns late that the day is there need not learn that it comes.
    fn told(self) -> &'static [Self] {
        match self {
            Self::Soon => &[Self::Soon],
            Self::Due => &[Self::Due],
            Self::Late => &[Self::Due, Self::Late],
        }
    }
}

impl Engine {
    /// Tells whoever has to know of days of review; looked at once an hour.
    pub(crate) async fn chase_reviews(&self) -> Result<(), DbError> {
        let now = self.clock.now();
        if self.chased.is_fresh(now) {
            return Ok(());
        }
        let (home, today) = (self.home, self.today());
        let known = move |tx: &mut Tx<'_>| {
            let rows = tx.query(&ALL_CHASED, &args![home])?.into_iter();
            rows.map(|mut row| Ok((row.take()?, row.take()?, row.take()?))).collect::<Result<_, DbError>>()
        };
        let known: std::collections::BTreeSet<(String, String, String)> = self.db.read(known).await?;
        let mut due = Vec::new();
        for entry in self.knowledge().items().iter().filter_map(Item::published) {
            let stages = Stage::of(entry.review, today).map_or(&[][..], Stage::told).iter();
            let is_new = |stage: &&Stage| {
                !known.contains(&(entry.id.clone(), entry.review.to_string(), stage.as_str().to_owned()))
            };
            due.extend(stages.filter(is_new).map(|stage| (entry.clone(), *stage)));
        }
        if !due.is_empty() {
            let engine = self.clone();
            let tell = move |tx: &mut Tx<'_>| due.iter().try_for_each(|(e, stage)| engine.chase(tx, e, *stage, now));
            self.db.write(tell).await?;
        }
        self.chased.note(now);
        Ok(())
    }

    fn chase(&self, tx: &mut Tx<'_>, entry: &Entry, stage: Stage, now: Millis) -> Result<(), DbError> {
        let Ok(place) = self.home.to_string().parse::<PlaceCode>() else { return Ok(()) };
        let review = entry.review.to_string();
        tx.send(&LET_GO_CHASED, args![self.home, &entry.id, &review])?;
        let first = tx.exec(&CHASED, &args![self.home, &entry.id, &review, stage.as_str(), now])? == 1;
        if !first {
            return Ok(());
        }
        let head = Recipient::Role { role: Role::DeskHead.as_str().to_owned(), place: place.clone() };
        let unit = keeper(&self.directory(), self.packs().current(), self.home, &entry.owner).map(|org| org.id.clone());
        let unit = unit.map(Recipient::Org).filter(|_| stage != Stage::Late);
        // A unit where nobody sits hears nothing; then the desk head sees to it.
        let whom = match unit {
            Some(unit) if !notices::holders(tx, self.home, &unit, now)?.is_empty() => unit,
            _ => head,
        };
        notices::tell_of_answer(tx, self.home, &whom, &place, (stage.as_str(), &entry.id), now)
    }
}
