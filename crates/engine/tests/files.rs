//! Files of cases: each is a leaf of the log, so that whoever exchanges one is found out; their contents are sealed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{fs, path::PathBuf, time::Duration};

use linli_engine::{
    Engine,
    attachments::{self, Digest, Store, Stored},
    cases::{CaseKey, attach::Adds},
    db::Tx,
    evidence::{
        Era, Finding, Kind,
        receipt::{self, ReceiptError},
    },
    ids::Jurisdiction,
    vault::VaultKey,
    viewer::Viewer,
};
use linli_testbed::{Bed, by_hand, on_both};
use town::*;

const BEFORE: &[u8] = b"%PDF-1.7\n% BEFORE the lamp is dark\n%%EOF\n";
const AFTER: &[u8] = b"%PDF-1.7\n% AFTER the lamp is lit\n%%EOF\n";

/// What somebody does by hand, what is named, and what is said of it.
const HAND: [(&str, &str, &str); 6] = [
    ("UPDATE attachment SET name = 'later.pdf' WHERE name = 'after.pdf'", "`later.pdf`", "was changed"),
    (
        "UPDATE attachment SET digest = (SELECT digest FROM attachment WHERE name = 'before.pdf') WHERE name = 'after.pdf'",
        "`after.pdf`",
        "was changed",
    ),
    ("UPDATE attachment SET by_whom = 'reporter' WHERE name = 'after.pdf'", "`after.pdf`", "was changed"),
    ("UPDATE attachment SET bytes = 0, salt = NULL WHERE name = 'after.pdf'", "a file of case", "is gone"),
    // That its time was over is believed of nobody but the log.
    (
        "UPDATE attachment SET bytes = 0, salt = NULL WHERE name = 'after.pdf'; UPDATE cases SET let_go = 7",
        "a file of case",
        "is gone",
    ),
    ("DELETE FROM attachment WHERE name = 'after.pdf'", "a file of case", "is gone"),
];

fn street() -> Jurisdiction {
    code(STREET).jurisdiction()
}

async fn grow(engine: &Engine) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
}

async fn add(town: &Town, case: CaseKey, by: Viewer, name: &str, content: &[u8]) -> Stored {
    let stored = town.engine.files.put(name, content).unwrap();
    let adds = Adds { case, files: vec![stored.clone()], by, key: format!("key-{name}"), sent: None };
    town.engine.attach(adds).await.unwrap();
    stored
}

fn on_disk(bed: &Bed, digest: &Digest) -> PathBuf {
    let text = digest.to_string();
    bed.folder.path().join("files/attachments").join(&text[..2]).join(&text[2..4]).join(text)
}

async fn findings(engine: &Engine) -> Vec<(u64, Finding)> {
    engine.audit(street()).await.unwrap().findings
}

