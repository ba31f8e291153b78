//! `linli log` and `linli receipt` as programs, and what everybody reads of a log that began anew, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;
mod desk_common;

use std::process::{Command, Output};

use desk_common::*;
use linli_engine::{
    Engine,
    attachments::{self, Attachment},
    db::{Tx, Url},
    ids::AttachmentId,
};
use linli_testbed::{Bed, by_hand, on_both};

on_both! {
    a_log_is_looked_at_from_outside => looked_at_on;
    a_log_that_began_anew_says_so => renewed_on;
}

async fn grow(engine: &Engine) {
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
}

/// What the program says, on both of its ways out, if it ended as it should.
fn linli(bed: &Bed, well: bool, args: &[&str], files: bool) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_linli"));
    program.args(args);
    if files {
        let db = match &bed.url {
            Url::Lite(path) => path.display().to_string(),
            Url::Pg(url) => url.clone(),
        };
        program.args(["--db", &db, "--data", &bed.folder.path().join("files").display().to_string()]);
    }
    let Output { status, stdout, stderr } = program.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.success(), well, "{args:?}: {said}");
    said
}

async fn looked_at_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("looked").await;
    grow(&desk.engine).await;
    let key = linli(&bed, true, &["log", "keys"], true).trim().to_owned();
    assert!(linli(&bed, true, &["log", "audit"], true).contains(" 0 findings"));
    let folder = bed.folder.path().join("out").display().to_string();
    linli(&bed, true, &["log", "export", &folder], true);
    let size = desk.get("", "/log/990101001/checkpoint").await.is(200).body.lines().nth(1).unwrap().to_owned();
    assert!(linli(&bed, true, &["log", "verify", &folder, "--key", &key], false).contains(&size));
    let receipt = desk.engine.receipt(case.key, 1, true).await.unwrap().unwrap();
    let file = bed.folder.path().join("receipt.txt");
    std::fs::write(&file, &receipt).unwrap();
    let file = file.display().to_string();
    assert!(linli(&bed, true, &["receipt", "verify", &file, "--key", &key], false).contains("\"holds\": true"));
    std::fs::write(&file, receipt.replacen("index ", "index 1", 1)).unwrap();
    assert!(linli(&bed, false, &["receipt", "verify", &file, "--key", &key], false).contains("does not hold"));

    // Of a file, with its content or another.
    let stored = desk.engine.files.put("lamp.pdf", b"%PDF-1.7\n% the lamp is dark\n%%EOF\n").unwrap();
    let (id, street, at) = (AttachmentId::new(), case.key.jurisdiction, desk.engine.clock.now());
    let kept = Attachment { id, case: (street, case.key.id), stored: stored.clone(), by: "reporter".into(), at };
    desk.engine.db.write(move |tx: &mut Tx<'_>| attachments::record(tx, &kept)).await.unwrap();
    grow(&desk.engine).await;
    std::fs::write(&file, desk.engine.file_receipt(street, id).await.unwrap().unwrap()).unwrap();
    let content = bed.folder.path().join("lamp.pdf");
    let with = ["receipt", "verify", &file, "--key", &key, "--content", &content.display().to_string()];
    std::fs::write(&content, desk.engine.files.read(&stored.digest).unwrap()).unwrap();
    assert!(linli(&bed, true, &with, false).contains("1.pdf"));
    std::fs::write(&content, b"%PDF-1.7\n% the lamp is lit\n%%EOF\n").unwrap();
    assert!(linli(&bed, false, &with, false).contains("another file"));

    // One bundle changed by one byte, and an event by hand.
    let bundle = format!("{folder}/tile/entries/000.p/{size}");
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    linli(&bed, false, &["log", "verify", &folder, "--key", &key], false);
    by_hand(&bed, "UPDATE event SET at = at + 1 WHERE seq = 2; UPDATE event SET body = replace(body, '\"seq\":2', '\"seq\":3') WHERE seq = 2").await;
    let said = linli(&bed, false, &["log", "audit"], true);
    assert!(said.contains(&format!("event 2 of case {}", case.number)) && said.contains("was changed"), "{said}");
}

async fn renewed_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.dispatched("before").await;
    grow(&desk.engine).await;
    let old = linli(&bed, true, &["log", "keys"], true).trim().to_owned();
    by_hand(&bed, "CREATE TABLE kept_tile AS SELECT * FROM log_tile; CREATE TABLE kept_head AS SELECT * FROM log_head")
        .await;
    desk.dispatched("after").await;
    grow(&desk.engine).await;
    let why = "the disk <b>failed</b>";
    let said = linli(&bed, false, &["log", "renew", "--why", why], true);
    assert!(said.contains("holds"), "{said}");
    by_hand(&bed, "DELETE FROM log_tile; INSERT INTO log_tile SELECT * FROM kept_tile; DELETE FROM log_head; INSERT INTO log_head SELECT * FROM kept_head").await;
    assert!(linli(&bed, false, &["log", "renew", "--why", " "], true).contains("say why"));
    let said = linli(&bed, true, &["log", "renew", "--why", why], true);
    let new = said.lines().nth(1).unwrap();
    assert!(said.contains("/990101001/2: begun anew") && new != old, "{said}");
    let keys = linli(&bed, true, &["log", "keys"], true);
    assert!(keys.starts_with(new) && keys.contains(&format!("entries: {old}")), "{keys}");
    grow(&desk.engine).await;

    let page = desk.get("", "/log").await.is(200).body;
    assert!(
        page.contains("the disk &#60;b&#62;failed&#60;/b&#62;") && page.contains(&old) && page.contains(new),
        "{page}"
    );
    let page = desk.get("", "/log/check").await.is(200).body;
    assert!(page.contains(&old) && page.contains(new), "both can be checked");
    let head = desk.get("", "/log/990101001/checkpoint").await.is(200).body;
    assert!(head.lines().next().unwrap().ends_with("/990101001/2"), "{head}");
    let folder = bed.folder.path().join("anew").display().to_string();
    linli(&bed, true, &["log", "export", &folder], true);
    linli(&bed, true, &["log", "verify", &folder, "--key", new], false);
    linli(&bed, false, &["log", "verify", &folder, "--key", &old], false);
    assert!(linli(&bed, true, &["log", "audit"], true).contains(" 0 findings"));
}
