//! What a letter says.

pub mod address;
pub mod events;
mod grams;
pub mod personal;
pub mod repeats;
