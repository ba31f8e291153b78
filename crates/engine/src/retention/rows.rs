//! What is a row and nothing else: it is past its time, and it goes.

use linli_worktime::Millis;

use super::Sort;
use crate::{
    db::{DbError, Sql, Tx, Value, args, statements},
    ids::Jurisdiction,
};

/// Rows that go in one transaction.
const BATCH: i64 = 500;

/// Of each table: how its rows go, how many would, by its key and by what makes them due.
macro_rules! tables {
    ($($end:ident, $count:ident: $table:literal, $key:literal, $due:literal;)*) => {
        statements! {
            $($end = concat!(
                "DELETE FROM ", $table, " WHERE (jurisdiction, ", $key, ") IN (SELECT jurisdiction, ", $key, " FROM ", $table,
                " WHERE jurisdiction = $1 AND ", $due, " LIMIT $3)"
            );
            $count = concat!("SELECT count(*) FROM ", $table, " WHERE jurisdiction = $1 AND ", $due);)*
        }
    };
}

tables! {
    END_CODES, COUNT_CODES: "login_code", "phone_key, device", "ends_at <= $2";
    END_HALVES, COUNT_HALVES: "half_sign_in", "token", "ends_at <= $2";
    END_SESSIONS, COUNT_SESSIONS: "session", "token", "ends_at <= $2";
    END_TRIES, COUNT_TRIES: "try_count", "kind, who", "at <= $2";
    END_SECURITY, COUNT_SECURITY: "security_event", "at, id", "at <= $2";
    END_DRAFTS, COUNT_DRAFTS: "draft", "account, case_id, act", "saved_at <= $2";
    END_TOLD, COUNT_TOLD: "told", "whom, show_at, id", "at <= $2";
    END_NOTICES, COUNT_NOTICES: "notice", "id", "id < $2";
    END_TABLES, COUNT_TABLES: "sheet_file", "id", "at <= $2";
    END_CALLS, COUNT_CALLS: "call_record", "id", "id < $2";
}

/// The statements of a sort: how its rows go, how many would.
fn of(sort: Sort) -> Vec<(&'static Sql, &'static Sql)> {
    match sort {
        Sort::Codes => vec![(&END_CODES, &COUNT_CODES), (&END_HALVES, &COUNT_HALVES)],
        Sort::Sessions => vec![(&END_SESSIONS, &COUNT_SESSIONS)],
        Sort::Tries => vec![(&END_TRIES, &COUNT_TRIES)],
        Sort::Security => vec![(&END_SECURITY, &COUNT_SECURITY)],
        Sort::Drafts => vec![(&END_DRAFTS, &COUNT_DRAFTS)],
        Sort::Told => vec![(&END_TOLD, &COUNT_TOLD)],
        Sort::Notices => vec![(&END_NOTICES, &COUNT_NOTICES)],
        Sort::Tables => vec![(&END_TABLES, &COUNT_TABLES)],
        Sort::Calls => vec![(&END_CALLS, &COUNT_CALLS)],
        Sort::Caller | Sort::Words | Sort::Files | Sort::Person | Sort::Uploads => Vec::new(),
    }
}

/// Ids begin with the time of their making, so those from before are the first of their key.
fn bound(sort: Sort, cutoff: Millis) -> Value {
    if !matches!(sort, Sort::Notices | Sort::Calls) {
        return Value::Int(cutoff.0);
    }
    let mut id = [0; 16];
    id[..6].copy_from_slice(&cutoff.0.max(0).to_be_bytes()[2..]);
    Value::Id(id)
}

/// Removes rows that began or ended by `cutoff`, so many as one transaction takes; how many.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, street: Jurisdiction, sort: Sort, cutoff: Millis) -> Result<u64, DbError> {
    let args = args![street, bound(sort, cutoff), BATCH];
    of(sort).into_iter().try_fold(0, |n, (end, _)| Ok(n + tx.exec(end, &args)?))
}

/// How many rows began or ended by `cutoff`.
///
/// # Errors
/// When the database fails.
pub fn count(tx: &mut Tx<'_>, street: Jurisdiction, sort: Sort, cutoff: Millis) -> Result<u64, DbError> {
    let args = args![street, bound(sort, cutoff)];
    of(sort)
        .into_iter()
        .try_fold(0, |n, (_, count)| Ok(n + tx.first(count, &args)?.map_or(Ok(0), |mut row| row.take())?))
}
