//! A flow as a picture: its steps below each other, ways that go on to the right, ways that go back to the left. Pure.

use linli_flow::{Definition, Goes, Step};

const BOX: (i32, i32) = (300, 48);
const GAP: i32 = 26;
/// Distance between two ways that run beside each other.
const LANE: i32 = 14;

/// A step in the picture.
pub struct MapBox {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
    pub class: &'static str,
    pub title: String,
    pub sub: String,
}

/// A way from a step to another.
pub struct MapWay {
    /// The path.
    pub d: String,
    pub class: &'static str,
}

/// The picture.
pub struct Map {
    pub width: i32,
    pub height: i32,
    pub boxes: Vec<MapBox>,
    pub ways: Vec<MapWay>,
}

/// Draws a flow; `named` gives the title of a step and who owns it.
pub fn map(flow: &Definition, named: impl Fn(&Step) -> (String, String), end: &str) -> Map {
    let steps = flow.steps();
    let at = |name: &str| steps.iter().position(|s| s.name == name);
    // The end is one more box below all others.
    let mut ways: Vec<(usize, usize)> = Vec::new();
    for (from, step) in steps.iter().enumerate() {
        for way in step.acts.iter().flat_map(|act| act.ways()) {
            match &way.goes {
                Goes::Opens(names) => ways.extend(names.iter().filter_map(|name| at(name)).map(|to| (from, to))),
                Goes::Ends => ways.push((from, steps.len())),
            }
        }
    }
    ways.sort_unstable();
    ways.dedup();
    ways.retain(|(from, to)| from != to);
    let (on, back): (Vec<_>, Vec<_>) = ways.into_iter().partition(|(from, to)| to > from);
    let (near, far): (Vec<_>, Vec<_>) = on.into_iter().partition(|(from, to)| to - from == 1);
    let (far, right) = lanes(far);
    let (back, left) = lanes(back);
    let x = 16 + left * LANE;
    let middle = |n: usize| top(n) + BOX.1 / 2;
    let side = |(from, to, lane): (usize, usize, i32), right: bool| {
        let (edge, out) = if right { (x + BOX.0, (lane + 1) * LANE) } else { (x, -(lane + 1) * LANE) };
        // Ways leave below the middle and arrive above it, so that the two do not meet.
        let (y1, y2) = (middle(from) + 8, middle(to) - 8);
        let class = if right { "way" } else { "way way-back" };
        MapWay { d: format!("M{edge} {y1}H{}V{y2}H{edge}", edge + out), class }
    };
    let down = |(from, to): (usize, usize)| {
        let across = x + BOX.0 / 2;
        MapWay { d: format!("M{across} {}V{}", top(from) + BOX.1, top(to)), class: "way" }
    };
    let mut boxes: Vec<MapBox> = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let (title, sub) = named(step);
        let class = if flow.start().contains(&step.name) { "box box-start" } else { "box" };
        boxes.push(MapBox { x, y: top(n), w: BOX.0, h: BOX.1, class, title, sub });
    }
    let (title, sub) = (end.to_owned(), String::new());
    boxes.push(MapBox { x, y: top(steps.len()), w: BOX.0, h: 32, class: "box box-end", title, sub });
    let near = near.into_iter().map(down);
    let ways = near.chain(far.into_iter().map(|w| side(w, true))).chain(back.into_iter().map(|w| side(w, false)));
    Map { width: x + BOX.0 + 16 + right * LANE, height: top(steps.len()) + 40, ways: ways.collect(), boxes }
}

fn top(n: usize) -> i32 {
    8 + i32::try_from(n).unwrap_or_default() * (BOX.1 + GAP)
}

/// Gives each way a lane in which no other runs beside it, short ways inside; and says how many lanes there are.
fn lanes(mut ways: Vec<(usize, usize)>) -> (Vec<(usize, usize, i32)>, i32) {
    ways.sort_by_key(|(from, to)| (from.abs_diff(*to), *from));
    let mut placed: Vec<(usize, usize, i32)> = Vec::new();
    for (from, to) in ways {
        let span = |a: usize, b: usize| (a.min(b), a.max(b));
        let (low, high) = span(from, to);
        let taken = |lane: i32| {
            placed.iter().any(|(f, t, l)| {
                let (other_low, other_high) = span(*f, *t);
                *l == lane && low <= other_high && other_low <= high
            })
        };
        let lane = (0..).find(|lane| !taken(*lane)).unwrap_or_default();
        placed.push((from, to, lane));
    }
    let most = placed.iter().map(|(_, _, lane)| lane + 1).max().unwrap_or_default();
    (placed, most)
}
