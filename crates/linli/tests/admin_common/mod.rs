//! The demonstration's places and units behind the real router, with an account for each administrator.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{collections::BTreeMap, path::Path};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use linli::{cli::setup::Setup, serve, web::ctx::Config};
use linli_engine::{
    Engine, Options,
    cases::{
        Channel,
        file::{Filed, Report},
    },
    db::Tx,
    edge::{self, Clock},
    ids::{AccountId, PlaceCode, SeatId},
    seats::{self, Seat, SeatError},
    sessions::{self, Origin, Token, Who},
    vault::{Caller, Secret},
};
use linli_testbed::Bed;
use linli_worktime::{Millis, parse_rfc3339};
use tower::ServiceExt;

pub const COMMUNITY: &str = "990101001001";
pub const GRID: &str = "990101001001001";
pub const BUILDING: &str = "990101001001001003";

/// The office with its administration.
pub struct Office {
    pub engine: Engine,
    pub clock: Clock,
    router: Router,
    cookies: BTreeMap<&'static str, String>,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

/// Who has an account here: the login, and the role of its seat.
pub const STAFF: [(&str, &str); 4] = [
    ("system", "admin-system"),
    ("security", "admin-security"),
    ("audit", "admin-audit"),
    ("dispatcher", "dispatcher"),
];

fn pack_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/cn")
}

impl Office {
    pub async fn open(bed: &Bed) -> Self {
        Self::open_with(bed, Config::default()).await
    }

