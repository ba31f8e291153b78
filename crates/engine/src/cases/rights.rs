//! The rights that people have in what is kept of them (PIPL arts 44-50): asking is a case of its own flow, with a clock;
//! seeing and taking it along need nobody's leave. What is granted is done here.

use linli_flow::{Command, Definition, Event, Form, Value, What};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Channel,
    act::Ask,
    erase,
    file::{Filed, Report},
    reveal::is_opening,
    store,
    write::Held,
};
use crate::{
    Engine,
    db::{DbError, Tx},
    ids::PersonId,
    pack::Pack,
    record::By,
    vault::{self, Caller, Secret},
    viewer::Viewer,
};

/// The flow of what people ask by right.
pub const FLOW: &str = "rights";
/// The category of it.
pub const CATEGORY: &str = "data";
/// The field that says which right, and the one that is asked in words.
pub const FIELDS: [&str; 2] = ["right", "message"];
/// The right to be erased, in the field.
const ERASE: &str = "erase";
/// The step in which somebody else confirms it, and the act that erases.
const CONFIRM: (&str, &str) = ("confirm", "erase");
/// What grants it; in the rules of before, which asked one person, it erased.
const GRANTED: (&str, &str) = ("decide", "granted");

/// That somebody looked at who a person is.
#[derive(Clone, Debug)]
pub struct Look {
    /// In which case.
    pub case: CaseKey,
    /// Its number.
    pub number: String,
    /// The event: who, when, and in its form why.
    pub event: Event,
}

impl Look {
    /// When.
    pub fn at(&self) -> Millis {
        self.event.at
    }

    /// The reason that was given.
    pub fn why(&self) -> &str {
        match &self.event.what {
            What::Side { form, .. } => form.get("why").and_then(Value::as_text).unwrap_or_default(),
            _ => "",
        }
    }
}

/// What is kept of a person beside their cases.
#[derive(Clone, Debug)]
pub struct Kept {
    /// How they want to be called; empty when they did not say.
    pub name: Secret<String>,
    /// Their phone.
    pub phone: Secret<String>,
    /// Their cases, and those that were brought for them, newest first.
    pub cases: Vec<CaseKey>,
    /// Who looked at who they are, newest first.
    pub looks: Vec<Look>,
}

/// The rights that a rule pack lets people ask for: code and title are choices of the field.
pub fn rights(pack: &Pack) -> &[crate::pack::Choice] {
    pack.field(FIELDS[0]).map_or(&[], |field| field.choices.as_slice())
}

impl Engine {
    /// Files what a person asks by right, for the street of their own newest case or the office's.
    ///
    /// # Errors
    /// [`CaseError`]; what the flow says of the form.
    pub async fn ask_by_right(
        &self,
        person: PersonId,
        right: &str,
        words: &str,
        key: &str,
    ) -> Result<Filed, CaseError> {
        let kept = self.kept_of(person).await?.ok_or(CaseError::NotFound)?;
        let street = kept.cases.first().map_or(self.home, |case| case.jurisdiction);
        let directory = self.directory();
        let place = directory.places().map(|p| &p.code).filter(|code| code.jurisdiction() == street);
        let place = place.min_by_key(|code| code.as_str().len()).ok_or(CaseError::NotFound)?.clone();
        let pack = self.packs().current();
        let choice = rights(pack).iter().find(|choice| choice.code == right);
        let choice = choice.ok_or(CaseError::Field { field: FIELDS[0], problem: super::FieldProblem::Unknown })?;
        let title = choice.title.zh.clone();
        let body = if words.trim().is_empty() { title.clone() } else { words.to_owned() };
        let caller = Caller { person: Some(person), name: kept.name, contact: kept.phone, confidential: false };
        let report = Report {
            key: key.to_owned(),
            channel: Channel::Web,
            kind: None,
            category: Some(CATEGORY.to_owned()),
            title,
            body,
            place,
            address: String::new(),
            point: None,
            caller,
            at: None,
            dispatch: false,
            joins: None,
        };
        self.file_right(report, person, right).await
    }

