//! The demonstration: a made-up street office that fits its own rules, and the way into it, which is not there elsewhere.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use linli::{
    demo::{Demo, Plan},
    serve,
    web::{ctx::Config, tour},
};
use linli_engine::{
    Engine, Options,
    cases::{history::Written, search::Query},
    edge::Clock,
    ids::{AccountId, Level, PlaceCode, SeatId},
    pack,
    seats::Seat,
};
use linli_testbed::{Bed, Kind, bed, on_both};
use linli_worktime::{Millis, parse_rfc3339};
use tower::ServiceExt as _;

fn now() -> Millis {
    parse_rfc3339("2026-11-25T15:30:00+08:00").unwrap()
}

async fn written(bed: &Bed, plan: Plan) -> (Engine, Written) {
    let demo = Demo::new(plan).unwrap();
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: pack::read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn")).unwrap(),
        home: Some(demo.setup.home().unwrap().jurisdiction()),
        clock: Clock::set(now()),
        plugs: linli_engine::notices::Plugs::default(),
    };
    let engine = Engine::open(options).await.unwrap();
    let written = demo.write(&engine).await.unwrap();
    (engine, written)
}

fn head(engine: &Engine) -> Seat {
    Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: "yunxi-office".parse().unwrap(),
        role: "desk-head".parse().unwrap(),
        place: engine.home.to_string().parse().unwrap(),
        from: Millis(0),
        until: None,
        cover: None,
    }
}

const PLAN: Plan = Plan { seed: 1, cases: 700, small: false };

async fn a_town_fits_its_rules(bed: Bed) {
    let (engine, written) = written(&bed, PLAN).await;
    assert_eq!((written.refused, written.refusals), (0, Vec::new()), "the flow allowed all that was done");
    assert!(written.cases >= 700 && written.events > written.cases * 7, "{} {}", written.cases, written.events);

    // What was lived is what the log says, down to the last entry.
    while engine.sequence().await.unwrap() > 0 || engine.grow_logs().await.unwrap() > 0 {}
    let mut checked = 0;
    for log in engine.logs().await.unwrap() {
        let audit = engine.audit(log.street).await.unwrap();
        assert_eq!((audit.findings, audit.erased), (Vec::new(), 0));
        checked += audit.checked;
    }
    assert!(checked >= written.events, "{checked} of {}", written.events);

    let (directory, home) = (engine.directory(), engine.home);
    let count = |level| directory.places().filter(|p| p.code.level() == level && p.code.jurisdiction() == home).count();
    assert_eq!((count(Level::Community), count(Level::Grid), count(Level::Building)), (8, 60, 900));
    for place in directory.places().filter(|p| (Level::Street..=Level::Grid).contains(&p.code.level())) {
        assert!(directory.border(&place.code).is_some_and(|ring| ring.len() > 3), "{} has a border", place.code);
    }
    let names: BTreeSet<&str> = directory.places().map(|p| p.name.zh.as_str()).collect();
    assert_eq!(names.len(), directory.places().count(), "every place has a name of its own");

    // Whoever goes along with a case looks at it when woken first.
    while engine.wake_due().await.unwrap() > 0 {}
    // Every step of the flow has an open case for somebody to try it on.
    let seat = head(&engine);
    let flow = std::sync::Arc::clone(engine.packs().current().flow("request").unwrap());
    for step in flow.steps() {
        let query = Query { state: Some(step.name.clone()), ..Query::default() };
        assert!(!engine.search(&seat, query).await.unwrap().is_empty(), "a case stands at {}", step.name);
    }

    // Heating is a matter of the winter.
    while engine.index_words().await.unwrap() > 0 {}
    let query = Query { category: Some("utility.heat".into()), ..Query::default() };
    let cold = engine.search(&seat, query).await.unwrap();
    assert!(cold.len() > 20);
    let calendar = &engine.packs().current().calendar;
    for case in cold {
        let month = calendar.date_of(case.opened_at).month();
        assert!(![4, 5, 6, 7, 8, 9].contains(&month), "{} in month {month}", case.title);
    }
}

