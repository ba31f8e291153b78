//! The second factor, who comes in how often, what is known of one's sessions, and what the security log says of it all.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::{Db, DbError, Tx},
    edge,
    ids::{AccountId, PersonId},
    limits::{self, Most},
    record::By,
    retention::{self, Sort},
    seats::{
        Account, Role,
        keep::{self, Pen},
    },
    security::{self, Asked, Happened},
    sessions::{
        self, CodeError, Opened, Origin, Session, SignInError, Token, Who,
        factor::{self, Own, Proof, Required, State, Switched},
    },
    totp::{Seed, step_at},
    tries::{self, Tried},
    vault::{PhoneKey, VaultKey},
};
use linli_testbed::{Bed, by_hand, on_both};
use linli_worktime::Millis;
use staff::{HOME, PASSWORD, account, grant, login, seat};

const NOW: Millis = Millis(1_760_000_000_000);
const STEP: i64 = 30_000;

fn key() -> VaultKey {
    VaultKey::new([9; 32])
}

/// From an address of this number.
fn from(address: u8) -> Origin {
    let mut mark = [0; 32];
    mark[0] = address;
    let (device, network) = ("firefox linux".to_owned(), format!("10.{address}.x.x"));
    Origin { device, network, address: Some(mark), known: None }
}

async fn clerk(db: &Db) -> AccountId {
    let id = account(db, "li.min").await;
    grant(db, &seat(id, Role::AdminSystem, NOW, None)).await.unwrap();
    id
}

async fn write<T: Send + 'static>(db: &Db, work: impl Fn(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    db.write(work).await.unwrap()
}

async fn password(db: &Db, typed: &str, origin: Origin, now: Millis) -> Result<Opened, SignInError> {
    let candidate = db.read(|tx: &mut Tx<'_>| sessions::begin_sign_in(tx, HOME, &key(), "li.min")).await.unwrap();
    let (checked, secret) = (candidate.check(typed), edge::secret());
    write(db, move |tx| sessions::finish_sign_in(tx, HOME, checked, &origin, now, &Token::new(secret))).await
}

async fn code(db: &Db, half: &str, typed: String, lost: bool, now: Millis) -> Result<String, SignInError> {
    let (half, secret) = (half.to_owned(), edge::secret());
    write(db, move |tx| {
        let proof = if lost { Proof::Recovery(&typed) } else { Proof::Code(&typed) };
        sessions::finish_half(tx, HOME, &key(), &half, proof, &from(1), now, &Token::new(secret))
    })
    .await
}

async fn own<T: Send + 'static>(
    db: &Db,
    account: AccountId,
    now: Millis,
    work: impl Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError> + Send + 'static,
) -> T {
    write(db, move |tx| {
        let (key, origin) = (key(), from(1));
        work(tx, Own { home: HOME, key: &key, account, cookie: "", origin: &origin, now })
    })
    .await
}

/// The same in a session.
async fn here<T: Send + 'static>(
    db: &Db,
    account: AccountId,
    (cookie, now): (String, Millis),
    work: impl Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError> + Send + 'static,
) -> T {
    own(db, account, now, move |tx, own| work(tx, Own { cookie: &cookie, ..own })).await
}

