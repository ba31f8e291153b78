//! Accounts and seats: who may be made, who is current, and that what ended stays ended.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::{DbError, Tx},
    edge,
    ids::{AccountId, ProposalId},
    record::{self, Act, By},
    seats::{
        self, Account, PasswordError, Role, Seat, SeatError,
        keep::{self, Pen},
        second::{self, Change, Proposal},
    },
    sessions::{Required, factor},
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

/// An account of the staff with a seat on it.
async fn on_seat(bed: &Bed, name: &'static str, role: Role) -> (Account, By) {
    let id = account(&bed.db, name).await;
    let held = seat(id, role, Millis(0), None);
    grant(&bed.db, &held).await.unwrap();
    let found = bed.db.read(move |tx: &mut Tx<'_>| keep::by_login(tx, HOME, &login(name))).await.unwrap().unwrap();
    let by = By::staff(&found, &held);
    (found, by)
}

const NOW: Millis = Millis(1_000_000_000);

async fn pen<T: Send + 'static>(
    bed: &Bed,
    by: &By,
    at: Millis,
    work: impl Fn(&mut Tx<'_>, Pen<'_>) -> Result<T, SeatError> + Send + 'static,
) -> Result<T, SeatError> {
    let by = by.clone();
    bed.db.write(move |tx: &mut Tx<'_>| work(tx, Pen::new(HOME, &by, at))).await
}

async fn waits(bed: &Bed, at: Millis) -> Vec<Proposal> {
    bed.db.read(move |tx: &mut Tx<'_>| second::waiting(tx, HOME, at)).await.unwrap()
}

/// A new first password for somebody.
fn anew(of: &Account) -> impl Fn(&mut Tx<'_>, Pen<'_>) -> Result<(), SeatError> + Send + 'static {
    let of = of.clone();
    move |tx: &mut Tx<'_>, pen: Pen<'_>| pen.first_password(tx, &of, &password())
}

/// Whoever could sit on a seat by a new password or without its second factor gets neither by one administrator alone.
async fn who_holds_a_seat_takes_two(bed: Bed) {
    let (_, by_system) = on_seat(&bed, "system", Role::AdminSystem).await;
    let (_, by_security) = on_seat(&bed, "security", Role::AdminSecurity).await;
    let (audit, _) = on_seat(&bed, "audit", Role::AdminAudit).await;
    let (clerk, _) = on_seat(&bed, "clerk", Role::Desk).await;
    for of in [&audit, &clerk] {
        pen(&bed, &By::command("test"), NOW, anew(of)).await.unwrap();
        assert!(matches!(pen(&bed, &by_system, NOW, anew(of)).await, Err(SeatError::Alone)));
        let of = of.clone();
        let factor = pen(&bed, &by_system, NOW, move |tx, pen| pen.take_factor(tx, &of)).await;
        assert!(matches!(factor, Err(SeatError::Alone)));
    }
    // A seat that begins later counts; one that is over, and none at all, do not.
    let id = account(&bed.db, "sits").await;
    let sits = bed.db.read(|tx: &mut Tx<'_>| keep::by_login(tx, HOME, &login("sits"))).await.unwrap().unwrap();
    assert_eq!(sits.id, id);
    pen(&bed, &by_system, NOW, anew(&sits)).await.unwrap();
    let (from, until) = (NOW.plus(1_000), NOW.plus(2_000));
    let (given, to) = (seat(sits.id, Role::Handler, from, Some(until)), sits.clone());
    pen(&bed, &by_security, NOW, move |tx, pen| pen.grant(tx, &to, &given)).await.unwrap();
    assert!(matches!(pen(&bed, &by_system, NOW, anew(&sits)).await, Err(SeatError::Alone)));
    pen(&bed, &by_system, until, anew(&sits)).await.unwrap();
}

/// No administrator takes another's place alone: neither by a password nor by a seat; a second person confirms it, who
/// is neither who proposed it nor whom it is about.
async fn two_change_an_administrator(bed: Bed) {
    let (system, by_system) = on_seat(&bed, "system", Role::AdminSystem).await;
    let (audit, by_audit) = on_seat(&bed, "audit", Role::AdminAudit).await;
    let (_, by_security) = on_seat(&bed, "security", Role::AdminSecurity).await;
    let (clerk, by_clerk) = on_seat(&bed, "clerk", Role::Desk).await;
    assert!(matches!(pen(&bed, &by_system, NOW, anew(&audit)).await, Err(SeatError::Alone)));

    let (id, of) = (ProposalId::new(), audit.clone());
    let propose = move |tx: &mut Tx<'_>, pen: Pen<'_>| pen.propose(tx, id, Some(&of), Change::Password);
    pen(&bed, &by_system, NOW, propose.clone()).await.unwrap();
    assert!(matches!(pen(&bed, &by_system, NOW, propose).await, Err(SeatError::Db(DbError::Duplicate { .. }))));
    let confirm = move |tx: &mut Tx<'_>, pen: Pen<'_>| pen.confirm(tx, id, Some(&password()));
    for (by, about) in [(&by_system, "who proposed it"), (&by_audit, "whom it is about")] {
        assert!(matches!(pen(&bed, by, NOW, confirm).await, Err(SeatError::Involved)), "{about}");
    }
    assert_eq!(waits(&bed, NOW).await.iter().map(|p| (p.id, p.by.1.as_str())).collect::<Vec<_>>(), [(id, "system")]);
    let (one, two) = tokio::join!(pen(&bed, &by_security, NOW, confirm), pen(&bed, &by_clerk, NOW, confirm));
    assert!(one.is_ok() != two.is_ok(), "of two who confirm at once, one does");
    assert!(matches!(pen(&bed, &by_security, NOW, confirm).await, Err(SeatError::Decided)));
    let changed = bed.db.read(|tx: &mut Tx<'_>| record::changes(tx, HOME, &record::Asked::default(), 9)).await.unwrap();
    let done = changed.iter().find(|c| c.deed.act == Act::FirstPassword && c.deed.became.is_some()).unwrap();
    assert_eq!(
        (done.deed.subject.as_str(), done.deed.became.as_ref().unwrap()["proposed_by"].as_str()),
        ("audit", Some("system"))
    );
    assert!(changed.iter().any(|c| c.deed.act == Act::Proposed && c.login == "system"));

    // A seat: proposed, turned down; proposed again, and nobody looks at it for a week.
    let new = seat(clerk.id, Role::AdminAudit, NOW, None);
    let (given, to) = (new.clone(), clerk.clone());
    let alone = pen(&bed, &by_security, NOW, move |tx, pen| pen.grant(tx, &to, &given)).await;
    assert!(matches!(alone, Err(SeatError::Alone)));
    for down in [true, false] {
        let (id, to, change) = (ProposalId::new(), clerk.clone(), Change::Seat(new.clone()));
        pen(&bed, &by_security, NOW, move |tx, pen| pen.propose(tx, id, Some(&to), change.clone())).await.unwrap();
        match down {
            true => pen(&bed, &by_system, NOW, move |tx, pen| pen.decline(tx, id)).await.unwrap(),
            false => {
                let late = NOW.plus(8 * 24 * 3_600_000);
                assert!(waits(&bed, late).await.is_empty());
                let late = pen(&bed, &by_system, late, move |tx, pen| pen.confirm(tx, id, None)).await;
                assert!(matches!(late, Err(SeatError::Decided)));
                pen(&bed, &by_system, NOW, move |tx, pen| pen.confirm(tx, id, None)).await.unwrap();
            }
        }
        assert!(waits(&bed, NOW).await.is_empty());
        let held = bed.db.read(move |tx: &mut Tx<'_>| seats::seats_of(tx, HOME, clerk.id, NOW)).await.unwrap();
        assert_eq!(held.iter().any(|held| held.id == new.id && held.role == Role::AdminAudit), !down);
    }
    // Asking more at the doors takes one person, asking less takes two.
    let rule = |was, to| move |tx: &mut Tx<'_>, pen: Pen<'_>| pen.require(tx, was, to);
    pen(&bed, &by_security, NOW, rule(Required::Nobody, Required::Everybody)).await.unwrap();
    let less = pen(&bed, &by_security, NOW, rule(Required::Everybody, Required::Admins)).await;
    assert!(matches!(less, Err(SeatError::Alone)));
    let id = ProposalId::new();
    let less = move |tx: &mut Tx<'_>, pen: Pen<'_>| pen.propose(tx, id, None, Change::Doors(Required::Admins));
    pen(&bed, &by_security, NOW, less).await.unwrap();
    pen(&bed, &by_audit, NOW, move |tx, pen| pen.confirm(tx, id, None)).await.unwrap();
    let now = bed.db.read(|tx: &mut Tx<'_>| factor::required(tx, HOME)).await.unwrap();
    assert_eq!((now, system.disabled), (Some(Required::Admins), false));
}

on_both! {
    seats_take_two => who_holds_a_seat_takes_two;
    second_person => two_change_an_administrator;
    taken_logins => a_login_is_taken_once;
    account_pages => pages_of_accounts_join_without_gap_or_overlap;
    seats_of_the_gone => only_open_accounts_get_seats;
    separation_of_duties => nobody_is_two_administrators_at_once;
    separation_in_a_race => two_grants_at_once_make_no_two_administrators;
    ended_seats => ended_seats_never_come_back;
}
