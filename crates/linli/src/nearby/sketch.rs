//! A sketch of places: each a circle where it lies, as large as what goes on there, with its name. A sketch and not a
//! map (Map Management Regulation: simple sketches need no map number): circles are moved apart until names do not
//! cover each other.

/// Width of the sketch in its own units; it is never drawn smaller than one unit a pixel.
pub const WIDTH: f64 = 280.0;
const EDGE: f64 = 10.0;
/// Lines of text under a circle.
const LINE: f64 = 18.0;

/// What is drawn of a place.
pub struct Dot {
    /// Where it leads.
    pub url: String,
    /// Its name.
    pub name: String,
    /// In words, for those who do not see it.
    pub says: String,
    /// How many.
    pub n: u64,
    /// Degrees east and north.
    pub point: (f64, f64),
    /// Its border, where the office has one.
    pub ring: Vec<(f64, f64)>,
}

/// A placed circle.
pub struct Circle {
    /// What it shows.
    pub dot: Dot,
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// Its radius.
    pub r: f64,
    /// The corners of its border, as SVG writes them; empty without one.
    pub border: String,
    /// Where its name stands.
    pub name_y: f64,
    /// Where its number stands.
    pub number_y: f64,
    /// The part that can be pressed: left, top, width, height.
    pub hit: (f64, f64, f64, f64),
}

/// The sketch.
pub struct Sketch {
    /// The circles.
    pub circles: Vec<Circle>,
    /// Its height, in units of [`WIDTH`].
    pub height: f64,
}

impl Sketch {
    /// Draws the places; none when fewer than two of them are known to lie somewhere. `size` is that of the letters.
    pub fn of(dots: Vec<Dot>, size: f64) -> Option<Self> {
        if dots.len() < 2 {
            return None;
        }
        let target = size * 3.0;
        let corners: Vec<(f64, f64)> =
            dots.iter().flat_map(|d| d.ring.iter().copied().chain(std::iter::once(d.point))).collect();
        let (west, east) = bounds(corners.iter().map(|c| c.0));
        let (south, north) = bounds(corners.iter().map(|c| c.1));
        // A degree of longitude shrinks towards the poles.
        let wide = (east - west) * ((south + north) / 2.0).to_radians().cos();
        let (wide, tall) = (wide.max(1e-9), (north - south).max(1e-9));
        let scale = (WIDTH - 2.0 * EDGE) / wide.max(tall * 0.9);
        let left = (WIDTH - wide * scale) / 2.0;
        let project = |point: (f64, f64)| {
            (left + (point.0 - west) / (east - west).max(1e-9) * wide * scale, (north - point.1) * scale)
        };
        let mut boxes: Vec<Box> = dots
            .iter()
            .map(|dot| {
                let (x, y) = project(dot.point);
                let r = (size * 0.9 + (dot.n as f64).sqrt() * 1.6).min(size * 2.2);
                // Two names side by side do not read as one.
                let w = (2.0 * r).max(text_width(&dot.name, size) + size * 0.8).max(target);
                Box { x, y, r, w, h: (2.0 * r + LINE + size * 0.4).max(target) }
            })
            .collect();
        apart(&mut boxes);
        let rings = dots.iter().map(|dot| dot.ring.iter().map(|c| project(*c)).collect()).collect();
        Some(Self::placed(dots, &boxes, rings, size))
    }

