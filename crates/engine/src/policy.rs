//! Who may do what: one table of subject × relation × action × resource, written in `policy.toml`. It is the coarse gate
//! in front of every page and call; which acts of a flow are open to whom is said by the owners of its steps.

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::Deserialize;

use crate::{
    ids::{Malformed, OrgId, PlaceCode},
    seats::{Role, Seat},
    words::words,
};

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum Subject {
    /// Somebody of the staff, on one of their seats.
    Staff(Role),
    /// Somebody who signed in by phone.
    Resident,
    /// Somebody who did not sign in.
    Anyone,
}

impl Subject {
    const COUNT: usize = Role::ALL.len() + 2;

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::ALL.iter().map(|role| Self::Staff(*role)).chain([Self::Resident, Self::Anyone])
    }

    /// Its word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff(role) => role.as_str(),
            Self::Resident => "resident",
            Self::Anyone => "anyone",
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Staff(role) => role as usize,
            Self::Resident => Role::ALL.len(),
            Self::Anyone => Role::ALL.len() + 1,
        }
    }
}

impl FromStr for Subject {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let known = Self::all().find(|subject| subject.as_str() == text);
        known.ok_or_else(|| Malformed { text: text.into(), what: "a role, `resident` or `anyone`" })
    }
}

impl TryFrom<String> for Subject {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Role> for Subject {
    fn from(role: Role) -> Self {
        Self::Staff(role)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

words! {
    /// How a subject stands to the case in question.
    Relation, "a relation":
    /// The seat's org is the lead or a co-unit of the case.
    Unit = "unit",
    /// The case's place lies within the seat's.
    Scope = "scope",
    /// They brought it.
    Reporter = "reporter",
    /// They hold its tracking code.
    Code = "code",
    /// Not at all, or no case is in question.
    None = "none",
}

words! {
    /// What they want to do.
    Action, "an action":
    /// Read one.
    See = "see",
    /// Bring a new one.
    File = "file",
    /// Do one of the acts of its flow.
    Act = "act",
    /// Add a file to it.
    Attach = "attach",
    /// Read a page of them.
    List = "list",
    /// Make, change or end one.
    Edit = "edit",
}

words! {
    /// What they want to do it to.
    Resource, "a resource":
    /// A case.
    Case = "case",
    /// Who brought a case.
    Caller = "caller",
    /// A file of a case.
    Attachment = "attachment",
    /// The open steps of a seat.
    Inbox = "inbox",
    /// Finding cases by words.
    Search = "search",
    /// A place.
    Place = "place",
    /// A unit.
    Org = "org",
    /// An account of staff.
    Account = "account",
    /// A seat.
    Seat = "seat",
    /// A token of a program.
    Token = "token",
    /// A row of the duty list.
    Duty = "duty",
    /// A rule pack.
    Pack = "pack",
    /// What was learnt of letters.
    Reading = "reading",
    /// What the system warns of.
    Warning = "warning",
    /// Changes that wait for a second person.
    Second = "second",
    /// The doors: who needs a second factor, and the security log.
    Security = "security",
    /// A notice to oneself.
    Notice = "notice",
    /// The cases that one brought.
    OwnCases = "own-cases",
    /// What changed by whom.
    Record = "record",
    /// An uploaded table of places, units, accounts, seats or duties.
    Sheet = "sheet",
    /// Who sits on a seat while its holder is away. One's own seat needs no rule.
    Cover = "cover",
    /// An answer at hand. Its unit is the one that keeps it; its place the whole of what the deployment serves.
    Answer = "answer",
}

/// A table that cannot be read; the message shows line and column.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the policy table is refused: {0}")]
pub struct PolicyError(toml::de::Error);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    who: Vec<Subject>,
    by: Vec<Relation>,
    may: Vec<Action>,
    on: Vec<Resource>,
}

/// A set of resources, one bit each.
type Resources = u32;
const _: () = assert!(Resource::ALL.len() <= Resources::BITS as usize);

/// The table, ready to be asked.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Table {
    cells: [[[Resources; Action::ALL.len()]; Relation::ALL.len()]; Subject::COUNT],
}

impl FromStr for Table {
    type Err = PolicyError;

    /// Reads a table; an unknown word is refused with its line.
    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(text).map_err(PolicyError)?;
        let mut table = Self::default();
        for rule in &file.rule {
            let on = rule.on.iter().fold(0, |set, resource| set | bit(*resource));
            for (who, by) in rule.who.iter().flat_map(|who| rule.by.iter().map(move |by| (*who, *by))) {
                for may in &rule.may {
                    table.cells[who.index()][by as usize][*may as usize] |= on;
                }
            }
        }
        Ok(table)
    }
}

impl Table {
    /// Whether the table allows it.
    pub fn allows(&self, subject: Subject, relation: Relation, action: Action, resource: Resource) -> bool {
        self.cells[subject.index()][relation as usize][action as usize] & bit(resource) != 0
    }
}

fn bit(resource: Resource) -> Resources {
    1 << resource as u32
}

static TABLE: LazyLock<Result<Table, PolicyError>> = LazyLock::new(|| include_str!("policy.toml").parse());

/// Checks the table that is built in: to be asked at the start, for a table that cannot be read allows nothing.
pub fn check() -> Result<(), PolicyError> {
    TABLE.as_ref().map(drop).map_err(Clone::clone)
}

/// Whether a subject that stands so to the case (or to none) may do this. Exact: a rule for `anyone` is not one for
/// staff, and somebody with two relations is asked about twice.
pub fn allows(subject: Subject, relation: Relation, action: Action, resource: Resource) -> bool {
    TABLE.as_ref().is_ok_and(|table| table.allows(subject, relation, action, resource))
}

/// The cases that a list is cut down to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Those in these places.
    Places(Vec<PlaceCode>),
    /// Those that this unit leads or joins in.
    Unit(OrgId),
}

/// The cases on which a seat may do this; `None` when on none.
pub fn reach(seat: &Seat, action: Action, resource: Resource) -> Option<Reach> {
    let by = |relation| allows(seat.role.into(), relation, action, resource);
    if by(Relation::Scope) {
        Some(Reach::Places(vec![seat.place.clone()]))
    } else if by(Relation::Unit) {
        Some(Reach::Unit(seat.org.clone()))
    } else {
        None
    }
}
