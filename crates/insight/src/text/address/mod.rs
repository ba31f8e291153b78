//! Addresses: a text split into its parts, and the place of a tree that they mean.
//!
//! A [`Model`] is learnt from addresses whose parts are marked, and splits best. [`Rules`] need nothing but the words of a
//! pack. Both give the same [`Part`]s. [`Places`] finds the place that a text names, an address or any letter.

mod features;
mod file;
mod label;
mod learner;
mod lessons;
mod likelihood;
mod model;
mod places;
mod rules;
mod tokens;
mod trail;
mod train;
mod words;

use std::ops::Range;

pub use file::FileError;
pub use label::Label;
pub use model::Model;
pub use places::{Match, Named, Node, Places};
pub use rules::Rules;
pub use tokens::is_numeral;
pub use train::Options;
pub use words::{Words, WordsError};

/// A part of an address and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// What it is.
    pub label: Label,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

impl Part {
    /// The number that it says, in whichever digits; none where it says none.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<u32> {
        let part = text.get(self.range.clone())?;
        let digit = |c: &char| tokens::fold(*c).is_ascii_digit();
        let numeral = |c: &char| tokens::is_numeral(*c);
        let from = part.find(|c| digit(&c) || numeral(&c))?;
        let run: String = match part[from..].chars().next().filter(digit) {
            Some(_) => part[from..].chars().take_while(digit).collect(),
            None => part[from..].chars().take_while(numeral).collect(),
        };
        tokens::number(&run)
    }
}
