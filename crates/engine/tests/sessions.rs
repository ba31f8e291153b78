//! Signing in: lock-out, one-time codes, and sessions that end when they must and cannot be forged.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::{Db, Tx},
    edge,
    ids::{AccountId, PersonId},
    limits,
    retention::{self, Sort},
    seats::{self, Role},
    sessions::{self, Checked, CodeError, Opened, Origin, Session, SignInError, Token, Who},
    vault::{PhoneKey, VaultKey},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use staff::{HOME, PASSWORD, account, grant, seat};

const NOW: Millis = Millis(1_760_000_000_000);

fn key() -> VaultKey {
    VaultKey::new([9; 32])
}

fn later(ms: i64) -> Millis {
    Millis(NOW.0 + ms)
}

async fn clerk(db: &Db) -> AccountId {
    let id = account(db, "li.min").await;
    grant(db, &seat(id, Role::Desk, NOW, None)).await.unwrap();
    id
}

async fn check(db: &Db, login: &'static str, password: &str) -> Checked {
    let candidate = db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, HOME, &key(), login)).await.unwrap();
    candidate.check(password)
}

async fn finish(db: &Db, checked: Checked, now: Millis) -> Result<String, SignInError> {
    let secret = edge::secret();
    let work = move |tx: &mut Tx<'_>| {
        sessions::finish_sign_in(tx, HOME, checked, &Origin::default(), now, &Token::new(secret))
    };
    db.write(work).await.unwrap().map(|opened| match opened {
        Opened::Session(cookie) => cookie,
        Opened::Half(_) => panic!("there is no second factor"),
    })
}

async fn find(db: &Db, cookie: &str, now: Millis) -> Option<Session> {
    let cookie = cookie.to_owned();
    db.read(move |tx: &mut Tx<'_>| sessions::find(tx, &cookie, now)).await.unwrap()
}

async fn start(db: &Db, who: Who, now: Millis) -> String {
    let secret = edge::secret();
    db.write(move |tx: &mut Tx<'_>| sessions::start(tx, HOME, &Token::new(secret), who, &Origin::default(), now))
        .await
        .unwrap()
}

async fn the_right_password_opens_a_session(bed: Bed) {
    let id = clerk(&bed.db).await;
    let good = check(&bed.db, " Li.Min ", PASSWORD).await;
    let cookie = finish(&bed.db, good, NOW).await.unwrap();
    let Some(Session::Staff { account, seats, .. }) = find(&bed.db, &cookie, NOW).await else { panic!("no session") };
    assert_eq!((account.id, account.login.as_str(), seats.len()), (id, "li.min", 1));
    assert!(!format!("{:?}", Token::new([7; 32])).contains('7'));
}

/// The same for a login that is an account and for one that is none: nobody learns which it is.
async fn wrong_tries_lock_and_time_unlocks(bed: Bed) {
    clerk(&bed.db).await;
    let good = check(&bed.db, "li.min", PASSWORD).await;
    for login in ["li.min", "nobody.here", "not a login"] {
        let bad = check(&bed.db, login, "guess").await;
        // A right one in between begins the count again.
        if login == "li.min" {
            for _ in 1..limits::PASSWORD_TRIES {
                assert_eq!(finish(&bed.db, bad, NOW).await, Err(SignInError::Wrong));
            }
            finish(&bed.db, good, NOW).await.unwrap();
        }
        for _ in 1..limits::PASSWORD_TRIES {
            assert_eq!(finish(&bed.db, bad, NOW).await, Err(SignInError::Wrong), "{login}");
        }
        // Each further one waits longer, and the longest wait stays.
        let mut now = NOW;
        for wait in limits::PASSWORD_WAITS_MS.into_iter().chain([3_600_000]) {
            let until = now.plus(wait);
            assert_eq!(finish(&bed.db, bad, now).await, Err(SignInError::Locked { until }), "{login}");
            // Neither a right password nor more wrong ones change anything while it is locked.
            let right = if login == "li.min" { good } else { bad };
            for (checked, at) in [(right, now), (bad, now.plus(1)), (right, until.plus(-1))] {
                assert_eq!(finish(&bed.db, checked, at).await, Err(SignInError::Locked { until }), "{login}");
            }
            now = until;
        }
        // A day later nobody remembers.
        let day = now.plus(limits::WRONG_KEPT_MS);
        assert_eq!(finish(&bed.db, bad, day).await, Err(SignInError::Wrong));
        if login == "li.min" {
            finish(&bed.db, good, day).await.unwrap();
        }
    }
}

async fn many_tries_at_once_get_no_further(bed: Bed) {
    clerk(&bed.db).await;
    let bad = check(&bed.db, "li.min", "guess").await;
    let asked: Vec<_> = (0..30)
        .map(|_| {
            let db = bed.db.clone();
            tokio::spawn(async move { finish(&db, bad, NOW).await })
        })
        .collect();
    let mut wrong = 0;
    for one in asked {
        wrong += u32::from(one.await.unwrap() == Err(SignInError::Wrong));
    }
    assert_eq!(wrong, limits::PASSWORD_TRIES - 1);
}

async fn refusals_tell_strangers_nothing(bed: Bed) {
    let id = account(&bed.db, "li.min").await;
    for login in ["wang", "", "no such/login", "李敏"] {
        let checked = check(&bed.db, login, PASSWORD).await;
        assert_eq!(finish(&bed.db, checked, NOW).await, Err(SignInError::Wrong), "{login}");
    }
    let (good, bad) = (check(&bed.db, "li.min", PASSWORD).await, check(&bed.db, "li.min", "guess").await);
    assert_eq!(finish(&bed.db, bad, NOW).await, Err(SignInError::Wrong));
    assert_eq!(finish(&bed.db, good, NOW).await, Err(SignInError::NoSeat));
    bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, id, NOW)).await.unwrap();
    assert_eq!(finish(&bed.db, bad, NOW).await, Err(SignInError::Wrong));
    assert_eq!(finish(&bed.db, good, NOW).await, Err(SignInError::Disabled));
}

