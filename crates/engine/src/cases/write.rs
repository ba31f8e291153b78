//! Writing an event with all that follows from it: one place, so that rows and events cannot part.

use std::{cell::Cell, collections::BTreeSet};

use linli_flow::{Actor, Case, Change, ClockFacts, Deed, Event, OpenStep, Target, Value, What, Who};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head, Phase,
    links::{self, following},
    owner_text, store,
    times::{Due, Rules},
};
use crate::{
    Engine,
    db::{DbError, Tx, args},
    evidence::{self, Entry, Kind, Salt},
    feed::{self, Fresh},
    ids::{Jurisdiction, Level, NoticeId, OrgId, PersonId, PlaceCode},
    notices::{self, Channel, Notice, Recipient},
    reading,
    vault::{VaultKey, words::Said},
};

/// The field by which people say what a case is about.
pub(crate) const CATEGORY: &str = "category";
/// The field by which people say where it is.
pub(crate) const PLACE: &str = "place";

/// Where an event says that it really is.
pub(crate) fn moved_to(event: &Event) -> Option<PlaceCode> {
    let (What::Acted { change: Change { fields, .. }, .. } | What::Cancelled { change: Change { fields, .. }, .. }) =
        &event.what
    else {
        return None;
    };
    fields.get(PLACE)?.as_text()?.parse().ok()
}

/// A case in the hands of a transaction: its row, its events, its state.
pub(super) struct Held<'p> {
    pub(super) key: CaseKey,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) place: PlaceCode,
    /// Whether its rows say another place still.
    moved: bool,
    pub(super) rules: Rules<'p>,
    home: Jurisdiction,
    webhook: bool,
    /// Ways out of the house to residents.
    out: Vec<Channel>,
    /// Whether anybody wants to hear of cases that come to their unit.
    arrivals: bool,
    /// What was reported, of a case that is being filed: it is committed with the first event.
    report: Option<String>,
    /// What was written with the event that comes next.
    said: Option<Said>,
    vault_key: VaultKey,
    pub(super) events: Vec<Event>,
    pub(super) case: Case,
    /// What the events say of each clock.
    facts: Vec<Option<ClockFacts>>,
    /// The version that the row is at in the database, and the steps that have rows there.
    stored_seq: u64,
    stored: Vec<OpenStep>,
    /// The case that the rows say it goes along with.
    stored_main: Option<String>,
    /// Whether something happened that a follower may have to hear of.
    stirred: bool,
    stored_co_units: Vec<String>,
    pub(super) settled_at: Option<Millis>,
    /// For a life that is written after it was lived: since when it still tells people, and who brought it.
    past: Option<Past>,
    /// The places that its events wait for.
    pub(super) places: Vec<Fresh>,
    told: Cell<u16>,
    /// What the resident is promised after so many events.
    promised: Option<(u64, Option<Millis>)>,
    /// The next thing that falls due after so many events.
    due: Option<(usize, Option<Due>)>,
}

/// What is known of a life that is written after it was lived.
#[derive(Clone, Copy)]
struct Past {
    since: Millis,
    caller: Option<PersonId>,
}

impl<'p> Held<'p> {
    pub(super) fn new(head: &Head, events: Vec<Event>, rules: Rules<'p>, engine: &Engine) -> Self {
        let case = Case::replay(&events);
        Self {
            stored: case.open().cloned().collect(),
            stored_main: following(rules.flow, &case).map(|along| along.number.to_owned()),
            stirred: false,
            stored_co_units: case.field("co_units").as_list().to_vec(),
            key: head.key,
            number: head.number.clone(),
            title: head.title.clone(),
            place: head.place.clone(),
            moved: false,
            rules,
            home: engine.home,
            webhook: engine.plugs.has(Channel::Webhook),
            out: engine.plugs.out(),
            arrivals: engine.arrivals.load(std::sync::atomic::Ordering::Relaxed),
            case,
            stored_seq: head.seq,
            settled_at: head.settled_at,
            facts: rules.facts(&events),
            report: events.is_empty().then(|| evidence::report(head)),
            said: None,
            vault_key: engine.vault_key.clone(),
            events,
            past: None,
            places: Vec::new(),
            promised: None,
            told: Cell::new(0),
            due: None,
        }
    }

    /// A new case of the past: it tells nobody of what happened before `since`, and no other system at all.
    pub(super) fn of_the_past(
        head: &Head,
        rules: Rules<'p>,
        engine: &Engine,
        since: Millis,
        caller: Option<PersonId>,
    ) -> Self {
        let past = Some(Past { since, caller });
        Self { past, webhook: false, out: Vec::new(), ..Self::new(head, Vec::new(), rules, engine) }
    }

