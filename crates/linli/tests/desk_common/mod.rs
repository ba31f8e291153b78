//! The desk as a test meets it: the demonstration's street over a fresh database, its staff signed in, the real router.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{collections::BTreeMap, path::Path};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use linli::{
    cli::setup::Setup,
    serve,
    web::{App, ctx::Config, live::Hub},
};
use linli_engine::{
    Engine, Options,
    cases::{
        Channel,
        file::{Filed, Report},
    },
    db::{DbError, Tx},
    edge::{self, Clock},
    ids::PlaceCode,
    notices::Plugs,
    seats,
    sessions::{self, Origin, Token, Who},
    vault::{Caller, Secret},
};
use linli_testbed::Bed;
use linli_worktime::{Millis, parse_rfc3339};
use serde_json::Value as Js;
use tower::ServiceExt as _;

/// What nobody on the desk may ever read.
pub const NAME: &str = "赵桂英";
pub const PHONE: &str = "19900000001";
pub const BUILDING: &str = "990101001001001003";

/// A picture of one pixel.
pub const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0,
    0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

pub struct Desk {
    pub engine: Engine,
    pub clock: Clock,
    pub router: Router,
    app: App,
    cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub cookie: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "no `{words}` in {}", self.body);
        self
    }

    #[track_caller]
    pub fn hides(self, words: &str) -> Self {
        assert!(!self.body.contains(words), "`{words}` in {}", self.body);
        self
    }

    #[track_caller]
    pub fn js(self) -> Js {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// A working Monday morning.
pub fn monday() -> Millis {
    parse_rfc3339("2026-03-02T09:00:00+08:00").unwrap()
}

impl Desk {
    pub async fn open(bed: &Bed) -> Self {
        Self::open_with(bed, Plugs::default()).await
    }

    /// The same, over what delivers and helps from outside.
    pub async fn open_with(bed: &Bed, plugs: Plugs) -> Self {
        let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
        let clock = Clock::set(monday());
        let engine = open(bed, &clock, plugs).await;
        let mut setup = Setup::read(|name| std::fs::read_to_string(packs.join("demo").join(name)).ok()).unwrap();
        let needed =
            ["dispatcher", "desk", "desk-head", "overseer", "leader", "urban", "municipal", "heyuan", "admin-system"];
        setup.accounts.retain(|account| needed.contains(&account.login.as_str()));
        setup.save(&engine, "zh").await.unwrap();
        let cookies = sign_in(&engine).await;
        let app = serve::app(engine.clone(), Config::default());
        let (router, _) = serve::router(app.clone());
        Self { engine, clock, router, app, cookies }
    }

    /// Another process over the same database; whoever is signed in is there too.
    pub async fn beside(&self, bed: &Bed) -> Self {
        let engine = open(bed, &self.clock, Plugs::default()).await;
        let app = serve::app(engine.clone(), Config::default());
        let (router, _) = serve::router(app.clone());
        Self { engine, clock: self.clock.clone(), router, app, cookies: self.cookies.clone() }
    }

    /// The live pages of this process.
    pub fn hub(&self) -> &Hub {
        &self.app.live
    }

    /// Looks who has which case open, as the program does by itself.
    pub fn follow_presence(&self) -> tokio::sync::watch::Sender<bool> {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        tokio::spawn(linli::desk::follow_presence(self.app.clone(), stopped));
        stop
    }

    /// Opens something that does not end by itself.
    pub async fn open_stream(&self, who: &str, path: &str, again: Option<&str>) -> axum::response::Response {
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, format!("linli_session={}", self.cookies[who]))
            .header("last-event-id", again.unwrap_or_default())
            .body(Body::empty())
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Everybody signs in anew: a session of staff lasts half a day.
    pub async fn sign_in(&mut self) {
        self.cookies = sign_in(&self.engine).await;
    }

    /// Goes on by so long; whoever is signed in has been busy meanwhile, else an hour would end their session.
    pub fn later(&self, ms: i64) {
        self.clock.move_to(self.clock.now().plus(ms));
        let (cookies, now) = (self.cookies.clone(), self.clock.now());
        let busy = move |tx: &mut Tx<'_>| cookies.values().try_for_each(|cookie| sessions::seen(tx, cookie, now));
        let write = self.engine.db.write(busy);
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(write)).unwrap();
    }

    /// Sends a request; `who` is a login, or empty for nobody, and may go on with `;name=value` of further cookies.
    pub async fn send(&self, who: &str, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let (login, more) = who.split_once(';').unwrap_or((who, ""));
        let session = self.cookies.get(login).map_or_else(String::new, |c| format!("linli_session={c}"));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("{session}; {more}"))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let read = |name| response.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
        let (location, cookie) = (read(header::LOCATION), read(header::SET_COOKIE));
        let body = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Answer { status, location, cookie, body: String::from_utf8_lossy(&body).into_owned(), bytes: body.to_vec() }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(who, Method::GET, path, "", Vec::new()).await
    }

    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(n, v)| format!("{n}={}", linli::web::routes::percent(v).replace('/', "%2F"))).collect();
        self.send(who, Method::POST, path, "application/x-www-form-urlencoded", pairs.join("&").into_bytes()).await
    }

    pub async fn json(&self, who: &str, path: &str, body: &str) -> Answer {
        self.send(who, Method::POST, path, "application/json", body.as_bytes().to_vec()).await
    }

    pub async fn multipart(&self, who: &str, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        let (name, bytes) = file;
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes());
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        self.send(who, Method::POST, path, "multipart/form-data; boundary=edge", body).await
    }

    pub async fn file(&self, key: &str, title: &str) -> Filed {
        self.file_with(key, |report| title.clone_into(&mut report.title)).await
    }

    pub async fn file_with(&self, key: &str, change: impl FnOnce(&mut Report)) -> Filed {
        let mut report = report(key);
        change(&mut report);
        self.engine.file(report).await.unwrap()
    }

    /// The marks by which a form finds an act again, as the page carries them.
    pub async fn marks(&self, who: &str, case: &Filed, act: &str, key: &str) -> Vec<(String, String)> {
        let found = self.get(who, &api(case)).await.is(200).js();
        let act =
            found["acts"].as_array().unwrap().iter().find(|a| a["act"] == act).unwrap_or_else(|| panic!("no {act}"));
        let text = |name: &str| {
            act[name]
                .as_str()
                .map_or_else(|| act[name].as_u64().map_or(String::new(), |n| n.to_string()), str::to_owned)
        };
        let marks = ["way", "step", "instance", "act", "seen"].map(|name| (name.to_owned(), text(name)));
        marks.into_iter().chain([("key".to_owned(), key.to_owned())]).collect()
    }

    /// Does an act through the page, whatever the reply check says of its words.
    pub async fn act(&self, who: &str, case: &Filed, act: &str, form: &[(&str, &str)]) -> Answer {
        let key = format!("key-{act}-{}", linli_engine::hex(&edge::new_id()));
        let marks = self.marks(who, case, act, &key).await;
        let form: Vec<(&str, &str)> = form.iter().copied().chain([("anyway", "1")]).collect();
        self.post(who, &format!("{}/act", url(case)), &both(&marks, &form)).await
    }

    /// Brings a case to the lighting department's hands.
    pub async fn dispatched(&self, key: &str) -> Filed {
        let case = self.file(key, "路灯不亮").await;
        self.act("dispatcher", &case, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await.is(303);
        case
    }
}

