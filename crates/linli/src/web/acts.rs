//! Acting on a case: what was asked for, as a form or as JSON, checked and given to the engine; and why it was refused,
//! in the reader's words.

use std::fmt::Display;

use axum::http::StatusCode;
use linli_engine::{
    cases::{
        CaseError, Sent,
        act::{Acted, Ask},
        read::{Dossier, Offer, OfferWay},
    },
    pack::{FieldError, Raw},
    replies::Doubt,
    viewer::Viewer,
};
use linli_flow::Form;

use super::{Ctx, Fault, Page, act_form, doubts, forms::SentFile, i18n, uploads};

/// The word for the sort of an act in forms and in JSON.
pub fn way(offer: &Offer) -> &'static str {
    match offer.way {
        OfferWay::Step { .. } => "step",
        OfferWay::Side => "side",
        OfferWay::Cancel => "cancel",
    }
}

/// Whether two offers are the same act on the same opening of the same step.
pub fn same(a: &Offer, b: &Offer) -> bool {
    (&a.way, &a.act) == (&b.way, &b.act)
}

/// Why an act was refused.
#[derive(Debug)]
pub enum Refused {
    /// Fields of its form are wrong.
    Fields(Vec<FieldError>),
    /// Its words may not be what whoever reads them needs; whoever wrote them decides.
    Doubts(Vec<Doubt>),
    /// Something else.
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<CaseError> for Refused {
    fn from(error: CaseError) -> Self {
        Self::Fault(error.into())
    }
}

/// Does it, with its files. Nothing is done when it is refused; sending the same key again does nothing twice.
///
/// # Errors
/// Why it was refused.
pub async fn perform(
    ctx: &Ctx,
    dossier: &Dossier,
    offer: &Offer,
    raw: &Raw,
    key: String,
    sent: Vec<SentFile>,
) -> Result<Acted, Refused> {
    perform_sent(ctx, dossier, offer, raw, Deed { key, sent: None, by: ctx.viewer() }, sent).await
}

/// The key of a deed, and what was sent under it where that is to be checked.
pub struct Deed {
    /// Made by the client.
    pub key: String,
    /// What was sent under it.
    pub sent: Sent,
    /// Who does it.
    pub by: Viewer,
}

/// The same, for a program: its key must not have been sent with anything else before.
///
/// # Errors
/// Why it was refused.
pub async fn perform_sent(
    ctx: &Ctx,
    dossier: &Dossier,
    offer: &Offer,
    raw: &Raw,
    deed: Deed,
    sent: Vec<SentFile>,
) -> Result<Acted, Refused> {
    let form = match dossier.pack.check_form(&offer.form, raw) {
        Ok(form) => form,
        Err(errors) if dossier.offers.iter().any(|open| same(open, offer)) => return Err(Refused::Fields(errors)),
        // The act is not on offer: why not comes before what is wrong in its form.
        Err(_) => Form::new(),
    };
    let kept = uploads::keep(ctx, sent).await?;
    let ask = Ask { case: dossier.head.key, command: offer.command(form), by: deed.by, key: deed.key };
    let acted = ctx.engine().act_sent(ask, deed.sent).await?;
    uploads::attach(ctx, dossier.head.key, kept).await.map_err(Fault::from)?;
    Ok(acted)
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field; empty when it is not one field's fault.
    pub field: String,
    /// What is wrong, and what to do.
    pub words: String,
}

impl Refused {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Fields(_) | Self::Doubts(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Fault(fault) => fault.status,
        }
    }

    /// All that is wrong.
    pub fn problems(&self, ctx: &Ctx, page: &Page, dossier: &Dossier) -> Vec<Problem> {
        match self {
            Self::Fields(errors) => {
                let problem = |error: &FieldError| Problem {
                    words: act_form::problem(ctx, &field_title(page, dossier, &error.field), &error.problem),
                    field: error.field.clone(),
                };
                errors.iter().map(problem).collect()
            }
            Self::Doubts(doubts) => {
                let problem =
                    |doubt: &Doubt| Problem { words: doubts::words(page, dossier, doubt), field: doubt.field.clone() };
                doubts.iter().map(problem).collect()
            }
            Self::Fault(fault) => vec![fault_problem(page, dossier, fault)],
        }
    }
}

/// A fault with the names of the case's own fields, units and roles in place of their codes.
fn fault_problem(page: &Page, dossier: &Dossier, fault: &Fault) -> Problem {
    if let Some(said) = &fault.said {
        return Problem { field: String::new(), words: page.of(said).to_owned() };
    }
    let mut at = String::new();
    let args = fault.args.iter().map(|(name, value)| {
        let words = match *name {
            "field" => {
                value.clone_into(&mut at);
                field_title(page, dossier, value)
            }
            "unit" => {
                "unit".clone_into(&mut at);
                page.org(value)
            }
            "role" if value == "system" => page.t("desk-system"),
            "role" => {
                dossier.pack.role(value).map_or_else(|| page.owner(value), |role| page.of(&role.title).to_owned())
            }
            _ => value.clone(),
        };
        (*name, words)
    });
    let args: Vec<(&str, String)> = args.collect();
    let mut words = say(page, fault.key, &args);
    if fault.key == "fault-unit-not-its-duty" {
        words = format!("{words} {}", page.t1("desk-by-rule", "rule", &dossier.pack.community_rule().text));
    }
    Problem { field: at, words }
}

fn field_title(page: &Page, dossier: &Dossier, name: &str) -> String {
    dossier.pack.field(name).map_or_else(|| name.to_owned(), |field| page.of(&field.title).to_owned())
}

fn say(page: &Page, key: &str, args: &[(&str, impl Display)]) -> String {
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.to_string().into())).collect();
    i18n::text(page.lang(), key, &args)
}
