//! The SQL of cases.

use linli_flow::Event;
use linli_worktime::Millis;

use super::{AsFiled, CaseKey, Datum, Head, Phase};
use crate::{
    db::{DbError, Row, Tx, Value, args, statements},
    ids::Jurisdiction,
};

statements! {
    BY_ID = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1 AND c.id = $2";
    BY_NUMBER = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1 AND c.number = $2";
    TRACKED = "SELECT number FROM cases WHERE jurisdiction = $1 AND id = $2 AND tracking = $3";
    EVENTS = "SELECT body FROM event WHERE jurisdiction = $1 AND case_id = $2 ORDER BY seq";
    EVENT = "SELECT body FROM event WHERE jurisdiction = $1 AND case_id = $2 AND seq = $3";
    SENT = "SELECT case_id, digest FROM deed WHERE jurisdiction = $1 AND deed_key = $2";
    NOTE_SENT = "UPDATE deed SET digest = $3 WHERE jurisdiction = $1 AND deed_key = $2";
    DONE = "SELECT case_id, seq FROM deed WHERE jurisdiction = $1 AND deed_key = $2";
    ADD_DEED = "INSERT INTO deed (jurisdiction, deed_key, case_id, seq) VALUES ($1, $2, $3, $4)";
    ADD_CASE = "INSERT INTO cases ({case})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26, $27, $28, $29)";
    CHANGE_CASE = "UPDATE cases SET unit = $4, class = $5, phase = $6, outcome = $7, settled_at = $8, promised_at = $9,
        redo = $10, seq = $11, category = COALESCE(CAST($13 AS TEXT), category),
        filed_category = CASE WHEN category = COALESCE(CAST($13 AS TEXT), category) THEN filed_category ELSE COALESCE(filed_category, category) END,
        place = COALESCE(CAST($14 AS TEXT), place), filed_place = CASE WHEN CAST($14 AS TEXT) IS NULL THEN filed_place ELSE COALESCE(filed_place, place) END,
        lon = CASE WHEN CAST($14 AS TEXT) IS NULL THEN lon END, lat = CASE WHEN CAST($14 AS TEXT) IS NULL THEN lat END,
        datum = CASE WHEN CAST($14 AS TEXT) IS NULL THEN datum END,
        indexed = (indexed AND $12 AND NOT unit IS DISTINCT FROM $4 AND category = COALESCE(CAST($13 AS TEXT), category)
            AND CAST($14 AS TEXT) IS NULL) WHERE jurisdiction = $1 AND id = $2 AND seq = $3";
    ADD_EVENT = "INSERT INTO event (jurisdiction, case_id, seq, at, body, salt, promised_at, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ADD_STEP = "INSERT INTO open_step (jurisdiction, case_id, step, instance, owner, place, opened_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    MOVE_STEPS = "UPDATE open_step SET place = $3 WHERE jurisdiction = $1 AND case_id = $2";
    END_STEP = "DELETE FROM open_step WHERE jurisdiction = $1 AND case_id = $2 AND step = $3 AND instance = $4";
    ADD_UNIT = "INSERT INTO case_unit (jurisdiction, unit, opened_at, case_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    END_UNIT = "DELETE FROM case_unit WHERE jurisdiction = $1 AND unit = $2 AND opened_at = $3 AND case_id = $4";
    SET_TIMER = "INSERT INTO timer (jurisdiction, case_id, due_at, lease_until) VALUES ($1, $2, $3, 0)
        ON CONFLICT (jurisdiction, case_id) DO UPDATE SET due_at = excluded.due_at, lease_until = 0, lease_by = NULL";
    END_TIMER = "DELETE FROM timer WHERE jurisdiction = $1 AND case_id = $2";
    CLAIM_TIMERS = "WITH due (street, one) AS MATERIALIZED (SELECT jurisdiction, case_id FROM timer
        WHERE due_at <= $1 AND lease_until <= $1 ORDER BY due_at LIMIT $4 {skip_locked})
        UPDATE timer SET lease_until = $2, lease_by = $3 FROM due WHERE jurisdiction = street AND case_id = one
        RETURNING jurisdiction, case_id";
    TIMER = "SELECT due_at FROM timer WHERE jurisdiction = $1 AND case_id = $2";
    TAKE_NUMBERS = "INSERT INTO number_block (jurisdiction, day, next) VALUES ($1, $2, $3)
        ON CONFLICT (jurisdiction, day) DO UPDATE SET next = number_block.next + $3 RETURNING next";
    OPEN_STEPS = "SELECT step, instance, owner, opened_at, due_at FROM open_step WHERE jurisdiction = $1 AND case_id = $2
        ORDER BY step, instance";
    WARN = "INSERT INTO warning (jurisdiction, name, args, at) VALUES ($1, $2, $3, $4) ON CONFLICT (jurisdiction, name) DO NOTHING";
    WARNINGS = "SELECT name, args, at FROM warning WHERE jurisdiction = $1 ORDER BY name";
    END_WARNING = "DELETE FROM warning WHERE jurisdiction = $1 AND name = $2";
}

