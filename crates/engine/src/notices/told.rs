//! Screens: what each member of staff and each resident is told by themselves, as they chose. An act tells a unit or a
//! role in its own transaction; a moment later one round tells each member, in one transaction that also takes the
//! telling away: exactly once. Each list is one range of one index.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::atomic::Ordering,
};

use linli_worktime::Millis;

use super::{
    Channel, Notice, Recipient,
    choice::{Choice, Kind, arrivals_wanted, choice},
    queue, queue_at,
};
use crate::{
    Engine,
    cases::CaseKey,
    db::{DbError, Filter, Row, Tx, Value, args, statements},
    ids::{AccountId, CaseId, Jurisdiction, NoticeId, PersonId, PlaceCode},
    limits,
    seats::Role,
    vault,
};

statements! {
    TELL = "INSERT INTO telling (jurisdiction, id, case_id, via, place, template, urgent, at, about)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ANY_TELLING = "SELECT 1 FROM telling LIMIT 1";
    TELLINGS = "SELECT jurisdiction, id, case_id, via, place, template, urgent, at, about FROM telling
        ORDER BY jurisdiction, id LIMIT $1 {skip_locked}";
    TELLING_DONE = "DELETE FROM telling WHERE jurisdiction = $1 AND id = $2";
    // Who sits on a seat now; served by seat_role_org.
    HOLDERS = "SELECT account, place FROM seat WHERE jurisdiction = $1 AND role = $2
        AND from_at <= $3 AND (until_at IS NULL OR until_at > $3)";
    HANDLERS = "SELECT account, place FROM seat WHERE jurisdiction = $1 AND role = $2 AND org = $4
        AND from_at <= $3 AND (until_at IS NULL OR until_at > $3)";
    PUT = "INSERT INTO told (jurisdiction, whom, show_at, id, street, case_id, via, template, urgent, daily, at, about)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    READ_ALL = "UPDATE told SET read_at = $3 WHERE jurisdiction = $1 AND whom = $2 AND show_at <= $3 AND read_at IS NULL";
    READ_ABOUT = "UPDATE told SET read_at = $3 WHERE jurisdiction = $1 AND whom = $2 AND show_at <= $3 AND read_at IS NULL
        AND street = $4 AND case_id = $5 AND about = $6";
    // The heads of lists; filters are added to them. The first walks the primary key backwards, the second told_unread.
    LIST = "SELECT t.id, t.street, t.case_id, coalesce(c.number, ''), coalesce(c.title, ''), t.template, t.urgent, t.daily,
        t.at, t.show_at, t.read_at, t.about FROM told t LEFT JOIN cases c ON c.jurisdiction = t.street AND c.id = t.case_id
        WHERE t.jurisdiction = $1 AND t.whom = $2 AND t.show_at <= $3";
    UNREAD = "SELECT 1 FROM told t WHERE t.jurisdiction = $1 AND t.whom = $2 AND t.show_at <= $3 AND t.read_at IS NULL";
}

/// The case of a notice that is about none.
const NO_CASE: CaseId = CaseId([0; 16]);

/// Whose screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// A member of staff's.
    Account(AccountId),
    /// A resident's.
    Person(PersonId),
}

impl From<Whom> for Value {
    fn from(whom: Whom) -> Self {
        match whom {
            Whom::Account(id) => Self::from(id),
            Whom::Person(id) => Self::from(id),
        }
    }
}

/// Something that somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub id: NoticeId,
    /// The case.
    pub case: CaseKey,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The text's key.
    pub template: String,
    /// Whether the case is urgent.
    pub urgent: bool,
    /// Whether it came with the day's others.
    pub daily: bool,
    /// When it happened.
    pub at: Millis,
    /// Since when it is shown.
    pub show_at: Millis,
    /// When it was read.
    pub read_at: Option<Millis>,
    /// The answer at hand that it is about instead of a case.
    pub answer: Option<String>,
}

/// What goes with a notice to whoever it concerns.
pub(crate) struct Tone<'t> {
    /// The deployment's home.
    pub home: Jurisdiction,
    /// Where the case is.
    pub place: &'t PlaceCode,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Ways out of the house to residents that have a plug.
    pub out: &'t [Channel],
    /// The wall clock that quiet hours go by.
    pub calendar: &'t linli_worktime::Calendar,
    /// Who brought the case, where the vault need not be asked.
    pub caller: Option<Option<PersonId>>,
}

