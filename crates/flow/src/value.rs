//! What a case's fields can hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The fields of a case by name.
pub type Fields = BTreeMap<String, Value>;

/// What an actor filled in, by field name.
pub type Form = BTreeMap<String, Value>;

/// One value of a field. There are no fractions: a value has one spelling, so an event has one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing: in a change it clears the field.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, a choice, a date (`2026-03-01`), an org or a case.
    Text(String),
    /// Several orgs.
    List(Vec<String>),
}

impl Value {
    /// Whether it holds something: not null, not false, not zero, not empty.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(yes) => *yes,
            Self::Number(number) => *number != 0,
            Self::Text(text) => !text.is_empty(),
            Self::List(list) => !list.is_empty(),
        }
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is one.
    pub fn as_number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The list; empty when it is something else.
    pub fn as_list(&self) -> &[String] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

/// What kind of value a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Free text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Bool,
    /// A day, `2026-03-01`.
    Date,
    /// A minute of local time, `2026-03-01 15:30`.
    Time,
    /// One of these codes.
    Choice(Vec<String>),
    /// One org, by its id.
    Org,
    /// Several orgs, by their ids.
    Orgs,
    /// Another case, by its number.
    Case,
}
