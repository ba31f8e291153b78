//! `linli doctor` on both databases: what is healthy is all right, every fault is found and named by its check, and looking
//! changes nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use linli::witness::{Witness, router};
use linli_engine::{Engine, Options, db::Url, edge::Clock, evidence, notices::Plugs, outward::Reach};
use linli_testbed::{Bed, by_hand, on_both};
use linli_tlog::Cosigner;
use tokio::net::TcpListener;

on_both! {
    a_healthy_installation_is_all_right => healthy_on;
    what_is_wrong_is_found => faults_on;
}

/// A fresh installation, and how the program is told where it is.
struct House<'b> {
    bed: &'b Bed,
    db: String,
    data: String,
    /// A witness that has countersigned.
    witness: String,
}

impl<'b> House<'b> {
    /// Set up, served for a moment, countersigned, copied.
    async fn new(bed: &'b Bed) -> Self {
        let db = match &bed.url {
            Url::Lite(path) => path.display().to_string(),
            Url::Pg(url) => url.clone(),
        };
        let data = bed.folder.path().join("files").display().to_string();
        let mut house = Self { bed, db, data, witness: String::new() };
        assert!(house.run("init", &["--yes"], "").status.success());
        let log = house
            .engine(Plugs::default())
            .await
            .log
            .verifier(linli_engine::ids::Jurisdiction(990_101_001), evidence::Era::default());
        house.witness = witness(&bed.folder.path().join("witness"), &log.unwrap()).await;
        let plugs = vec![evidence::Witness::read(&house.witness, Reach::Inside).unwrap()];
        let engine = house.engine(Plugs::default().with_witnesses(plugs)).await;
        while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
        assert_eq!(engine.ask_witnesses().await.unwrap(), 1);
        assert!(house.run("retention", &[], "").status.success());
        let copy = bed.folder.path().join("copy").display().to_string();
        assert!(house.run("backup", &[&copy], "").status.success());
        house
    }

    async fn engine(&self, plugs: Plugs) -> Engine {
        let options = Options {
            url: self.bed.url.clone(),
            seats: 2,
            folder: self.data.clone().into(),
            pack: linli::cli::pack_files(None).unwrap(),
            home: None,
            clock: Clock::System,
            plugs,
        };
        Engine::open(options).await.unwrap()
    }

    fn run(&self, command: &str, args: &[&str], typed: &str) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_linli"));
        program.arg(command).args(args).args(["--db", &self.db, "--data", &self.data]);
        let pipes = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Each check with its grade, and whether the command ended well.
    fn doctor(&self, args: &[&str]) -> (Vec<(String, String)>, bool) {
        let args = [&["--json", "--witness", &self.witness, "--allow-private-hooks"], args].concat();
        let out = self.run("doctor", &args, "");
        let lines: Vec<serde_json::Value> = serde_json::from_slice(&out.stdout).unwrap();
        let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap().to_owned();
        (lines.iter().map(|line| (text(line, "check"), text(line, "grade"))).collect(), out.status.success())
    }

    /// The checks that are not all right. The disk of the machine and the review days of the pack are not the test's.
    fn ills(&self, args: &[&str]) -> Vec<(String, String)> {
        let (mut lines, good) = self.doctor(args);
        assert_eq!(good, lines.iter().all(|(_, grade)| grade != "wrong"), "{lines:?}");
        lines.retain(|(check, grade)| grade != "ok" && check != "disk" && check != "rules" && check != "answers");
        lines
    }

    fn finds(&self, check: &str, grade: &str) {
        let ills = self.ills(&[]);
        assert!(ills.iter().any(|(name, is)| name == check && is == grade), "{check} is not {grade}: {ills:?}");
    }
}

async fn witness(folder: &Path, log: &str) -> String {
    let cosigner = Cosigner::from_seed("council.example", &[7; 32]).unwrap();
    let key = cosigner.verifier().to_string();
    fs::create_dir_all(folder).unwrap();
    let service = router(Witness::new(cosigner, vec![log.parse().unwrap()], folder.to_owned(), Clock::System));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address} {key}")
}

