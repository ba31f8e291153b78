//! The tiles of a log, as rows.

use std::collections::HashMap;

use linli_tlog::{Tile, Tiles, tile::TILE_WIDTH};

use crate::{
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
};

statements! {
    TILE = "SELECT body FROM log_tile WHERE jurisdiction = $1 AND level = $2 AND n = $3";
    // What proves one entry: of each level the tile that it lies under and the last. Four levels are four thousand million entries.
    AROUND = "SELECT level, n, body FROM log_tile WHERE jurisdiction = $1 AND ((level = 0 AND n IN ($2, $3))
        OR (level = 1 AND n IN ($4, $5)) OR (level = 2 AND n IN ($6, $7)) OR (level = 3 AND n IN ($8, $9)))";
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

/// The tiles that a proof of one entry needs, read in one question; any other is asked for by itself.
pub(super) struct Around<'t, 'c> {
    rows: Rows<'t, 'c>,
    held: HashMap<(u8, u64), Vec<u8>>,
}

impl<'t, 'c> Around<'t, 'c> {
    /// Around the entry with this index, in a log of `size` entries.
    pub(super) fn read(tx: &'t mut Tx<'c>, street: Jurisdiction, index: u64, size: u64) -> Result<Self, DbError> {
        let mut around = args![street];
        for level in 1..=4_u32 {
            let of = |entry: u64| entry.checked_shr(level * TILE_WIDTH.trailing_zeros()).unwrap_or_default();
            around.extend(args![of(index), of(size)]);
        }
        let mut held = HashMap::new();
        for mut row in tx.query(&AROUND, &around)? {
            let (level, n, body): (i64, u64, Vec<u8>) = (row.take()?, row.take()?, row.take()?);
            held.insert((u8::try_from(level).unwrap_or(u8::MAX), n), body);
        }
        Ok(Self { rows: Rows { tx, street }, held })
    }
}

impl Tiles for Around<'_, '_> {
    type Error = DbError;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, DbError> {
        self.held.remove(&(tile.level, tile.index)).map_or_else(|| self.rows.read(tile), Ok)
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
