//! The borders of places: what maps draw. An office that has none is drawn by its points.

use std::collections::BTreeMap;

use linli_worktime::Millis;

use super::{Directory, bump};
use crate::{
    db::{DbError, Tx, args, statements},
    ids::{Jurisdiction, PlaceCode},
};

/// A border: the corners in order, longitude and latitude, WGS-84 degrees; the last is joined to the first.
pub type Ring = Vec<(f64, f64)>;

/// The borders that are known.
pub(super) type Borders = BTreeMap<PlaceCode, Ring>;

statements! {
    ALL_BORDERS = "SELECT code, ring FROM place_border ORDER BY code";
    SAVE_BORDER = "INSERT INTO place_border (jurisdiction, code, ring) VALUES ($1, $2, $3)
        ON CONFLICT (jurisdiction, code) DO UPDATE SET ring = excluded.ring";
}

impl Directory {
    /// The border of a place, where the office has one.
    pub fn border(&self, place: &PlaceCode) -> Option<&[(f64, f64)]> {
        self.borders.get(place).map(Vec::as_slice)
    }
}

pub(super) fn load(tx: &mut Tx<'_>) -> Result<Borders, DbError> {
    let rows = tx.query(&ALL_BORDERS, &[])?;
    let read = |mut row: crate::db::Row| {
        let (code, text): (PlaceCode, String) = (row.take()?, row.take()?);
        let ring = parse(&text).ok_or_else(|| DbError::Corrupt(format!("a border of {code} that does not read")))?;
        Ok((code, ring))
    };
    rows.into_iter().map(read).collect()
}

/// Adds borders or changes them.
///
/// # Errors
/// When the database fails.
pub fn save_borders(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    borders: &[(PlaceCode, Ring)],
    now: Millis,
) -> Result<(), DbError> {
    for (code, ring) in borders {
        tx.put(&SAVE_BORDER, args![code.jurisdiction(), code, write(ring)])?;
    }
    bump(tx, home, now)
}

/// Six digits are a tenth of a metre.
fn write(ring: &[(f64, f64)]) -> String {
    ring.iter().map(|(lon, lat)| format!("{lon:.6} {lat:.6}")).collect::<Vec<_>>().join(";")
}

fn parse(text: &str) -> Option<Ring> {
    let corner = |pair: &str| {
        let (lon, lat) = pair.split_once(' ')?;
        Some((lon.parse().ok()?, lat.parse().ok()?))
    };
    text.split(';').map(corner).collect()
}
