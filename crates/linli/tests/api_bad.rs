//! What programs do wrong: tokens that are over, keys used twice, bodies that cannot be read, uploads cut in the middle.
//! Each gets a problem that says what to do, and nothing is done.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod api_common;

use std::{net::SocketAddr, time::Duration};

use api_common::{Api, PIXEL, case, form};
use linli::{
    serve,
    web::{ctx::Config, process::Process},
};
use linli_engine::{
    Engine,
    db::Tx,
    edge,
    ids::{AccountId, SeatId, TokenId},
    limits, seats,
    tokens::{self, Grant, Scope, Scopes, TokenError},
};
use linli_testbed::{Bed, on_both};
use serde_json::{Value as Js, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

const HOUR: i64 = 3_600_000;
const LAMP: &str = "990101001001001003";

async fn write<T: Send + 'static>(
    engine: &Engine,
    work: impl FnMut(&mut Tx<'_>) -> Result<T, linli_engine::db::DbError> + Send + 'static,
) -> T {
    engine.db.write(work).await.unwrap()
}

async fn a_token_is_let_in_while_it_lives(bed: Bed) {
    let api = Api::open(&bed).await;
    let engine = api.engine().clone();
    let (home, me) = (engine.home, "/api/v1/me");
    for unknown in
        ["", "linli_", "nonsense", &tokens::secret_text([7; 32]), &tokens::secret_text([7; 32]).to_uppercase()]
    {
        let headers = [("authorization", format!("Bearer {unknown}"))];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = api.call("GET", me, &headers, "").await;
        assert!(answer.header("www-authenticate").contains("invalid_token"));
        answer.problem(401, "token");
        // Also where nobody has to be known: a token that is sent is meant.
        api.call("GET", "/api/v1/flows", &headers, "").await.problem(401, "token");
    }
    api.call("GET", me, &[("authorization", "Basic YTpi")], "").await.problem(401, "token");

    let (id, revoked) = api.token("desk", &[Scope::CasesRead], 100).await;
    api.get(&revoked, me).await.is(200);
    let now = engine.clock.now();
    assert!(write(&engine, move |tx| tokens::revoke(tx, home, id, now)).await);
    api.get(&revoked, me).await.problem(401, "token");

    // Its end, the end of its seat, and the account that is shut.
    let (id, ends) = api.token("urban", &[Scope::CasesRead], 100).await;
    let seat = api.found(&ends).await.unwrap().seat;
    let (account, seat_id): (AccountId, SeatId) = (seat.account, seat.id);
    api.get(&ends, me).await.is(200);
    let end = engine.clock.now().plus(HOUR);
    assert!(write(&engine, move |tx| seats::end_seat(tx, home, seat_id, end)).await);
    api.desk.later(HOUR - 1);
    api.get(&ends, me).await.is(200);
    api.desk.later(1);
    api.get(&ends, me).await.problem(401, "token");
    let text = tokens::secret_text(edge::secret());
    let fetched = write(&engine, move |tx| tokens::fetch(tx, home, id, account, &text, end)).await;
    assert!(fetched, "a seat that ended keeps its token, which lets nobody in");

    let shut = api.full("municipal").await;
    let account = api.found(&shut).await.unwrap().account.id;
    let now = engine.clock.now();
    engine.db.write(move |tx: &mut Tx<'_>| seats::disable(tx, home, account, now)).await.unwrap();
    api.get(&shut, me).await.problem(401, "token");
}

async fn grants_are_checked(bed: Bed) {
    let api = Api::open(&bed).await;
    let (_, text) = api.token("desk", &[Scope::CasesRead], 100).await;
    let held = api.found(&text).await.unwrap();
    let engine = api.engine().clone();
    let (home, now) = (engine.home, engine.clock.now());
    let good = || Grant {
        id: TokenId::new(),
        seat: held.seat.id,
        name: "App".into(),
        scopes: Scopes::of([Scope::CasesRead]),
        per_minute: 60,
        ends: None,
        by: held.account.id,
    };
    let grant = async |new: Grant| engine.db.write(move |tx: &mut Tx<'_>| tokens::grant(tx, home, &new, now)).await;
    assert!(matches!(grant(Grant { name: " ".into(), ..good() }).await, Err(TokenError::Name)));
    assert!(matches!(grant(Grant { scopes: Scopes::default(), ..good() }).await, Err(TokenError::NoScope)));
    assert!(matches!(grant(Grant { per_minute: 0, ..good() }).await, Err(TokenError::Rate)));
    assert!(matches!(grant(Grant { ends: Some(now), ..good() }).await, Err(TokenError::Past)));
    assert!(matches!(grant(Grant { seat: SeatId::new(), ..good() }).await, Err(TokenError::NoSeat)));
    for _ in 1..limits::TOKENS_OF_SEAT {
        grant(good()).await.unwrap();
    }
    assert!(matches!(grant(good()).await, Err(TokenError::TooMany)));
    // A token is fetched by whoever sits on its seat, and by nobody else.
    let (id, other) = (held.id, AccountId::new());
    let (first, second) = (tokens::secret_text([1; 32]), tokens::secret_text([2; 32]));
    assert!(!write(&engine, move |tx| tokens::fetch(tx, home, id, other, &first, now)).await);
    let (own, kept) = (held.account.id, second.clone());
    assert!(write(&engine, move |tx| tokens::fetch(tx, home, id, own, &kept, now)).await);
    assert!(
        api.found(&text).await.is_none() && api.found(&second).await.is_some(),
        "a new secret takes the old one's place"
    );
}

async fn a_minute_has_so_many_requests(bed: Bed) {
    let api = Api::open(&bed).await;
    let (_, token) = api.token("desk", &[Scope::CasesRead], 5).await;
    for left in (0..5).rev() {
        let answer = api.get(&token, "/api/v1/me").await.is(200);
        assert!(answer.header("ratelimit").starts_with(&format!("\"token\";r={left};")), "{answer:?}");
        assert_eq!(answer.header("ratelimit-policy"), "\"token\";q=5;w=60");
    }
    let answer = api.get(&token, "/api/v1/me").await;
    let wait: i64 = answer.header("retry-after").parse().unwrap();
    answer.problem(429, "rate");
    assert_eq!(wait, 12);
    api.desk.later(wait * 1000);
    api.get(&token, "/api/v1/me").await.is(200);
    api.get(&token, "/api/v1/me").await.problem(429, "rate");
    // When it was used is known by the hour, and no better.
    let used = api.found(&token).await.unwrap().used_at.unwrap();
    assert_eq!(used.0 % HOUR, 0);
}

async fn a_token_is_not_mixed_and_not_blocked(bed: Bed) {
    let api = Api::open(&bed).await;
    let token = api.full("desk").await;
    let auth = format!("Bearer {token}");
    let mixed = [("authorization", auth.as_str()), ("cookie", "linli_session=990101001.00")];
    api.call("GET", "/api/v1/me", &mixed, "").await.problem(400, "two-ways-in");
    // A program may say where it comes from; a browser with a session may not come from elsewhere.
    let body = json!({ "body": "Dark", "place": LAMP }).to_string();
    let kind = [("content-type", "application/json"), ("idempotency-key", "elsewhere-1")];
    let from = [("host", "linli.example"), ("origin", "https://app.example"), ("sec-fetch-site", "cross-site")];
    let with: Vec<_> = kind.iter().chain(&from).chain([("authorization", auth.as_str())].iter()).copied().collect();
    api.call("POST", "/api/v1/requests", &with, body.clone()).await.is(201);
    let without: Vec<_> = kind.iter().chain(&from).copied().collect();
    api.call("POST", "/api/v1/requests", &without, body.clone()).await.problem(403, "cross-site");
    // A token reaches no further than its seat: a unit files nothing, a desk may say how it came.
    let unit = api.full("municipal").await;
    let new = json!({ "body": "Dark", "place": LAMP, "channel": "phone" });
    api.post(&unit, "/api/v1/requests", "by-a-unit", &new).await.problem(403, "not-yours");
    api.post("", "/api/v1/requests", "by-anybody", &new).await.problem(422, "invalid");
    api.post(&token, "/api/v1/requests", "by-a-desk", &new).await.is(201);
    // A token opens no page.
    api.call("GET", "/desk", &[("authorization", &auth)], "").await.is(303);
}

async fn a_key_does_one_thing(bed: Bed) {
    let api = Api::open(&bed).await;
    let (one, other) = (json!({ "body": "Dark", "place": LAMP }), json!({ "body": "Bright", "place": LAMP }));
    let first = api.post("", "/api/v1/requests", "same-key-1", &one).await.is(201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = api.post("", "/api/v1/requests", "same-key-1", &one).await.is(201);
    assert_eq!((again.js(), again.header("idempotent-replayed")), (first.js(), "true"));
    // In the body it is the same key, and how JSON is spaced and ordered is not what it says.
    let spaced = format!("{{ \"place\":\"{LAMP}\",\n\"key\": \"same-key-1\", \"body\" : \"Dark\" }}");
    let headers = [("content-type", "application/json")];
    let again = api.call("POST", "/api/v1/requests", &headers, spaced.clone()).await.is(201);
    assert_eq!(again.js(), first.js());
    api.post("", "/api/v1/requests", "same-key-1", &other).await.problem(422, "key-used");
    let differ = [("content-type", "application/json"), ("idempotency-key", "another-key")];
    api.call("POST", "/api/v1/requests", &differ, spaced).await.problem(400, "no-key");
    // What one program sends never meets what another does.
    let (desk, receipt) = (api.full("desk").await, first.js());
    let own = api.post(&desk, "/api/v1/requests", "same-key-1", &other).await.is(201).js();
    assert_ne!(own["number"], receipt["number"]);
    // An act on another case is another thing, too.
    let note = json!({ "way": "side", "act": "note", "form": { "note": "Seen" } });
    let acts = |receipt: &Js| format!("{}/acts", case(receipt));
    let done = api.post(&desk, &acts(&receipt), "note-key-1", &note).await.is(200).js();
    let replayed = api.post(&desk, &acts(&receipt), "note-key-1", &note).await.is(200);
    assert_eq!((replayed.js(), replayed.header("idempotent-replayed")), (done, "true"));
    api.post(&desk, &acts(&own), "note-key-1", &note).await.problem(422, "key-used");
    let changed = json!({ "way": "side", "act": "note", "form": { "note": "Seen again" } });
    api.post(&desk, &acts(&receipt), "note-key-1", &changed).await.problem(422, "key-used");
}

/// Many at once under one key: one of two contents wins, everybody who sent it gets the same number, everybody else is
/// refused; one case is there.
async fn a_key_does_one_thing_at_once(bed: Bed) {
    let api = std::sync::Arc::new(Api::open(&bed).await);
    for round in 0..5 {
        let mut all = JoinSet::new();
        for n in 0..16 {
            let api = std::sync::Arc::clone(&api);
            all.spawn(async move {
                let body = json!({ "body": if n % 2 == 0 { "Dark" } else { "Bright" }, "place": LAMP });
                let answer = api.post("", "/api/v1/requests", &format!("raced-key-{round}"), &body).await;
                (n % 2, answer.status, answer.js()["number"].clone())
            });
        }
        let answers = all.join_all().await;
        let won: Vec<_> = answers.iter().filter(|(_, status, _)| *status == 201).collect();
        assert_eq!(won.len(), 8, "{answers:?}");
        assert!(won.iter().all(|(side, _, number)| *side == won[0].0 && *number == won[0].2), "{answers:?}");
        assert!(answers.iter().all(|(_, status, _)| [201, 422].contains(status)), "{answers:?}");
    }
    let desk = api.full("desk").await;
    let cases = api.get(&desk, "/api/v1/cases").await.is(200).js();
    assert_eq!(cases["items"].as_array().unwrap().len(), 5);
}

async fn what_cannot_be_read_is_told(bed: Bed) {
    let api = Api::open(&bed).await;
    let desk = api.full("desk").await;
    let receipt = api.file("to-be-read", "路灯不亮").await;
    let auth = format!("Bearer {desk}");
    let json_kind = [("content-type", "application/json"), ("idempotency-key", "cannot-read")];
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{{\"body\":{}1{}}}", "{\"a\":".repeat(5000), "}".repeat(5000));
    for broken in ["", "{", "nonsense", "{\"body\": \"\\ud800\"}", &deep, &nested, "{\"body\":\"a\"} trailing"] {
        api.call("POST", "/api/v1/requests", &json_kind, broken.to_owned()).await.problem(400, "malformed");
    }
    for (wrong, pointer) in [
        (json!([]), ""),
        (json!({ "body": 7, "place": LAMP }), "/body"),
        (json!({ "body": "x" }), ""),
        (json!({ "body": "x", "place": "12x" }), "/place"),
        (json!({ "body": "x", "place": LAMP, "more": 1 }), "/more"),
        (json!({ "body": "x", "place": LAMP, "point": { "lon": 500, "lat": 0 } }), "/point"),
        (json!({ "body": "x\u{0}", "place": LAMP }), "/body"),
        (json!({ "body": " ", "place": LAMP }), "/body"),
        (json!({ "body": "x".repeat(4001), "place": LAMP }), "/body"),
        (json!({ "body": "x", "place": "990101999" }), "/place"),
        (json!({ "body": "x", "place": LAMP, "category": "none" }), "/category"),
        (json!({ "body": "x", "place": LAMP, "contact": "1".repeat(61) }), "/contact"),
    ] {
        let told = api.call("POST", "/api/v1/requests", &json_kind, wrong.to_string()).await.problem(422, "invalid");
        assert_eq!(told["errors"][0]["pointer"], pointer, "{told}");
    }
    let large = json!({ "body": "x".repeat(300_000), "place": LAMP }).to_string();
    api.call("POST", "/api/v1/requests", &json_kind, large).await.problem(413, "too-large");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "application/xml"] {
        let headers = [("content-type", kind), ("idempotency-key", "cannot-read")];
        api.call("POST", "/api/v1/requests", &headers, "{}").await.problem(415, "media-type");
        let headers = [("content-type", kind), ("authorization", &auth), ("idempotency-key", "cannot-read")];
        let to = format!("{}/attachments", case(&receipt));
        api.call("POST", &to, &headers, "x").await.problem(415, "media-type");
    }
    keys_and_queries(&api, &desk, &auth).await;
    let (kind, empty) = form(&[]);
    let headers = [("authorization", auth.as_str()), ("content-type", &kind), ("idempotency-key", "no-file-1")];
    let to = format!("{}/attachments", case(&receipt));
    api.call("POST", &to, &headers, empty).await.problem(422, "invalid");
    let (_, tool) = form(&[("tool.exe", b"MZ and so on")]);
    api.call("POST", &to, &headers, tool).await.problem(422, "invalid");
    let (_, half) = form(&[("lamp.png", PIXEL)]);
    api.call("POST", &to, &headers, half[..half.len() - 30].to_vec()).await.problem(400, "malformed");
    let files = api.get(&desk, &to).await.is(200).js();
    assert_eq!(files["items"], json!([]), "nothing that was refused is there");
}

async fn keys_and_queries(api: &Api, desk: &str, auth: &str) {
    for key in ["short", "with a blank in it", "ünreadable-key", &"x".repeat(121)] {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = json!({ "body": "x", "place": LAMP }).to_string();
        api.call("POST", "/api/v1/requests", &headers, body).await.problem(400, "no-key");
    }
    for query in ["from=tomorrow", "place=x", "limit=5", "q=a&q=b", "q=%00", "until=2026-02-30"] {
        let told = api.get(desk, &format!("/api/v1/cases?{query}")).await.problem(400, "malformed");
        assert!(query.contains("%00") || query.starts_with(told["errors"][0]["parameter"].as_str().unwrap()), "{told}");
    }
    api.get(desk, "/api/v1/inbox?due=never").await.problem(400, "malformed");
    for path in ["/api/v1/cases/990101001/%00", "/api/v1/cases/990101001/%ff", "/api/v1/places/%00"] {
        api.get(desk, path).await.problem(400, "malformed");
    }
    for path in
        ["/api/v1/cases/1/2", "/api/v1/cases/990101001/261125-99999", "/api/v1/attachments/990101001/7", "/api/"]
    {
        api.get(desk, path).await.problem(404, "not-found");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "LINK"] {
        let answer = api.call(method, "/api/v1/cases", &[("authorization", auth)], "").await;
        assert_eq!(answer.header("allow"), "GET,HEAD");
        answer.problem(405, "method");
    }
}

async fn raw(address: SocketAddr, text: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether it is ready, and its metrics: from here without a token, from elsewhere with the right one only.
async fn it_tells_how_it_is(api: &Api, address: SocketAddr, process: &Process, desk: &str, number: &str) {
    let get = async |path: &str, more: &str| {
        raw(address, format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n").as_bytes()).await
    };
    assert!(get("/healthz", "").await.starts_with("HTTP/1.1 200"));
    while process.pulse.ago().is_none() {
        tokio::task::yield_now().await;
    }
    let ready = get("/readyz", "").await;
    assert!(ready.starts_with("HTTP/1.1 200") && ready.ends_with("ready\n"), "{ready}");
    let metrics = get("/metrics", "").await;
    for wanted in [
        "linli_requests_total{method=\"POST\",route=\"/api/v1/cases/{jurisdiction}/{number}/attachments\",status=\"201\"} 1",
        "linli_db_seconds_bucket{sort=\"write\",le=\"+Inf\"}",
        "linli_events_total ",
        "linli_timers_due 0",
        "linli_outbox_due ",
        "process_resident_memory_bytes ",
    ] {
        assert!(metrics.contains(wanted), "no {wanted} in {metrics}");
    }
    assert!(!metrics.contains(number) && !metrics.contains(desk), "{metrics}");
    assert!(get("/metrics", "X-Forwarded-For: 10.1.1.1\r\n").await.starts_with("HTTP/1.1 404"));
    let auth = |token: &str| format!("X-Forwarded-For: 10.1.1.1\r\nAuthorization: Bearer {token}\r\n");
    assert!(get("/metrics", &auth(desk)).await.starts_with("HTTP/1.1 200"));
    let (_, other) = api.token("desk", &[Scope::CasesRead], 100).await;
    assert!(get("/metrics", &auth(&other)).await.starts_with("HTTP/1.1 403"));
}

/// A real server: an upload that breaks off, whether it is ready, and its metrics.
async fn the_server_outlives_its_callers(bed: Bed) {
    let api = Api::open(&bed).await;
    let desk = api.full("desk").await;
    let receipt = api.file("cut-off-1", "路灯不亮").await;
    let (stop, stopped) = watch::channel(false);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = serve::app(api.engine().clone(), Config::default());
    let process = std::sync::Arc::clone(&app.process);
    let server = tokio::spawn(serve::serve(app, listener, stopped));

    let (_, body) = form(&[("lamp.png", PIXEL)]);
    let to = format!("{}/attachments", case(&receipt));
    let head = format!(
        "POST {to} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk}\r\nIdempotency-Key: cut-in-two\r\nContent-Type: \
         multipart/form-data; boundary=edge\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    for at in [0, 1, 40, body.len() / 2, body.len() - 12] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&body[..at]).await.unwrap();
        drop(socket);
    }
    let chunked = head.replace(&format!("Content-Length: {}", body.len()), "Transfer-Encoding: chunked");
    let broken = raw(address, format!("{chunked}zz\r\n").as_bytes()).await;
    assert!(broken.is_empty() || broken.starts_with("HTTP/1.1 4"), "{broken}");
    let whole = raw(address, &[head.as_bytes(), &body].concat()).await;
    assert!(whole.starts_with("HTTP/1.1 201"), "{whole}");
    let files = api.get(&desk, &to).await.is(200).js();
    assert_eq!(files["items"].as_array().unwrap().len(), 1, "what broke off left nothing");

    let get = async |path: &str, more: &str| {
        raw(address, format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n").as_bytes()).await
    };
    it_tells_how_it_is(&api, address, &process, &desk, receipt["number"].as_str().unwrap()).await;
    // Whoever waits for changes is answered when the program is told to stop.
    let now = raw_json(&get("/api/v1/changes?from=now", &format!("Authorization: Bearer {desk}\r\n")).await);
    let path = format!("/api/v1/changes?after={}&wait=25", now["next"].as_str().unwrap());
    let more = format!("Authorization: Bearer {desk}\r\n");
    let waiting = get(&path, &more);
    let ends = async {
        while process.waiting.count() == 0 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
    };
    let (answer, ()) =
        tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(waiting, ends) }).await.unwrap();
    assert_eq!(raw_json(&answer)["items"], json!([]));
    server.await.unwrap();
}

fn raw_json(answer: &str) -> Js {
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"))
}

/// Without a round of its own work the program is not ready, and says so.
async fn standing_still_is_not_ready(bed: Bed) {
    let api = Api::open(&bed).await;
    let answer = api.call("GET", "/readyz", &[], "").await.is(503);
    assert_eq!(String::from_utf8(answer.bytes).unwrap(), "its own work stands still\n");
    api.call("GET", "/metrics", &[], "").await.is(404);
}

on_both! {
    tokens => a_token_is_let_in_while_it_lives;
    grants => grants_are_checked;
    limits => a_minute_has_so_many_requests;
    mixed => a_token_is_not_mixed_and_not_blocked;
    keys => a_key_does_one_thing;
    raced => a_key_does_one_thing_at_once;
    unreadable => what_cannot_be_read_is_told;
    server => the_server_outlives_its_callers;
    still => standing_still_is_not_ready;
}
