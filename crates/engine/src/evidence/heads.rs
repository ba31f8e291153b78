//! What an audit looks at above the entries: that the tiles of the upper levels lead from those below, that what witnesses
//! signed and what the file beside the database remembers are parts of this log.

use linli_tlog::{Edge, Hash, Tile, root, tile::TILE_WIDTH};

use super::{
    Log,
    key::Era,
    log::{self, Broken},
    tiles::{self, Rows},
};
use crate::{
    db::{Db, DbError, Tx},
    ids::Jurisdiction,
};

/// What does not belong to a log of this size.
///
/// # Errors
/// When the database fails.
pub(super) async fn wrong(
    db: &Db,
    logs: &Log,
    (street, era): (Jurisdiction, Era),
    size: u64,
    witnessed: Option<String>,
) -> Result<Vec<String>, DbError> {
    let (mut all, mut parts) = (Vec::new(), Vec::new());
    // A head is in the database before it is noted: read in the other order, a log that grows meanwhile looks older.
    let noted = logs.signed(street, era);
    let there = db.read(move |tx: &mut Tx<'_>| log::head(tx, street)).await?.map_or(0, |head| head.size);
    match noted {
        Ok(Some(head)) if head.size > there => all.push(Broken::Older { signed: head.size, there }.to_string()),
        Ok(Some(head)) => parts.push((head, "what the file beside the database remembers")),
        Ok(None) => {}
        Err(Broken::Db(error)) => return Err(error),
        Err(broken) => all.push(broken.to_string()),
    }
    match witnessed.map(|note| logs.open(street, era, &note)) {
        None => {}
        Some(Ok(head)) if head.size <= size => parts.push((head, "what witnesses signed")),
        Some(_) => all.push("what witnesses signed is not of this log".to_owned()),
    }
    let upper = move |tx: &mut Tx<'_>| {
        let mut all = Vec::new();
        for (head, what) in &parts {
            // Tiles that are missing are named with the entries that they hold.
            if root(&mut Rows { tx, street }, head.size).is_ok_and(|root| root != head.root) {
                all.push(format!("{what} is not a part of this log"));
            }
        }
        for level in 1..8 {
            all.extend(differing(tx, street, level, size)?);
        }
        Ok::<_, DbError>(all)
    };
    all.extend(db.read(upper).await?);
    Ok(all)
}

/// The tiles of a level that do not lead from those below.
fn differing(tx: &mut Tx<'_>, street: Jurisdiction, level: u8, size: u64) -> Result<Vec<String>, DbError> {
    let width = u64::from(TILE_WIDTH);
    // Each hash of a level stands for a full tile of the level below.
    let hashes = size.checked_shr(u32::from(level) * width.trailing_zeros()).unwrap_or_default();
    let mut all = Vec::new();
    for n in 0..hashes.div_ceil(width) {
        let held = tiles::read(tx, street, Tile { level, index: n, width: TILE_WIDTH })?;
        let below = (n * width)..((n + 1) * width).min(hashes);
        for (at, index) in below.enumerate() {
            let tile = tiles::read(tx, street, Tile { level: level - 1, index, width: TILE_WIDTH })?;
            let hash = held.get(at * Hash::SIZE..(at + 1) * Hash::SIZE).and_then(|hash| Hash::try_from(hash).ok());
            if hash != top(&tile) {
                all.push(format!("the tile {n} of level {level} does not lead from those below it"));
                break;
            }
        }
    }
    Ok(all)
}

/// The hash that a full tile leads to.
fn top(tile: &[u8]) -> Option<Hash> {
    let mut edge = Edge::new();
    for hash in tile.chunks(Hash::SIZE) {
        edge.append(Hash::try_from(hash).ok()?);
    }
    (edge.size() == u64::from(TILE_WIDTH)).then(|| edge.root())
}
