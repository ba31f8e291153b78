//! What a case has to do with others, as a page shows it: who goes along with it, what it goes along with, what that one
//! makes known, and what staff found to be related. A reporter gets what is shared and no word of anybody else's.

use std::collections::BTreeMap;

use linli_flow::{Case, Event, Text, Value, What};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head, Phase,
    follow::shared,
    links::{self, following},
    store,
    times::Rules,
};
use crate::{
    Engine, Packs,
    db::{DbError, Filter, Tx, args},
    ids::{CaseId, Jurisdiction},
    limits,
    policy::Action,
    viewer::Viewer,
};

/// What a case has to do with others.
#[derive(Clone, Debug, Default)]
pub struct Kin {
    /// How many go along with it, counted up to [`links::MANY`].
    pub followers: usize,
    /// The matter that it goes along with, as its reporter may know it.
    pub along: Option<Along>,
    /// What the cases that it went along with made known meanwhile, oldest first.
    pub shared: Vec<Shared>,
    /// For staff: the case that it goes along with, where this viewer may see it.
    pub main: Option<Head>,
    /// For staff: those that were found to be related, where this viewer may see them.
    pub related: Vec<Head>,
}

/// A matter that a case goes along with: how it stands, and nothing of who brought it.
#[derive(Clone, Debug)]
pub struct Along {
    /// Since when.
    pub since: Millis,
    /// How far it is.
    pub phase: Phase,
    /// Until when it is promised.
    pub promised_at: Option<Millis>,
    /// Who has it.
    pub unit: Option<String>,
    /// How many others say the same: whoever came first, and the other followers.
    pub others: usize,
}

/// Something that a case made known to those who follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// When.
    pub at: Millis,
    /// In the flow's words, with names in braces.
    pub text: Text,
    /// What the names stand for.
    pub values: BTreeMap<String, Value>,
}

/// A case that goes along with another.
#[derive(Clone, Debug)]
pub struct Follower {
    /// Since when.
    pub since: Millis,
    /// Its row.
    pub head: Head,
}

impl Engine {
    pub(super) fn kin(
        &self,
        tx: &mut Tx<'_>,
        head: &Head,
        rules: Rules<'_>,
        case: &Case,
        by: &Viewer,
    ) -> Result<Kin, CaseError> {
        let CaseKey { jurisdiction, id } = head.key;
        let packs = self.packs();
        let mut kin = Kin { followers: links::followers(tx, head.key)?, ..Kin::default() };
        let along = following(rules.flow, case).is_some();
        let mut first = along;
        for mut row in tx.query(&links::MAINS, &args![jurisdiction, id])? {
            let (since, until): (Millis, Option<Millis>) = (row.take()?, row.take()?);
            let main = store::head(row)?;
            let events = store::events(tx, main.key)?;
            // The rows come newest first.
            let told = told(packs, &main, &events, until)?;
            kin.shared.splice(0..0, told);
            if std::mem::take(&mut first) {
                kin.along = Some(Along {
                    since,
                    phase: main.phase,
                    promised_at: main.promised_at,
                    unit: main.unit.clone(),
                    others: links::followers(tx, main.key)?,
                });
                kin.main = self.seen(tx, by, main, Some(events))?;
            }
        }
        if matches!(by, Viewer::Staff(_)) {
            for sql in [&links::RELATED_TO, &links::RELATED_FROM] {
                for row in tx.query(sql, &args![jurisdiction, id])? {
                    let other = store::head(row)?;
                    kin.related.extend(self.seen(tx, by, other, None)?);
                }
            }
        }
        Ok(kin)
    }