    fn placed(dots: Vec<Dot>, boxes: &[Box], rings: Vec<Vec<(f64, f64)>>, size: f64) -> Self {
        let (mut top, mut bottom) = bounds(boxes.iter().flat_map(|b| [b.y - b.h / 2.0, b.y + b.h / 2.0]));
        for (_, y) in rings.iter().flatten() {
            (top, bottom) = (top.min(*y), bottom.max(*y));
        }
        let (top, bottom) = (top - EDGE, bottom + EDGE);
        let border = |ring: &Vec<(f64, f64)>| {
            ring.iter().map(|(x, y)| format!("{x:.1},{:.1}", y - top)).collect::<Vec<_>>().join(" ")
        };
        let place = |((dot, b), ring): ((Dot, &Box), &Vec<(f64, f64)>)| {
            let border = border(ring);
            let (top, left) = (b.y - b.h / 2.0 - top, b.x - b.w / 2.0);
            Circle {
                x: b.x,
                y: top + b.r,
                r: b.r,
                name_y: top + 2.0 * b.r + LINE,
                number_y: top + b.r + size * 0.36,
                hit: (left, top, b.w, b.h),
                border,
                dot,
            }
        };
        Self { circles: dots.into_iter().zip(boxes).zip(&rings).map(place).collect(), height: (bottom - top).ceil() }
    }
}

struct Box {
    x: f64,
    y: f64,
    r: f64,
    w: f64,
    h: f64,
}

fn bounds(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
}

/// About how wide a text is: Chinese characters are as wide as high, others about half.
fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c.is_ascii() { size * 0.56 } else { size }).sum()
}

/// Moves boxes that cover each other apart, and all of them inside the width; a few dozen rounds settle any street.
fn apart(boxes: &mut [Box]) {
    for round in 0..400 {
        for b in boxes.iter_mut() {
            let half = (b.w / 2.0).min(WIDTH / 2.0 - 1.0);
            b.x = b.x.clamp(half, WIDTH - half);
        }
        let mut moved = false;
        for i in 0..boxes.len() {
            for j in i + 1..boxes.len() {
                let (a, b) = (&boxes[i], &boxes[j]);
                let (dx, dy) = (b.x - a.x, b.y - a.y);
                let (over_x, over_y) = ((a.w + b.w) / 2.0 - dx.abs(), (a.h + b.h) / 2.0 - dy.abs());
                if over_x <= 0.5 || over_y <= 0.5 {
                    continue;
                }
                moved = true;
                // Down there is always room; sideways only as far as the edge, and not for ever.
                if over_x < over_y && round < 60 && a.w + b.w < WIDTH - 2.0 * EDGE {
                    let step = over_x / 2.0 * if dx < 0.0 { -1.0 } else { 1.0 };
                    boxes[i].x -= step;
                    boxes[j].x += step;
                } else {
                    let step = over_y / 2.0 * if dy < 0.0 { -1.0 } else { 1.0 };
                    boxes[i].y -= step;
                    boxes[j].y += step;
                }
            }
        }
        if !moved {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Wherever places lie, nothing is drawn outside, and no two of a street's communities cover each other.
        #[test]
        fn a_sketch_can_be_read(points in prop::collection::vec((119.0_f64..119.5, 33.0_f64..33.5, 0_u64..5000), 2..10)) {
            let dot = |(lon, lat, n): &(f64, f64, u64)| Dot {
                url: String::new(), name: "Heyuan Community".into(), says: String::new(), n: *n, point: (*lon, *lat),
                ring: vec![(*lon - 0.01, *lat), (*lon, *lat + 0.01), (*lon + 0.01, *lat)],
            };
            let sketch = Sketch::of(points.iter().map(dot).collect(), 20.0).unwrap();
            for c in &sketch.circles {
                let (x, y, w, h) = c.hit;
                prop_assert!(x >= -0.5 && x + w <= WIDTH + 0.5 && y >= -0.5 && y + h <= sketch.height + 0.5);
                prop_assert!(w >= 44.0 && h >= 44.0);
            }
            for (i, a) in sketch.circles.iter().enumerate() {
                for b in &sketch.circles[i + 1..] {
                    let over = |p: f64, q: f64, r: f64, s: f64| (p + q).min(r + s) - p.max(r);
                    let (x, y) = (over(a.hit.0, a.hit.2, b.hit.0, b.hit.2), over(a.hit.1, a.hit.3, b.hit.1, b.hit.3));
                    prop_assert!(x <= 2.0 || y <= 2.0, "{:?} {:?}", a.hit, b.hit);
                }
            }
        }
    }
}