/// A report of somebody who left a name and a number.
pub fn report(key: &str) -> Report {
    let (name, contact) = (Secret::new(NAME.to_owned()), Secret::new(PHONE.to_owned()));
    Report {
        key: format!("test-{key}"),
        channel: Channel::Web,
        kind: None,
        category: Some("utility.lighting".into()),
        title: "路灯不亮".into(),
        body: "楼下路灯三天不亮了，老人晚上看不见台阶。".into(),
        place: BUILDING.parse().unwrap(),
        address: "3号楼下".into(),
        point: None,
        caller: Caller { person: None, name, contact, confidential: false },
        at: None,
        dispatch: false,
        joins: None,
    }
}

pub fn both<'a>(marks: &'a [(String, String)], form: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    marks.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(form.iter().copied()).collect()
}

pub fn url(case: &Filed) -> String {
    format!("/desk/cases/{}/{}", case.key.jurisdiction, case.number)
}

pub fn api(case: &Filed) -> String {
    format!("/api/v1/cases/{}/{}", case.key.jurisdiction, case.number)
}

async fn open(bed: &Bed, clock: &Clock, plugs: Plugs) -> Engine {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn");
    let options = Options {
        url: bed.url.clone(),
        seats: 4,
        folder: bed.folder.path().join("files"),
        pack: linli_engine::pack::read_dir(&packs).unwrap(),
        home: Some("990101001".parse::<PlaceCode>().unwrap().jurisdiction()),
        clock: clock.clone(),
        plugs,
    };
    let engine = Engine::open(options).await.unwrap();
    engine.refresh().await.unwrap();
    engine
}

async fn sign_in(engine: &Engine) -> BTreeMap<String, String> {
    let (home, now) = (engine.home, engine.clock.now());
    let work = move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let mut cookies = BTreeMap::new();
        for account in seats::accounts(tx, home, None, 100)? {
            let token = Token::new(edge::secret());
            let cookie = sessions::start(tx, home, &token, Who::Staff(account.id), &Origin::default(), now)?;
            cookies.insert(account.login.as_str().to_owned(), cookie);
        }
        Ok(cookies)
    };
    engine.db.write(work).await.unwrap()
}
