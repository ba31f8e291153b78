//! Imports on both databases: real records where they are on this machine, and files that are wrong in every way.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use linli::cli::import::{Args, Import, ImportError, Summary};
use linli_engine::{
    Engine, Options,
    cases::{Head, Phase, search::Query},
    db::{DbError, Sql, Tx},
    directory::{self, Org, OrgKind, Place},
    edge::Clock,
    ids::{AccountId, SeatId},
    reading::{Kind, Outcome},
    seats::{Role, Seat},
};
use linli_flow::{Case, Text};
use linli_testbed::{Bed, on_both, record};
use linli_worktime::Millis;

/// 2026-03-02 12:00 in Shanghai.
const NOW: Millis = Millis(1_772_424_000_000);
const STREET: &str = "990101001";

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

async fn engine(bed: &Bed) -> Engine {
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().to_owned(),
        pack: linli_engine::pack::read_dir(&root("packs/cn")).unwrap(),
        home: Some(STREET.parse().unwrap()),
        clock: Clock::set(NOW),
        plugs: linli_engine::notices::Plugs::default(),
    };
    let engine = Engine::open(options).await.unwrap();
    let (places, orgs, home) = (demo_places(), demo_orgs(), engine.home);
    let save = move |tx: &mut Tx<'_>| {
        directory::save_places(tx, home, &places, NOW)?;
        directory::save_orgs(tx, home, &orgs, NOW)
    };
    engine.db.write::<_, DbError, _>(save).await.unwrap();
    engine.refresh().await.unwrap();
    engine
}

fn demo(file: &str, list: &str) -> Vec<toml::Value> {
    let text = std::fs::read_to_string(root("packs/cn/demo").join(file)).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table[list].as_array().unwrap().clone()
}

fn text(row: &toml::Value) -> Text {
    let part = |lang: &str| row["name"][lang].as_str().unwrap().to_owned();
    Text { zh: part("zh"), en: part("en") }
}

fn demo_places() -> Vec<Place> {
    let place = |row: toml::Value| Place {
        code: row["code"].as_str().unwrap().parse().unwrap(),
        name: text(&row),
        aliases: row["aliases"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned()).collect(),
        point: None,
        retired_at: None,
    };
    demo("places.toml", "place").into_iter().map(place).collect()
}

fn demo_orgs() -> Vec<Org> {
    let org = |row: toml::Value| Org {
        id: row["id"].as_str().unwrap().parse().unwrap(),
        parent: None,
        kind: OrgKind::from_slug(row["kind"].as_str().unwrap()).unwrap_or(OrgKind::Government),
        function: row["function"].as_str().unwrap().to_owned(),
        place: row["place"].as_str().unwrap().parse().unwrap(),
        name: text(&row),
        phone: None,
        retired_at: None,
    };
    demo("orgs.toml", "org").into_iter().map(org).collect()
}

fn args(bed: &Bed, file: &Path, map: &Path) -> Args {
    let report = Some(bed.folder.path().join("bad.csv"));
    Args { file: file.to_owned(), map: map.to_owned(), report, dry_run: false, json: true }
}

async fn all(args: &Args, engine: &Engine) -> Result<Summary, ImportError> {
    let mut import = Import::begin(args, engine).await?;
    while import.step().await? {}
    import.end().await
}

/// Counts in the database, and every case once by its number.
async fn count(engine: &Engine, sql: &'static Sql) -> i64 {
    let read = move |tx: &mut Tx<'_>| tx.first(sql, &[])?.map_or(Ok(0), |mut row| row.take::<i64>());
    engine.db.read::<_, DbError, _>(read).await.unwrap()
}

static CASES: Sql = Sql::new("CASES", "SELECT count(*) FROM cases");
static EVENTS: Sql = Sql::new("EVENTS", "SELECT count(*) FROM event");
static RUNS: Sql = Sql::new("RUNS", "SELECT count(*) FROM import_run");
static OPEN: Sql = Sql::new("OPEN", "SELECT count(*) FROM open_step");
static SIGNING: Sql = Sql::new("SIGNING", "SELECT count(*) FROM open_step WHERE step = 'sign' AND owner LIKE 'org:%'");
static CALLERS: Sql = Sql::new("CALLERS", "SELECT count(*) FROM vault_caller WHERE name <> ''");

/// The report without its header: line, column, value, reason.
fn report(summary: &Summary) -> Vec<(u64, String, String, String)> {
    let Some(path) = &summary.report else { return Vec::new() };
    let mut rows: Vec<_> = csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect();
    rows.sort();
    rows
}

