//! Acting on a case: one transaction that checks scope, flow and form, writes the event and all that follows.

use std::collections::BTreeMap;

use linli_flow::{Case, Command, Event, FieldKind, FormField, Refusal, Step, Text, Value, Who, decide};

use super::{
    CaseError, CaseKey, FieldProblem, Head, Sent, deed, links, reveal, store,
    times::Rules,
    unburden,
    write::{CATEGORY, Held, PLACE},
};
use crate::{
    Engine,
    db::{DbError, Tx, args},
    directory::Directory,
    ids::PlaceCode,
    policy::Action,
    seats,
    viewer::Viewer,
};

/// Something that somebody asks of a case.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which case.
    pub case: CaseKey,
    /// What.
    pub command: Command,
    /// Who.
    pub by: Viewer,
    /// Made by the client, so that sending it again changes nothing.
    pub key: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The number of the event.
    pub seq: u64,
    /// Whether it had been done already under the same key.
    pub again: bool,
}

impl Engine {
    /// Acts on a case. Sending the same key again changes nothing and answers as before.
    ///
    /// # Errors
    /// [`CaseError`]; nothing is written then.
    pub async fn act(&self, ask: Ask) -> Result<Acted, CaseError> {
        self.act_sent(ask, None).await
    }

    /// The same, where the key must not have been sent with anything else before.
    ///
    /// # Errors
    /// As [`Engine::act`], and [`CaseError::KeyUsed`].
    pub async fn act_sent(&self, ask: Ask, sent: Sent) -> Result<Acted, CaseError> {
        if reveal::is_the_programs(&ask.command) {
            return Err(CaseError::NotYours(Vec::new()));
        }
        let engine = self.clone();
        self.write_event(move |tx: &mut Tx<'_>| {
            let jurisdiction = ask.case.jurisdiction;
            if sent.is_some() {
                deed::done(tx, jurisdiction, &ask.key, sent)?;
            }
            let acted = engine.act_in(tx, &ask)?;
            // What was done under the key beside this one may have been something else.
            match acted.again {
                true if sent.is_some() => drop(deed::done(tx, jurisdiction, &ask.key, sent)?),
                true => {}
                false => deed::note(tx, jurisdiction, &ask.key, sent)?,
            }
            Ok(acted)
        })
        .await
    }

    /// Does what writes an event. Somebody else may write the same number of event first; then it looks again and decides
    /// anew.
    pub(crate) async fn write_event<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, CaseError> + Clone + Send + 'static,
    ) -> Result<T, CaseError> {
        for _ in 0..crate::limits::TRANSACTION_TRIES {
            match self.db.write(work.clone()).await {
                Err(CaseError::Db(DbError::Duplicate { .. } | DbError::Rows { .. })) => {}
                out => {
                    self.feed.nudge();
                    return out;
                }
            }
        }
        Err(CaseError::Db(DbError::Duplicate { sql: "ADD_EVENT" }))
    }

    pub(crate) fn act_in(&self, tx: &mut Tx<'_>, ask: &Ask) -> Result<Acted, CaseError> {
        if let Some(acted) = done(tx, ask)? {
            return Ok(acted);
        }
        match self.act_anew(tx, ask) {
            Err(error @ CaseError::Db(_)) => Err(error),
            // The same key may have been at work beside this one: what it changed is why this one was refused.
            Err(error) => done(tx, ask)?.ok_or(error),
            done => done,
        }
    }

    fn act_anew(&self, tx: &mut Tx<'_>, ask: &Ask) -> Result<Acted, CaseError> {
        let CaseKey { jurisdiction, id } = ask.case;
        let head = store::by_id(tx, ask.case)?.ok_or(CaseError::NotFound)?;
        let (packs, directory) = (self.packs(), self.directory());
        let rules = packs.rules(&head)?;
        let mut held = Held::new(&head, store::events(tx, ask.case)?, rules, self);
        let mut ask = ask.clone();
        let known = || self.known(tx, ask.case);
        let said = unburden::command(packs.current(), rules.flow, &ask.by, &mut ask.command, known)?;
        let event = self.weigh(tx, &ask, &head, rules, &held.case, held.events.last(), &directory)?;
        // What is to be followed is the case that leads, which may be another one than the one that was named.
        let mut command = ask.command.clone();
        let event = if self.lead_on(tx, rules, &head, &mut command)? {
            decide(rules.flow, &held.case, &command, &ask.by.actor(), event.at).map_err(CaseError::Refused)?
        } else {
            event
        };
        let erases = self.erases(tx, &ask, &held)?;
        let seq = event.seq;
        held.take_said(tx, event, said)?;
        held.finish(tx)?;
        tx.put(&store::ADD_DEED, args![jurisdiction, &ask.key, id, seq])?;
        self.grant(tx, &ask, &held, erases)?;
        Ok(Acted { seq, again: false })
    }

    /// Checks scope, flow and form, and decides the event; writes nothing.
    #[allow(clippy::too_many_arguments, reason = "all of it is one case in the hands of one transaction")]
    pub(super) fn weigh(
        &self,
        tx: &mut Tx<'_>,
        ask: &Ask,
        head: &Head,
        rules: Rules<'_>,
        case: &Case,
        last: Option<&Event>,
        directory: &Directory,
    ) -> Result<Event, CaseError> {
        ask.by.may(tx, head, case, Action::Act)?;
        may_command(rules, &ask.by, head, case, &ask.command)?;
        self.other_eyes(tx, rules, &ask.by, case, &ask.command)?;
        let now = self.clock.now().max(last.map_or(head.opened_at, |e| e.at));
        let event = decide(rules.flow, case, &ask.command, &ask.by.actor(), now).map_err(CaseError::Refused)?;
        check_units(rules, directory, head, &ask.command)?;
        check_named(tx, rules, head, &ask.command)?;
        Ok(event)
    }
}

