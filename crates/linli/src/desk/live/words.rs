//! What a live page says, in the reader's words.

use linli_engine::{
    cases::{
        inbox::Counts,
        timeline::{Audience, timeline},
    },
    feed::Entry,
    notices::Told,
    presence::Here,
};
use linli_flow::Actor;
use serde_json::{Value, json};

use super::super::{inbox, notices, story, views::Views};
use crate::web::{Ctx, Page, i18n, notices::count};

/// Who did something: the role at the unit, or whoever reported it.
pub fn who(page: &Page, by: &Actor) -> String {
    let org = by.org.as_deref().map(|org| page.org(org));
    let role = by.role.as_deref().map(|role| page.role(role));
    let words: Vec<String> = org.into_iter().chain(role).collect();
    match (words.is_empty(), by.kind.as_str()) {
        (false, _) => words.join(" \u{b7} "),
        (true, "person") => page.t("owner-reporter"),
        (true, _) => page.t("live-by-itself"),
    }
}

/// What happened to the case on the page; none when staff are not told of such an event one by one.
pub async fn moment(ctx: &Ctx, page: &Page, entry: &Entry) -> Option<Value> {
    let dossier = ctx.engine().case_by_key(entry.change.case, &ctx.viewer()).await.ok()?;
    let story = timeline(&dossier, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    let told = story.into_iter().find(|told| told.seq == entry.change.seq)?;
    let what = story::what(page, &dossier, &told);
    let who = who(page, &entry.event.by);
    let words = i18n::text(ctx.lang, "live-moment", &[("who", who.into()), ("what", what.into())]);
    Some(json!({ "seq": entry.change.seq, "words": words }))
}

/// Colleagues who have the case open: each who writes by themselves, the others in one sentence.
pub fn here(page: &Page, all: &[&Here]) -> Value {
    let name = |here: &&Here| {
        let args = [("name", here.name.clone().into()), ("role", page.role(here.role.as_str()).into())];
        i18n::text(page.lang(), "live-name", &args)
    };
    let writing = all.iter().filter(|here| here.writing);
    let mut said: Vec<Value> =
        writing.map(|here| json!({ "words": page.t1("live-writing", "name", name(here)), "writing": true })).collect();
    let looking: Vec<String> = all.iter().filter(|here| !here.writing).map(name).collect();
    if let Some(names) = joined(page, &looking) {
        let n = i64::try_from(looking.len()).unwrap_or_default();
        let words = i18n::text(page.lang(), "live-here", &[("n", n.into()), ("names", names.into())]);
        said.push(json!({ "words": words, "writing": false }));
    }
    Value::from(said)
}

/// Names as a sentence lists them; none of nobody.
fn joined(page: &Page, names: &[String]) -> Option<String> {
    let (last, rest) = names.split_last()?;
    if rest.is_empty() {
        return Some(last.clone());
    }
    let args = [("first", rest.join(&page.t("desk-and")).into()), ("last", last.clone().into())];
    Some(i18n::text(page.lang(), "live-names", &args))
}

/// How many are in each view of the inbox, by the address of the view.
pub fn counts(page: &Page, views: &Views, counts: &Counts) -> Value {
    let views_of = views.by_time.iter().chain(&views.by_step);
    let n: serde_json::Map<String, Value> = views_of.map(|view| (view.url.clone(), view.n.clone().into())).collect();
    json!({ "views": n, "today": views.due_today, "words": inbox::sentence(page, counts) })
}

/// How much is unread, and the newest of it.
pub fn told(page: &Page, unread: usize, newest: Option<&Told>, sound: bool) -> Value {
    let newest = newest.map(|told| json!({ "words": notices::words(page, told), "url": notices::url(told) }));
    json!({ "unread": unread, "words": count(page, unread), "newest": newest, "sound": sound })
}
