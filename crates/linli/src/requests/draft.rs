//! A report under way: what was typed so far. It travels in the form from step to step, so that nothing is kept of a
//! report that was never sent, and going back loses nothing.

use linli_engine::{
    directory::Directory,
    edge,
    ids::{Level, PlaceCode},
    limits,
};

use super::{told::Told, whom::Whom};
use crate::web::{Ctx, Page, forms::Sent, i18n::text};

/// Characters of what happened.
pub const SAY_CHARS: usize = limits::BODY_CHARS;
/// The choice that says that none of the places found is the one.
pub const OTHER: &str = "other";

/// A step of reporting. In the elder version each page asks one thing; otherwise the last look asks the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What happened.
    Say,
    /// Where.
    Where,
    /// Whether neighbours reported the same.
    Near,
    /// Pictures: a page of its own in the elder version.
    Photo,
    /// The telephone: a page of its own in the elder version.
    Phone,
    /// The category, where the one that was found is not it: beside the way in the elder version.
    Kind,
    /// For whom, where it is not for oneself: beside the way, from the last look and back.
    Whom,
    /// The last look.
    Last,
}

impl Step {
    /// Its word on a form, for the draft that the telephone keeps.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Where => "where",
            Self::Near => "near",
            Self::Photo => "photo",
            Self::Phone => "phone",
            Self::Kind => "kind",
            Self::Whom => "whom",
            Self::Last => "last",
        }
    }

    /// Which one of how many.
    fn number(self, elder: bool) -> (usize, usize) {
        match (self, elder) {
            (Self::Say, false) => (1, 3),
            (Self::Where | Self::Near, false) => (2, 3),
            (_, false) => (3, 3),
            (Self::Say, true) => (1, 5),
            (Self::Where | Self::Near, true) => (2, 5),
            (Self::Photo, true) => (3, 5),
            (Self::Phone, true) => (4, 5),
            (Self::Kind | Self::Whom | Self::Last, true) => (5, 5),
        }
    }
}

/// A report under way.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Against filing twice.
    pub key: String,
    /// What happened.
    pub say: String,
    /// Where, in own words, to look for the place.
    pub words: String,
    /// The place that was chosen among those found; [`OTHER`] for none of them.
    pub place: String,
    /// The places picked from the lists, from the street down.
    pub picks: Vec<String>,
    /// Whether the lists were on the page.
    pub picking: bool,
    /// Where exactly.
    pub address: String,
    /// The number of a neighbour's case that is the same matter; [`super::join::OTHER`] for none of those offered.
    pub same_as: String,
    /// The category.
    pub category: String,
    /// How they want to be called.
    pub name: String,
    /// Where to reach them.
    pub contact: String,
    /// Whether nobody is to be told who they are.
    pub confidential: bool,
    /// Notes of the files taken so far.
    pub kept: Vec<String>,
    /// Whether the pictures that come with this form may be read for where and when they were taken.
    pub tells: bool,
    /// What they told; not carried on.
    pub told: Option<Told>,
    /// For whom, where it is somebody else.
    pub whom: Whom,
    /// The answers at hand that were shown beside the words already.
    pub seen: String,
    /// Whether the last look was reached: then each step leads back to it.
    pub checked: bool,
}

/// Something that has to be mended before the report can go on.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// The id of the control.
    pub id: &'static str,
    /// What to do.
    pub words: String,
}

impl Draft {
    /// An empty one.
    pub fn new() -> Self {
        Self { key: linli_engine::hex(&edge::new_id()), ..Self::default() }
    }

    /// From a sent form.
    pub fn read(sent: &Sent) -> Self {
        let text = |name| sent.text(name).to_owned();
        Self {
            key: sent.key().unwrap_or_else(|_| linli_engine::hex(&edge::new_id())),
            say: text("say").replace("\r\n", "\n"),
            words: text("words"),
            place: text("place"),
            picks: sent.fields.get("pick").cloned().unwrap_or_default(),
            picking: sent.fields.contains_key("pick"),
            address: text("address"),
            same_as: [text("join"), text("same_as")].into_iter().find(|n| !n.is_empty()).unwrap_or_default(),
            category: text("category"),
            name: text("name"),
            contact: text("contact"),
            confidential: sent.ticked("confidential"),
            kept: sent.fields.get("kept").cloned().unwrap_or_default(),
            tells: sent.ticked("tells"),
            told: None,
            whom: Whom::read(sent),
            seen: text("seen"),
            checked: sent.ticked("checked"),
        }
    }

