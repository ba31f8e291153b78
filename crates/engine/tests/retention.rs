//! What is past its time goes by itself, and nothing else; the record says what, and the log holds. Every column of the
//! database stands in the registry that the notice is printed from.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::collections::BTreeSet;

use linli_engine::{
    cases::{
        CaseError, CaseKey,
        attach::Adds,
        consents::{Consent, Given},
        file::Report,
    },
    db::Tx,
    ids::PersonId,
    record::{self, Act, Asked, What},
    retention::{self, Removed, Sort},
    vault::{
        self, Phone, Secret,
        behalf::{Behalf, Relation, Told},
    },
    viewer::Viewer,
};
use linli_testbed::{Bed, by_hand, columns, on_both, traces};
use linli_worktime::Millis;
use town::*;

const DAY: i64 = 24 * 3_600_000;
const YEAR: i64 = 365 * DAY;
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n% PRIVATE-PAPER\ntrailer<</Root 1 0 R>>\n%%EOF\n";
/// What leads to whoever reported something.
const THEIRS: [&str; 5] = ["诸葛桂英", "13912345678", "13900000009", "PRIVATE-PAPER", "1.pdf"];

async fn person(town: &Town, phone: &str) -> PersonId {
    let (engine, phone, now) = (town.engine.clone(), phone.parse::<Phone>().unwrap(), town.clock.now());
    let name = Secret::new("诸葛桂英".to_owned());
    let write = move |tx: &mut Tx<'_>| {
        vault::person_or_create(tx, engine.home, &engine.vault_key, &phone, &name, PersonId::new(), now)
    };
    town.engine.db.write(write).await.unwrap()
}

/// A case of theirs for somebody else, with personal data in the words and a paper.
async fn brought(town: &Town, who: PersonId, key: &str) -> CaseKey {
    let caller = vault::Caller {
        person: Some(who),
        name: Secret::new("诸葛桂英".into()),
        contact: Secret::new("13912345678".into()),
        confidential: false,
    };
    let body = "The lamp is dark. 我叫诸葛桂英，电话13912345678。".to_owned();
    let case = town.engine.file(Report { body, caller, ..report(key) }).await.unwrap().key;
    let behalf = Behalf {
        name: Secret::new("诸葛桂英".into()),
        phone: Some("13900000009".parse().unwrap()),
        relation: Relation::Child,
        told: Told::Me,
    };
    town.engine.on_behalf(case, behalf).await.unwrap();
    let stored = town.engine.files.put("PRIVATE-PAPER.pdf", PAPER).unwrap();
    let adds = Adds { case, files: vec![stored], by: Viewer::Person(who), key: format!("file-{key}"), sent: None };
    town.engine.attach(adds).await.unwrap();
    case
}

async fn settle(town: &Town) {
    while town.engine.tick().await.unwrap() {}
    while town.engine.sequence().await.unwrap() > 0 || town.engine.grow_logs().await.unwrap() > 0 {}
}

/// Lets time pass as it does where the program runs, a month at a time.
async fn live(town: &Town, ms: i64) {
    let end = town.clock.now().plus(ms);
    while town.clock.now().0 < end.0 {
        town.later((30 * DAY).min(end.since(town.clock.now())));
        settle(town).await;
    }
}

async fn said(town: &Town) -> Vec<(String, String)> {
    let (home, asked) = (town.engine.home, Asked { what: Some(What::Data), ..Asked::default() });
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &asked, 100);
    let changes = town.engine.db.read(read).await.unwrap();
    assert!(changes.iter().all(|change| change.deed.act == Act::Removed && change.login == "linli retention"));
    changes.into_iter().map(|change| (change.deed.subject, change.deed.became.unwrap().to_string())).collect()
}

async fn who(town: &Town, case: CaseKey) -> Option<PersonId> {
    let read = move |tx: &mut Tx<'_>| vault::caller_person(tx, case.jurisdiction, case.id);
    town.engine.db.read(read).await.unwrap()
}

