//! Notices: what people are told about a case. A notice is queued in the transaction of the act that causes it, so that
//! neither happens without the other. One for the screen is there at once; the others wait in the outbox until a plug
//! has delivered them: at least once, and the notice's id is the key by which a receiver knows a repeat.

mod choice;
mod send;
mod told;
mod webhook;

use std::{collections::BTreeMap, fmt, str::FromStr};

use linli_worktime::Millis;

pub(crate) use self::{
    choice::STATEMENTS as CHOICE_STATEMENTS,
    told::{STATEMENTS as TOLD_STATEMENTS, Tone, holders, tell, tell_of_answer},
};
pub use self::{
    choice::{Choice, Kind, Quiet, Way, choice, choose},
    send::{Counts, DeliveryError, Plug, Plugs, Relay, run_once},
    told::{Told, Whom, list, mark_answer_read, mark_read, unread},
    webhook::{HttpRelay, Webhook},
};
use crate::{
    db::{DbError, FromCell, Row, Tx, Value, args, statements},
    ids::{CaseId, Jurisdiction, Malformed, NoticeId, OrgId, PersonId, PlaceCode},
    limits,
};

/// The wait after the first failed delivery, milliseconds; it doubles with each further one.
const FIRST_WAIT_MS: i64 = 60_000;
/// No wait is longer, milliseconds.
const LONGEST_WAIT_MS: i64 = 6 * 3_600_000;
/// Characters kept of the reason of a failure.
const REASON_CHARS: usize = 500;

statements! {
    QUEUE = "INSERT INTO notice
             (jurisdiction, id, case_id, recipient, channel, template, args, at, state, tries, next_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)";
    SHOWN = "SELECT jurisdiction, id, case_id, recipient, channel, template, args, at FROM notice
             WHERE jurisdiction = $1 AND recipient = $2 AND id < $3 AND state = 'shown' ORDER BY id DESC LIMIT $4";
    // While a notice is claimed, `next_at` is the end of the lease: a process that dies gives it back by doing nothing.
    CLAIM = "WITH due (street, one) AS MATERIALIZED
               (SELECT jurisdiction, id FROM notice WHERE next_at <= $3 ORDER BY next_at LIMIT $4 {skip_locked})
             UPDATE notice SET lease_by = $1, next_at = $2, tries = tries + 1
             FROM due WHERE jurisdiction = street AND id = one
             RETURNING jurisdiction, id, case_id, recipient, channel, template, args, at, tries";
    // Whoever holds the lease now: what is delivered is delivered.
    SENT = "UPDATE notice SET state = 'sent', next_at = NULL, lease_by = NULL, error = NULL
            WHERE jurisdiction = $1 AND id = $2";
    // Only by the claim that failed: a later one may be under way, or have succeeded.
    FAILED = "UPDATE notice SET state = $5, next_at = $6, lease_by = NULL, error = $7
              WHERE jurisdiction = $1 AND id = $2 AND lease_by = $3 AND tries = $4 AND state = 'queued'";
    GIVEN_UP = "SELECT jurisdiction, id, case_id, recipient, channel, template, args, at, tries, error FROM notice
                WHERE jurisdiction = $1 AND id < $2 AND state = 'failed' ORDER BY id DESC LIMIT $3";
}

/// Something to tell somebody about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id, and the key by which a receiver knows a repeat.
    pub id: NoticeId,
    /// The case it is about.
    pub case: (Jurisdiction, CaseId),
    /// Whom it is for.
    pub recipient: Recipient,
    /// How it reaches them.
    pub channel: Channel,
    /// The text's key in the locale files.
    pub template: String,
    /// What goes into the text.
    pub args: BTreeMap<String, String>,
    /// When it was queued.
    pub at: Millis,
}

