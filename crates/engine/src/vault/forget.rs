//! Forgetting somebody: the keys of all that is said of them are shredded, so that it opens nowhere, in copies of the
//! rows neither; what stood in the rows goes too, and what they were looked up by. Their cases stay, without them. A
//! backup of the database holds the keys still, until the master key that they are wrapped by is thrown away.

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

pub(super) fn shred(tx: &mut Tx<'_>, owner: Owner) -> Result<(), DbError> {
    tx.send(&SHRED, args![owner.place, Value::Id(owner.id), owner.of.code(), Vec::<u8>::new()])
}

fn cases(
    tx: &mut Tx<'_>,
    sql: &'static crate::db::Sql,
    person: PersonId,
) -> Result<Vec<(Jurisdiction, CaseId)>, DbError> {
    tx.query(sql, &args![person])?.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
