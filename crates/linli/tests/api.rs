//! The API as programs use it, on both databases. Every answer is held against the description (see `api_common`).
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod api_common;

use std::{collections::BTreeSet, path::Path, time::Duration};

use api_common::{Api, PIXEL, case, form, spec};
use linli::{
    serve,
    web::{i18n::Lang, problem::KINDS},
};
use linli_engine::tokens::Scope;
use linli_testbed::{Bed, on_both};
use serde_json::{Value as Js, json};

#[test]
fn the_committed_description_is_the_served_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(spec()).unwrap());
    if std::env::var_os("LINLI_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = text.lines().zip(committed.lines()).find(|(new, old)| new != old);
    assert!(
        committed == text,
        "docs/openapi.json is not what the routes say (first: {differs:?}); if it is meant, run LINLI_BLESS=1 cargo test \
         -p linli --test api, and commit the file"
    );
}

#[test]
fn every_route_of_the_api_is_described() {
    let (_, routes) = serve::routes().into_parts();
    let mut names = BTreeSet::new();
    for route in routes.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let operation = route.api.as_ref().unwrap_or_else(|| panic!("{} is not described", route.path));
        let found = &spec()["paths"][route.path][route.method.as_str().to_ascii_lowercase()];
        assert_eq!(found["operationId"], operation.name, "{}", route.path);
        assert!(names.insert(operation.name), "two operations are called {}", operation.name);
    }
    assert!(names.len() > 25, "{names:?}");
    let text = spec().to_string();
    for (at, _) in text.match_indices("\"$ref\":\"#") {
        let pointer = text[at + 9..].split('"').next().unwrap();
        assert!(spec().pointer(pointer).is_some(), "{pointer} points nowhere");
    }
    let zh = linli::api::openapi::document(&routes, Lang::Zh).to_string();
    assert!(zh.contains("反映问题") && !zh.contains('\u{27e8}') && !text.contains('\u{27e8}'));
}

async fn a_request_is_filed_and_followed(bed: Bed) {
    let api = Api::open(&bed).await;
    let receipt = api.file("first-request", "楼下路灯不亮").await;
    let (url, code) = (receipt["url"].as_str().unwrap(), receipt["tracking"].as_str().unwrap());
    let coded = [("tracking-code", code)];
    let read = api.call("GET", url, &coded, "").await.is(200).js();
    assert_eq!((&read["phase"], &read["number"]), (&json!("open"), &receipt["number"]));
    assert!(read["timeline"].as_array().unwrap().len() == 1 && !read["acts"].as_array().unwrap().is_empty());
    assert!(!read["now"].as_array().unwrap().is_empty(), "{read}");
    api.call("GET", url, &[], "").await.problem(401, "sign-in");
    api.call("GET", url, &[("tracking-code", "AAAAAAAAAAAA")], "").await.problem(404, "not-found");

    let say =
        |key: &'static str| [("tracking-code", code), ("content-type", "application/json"), ("idempotency-key", key)];
    let to = format!("{url}/messages");
    let text = json!({ "text": "灯杆上写着 A12" }).to_string();
    api.call("POST", &to, &say("message-1"), text.clone()).await.is(200);
    let urge = json!({ "way": "side", "act": "urge", "form": {} }).to_string();
    api.call("POST", &format!("{url}/acts"), &say("urging-1"), urge).await.is(200);
    let (kind, body) = form(&[("lamp.png", PIXEL)]);
    let headers = [("tracking-code", code), ("content-type", kind.as_str()), ("idempotency-key", "picture-1")];
    let added = api.call("POST", &format!("{url}/attachments"), &headers, body).await.is(201).js();
    let file = added["items"][0]["url"].as_str().unwrap();
    let picture = api.call("GET", file, &coded, "").await.is(200);
    assert!(picture.header("content-type").starts_with("image/") && !picture.bytes.is_empty());
    api.call("GET", file, &[], "").await.problem(401, "sign-in");
    api.call("GET", file, &[("tracking-code", "AAAAAAAAAAAA")], "").await.problem(404, "not-found");

    let dispatcher = api.full("dispatcher").await;
    let answered = json!({ "text": "今天下午去看" });
    api.post(&dispatcher, &format!("{}/messages", case(&receipt)), "reply-key-1", &answered).await.is(200);
    let read = api.call("GET", url, &coded, "").await.is(200).js();
    assert_eq!((&read["messages"][1]["text"], &read["messages"][1]["from"]), (&answered["text"], &json!("staff")));
    let joins = json!({ "body": "", "place": "990101001001001003", "joins": receipt["number"] });
    let joined = api.post("", "/api/v1/requests", "me-too-1", &joins).await.is(201).js();
    assert_ne!(joined["number"], receipt["number"]);
    let staff = api.get(&dispatcher, &case(&receipt)).await.is(200).js();
    assert_eq!(staff["messages"][0]["text"], "灯杆上写着 A12");
    assert_eq!(staff["messages"][0]["from"], "resident");
    assert_eq!(staff["attachments"][0]["url"], file);
    api.get(&dispatcher, file).await.is(200);
    let list = api.get(&dispatcher, &format!("{}/attachments", case(&receipt))).await.is(200).js();
    assert_eq!(list["items"], staff["attachments"]);
    let said = api.get(&dispatcher, &format!("{}/messages", case(&receipt))).await.is(200).js();
    assert_eq!(said["items"], staff["messages"]);
}

