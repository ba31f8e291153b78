//! Who asks: everybody that the program knows, by session, by token, by tracking code, and nobody.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use linli_engine::{
    Engine,
    db::Tx,
    edge,
    ids::{AccountId, PersonId, PlaceCode, SeatId},
    policy::{Relation, Subject},
    seats::{self, Role, Seat, SeatError},
    sessions::{self, Origin, Token, Who},
    tokens::Scopes,
    vault::{self, Phone, Secret},
};
use linli_worktime::Millis;
use tower::ServiceExt as _;

use super::world::Case;
use crate::common::MONDAY;

/// Somebody, and what they are to others.
#[derive(Clone)]
pub struct Person {
    pub name: String,
    /// What their requests carry.
    pub headers: Vec<(&'static str, String)>,
    pub seat: Option<Seat>,
    pub person: Option<PersonId>,
    /// The case that they have the tracking code of.
    pub code: Option<usize>,
    /// What a program may be used for.
    pub scopes: Option<Scopes>,
    /// A token that is worth nothing any more.
    pub dead: bool,
}

impl Person {
    fn with_cookie(name: &str, cookie: String) -> Self {
        let headers = vec![("cookie", cookie)];
        Self { name: name.into(), headers, seat: None, person: None, code: None, scopes: None, dead: false }
    }

    pub fn program(name: String, seat: Seat, scopes: Scopes, text: &str, dead: bool) -> Self {
        let headers = vec![("authorization", format!("Bearer {text}"))];
        Self { name, headers, seat: Some(seat), person: None, code: None, scopes: Some(scopes), dead }
    }

    /// As the policy knows them.
    pub fn subject(&self) -> Subject {
        match (&self.seat, self.person.is_some() || self.code.is_some()) {
            (Some(seat), _) => Subject::Staff(seat.role),
            (None, true) => Subject::Resident,
            (None, false) => Subject::Anyone,
        }
    }

    /// How they stand to a case, from what the world was told of both.
    pub fn relations(&self, case: &Case) -> Vec<Relation> {
        let within = |seat: &Seat| case.place.starts_with(seat.place.as_str());
        let seat = self.seat.as_ref();
        let all = [
            (seat.is_some_and(|seat| seat.org.as_str() == case.unit), Relation::Unit),
            (seat.is_some_and(within), Relation::Scope),
            (self.person == Some(case.by), Relation::Reporter),
            (self.code == Some(case.nth), Relation::Code),
        ];
        all.into_iter().filter(|(holds, _)| *holds).map(|(_, relation)| relation).collect()
    }

    pub fn works_for(&self, units: &[&str]) -> bool {
        self.seat.as_ref().is_some_and(|seat| units.contains(&seat.org.as_str()))
    }

    pub fn administers(&self) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.role.is_admin())
    }
}

const A: &str = "990101001";
const B: &str = "990101002";

/// The staff of both streets: name, unit, role, place. The units are of every kind that there is.
const STAFF: [(&str, &str, Role, &str); 22] = [
    ("dispatcher", "yunxi-office", Role::Dispatcher, A),
    ("desk", "yunxi-office", Role::Desk, A),
    ("desk-head", "yunxi-office", Role::DeskHead, A),
    ("desk-narrow", "yunxi-office", Role::Desk, "990101001002"),
    ("overseer", "yunxi-party", Role::Overseer, A),
    ("leader", "yunxi-party", Role::Leader, A),
    ("unit", "yunzhou-municipal", Role::Handler, "990101"),
    ("other-unit", "yunxi-urban", Role::Handler, A),
    ("community", "heyuan", Role::Handler, "990101001001"),
    ("firm-hand", "anju-property", Role::Handler, "990101001001"),
    ("social", "yinling-care", Role::Handler, A),
    ("utility", "yunzhou-water", Role::Handler, "990101"),
    ("party", "yunxi-party", Role::Handler, A),
    ("district", "yunzhou-oversight", Role::Overseer, "990101"),
    ("admin-system", "yunxi-office", Role::AdminSystem, A),
    ("admin-security", "yunxi-office", Role::AdminSecurity, A),
    ("admin-audit", "yunxi-office", Role::AdminAudit, A),
    ("b-dispatcher", "liuhe-office", Role::Dispatcher, B),
    ("b-desk", "liuhe-office", Role::Desk, B),
    ("b-desk-head", "liuhe-office", Role::DeskHead, B),
    ("b-unit", "liuhe-urban", Role::Handler, B),
    // On whom the administrators work.
    ("spare", "liuhe", Role::Handler, B),
];

pub fn nobody() -> Person {
    Person::with_cookie("nobody", String::new())
}

pub async fn staff(engine: &Engine) -> Vec<Person> {
    let hash = seats::hash_password(&"anyone".parse().unwrap(), "a long password").unwrap();
    let home = engine.home;
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        let mut all = Vec::new();
        for (name, org, role, place) in STAFF {
            let account = AccountId::new();
            let place: PlaceCode = place.parse().unwrap();
            seats::create_account(tx, home, account, &name.parse().unwrap(), &format!("zq{name}whoqz"), &hash)?;
            let org = org.parse().unwrap();
            let seat = Seat { id: SeatId::new(), account, org, role, place, from: Millis(0), until: None, cover: None };
            seats::grant_seat(tx, home, &seat)?;
            let cookie = sessions::start(
                tx,
                home,
                &Token::new(edge::secret()),
                Who::Staff(account),
                &Origin::default(),
                MONDAY,
            )?;
            let cookie = format!("linli_session={cookie}");
            all.push(Person { seat: Some(seat), ..Person::with_cookie(name, cookie) });
        }
        Ok::<_, SeatError>(all)
    });
    made.await.unwrap()
}

/// A resident who has signed in with this telephone.
pub async fn resident(engine: &Engine, name: &str, phone: &str) -> Person {
    let (at, phone): (_, Phone) = (engine.clone(), phone.parse().unwrap());
    let work = move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        let person = vault::person_or_create(tx, at.home, &at.vault_key, &phone, &nameless, PersonId::new(), MONDAY)?;
        let cookie = sessions::start(
            tx,
            at.home,
            &Token::new(edge::secret()),
            Who::Resident(person),
            &Origin::default(),
            MONDAY,
        )?;
        Ok::<_, linli_engine::db::DbError>((person, cookie))
    };
    let (person, cookie) = engine.db.write(work).await.unwrap();
    let name = format!("resident-{name}");
    Person { person: Some(person), ..Person::with_cookie(&name, format!("linli_session={cookie}")) }
}

/// Somebody who gave the tracking code of a case, on the page and to the API.
pub async fn coded(name: &str, case: &Case, router: &Router) -> Person {
    let body = format!("number={}&code={}", case.number, case.tracking);
    let request = Request::post("/track").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut person = Person::with_cookie(name, cookie);
    person.headers.push(("tracking-code", case.tracking.clone()));
    Person { code: Some(case.nth), ..person }
}