/// Sets a second factor up; its seed and its recovery codes.
async fn enrol(db: &Db, id: AccountId, now: Millis) -> (Seed, Vec<String>) {
    let (seed, codes) = (factor::new_seed(), factor::new_codes());
    let kept = seed.clone();
    write(db, move |tx| factor::begin(tx, HOME, &key(), id, &kept)).await;
    let waits = db.read(move |tx: &mut Tx<'_>| factor::pending(tx, HOME, &key(), id)).await.unwrap();
    assert_eq!(waits.as_ref(), Some(&seed));
    let (typed, shown) = (seed.code(step_at(now)), codes.clone());
    let wrong = format!("{:06}", (typed + 1) % 1_000_000);
    let refused = own(db, id, now, move |tx, own| own.confirm(tx, &wrong, &[])).await;
    let first = own(db, id, now, move |tx, own| own.confirm(tx, &format!("{typed:06}"), &shown)).await;
    assert_eq!((refused, first), (Switched::Refused, Switched::First));
    (seed, codes)
}

async fn state(db: &Db, id: AccountId) -> State {
    db.read(move |tx: &mut Tx<'_>| factor::state(tx, HOME, id)).await.unwrap()
}

fn half(opened: Result<Opened, SignInError>) -> String {
    match opened {
        Ok(Opened::Half(half)) => half,
        other => panic!("{other:?}"),
    }
}

async fn lives(db: &Db, cookie: &str, now: Millis) -> bool {
    let cookie = cookie.to_owned();
    db.read(move |tx: &mut Tx<'_>| sessions::find(tx, &cookie, now)).await.unwrap().is_some()
}

async fn happened(db: &Db) -> Vec<Happened> {
    let all = db.read(|tx: &mut Tx<'_>| security::events(tx, HOME, &Asked::default(), 500)).await.unwrap();
    all.into_iter().rev().map(|event| event.what).collect()
}

async fn a_code_comes_after_the_password(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let Ok(Opened::Session(before)) = password(db, PASSWORD, from(1), NOW).await else { panic!("no session") };
    let (seed, _) = enrol(db, id, NOW).await;
    assert!(!lives(db, &before, NOW).await, "what was open before ends");
    let shown = |at: Millis| format!("{:06}", seed.code(step_at(at)));
    // A password alone opens nothing, and the way to the code is no session.
    let way = half(password(db, PASSWORD, from(1), NOW).await);
    assert!(!lives(db, &way, NOW).await);
    // The code that switched it on was used; the next one is taken once.
    assert_eq!(code(db, &way, shown(NOW), false, NOW).await, Err(SignInError::WrongCode));
    let next = NOW.plus(STEP);
    let session = code(db, &way, shown(next), false, next).await.unwrap();
    assert!(lives(db, &session, next).await);
    assert_eq!(code(db, &way, shown(next.plus(STEP)), false, next.plus(STEP)).await, Err(SignInError::Gone));
    let other = half(password(db, PASSWORD, from(1), next).await);
    assert_eq!(code(db, &other, shown(next), false, next).await, Err(SignInError::WrongCode));
    // The way is open for a few minutes.
    let late = next.plus(limits::HALF_SIGN_IN_MS);
    assert_eq!(code(db, &other, shown(late), false, late).await, Err(SignInError::Gone));
    assert_eq!(code(db, "nonsense", shown(late), false, late).await, Err(SignInError::Gone));
}

async fn a_known_password_wins_no_guesses(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let (seed, _) = enrol(db, id, NOW).await;
    let (now, mut way) = (NOW.plus(STEP), String::new());
    for guess in 0..limits::PASSWORD_TRIES {
        way = half(password(db, PASSWORD, from(1), now).await);
        let until = now.plus(limits::PASSWORD_WAITS_MS[0]);
        let last = guess + 1 == limits::PASSWORD_TRIES;
        let refused = if last { SignInError::Locked { until } } else { SignInError::WrongCode };
        assert_eq!(code(db, &way, "nonsense".into(), guess % 2 == 0, now).await, Err(refused));
    }
    let right = format!("{:06}", seed.code(step_at(now)));
    assert_eq!(code(db, &way, right.clone(), false, now).await, Err(SignInError::Gone));
    assert!(matches!(password(db, PASSWORD, from(1), now).await, Err(SignInError::Locked { .. })));
    let after = now.plus(limits::PASSWORD_WAITS_MS[0]);
    let way = half(password(db, PASSWORD, from(1), after).await);
    code(db, &way, format!("{:06}", seed.code(step_at(after))), false, after).await.unwrap();
    assert!(happened(db).await.contains(&Happened::Locked));
}

async fn recovery_codes_are_used_once_and_end_with_new_ones(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let (seed, codes) = enrol(db, id, NOW).await;
    assert_eq!(state(db, id).await, State { on_at: Some(NOW), left: 10, ..State::default() });
    let sign_in = async |typed: String| {
        let way = half(password(db, PASSWORD, from(1), NOW).await);
        code(db, &way, typed, true, NOW).await
    };
    sign_in(codes[0].to_uppercase().replace('-', " ")).await.unwrap();
    assert_eq!(sign_in(codes[0].clone()).await, Err(SignInError::WrongCode));
    assert_eq!(state(db, id).await.left, 9);
    // Nothing is changed before something was shown in this session, and only for a while.
    let session = sign_in(codes[3].clone()).await.unwrap();
    let at = |now: Millis| (session.clone(), now);
    let (anew, kept) = (factor::new_codes(), factor::new_codes());
    assert!(!here(db, id, at(NOW), move |tx, own| own.renew(tx, &kept)).await);
    assert!(!here(db, id, at(NOW), |tx, own| own.off(tx)).await);
    let wrong = here(db, id, at(NOW), |tx, own| own.prove(tx, Proof::Code("nonsense"))).await;
    assert_eq!(wrong, Err(SignInError::WrongCode));
    assert!(!here(db, id, at(NOW), |tx, own| own.is_free(tx)).await);
    let lost = codes[1].clone();
    here(db, id, at(NOW), move |tx, own| own.prove(tx, Proof::Recovery(&lost))).await.unwrap();
    assert!(!own(db, id, NOW, |tx, own| own.is_free(tx)).await, "another session has shown nothing");
    let kept = anew.clone();
    assert!(here(db, id, at(NOW), move |tx, own| own.renew(tx, &kept)).await);
    assert_eq!(state(db, id).await.left, 10);
    assert_eq!(sign_in(codes[2].clone()).await, Err(SignInError::WrongCode));
    sign_in(anew[0].clone()).await.unwrap();
    let next = NOW.plus(limits::PROVED_MS);
    assert!(!here(db, id, at(next), |tx, own| own.off(tx)).await, "it was shown too long ago");
    let typed = format!("{:06}", seed.code(step_at(next)));
    here(db, id, at(next), move |tx, own| own.prove(tx, Proof::Code(&typed))).await.unwrap();
    assert!(here(db, id, at(next), |tx, own| own.off(tx)).await);
    assert_eq!(state(db, id).await, State::default());
    assert!(matches!(password(db, PASSWORD, from(1), next).await, Ok(Opened::Session(_))));
    let said = happened(db).await;
    for what in
        [Happened::FactorOn, Happened::RecoveryUsed, Happened::RecoveryMade, Happened::CodeFailed, Happened::FactorOff]
    {
        assert!(said.contains(&what), "{what}");
    }
}

async fn an_administrator_takes_a_lost_one_off(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let (_, codes) = enrol(db, id, NOW).await;
    let way = half(password(db, PASSWORD, from(1), NOW).await);
    let session = code(db, &way, codes[0].clone(), true, NOW).await.unwrap();
    let take = move |tx: &mut Tx<'_>| {
        let of = keep::by_login(tx, HOME, &login("li.min"))?.unwrap();
        Pen::new(HOME, &By::command("test"), NOW).take_factor(tx, &of)
    };
    assert!(db.write(take).await.unwrap());
    assert!(!db.write(take).await.unwrap(), "it is taken off once");
    assert!(!lives(db, &session, NOW).await);
    assert!(matches!(password(db, PASSWORD, from(1), NOW).await, Ok(Opened::Session(_))));
    assert!(happened(db).await.contains(&Happened::FactorTaken));
}

/// What is kept of a seed and of recovery codes opens nowhere without the key of the vault.
async fn nothing_stands_there_as_it_is(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let (seed, codes) = enrol(db, id, NOW).await;
    let other = VaultKey::new([8; 32]);
    let opened = db.read(move |tx: &mut Tx<'_>| factor::pending(tx, HOME, &other, id)).await;
    assert_eq!(opened.unwrap(), None, "it is on, so nothing waits");
    by_hand(&bed, "UPDATE second_factor SET on_at = NULL").await;
    let wrong = VaultKey::new([8; 32]);
    assert!(db.read(move |tx: &mut Tx<'_>| factor::pending(tx, HOME, &wrong, id)).await.is_err());
    if let linli_engine::db::Url::Lite(path) = &bed.url {
        let lite = rusqlite::Connection::open(path).unwrap();
        let kept: String = lite.query_row("SELECT secret FROM second_factor", [], |row| row.get(0)).unwrap();
        assert!(!kept.contains(seed.text().as_str()));
        let mut rows = lite.prepare("SELECT code FROM recovery_code").unwrap();
        let kept: Vec<Vec<u8>> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert!(
            kept.iter().all(|digest| digest.len() == 32 && !codes.iter().any(|c| digest.starts_with(c.as_bytes())))
        );
    }
}

async fn who_has_to_have_one(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let Ok(Opened::Session(cookie)) = password(db, PASSWORD, from(1), NOW).await else { panic!("no session") };
    let found = async || {
        let cookie = cookie.clone();
        match db.read(move |tx: &mut Tx<'_>| sessions::find(tx, &cookie, NOW)).await.unwrap() {
            Some(Session::Staff { factor, required, .. }) => (factor, required),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(found().await, (false, None));
    for word in Required::ALL {
        write(db, move |tx| factor::require(tx, HOME, &By::command("test"), *word, NOW)).await;
        assert_eq!(found().await, (false, Some(*word)));
    }
    let (admin, desk) = ([seat(id, Role::AdminAudit, NOW, None)], [seat(id, Role::Desk, NOW, None)]);
    let asked = Required::ALL.iter().map(|word| (word.of(&admin), word.of(&desk)));
    assert_eq!(asked.collect::<Vec<_>>(), [(false, false), (true, false), (true, true)]);
}

async fn an_address_is_held_up_and_others_are_not(bed: Bed) {
    let db = &bed.db;
    clerk(db).await;
    let guess = async |name: String, address| {
        let candidate = {
            let name = name.clone();
            db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, HOME, &key(), &name)).await.unwrap()
        };
        // Nobody's hash is slow to check and always wrong: the empty password is as good as any.
        let (checked, secret) = (candidate.check(""), edge::secret());
        write(db, move |tx| sessions::finish_sign_in(tx, HOME, checked, &from(address), NOW, &Token::new(secret))).await
    };
    for n in 0..limits::WRONG_FROM_ADDRESS.times {
        assert_eq!(guess(format!("nobody{n}"), 1).await, Err(SignInError::Wrong));
    }
    let until = NOW.plus(limits::WRONG_FROM_ADDRESS.window_ms);
    assert_eq!(guess("another".into(), 1).await, Err(SignInError::Locked { until }));
    assert_eq!(password(db, PASSWORD, from(1), NOW).await, Err(SignInError::Locked { until }));
    assert!(password(db, PASSWORD, from(2), NOW).await.is_ok());
    assert!(password(db, PASSWORD, from(1), until).await.is_ok());
    let said = happened(db).await;
    assert_eq!(said.iter().filter(|what| **what == Happened::Locked).count(), 1, "said once");
}

async fn windows_count_and_end(bed: Bed) {
    let (most, who) = (Most { times: 3, window_ms: 1000 }, [7; 32]);
    let count =
        async |at: i64| write(&bed.db, move |tx| tries::count(tx, HOME, Tried::CodeTo, &who, most, NOW.plus(at))).await;
    let full =
        async |at: i64| write(&bed.db, move |tx| tries::full(tx, HOME, Tried::CodeTo, &who, most, NOW.plus(at))).await;
    assert_eq!(full(0).await, None);
    for at in [0, 400, 900] {
        assert_eq!((full(at).await, count(at).await), (None, None));
    }
    let until = Some(NOW.plus(1000));
    assert_eq!((full(950).await, count(950).await, count(999).await), (until, until, until));
    assert_eq!((full(1000).await, count(1000).await), (None, None));
    assert_eq!(full(1001).await, None);
}

async fn codes_are_few_for_a_phone_a_device_and_an_address(bed: Bed) {
    let db = &bed.db;
    let request = async |number: String, origin: Origin, at: i64| {
        let phone = PhoneKey::of(&key(), &number.parse().unwrap());
        write(db, move |tx| sessions::request_code(tx, HOME, &phone, "123456", &origin, NOW.plus(at))).await
    };
    let device = |n: u8| Origin { known: Some([n; 32]), ..from(n) };
    let every = limits::CODE_EVERY_MS;
    let until = NOW.plus(limits::CODES_TO_PHONE.window_ms);
    for n in 0..limits::CODES_TO_PHONE.times {
        // However it is asked for, and a press too many is not counted.
        let at = i64::from(n) * every;
        request("13800138000".into(), from(n as u8), at).await.unwrap();
        assert!(matches!(request("13800138000".into(), from(99), at).await, Err(CodeError::TooSoon { .. })));
    }
    let at = i64::from(limits::CODES_TO_PHONE.times) * every;
    assert_eq!(request("13800138000".into(), from(99), at).await, Err(CodeError::TooMany { until }));
    let now = limits::CODES_TO_PHONE.window_ms;
    request("13800138000".into(), from(99), now).await.unwrap();
    for n in 0..limits::CODES_BY_DEVICE.times {
        let origin = Origin { address: Some([n as u8; 32]), ..device(200) };
        request(format!("139001380{n:02}"), origin, now).await.unwrap();
    }
    assert!(matches!(request("13700137000".into(), device(200), now).await, Err(CodeError::TooMany { .. })));
    request("13700137001".into(), device(201), now).await.unwrap();
    for n in 0..limits::CODES_FROM_ADDRESS.times {
        request(format!("13600136{n:03}"), from(150), now).await.unwrap();
    }
    assert!(matches!(request("13500135000".into(), from(150), now).await, Err(CodeError::TooMany { .. })));
    request("13500135000".into(), from(151), now).await.unwrap();
}

async fn one_sees_where_one_is_signed_in_and_ends_it(bed: Bed) {
    let (db, id, person) = (&bed.db, clerk(&bed.db).await, PersonId(edge::new_id()));
    for who in [Who::Staff(id), Who::Resident(person)] {
        let mut cookies = Vec::new();
        for n in 1..=3 {
            let secret = edge::secret();
            let at = NOW.plus(i64::from(n));
            cookies.push(write(db, move |tx| sessions::start(tx, HOME, &Token::new(secret), who, &from(n), at)).await);
        }
        let here = cookies[0].clone();
        let list = async |cookie: &str| {
            let cookie = cookie.to_owned();
            db.read(move |tx: &mut Tx<'_>| sessions::living(tx, HOME, who, &cookie, NOW)).await.unwrap()
        };
        let rows = list(&here).await;
        let seen: Vec<_> = rows.iter().map(|row| (row.network.as_str(), row.device.as_str(), row.here)).collect();
        let device = "firefox linux";
        assert_eq!(seen, [("10.3.x.x", device, false), ("10.2.x.x", device, false), ("10.1.x.x", device, true)]);
        // Nobody ends what is another's.
        let (other, last) = (Who::Resident(PersonId(edge::new_id())), rows[0].id.clone());
        let ended = last.clone();
        assert!(!write(db, move |tx| sessions::end_one(tx, HOME, other, &ended, &from(1), NOW)).await);
        assert!(write(db, move |tx| sessions::end_one(tx, HOME, who, &last, &from(1), NOW)).await);
        assert!(!lives(db, &cookies[2], NOW).await && lives(db, &cookies[1], NOW).await);
        let own = here.clone();
        write(db, move |tx| sessions::end_others(tx, HOME, who, &own, &from(1), NOW)).await;
        assert_eq!(list(&here).await.len(), 1);
        assert!(lives(db, &here, NOW).await);
    }
    assert_eq!(happened(db).await, [Happened::SessionsEnded, Happened::SessionsEnded]);
}

async fn the_log_is_asked_by_kind_and_account_and_goes_when_old(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let _ = password(db, "guess", from(1), NOW).await;
    password(db, PASSWORD, from(1), NOW.plus(1)).await.unwrap();
    let unknown = db.read(|tx: &mut Tx<'_>| sessions::begin_sign_in(tx, HOME, &key(), "hunter2")).await.unwrap();
    let checked = unknown.check("");
    let at = NOW.plus(2);
    let _ = write(db, move |tx| sessions::finish_sign_in(tx, HOME, checked, &from(2), at, &Token::new([1; 32]))).await;
    let ask = async |asked: Asked| {
        let found = db.read(move |tx: &mut Tx<'_>| security::events(tx, HOME, &asked, 10)).await.unwrap();
        found.into_iter().map(|e| (e.what, e.account.map(|a| a.0), e.network)).collect::<Vec<_>>()
    };
    let (own, net) = (Some("li.min".to_owned()), |n| format!("10.{n}.x.x"));
    let (failed, stranger) = ((Happened::SignInFailed, own.clone(), net(1)), (Happened::SignInFailed, None, net(2)));
    let entered = (Happened::SignedIn, own, net(1));
    assert_eq!(ask(Asked::default()).await, [stranger.clone(), entered.clone(), failed.clone()]);
    let kind = Asked { what: Some(Happened::SignInFailed), ..Asked::default() };
    assert_eq!(ask(kind.clone()).await, [stranger, failed.clone()]);
    assert_eq!(ask(Asked { account: Some(id), ..kind }).await, std::slice::from_ref(&failed));
    assert_eq!(ask(Asked { account: Some(id), ..Asked::default() }).await, [entered, failed]);
    let sweep = |cutoff: Millis| write(db, move |tx| retention::remove(tx, HOME, Sort::Security, cutoff));
    assert_eq!(sweep(NOW.plus(-1)).await, 0);
    assert_eq!(sweep(NOW.plus(1)).await, 2);
    assert_eq!(happened(db).await.len(), 1);
}

async fn another_password_ends_what_is_open(bed: Bed) {
    let (db, id) = (&bed.db, clerk(&bed.db).await);
    let Ok(Opened::Session(cookie)) = password(db, PASSWORD, from(1), NOW).await else { panic!("no session") };
    let hash = staff::password();
    write(db, move |tx| {
        let of: Account = keep::by_login(tx, HOME, &login("li.min"))?.unwrap();
        assert_eq!(of.id, id);
        Pen::new(HOME, &By::command("test"), NOW).own_password(tx, &of, &hash, &from(1))
    })
    .await;
    assert!(!lives(db, &cookie, NOW).await);
    assert_eq!(happened(db).await, [Happened::SignedIn, Happened::PasswordChanged]);
}

on_both! {
    second_factor => a_code_comes_after_the_password;
    guesses => a_known_password_wins_no_guesses;
    recovery => recovery_codes_are_used_once_and_end_with_new_ones;
    lost => an_administrator_takes_a_lost_one_off;
    sealed => nothing_stands_there_as_it_is;
    required => who_has_to_have_one;
    address => an_address_is_held_up_and_others_are_not;
    windows => windows_count_and_end;
    codes => codes_are_few_for_a_phone_a_device_and_an_address;
    list => one_sees_where_one_is_signed_in_and_ends_it;
    log => the_log_is_asked_by_kind_and_account_and_goes_when_old;
    password => another_password_ends_what_is_open;
}
