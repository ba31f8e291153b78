//! The frame of a page: what every template extends.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use linli_engine::{ids::PlaceCode, seats::Seat};
use linli_worktime::Millis;

use super::{
    Ctx, Reply, assets,
    ctx::Who,
    i18n::{Lang, text},
    live,
    times::{self, Due, Spoken},
    tour,
};

/// The government service hotline of every city of China (State Council General Office letter 2020 No. 53).
const HOTLINE: &str = "12345";

/// What the frame of a page needs.
#[derive(Clone)]
pub struct Page {
    ctx: Ctx,
    /// The title, without the street's name.
    pub title: String,
    /// Said once at the top: what was just done.
    pub done: Option<String>,
    paper: bool,
}

impl Page {
    /// A page with this title.
    pub fn new(ctx: &Ctx, title: &str) -> Self {
        Self { ctx: ctx.clone(), title: title.to_owned(), done: None, paper: false }
    }

    /// The same for paper: times with their full dates, for whoever reads it later.
    pub fn on_paper(self) -> Self {
        Self { paper: true, ..self }
    }

    /// Whether it is for paper.
    pub fn is_paper(&self) -> bool {
        self.paper
    }

    /// A page whose title is a text.
    pub fn titled(ctx: &Ctx, key: &str) -> Self {
        Self::new(ctx, &ctx.t(key))
    }

    /// A text of the program.
    pub fn t(&self, key: &str) -> String {
        text(self.ctx.lang, key, &[])
    }

