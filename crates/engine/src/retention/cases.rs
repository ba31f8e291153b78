//! What is let go of a closed case: who brought it and for whom, their words as they were written, what they sent along. The
//! case itself stays. And the people of whom nothing is left then.

use linli_worktime::Millis;
use serde_json::json;

use super::{Gone, Sort};
use crate::{
    attachments::{self, Digest},
    cases::{CaseKey, erase},
    db::{DbError, Sql, Tx, args, statements},
    ids::{CaseId, Jurisdiction},
    record::{self, Act, By, Deed, What},
    vault::{self, forget},
};

/// Cases that are gone through in one transaction.
const BATCH: i64 = 100;

statements! {
    // Index `cases_to_let_go`: all that is settled and of which something is left, the longest first.
    DUE = "SELECT id, number FROM cases WHERE jurisdiction = $1 AND settled_at IS NOT NULL AND let_go < 7 AND settled_at <= $2
        AND phase = 'ended' AND (let_go / $3) % 2 = 0 ORDER BY settled_at LIMIT $4";
    LET_GO = "UPDATE cases SET let_go = let_go + $3 WHERE jurisdiction = $1 AND id = $2";
    COUNT_FILES = "SELECT count(*) FROM cases c JOIN attachment a ON a.jurisdiction = c.jurisdiction AND a.case_id = c.id
        WHERE c.jurisdiction = $1 AND c.settled_at IS NOT NULL AND c.let_go < 7 AND c.settled_at <= $2 AND c.phase = 'ended'
        AND a.by_whom = 'reporter' AND a.bytes > 0";
}

/// Its bit in `cases.let_go`.
fn bit(sort: Sort) -> i64 {
    match sort {
        Sort::Caller => 1,
        Sort::Words => 2,
        _ => 4,
    }
}

/// Lets go of this sort of data in some of the cases that were closed by `cutoff`.
pub(super) fn let_go(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    sort: Sort,
    cutoff: Millis,
    now: Millis,
) -> Result<Gone, DbError> {
    let due = tx.query(&DUE, &args![street, cutoff, bit(sort), BATCH])?;
    let mut gone = Gone { more: !due.is_empty(), n: 0, files: Vec::new() };
    if !gone.more {
        return Ok(gone);
    }
    tx.query(&forget::WIPE, &[])?;
    for mut row in due {
        let (case, number): (CaseId, String) = (row.take()?, row.take()?);
        match sort {
            Sort::Caller => gone.n += u64::from(forget::of_case(tx, street, case)?),
            Sort::Words => gone.n += u64::from(vault::words::end(tx, street, case)?),
            _ => {
                let files = files(tx, CaseKey { jurisdiction: street, id: case }, number, now)?;
                gone.n += u64::try_from(files.len()).unwrap_or_default();
                gone.files.extend(files);
            }
        }
        tx.put(&LET_GO, args![street, case, bit(sort)])?;
    }
    tx.query(&forget::NO_WIPE, &[])?;
    Ok(gone)
}

/// Lets go of what was sent along with a case; the contents. The log says which went: that something is gone is believed
/// of these alone.
fn files(tx: &mut Tx<'_>, case: CaseKey, number: String, now: Millis) -> Result<Vec<Digest>, DbError> {
    let (ids, contents): (Vec<_>, Vec<_>) = attachments::evidence::of_reporter(tx, case)?.into_iter().unzip();
    if !ids.is_empty() {
        attachments::end_of_reporter(tx, case.jurisdiction, case.id)?;
        let became = Some(json!({ "files": ids }));
        let deed = Deed { what: What::Case, subject: number, act: Act::Removed, was: None, became };
        record::note(tx, case.jurisdiction, &By::command("retention"), deed, now)?;
    }
    Ok(contents)
}

/// In how many cases there is something of it to let go of; of files how many.
pub(super) fn count(tx: &mut Tx<'_>, street: Jurisdiction, sort: Sort, cutoff: Millis) -> Result<u64, DbError> {
    let sql: &'static Sql = match sort {
        Sort::Caller => &forget::COUNT_CALLERS,
        Sort::Words => &forget::COUNT_WORDS,
        _ => &COUNT_FILES,
    };
    tx.first(sql, &args![street, cutoff])?.map_or(Ok(0), |mut row| row.take())
}

/// Forgets people who came in last by `cutoff` and who have no case any more; how many.
pub(super) fn forget_people(tx: &mut Tx<'_>, home: Jurisdiction, cutoff: Millis) -> Result<u64, DbError> {
    let idle = forget::idle(tx, home, cutoff, BATCH)?;
    for person in &idle {
        erase::end_person(tx, home, *person)?;
    }
    Ok(u64::try_from(idle.len()).unwrap_or_default())
}

/// How many people that would be now.
pub(super) fn count_people(tx: &mut Tx<'_>, home: Jurisdiction, cutoff: Millis) -> Result<u64, DbError> {
    tx.first(&forget::COUNT_IDLE, &args![home, cutoff])?.map_or(Ok(0), |mut row| row.take())
}
