//! Whether a reply answers its letter: about the same matter, more than empty phrases, with an act and a date, written
//! for this letter. It says why it doubts; the words for that are the caller's.
//!
//! Whether both are about the same matter is learnt from an office's own letters and replies: how rare each piece of
//! text is, and how much what letter and reply share says, true pairs held against exchanged ones.

mod judge;
mod phrases;
mod sketch;

pub use judge::{Judge, Pair};
pub use phrases::{Lists, Phrases, PhrasesError, Said};
pub use sketch::Sketch;

/// Why a reply may not answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// It seems to be about something else.
    Elsewhere {
        /// How likely both are about one matter; nothing where no judge was asked.
        same: f32,
    },
    /// Without its empty phrases nothing is left but so many characters.
    Empty {
        /// Characters.
        left: usize,
    },
    /// It names nothing that was done or will be.
    NoAction,
    /// It names no date.
    NoDate,
    /// It is the reply to another case.
    Copied {
        /// Which of the earlier replies, by number.
        of: usize,
        /// How much of both is the same.
        same: f32,
    },
}

/// From when on the caller wants to be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Less likely than this about the same matter is about something else.
    pub same_matter: f32,
    /// Fewer characters than this beside the empty phrases is empty.
    pub characters: usize,
    /// As much as this in common with an earlier reply is copied.
    pub copied: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { same_matter: 0.2, characters: 12, copied: 0.8 }
    }
}

/// Why this reply may not answer; empty where nothing is wrong. `earlier` are replies to other cases. While no judge has
/// learnt yet, a reply is about something else when it shares no telling piece with its letter.
#[must_use]
pub fn doubts(
    pair: &Pair<'_>,
    judge: Option<&Judge>,
    phrases: &Phrases,
    earlier: &[Sketch],
    limits: &Limits,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let said = phrases.read(pair.reply);
    if said.left < limits.characters {
        reasons.push(Reason::Empty { left: said.left });
    }
    let same = match judge {
        Some(judge) => judge.same_matter(pair),
        None => f32::from(u8::from(phrases.touches(&[pair.title, pair.text], pair.reply))),
    };
    if same < limits.same_matter {
        reasons.push(Reason::Elsewhere { same });
    }
    if !said.action {
        reasons.push(Reason::NoAction);
    }
    if !said.date {
        reasons.push(Reason::NoDate);
    }
    let sketch = Sketch::of(pair.reply);
    let closest = earlier.iter().map(|other| sketch.alike(other)).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((of, same)) = closest.filter(|(_, same)| *same >= limits.copied) {
        reasons.push(Reason::Copied { of, same });
    }
    reasons
}
