//! A new master key, while everybody works: it comes into use, then every data key is wrapped anew, and what was never
//! sealed is. Each batch only replaces what it read, so it may be broken off, begun again or run twice at once.

use std::time::Duration;

use super::{
    DbError, Scheme, Secret, Tx, Value, args,
    keys::{self, Of, Owner, VaultKey},
    seal::{self, Key},
    statements,
};
use crate::{
    Engine, EngineError,
    db::Sql,
    edge,
    ids::{CaseId, Jurisdiction},
};

/// Rows that one transaction looks at: writers who wait behind it wait some milliseconds.
const BATCH: i64 = 200;

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the master key that everything is under now.
    pub current: u32,
    /// Data keys that were wrapped anew.
    pub rewrapped: u64,
    /// Rows that had not been sealed yet.
    pub sealed: u64,
    /// Files that had not been sealed yet.
    pub files: u64,
}

statements! {
    // Rows of one batch, each by its place at the end of an index.
    KEYS_AFTER = "SELECT jurisdiction, id, kind, master, wrapped FROM vault_key WHERE (jurisdiction, id, kind) > ($1, $2, $3)
        ORDER BY jurisdiction, id, kind LIMIT $4";
    REWRAP = "UPDATE vault_key SET master = $5, wrapped = $6 WHERE jurisdiction = $1 AND id = $2 AND kind = $3 AND master = $4";
    OLDER = "SELECT count(*) FROM vault_master WHERE jurisdiction = 0 AND version < $1 AND retired_at IS NULL";
    RETIRE = "UPDATE vault_master SET retired_at = $2 WHERE jurisdiction = 0 AND version < $1 AND retired_at IS NULL";
    PLAIN_PERSONS = "SELECT jurisdiction, id, name, phone FROM vault_person
        WHERE scheme = 0 AND (jurisdiction, id) > ($1, $2) ORDER BY jurisdiction, id LIMIT $3";
    PLAIN_CALLERS = "SELECT jurisdiction, case_id, name, contact FROM vault_caller
        WHERE scheme = 0 AND (jurisdiction, case_id) > ($1, $2) ORDER BY jurisdiction, case_id LIMIT $3";
    PLAIN_BEHALVES = "SELECT jurisdiction, case_id, name, contact FROM vault_behalf
        WHERE scheme = 0 AND (jurisdiction, case_id) > ($1, $2) ORDER BY jurisdiction, case_id LIMIT $3";
    SEAL_PERSON = "UPDATE vault_person SET scheme = $3, name = $4, phone = $5 WHERE jurisdiction = $1 AND id = $2 AND scheme = 0";
    SEAL_CALLER = "UPDATE vault_caller SET scheme = $3, name = $4, contact = $5 WHERE jurisdiction = $1 AND case_id = $2 AND scheme = 0";
    SEAL_BEHALF = "UPDATE vault_behalf SET scheme = $3, name = $4, contact = $5 WHERE jurisdiction = $1 AND case_id = $2 AND scheme = 0";
}

/// A table with rows that may not be sealed yet: how they are read and written, and what its second text is called.
const PLAIN: [(Of, &Sql, &Sql, &str); 3] = [
    (Of::Person, &PLAIN_PERSONS, &SEAL_PERSON, "phone"),
    (Of::Caller, &PLAIN_CALLERS, &SEAL_CALLER, "contact"),
    (Of::Behalf, &PLAIN_BEHALVES, &SEAL_BEHALF, "contact"),
];

/// Where a walk through a table is.
#[derive(Clone, Copy)]
struct At {
    place: Jurisdiction,
    id: [u8; 16],
    kind: i64,
}

const START: At = At { place: Jurisdiction(0), id: [0; 16], kind: -1 };

