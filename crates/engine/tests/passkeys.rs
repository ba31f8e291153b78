//! Passkeys of an account: with what they come in, what is refused, and who takes them off.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::{Db, DbError, Tx},
    edge,
    ids::AccountId,
    limits,
    passkey::{Challenge, Made, Party, Shown},
    record::By,
    seats::{
        Role,
        keep::{self, Pen},
    },
    security::{self, Asked as Events, Happened},
    sessions::{
        self, Opened, Origin, Session, SignInError, Token, Ways,
        factor::{self, Own, Proof, State, Switched},
        passkeys,
    },
    totp::step_at,
    vault::VaultKey,
};
use linli_testbed::{
    Bed,
    authenticator::{Asked, Authenticator, text},
    on_both,
};
use linli_worktime::Millis;
use staff::{HOME, PASSWORD, account, grant, login, seat};

const NOW: Millis = Millis(1_760_000_000_000);

fn key() -> VaultKey {
    VaultKey::new([9; 32])
}

fn party() -> Party {
    "https://street.example".parse().unwrap()
}

async fn write<T: Send + 'static>(db: &Db, work: impl Fn(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    db.write(work).await.unwrap()
}

async fn clerk(db: &Db, name: &'static str) -> AccountId {
    let id = account(db, name).await;
    grant(db, &seat(id, Role::AdminSystem, NOW, None)).await.unwrap();
    id
}

async fn password(db: &Db, name: &'static str, now: Millis) -> Opened {
    let candidate = db.read(move |tx: &mut Tx<'_>| sessions::begin_sign_in(tx, HOME, &key(), name)).await.unwrap();
    let (checked, secret) = (candidate.check(PASSWORD), edge::secret());
    let origin = Origin::default();
    let opened = write(db, move |tx| sessions::finish_sign_in(tx, HOME, checked, &origin, now, &Token::new(secret)));
    opened.await.unwrap()
}

async fn session(db: &Db, name: &'static str) -> String {
    match password(db, name, NOW).await {
        Opened::Session(session) => session,
        Opened::Half(_) => panic!("a second factor is on"),
    }
}

/// The way to the second factor.
async fn way(db: &Db, name: &'static str, now: Millis) -> String {
    match password(db, name, now).await {
        Opened::Half(half) => half,
        Opened::Session(_) => panic!("no second factor is on"),
    }
}

/// Does something with one's own in a session.
async fn own<T: Send + 'static>(
    db: &Db,
    (account, cookie): (AccountId, &str),
    now: Millis,
    work: impl Fn(&mut Tx<'_>, Own<'_>) -> Result<T, DbError> + Send + 'static,
) -> T {
    let cookie = cookie.to_owned();
    write(db, move |tx| {
        let (key, origin) = (key(), Origin::default());
        work(tx, Own { home: HOME, key: &key, account, cookie: &cookie, origin: &origin, now })
    })
    .await
}

fn asked<'a>(party: &'a Party, spelt: &'a str) -> Asked<'a> {
    Asked { id: party.id(), origin: party.origin(), challenge: spelt }
}

/// Adds this one in a session.
async fn add(db: &Db, who: (AccountId, &str), with: &Authenticator, now: Millis) -> Switched {
    let challenge = passkeys::new_challenge();
    own(db, who, now, move |tx, own| own.ask(tx, challenge)).await;
    let (party, spelt) = (party(), text(&challenge.0));
    let made = Made::parse(&with.make(asked(&party, &spelt))).unwrap();
    own(db, who, now, move |tx, own| own.add_passkey(tx, &party, &made, "Phone", &factor::new_codes())).await
}

/// An account with a session and a passkey.
async fn enrolled(db: &Db, name: &'static str) -> (AccountId, String, Authenticator) {
    let (id, with) = (clerk(db, name).await, Authenticator::new());
    let cookie = session(db, name).await;
    assert_eq!(add(db, (id, &cookie), &with, NOW).await, Switched::First);
    (id, cookie, with)
}

/// Asks in a sign-in that waits.
async fn ask(db: &Db, half: &str, now: Millis) -> Option<(Challenge, Vec<Vec<u8>>)> {
    let (challenge, half) = (passkeys::new_challenge(), half.to_owned());
    let known = write(db, move |tx| sessions::ask_half(tx, HOME, &half, challenge, now)).await;
    known.map(|known| (challenge, known))
}

