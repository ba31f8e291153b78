//! Splitting by rules alone, where nothing has been learnt: names by what they end with, numbers by what they count,
//! and the order in which the parts of an address follow one another. The best way to cut is searched for as the learnt
//! splitter does; only the scores are written down here instead of learnt.

use super::{
    Label, Part, Words,
    features::LONGEST,
    model::{LABELS, Lattice, best, in_blocks},
    tokens::{Class, Token, fold, tokens},
};

/// Splits addresses by rules.
#[derive(Debug, Clone)]
pub struct Rules {
    words: Words,
    steps: Vec<f32>,
}

/// Characters that a name may have.
const NAME: usize = 16;
/// Where each label stands in an address; what may stand anywhere has none.
const fn rank(label: Label) -> Option<u8> {
    Some(match label {
        Label::Country => 0,
        Label::Province => 1,
        Label::City => 2,
        Label::District => 3,
        Label::Zone | Label::Town => 4,
        Label::Community => 6,
        Label::Road => 7,
        Label::RoadNumber => 8,
        Label::SideRoad => 9,
        Label::SideRoadNumber => 10,
        Label::Estate => 11,
        Label::EstatePart => 12,
        Label::Building => 13,
        Label::Unit => 14,
        Label::Floor => 15,
        Label::Room => 16,
        Label::Occupant => 17,
        Label::Hint | Label::Redundant | Label::Other => return None,
    })
}

/// What it costs that one part follows another.
fn steps() -> Vec<f32> {
    let mut steps = vec![0.0; (LABELS + 1) * LABELS];
    for before in Label::ALL {
        for after in Label::ALL {
            let step = &mut steps[(before as usize + 1) * LABELS + after as usize];
            if let (Some(a), Some(b)) = (rank(before), rank(after)) {
                *step = match b.cmp(&a) {
                    std::cmp::Ordering::Greater => -0.02 * f32::from(b - a),
                    std::cmp::Ordering::Equal => -1.5,
                    std::cmp::Ordering::Less => -2.5,
                };
            }
        }
    }
    let mut set =
        |before: Label, after: Label, step: f32| steps[(before as usize + 1) * LABELS + after as usize] = step;
    set(Label::Road, Label::RoadNumber, 1.0);
    set(Label::Road, Label::Building, -1.5);
    set(Label::Road, Label::Room, -2.0);
    set(Label::Community, Label::RoadNumber, 0.3);
    set(Label::RoadNumber, Label::SideRoadNumber, -2.0);
    set(Label::SideRoad, Label::SideRoadNumber, 1.0);
    set(Label::Road, Label::SideRoadNumber, -3.0);
    set(Label::Estate, Label::RoadNumber, 0.0);
    set(Label::Estate, Label::Room, -0.5);
    set(Label::EstatePart, Label::Building, 0.5);
    set(Label::Town, Label::District, -1.0);
    set(Label::Estate, Label::EstatePart, 0.3);
    set(Label::Estate, Label::Building, 0.5);
    set(Label::EstatePart, Label::Building, 0.5);
    set(Label::Building, Label::Unit, 0.5);
    set(Label::Building, Label::Room, 0.3);
    set(Label::Unit, Label::Room, 0.5);
    set(Label::Floor, Label::Room, 0.5);
    steps
}

impl Rules {
    /// A splitter by these words.
    #[must_use]
    pub fn new(words: Words) -> Self {
        Self { words, steps: steps() }
    }

    /// The parts of an address.
    #[must_use]
    pub fn split(&self, text: &str) -> Vec<Part> {
        in_blocks(&tokens(text), |block| {
            let chars: Vec<Vec<char>> =
                block.iter().map(|token| text[token.range.clone()].chars().map(fold).collect()).collect();
            best(&self.lattice(block, &chars), &self.steps)
        })
    }

    fn lattice(&self, tokens: &[Token], chars: &[Vec<char>]) -> Lattice {
        let mut lattice = Lattice::new(tokens.len());
        for from in 0..tokens.len() {
            let mut part = Vec::new();
            for to in from + 1..=tokens.len().min(from + LONGEST) {
                part.extend_from_slice(&chars[to - 1]);
                let scores = &mut lattice.whole[Lattice::part(from, to)];
                if to - from > NAME {
                    scores.fill(-9.0);
                    continue;
                }
                self.judge(&tokens[from..to], &part, scores);
                if self.goes_on(&part, chars.get(to)) {
                    scores.iter_mut().for_each(|score| *score -= 1.5);
                }
                let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                if to - from > 1 && most > 1.0 && repeats(&tokens[..from], &tokens[from..to]) {
                    scores[Label::Redundant as usize] = most + 0.3;
                }
            }
        }
        joined_numbers(tokens, chars, &mut lattice);
        lattice
    }

