//! Reporting for a parent or a neighbour: for whom, with their word, and who is told. Who they are goes to the vault.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    limits,
    vault::{
        Phone, Secret,
        behalf::{Behalf, Relation, Told},
    },
};

use super::{
    draft::{Draft, Step, Wrong, step_words, titled},
    last,
};
use crate::web::{Ctx, Page, Reply, forms::Sent, page::show_as};

/// For whom a report is, where it is not the reporter's own; empty otherwise.
#[derive(Clone, Debug, Default)]
pub struct Whom {
    /// How they want to be called.
    pub name: String,
    /// Their telephone.
    pub phone: String,
    /// What the reporter is to them; empty when the report is the reporter's own.
    pub relation: String,
    /// Who is told.
    pub told: String,
    /// Whether they agreed.
    pub agreed: bool,
}

impl Whom {
    /// From a sent form.
    pub fn read(sent: &Sent) -> Self {
        let text = |name| sent.text(name).to_owned();
        Self {
            name: text("whom_name"),
            phone: text("whom_phone"),
            relation: text("relation"),
            told: text("told"),
            agreed: sent.ticked("agreed"),
        }
    }

    /// What other steps carry unseen.
    pub fn hidden(&self) -> [(&'static str, String); 5] {
        let agreed = if self.agreed { "on" } else { "" };
        [
            ("whom_name", self.name.clone()),
            ("whom_phone", self.phone.clone()),
            ("relation", self.relation.clone()),
            ("told", self.told.clone()),
            ("agreed", agreed.to_owned()),
        ]
    }

    fn is_somebody(&self) -> bool {
        !self.relation.is_empty()
    }

    /// For the vault; nothing when the report is the reporter's own.
    pub fn behalf(&self) -> Option<Behalf> {
        Some(Behalf {
            name: Secret::new(self.name.clone()),
            phone: self.phone.parse().ok(),
            relation: Relation::from_slug(&self.relation)?,
            told: Told::from_slug(&self.told)?,
        })
    }

    /// In a line, for the last look.
    pub fn words(&self, ctx: &Ctx) -> Option<String> {
        let relation = Relation::from_slug(&self.relation)?;
        let what = ctx.t(&format!("say-whom-for-{}", relation.slug()));
        let parts = [self.name.as_str(), self.phone.as_str()].into_iter().filter(|part| !part.is_empty());
        Some(std::iter::once(what.as_str()).chain(parts).collect::<Vec<_>>().join(" \u{b7} "))
    }

    /// What has to be mended.
    pub fn wrong(&self, ctx: &Ctx) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut add = |id, key: &str| wrong.push(Wrong { id, words: ctx.t(key) });
        if !self.is_somebody() {
            return wrong;
        }
        if Relation::from_slug(&self.relation).is_none() {
            add("relation", "say-whom-relation-missing");
        }
        if self.name.chars().count() > limits::NAME_CHARS {
            add("whom_name", "say-whom-name-long");
        }
        let told = Told::from_slug(&self.told);
        if self.phone.is_empty() && told.is_some_and(|told| told != Told::Me) {
            add("whom_phone", "say-whom-phone-missing");
        } else if !self.phone.is_empty() && self.phone.parse::<Phone>().is_err() {
            add("whom_phone", "say-phone-wrong");
        }
        if told.is_none() {
            add("told", "say-whom-told-missing");
        }
        if !self.agreed {
            add("agreed", "say-whom-agreed-missing");
        }
        wrong
    }
}

#[derive(Template)]
#[template(path = "requests/whom.html")]
struct WhomPage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    name_chars: usize,
    wrong: Vec<Wrong>,
    step: String,
}

impl WhomPage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }

    fn relations(&self) -> Vec<(&'static str, String, bool)> {
        let choice = |r: Relation| {
            let words = self.page.t(&format!("say-whom-is-{}", r.slug()));
            (r.slug(), words, self.draft.whom.relation == r.slug())
        };
        Relation::ALL.map(choice).into()
    }

    fn tolds(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = if self.draft.whom.told.is_empty() { Told::Me.slug() } else { &self.draft.whom.told };
        let choice = |t: Told| (t.slug(), self.page.t(&format!("say-whom-tell-{}", t.slug())), chosen == t.slug());
        Told::ALL.map(choice).into()
    }
}

/// The page beside the way.
pub fn page(ctx: &Ctx, draft: Draft, wrong: Vec<Wrong>) -> Reply {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = titled(ctx, Step::Whom, !wrong.is_empty());
    let (hidden, step) = (draft.hidden(Step::Whom, ctx.elder), step_words(ctx, Step::Whom));
    show_as(status, &WhomPage { page, draft, hidden, name_chars: limits::NAME_CHARS, wrong, step })
}

/// Back to the last look, if all is said.
pub async fn done(ctx: &Ctx, draft: Draft) -> Reply {
    let mut wrong = draft.whom.wrong(ctx);
    if !draft.whom.is_somebody() {
        wrong.push(Wrong { id: "relation", words: ctx.t("say-whom-relation-missing") });
    }
    if wrong.is_empty() { last::page(ctx, draft, Vec::new(), StatusCode::OK).await } else { page(ctx, draft, wrong) }
}