    pub async fn open_with(bed: &Bed, config: Config) -> Self {
        let clock = Clock::set(parse_rfc3339("2026-03-02T09:00:00+08:00").unwrap());
        let mut setup =
            Setup::read(|name| std::fs::read_to_string(pack_folder().join("demo").join(name)).ok()).unwrap();
        setup.accounts.clear();
        let options = Options {
            url: bed.url.clone(),
            seats: 4,
            folder: bed.folder.path().join("files"),
            pack: linli_engine::pack::read_dir(&pack_folder()).unwrap(),
            home: Some(setup.home().unwrap().jurisdiction()),
            clock: clock.clone(),
            plugs: linli_engine::notices::Plugs::default(),
        };
        let engine = Engine::open(options).await.unwrap();
        setup.save(&engine, "zh").await.unwrap();
        let cookies = staff(&engine).await;
        let (router, _) = serve::router(serve::app(engine.clone(), config));
        Self { engine, clock, router, cookies }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, "GET", path, String::new()).await
    }

    /// Sends a form.
    pub async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", linli::web::routes::percent(value));
        self.ask(who, "POST", path, fields.iter().map(pair).collect::<Vec<_>>().join("&")).await
    }

    /// Signs in with a password; the session (or the way to the code), if that was right.
    pub async fn sign_in(&self, login: &str, password: &str) -> Option<String> {
        let form = [("login", login), ("password", password)];
        self.cookie_for("", "/desk/signin", &form).await
    }

    /// Sends a form with these cookies; the value of the first cookie of the answer.
    pub async fn cookie_for(&self, cookies: &str, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", linli::web::routes::percent(value));
        let form = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        let request = Request::builder().method("POST").uri(path).header(header::HOST, "office");
        let request = request.header(header::COOKIE, cookies);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        let cookie = response.headers().get(header::SET_COOKIE)?.to_str().ok()?;
        Some(cookie.split(';').next()?.split_once('=')?.1.to_owned())
    }

    /// Asks with these cookies.
    pub async fn with_cookies(&self, cookies: &str, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let cookies = format!("{cookies}; linli_lang=en");
        self.asks((method, "office"), &cookies, path, fields).await
    }

    /// Sends a form to the program under another name.
    pub async fn named(&self, host: &str, cookies: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.asks(("POST", host), cookies, path, fields).await
    }

    async fn asks(&self, (method, host): (&str, &str), cookies: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", linli::web::routes::percent(value));
        let body = fields.iter().map(pair).collect::<Vec<_>>().join("&");
        let request = Request::builder().method(method).uri(path).header(header::HOST, host);
        let request = request.header(header::COOKIE, cookies);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Asks with a session.
    pub async fn as_session(&self, session: &str, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.with_cookies(&format!("linli_session={session}"), method, path, fields).await
    }

    /// Confirms what another proposed, the first of it.
    pub async fn confirm(&self, who: &str) -> Answer {
        self.confirm_as(&self.cookies[who]).await
    }

    /// The same with a session.
    pub async fn confirm_as(&self, session: &str) -> Answer {
        let page = self.as_session(session, "GET", "/admin/second", &[]).await.body;
        let mut forms = page.split("action=\"").filter_map(|part| part.split('"').next());
        let form = forms.find(|at| at.ends_with("/confirm")).unwrap_or_else(|| panic!("none waits: {page}"));
        self.as_session(session, "POST", form, &[("key", &key())]).await
    }

    /// Sends a file with a form.
    pub async fn upload(&self, who: &str, path: &str, key: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{key}\r\n--cut\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(b"\r\n--cut--\r\n");
        self.raw(who, path, body).await
    }

    /// Sends parts as they are.
    pub async fn raw(&self, who: &str, path: &str, body: Vec<u8>) -> Answer {
        let cookie = format!("linli_session={}; linli_lang=en", self.cookies[who]);
        let request = Request::builder().method("POST").uri(path).header(header::HOST, "office");
        let request = request.header(header::COOKIE, cookie);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn ask(&self, who: &str, method: &str, path: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "office");
        if let Some(cookie) = self.cookies.get(who) {
            request = request.header(header::COOKIE, format!("linli_session={cookie}; linli_lang=en"));
        }
        if method == "POST" {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let location = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok()).unwrap_or_default();
        let (status, location) = (response.status().as_u16(), location.to_owned());
        let bytes = to_bytes(response.into_body(), 40_000_000).await.unwrap().to_vec();
        Answer { status, location, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// Files a report of a category at a place and lets the duty list send it on.
    pub async fn file(&self, category: &str, place: &str) -> Filed {
        let report = Report {
            key: key(),
            channel: Channel::Phone,
            kind: None,
            category: Some(category.to_owned()),
            title: "A matter".into(),
            body: "Something is wrong here".into(),
            place: place.parse().unwrap(),
            address: String::new(),
            point: None,
            caller: Caller {
                person: None,
                name: Secret::new(String::new()),
                contact: Secret::new(String::new()),
                confidential: false,
            },
            at: None,
            dispatch: true,
            joins: None,
        };
        self.engine.file(report).await.unwrap()
    }

    /// The unit that a report of a category at a place goes to.
    pub async fn unit(&self, category: &str, place: &str) -> String {
        let filed = self.file(category, place).await;
        let overseer = linli_engine::viewer::Viewer::Staff(seat("yunxi-office", "overseer", "990101"));
        let dossier = self.engine.case_by_key(filed.key, &overseer).await.unwrap();
        dossier.case.field("unit").as_text().unwrap_or_default().to_owned()
    }
}

/// A seat that is made up for one act.
pub fn seat(org: &str, role: &str, place: &str) -> Seat {
    Seat {
        id: SeatId::new(),
        account: AccountId::new(),
        org: org.parse().unwrap(),
        role: role.parse().unwrap(),
        place: place.parse().unwrap(),
        from: Millis(0),
        until: None,
        cover: None,
    }
}

/// A key as a page draws it.
pub fn key() -> String {
    linli_engine::hex(&edge::new_id())
}

/// Opens the accounts and signs them in.
async fn staff(engine: &Engine) -> BTreeMap<&'static str, String> {
    let hash = seats::hash_password(&"anyone".parse().unwrap(), "a long enough one").unwrap();
    let (home, now) = (engine.home, engine.clock.now());
    let street: PlaceCode = "990101001".parse().unwrap();
    let opened = engine.db.write(move |tx: &mut Tx<'_>| {
        let mut cookies = BTreeMap::new();
        for (login, role) in STAFF {
            let id = AccountId::new();
            seats::create_account(tx, home, id, &login.parse().unwrap(), login, &hash)?;
            let seat =
                Seat { account: id, place: street.clone(), from: now, ..seat("yunxi-office", role, "990101001") };
            seats::grant_seat(tx, home, &seat)?;
            cookies.insert(
                login,
                sessions::start(tx, home, &Token::new(edge::secret()), Who::Staff(id), &Origin::default(), now)?,
            );
        }
        Ok::<_, SeatError>(cookies)
    });
    opened.await.unwrap()
}
