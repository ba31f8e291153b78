//! The form of an act, drawn from the rule pack: what a person fills in, what is wrong with it, and the hidden marks by
//! which the sent form finds its act again. In a template: `{{ form|safe }}` inside a `<form>` with a button of its own.

use askama::Template;
use linli_engine::{
    cases::{
        Head,
        read::{Dossier, Offer, OfferWay},
    },
    directory::Place,
    edge,
    ids::Level,
    pack::{Field, FieldError, FieldProblem, Kind, Raw},
};
use linli_flow::{FormField, Text};

use super::{
    Ctx,
    ctx::Who,
    forms::Sent,
    i18n::{has, text},
};

/// Choices up to this many are shown at once; more are a list to open.
const SHOWN_CHOICES: usize = 5;

/// A form as it is drawn.
#[derive(Template)]
#[template(path = "web/act_form.html")]
pub struct ActForm {
    /// What is to be filled in.
    pub fields: Vec<ActField>,
    /// What the form carries unseen: which act on which opening of which step, and the key against doing it twice.
    pub hidden: Vec<(&'static str, String)>,
    choose: String,
    error_prefix: String,
    count: String,
}

/// A field as it is drawn.
#[derive(Clone, Debug)]
pub struct ActField {
    /// The id of its control, its own on the whole page.
    pub id: String,
    /// Its name in the form.
    pub name: String,
    /// What people call it, with a word where it may be left empty.
    pub title: String,
    /// What to write; may be empty.
    pub hint: String,
    /// How it is filled in.
    pub kind: Input,
    /// What can be chosen.
    pub choices: Vec<ActChoice>,
    /// Whether it has to be filled in.
    pub required: bool,
    /// What is filled in.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The most characters.
    pub max_chars: Option<usize>,
    /// The most characters, in words.
    pub most: Option<String>,
    /// The least number.
    pub min: Option<i64>,
    /// The greatest number.
    pub max: Option<i64>,
}

impl ActField {
    /// The ids of what describes its control.
    pub fn described(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-err", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }

    /// Whether any of its choices is chosen.
    pub fn any_chosen(&self) -> bool {
        self.choices.iter().any(|c| c.chosen)
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A number.
    Number,
    /// A day.
    Day,
    /// A minute of a day.
    Minute,
    /// One of a few that are all shown.
    Radio,
    /// One of many in a list to open.
    Select,
    /// Several of many.
    Boxes,
    /// Yes or no.
    Tick,
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActChoice {
    /// What is sent.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl ActForm {
    /// The form of an offer, with what was filled in before and what was wrong with it.
    pub fn new(ctx: &Ctx, dossier: &Dossier, offer: &Offer, filled: &Raw, errors: &[FieldError]) -> Self {
        let (way, step, instance, seen) = match &offer.way {
            OfferWay::Step { step, key, seen } => ("step", step.clone(), key.clone(), seen.to_string()),
            OfferWay::Side => ("side", String::new(), String::new(), String::new()),
            OfferWay::Cancel => ("cancel", String::new(), String::new(), String::new()),
        };
        let key = filled.get("key").and_then(|k| k.first()).cloned();
        let key = key.unwrap_or_else(|| linli_engine::hex(&edge::new_id()));
        let field = |asked: &FormField| draw(ctx, dossier, control_id(offer, &asked.name), asked, filled, errors);
        Self {
            fields: offer.form.iter().filter_map(field).collect(),
            hidden: vec![
                ("way", way.to_owned()),
                ("step", step),
                ("instance", instance),
                ("act", offer.act.clone()),
                ("seen", seen),
                ("key", key),
            ],
            choose: ctx.t("form-choose"),
            error_prefix: ctx.t("error-prefix"),
            count: ctx.t("form-count"),
        }
    }

    /// What is wrong, for the summary at the top of a page: the id of the control, and the sentence.
    pub fn errors(&self) -> Vec<(String, String)> {
        let wrong = |f: &ActField| f.error.clone().map(|error| (f.id.clone(), error));
        self.fields.iter().filter_map(wrong).collect()
    }
}

/// The id of the control of a field in the form of an offer.
pub fn control_id(offer: &Offer, field: &str) -> String {
    match &offer.way {
        OfferWay::Step { step, .. } => format!("{step}-{}-{field}", offer.act),
        OfferWay::Side | OfferWay::Cancel => format!("{}-{field}", offer.act),
    }
}

/// The offer that a sent form stands for, whether or not it is still open: sending twice has to find it again, and a step
/// that somebody else closed has to be refused with the engine's own words.
pub fn asked(dossier: &Dossier, sent: &Sent) -> Option<Offer> {
    offer(dossier, sent.text("way"), sent.text("step"), sent.text("instance"), sent.text("act"), sent.text("seen"))
}

/// The same from the single marks.
pub fn offer(dossier: &Dossier, way: &str, step: &str, instance: &str, act: &str, seen: &str) -> Option<Offer> {
    let make = |way, title: &Text, form: &[FormField], rule: &Option<String>| Offer {
        way,
        act: act.to_owned(),
        title: title.clone(),
        form: form.to_vec(),
        barred: None,
        rule: rule.clone(),
    };
    match way {
        "step" => {
            let found = dossier.flow.step(step)?.act(act)?;
            let way = OfferWay::Step { step: step.to_owned(), key: instance.to_owned(), seen: seen.parse().ok()? };
            Some(make(way, &found.title, &found.form, &found.rule))
        }
        "side" => dossier.flow.side(act).map(|s| make(OfferWay::Side, &s.title, &s.form, &s.rule)),
        "cancel" => dossier.flow.cancel(act).map(|c| make(OfferWay::Cancel, &c.title, &c.form, &c.rule)),
        _ => None,
    }
}

fn draw(
    ctx: &Ctx,
    dossier: &Dossier,
    id: String,
    asked: &FormField,
    filled: &Raw,
    errors: &[FieldError],
) -> Option<ActField> {
    let field = dossier.pack.field(&asked.name)?;
    let values = filled.get(&asked.name).map_or(&[][..], Vec::as_slice);
    let (title, hint) = words(ctx, field);
    let wrong = errors.iter().find(|e| e.field == asked.name);
    let error = wrong.map(|e| problem(ctx, &title, &e.problem));
    let (kind, choices) = control(ctx, dossier, field, values);
    Some(ActField {
        id,
        name: asked.name.clone(),
        title: if asked.optional && kind != Input::Tick { format!("{title}{}", ctx.t("form-optional")) } else { title },
        hint,
        kind,
        choices,
        required: !asked.optional,
        value: values.first().cloned().unwrap_or_default(),
        error,
        max_chars: field.max_chars,
        most: field.max_chars.map(|n| text(ctx.lang, "form-most", &[("n", n.to_string().into())])),
        min: field.min,
        max: field.max,
    })
}

/// Title and hint of a field. The pack's hints speak to staff; residents have words of their own where there are any.
fn words(ctx: &Ctx, field: &Field) -> (String, String) {
    let pack = |text: &Text| text.get(ctx.lang.code()).to_owned();
    if matches!(ctx.who, Who::Staff { .. }) {
        return (pack(&field.title), pack(&field.hint));
    }
    let key = format!("form-{}", field.name);
    let hint = format!("{key}-hint");
    let own = |key: &str| has(ctx.lang, key).then(|| ctx.t(key));
    (own(&key).unwrap_or_else(|| pack(&field.title)), own(&hint).unwrap_or_default())
}

fn control(ctx: &Ctx, dossier: &Dossier, field: &Field, values: &[String]) -> (Input, Vec<ActChoice>) {
    let chosen = |code: &str| values.iter().any(|v| v == code);
    match field.kind {
        Kind::Text | Kind::Case => (Input::Line, Vec::new()),
        Kind::LongText => (Input::Lines, Vec::new()),
        Kind::Number => (Input::Number, Vec::new()),
        Kind::Date => (Input::Day, Vec::new()),
        Kind::Time => (Input::Minute, Vec::new()),
        Kind::Bool => (Input::Tick, vec![ActChoice { code: "on".into(), title: String::new(), chosen: chosen("on") }]),
        Kind::Choice => {
            let choice = |c: &linli_engine::pack::Choice| ActChoice {
                chosen: chosen(&c.code),
                code: c.code.clone(),
                title: c.title.get(ctx.lang.code()).to_owned(),
            };
            let choices: Vec<_> = field.choices.iter().map(choice).collect();
            (if choices.len() <= SHOWN_CHOICES { Input::Radio } else { Input::Select }, choices)
        }
        Kind::Category => {
            let choice = |c: &linli_engine::pack::Category| ActChoice {
                chosen: chosen(&c.code),
                code: c.code.clone(),
                title: category(ctx, dossier, c),
            };
            (Input::Select, dossier.pack.categories().iter().map(choice).collect())
        }
        Kind::Place => (Input::Select, places(ctx, &dossier.head, values)),
        Kind::Org | Kind::Orgs => {
            let directory = ctx.engine().directory();
            let choice = |o: &linli_engine::directory::Org| ActChoice {
                chosen: chosen(o.id.as_str()),
                code: o.id.to_string(),
                title: o.name.get(ctx.lang.code()).to_owned(),
            };
            let choices = directory.serving(&dossier.head.place).map(choice).collect();
            (if field.kind == Kind::Org { Input::Select } else { Input::Boxes }, choices)
        }
    }
}

/// The communities and grids of a case's street, and the place that was proposed, which may lie deeper.
fn places(ctx: &Ctx, head: &Head, values: &[String]) -> Vec<ActChoice> {
    let directory = ctx.engine().directory();
    let choice = |place: &Place| ActChoice {
        chosen: values.iter().any(|v| *v == place.code.to_string()),
        code: place.code.to_string(),
        title: directory.place_name(&place.code, ctx.lang.code()),
    };
    let is_listed = |place: &Place| (Level::Community..=Level::Grid).contains(&place.code.level());
    let of_street =
        directory.places().filter(|p| p.code.jurisdiction() == head.key.jurisdiction && p.retired_at.is_none());
    let choices = of_street.map(|place| (is_listed(place), choice(place)));
    choices.filter(|(is_listed, choice)| *is_listed || choice.chosen).map(|(_, choice)| choice).collect()
}

/// A category with what it lies in, so that a list that is read from anywhere says where one is.
fn category(ctx: &Ctx, dossier: &Dossier, of: &linli_engine::pack::Category) -> String {
    let above = of.parent.as_deref().and_then(|code| dossier.pack.category(code));
    let title = of.title.get(ctx.lang.code());
    above.map_or_else(|| title.to_owned(), |above| format!("{} \u{b7} {title}", above.title.get(ctx.lang.code())))
}

/// What is wrong with a field, as a sentence.
pub fn problem(ctx: &Ctx, title: &str, problem: &FieldProblem) -> String {
    let say = |key: &str, most: String| text(ctx.lang, key, &[("field", title.into()), ("most", most.into())]);
    let bound = |n: &Option<i64>| n.map_or_else(String::new, |n| n.to_string());
    match problem {
        FieldProblem::Unknown => say("field-unknown", String::new()),
        FieldProblem::Missing => say("field-missing", String::new()),
        FieldProblem::Several => say("form-several", String::new()),
        FieldProblem::TooLong { max } => say("field-too-long", max.to_string()),
        FieldProblem::NotANumber => say("form-not-a-number", String::new()),
        FieldProblem::OutOfRange { min, max } => {
            let args = [("field", title.into()), ("least", bound(min).into()), ("most", bound(max).into())];
            text(ctx.lang, "form-out-of-range", &args)
        }
        FieldProblem::NotADate => say("field-not-a-date", String::new()),
        FieldProblem::NotATime => say("field-not-a-time", String::new()),
        FieldProblem::NotAChoice | FieldProblem::NotAnOrg | FieldProblem::NotYesOrNo => {
            say("field-not-a-choice", String::new())
        }
        FieldProblem::TooMany { max } => say("form-too-many", max.to_string()),
    }
}
