//! Every route without a seat, with the wrong seat and with the right one: what the list of routes says is what happens.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::path::Path;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use linli::{
    serve,
    web::{
        Needs,
        ctx::Config,
        routes::{Route, may_somewhere},
    },
};
use linli_engine::{
    Engine, Options,
    db::Tx,
    directory::{self, Org, OrgKind, Place},
    edge::{self, Clock},
    ids::{AccountId, PersonId, PlaceCode, SeatId},
    notices::Plugs,
    policy::Subject,
    seats::{self, Login, Role, Seat},
    sessions::{self, Origin, Token, Who},
};
use linli_flow::Text;
use linli_testbed::{Bed, on_both};
use tower::ServiceExt as _;

const STREET: &str = "990101001";

async fn engine(bed: &Bed) -> Engine {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: linli_engine::pack::read_dir(&root).unwrap(),
        home: Some(STREET.parse::<PlaceCode>().unwrap().jurisdiction()),
        clock: Clock::System,
        plugs: Plugs::default(),
    };
    let engine = Engine::open(options).await.unwrap();
    let (home, now) = (engine.home, engine.clock.now());
    let name = Text { zh: "Street".into(), en: "Street".into() };
    let place =
        Place { code: STREET.parse().unwrap(), name: name.clone(), aliases: Vec::new(), point: None, retired_at: None };
    let org = Org {
        id: "office".parse().unwrap(),
        parent: None,
        kind: OrgKind::Government,
        function: "street-office".into(),
        place: STREET.parse().unwrap(),
        name,
        phone: None,
        retired_at: None,
    };
    let save = move |tx: &mut Tx<'_>| {
        directory::save_places(tx, home, std::slice::from_ref(&place), now)?;
        directory::save_orgs(tx, home, std::slice::from_ref(&org), now)
    };
    engine.db.write(save).await.unwrap();
    engine.refresh().await.unwrap();
    engine
}

/// The cookie of somebody of the staff in this role.
async fn staff(engine: &Engine, role: Role) -> String {
    let login: Login = role.as_str().parse().unwrap();
    let hash = seats::hash_password(&login, "a long password").unwrap();
    let (home, now, id, token) = (engine.home, engine.clock.now(), AccountId::new(), Token::new(edge::secret()));
    let seat = Seat {
        id: SeatId::new(),
        account: id,
        org: "office".parse().unwrap(),
        role,
        place: STREET.parse().unwrap(),
        from: now.plus(-1),
        until: None,
        cover: None,
    };
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        seats::create_account(tx, home, id, &login, "Somebody", &hash)?;
        seats::grant_seat(tx, home, &seat)?;
        Ok::<_, seats::SeatError>(sessions::start(tx, home, &token, Who::Staff(id), &Origin::default(), now)?)
    });
    format!("linli_session={}", made.await.unwrap())
}

async fn resident(engine: &Engine) -> String {
    let (home, now, token) = (engine.home, engine.clock.now(), Token::new(edge::secret()));
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        sessions::start(tx, home, &token, Who::Resident(PersonId::new()), &Origin::default(), now)
    });
    format!("linli_session={}", made.await.unwrap())
}

async fn ask(router: &Router, route: &Route, cookie: &str) -> (StatusCode, String) {
    let path =
        route.path.split('/').map(|part| if part.starts_with('{') { "0" } else { part }).collect::<Vec<_>>().join("/");
    let request = Request::builder()
        .method(route.method.clone())
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let to = answer.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
    (answer.status(), to.unwrap_or_default())
}

async fn routes_keep_their_word(bed: Bed) {
    let engine = engine(&bed).await;
    let (router, routes) = serve::router(serve::app(engine.clone(), Config::default()));
    assert!(routes.len() > 30, "{} routes", routes.len());
    let nobody = String::new();
    let person = resident(&engine).await;
    let mut people = Vec::new();
    for role in Role::ALL {
        people.push((*role, staff(&engine, *role).await));
    }
    for route in &routes {
        let shown = format!("{} {}", route.method, route.path);
        let whole = !route.path.contains('{');
        let (status, to) = ask(&router, route, &nobody).await;
        let api = route.path.starts_with("/api/");
        match route.needs {
            Needs::Nobody => assert!(status != StatusCode::UNAUTHORIZED, "{shown}: {status}"),
            _ if route.method == Method::GET && !api => {
                assert!(
                    status == StatusCode::SEE_OTHER && to.contains("signin"),
                    "{shown} without a seat: {status} {to}"
                );
            }
            _ => assert_eq!(status, StatusCode::UNAUTHORIZED, "{shown} without a seat"),
        }
        // There only in a demonstration: tests/demo.rs walks it.
        if route.path.starts_with("/demo") {
            continue;
        }
        // Signing out would end the sessions that the walk goes on with.
        if route.path == "/signout" {
            continue;
        }
        let (status, to) = ask(&router, route, &person).await;
        match route.needs {
            Needs::Staff | Needs::Seat(..) => assert_eq!(status, StatusCode::NOT_FOUND, "{shown} as a resident"),
            _ => assert!(!to.contains("/signin?"), "{shown} as a resident: {status} {to}"),
        }
        for (role, cookie) in &people {
            let (status, to) = ask(&router, route, cookie).await;
            let who = format!("{shown} as {}: {status} {to}", role.as_str());
            match route.needs {
                Needs::Resident => assert_eq!(status, StatusCode::NOT_FOUND, "{who}"),
                Needs::Seat(action, resource) if !may_somewhere(Subject::Staff(*role), action, resource) => {
                    assert_eq!(status, StatusCode::NOT_FOUND, "{who}");
                }
                _ => {
                    assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::INTERNAL_SERVER_ERROR, "{who}");
                    assert!(status != StatusCode::SERVICE_UNAVAILABLE, "{who}");
                    if whole && route.method == Method::GET && to.is_empty() {
                        assert_eq!(status, StatusCode::OK, "{who}");
                    }
                }
            }
        }
    }
}

/// A request from another site does nothing, whoever is signed in.
async fn other_sites_can_do_nothing(bed: Bed) {
    let engine = engine(&bed).await;
    let cookie = staff(&engine, "desk".parse().unwrap()).await;
    let (router, routes) = serve::router(serve::app(engine, Config::default()));
    for route in routes.iter().filter(|r| r.method == Method::POST) {
        let path = route.path.replace(['{', '}'], "");
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &cookie)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap();
        let status = router.clone().oneshot(request).await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{}", route.path);
    }
}

/// A session that nobody was given is nobody's.
async fn forged_sessions_are_nobody(bed: Bed) {
    let engine = engine(&bed).await;
    let good = staff(&engine, "desk".parse().unwrap()).await;
    let (router, routes) = serve::router(serve::app(engine, Config::default()));
    let inbox = routes.iter().find(|r| r.path == "/desk").unwrap();
    assert_eq!(ask(&router, inbox, &good).await.0, StatusCode::OK);
    let mut flipped = good.clone().into_bytes();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    for forged in [
        String::from_utf8(flipped).unwrap(),
        "linli_session=990101001.".into(),
        format!("linli_session=990101001.{}", "0".repeat(64)),
        good.replace("990101001", "990101002"),
        "linli_session=%00%ff".into(),
    ] {
        let (status, to) = ask(&router, inbox, &forged).await;
        assert!(status == StatusCode::SEE_OTHER && to.contains("signin"), "{forged}: {status}");
    }
}

on_both! {
    guarded => routes_keep_their_word;
    cross_site => other_sites_can_do_nothing;
    forged => forged_sessions_are_nobody;
}
