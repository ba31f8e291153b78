//! The keys of the vault. A master key, from outside, wraps a data key for each row that holds something; the data keys
//! stand in the database. So a new master rewraps small keys and touches nobody's data, and without its data key a row
//! opens nowhere. What is looked up (telephones, tracking codes) goes by a key of its own that never changes.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use linli_worktime::Millis;

use super::{
    DbError, Secret, Tx, args,
    seal::{self, Key, Nonce, Scheme, SealError, Slot},
    source::{KeyError, Keys, Source},
    statements,
};
use crate::{
    db::{Db, Value},
    edge,
    engine::EngineError,
    ids::Jurisdiction,
};

/// The key of the vault. It has no way to be printed; clones share it.
#[derive(Clone)]
pub struct VaultKey(Arc<Held>);

struct Held {
    marks: Key,
    masters: RwLock<Masters>,
    source: Option<Source>,
}

struct Masters {
    known: Keys,
    /// What new data keys are wrapped by.
    current: u32,
}

impl VaultKey {
    /// One key for everything, without a database.
    pub fn new(key: [u8; 32]) -> Self {
        let (marks, known) = (Key::new(key), Keys::from([(1, Key::new(key))]));
        Self(Arc::new(Held { marks, masters: RwLock::new(Masters { known, current: 1 }), source: None }))
    }

    /// HMAC-SHA-256 of a text; `purpose` keeps uses apart. It stays the same when the master key changes.
    pub fn mac(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        self.0.marks.mac(purpose, text)
    }

    /// The number of the master key that new data keys are wrapped by.
    pub fn current(&self) -> u32 {
        self.read(|masters| masters.current)
    }

    fn read<T>(&self, look: impl FnOnce(&Masters) -> T) -> T {
        look(&self.0.masters.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The master key of a number; it is looked for again where it came from when it is new.
    pub(super) fn master(&self, version: u32) -> Result<Key, KeyError> {
        let known = || self.read(|masters| masters.known.get(&version).cloned());
        if let Some(key) = known() {
            return Ok(key);
        }
        if let Some(source) = &self.0.source {
            let keys = source.load()?;
            self.0.masters.write().unwrap_or_else(PoisonError::into_inner).known.extend(keys);
        }
        known().ok_or_else(|| KeyError::Missing { version, from: self.source_name() })
    }

    /// Wraps by the master key that the database says from now on, if this is that key.
    pub(crate) fn advance(&self, used: &InUse) -> Result<(), KeyError> {
        if self.current() < used.version {
            if used.proof != proof(&self.master(used.version)?) {
                return Err(KeyError::Wrong { version: used.version, from: self.source_name() });
            }
            self.0.masters.write().unwrap_or_else(PoisonError::into_inner).current = used.version;
        }
        Ok(())
    }

    pub(super) fn source(&self) -> Option<&Source> {
        self.0.source.as_ref()
    }

    /// What messages call where the master keys come from.
    pub fn source_name(&self) -> String {
        self.source().map_or_else(|| "the key of the vault".to_owned(), Source::name)
    }

    /// The texts of a new row, sealed under a data key of its own. There is none when there is nothing to seal.
    pub(super) fn seal<const N: usize>(
        &self,
        owner: Owner,
        texts: [(&'static str, &Secret<String>); N],
    ) -> Result<([String; N], Option<Wrapped>), DbError> {
        let mut out = [const { String::new() }; N];
        if texts.iter().all(|(_, text)| text.reveal().is_empty()) {
            return Ok((out, None));
        }
        let key = Key::new(edge::secret());
        for (kept, (column, text)) in out.iter_mut().zip(texts) {
            *kept = seal::seal_text(&key, nonce(), owner.slot(column), text)?;
        }
        Ok((out, Some(self.wrap(owner, &key)?)))
    }

    pub(super) fn wrap(&self, owner: Owner, key: &Key) -> Result<Wrapped, DbError> {
        let master = self.current();
        Ok(Wrapped { owner, master, bytes: seal::wrap(&self.master(master)?, nonce(), owner.key_slot(), key)? })
    }
}

pub(super) fn nonce() -> Nonce {
    let mut nonce = Nonce::default();
    nonce.copy_from_slice(&edge::secret()[..size_of::<Nonce>()]);
    nonce
}

/// The row that a data key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) of: Of,
    pub(super) place: Jurisdiction,
    pub(super) id: [u8; 16],
}

/// Which table a row with a data key stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// None: the key that marks are made by.
    Marks = 0,
    Person = 1,
    Caller = 2,
    Behalf = 3,
    Words = 4,
    Factor = 5,
}

impl Of {
    const ALL: [Self; 6] = [Self::Marks, Self::Person, Self::Caller, Self::Behalf, Self::Words, Self::Factor];

    pub(super) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.code() == code)
    }

