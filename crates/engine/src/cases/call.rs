//! Calls at the desk: a report that is filed and, in the same transaction, answered, handed over or put off; the earlier
//! matters of whoever calls; calling back; and how long calls take, for the averages of a desk.

use linli_flow::{Case, Command, Form, Value};
use linli_worktime::Millis;

use super::{
    CaseError, CaseKey, Head,
    act::Ask,
    file::{Filed, Report},
    reveal::RELAYED,
    store,
};
use crate::{
    Engine,
    db::{DbError, Tx, args, statements},
    edge,
    ids::{CaseId, OrgId},
    seats::Seat,
    vault::{self, Phone, PhoneKey, Secret},
    viewer::Viewer,
    words::words,
};

/// The flow of a call that is put off.
pub const CALLBACK: &str = "callback";
/// The step of it in which the call is due.
pub const CALL_STEP: &str = "call";

/// Earlier matters of a caller that are looked through; the newest.
const LOOKED: usize = 30;

words! {
    /// What became of a call.
    Became, "what became of a call":
    /// A case that goes on.
    Filed = "filed",
    /// A case that was answered at once.
    Answered = "answered",
    /// A case that was handed to an emergency line.
    Emergency = "emergency",
    /// A case that goes along with one that is open.
    Joined = "joined",
    /// A call at a later time.
    Later = "later",
    /// An earlier case that was asked about.
    Asked = "asked",
    /// Nobody spoke.
    Silent = "silent",
    /// The caller was abusive.
    Abusive = "abusive",
}

/// What is done with a report in the transaction in which it is filed.
#[derive(Clone, Debug)]
pub struct Then {
    /// The step that is open then.
    pub step: &'static str,
    /// The act.
    pub act: &'static str,
    /// What is filled in.
    pub form: Form,
}

/// A call that is over.
#[derive(Clone, Debug)]
pub struct Call {
    /// What was said.
    pub report: Report,
    /// Whether it is only put off: the case is then one of the flow [`CALLBACK`].
    pub later: bool,
    /// The class, where the seat chose another than the category's.
    pub class: Option<String>,
    /// What is done with it at once.
    pub then: Option<Then>,
    /// The call that was put off and is gone on with.
    pub continues: Option<CaseKey>,
    /// What became of it.
    pub became: Became,
    /// From the first look at the form to its end.
    pub took_ms: i64,
}

/// The calls of a desk on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallDay {
    /// How many.
    pub calls: u64,
    /// How long one took, on average.
    pub average_ms: i64,
}

statements! {
    ADD_CALL = "INSERT INTO call_record (jurisdiction, id, org, day, became, took_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    // The index call_record_day: the calls of one desk on one day.
    CALL_DAY = "SELECT count(*), CAST(coalesce(sum(took_ms), 0) AS @INT) FROM call_record
        WHERE jurisdiction = $1 AND org = $2 AND day = $3";
}

/// No call takes longer, for the averages: a form that was left open is no call.
const LONGEST_MS: i64 = 3_600_000;