/// Whom a notice is for. The text form is `person:…`, `org:…`, `role:desk@990101001` or `case:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// A resident.
    Person(PersonId),
    /// Everybody at a unit.
    Org(OrgId),
    /// Whoever holds a role for a place.
    Role {
        /// The role's slug.
        role: String,
        /// The place.
        place: PlaceCode,
    },
    /// Whoever reported the case: callers without an account.
    Case(CaseId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Org(id) => write!(f, "org:{id}"),
            Self::Role { role, place } => write!(f, "role:{role}@{place}"),
            Self::Case(id) => write!(f, "case:{id}"),
        }
    }
}

impl FromStr for Recipient {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed =
            || Malformed { text: text.into(), what: "a recipient (person:…, org:…, role:…@place or case:…)" };
        let (kind, rest) = text.split_once(':').ok_or_else(malformed)?;
        match kind {
            "person" => rest.parse().map(Self::Person),
            "org" => rest.parse().map(Self::Org),
            "case" => rest.parse().map(Self::Case),
            "role" => {
                let (role, place) = rest.rsplit_once('@').ok_or_else(malformed)?;
                Ok(Self::Role { role: role.to_owned(), place: place.parse()? })
            }
            _ => Err(malformed()),
        }
    }
}

impl FromCell for Recipient {
    const NAME: &'static str = "a recipient";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

/// How a notice reaches its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// In the program's own pages; needs no delivery.
    Screen,
    /// A text message.
    Sms,
    /// Electronic mail.
    Mail,
    /// A call to another system.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Screen, Self::Sms, Self::Mail, Self::Webhook];

    /// Its word in data files and text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

impl FromStr for Channel {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let found = Self::ALL.into_iter().find(|c| c.slug() == text);
        found.ok_or_else(|| Malformed { text: text.into(), what: "a channel (screen, sms, mail or webhook)" })
    }
}

impl FromCell for Channel {
    const NAME: &'static str = "a channel";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

/// A notice that a process has claimed for delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The notice.
    pub notice: Notice,
    /// The process that claimed it.
    pub worker: [u8; 16],
    /// Claims so far, this one included.
    pub tries: u32,
}

/// A notice that was given up: for the administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// The notice.
    pub notice: Notice,
    /// Deliveries tried.
    pub tries: u32,
    /// Why the last one failed.
    pub reason: String,
}

/// What becomes of a notice whose delivery failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    Retry(Millis),
    /// It is given up and shown to the administrator.
    GivenUp,
}

/// Queues a notice in the transaction of the act that causes it; one for the screen is shown at once. Whether a channel
/// has a plug is for the caller to ask ([`Plugs::has`]): without one the notice ends among those given up.
///
/// # Errors
/// When the database refuses, or a notice with this id is there already.
pub fn queue(tx: &mut Tx<'_>, notice: &Notice) -> Result<(), DbError> {
    queue_at(tx, notice, notice.at)
}

/// Queues a notice that does not go out before a time.
fn queue_at(tx: &mut Tx<'_>, notice: &Notice, not_before: Millis) -> Result<(), DbError> {
    let (state, next_at) = match notice.channel {
        Channel::Screen => ("shown", None),
        Channel::Sms | Channel::Mail | Channel::Webhook => ("queued", Some(not_before)),
    };
    let row = args![
        notice.case.0,
        notice.id,
        notice.case.1,
        notice.recipient.to_string(),
        notice.channel.slug(),
        &notice.template,
        serde_json::json!(notice.args).to_string(),
        notice.at,
        state,
        next_at,
    ];
    tx.put(&QUEUE, row)
}

