//! The vault in the database: nothing of anybody lies there to be read, what was moved or changed does not open, and keys
//! change while people work.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf, time::Duration};

use linli_engine::{
    Engine, EngineError, Options,
    cases::{CaseKey, file::Report},
    db::{DbError, Sql, Tx, Url, Value},
    edge,
    ids::{AccountId, CaseId, PersonId},
    sessions::factor,
    vault::{
        self, Caller, KeyError, Person, Phone, PhoneKey, Secret, VaultKey,
        behalf::{self, Behalf, Relation, Told},
    },
};
use linli_testbed::{Bed, on_both};
use town::{Town, report};

const CALLER: &str = "19900000045";
const MOTHER: &str = "19900000078";
const NAMES: [&str; 2] = ["Zhang Guihua", "Granny Sun"];

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn key_file(bed: &Bed) -> PathBuf {
    bed.folder.path().join("files/vault.key")
}

async fn open(bed: &Bed) -> Result<Engine, EngineError> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: linli_engine::pack::read_dir(&root).unwrap(),
        home: None,
        clock: edge::Clock::set(town::monday()),
        plugs: Default::default(),
    };
    Engine::open(options).await
}

/// Somebody signs in and reports something for their mother.
async fn reported(engine: &Engine, key: &str) -> (PersonId, CaseKey) {
    let (shared, now, phone) = (engine.clone(), engine.clock.now(), CALLER.parse::<Phone>().unwrap());
    let person = engine.db.write(move |tx: &mut Tx<'_>| {
        let (key, name) = (&shared.vault_key, secret(NAMES[0]));
        vault::person_or_create(tx, shared.home, key, &phone, &name, PersonId::new(), now)
    });
    let person = person.await.unwrap();
    let caller = Caller { person: Some(person), name: secret(NAMES[0]), contact: secret(CALLER), confidential: false };
    let case = engine.file(Report { caller, ..report(key) }).await.unwrap().key;
    let phone = MOTHER.parse().ok();
    let behalf = Behalf { name: secret(NAMES[1]), phone, relation: Relation::Child, told: Told::Both };
    engine.on_behalf(case, behalf).await.unwrap();
    (person, case)
}

