//! Answers for everybody (Beijing ordinance on swift response, art. 31): the page of all, what may answer the words that are
//! being typed, and the thanks of whoever was helped. One whose day of review has passed is not shown.

use std::{collections::BTreeMap, sync::LazyLock};

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse},
};
use linli_engine::pack::{Entry, Pack};

use crate::web::{
    Ctx, Fault, Page, Reply,
    alarm::Alarm,
    answers::{Answer, said, suggested},
    asked::Asked,
    forms::Sent,
    page::{broken, go, show},
    routes::percent,
    tries::{Address, Tries},
};

/// Answers that are shown for what was asked.
const SHOWN: usize = 10;
/// With more, one topic is shown at a time.
const AT_ONCE: usize = 60;
/// Times in an hour that an address may say that it was helped; beyond, they are thanked and not counted.
const HELPED: usize = 20;
const HOUR_MS: i64 = 3_600_000;

static COUNTED: LazyLock<Tries> = LazyLock::new(|| Tries::new(HELPED, HOUR_MS));

/// A topic: a category at the top, with what is answered of it.
struct Topic {
    url: String,
    title: String,
    n: usize,
    here: bool,
}

#[derive(Template)]
#[template(path = "knowledge/answers.html")]
struct AnswersPage {
    page: Page,
    q: String,
    topics: Vec<Topic>,
    heading: String,
    answers: Vec<Answer>,
    /// Whether some are left out.
    narrowed: bool,
}

#[derive(Template)]
#[template(path = "knowledge/helped.html")]
struct HelpedPage {
    page: Page,
}

#[derive(Template)]
#[template(path = "web/suggested.html")]
struct Piece {
    page: Page,
    /// Danger that the words tell of.
    alarm: Option<Alarm>,
    answers: Vec<Answer>,
}

/// The category at the top that another lies in.
fn topic(pack: &Pack, category: &str) -> String {
    let above = |code: &String| pack.category(code).and_then(|category| category.parent.clone());
    std::iter::successors(Some(category.to_owned()), above).last().unwrap_or_default()
}

/// `GET /answers?q=…&in=…`: those about the words, of one topic, or all.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let page = Page::titled(&ctx, "answers-title");
    let packs = ctx.engine().packs();
    let (pack, today, known) = (packs.current(), ctx.engine().today(), ctx.engine().knowledge());
    let q: String = asked.get("q").unwrap_or_default().chars().take(200).collect();
    let mut by_topic: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in known.good(today) {
        by_topic.entry(topic(pack, &entry.category)).or_default().push(entry);
    }
    let all: usize = by_topic.values().map(Vec::len).sum();
    let here = asked.get("in").filter(|code| q.is_empty() && by_topic.contains_key(*code)).unwrap_or_default();
    // In the order in which the categories stand everywhere else.
    let order = |code: &String| pack.categories().iter().position(|category| category.code == *code);
    let mut codes: Vec<&String> = by_topic.keys().collect();
    codes.sort_by_key(|code| order(code));
    let found: Vec<&Entry> = match (q.is_empty(), here) {
        (false, _) => asked_for(&known.suggest(&q, today, SHOWN), known.good(today), &q),
        (true, "") if all > AT_ONCE => Vec::new(),
        (true, "") => codes.iter().flat_map(|code| &by_topic[*code]).copied().collect(),
        (true, here) => by_topic[here].clone(),
    };
    let topics = codes.iter().map(|code| Topic {
        url: format!("/answers?in={}", percent(code)),
        title: page.category(code),
        n: by_topic[*code].len(),
        here: here == code.as_str(),
    });
    let heading = match (q.is_empty(), here, found.is_empty()) {
        (false, _, true) => page.t("answers-none"),
        (false, _, false) => page.n("answers-found", found.len()),
        (true, "", _) => page.n("answers-all", all),
        (true, here, _) => page.category(here),
    };
    let (topics, narrowed) = (topics.collect(), !q.is_empty() || !here.is_empty());
    let mut answers: Vec<Answer> = found.into_iter().map(|entry| Answer::of(&ctx, &page, entry)).collect();
    if let Some(first) = answers.first_mut().filter(|_| !q.is_empty()) {
        first.open = true;
    }
    show(&AnswersPage { topics, heading, answers, narrowed, q, page })
}

/// A question as it stands here is found by itself, first.
fn asked_for<'k>(found: &[&'k Entry], mut all: impl Iterator<Item = &'k Entry>, q: &str) -> Vec<&'k Entry> {
    let exact = all.find(|entry| [&entry.question.zh, &entry.question.en].iter().any(|text| text.as_str() == q));
    let others = found.iter().copied().filter(|entry| exact.is_none_or(|exact| exact.id != entry.id));
    exact.into_iter().chain(others).collect()
}

/// `POST /answers/like`: a piece of a page; empty where nothing is near enough.
pub async fn like(ctx: Ctx, sent: Sent) -> Reply {
    let page = Page::new(&ctx, "");
    let answers = suggested(&ctx, &page, sent.text("words"), "");
    let alarm = Alarm::told(&ctx, &page, sent.text("words"));
    let html = Piece { alarm, answers, page }.render().map_err(broken)?;
    Ok(Html(html).into_response())
}

/// `POST /answers/helped`: counts by the day, and thanks.
pub async fn helped(ctx: Ctx, address: Address, sent: Sent) -> Reply {
    let (engine, now) = (ctx.engine(), ctx.engine().clock.now());
    let id = sent.text("id");
    if engine.knowledge().item(id).is_none() {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"));
    }
    if COUNTED.wait(address, now).is_none() {
        COUNTED.count(address, now);
        engine.note_helped(id).await?;
    }
    Ok(go("/answers/thanks"))
}

/// `GET /answers/thanks`.
pub async fn thanks(ctx: Ctx) -> Reply {
    show(&HelpedPage { page: Page::titled(&ctx, "helped-title") })
}

/// The question of an entry, for a title.
pub fn question(page: &Page, entry: &Entry) -> String {
    said(&entry.question, page.lang()).to_owned()
}
