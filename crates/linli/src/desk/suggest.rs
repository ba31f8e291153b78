//! What is proposed to whoever sends a case on: what it is about, how urgent it sounds, where it says it is, whose it is;
//! each with a reason. One key confirms; a link beside puts another answer into the form.

use askama::Template;
use linli_engine::{
    cases::{
        Head,
        read::{Dossier, Offer},
    },
    pack::Kind,
    reading::{Asked, Because, Guess, Suggestion},
};

use super::{
    asked,
    case::{case_url, sees},
    deeds::act_id,
};
use crate::web::{Ctx, Fault, Page, guess};

/// The panel; `{{ suggest|safe }}` in the page.
#[derive(Template)]
#[template(path = "desk/suggest.html")]
pub struct Suggest {
    page: Page,
    category: String,
    sure: String,
    is_sure: bool,
    why: String,
    /// What people decided so, as reasons: number, title, address.
    cases: Vec<(String, String, String)>,
    /// The category that stands in the case, where it is another.
    filed: Option<(String, String)>,
    /// Other categories: the name with how likely, and where they are put into the form.
    others: Vec<(String, String)>,
    /// Danger that the words tell of: what, the line, what to say.
    danger: Option<(String, String, String)>,
    /// A place that the letter names and the case does not lie in.
    elsewhere: Option<(String, String, String)>,
    /// Units beside the one of the duty list: the name with how often, and where they are put into the form.
    units: Vec<(String, String)>,
    /// The form that the key confirms, and what that does.
    confirm: Option<(String, String)>,
    /// Whether what that does is what is proposed, or was chosen: one key is for nothing else.
    keyed: bool,
}

/// What is proposed for a case that this seat may send on, for its forms and its page.
pub struct Proposal {
    pub suggestion: Suggestion,
    /// The category that goes into the form.
    pub category: String,
    /// Whether somebody chose it.
    chosen: bool,
    /// Whether the form says a place already.
    placed: bool,
}

/// The act by which this seat says what a case is about.
fn sorting(d: &Dossier) -> Option<&Offer> {
    let names = |offer: &&Offer| offer.form.iter().any(|field| is_category(d, &field.name));
    d.offers.iter().filter(|offer| offer.barred.is_none()).find(names)
}

/// Whether a field of a form says what a case is about.
pub fn is_category(d: &Dossier, field: &str) -> bool {
    d.pack.field(field).is_some_and(|field| field.kind == Kind::Category)
}

/// Whether this seat sorts this letter.
pub fn sorts(d: &Dossier) -> bool {
    sorting(d).is_some()
}

impl Proposal {
    /// Nothing where this seat has nothing to say of what the case is about.
    pub fn new(ctx: &Ctx, d: &Dossier, asked: &asked::Asked) -> Option<Self> {
        sorting(d)?;
        let suggestion = ctx.engine().suggest(&Asked::of(&d.head), &ctx.seat()?.place);
        let chosen = asked.get("category").filter(|code| d.pack.category(code).is_some());
        let known = |code: &str| d.pack.category(code).is_some();
        // What was filed stands, unless the program is sure of something else.
        let proposed =
            Some(suggestion.category.category.as_str()).filter(|code| suggestion.category.sure && known(code));
        let category = chosen.or(proposed).unwrap_or(&d.head.category).to_owned();
        Some(Self { suggestion, category, chosen: chosen.is_some(), placed: asked.get("place").is_some() })
    }

    /// The class that goes into the form: urgent where words tell of danger, else that of the category.
    pub fn class(&self, d: &Dossier) -> String {
        if let Some((_, class)) = &self.suggestion.danger {
            return class.clone();
        }
        let of = d.pack.category(&self.category).filter(|_| self.category != d.head.category);
        of.map_or_else(|| d.head.class.clone(), |category| category.class.clone())
    }
}

impl Suggest {
    /// The panel for a proposal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new(
        ctx: &Ctx,
        d: &Dossier,
        proposal: &Proposal,
        confirm: Option<(String, String)>,
    ) -> Result<Self, Fault> {
        let page = Page::new(ctx, "");
        let Suggestion { category, others, danger, units, .. } = &proposal.suggestion;
        let act = sorting(d).map(act_id).unwrap_or_default();
        let link = |name: &str, value: &str| {
            format!("{}?act={}&{name}={value}#acts", case_url(&d.head), crate::web::routes::percent(&act))
        };
        let likely = |name: String, share: f32| format!("{name} {}%", guess::hundredths(share));
        let filed = (category.category != d.head.category)
            .then(|| (page.category(&d.head.category), link("category", &d.head.category)));
        let others = others.iter().filter(|(code, _)| *code != d.head.category);
        let directory = ctx.engine().directory();
        let lead = directory.lead(&d.pack, &proposal.category, &d.head.place).map(|lead| lead.org);
        let known = units.iter().filter(|unit| Some(&unit.org) != lead.as_ref());
        Ok(Self {
            category: page.category(&category.category),
            sure: guess::sure(&page, category),
            is_sure: category.sure,
            why: guess::why(ctx, &page, category),
            cases: reasons(ctx, category).await?,
            filed,
            others: others.map(|(code, share)| (likely(page.category(code), *share), link("category", code))).collect(),
            danger: danger.as_ref().map(|(danger, _)| {
                (page.of(&danger.title).to_owned(), danger.line.clone(), page.of(&danger.say).to_owned())
            }),
            elsewhere: elsewhere(&page, d, proposal).map(|(name, words, code)| (name, words, link("place", &code))),
            units: known
                .filter_map(|unit| {
                    Some((likely(page.org(unit.org.as_str()), unit.likely?), link("unit", unit.org.as_str())))
                })
                .collect(),
            keyed: proposal.chosen || category.category == proposal.category,
            confirm,
            page,
        })
    }
}

/// The cases that are the reason, as far as this seat may see them.
async fn reasons(ctx: &Ctx, guess: &Guess) -> Result<Vec<(String, String, String)>, Fault> {
    let Because::Cases(cases) = &guess.because else { return Ok(Vec::new()) };
    let cases = ctx.engine().cases_of(cases.clone()).await?;
    let named = guess::named(&cases, |head: &Head| sees(ctx, head));
    Ok(named.into_iter().map(|head| (head.number.clone(), head.title.clone(), case_url(head))).collect())
}

/// A place that the letter names beyond doubt, where the case does not lie: its name, the words, its code.
fn elsewhere(page: &Page, d: &Dossier, proposal: &Proposal) -> Option<(String, String, String)> {
    let named = proposal.suggestion.places.first().filter(|named| named.score >= CLEAR)?;
    let apart = !proposal.placed && !named.code.covers(&d.head.place) && !d.head.place.covers(&named.code);
    apart.then(|| (page.spot(&named.code), named.words.join(" "), named.code.to_string()))
}

/// How much of what a letter says of places has to speak for one.
const CLEAR: f32 = 0.6;
