//! The program over a fresh database, and visitors who use its pages as a browser without scripts does: they follow
//! links, keep cookies, fill in the forms that they are shown and press the buttons that are there.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests, each of which uses a part; a test that cannot set up must stop"
)]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicU8, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use linli::{serve, web::ctx::Config};
use linli_engine::{
    Engine, Options,
    cases::{CaseKey, act::Ask, read::Dossier},
    db::Tx,
    directory::{self, Org, OrgKind, Place},
    edge::Clock,
    ids::{AccountId, Jurisdiction, PersonId, SeatId},
    pack::{self, Raw},
    seats::{Role, Seat},
    sessions::{self, Origin, Token, Who},
    vault::{self, Phone, Secret},
    viewer::Viewer,
};
use linli_flow::Text;
use linli_testbed::Bed;
use linli_worktime::Millis;
use serde::Deserialize;
use tower::ServiceExt as _;

/// The street of the demonstration.
pub const STREET: &str = "990101001";
/// A building of it.
pub const BUILDING: &str = "990101001001001003";
/// Monday, 2 March 2026, 10:00 in Shanghai.
pub const MONDAY: Millis = Millis(1_772_416_800_000);
/// A picture of one pixel.
pub const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0,
    0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// The program.
pub struct House {
    pub router: Router,
    pub engine: Engine,
    pub clock: Clock,
    /// Its own piece of the network: limits by address are counted for the whole process.
    network: u8,
    _bed: Bed,
}

#[derive(Deserialize)]
struct PlaceFile {
    place: Vec<PlaceRow>,
}

#[derive(Deserialize)]
struct PlaceRow {
    code: String,
    name: Text,
    aliases: Vec<String>,
}

#[derive(Deserialize)]
struct OrgFile {
    org: Vec<OrgRow>,
}

#[derive(Deserialize)]
struct OrgRow {
    id: String,
    name: Text,
    kind: String,
    function: String,
    place: String,
    parent: Option<String>,
}

fn demo<T: serde::de::DeserializeOwned>(folder: &Path, name: &str) -> T {
    toml::from_str(&std::fs::read_to_string(folder.join("demo").join(name)).unwrap()).unwrap()
}

