//! Where somebody knocks: every route with the names of things of one's own, of others, of the other street, of nothing,
//! and with names that nothing can have.

use linli::web::routes::Route;

use super::world::{FAR, STREETS, THIRD, World};

/// What stands behind an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// The address names nothing of its own.
    Page,
    /// A case, or something of it.
    Case(usize),
    /// Something that these people may use, where the route lets them.
    Thing(&'static str, &'static str),
    /// What everybody may use whom the route lets in.
    Shared,
    /// Nothing.
    Nothing,
    /// Nothing, and nothing could.
    Bent,
}

/// An address to knock at.
#[derive(Clone, Debug)]
pub struct Door {
    /// What it is in the matrix.
    pub name: &'static str,
    pub path: String,
    pub behind: Behind,
    /// What in the path names the thing: an answer may say it again.
    pub names: Vec<String>,
}

/// Names that nothing can have. Slashes stay encoded: they are not to lead anywhere else.
const BENT: [&str; 9] =
    ["x", "-1", "0", "9223372036854775808", "..", "%2e%2e%2fdesk", "a%2Fb", "%27%20OR%201%3D1--", "%F0%9F%8F%A0"];

const NO_ID: &str = "0195a000-0000-7000-8000-000000000000";
const NO_NUMBER: &str = "260302-99999";

/// All doors of a route.
pub fn of(world: &World, route: &Route) -> Vec<Door> {
    let names: Vec<&str> = route.path.split('/').filter(|part| part.starts_with('{')).collect();
    if names.is_empty() {
        return pages(world, route);
    }
    let mut doors = match names.as_slice() {
        ["{jurisdiction}", "{number}", ..] => cases(world, route, |case| world.cases[case].number.clone(), NO_NUMBER),
        ["{jurisdiction}", "{id}"] => cases(world, route, |case| world.cases[case].file.to_string(), NO_ID),
        _ => things(world, route),
    };
    let good = doors[0].path.clone();
    // Each part of an address in turn is what it cannot be.
    for (at, _) in route.path.split('/').enumerate().filter(|(_, part)| part.starts_with('{')) {
        for bent in BENT {
            let path: Vec<&str> =
                good.split('/').enumerate().map(|(n, part)| if n == at { bent } else { part }).collect();
            doors.push(Door { name: "bent", path: path.join("/"), behind: Behind::Bent, names: vec![bent.into()] });
        }
    }
    doors
}

fn door(name: &'static str, route: &Route, with: &[&str], behind: Behind) -> Door {
    let mut with_next = with.iter();
    let part = |part: &str| {
        if part.starts_with('{') { with_next.next().copied().unwrap_or("1").to_owned() } else { part.to_owned() }
    };
    let path: Vec<String> = route.path.split('/').map(part).collect();
    Door { name, path: path.join("/"), behind, names: with.iter().map(|w| (*w).to_owned()).collect() }
}

fn cases(world: &World, route: &Route, name: impl Fn(usize) -> String, none: &str) -> Vec<Door> {
    let [here, there] = STREETS;
    let last = |case: usize| match route.path {
        path if path.ends_with("{act}") => "message".to_owned(),
        path if path.contains("/files/{id}") => world.cases[case].file.to_string(),
        _ => "1".to_owned(),
    };
    let street = |case: usize| if world.cases[case].place.starts_with(here) { here } else { there };
    let mut doors: Vec<Door> = (0..world.cases.len())
        .map(|case| door(world.cases[case].name, route, &[street(case), &name(case), &last(case)], Behind::Case(case)))
        .collect();
    // Each street counts its cases for itself: the third of this one has no counterpart there.
    doors.push(door("crossed", route, &[there, &name(THIRD), &last(THIRD)], Behind::Nothing));
    doors.push(door("none", route, &[there, none, &last(FAR)], Behind::Nothing));
    if route.path.contains("/files/{id}") {
        // A file of another case, at the door of one's own.
        doors.push(door("strange", route, &[street(0), &name(0), &last(FAR)], Behind::Nothing));
    }
    doors
}

