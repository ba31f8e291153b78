//! Replies to whoever reported something: looked over before they go ([`check`]), learnt from what this office replied
//! before (`learn`), found again where a case is like one that was solved (`similar`), borrowed without what belongs to
//! the other case (`blank`), and drafted by a language model where an office has one (`assistant`).
//!
//! Which words reach the resident is said by the pack: a field marked `reply` is one whose words do, and the flow says
//! which act tells them. Nothing here stops a reply: who wrote it decides, and nothing is kept of whoever was warned.

mod assistant;
mod blank;
mod check;
mod learn;
mod similar;

use linli_flow::{Case, Definition, Event, FormField, Text, Value, What, Who};

pub(crate) use self::learn::Known;
pub use self::{
    assistant::{Assistant, AssistantError, Part},
    blank::BLANK,
    check::{Doubt, Why},
    similar::Solved,
};
use crate::{
    Engine,
    cases::read::{Dossier, Offer, OfferWay},
    db::statements,
    pack::{Expected, Field, Pack},
};

/// The side act of a flow that says that a language model was asked for a draft.
pub const ASSISTED: &str = "assisted";

statements! {
    // The newest cases of a unit, by the index cases_unit, and what happened in them.
    UNIT_SAID = "WITH late (one, name) AS MATERIALIZED (SELECT id, number FROM cases
        WHERE jurisdiction = $1 AND unit = $2 ORDER BY opened_at DESC, id DESC LIMIT $3)
        SELECT l.one, l.name, e.body FROM late l {{CROSS JOIN||JOIN}} event e ON e.jurisdiction = $1 AND e.case_id = l.one
        ORDER BY l.one, e.seq";
    // Those that were answered without a unit, by the index cases_settled.
    DESK_SAID = "WITH late (one, name) AS MATERIALIZED (SELECT id, number FROM cases
        WHERE jurisdiction = $1 AND unit IS NULL AND settled_at IS NOT NULL ORDER BY settled_at DESC LIMIT $2)
        SELECT l.one, l.name, e.body FROM late l {{CROSS JOIN||JOIN}} event e ON e.jurisdiction = $1 AND e.case_id = l.one
        ORDER BY l.one, e.seq";
    // The index cases_public_solved, from its newest end.
    SOLVED = "SELECT id, settled_at FROM cases WHERE jurisdiction = $1 AND settled_at IS NOT NULL AND settled_at > $2
        ORDER BY settled_at DESC LIMIT $3";
}

/// An act of a flow: who may perform it and what it tells.
struct Told<'f> {
    by: &'f [Who],
    tell: Option<&'f Text>,
}

fn told<'f>(flow: &'f Definition, offer: &Offer) -> Option<Told<'f>> {
    match &offer.way {
        OfferWay::Step { step, .. } => {
            flow.step(step)?.act(&offer.act).map(|act| Told { by: &act.by, tell: act.tell.as_ref() })
        }
        OfferWay::Side => flow.side(&offer.act).map(|side| Told { by: &side.by, tell: side.tell.as_ref() }),
        OfferWay::Cancel => flow.cancel(&offer.act).map(|act| Told { by: &act.by, tell: act.tell.as_ref() }),
    }
}

fn names(tell: Option<&Text>, field: &str) -> bool {
    tell.is_some_and(|tell| tell.placeholders().any(|name| name == field))
}

/// Whether a later act tells what was filled in before: its own form does not ask for it.
fn told_later(flow: &Definition, field: &str) -> bool {
    let tells = |tell: Option<&Text>, form: &[FormField]| names(tell, field) && form.iter().all(|f| f.name != field);
    flow.steps().iter().flat_map(|step| &step.acts).any(|act| tells(act.tell.as_ref(), &act.form))
}

/// The fields of an act's form whose words reach whoever reported the case, in the order of the form. What the reporter
/// may say themselves is no reply.
pub(crate) fn addressed<'p>(pack: &'p Pack, flow: &Definition, offer: &Offer) -> Vec<(&'p Field, Expected)> {
    let Some(act) = told(flow, offer).filter(|act| !act.by.contains(&Who::Reporter)) else { return Vec::new() };
    let reaches = |field: &FormField| {
        let known = pack.field(&field.name)?;
        let expected = known.reply?;
        (names(act.tell, &field.name) || told_later(flow, &field.name)).then_some((known, expected))
    };
    offer.form.iter().filter_map(reaches).collect()
}

/// Whether a field's words belong to one case alone: what is expected of them says so.
fn is_own(expected: Expected) -> bool {
    expected != Expected::default()
}

/// The words of a form that were written for this case, as one text.
fn written(pack: &Pack, value: impl Fn(&str) -> Option<String>) -> String {
    let fields = pack.fields().iter().filter(|field| field.reply.is_some_and(is_own));
    fields.filter_map(|field| value(&field.name)).collect::<Vec<_>>().join("\n")
}

/// What an event says in its form.
fn form_text(event: &Event, field: &str) -> Option<String> {
    let value = match &event.what {
        // A record of the past opens and ends at once: the answer stands in its fields.
        What::Opened { change, .. } => change.fields.get(field),
        What::Acted { form, .. } | What::Side { form, .. } | What::Cancelled { form, .. } => form.get(field),
        What::Late { .. } => None,
    };
    value.and_then(Value::as_text).map(str::to_owned)
}

fn field_text(case: &Case, field: &str) -> Option<String> {
    case.field(field).as_text().map(str::to_owned)
}

impl Engine {
    /// The names of the fields of an act's form whose words reach whoever reported the case.
    pub fn reply_fields(&self, d: &Dossier, offer: &Offer) -> Vec<String> {
        addressed(self.packs().current(), &d.flow, offer).into_iter().map(|(field, _)| field.name.clone()).collect()
    }

    /// Those of them that are written for this case alone, so that an answer to another one can lend its words.
    pub fn own_fields(&self, d: &Dossier, offer: &Offer) -> Vec<String> {
        let own =
            addressed(self.packs().current(), &d.flow, offer).into_iter().filter(|(_, expected)| is_own(*expected));
        own.map(|(field, _)| field.name.clone()).collect()
    }
}