    /// Whether an ending of a name stands across the end of a part.
    fn goes_on(&self, part: &[char], next: Option<&Vec<char>>) -> bool {
        let Some(next) = next else { return false };
        let near = &part[part.len().saturating_sub(super::words::WORD)..];
        let on: Vec<char> = near.iter().chain(next).copied().collect();
        self.words.ending(&on).is_some_and(|(_, n)| n > next.len())
    }

    /// What a part scores as each label.
    fn judge(&self, part: &[Token], chars: &[char], scores: &mut [f32; LABELS]) {
        let length = part.len() as f32;
        scores.fill(-2.0 - length);
        // What nothing is known of is most often the name of some place.
        scores[Label::Estate as usize] = -0.9 - 0.05 * (length - 4.0).abs();
        scores[Label::Occupant as usize] = -1.3 - 0.05 * (length - 4.0).abs();
        if part.iter().all(|token| token.class == Class::Sign) {
            scores[Label::Redundant as usize] = 0.5;
        }
        if let Some(label) = self.words.whole.get(chars) {
            scores[*label as usize] = 1.5 + 0.1 * length;
        }
        if let Some((label, n)) = self.words.ending(chars)
            && (chars.len() > n || n > 2)
            && part.iter().all(|token| token.class != Class::Sign)
        {
            let stem = (chars.len() - n) as f32;
            let usual = if label == Label::Estate { 0.05 } else { 0.2 };
            let score = 2.0 + 0.1 * n as f32 - usual * (stem - 2.0).abs();
            scores[label as usize] = score;
            if label == Label::City {
                // Of two cities in a row the second is a district of the first.
                scores[Label::District as usize] = score - 0.4;
            }
        }
        self.judge_number(part, chars, scores);
    }

    fn judge_number(&self, part: &[Token], chars: &[char], scores: &mut [f32; LABELS]) {
        let counting = |class| matches!(class, Class::Digits | Class::Numeral | Class::Latin);
        let numbers = part.iter().take_while(|token| counting(token.class)).count();
        if numbers == 0 {
            return;
        }
        let figures: usize =
            chars.iter().take_while(|c| c.is_ascii_alphanumeric() || super::tokens::is_numeral(**c)).count();
        if numbers == part.len() {
            // A bare number.
            if part.iter().any(|token| token.class == Class::Digits) {
                scores[Label::Room as usize] = if figures >= 3 { 0.3 } else { -0.4 };
                scores[Label::RoadNumber as usize] = -0.4;
                scores[Label::Building as usize] = if figures <= 2 { 0.2 } else { -1.0 };
                scores[Label::Unit as usize] = -0.5;
            }
            return;
        }
        if part.iter().all(|token| token.class != Class::Han || token.range.len() == 3) && joined(part, chars) {
            scores[Label::RoadNumber as usize] = 2.8;
            return;
        }
        let behind = &chars[figures.min(chars.len())..];
        if let Some((labels, n)) = self.words.counts(behind).filter(|(_, n)| *n == behind.len()) {
            for (at, label) in labels.iter().enumerate() {
                scores[*label as usize] = 2.5 + 0.1 * n as f32 - 0.2 * at as f32;
            }
        }
    }
}

/// Numbers joined by a stroke with one word behind them, as several houses share an entrance.
fn joined(part: &[Token], chars: &[char]) -> bool {
    matches!(part, [a, b, c, d] if a.class == Class::Digits && b.class == Class::Sign && c.class == Class::Digits && d.class == Class::Han)
        && chars.contains(&'-')
}

/// Whether a part stands among the tokens before it.
fn repeats(before: &[Token], part: &[Token]) -> bool {
    before.windows(part.len()).any(|own| own.iter().zip(part).all(|(a, b)| a.key == b.key))
}

/// Numbers joined by strokes: building, unit, room; or building and room.
fn joined_numbers(tokens: &[Token], chars: &[Vec<char>], lattice: &mut Lattice) {
    let stroke = |at: usize| chars.get(at).is_some_and(|c| matches!(c[..], ['-' | '/' | '_']));
    let number = |at: usize| tokens.get(at).is_some_and(|t| matches!(t.class, Class::Digits));
    let mut at = 0;
    while at < tokens.len() {
        let mut numbers = Vec::new();
        while number(at) {
            numbers.push(at);
            if !(stroke(at + 1) && number(at + 2)) {
                break;
            }
            at += 2;
        }
        let labels: &[Label] = match numbers.len() {
            2 => &[Label::Building, Label::Room],
            3 => &[Label::Building, Label::Unit, Label::Room],
            _ => &[],
        };
        for (at, label) in numbers.iter().zip(labels) {
            lattice.whole[Lattice::part(*at, at + 1)][*label as usize] += 2.5;
        }
        at += 1;
    }
}
