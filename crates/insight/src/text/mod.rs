//! What a letter says.

pub mod address;
pub mod personal;
