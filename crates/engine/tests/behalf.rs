//! Reporting for somebody else: theirs as soon as they sign in, told to whom it was said, and nobody's name anywhere.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::CaseKey,
    db::{DbError, Tx},
    ids::PersonId,
    vault::{
        self, Phone, PhoneKey, Secret,
        behalf::{self, Behalf, Relation, Told},
    },
    viewer::Viewer,
};
use linli_testbed::{Bed, on_both};
use town::{Town, caller, report};

const MOTHER: &str = "19900000078";

fn for_mother(told: Told) -> Behalf {
    let phone: Phone = MOTHER.parse().unwrap();
    Behalf { name: Secret::new("Granny Sun".into()), phone: Some(phone), relation: Relation::Child, told }
}

/// Signs in with a phone, as the sign-in page does.
async fn sign_in(town: &Town, phone: &str) -> PersonId {
    let (engine, now, phone) = (town.engine.clone(), town.clock.now(), phone.parse::<Phone>().unwrap());
    let work = move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        let key = &engine.vault_key;
        let person = vault::person_or_create(tx, engine.home, key, &phone, &nameless, PersonId::new(), now)?;
        behalf::claim(tx, &PhoneKey::of(key, &phone), person)?;
        Ok::<_, DbError>(person)
    };
    town.engine.db.write(work).await.unwrap()
}

async fn told(town: &Town, case: CaseKey, people: [PersonId; 2]) -> ([bool; 2], Vec<String>) {
    let vault_key = town.engine.vault_key.clone();
    let read = move |tx: &mut Tx<'_>| {
        let tells = |tx: &mut Tx<'_>, p| behalf::tells(tx, case.jurisdiction, case.id, p);
        let both = [tells(tx, people[0])?, tells(tx, people[1])?];
        let contacts = behalf::contacts_for_delivery(tx, &vault_key, case.jurisdiction, case.id)?;
        Ok::<_, DbError>((both, contacts.into_iter().map(|c| c.reveal().clone()).collect()))
    };
    town.engine.db.read(read).await.unwrap()
}

async fn the_other_person_has_it_once_they_sign_in(bed: Bed) {
    let town = Town::new(&bed).await;
    let child = sign_in(&town, "19900000045").await;
    let mut brought = report("for-mother");
    brought.caller = caller(Some(child));
    let filed = town.engine.file(brought).await.unwrap();
    town.engine.on_behalf(filed.key, for_mother(Told::Both)).await.unwrap();
    // A stranger is not let in by signing in.
    let stranger = sign_in(&town, "19900000099").await;
    assert!(town.engine.case_by_key(filed.key, &Viewer::Person(stranger)).await.is_err());
    let mother = sign_in(&town, MOTHER).await;
    for person in [child, mother] {
        let dossier = town.engine.case_by_key(filed.key, &Viewer::Person(person)).await.unwrap();
        assert!(!dossier.offers.is_empty(), "both may act");
        let own = town.engine.db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, person, None, 10)).await.unwrap();
        assert_eq!(own, [(filed.key.jurisdiction, filed.key.id)]);
        let printed = format!("{:?} {:?}", dossier.head, dossier.events);
        assert!(!printed.contains("Granny") && !printed.contains(MOTHER), "{printed}");
    }
    // Once she is known, what is reported for her is hers at once; sent again, it is the first word that holds.
    let second = town.file("second").await;
    town.engine.on_behalf(second.key, for_mother(Told::Them)).await.unwrap();
    town.engine.on_behalf(second.key, for_mother(Told::Me)).await.unwrap();
    let read = move |tx: &mut Tx<'_>| behalf::proxy(tx, second.key.jurisdiction, second.key.id);
    let proxy = town.engine.db.read(read).await.unwrap().unwrap();
    assert_eq!((proxy.relation, proxy.told, proxy.reachable), (Relation::Child, Told::Them, true));
    let own = town.engine.db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, mother, None, 10)).await.unwrap();
    assert_eq!(own.len(), 2);
    assert_eq!(own[0].1, second.key.id, "newest first");
    let older = town.engine.db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, mother, Some(second.key.id), 10));
    assert_eq!(older.await.unwrap(), [(filed.key.jurisdiction, filed.key.id)]);
}

async fn told_are_those_who_were_named(bed: Bed) {
    let town = Town::new(&bed).await;
    let (child, mother) = (sign_in(&town, "19900000045").await, sign_in(&town, MOTHER).await);
    for (way, both, contacts) in [
        (Told::Me, [true, false], vec!["19900000001"]),
        (Told::Them, [false, true], vec![MOTHER]),
        (Told::Both, [true, true], vec!["19900000001", MOTHER]),
    ] {
        let mut brought = report(way.slug());
        brought.caller = caller(Some(child));
        let case = town.engine.file(brought).await.unwrap().key;
        assert_eq!(told(&town, case, [child, mother]).await.0, [true, true], "nobody else was named yet");
        town.engine.on_behalf(case, for_mother(way)).await.unwrap();
        let (tells, reached) = told(&town, case, [child, mother]).await;
        assert_eq!((tells, reached.iter().map(String::as_str).collect::<Vec<_>>()), (both, contacts), "{way:?}");
    }
}

on_both! {
    theirs_after_sign_in => the_other_person_has_it_once_they_sign_in;
    told_as_named => told_are_those_who_were_named;
}