impl House {
    /// The program over a bed, with the places and orgs of the demonstration and nobody's cases.
    pub async fn over(bed: Bed) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
        let clock = Clock::set(MONDAY);
        let home: Jurisdiction = STREET.parse().unwrap();
        let options = Options {
            url: bed.url.clone(),
            seats: 4,
            folder: bed.folder.path().join("files"),
            pack: pack::read_dir(&folder).unwrap(),
            home: Some(home),
            clock: clock.clone(),
            plugs: linli_engine::notices::Plugs::default(),
        };
        let engine = Engine::open(options).await.unwrap();
        let place = |p: PlaceRow| Place {
            code: p.code.parse().unwrap(),
            name: p.name,
            aliases: p.aliases,
            point: None,
            retired_at: None,
        };
        let org = |o: OrgRow| Org {
            id: o.id.parse().unwrap(),
            parent: o.parent.map(|p| p.parse().unwrap()),
            kind: OrgKind::from_slug(&o.kind).unwrap(),
            function: o.function,
            place: o.place.parse().unwrap(),
            name: o.name,
            phone: None,
            retired_at: None,
        };
        let places: Vec<Place> = demo::<PlaceFile>(&folder, "places.toml").place.into_iter().map(place).collect();
        let orgs: Vec<Org> = demo::<OrgFile>(&folder, "orgs.toml").org.into_iter().map(org).collect();
        let save = move |tx: &mut Tx<'_>| {
            directory::save_places(tx, home, &places, MONDAY)?;
            directory::save_orgs(tx, home, &orgs, MONDAY)
        };
        engine.db.write(save).await.unwrap();
        engine.refresh().await.unwrap();
        let config = Config { demo: true, ..Config::default() };
        let (router, _) = serve::router(serve::app(engine.clone(), config));
        static HOUSES: AtomicU8 = AtomicU8::new(0);
        Self { router, engine, clock, network: HOUSES.fetch_add(1, Ordering::SeqCst), _bed: bed }
    }

    /// Somebody at this address (the last number of it) who reads this language.
    pub fn visitor(&self, address: u8, lang: &str) -> Visitor {
        let cookies = BTreeMap::from([("linli_lang".to_owned(), lang.to_owned())]);
        Visitor { router: self.router.clone(), cookies, address: [10, self.network, 0, address] }
    }

    /// A resident who has signed in with this telephone.
    pub async fn resident(&self, address: u8, lang: &str, phone: &str) -> Visitor {
        let (engine, now) = (self.engine.clone(), self.clock.now());
        let (phone, token): (Phone, Token) = (phone.parse().unwrap(), Token::new(linli_engine::edge::secret()));
        let work = move |tx: &mut Tx<'_>| {
            let nameless = Secret::new(String::new());
            let new = PersonId::new();
            let person = vault::person_or_create(tx, engine.home, &engine.vault_key, &phone, &nameless, new, now)?;
            sessions::start(tx, engine.home, &token, Who::Resident(person), &Origin::default(), now)
        };
        let mut visitor = self.visitor(address, lang);
        visitor.cookies.insert("linli_session".into(), self.engine.db.write(work).await.unwrap());
        visitor
    }

    /// Goes on by so many milliseconds; what falls due on the way falls due.
    pub async fn later(&self, ms: i64) {
        self.clock.move_to(self.clock.now().plus(ms));
        while self.engine.tick().await.unwrap() {}
    }

    /// A member of staff does an act of a case.
    pub async fn act(&self, number: &str, by: &Viewer, act: &str, fields: &[(&str, &str)]) {
        let dossier = self.case(number, by).await;
        let offer = dossier.offers.iter().find(|o| o.act == act);
        let offer = offer.unwrap_or_else(|| panic!("`{act}` is not on offer: {:?}", dossier.offers));
        let raw: Raw = fields.iter().map(|(n, v)| ((*n).to_owned(), vec![(*v).to_owned()])).collect();
        let command = offer.command(dossier.pack.check_form(&offer.form, &raw).unwrap());
        let key = linli_engine::hex(&linli_engine::edge::new_id());
        self.engine.act(Ask { case: dossier.head.key, command, by: by.clone(), key }).await.unwrap();
    }

    /// A case as this viewer sees it.
    pub async fn case(&self, number: &str, by: &Viewer) -> Dossier {
        self.engine.case(STREET.parse().unwrap(), number, by).await.unwrap()
    }

    /// Brings a case from the start to the question whether it is solved.
    pub async fn work_off(&self, number: &str) {
        let (dispatcher, handler, head) = (
            staff("yunxi-office", Role::Dispatcher),
            staff("yunzhou-municipal", Role::Handler),
            staff("yunxi-office", Role::DeskHead),
        );
        self.act(number, &dispatcher, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await;
        self.act(number, &handler, "accept", &[]).await;
        self.act(number, &handler, "contacted", &[("contact_way", "phone"), ("contact_note", "at home after six")])
            .await;
        let result = [
            ("facts", "the fuse was blown"),
            ("law", "the rule on street lights"),
            ("measure", "a new fuse"),
            ("done_by", "Zhang"),
            ("done_on", "2026-03-02"),
        ];
        self.act(number, &handler, "result", &result).await;
        self.act(number, &head, "approve", &[]).await;
        self.act(number, &handler, "told", &[("contact_way", "phone")]).await;
    }
}

/// A seat over the whole district.
pub fn staff(org: &str, role: Role) -> Viewer {
    Viewer::Staff(Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: org.parse().unwrap(),
        role,
        place: "990101".parse().unwrap(),
        from: Millis(0),
        until: None,
        cover: None,
    })
}

/// Somebody with a browser that runs no scripts.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    address: [u8; 4],
}

/// What the program answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The page.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Where it sends on to.
    pub fn to(&self) -> String {
        let to = self.headers.get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
        to.unwrap_or_else(|| panic!("{} goes nowhere:\n{}", self.status, self.text()))
    }

    /// The page, which must have this status and say this.
    pub fn says(self, status: u16, words: &str) -> Self {
        let text = self.text();
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert!(text.contains(words), "`{words}` is not on the page:\n{text}");
        self
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |h| h.to_str().unwrap())
    }
}

/// A file in a form.
pub type Upload<'f> = (&'f str, &'f str, &'f [u8]);