impl Engine {
    /// Whether a step is to be kept out of these hands, with what they read: it looks at the person, whatever the seat.
    pub(super) fn apart<'r>(
        &self,
        tx: &mut Tx<'_>,
        step: Option<&'r Step>,
        by: &Viewer,
        case: &Case,
    ) -> Result<Option<&'r Text>, CaseError> {
        let (Some(apart), Viewer::Staff(seat)) = (step.and_then(|step| step.apart.as_ref()), by) else {
            return Ok(None);
        };
        for past in apart.from.iter().flat_map(|step| case.closings(step)) {
            // Whoever is not of the staff has no seat.
            let Ok(acted) = past.by.id.parse() else { continue };
            if acted == seat.id || seats::holder(tx, self.home, acted)? == Some(seat.account) {
                return Ok(Some(&apart.why));
            }
        }
        Ok(None)
    }

    fn other_eyes(
        &self,
        tx: &mut Tx<'_>,
        rules: Rules<'_>,
        by: &Viewer,
        case: &Case,
        command: &Command,
    ) -> Result<(), CaseError> {
        let Command::Act { step, act, .. } = command else { return Ok(()) };
        match self.apart(tx, rules.flow.step(step), by, case)? {
            Some(why) => Err(CaseError::Refused(Refusal::Guard { act: act.clone(), why: why.clone() })),
            None => Ok(()),
        }
    }

    /// Puts the number of the case that leads into a command that lets this one follow; true when it was another.
    fn lead_on(
        &self,
        tx: &mut Tx<'_>,
        rules: Rules<'_>,
        head: &Head,
        command: &mut Command,
    ) -> Result<bool, CaseError> {
        let (follows, form) = match command {
            Command::Act { step, act, form, .. } => {
                let act = rules.flow.step(step).and_then(|s| s.act(act));
                (act.and_then(|act| act.follows(rules.flow)), form)
            }
            Command::Cancel { act, form } => (rules.flow.cancel(act).and_then(|act| act.follows(rules.flow)), form),
            _ => return Ok(false),
        };
        let Some(follows) = follows else { return Ok(false) };
        let Some(named) = links::named(follows, form).map(str::to_owned) else { return Ok(false) };
        let main = self.leading(tx, self.packs(), head.key.jurisdiction, &named, "main_case")?.head;
        // The other one goes along with this one already: nothing leads round in a circle.
        if main.key == head.key {
            return Err(CaseError::Field { field: "main_case", problem: FieldProblem::Unknown });
        }
        form.insert(follows.case.clone(), Value::from(main.number.as_str()));
        Ok(main.number != named)
    }
}

/// What the key has done already.
fn done(tx: &mut Tx<'_>, ask: &Ask) -> Result<Option<Acted>, CaseError> {
    let Some(mut row) = tx.first(&store::DONE, &args![ask.case.jurisdiction, &ask.key])? else { return Ok(None) };
    let (case, seq): (crate::ids::CaseId, u64) = (row.take()?, row.take()?);
    if case == ask.case.id { Ok(Some(Acted { seq, again: true })) } else { Err(CaseError::NotFound) }
}

