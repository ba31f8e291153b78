//! The tiles of a log, as rows.

use linli_tlog::{Tile, Tiles};

use crate::{
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
};

statements! {
    TILE = "SELECT body FROM log_tile WHERE jurisdiction = $1 AND level = $2 AND n = $3";
    PUT_TILE = "INSERT INTO log_tile (jurisdiction, level, n, body) VALUES ($1, $2, $3, $4)
        ON CONFLICT (jurisdiction, level, n) DO UPDATE SET body = excluded.body";
}

/// The tiles of one jurisdiction's log.
pub(super) struct Rows<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
    pub(super) street: Jurisdiction,
}

impl Tiles for Rows<'_, '_> {
    type Error = DbError;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, DbError> {
        let row = self.tx.first(&TILE, &args![self.street, i64::from(tile.level), tile.index])?;
        // A tile that is not there is as one without hashes: the tree says what it lacks.
        row.map_or(Ok(Vec::new()), |mut row| row.take())
    }
}

/// Keeps tiles that are new or have grown.
pub(super) fn put(tx: &mut Tx<'_>, street: Jurisdiction, tiles: Vec<(Tile, Vec<u8>)>) -> Result<(), DbError> {
    for (tile, body) in tiles {
        tx.send(&PUT_TILE, args![street, i64::from(tile.level), tile.index, body])?;
    }
    Ok(())
}

/// The hashes of a tile, as far as they are there.
pub(super) fn read(tx: &mut Tx<'_>, street: Jurisdiction, tile: Tile) -> Result<Vec<u8>, DbError> {
    Rows { tx, street }.read(tile)
}
