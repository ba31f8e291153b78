//! Danger that words tell of: the line to ring and what to do at once, before anything else.

use linli_engine::pack::Danger;

use super::{Ctx, Page};

/// A danger that the words tell of.
pub struct Alarm {
    /// The emergency line.
    pub line: String,
    /// What it is.
    pub title: String,
    /// What to do at once.
    pub say: String,
}

impl Alarm {
    /// In the reader's language.
    pub fn of(page: &Page, danger: &Danger) -> Self {
        let text = |text| page.of(text).to_owned();
        Self { line: danger.line.clone(), title: text(&danger.title), say: text(&danger.say) }
    }

    /// The danger that words tell of, if they do.
    pub fn told(ctx: &Ctx, page: &Page, words: &str) -> Option<Self> {
        let packs = ctx.engine().packs();
        packs.current().danger(words).map(|danger| Self::of(page, danger))
    }
}