    pub(super) fn code(self) -> i64 {
        self as i64
    }

    fn table(self) -> &'static str {
        match self {
            Self::Marks => "vault_key",
            Self::Person => "vault_person",
            Self::Caller => "vault_caller",
            Self::Behalf => "vault_behalf",
            Self::Words => "vault_words",
            Self::Factor => "second_factor",
        }
    }
}

/// The key of the indexes belongs to the whole database.
const MARKS: Owner = Owner { of: Of::Marks, place: Jurisdiction(0), id: [0; 16] };

impl Owner {
    pub(super) fn slot(self, column: &'static str) -> Slot {
        Slot { table: self.of.table(), column, row: self.id }
    }

    pub(super) fn key_slot(self) -> Slot {
        self.slot("data key")
    }
}

/// A data key as it stands in the database.
pub(super) struct Wrapped {
    owner: Owner,
    pub(super) master: u32,
    pub(super) bytes: Vec<u8>,
}

impl Wrapped {
    fn args(self) -> Vec<Value> {
        args![self.owner.place, Value::Id(self.owner.id), self.owner.of.code(), self.master, self.bytes]
    }

    /// Keeps the key of a new row.
    pub(super) fn add(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.put(&ADD_KEY, self.args())
    }

    /// Keeps the key of a row instead of the one that it had.
    pub(super) fn put(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.send(&PUT_KEY, self.args())
    }

    /// Keeps the key of a row that may have one; true when it had none.
    pub(super) fn add_first(self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        Ok(tx.exec(&ADD_FIRST_KEY, &self.args())? == 1)
    }
}

statements! {
    KEY = "SELECT master, wrapped FROM vault_key WHERE jurisdiction = $1 AND id = $2 AND kind = $3";
    ADD_KEY = "INSERT INTO vault_key (jurisdiction, id, kind, master, wrapped) VALUES ($1, $2, $3, $4, $5)";
    PUT_KEY = "INSERT INTO vault_key (jurisdiction, id, kind, master, wrapped) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (jurisdiction, id, kind) DO UPDATE SET master = excluded.master, wrapped = excluded.wrapped";
    ADD_FIRST_KEY = "INSERT INTO vault_key (jurisdiction, id, kind, master, wrapped) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (jurisdiction, id, kind) DO NOTHING";
    MASTERS = "SELECT version, proof, retired_at FROM vault_master WHERE jurisdiction = 0 ORDER BY version";
    IN_USE = "SELECT version, proof FROM vault_master WHERE jurisdiction = 0 ORDER BY version DESC LIMIT 1";
    ADD_MASTER = "INSERT INTO vault_master (jurisdiction, version, proof, made_at) VALUES (0, $1, $2, $3)
        ON CONFLICT (jurisdiction, version) DO NOTHING";
}

