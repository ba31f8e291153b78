//! What a letter says.

pub mod personal;
