//! Everybody at every door. Whoever has no business behind one is told what is told of doors that are not there, and no
//! answer holds a word that was planted for others.

pub mod bodies;
pub mod doors;
pub mod people;
pub mod rule;
pub mod world;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Method, Request},
};
use futures_util::StreamExt as _;
use linli::web::routes::Route;
use tower::ServiceExt as _;

use doors::{Behind, Door};
use people::Person;
use world::{FAR, World};

/// What somebody was told at a door.
pub struct Told {
    pub sort: char,
    /// Without the names that the question held.
    pub body: String,
    /// All of it, for the search for planted words.
    pub whole: String,
    /// What was sent: an answer may say it again.
    sent: String,
}

/// Where a request comes from: wrong codes and sign-ins are counted by address, and this is about other things.
fn somewhere() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0x0a00_0001);
    SocketAddr::from((Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed)), 4000))
}

/// Asks what is asked at this door.
pub async fn ask(world: &World, person: &Person, route: &Route, door: &Door) -> Told {
    let (kind, sent) = match route.method {
        Method::GET => ("", String::new()),
        _ => bodies::of(world, route.path),
    };
    let mut told = send(world, person, &route.method, &door.path, kind, sent).await;
    for name in [&door.path].into_iter().chain(&door.names) {
        let encoded = linli::web::routes::percent(name);
        told.body = told.body.replace(name.as_str(), "#").replace(&encoded, "#");
    }
    told
}

/// Asks, and reads the answer; of one that has no end, its beginning.
pub async fn send(world: &World, person: &Person, method: &Method, path: &str, kind: &str, sent: String) -> Told {
    let mut request = Request::builder().method(method.clone()).uri(path).header("host", "localhost");
    request = request.header("origin", "http://localhost").header("accept-language", "en");
    for (name, value) in &person.headers {
        request = request.header(*name, value);
    }
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let mut request = request.body(Body::from(sent.clone())).unwrap();
    request.extensions_mut().insert(ConnectInfo(somewhere()));
    let answer = world.router.clone().oneshot(request).await.unwrap();
    let to = answer.headers().get("location").map_or("", |to| to.to_str().unwrap()).to_owned();
    let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
    let bytes = if answer.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream") {
        let mut stream = answer.into_body().into_data_stream();
        let first = tokio::time::timeout(Duration::from_millis(30), stream.next()).await;
        first.ok().flatten().map(|chunk| chunk.unwrap().to_vec()).unwrap_or_default()
    } else {
        to_bytes(answer.into_body(), 50_000_000).await.unwrap().to_vec()
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Told { sort: rule::sort(status, &to), body: format!("{to} {text}"), whole: format!("{headers}\n{text}"), sent }
}

/// What was found at the doors of one person: wrong answers, and the letters for the matrix by route.
#[derive(Default)]
pub struct Round {
    pub wrong: Vec<String>,
    pub letters: Vec<String>,
}

/// One person at all doors of these routes.
pub async fn round(world: Arc<World>, person: Person, routes: Arc<Vec<Route>>) -> Round {
    let mut out = Round::default();
    for route in routes.iter() {
        let (mut letters, mut bent, closed) = (String::new(), false, rule::gate(&person, route).is_err());
        // What is told of what is not there, and of what is not theirs.
        let mut gone: Option<(String, Told)> = None;
        for door in doors::of(&world, route) {
            // Whoever does not pass the gate is sent away before anybody looks at what the address names: some are enough.
            let more = ["firm", "call", "b-call", "crossed", "none"].contains(&door.name) || door.path.contains('?');
            if closed && (more || door.behind == Behind::Bent && std::mem::replace(&mut bent, true)) {
                continue;
            }
            let told = ask(&world, &person, route, &door).await;
            let shown = format!("{} {} {} as {}", door.name, route.method, door.path, person.name);
            let expected = rule::expected(&world, &person, route, &door);
            if !expected.contains(told.sort) {
                out.wrong.push(format!("{shown}: `{}` instead of `{expected}`", told.sort));
            }
            for word in planted(&world, &person, route, &door, &told) {
                out.wrong.push(format!("{shown}: reads {word}"));
            }
            let not_theirs = matches!(door.behind, Behind::Case(_) | Behind::Thing(..) | Behind::Nothing)
                && !rule::reaches(&world, &person, route, &door);
            if !letters.ends_with(told.sort) || door.behind != Behind::Bent {
                letters.push(told.sort);
            }
            if not_theirs {
                match &gone {
                    Some((first, before)) if before.body != told.body => {
                        out.wrong.push(format!("{shown}: is told otherwise than {first}"));
                    }
                    Some(_) => {}
                    None => gone = Some((door.path.clone(), told)),
                }
            }
        }
        out.letters.push(letters);
    }
    out
}

