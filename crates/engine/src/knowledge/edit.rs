//! Changing an answer at hand: who may, what has to be right, and the line of the record. Nobody overwrites what somebody else
//! has just changed: a change names the version that it was made from.

use linli_insight::text::personal::Kind;
use linli_worktime::{Date, Millis};
use serde_json::{Value as Json, json};

use super::{Item, Kept, State, store};
use crate::{
    Engine,
    db::{DbError, Tx, WorkError},
    limits,
    pack::{Entry, Pack},
    policy::Action,
    record::{self, Act, By, What},
    seats::Seat,
};

/// What is done to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is to say this, once somebody publishes it.
    Draft(Entry),
    /// It says this from now on.
    Publish(Entry),
    /// It says from now on what was drafted.
    PublishDraft,
    /// What was drafted is let go.
    DropDraft,
    /// It is not given any more.
    Withdraw,
    /// It was looked at and is still right; it is looked at again by this day.
    Checked(Date),
}

/// What is wrong with a field of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing stands there.
    #[error("it is empty")]
    Empty,
    /// More stands there than may.
    #[error("it has more than {0} characters")]
    Long(usize),
    /// No such category or function.
    #[error("there is no such one")]
    Unknown,
    /// A day of review that has passed, or lies too far ahead.
    #[error("it is not a day from tomorrow on and within two years")]
    Day,
    /// It holds what belongs to a person.
    #[error("it holds personal data")]
    Personal,
}

/// Why an entry was not changed.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// There is no such entry, or nothing of it that could be changed so.
    #[error("there is no such answer at hand")]
    NotFound,
    /// Others keep it.
    #[error("others keep this answer")]
    NotYours,
    /// Somebody changed it meanwhile.
    #[error("somebody changed this answer meanwhile")]
    Stale,
    /// There are as many as there may be.
    #[error("there are {} answers already", limits::ANSWERS)]
    Full,
    /// A field is not right.
    #[error("`{0}`: {1}")]
    Field(&'static str, Problem),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl WorkError for KnowledgeError {
    fn db(&self) -> Option<&DbError> {
        if let Self::Db(error) = self { Some(error) } else { None }
    }
}

impl Engine {
    /// Changes an entry, new or known, for somebody on a seat. `seen` is the version that they looked at, 0 for a new one.
    ///
    /// # Errors
    /// [`KnowledgeError`].
    pub async fn change_answer(
        &self,
        seat: &Seat,
        by: By,
        id: &str,
        seen: i64,
        deed: Deed,
    ) -> Result<(), KnowledgeError> {
        let (engine, id, seat) = (self.clone(), id.to_owned(), seat.clone());
        let change = move |tx: &mut Tx<'_>| engine.change_in(tx, &seat, &by, &id, seen, deed.clone());
        self.db.write(change).await?;
        self.feed.nudge();
        self.refresh().await?;
        Ok(())
    }

    fn change_in(
        &self,
        tx: &mut Tx<'_>,
        seat: &Seat,
        by: &By,
        id: &str,
        seen: i64,
        deed: Deed,
    ) -> Result<(), KnowledgeError> {
        let now = self.clock.now();
        store::bump(tx, self.home, now)?;
        let item = self.item_in(tx, id)?;
        let known = item.now.is_some() || item.draft.is_some();
        if !known && !matches!(deed, Deed::Draft(_) | Deed::Publish(_)) {
            return Err(KnowledgeError::NotFound);
        }
        self.allow(seat, &item, &deed)?;
        if item.version() != seen {
            return Err(KnowledgeError::Stale);
        }
        if !known && self.knowledge().items().len() >= limits::ANSWERS {
            return Err(KnowledgeError::Full);
        }
        if let Deed::Draft(entry) | Deed::Publish(entry) = &deed {
            self.check(entry, &item)?;
        }
        let pen = Writer { engine: self, by, now, version: item.version() + 1 };
        pen.write(tx, &item, deed)
    }

    /// An entry as the database has it now, over what the pack says.
    fn item_in(&self, tx: &mut Tx<'_>, id: &str) -> Result<Item, DbError> {
        let of_pack = self.packs().current().answers().iter().find(|entry| entry.id == id);
        let of_pack = of_pack.map(|e| Kept { entry: e.clone(), state: State::Published, changed: None, version: 0 });
        let mut item = Item { id: id.to_owned(), now: of_pack, draft: None };
        for row in store::rows_of(tx, self.home, id)? {
            let slot = if row.state == State::Draft { &mut item.draft } else { &mut item.now };
            *slot = Some(row);
        }
        Ok(item)
    }

    /// Passes when the policy lets them do this to it as it stands, and as it is to be.
    fn allow(&self, seat: &Seat, item: &Item, deed: &Deed) -> Result<(), KnowledgeError> {
        let action = match deed {
            Deed::Draft(_) | Deed::DropDraft => Action::File,
            _ => Action::Act,
        };
        let next = match deed {
            Deed::Draft(entry) | Deed::Publish(entry) => Some(entry),
            Deed::PublishDraft => item.draft.as_ref().map(|kept| &kept.entry),
            _ => None,
        };
        let owners = item.shown().map(|kept| &kept.entry).into_iter().chain(next);
        let mut all = owners.map(|entry| self.may_keep(seat, action, &entry.owner));
        if all.all(|may| may) { Ok(()) } else { Err(KnowledgeError::NotYours) }
    }

