//! What a letter says.

pub mod address;
pub mod answers;
pub mod category;
pub mod eval;
pub mod events;
mod grams;
pub mod near;
mod pairs;
pub mod personal;
pub mod repeats;
pub mod units;
