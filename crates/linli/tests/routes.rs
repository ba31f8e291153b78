//! Every route without a seat, with the wrong seat and with the right one: what the list of routes says is what happens.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;
mod walk;

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use linli::{
    serve,
    web::{Needs, ctx::Config, routes::Route},
};
use linli_engine::{
    Engine, Options,
    db::Tx,
    directory::{self, Org, OrgKind, Place},
    edge::{self, Clock},
    ids::{AccountId, PlaceCode, SeatId},
    notices::Plugs,
    seats::{self, Login, Role, Seat},
    sessions::{self, Origin, Token, Who},
};
use linli_flow::Text;
use linli_testbed::{Bed, on_both};
use tower::ServiceExt as _;
use walk::{
    doors::{Behind, Door},
    people::Person,
    world::{FAR, World},
};

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

/// Everybody at every door: who may pass is told something, all others are told what is told of nothing.
async fn doors_keep_their_word(bed: Bed) {
    let world = Arc::new(World::build(bed).await);
    let (reads, deeds): (Vec<Route>, Vec<Route>) = world.routes.iter().cloned().partition(|r| r.method == Method::GET);
    assert!(reads.len() > 80 && deeds.len() > 50, "{} and {} routes", reads.len(), deeds.len());
    let (mut wrong, mut matrix) = walk::all(&world, &reads, |_| true).await;
    let before = walk::other_street(&world).await;
    // First those who have no business in the other street: afterwards everything there is as it was.
    let there =
        |p: &Person| p.name.contains("b-") || p.administers() || ["district", "resident-far"].contains(&&*p.name);
    let (more, told) = walk::all(&world, &deeds, |p| !there(p)).await;
    let after = walk::other_street(&world).await;
    wrong.extend(more);
    wrong.extend(before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, a)| format!("was {b}\nis {a}")));
    matrix.extend(told);
    let (more, told) = walk::all(&world, &deeds, there).await;
    wrong.extend(more);
    for (route, cells) in told {
        matrix.entry(route).or_default().extend(cells);
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    same_as_kept(&walk::written(&matrix));
}

/// What everybody was told is what stands under version control, so that a change of it is seen.
fn same_as_kept(text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walk/matrix.txt");
    if std::env::var_os("LINLI_BLESS").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let new: Vec<&str> = text.lines().filter(|line| !kept.lines().any(|l| l == *line)).take(20).collect();
    assert!(
        kept == text,
        "doors answer otherwise than {} records (first new: {new:#?}); if it is meant, run LINLI_BLESS=1 cargo nextest \
         run -p linli doors_, and commit the file",
        file.display()
    );
}

/// What was planted is there to be found: whoever may read it does.
async fn planted_words_are_found(bed: Bed) {
    let world = World::build(bed).await;
    let route = Route { method: Method::GET, path: "/", needs: Needs::Nobody, api: None };
    let far = &world.cases[FAR];
    for (name, path, word) in [
        ("b-desk", format!("/desk/cases/{}/{}", walk::world::STREETS[1], far.number), "zqfarbodyqz"),
        ("b-desk", format!("/api/v1/cases/{}/{}/messages", walk::world::STREETS[1], far.number), "zqfarmessageqz"),
        ("b-desk", format!("/api/v1/cases/{}/{}/attachments", walk::world::STREETS[1], far.number), "1.jpg"),
        ("b-desk", "/desk/views".into(), "zqb-deskviewqz"),
        ("b-desk", "/desk/phrases".into(), "zqb-deskphraseqz"),
        ("b-desk", format!("/desk/handover/{}", world.thing("handover", "b-desk")), "zqb-deskhandoverqz"),
        ("b-desk", "/desk/me/tokens".into(), "zqb-desktokenqz"),
        ("resident-far", "/mine".into(), "zqfartitleqz"),
        ("admin-security", "/admin/tokens".into(), "zqb-desktokenqz"),
    ] {
        let door = Door { name: "page", path, behind: Behind::Page, names: Vec::new() };
        let told = walk::ask(&world, world.person(name), &route, &door).await;
        assert!(told.whole.contains(word), "{name} does not find {word} at {}:\n{}", door.path, told.whole);
    }
}

/// Whoever brings nothing is told the same of a file that is there and of one that is not, and so is whoever brings a
/// wrong code: the API once asked for a code only where there was something to open.
async fn a_file_that_is_not_there_is_told_as_one_that_is(bed: Bed) {
    let world = World::build(bed).await;
    let mut wrong = walk::people::nobody();
    wrong.headers.push(("tracking-code", "AAAA-AAAA-AAAA".into()));
    for person in [walk::people::nobody(), wrong, world.person("resident-neighbour").clone()] {
        let file = |id: String| format!("/api/v1/attachments/{}/{id}", walk::world::STREETS[0]);
        let there = file(world.cases[0].file.to_string());
        let gone = file(linli_engine::ids::AttachmentId::new().to_string());
        let there = walk::send(&world, &person, &Method::GET, &there, "", String::new()).await;
        let gone = walk::send(&world, &person, &Method::GET, &gone, "", String::new()).await;
        assert_eq!((there.sort, there.body), (gone.sort, gone.body));
    }
}

/// A seat is covered by colleagues only, and whoever names somebody else is not told who that is.
async fn a_seat_is_covered_by_colleagues_only(bed: Bed) {
    let world = World::build(bed).await;
    let (seat, stranger) = (world.thing("seat", "desk"), world.thing("account", "b-desk"));
    let key = SeatId::new();
    let form =
        format!("key={key}&seat={seat}&to={stranger}&from=2026-03-02T12%3A00&until=2026-03-09T09%3A00&reason=ill");
    let kind = "application/x-www-form-urlencoded";
    let told = walk::send(&world, world.person("desk"), &Method::POST, "/desk/cover", kind, form).await;
    assert!(told.sort == '+' && told.body.contains("notice"), "{}", told.whole);
    let route = Route { method: Method::GET, path: "/", needs: Needs::Nobody, api: None };
    let door = Door { name: "page", path: "/desk/cover".into(), behind: Behind::Page, names: Vec::new() };
    let page = walk::ask(&world, world.person("desk"), &route, &door).await;
    for answer in [told, page] {
        assert!(!answer.whole.contains("zqb-deskwhoqz"), "{}", answer.whole);
    }
}

/// What nobody offers does nothing: other methods are refused at every door.
async fn other_methods_do_nothing(bed: Bed) {
    let world = World::build(bed).await;
    for route in &world.routes {
        let door = &walk::doors::of(&world, route)[0];
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE, Method::OPTIONS] {
            let told = walk::send(&world, world.person("desk"), &method, &door.path, "", String::new()).await;
            assert_eq!(told.sort, 'm', "{method} {}", door.path);
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
    doors => doors_keep_their_word;
    planted => planted_words_are_found;
    alike => a_file_that_is_not_there_is_told_as_one_that_is;
    colleagues => a_seat_is_covered_by_colleagues_only;
    methods => other_methods_do_nothing;
    cross_site => other_sites_can_do_nothing;
    forged => forged_sessions_are_nobody;
}
