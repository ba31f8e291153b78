//! Who asks, in which language: worked out once for a request.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use linli_engine::{
    Engine,
    db::{DbError, Tx},
    feed::Heads,
    ids::PersonId,
    passkey::Party,
    seats::{Account, Seat},
    sessions::{self, Required, Session},
    viewer::Viewer,
};

use super::{
    Fault,
    access::{self, Pass},
    i18n::Lang,
    live::Hub,
    process::Process,
};

/// What the whole program shares.
#[derive(Clone)]
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// How this deployment is set up.
    pub config: Arc<Config>,
    /// What this process knows of itself.
    pub process: Arc<Process>,
    /// Its live pages.
    pub live: Arc<Hub>,
}

/// How this deployment is set up.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// A demonstration: the sign-in page shows accounts, one-time codes go to the log.
    pub demo: bool,
    /// Whether cookies are sent over TLS only.
    pub secure_cookies: bool,
    /// Whether the duty list sends new reports on by itself.
    pub auto_dispatch: bool,
    /// Whether the address of a visitor is what a proxy in front says.
    pub behind_proxy: bool,
    /// Who has to have a second factor where the office has not said so.
    pub factor: Required,
    /// Where passkeys are good, where the program was told its address.
    pub party: Option<Party>,
}

/// A request's context.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

/// What a request's context holds.
pub struct Inner {
    /// The program.
    pub app: App,
    /// The reader's language.
    pub lang: Lang,
    /// Whether the reader chose the elder version.
    pub elder: bool,
    /// `light` or `dark`, where the reader chose.
    pub theme: Option<&'static str>,
    /// Whether single-letter keys are switched off.
    pub keys_off: bool,
    /// Whether others use this device too: nothing is kept on it.
    pub shared: bool,
    /// Who.
    pub who: Who,
    /// The token of a program; who it is, stands above.
    pub pass: Option<Pass>,
    /// Where the request went, for coming back.
    pub path: String,
    /// Where the reader is on a walk through the demonstration.
    pub tour: Option<String>,
    /// How far the feed was when a member of staff asked: what a live page was drawn from.
    pub heads: Heads,
}

