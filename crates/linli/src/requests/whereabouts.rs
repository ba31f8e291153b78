//! Where it is: the places that the words point to, or a pick from lists that go down from the street.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    directory::{Directory, Place},
    ids::{Level, PlaceCode},
    limits,
};

use super::{
    draft::{Draft, OTHER, Step, Wrong, step_words, titled},
    photo::Photos,
};
use crate::web::{
    Ctx, Page, Reply,
    alarm::Alarm,
    answers::{Answer, suggested},
    page::show_as,
};

/// Places offered at once.
const OFFERED: usize = 5;

/// A place that can be chosen.
struct Choice {
    code: String,
    name: String,
    /// What people call it besides, or what lies above it.
    hint: String,
    chosen: bool,
}

/// A list of places of one level.
struct Pick {
    title: String,
    id: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "requests/where.html")]
struct WherePage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    choices: Vec<Choice>,
    picks: Vec<Pick>,
    address_chars: usize,
    photos: Photos,
    /// What pictures told.
    told: Vec<String>,
    /// Danger that the words tell of.
    alarm: Option<Alarm>,
    /// What may answer the words, where it was not beside them already.
    answers: Vec<Answer>,
    wrong: Vec<Wrong>,
    step: String,
}

impl WherePage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }
}

/// The second step.
pub fn page(ctx: &Ctx, mut draft: Draft, wrong: Option<Wrong>) -> Reply {
    let proposed = draft.told.as_ref().and_then(|told| told.proposed()).cloned();
    if let Some(place) = &proposed {
        draft.place = place.to_string();
        draft.picks.clear();
    }
    let directory = ctx.engine().directory();
    let mut choices = choices(ctx, &directory, &draft);
    let by_picture = |c: &&mut Choice| proposed.as_ref().is_some_and(|place| place.to_string() == c.code);
    choices.iter_mut().filter(by_picture).for_each(|c| c.hint = format!("{} \u{b7} {}", ctx.t("told-hint"), c.hint));
    let none_found = choices.is_empty();
    let picks = if none_found || draft.place == OTHER { picks(ctx, &directory, &draft) } else { Vec::new() };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(ctx, Step::Where, wrong.is_some());
    let wrong = wrong.into_iter().collect();
    let hidden = draft.hidden(Step::Where, ctx.elder);
    let answers = suggested(ctx, &page, &draft.say, &draft.seen);
    let (step, address_chars) = (step_words(ctx, Step::Where), limits::ADDRESS_CHARS);
    let alarm = Alarm::told(ctx, &page, &draft.say);
    let (photos, told) = (Photos::of(ctx, &draft, Step::Where), draft.told_words(ctx, Step::Where));
    show_as(
        status,
        &WherePage { page, hidden, choices, picks, draft, address_chars, photos, told, alarm, answers, wrong, step },
    )
}

/// The places that a text calls by their names.
fn named<'d>(ctx: &Ctx, directory: &'d Directory, text: &str) -> Vec<&'d Place> {
    let Some(all) = ctx.engine().everywhere() else { return Vec::new() };
    let found = ctx.engine().places_named(text, &all, OFFERED);
    found.iter().filter_map(|named| directory.place(&named.code)).collect()
}

/// The places that words point to, anywhere in the deployment, the most likely first.
pub fn locate<'d>(directory: &'d Directory, words: &str, most: usize) -> Vec<&'d Place> {
    let top = |p: &&Place| p.code.parent().is_none_or(|above| directory.place(&above).is_none());
    let roots: Vec<PlaceCode> = directory.places().filter(top).map(|p| p.code.clone()).collect();
    let mut found: Vec<&Place> = roots.iter().flat_map(|root| directory.locate(words, root, most)).collect();
    found.truncate(most);
    found
}

fn choices(ctx: &Ctx, directory: &Directory, draft: &Draft) -> Vec<Choice> {
    let words = format!("{} {}", draft.words, draft.say);
    let mut found = named(ctx, directory, &words);
    for place in locate(directory, &words, OFFERED) {
        if found.len() < OFFERED && !found.iter().any(|known| known.code == place.code) {
            found.push(place);
        }
    }
    found.retain(|p| p.code.level() >= Level::Street);
    let before = draft.place.parse().ok().and_then(|code: PlaceCode| directory.place(&code));
    if let Some(before) = before.filter(|b| b.retired_at.is_none() && !found.iter().any(|p| p.code == b.code)) {
        found.insert(0, before);
    }
    // One that lies within all others that were named is what is meant.
    let meant = found.first().filter(|first| found.iter().all(|p| p.code.covers(&first.code))).map(|p| p.code.clone());
    let chosen = if draft.place.is_empty() { meant } else { before.map(|p| p.code.clone()) };
    let choice = |place: &&Place| Choice {
        code: place.code.to_string(),
        name: place.name.get(ctx.lang.code()).to_owned(),
        hint: place.code.parent().map_or_else(String::new, |above| directory.place_name(&above, ctx.lang.code())),
        chosen: chosen.as_ref() == Some(&place.code),
    };
    found.iter().map(choice).collect()
}

/// The lists: the streets, what lies in the chosen one, and so on; one deeper than what is picked.
fn picks(ctx: &Ctx, directory: &Directory, draft: &Draft) -> Vec<Pick> {
    let mut chain = draft.picked(directory);
    let home = ctx.engine().home.to_string().parse::<PlaceCode>().ok();
    if chain.is_empty() {
        chain.extend(home.filter(|street| directory.place(street).is_some()));
    }
    let street = |p: &&Place| p.code.level() == Level::Street && p.retired_at.is_none();
    let mut lists = vec![directory.places().filter(street).collect::<Vec<_>>()];
    lists.extend(chain.iter().map(|code| directory.children(code)).filter(|list| !list.is_empty()));
    let list = |(depth, places): (usize, &Vec<&Place>)| {
        let level = places.first().map_or(Level::Street, |p| p.code.level());
        let choice = |place: &&Place| Choice {
            code: place.code.to_string(),
            name: place.name.get(ctx.lang.code()).to_owned(),
            hint: hint(ctx, place),
            chosen: chain.get(depth) == Some(&place.code),
        };
        let choices = places.iter().map(choice).collect();
        Pick { title: ctx.t(&format!("say-level-{}", level.slug())), id: format!("pick-{depth}"), choices }
    };
    lists.iter().enumerate().map(list).collect()
}

/// A grid's name says nothing to most people; what they call it does.
fn hint(ctx: &Ctx, place: &Place) -> String {
    if place.code.level() != Level::Grid || place.aliases.is_empty() || ctx.lang.code() == "en" {
        return String::new();
    }
    place.aliases.join("\u{3001}")
}