async fn staff_find_and_act(bed: Bed) {
    let api = Api::open(&bed).await;
    let receipt = api.file("to-dispatch", "楼下路灯不亮").await;
    while api.engine().index_words().await.unwrap() > 0 {}
    let dispatcher = api.full("dispatcher").await;
    let found =
        api.get(&dispatcher, "/api/v1/cases?q=%E8%B7%AF%E7%81%AF&state=open&category=utility").await.is(200).js();
    assert_eq!(found["items"][0]["number"], receipt["number"]);
    let none = api.get(&dispatcher, "/api/v1/cases?until=2020-01-01").await.is(200).js();
    assert_eq!(none, json!({ "items": [], "next": null }));
    let inbox = api.get(&dispatcher, "/api/v1/inbox?step=triage").await.is(200).js();
    assert_eq!(inbox["items"][0]["case"]["number"], receipt["number"]);
    assert_eq!(inbox["counts"]["all"], 1);

    let acts = format!("{}/acts", case(&receipt));
    let offered = api.get(&dispatcher, &acts).await.is(200).js();
    let dispatch = offered["items"].as_array().unwrap().iter().find(|act| act["act"] == "dispatch").unwrap().clone();
    let mut body = json!({ "way": "step", "step": "triage", "act": "dispatch", "seen": dispatch["seen"], "form": {} });
    let wrong = api.post(&dispatcher, &acts, "dispatch-1", &body).await.problem(422, "invalid");
    let pointers: Vec<&str> =
        wrong["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/form/unit") && pointers.contains(&"/form/class"), "{wrong}");
    body["form"] = json!({ "class": "general", "unit": "yunzhou-municipal" });
    let done = api.post(&dispatcher, &acts, "dispatch-2", &body).await.is(200).js();
    assert_eq!(done, json!({ "seq": 2 }));
    let late = api.post(&dispatcher, &acts, "dispatch-3", &body).await.problem(409, "conflict");
    assert!(late["detail"].as_str().unwrap().contains("派单员"), "{late}");

    let unit = api.full("municipal").await;
    let mine = api.get(&unit, &case(&receipt)).await.is(200).js();
    assert_eq!(mine["case"]["unit"], "yunzhou-municipal");
    let story = api.get(&unit, &format!("{}/timeline?since=1", case(&receipt))).await.is(200).js();
    assert_eq!((story["items"].as_array().unwrap().len(), &story["seq"]), (1, &json!(2)));
    api.get(&api.full("heyuan").await, &case(&receipt)).await.problem(404, "not-found");
    let (kind, body) = form(&[("result.png", PIXEL)]);
    let auth = format!("Bearer {unit}");
    let headers = [("authorization", auth.as_str()), ("content-type", &kind), ("idempotency-key", "result-1")];
    let to = format!("{}/attachments", case(&receipt));
    let first = api.call("POST", &to, &headers, body.clone()).await.is(201).js();
    assert_eq!(api.call("POST", &to, &headers, body).await.is(201).js(), first);
    let (_, other) = form(&[("other.png", PIXEL)]);
    api.call("POST", &to, &headers, other).await.problem(422, "key-used");
}

