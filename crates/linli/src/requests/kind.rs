//! What a report is about: the category that its words speak for, and another where that is not it; in the elder version as
//! a page of its own.

use askama::Template;
use linli_engine::{
    Engine,
    pack::{Category, Pack},
    reading::Asked as Letter,
};

use super::draft::{Draft, Step, step_words, titled};
use crate::web::{Ctx, Page, Reply, page::show};

/// Categories under one of the top.
pub struct Group {
    /// Its title.
    pub title: String,
    /// Code, title, and whether it is the one that was found.
    pub categories: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "requests/kind.html")]
struct KindPage {
    page: Page,
    hidden: Vec<(&'static str, String)>,
    groups: Vec<Group>,
    step: String,
}

/// The page.
pub fn page(ctx: &Ctx, draft: &Draft) -> Reply {
    let page = titled(ctx, Step::Kind, false);
    let found = category(ctx.engine(), draft);
    let groups = groups(&page, ctx.engine().packs().current(), &found);
    show(&KindPage { hidden: draft.hidden(Step::Kind, ctx.elder), step: step_words(ctx, Step::Kind), groups, page })
}

/// The category that was chosen, or else the one that the words speak for.
pub fn category(engine: &Engine, draft: &Draft) -> String {
    let packs = engine.packs();
    let pack = packs.current();
    let chosen = pack.category(&draft.category).map(|c| c.code.clone());
    let letter = Letter { case: None, title: "", body: &draft.say, place: None, at: engine.clock.now() };
    chosen.unwrap_or_else(|| engine.suggest_category(&letter).category)
}

/// The first two levels; a deeper one only where it is the one that was found.
pub fn groups(page: &Page, pack: &Pack, found: &str) -> Vec<Group> {
    let option = |c: &Category| (c.code.clone(), page.of(&c.title).to_owned(), c.code == found);
    let group = |top: &Category| {
        let deeper =
            pack.categories().iter().filter(|c| c.code == found && c.code.starts_with(&format!("{}.", top.code)));
        let mut listed: Vec<_> = std::iter::once(top).chain(pack.children(Some(&top.code))).collect();
        listed.extend(deeper.filter(|d| d.code.matches('.').count() > 1));
        Group { title: page.of(&top.title).to_owned(), categories: listed.into_iter().map(option).collect() }
    };
    pack.children(None).map(group).collect()
}
