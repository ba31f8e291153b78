//! Answers at hand as pages show them: at the desk beside the words, to residents while they type, on the page of all.

use linli_engine::{limits, pack::Entry};
use linli_flow::Text;
use linli_worktime::Date;

use super::{
    Ctx, Page,
    i18n::{Lang, text},
};

/// Answers that are suggested for what a resident types.
const SUGGESTED: usize = 3;

/// An answer at hand.
pub struct Answer {
    /// Its short name.
    pub id: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// The language that both are in, as HTML names it.
    pub lang: &'static str,
    /// What it rests on.
    pub source: String,
    /// Who keeps it, and until when it is good.
    pub kept: String,
    /// Whether its day of review has passed.
    pub stale: bool,
    /// Whether it is shown whole at once.
    pub open: bool,
}

/// A text in the reader's language or, where the office wrote it in one only, in that.
pub fn said(text: &Text, lang: Lang) -> &str {
    if lang == Lang::En && !text.en.is_empty() { &text.en } else { &text.zh }
}

/// The unit that keeps what belongs to a function, in words.
pub fn keeper(ctx: &Ctx, page: &Page, function: &str) -> String {
    let unit = ctx.engine().keeper_of(function);
    unit.map_or_else(|| page.t("answer-keeper-none"), |org| page.of(&org.name).to_owned())
}

impl Answer {
    /// As it stands on a page.
    pub fn of(ctx: &Ctx, page: &Page, entry: &Entry) -> Self {
        let lang = page.lang();
        let stale = entry.is_stale(ctx.engine().today());
        let args = [
            ("owner", keeper(ctx, page, &entry.owner).into()),
            ("day", day(entry.review).into()),
            ("region", said(&entry.region, lang).to_owned().into()),
        ];
        Self {
            id: entry.id.clone(),
            question: said(&entry.question, lang).to_owned(),
            answer: said(&entry.answer, lang).to_owned(),
            lang: if entry.answer.en.is_empty() { Lang::Zh.html() } else { lang.html() },
            source: entry.source.clone(),
            kept: text(lang, if stale { "answer-kept-stale" } else { "answer-kept" }, &args),
            stale,
            open: false,
        }
    }
}

/// A day of review as it is written.
pub fn day(day: Date) -> String {
    day.to_string()
}

/// What may answer a resident's words, without what they have seen. Nothing where somebody is in danger: then every line to
/// be read is one too many.
pub fn suggested(ctx: &Ctx, page: &Page, words: &str, seen: &str) -> Vec<Answer> {
    let packs = ctx.engine().packs();
    if packs.current().danger(words).is_some() {
        return Vec::new();
    }
    let words: String = words.chars().take(limits::BODY_CHARS).collect();
    let known = ctx.engine().knowledge();
    let seen: Vec<&str> = seen.split(',').collect();
    let found = known.suggest(&words, ctx.engine().today(), SUGGESTED).into_iter();
    found.filter(|entry| !seen.contains(&entry.id.as_str())).map(|entry| Answer::of(ctx, page, entry)).collect()
}