/// Opens texts of a row; nothing when its key was shredded.
pub(super) fn open<const N: usize>(
    tx: &mut Tx<'_>,
    key: &VaultKey,
    owner: Owner,
    scheme: Scheme,
    kept: [(&'static str, String); N],
) -> Result<Option<[Secret<String>; N]>, DbError> {
    let mut out = [const { Secret::new(String::new()) }; N];
    if scheme == Scheme::Plain {
        return Ok(Some(kept.map(|(_, text)| Secret::new(text))));
    }
    if kept.iter().all(|(_, text)| text.is_empty()) {
        return Ok(Some(out));
    }
    let Some(data) = data_key(tx, key, owner)? else { return Ok(None) };
    for (plain, (column, text)) in out.iter_mut().zip(kept) {
        *plain = seal::open_text(&data, owner.slot(column), &text)?;
    }
    Ok(Some(out))
}

/// The data key of a row; nothing when it was shredded.
fn data_key(tx: &mut Tx<'_>, key: &VaultKey, owner: Owner) -> Result<Option<Key>, DbError> {
    let (master, wrapped) = kept(tx, owner)?;
    if wrapped.is_empty() {
        return Ok(None);
    }
    Ok(Some(seal::unwrap(&key.master(master)?, owner.key_slot(), &wrapped)?))
}

/// The data key of a row as it is kept. Shredding leaves a row without bytes: where there is none, something was lost.
fn kept(tx: &mut Tx<'_>, owner: Owner) -> Result<(u32, Vec<u8>), DbError> {
    let found = tx.first(&KEY, &args![owner.place, Value::Id(owner.id), owner.of.code()])?;
    let mut found = found.ok_or_else(|| {
        let row = uuid::Uuid::from_bytes(owner.id);
        DbError::Corrupt(format!("no data key for row {row} of `{}`", owner.of.table()))
    })?;
    Ok((found.take()?, found.take()?))
}

/// The master key that is in use, as the database has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct InUse {
    /// Its number; 0 before there is one.
    pub(crate) version: u32,
    proof: Vec<u8>,
}

/// Which master key is in use.
pub(crate) fn in_use(tx: &mut Tx<'_>) -> Result<InUse, DbError> {
    let Some(mut row) = tx.first(&IN_USE, &[])? else { return Ok(InUse::default()) };
    Ok(InUse { version: row.take()?, proof: row.take()? })
}

/// Says that a master key is in use from now on.
pub(super) fn register(tx: &mut Tx<'_>, version: u32, key: &Key, now: Millis) -> Result<(), DbError> {
    tx.send(&ADD_MASTER, args![version, proof(key), now])
}

fn proof(key: &Key) -> [u8; 32] {
    key.mac(b"proof", b"")
}

/// The keys of a deployment: made at the first start, and proved to be those of this database at every other.
pub(crate) async fn settle(db: &Db, source: Source, folder: &Path, now: Millis) -> Result<VaultKey, EngineError> {
    let made = db.read(|tx: &mut Tx<'_>| in_use(tx)).await?.version > 0;
    // An installation from before there were master keys: its key marks what is there, and has to go on.
    let older = Source::beside(folder);
    let older = if made || older.is_new() { None } else { older.load()?.remove(&1) };
    if !made && source.is_new() {
        source.add(1, &Key::new(edge::secret()))?;
    }
    let known = source.load()?;
    if let Some((&version, master)) = known.last_key_value().filter(|_| !made) {
        let (master, marks) = (master.clone(), older.unwrap_or_else(|| Key::new(edge::secret())));
        let begin = move |tx: &mut Tx<'_>| {
            register(tx, version, &master, now)?;
            let bytes = seal::wrap(&master, nonce(), MARKS.key_slot(), &marks)?;
            Wrapped { owner: MARKS, master: version, bytes }.add_first(tx)
        };
        db.write(begin).await?;
    }
    unlock(db, known, source).await
}

/// The keys of a deployment that was started before; none is made.
pub(crate) async fn held(db: &Db, source: Source) -> Result<VaultKey, EngineError> {
    let known = source.load()?;
    unlock(db, known, source).await
}

async fn unlock(db: &Db, known: Keys, source: Source) -> Result<VaultKey, EngineError> {
    let current = proved(db, &known, &source).await?;
    let (version, wrapped) = db.read(|tx: &mut Tx<'_>| kept(tx, MARKS)).await?;
    let from = source.name();
    let master = known.get(&version).ok_or(KeyError::Missing { version, from })?;
    let marks = seal::unwrap(master, MARKS.key_slot(), &wrapped).map_err(DbError::from)?;
    Ok(VaultKey(Arc::new(Held { marks, masters: RwLock::new(Masters { known, current }), source: Some(source) })))
}

/// The number of the master key in use, when all that are in use are known and are those of this database.
async fn proved(db: &Db, known: &Keys, source: &Source) -> Result<u32, EngineError> {
    let rows = db.read(|tx: &mut Tx<'_>| tx.query(&MASTERS, &[])).await?;
    let mut current = 0;
    for mut row in rows {
        let (version, kept, retired): (u32, Vec<u8>, Option<Millis>) = (row.take()?, row.take()?, row.take()?);
        let from = source.name();
        match known.get(&version) {
            None if retired.is_none() => return Err(KeyError::Missing { version, from }.into()),
            Some(key) if kept != proof(key) => return Err(KeyError::Wrong { version, from }.into()),
            _ => current = version,
        }
    }
    Ok(current)
}

impl From<SealError> for DbError {
    fn from(error: SealError) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl From<KeyError> for DbError {
    fn from(error: KeyError) -> Self {
        Self::Corrupt(format!("what its keys do not open: {}", crate::chain(&error)))
    }
}