async fn the_directory_is_read(bed: Bed) {
    let api = Api::open(&bed).await;
    let desk = api.full("desk").await;
    let me = api.get(&desk, "/api/v1/me").await.is(200).js();
    assert_eq!((&me["role"], &me["token"]["per_minute"]), (&json!("desk"), &json!(60_000)));
    let mut codes = Vec::new();
    let mut path = "/api/v1/places".to_owned();
    loop {
        let page = api.get("", &path).await.is(200).js();
        codes.extend(page["items"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/places?after={next}");
    }
    let known: Vec<String> = api.engine().directory().places().map(|p| p.code.to_string()).collect();
    assert_eq!(codes, known);
    let found = api.get("", "/api/v1/places?q=%E5%92%8C%E8%8B%913%E5%8F%B7%E6%A5%BC").await.is(200).js();
    let code = found["items"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(api.get("", &format!("/api/v1/places/{code}")).await.is(200).js(), found["items"][0]);
    let within = api.get("", &format!("/api/v1/places?within={}", &code[..12])).await.is(200).js();
    assert!(within["items"].as_array().unwrap().iter().all(|p| p["code"].as_str().unwrap().starts_with(&code[..12])));
    let orgs = api.get(&desk, "/api/v1/orgs").await.is(200).js();
    let org = orgs["items"][0]["id"].as_str().unwrap();
    assert_eq!(api.get(&desk, &format!("/api/v1/orgs/{org}")).await.is(200).js(), orgs["items"][0]);
    api.get("", "/api/v1/orgs").await.problem(401, "sign-in");
    api.get(&desk, "/api/v1/duties").await.is(200);
    let categories = api.get("", "/api/v1/categories").await.is(200).js();
    assert!(categories["items"].as_array().unwrap().iter().any(|c| c["code"] == "utility.lighting"));
    let flows = api.get("", "/api/v1/flows").await.is(200).js();
    let flow = api.get("", &format!("/api/v1/flows/{}", flows["items"][0]["id"].as_str().unwrap())).await.is(200).js();
    assert!(!flow["steps"].as_array().unwrap().is_empty());
    for missing in ["/api/v1/places/97", "/api/v1/orgs/nobody", "/api/v1/flows/none", "/api/v1/nothing"] {
        api.get(&desk, missing).await.problem(404, "not-found");
    }
}

async fn a_list_is_walked_while_it_grows(bed: Bed) {
    let api = Api::open(&bed).await;
    let desk = api.full("desk").await;
    let mut old = BTreeSet::new();
    for n in 0..120 {
        api.desk.later(1000);
        old.insert(api.file(&format!("walked-{n}"), "路灯不亮").await["number"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut path, mut pages) = (Vec::new(), "/api/v1/cases?state=open".to_owned(), Vec::new());
    loop {
        let page = api.get(&desk, &path).await.is(200).js();
        seen.extend(page["items"].as_array().unwrap().iter().map(|c| c["number"].as_str().unwrap().to_owned()));
        api.desk.later(1000);
        api.file(&format!("new-lamp-{}", seen.len()), "又一盏路灯").await;
        let Some(next) = page["next"].as_str() else { break };
        pages.push(next.to_owned());
        path = format!("/api/v1/cases?state=open&after={next}");
    }
    assert_eq!(seen.len(), 120, "what came meanwhile is newer than where the list began");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), old);

    let cursor = &pages[0];
    let other = api.full("dispatcher").await;
    for (token, path) in [
        (&desk, format!("/api/v1/cases?after={cursor}")),
        (&desk, format!("/api/v1/cases?state=ended&after={cursor}")),
        (&desk, format!("/api/v1/inbox?after={cursor}")),
        (&desk, format!("/api/v1/changes?after={cursor}")),
        (&desk, format!("/api/v1/places?after={cursor}")),
        (&other, format!("/api/v1/cases?state=open&after={cursor}")),
        (&desk, format!("/api/v1/cases?state=open&after={cursor}0")),
        (&desk, "/api/v1/cases?state=open&after=nonsense".to_owned()),
        (&desk, "/api/v1/cases?state=open&after=00.00".to_owned()),
    ] {
        api.get(token, &path).await.problem(400, "cursor");
    }
}

async fn changes_are_followed(bed: Bed) {
    let api = Api::open(&bed).await;
    let (desk, unit) = (api.full("desk").await, api.full("municipal").await);
    let now = api.get(&desk, "/api/v1/changes?from=now").await.is(200).js();
    assert_eq!((&now["items"], &now["more"]), (&json!([]), &json!(false)));
    let mut numbers = Vec::new();
    for n in 0..60 {
        numbers.push(api.file(&format!("change-{n}"), "路灯不亮").await);
    }
    let receipt = &numbers[7];
    let dispatcher = api.full("dispatcher").await;
    api.desk.later(1);
    let acts = format!("{}/acts", case(receipt));
    let body = json!({ "way": "step", "step": "triage", "act": "dispatch", "seen": 1,
        "form": { "class": "general", "unit": "yunzhou-municipal" } });
    api.post(&dispatcher, &acts, "dispatch-it", &body).await.is(200);
    while api.engine().follow().await.unwrap() {}
    let read = async |token: &str, mut next: String| {
        let mut all: Vec<Js> = Vec::new();
        loop {
            let part = api.get(token, &format!("/api/v1/changes?after={next}")).await.is(200).js();
            next = part["next"].as_str().unwrap().to_owned();
            all.extend(part["items"].as_array().unwrap().iter().cloned());
            if part["more"] == false {
                return (all, next);
            }
        }
    };
    let (all, next) = read(&desk, now["next"].as_str().unwrap().to_owned()).await;
    assert_eq!(all.len(), 61);
    let places: Vec<u64> = all.iter().map(|change| change["n"].as_u64().unwrap()).collect();
    assert!(places.windows(2).all(|pair| pair[1] == pair[0] + 1), "{places:?}");
    let events: BTreeSet<String> = all.iter().map(|c| format!("{} {}", c["case"]["number"], c["seq"])).collect();
    assert_eq!(events.len(), 61);
    assert_eq!((&all[60]["sort"], &all[60]["act"]), (&json!("act"), &json!("dispatch")));
    assert_eq!(read(&desk, next.clone()).await.0, Vec::<Js>::new());
    // A unit hears of its own cases only.
    let begin = api.get(&unit, "/api/v1/changes").await.is(200).js();
    let (rest, _) = read(&unit, begin["next"].as_str().unwrap().to_owned()).await;
    let own: Vec<&Js> = begin["items"].as_array().unwrap().iter().chain(&rest).collect();
    assert!(!own.is_empty() && own.iter().all(|change| change["case"]["number"] == receipt["number"]), "{own:?}");

    // Whoever waits is woken by the next change.
    let waits = format!("/api/v1/changes?after={next}&wait=25");
    let waiting = api.get(&desk, &waits);
    let goes_on = async {
        api.file("woken-by", "路灯不亮").await;
        while api.engine().follow().await.unwrap() {}
    };
    let (woken, ()) =
        tokio::time::timeout(Duration::from_secs(20), async { tokio::join!(waiting, goes_on) }).await.unwrap();
    assert_eq!(woken.is(200).js()["items"].as_array().unwrap().len(), 1);
    api.get(&desk, "/api/v1/changes?wait=26").await.problem(400, "malformed");
}

async fn nobody_is_named(bed: Bed) {
    let api = Api::open(&bed).await;
    let body = json!({ "body": "路灯不亮", "place": "990101001001001003", "name": "一位邻居", "contact": "19900000001", "confidential": true });
    let receipt = api.post("", "/api/v1/requests", "confidential-1", &body).await.is(201).js();
    let desk = api.full("desk").await;
    while api.engine().follow().await.unwrap() {}
    while api.engine().index_words().await.unwrap() > 0 {}
    let one = case(&receipt);
    let parts = ["", "/timeline", "/acts", "/messages", "/attachments"].map(|part| format!("{one}{part}"));
    let lists = ["/api/v1/cases", "/api/v1/inbox", "/api/v1/changes", "/api/v1/cases?q=19900000001"].map(str::to_owned);
    for path in parts.iter().chain(&lists) {
        let answer = api.get(&desk, path).await.is(200);
        let text = String::from_utf8_lossy(&answer.bytes);
        let tracking = receipt["tracking"].as_str().unwrap();
        assert!(
            !text.contains("19900000001") && !text.contains("一位邻居") && !text.contains(tracking),
            "{path}: {text}"
        );
    }
}

async fn refusals_have_pages(bed: Bed) {
    let api = Api::open(&bed).await;
    for kind in KINDS {
        for lang in ["zh", "en"] {
            let page =
                api.call("GET", &format!("/api/problems/{kind}"), &[("accept-language", lang)], "").await.is(200);
            let text = String::from_utf8(page.bytes).unwrap();
            assert!(text.contains(kind) && !text.contains('\u{27e8}'), "{kind} {lang}");
        }
    }
    let page = String::from_utf8(api.call("GET", "/api", &[], "").await.is(200).bytes).unwrap();
    for path in spec()["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path.as_str()), "{path} is not on the page");
    }
    let served = api.call("GET", "/api/openapi.json", &[("accept-language", "en")], "").await.is(200).js();
    assert_eq!(&served, spec());
    let told = api.call("GET", "/api/v1/me", &[("accept-language", "zh-CN")], "").await.problem(401, "sign-in");
    assert_eq!(told["detail"], "需要令牌或登录。");
}

async fn scopes_are_named_for_every_operation(bed: Bed) {
    let api = Api::open(&bed).await;
    let (_, routes) = serve::routes().into_parts();
    for route in routes.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let Some(scope) = route.api.as_ref().unwrap().scope else { continue };
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
        let (id, token) = api.token("desk", &others, 60_000).await;
        let path = route.path.replace("{jurisdiction}", "990101001").replace("{number}", "260302-00001");
        let path = path.replace("{code}", "990101001").replace("{id}", "request");
        let auth = format!("Bearer {token}");
        let answer = api.call(route.method.as_str(), &path, &[("authorization", &auth)], "").await;
        assert!(answer.header("www-authenticate").contains("insufficient_scope"), "{path}");
        let told = answer.problem(403, "scope");
        assert!(told["detail"].as_str().unwrap().contains(scope.as_str()), "{told}");
        let (engine, now) = (api.engine().clone(), api.engine().clock.now());
        let home = engine.home;
        engine.db.write(move |tx| linli_engine::tokens::revoke(tx, home, id, now)).await.unwrap();
    }
}

on_both! {
    filed => a_request_is_filed_and_followed;
    staff => staff_find_and_act;
    directory => the_directory_is_read;
    walked => a_list_is_walked_while_it_grows;
    feed => changes_are_followed;
    privacy => nobody_is_named;
    problems => refusals_have_pages;
    scopes => scopes_are_named_for_every_operation;
}
