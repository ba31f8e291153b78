//! The form of an answer at hand: what stands in it, and the entry that it makes.

use std::collections::BTreeSet;

use linli_engine::{
    knowledge::{KnowledgeError, Problem},
    pack::Entry,
    policy::Action,
    seats::Seat,
};
use linli_flow::Text;
use linli_worktime::Date;

use crate::web::{Ctx, Page, answers::keeper, forms::Sent, i18n};

/// Days after which an entry is looked at again, unless somebody says otherwise.
const REVIEW_DAYS: i64 = 365;
const DAY_MS: i64 = 24 * 3_600_000;

/// Something to choose from.
pub struct Choice {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What stands in the form.
#[derive(Default)]
pub struct Form {
    pub question: String,
    pub question_en: String,
    pub answer: String,
    pub answer_en: String,
    pub words: String,
    pub source: String,
    pub region: String,
    pub region_en: String,
    pub category: String,
    pub owner: String,
    pub review: String,
    /// The field that is wrong, and what to do.
    pub wrong: Option<(&'static str, String)>,
}

impl Form {
    /// For a new entry.
    pub fn new(ctx: &Ctx, page: &Page) -> Self {
        Self { review: next_review(ctx), region: page.street(), ..Self::default() }
    }

    /// For one that is to be changed.
    pub fn of(entry: &Entry) -> Self {
        Self {
            question: entry.question.zh.clone(),
            question_en: entry.question.en.clone(),
            answer: entry.answer.zh.clone(),
            answer_en: entry.answer.en.clone(),
            words: entry.words.join("\n"),
            source: entry.source.clone(),
            region: entry.region.zh.clone(),
            region_en: entry.region.en.clone(),
            category: entry.category.clone(),
            owner: entry.owner.clone(),
            review: entry.review.to_string(),
            wrong: None,
        }
    }

    /// As it was sent.
    pub fn read(sent: &Sent) -> Self {
        let text = |name: &str| sent.text(name).replace("\r\n", "\n");
        Self {
            question: text("question"),
            question_en: text("question_en"),
            answer: text("answer"),
            answer_en: text("answer_en"),
            words: text("words"),
            source: text("source"),
            region: text("region"),
            region_en: text("region_en"),
            category: text("category"),
            owner: text("owner"),
            review: text("review"),
            wrong: None,
        }
    }

    /// The entry that it makes; nothing where the day of review is none.
    pub fn entry(&self, id: &str) -> Option<Entry> {
        let words = self.words.split(['\n', '\u{3001}', '\u{ff0c}', ',', '\u{ff1b}', ';']).map(str::trim);
        let mut seen = BTreeSet::new();
        let words = words.filter(|word| !word.is_empty() && seen.insert(word.to_lowercase())).map(str::to_owned);
        Some(Entry {
            id: id.to_owned(),
            question: Text { zh: self.question.clone(), en: self.question_en.clone() },
            answer: Text { zh: self.answer.clone(), en: self.answer_en.clone() },
            category: self.category.clone(),
            owner: self.owner.clone(),
            words: words.collect(),
            source: self.source.clone(),
            mark: None,
            review: self.review.parse::<Date>().ok()?,
            region: Text { zh: self.region.clone(), en: self.region_en.clone() },
        })
    }

    /// What is wrong with a field, where it is this one.
    pub fn error(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(name, _)| *name == field).map(|(_, words)| words.as_str())
    }
}

/// The day that is proposed for the next look.
pub fn next_review(ctx: &Ctx) -> String {
    let packs = ctx.engine().packs();
    packs.current().calendar.date_of(ctx.engine().clock.now().plus(REVIEW_DAYS * DAY_MS)).to_string()
}

/// What is wrong with a field, in words.
pub fn problem(page: &Page, field: &str, problem: Problem) -> String {
    let name = page.t(&format!("record-fact-{}", if field == "words" { "said" } else { field }));
    let (key, most) = match problem {
        Problem::Empty => ("answer-err-empty", 0),
        Problem::Long(most) => ("answer-err-long", most),
        Problem::Unknown => ("answer-err-unknown", 0),
        Problem::Day => ("answer-err-day", 0),
        Problem::Personal => ("answer-err-personal", 0),
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    i18n::text(page.lang(), key, &[("field", name.into()), ("most", most.into())])
}

/// Why an entry was not changed, on its form; what has no place there is given back.
pub fn refused(page: &Page, error: KnowledgeError) -> Result<(&'static str, String), KnowledgeError> {
    match error {
        KnowledgeError::Field(field, why) => Ok((field, problem(page, field, why))),
        KnowledgeError::Full => Ok(("question", page.t("answer-err-full"))),
        KnowledgeError::NotYours => Ok(("owner", page.t("answer-err-not-yours"))),
        other => Err(other),
    }
}

/// The categories, each with those that it lies in.
pub fn categories(ctx: &Ctx, page: &Page, chosen: &str) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let pack = packs.current();
    let choice = |category: &linli_engine::pack::Category| {
        let above = |code: &String| pack.category(code).and_then(|category| category.parent.clone());
        let mut names: Vec<String> =
            std::iter::successors(Some(category.code.clone()), above).map(|code| page.category(&code)).collect();
        names.reverse();
        Choice { code: category.code.clone(), name: names.join(" \u{203a} "), chosen: category.code == chosen }
    };
    pack.categories().iter().map(choice).collect()
}

/// The functions that a seat may write for, each by the unit that keeps what belongs to it.
pub fn owners(ctx: &Ctx, page: &Page, seat: &Seat, chosen: &str) -> Vec<Choice> {
    let engine = ctx.engine();
    let directory = engine.directory();
    let functions: BTreeSet<&str> = directory
        .orgs()
        .map(|org| org.function.as_str())
        .filter(|function| engine.keeper_of(function).is_some_and(|unit| unit.function == *function))
        .chain([chosen])
        .filter(|function| !function.is_empty() && engine.may_keep(seat, Action::File, function))
        .collect();
    let choice = |function: &str| Choice {
        code: function.to_owned(),
        name: keeper(ctx, page, function),
        chosen: function == chosen,
    };
    let mut all: Vec<Choice> = functions.into_iter().map(choice).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