    /// Takes an event in whose texts were written otherwise.
    pub(super) fn take_said(&mut self, tx: &mut Tx<'_>, event: Event, said: Option<Said>) -> Result<(), CaseError> {
        self.said = said;
        self.take(tx, event)
    }

    /// Takes an event in and writes it with its notices. `finish` writes the row, the steps and the timer.
    pub(super) fn take(&mut self, tx: &mut Tx<'_>, event: Event) -> Result<(), CaseError> {
        let body =
            event.to_canonical_json().map_err(|e| DbError::Corrupt(format!("an event that cannot be written: {e}")))?;
        let before = self.case.is_settled();
        let had = if self.arrivals { self.orgs() } else { BTreeSet::new() };
        self.case.apply(&event);
        self.follow_place(&event);
        for open in self.case.open().filter(|open| open.opened_seq == event.seq) {
            for year in self.rules.uncovered(&self.case, open) {
                store::warn(tx, self.home, &format!("calendar-{year}"), &year.to_string(), event.at)?;
            }
        }
        if let What::Side { deeds, .. } | What::Late { deeds, .. } = &event.what {
            self.deeds(tx, deeds, &event)?;
        }
        if self.arrivals {
            for org in self.orgs().difference(&had) {
                self.notice(tx, Recipient::Org(org.clone()), "arrive", &event)?;
            }
        }
        self.tell(tx, &event)?;
        self.stirred |= !matches!(event.what, What::Late { .. });
        if self.webhook {
            let whom = Recipient::Case(self.key.id);
            notices::queue(tx, &Notice { channel: Channel::Webhook, ..self.made(whom, "event", &event) })?;
        }
        match (before, self.case.is_settled()) {
            (false, true) => self.settled_at = Some(event.at),
            (true, false) => self.settled_at = None,
            _ => {}
        }
        self.rules.follow(&mut self.facts, &self.case, &event);
        if reading::teaches(&event) {
            reading::note(tx, self.key, event.at)?;
        }
        self.record(tx, &event, &body)?;
        self.events.push(event);
        Ok(())
    }

    /// Whoever acts may have said where it really is.
    fn follow_place(&mut self, event: &Event) {
        if let Some(place) = moved_to(event).filter(|place| *place != self.place) {
            (self.place, self.moved) = (place, true);
        }
    }

    /// Writes an event with its evidence.
    fn record(&mut self, tx: &mut Tx<'_>, event: &Event, body: &str) -> Result<(), DbError> {
        let CaseKey { jurisdiction, id } = self.key;
        let (salt, promised) = (Salt::new(), self.promised_at());
        let said = self.said.take();
        let words = said.as_ref().map(Said::digest);
        let text = evidence::text(body, self.report.take().as_deref(), words);
        let leaf = salt.leaf(&Entry::of_event(&self.number, event, promised, salt.body(&text)));
        tx.put(&store::ADD_EVENT, args![jurisdiction, id, event.seq, event.at, body, salt.bytes(), promised, words])?;
        said.map_or(Ok(()), |said| said.keep(tx, &self.vault_key, self.key, event.seq))?;
        let place = Fresh { jurisdiction, kind: Kind::Case, id: id.0, seq: event.seq, at: event.at, leaf };
        // What is written afterwards takes its places in the feed as a whole.
        match self.past {
            Some(_) => self.places.push(place),
            None => feed::note(tx, &place)?,
        }
        self.promised = Some((event.seq, promised));
        Ok(())
    }

    /// Reminders and escalations go to the screens of those whom the flow names.
    fn deeds(&self, tx: &mut Tx<'_>, deeds: &[Deed], event: &Event) -> Result<(), DbError> {
        for deed in deeds {
            // What whoever reported it says is not a reminder of a limit.
            let remind = match &event.what {
                What::Side { act, .. } if event.by.kind == "person" && act != "urge" => "message",
                What::Side { .. } => "urge",
                _ => "remind",
            };
            let (template, whom) = match deed {
                Deed::Remind(Target::StepOwner) => (remind, self.owners(tx)?),
                Deed::Remind(Target::Who(who)) => (remind, self.whom(who)),
                Deed::Escalate(who) => ("escalate", self.whom(who)),
                // An act of the system follows as an event of its own.
                Deed::Do(_) => continue,
            };
            for recipient in whom {
                self.notice(tx, recipient, template, event)?;
            }
        }
        Ok(())
    }

    /// The units that own an open step.
    fn orgs(&self) -> BTreeSet<OrgId> {
        let owner = |open: &OpenStep| owner_text(&open.owner, &open.key, &self.case);
        self.case.open().filter_map(|open| owner(open).strip_prefix("org:")?.parse().ok()).collect()
    }

