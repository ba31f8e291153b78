//! What the program learns from: cases whose category somebody at the desk said or let stand, and records of other systems
//! that came with theirs.

use linli_flow::{Event, What};
use linli_worktime::Millis;

use crate::{
    cases::{CATEGORY, CaseKey},
    db::{DbError, Row, Tx, args, statements},
    ids::Jurisdiction,
    limits,
};

statements! {
    NOTE = "INSERT INTO lesson (jurisdiction, case_id, at) VALUES ($1, $2, $3) ON CONFLICT (jurisdiction, case_id) DO NOTHING";
    FORGET = "DELETE FROM lesson WHERE jurisdiction = $1 AND case_id = $2";
    LESSONS = "SELECT l.at, l.case_id, c.category, c.unit, c.title, c.body
        FROM lesson l {{CROSS JOIN||JOIN}} cases c ON c.jurisdiction = l.jurisdiction AND c.id = l.case_id
        WHERE l.jurisdiction = $1 ORDER BY l.at DESC, l.case_id DESC LIMIT $2";
    LAST = "SELECT max(at) FROM lesson WHERE jurisdiction = $1";
}

/// A letter with what people made of it.
pub(super) struct Lesson {
    pub at: Millis,
    pub case: [u8; 16],
    pub category: String,
    /// The unit that leads it now, after all returns and rulings.
    pub unit: Option<String>,
    pub title: String,
    pub body: String,
}

/// Whether an event says what a case is about: an act of the desk whose form names a category.
pub(crate) fn teaches(event: &Event) -> bool {
    let form = match &event.what {
        What::Acted { form, .. } | What::Cancelled { form, .. } | What::Side { form, .. } => form,
        What::Opened { .. } | What::Late { .. } => return false,
    };
    ["seat", "cover"].contains(&event.by.kind.as_str()) && form.contains_key(CATEGORY)
}

/// Notes that people have said what a case is about.
pub(crate) fn note(tx: &mut Tx<'_>, case: CaseKey, at: Millis) -> Result<(), DbError> {
    tx.send(&NOTE, args![case.jurisdiction, case.id, at])
}

/// A case is no lesson any more: its words were erased.
pub(crate) fn forget(tx: &mut Tx<'_>, case: CaseKey) -> Result<(), DbError> {
    tx.send(&FORGET, args![case.jurisdiction, case.id])
}

/// When the last lesson came.
pub(super) fn last(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<Millis>, DbError> {
    tx.first(&LAST, &args![street])?.map_or(Ok(None), |mut row| row.take())
}

/// The newest lessons of these streets, in the order in which they came.
pub(super) fn all(tx: &mut Tx<'_>, streets: &[Jurisdiction]) -> Result<Vec<Lesson>, DbError> {
    let mut all = Vec::new();
    for street in streets {
        let rows = tx.query(&LESSONS, &args![*street, i64::try_from(limits::LESSONS).unwrap_or(i64::MAX)])?;
        for row in rows {
            all.push(lesson(row)?);
        }
    }
    all.sort_by_key(|lesson| (lesson.at, lesson.case));
    all.drain(..all.len().saturating_sub(limits::LESSONS));
    Ok(all)
}

fn lesson(mut row: Row) -> Result<Lesson, DbError> {
    Ok(Lesson {
        at: row.take()?,
        case: row.take()?,
        category: row.take()?,
        unit: row.take()?,
        title: row.take()?,
        body: row.take()?,
    })
}