impl Engine {
    /// Takes a new master key into use, or goes on with the last one where its rotation was broken off; wraps every data
    /// key by it and seals what is not sealed yet. `pause` is how long other processes have to learn of the new key.
    ///
    /// # Errors
    /// [`EngineError`]; what was done until then is kept, and the next call goes on from there.
    pub async fn rotate_vault(&self, pause: Duration) -> Result<Rotated, EngineError> {
        self.next_master().await?;
        let mut done = Rotated { current: self.vault_key.current(), ..Rotated::default() };
        loop {
            // Whoever does not know of the new key yet still wraps by the old one.
            tokio::time::sleep(pause).await;
            let (rewrapped, sealed) = (self.rewrap().await?, self.seal_plain().await?);
            done = Rotated { rewrapped: done.rewrapped + rewrapped, sealed: done.sealed + sealed, ..done };
            if rewrapped + sealed == 0 {
                break;
            }
        }
        let store = self.files.clone();
        let files = move || (0..=u8::MAX).map(|first| store.seal_rest(first)).sum::<Result<u64, _>>();
        done.files = tokio::task::spawn_blocking(files).await.map_err(|_| DbError::Panicked)??;
        let (current, now) = (done.current, self.clock.now());
        self.db.write(move |tx: &mut Tx<'_>| tx.send(&RETIRE, args![current, now])).await?;
        Ok(done)
    }

    /// The next master key, in use from now on; none while keys are still to be moved to the last one.
    async fn next_master(&self) -> Result<(), EngineError> {
        let both = self.db.read(|tx: &mut Tx<'_>| {
            let used = keys::in_use(tx)?;
            let row = tx.first(&OLDER, &args![used.version])?;
            Ok::<_, DbError>((used, row.map_or(Ok(0), |mut row| row.take::<u64>())?))
        });
        let (used, older) = both.await?;
        self.vault_key.advance(&used)?;
        if older > 0 {
            return Ok(());
        }
        let version = used.version + 1;
        if let Some(source) = self.vault_key.source()
            && !source.load()?.contains_key(&version)
        {
            source.add(version, &Key::new(edge::secret()))?;
        }
        let (key, now) = (self.vault_key.master(version)?, self.clock.now());
        let begin = move |tx: &mut Tx<'_>| {
            keys::register(tx, version, &key, now)?;
            keys::in_use(tx)
        };
        Ok(self.vault_key.advance(&self.db.write(begin).await?)?)
    }

    /// Wraps every data key that is under an older master key by the one in use; how many there were.
    async fn rewrap(&self) -> Result<u64, DbError> {
        let (mut at, mut count) = (START, 0);
        loop {
            let key = self.vault_key.clone();
            let (next, some) = self.db.write(move |tx: &mut Tx<'_>| rewrap_batch(tx, &key, at)).await?;
            count += some;
            match next {
                Some(next) => at = next,
                None => return Ok(count),
            }
        }
    }

    /// Seals every row that is kept as it is; how many there were.
    async fn seal_plain(&self) -> Result<u64, DbError> {
        let mut count = 0;
        for table in PLAIN {
            let mut at = START;
            loop {
                let key = self.vault_key.clone();
                let (next, some) = self.db.write(move |tx: &mut Tx<'_>| seal_batch(tx, &key, table, at)).await?;
                count += some;
                match next {
                    Some(next) => at = next,
                    None => break,
                }
            }
        }
        Ok(count)
    }
}

/// One batch: where the next one begins, and how many were wrapped anew.
fn rewrap_batch(tx: &mut Tx<'_>, key: &VaultKey, at: At) -> Result<(Option<At>, u64), DbError> {
    let rows = tx.query(&KEYS_AFTER, &args![at.place, Value::Id(at.id), at.kind, BATCH])?;
    let (mut next, mut count) = (None, 0);
    for mut row in rows {
        let (place, id, kind): (Jurisdiction, [u8; 16], i64) = (row.take()?, row.take()?, row.take()?);
        let (master, wrapped): (u32, Vec<u8>) = (row.take()?, row.take()?);
        next = Some(At { place, id, kind });
        // What was shredded is under no key.
        if wrapped.is_empty() || master >= key.current() {
            continue;
        }
        let of = Of::from_code(kind).ok_or_else(|| DbError::Corrupt(format!("a data key of kind {kind}")))?;
        let owner = Owner { of, place, id };
        let data = seal::unwrap(&key.master(master)?, owner.key_slot(), &wrapped)?;
        let anew = key.wrap(owner, &data)?;
        tx.send(&REWRAP, args![place, Value::Id(id), kind, master, anew.master, anew.bytes])?;
        count += 1;
    }
    Ok((next, count))
}

fn seal_batch(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    (of, plain, seal, second): (Of, &'static Sql, &'static Sql, &'static str),
    at: At,
) -> Result<(Option<At>, u64), DbError> {
    tx.query(&super::forget::WIPE, &[])?;
    let (mut next, mut count) = (None, 0);
    for mut row in tx.query(plain, &args![at.place, Value::Id(at.id), BATCH])? {
        let (place, id): (Jurisdiction, [u8; 16]) = (row.take()?, row.take()?);
        let (name, phone) = (Secret::new(row.take()?), Secret::new(row.take()?));
        next = Some(At { place, id, ..START });
        let ([name, phone], data_key) = key.seal(Owner { of, place, id }, [("name", &name), (second, &phone)])?;
        // It has a key when another sealed it meanwhile, or when it was forgotten.
        if data_key.map_or(Ok(true), |data_key| data_key.add_first(tx))? {
            tx.send(seal, args![place, CaseId(id), Scheme::NEW, name, phone])?;
            count += 1;
        }
    }
    tx.query(&super::forget::NO_WIPE, &[])?;
    Ok((next, count))
}
