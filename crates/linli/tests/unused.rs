//! Administrators are told of accounts that nobody uses, and of no more than the month of the last sign-in.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod admin_common;

use admin_common::{Office, key, seat};
use linli_engine::{
    db::Tx,
    ids::AccountId,
    seats::{self, Seat, SeatError},
    security::{self, Happened},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::{Millis, parse_rfc3339};

const TOLD: &str = "One account was not used for 90 days";

async fn told_on(bed: Bed) {
    let office = Office::open(&bed).await;
    for who in ["system", "security", "audit"] {
        assert!(!office.get(who, "/admin").await.body.contains("not used for 90 days"));
    }
    assert!(office.get("system", "/admin/accounts?unused=1").await.body.contains("No account is unused"));
    let (home, hash) =
        (office.engine.home, seats::hash_password(&"anyone".parse().unwrap(), "a long enough one").unwrap());
    let at = |text| parse_rfc3339(text).unwrap();
    let (last, over) = (at("2025-09-17T08:12:34+08:00"), at("2025-10-31T18:00:00+08:00"));
    let left = office.engine.db.write(move |tx: &mut Tx<'_>| {
        let id = AccountId::new();
        seats::create_account(tx, home, id, &"left".parse().unwrap(), "Zhao Li", &hash)?;
        let seat =
            Seat { account: id, from: Millis(0), until: Some(over), ..seat("yunxi-office", "desk", "990101001") };
        seats::grant_seat(tx, home, &seat)?;
        Ok::<_, SeatError>(security::note(tx, home, Happened::SignedIn, Some(id), "", last)?)
    });
    left.await.unwrap();
    for (who, ended) in [("system", false), ("security", true), ("audit", true)] {
        let first = office.get(who, "/admin").await.body;
        assert!(first.contains(TOLD) && !first.contains("nothing to see to"), "{who}");
        let list = office.get(who, "/admin/accounts?unused=1").await.body;
        assert!(list.contains("Zhao Li") && list.contains("9/2025") && !list.contains("08:12"), "{who}");
        assert_eq!(list.contains("No seat since 10/2025"), ended, "{who}");
        assert!(!list.contains("/admin/accounts/dispatcher"), "those that are used are not listed");
    }
    assert_eq!(office.post("system", "/admin/accounts/left/disable", &[("key", &key())]).await.status, 303);
    assert!(!office.get("system", "/admin").await.body.contains("not used for 90 days"));
}

on_both! {
    unused_accounts_are_told => told_on;
}
