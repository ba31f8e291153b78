//! The seed of somebody's second factor, sealed like all that the vault keeps: under a data key of its own.

use super::{
    Scheme, Secret, Tx, forget,
    keys::{self, Of, Owner, VaultKey},
};
use crate::{db::DbError, ids::Jurisdiction};

fn owner(home: Jurisdiction, id: [u8; 16]) -> Owner {
    Owner { of: Of::Factor, place: home, id }
}

/// Seals the seed of a new row and keeps its key; what the row holds.
pub(crate) fn seal(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    home: Jurisdiction,
    id: [u8; 16],
    seed: &Secret<String>,
) -> Result<String, DbError> {
    let ([sealed], data_key) = key.seal(owner(home, id), [("secret", seed)])?;
    data_key.map_or(Ok(()), |data_key| data_key.add(tx))?;
    Ok(sealed)
}

/// Opens the seed of a row.
pub(crate) fn open(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    home: Jurisdiction,
    id: [u8; 16],
    sealed: String,
) -> Result<Option<Secret<String>>, DbError> {
    let opened = keys::open(tx, key, owner(home, id), Scheme::NEW, [("secret", sealed)])?;
    Ok(opened.map(|[seed]| seed))
}

/// Shreds the key of a row that goes.
pub(crate) fn shred(tx: &mut Tx<'_>, home: Jurisdiction, id: [u8; 16]) -> Result<(), DbError> {
    forget::shred(tx, owner(home, id))
}