fn dispatcher() -> Seat {
    Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: "yunxi-office".parse().unwrap(),
        role: Role::Dispatcher,
        place: STREET.parse().unwrap(),
        from: NOW,
        until: None,
        cover: None,
    }
}

async fn found(engine: &Engine, number: &str) -> Head {
    let query = Query { number: Some(number.into()), ..Query::default() };
    engine.search(&dispatcher(), query).await.unwrap().remove(0)
}

/// A map for a file of our own, in the folder of the bed.
fn map(bed: &Bed, format: &str) -> PathBuf {
    let path = bed.folder.path().join(format!("own-{format}.toml"));
    let times = r#"format = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"], zone = "Asia/Shanghai""#;
    let text = format!(
        "format = \"{format}\"\njurisdiction = \"{STREET}\"\nchannel = \"phone\"\nover = [\"closed\"]\n[columns]\n\
         id = {{ from = \"id\" }}\ntitle = {{ from = \"title\" }}\nopened = {{ from = \"opened\", {times} }}\n\
         lon = {{ from = \"lon\" }}\nlat = {{ from = \"lat\" }}\n"
    );
    let more = format!(
        "closed = {{ from = \"closed\", {times} }}\narea = {{ from = \"area\" }}\nreply = {{ from = \"reply\" }}\n"
    );
    let text = if format == "xlsx" { text.replace("over = [\"closed\"]\n", "") } else { text + &more };
    std::fs::write(&path, text).unwrap();
    path
}

const HEADER: &str = "id,title,opened,closed,area,lon,lat,reply\n";

fn file(bed: &Bed, rows: impl AsRef<[u8]>) -> PathBuf {
    let path = bed.folder.path().join("rows.csv");
    std::fs::write(&path, rows).unwrap();
    path
}

/// Rows of which every seventh is over, every hundredth bad.
fn many(rows: usize) -> String {
    let row = |n: usize| {
        let closed = if n.is_multiple_of(7) { "2026-02-03" } else { "" };
        let day = if n % 100 == 99 { "yesterday" } else { "2026-02-01 10:00:00" };
        format!("{n},路灯 {n} 不亮,{day},{closed},和苑社区,119.3,33.8,修好了\n")
    };
    HEADER.to_owned() + &(0..rows).map(row).collect::<String>()
}

