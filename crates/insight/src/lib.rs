//! What can be told from the words, places and times of many cases. Pure: values in, values out.
//!
//! [`text`] reads letters.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod text;
