//! Ids as types: one cannot be given where another is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::db::{FromCell, Value};

/// A text that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}")]
pub struct Malformed {
    /// What was given.
    pub text: String,
    /// What was expected.
    pub what: &'static str,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// A new one (drawn at the edge).
            pub fn new() -> Self {
                Self(crate::edge::new_id())
            }

            /// One that sorts as if it had been made then, the `nth` of its millisecond: ids of history.
            pub fn at(time: linli_worktime::Millis, nth: u16) -> Self {
                Self(crate::edge::id_at(time, nth))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                let id = uuid::Uuid::try_parse(text).map_err(|_| Malformed { text: text.into(), what: $what })?;
                Ok(Self(id.into_bytes()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Id(id.0)
            }
        }

        impl FromCell for $name {
            const NAME: &'static str = $what;
            fn from_cell(cell: Value) -> Result<Self, Value> {
                <[u8; 16]>::from_cell(cell).map(Self)
            }
        }
    };
}

uuid_id!(/// A case.
    CaseId, "the id of a case");
uuid_id!(/// A person in the vault.
    PersonId, "the id of a person");
uuid_id!(/// An account of staff.
    AccountId, "the id of an account");
uuid_id!(/// A seat: a role at an org over a scope.
    SeatId, "the id of a seat");
uuid_id!(/// A notice.
    NoticeId, "the id of a notice");
uuid_id!(/// An attachment.
    AttachmentId, "the id of an attachment");
uuid_id!(/// A token of a program.
    TokenId, "the id of a token");
uuid_id!(/// A row of the duty list.
    DutyId, "the id of a duty");
uuid_id!(/// A change of the directory, the rules or who works here.
    ChangeId, "the id of a change");
uuid_id!(/// A change that waits for a second person.
    ProposalId, "the id of a proposal");
uuid_id!(/// An uploaded table.
    SheetId, "the id of a table");
uuid_id!(/// A saved view of the desk.
    ViewId, "the id of a view");
uuid_id!(/// A ready-made text of an office or a unit.
    PhraseId, "the id of a phrase");
uuid_id!(/// A line of the security log.
    SecurityEventId, "the id of a line of the security log");
uuid_id!(/// What one shift leaves to the next.
    HandoverId, "the id of a hand-over");

/// A place by its code: digits, and a child's code begins with its parent's. City 4, district 6, street 9,
/// community 12, grid 15, building 18, unit 20 (GB/T 2260, GB/T 10114; grids as 6+3+3+3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode(String);

/// The level of a place, from the length of its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 2 digits.
    Province,
    /// 4 digits.
    City,
    /// 6 digits.
    District,
    /// 9 digits.
    Street,
    /// 12 digits.
    Community,
    /// 15 digits.
    Grid,
    /// 18 digits.
    Building,
    /// 20 digits.
    Unit,
}

impl Level {
    const LENGTHS: [(usize, Self); 8] = [
        (2, Self::Province),
        (4, Self::City),
        (6, Self::District),
        (9, Self::Street),
        (12, Self::Community),
        (15, Self::Grid),
        (18, Self::Building),
        (20, Self::Unit),
    ];

    /// Its word in data files and text keys.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::District => "district",
            Self::Street => "street",
            Self::Community => "community",
            Self::Grid => "grid",
            Self::Building => "building",
            Self::Unit => "unit",
        }
    }
}

impl PlaceCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level that the length says.
    pub fn level(&self) -> Level {
        Level::LENGTHS.iter().rev().find(|(n, _)| *n <= self.0.len()).map_or(Level::Province, |(_, l)| *l)
    }

    /// Whether `inner` is this place or lies within it.
    pub fn covers(&self, inner: &Self) -> bool {
        inner.0.starts_with(&self.0)
    }

    /// The place one level up.
    pub fn parent(&self) -> Option<Self> {
        let (n, _) = Level::LENGTHS.iter().rev().find(|(n, _)| *n < self.0.len())?;
        Some(Self(self.0[..*n].to_owned()))
    }

    /// This place, its parent, and so on up to the province.
    pub fn upwards(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The first code after all that lie within this place: `code >= self && code < end` is its subtree.
    pub fn end(&self) -> String {
        // ':' is the character after '9'.
        format!("{}:", self.0)
    }

    /// The jurisdiction that its rows belong to: the street's code, or the code filled up with zeros above a street.
    pub fn jurisdiction(&self) -> Jurisdiction {
        let head = &self.0[..self.0.len().min(9)];
        Jurisdiction(format!("{head:0<9}").parse().unwrap_or_default())
    }
}

impl FromStr for PlaceCode {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let known = Level::LENGTHS.iter().any(|(n, _)| *n == text.len());
        if known && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed { text: text.into(), what: "a place code (4, 6, 9, 12, 15, 18 or 20 digits)" })
        }
    }
}

impl TryFrom<String> for PlaceCode {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<PlaceCode> for String {
    fn from(code: PlaceCode) -> Self {
        code.0
    }
}

impl From<&PlaceCode> for Value {
    fn from(code: &PlaceCode) -> Self {
        Self::Text(code.0.clone())
    }
}

impl FromCell for PlaceCode {
    const NAME: &'static str = "a place code";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The street (9-digit code) that a row belongs to: the first part of every key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Jurisdiction(pub u32);

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

impl FromStr for Jurisdiction {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let code = text.parse::<u32>().ok().filter(|_| text.len() == 9);
        code.map(Self).ok_or_else(|| Malformed { text: text.into(), what: "a jurisdiction (the 9 digits of a street)" })
    }
}

impl From<Jurisdiction> for Value {
    fn from(j: Jurisdiction) -> Self {
        Self::Int(i64::from(j.0))
    }
}

impl FromCell for Jurisdiction {
    const NAME: &'static str = "a jurisdiction";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        u32::from_cell(cell).map(Self)
    }
}

/// An org by its slug: lower-case letters, digits and hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgId(String);

impl OrgId {
    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgId {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let good = (1..=48).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed { text: text.into(), what: "the short name of a unit (lower-case letters, digits, hyphens)" })
        }
    }
}

impl TryFrom<String> for OrgId {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<OrgId> for String {
    fn from(id: OrgId) -> Self {
        id.0
    }
}

impl From<&OrgId> for Value {
    fn from(id: &OrgId) -> Self {
        Self::Text(id.0.clone())
    }
}

impl FromCell for OrgId {
    const NAME: &'static str = "the short name of a unit";
    fn from_cell(cell: Value) -> Result<Self, Value> {
        let text = String::from_cell(cell)?;
        text.parse().map_err(|_| Value::Text(text))
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
