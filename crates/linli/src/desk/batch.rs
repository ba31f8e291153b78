//! One act on many cases: tick them, choose the act, fill in its form once, read for each what will happen or why it cannot,
//! and do it. Each case is a transaction of its own with a key of its own (the batch's key and the case), so what is sent
//! again repeats nothing, and what fails fails alone and is said.

mod does;

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode};
use linli_engine::{
    cases::{
        CaseError,
        read::{Dossier, Offer, OfferWay},
    },
    edge, limits,
    pack::Raw,
};

pub use self::does::{act, preview};
use super::{
    act::way,
    case::{case_url, read, where_is},
    deeds::prefill,
};
use crate::web::{
    ActForm, Ctx, Fault, Page, Reply,
    forms::form_pairs,
    page::{go, show, show_as},
};

/// An act as a batch names it: its way, its step and its name; each case finds its own part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct What {
    way: String,
    step: String,
    act: String,
}

impl What {
    fn of(offer: &Offer) -> Self {
        let step = match &offer.way {
            OfferWay::Step { step, .. } => step.clone(),
            OfferWay::Side | OfferWay::Cancel => String::new(),
        };
        Self { way: way(offer).to_owned(), step, act: offer.act.clone() }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(':').map(str::to_owned);
        Some(Self { way: parts.next()?, step: parts.next()?, act: parts.next()? })
    }

    fn text(&self) -> String {
        format!("{}:{}:{}", self.way, self.step, self.act)
    }

    fn find<'d>(&self, d: &'d Dossier) -> Option<&'d Offer> {
        d.offers.iter().find(|offer| Self::of(offer) == *self)
    }
}

/// The values of an address, all of each name.
fn values(query: Option<String>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_pairs(query.unwrap_or_default().as_bytes()) {
        all.entry(name).or_default().push(value);
    }
    all
}