impl std::ops::Deref for Ctx {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Who asks.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one for a request, and it is looked at everywhere")]
pub enum Who {
    /// Nobody that is known.
    Anyone,
    /// A resident who signed in.
    Resident(PersonId),
    /// A member of staff, on one of their seats.
    Staff {
        /// The account.
        account: Account,
        /// The seats that they hold.
        seats: Vec<Seat>,
        /// The one that they sit on.
        seat: Seat,
        /// Whether they have to set up a second factor before anything else.
        must_enrol: bool,
    },
}

/// The cookies that the program sets.
pub mod cookie {
    /// The session.
    pub const SESSION: &str = "linli_session";
    /// The seat that a member of staff sits on.
    pub const SEAT: &str = "linli_seat";
    /// The language.
    pub const LANG: &str = "linli_lang";
    /// The elder version.
    pub const ELDER: &str = "linli_elder";
    /// Light or dark.
    pub const THEME: &str = "linli_theme";
    /// The step of a walk through the demonstration.
    pub const TOUR: &str = "linli_tour";
    /// Single-letter keys.
    pub const KEYS: &str = "linli_keys";
    /// A device that others use too.
    pub const SHARED: &str = "linli_shared";
    /// Between the two pages of a sign-in of staff: that the password was right.
    pub const HALF: &str = "linli_half";
    /// What a device is known by when residents ask for codes.
    pub const DEVICE: &str = "linli_device";
    /// Between the two pages of a resident's sign-in: the telephone, for as long as a code lives.
    pub const PHONE: &str = "linli_phone";
    /// The tracking code of a case that was opened with it: `jurisdiction.id`, sealed by the deployment's key.
    pub const TRACK: &str = "linli_track";
}

/// A cookie's value.
pub fn cookie_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok());
    all.flat_map(|h| h.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The `Set-Cookie` of a value that lives `seconds` (0 removes it).
pub fn set_cookie(config: &Config, name: &str, value: &str, seconds: i64) -> String {
    let secure = if config.secure_cookies { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

impl Ctx {
    fn new(app: App, headers: &HeaderMap, path: String, who: Who, pass: Option<Pass>) -> Self {
        let chosen = cookie_value(headers, cookie::LANG);
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
        let lang = Lang::from_header(chosen.or(asked).unwrap_or("zh"));
        let elder = cookie_value(headers, cookie::ELDER) == Some("on");
        let theme = match cookie_value(headers, cookie::THEME) {
            Some("dark") => Some("dark"),
            Some("light") => Some("light"),
            _ => None,
        };
        let tour = cookie_value(headers, cookie::TOUR).filter(|_| app.config.demo).map(str::to_owned);
        let keys_off = cookie_value(headers, cookie::KEYS) == Some("off");
        let shared = cookie_value(headers, cookie::SHARED) == Some("on");
        let heads = match &who {
            Who::Staff { .. } => app.engine.changes().borrow().clone(),
            _ => Heads::default(),
        };
        Self(Arc::new(Inner { app, lang, elder, theme, keys_off, shared, who, pass, path, heads, tour }))
    }

    /// The same request as anyone's, who chose to read like this.
    pub fn anyone(&self, lang: Lang, elder: bool) -> Self {
        let (app, path) = (self.app.clone(), self.path.clone());
        Self(Arc::new(Inner {
            app,
            lang,
            elder,
            theme: None,
            keys_off: false,
            shared: false,
            who: Who::Anyone,
            pass: None,
            path,
            heads: Heads::default(),
            tour: None,
        }))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.app.engine
    }

    /// A text in the reader's language.
    pub fn t(&self, key: &str) -> String {
        super::i18n::text(self.lang, key, &[])
    }

    /// The seat of a member of staff.
    pub fn seat(&self) -> Option<&Seat> {
        match &self.who {
            Who::Staff { seat, .. } => Some(seat),
            _ => None,
        }
    }

    /// What somebody of the staff has to do before anything else: where, and the fault that a deed before it is.
    pub fn first(&self) -> Option<(&'static str, &'static str)> {
        match &self.who {
            Who::Staff { .. } if self.pass.is_some() => None,
            // Whoever came in with a password that somebody else knows chooses their own.
            Who::Staff { account, .. } if account.must_change => Some(("/desk/password", "fault-password-first")),
            Who::Staff { must_enrol: true, .. } => Some(("/desk/me/factor", "fault-factor-first")),
            _ => None,
        }
    }

    /// As the engine knows them; nobody yet, as long as something has to be done first.
    pub fn viewer(&self) -> Viewer {
        match &self.who {
            _ if self.first().is_some() => Viewer::Anyone,
            Who::Anyone => Viewer::Anyone,
            Who::Resident(person) => Viewer::Person(*person),
            Who::Staff { seat, .. } => Viewer::Staff(seat.clone()),
        }
    }
}

/// Who asks: a program by its token, or somebody by their session.
async fn entry(app: &App, headers: &HeaderMap, path: &str) -> Result<(Who, Option<Pass>), Fault> {
    let Some((token, pass)) = access::check(app, headers, path).await? else {
        return Ok((who(app, headers).await, None));
    };
    let seat = token.seat;
    Ok((Who::Staff { account: token.account, seats: vec![seat.clone()], seat, must_enrol: false }, Some(pass)))
}

async fn who(app: &App, headers: &HeaderMap) -> Who {
    let Some(cookie) = cookie_value(headers, cookie::SESSION).map(str::to_owned) else { return Who::Anyone };
    let session = match session(app, cookie).await {
        Ok(session) => session,
        Err(error) => {
            tracing::error!(error = linli_engine::chain(&error), "a session could not be read");
            None
        }
    };
    match session {
        Some(Session::Resident { person }) => Who::Resident(person),
        Some(Session::Staff { account, seats, factor, required }) => {
            let must_enrol = !factor && required.unwrap_or(app.config.factor).of(&seats);
            let chosen = cookie_value(headers, cookie::SEAT);
            let seat = seats.iter().find(|s| chosen == Some(&s.id.to_string())).or(seats.first()).cloned();
            seat.map_or(Who::Anyone, |seat| Who::Staff { account, seats, seat, must_enrol })
        }
        None => Who::Anyone,
    }
}

/// The session of a cookie; that it is in use is noted every few minutes.
async fn session(app: &App, cookie: String) -> Result<Option<Session>, DbError> {
    let (now, asked) = (app.engine.clock.now(), cookie.clone());
    let found = app.engine.db.read(move |tx: &mut Tx<'_>| sessions::look(tx, &asked, now)).await?;
    let Some((session, stale)) = found else { return Ok(None) };
    let seen = move |tx: &mut Tx<'_>| sessions::seen(tx, &cookie, now);
    if stale && let Err(error) = app.engine.db.write(seen).await {
        tracing::warn!(error = linli_engine::chain(&error), "that a session is in use could not be noted");
    }
    Ok(Some(session))
}

/// Puts the context into every request.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
    let ctx = match entry(&app, request.headers(), request.uri().path()).await {
        Ok((who, pass)) => Ctx::new(app, request.headers(), path, who, pass),
        Err(fault) => {
            let ctx = Ctx::new(app, request.headers(), path, Who::Anyone, None);
            return super::fault::render(&ctx, fault.into_response());
        }
    };
    // PostgreSQL keeps no U+0000, and no address of ours holds one.
    if ctx.path.contains("%00") {
        let fault = Fault::new(StatusCode::BAD_REQUEST, "fault-malformed");
        return super::fault::render(&ctx, fault.into_response());
    }
    if ctx.pass.is_some() {
        // A browser adds cookies to what another site makes it send, but never a token: what comes with one was meant.
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove("sec-fetch-site");
    }
    let impersonal = super::compress::impersonal(request.headers());
    request.extensions_mut().insert(ctx.clone());
    let mut response = super::fault::render(&ctx, next.run(request).await);
    if let Some(pass) = &ctx.pass {
        access::tell_limits(pass, &mut response);
    }
    // An answer that opens something (a sign-in, a case that was just filed) is of one person already.
    if let Some(mark) = impersonal.filter(|_| !response.headers().contains_key(header::SET_COOKIE)) {
        response.extensions_mut().insert(mark);
    }
    response
}

impl FromRequestParts<App> for Ctx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        match parts.extensions.get::<Self>() {
            Some(ctx) => Ok(ctx.clone()),
            None => {
                let who = who(app, &parts.headers).await;
                Ok(Self::new(app.clone(), &parts.headers, parts.uri.path().to_owned(), who, None))
            }
        }
    }
}
