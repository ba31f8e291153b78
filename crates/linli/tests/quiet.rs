//! Nothing of whoever reports stands in what the program writes down beside the database, however much it is told to write:
//! not in its log, not in its metrics, not in what it answers to a report that it refuses.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{fs::File, path::Path, time::Duration};

use linli_engine::db::Url;
use linli_testbed::{Bed, http::Client, on_both};
use serde_json::{Value as Js, json};
use tokio::process::Command;

const NAME: &str = "zqcallernameqz";
const PHONE: &str = "19912340987";
const CARD: &str = "110101199003074530";
const WORDS: &str = "zqcallerwordsqz";
/// What of all this is a telephone is also looked for as it may be written.
const PLANTED: [&str; 5] = [NAME, PHONE, CARD, WORDS, "199 1234 0987"];
const PLACE: &str = "990101001001001003";

on_both! {
    a_caller_stands_in_no_line => a_caller_stands_in_no_line_on;
}

#[track_caller]
fn quiet(what: &str, text: &str) {
    for planted in PLANTED {
        let line = text.lines().find(|line| line.contains(planted));
        assert!(line.is_none(), "{what} says {planted}: {line:?}");
    }
}

/// Reports of which the first is taken and the others are refused, each in another way.
fn reports() -> Vec<(Js, u16)> {
    let body = format!("{WORDS}, call {PHONE}, my card is {CARD}");
    let good =
        json!({ "body": body, "place": PLACE, "name": NAME, "contact": PHONE, "address": format!("at {NAME}'s") });
    let changed = |field: &str, value: Js| {
        let mut all = good.clone();
        all[field] = value;
        all
    };
    vec![
        (changed("place", json!("990101001001001999")), 422),
        (changed("category", json!("no-such")), 422),
        (changed("name", json!(NAME.repeat(20))), 422),
        (changed("contact", json!(PHONE.parse::<u64>().unwrap())), 422),
        (changed("confidential", json!(CARD)), 422),
        (changed("point", json!({ "lon": PHONE.parse::<u64>().unwrap(), "lat": 0 })), 422),
        (changed("joins", json!("260302-99999")), 422),
        (changed("title", json!(WORDS.repeat(100))), 422),
        (good, 201),
    ]
}

/// Files, writes, asks and errs, as a caller does.
async fn call(address: &str) -> String {
    let mut client = Client::connect(address).await.unwrap();
    let mut filed = Js::Null;
    for (nth, (report, status)) in reports().into_iter().enumerate() {
        client.headers = format!("Idempotency-Key: a-quiet-report-{nth}\r\n");
        let answer = client.post_json("/api/v1/requests", &report.to_string()).await.unwrap();
        assert_eq!(answer.status, status, "{report}: {}", answer.body);
        quiet("an answer", &answer.body);
        filed = serde_json::from_str(&answer.body).unwrap();
    }
    let cut = format!("{{\"body\": \"{WORDS}\", \"name\": \"{NAME}\", \"contact\": {PHONE}");
    quiet("an answer", &client.post_json("/api/v1/requests", &cut).await.unwrap().body);
    let text = |name: &str| filed[name].as_str().unwrap().to_owned();
    client.headers = format!("Tracking-Code: {}\r\nIdempotency-Key: a-quiet-message\r\n", text("tracking"));
    let said = json!({ "text": format!("{WORDS} {NAME} {PHONE} {CARD}") }).to_string();
    let answer = client.post_json(&format!("{}/messages", text("url")), &said).await.unwrap();
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    client.headers.clear();
    let form =
        format!("key=0123456789abcdef&step=last&say={WORDS}&words={NAME}&name={NAME}&contact={PHONE}&place={PLACE}");
    client.post("/report", "application/x-www-form-urlencoded", form.as_bytes()).await.unwrap();
    client.post("/signin", "application/x-www-form-urlencoded", format!("phone={PHONE}0").as_bytes()).await.unwrap();
    for path in [
        format!("/places?q={NAME}"),
        format!("/answers?q={WORDS}"),
        format!("/no-such?tel={PHONE}"),
        format!("/c/{PHONE}/{CARD}"),
    ] {
        client.get(&path).await.unwrap();
    }
    // A moment for what the program does by itself: search words, notices, the log of evidence.
    tokio::time::sleep(Duration::from_secs(2)).await;
    client.get("/metrics").await.unwrap().body
}

async fn a_caller_stands_in_no_line_on(bed: Bed) {
    let folder = bed.folder.path();
    let database = match &bed.url {
        Url::Lite(path) => path.display().to_string(),
        Url::Pg(url) => url.clone(),
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let (out, err) = (folder.join("out"), folder.join("err"));
    let mut start = Command::new(env!("CARGO_BIN_EXE_linli"));
    start.args(["demo", "--small", "--listen", &address, "--db", &database, "--data"]).arg(folder.join("data"));
    start.env("LINLI_LOG", "trace").stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
    let mut program = start.kill_on_drop(true).spawn().unwrap();
    let mut waited = 0;
    while Client::connect(&address).await.is_err() {
        waited += 1;
        assert!(waited < 600 && program.try_wait().unwrap().is_none(), "the program does not start");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let metrics = call(&address).await;
    assert!(metrics.contains("linli_"), "{metrics}");
    quiet("a metric", &metrics);
    program.kill().await.unwrap();
    let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let (out, err) = (read(&out), read(&err));
    assert!(out.contains("TRACE") || err.contains("TRACE"), "nothing was traced:\n{err}");
    quiet("the output", &out);
    quiet("the log", &err);
}