/// Uses a session every so often, as a page does.
async fn use_until(db: &Db, cookie: &str, until: Millis, every: i64) {
    let mut at = NOW;
    while at < until {
        let used = cookie.to_owned();
        db.write(move |tx: &mut Tx<'_>| {
            let (_, stale) = sessions::look(tx, &used, at)?.unwrap();
            if stale { sessions::seen(tx, &used, at) } else { Ok(()) }
        })
        .await
        .unwrap();
        at = at.plus(every);
    }
}

async fn sessions_end(bed: Bed) {
    let id = clerk(&bed.db).await;
    let person = PersonId(edge::new_id());
    let staff = start(&bed.db, Who::Staff(id), NOW).await;
    let resident = start(&bed.db, Who::Resident(person), NOW).await;
    let (staff_end, resident_end) = (later(limits::STAFF_SESSION_MS), later(limits::RESIDENT_SESSION_MS));
    // Left alone they end early.
    assert!(find(&bed.db, &staff, later(limits::STAFF_IDLE_MS - 1)).await.is_some());
    assert_eq!(find(&bed.db, &staff, later(limits::STAFF_IDLE_MS)).await, None);
    assert!(find(&bed.db, &resident, later(limits::RESIDENT_IDLE_MS - 1)).await.is_some());
    assert_eq!(find(&bed.db, &resident, later(limits::RESIDENT_IDLE_MS)).await, None);
    // In use they end all the same.
    use_until(&bed.db, &staff, staff_end, limits::STAFF_IDLE_MS / 4).await;
    assert!(find(&bed.db, &staff, Millis(staff_end.0 - 1)).await.is_some());
    assert_eq!(find(&bed.db, &staff, staff_end).await, None);
    use_until(&bed.db, &resident, resident_end, limits::RESIDENT_IDLE_MS / 4).await;
    let last = find(&bed.db, &resident, Millis(resident_end.0 - 1)).await;
    assert_eq!(last, Some(Session::Resident { person }));
    assert_eq!(find(&bed.db, &resident, resident_end).await, None);

    let sweep = |at| bed.db.write(move |tx: &mut Tx<'_>| retention::remove(tx, HOME, Sort::Sessions, at));
    assert_eq!(sweep(NOW).await.unwrap(), 0);
    assert_eq!(sweep(staff_end).await.unwrap(), 1);
    assert!(find(&bed.db, &resident, staff_end).await.is_some());

    let (one, other) = (start(&bed.db, Who::Staff(id), NOW).await, start(&bed.db, Who::Staff(id), NOW).await);
    let gone = one.clone();
    bed.db.write(move |tx: &mut Tx<'_>| sessions::end(tx, &gone, NOW)).await.unwrap();
    assert_eq!(find(&bed.db, &one, NOW).await, None);
    assert!(find(&bed.db, &other, NOW).await.is_some());
    bed.db.write(move |tx: &mut Tx<'_>| sessions::end_all(tx, HOME, id)).await.unwrap();
    assert_eq!(find(&bed.db, &other, NOW).await, None);
    assert!(find(&bed.db, &resident, NOW).await.is_some());
}

async fn a_session_needs_an_open_account_and_a_seat(bed: Bed) {
    let id = account(&bed.db, "li.min").await;
    let held = seat(id, Role::Desk, NOW, Some(later(10)));
    grant(&bed.db, &held).await.unwrap();
    let cookie = start(&bed.db, Who::Staff(id), NOW).await;
    assert!(find(&bed.db, &cookie, later(9)).await.is_some());
    assert_eq!(find(&bed.db, &cookie, later(10)).await, None);
    bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, id, later(5))).await.unwrap();
    assert_eq!(find(&bed.db, &cookie, later(9)).await, None);
}

async fn rotation_leaves_one_cookie(bed: Bed) {
    let person = PersonId(edge::new_id());
    let old = start(&bed.db, Who::Resident(person), NOW).await;
    let rotate = |cookie: &str, at| {
        let (cookie, secret) = (cookie.to_owned(), edge::secret());
        bed.db.write(move |tx: &mut Tx<'_>| sessions::rotate(tx, &cookie, &Token::new(secret), at))
    };
    let new = rotate(&old, later(5)).await.unwrap().unwrap();
    assert_eq!(find(&bed.db, &old, later(5)).await, None);
    assert_eq!(find(&bed.db, &new, later(5)).await, Some(Session::Resident { person }));
    // Neither a dead cookie nor a session past its end is rotated to life; rotation adds no time.
    let end = later(limits::RESIDENT_SESSION_MS);
    assert_eq!(rotate(&old, later(6)).await.unwrap(), None);
    assert_eq!(rotate(&new, end).await.unwrap(), None);
    assert_eq!(find(&bed.db, &new, end).await, None);
}

async fn forged_cookies_open_nothing(bed: Bed) {
    let cookie = start(&bed.db, Who::Resident(PersonId(edge::new_id())), NOW).await;
    assert_eq!(cookie.len(), 74);
    assert!(find(&bed.db, &cookie, NOW).await.is_some());
    let mut forged: Vec<String> = vec![
        String::new(),
        ".".into(),
        cookie.to_uppercase(),
        format!("{cookie} "),
        format!(" {cookie}"),
        cookie.replace("110101001", "+10101001"),
        cookie.replace("110101001", "110101002"),
        cookie.replace("110101001", "0110101001"),
    ];
    forged.retain(|text| *text != cookie);
    let mut runner = TestRunner::deterministic();
    let noise =
        prop_oneof![".{0,90}", "[0-9]{9}\\.[0-9a-f]{64}", "[0-9]{9}\\.\\PC{60,66}", "[0-9+-]{9}\\.[0-9a-fA-F]{63,65}"];
    let change = (0..cookie.len(), "[0-9a-f.é]");
    for _ in 0..300 {
        forged.push(noise.new_tree(&mut runner).unwrap().current());
        let (at, with) = change.new_tree(&mut runner).unwrap().current();
        let changed = format!("{}{with}{}", &cookie[..at], &cookie[at + 1..]);
        forged.extend((changed != cookie).then_some(changed));
    }
    let all = forged.clone();
    let found = bed.db.write(move |tx: &mut Tx<'_>| {
        for text in &all {
            sessions::end(tx, text, NOW)?;
            assert_eq!(sessions::rotate(tx, text, &Token::new([1; 32]), NOW)?, None);
        }
        all.iter().map(|text| sessions::find(tx, text, NOW)).collect::<Result<Vec<_>, linli_engine::db::DbError>>()
    });
    for (text, session) in forged.iter().zip(found.await.unwrap()) {
        assert_eq!(session, None, "{text:?}");
    }
    assert!(find(&bed.db, &cookie, NOW).await.is_some(), "a forged cookie ended a true session");
}

fn phone(number: &str) -> PhoneKey {
    PhoneKey::of(&key(), &number.parse().unwrap())
}

async fn request(db: &Db, phone: PhoneKey, code: &'static str, now: Millis) -> Result<(), CodeError> {
    db.write(move |tx: &mut Tx<'_>| sessions::request_code(tx, HOME, &phone, code, &Origin::default(), now))
        .await
        .unwrap()
}

async fn redeem(db: &Db, phone: PhoneKey, code: &'static str, now: Millis) -> Result<(), CodeError> {
    db.write(move |tx: &mut Tx<'_>| sessions::redeem_code(tx, HOME, &phone, code, &Origin::default(), now))
        .await
        .unwrap()
}

async fn a_code_is_taken_once_and_in_time(bed: Bed) {
    let (db, li, wang) = (&bed.db, phone("13800138000"), phone("13900139000"));
    assert_eq!(redeem(db, li, "123456", NOW).await, Err(CodeError::None));
    request(db, li, "123456", NOW).await.unwrap();
    assert_eq!(redeem(db, wang, "123456", NOW).await, Err(CodeError::None));
    assert_eq!(redeem(db, li, "123456", later(limits::CODE_MS)).await, Err(CodeError::Expired));
    redeem(db, li, " 123456 ", later(limits::CODE_MS - 1)).await.unwrap();
    assert_eq!(redeem(db, li, "123456", NOW).await, Err(CodeError::None));
}

async fn wrong_codes_are_counted_and_void_the_code(bed: Bed) {
    let (db, li) = (&bed.db, phone("13800138000"));
    request(db, li, "123456", NOW).await.unwrap();
    for left in (0..limits::CODE_TRIES).rev() {
        assert_eq!(redeem(db, li, "654321", NOW).await, Err(CodeError::Wrong { left }));
    }
    assert_eq!(redeem(db, li, "123456", NOW).await, Err(CodeError::None));
    // A void code still keeps the next one waiting.
    assert!(matches!(request(db, li, "222222", later(1)).await, Err(CodeError::TooSoon { .. })));
    request(db, li, "222222", later(limits::CODE_EVERY_MS)).await.unwrap();
    redeem(db, li, "222222", later(limits::CODE_EVERY_MS)).await.unwrap();
}

async fn codes_keep_their_distance_and_the_last_one_counts(bed: Bed) {
    let (db, li, every) = (&bed.db, phone("13800138000"), limits::CODE_EVERY_MS);
    request(db, li, "111111", NOW).await.unwrap();
    for (after, wait) in [(0, every), (1, every - 1), (every - 1, 1)] {
        let wait_ms = wait.cast_unsigned();
        assert_eq!(request(db, li, "222222", later(after)).await, Err(CodeError::TooSoon { wait_ms }));
    }
    assert_eq!(CodeError::TooSoon { wait_ms: 1 }.to_string(), "a code was sent just now; wait 1 seconds and ask again");
    request(db, phone("13900139000"), "333333", NOW).await.unwrap();
    request(db, li, "222222", later(every)).await.unwrap();
    assert_eq!(redeem(db, li, "111111", later(every)).await, Err(CodeError::Wrong { left: limits::CODE_TRIES - 1 }));
    redeem(db, li, "222222", later(every)).await.unwrap();
}

/// What strangers ask for and guess at leaves the code of whoever asked alone, and wins them no more guesses.
async fn a_stranger_voids_nobodys_code(bed: Bed) {
    let (db, li, every) = (&bed.db, phone("13800138000"), limits::CODE_EVERY_MS);
    let by = |n: u8| Origin { known: Some([n; 32]), ..Origin::default() };
    let ask = async |who: u8, code: &'static str, at: i64| {
        let work = move |tx: &mut Tx<'_>| sessions::request_code(tx, HOME, &li, code, &by(who), later(at));
        db.write(work).await.unwrap()
    };
    let give = async |who: u8, code: &'static str, at: i64| {
        let work = move |tx: &mut Tx<'_>| sessions::redeem_code(tx, HOME, &li, code, &by(who), later(at));
        db.write(work).await.unwrap()
    };
    ask(1, "111111", 0).await.unwrap();
    for _ in 0..=limits::CODE_TRIES {
        assert_eq!(give(2, "000000", 0).await, Err(CodeError::None));
    }
    assert_eq!(give(2, "111111", 0).await, Err(CodeError::None), "the right one is worth nothing elsewhere");
    // A phone gets so many codes, whoever asks.
    assert!(matches!(ask(2, "222222", every - 1).await, Err(CodeError::TooSoon { .. })));
    ask(2, "222222", every).await.unwrap();
    for left in (0..limits::CODE_TRIES).rev() {
        assert_eq!(give(2, "111111", every).await, Err(CodeError::Wrong { left }));
    }
    assert_eq!(give(2, "222222", every).await, Err(CodeError::None), "void, and only theirs");
    assert_eq!(give(1, "222222", every).await, Err(CodeError::Wrong { left: limits::CODE_TRIES - 1 }));
    give(1, "111111", every).await.unwrap();
    // Asked for twice by one device, the last one counts.
    ask(1, "333333", 2 * every).await.unwrap();
    ask(1, "444444", 3 * every).await.unwrap();
    assert!(matches!(give(1, "333333", 3 * every).await, Err(CodeError::Wrong { .. })));
    give(1, "444444", 3 * every).await.unwrap();
    assert!(ask(2, "555555", 4 * every).await.is_ok());
    assert!(ask(1, "666666", 5 * every).await.is_ok());
    assert!(matches!(ask(3, "777777", 6 * every).await, Err(CodeError::TooMany { .. })));
}

/// Of many who ask at once for one phone, one is sent a code.
async fn many_who_ask_at_once_get_one_code(bed: Bed) {
    let li = phone("13800138000");
    let asked: Vec<_> = (1..=5)
        .map(|n| {
            let (db, origin) = (bed.db.clone(), Origin { known: Some([n; 32]), ..Origin::default() });
            let ask = move |tx: &mut Tx<'_>| sessions::request_code(tx, HOME, &li, "123456", &origin, NOW);
            tokio::spawn(async move { db.write(ask).await.unwrap().is_ok() })
        })
        .collect();
    let mut sent = 0;
    for one in asked {
        sent += u32::from(one.await.unwrap());
    }
    assert_eq!(sent, 1);
}

async fn a_code_sent_many_times_is_taken_once(bed: Bed) {
    let li = phone("13800138000");
    request(&bed.db, li, "123456", NOW).await.unwrap();
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let db = bed.db.clone();
            tokio::spawn(async move { redeem(&db, li, "123456", NOW).await.is_ok() })
        })
        .collect();
    let mut taken = 0;
    for one in asked {
        taken += u32::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
}

on_both! {
    codes_of_strangers => a_stranger_voids_nobodys_code;
    codes_in_a_race => many_who_ask_at_once_get_one_code;
    sign_in => the_right_password_opens_a_session;
    lock_out => wrong_tries_lock_and_time_unlocks;
    lock_out_in_a_race => many_tries_at_once_get_no_further;
    refusals => refusals_tell_strangers_nothing;
    expiry => sessions_end;
    standing => a_session_needs_an_open_account_and_a_seat;
    rotation => rotation_leaves_one_cookie;
    forgery => forged_cookies_open_nothing;
    codes => a_code_is_taken_once_and_in_time;
    wrong_codes => wrong_codes_are_counted_and_void_the_code;
    soon_codes => codes_keep_their_distance_and_the_last_one_counts;
    code_race => a_code_sent_many_times_is_taken_once;
}