async fn finish(db: &Db, half: &str, sent: &str, now: Millis) -> Result<String, SignInError> {
    let (half, secret, shown) = (half.to_owned(), edge::secret(), Shown::parse(sent).unwrap());
    write(db, move |tx| {
        let party = party();
        let proof = Proof::Passkey(&party, &shown);
        sessions::finish_half(tx, HOME, &key(), &half, proof, &Origin::default(), now, &Token::new(secret))
    })
    .await
}

/// The whole of a sign-in with this one.
async fn enter(db: &Db, name: &'static str, with: &mut Authenticator, now: Millis) -> Result<String, SignInError> {
    let half = way(db, name, now).await;
    let (challenge, _) = ask(db, &half, now).await.ok_or(SignInError::Gone)?;
    let sent = with.show(asked(&party(), &text(&challenge.0)));
    finish(db, &half, &sent, now).await
}

async fn state(db: &Db, id: AccountId) -> State {
    db.read(move |tx: &mut Tx<'_>| factor::state(tx, HOME, id)).await.unwrap()
}

async fn happened(db: &Db) -> Vec<Happened> {
    let all = db.read(|tx: &mut Tx<'_>| security::events(tx, HOME, &Events::default(), 500)).await.unwrap();
    all.into_iter().rev().map(|event| event.what).collect()
}

async fn a_passkey_comes_after_the_password(bed: Bed) {
    let (db, name) = (&bed.db, "li.min");
    let (id, cookie, mut with) = enrolled(db, name).await;
    let kept = state(db, id).await;
    assert_eq!((kept.on_at, kept.since(), kept.left), (None, Some(NOW), 10));
    assert_eq!(kept.passkeys.iter().map(|own| (own.name.as_str(), own.used_at)).collect::<Vec<_>>(), [("Phone", None)]);
    // It counts for whoever has to have a second factor.
    let found = db.read(move |tx: &mut Tx<'_>| sessions::find(tx, &cookie, NOW)).await.unwrap();
    assert!(matches!(found, Some(Session::Staff { factor: true, .. })));
    let half = way(db, name, NOW).await;
    let shared = half.clone();
    let ways = db.read(move |tx: &mut Tx<'_>| sessions::ways(tx, HOME, &shared, NOW)).await.unwrap();
    assert_eq!(ways, Some(Ways { codes: false, passkeys: true }));
    let (challenge, known) = ask(db, &half, NOW).await.unwrap();
    assert_eq!(known, [with.id.clone()]);
    let sent = with.show(asked(&party(), &text(&challenge.0)));
    finish(db, &half, &sent, NOW).await.unwrap();
    assert_eq!(finish(db, &half, &sent, NOW).await, Err(SignInError::Gone), "the way is used up");
    assert_eq!(state(db, id).await.passkeys[0].used_at, Some(NOW));
    // An authenticator that does not count says nought for ever.
    let (other, cookie, mut plain) = enrolled(db, "wang.wei").await;
    plain.counts = false;
    for _ in 0..2 {
        enter(db, "wang.wei", &mut plain, NOW).await.unwrap();
    }
    // A removed one is nothing, and with the last one the recovery codes are gone.
    let free = own(db, (other, &cookie), NOW, |tx, own| own.is_free(tx)).await;
    assert!(!free, "it has to be shown before it is changed");
    let challenge = passkeys::new_challenge();
    own(db, (other, &cookie), NOW, move |tx, own| own.ask(tx, challenge)).await;
    let shown = Shown::parse(&plain.show(asked(&party(), &text(&challenge.0)))).unwrap();
    own(db, (other, &cookie), NOW, move |tx, own| own.prove(tx, Proof::Passkey(&party(), &shown))).await.unwrap();
    let half = way(db, "wang.wei", NOW).await;
    let (challenge, _) = ask(db, &half, NOW).await.unwrap();
    let gone = state(db, other).await.passkeys[0].id;
    assert!(own(db, (other, &cookie), NOW, move |tx, own| own.remove_passkey(tx, gone)).await);
    let sent = plain.show(asked(&party(), &text(&challenge.0)));
    assert_eq!(finish(db, &half, &sent, NOW).await, Err(SignInError::WrongCode));
    assert_eq!(state(db, other).await, State::default());
    assert!(matches!(password(db, "wang.wei", NOW).await, Opened::Session(_)));
    let said = happened(db).await;
    for what in [Happened::PasskeyAdded, Happened::PasskeyRemoved, Happened::PasskeyFailed] {
        assert!(said.contains(&what), "{what}");
    }
}

async fn an_answer_is_good_once_and_where_it_was_asked(bed: Bed) {
    let (db, name) = (&bed.db, "li.min");
    let (_, cookie, mut with) = enrolled(db, name).await;
    let (party, refused) = (party(), Err(SignInError::WrongCode));
    let (half, other) = (way(db, name, NOW).await, way(db, name, NOW).await);
    assert_eq!(ask(db, "nonsense", NOW).await, None);
    // Nothing was asked yet; then another challenge, one that is over, and one of another sign-in.
    let sent = with.show(asked(&party, &text(&[7; 32])));
    assert_eq!(finish(db, &half, &sent, NOW).await, refused);
    let (first, _) = ask(db, &half, NOW).await.unwrap();
    let (second, _) = ask(db, &half, NOW).await.unwrap();
    let sent = with.show(asked(&party, &text(&first.0)));
    assert_eq!(finish(db, &half, &sent, NOW).await, refused, "the newer question stands");
    let sent = with.show(asked(&party, &text(&second.0)));
    assert_eq!(finish(db, &half, &sent, NOW).await, refused, "a question is asked once, whatever came of it");
    // The count of wrong ones began again with a right one.
    enter(db, name, &mut with, NOW).await.unwrap();
    let (challenge, _) = ask(db, &half, NOW).await.unwrap();
    ask(db, &other, NOW).await.unwrap();
    let sent = with.show(asked(&party, &text(&challenge.0)));
    assert_eq!(finish(db, &other, &sent, NOW).await, refused, "a question belongs to its sign-in");
    let evil = Asked { origin: "https://street.example.evil.example", ..asked(&party, "") };
    let (challenge, _) = ask(db, &half, NOW).await.unwrap();
    let sent = with.show(Asked { challenge: &text(&challenge.0), ..evil });
    assert_eq!(finish(db, &half, &sent, NOW).await, refused, "another address");
    enter(db, name, &mut with, NOW).await.unwrap();
    // Another's key, whatever its owner may do with it elsewhere.
    let (_, _, mut theirs) = enrolled(db, "wang.wei").await;
    let (challenge, known) = ask(db, &half, NOW).await.unwrap();
    assert!(!known.contains(&theirs.id));
    let sent = theirs.show(asked(&party, &text(&challenge.0)));
    assert_eq!(finish(db, &half, &sent, NOW).await, refused);
    // A right answer after the time.
    let (challenge, _) = ask(db, &half, NOW).await.unwrap();
    let (late, sent) = (NOW.plus(limits::HALF_SIGN_IN_MS), with.show(asked(&party, &text(&challenge.0))));
    assert_eq!(finish(db, &half, &sent, late).await, Err(SignInError::Gone));
    let challenge = passkeys::new_challenge();
    let who = clerk_of(db, name).await;
    own(db, (who, &cookie), NOW, move |tx, own| own.ask(tx, challenge)).await;
    let shown = Shown::parse(&with.show(asked(&party, &text(&challenge.0)))).unwrap();
    let late = NOW.plus(limits::CHALLENGE_MS);
    let proved = own(db, (who, &cookie), late, move |tx, own| own.prove(tx, Proof::Passkey(&self::party(), &shown)));
    assert_eq!(proved.await, Err(SignInError::WrongCode));
}

async fn clerk_of(db: &Db, name: &'static str) -> AccountId {
    db.read(move |tx: &mut Tx<'_>| keep::by_login(tx, HOME, &login(name))).await.unwrap().unwrap().id
}

async fn two_with_one_key_are_told(bed: Bed) {
    let (db, name) = (&bed.db, "li.min");
    let (_, _, mut with) = enrolled(db, name).await;
    with.count = 7;
    enter(db, name, &mut with, NOW).await.unwrap();
    with.count = 3;
    assert_eq!(enter(db, name, &mut with, NOW).await, Err(SignInError::WrongCode));
    assert!(happened(db).await.contains(&Happened::PasskeyCopied));
    with.count = 8;
    enter(db, name, &mut with, NOW).await.unwrap();
}

async fn wrong_ones_are_counted_like_codes(bed: Bed) {
    let (db, name) = (&bed.db, "li.min");
    enrolled(db, name).await;
    let mut stranger = Authenticator::new();
    for guess in 1..=limits::PASSWORD_TRIES {
        let refused = enter(db, name, &mut stranger, NOW).await;
        let until = NOW.plus(limits::PASSWORD_WAITS_MS[0]);
        let last = guess == limits::PASSWORD_TRIES;
        assert_eq!(refused, Err(if last { SignInError::Locked { until } } else { SignInError::WrongCode }));
    }
    assert!(happened(db).await.contains(&Happened::Locked));
}

async fn both_kinds_stand_side_by_side(bed: Bed) {
    let (db, name) = (&bed.db, "li.min");
    let (id, cookie, with) = enrolled(db, name).await;
    let who = (id, cookie.as_str());
    let left = state(db, id).await.left;
    // Nothing is added to what is on before it was shown.
    assert_eq!(add(db, who, &Authenticator::new(), NOW).await, Switched::Unproved);
    let seed = factor::new_seed();
    let waits = seed.clone();
    assert!(!own(db, who, NOW, move |tx, own| own.begin(tx, &waits)).await);
    let mut shows = with;
    let challenge = passkeys::new_challenge();
    own(db, who, NOW, move |tx, own| own.ask(tx, challenge)).await;
    let shown = Shown::parse(&shows.show(asked(&party(), &text(&challenge.0)))).unwrap();
    own(db, who, NOW, move |tx, own| own.prove(tx, Proof::Passkey(&party(), &shown))).await.unwrap();
    // The same one twice is one, and not another's.
    assert_eq!(add(db, who, &shows, NOW).await, Switched::Refused);
    assert_eq!(add(db, who, &Authenticator::edwards(), NOW).await, Switched::Another);
    let waits = seed.clone();
    assert!(own(db, who, NOW, move |tx, own| own.begin(tx, &waits)).await);
    let typed = format!("{:06}", seed.code(step_at(NOW)));
    assert_eq!(own(db, who, NOW, move |tx, own| own.confirm(tx, &typed, &[])).await, Switched::Another);
    let kept = state(db, id).await;
    assert_eq!((kept.on_at, kept.passkeys.len(), kept.left), (Some(NOW), 2, left), "the recovery codes stay");
    assert!(own(db, who, NOW, |tx, own| own.off(tx)).await);
    assert_eq!(state(db, id).await.left, left);
    let many = limits::PASSKEYS - 2;
    for _ in 0..many {
        assert_eq!(add(db, who, &Authenticator::edwards(), NOW).await, Switched::Another);
    }
    assert_eq!(add(db, who, &Authenticator::edwards(), NOW).await, Switched::Refused, "there is an end to it");
    let theirs = clerk(db, "wang.wei").await;
    let cookie = session(db, "wang.wei").await;
    assert_eq!(add(db, (theirs, &cookie), &shows, NOW).await, Switched::Refused, "it is somebody's already");
    // An administrator takes all of it off.
    let take = move |tx: &mut Tx<'_>| {
        let of = keep::by_login(tx, HOME, &login("li.min"))?.unwrap();
        Pen::new(HOME, &By::command("test"), NOW).take_factor(tx, &of)
    };
    assert!(db.write(take).await.unwrap());
    assert_eq!(state(db, id).await, State::default());
    assert!(matches!(password(db, name, NOW).await, Opened::Session(_)));
}

on_both! {
    sign_in => a_passkey_comes_after_the_password;
    once => an_answer_is_good_once_and_where_it_was_asked;
    copied => two_with_one_key_are_told;
    counted => wrong_ones_are_counted_like_codes;
    both => both_kinds_stand_side_by_side;
}