async fn person(engine: &Engine, id: PersonId) -> Result<Option<Person>, DbError> {
    let (home, key) = (engine.home, engine.vault_key.clone());
    engine.db.read(move |tx: &mut Tx<'_>| vault::person(tx, &key, home, id)).await
}

async fn contacts(engine: &Engine, case: CaseKey) -> Result<Vec<String>, DbError> {
    let key = engine.vault_key.clone();
    let read = move |tx: &mut Tx<'_>| behalf::contacts_for_delivery(tx, &key, case.jurisdiction, case.id);
    Ok(engine.db.read(read).await?.iter().map(|c| c.reveal().clone()).collect())
}

fn zhang() -> Option<Person> {
    Some(Person { name: secret(NAMES[0]), phone: secret(CALLER) })
}

/// All bytes of the database that there are to be read.
async fn bytes(bed: &Bed) -> Vec<u8> {
    match &bed.url {
        Url::Lite(path) => {
            let folder = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
            folder.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
        }
        Url::Pg(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let of = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
            let mut all = Vec::new();
            for table in client.query(of, &[]).await.unwrap() {
                let rows = format!("SELECT t::text FROM {} t", table.get::<_, &str>(0));
                let rows = client.query(&rows, &[]).await.unwrap();
                all.extend(rows.iter().flat_map(|row| row.get::<_, &str>(0).bytes()));
            }
            all
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn what_is_sealed_opens_and_is_not_there_to_be_read(bed: Bed) {
    let town = Town::new(&bed).await;
    let (li, case) = reported(&town.engine, "sealed").await;
    assert_eq!(person(&town.engine, li).await.unwrap(), zhang());
    assert_eq!(contacts(&town.engine, case).await.unwrap(), [CALLER, MOTHER]);
    let all = bytes(&bed).await;
    assert!(holds(&all, report("sealed").title.as_str()), "what is no secret is found");
    for text in [CALLER, MOTHER, NAMES[0], NAMES[1]] {
        assert!(!holds(&all, text), "{text}");
    }
    let key = std::fs::read_to_string(key_file(&bed)).unwrap();
    assert!(!holds(&all, key.split_whitespace().last().unwrap()), "the key is in no table");
}

static CONTACT_OF: Sql =
    Sql::new("CONTACT_OF", "SELECT contact FROM vault_caller WHERE jurisdiction = $1 AND case_id = $2");
static SET_CONTACT: Sql =
    Sql::new("SET_CONTACT", "UPDATE vault_caller SET contact = $3 WHERE jurisdiction = $1 AND case_id = $2");

async fn kept(engine: &Engine, case: CaseKey) -> String {
    let at = [Value::from(case.jurisdiction), Value::from(case.id)];
    engine.db.read(move |tx: &mut Tx<'_>| tx.first(&CONTACT_OF, &at)?.unwrap().take()).await.unwrap()
}

async fn put(engine: &Engine, case: CaseKey, text: String) {
    let args = vec![Value::from(case.jurisdiction), Value::from(case.id), Value::from(text)];
    engine.db.write(move |tx: &mut Tx<'_>| tx.put(&SET_CONTACT, args.clone())).await.unwrap();
}

async fn what_was_moved_or_changed_does_not_open(bed: Bed) {
    let town = Town::new(&bed).await;
    let ((_, one), (_, two)) = (reported(&town.engine, "one").await, reported(&town.engine, "two").await);
    let (first, second) = (kept(&town.engine, one).await, kept(&town.engine, two).await);
    assert_ne!(first, second, "the same text is never sealed the same way");
    let mut flipped = first.clone().into_bytes();
    flipped[20] = if flipped[20] == b'A' { b'B' } else { b'A' };
    for text in [second, String::from_utf8(flipped).unwrap(), CALLER.to_owned(), first[..40].to_owned()] {
        put(&town.engine, one, text.clone()).await;
        let refused = contacts(&town.engine, one).await.unwrap_err().to_string();
        assert!(refused.contains("a contact") && refused.contains(&one.id.to_string()), "{refused}");
        assert!(refused.contains("`vault_caller`") && !refused.contains(&text), "{refused}");
    }
    put(&town.engine, one, first).await;
    assert_eq!(contacts(&town.engine, one).await.unwrap(), [CALLER, MOTHER]);
}

/// Two processes file while a third changes the master key; a fourth begins afterwards with the new key alone.
async fn keys_change_while_people_work(bed: Bed) {
    let town = Town::new(&bed).await;
    let mut before = vec![reported(&town.engine, "before").await.1];
    let mut working = Vec::new();
    for n in 0..2 {
        let engine = open(&bed).await.unwrap();
        working.push(tokio::spawn(async move {
            let mut filed = Vec::new();
            while engine.vault_key.current() < 3 || filed.len() < 10 {
                filed.push(reported(&engine, &format!("{n}:{}", filed.len())).await.1);
                for case in filed.iter().rev().take(5) {
                    assert_eq!(contacts(&engine, *case).await.unwrap(), [CALLER, MOTHER]);
                }
                engine.refresh().await.unwrap();
            }
            filed
        }));
    }
    // A pause in which each of them looks.
    let pause = Duration::from_millis(300);
    let first = town.engine.rotate_vault(pause).await.unwrap();
    let second = town.engine.rotate_vault(pause).await.unwrap();
    assert_eq!((first.current, second.current), (2, 3));
    assert!(second.rewrapped >= 4, "the marks, a person, a caller and their mother: {second:?}");
    for one in working {
        before.extend(one.await.unwrap());
    }
    let file = key_file(&bed);
    let keys = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, keys.lines().last().unwrap()).unwrap();
    let engine = open(&bed).await.unwrap();
    for case in before {
        assert_eq!(contacts(&engine, case).await.unwrap(), [CALLER, MOTHER]);
    }
    let mark = PhoneKey::of(&engine.vault_key, &CALLER.parse().unwrap());
    assert!(mark == PhoneKey::of(&town.engine.vault_key, &CALLER.parse().unwrap()), "people are found as before");
}

static OLD_PERSON: Sql = Sql::new(
    "OLD_PERSON",
    "INSERT INTO vault_person (jurisdiction, id, scheme, name, phone, phone_key, made_at) VALUES ($1, $2, 0, $3, $4, $5, 1)",
);
static OLD_CALLER: Sql = Sql::new(
    "OLD_CALLER",
    "INSERT INTO vault_caller (jurisdiction, case_id, scheme, person, name, contact, confidential)
        VALUES ($1, $2, 0, $5, $3, $4, {{0||FALSE}})",
);
static OLD_BEHALF: Sql = Sql::new(
    "OLD_BEHALF",
    "INSERT INTO vault_behalf (jurisdiction, case_id, scheme, name, contact, relation, told)
        VALUES ($1, $2, 0, $3, $4, 'child', 'both')",
);

/// A database from before there was sealing, and the key beside it.
async fn older(bed: &Bed) -> (PersonId, CaseKey) {
    let old = VaultKey::new([7; 32]);
    std::fs::create_dir_all(bed.folder.path().join("files")).unwrap();
    std::fs::write(key_file(bed), "07".repeat(32)).unwrap();
    std::fs::set_permissions(key_file(bed), std::fs::Permissions::from_mode(0o600)).unwrap();
    let (li, case) =
        (PersonId::new(), CaseKey { jurisdiction: town::code(town::STREET).jurisdiction(), id: CaseId::new() });
    let mark = PhoneKey::of(&old, &CALLER.parse().unwrap());
    let put = bed.db.write(move |tx: &mut Tx<'_>| {
        let row = |id: [u8; 16], n: usize, phone: &str| {
            vec![Value::from(case.jurisdiction), Value::Id(id), Value::from(NAMES[n]), Value::from(phone)]
        };
        let with = |mut row: Vec<Value>, last: Value| {
            row.push(last);
            row
        };
        tx.put(&OLD_PERSON, with(row(li.0, 0, CALLER), Value::from(&mark)))?;
        tx.put(&OLD_CALLER, with(row(case.id.0, 0, CALLER), Value::from(li)))?;
        tx.put(&OLD_BEHALF, row(case.id.0, 1, MOTHER))
    });
    put.await.unwrap();
    (li, case)
}

async fn an_older_database_opens_and_is_sealed(bed: Bed) {
    let (li, case) = older(&bed).await;
    let town = Town::new(&bed).await;
    let engine = &town.engine;
    let phone = PhoneKey::of(&engine.vault_key, &CALLER.parse().unwrap());
    let home = engine.home;
    let found = engine.db.read(move |tx: &mut Tx<'_>| vault::person_by_phone(tx, home, &phone)).await.unwrap();
    assert_eq!(found, Some(li), "the key of the indexes is the one that was there");
    for sealed in [3, 0] {
        assert_eq!(person(engine, li).await.unwrap(), zhang());
        assert_eq!(contacts(engine, case).await.unwrap(), [CALLER, MOTHER]);
        assert_eq!(engine.rotate_vault(Duration::ZERO).await.unwrap().sealed, sealed);
    }
    assert_eq!(person(engine, li).await.unwrap(), zhang());
    assert_eq!(contacts(engine, case).await.unwrap(), [CALLER, MOTHER]);
    if let Url::Lite(path) = &bed.url {
        // The log of changes goes when the last process ends.
        let lite = rusqlite::Connection::open(path).unwrap();
        lite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    }
    let all = bytes(&bed).await;
    for text in [CALLER, MOTHER, NAMES[0], NAMES[1]] {
        assert!(!holds(&all, text), "{text}");
    }
}

async fn a_wrong_key_is_refused_at_the_start(bed: Bed) {
    let town = Town::new(&bed).await;
    reported(&town.engine, "kept").await;
    let file = key_file(&bed);
    let right = std::fs::read_to_string(&file).unwrap();
    let refused = |text: String| {
        std::fs::write(&file, text).unwrap();
        open(&bed)
    };
    let wrong = refused("07".repeat(32)).await.err().unwrap();
    assert!(matches!(wrong, EngineError::Key(KeyError::Wrong { version: 1, .. })), "{wrong}");
    let missing = refused(right.replace("1 ", "2 ")).await.err().unwrap();
    assert!(matches!(missing, EngineError::Key(KeyError::Missing { version: 1, .. })), "{missing}");
    let broken = refused("not a key".to_owned()).await.err().unwrap();
    assert!(matches!(broken, EngineError::Key(KeyError::Line { line: 1, .. })), "{broken}");
    std::fs::remove_file(&file).unwrap();
    let gone = open(&bed).await.err().unwrap();
    assert!(matches!(gone, EngineError::Key(KeyError::File { .. })), "{gone}");
    assert!(!file.exists(), "no other key is made in its place");
    std::fs::write(&file, &right).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let shown = open(&bed).await.err().unwrap();
    assert!(matches!(shown, EngineError::Key(KeyError::Shown { mode: 0o644, .. })), "{shown}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    open(&bed).await.unwrap();
}

/// A machine whose copy of the keys has another second key goes on under the first.
async fn another_next_key_is_not_taken(bed: Bed) {
    let town = Town::new(&bed).await;
    let (there, file) = (open(&bed).await.unwrap(), key_file(&bed));
    town.engine.rotate_vault(Duration::ZERO).await.unwrap();
    let right = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{}\n2 {}", right.lines().next().unwrap(), "07".repeat(32))).unwrap();
    there.refresh().await.unwrap();
    assert_eq!(there.vault_key.current(), 1);
    let (_, case) = reported(&there, "under the first").await;
    std::fs::write(&file, right).unwrap();
    let engine = open(&bed).await.unwrap();
    assert_eq!(contacts(&engine, case).await.unwrap(), [CALLER, MOTHER]);
}

static RESTORE: Sql =
    Sql::new("RESTORE", "UPDATE vault_caller SET name = $3, contact = $4 WHERE jurisdiction = $1 AND case_id = $2");

async fn who_is_forgotten_is_nowhere(bed: Bed) {
    let town = Town::new(&bed).await;
    let engine = &town.engine;
    let (li, case) = reported(engine, "forget").await;
    let anonymous = town.file("without a person").await.key;
    let copy = kept(engine, case).await;
    let (home, now, key) = (engine.home, engine.clock.now(), engine.vault_key.clone());
    let forget = move |tx: &mut Tx<'_>| {
        vault::forget(tx, home, li)?;
        vault::forget_caller(tx, anonymous.jurisdiction, anonymous.id)
    };
    engine.db.write(forget).await.unwrap();
    assert_eq!(person(engine, li).await.unwrap(), None);
    assert_eq!(contacts(engine, case).await.unwrap(), [MOTHER], "she is somebody else");
    assert_eq!(contacts(engine, anonymous).await.unwrap(), [""; 0]);
    // A copy of the row does not open either.
    let row = vec![Value::from(case.jurisdiction), Value::from(case.id), Value::from(&copy), Value::from(&copy)];
    engine.db.write(move |tx: &mut Tx<'_>| tx.put(&RESTORE, row.clone())).await.unwrap();
    assert_eq!(contacts(engine, case).await.unwrap(), [MOTHER]);
    engine.rotate_vault(Duration::ZERO).await.unwrap();
    assert_eq!(contacts(engine, case).await.unwrap(), [MOTHER]);
    // Whoever comes back is somebody new.
    let again = engine.db.write(move |tx: &mut Tx<'_>| {
        let (phone, name) = (CALLER.parse().unwrap(), secret(NAMES[0]));
        vault::person_or_create(tx, home, &key, &phone, &name, PersonId::new(), now)
    });
    let again = again.await.unwrap();
    assert_ne!(again, li);
    assert_eq!(person(engine, again).await.unwrap(), zhang());
    // Whoever signs in takes what was brought for them, and with them it goes.
    let (mother, key) = (MOTHER.parse::<Phone>().unwrap(), engine.vault_key.clone());
    let work = move |tx: &mut Tx<'_>| {
        let new = vault::person_or_create(tx, home, &key, &mother, &secret(""), PersonId::new(), now)?;
        behalf::claim(tx, &PhoneKey::of(&key, &mother), new)?;
        vault::forget(tx, home, new)
    };
    engine.db.write(work).await.unwrap();
    assert_eq!(contacts(engine, case).await.unwrap(), [""; 0]);
}

/// The seed of a second factor is kept like all else in the vault.
async fn a_second_factor_is_sealed_and_outlives_a_new_key(bed: Bed) {
    let engine = open(&bed).await.unwrap();
    let (home, id, seed) = (engine.home, AccountId::new(), factor::new_seed());
    let (shared, kept) = (engine.clone(), seed.clone());
    let begin = move |tx: &mut Tx<'_>| factor::begin(tx, home, &shared.vault_key, id, &kept);
    engine.db.write(begin).await.unwrap();
    assert!(!holds(&bytes(&bed).await, &seed.text()));
    engine.rotate_vault(Duration::ZERO).await.unwrap();
    drop(engine);
    let engine = open(&bed).await.unwrap();
    let shared = engine.clone();
    let pending = move |tx: &mut Tx<'_>| factor::pending(tx, home, &shared.vault_key, id);
    assert_eq!(engine.db.read(pending).await.unwrap(), Some(seed));
}

on_both! {
    sealed => what_is_sealed_opens_and_is_not_there_to_be_read;
    moved => what_was_moved_or_changed_does_not_open;
    rotated => keys_change_while_people_work;
    from_older => an_older_database_opens_and_is_sealed;
    wrong_key => a_wrong_key_is_refused_at_the_start;
    another_next => another_next_key_is_not_taken;
    forgotten => who_is_forgotten_is_nowhere;
    second_factor => a_second_factor_is_sealed_and_outlives_a_new_key;
}
