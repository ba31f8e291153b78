//! The borders of places: what maps draw. An office that has none is drawn by its points.

use std::collections::BTreeMap;

use linli_worktime::Millis;

use super::{Directory, Place, bump};
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

    /// The smallest place whose border a point lies within (longitude and latitude, WGS-84 degrees).
    pub fn around(&self, point: (f64, f64)) -> Option<&Place> {
        let drawn = self.borders.iter().filter_map(|(code, ring)| Some((self.place(code)?, ring)));
        let around = drawn.filter(|(place, ring)| place.retired_at.is_none() && within(ring, point));
        around.map(|(place, _)| place).max_by_key(|place| place.code.level())
    }
}

/// Whether a line from the point to the east crosses the border an odd number of times.
fn within(ring: &[(f64, f64)], (lon, lat): (f64, f64)) -> bool {
    let joined = ring.iter().zip(ring.iter().cycle().skip(1));
    let crosses = |((lon1, lat1), (lon2, lat2)): &(&(f64, f64), &(f64, f64))| {
        (*lat1 > lat) != (*lat2 > lat) && lon < lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1)
    };
    joined.filter(crosses).count() % 2 == 1
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

#[cfg(test)]
mod tests {
    use linli_flow::Text;
    use proptest::prelude::*;

    use super::*;

    fn place(code: &str) -> Place {
        let name = Text { zh: code.into(), en: code.into() };
        Place { code: code.parse().unwrap(), name, aliases: Vec::new(), point: None, retired_at: None }
    }

    proptest! {
        /// A community of four grids that meet in one point: who stands in it stands in one of them, the others nowhere.
        #[test]
        fn a_point_lies_in_one_grid(meet in (0.1..0.9, 0.1..0.9), point in (-0.5..1.5, -0.5..1.5)) {
            let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
            let grid = |n: usize| format!("99010100100100{}", n + 1);
            let mut directory: Directory =
                (0..4).map(grid).chain(["990101001001".into()]).map(|code| place(&code)).collect();
            directory.borders.insert("990101001001".parse().unwrap(), corners.to_vec());
            for n in 0..4 {
                directory.borders.insert(grid(n).parse().unwrap(), vec![corners[n], corners[(n + 1) % 4], meet]);
            }
            let inside = |(x, y): (f64, f64)| (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y);
            let found = directory.around(point).map(|place| place.code.to_string());
            prop_assert_eq!(found.as_ref().map(String::len), inside(point).then_some(15));
            let holding = (0..4).filter(|n| within(&directory.borders[&grid(*n).parse().unwrap()], point)).count();
            prop_assert_eq!(holding, usize::from(inside(point)));
        }
    }
}
