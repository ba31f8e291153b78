//! What a program sent under its key: kept beside the deed, so that the same key with something else is refused instead of
//! being answered with another deed.

use super::{CaseError, store};
use crate::{
    db::{DbError, Tx, args},
    ids::{CaseId, Jurisdiction},
};

/// The SHA-256 of what was sent under a key, where whoever sent it wants that checked.
pub type Sent = Option<[u8; 32]>;

/// The case of the deed that a key has done, if it has done one.
///
/// # Errors
/// [`CaseError::KeyUsed`] where it was sent with something else.
pub(super) fn done(
    tx: &mut Tx<'_>,
    jurisdiction: Jurisdiction,
    key: &str,
    sent: Sent,
) -> Result<Option<CaseId>, CaseError> {
    let Some(mut row) = tx.first(&store::SENT, &args![jurisdiction, key])? else { return Ok(None) };
    let (case, before): (CaseId, Option<Vec<u8>>) = (row.take()?, row.take()?);
    if sent.is_some_and(|sent| before.as_deref() != Some(&sent[..])) {
        return Err(CaseError::KeyUsed);
    }
    Ok(Some(case))
}

/// Notes what was sent, in the transaction that does the deed.
pub(super) fn note(tx: &mut Tx<'_>, jurisdiction: Jurisdiction, key: &str, sent: Sent) -> Result<(), DbError> {
    sent.map_or(Ok(()), |sent| tx.put(&store::NOTE_SENT, args![jurisdiction, key, sent]))
}
