//! One answer at hand, for those who keep it: what it says, how it stands, what may be done to it, and what became of it.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    db::Tx,
    knowledge::{Item, Kept, Problem, State},
    limits,
    notices::{self, Whom},
    pack::{Entry, Mark},
    policy::Action,
    record::{self, Change, What},
};
use serde_json::Value as Json;

use super::{edit, form, list, public::question};
use crate::web::{
    Ctx, Fault, Page, Reply,
    answers::{day, keeper, said},
    asked::Asked,
    ctx::Who,
    page::show_as,
    times::Spoken,
};

/// What an entry says, with its facts in pairs.
struct Shown {
    answer: String,
    lang: &'static str,
    english: String,
    pairs: Vec<(String, String)>,
}

/// A change, with what was and what became.
struct Line {
    at: Spoken,
    who: String,
    act: String,
    facts: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "knowledge/entry.html")]
struct EntryPage {
    page: Page,
    url: String,
    version: i64,
    tags: Vec<(&'static str, String)>,
    shown: Shown,
    /// The draft, who wrote it, and its question.
    draft: Option<(Shown, String, String)>,
    /// As the pack has it, where the office's own differs.
    of_pack: Option<Shown>,
    unconfirmed: bool,
    is_new: bool,
    withdrawn: bool,
    helped: String,
    may_draft: bool,
    may_edit: bool,
    next_review: String,
    wrong: Option<String>,
    history: Vec<Line>,
}

/// `GET /desk/knowledge/{id}`. Whoever reads it has read what they were told of it.
pub async fn page(ctx: Ctx, Path(id): Path<String>, asked: Asked) -> Reply {
    let item = edit::item(&ctx, &id)?;
    if let Who::Staff { account, .. } = &ctx.who {
        let (engine, home, whom) = (ctx.engine(), ctx.engine().home, Whom::Account(account.id));
        let (id, now) = (id.clone(), engine.clock.now());
        engine.db.write(move |tx: &mut Tx<'_>| notices::mark_answer_read(tx, home, whom, &id, now)).await?;
    }
    draw(&ctx, &item, Some(&asked), None).await
}

/// The page again, with what was wrong about the next day of review.
pub async fn again(ctx: &Ctx, item: &Item, field: &str) -> Reply {
    let words = form::problem(&Page::new(ctx, ""), field, Problem::Day);
    draw(ctx, item, None, Some(words)).await
}

async fn draw(ctx: &Ctx, item: &Item, asked: Option<&Asked>, wrong: Option<String>) -> Reply {
    let (Some(seat), Some(kept)) = (ctx.seat(), item.shown()) else { return Err(Fault::not_found()) };
    let mut page = Page::new(ctx, "");
    page.title = question(&page, &kept.entry);
    page.done = asked.and_then(|asked| list::done(&page, asked));
    let packs = ctx.engine().packs();
    let of_pack = packs.current().answers().iter().find(|entry| entry.id == item.id);
    let own = kept.changed.is_some() && item.now.is_some();
    let n = list::helped(ctx).await?.get(&item.id).copied().unwrap_or_default();
    let draft = item.draft.as_ref().filter(|_| item.now.is_some());
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = EntryPage {
        url: edit::url(&item.id),
        version: item.version(),
        tags: list::tags(ctx, &page, item),
        shown: shown(ctx, &page, &kept.entry),
        draft: draft.map(|d| (shown(ctx, &page, &d.entry), by(&page, d), question(&page, &d.entry))),
        of_pack: of_pack.filter(|_| own).map(|entry| shown(ctx, &page, entry)),
        unconfirmed: kept.entry.mark == Some(Mark::Unconfirmed),
        is_new: item.now.is_none(),
        withdrawn: kept.state == State::Withdrawn,
        helped: page.n("answer-helped", n),
        may_draft: edit::may(ctx, seat, Action::File, item),
        may_edit: edit::may(ctx, seat, Action::Act, item),
        next_review: form::next_review(ctx),
        history: history(ctx, &page, &item.id).await?,
        wrong,
        page,
    };
    show_as(status, &template)
}

/// Who changed something last, and when.
fn by(page: &Page, kept: &Kept) -> String {
    let changed = kept.changed.as_ref();
    changed.map_or_else(String::new, |(at, login)| format!("{login} \u{b7} {}", page.time(at).words))
}

fn shown(ctx: &Ctx, page: &Page, entry: &Entry) -> Shown {
    let other = if said(&entry.answer, page.lang()) == entry.answer.zh { &entry.answer.en } else { &entry.answer.zh };
    let fact = |key: &str, value: String| (page.t(&format!("record-fact-{key}")), value);
    let pairs = vec![
        fact("source", entry.source.clone()),
        fact("region", said(&entry.region, page.lang()).to_owned()),
        fact("owner", keeper(ctx, page, &entry.owner)),
        fact("review", day(entry.review)),
        fact("category", page.category(&entry.category)),
        fact("said", entry.words.join(" \u{b7} ")),
    ];
    Shown {
        answer: said(&entry.answer, page.lang()).to_owned(),
        lang: list::lang(page, &entry.answer),
        english: other.clone(),
        pairs: pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
    }
}

/// What became of an entry, newest first. The index `admin_change_subject` serves it.
async fn history(ctx: &Ctx, page: &Page, id: &str) -> Result<Vec<Line>, Fault> {
    let home = ctx.engine().home;
    let asked = record::Asked { what: Some(What::Answer), subject: Some(id.to_owned()), ..record::Asked::default() };
    let read = move |tx: &mut Tx<'_>| record::changes(tx, home, &asked, limits::PAGE);
    Ok(ctx.engine().db.read(read).await?.iter().map(|change| line(ctx, page, change)).collect())
}

fn line(ctx: &Ctx, page: &Page, change: &Change) -> Line {
    let (was, became) = (change.deed.was.as_ref(), change.deed.became.as_ref());
    let both = [was, became].into_iter().flatten().filter_map(Json::as_object);
    let all: BTreeSet<&String> = both.flat_map(|facts| facts.keys()).collect();
    let value = |key: &str, json: Option<&Json>| {
        let text = match json.and_then(|json| json.get(key)) {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" \u{b7} "),
            _ => return String::new(),
        };
        match key {
            _ if text.is_empty() => text,
            "owner" => keeper(ctx, page, &text),
            "category" => page.category(&text),
            _ => text,
        }
    };
    let facts = all.into_iter().filter_map(|key| {
        let (old, new) = (value(key, was), value(key, became));
        (old != new && became.is_some() && was.is_some()).then(|| (page.t(&format!("record-fact-{key}")), old, new))
    });
    Line {
        at: page.time(&change.at),
        who: change.login.clone(),
        act: page.t(&format!("answer-act-{}", change.deed.act)),
        facts: facts.collect(),
    }
}