async fn the_same_seed_is_the_same_town(first: Bed) {
    let kind = if matches!(first.url, linli_engine::db::Url::Lite(_)) { Kind::Lite } else { Kind::Pg };
    let (second, third) = (bed(kind).await.unwrap(), bed(kind).await.unwrap());
    let plan = Plan { cases: 60, ..PLAN };
    let mut towns = Vec::new();
    for (bed, plan) in [(&first, plan), (&second, plan), (&third, Plan { seed: 2, ..plan })] {
        let (engine, _) = written(bed, plan).await;
        let seat = head(&engine);
        let found = engine.search(&seat, Query::default()).await.unwrap();
        // Those of one moment stand in the order of their ids, which are drawn anew.
        let cases: BTreeSet<_> = found
            .into_iter()
            .map(|h| (h.number, h.title, h.body, h.opened_at, h.place, h.unit, h.phase.slug(), h.seq, h.promised_at))
            .collect();
        let borders: BTreeMap<PlaceCode, Vec<(i64, i64)>> = engine
            .directory()
            .places()
            .filter_map(|p| {
                let ring = engine.directory().border(&p.code)?.to_vec();
                Some((p.code.clone(), ring.iter().map(|(x, y)| ((x * 1e6) as i64, (y * 1e6) as i64)).collect()))
            })
            .collect();
        towns.push((cases, borders));
    }
    assert!(towns[0] == towns[1], "the same seed");
    assert!(towns[0] != towns[2], "another seed");
}

on_both! {
    a_made_up_town_fits_its_own_rules => a_town_fits_its_rules;
    the_same_seed_gives_the_same_town => the_same_seed_is_the_same_town;
}

// ------------------------------------------------------------ the way in

fn router(engine: &Engine, demo: bool) -> Router {
    let config = Config { demo, ..Config::default() };
    serve::router(serve::app(engine.clone(), config)).0
}

async fn send(router: &Router, method: &str, path: &str, body: &str, cookies: &str) -> axum::response::Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookies)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(axum::extract::ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 9))))
        .body(Body::from(body.to_owned()))
        .unwrap();
    router.clone().oneshot(request).await.unwrap()
}

async fn text(response: axum::response::Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 4_000_000).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn cookies(response: &axum::response::Response) -> String {
    let all = response.headers().get_all(header::SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned());
    all.map(|c| c.split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_comes_in_by_one_click_outside_a_demonstration() {
    let bed = bed(Kind::Lite).await.unwrap();
    let (engine, _) = written(&bed, Plan { small: true, ..PLAN }).await;
    let router = router(&engine, false);
    for (method, path, body) in
        [("GET", "/demo", ""), ("POST", "/demo/enter", "who=desk"), ("POST", "/demo/tour", "go=start")]
    {
        let response = send(&router, method, path, body, "linli_tour=desk.0").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(response.headers().get(header::SET_COOKIE).is_none(), "{path}");
    }
    for path in ["/signin", "/desk/signin", "/"] {
        let page = text(send(&router, "GET", path, "", "linli_tour=desk.0").await).await;
        assert!(!page.contains("/demo/") && !page.contains("class=\"tour\""), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_guide_walks_over_pages_that_are_there() {
    let bed = bed(Kind::Lite).await.unwrap();
    let (engine, _) = written(&bed, Plan { small: true, ..PLAN }).await;
    let router = router(&engine, true);
    assert_eq!(tour::guides().len(), 11);
    let list = text(send(&router, "GET", "/desk/signin", "", "").await).await;
    for guide in tour::guides() {
        assert!(list.contains(&format!("value=\"{}\"", guide.id)), "{}", guide.id);
        assert!((4..=6).contains(&guide.step.len()), "{} has 4 to 6 steps", guide.id);
        let entered = send(&router, "POST", "/demo/enter", &format!("who={}", guide.id), "").await;
        assert_eq!(entered.status(), StatusCode::SEE_OTHER, "{}", guide.id);
        let (session, mut walk) = (cookies(&entered), cookies(&entered));
        let mut to = entered.headers()[header::LOCATION].to_str().unwrap().to_owned();
        for (n, step) in guide.step.iter().enumerate() {
            let page = send(&router, "GET", &to, "", &format!("{}; linli_lang=zh", walked(&session, &walk))).await;
            assert_eq!(page.status(), StatusCode::OK, "{} at {to}", guide.id);
            let page = text(page).await;
            assert!(page.contains(&step.title.zh), "{} at {to} shows its step", guide.id);
            if step.at.contains('{') {
                assert!(to.contains(&engine.home.to_string()), "the case of {} is found: {to}", step.at);
            }
            let cookies_now = format!("{}; linli_lang=zh", walked(&session, &walk));
            let on = send(&router, "POST", "/demo/tour", "go=next", &cookies_now).await;
            assert_eq!(on.status(), StatusCode::SEE_OTHER);
            if n + 1 < guide.step.len() {
                to = on.headers()[header::LOCATION].to_str().unwrap().to_owned();
            }
            walk = cookies(&on);
        }
        assert!(walk.contains("linli_tour="), "{walk}");
    }
}

/// The session's cookies with the walk's latest.
fn walked(session: &str, walk: &str) -> String {
    let latest = walk.split("; ").find(|c| c.starts_with("linli_tour="));
    let rest = session.split("; ").filter(|c| !c.starts_with("linli_tour="));
    rest.chain(latest).collect::<Vec<_>>().join("; ")
}
