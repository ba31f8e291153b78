//! The list of answers at hand, for those who keep them: what is overdue first.

use std::collections::BTreeMap;

use askama::Template;
use linli_engine::{
    db::Tx,
    knowledge::{self, Item, Kept, Stage, State},
    limits,
    policy::Action,
    seats::Seat,
};

use super::public::question;
use crate::web::{
    Ctx, Fault, Page, Reply,
    answers::{day, keeper, said},
    asked::Asked,
    page::show,
    routes::percent,
};

/// Days over which is counted how often an entry helped.
pub const HELPED_DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 3_600_000;

/// A part of the list.
struct Tab {
    url: String,
    title: String,
    n: usize,
    here: bool,
}

struct Row {
    url: String,
    question: String,
    lang: &'static str,
    tags: Vec<(&'static str, String)>,
    owner: String,
    category: String,
    review: String,
    helped: String,
}

#[derive(Template)]
#[template(path = "knowledge/list.html")]
struct ListPage {
    page: Page,
    q: String,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    sentence: String,
    next: Option<String>,
    may_write: bool,
    show: String,
}

/// Which entries a part of the list holds.
fn belongs(ctx: &Ctx, seat: &Seat, show: &str, item: &Item) -> bool {
    let today = ctx.engine().today();
    let published = item.published();
    match show {
        "mine" => published.is_some_and(|entry| {
            Stage::of(entry.review, today).is_some() && ctx.engine().may_keep(seat, Action::Act, &entry.owner)
        }),
        "stale" => published.is_some_and(|entry| entry.is_stale(today)),
        "draft" => item.draft.is_some(),
        "withdrawn" => item.now.as_ref().is_some_and(|kept| kept.state == State::Withdrawn),
        _ => true,
    }
}

/// How an entry stands: classes and words of its tags.
pub fn tags(ctx: &Ctx, page: &Page, item: &Item) -> Vec<(&'static str, String)> {
    let mut tags = Vec::new();
    let today = ctx.engine().today();
    match item.now.as_ref().map(|kept| (kept.state, Stage::of(kept.entry.review, today))) {
        None => tags.push(("tag", page.t("answer-state-new"))),
        Some((State::Withdrawn, _)) => tags.push(("tag", page.t("answer-state-withdrawn"))),
        Some((_, Some(Stage::Soon))) => tags.push(("tag tag-soon", page.t("answer-stage-soon"))),
        Some((_, Some(_))) if item.published().is_some_and(|entry| entry.is_stale(today)) => {
            tags.push(("tag tag-late", page.t("answer-stage-stale")));
        }
        Some((_, Some(_))) => tags.push(("tag tag-soon", page.t("answer-stage-today"))),
        Some((_, None)) => tags.push(("tag tag-done", page.t("answer-state-published"))),
    }
    if item.draft.is_some() && item.now.is_some() {
        tags.push(("tag tag-now", page.t("answer-state-drafted")));
    }
    tags
}

/// What is overdue comes first, the longest before the others; then what is due soon; then the rest as it stands.
fn urgency(ctx: &Ctx, item: &Item) -> (u8, String) {
    let Some(entry) = item.published() else { return (3, String::new()) };
    let today = ctx.engine().today();
    match Stage::of(entry.review, today) {
        Some(_) if entry.is_stale(today) => (0, day(entry.review)),
        Some(_) => (1, day(entry.review)),
        None => (2, String::new()),
    }
}

/// Whether all words that were typed stand somewhere in an entry.
fn holds(kept: &Kept, words: &str) -> bool {
    let e = &kept.entry;
    let texts = [&e.question.zh, &e.question.en, &e.answer.zh, &e.answer.en, &e.source, &e.id];
    let all = texts.into_iter().chain(&e.words).map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

/// `GET /desk/knowledge?q=…&show=…&from=…`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let mut page = Page::titled(&ctx, "answer-list-title");
    page.done = done(&page, &asked);
    let known = ctx.engine().knowledge();
    let q: String = asked.get("q").unwrap_or_default().chars().take(200).collect();
    let show_only = asked.get("show").unwrap_or_default().to_owned();
    let near: Vec<&str> = known.about(&q, limits::PAGE).into_iter().map(|entry| entry.id.as_str()).collect();
    let fits = |item: &&Item| {
        q.is_empty() || item.shown().is_some_and(|kept| holds(kept, &q)) || near.contains(&item.id.as_str())
    };
    let mut found: Vec<&Item> =
        known.items().iter().filter(fits).filter(|item| belongs(&ctx, &seat, &show_only, item)).collect();
    found.sort_by_cached_key(|item| urgency(&ctx, item));
    let from: usize = asked.read("from").unwrap_or_default();
    let helped = helped(&ctx).await?;
    let more = found.len() > from.saturating_add(limits::PAGE);
    let template = ListPage {
        tabs: tabs(&ctx, &page, &seat, &show_only),
        sentence: page.n("answer-list-n", found.len()),
        rows: found.iter().skip(from).take(limits::PAGE).filter_map(|item| row(&ctx, &page, item, &helped)).collect(),
        next: more.then(|| asked.with("/desk/knowledge", "from", &(from + limits::PAGE).to_string())),
        may_write: crate::web::routes::may_somewhere(
            seat.role.into(),
            Action::File,
            linli_engine::policy::Resource::Answer,
        ),
        show: show_only,
        q,
        page,
    };
    show(&template)
}

/// What was just done, said once.
pub fn done(page: &Page, asked: &Asked) -> Option<String> {
    let known = ["draft", "publish", "publish-draft", "drop", "withdraw", "checked"];
    let did = asked.get("done").filter(|did| known.contains(did))?;
    Some(page.t(&format!("answer-done-{did}")))
}

/// How often each entry helped of late.
pub async fn helped(ctx: &Ctx) -> Result<BTreeMap<String, i64>, Fault> {
    let (engine, home) = (ctx.engine(), ctx.engine().home);
    let since = engine.packs().current().calendar.date_of(engine.clock.now().plus(-HELPED_DAYS * DAY_MS));
    Ok(engine.db.read(move |tx: &mut Tx<'_>| knowledge::helped_since(tx, home, since)).await?)
}

fn tabs(ctx: &Ctx, page: &Page, seat: &Seat, here: &str) -> Vec<Tab> {
    let known = ctx.engine().knowledge();
    let tab = |show: &'static str| Tab {
        url: if show.is_empty() { "/desk/knowledge".to_owned() } else { format!("/desk/knowledge?show={show}") },
        title: page.t(&format!("answer-tab-{}", if show.is_empty() { "all" } else { show })),
        n: known.items().iter().filter(|item| belongs(ctx, seat, show, item)).count(),
        here: here == show,
    };
    ["", "mine", "stale", "draft", "withdrawn"].map(tab).into()
}

fn row(ctx: &Ctx, page: &Page, item: &Item, helped: &BTreeMap<String, i64>) -> Option<Row> {
    let entry = &item.shown()?.entry;
    let n = helped.get(&item.id).copied().unwrap_or_default();
    Some(Row {
        url: format!("/desk/knowledge/{}", percent(&item.id)),
        question: question(page, entry),
        lang: lang(page, &entry.question),
        tags: tags(ctx, page, item),
        owner: keeper(ctx, page, &entry.owner),
        category: page.category(&entry.category),
        review: day(entry.review),
        helped: if n > 0 { page.n("answer-helped", n) } else { String::new() },
    })
}

/// The language that a text is shown in, as HTML names it.
pub fn lang(page: &Page, text: &linli_flow::Text) -> &'static str {
    if said(text, page.lang()) == text.zh { crate::web::i18n::Lang::Zh.html() } else { page.html_lang() }
}
