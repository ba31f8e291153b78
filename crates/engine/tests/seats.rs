//! Accounts and seats: who may be made, who is current, and that what ended stays ended.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::Tx,
    edge,
    ids::AccountId,
    seats::{self, PasswordError, Role, Seat, SeatError},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use staff::{HOME, PASSWORD, account, grant, login, password, seat};

#[test]
fn weak_passwords_are_refused() {
    let li = login("li.min-2024");
    let refused = |text| seats::hash_password(&li, text).unwrap_err();
    assert_eq!(refused(""), PasswordError::Short);
    assert_eq!(refused("123456789"), PasswordError::Short);
    assert_eq!(refused("LI.min-2024"), PasswordError::IsLogin);
    // Characters count, not bytes: nine Chinese characters are 27 bytes.
    assert_eq!(refused("社区社区社区社区社"), PasswordError::Short);
    assert!(seats::hash_password(&li, "社区社区社区社区社区").is_ok());
}

#[test]
fn a_hash_is_salted_hidden_and_fits_one_password() {
    let (one, other) = (password(), seats::hash_password(&login("nobody"), PASSWORD).unwrap());
    assert!(seats::verify_password(&one, PASSWORD) && seats::verify_password(&other, PASSWORD));
    assert!(!seats::verify_password(&one, "correct horse batterz"));
    assert_eq!(format!("{one:?}"), "PasswordHash(…)");
}

proptest! {
    #[test]
    fn a_login_reads_back_as_itself(text in ".{0,40}") {
        if let Ok(login) = text.parse::<seats::Login>() {
            prop_assert_eq!(login.as_str().parse::<seats::Login>().unwrap(), login);
        }
    }
}

async fn a_login_is_taken_once(bed: Bed) {
    let id = account(&bed.db, "li.min").await;
    let refused = |name, shown: &str| {
        let shown = shown.to_owned();
        bed.db.write(move |tx: &mut Tx<'_>| {
            seats::create_account(tx, HOME, AccountId(edge::new_id()), &login(name), &shown, &password())
        })
    };
    assert!(matches!(refused("Li.Min", "Another Li").await, Err(SeatError::Taken(taken)) if taken == "li.min"));
    assert!(matches!(refused("wang", "  ").await, Err(SeatError::Name)));
    assert!(matches!(refused("wang", &"x".repeat(61)).await, Err(SeatError::Name)));
    let all = bed.db.read(|tx: &mut Tx<'_>| seats::accounts(tx, HOME, None, 10)).await.unwrap();
    assert_eq!(all.iter().map(|a| a.id).collect::<Vec<_>>(), [id]);
}

async fn pages_of_accounts_join_without_gap_or_overlap(bed: Bed) {
    // Byte order on both databases: capitals are gone, `-` and `.` sort before digits, digits before letters.
    for name in ["bo", "ab", "a.b", "a-b", "a1", "a_b", "zz"] {
        account(&bed.db, name).await;
    }
    let gone = bed.db.read(|tx: &mut Tx<'_>| seats::accounts(tx, HOME, None, 1)).await.unwrap().remove(0).id;
    bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, gone, Millis(7))).await.unwrap();
    let mut seen = Vec::new();
    loop {
        let after = seen.last().map(|a: &seats::Account| a.login.clone());
        let page = bed.db.read(move |tx: &mut Tx<'_>| seats::accounts(tx, HOME, after.as_ref(), 3)).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let logins: Vec<_> = seen.iter().map(|a| a.login.as_str()).collect();
    assert_eq!(logins, ["a-b", "a.b", "a1", "a_b", "ab", "bo", "zz"]);
    assert_eq!(seen.iter().filter(|a| a.disabled).map(|a| a.id).collect::<Vec<_>>(), [gone]);
}

async fn only_open_accounts_get_seats(bed: Bed) {
    let stranger = seat(AccountId(edge::new_id()), Role::Desk, Millis(0), None);
    assert!(matches!(grant(&bed.db, &stranger).await, Err(SeatError::NoAccount)));
    let id = account(&bed.db, "li").await;
    bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, id, Millis(5))).await.unwrap();
    let late = seat(id, Role::Desk, Millis(6), None);
    assert!(matches!(grant(&bed.db, &late).await, Err(SeatError::NoAccount)));
    let unknown = bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, stranger.account, Millis(5))).await;
    assert!(matches!(unknown, Err(SeatError::NoAccount)));
}

