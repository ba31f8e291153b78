//! What was typed into the form so far, and what is wrong with it.

use linli_engine::{
    cases::{CaseKey, Channel, file::Report},
    db::Tx,
    directory::Place,
    edge,
    ids::{Level, PersonId, PlaceCode},
    limits,
    reading::Asked as Letter,
    seats::Seat,
    vault::{self, Caller, Phone, Secret},
};

use crate::web::{Ctx, Fault, act_form, forms::Sent};

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub struct Draft {
    /// Against filing twice.
    pub key: String,
    /// When the form was first looked at or typed into, in milliseconds.
    pub begun: i64,
    pub channel: String,
    pub body: String,
    pub title: String,
    /// Where, in words; and the place that was chosen, or else an area.
    pub place_words: String,
    pub place: String,
    pub area: String,
    pub category: String,
    pub class: String,
    pub name: String,
    pub phone: String,
    pub confidential: bool,
    /// When to call back, as chosen among a few times, or as written.
    pub at: String,
    pub at_other: String,
    /// The call that was put off and is gone on with, as in an address.
    pub from: String,
    /// What is wrong: the field, and what to do.
    pub errors: Vec<(&'static str, String)>,
}

impl Draft {
    /// From a sent form, or an empty one.
    pub fn of(ctx: &Ctx, sent: &Sent) -> Self {
        let text = |name: &str| sent.text(name).to_owned();
        let now = ctx.engine().clock.now().0;
        Self {
            key: sent.key().unwrap_or_else(|_| linli_engine::hex(&edge::new_id())),
            begun: sent.text("begun").parse().ok().filter(|begun| *begun <= now).unwrap_or(now),
            channel: text("channel"),
            body: text("body"),
            title: text("title"),
            place_words: text("where"),
            place: text("place"),
            area: text("area"),
            category: text("category"),
            class: text("class"),
            name: text("name"),
            phone: text("phone"),
            confidential: sent.ticked("confidential"),
            at: text("at"),
            at_other: text("at_other"),
            from: text("from"),
            errors: Vec::new(),
        }
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<&String> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, words)| words)
    }

    /// Notes what is wrong with a field.
    pub fn wrong(&mut self, field: &'static str, words: String) {
        self.errors.push((field, words));
    }

    /// The place that was chosen: one of those found, or else an area.
    pub fn chosen(&self, ctx: &Ctx, seat: &Seat) -> Option<PlaceCode> {
        let codes = [&self.place, &self.area].into_iter().filter_map(|code| code.parse::<PlaceCode>().ok());
        let directory = ctx.engine().directory();
        let known = |code: &PlaceCode| {
            seat.place.covers(code) && directory.place(code).is_some_and(|place| place.retired_at.is_none())
        };
        codes.into_iter().find(known)
    }

    /// The place that was chosen, or the one that the words name beyond doubt.
    pub fn meant(&self, ctx: &Ctx, seat: &Seat) -> Option<PlaceCode> {
        self.chosen(ctx, seat).or_else(|| {
            let directory = ctx.engine().directory();
            let words = self.place_words.replace(char::is_whitespace, "");
            let found = directory.find(&self.place_words, &seat.place, None, 2);
            let first = found.first().filter(|place| !words.is_empty() && is_called(place, &words));
            first.map(|place| place.code.clone())
        })
    }

    /// What the words say beyond the place; nothing where they only led to it: its name, or first letters of sounds.
    fn address(&self, ctx: &Ctx, place: &PlaceCode) -> String {
        let words = self.place_words.replace(char::is_whitespace, "");
        let letters =
            words.chars().all(|c| c.is_ascii_alphanumeric()) && words.contains(|c: char| c.is_ascii_alphabetic());
        let directory = ctx.engine().directory();
        let named = directory.place(place).is_some_and(|place| is_called(place, &words));
        if letters && !self.place_words.contains(' ') || named { String::new() } else { self.place_words.clone() }
    }

    /// Where a matter lies for which no place was chosen: the street of the seat, or the home of the deployment.
    pub fn anywhere(ctx: &Ctx, seat: &Seat) -> Option<PlaceCode> {
        let street = |code: &PlaceCode| code.level() >= Level::Street;
        Some(seat.place.clone()).filter(street).or_else(|| ctx.engine().home.to_string().parse().ok())
    }

    /// What was written, as it is read.
    pub fn letter<'a>(&'a self, ctx: &Ctx, place: Option<&'a PlaceCode>) -> Letter<'a> {
        Letter { case: None, title: &self.title, body: &self.body, place, at: ctx.engine().clock.now() }
    }

    /// The place that the words name, where nobody chose one and one of them is clear.
    pub fn named(&self, ctx: &Ctx, seat: &Seat) -> Option<PlaceCode> {
        let text = format!("{}\n{}", self.title, self.body);
        let found = ctx.engine().places_named(&text, &seat.place, 1);
        found.into_iter().find(|named| named.score >= CLEAR).map(|named| named.code)
    }

    /// The category that was chosen, or the one that the words suggest.
    pub fn category(&self, ctx: &Ctx) -> String {
        match self.category.as_str() {
            "" => ctx.engine().suggest_category(&self.letter(ctx, None)).category,
            code => code.to_owned(),
        }
    }

    /// Whether the words tell of danger.
    pub fn in_danger(&self, ctx: &Ctx) -> bool {
        ctx.engine().packs().current().danger(&format!("{}\n{}", self.title, self.body)).is_some()
    }

    /// The class that was chosen, or that of danger where the words tell of any, or the category's.
    pub fn class(&self, ctx: &Ctx) -> String {
        let packs = ctx.engine().packs();
        let known = packs.current().field("class").is_some_and(|f| f.choices.iter().any(|c| c.code == self.class));
        if known {
            return self.class.clone();
        }
        let pack = packs.current();
        let danger = pack.danger_class().filter(|_| self.in_danger(ctx));
        let of_category = || pack.category(&self.category(ctx)).map(|c| c.class.clone());
        danger.map(str::to_owned).or_else(of_category).unwrap_or_default()
    }

    /// The call that is gone on with.
    pub fn continues(&self) -> Option<(&str, &str)> {
        self.from.split_once('.')
    }

    /// The way in which it came; by telephone, where nothing else was said.
    pub fn way(&self) -> Channel {
        let by_desk = |c: &Channel| matches!(c, Channel::Phone | Channel::Letter | Channel::Visit);
        Channel::from_slug(&self.channel).filter(by_desk).unwrap_or(Channel::Phone)
    }

    /// The report that was typed, at a place; `title` and `body` stand in where nothing was written. What is wrong is
    /// noted in the draft.
    pub async fn report(&mut self, ctx: &Ctx, place: Option<PlaceCode>, body: String) -> Result<Option<Report>, Fault> {
        if body.is_empty() {
            self.wrong("body", ctx.t("call-body-missing"));
        }
        if place.is_none() {
            self.wrong("where", ctx.t("call-place-missing"));
        }
        let phone = match self.phone.as_str() {
            "" => None,
            text => match text.parse::<Phone>() {
                Ok(phone) => Some(phone),
                Err(_) => {
                    self.wrong("phone", ctx.t("call-phone-wrong"));
                    None
                }
            },
        };
        if self.name.chars().count() > limits::NAME_CHARS {
            let problem = linli_engine::pack::FieldProblem::TooLong { max: limits::NAME_CHARS };
            self.wrong("name", act_form::problem(ctx, &ctx.t("call-name"), &problem));
        }
        let Some(place) = place.filter(|_| self.errors.is_empty()) else { return Ok(None) };
        Ok(Some(Report {
            key: self.key.clone(),
            channel: self.way(),
            kind: None,
            category: Some(self.category.clone()).filter(|code| !code.is_empty()),
            title: self.title.clone(),
            body,
            address: self.address(ctx, &place),
            place,
            point: None,
            caller: self.caller(ctx, phone).await?,
            at: None,
            dispatch: ctx.app.config.auto_dispatch,
            joins: None,
        }))
    }

    /// Who calls, for the vault. Every number is a person: a mobile one can sign in and follow the case, and the next call
    /// from any is met with its earlier matters.
    async fn caller(&self, ctx: &Ctx, phone: Option<Phone>) -> Result<Caller, Fault> {
        let name = Secret::new(self.name.clone());
        let mut person = None;
        if let Some(phone) = phone.clone() {
            let (engine, name, new) = (ctx.engine().clone(), name.clone(), PersonId::new());
            let now = engine.clock.now();
            let made = ctx.engine().db.write(move |tx: &mut Tx<'_>| {
                vault::person_or_create(tx, engine.home, &engine.vault_key, &phone, &name, new, now)
            });
            person = Some(made.await?);
        }
        let contact = phone.map_or_else(|| Secret::new(String::new()), Secret::from);
        Ok(Caller { person, name, contact, confidential: self.confidential })
    }
}

/// How much of what is said of places has to speak for one.
const CLEAR: f32 = 0.6;

/// Whether a place has this name, blanks aside.
fn is_called(place: &Place, words: &str) -> bool {
    let mut names = [&place.name.zh, &place.name.en].into_iter().chain(&place.aliases);
    names.any(|name| name.replace(char::is_whitespace, "") == words)
}

/// The address of a case at the desk.
pub fn case_url(key: CaseKey, number: &str) -> String {
    format!("/desk/cases/{}/{number}", key.jurisdiction)
}

/// The address of the form that goes on with a call that was put off.
pub fn going_on(key: CaseKey, number: &str) -> String {
    format!("/desk/new?from={}.{number}", key.jurisdiction)
}