/// The words in an answer that were not planted for this person.
fn planted<'w>(world: &'w World, person: &Person, route: &Route, door: &Door, told: &Told) -> Vec<&'w str> {
    let asked = |word: &str| door.path.contains(word) || told.sent.contains(word);
    let marks = world.marks.iter().filter(|mark| told.whole.contains(&mark.word) && !asked(&mark.word));
    marks.filter(|mark| !rule::may_read(world, person, route, &mark.readers)).map(|mark| mark.word.as_str()).collect()
}

/// Letters by route and person.
pub type Matrix = BTreeMap<String, Vec<(String, String)>>;

/// These people at the doors of these routes, at the same time; what was wrong, and the letters.
pub async fn all(world: &Arc<World>, routes: &[Route], people: impl Fn(&Person) -> bool) -> (Vec<String>, Matrix) {
    let mut rounds = Vec::new();
    for person in world.people.iter().filter(|person| person.name != "spare" && people(person)) {
        // What a token is for lies below `/api/`; and whoever signs out is somebody else afterwards.
        let mut own = routes.to_vec();
        own.retain(|r| (person.scopes.is_none() || r.path.starts_with("/api/")) && r.path != "/signout");
        let own = Arc::new(own);
        let knocks = tokio::spawn(round(Arc::clone(world), person.clone(), Arc::clone(&own)));
        rounds.push((person.name.clone(), own, knocks));
    }
    let (mut wrong, mut matrix) = (Vec::new(), Matrix::new());
    for (name, routes, round) in rounds {
        let round = round.await.unwrap();
        wrong.extend(round.wrong);
        for (route, letters) in routes.iter().zip(round.letters) {
            matrix.entry(format!("{} {}", route.path, route.method)).or_default().push((name.clone(), letters));
        }
    }
    (wrong, matrix)
}

/// What the other street sees of what is its own.
pub async fn other_street(world: &World) -> Vec<String> {
    let far = &world.cases[FAR];
    let case = format!("{}/{}", world::STREETS[1], far.number);
    let desk = ["", "/views", "/phrases", "/handover", "/cover", "/me", "/me/tokens", "/me/notices"]
        .map(|p| format!("/desk{p}"));
    let of_case = ["", "/timeline", "/messages", "/attachments", "/acts"].map(|p| format!("/api/v1/cases/{case}{p}"));
    let mut pages: Vec<(&str, String)> = desk.into_iter().chain(of_case).map(|path| ("b-desk", path)).collect();
    pages.push(("b-desk", format!("/desk/cases/{case}")));
    pages.push(("b-unit", "/desk".into()));
    pages.extend(["/mine".into(), "/mine/notices".into(), format!("/c/{case}")].map(|path| ("resident-far", path)));
    let mut seen = Vec::new();
    for (name, path) in pages {
        let route = Route { method: Method::GET, path: "/", needs: linli::web::Needs::Nobody, api: None };
        let door = Door { name: "page", path, behind: Behind::Page, names: Vec::new() };
        let told = ask(world, world.person(name), &route, &door).await;
        assert_eq!(told.sort, '+', "{name} at {}", door.path);
        seen.push(format!("{name} at {}: {}", door.path, without_keys(&told.whole)));
    }
    seen
}

/// Without the keys that a page draws anew for each form.
fn without_keys(text: &str) -> String {
    let key = |part: &&str| part.len() >= 32 && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    text.split('"').filter(|part| !key(part)).collect::<Vec<_>>().join("\"")
}

/// The matrix as it is kept: under each route its doors' letters, and who was told so.
pub fn written(matrix: &Matrix) -> String {
    let mut text = String::from("# Who is told what at which door: tests/walk/rule.rs says what the letters are.\n");
    for (route, cells) in matrix {
        let mut told = BTreeMap::<&str, Vec<&str>>::new();
        for (name, letters) in cells {
            told.entry(letters).or_default().push(name);
        }
        let most = told.iter().max_by_key(|(_, names)| names.len()).map(|(letters, _)| (*letters).to_owned());
        text.push_str(&format!("\n{route}\n"));
        for (letters, mut names) in told {
            names.sort_unstable();
            let names = if most.as_deref() == Some(letters) { "all others".to_owned() } else { names.join(" ") };
            text.push_str(&format!("  {letters:9} {names}\n"));
        }
    }
    text
}
