//! Erasing a person: nothing of theirs is left anywhere, what the office did stays, and the log verifies and says so.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use linli_engine::{
    cases::{CaseError, CaseKey, attach::Adds, file::Report, search::Query},
    db::Tx,
    evidence::Finding,
    ids::{AccountId, PersonId},
    record::By,
    seats::{self, Seat},
    vault::{self, Phone, Secret},
    viewer::Viewer,
};
use linli_flow::Refusal;
use linli_testbed::{Bed, by_hand, on_both, traces};
use town::*;

/// What is personal in the story of somebody: how they are called and reached, their words, a file of theirs.
const THEIRS: [&str; 6] = ["诸葛桂英", "13912345678", "Marmalade", "seventeen steps", "gingerbread", "PRIVATE-PAPER"];
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n% PRIVATE-PAPER\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const RIGHT: &str = "PIPL 47";

async fn person(town: &Town, name: &str, phone: &str) -> PersonId {
    let (engine, name, phone) = (town.engine.clone(), Secret::new(name.to_owned()), phone.parse::<Phone>().unwrap());
    let now = town.clock.now();
    let write = move |tx: &mut Tx<'_>| {
        vault::person_or_create(tx, engine.home, &engine.vault_key, &phone, &name, PersonId::new(), now)
    };
    town.engine.db.write(write).await.unwrap()
}

/// A case of theirs with a message, a paper and words at the end, solved or only reported.
async fn lived(town: &Town, who: PersonId, key: &str, solved: bool) -> CaseKey {
    let contact = Secret::new("13912345678".to_owned());
    let caller =
        vault::Caller { person: Some(who), name: Secret::new("诸葛桂英".into()), contact, confidential: false };
    let body = "Marmalade the cat fell down the seventeen steps. 我叫诸葛桂英，电话13912345678。".to_owned();
    let report = Report { title: "Marmalade".into(), body, address: "seventeen steps".into(), caller, ..report(key) };
    let case = town.engine.file(report).await.unwrap().key;
    let stored = town.engine.files.put("PRIVATE-PAPER.pdf", PAPER).unwrap();
    let by = Viewer::Person(who);
    town.engine
        .attach(Adds { case, files: vec![stored], by: by.clone(), key: format!("file-{key}"), sent: None })
        .await
        .unwrap();
    if solved {
        solve_with(town, case, &by).await;
    }
    case
}

async fn solve_with(town: &Town, case: CaseKey, by: &Viewer) {
    town.done(case, by, "message", &[("message", "gingerbread at the door")]).await;
    solve(town, case).await;
}

async fn grow(town: &Town) {
    while town.engine.sequence().await.unwrap() > 0 || town.engine.grow_logs().await.unwrap() > 0 {}
    while town.engine.index_words().await.unwrap() > 0 {}
}

