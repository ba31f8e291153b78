//! Forgetting somebody: the keys of all that is said of them are shredded, so that it opens nowhere, in copies of the
//! rows neither; what stood in the rows goes too, and what they were looked up by. Their cases stay, without them. A
//! backup of the database holds the keys still, until the master key that they are wrapped by is thrown away.

use linli_worktime::Millis;

use super::{BROUGHT, DbError, Owner, Scheme, Tx, Value, args, behalf, of_caller, of_person, statements};
use crate::ids::{CaseId, Jurisdiction, PersonId};

statements! {
    // What is freed is overwritten, from here on until it is switched back.
    WIPE = "{{PRAGMA secure_delete = ON||SELECT 1}}";
    NO_WIPE = "{{PRAGMA secure_delete = OFF||SELECT 1}}";
    // The row stays, to tell what was shredded from what was lost.
    SHRED = "INSERT INTO vault_key (jurisdiction, id, kind, master, wrapped) VALUES ($1, $2, $3, 0, $4)
        ON CONFLICT (jurisdiction, id, kind) DO UPDATE SET master = 0, wrapped = excluded.wrapped";
    BLANK_PERSON = "UPDATE vault_person SET scheme = $3, name = '', phone = '', phone_key = $4 WHERE jurisdiction = $1 AND id = $2";
    BLANK_CALLER = "UPDATE vault_caller SET scheme = $3, name = '', contact = '' WHERE jurisdiction = $1 AND case_id = $2";
    // Of a case that stays without them: nothing leads from it to them any more, nor from them to it.
    CUT_CALLER = "UPDATE vault_caller SET scheme = $3, name = '', contact = '', person = NULL WHERE jurisdiction = $1 AND case_id = $2
        AND (name <> '' OR contact <> '' OR person IS NOT NULL)";
    CUT_BEHALF = "UPDATE vault_behalf SET scheme = $3, name = '', contact = '', phone_key = NULL, person = NULL
        WHERE jurisdiction = $1 AND case_id = $2 AND (name <> '' OR contact <> '' OR phone_key IS NOT NULL OR person IS NOT NULL)";
    COUNT_CALLERS = "SELECT count(*) FROM cases c
        WHERE c.jurisdiction = $1 AND c.settled_at IS NOT NULL AND c.let_go < 7 AND c.settled_at <= $2 AND c.phase = 'ended'
        AND (EXISTS (SELECT 1 FROM vault_caller v WHERE v.jurisdiction = c.jurisdiction AND v.case_id = c.id
                AND (v.name <> '' OR v.contact <> '' OR v.person IS NOT NULL))
            OR EXISTS (SELECT 1 FROM vault_behalf b WHERE b.jurisdiction = c.jurisdiction AND b.case_id = c.id
                AND (b.name <> '' OR b.contact <> '' OR b.phone_key IS NOT NULL OR b.person IS NOT NULL)))";
    COUNT_WORDS = "SELECT count(*) FROM cases c
        WHERE c.jurisdiction = $1 AND c.settled_at IS NOT NULL AND c.let_go < 7 AND c.settled_at <= $2 AND c.phase = 'ended'
        AND EXISTS (SELECT 1 FROM vault_words w WHERE w.jurisdiction = c.jurisdiction AND w.case_id = c.id)";
    // Index `vault_person_used`.
    IDLE = "SELECT p.id FROM vault_person p WHERE p.jurisdiction = $1 AND p.phone <> '' AND p.used_at <= $2
        AND NOT EXISTS (SELECT 1 FROM vault_caller v WHERE v.person = p.id)
        AND NOT EXISTS (SELECT 1 FROM vault_behalf b WHERE b.person = p.id) ORDER BY p.used_at LIMIT $3";
    COUNT_IDLE = "SELECT count(*) FROM vault_person p WHERE p.jurisdiction = $1 AND p.phone <> '' AND p.used_at <= $2
        AND NOT EXISTS (SELECT 1 FROM vault_caller v WHERE v.person = p.id)
        AND NOT EXISTS (SELECT 1 FROM vault_behalf b WHERE b.person = p.id)";
    BLANK_BEHALF = "UPDATE vault_behalf SET scheme = $3, name = '', contact = '', phone_key = NULL
        WHERE jurisdiction = $1 AND case_id = $2";
}

/// Forgets a person, in all that they brought and all that was brought for them.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx<'_>, home: Jurisdiction, person: PersonId) -> Result<(), DbError> {
    tx.query(&WIPE, &[])?;
    shred(tx, of_person(home, person))?;
    // No phone is looked up by so short a key.
    tx.send(&BLANK_PERSON, args![home, person, Scheme::NEW, person.0.to_vec()])?;
    for (place, case) in cases(tx, &BROUGHT, person)? {
        forget_caller_of(tx, place, case)?;
    }
    for (place, case) in cases(tx, &behalf::BROUGHT_FOR, person)? {
        shred(tx, behalf::of_behalf(place, case))?;
        // What others wrote of them keeps what handlers read of it.
        super::words::end(tx, place, case)?;
        tx.send(&BLANK_BEHALF, args![place, case, Scheme::NEW])?;
    }
    tx.query(&NO_WIPE, &[]).map(drop)
}

/// Forgets who brought a case, where they are no person of the vault.
///
/// # Errors
/// When the database fails.
pub fn forget_caller(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<(), DbError> {
    tx.query(&WIPE, &[])?;
    forget_caller_of(tx, place, case)?;
    tx.query(&NO_WIPE, &[]).map(drop)
}

fn forget_caller_of(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<(), DbError> {
    shred(tx, of_caller(place, case))?;
    tx.send(&BLANK_CALLER, args![place, case, Scheme::NEW])
}

/// Forgets who brought a case and for whom; whether there was anything. The case stays and leads to nobody.
pub(crate) fn of_case(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    let caller = tx.exec(&CUT_CALLER, &args![place, case, Scheme::NEW])? > 0;
    if caller {
        shred(tx, of_caller(place, case))?;
    }
    Ok(behalf_of_case(tx, place, case)? || caller)
}

/// Forgets for whom a case was brought; whether there was anything.
pub(crate) fn behalf_of_case(tx: &mut Tx<'_>, place: Jurisdiction, case: CaseId) -> Result<bool, DbError> {
    let any = tx.exec(&CUT_BEHALF, &args![place, case, Scheme::NEW])? > 0;
    if any {
        shred(tx, behalf::of_behalf(place, case))?;
    }
    Ok(any)
}

/// Some of the people who came in last by `cutoff` and who have no case any more.
pub(crate) fn idle(tx: &mut Tx<'_>, home: Jurisdiction, cutoff: Millis, limit: i64) -> Result<Vec<PersonId>, DbError> {
    tx.query(&IDLE, &args![home, cutoff, limit])?.into_iter().map(|mut row| row.take()).collect()
}

pub(super) fn shred(tx: &mut Tx<'_>, owner: Owner) -> Result<(), DbError> {
    tx.send(&SHRED, args![owner.place, Value::Id(owner.id), owner.of.code(), Vec::<u8>::new()])
}

/// The cases that a person brought.
pub(crate) fn brought_by(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    cases(tx, &BROUGHT, person)
}

fn cases(
    tx: &mut Tx<'_>,
    sql: &'static crate::db::Sql,
    person: PersonId,
) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    tx.query(sql, &args![person])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