    async fn file_right(&self, report: Report, person: PersonId, right: &str) -> Result<Filed, CaseError> {
        let mut prepared = self.prepare(report)?;
        FLOW.clone_into(&mut prepared.head.flow);
        let (jurisdiction, now) = (prepared.head.key.jurisdiction, prepared.head.opened_at);
        let number = self.numbers.take(&self.db, jurisdiction, self.day(now)).await?;
        let (engine, key, right) = (self.clone(), prepared.report.key.clone(), right.to_owned());
        let out = self.db.write(move |tx: &mut Tx<'_>| {
            let filed = engine.file_in(tx, &prepared, &number)?;
            let form = Form::from([(FIELDS[0].to_owned(), Value::from(right.as_str()))]);
            let (step, act) = ("ask".to_owned(), "asked".to_owned());
            let command = Command::Act { step, key: String::new(), act, form, seen: None };
            let key = format!("{}:asked", prepared.report.key);
            engine.act_in(tx, &Ask { case: filed.key, command, by: Viewer::Person(person), key })?;
            Ok(filed)
        });
        match out.await {
            Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" })) => self.filed_before(jurisdiction, key).await,
            out => {
                self.feed.nudge();
                out
            }
        }
    }

    /// What is kept of a person; nothing when the vault has nobody like that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_of(&self, person: PersonId) -> Result<Option<Kept>, CaseError> {
        let (home, key) = (self.home, self.vault_key.clone());
        let read = move |tx: &mut Tx<'_>| {
            let Some(known) = vault::person(tx, &key, home, person)? else { return Ok(None) };
            let cases = vault::cases_of(tx, person, None, crate::limits::OWN_CASES)?;
            let cases: Vec<CaseKey> =
                cases.into_iter().map(|(jurisdiction, id)| CaseKey { jurisdiction, id }).collect();
            let mut looks = Vec::new();
            for case in &cases {
                let Some(head) = store::by_id(tx, *case)? else { continue };
                let opened = store::events(tx, *case)?.into_iter().filter(|event| is_opening(event.what.name()));
                looks.extend(opened.map(|event| Look { case: *case, number: head.number.clone(), event }));
            }
            looks.sort_by_key(|look| std::cmp::Reverse(look.at()));
            Ok::<_, CaseError>(Some(Kept { name: known.name, phone: known.phone, cases, looks }))
        };
        self.db.read(read).await
    }

    /// Changes how a person wants to be called; their cases keep the name that was given with each.
    ///
    /// # Errors
    /// [`CaseError::Field`] when it is too long, [`CaseError::NotFound`] when there is nobody.
    pub async fn rename(&self, person: PersonId, name: &str) -> Result<(), CaseError> {
        let name = super::file::clean(name).replace('\n', " ");
        if name.chars().count() > crate::limits::NAME_CHARS {
            let problem = super::FieldProblem::TooLong(crate::limits::NAME_CHARS);
            return Err(CaseError::Field { field: "name", problem });
        }
        let (home, key) = (self.home, self.vault_key.clone());
        let change = move |tx: &mut Tx<'_>| {
            let known = vault::person(tx, &key, home, person)?.ok_or(CaseError::NotFound)?;
            let name = Secret::new(name.clone());
            Ok(vault::rename(tx, &key, home, person, &name, &known.phone)?)
        };
        self.db.write(change).await
    }

    /// Whom an act erases, if it does that. Neither it nor what grants it before can be done while anything else of theirs
    /// is open.
    pub(super) fn erases(&self, tx: &mut Tx<'_>, ask: &Ask, held: &Held<'_>) -> Result<Option<PersonId>, CaseError> {
        let flow = held.rules.flow;
        let Command::Act { step, act, .. } = &ask.command else { return Ok(None) };
        let way = (step.as_str(), act.as_str());
        let asked = flow.id() == FLOW && held.case.field(FIELDS[0]).as_text() == Some(ERASE);
        if !asked || (way != GRANTED && way != CONFIRM) {
            return Ok(None);
        }
        let CaseKey { jurisdiction, id } = ask.case;
        let person = vault::caller_person(tx, jurisdiction, id)?.ok_or(CaseError::NotFound)?;
        let (_, open) = erase::brought(tx, person)?;
        let open: Vec<_> = open.into_iter().filter(|head| head.key != ask.case).map(|head| head.number).collect();
        if open.is_empty() { Ok((way == erases(flow)).then_some(person)) } else { Err(CaseError::StillOpen(open)) }
    }

    /// Erases whom an act erases.
    pub(super) fn grant(
        &self,
        tx: &mut Tx<'_>,
        ask: &Ask,
        held: &Held<'_>,
        whom: Option<PersonId>,
    ) -> Result<(), CaseError> {
        let (Some(person), Viewer::Staff(seat)) = (whom, &ask.by) else { return Ok(()) };
        let (step, act) = erases(held.rules.flow);
        let rule = held.rules.flow.step(step).and_then(|step| step.act(act)?.rule.clone()).unwrap_or_default();
        let by = By::seat(tx, self.home, seat)?;
        self.erase_in(tx, person, &rule, &by).map(drop)
    }
}

/// The step and the act of it that erase.
fn erases(flow: &Definition) -> (&'static str, &'static str) {
    if flow.step(CONFIRM.0).is_some() { CONFIRM } else { GRANTED }
}