/// As an administrator would before a copy is handed on.
async fn vacuum(bed: &Bed) {
    match bed.url {
        linli_engine::db::Url::Lite(_) => by_hand(bed, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").await,
        linli_engine::db::Url::Pg(_) => by_hand(bed, "VACUUM (FULL, ANALYZE)").await,
    }
}

async fn nothing_is_left(bed: Bed) {
    let town = Town::new(&bed).await;
    let (who, other) = (person(&town, "诸葛桂英", "13912345678").await, person(&town, "Li Wei", "13800138000").await);
    let case = lived(&town, who, "theirs", true).await;
    let neighbour = town.engine.file(Report { caller: caller(Some(other)), ..report("other") }).await.unwrap().key;
    grow(&town).await;
    let receipt = town.engine.receipt(case, 1, true).await.unwrap();
    assert!(receipt.is_some_and(|receipt| !receipt.is_empty()));
    let there = traces(&bed, &["gingerbread"]).await;
    // Of a server of the test's own, its files too.
    let files = there.iter().any(|found| found.contains("/base/")) || std::env::var("LINLI_TEST_PG_DIR").is_err();
    assert!(!there.is_empty() && (files || matches!(bed.url, linli_engine::db::Url::Lite(_))), "{there:?}");

    let erased = town.engine.erase_person(who, RIGHT, &By::command("erase")).await.unwrap();
    assert_eq!((erased.cases, erased.open), (vec![case], vec![]));
    grow(&town).await;
    let mut left = Vec::new();
    // A server that takes statistics at this very moment keeps dead rows until it is through.
    for _ in 0..5 {
        vacuum(&bed).await;
        left = traces(&bed, &THEIRS).await;
        if left.is_empty() {
            break;
        }
    }
    assert!(left.is_empty(), "{left:#?}");
    // What the office did stays, and so does everybody else's.
    let seen = town.see(case, &dispatcher()).await;
    assert!(seen.attachments.is_empty() && seen.case.is_settled(), "{:?}", seen.head);
    let acts: Vec<&str> = seen.events.iter().map(|event| event.what.name()).collect();
    assert!(acts.contains(&"result") && acts.contains(&"message"), "{acts:?}");
    assert_eq!(town.see(neighbour, &Viewer::Person(other)).await.head.title, "The lamp is dark");
    let Viewer::Staff(seat) = dispatcher() else { unreachable!() };
    let query = Query { words: "Marmalade".into(), ..Query::default() };
    assert!(town.engine.search(&seat, query).await.unwrap().is_empty());
    // The log holds, and says what was erased and by what right.
    let street = code(STREET).jurisdiction();
    let audit = town.engine.audit(street).await.unwrap();
    assert_eq!(audit.findings, []);
    assert!(audit.erased >= 2, "{audit:?}");
    assert_eq!(town.engine.erased(case).await.unwrap().unwrap().rule, RIGHT);
    assert_eq!(town.engine.receipt(case, 1, true).await.unwrap(), None);
    assert!(town.engine.promises(case).await.unwrap().iter().all(|promise| promise.seq != 1));
    // They can come back, as somebody new.
    assert_ne!(person(&town, "", "13912345678").await, who);
}

async fn not_while_somebody_has_to_be_told(bed: Bed) {
    let town = Town::new(&bed).await;
    let who = person(&town, "诸葛桂英", "13912345678").await;
    let (done, open) = (lived(&town, who, "done", true).await, lived(&town, who, "open", false).await);
    let erased = town.engine.erase_person(who, RIGHT, &By::command("erase")).await.unwrap();
    assert_eq!((erased.cases.len(), erased.open), (0, vec![town.see(open, &dispatcher()).await.head.number]));
    assert!(town.see(done, &Viewer::Person(who)).await.head.body.contains("Marmalade"));
    town.done(open, &Viewer::Person(who), "withdraw", &[]).await;
    assert_eq!(town.engine.erase_person(who, RIGHT, &By::command("erase")).await.unwrap().cases.len(), 2);
}

/// Taking the salts away by hand is no erasure.
async fn not_by_hand(bed: Bed) {
    let town = Town::new(&bed).await;
    let case = town.file("a").await.key;
    grow(&town).await;
    by_hand(&bed, "UPDATE event SET salt = NULL WHERE seq = 1").await;
    let audit = town.engine.audit(code(STREET).jurisdiction()).await.unwrap();
    assert!(matches!(audit.findings.as_slice(), [(_, Finding::Dropped(_))]), "{audit:?}");
    assert_eq!((audit.erased, town.engine.erased(case).await.unwrap()), (0, None));
}

/// Asking by right: a case with a clock, decided by one and reviewed by another; what is granted is done in that moment.
async fn by_right(bed: Bed) {
    let town = Town::new(&bed).await;
    let who = person(&town, "诸葛桂英", "13912345678").await;
    let open = lived(&town, who, "open", false).await;
    let own = Viewer::Person(who);
    assert!(town.engine.ask_by_right(who, "nonsense", "", "k0").await.is_err());
    let asked = town.engine.ask_by_right(who, "erase", "gingerbread and all", "k1").await.unwrap();
    let again = town.engine.ask_by_right(who, "erase", "gingerbread and all", "k1").await.unwrap();
    assert_eq!((asked.key, again.again), (again.key, true));
    assert_eq!(town.steps(asked.key).await, ["decide"]);
    let answer = [("answer", "all of it is erased")];
    let refused = town.act(asked.key, &head(), "granted", &answer).await;
    let number = town.see(open, &own).await.head.number;
    assert!(matches!(&refused, Err(CaseError::StillOpen(open)) if *open == [number]), "{refused:?}");
    assert!(town.act(asked.key, &handler("municipal"), "granted", &answer).await.is_err());
    town.done(open, &own, "withdraw", &[]).await;
    town.done(asked.key, &head(), "refused", &[("reason", "the law keeps it"), ("law", "PIPL 47")]).await;
    town.done(asked.key, &own, "appeal", &[("reason", "it does not")]).await;
    assert!(town.act(asked.key, &head(), "again", &[("reason", "x")]).await.is_err(), "not by who decided");
    town.done(asked.key, &overseer(), "again", &[("reason", "decide it anew")]).await;
    // Anything else that is granted erases nothing.
    let other = town.engine.ask_by_right(who, "explain", "", "k2").await.unwrap();
    town.done(other.key, &head(), "granted", &[("answer", "by these rules")]).await;
    assert!(town.engine.erased(open).await.unwrap().is_none());
    town.done(asked.key, &head(), "granted", &answer).await;
    // Whoever granted it does not confirm it, on whatever seat they sit.
    assert_eq!(town.steps(asked.key).await, ["confirm"]);
    assert!(town.engine.erased(open).await.unwrap().is_none());
    town.done(asked.key, &overseer(), "back", &[("reason", "once more")]).await;
    let [first, second] = two_seats_of_one(&town).await;
    town.done(asked.key, &first, "granted", &answer).await;
    let same = town.act(asked.key, &second, "erase", &[]).await;
    assert!(matches!(&same, Err(CaseError::Refused(Refusal::Guard { .. }))), "{same:?}");
    assert!(
        town.see(asked.key, &second).await.offers.iter().any(|offer| offer.act == "erase" && offer.barred.is_some())
    );
    town.done(asked.key, &overseer(), "erase", &[]).await;
    town.engine.wipe_erased().await.unwrap();
    grow(&town).await;
    vacuum(&bed).await;
    let left = traces(&bed, &THEIRS).await;
    assert!(left.is_empty(), "{left:#?}");
    for case in [open, asked.key, other.key] {
        assert!(town.engine.erased(case).await.unwrap().is_some_and(|gone| gone.rule.contains("47")));
    }
    assert!(town.engine.kept_of(who).await.unwrap().is_none());
    let audit = town.engine.audit(code(STREET).jurisdiction()).await.unwrap();
    assert_eq!(audit.findings, []);
}

/// Somebody who is head of the desk and overseer at once.
async fn two_seats_of_one(town: &Town) -> [Viewer; 2] {
    let one = AccountId::new();
    let both = [head(), overseer()].map(|viewer| match viewer {
        Viewer::Staff(seat) => Seat { account: one, ..seat },
        _ => unreachable!(),
    });
    let (home, seats) = (town.engine.home, both.clone());
    let login: seats::Login = "both".parse().unwrap();
    let hash = seats::hash_password(&login, "long enough for it").unwrap();
    let write = move |tx: &mut Tx<'_>| {
        seats::create_account(tx, home, one, &login, "Both", &hash)?;
        seats.iter().try_for_each(|seat| seats::grant_seat(tx, home, seat))
    };
    town.engine.db.write(write).await.unwrap();
    both.map(Viewer::Staff)
}