    /// A case that this member of staff may see.
    fn seen(
        &self,
        tx: &mut Tx<'_>,
        by: &Viewer,
        head: Head,
        events: Option<Vec<Event>>,
    ) -> Result<Option<Head>, CaseError> {
        if !matches!(by, Viewer::Staff(_)) {
            return Ok(None);
        }
        let events = match events {
            Some(events) => events,
            None => store::events(tx, head.key)?,
        };
        match by.may(tx, &head, &Case::replay(&events), Action::See) {
            Ok(()) => Ok(Some(head)),
            Err(CaseError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A page of the cases that go along with one which this viewer may see, in the order in which they came.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] also where the viewer may not see it.
    pub async fn followers(
        &self,
        main: CaseKey,
        by: &Viewer,
        after: Option<CaseId>,
    ) -> Result<Vec<Follower>, CaseError> {
        let (engine, by) = (self.clone(), by.clone());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let head = store::by_id(tx, main)?.ok_or(CaseError::NotFound)?;
                engine.seen(tx, &by, head, None)?.ok_or(CaseError::NotFound)?;
                let mut page = Filter::of(&links::FOLLOWERS, args![main.jurisdiction, main.id]);
                if let Some(after) = after {
                    page.and("l.case_id > $$", args![after]);
                }
                page.tail("ORDER BY l.case_id", limits::PAGE);
                let rows = tx.list(&page)?.into_iter();
                let follower = |mut row: crate::db::Row| {
                    Ok::<_, DbError>(Follower { since: row.take()?, head: store::head(row)? })
                };
                Ok(rows.map(follower).collect::<Result<_, _>>()?)
            })
            .await
    }

    /// How many cases go along with each of these, in their order, counted up to [`links::MANY`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follower_counts(&self, mains: Vec<CaseKey>) -> Result<Vec<usize>, CaseError> {
        let count = move |tx: &mut Tx<'_>| mains.iter().map(|main| links::followers(tx, *main)).collect();
        Ok(self.db.read::<_, DbError, _>(count).await?)
    }

    /// Notes that two cases of a street belong together, or (`related` false) that they do not.
    ///
    /// # Errors
    /// [`CaseError::NotFound`] where the viewer may not act on the first or not see the second.
    pub async fn relate(&self, case: CaseKey, other: &str, related: bool, by: &Viewer) -> Result<(), CaseError> {
        let (engine, other, by, now) = (self.clone(), other.to_owned(), by.clone(), self.clock.now());
        self.db
            .write(move |tx: &mut Tx<'_>| {
                let head = store::by_id(tx, case)?.ok_or(CaseError::NotFound)?;
                let acted_on = Case::replay(&store::events(tx, case)?);
                by.may(tx, &head, &acted_on, Action::Act)?;
                let wrong = || CaseError::Field { field: "other", problem: super::FieldProblem::Unknown };
                let row = tx.first(&store::BY_NUMBER, &args![case.jurisdiction, &other])?.ok_or_else(wrong)?;
                let other = store::head(row)?;
                let other = engine.seen(tx, &by, other, None)?.filter(|o| o.key != case).ok_or_else(wrong)?;
                let (low, high) = (case.id.min(other.key.id), case.id.max(other.key.id));
                let street: Jurisdiction = case.jurisdiction;
                if related {
                    tx.send(&links::RELATE, args![street, low, high, now, by.actor().id])?;
                } else {
                    tx.send(&links::UNRELATE, args![street, low, high])?;
                }
                Ok(())
            })
            .await
    }
}

/// What a case has made known so far, until it was followed no more.
fn told(packs: &Packs, main: &Head, events: &[Event], until: Option<Millis>) -> Result<Vec<Shared>, CaseError> {
    let rules = packs.rules(main)?;
    let mut case = Case::default();
    let mut all = Vec::new();
    for event in events.iter().filter(|e| until.is_none_or(|until| e.at <= until)) {
        let before = case.clone();
        case.apply(event);
        let Some(text) = shared(rules.flow, event) else { continue };
        let form = match &event.what {
            What::Acted { form, .. } | What::Side { form, .. } => form,
            _ => continue,
        };
        let value = |name: &str| {
            let value = form.get(name).cloned().unwrap_or_else(|| {
                let after = case.field(name);
                if after.is_full() { after.clone() } else { before.field(name).clone() }
            });
            (name.to_owned(), value)
        };
        let values = text.placeholders().map(value).collect();
        all.push(Shared { at: event.at, text: text.clone(), values });
    }
    Ok(all)
}