    /// A text with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        text(self.ctx.lang, key, &[(name, value.to_string().into())])
    }

    /// A text with a number, which may change the words.
    pub fn n(&self, key: &str, n: impl TryInto<i64>) -> String {
        text(self.ctx.lang, key, &[("n", n.try_into().unwrap_or_default().into())])
    }

    /// A text of a pack.
    pub fn of<'t>(&self, text: &'t linli_flow::Text) -> &'t str {
        text.get(self.ctx.lang.code())
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.ctx.lang
    }

    /// As HTML names it.
    pub fn html_lang(&self) -> &'static str {
        self.ctx.lang.html()
    }

    /// The other language: its code and its own name.
    pub fn other_lang(&self) -> (&'static str, &'static str) {
        match self.ctx.lang {
            Lang::Zh => ("en", "English"),
            Lang::En => ("zh", "\u{4e2d}\u{6587}"),
        }
    }

    /// Whether the reader chose the elder version.
    pub fn elder(&self) -> bool {
        self.ctx.elder
    }

    /// `light` or `dark`, where the reader chose.
    pub fn theme(&self) -> Option<&'static str> {
        self.ctx.theme
    }

    /// Whether the reader switched single-letter keys off.
    pub fn keys_off(&self) -> bool {
        self.ctx.keys_off
    }

    /// Whether others use this device too.
    pub fn shared(&self) -> bool {
        self.ctx.shared
    }

    /// Whom to call for help: the street office or, where it gave no number, the hotline that every city has.
    pub fn help_phone(&self) -> String {
        self.phone().unwrap_or_else(|| HOTLINE.to_owned())
    }

    /// Where this page is.
    pub fn path(&self) -> &str {
        &self.ctx.path
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// Whether this is a demonstration.
    pub fn demo(&self) -> bool {
        self.ctx.app.config.demo
    }

    /// Where the reader is on a walk through the demonstration.
    pub fn tour(&self) -> Option<tour::At> {
        self.ctx.tour.as_deref().and_then(tour::At::read)
    }

    /// Whom one can be in the demonstration.
    pub fn guides(&self) -> &'static [tour::Guide] {
        tour::guides()
    }

    /// The name of the street (or of the program, before one is set up).
    pub fn street(&self) -> String {
        let directory = self.ctx.engine().directory();
        let home = self.ctx.engine().home.to_string();
        let place = home.parse::<PlaceCode>().ok();
        let name = place.and_then(|p| directory.place(&p).map(|p| self.of(&p.name).to_owned()));
        name.unwrap_or_else(|| self.t("product"))
    }

    /// The public telephone of the street office, where it gave one: of the home street's before any other.
    pub fn phone(&self) -> Option<String> {
        let directory = self.ctx.engine().directory();
        let fallback = self.ctx.engine().packs().current().fallback().to_owned();
        let home = self.ctx.engine().home.to_string();
        let offices = || directory.orgs().filter(|o| o.function == fallback && o.retired_at.is_none());
        let own = offices().find(|o| o.place.as_str() == home).and_then(|o| o.phone.clone());
        own.or_else(|| offices().find_map(|o| o.phone.clone()))
    }

    /// Whether a resident has signed in.
    pub fn is_resident(&self) -> bool {
        matches!(self.ctx.who, Who::Resident(_))
    }

    /// The name of the member of staff.
    pub fn staff(&self) -> Option<&str> {
        match &self.ctx.who {
            Who::Staff { account, .. } => Some(&account.name),
            _ => None,
        }
    }

    /// The seat of the member of staff in words: the role and the org.
    pub fn seat(&self) -> Option<String> {
        self.ctx.seat().map(|s| self.seat_name(s))
    }

    /// A seat in words.
    pub fn seat_name(&self, seat: &Seat) -> String {
        format!("{} \u{b7} {}", self.org(seat.org.as_str()), self.seat_role(seat))
    }

    /// The role of a seat in words, and whether it stands in for another.
    fn seat_role(&self, seat: &Seat) -> String {
        let cover = if seat.cover.is_some() { self.t("cover-mark") } else { String::new() };
        format!("{}{cover}", self.role(seat.role.as_str()))
    }

    /// Where one is, as the header of the desk says it: the street, the unit, the role. The name of the street is said
    /// once where the unit bears it too.
    pub fn desk_name(&self) -> String {
        let street = self.street();
        let Some(seat) = self.ctx.seat() else { return street };
        match self.org(seat.org.as_str()).strip_prefix(street.as_str()) {
            Some("") => format!("{street} \u{b7} {}", self.seat_role(seat)),
            Some(_) => self.seat_name(seat),
            None => format!("{street} \u{b7} {}", self.seat_name(seat)),
        }
    }

    /// The seats that the member of staff may sit on, with the one they sit on marked.
    pub fn seats(&self) -> Vec<(String, String, bool)> {
        match &self.ctx.who {
            Who::Staff { seats, seat, .. } => {
                seats.iter().map(|s| (s.id.to_string(), self.seat_name(s), s.id == seat.id)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where this page hears of what happens after it was drawn: what it shows and how far the feed was.
    pub fn live(&self) -> String {
        let (path, query) = self.ctx.path.split_once('?').unwrap_or((&self.ctx.path, ""));
        let case = path.strip_prefix("/desk/cases/").and_then(|rest| {
            let (street, rest) = rest.split_once('/')?;
            Some(format!("&case={street}%2F{}", rest.split('/').next()?))
        });
        let page = match (&case, path) {
            (Some(case), _) => case.clone(),
            (None, "/desk") => format!("&page=inbox&{query}"),
            _ => String::new(),
        };
        format!("/desk/live?at={}{page}", live::cursor_text(&self.ctx.heads))
    }

    /// Whether the page listens to what happens at the desk: administrators see no case, and whoever has to choose a
    /// password first sees nothing yet.
    pub fn hears(&self) -> bool {
        let may_work = |who: &Who| matches!(who, Who::Staff { account, .. } if !account.must_change);
        may_work(&self.ctx.who) && !self.is_admin()
    }

    /// Whether the seat is one of the three administrators'.
    pub fn is_admin(&self) -> bool {
        self.ctx.seat().is_some_and(|s| s.role.is_admin())
    }

    /// A role in words.
    pub fn role(&self, slug: &str) -> String {
        let packs = self.ctx.engine().packs();
        packs.current().role(slug).map_or_else(|| slug.to_owned(), |r| self.of(&r.title).to_owned())
    }

    /// An org in words.
    pub fn org(&self, id: &str) -> String {
        self.ctx.engine().directory().org(id).map_or_else(|| id.to_owned(), |o| self.of(&o.name).to_owned())
    }

    /// A place in words, with the places above it up to the street.
    pub fn place(&self, code: &PlaceCode) -> String {
        self.ctx.engine().directory().place_name(code, self.ctx.lang.code())
    }

    /// The last part of a place's name.
    pub fn spot(&self, code: &PlaceCode) -> String {
        let directory = self.ctx.engine().directory();
        directory.place(code).map_or_else(|| code.to_string(), |place| self.of(&place.name).to_owned())
    }

    /// A category in words.
    pub fn category(&self, code: &str) -> String {
        let packs = self.ctx.engine().packs();
        packs.current().category(code).map_or_else(|| code.to_owned(), |c| self.of(&c.title).to_owned())
    }

    /// Who owns a step, in words: `role:desk`, `org:x`, `reporter`.
    pub fn owner(&self, owner: &str) -> String {
        match owner.split_once(':') {
            Some(("role", role)) => self.role(role),
            Some(("org", org)) => self.org(org),
            _ => self.t("owner-reporter"),
        }
    }

    /// A time as people say it.
    pub fn time(&self, at: &Millis) -> Spoken {
        let packs = self.ctx.engine().packs();
        if self.paper {
            return times::dated(self.ctx.lang, &packs.current().calendar, *at);
        }
        times::spoken(self.ctx.lang, &packs.current().calendar, *at, self.ctx.engine().clock.now())
    }

    /// A due time as people say it.
    pub fn due(&self, at: &Millis) -> Due {
        let packs = self.ctx.engine().packs();
        if self.paper {
            let Spoken { words, exact } = times::dated(self.ctx.lang, &packs.current().calendar, *at);
            return Due { words, exact, class: "due" };
        }
        times::due(self.ctx.lang, &packs.current().calendar, *at, self.ctx.engine().clock.now())
    }

    /// A length of time.
    pub fn span(&self, ms: &i64) -> String {
        times::span(self.ctx.lang, *ms)
    }
}

/// A rendered page.
pub fn show(template: &impl Template) -> Reply {
    Ok(Html(template.render().map_err(broken)?).into_response())
}

/// A rendered page with another status.
pub fn show_as(status: axum::http::StatusCode, template: &impl Template) -> Reply {
    Ok((status, Html(template.render().map_err(broken)?)).into_response())
}

/// A page that could not be drawn.
#[allow(clippy::needless_pass_by_value, reason = "made for map_err")]
pub fn broken(error: askama::Error) -> super::Fault {
    tracing::error!(%error, "a page could not be drawn");
    super::Fault::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "fault-broken")
}

/// Goes somewhere and sets cookies on the way.
pub fn go_with(to: &str, cookies: &[String]) -> Response {
    let mut response = go(to);
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// Sends the reader to another page after something was done, so that reloading repeats nothing.
pub fn go(to: &str) -> Response {
    axum::response::Redirect::to(to).into_response()
}
