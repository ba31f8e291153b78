//! The vault: one spelling of a phone, one person behind it, and nothing that prints them.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{collections::BTreeSet, marker::PhantomData};

use linli_engine::{
    db::{DbError, Sql, Tx, Value},
    edge,
    ids::{CaseId, Jurisdiction, PersonId},
    vault::{self, Caller, Phone, PhoneKey, Secret, VaultKey},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::prelude::*;

const HOME: Jurisdiction = Jurisdiction(110_101_001);
const OTHER: Jurisdiction = Jurisdiction(110_101_002);

fn key() -> VaultKey {
    VaultKey::new(std::array::from_fn(|i| u8::try_from(i).unwrap()))
}

#[test]
fn one_phone_has_one_spelling() {
    let spellings = [
        ("13800138000", "13800138000"),
        (" 138 0013 8000 ", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("(+86)138.0013.8000", "13800138000"),
        ("\u{ff0b}86 \u{ff11}\u{ff13}\u{ff18}00138000", "13800138000"),
        ("138\u{3000}0013\u{a0}8000", "13800138000"),
        ("(010) 6512-3456", "01065123456"),
        ("12345", "12345"),
        ("+1 (415) 555-2671", "+14155552671"),
        // Not a mobile number behind the country code: kept as it came.
        ("+86 10 6512 3456", "+861065123456"),
    ];
    for (typed, kept) in spellings {
        assert_eq!(typed.parse::<Phone>().unwrap().reveal(), kept, "{typed}");
    }
    assert!("13800138000".parse::<Phone>().unwrap().is_mobile());
    assert!(!"01065123456".parse::<Phone>().unwrap().is_mobile());
}

#[test]
fn what_is_no_phone_is_refused_and_not_repeated() {
    for text in ["", "1234", "123456789012345678901", "+", "13800138000a", "138001380oo", "1+3800138000", "李敏"] {
        let refused = text.parse::<Phone>().unwrap_err().to_string();
        assert!(text.is_empty() || !refused.contains(text), "{text}");
    }
}

proptest! {
    #[test]
    fn a_phone_reads_back_as_itself(text in "[ ()+0-9-]{0,24}") {
        if let Ok(phone) = text.parse::<Phone>() {
            prop_assert_eq!(phone.reveal().parse::<Phone>().unwrap(), phone);
        }
    }

    #[test]
    fn separators_change_nothing(digits in "1[3-9][0-9]{9}", marks in proptest::collection::vec("[ .()-]{0,2}", 11)) {
        let typed: String = digits.chars().zip(&marks).flat_map(|(d, m)| [d.to_string(), m.clone()]).collect();
        for code in ["", "+86", "0086 ", "86"] {
            let phone: Phone = format!("{code}{typed}").parse().unwrap();
            prop_assert_eq!(phone.reveal(), &digits);
        }
    }

    #[test]
    fn nothing_of_a_secret_is_printed(name in "[A-Za-z0-9]{6,20}", digits in "1[3-9][0-9]{9}") {
        let phone: Phone = digits.parse().unwrap();
        let caller = Caller {
            person: None,
            name: Secret::new(name.clone()),
            contact: phone.clone().into(),
            confidential: true,
        };
        let printed = format!("{caller:?} {caller:#?} {phone:?} {:?}", Secret::new(vec![name.clone()]));
        prop_assert!(!printed.contains(&name) && !printed.contains(&digits), "{}", printed);
        prop_assert_eq!(caller.name.reveal(), &name);
    }
}

/// `Is<T>::PRINTED` is the inherent constant where `T` has the trait, and the one below where it has not.
struct Is<T>(PhantomData<T>);
trait Otherwise {
    const SHOWN: bool = false;
    const DEBUGGED: bool = false;
}
impl<T> Otherwise for Is<T> {}
impl<T: std::fmt::Display> Is<T> {
    const SHOWN: bool = true;
}
impl<T: std::fmt::Debug> Is<T> {
    const DEBUGGED: bool = true;
}

#[test]
fn secrets_have_no_text() {
    assert_eq!([<Is<String>>::SHOWN, <Is<String>>::DEBUGGED], [true; 2]);
    assert_eq!(
        [<Is<Secret<String>>>::SHOWN, <Is<Phone>>::SHOWN, <Is<VaultKey>>::SHOWN, <Is<PhoneKey>>::SHOWN],
        [false; 4]
    );
    assert_eq!([<Is<VaultKey>>::DEBUGGED, <Is<PhoneKey>>::DEBUGGED], [false; 2]);
}

/// HMAC-SHA-256 as another implementation computes it (key 00…1f, text `phone`, a zero byte, the number).
#[test]
fn a_phone_key_is_hmac_sha_256() {
    let known = "60b1a06f8bb341d015b2c5d4de216b2138bffd04d8d0d7fd961671f4986644a4";
    let made = PhoneKey::of(&key(), &"138 0013 8000".parse().unwrap());
    let hex: String = made.as_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, known);
    assert!(made != PhoneKey::of(&VaultKey::new([0; 32]), &"13800138000".parse().unwrap()));
}

async fn a_phone_is_one_person(bed: Bed) {
    let asked: Vec<_> = (0..16)
        .map(|i| {
            let (db, new) = (bed.db.clone(), PersonId(edge::new_id()));
            let typed = if i % 2 == 0 { "13800138000" } else { "+86 138-0013-8000" };
            tokio::spawn(async move {
                let work = move |tx: &mut Tx<'_>| {
                    let (phone, name) = (typed.parse().unwrap(), Secret::new("Li Min".to_owned()));
                    vault::person_or_create(tx, HOME, &key(), &phone, &name, new, Millis(1))
                };
                db.write(work).await.unwrap()
            })
        })
        .collect();
    let mut people = BTreeSet::new();
    for one in asked {
        people.insert(one.await.unwrap());
    }
    assert_eq!(people.len(), 1);
    let by = |home, number: &'static str| {
        let phone = PhoneKey::of(&key(), &number.parse().unwrap());
        bed.db.read(move |tx: &mut Tx<'_>| vault::person_by_phone(tx, home, &phone))
    };
    assert_eq!(by(HOME, "13800138000").await.unwrap(), people.first().copied());
    assert_eq!(by(HOME, "13900139000").await.unwrap(), None);
    assert_eq!(by(OTHER, "13800138000").await.unwrap(), None);
}