/// Tells a unit, a role, or whoever reported the case, in the transaction of the act.
pub(crate) fn tell(tx: &mut Tx<'_>, notice: &Notice, tone: &Tone<'_>) -> Result<(), DbError> {
    let (street, case) = notice.case;
    match &notice.recipient {
        Recipient::Org(_) | Recipient::Role { .. } => {
            let via = notice.recipient.to_string();
            let row = args![street, notice.id, case, via, tone.place, &notice.template, tone.urgent, notice.at, ""];
            tx.put(&TELL, row)
        }
        Recipient::Case(_) | Recipient::Person(_) => {
            queue(tx, notice)?;
            tell_resident(tx, notice, tone)
        }
    }
}

/// Tells a unit or a role of an answer at hand.
pub(crate) fn tell_of_answer(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    via: &Recipient,
    place: &PlaceCode,
    (template, answer): (&str, &str),
    now: Millis,
) -> Result<(), DbError> {
    tx.put(&TELL, args![home, NoticeId::new(), NO_CASE, via.to_string(), place, template, false, now, answer])
}

/// Puts a notice on the resident's own list, and sends it where they want it and the office can.
fn tell_resident(tx: &mut Tx<'_>, notice: &Notice, tone: &Tone<'_>) -> Result<(), DbError> {
    let (street, case) = notice.case;
    let people = match notice.recipient {
        Recipient::Person(person) => vec![person],
        _ => match tone.caller {
            Some(known) => known.into_iter().collect(),
            None => vault::behalf::to_tell(tx, street, case)?,
        },
    };
    for person in &people {
        let via = notice.recipient.to_string();
        let row = args![
            tone.home,
            *person,
            notice.at,
            notice.id,
            street,
            case,
            via,
            &notice.template,
            tone.urgent,
            false,
            notice.at,
            ""
        ];
        tx.put(&PUT, row)?;
    }
    if tone.out.is_empty() {
        return Ok(());
    }
    // What leaves the house goes as the first of them wants it; the plug knows everybody who is to be reached.
    let wants = match people.first() {
        Some(person) => choice(tx, tone.home, Whom::Person(*person))?,
        None => Choice::default(),
    };
    for channel in tone.out {
        if let Some(at) = wants.send_at(*channel, tone.urgent, tone.calendar, notice.at) {
            queue_at(tx, &Notice { id: NoticeId::new(), channel: *channel, ..notice.clone() }, at)?;
        }
    }
    Ok(())
}

/// A telling on its way to the members of a unit or a role.
struct Telling {
    street: Jurisdiction,
    id: NoticeId,
    case: CaseId,
    via: Recipient,
    place: PlaceCode,
    template: String,
    urgent: bool,
    at: Millis,
    about: String,
}

fn telling(mut row: Row) -> Result<Telling, DbError> {
    let (street, id, case) = (row.take()?, row.take()?, row.take()?);
    let (via, place, template) = (row.take()?, row.take()?, row.take()?);
    let (urgent, at, about) = (row.take()?, row.take()?, row.take()?);
    Ok(Telling { street, id, case, via, place, template, urgent, at, about })
}

impl Engine {
    /// One round: tells each member of the units and roles that were told something. How many tellings it took.
    ///
    /// # Errors
    /// When the database fails; nobody is told twice then.
    pub async fn tell_members(&self) -> Result<usize, DbError> {
        let home = self.home;
        let look = move |tx: &mut Tx<'_>| {
            Ok::<_, DbError>((tx.first(&ANY_TELLING, &[])?.is_some(), arrivals_wanted(tx, home)?))
        };
        let (any, arrivals) = self.db.read(look).await?;
        self.arrivals.store(arrivals, Ordering::Relaxed);
        if !any {
            return Ok(0);
        }
        let engine = self.clone();
        self.db.write(move |tx: &mut Tx<'_>| engine.tell_members_in(tx)).await
    }

