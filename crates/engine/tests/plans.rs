//! How SQLite goes about every statement: none reads a whole street, or everything, where a street has a million cases.
//! (PostgreSQL counts what is in its tables and plans by that; `benches` measures it.)
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use linli_engine::{db::Dialect, statements};
use linli_testbed::{Kind, bed};

/// Tables that grow with the cases.
const LARGE: [&str; 15] = [
    "attachment",
    "case_unit",
    "cases",
    "deed",
    "event",
    "feed_change",
    "link",
    "notice",
    "open_step",
    "timer",
    "told",
    "vault_behalf",
    "vault_caller",
    "vault_key",
    "vault_person",
];
/// Statements that need not narrow further: the heads of lists, to which conditions are added, and what reads a row or
/// a page at the end of an index; and the audit, which is there to look at everything.
const WHOLE: [&str; 11] = [
    "UNLOGGED",
    "UNLOGGED_FILES",
    "LISTED",
    "HEADS_OF",
    "EVENTS_OF",
    "KNOWN",
    "OLDEST",
    "FIRST_CASE",
    "TO_INDEX",
    "START",
    "WHO_BROUGHT",
];

#[tokio::test]
async fn no_statement_reads_a_whole_street() {
    let bed = bed(Kind::Lite).await.unwrap();
    let files = std::fs::read_dir(bed.folder.path()).unwrap().map(|file| file.unwrap().path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).unwrap();
    let lite = rusqlite::Connection::open(file).unwrap();
    let mut looked = 0;
    for sql in statements().filter(|sql| !WHOLE.contains(&sql.name)) {
        let text = sql.text(Dialect::Lite);
        let Ok(mut plan) = lite.prepare(&format!("EXPLAIN QUERY PLAN {text}")) else {
            assert!(!text.starts_with("SELECT"), "{} is not planned", sql.name);
            continue;
        };
        let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            looked += 1;
            let mut words = step.split(' ');
            let (how, alias) = (words.next().unwrap(), words.next().unwrap_or_default());
            let of = |table: &&str| *table == alias || text.contains(&format!("{table} {alias} "));
            let wide = how == "SCAN" || step.ends_with("(jurisdiction=?)");
            assert!(!wide || !LARGE.iter().any(of), "{}: {step}\n{text}", sql.name);
        }
    }
    assert!(looked > 150, "{looked} steps of plans were read");
}
