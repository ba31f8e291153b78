//! Staff to test with: an account with a password that is hashed once, and seats.

use std::sync::OnceLock;

use linli_engine::{
    db::{Db, Tx},
    edge,
    ids::{AccountId, Jurisdiction, SeatId},
    seats::{self, Login, PasswordHash, Role, Seat, SeatError},
};
use linli_worktime::Millis;

pub const HOME: Jurisdiction = Jurisdiction(110_101_001);
pub const PASSWORD: &str = "correct horse battery";

pub fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub fn password() -> PasswordHash {
    static HASH: OnceLock<PasswordHash> = OnceLock::new();
    HASH.get_or_init(|| seats::hash_password(&login("nobody"), PASSWORD).unwrap()).clone()
}

pub async fn account(db: &Db, name: &'static str) -> AccountId {
    let id = AccountId(edge::new_id());
    let work = move |tx: &mut Tx<'_>| seats::create_account(tx, HOME, id, &login(name), "Li Min", &password());
    db.write(work).await.unwrap();
    id
}

pub fn seat(account: AccountId, role: Role, from: Millis, until: Option<Millis>) -> Seat {
    let (org, place) = ("water-office".parse().unwrap(), "110101001".parse().unwrap());
    Seat { id: SeatId(edge::new_id()), account, org, role, place, from, until, cover: None }
}

pub async fn grant(db: &Db, seat: &Seat) -> Result<(), SeatError> {
    let seat = seat.clone();
    db.write(move |tx: &mut Tx<'_>| seats::grant_seat(tx, HOME, &seat)).await
}