impl Engine {
    /// Files what a caller said, and does with it at once what is to be done. All or nothing; the same key again files
    /// nothing and answers as before.
    ///
    /// # Errors
    /// [`CaseError`]; nothing is written then.
    pub async fn file_call(&self, call: Call, seat: &Seat) -> Result<Filed, CaseError> {
        let mut prepared = self.prepare(call.report.clone())?;
        if let Some(class) = &call.class {
            prepared.head.class.clone_from(class);
        }
        if call.later {
            CALLBACK.clone_into(&mut prepared.head.flow);
        }
        // What is answered or put off goes to nobody by the duty list.
        prepared.report.dispatch &= call.then.is_none();
        let (jurisdiction, now) = (prepared.head.key.jurisdiction, prepared.head.opened_at);
        let number = self.numbers.take(&self.db, jurisdiction, self.day(now)).await?;
        let (engine, key, seat) = (self.clone(), call.report.key.clone(), seat.clone());
        let out = self.db.write(move |tx: &mut Tx<'_>| {
            let mut prepared = prepared.clone();
            if let Some(from) = call.continues {
                engine.take_over(tx, &mut prepared.report, from)?;
            }
            let filed = engine.file_in(tx, &prepared, &number)?;
            if let Some(then) = call.then.clone() {
                engine.act_at_once(tx, filed.key, then, &seat, &format!("{}:then", prepared.report.key))?;
            }
            if let Some(from) = call.continues.filter(|_| !call.later) {
                let form = Form::from([("became".to_owned(), Value::from(filed.number.as_str()))]);
                let then = Then { step: CALL_STEP, act: "filed", form };
                engine.act_at_once(tx, from, then, &seat, &format!("{}:from", prepared.report.key))?;
            }
            engine.record(tx, &seat.org, call.became, call.took_ms, now)?;
            Ok(filed)
        });
        match out.await {
            Err(CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" })) => self.filed_before(jurisdiction, key).await,
            out => out,
        }
    }

    /// Whoever was to be called back is who brings the new case, unless another number was given.
    fn take_over(&self, tx: &mut Tx<'_>, report: &mut Report, from: CaseKey) -> Result<(), CaseError> {
        let known = vault::caller(tx, &self.vault_key, from.jurisdiction, from.id)?;
        if let Some(known) = known.filter(|_| report.caller.contact.reveal().is_empty()) {
            let name = std::mem::replace(&mut report.caller.name, Secret::new(String::new()));
            let confidential = report.caller.confidential || known.confidential;
            let name = if name.reveal().is_empty() { known.name } else { name };
            report.caller = vault::Caller { name, confidential, ..known };
        }
        Ok(())
    }

    fn act_at_once(&self, tx: &mut Tx<'_>, case: CaseKey, then: Then, seat: &Seat, key: &str) -> Result<(), CaseError> {
        let command = Command::Act {
            step: then.step.into(),
            key: String::new(),
            act: then.act.into(),
            form: then.form,
            seen: None,
        };
        let ask = Ask { case, command, by: Viewer::Staff(seat.clone()), key: key.to_owned() };
        self.act_in(tx, &ask).map(|_| ())
    }

    /// Notes a call of which no case came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_call(&self, seat: &Seat, became: Became, took_ms: i64) -> Result<(), DbError> {
        let (engine, org, now) = (self.clone(), seat.org.clone(), self.clock.now());
        self.db.write(move |tx: &mut Tx<'_>| engine.record(tx, &org, became, took_ms, now)).await
    }

    fn record(&self, tx: &mut Tx<'_>, org: &OrgId, became: Became, took: i64, now: Millis) -> Result<(), DbError> {
        let id = CaseId(edge::new_id());
        tx.put(&ADD_CALL, args![self.home, id, org, self.day(now), became.as_str(), took.clamp(0, LONGEST_MS)])
    }

    /// The calls that a seat's desk has taken today. It is about the desk, never about a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calls_today(&self, seat: &Seat) -> Result<CallDay, DbError> {
        let (home, org, day) = (self.home, seat.org.clone(), self.day(self.clock.now()));
        let row = self.db.read(move |tx: &mut Tx<'_>| tx.first(&CALL_DAY, &args![home, &org, day]));
        let Some(mut row) = row.await? else { return Ok(CallDay::default()) };
        let (calls, sum): (u64, i64) = (row.take()?, row.take()?);
        let average_ms = i64::try_from(calls).ok().filter(|n| *n > 0).map_or(0, |n| sum / n);
        Ok(CallDay { calls, average_ms })
    }

