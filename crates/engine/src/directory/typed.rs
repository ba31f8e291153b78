//! Whether a word that somebody types may mean a word in the name of a place.

use super::spelling::sounds;

/// Characters that a typed word may pass over within a name.
const GAPS: u8 = 2;

/// A word of a name: its characters (or English words), each with its sounds.
pub(super) struct Spelt {
    units: Vec<Unit>,
    /// The sounds one after the other, and the first letters: for slips.
    spoken: Vec<char>,
    initials: Vec<char>,
    letters: u32,
}

struct Unit {
    /// The character; a blank for an English word.
    glyph: char,
    sounds: Vec<Vec<char>>,
}

/// A bit for each of the letters a to z.
fn bit(c: char) -> u32 {
    if c.is_ascii_lowercase() { 1 << (u32::from(c) - u32::from('a')) } else { 0 }
}

impl Spelt {
    pub fn new(word: &str) -> Self {
        let mut units: Vec<Unit> = Vec::new();
        let mut latin: Vec<char> = Vec::new();
        let close = |latin: &mut Vec<char>, units: &mut Vec<Unit>| {
            if !latin.is_empty() {
                units.push(Unit { glyph: ' ', sounds: vec![std::mem::take(latin)] });
            }
        };
        for c in word.chars() {
            let sounds: Vec<Vec<char>> = sounds(c).iter().map(|s| s.chars().collect()).collect();
            if sounds.is_empty() && c != ' ' {
                latin.push(c);
                continue;
            }
            close(&mut latin, &mut units);
            if c != ' ' {
                units.push(Unit { glyph: c, sounds });
            }
        }
        close(&mut latin, &mut units);
        let first = |unit: &Unit| unit.sounds[0].clone();
        Self {
            spoken: units.iter().flat_map(first).collect(),
            initials: units.iter().filter_map(|unit| unit.sounds[0].first().copied()).collect(),
            letters: units.iter().flat_map(|u| u.sounds.iter().flatten()).fold(0, |all, c| all | bit(*c)),
            units,
        }
    }

    /// The ways in which the whole word is written or typed.
    pub fn keys(&self) -> Vec<String> {
        let glyphs: String = self.units.iter().map(|u| u.glyph).collect();
        let spoken: String = self.spoken.iter().collect();
        if glyphs.trim().is_empty() { vec![spoken] } else { vec![glyphs, spoken] }
    }

    /// What it is worth when it is typed in full.
    pub fn whole(&self) -> u16 {
        whole(self.units.len())
    }
}

fn whole(units: usize) -> u16 {
    30 + 4 * units.min(6) as u16
}

/// A word as it is typed.
pub(super) struct Typed<'t> {
    chars: &'t [char],
    /// The sound of each character of it that has one.
    sounds: Vec<Vec<char>>,
    letters: u32,
    /// With the letters of the characters' sounds.
    spoken: u32,
    slip: bool,
}

impl<'t> Typed<'t> {
    /// `slip`: one character may be wrong.
    pub fn new(chars: &'t [char], slip: bool) -> Self {
        let sound = |c: &char| sounds(*c).first().map(|s| s.chars().collect()).unwrap_or_default();
        let sounds: Vec<Vec<char>> = chars.iter().map(sound).collect();
        let letters = chars.iter().fold(0, |all, c| all | bit(*c));
        let spoken = sounds.iter().flatten().fold(letters, |all, c| all | bit(*c));
        Self { chars, sounds, letters, spoken, slip: slip && chars.len() >= 3 }
    }

    /// How well it fits: the beginning of a name before its middle, characters before letters; none when it does not.
    pub fn fits(&self, spelt: &Spelt) -> Option<u16> {
        // Most words of names have not even the letters.
        let strange =
            if self.slip { (self.letters & !spelt.letters).count_ones() } else { self.spoken & !spelt.letters };
        if strange > u32::from(self.slip) {
            return None;
        }
        let from = |start: usize| {
            let (points, end, gaps) = self.follow(spelt, 0, start, GAPS, u8::from(self.slip))?;
            let whole = start == 0 && end == spelt.units.len() && gaps == GAPS;
            let place = if whole {
                26
            } else if start == 0 {
                16
            } else {
                4
            };
            Some(points.min(26) + place)
        };
        let best = (0..spelt.units.len()).filter_map(from).max();
        match best {
            Some(best) if !self.slip => Some(best),
            Some(best) => Some(best / 2),
            None if self.slip => self.slipped(spelt),
            None => None,
        }
    }

    /// Follows the typed word from one of its characters along the units; points, where it ends, and the gaps left.
    fn follow(&self, spelt: &Spelt, at: usize, unit: usize, gaps: u8, slips: u8) -> Option<(u16, usize, u8)> {
        if at == self.chars.len() {
            return Some((0, unit, gaps));
        }
        let on = |spent: usize, points: u16, slips: u8| {
            self.follow(spelt, at + spent, unit + 1, gaps, slips).map(|(p, end, left)| (p + points, end, left))
        };
        let here = spelt.units.get(unit)?;
        let typed = self.chars[at];
        if here.glyph == typed {
            return on(1, 5, slips);
        }
        let mut best = None;
        if typed.is_ascii_alphanumeric() {
            for sound in &here.sounds {
                let same = sound.iter().zip(&self.chars[at..]).take_while(|(a, b)| a == b).count();
                let last = at + same == self.chars.len();
                let pair = same >= 2 && matches!(sound[..2], ['z' | 'c' | 's', 'h']);
                // All of it, or as much as was typed, or its first letters.
                let ways = [(same, same == sound.len() || last), (2, pair), (1, same >= 1)];
                for (spent, _) in ways.into_iter().filter(|(spent, may)| *may && *spent > 0) {
                    let points = if spent == sound.len() { 4 } else { 3 };
                    best = best.max(on(spent, points, slips));
                }
            }
        } else if !self.sounds[at].is_empty() && here.sounds.contains(&self.sounds[at]) {
            // Another character of the same sound.
            best = on(1, 3, slips);
        }
        if best.is_none() && at > 0 && gaps > 0 {
            let passed = self.follow(spelt, at, unit + 1, gaps - 1, slips);
            best = passed.map(|(points, end, left)| (points.saturating_sub(1), end, left));
        }
        if best.is_none() && slips > 0 {
            best = on(1, 0, slips - 1);
        }
        best
    }

    /// Whether the sounds or the first letters begin as it was typed, but for one letter.
    fn slipped(&self, spelt: &Spelt) -> Option<u16> {
        let begins = |text: &[char]| {
            let n = self.chars.len();
            [n, n + 1, n - 1].into_iter().any(|n| text.get(..n).is_some_and(|head| one_apart(self.chars, head)))
        };
        (begins(&spelt.initials) || begins(&spelt.spoken)).then_some(18)
    }
}

/// Whether one letter more, less or other, or two changed about, makes one text of the other.
fn one_apart(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let after = |text: &[char], n: usize| text.get(n..).map(<[char]>::to_vec);
    if a.is_empty() && b.is_empty() {
        return true;
    }
    let changed = a.len() >= 2 && b.len() >= 2 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
    changed || after(a, 1) == after(b, 1) || after(a, 1).as_deref() == Some(b) || Some(a) == after(b, 1).as_deref()
}
