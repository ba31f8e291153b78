//! What a client-made key has done: the same key again finds it. A program's key is kept with the digest of what was sent
//! under it, so that the same key with something else is refused instead of being answered with another deed.

use super::{CaseError, CaseKey, store};
use crate::{
    db::{DbError, Tx, args},
    ids::Jurisdiction,
};

/// The SHA-256 of what was sent under a key, where whoever sent it wants that checked.
pub type Sent = Option<[u8; 32]>;

/// What a key has done: the case, and the number of the event.
///
/// # Errors
/// [`CaseError::KeyUsed`] where it was sent with something else.
pub(super) fn done(
    tx: &mut Tx<'_>,
    jurisdiction: Jurisdiction,
    key: &str,
    sent: Sent,
) -> Result<Option<(CaseKey, u64)>, CaseError> {
    let Some(mut row) = tx.first(&store::DONE, &args![jurisdiction, key])? else { return Ok(None) };
    let (id, seq, before): (_, u64, Option<Vec<u8>>) = (row.take()?, row.take()?, row.take()?);
    if sent.is_some_and(|sent| before.as_deref() != Some(&sent[..])) {
        return Err(CaseError::KeyUsed);
    }
    Ok(Some((CaseKey { jurisdiction, id }, seq)))
}

/// Notes what a key has done, in the transaction that does it.
pub(super) fn add(tx: &mut Tx<'_>, key: &str, case: CaseKey, seq: u64, sent: Sent) -> Result<(), DbError> {
    match sent {
        Some(sent) => tx.put(&store::ADD_SENT_DEED, args![case.jurisdiction, key, case.id, seq, sent]),
        None => tx.put(&store::ADD_DEED, args![case.jurisdiction, key, case.id, seq]),
    }
}

/// Whether the database refused because the key is there already.
pub(super) fn is_there(error: &CaseError) -> bool {
    matches!(error, CaseError::Db(DbError::Duplicate { sql: "ADD_DEED" | "ADD_SENT_DEED" }))
}
