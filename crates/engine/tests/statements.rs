//! Every statement is prepared on both databases: a word that one of them does not know shows here, not at night.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use linli_engine::{db::Tx, statements};
use linli_testbed::{Bed, on_both};

async fn all_are_prepared(bed: Bed) {
    let count = bed.db.read(|tx: &mut Tx<'_>| {
        let mut count = 0;
        for sql in statements() {
            tx.prepare(sql)?;
            count += 1;
        }
        Ok::<_, linli_engine::db::DbError>(count)
    });
    assert!(count.await.unwrap() > 25);
}

on_both! {
    statements_of_all_stores => all_are_prepared;
}