    /// Who has it in hand: of a case that goes along with another, whoever has that one.
    fn owners(&self, tx: &mut Tx<'_>) -> Result<Vec<Recipient>, DbError> {
        let mut all: Vec<Recipient> = if following(self.rules.flow, &self.case).is_some() {
            let owners = links::main_owners(tx, self.key)?;
            owners.iter().flat_map(|owner| self.named(owner)).collect()
        } else {
            self.case.open().flat_map(|open| self.of(&open.owner, &open.key)).collect()
        };
        all.dedup();
        Ok(all)
    }

    /// Staff, as the inbox names them.
    fn named(&self, owner: &str) -> Vec<Recipient> {
        match owner.split_once(':') {
            Some(("role", role)) => self.whom(&Who::Role(role.to_owned())),
            Some(("org", id)) => id.parse().ok().map(Recipient::Org).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn whom(&self, who: &Who) -> Vec<Recipient> {
        self.of(who, "")
    }

    fn of(&self, who: &Who, key: &str) -> Vec<Recipient> {
        let org = |id: &str| id.parse().ok().map(Recipient::Org);
        match who {
            Who::Role(role) => {
                let street = self.place.upwards().find(|p| p.level() <= Level::Street);
                street.map(|place| Recipient::Role { role: role.clone(), place }).into_iter().collect()
            }
            Who::Field(_) if !key.is_empty() => org(key).into_iter().collect(),
            Who::Field(field) => match self.case.field(field) {
                Value::Text(id) => org(id).into_iter().collect(),
                Value::List(ids) => ids.iter().filter_map(|id| org(id)).collect(),
                _ => Vec::new(),
            },
            Who::Reporter => vec![Recipient::Case(self.key.id)],
            Who::System => Vec::new(),
        }
    }

    /// What the resident is told of goes to the resident's own list.
    fn tell(&self, tx: &mut Tx<'_>, event: &Event) -> Result<(), DbError> {
        let template = match &event.what {
            What::Acted { step, act, .. } => match (step.as_str(), act.as_str()) {
                ("tell", "told") => "told",
                ("handle", "ask") => "ask",
                ("handle", "park") => "parked",
                ("extension", "grant") => "extended",
                ("followed", "solved_too") => return Ok(()),
                _ if following(self.rules.flow, &self.case).is_some() => match act.as_str() {
                    "close" => "followed",
                    "again" => "again",
                    // It moves along with its main case, or its reporter asked for it: nothing new to them.
                    _ if event.by == system() => return Ok(()),
                    _ => "joined",
                },
                ("aftercare", "ask_again") => "ask_again",
                _ if self.case.outcome() == Some("refused") && self.case.is_settled() => "refused",
                _ if self.case.outcome().is_some() && self.case.is_settled() => "closed",
                _ => return Ok(()),
            },
            What::Cancelled { .. } if following(self.rules.flow, &self.case).is_some() => "joined",
            What::Side { act, .. } if act == "reply" => "reply",
            _ => return Ok(()),
        };
        self.notice(tx, Recipient::Case(self.key.id), template, event)
    }

    /// Something that the case which this one follows has made known.
    pub(super) fn news(&self, tx: &mut Tx<'_>, event: &Event) -> Result<(), DbError> {
        self.notice(tx, Recipient::Case(self.key.id), "news", event)
    }

    fn notice(&self, tx: &mut Tx<'_>, recipient: Recipient, template: &str, event: &Event) -> Result<(), DbError> {
        if self.past.is_some_and(|past| event.at < past.since) {
            return Ok(());
        }
        let tone = notices::Tone {
            home: self.home,
            place: &self.place,
            urgent: self.case.field("class").as_text() == Some("urgent"),
            out: &self.out,
            calendar: &self.rules.pack.calendar,
            caller: self.past.map(|past| past.caller),
        };
        notices::tell(tx, &self.made(recipient, template, event), &tone)
    }

    /// Notices are listed by their ids, newest first; those of the past stand at their time.
    fn notice_id(&self, at: Millis) -> NoticeId {
        if self.past.is_none() {
            return NoticeId::new();
        }
        self.told.set(self.told.get().wrapping_add(1));
        NoticeId::at(at, self.told.get())
    }

    fn made(&self, recipient: Recipient, template: &str, event: &Event) -> Notice {
        // Nothing of who reported it: notices leave the house.
        let args = [("number", self.number.as_str()), ("title", self.title.as_str()), ("act", event.what.name())];
        Notice {
            id: self.notice_id(event.at),
            case: (self.key.jurisdiction, self.key.id),
            recipient,
            channel: Channel::Screen,
            template: template.to_owned(),
            args: args.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            at: event.at,
        }
    }

    /// Brings the row and the timer up to the events.
    pub(super) fn finish(&mut self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let CaseKey { jurisdiction, id } = self.key;
        let case = &self.case;
        let promised = self.promised_at();
        tx.put(
            &store::CHANGE_CASE,
            args![
                jurisdiction,
                id,
                self.stored_seq,
                case.field("unit").as_text(),
                case.field("class").as_text().unwrap_or_default(),
                Phase::of(case).slug(),
                case.outcome(),
                self.settled_at,
                promised,
                case.counter("redo"),
                case.seq(),
                case.field("co_units").as_list() == self.stored_co_units,
                case.field(CATEGORY).as_text(),
                self.moved.then_some(&self.place),
            ],
        )?;
        if std::mem::take(&mut self.moved) {
            tx.send(&store::MOVE_STEPS, args![jurisdiction, id, &self.place])?;
        }
        self.stored_seq = case.seq();
        self.finish_steps(tx)?;
        if std::mem::take(&mut self.stirred)
            && let Some(last) = self.events.last()
        {
            tx.send(&links::WAKE_FOLLOWERS, args![jurisdiction, id, last.at])?;
        }
        Ok(())
    }

    /// Brings the row of what it goes along with up to the events.
    fn finish_link(&mut self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let CaseKey { jurisdiction, id } = self.key;
        let main = following(self.rules.flow, &self.case).map(|along| along.number.to_owned());
        let Some(last) = self.events.last().filter(|_| main != self.stored_main) else { return Ok(()) };
        if self.stored_main.is_some() {
            tx.send(&links::UNMERGE, args![jurisdiction, id, last.at])?;
        }
        if let Some(number) = &main {
            tx.put(&links::MERGE, args![jurisdiction, number, id, last.at, &last.by.id])?;
        }
        self.stored_main = main;
        Ok(())
    }

    /// What the resident is promised as it stands; nothing once it is settled.
    pub(super) fn promised_at(&self) -> Option<Millis> {
        match self.promised {
            Some((after, promised)) if after == self.case.seq() => promised,
            _ if self.case.is_settled() => None,
            _ => self.rules.promised_by(&self.case, &self.facts),
        }
    }

    /// Brings the rows of the open steps and the timer up to the events.
    pub(super) fn finish_steps(&mut self, tx: &mut Tx<'_>) -> Result<(), CaseError> {
        let CaseKey { jurisdiction, id } = self.key;
        let same = |a: &OpenStep, b: &OpenStep| (&a.step, &a.key, a.opened_seq) == (&b.step, &b.key, b.opened_seq);
        let open: Vec<OpenStep> = self.case.open().cloned().collect();
        for gone in self.stored.iter().filter(|s| !open.iter().any(|o| same(o, s))) {
            tx.put(&store::END_STEP, args![jurisdiction, id, &gone.step, &gone.key])?;
        }
        for new in open.iter().filter(|o| !self.stored.iter().any(|s| same(o, s))) {
            let (owner, due) = (owner_text(&new.owner, &new.key, &self.case), self.rules.step_due(&self.case, new));
            tx.put(&store::ADD_STEP, args![jurisdiction, id, &new.step, &new.key, owner, &self.place, new.since, due])?;
        }
        self.stored = open;
        self.finish_units(tx)?;
        self.finish_link(tx)?;
        let due = match (self.past, &self.stored_main, self.events.last()) {
            // A life of the past looks once, when it is here, at what became of the case that it goes along with.
            (Some(_), Some(_), Some(last)) => Some(last.at),
            _ => self.next_due().map(|due| due.at),
        };
        match due {
            Some(due) => tx.put(&store::SET_TIMER, args![jurisdiction, id, due])?,
            None => tx.send(&store::END_TIMER, args![jurisdiction, id])?,
        }
        Ok(())
    }

    /// Brings the rows of the co-units up to the events: by them a unit finds the cases in which it only helps.
    fn finish_units(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        let now: Vec<String> = self.case.field("co_units").as_list().to_vec();
        let CaseKey { jurisdiction, id } = self.key;
        let opened = self.case.opened_at();
        for gone in self.stored_co_units.iter().filter(|unit| !now.contains(unit)) {
            tx.send(&store::END_UNIT, args![jurisdiction, gone, opened, id])?;
        }
        for new in now.iter().filter(|unit| !self.stored_co_units.contains(unit)) {
            tx.send(&store::ADD_UNIT, args![jurisdiction, new, opened, id])?;
        }
        self.stored_co_units = now;
        Ok(())
    }

    pub(super) fn next_due(&mut self) -> Option<Due> {
        match &self.due {
            Some((after, due)) if *after == self.events.len() => due.clone(),
            _ => {
                let due = self.rules.dues_by(&self.case, &self.facts).into_iter().next();
                self.due = Some((self.events.len(), due.clone()));
                due
            }
        }
    }
}

/// The actor of what the program does by itself.
pub(super) fn system() -> Actor {
    Actor::system()
}