    /// The earlier matters of whoever has this telephone, the open ones first, newest first. The index
    /// `vault_caller_person` serves it; what the seat may see of them is for the page to ask.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_caller(&self, phone: &Phone) -> Result<Vec<Head>, CaseError> {
        let key = PhoneKey::of(&self.vault_key, phone);
        let home = self.home;
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let Some(person) = vault::person_by_phone(tx, home, &key)? else { return Ok(Vec::new()) };
                let mut heads = Vec::new();
                for (jurisdiction, id) in vault::cases_of(tx, person, None, LOOKED)? {
                    // A number leads to nothing that was said in confidence: who wrote that is opened for a reason only.
                    if vault::public::is_confidential(tx, jurisdiction, id)? {
                        continue;
                    }
                    heads.extend(store::by_id(tx, CaseKey { jurisdiction, id })?);
                }
                heads.sort_by_key(|head| (head.phase != super::Phase::Open, std::cmp::Reverse(head.opened_at)));
                Ok(heads)
            })
            .await
    }

    /// Calls back whoever is to be called: through the relay where there is one, so that nobody sees the number; otherwise
    /// the number leaves the vault for this seat, and that stands in the case, where the resident reads it too.
    ///
    /// # Errors
    /// When the case is no call that is due, or the relay does not answer.
    pub async fn dial(&self, case: CaseKey, seat: &Seat, key: &str) -> Result<Dialled, CaseError> {
        let act = if self.plugs.relay().is_some() { RELAYED } else { "dialled" };
        let command = Command::Side { act: act.into(), form: Form::new() };
        let ask = Ask { case, command, by: Viewer::Staff(seat.clone()), key: key.to_owned() };
        let engine = self.clone();
        let number = self
            .write_event(move |tx: &mut Tx<'_>| {
                engine.act_in(tx, &ask)?;
                vault::contact_for_call(tx, &engine.vault_key, case.jurisdiction, case.id).map_err(CaseError::from)
            })
            .await?;
        self.connect(case, seat, number).await
    }

    /// Calls whoever brought a case through the relay: the number leaves the vault for the exchange alone, and that stands
    /// in the case. It is for those who might see the number for a reason, so that they need not.
    ///
    /// # Errors
    /// [`CaseError::NotYours`] where this seat might not, or there is no relay.
    pub async fn ring(&self, case: CaseKey, seat: &Seat, key: &str) -> Result<Dialled, CaseError> {
        if self.plugs.relay().is_none() {
            return Err(CaseError::NotYours(Vec::new()));
        }
        let (engine, by, key) = (self.clone(), Viewer::Staff(seat.clone()), key.to_owned());
        let number = self.write_event(move |tx: &mut Tx<'_>| {
            let head = store::by_id(tx, case)?.ok_or(CaseError::NotFound)?;
            let now = Case::replay(&store::events(tx, case)?);
            if engine.may_reveal(tx, &by, engine.packs().rules(&head)?, &head, &now)?.is_none() {
                return Err(CaseError::NotYours(Vec::new()));
            }
            let command = Command::Side { act: RELAYED.to_owned(), form: Form::new() };
            engine.act_in(tx, &Ask { case, command, by: by.clone(), key: key.clone() })?;
            Ok(vault::contact_for_call(tx, &engine.vault_key, case.jurisdiction, case.id)?)
        });
        self.connect(case, seat, number.await?).await
    }

    async fn connect(&self, case: CaseKey, seat: &Seat, number: Option<Secret<String>>) -> Result<Dialled, CaseError> {
        let Some(number) = number else { return Ok(Dialled::Nobody) };
        let Some(relay) = self.plugs.relay() else { return Ok(Dialled::Seen(number)) };
        let from = seat.id.to_string();
        let done = tokio::task::spawn_blocking(move || relay.connect(&from, case, &number)).await;
        Ok(if matches!(done, Ok(Ok(()))) { Dialled::Relayed } else { Dialled::Failed })
    }
}

/// What came of calling back.
#[derive(Clone, Debug)]
pub enum Dialled {
    /// The relay rings the seat and connects it.
    Relayed,
    /// The relay could not.
    Failed,
    /// There is no relay: this is the number, and that it was seen is written down.
    Seen(Secret<String>),
    /// No number was left.
    Nobody,
}