/// The screen notices for any of these recipients, newest first; the next page is asked for with the last one's id.
///
/// # Errors
/// When the database refuses.
pub fn for_recipients(
    tx: &mut Tx<'_>,
    jurisdiction: Jurisdiction,
    recipients: &[Recipient],
    before: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<Notice>, DbError> {
    let mut found = BTreeMap::new();
    for recipient in recipients {
        let page = args![jurisdiction, recipient.to_string(), end(before), rows(limit)];
        for mut row in tx.query(&SHOWN, &page)? {
            let notice = read(&mut row)?;
            found.insert(notice.id, notice);
        }
    }
    Ok(found.into_values().rev().take(limit).collect())
}

/// Claims up to `limit` notices that are due, of all jurisdictions, for [`limits::LEASE_MS`]. One that is neither
/// `sent` nor `failed` by then can be claimed again. `worker` is the process (`edge::new_id` at its start).
///
/// # Errors
/// When the database refuses.
pub fn claim(tx: &mut Tx<'_>, worker: [u8; 16], now: Millis, limit: usize) -> Result<Vec<Outgoing>, DbError> {
    let lease = args![Value::Id(worker), now.plus(limits::LEASE_MS), now, rows(limit)];
    let due = tx.query(&CLAIM, &lease)?;
    due.into_iter().map(|mut row| Ok(Outgoing { notice: read(&mut row)?, worker, tries: row.take()? })).collect()
}

/// Notes that a notice is delivered; one that was erased meanwhile stays erased.
///
/// # Errors
/// When the database refuses.
pub fn sent(tx: &mut Tx<'_>, outgoing: &Outgoing) -> Result<(), DbError> {
    tx.send(&SENT, args![outgoing.notice.case.0, outgoing.notice.id])
}

/// Notes that a delivery failed: it is tried again after [`backoff`], or given up when it was refused or tried
/// [`limits::NOTICE_TRIES`] times. Changes nothing when the notice has been claimed again or sent since.
///
/// # Errors
/// When the database refuses.
pub fn failed(tx: &mut Tx<'_>, outgoing: &Outgoing, why: &DeliveryError, now: Millis) -> Result<Next, DbError> {
    let next = match why {
        DeliveryError::Retry(_) if outgoing.tries < limits::NOTICE_TRIES => {
            Next::Retry(now.plus(backoff(outgoing.tries)))
        }
        DeliveryError::Retry(_) | DeliveryError::Refuse(_) => Next::GivenUp,
    };
    let (state, next_at) = match next {
        Next::Retry(at) => ("queued", Some(at)),
        Next::GivenUp => ("failed", None),
    };
    let reason: String = why.to_string().chars().take(REASON_CHARS).collect();
    let (jurisdiction, id) = (outgoing.notice.case.0, outgoing.notice.id);
    let row = args![jurisdiction, id, Value::Id(outgoing.worker), outgoing.tries, state, next_at, reason];
    tx.send(&FAILED, row)?;
    Ok(next)
}

/// The wait after the `tries`-th failed delivery, milliseconds: a minute, doubled each time, at most six hours.
pub fn backoff(tries: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(16);
    (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS)
}

/// The notices that were given up, newest first; the next page is asked for with the last one's id.
///
/// # Errors
/// When the database refuses.
pub fn failed_notices(
    tx: &mut Tx<'_>,
    jurisdiction: Jurisdiction,
    before: Option<NoticeId>,
    limit: usize,
) -> Result<Vec<Undelivered>, DbError> {
    let page = args![jurisdiction, end(before), rows(limit)];
    let found = tx.query(&GIVEN_UP, &page)?;
    let read = |mut row: Row| Ok(Undelivered { notice: read(&mut row)?, tries: row.take()?, reason: row.take()? });
    found.into_iter().map(read).collect()
}

/// The id that a page ends before.
fn end(before: Option<NoticeId>) -> NoticeId {
    before.unwrap_or(NoticeId([0xff; 16]))
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn read(row: &mut Row) -> Result<Notice, DbError> {
    let (jurisdiction, id) = (row.take()?, row.take()?);
    Ok(Notice {
        id,
        case: (jurisdiction, row.take()?),
        recipient: row.take()?,
        channel: row.take()?,
        template: row.take()?,
        args: serde_json::from_str(&row.take::<String>()?)
            .map_err(|e| DbError::Corrupt(format!("notice {id} with arguments that cannot be read: {e}")))?,
        at: row.take()?,
    })
}