async fn healthy_on(bed: Bed) {
    let house = House::new(&bed).await;
    assert_eq!(house.ills(&["--full"]), []);
    let (lines, _) = house.doctor(&["--full"]);
    for check in [
        "data folder",
        "file modes",
        "backup",
        "database",
        "clock",
        "vault",
        "log",
        "every entry",
        "witnesses",
        "retention",
        "assistant",
        "answers",
    ] {
        assert!(lines.iter().any(|(name, _)| name == check), "{check} was not looked at: {lines:?}");
    }
    // The one thing that would send words out is named, and not called.
    let shown = house.run("doctor", &["--assistant-url", "https://models.example/v1", "--assistant-model", "m-7"], "");
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("m-7 at https://models.example/v1/chat/completions"), "{shown}");
    let refused = house.run("doctor", &["--assistant-url", "http://models.example/v1", "--assistant-model", "m"], "");
    assert!(String::from_utf8(refused.stderr).unwrap().contains("--allow-private-hooks"));
    // For people: a line each.
    let shown = String::from_utf8(house.run("doctor", &[], "").stdout).unwrap();
    assert!(shown.lines().any(|line| line.starts_with("ok ") && line.contains("vault")), "{shown}");
}

async fn faults_on(bed: Bed) {
    let house = House::new(&bed).await;
    let file = |name: &str| Path::new(&house.data).join(name);
    let open = |name: &str, mode| fs::set_permissions(file(name), fs::Permissions::from_mode(mode)).unwrap();
    for name in ["vault.key", "log.key"] {
        open(name, 0o640);
        house.finds("file modes", "wrong");
        open(name, 0o600);
    }
    let key = fs::read(file("vault.key")).unwrap();
    fs::write(file("vault.key"), format!("1 {}\n", "ab".repeat(32))).unwrap();
    house.finds("vault", "wrong");
    fs::write(file("vault.key"), key).unwrap();

    // What somebody does who has the database in hand, what finds it, and how it is put back.
    for (harm, check, mend) in [
        (
            "CREATE TABLE kept AS SELECT * FROM log_tile; DELETE FROM log_tile",
            "log",
            "INSERT INTO log_tile SELECT * FROM kept",
        ),
        (
            "UPDATE account SET disabled_at = 1 WHERE login = 'audit'",
            "administrators",
            "UPDATE account SET disabled_at = NULL",
        ),
        (
            "CREATE TABLE sat AS SELECT * FROM seat; UPDATE seat SET account = (SELECT id FROM account WHERE login = 'system') WHERE role = 'admin-security'",
            "powers",
            "DELETE FROM seat; INSERT INTO seat SELECT * FROM sat",
        ),
        ("UPDATE log_head SET at = at + 864000000", "clock", "UPDATE log_head SET at = at - 864000000"),
        ("DELETE FROM migration WHERE name LIKE '0014%'", "database", "INSERT INTO migration VALUES ('0014_vault')"),
        ("UPDATE log_head SET witnessed = NULL", "witnesses", ""),
    ] {
        by_hand(&bed, harm).await;
        house.finds(check, "wrong");
        by_hand(&bed, mend).await;
    }

    by_hand(&bed, "UPDATE retention SET done_at = done_at - 3 * 86400000").await;
    house.finds("retention", "look");
    let office = ["--role", "dispatcher", "--org", "street-office", "--place", "990101001", "--name", "x"];
    let added = house.run("account", &[&["dispatcher"], &office[..]].concat(), "linli-demo-2026");
    assert!(added.status.success(), "{added:?}");
    house.finds("passwords", "wrong");
    assert!(!house.ills(&["--demo"]).iter().any(|(check, _)| check == "passwords"));
    assert!(house.run("token", &["dispatcher", "--name", "endless", "--scope", "cases:read"], "").status.success());
    house.finds("tokens", "look");

    // An older copy of the log beside a database that went on is no fault; a newer one is.
    let note = file("log/990101001.checkpoint");
    fs::remove_file(&note).unwrap();
    house.finds("log", "look");

    let nowhere = bed.folder.path().join("nowhere");
    let lost =
        House { db: nowhere.join("linli.db").display().to_string(), data: nowhere.display().to_string(), ..house };
    lost.finds("data folder", "wrong");
    lost.finds("database", "wrong");
    assert!(!nowhere.exists(), "looking makes nothing");
}