on_both! {
    letters_wait_for_somebody_to_sort_them => |bed: Bed| async move {
        let Some(stream) = record("complaints/stream.jsonl") else { return };
        let engine = engine(&bed).await;
        let args = args(&bed, &stream, &root("packs/maps/letters-stream.toml"));
        let done = all(&args, &engine).await.unwrap();
        assert_eq!((done.good, done.again, done.bad), (4326, 0, 0));
        assert_eq!(count(&engine, &CASES).await, 4326);
        // Their categories are the program's guesses: nothing goes anywhere by a guess.
        assert_eq!(count(&engine, &SIGNING).await, 0);
        assert_eq!(count(&engine, &OPEN).await, 4326);
        assert_eq!(count(&engine, &CALLERS).await, 4326);
        let head = found(&engine, "260302-00001").await;
        assert_eq!((head.opened_at, head.phase), (NOW, Phase::Open));
        assert!(head.reported_at.unwrap() < NOW && head.promised_at.unwrap() > NOW && head.unit.is_none());
        let again = all(&args, &engine).await.unwrap();
        assert_eq!((again.good, again.again, again.bad), (0, 4326, 0));
        assert_eq!(count(&engine, &EVENTS).await, 4326);
    };

    letters_that_people_sorted_teach_the_rest => |bed: Bed| async move {
        let Some(letters) = record("complaints/labelled.jsonl") else { return };
        let text = std::fs::read_to_string(letters).unwrap();
        let mut rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        // Many have no time; in the file they lie by category.
        rows.sort_by_key(|row| row["id"].as_u64().unwrap().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        rows.truncate(2_700);
        let engine = engine(&bed).await;
        let sorted = root("packs/maps/letters-labelled.toml");
        let (hidden, text) = (bed.folder.path().join("hidden.toml"), std::fs::read_to_string(&sorted).unwrap());
        let text = text.replace(r#", "category_text"]"#, "]").replace(r#"category_text = { from = "category" }"#, "");
        std::fs::write(&hidden, text.split("[category]").next().unwrap()).unwrap();
        let bring = |rows: &[serde_json::Value], closed: serde_json::Value| {
            let mut lines = String::new();
            for row in rows {
                let mut row = row.clone();
                (row["time"], row["closed"]) = ("2025/06/02 10:00:00".into(), closed.clone());
                lines += &format!("{row}\n");
            }
            file(&bed, lines)
        };
        let earlier = args(&bed, &bring(&rows[..2_500], "2025/06/09 10:00:00".into()), &sorted);
        assert_eq!(all(&earlier, &engine).await.unwrap().good, 2_500);
        let learnt = engine.learn_now().await.unwrap().remove(0);
        let (new, old) = (learnt.new.unwrap(), learnt.old.unwrap());
        println!("{} later letters: macro-F1 {:.3}, by key words {:.3}", learnt.trial, new.macro_f1, old.macro_f1);
        assert_eq!((learnt.kind, learnt.outcome), (Kind::Category, Outcome::Replaced));
        assert!(new.macro_f1 > 0.85 && new.macro_f1 > old.macro_f1 + 0.2, "{learnt:?}");

        let queue = args(&bed, &bring(&rows[2_500..], serde_json::Value::Null), &hidden);
        assert_eq!(all(&queue, &engine).await.unwrap().good, 200);
        assert_eq!(count(&engine, &SIGNING).await, 0);
        let map: toml::Table = std::fs::read_to_string(&sorted).unwrap().parse().unwrap();
        let mut right = 0;
        let (mut after, mut seen) = (None, 0);
        loop {
            let query = Query { state: Some("triage".into()), after, ..Query::default() };
            let page = engine.search(&dispatcher(), query).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(linli_engine::cases::inbox::ListAfter { opened_at: last.opened_at, key: last.key });
            for head in page {
                let begins: String = head.body.chars().take(12).collect();
                let row = rows[2_500..].iter().find(|row| row["text"].as_str().unwrap().trim().starts_with(&begins));
                let Some(row) = row else { continue };
                seen += 1;
                right += i32::from(map["category"][row["category"].as_str().unwrap()].as_str() == Some(&head.category));
            }
        }
        println!("{right} of {seen} hidden categories were found");
        assert!(seen > 150 && right * 10 > seen * 8, "{right} of {seen}");
    };

    answered_letters_are_history => |bed: Bed| async move {
        let Some(mailbox) = record("complaints/mailbox.jsonl") else { return };
        let engine = engine(&bed).await;
        let args = args(&bed, &mailbox, &root("packs/maps/letters-mailbox.toml"));
        let done = all(&args, &engine).await.unwrap();
        // Nine without a date, eight with the id of another letter, four answered before they were written.
        assert_eq!((done.good, done.again, done.bad), (1179 - 21, 0, 21));
        assert_eq!(report(&done).len(), 21);
        assert_eq!(count(&engine, &OPEN).await, 0);
        let head = found(&engine, "220510-00001").await;
        assert_eq!((head.phase, head.outcome.as_deref(), head.reported_at), (Phase::Ended, Some("history"), None));
        assert!(head.settled_at.unwrap() > head.opened_at);
        let dossier = engine.case_by_key(head.key, &linli_engine::viewer::Viewer::Staff(dispatcher())).await.unwrap();
        assert!(Case::replay(&dossier.events).is_ended());
        assert!(dossier.case.field("facts").is_full() && dossier.case.field("done_by").is_full());
        assert_eq!(dossier.case.field("done_on").as_text(), Some("2022-05-12"));
        let again = all(&args, &engine).await.unwrap();
        assert_eq!((again.good, again.again, again.bad), (0, 1158, 21));
        assert_eq!(report(&again), report(&done));
    };

    a_city_of_requests_goes_in_with_its_places => |bed: Bed| async move {
        let Some(boston) = record("service-requests/boston-2011q3.csv") else { return };
        let engine = engine(&bed).await;
        let args = args(&bed, &boston, &root("packs/maps/boston-311.toml"));
        let done = all(&args, &engine).await.unwrap();
        assert_eq!((done.good, done.again, done.bad), (31_828, 0, 0));
        assert_eq!(count(&engine, &CASES).await, 31_828);
        assert_eq!(count(&engine, &EVENTS).await, 31_828);
        // Nobody serves Boston here: what is open waits for triage.
        assert_eq!((count(&engine, &OPEN).await, count(&engine, &SIGNING).await), (1747, 0));
        let again = all(&args, &engine).await.unwrap();
        assert_eq!((again.good, again.again, again.bad), (0, 31_828, 0));
        assert_eq!(count(&engine, &CASES).await, 31_828);
    };

    an_import_goes_on_where_it_was_killed => |bed: Bed| async move {
        let engine = engine(&bed).await;
        let args = args(&bed, &file(&bed, many(2_600)), &map(&bed, "csv"));
        let mut import = Import::begin(&args, &engine).await.unwrap();
        for _ in 0..2 {
            assert!(import.step().await.unwrap());
        }
        drop(import);
        assert_eq!(count(&engine, &RUNS).await, 1);
        let there = count(&engine, &CASES).await;
        assert!(0 < there && there < 2_574);
        // Killed in the middle of steps, at moments nobody chose.
        for wait in 1..12 {
            let _ = tokio::time::timeout(Duration::from_millis(wait * 3), async {
                let mut import = Import::begin(&args, &engine).await.unwrap();
                import.step().await.unwrap();
            })
            .await;
        }
        let done = all(&args, &engine).await.unwrap();
        assert!(done.resumed_after.unwrap() >= 1001);
        assert_eq!((done.good + done.again, done.bad), (2_574, 26));
        assert_eq!(count(&engine, &CASES).await, 2_574);
        assert_eq!(count(&engine, &EVENTS).await, 2_574 + count(&engine, &SIGNING).await);
        let lines: BTreeSet<u64> = report(&done).iter().map(|row| row.0).collect();
        assert_eq!(lines, (0..26).map(|n| n * 100 + 101).collect());
        assert_eq!(report(&done).len(), 26);
        assert_eq!(count(&engine, &RUNS).await, 0);
        let again = all(&args, &engine).await.unwrap();
        assert_eq!((again.good, again.again, again.bad, again.resumed_after), (0, 2_574, 26, None));
    };

    bad_rows_are_reported_and_good_ones_go_in => |bed: Bed| async move {
        let engine = engine(&bed).await;
        let rows = "\u{feff}".to_owned() + HEADER
            + "1,灯不亮,2026-02-01,,和苑社区,119.3,33.8,\n"
            + "2,\"两行\n标题\",2026-02-01,,,,,\n"
            + "3,日期不对,01.02.2026,,,,,\n"
            + "4,地方不对,2026-02-01,,火星,,,\n"
            + "5,数字变成日期,2026-02-01,,,18. Jan,33.8,\n"
            + "6,先办后报,2026-02-02,2026-02-01,,,,\n"
            + "7,少一格,2026-02-01\n"
            + "1.01E+11,位数丢了,2026-02-01,,,,,\n"
            + ",没有编号,2026-02-01,,,,,\n"
            + "8,将来的事,2026-04-01,,,,,\n"
            + "9,,2026-02-01,,,,,\n"
            + "1,同一编号不同内容,2026-02-01,,,,,\n"
            + "1,灯不亮,2026-02-01,,和苑社区,119.3,33.8,\n"
            + "10,=公式,=1+1,,,,,\n"
            + "11,办完了,2026-02-01,2026-02-02,,,,换了灯泡\n";
        let args = args(&bed, &file(&bed, rows), &map(&bed, "csv"));
        let done = all(&args, &engine).await.unwrap();
        let told: Vec<(u64, String, String)> = report(&done).into_iter().map(|(l, c, v, _)| (l, c, v)).collect();
        let row = |line: u64, column: &str, value: &str| (line, column.to_owned(), value.to_owned());
        assert_eq!(told, [
            row(5, "opened", "01.02.2026"),
            row(6, "area", "火星"),
            row(7, "lon", "18. Jan"),
            row(8, "closed", "2026-02-01"),
            row(9, "", "7"),
            row(10, "id", "1.01E+11"),
            row(11, "id", ""),
            row(12, "opened", "2026-04-01"),
            row(13, "title", ""),
            row(14, "id", "1"),
            row(16, "opened", "'=1+1"),
        ]);
        assert!(report(&done).iter().all(|row| !row.3.is_empty()));
        assert_eq!((done.good, done.again, done.bad), (3, 1, 11));
        let two_lines = found(&engine, "260302-00002").await;
        assert_eq!(two_lines.title, "两行 标题");
        let over = found(&engine, "260201-00001").await;
        assert_eq!((over.phase, over.outcome.as_deref()), (Phase::Ended, Some("history")));
    };

    a_sheet_does_not_pass_off_dates_as_numbers => |bed: Bed| async move {
        let engine = engine(&bed).await;
        let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/spoiled.xlsx");
        let done = all(&args(&bed, &sheet, &map(&bed, "xlsx")), &engine).await.unwrap();
        assert_eq!((done.good, done.again, done.bad), (3, 0, 3));
        let told: Vec<(u64, String)> = report(&done).into_iter().map(|(line, column, ..)| (line, column)).collect();
        assert_eq!(told, [(4, "lon".to_owned()), (5, "id".to_owned()), (6, "opened".to_owned())]);
        let first = found(&engine, "260302-00001").await;
        // Noon of 2025-01-01 in Shanghai.
        assert_eq!((first.reported_at, first.point), (Some(Millis(1_735_704_000_000)), Some((119.31, 33.84))));
    };

    a_dry_run_writes_nothing => |bed: Bed| async move {
        let engine = engine(&bed).await;
        let dry = Args { dry_run: true, ..args(&bed, &file(&bed, many(700)), &map(&bed, "csv")) };
        let done = all(&dry, &engine).await.unwrap();
        assert_eq!((done.good, done.bad, done.dry_run), (693, 7, true));
        assert_eq!((count(&engine, &CASES).await, count(&engine, &RUNS).await), (0, 0));
    };
}

async fn refused(bed: &Bed, engine: &Engine, file: &Path, map: &Path) -> String {
    let error = all(&args(bed, file, map), engine).await.unwrap_err();
    assert_eq!(error.code(), 2);
    error.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_files_and_maps_are_refused_with_their_lines() {
    let bed = linli_testbed::bed(linli_testbed::Kind::Lite).await.unwrap();
    let engine = engine(&bed).await;
    let good = map(&bed, "csv");

    // The Chinese for "light" as GB18030 has it.
    let gb = [HEADER.as_bytes(), b"1,\xb5\xc6,2026-02-01,,,,,\n"].concat();
    let said = refused(&bed, &engine, &file(&bed, gb), &good).await;
    assert!(said.contains("line 2 is not UTF-8") && said.contains("GB18030"), "{said}");

    let said = refused(&bed, &engine, &file(&bed, "id,title,opened\n1,a,2026-02-01\n"), &good).await;
    assert!(said.contains("no column `closed`, `reply`, `area`, `lon`, `lat`"), "{said}");

    let bad = bed.folder.path().join("bad-map.toml");
    let text = std::fs::read_to_string(&good).unwrap();
    let rows = file(&bed, many(3));
    for (from, to, told) in [
        ("channel = \"phone\"", "channel = \"pigeon\"", "bad-map.toml:3: unknown variant `pigeon`"),
        ("%Y-%m-%d %H", "%H", "bad-map.toml:8: `%H:%M:%S` does not say a day"),
        ("Asia/Shanghai", "Asia/Nowhere", "bad-map.toml:8: `Asia/Nowhere` is not a time zone"),
        ("[columns]", "required = [\"text\"]\n[columns]", "bad-map.toml:5: `required` names a column"),
        (
            "[columns]",
            "category_default = \"moon\"\n[columns]",
            "bad-map.toml:5: the rule pack 2026.9 has no category `moon`",
        ),
        (STREET, "990101", "bad-map.toml:2: the jurisdiction 990101 is not a street"),
        (STREET, "990101999", "the place 990101999 is not set up"),
        ("[columns]", "[columns]\ncolour = { from = \"c\" }", "bad-map.toml:6: unknown variant `colour`"),
    ] {
        std::fs::write(&bad, text.replace(from, to)).unwrap();
        let said = refused(&bed, &engine, &rows, &bad).await;
        assert!(said.contains(told), "{said}");
    }

    std::fs::write(bed.folder.path().join("bad.csv"), "somebody's,own,table\n").unwrap();
    let said = refused(&bed, &engine, &rows, &good).await;
    assert!(said.contains("is not a report"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_map_of_the_pack_is_right() {
    let bed = linli_testbed::bed(linli_testbed::Kind::Lite).await.unwrap();
    let engine = engine(&bed).await;
    let none = file(&bed, "");
    for entry in std::fs::read_dir(root("packs/maps")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("places-") {
            continue;
        }
        match all(&args(&bed, &none, &path), &engine).await {
            Ok(done) => assert_eq!(done.good, 0),
            Err(error) => assert!(error.to_string().contains("line 1 has no column"), "{}: {error}", path.display()),
        }
    }
}
