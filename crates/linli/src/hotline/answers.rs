//! `GET /answers`: the answers at hand, for everybody to look up (Beijing ordinance on swift response, art. 31). One whose
//! day of review has passed is not shown.

use askama::Template;
use linli_engine::pack::Entry;

use crate::web::{Ctx, Page, Reply, asked::Asked, page::show};

/// Answers that are shown for what was asked.
const SHOWN: usize = 10;

struct Answer {
    id: String,
    question: String,
    answer: String,
    source: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "hotline/answers.html")]
struct AnswersPage {
    page: Page,
    q: String,
    answers: Vec<Answer>,
}

/// `GET /answers?q=…`: those about the words, or all.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let page = Page::titled(&ctx, "answers-title");
    let packs = ctx.engine().packs();
    let pack = packs.current();
    let today = pack.calendar.date_of(ctx.engine().clock.now());
    let q: String = asked.get("q").unwrap_or_default().chars().take(200).collect();
    let mut found: Vec<&Entry> = match q.is_empty() {
        true => pack.all_answers().iter().collect(),
        false => pack.answers(&q, SHOWN),
    };
    // A question as it stands here is found by itself.
    if let Some(at) = pack.all_answers().iter().find(|entry| [&entry.question.zh, &entry.question.en].contains(&&q)) {
        found.retain(|entry| entry.id != at.id);
        found.insert(0, at);
    }
    let shown = found.into_iter().filter(|entry| !entry.is_stale(today)).enumerate();
    let answer = |(n, entry): (usize, &Entry)| Answer {
        id: entry.id.clone(),
        question: page.of(&entry.question).to_owned(),
        answer: page.of(&entry.answer).to_owned(),
        source: entry.source.clone(),
        open: n == 0 && !q.is_empty(),
    };
    let answers = shown.map(answer).collect();
    show(&AnswersPage { answers, q, page })
}