pub(crate) fn head(mut row: Row) -> Result<Head, DbError> {
    Ok(Head {
        key: CaseKey { jurisdiction: row.take()?, id: row.take()? },
        number: row.take()?,
        flow: row.take()?,
        pack: row.take()?,
        opened_at: row.take()?,
        reported_at: row.take()?,
        channel: row.take()?,
        kind: row.take()?,
        category: row.take()?,
        class: row.take()?,
        title: row.take()?,
        body: row.take()?,
        place: row.take()?,
        address: row.take()?,
        point: row.take::<Option<f64>>()?.zip(row.take()?),
        unit: row.take()?,
        phase: Phase::from_slug(&row.take::<String>()?)?,
        outcome: row.take()?,
        settled_at: row.take()?,
        promised_at: row.take()?,
        redo: row.take()?,
        seq: row.take()?,
        as_filed: AsFiled { category: row.take()?, place: row.take()? },
    })
}

/// The row of a new case, in the order of `ADD_CASE`.
pub(crate) fn row(head: &Head, datum: Option<Datum>, tracking: Option<[u8; 32]>) -> Vec<Value> {
    args![
        head.key.jurisdiction,
        head.key.id,
        &head.number,
        &head.flow,
        &head.pack,
        head.opened_at,
        head.reported_at,
        &head.channel,
        &head.kind,
        &head.category,
        &head.class,
        &head.title,
        &head.body,
        &head.place,
        &head.address,
        head.point.map(|(lon, _)| lon),
        head.point.map(|(_, lat)| lat),
        datum.map(Datum::slug),
        head.unit.clone(),
        tracking,
        head.phase.slug(),
        head.outcome.clone(),
        head.settled_at,
        head.promised_at,
        head.redo,
        head.seq,
        false,
        head.as_filed.category.clone(),
        head.as_filed.place.as_ref().map(ToString::to_string),
    ]
}

pub(crate) fn by_id(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<Head>, DbError> {
    tx.first(&BY_ID, &args![key.jurisdiction, key.id])?.map(head).transpose()
}

/// The row of the case with this number.
pub fn by_number(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, number: &str) -> Result<Option<Head>, DbError> {
    tx.first(&BY_NUMBER, &args![jurisdiction, number])?.map(head).transpose()
}

pub(crate) fn events(tx: &mut Tx<'_>, key: CaseKey) -> Result<Vec<Event>, DbError> {
    let rows = tx.query(&EVENTS, &args![key.jurisdiction, key.id])?;
    rows.into_iter().map(event).collect()
}

/// One event of a case.
pub(crate) fn one_event(tx: &mut Tx<'_>, key: CaseKey, seq: u64) -> Result<Option<Event>, DbError> {
    tx.first(&EVENT, &args![key.jurisdiction, key.id, seq])?.map(event).transpose()
}

pub(crate) fn event(mut row: Row) -> Result<Event, DbError> {
    let body: String = row.take()?;
    Event::from_json(&body).map_err(|e| DbError::Corrupt(format!("an event that does not read ({e})")))
}

/// A row of the inbox table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepRow {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub instance: String,
    /// Who owns it.
    pub owner: String,
    /// Since when it is open.
    pub opened_at: Millis,
    /// When it is due.
    pub due_at: Millis,
}

/// The rows of the open steps of a case; a test compares them with what the events imply.
pub fn open_steps(tx: &mut Tx<'_>, key: CaseKey) -> Result<Vec<StepRow>, DbError> {
    let rows = tx.query(&OPEN_STEPS, &args![key.jurisdiction, key.id])?;
    let step = |mut row: Row| {
        let (step, instance, owner) = (row.take()?, row.take()?, row.take()?);
        Ok(StepRow { step, instance, owner, opened_at: row.take()?, due_at: row.take()? })
    };
    rows.into_iter().map(step).collect()
}

/// The row of the next wake-up of a case; a test compares it with what the events imply.
pub fn wakes_at(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<Millis>, DbError> {
    tx.first(&TIMER, &args![key.jurisdiction, key.id])?.map(|mut row| row.take()).transpose()
}

/// Something that an administrator has to see to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What, as a text key.
    pub name: String,
    /// Its argument.
    pub args: String,
    /// Since when.
    pub at: Millis,
}

/// What an administrator has to see to.
pub fn warnings(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Vec<Warning>, DbError> {
    let rows = tx.query(&WARNINGS, &args![home])?;
    rows.into_iter().map(|mut row| Ok(Warning { name: row.take()?, args: row.take()?, at: row.take()? })).collect()
}

/// Notes something for the administrator once.
pub fn warn(tx: &mut Tx<'_>, home: Jurisdiction, name: &str, args: &str, at: Millis) -> Result<(), DbError> {
    tx.send(&WARN, args![home, name, args, at])
}

/// The administrator has seen to it.
pub fn end_warning(tx: &mut Tx<'_>, home: Jurisdiction, name: &str) -> Result<(), DbError> {
    tx.send(&END_WARNING, args![home, name])
}