    fn tell_members_in(&self, tx: &mut Tx<'_>) -> Result<usize, DbError> {
        let (home, now, packs) = (self.home, self.clock.now(), self.packs());
        let calendar = &packs.current().calendar;
        let batch = i64::try_from(limits::TELL_BATCH).unwrap_or(i64::MAX);
        let tellings: Vec<Telling> =
            tx.query(&TELLINGS, &args![batch])?.into_iter().map(telling).collect::<Result<_, _>>()?;
        let mut choices: HashMap<AccountId, Choice> = HashMap::new();
        let mut members: HashMap<Recipient, Vec<(AccountId, PlaceCode)>> = HashMap::new();
        for one in &tellings {
            if !members.contains_key(&one.via) {
                members.insert(one.via.clone(), holders(tx, home, &one.via, now)?);
            }
            // A unit's members are told of its cases wherever they are; a role is told of those in its place.
            let reaches = |place: &PlaceCode| matches!(one.via, Recipient::Org(_)) || place.covers(&one.place);
            let holders = members[&one.via].iter().filter(|(_, place)| reaches(place));
            let mut told: Vec<AccountId> = holders.map(|(account, _)| *account).collect();
            told.sort_unstable();
            told.dedup();
            for account in told {
                let chosen = match choices.entry(account) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(choice(tx, home, Whom::Account(account))?),
                };
                // From now on and not from when it happened: a round that comes late does not break the quiet.
                let shown = chosen.show_at(Kind::of(&one.template), one.urgent, calendar, now.max(one.at));
                let Some((show_at, daily)) = shown else { continue };
                let via = one.via.to_string();
                let (id, street, case, template) = (one.id, one.street, one.case, &one.template);
                let (urgent, at, about) = (one.urgent, one.at, &one.about);
                let row = args![home, account, show_at, id, street, case, via, template, urgent, daily, at, about];
                tx.put(&PUT, row)?;
            }
            tx.put(&TELLING_DONE, args![one.street, one.id])?;
        }
        Ok(tellings.len())
    }
}

/// Who is told what a unit or a role is told, with the place of their seat.
pub(crate) fn holders(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    via: &Recipient,
    now: Millis,
) -> Result<Vec<(AccountId, PlaceCode)>, DbError> {
    let rows = match via {
        Recipient::Org(org) => tx.query(&HANDLERS, &args![home, Role::Handler.as_str(), now, org])?,
        Recipient::Role { role, .. } => tx.query(&HOLDERS, &args![home, role, now])?,
        Recipient::Case(_) | Recipient::Person(_) => Vec::new(),
    };
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// As whom somebody may still see what they were told; everything for a resident.
fn as_whom(filter: &mut Filter, via: Option<&[Recipient]>) {
    if let Some(via) = via {
        let marks = vec!["$$"; via.len().max(1)].join(", ");
        let mut args: Vec<Value> = via.iter().map(|r| Value::from(r.to_string())).collect();
        args.resize(via.len().max(1), Value::Text(String::new()));
        filter.and(&format!("t.via IN ({marks})"), args);
    }
}

/// What somebody was told, newest first, of what they are told as one of `via`; the next page begins before the last
/// one's `show_at` and id.
///
/// # Errors
/// When the database refuses.
pub fn list(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    whom: Whom,
    via: Option<&[Recipient]>,
    now: Millis,
    before: Option<(Millis, NoticeId)>,
) -> Result<Vec<Told>, DbError> {
    let mut filter = Filter::of(&LIST, args![home, whom, now]);
    as_whom(&mut filter, via);
    if let Some((show_at, id)) = before {
        filter.and("(t.show_at, t.id) < ($$, $$)", args![show_at, id]);
    }
    filter.tail("ORDER BY t.show_at DESC, t.id DESC", limits::PAGE);
    tx.list(&filter)?.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<Told, DbError> {
    let id = row.take()?;
    let case = CaseKey { jurisdiction: row.take()?, id: row.take()? };
    let (number, title, template) = (row.take()?, row.take()?, row.take()?);
    let (urgent, daily) = (row.take()?, row.take()?);
    let (at, show_at, read_at) = (row.take()?, row.take()?, row.take()?);
    let answer = Some(row.take::<String>()?).filter(|about| !about.is_empty());
    Ok(Told { id, case, number, title, template, urgent, daily, at, show_at, read_at, answer })
}

/// How much somebody has not read; counted up to [`limits::UNREAD`].
///
/// # Errors
/// When the database refuses.
pub fn unread(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    whom: Whom,
    via: Option<&[Recipient]>,
    now: Millis,
) -> Result<usize, DbError> {
    let mut filter = Filter::of(&UNREAD, args![home, whom, now]);
    as_whom(&mut filter, via);
    filter.tail("", limits::UNREAD);
    Ok(tx.list(&filter)?.len())
}

/// Marks as read what somebody was told: of one case, or everything.
///
/// # Errors
/// When the database refuses.
pub fn mark_read(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    whom: Whom,
    case: Option<CaseKey>,
    now: Millis,
) -> Result<(), DbError> {
    match case {
        Some(case) => tx.send(&READ_ABOUT, args![home, whom, now, case.jurisdiction, case.id, ""]),
        None => tx.send(&READ_ALL, args![home, whom, now]),
    }
}

/// Marks as read what somebody was told of an answer at hand.
///
/// # Errors
/// When the database refuses.
pub fn mark_answer_read(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    whom: Whom,
    answer: &str,
    now: Millis,
) -> Result<(), DbError> {
    tx.send(&READ_ABOUT, args![home, whom, now, home, NO_CASE, answer])
}