/// The rows of a table: the route, its thing or the name that everybody may use, and a name of nothing.
fn things(world: &World, route: &Route) -> Vec<Door> {
    let spare = world.person("spare").seat.clone().unwrap();
    let (seat, token) = (spare.id.to_string(), world.thing("token", "spare").to_owned());
    let owned = |what: &'static str| {
        let both = ["desk", "b-desk"].map(|whose| {
            let name = if whose == "desk" { "here" } else { "there" };
            door(name, route, &[world.thing(what, whose)], Behind::Thing(what, whose))
        });
        both.into_iter().chain([door("none", route, &[NO_ID], Behind::Nothing)]).collect()
    };
    let shared = |with: &[&str], none: &[&str]| {
        vec![door("there", route, with, Behind::Shared), door("none", route, none, Behind::Nothing)]
    };
    let nothing = |none: &str| vec![door("none", route, &[none], Behind::Nothing)];
    match route.path {
        path if path.starts_with("/desk/views/") => owned("view"),
        path if path.starts_with("/desk/phrases/") => owned("phrase"),
        path if path.starts_with("/desk/handover/") => owned("handover"),
        path if path.starts_with("/desk/me/tokens/") => owned("token"),
        path if path.starts_with("/admin/sheets/csv") => shared(&["places"], &["walls"]),
        path if path.starts_with("/admin/sheets/") => owned("sheet"),
        path if path.starts_with("/desk/cover/") => nothing(NO_ID),
        path if path.starts_with("/desk/knowledge/") => shared(&["noise-neighbour"], &["no-such"]),
        path if path.starts_with("/admin/accounts/") => shared(&["spare", &seat], &["nobody-here", NO_ID]),
        path if path.starts_with("/admin/tokens/") => shared(&[&token], &[NO_ID]),
        path if path.starts_with("/admin/duties/") || path.starts_with("/admin/second/") => nothing(NO_ID),
        path if path.starts_with("/admin/warnings/") || path.starts_with("/admin/start/") => nothing("no-such"),
        path if path.contains("/places/") => shared(&["99010100200100100302"], &["990101002999"]),
        path if path.contains("/orgs/") => shared(&["yunzhou-tourism"], &["no-such"]),
        path if path.contains("/flows/") => shared(&["request"], &["no-such"]),
        path if path.ends_with("/{part}") => shared(&["limits"], &["no-such"]),
        path if path.contains("/problems/") => shared(&["not-found"], &["no-such"]),
        path if path.contains("/compare/") => nothing("no-such"),
        path if path.starts_with("/log/") && path.contains("tile") => {
            // The log is young: no tile of it is full.
            vec![
                door("here", route, &[STREETS[0], "0/000"], Behind::Nothing),
                door("there", route, &[STREETS[1], "0/000"], Behind::Nothing),
            ]
        }
        path if path.starts_with("/log/") => shared(&[STREETS[1]], &["990101009"]),
        path => panic!("{path} names something that the walk does not know; say in tests/walk/doors.rs what it is"),
    }
}

/// A page as it is, and asked about what lies in the other street.
fn pages(world: &World, route: &Route) -> Vec<Door> {
    let page = |path: String| Door { name: "page", path, behind: Behind::Page, names: Vec::new() };
    let mut doors = vec![page(route.path.to_owned())];
    if route.method != axum::http::Method::GET {
        return doors;
    }
    let far = &world.cases[FAR];
    let which = format!("{}/{}", STREETS[1], far.number);
    let key = format!("{}/{}", STREETS[1], far.key.id);
    let (seat, view) = (world.thing("seat", "b-desk"), world.thing("view", "b-desk"));
    let (phrase, shift) = (world.thing("phrase", "b-desk"), world.thing("handover", "b-desk"));
    let building = far.place;
    let asked: &[String] = &match route.path {
        "/desk" | "/desk/print" => vec![format!("place={}", STREETS[1]), format!("view={view}"), "mine=1".into()],
        "/desk/search" | "/api/v1/cases" => {
            vec![
                format!("place={}", STREETS[1]),
                "q=zqfartitleqz".into(),
                format!("unit={}", far.unit),
                "state=open".into(),
            ]
        }
        "/api/v1/inbox" => vec![format!("place={}", STREETS[1])],
        "/api/v1/changes" => vec![format!("jurisdiction={}", STREETS[1]), format!("place={}", STREETS[1])],
        "/desk/live" => vec![format!("case={which}&page=0011223344556677"), "page=inbox".into()],
        "/desk/batch" => vec![format!("case={which}"), format!("case={which}&act=side::message")],
        "/desk/cover" => vec![format!("seat={seat}&org=liuhe-office"), "org=liuhe-office".into()],
        "/desk/phrases" => vec![format!("change={phrase}"), format!("id={phrase}")],
        "/desk/handover" => vec![format!("before={shift}")],
        "/desk/knowledge/new" => vec![format!("from={which}")],
        "/desk/knowledge" => vec!["q=zqfartitleqz".into(), "show=mine&from=9".into()],
        "/desk/new" => vec![format!("from={which}"), format!("from={key}"), "tel=19955500003".into()],
        "/nearby" | "/api/v1/nearby" => {
            vec![format!("place={building}"), format!("place={building}&category=cityscape.stalls")]
        }
        "/places" | "/answers" | "/api/v1/places" => vec!["q=zqfartitleqz".into(), "q=19955500003".into()],
        "/mine" | "/mine/notices" | "/desk/me/notices" => vec![format!("before={NO_ID}"), format!("case={key}")],
        "/admin/record" | "/admin/record.csv" => vec!["by=b-desk".into(), "subject=b-desk".into()],
        "/admin/new/token" => vec!["login=b-desk".into()],
        "/desk/load" => vec![format!("place={}", STREETS[1])],
        "/desk/hot" | "/desk/hot.csv" => vec![format!("place={}&days=365&all=1", STREETS[1]), "days=-1&until=x".into()],
        _ => Vec::new(),
    };
    doors.extend(asked.iter().map(|query| page(format!("{}?{query}", route.path))));
    doors
}
