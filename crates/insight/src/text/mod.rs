//! What a letter says.

pub mod answers;
pub mod category;
pub mod eval;
mod grams;
pub mod personal;
pub mod units;
