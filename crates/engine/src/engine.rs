//! The running engine: the database, the rules in force, the directory, the keys; shared by all who serve.

use std::{
    collections::BTreeMap,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use linli_flow::Definition;
use linli_worktime::Millis;

use crate::{
    attachments::{Store, StoreError},
    cases::{self, CaseError, Head, file::Numbers, times::Rules},
    db::{Db, DbError, Tx, Url, args, statements},
    desk,
    directory::{self, Directory},
    edge::{self, Clock},
    evidence::{self, Log},
    feed::Follow,
    ids::Jurisdiction,
    knowledge::{self, Knowledge},
    notices::{self, Plugs},
    pack::{Files, Pack},
    reading::Reading,
    replies, start,
    vault::{self, KeyError, Source, VaultKey},
};

/// How an engine is set up.
pub struct Options {
    /// Where the rows are.
    pub url: Url,
    /// Connections to PostgreSQL, or readers of SQLite.
    pub seats: usize,
    /// The folder of attachments and keys.
    pub folder: PathBuf,
    /// The files of the rule pack to be in force.
    pub pack: Files,
    /// The jurisdiction of accounts, residents and settings; the one set up before when empty.
    pub home: Option<Jurisdiction>,
    /// The time.
    pub clock: Clock,
    /// What delivers notices that leave the house.
    pub plugs: Plugs,
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The folder of attachments.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rule pack is not right.
    #[error("the rule pack has {} problems; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Pack(Vec<linli_flow::Problem>),
    /// Another content under a version that cases keep already.
    #[error("the rule pack `{0}` differs from the one of the same version that cases keep; give it a new version")]
    Changed(String),
    /// The log has begun under a key that is not here.
    #[error("{0} is not there, and the log was begun with it; put it back from its copy")]
    NoLogKey(String),
    /// The log has begun under another key.
    #[error("{0} holds another key than the one with which the log was begun; put the first one back")]
    OtherLogKey(String),
    /// The key of the vault.
    #[error(transparent)]
    Key(#[from] KeyError),
}

const HOUR_MS: i64 = 3_600_000;

/// The rule packs that cases keep, and the one for new cases.
pub struct Packs {
    current: Arc<Pack>,
    by_version: BTreeMap<String, Arc<Pack>>,
}

impl Packs {
    /// The pack in force.
    pub fn current(&self) -> &Arc<Pack> {
        &self.current
    }

    /// All that are kept, by version.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Pack>> {
        self.by_version.values()
    }

    /// The pack of a version.
    pub fn version(&self, version: &str) -> Option<&Arc<Pack>> {
        self.by_version.get(version)
    }

    /// The pack and the flow that a case keeps.
    ///
    /// # Errors
    /// When they are not loaded.
    pub fn of(&self, head: &Head) -> Result<(Arc<Pack>, Arc<Definition>), CaseError> {
        let none = || CaseError::NoRules(format!("{} {}", head.pack, head.flow));
        let pack = self.by_version.get(&head.pack).ok_or_else(none)?;
        Ok((Arc::clone(pack), Arc::clone(pack.flow(&head.flow).ok_or_else(none)?)))
    }

    pub(crate) fn rules(&self, head: &Head) -> Result<Rules<'_>, CaseError> {
        let none = || CaseError::NoRules(format!("{} {}", head.pack, head.flow));
        let pack = self.by_version.get(&head.pack).ok_or_else(none)?;
        Ok(Rules { pack, flow: pack.flow(&head.flow).ok_or_else(none)? })
    }
}

/// When something was looked at last, where it need not be looked at more than once an hour.
pub(crate) struct Looked(AtomicI64);

impl Default for Looked {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl Looked {
    pub(crate) fn is_fresh(&self, now: Millis) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        (last..last.saturating_add(HOUR_MS)).contains(&now.0)
    }

    pub(crate) fn note(&self, now: Millis) {
        self.0.store(now.0, Ordering::Relaxed);
    }
}

/// The engine; clones share it.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