async fn whoever_exchanges_one_is_found_out(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    town.done(filed.key, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    let before = add(&town, filed.key, handler("municipal"), "before.pdf", BEFORE).await;
    let after = add(&town, filed.key, handler("municipal"), "after.pdf", AFTER).await;
    grow(&town.engine).await;
    assert_eq!(findings(&town.engine).await, []);

    by_hand(&bed, "CREATE TABLE kept AS SELECT * FROM attachment").await;
    for (sql, what, how) in HAND {
        by_hand(&bed, sql).await;
        let found = findings(&town.engine).await;
        let said = found.iter().map(|(n, finding)| format!("{n}: {finding}")).collect::<Vec<_>>();
        assert!(matches!(said.as_slice(), [one] if one.contains(what) && one.contains(how)), "{sql}: {said:?}");
        by_hand(&bed, "DELETE FROM attachment; INSERT INTO attachment SELECT * FROM kept").await;
        assert_eq!(findings(&town.engine).await, []);
    }
    // Two who change places.
    let swap = "UPDATE attachment SET name = CASE name WHEN 'after.pdf' THEN 'before.pdf' ELSE 'after.pdf' END";
    by_hand(&bed, swap).await;
    assert_eq!(findings(&town.engine).await.len(), 2);
    by_hand(&bed, swap).await;
    // One that nobody added, without a salt and with one of another.
    let id = if matches!(bed.url, linli_engine::db::Url::Lite(_)) { "randomblob(16)" } else { "gen_random_uuid()" };
    for salt in ["NULL", "salt"] {
        let put = format!(
            "INSERT INTO attachment (jurisdiction, id, case_id, name, mime, bytes, digest, by_whom, at, salt)
             SELECT jurisdiction, {id}, case_id, 'extra.pdf', mime, bytes, digest, by_whom, at + 1, {salt} FROM attachment WHERE name = 'after.pdf'"
        );
        by_hand(&bed, &put).await;
        let found = findings(&town.engine).await;
        assert!(
            matches!(found.as_slice(), [(0, Finding::Unlogged(what))] if what.contains("`extra.pdf`")),
            "{found:?}"
        );
        by_hand(&bed, "DELETE FROM attachment WHERE name = 'extra.pdf'").await;
    }
    // The row is right and the disk is not: another content, a flipped bit, none.
    let path = on_disk(&bed, &after.digest);
    let kept = fs::read(&path).unwrap();
    let mut flipped = kept.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let contents = [fs::read(on_disk(&bed, &before.digest)).unwrap(), flipped, AFTER[1..].to_vec(), Vec::new()];
    for content in contents {
        fs::write(&path, content).unwrap();
        let found = findings(&town.engine).await;
        let right = |what: &str| what.contains("`after.pdf`") && what.contains(&filed.number);
        assert!(matches!(found.as_slice(), [(1.., Finding::Content { what, .. })] if right(what)), "{found:?}");
        assert!(town.engine.files.read(&after.digest).is_err(), "and nobody is shown it");
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(findings(&town.engine).await.as_slice(), [(1.., Finding::Content { .. })]));
    fs::write(&path, kept).unwrap();
    assert_eq!(findings(&town.engine).await, []);
}

async fn a_receipt_proves_one(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    town.done(filed.key, &dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    add(&town, filed.key, handler("municipal"), "before.pdf", BEFORE).await;
    let case = filed.key;
    let files = town.engine.db.read(move |tx: &mut Tx<'_>| attachments::provable(tx, case)).await.unwrap();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(town.engine.file_receipt(street(), file.id).await.unwrap(), None, "it has no place in the log yet");
    grow(&town.engine).await;
    let key = town.engine.log.verifier(street(), Era::default()).unwrap().parse().unwrap();
    let text = town.engine.file_receipt(street(), file.id).await.unwrap().unwrap();
    let proved = receipt::verify(&text, &key, &[]).unwrap();
    assert_eq!((proved.entry.kind, &proved.entry.of, proved.entry.at), (Kind::File, &filed.number, file.at));
    assert!(proved.text.as_ref().unwrap().contains("before.pdf"));
    assert_eq!([BEFORE, AFTER].map(|content| proved.is_content(content)), [Some(true), Some(false)]);
    let report = town.engine.receipt(case, 1, true).await.unwrap().unwrap();
    assert_eq!(receipt::verify(&report, &key, &[]).unwrap().is_content(BEFORE), None);
    // Of what was changed since, no receipt holds; of what has lost its salt, there is none.
    by_hand(&bed, "UPDATE attachment SET name = 'later.pdf'").await;
    let changed = town.engine.file_receipt(street(), file.id).await.unwrap().unwrap();
    assert!(matches!(receipt::verify(&changed, &key, &[]), Err(ReceiptError::Proof(_))));
    by_hand(&bed, "UPDATE attachment SET salt = NULL").await;
    assert_eq!(town.engine.file_receipt(street(), file.id).await.unwrap(), None);
}

async fn contents_are_sealed(bed: Bed) {
    let town = Town::new(&bed).await;
    let filed = town.file("a").await;
    let by = desk();
    let stored = add(&town, filed.key, by, "before.pdf", BEFORE).await;
    let shows = |path: &PathBuf| {
        let kept = fs::read(path).unwrap();
        kept.windows(6).any(|six| six == b"BEFORE")
    };
    let path = on_disk(&bed, &stored.digest);
    assert!(!shows(&path), "the disk says nothing of it");
    assert_eq!(town.engine.files.read(&stored.digest).unwrap(), BEFORE);
    // Another key opens nothing, and without one there is nothing to read.
    let at = bed.folder.path().join("files/attachments");
    for other in [Store::at(&at), Store::at(&at).sealed_by(VaultKey::new([7; 32]))] {
        assert!(other.read(&stored.digest).is_err());
    }
    // What an older version left as it was is read, and sealed with the rest when the master key changes.
    fs::write(&path, BEFORE).unwrap();
    assert_eq!(town.engine.files.read(&stored.digest).unwrap(), BEFORE);
    assert_eq!(town.engine.rotate_vault(Duration::ZERO).await.unwrap().files, 1);
    assert!(!shows(&path));
    assert_eq!(town.engine.files.read(&stored.digest).unwrap(), BEFORE);
    assert_eq!(town.engine.rotate_vault(Duration::ZERO).await.unwrap().files, 0, "once");
    // Somebody who starts anew under the new master key reads it too.
    assert_eq!(open(&bed, &town.clock).await.files.read(&stored.digest).unwrap(), BEFORE);
}

on_both! {
    exchanged => whoever_exchanges_one_is_found_out;
    proved => a_receipt_proves_one;
    sealed => contents_are_sealed;
}