async fn closed_cases_lead_to_nobody(bed: Bed) {
    let town = Town::new(&bed).await;
    let (one, other) = (person(&town, "13912345678").await, person(&town, "13800138000").await);
    let (closed, open) = (
        brought(&town, one, "closed").await,
        town.engine.file(Report { caller: caller(Some(other)), ..report("open") }).await.unwrap().key,
    );
    solve(&town, closed).await;
    live(&town, 60 * DAY).await;
    let ended = town.see(closed, &dispatcher()).await.head.settled_at.unwrap();
    let before = ended.plus(3 * YEAR - DAY);
    live(&town, before.since(town.clock.now())).await;
    assert_eq!(who(&town, closed).await, Some(one), "a day too early");
    let would = town.engine.would_remove().await.unwrap();
    assert_eq!(would.get(&Sort::Caller), None, "{would:?}");
    assert!(!traces(&bed, &["1.pdf"]).await.is_empty(), "the test finds what is there");

    town.clock.move_to(ended.plus(3 * YEAR + 1));
    let would = town.engine.would_remove().await.unwrap();
    let kinds = [Sort::Caller, Sort::Words, Sort::Files].map(|sort| would.get(&sort).copied());
    assert_eq!(kinds, [Some(1), Some(1), Some(1)], "{would:?}");
    let said_before = said(&town).await.len();
    live(&town, DAY).await;
    let lines = said(&town).await;
    assert!(lines.len() > said_before, "{lines:?}");
    assert!(lines.iter().any(|(_, what)| what.contains(r#""caller":1"#) && what.contains(r#""files":1"#)), "{lines:?}");
    // The case stays, masked, with what the office did; it leads to nobody.
    assert_eq!(who(&town, closed).await, None);
    let seen = town.see(closed, &dispatcher()).await;
    assert!(seen.head.body.contains("The lamp is dark") && seen.attachments.is_empty(), "{:?}", seen.head);
    assert!(town.engine.case_by_key(closed, &Viewer::Person(one)).await.is_err(), "theirs no more");
    // Whoever has something open is known.
    assert_eq!(who(&town, open).await, Some(other));
    // Nothing is left of one, who never came back; of the other something is.
    live(&town, DAY).await;
    assert!(town.engine.kept_of(one).await.unwrap().is_none() && town.engine.kept_of(other).await.unwrap().is_some());
    match bed.url {
        linli_engine::db::Url::Lite(_) => by_hand(&bed, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").await,
        linli_engine::db::Url::Pg(_) => by_hand(&bed, "VACUUM FULL").await,
    }
    let left = traces(&bed, &THEIRS).await;
    assert!(left.is_empty(), "{left:#?}");
    let audit = town.engine.audit(code(STREET).jurisdiction()).await.unwrap();
    assert_eq!((audit.findings, audit.erased), (vec![], 1), "the log says that the picture went");
    // A round that finds nothing writes nothing.
    let lines = said(&town).await.len();
    live(&town, 2 * DAY).await;
    assert_eq!(said(&town).await.len(), lines);
}

/// Three hundred closed cases in pieces; a second process comes in the middle, and no case is counted twice.
async fn in_pieces(bed: Bed) {
    let town = Town::new(&bed).await;
    let other = open(&bed, &town.clock).await;
    for n in 0..130 {
        let case = town.file(&format!("n{n}")).await.key;
        town.done(case, &Viewer::Code(case), "withdraw", &[]).await;
    }
    settle(&town).await;
    town.later(3 * YEAR + DAY);
    town.wake().await;
    let would = town.engine.would_remove().await.unwrap();
    assert_eq!(would.get(&Sort::Caller), Some(&130));
    let (a, b) = tokio::join!(town.engine.retain_now(), other.retain_now());
    let counts: Vec<u64> = [a.unwrap(), b.unwrap()].iter().filter_map(|r| r.get(&Sort::Caller).copied()).collect();
    assert_eq!(counts.iter().sum::<u64>(), 130, "{counts:?}");
    assert_eq!(town.engine.would_remove().await.unwrap(), Removed::new());
    let last = town
        .engine
        .db
        .read({
            let home = town.engine.home;
            move |tx: &mut Tx<'_>| retention::last(tx, home)
        })
        .await;
    assert_eq!(last.unwrap(), Some(town.clock.now()));
}

/// Rows that are past their time go, the others stay.
async fn rows_by_their_own_time(bed: Bed) {
    let town = Town::new(&bed).await;
    let (street, now) = (town.engine.home, town.clock.now());
    let id = |n: u8| match bed.url {
        linli_engine::db::Url::Lite(_) => format!("x'{}'", format!("{n:02x}").repeat(16)),
        linli_engine::db::Url::Pg(_) => format!("'{}'", format!("{n:02x}").repeat(16)),
    };
    let bytes = |n: u8| match bed.url {
        linli_engine::db::Url::Lite(_) => format!("x'{n:02x}'"),
        linli_engine::db::Url::Pg(_) => format!("'\\x{n:02x}'"),
    };
    let ago = |ms: i64| now.plus(-ms).0;
    let mut sql = String::new();
    for (n, early) in [(1, 1), (2, -1)] {
        let (i, b) = (id(n), bytes(n));
        let at = |days: i64| ago(days * DAY + early);
        sql += &format!(
            "INSERT INTO login_code VALUES ({street}, {b}, {b}, {b}, 0, {ended}, 0);
            INSERT INTO session (jurisdiction, token, made_at, ends_at) VALUES ({street}, {b}, 0, {ended});
            INSERT INTO try_count VALUES ({street}, 'sign-in', {b}, 1, {tries}, NULL);
            INSERT INTO security_event VALUES ({street}, {security}, {i}, 'signed-in', NULL, '');
            INSERT INTO draft VALUES ({street}, {i}, {i}, 'side', '{{}}', {drafts}, {now});
            INSERT INTO told (jurisdiction, whom, show_at, id, street, case_id, via, template, urgent, daily, at)
                VALUES ({street}, {i}, {told}, {i}, {street}, {i}, '', '', '0', '0', {told});
            INSERT INTO sheet_file VALUES ({street}, {i}, {i}, {tables}, '', {b}, 'checked', '');",
            ended = ago(early),
            tries = at(1),
            security = at(400),
            drafts = at(30),
            told = at(90),
            tables = at(7),
            now = now.0
        );
    }
    by_hand(&bed, &sql).await;
    let due = [Sort::Codes, Sort::Sessions, Sort::Tries, Sort::Security, Sort::Drafts, Sort::Told, Sort::Tables];
    let expected: Removed = due.map(|sort| (sort, 1)).into();
    assert_eq!(town.engine.would_remove().await.unwrap(), expected);
    assert_eq!(town.engine.retain_now().await.unwrap(), expected);
    assert_eq!(town.engine.retain_now().await.unwrap(), Removed::new());
}

/// Every column stands in the registry, or its table among those in which nothing is of people; and nothing else does.
async fn every_column_is_registered(bed: Bed) {
    let town = Town::new(&bed).await;
    let packs = town.engine.packs();
    let registry = packs.current().data().unwrap();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (table, columns) in registry.entries.iter().flat_map(|entry| &entry.columns) {
        known.extend(columns.iter().map(|column| format!("{table}.{column}")));
    }
    let mut tables: BTreeSet<String> = registry.plain.clone();
    for (table, columns) in columns(&bed).await {
        if tables.remove(&table) {
            continue;
        }
        for column in columns.iter().filter(|column| *column != "jurisdiction") {
            let name = format!("{table}.{column}");
            assert!(known.remove(&name), "{name} stands in no entry of packs/cn/data.toml");
        }
    }
    // On SQLite the search index has no column for the case.
    known.remove("case_words.case_id");
    assert!(known.is_empty() && tables.is_empty(), "these are not in the database: {known:?} {tables:?}");
}

/// A case that is closed and may still be appealed is not gone through, however long that lasts.
async fn not_before_all_is_over(bed: Bed) {
    let town = Town::new(&bed).await;
    let one = person(&town, "13912345678").await;
    let case = brought(&town, one, "settled").await;
    solve(&town, case).await;
    // Nobody wakes it: it stays open for a second look.
    town.later(4 * YEAR);
    assert_eq!(town.engine.retain_now().await.unwrap().get(&Sort::Caller), None);
    assert_eq!(who(&town, case).await, Some(one));
    let came: Millis = town.clock.now();
    assert!(town.see(case, &Viewer::Person(one)).await.head.settled_at.unwrap().0 < came.0);
}

/// What is kept by consent goes when it is taken back: at once, everywhere, and nothing else with it.
async fn consents_are_taken_back(bed: Bed) {
    let town = Town::new(&bed).await;
    let (one, parent) = (person(&town, "13912345678").await, person(&town, "13900000009").await);
    let case = brought(&town, one, "mine").await;
    let given = |who| {
        let engine = town.engine.clone();
        async move { engine.consents(who).await.unwrap() }
    };
    let own = given(one).await;
    assert!(matches!(&own[..], [Given::Name { name, cases: 1 }] if name.reveal() == "诸葛桂英"), "{own:?}");
    assert!(matches!(&given(parent).await[..], [Given::Name { .. }, Given::Behalf { case: of, .. }] if *of == case));
    // Nobody takes back another's.
    let refused = town.engine.withdraw(one, Consent::Behalf(case)).await;
    assert!(matches!(refused, Err(CaseError::NotFound)), "{refused:?}");

    town.engine.withdraw(parent, Consent::Behalf(case)).await.unwrap();
    assert!(matches!(&given(parent).await[..], [Given::Name { cases: 0, .. }]));
    assert!(town.engine.case_by_key(case, &Viewer::Person(parent)).await.is_err());
    town.engine.withdraw(one, Consent::Name).await.unwrap();
    town.engine.withdraw(parent, Consent::Name).await.unwrap();
    assert!(given(one).await.is_empty() && given(parent).await.is_empty());
    // They are reached as before, by a number without a name.
    let engine = town.engine.clone();
    let contact = move |tx: &mut Tx<'_>| vault::contact_for_delivery(tx, &engine.vault_key, case.jurisdiction, case.id);
    let contact = town.engine.db.read(contact).await.unwrap();
    assert_eq!(contact.unwrap().reveal(), "13912345678");
    let Viewer::Staff(seat) = head() else { unreachable!() };
    let shown = town.engine.reveal(case, &seat, fill(&[("why", "to ask back")]), "k").await.unwrap();
    assert_eq!((shown.name.reveal().as_str(), shown.contact.reveal().as_str()), ("", "13912345678"));
}

on_both! {
    consents => consents_are_taken_back;
    forgets => closed_cases_lead_to_nobody;
    pieces => in_pieces;
    rows_go => rows_by_their_own_time;
    registry => every_column_is_registered;
    waits => not_before_all_is_over;
}