fn caller(person: Option<PersonId>, contact: &str) -> Caller {
    let (name, contact) = (Secret::new("Li Min".to_owned()), Secret::new(contact.to_owned()));
    Caller { person, name, contact, confidential: false }
}

async fn a_caller_is_kept_once_and_reached_where_they_said(bed: Bed) {
    let (person, known, mute) = (PersonId(edge::new_id()), CaseId(edge::new_id()), CaseId(edge::new_id()));
    let put =
        |case, caller: Caller| bed.db.write(move |tx: &mut Tx<'_>| vault::put_caller(tx, &key(), HOME, case, &caller));
    put(known, caller(Some(person), "13800138000")).await.unwrap();
    put(mute, caller(None, "")).await.unwrap();
    assert!(matches!(put(known, caller(None, "13900139000")).await, Err(DbError::Duplicate { .. })));

    let about = |place, case| {
        bed.db.read(move |tx: &mut Tx<'_>| {
            let contact = vault::contact_for_delivery(tx, &key(), place, case)?;
            Ok::<_, DbError>((vault::caller_person(tx, place, case)?, vault::has_contact(tx, place, case)?, contact))
        })
    };
    let contact = Some(Secret::new("13800138000".to_owned()));
    assert_eq!(about(HOME, known).await.unwrap(), (Some(person), true, contact));
    for (place, case) in [(HOME, mute), (OTHER, known), (HOME, CaseId([0; 16]))] {
        assert_eq!(about(place, case).await.unwrap(), (None, false, None));
    }
}

async fn the_cases_of_a_person_come_newest_first(bed: Bed) {
    let (li, wang) = (PersonId(edge::new_id()), PersonId(edge::new_id()));
    // Made in no order, in two jurisdictions, with somebody else's between them.
    let cases: Vec<(Jurisdiction, CaseId, PersonId)> = (0..23_u8)
        .map(|i| {
            let place = if i % 3 == 0 { OTHER } else { HOME };
            (place, CaseId([i * 7 % 23; 16]), if i % 4 == 0 { wang } else { li })
        })
        .collect();
    let all = cases.clone();
    let put = bed.db.write(move |tx: &mut Tx<'_>| {
        all.iter().try_for_each(|(place, case, person)| {
            vault::put_caller(tx, &key(), *place, *case, &caller(Some(*person), ""))
        })
    });
    put.await.unwrap();
    let mut expected: Vec<_> = cases.iter().filter(|c| c.2 == li).map(|c| (c.0, c.1)).collect();
    expected.sort_by_key(|c| std::cmp::Reverse(c.1));
    let mut seen: Vec<(Jurisdiction, CaseId)> = Vec::new();
    loop {
        let after = seen.last().map(|c| c.1);
        let page = bed.db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, li, after, 4)).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 4);
        seen.extend(page);
    }
    assert_eq!(seen, expected);
}

static SEAL: Sql = Sql::new("SEAL", "UPDATE vault_caller SET scheme = 7 WHERE jurisdiction = $1 AND case_id = $2");

/// A row that a later version sealed is refused, never delivered as it stands.
async fn an_unknown_scheme_is_not_read(bed: Bed) {
    let case = CaseId(edge::new_id());
    let work = move |tx: &mut Tx<'_>| {
        vault::put_caller(tx, &key(), HOME, case, &caller(None, "sealed"))?;
        tx.put(&SEAL, vec![Value::from(HOME), Value::from(case)])
    };
    bed.db.write(work).await.unwrap();
    let refused =
        bed.db.read(move |tx: &mut Tx<'_>| vault::contact_for_delivery(tx, &key(), HOME, case)).await.unwrap_err();
    assert!(refused.to_string().contains("scheme"), "{refused}");
    assert!(!refused.to_string().contains("sealed"), "{refused}");
}

on_both! {
    people => a_phone_is_one_person;
    callers => a_caller_is_kept_once_and_reached_where_they_said;
    cases_of_a_person => the_cases_of_a_person_come_newest_first;
    schemes => an_unknown_scheme_is_not_read;
}
