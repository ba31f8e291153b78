//! Who looks or acts, and what they have to do with a case. The one gate in front of every case.

use linli_flow::{Actor, Case, Value, Who};

use crate::{
    cases::{CaseError, CaseKey, Head, links},
    db::Tx,
    ids::PersonId,
    policy::{self, Action, Relation, Resource, Subject},
    seats::Seat,
    vault,
};

/// Who looks or acts.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// A member of staff on one of their seats.
    Staff(Seat),
    /// A resident who signed in.
    Person(PersonId),
    /// Somebody who holds the tracking code of one case.
    Code(CaseKey),
    /// Anyone.
    Anyone,
}

impl Viewer {
    /// As the policy table knows them.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Staff(seat) => Subject::Staff(seat.role),
            Self::Person(_) | Self::Code(_) => Subject::Resident,
            Self::Anyone => Subject::Anyone,
        }
    }

    /// As events record them. A resident is the reporter and nobody by name: identity stays in the vault.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Staff(seat) => Actor {
                // Whoever covers acts for the seat, and the record says so.
                kind: if seat.cover.is_some() { "cover" } else { "seat" }.into(),
                id: seat.id.to_string(),
                org: Some(seat.org.to_string()),
                role: Some(seat.role.as_str().into()),
            },
            _ => Actor { kind: "person".into(), id: "reporter".into(), org: None, role: None },
        }
    }

    /// What they have to do with a case.
    pub fn relations(&self, tx: &mut Tx<'_>, head: &Head, case: &Case) -> Result<Vec<Relation>, CaseError> {
        // A case that was brought for somebody is theirs as much as the caller's.
        let caller = match self {
            Self::Person(person) => vault::is_of(tx, head.key.jurisdiction, head.key.id, *person)?.then_some(*person),
            _ => None,
        };
        let mut all = self.relations_to(caller, head, case);
        // What goes along with a unit's case is the unit's to know, too.
        if let Self::Staff(seat) = self
            && seat.role.handles()
            && !all.contains(&Relation::Unit)
            && links::led_by(tx, head.key)?.as_deref() == Some(seat.org.as_str())
        {
            all.push(Relation::Unit);
        }
        Ok(all)
    }

    /// What they have to do with a case that this person brought.
    pub(crate) fn relations_to(&self, caller: Option<PersonId>, head: &Head, case: &Case) -> Vec<Relation> {
        match self {
            Self::Staff(seat) => standing(seat, head, case),
            Self::Person(person) => (caller == Some(*person)).then_some(Relation::Reporter).into_iter().collect(),
            Self::Code(key) => (*key == head.key).then_some(Relation::Code).into_iter().collect(),
            Self::Anyone => Vec::new(),
        }
    }

    /// Passes when the policy lets them do this to the case; otherwise the case does not exist for them.
    pub fn may(&self, tx: &mut Tx<'_>, head: &Head, case: &Case, action: Action) -> Result<(), CaseError> {
        let relations = self.relations(tx, head, case)?;
        let allowed = relations.iter().any(|r| policy::allows(self.subject(), *r, action, Resource::Case));
        if allowed { Ok(()) } else { Err(CaseError::NotFound) }
    }

    /// Whether they are (or act for) one whom the flow names, on a case that they may act on.
    pub fn is(&self, who: &Who, key: &str, head: &Head, case: &Case) -> bool {
        match (self, who) {
            (Self::Staff(seat), Who::Role(role)) => seat.role.as_str() == role && seat.place.covers(&head.place),
            (Self::Staff(seat), Who::Field(_)) if !key.is_empty() => seat.org.as_str() == key && seat.role.handles(),
            (Self::Staff(seat), Who::Field(field)) => {
                let named = match case.field(field) {
                    Value::Text(id) => id == seat.org.as_str(),
                    Value::List(ids) => ids.iter().any(|id| id == seat.org.as_str()),
                    _ => false,
                };
                named && seat.role.handles()
            }
            (Self::Person(_) | Self::Code(_), Who::Reporter) => true,
            _ => false,
        }
    }
}

/// How a seat stands to a case.
pub(crate) fn standing(seat: &Seat, head: &Head, case: &Case) -> Vec<Relation> {
    let unit = units(case).any(|id| id == seat.org.as_str()).then_some(Relation::Unit);
    let scope = seat.place.covers(&head.place).then_some(Relation::Scope);
    unit.into_iter().chain(scope).collect()
}

fn units(case: &Case) -> impl Iterator<Item = &str> {
    let lead = case.field("unit").as_text();
    lead.into_iter().chain(case.field("co_units").as_list().iter().map(String::as_str))
}