/// What is kept of somebody, for themselves: their name as they want it, and who looked.
async fn ones_own_data(bed: Bed) {
    let town = Town::new(&bed).await;
    let who = person(&town, "Zhuge", "13912345678").await;
    let case = lived(&town, who, "a", true).await;
    let Viewer::Staff(seat) = head() else { unreachable!() };
    town.engine.reveal(case, &seat, fill(&[("why", "to bring the cat home")]), "look").await.unwrap();
    town.engine.rename(who, " Madam\nZhuge ").await.unwrap();
    assert!(town.engine.rename(who, &"x".repeat(61)).await.is_err());
    let kept = town.engine.kept_of(who).await.unwrap().unwrap();
    assert_eq!((kept.name.reveal().as_str(), kept.phone.reveal().as_str()), ("Madam Zhuge", "13912345678"));
    assert_eq!(kept.cases, [case]);
    assert_eq!(kept.looks.iter().map(|look| look.why().to_owned()).collect::<Vec<_>>(), ["to bring the cat home"]);
    assert!(town.engine.kept_of(PersonId::new()).await.unwrap().is_none());
}

on_both! {
    rights => by_right;
    own_data => ones_own_data;
    erased => nothing_is_left;
    open_cases => not_while_somebody_has_to_be_told;
    by_hand_in_sql => not_by_hand;
}