async fn nobody_is_two_administrators_at_once(bed: Bed) {
    let id = account(&bed.db, "li").await;
    let day = |from, until| (Millis(from), until);
    let ask = |role, (from, until): (Millis, Option<i64>)| seat(id, role, from, until.map(Millis));
    grant(&bed.db, &ask(Role::AdminSystem, day(100, Some(200)))).await.unwrap();
    for when in [day(100, None), day(199, Some(300)), day(0, Some(101)), day(0, None)] {
        for role in [Role::AdminSecurity, Role::AdminAudit] {
            let refused = grant(&bed.db, &ask(role, when)).await;
            assert!(matches!(refused, Err(SeatError::Separated(Role::AdminSystem))), "{role} {when:?}");
        }
    }
    // Before and after it, beside another work, and the same office twice, are in order.
    grant(&bed.db, &ask(Role::AdminAudit, day(0, Some(100)))).await.unwrap();
    grant(&bed.db, &ask(Role::AdminSecurity, day(200, None))).await.unwrap();
    grant(&bed.db, &ask(Role::Handler, day(100, None))).await.unwrap();
    grant(&bed.db, &ask(Role::AdminSystem, day(150, Some(160)))).await.unwrap();
}

async fn two_grants_at_once_make_no_two_administrators(bed: Bed) {
    let id = account(&bed.db, "li").await;
    let asked = [Role::AdminSystem, Role::AdminSecurity, Role::AdminAudit].map(|role| {
        let (db, seat) = (bed.db.clone(), seat(id, role, Millis(0), None));
        tokio::spawn(async move { grant(&db, &seat).await.is_ok() })
    });
    let mut granted = 0;
    for one in asked {
        granted += u32::from(one.await.unwrap());
    }
    assert_eq!(granted, 1);
}

#[derive(Clone, Debug)]
enum Move {
    Grant { starts_in: i64, lasts: Option<i64> },
    End { which: usize, late_by: i64 },
}

fn moves() -> impl Strategy<Value = Vec<(i64, Move)>> {
    let grant =
        (-5_i64..10, proptest::option::of(0_i64..20)).prop_map(|(starts_in, lasts)| Move::Grant { starts_in, lasts });
    let end = (0_usize..8, 0_i64..3).prop_map(|(which, late_by)| Move::End { which, late_by });
    vec((0_i64..6, prop_oneof![grant, end]), 1..14)
}

/// Whatever is granted and ended, in whatever order (a clock a little behind included): the current seats are those that
/// the dates say, and one that has ended is never seen again.
async fn ended_seats_never_come_back(bed: Bed) {
    let mut runner = TestRunner::deterministic();
    let logins = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1", "b2", "b3", "b4", "b5", "b6"];
    for name in logins {
        let id = account(&bed.db, name).await;
        let moves = moves().new_tree(&mut runner).unwrap().current();
        let (mut now, mut model, mut over) = (100, Vec::<Seat>::new(), Vec::new());
        for (step, what) in moves {
            now += step;
            match what {
                Move::Grant { starts_in, lasts } => {
                    let from = now + starts_in;
                    let new = seat(id, Role::Handler, Millis(from), lasts.map(|l| Millis(from + l)));
                    grant(&bed.db, &new).await.unwrap();
                    model.push(new);
                }
                Move::End { which, late_by } => {
                    let Some(ended) = model.get_mut(which) else { continue };
                    let (seat_id, at) = (ended.id, Millis(now - late_by));
                    let met = bed.db.write(move |tx: &mut Tx<'_>| seats::end_seat(tx, HOME, seat_id, at)).await;
                    assert_eq!(met.unwrap(), ended.until.is_none_or(|until| until > at));
                    ended.until = Some(ended.until.map_or(at, |until| until.min(at)));
                }
            }
            let current = bed.db.read(move |tx: &mut Tx<'_>| seats::seats_of(tx, HOME, id, Millis(now)));
            let current = current.await.unwrap();
            let mut expected: Vec<_> = model
                .iter()
                .filter(|s| s.from.0 <= now && s.until.is_none_or(|until| now < until.0))
                .cloned()
                .collect();
            expected.sort_by_key(|s| (s.from, s.id));
            assert_eq!(current, expected);
            assert!(current.iter().all(|s| !over.contains(&s.id)), "an ended seat is back");
            over.extend(model.iter().filter(|s| s.until.is_some_and(|until| until.0 <= now)).map(|s| s.id));
        }
    }
}

on_both! {
    taken_logins => a_login_is_taken_once;
    account_pages => pages_of_accounts_join_without_gap_or_overlap;
    seats_of_the_gone => only_open_accounts_get_seats;
    separation_of_duties => nobody_is_two_administrators_at_once;
    separation_in_a_race => two_grants_at_once_make_no_two_administrators;
    ended_seats => ended_seats_never_come_back;
}
