//! What many people write about at the same time: a stream of letters grouped into events, the hottest first.
//!
//! A letter joins the event whose letters it resembles most, by words (cosine of tf-idf), place and time, or begins one;
//! events that have grown alike are merged when the table is drawn.
//!
//! **Heat** = (people + ln(1 + further letters by the same people) + 2 × ln(1 + votes for − votes against)) × ½ ^ (age /
//! half-life), where age is the time since the last letter, and votes that are against on the whole count nothing. So one
//! person who writes forty letters is no crowd.

mod bundle;
mod stream;
mod words;

pub use super::pairs::Common;
pub use stream::{Limits, Stream};

/// A letter as a stream takes it.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'l> {
    /// Its own number.
    pub id: u64,
    /// Whoever wrote it, as the caller tells people apart.
    pub person: u64,
    /// What it is about in a line.
    pub title: &'l str,
    /// What it says.
    pub text: &'l str,
    /// The name of its place, where that is known.
    pub place: Option<&'l str>,
    /// When it came, in seconds.
    pub at: i64,
    /// Votes of others for it.
    pub votes_for: u32,
    /// Votes of others against it.
    pub votes_against: u32,
}

/// What several letters are about.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Counted from 1, the hottest first.
    pub rank: usize,
    /// By the formula above.
    pub heat: f64,
    /// When its first letter came.
    pub first: i64,
    /// When its last letter came.
    pub last: i64,
    /// The place that most of its letters name.
    pub place: Option<String>,
    /// The words that tell it from other events, the most telling first.
    pub what: Vec<String>,
    /// The numbers of its letters, in the order of time.
    pub letters: Vec<u64>,
    /// How many people wrote them.
    pub people: usize,
    /// Votes for less votes against.
    pub votes: i64,
}

/// The heat of an event.
#[must_use]
pub fn heat(people: usize, letters: usize, votes: i64, age: i64, half_life: i64) -> f64 {
    let further = letters.saturating_sub(people) as f64;
    let said = people as f64 + further.ln_1p() + 2.0 * (votes.max(0) as f64).ln_1p();
    said * 0.5_f64.powf(age.max(0) as f64 / half_life.max(1) as f64)
}