/// What all clones of an engine share.
pub struct Shared {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The jurisdiction of accounts, residents and settings.
    pub home: Jurisdiction,
    /// Attachments.
    pub files: Store,
    /// The key of the vault.
    pub vault_key: VaultKey,
    /// The log of evidence.
    pub log: Log,
    /// What delivers notices that leave the house.
    pub plugs: Plugs,
    /// This process, for leases.
    pub(crate) me: [u8; 16],
    pub(crate) numbers: Numbers,
    pub(crate) public: cases::public::Cache,
    pub(crate) hot: desk::hot::Cache,
    pub(crate) feed: Follow,
    /// Whether anybody wants to be told of cases that come to their unit; looked up anew in every round.
    pub(crate) arrivals: AtomicBool,
    /// When there was nothing to let go of last.
    pub(crate) looked: Looked,
    pub(crate) reading: Reading,
    /// When nobody had to be reminded of an answer at hand last.
    pub(crate) chased: Looked,
    /// What this process knows of replies.
    pub(crate) replies: replies::Known,
    packs: Packs,
    directory: RwLock<Arc<Directory>>,
    knowledge: RwLock<Arc<Knowledge>>,
}

impl Deref for Engine {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

statements! {
    KEPT_PACKS = "SELECT name, value FROM setting WHERE jurisdiction = $1 AND name >= 'pack:' AND name < 'pack;' ORDER BY name";
    KEEP_PACK = "INSERT INTO setting (jurisdiction, name, value, at) VALUES ($1, $2, $3, $4) ON CONFLICT (jurisdiction, name) DO NOTHING";
    HOME = "SELECT value FROM setting WHERE jurisdiction = 0 AND name = 'home'";
    SET_HOME = "INSERT INTO setting (jurisdiction, name, value, at) VALUES (0, 'home', $1, $2) ON CONFLICT (jurisdiction, name) DO NOTHING";
}

impl Engine {
    /// Opens the database, checks and keeps the rule pack, reads the directory. The key of the vault is in the folder.
    ///
    /// # Errors
    /// [`EngineError`], in words for an operator.
    pub async fn open(options: Options) -> Result<Self, EngineError> {
        let beside = Source::beside(&options.folder);
        Self::open_with_key(options, beside).await
    }

    /// The same, with the key of the vault from elsewhere.
    ///
    /// # Errors
    /// [`EngineError`], in words for an operator.
    pub async fn open_with_key(options: Options, key: Source) -> Result<Self, EngineError> {
        let pack = Pack::load(&options.pack).map_err(EngineError::Pack)?;
        let db = Db::open(&options.url, options.seats).await?;
        let now = options.clock.now();
        let home = settle_home(&db, options.home, now).await?;
        let packs = keep_pack(&db, home, pack, now).await?;
        let pack = Arc::clone(packs.current());
        let read =
            move |tx: &mut Tx<'_>| Ok::<_, DbError>((directory::load(tx, home)?, knowledge::load(tx, home, &pack)?));
        let (directory, knowledge) = db.read(read).await?;
        let at = |source| EngineError::File { path: options.folder.display().to_string(), source };
        make_folder(&options.folder).map_err(at)?;
        let log_key = evidence::settle(&db, home, &options.folder, now).await?;
        let vault_key = vault::keys::settle(&db, key, &options.folder, now).await?;
        Ok(Self(Arc::new(Shared {
            db,
            clock: options.clock,
            plugs: options.plugs,
            home,
            files: Store::new(options.folder.join("attachments"))?.sealed_by(vault_key.clone()),
            vault_key,
            log: Log::new(log_key, options.folder.join("log")),
            me: edge::new_id(),
            numbers: Numbers::default(),
            public: cases::public::Cache::default(),
            hot: desk::hot::Cache::default(),
            feed: Follow::default(),
            arrivals: AtomicBool::new(false),
            looked: Looked::default(),
            reading: Reading::new(packs.current(), &directory),
            chased: Looked::default(),
            replies: replies::Known::default(),
            packs,
            directory: RwLock::new(Arc::new(directory)),
            knowledge: RwLock::new(Arc::new(knowledge)),
        })))
    }

    /// The rule packs.
    pub fn packs(&self) -> &Packs {
        &self.0.packs
    }

