//! The traps of two databases behind one set of queries, each one that was met.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::sync::Arc;

use linli_engine::db::{Db, DbError, Sql, Tx, Value};
use linli_testbed::{Bed, on_both};
use tokio::task::JoinSet;

static MAKE: Sql = Sql::new(
    "MAKE",
    "CREATE TABLE seats (id @INT PRIMARY KEY, taken @INT NOT NULL, cap @INT NOT NULL, note @TEXT, ok @BOOL NOT NULL)",
);
static ADD: Sql = Sql::new("ADD", "INSERT INTO seats (id, taken, cap, note, ok) VALUES ($1, 0, $2, $3, $4)");
static TAKE: Sql = Sql::new("TAKE", "UPDATE seats SET taken = taken + 1 WHERE id = $1 AND taken < cap");
static TAKEN: Sql = Sql::new("TAKEN", "SELECT taken, ok, note FROM seats WHERE id = $1");
static SWAPPED: Sql = Sql::new("SWAPPED", "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT)");
static MAYBE: Sql = Sql::new("MAYBE", "SELECT id FROM seats WHERE (CAST($1 AS TEXT) IS NULL OR note = $1) ORDER BY id");
static EXISTS: Sql = Sql::new("EXISTS", "SELECT EXISTS (SELECT 1 FROM seats WHERE id = $1)");

async fn set_up(db: &Db, cap: i64) {
    db.write(move |tx: &mut Tx<'_>| {
        tx.exec(&MAKE, &[])?;
        tx.put(&ADD, vec![Value::Int(1), Value::Int(cap), Value::Text("a".into()), Value::Bool(true)])?;
        tx.put(&ADD, vec![Value::Int(2), Value::Int(cap), Value::Null, Value::Bool(false)])
    })
    .await
    .unwrap();
}

async fn taken(db: &Db) -> i64 {
    db.read(|tx: &mut Tx<'_>| tx.first(&TAKEN, &[Value::Int(1)])?.unwrap().take()).await.unwrap()
}

async fn arguments_keep_their_numbers(bed: Bed) {
    let got = bed.db.read(|tx: &mut Tx<'_>| {
        let mut row = tx.first(&SWAPPED, &[Value::Text("one".into()), Value::Text("two".into())])?.unwrap();
        Ok::<_, DbError>((row.take::<String>()?, row.take::<String>()?))
    });
    assert_eq!(got.await.unwrap(), ("two".to_owned(), "one".to_owned()));
}

async fn truth_reads_the_same(bed: Bed) {
    set_up(&bed.db, 1).await;
    let got = bed.db.read(|tx: &mut Tx<'_>| {
        let mut ok = Vec::new();
        for id in 1..=2 {
            let mut row = tx.first(&TAKEN, &[Value::Int(id)])?.unwrap();
            row.take::<i64>()?;
            ok.push((row.take::<bool>()?, row.take::<Option<String>>()?));
        }
        let here = tx.first(&EXISTS, &[Value::Int(1)])?.unwrap().take::<bool>()?;
        let there = tx.first(&EXISTS, &[Value::Int(9)])?.unwrap().take::<bool>()?;
        Ok::<_, DbError>((ok, here, there))
    });
    assert_eq!(got.await.unwrap(), (vec![(true, Some("a".into())), (false, None)], true, false));
}

async fn an_absent_filter_is_no_filter(bed: Bed) {
    set_up(&bed.db, 1).await;
    for (filter, rows) in [(Value::Null, 2), (Value::Text("a".into()), 1), (Value::Text("b".into()), 0)] {
        let got = bed
            .db
            .read(move |tx: &mut Tx<'_>| Ok::<_, DbError>(tx.query(&MAYBE, std::slice::from_ref(&filter))?.len()));
        assert_eq!(got.await.unwrap(), rows);
    }
}

/// A web server drops what it awaits when a client hangs up; no connection may be left inside a transaction.
async fn dropped_requests_break_nothing(bed: Bed) {
    set_up(&bed.db, i64::MAX).await;
    let mut asked = JoinSet::new();
    for i in 0..400_u64 {
        let db = bed.db.clone();
        asked.spawn(async move {
            let work = db.write(|tx: &mut Tx<'_>| tx.put(&TAKE, vec![Value::Int(1)]));
            let _ = tokio::time::timeout(std::time::Duration::from_micros(i * 7), work).await;
        });
    }
    asked.join_all().await;
    for _ in 0..50 {
        bed.db.write(|tx: &mut Tx<'_>| tx.put(&TAKE, vec![Value::Int(1)])).await.unwrap();
    }
    let count = taken(&bed.db).await;
    assert!((50..=450).contains(&count), "{count}");
}

async fn a_scarce_seat_is_taken_once(bed: Bed) {
    set_up(&bed.db, 10).await;
    let mut asked = JoinSet::new();
    for _ in 0..64 {
        let db = bed.db.clone();
        asked.spawn(async move { db.write(|tx: &mut Tx<'_>| tx.exec(&TAKE, &[Value::Int(1)])).await.unwrap() });
    }
    assert_eq!(asked.join_all().await.into_iter().sum::<u64>(), 10);
    assert_eq!(taken(&bed.db).await, 10);
}

async fn failed_work_leaves_nothing(bed: Bed) {
    set_up(&bed.db, 10).await;
    let mixed = Arc::new(bed.db.clone());
    let mut asked = JoinSet::new();
    for i in 0..40 {
        let db = Arc::clone(&mixed);
        asked.spawn(async move {
            let out = db.write(move |tx: &mut Tx<'_>| {
                tx.put(&TAKE, vec![Value::Int(1)])?;
                match i % 4 {
                    0 => Err(DbError::Corrupt("on purpose".into())),
                    1 => tx.put(&TAKE, vec![Value::Int(77)]),
                    2 => tx.exec(&ADD, &[Value::Int(1), Value::Int(1), Value::Null, Value::Bool(true)]).map(drop),
                    _ if i == 3 => panic!("on purpose"),
                    _ => Ok(()),
                }
            });
            (i % 4, out.await)
        });
    }
    let out = asked.join_all().await;
    assert!(out.iter().any(|(k, r)| *k == 1 && matches!(r, Err(DbError::Rows { got: 0, .. }))));
    assert!(out.iter().any(|(k, r)| *k == 2 && matches!(r, Err(DbError::Duplicate { .. }))));
    assert!(out.iter().any(|(_, r)| matches!(r, Err(DbError::Panicked))));
    let good = out.iter().filter(|(_, r)| r.is_ok()).count();
    assert_eq!(i64::try_from(good).unwrap(), taken(&bed.db).await);
    assert_eq!(good, 9);
}

async fn a_reader_cannot_write(bed: Bed) {
    set_up(&bed.db, 10).await;
    let out = bed.db.read(|tx: &mut Tx<'_>| tx.exec(&TAKE, &[Value::Int(1)])).await;
    assert!(out.is_err(), "{out:?}");
    assert_eq!(taken(&bed.db).await, 0);
}

async fn opening_again_changes_nothing(bed: Bed) {
    set_up(&bed.db, 10).await;
    let again = Db::open(&bed.url, 2).await.unwrap();
    assert_eq!(taken(&again).await, 0);
}

on_both! {
    placeholders => arguments_keep_their_numbers;
    booleans => truth_reads_the_same;
    optional_filters => an_absent_filter_is_no_filter;
    cancellation => dropped_requests_break_nothing;
    scarce_seats => a_scarce_seat_is_taken_once;
    failures => failed_work_leaves_nothing;
    readers => a_reader_cannot_write;
    migrations_run_once => opening_again_changes_nothing;
}
