//! Borders for a made-up street: its outline is divided among the points of its grids, each taking what lies nearest, so
//! that the grids tile the street without gaps; a community is what its grids make together. Straight lines are bent
//! a little, the same way for both neighbours.

use std::collections::{BTreeMap, BTreeSet};

/// Longitude and latitude.
pub type Point = (f64, f64);

/// A corner, in steps of about a metre: what neighbours share is the same.
type Corner = (i64, i64);

const STEP: f64 = 1e-5;
/// How far a line is bent, as a part of its length.
const BEND: f64 = 0.09;
/// Lines shorter than this many steps stay straight.
const SHORT: f64 = 12.0;

/// Divides an outline among points; the cells are in the order of the points.
pub struct Tiling(Vec<Vec<Corner>>);

impl Tiling {
    /// The outline is convex and goes counter-clockwise.
    pub fn new(outline: &[Point], points: &[Point]) -> Self {
        let (outline, points): (Vec<Point>, Vec<Point>) = (flat(outline), flat(points));
        let cell = |n: usize| {
            let mut cell = outline.clone();
            for (other, at) in points.iter().enumerate().filter(|(other, _)| *other != n) {
                debug_assert_ne!(points[n], points[other]);
                cell = nearer(&cell, points[n], *at);
            }
            cell.into_iter().map(rounded).collect::<Vec<Corner>>()
        };
        let cells: Vec<Vec<Corner>> = (0..points.len()).map(cell).collect();
        let shared = shared(&cells.iter().flatten().copied().collect());
        let same = |cell: Vec<Corner>| {
            let mut corners: Vec<Corner> =
                cell.iter().map(|corner| shared.get(corner).copied().unwrap_or(*corner)).collect();
            corners.dedup();
            if corners.len() > 1 && corners.first() == corners.last() {
                corners.pop();
            }
            corners
        };
        Self(cells.into_iter().map(same).collect())
    }

    /// The border of one cell, bent.
    pub fn cell(&self, n: usize) -> Vec<Point> {
        bent(&self.0[n])
    }

    /// The border of some cells together.
    pub fn together(&self, cells: &[usize]) -> Vec<Point> {
        let mut sides: BTreeSet<(Corner, Corner)> = BTreeSet::new();
        for n in cells {
            let cell = &self.0[*n];
            sides.extend(cell.iter().copied().zip(cell.iter().copied().cycle().skip(1)));
        }
        // A side that a neighbour goes back along lies inside.
        let mut outer: BTreeMap<Corner, Corner> =
            sides.iter().filter(|(a, b)| !sides.contains(&(*b, *a))).copied().collect();
        let mut longest = Vec::new();
        while let Some((start, _)) = outer.first_key_value().map(|(a, b)| (*a, *b)) {
            let (mut ring, mut at) = (Vec::new(), start);
            while let Some(next) = outer.remove(&at) {
                ring.push(at);
                at = next;
            }
            if ring.len() > longest.len() {
                longest = ring;
            }
        }
        bent(&longest)
    }
}

/// A degree of longitude is shorter than one of latitude: near enough, within a street.
const NARROW: f64 = 0.83;

fn flat(points: &[Point]) -> Vec<Point> {
    points.iter().map(|(lon, lat)| (lon * NARROW, *lat)).collect()
}

/// What of a cell is nearer to `own` than to `other`.
fn nearer(cell: &[Point], own: Point, other: Point) -> Vec<Point> {
    let (x, y) = (other.0 - own.0, other.1 - own.1);
    let middle = ((own.0 + other.0) / 2.0, (own.1 + other.1) / 2.0);
    let beyond = |p: Point| (p.0 - middle.0) * x + (p.1 - middle.1) * y;
    let mut kept = Vec::new();
    for (a, b) in cell.iter().copied().zip(cell.iter().copied().cycle().skip(1)) {
        let (from, to) = (beyond(a), beyond(b));
        if from <= 0.0 {
            kept.push(a);
        }
        if (from < 0.0 && to > 0.0) || (from > 0.0 && to < 0.0) {
            let part = from / (from - to);
            kept.push((a.0 + (b.0 - a.0) * part, a.1 + (b.1 - a.1) * part));
        }
    }
    kept
}

fn rounded((x, y): Point) -> Corner {
    ((x / NARROW / STEP).round() as i64, (y / STEP).round() as i64)
}

