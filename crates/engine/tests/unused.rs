//! Accounts that nobody uses are found, and no others.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod staff;

use linli_engine::{
    db::{Db, Tx},
    ids::AccountId,
    limits::UNUSED_MS,
    seats::{
        self, Role,
        unused::{Unused, unused},
    },
    security::{self, Happened},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use staff::{HOME, account, grant, seat};

const NOW: Millis = Millis(1_772_416_800_000);
const DAY: i64 = 86_400_000;

async fn happened(db: &Db, what: Happened, account: AccountId, at: Millis) {
    db.write(move |tx: &mut Tx<'_>| security::note(tx, HOME, what, Some(account), "", at)).await.unwrap();
}

async fn found(db: &Db) -> Vec<Unused> {
    db.read(|tx: &mut Tx<'_>| unused(tx, HOME, None, 10, NOW)).await.unwrap()
}

async fn those_that_nobody_uses_are_found(bed: Bed) {
    let (long, short) = (NOW.plus(-UNUSED_MS), NOW.plus(-UNUSED_MS + 1));
    let mut ids = Vec::new();
    for login in ["away", "busy", "ended", "fresh", "never", "shut"] {
        ids.push(account(&bed.db, login).await);
    }
    let [away, busy, ended, fresh, never, shut] = ids[..] else { unreachable!() };
    for (of, from, until) in [
        (away, 0, None),
        (busy, 0, None),
        (ended, 0, Some(NOW.plus(-100 * DAY))),
        // A new seat is a reason to wait.
        (fresh, short.0, None),
        (never, long.0, None),
        (shut, 0, None),
    ] {
        grant(&bed.db, &seat(of, Role::Handler, Millis(from), until)).await.unwrap();
    }
    for (of, at) in
        [(away, NOW.plus(-200 * DAY)), (away, long), (busy, long), (busy, short), (ended, NOW.plus(-120 * DAY))]
    {
        happened(&bed.db, Happened::SignedIn, of, at).await;
    }
    // Whoever tries does not use it.
    happened(&bed.db, Happened::SignInFailed, never, short).await;
    bed.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, HOME, shut, NOW)).await.unwrap();

    let told = found(&bed.db).await.into_iter().map(|one| (one.account.login.as_str().to_owned(), one.last, one.ended));
    let want = [
        ("away", Some(long), None),
        ("ended", Some(NOW.plus(-120 * DAY)), Some(NOW.plus(-100 * DAY))),
        ("never", None, None),
    ];
    assert_eq!(told.collect::<Vec<_>>(), want.map(|(login, last, ended)| (login.to_owned(), last, ended)));
    happened(&bed.db, Happened::SignedIn, away, NOW).await;
    let page = bed.db.read(|tx: &mut Tx<'_>| unused(tx, HOME, Some(&"away".parse().unwrap()), 1, NOW)).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].account.id, ended);
    assert_eq!(found(&bed.db).await.len(), 2);
}

on_both! {
    unused_accounts => those_that_nobody_uses_are_found;
}
