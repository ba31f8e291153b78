//! Who acts in the made-up history: the seats of the street, and the people who report.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use linli_engine::{
    directory::Org,
    ids::{AccountId, Jurisdiction, PersonId, SeatId},
    seats::{Role, Seat},
    viewer::Viewer,
};
use linli_worktime::Millis;

use crate::cli::setup::AccountRow;

/// Somebody, on whichever of their seats may act.
pub type Whoever = Arc<[Viewer]>;

/// The seats of a town.
pub struct Cast {
    seats: Vec<(String, Seat)>,
    handlers: Mutex<BTreeMap<String, Whoever>>,
}

impl Cast {
    /// The seats of these accounts.
    pub fn new(accounts: &[AccountRow]) -> Self {
        let of = |account: &AccountRow| {
            let login = account.login.clone();
            let seat = move |row: &crate::cli::setup::SeatRow| {
                let role: Role = row.role.parse().ok()?;
                Some((login.clone(), seat(row.org.clone(), role, row.place.clone())))
            };
            account.seats.iter().filter_map(seat).collect::<Vec<_>>()
        };
        Self { seats: accounts.iter().flat_map(of).collect(), handlers: Mutex::default() }
    }

    /// Who signs in with this name.
    pub fn login(&self, login: &str) -> Whoever {
        self.seats.iter().filter(|(name, _)| name == login).map(|(_, seat)| Viewer::Staff(seat.clone())).collect()
    }

    /// Who holds a role over a street, the nearest first.
    pub fn role(&self, role: &str, street: Jurisdiction) -> Whoever {
        let street = street.to_string();
        let mut over: Vec<&Seat> = self.seats.iter().map(|(_, s)| s).filter(|s| s.role.as_str() == role).collect();
        over.retain(|s| street.starts_with(s.place.as_str()));
        over.sort_by_key(|s| std::cmp::Reverse(s.place.as_str().len()));
        over.into_iter().map(|seat| Viewer::Staff(seat.clone())).collect()
    }

    /// Who handles for a unit; somebody without a name where it has no account.
    pub fn handler(&self, org: &Org) -> Whoever {
        let mut known = self.handlers.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let own = self.seats.iter().map(|(_, s)| s).filter(|s| s.org == org.id && s.role.handles());
            let own: Vec<Viewer> = own.map(|seat| Viewer::Staff(seat.clone())).collect();
            let handler = || "handler".parse().ok().map(|role| seat(org.id.clone(), role, org.place.clone()));
            if own.is_empty() { handler().map(Viewer::Staff).into_iter().collect() } else { own.into() }
        };
        Arc::clone(known.entry(org.id.to_string()).or_insert_with(make))
    }
}

/// The reporter of a case.
pub fn reporter(person: PersonId) -> Whoever {
    Arc::from([Viewer::Person(person)])
}

fn seat(org: linli_engine::ids::OrgId, role: Role, place: linli_engine::ids::PlaceCode) -> Seat {
    let (id, account) = (SeatId::new(), AccountId::new());
    Seat { id, account, org, role, place, from: Millis(0), until: None, cover: None }
}