    fn check(&self, entry: &Entry, item: &Item) -> Result<(), KnowledgeError> {
        let packs = self.packs();
        let (pack, directory) = (packs.current(), self.directory());
        let wrong = |field, problem| Err(KnowledgeError::Field(field, problem));
        let (short, long) = (limits::QUESTION_CHARS, limits::ANSWER_CHARS);
        let texts = [
            ("question", &entry.question.zh, true, short),
            ("answer", &entry.answer.zh, true, long),
            ("question_en", &entry.question.en, false, short),
            ("answer_en", &entry.answer.en, false, long),
            ("words", &entry.words.join("\n"), false, long),
            ("source", &entry.source, true, short),
            ("region", &entry.region.zh, true, short),
        ];
        for (field, text, needed, most) in texts {
            match text.chars().count() {
                0 if needed => return wrong(field, Problem::Empty),
                n if n > most => return wrong(field, Problem::Long(most)),
                _ if field != "source" && is_personal(pack, text) => return wrong(field, Problem::Personal),
                _ => {}
            }
        }
        if pack.category(&entry.category).is_none() {
            return wrong("category", Problem::Unknown);
        }
        let known = directory.orgs().any(|org| org.function == entry.owner && org.retired_at.is_none());
        if !known && item.shown().is_none_or(|kept| kept.entry.owner != entry.owner) {
            return wrong("owner", Problem::Unknown);
        }
        if self.review_fits(entry.review) { Ok(()) } else { wrong("review", Problem::Day) }
    }

    /// Whether a day of review is one that can be kept: from tomorrow on, and not so far ahead that nobody looks any more.
    fn review_fits(&self, day: Date) -> bool {
        let today = self.today();
        day > today && days_between(today, day) <= limits::REVIEW_DAYS
    }
}

/// Whole days from one day to a later one.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// Whether a text holds what leads to a person. Lines of offices, which answers are full of, do not.
fn is_personal(pack: &Pack, text: &str) -> bool {
    pack.has_personal(text, |kind| !matches!(kind, Kind::Landline | Kind::Name))
}

/// What is recorded of an entry.
fn facts(entry: &Entry) -> Json {
    json!({
        "question": entry.question.zh, "question_en": entry.question.en, "answer": entry.answer.zh,
        "answer_en": entry.answer.en, "category": entry.category, "owner": entry.owner, "said": entry.words,
        "source": entry.source, "region": entry.region.zh, "region_en": entry.region.en,
        "review": entry.review.to_string(),
    })
}

/// Who writes a change, and as which version.
struct Writer<'w> {
    engine: &'w Engine,
    by: &'w By,
    now: Millis,
    version: i64,
}

impl Writer<'_> {
    fn write(&self, tx: &mut Tx<'_>, item: &Item, deed: Deed) -> Result<(), KnowledgeError> {
        let (now, draft) = (item.now.as_ref(), item.draft.as_ref());
        let none = || KnowledgeError::NotFound;
        let published = now.filter(|kept| kept.state == State::Published);
        let home = self.engine.home;
        match deed {
            Deed::Draft(entry) => {
                self.put(tx, State::Draft, &entry)?;
                self.note(tx, item, Act::Proposed, item.shown().map(|k| facts(&k.entry)), Some(facts(&entry)))?;
            }
            Deed::Publish(entry) => self.publish(tx, item, &entry)?,
            Deed::PublishDraft => {
                let entry = draft.ok_or_else(none)?.entry.clone();
                self.engine.check(&entry, item)?;
                self.publish(tx, item, &entry)?;
            }
            Deed::DropDraft => {
                let was = facts(&draft.ok_or_else(none)?.entry);
                store::drop_row(tx, home, &item.id, State::Draft)?;
                self.note(tx, item, Act::Declined, Some(was), None)?;
            }
            Deed::Withdraw => {
                let entry = &published.ok_or_else(none)?.entry;
                store::drop_row(tx, home, &item.id, State::Published)?;
                self.put(tx, State::Withdrawn, entry)?;
                self.note(tx, item, Act::Retired, Some(facts(entry)), None)?;
            }
            Deed::Checked(day) => {
                let was = &published.ok_or_else(none)?.entry;
                if !self.engine.review_fits(day) {
                    return Err(KnowledgeError::Field("review", Problem::Day));
                }
                let said = |day: Date| Some(json!({ "review": day.to_string() }));
                self.put(tx, State::Published, &Entry { review: day, ..was.clone() })?;
                self.note(tx, item, Act::Checked, said(was.review), said(day))?;
            }
        }
        Ok(())
    }

    fn publish(&self, tx: &mut Tx<'_>, item: &Item, entry: &Entry) -> Result<(), DbError> {
        for gone in [State::Draft, State::Withdrawn] {
            store::drop_row(tx, self.engine.home, &item.id, gone)?;
        }
        self.put(tx, State::Published, entry)?;
        let act = match &item.now {
            None => Act::Added,
            Some(kept) if kept.state == State::Withdrawn => Act::Restored,
            Some(_) => Act::Changed,
        };
        let was = item.now.as_ref().map(|kept| facts(&kept.entry));
        self.note(tx, item, act, was, Some(facts(entry)))
    }

    fn put(&self, tx: &mut Tx<'_>, state: State, entry: &Entry) -> Result<(), DbError> {
        store::put(tx, self.engine.home, state, self.version, entry, (self.now, self.by.login()))
    }

    fn note(
        &self,
        tx: &mut Tx<'_>,
        item: &Item,
        act: Act,
        was: Option<Json>,
        became: Option<Json>,
    ) -> Result<(), DbError> {
        let deed = record::Deed { what: What::Answer, subject: item.id.clone(), act, was, became };
        record::note(tx, self.engine.home, self.by, deed, self.now)
    }
}