    /// Places, orgs and duties as this process knows them.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.0.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The answers at hand as this process knows them.
    pub fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.0.knowledge.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the directory, the answers at hand and the key of the vault anew when another process has changed them; called
    /// every second, and after own changes. Whether the directory moved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh(&self) -> Result<bool, DbError> {
        let (home, known, answers) = (self.home, self.directory().version, self.knowledge().version);
        let pack = Arc::clone(self.packs().current());
        let look = self.db.read(move |tx: &mut Tx<'_>| {
            let moved = directory::version(tx, home)? != known;
            let fresh = moved.then(|| directory::load(tx, home)).transpose()?;
            let moved = knowledge::version(tx, home)? != answers;
            let answers = moved.then(|| knowledge::load(tx, home, &pack)).transpose()?;
            Ok::<_, DbError>((vault::keys::in_use(tx)?, fresh, answers))
        });
        let (master, fresh, answers) = look.await?;
        if let Err(error) = self.vault_key.advance(&master) {
            tracing::error!(error = crate::chain(&error), "the vault goes on under its older key");
        }
        if let Some(answers) = answers {
            *self.0.knowledge.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(answers);
        }
        let Some(fresh) = fresh else { return Ok(false) };
        self.reading.moved(self.packs().current(), &fresh);
        *self.0.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// One round of what the program does by itself: wakes due cases, gives their events places in the feed, takes in
    /// search words and letters, tells people, lets go of what is past its time, learns from replies and delivers notices.
    /// True when more waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tick(&self) -> Result<bool, CaseError> {
        self.refresh().await?;
        let woken = self.wake_due().await?;
        let more = self.sequence().await? > 0;
        let logged = self.grow_logs().await?;
        let indexed = self.index_words().await?;
        let read = self.read_on().await?;
        self.wipe_erased().await?;
        self.chase_reviews().await?;
        let told = self.tell_members().await?;
        let retained = self.retain().await?;
        let learns = self.learn_replies().await?;
        let sent = notices::run_once(&self.db, &self.plugs, self.me, self.clock.now()).await?;
        Ok(woken > 0 || more || logged > 0 || indexed > 0 || read || told > 0 || retained || learns || sent.sent > 0)
    }
}

/// Makes the folder of attachments and keys, where it is not there, for its owner only.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

async fn settle_home(db: &Db, asked: Option<Jurisdiction>, now: Millis) -> Result<Jurisdiction, DbError> {
    db.write(move |tx: &mut Tx<'_>| {
        if let Some(home) = asked {
            tx.send(&SET_HOME, args![home.to_string(), now])?;
        }
        home(tx)
    })
    .await
}

/// The home of the deployment; the default where none was set up.
pub(crate) fn home(tx: &mut Tx<'_>) -> Result<Jurisdiction, DbError> {
    let Some(mut row) = tx.first(&HOME, &[])? else { return Ok(Jurisdiction::default()) };
    let text: String = row.take()?;
    text.parse().map_err(|_| DbError::Corrupt(format!("`{text}` as the home of the deployment")))
}

/// Keeps the files of a pack in the database, so that cases under an older version can be read for ever.
async fn keep_pack(db: &Db, home: Jurisdiction, pack: Pack, now: Millis) -> Result<Packs, EngineError> {
    let name = format!("pack:{}", pack.version);
    let value = serde_json::to_string(pack.files()).map_err(|e| DbError::Corrupt(e.to_string()))?;
    let (kept_name, kept_value, digest) = (name.clone(), value.clone(), crate::hex(&pack.digest()));
    let kept = db.write(move |tx: &mut Tx<'_>| {
        tx.send(&KEEP_PACK, args![home, &kept_name, &kept_value, now])?;
        start::in_force(tx, home, &kept_name, &digest, now)?;
        let rows = tx.query(&KEPT_PACKS, &args![home])?;
        rows.into_iter().map(|mut r| Ok((r.take()?, r.take()?))).collect::<Result<Vec<(String, String)>, DbError>>()
    });
    let current = Arc::new(pack);
    let mut by_version = BTreeMap::from([(current.version.clone(), Arc::clone(&current))]);
    for (kept_name, kept_value) in kept.await? {
        if kept_name == name {
            if kept_value != value {
                return Err(EngineError::Changed(current.version.clone()));
            }
            continue;
        }
        let files: Files =
            serde_json::from_str(&kept_value).map_err(|e| DbError::Corrupt(format!("{kept_name}: {e}")))?;
        let old = Pack::load(&files).map_err(EngineError::Pack)?;
        by_version.insert(old.version.clone(), Arc::new(old));
    }
    Ok(Packs { current, by_version })
}
