//! Clears the store of files that no row names: an upload whose report was never sent, a row that was erased.

use std::collections::HashSet;

use linli_worktime::Millis;

use super::{Digest, NAMED, Store, StoreError, store};
use crate::db::{Db, DbError, Tx, args};

/// Why a sweep stopped; what it removed until then stays removed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The disk refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work on the disk panicked.
    #[error("the sweep panicked")]
    Panicked,
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Removes the files from before `cutoff` that no row names; a newer one's report may be on the way. Takes one 256th of the store at a time, so that memory stays
/// flat; uploads may go on meanwhile.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn sweep(db: &Db, store: &Store, cutoff: Millis) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    for first in 0..=u8::MAX {
        let old = on_disk(store, move |store| store.old_files(first, cutoff)).await?;
        if old.is_empty() {
            continue;
        }
        let named = named(db, first).await?;
        let part = on_disk(store, move |store| {
            let mut part = Swept::default();
            for file in old.iter().filter(|f| f.digest.is_none_or(|d| !named.contains(&d))) {
                if let Some(bytes) = store.remove(file, cutoff)? {
                    part.files += 1;
                    part.bytes += bytes;
                }
            }
            Ok(part)
        });
        let part = part.await?;
        swept.files += part.files;
        swept.bytes += part.bytes;
    }
    Ok(swept)
}

/// Removes these contents where no row names them any more, for what was erased. Whatever is written again meanwhile stays.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn drop_unnamed(db: &Db, store: &Store, digests: Vec<Digest>) -> Result<(), SweepError> {
    let begun = store::machine_millis();
    let still = digests.clone();
    let still = db.read(move |tx: &mut Tx<'_>| {
        let mut named = HashSet::new();
        for digest in &still {
            if tx.first(&NAMED, &args![*digest, *digest])?.is_some() {
                named.insert(*digest);
            }
        }
        Ok::<_, DbError>(named)
    });
    let still = still.await?;
    on_disk(store, move |store| {
        digests.iter().filter(|digest| !still.contains(digest)).try_for_each(|digest| store.end(digest, begun))
    })
    .await
}

/// The digests beginning with this byte that a row names.
async fn named(db: &Db, first: u8) -> Result<HashSet<Digest>, DbError> {
    let (mut from, mut to) = ([0; 32], [u8::MAX; 32]);
    (from[0], to[0]) = (first, first);
    let range = args![from, to];
    db.read(move |tx: &mut Tx<'_>| tx.query(&NAMED, &range)?.into_iter().map(|mut row| row.take()).collect()).await
}

async fn on_disk<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, SweepError> {
    let store = store.clone();
    let done = tokio::task::spawn_blocking(move || work(&store)).await.map_err(|_| SweepError::Panicked)?;
    Ok(done?)
}