/// The cases that were ticked, those that the reader may see; each once.
async fn ticked(ctx: &Ctx, names: &[String]) -> Result<Vec<Dossier>, Fault> {
    let mut once: Vec<&String> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    if once.len() > limits::BATCH {
        return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "batch-many").with("most", limits::BATCH.to_string()));
    }
    let mut found = Vec::new();
    for name in once {
        let Some((street, number)) = name.split_once('/') else { continue };
        match read(ctx, street, number).await {
            Ok(d) => found.push(d),
            // Not there, or not this reader's any more.
            Err(fault) if fault.status == StatusCode::NOT_FOUND => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

fn name(d: &Dossier) -> String {
    format!("{}/{}", d.head.key.jurisdiction, d.head.number)
}

struct Picked {
    name: String,
    url: String,
    title: String,
    place: String,
    step: String,
}

fn picked(ctx: &Ctx, page: &Page, d: &Dossier) -> Picked {
    let steps: Vec<&str> = d.steps.iter().map(|step| page.of(&step.title)).collect();
    Picked {
        name: name(d),
        url: case_url(&d.head),
        title: d.head.title.clone(),
        place: where_is(ctx, page, &d.head),
        step: steps.join(" \u{b7} "),
    }
}

struct Choice {
    id: String,
    title: String,
    n: usize,
}

#[derive(Template)]
#[template(path = "desk/batch.html")]
struct BatchPage {
    page: Page,
    cases: Vec<Picked>,
    choices: Vec<Choice>,
    /// The form of the act that was chosen.
    form: Option<ActForm>,
    act: Option<(String, String)>,
    /// Whether what stays empty is filled in from the duty list, case by case.
    by_duty: bool,
    errors: Vec<(String, String)>,
}

/// `GET /desk/batch`: what was ticked, and what can be done with it; with `act`, the form of it.
pub async fn page(ctx: Ctx, RawQuery(query): RawQuery) -> Reply {
    let asked = values(query);
    let cases = ticked(&ctx, asked.get("case").map_or(&[], Vec::as_slice)).await?;
    if cases.is_empty() {
        return Ok(go("/desk"));
    }
    let what = asked.get("act").and_then(|act| What::read(act.first()?));
    match what {
        Some(what) => form(&ctx, &cases, &what, &Raw::new(), &[]),
        None => choose(&ctx, &cases),
    }
}

fn choose(ctx: &Ctx, cases: &[Dossier]) -> Reply {
    let page = Page::titled(ctx, "batch-title");
    let mut counts: Vec<(What, String, usize)> = Vec::new();
    for offer in cases.iter().flat_map(|d| d.offers.iter().filter(|offer| offer.barred.is_none())) {
        let what = What::of(offer);
        match counts.iter_mut().find(|(known, ..)| *known == what) {
            Some((_, _, n)) => *n += 1,
            None => counts.push((what, page.of(&offer.title).to_owned(), 1)),
        }
    }
    // What closes a step comes first, as on the page of a case.
    counts.sort_by_key(|(what, ..)| what.way != "step");
    let choices = counts.into_iter().map(|(what, title, n)| Choice { id: what.text(), title, n });
    show(&BatchPage {
        cases: cases.iter().map(|d| picked(ctx, &page, d)).collect(),
        choices: choices.collect(),
        form: None,
        act: None,
        by_duty: false,
        errors: Vec::new(),
        page,
    })
}

/// The form of an act, drawn from the first case that offers it.
fn form(ctx: &Ctx, cases: &[Dossier], what: &What, filled: &Raw, errors: &[linli_engine::pack::FieldError]) -> Reply {
    let page = Page::titled(ctx, "batch-title");
    let found = cases.iter().find_map(|d| what.find(d).filter(|offer| offer.barred.is_none()).map(|offer| (d, offer)));
    let Some((d, offer)) = found else { return choose(ctx, cases) };
    let mut form = ActForm::new(ctx, d, offer, filled, errors);
    let key = filled.get("key").and_then(|k| k.first()).cloned();
    let key = key.unwrap_or_else(|| linli_engine::hex(&edge::new_id()));
    form.hidden = vec![("act", what.text()), ("key", key)];
    let by_duty = own_for_each(offer);
    for field in form.fields.iter_mut().filter(|field| by_duty && ["unit", "class"].contains(&field.name.as_str())) {
        field.required = false;
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let template = BatchPage {
        cases: cases.iter().map(|d| picked(ctx, &page, d)).collect(),
        choices: Vec::new(),
        errors: form.errors(),
        form: Some(form),
        act: Some((what.text(), page.of(&offer.title).to_owned())),
        by_duty,
        page,
    };
    show_as(status, &template)
}

/// Whether unit and class may stay empty, to be filled in from the duty list and the case itself.
fn own_for_each(offer: &Offer) -> bool {
    ["unit", "class"].iter().all(|name| offer.form.iter().any(|field| field.name == *name))
}

/// What goes into the form of one case: what was typed for all, and what the case itself knows where that was left empty.
fn filled_for(ctx: &Ctx, page: &Page, d: &Dossier, offer: &Offer, typed: &Raw) -> Raw {
    let mut raw: Raw = typed.clone();
    if own_for_each(offer) {
        let (own, _) = prefill(ctx, page, d, offer, &super::asked::Asked::default(), None);
        for (field, values) in own {
            let empty = raw.get(&field).is_none_or(|typed| typed.iter().all(|value| value.trim().is_empty()));
            if empty {
                raw.insert(field, values);
            }
        }
    }
    raw
}

/// The offer of a case, whether it is open now or was when the batch was previewed.
fn offer_of(d: &Dossier, what: &What, instance: &str, seen: &str) -> Result<Offer, Fault> {
    crate::web::act_form::offer(d, &what.way, &what.step, instance, &what.act, seen)
        .ok_or_else(|| Fault::from(CaseError::NotYours(Vec::new())))
}