/// Who may do what is asked, in the flow's words.
fn performers<'r>(rules: Rules<'r>, command: &Command) -> Option<&'r [Who]> {
    match command {
        Command::Act { step, act, .. } => rules.flow.step(step)?.act(act).map(|a| a.by.as_slice()),
        Command::Side { act, .. } => rules.flow.side(act).map(|a| a.by.as_slice()),
        Command::Cancel { act, .. } => rules.flow.cancel(act).map(|a| a.by.as_slice()),
        Command::Open { .. } | Command::Late { .. } => None,
    }
}

/// Whether the viewer is one of those who may do it. Unknown acts pass: the flow refuses them with a better word.
pub(super) fn may_command(
    rules: Rules<'_>,
    by: &Viewer,
    head: &Head,
    case: &Case,
    command: &Command,
) -> Result<(), CaseError> {
    let key = match command {
        Command::Act { key, .. } => key.as_str(),
        _ => "",
    };
    match performers(rules, command) {
        Some(whos) if !whos.iter().any(|who| by.is(who, key, head, case)) => Err(CaseError::NotYours(whos.to_vec())),
        _ => Ok(()),
    }
}

/// The form of what is asked, and what was filled in.
fn form_of<'a>(rules: Rules<'a>, command: &'a Command) -> (&'a [FormField], &'a BTreeMap<String, Value>) {
    static NONE: BTreeMap<String, Value> = BTreeMap::new();
    match command {
        Command::Act { step, act, form, .. } => {
            let act = rules.flow.step(step).and_then(|s| s.act(act));
            (act.map_or(&[], |a| a.form.as_slice()), form)
        }
        Command::Side { act, form } => (rules.flow.side(act).map_or(&[], |a| a.form.as_slice()), form),
        Command::Cancel { act, form } => (rules.flow.cancel(act).map_or(&[], |a| a.form.as_slice()), form),
        Command::Open { .. } | Command::Late { .. } => (&[], &NONE),
    }
}

/// A case that a form names must be there, and be another one.
fn check_named(tx: &mut Tx<'_>, rules: Rules<'_>, head: &Head, command: &Command) -> Result<(), CaseError> {
    let (fields, form) = form_of(rules, command);
    for field in fields.iter().filter(|f| rules.flow.fields().get(&f.name) == Some(&FieldKind::Case)) {
        let Some(number) = form.get(&field.name).and_then(Value::as_text) else { continue };
        let there = tx.first(&store::BY_NUMBER, &args![head.key.jurisdiction, number])?.is_some();
        if !there || number == head.number {
            return Err(CaseError::Field { field: "main_case", problem: FieldProblem::Unknown });
        }
    }
    Ok(())
}

/// The place that a form says the case lies in; nothing where it says none. It has to be one of its street.
pub(super) fn named_place(
    rules: Rules<'_>,
    directory: &Directory,
    head: &Head,
    command: &Command,
) -> Result<Option<PlaceCode>, CaseError> {
    let (_, form) = form_of(rules, command);
    let Some(text) = form.get(PLACE).and_then(Value::as_text) else { return Ok(None) };
    let code = text.parse::<PlaceCode>().ok().filter(|code| code.jurisdiction() == head.key.jurisdiction);
    let there = code.filter(|code| directory.place(code).is_some_and(|place| place.retired_at.is_none()));
    there.map(Some).ok_or(CaseError::Field { field: PLACE, problem: FieldProblem::Unknown })
}

/// Units that a form names must exist and serve the place; the lead must be one whom the duty list lets lead.
pub(super) fn check_units(
    rules: Rules<'_>,
    directory: &Directory,
    head: &Head,
    command: &Command,
) -> Result<(), CaseError> {
    let (fields, form) = form_of(rules, command);
    // Whoever sends it on may say in the same form that it is about something else.
    let category = form.get(CATEGORY).and_then(Value::as_text).unwrap_or(&head.category);
    let place = named_place(rules, directory, head, command)?;
    let place = place.as_ref().unwrap_or(&head.place);
    for field in fields {
        let ids: Vec<&str> = match form.get(&field.name) {
            Some(Value::Text(id)) if rules.flow.fields().get(&field.name) == Some(&FieldKind::Org) => vec![id],
            Some(Value::List(ids)) => ids.iter().map(String::as_str).collect(),
            _ => continue,
        };
        for id in ids {
            let fit = directory.may_lead(rules.pack, id, category, place);
            match fit {
                Err(crate::directory::LeadError::AssistsOnly(_) | crate::directory::LeadError::NotItsDuty(_))
                    if field.name != "unit" => {}
                Err(error) => return Err(CaseError::Lead(error)),
                Ok(_) => {}
            }
        }
    }
    Ok(())
}