impl Visitor {
    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request: Request<Body> = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.address, 4711))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::builder().method(Method::GET).uri(path), Body::empty()).await
    }

    /// Opens where an answer sends on to.
    pub async fn follow(&mut self, answer: Answer) -> Answer {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        self.get(&answer.to()).await
    }

    /// Sends a form as it is.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        let encode = linli::web::routes::percent;
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body.join("&"))).await
    }

    /// Sends a form with files.
    pub async fn post_files(&mut self, path: &str, fields: &[(String, String)], files: &[Upload<'_>]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, file, bytes) in files {
            let head =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
            body.extend(head.bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request, Body::from(body)).await
    }

    /// Fills in the form of a page that has this button, presses it, and sends what a browser would send.
    pub async fn press(&mut self, page: &Answer, button: &str, filled: &[(&str, &str)]) -> Answer {
        let (to, fields) = form(&page.text(), button, filled);
        self.post(&to, &fields).await
    }

    /// The same with files.
    pub async fn press_with(
        &mut self,
        page: &Answer,
        button: &str,
        filled: &[(&str, &str)],
        files: &[Upload<'_>],
    ) -> Answer {
        let (to, fields) = form(&page.text(), button, filled);
        self.post_files(&to, &fields, files).await
    }
}

/// The address and the fields of the form that has a button of this value (or, for an empty one, the first in `main`).
pub fn form(page: &str, button: &str, filled: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
    let is_it = |form: &&str| button.is_empty() || form.contains(&format!("value=\"{button}\">"));
    let forms: Vec<&str> = main.split("<form ").skip(1).map(|f| f.split("</form>").next().unwrap()).collect();
    let form = forms.into_iter().find(is_it).unwrap_or_else(|| panic!("no form with a button `{button}`:\n{main}"));
    let to = attribute(form, "action").unwrap();
    let mut fields: Vec<(String, String)> = controls(form);
    for (name, value) in filled {
        assert!(form.contains(&format!("name=\"{name}\"")), "no field `{name}`:\n{form}");
        fields.retain(|(n, _)| n != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let mut buttons = form.split("<button ").skip(1).map(|b| b.split('>').next().unwrap());
    let pressed = buttons.find(|b| button.is_empty() || attribute(b, "value").as_deref() == Some(button));
    if let Some((name, value)) = pressed.and_then(|b| Some((attribute(b, "name")?, attribute(b, "value")?))) {
        fields.push((name, value));
    }
    (to, fields)
}

/// What a browser would send of the controls of a form, but for its buttons and files.
fn controls(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select: Option<String> = None;
    for (at, _) in form.match_indices('<') {
        let rest = &form[at + 1..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let (name, value) = (attribute(tag, "name"), attribute(tag, "value"));
        match tag.split([' ', '\n']).next().unwrap_or_default() {
            "input" => {
                let kind = attribute(tag, "type").unwrap_or_default();
                let sent = match kind.as_str() {
                    "radio" | "checkbox" => tag.ends_with(" checked"),
                    "file" => false,
                    _ => true,
                };
                fields.extend(name.filter(|_| sent).map(|n| (n, value.unwrap_or_default())));
            }
            "textarea" => {
                let inside = rest[tag.len() + 1..].split("</textarea>").next().unwrap_or_default();
                fields.extend(name.map(|n| (n, plain(inside.strip_prefix('\n').unwrap_or(inside)))));
            }
            "select" => select = name,
            "option" if tag.ends_with(" selected") => {
                fields.extend(select.clone().map(|n| (n, value.unwrap_or_default())));
            }
            _ => {}
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!("{name}=\"")).filter(|at| *at == 0 || tag.as_bytes()[at - 1] == b' ')?;
    tag[at + name.len() + 2..].split('"').next().map(plain)
}

fn plain(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

/// The number in the address of a case.
pub fn number(to: &str) -> String {
    to.split(['/', '?']).nth(3).unwrap().to_owned()
}

/// The key of the case that a visitor's browser may follow.
pub fn tracked(visitor: &Visitor) -> CaseKey {
    let cookie = &visitor.cookies["linli_track"];
    let mut parts = cookie.split('.');
    CaseKey { jurisdiction: parts.next().unwrap().parse().unwrap(), id: parts.next().unwrap().parse().unwrap() }
}