    /// What the form of a step carries unseen: all that is typed on other steps.
    pub fn hidden(&self, on: Step, elder: bool) -> Vec<(&'static str, String)> {
        let mut all = vec![("key", self.key.clone())];
        if on != Step::Say {
            all.push(("say", self.say.clone()));
        }
        if on != Step::Where {
            all.extend([
                ("words", self.words.clone()),
                ("place", self.place.clone()),
                ("address", self.address.clone()),
            ]);
            all.extend(self.picks.iter().map(|pick| ("pick", pick.clone())));
        }
        // The last look asks these itself, but for the elder version, where it only shows what was said.
        if on != Step::Last || elder {
            if on != Step::Kind {
                all.push(("category", self.category.clone()));
            }
            all.push(("name", self.name.clone()));
            all.push(("confidential", if self.confidential { "on" } else { "" }.to_owned()));
            if on != Step::Phone {
                all.push(("contact", self.contact.clone()));
            }
        }
        if on != Step::Whom {
            all.extend(self.whom.hidden());
        }
        if self.checked || on == Step::Last {
            all.push(("checked", "on".to_owned()));
        }
        all.extend(self.kept.iter().map(|note| ("kept", note.clone())));
        all.push(("same_as", self.same_as.clone()));
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// The places picked from the lists that lie within one another, from the street down.
    pub fn picked(&self, directory: &Directory) -> Vec<PlaceCode> {
        let mut chain: Vec<PlaceCode> = Vec::new();
        for code in self.picks.iter().filter_map(|pick| pick.parse::<PlaceCode>().ok()) {
            let live = directory.place(&code).is_some_and(|p| p.retired_at.is_none());
            let below = match chain.last() {
                None => code.level() == Level::Street,
                Some(above) => above.covers(&code) && *above != code,
            };
            if !(live && below) {
                break;
            }
            chain.push(code);
        }
        chain
    }

    /// The place that was chosen: among those found, or else the deepest one picked.
    pub fn chosen(&self, directory: &Directory) -> Option<PlaceCode> {
        let found = self.place.parse::<PlaceCode>().ok();
        let live = |code: &PlaceCode| {
            code.level() >= Level::Street && directory.place(code).is_some_and(|p| p.retired_at.is_none())
        };
        found.filter(live).or_else(|| self.picked(directory).pop())
    }

    /// What pictures told, in words.
    pub fn told_words(&self, ctx: &Ctx, on: Step) -> Vec<String> {
        self.told.as_ref().map(|told| told.words(ctx, on)).unwrap_or_default()
    }

    /// What is wrong with what happened.
    pub fn wrong_say(&self, ctx: &Ctx) -> Option<Wrong> {
        let words = match self.say.chars().count() {
            0 => ctx.t("say-missing"),
            n if n > SAY_CHARS => too_long(ctx, "say-what", SAY_CHARS),
            _ => return None,
        };
        Some(Wrong { id: "say", words })
    }

    /// What is wrong with where.
    pub fn wrong_where(&self, ctx: &Ctx) -> Option<Wrong> {
        if self.address.chars().count() > limits::ADDRESS_CHARS {
            return Some(Wrong { id: "address", words: too_long(ctx, "say-spot", limits::ADDRESS_CHARS) });
        }
        let chosen = self.chosen(&ctx.engine().directory());
        chosen.is_none().then(|| Wrong { id: "place", words: ctx.t("say-place-missing") })
    }

    /// What is wrong with who.
    pub fn wrong_last(&self, ctx: &Ctx) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if self.name.chars().count() > limits::NAME_CHARS {
            wrong.push(Wrong { id: "name", words: too_long(ctx, "say-name", limits::NAME_CHARS) });
        }
        if !self.contact.is_empty() && self.contact.parse::<linli_engine::vault::Phone>().is_err() {
            wrong.push(Wrong { id: "contact", words: ctx.t("say-phone-wrong") });
        }
        wrong
    }
}

fn too_long(ctx: &Ctx, field: &str, most: usize) -> String {
    text(ctx.lang, "field-too-long", &[("field", ctx.t(field).into()), ("most", most.to_string().into())])
}

/// The frame of a step: its title with the step's number, for the tab.
pub fn titled(ctx: &Ctx, step: Step, wrong: bool) -> Page {
    let key = match step {
        Step::Say => "say-title",
        Step::Where => "say-where",
        Step::Near => "join-ask",
        Step::Photo => "say-photo-title",
        Step::Phone => "say-phone-title",
        Step::Kind => "say-category-short",
        Step::Whom => "say-whom-title",
        Step::Last => "say-check",
    };
    let (n, of) = step.number(ctx.elder);
    let args = [("title", ctx.t(key).into()), ("n", n.into()), ("of", of.into())];
    let title = text(ctx.lang, "say-tab", &args);
    Page::new(ctx, &if wrong { format!("{}{title}", ctx.t("error-prefix")) } else { title })
}

/// Which step of how many, in words.
pub fn step_words(ctx: &Ctx, step: Step) -> String {
    let (n, of) = step.number(ctx.elder);
    text(ctx.lang, "say-step", &[("n", n.into()), ("of", of.into())])
}