/// The one corner for all that lie a hair apart, because neighbours work out the same one a little differently. All cells
/// have to agree, so it is settled for all corners at once and not as they come.
fn shared(all: &BTreeSet<Corner>) -> BTreeMap<Corner, Corner> {
    let mut shared: BTreeMap<Corner, Corner> = BTreeMap::new();
    for first in all {
        let mut open = if shared.contains_key(first) { Vec::new() } else { vec![*first] };
        while let Some(corner) = open.pop() {
            shared.insert(corner, *first);
            let around = (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (corner.0 + dx, corner.1 + dy)));
            open.extend(around.filter(|near| all.contains(near) && !shared.contains_key(near)));
        }
    }
    shared
}

fn bent(ring: &[Corner]) -> Vec<Point> {
    let mut out = Vec::new();
    for (a, b) in ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)) {
        // Worked out from the lesser corner, whichever way it is gone along.
        let (from, to) = (a.min(b), a.max(b));
        let mut line = vec![from];
        bend(from, to, 2, &mut line);
        line.push(to);
        if a > b {
            line.reverse();
        }
        line.pop();
        out.extend(line);
    }
    out.into_iter().map(|(x, y)| (x as f64 * STEP, y as f64 * STEP)).collect()
}

fn bend(a: Corner, b: Corner, depth: u32, line: &mut Vec<Corner>) {
    let (x, y) = ((b.0 - a.0) as f64, (b.1 - a.1) as f64);
    if depth == 0 || x.hypot(y) < SHORT {
        return;
    }
    let mixed = [a.0, a.1, b.0, b.1]
        .iter()
        .fold(0_u64, |mix, n| (mix ^ n.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
    let part = ((mixed >> 40) as f64 / (1_u64 << 24) as f64 - 0.5) * 2.0 * BEND;
    let middle =
        (((a.0 + b.0) as f64 / 2.0 - y * part).round() as i64, ((a.1 + b.1) as f64 / 2.0 + x * part).round() as i64);
    bend(a, middle, depth - 1, line);
    line.push(middle);
    bend(middle, b, depth - 1, line);
}

/// Whether a point lies within a border.
pub fn within(ring: &[Point], (x, y): Point) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed =
        sides.filter(|((ax, ay), (bx, by))| (*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax);
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OUTLINE: [Point; 6] =
        [(119.30, 33.82), (119.325, 33.822), (119.33, 33.84), (119.325, 33.86), (119.305, 33.862), (119.295, 33.84)];

    fn area(ring: &[Point]) -> f64 {
        let sides = ring.iter().zip(ring.iter().cycle().skip(1));
        // Small numbers keep their digits.
        let at = |p: &Point| (p.0 - OUTLINE[0].0, p.1 - OUTLINE[0].1);
        sides.map(|(a, b)| (at(a), at(b))).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
    }

    fn points() -> impl Strategy<Value = Vec<Point>> {
        let at = |(x, y): (i32, i32)| (119.302 + f64::from(x) * 5e-4, 33.824 + f64::from(y) * 6e-4);
        prop::collection::btree_set((0..40, 0..50), 2..60).prop_map(move |set| set.into_iter().map(at).collect())
    }

    proptest! {
        #[test]
        fn cells_tile_the_outline_without_gaps(points in points()) {
            let tiling = Tiling::new(&OUTLINE, &points);
            let cells: Vec<_> = (0..points.len()).collect();
            let parts: f64 = cells.iter().map(|n| area(&tiling.cell(*n))).sum();
            let whole = area(&tiling.together(&cells));
            prop_assert!((parts - whole).abs() < 1e-12, "{} against {}", parts, whole);
            prop_assert!((whole / area(&OUTLINE) - 1.0).abs() < 0.1);
        }
    }

    /// Four of these lie on a circle but for a hair: their cells meet in two corners that are hardly apart.
    #[test]
    fn corners_that_are_hardly_apart_leave_no_gap() {
        let points =
            [(119.3045, 33.8282), (119.305, 33.8264), (119.3085, 33.83), (119.309, 33.8258), (119.31, 33.8288)];
        let tiling = Tiling::new(&OUTLINE, &points);
        let parts: f64 = (0..5).map(|n| area(&tiling.cell(n))).sum();
        assert!((parts - area(&tiling.together(&[0, 1, 2, 3, 4]))).abs() < 1e-12);
    }

    #[test]
    fn neighbours_share_their_border_and_points_lie_in_their_cells() {
        let points = [(119.305, 33.83), (119.315, 33.83), (119.31, 33.85)];
        let tiling = Tiling::new(&OUTLINE, &points);
        for (n, point) in points.iter().enumerate() {
            let cell = tiling.cell(n);
            assert!(within(&cell, *point));
            assert!(points.iter().filter(|p| within(&cell, **p)).count() == 1);
            let shared = tiling.cell((n + 1) % 3).iter().filter(|p| cell.contains(p)).count();
            assert!(shared >= 2, "{shared}");
        }
    }
}
