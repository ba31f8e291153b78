//! Brings the tables up to date: one file a step, written once for both databases.

use super::{Db, DbError, Tx, args, sql::render, statements};

/// The steps, oldest first. A step that has landed is never edited: a change is a new step.
const STEPS: &[(&str, &str)] = &[
    ("0001_start", include_str!("../../migrations/0001_start.sql")),
    ("0002_link", include_str!("../../migrations/0002_link.sql")),
    ("0003_live", include_str!("../../migrations/0003_live.sql")),
    ("0004_desk", include_str!("../../migrations/0004_desk.sql")),
    ("0005_calls", include_str!("../../migrations/0005_calls.sql")),
    ("0006_admin", include_str!("../../migrations/0006_admin.sql")),
    ("0007_api", include_str!("../../migrations/0007_api.sql")),
    ("0008_borders", include_str!("../../migrations/0008_borders.sql")),
    ("0009_resident", include_str!("../../migrations/0009_resident.sql")),
    ("0010_scale", include_str!("../../migrations/0010_scale.sql")),
    ("0011_told", include_str!("../../migrations/0011_told.sql")),
    ("0012_plans", include_str!("../../migrations/0012_plans.sql")),
    ("0013_evidence", include_str!("../../migrations/0013_evidence.sql")),
    ("0014_vault", include_str!("../../migrations/0014_vault.sql")),
    ("0015_words", include_str!("../../migrations/0015_words.sql")),
    ("0016_doors", include_str!("../../migrations/0016_doors.sql")),
    ("0017_erased", include_str!("../../migrations/0017_erased.sql")),
    ("0018_retention", include_str!("../../migrations/0018_retention.sql")),
    ("0019_second", include_str!("../../migrations/0019_second.sql")),
    ("0020_reading", include_str!("../../migrations/0020_reading.sql")),
    ("0021_knowledge", include_str!("../../migrations/0021_knowledge.sql")),
    ("0022_near", include_str!("../../migrations/0022_near.sql")),
    ("0023_passkey", include_str!("../../migrations/0023_passkey.sql")),
    ("0025_era", include_str!("../../migrations/0025_era.sql")),
    ("0026_files", include_str!("../../migrations/0026_files.sql")),
    ("0027_filed", include_str!("../../migrations/0027_filed.sql")),
    ("0030_asked", include_str!("../../migrations/0030_asked.sql")),
];

/// What SQLite should expect of the tables; PostgreSQL counts for itself.
const LITE_HINTS: &str = include_str!("../../migrations/lite_hints.sql");

statements! {
    DONE = "SELECT name FROM migration ORDER BY name";
    RECORD = "INSERT INTO migration (name) VALUES ($1)";
}

/// Whether the steps that the database has are those of this program.
pub(super) async fn is_done(db: &Db) -> Result<bool, DbError> {
    db.read(|tx: &mut Tx<'_>| {
        let done: Vec<String> = tx.query(&DONE, &[])?.into_iter().map(|mut r| r.take()).collect::<Result<_, _>>()?;
        Ok(done.len() == STEPS.len() && STEPS.iter().all(|(name, _)| done.iter().any(|d| d == name)))
    })
    .await
}

pub(super) async fn run(db: &Db) -> Result<(), DbError> {
    let dialect = db.dialect();
    db.write(move |tx: &mut Tx<'_>| {
        if dialect == super::Dialect::Pg {
            // Several processes may start at once; the lock goes with the transaction.
            tx.script("SELECT pg_advisory_xact_lock(7412001)")?;
        }
        tx.script("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")?;
        let done: Vec<String> = tx.query(&DONE, &[])?.into_iter().map(|mut r| r.take()).collect::<Result<_, _>>()?;
        for (name, text) in STEPS {
            if !done.iter().any(|d| d == name) {
                tx.script(&render(text, dialect))?;
                tx.put(&RECORD, args![*name])?;
            }
        }
        if dialect == super::Dialect::Lite && done.len() < STEPS.len() {
            // Other connections take it up with the tables that just changed.
            tx.script(LITE_HINTS)?;
        }
        Ok(())
    })
    .await
}
