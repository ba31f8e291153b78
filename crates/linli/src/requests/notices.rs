//! What a resident was told of their matters, and how they want to be told outside of these pages.

use askama::Template;
use axum::{extract::Query, http::StatusCode};
use linli_engine::{
    cases::CaseKey,
    db::{DbError, Tx},
    notices::{self, Channel, Choice, Told, Whom},
};
use serde::Deserialize;

use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::Who,
    forms::Sent,
    i18n::{has, text},
    notices::{Group, before, clock, count, groups, next, take_quiet},
    page::{go, show_as},
};

#[derive(Template)]
#[template(path = "requests/notices.html")]
struct NoticesPage {
    page: Page,
    groups: Vec<Group>,
    unread: usize,
    unread_words: String,
    next: Option<String>,
    first: bool,
    /// Ways out of the house that the office has: the name of the field, what it is called, whether it is wanted.
    ways: Vec<(&'static str, String, bool)>,
    quiet_from: String,
    quiet_until: String,
    wrong: Option<&'static str>,
    read_url: &'static str,
}

/// Which page, and what was just done.
#[derive(Deserialize, Default)]
pub struct Asked {
    before: Option<String>,
    saved: Option<String>,
}

/// `GET /mine/notices`.
pub async fn page(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    draw(&ctx, &asked, None).await
}

/// `POST /mine/notices`: how one wants to be told.
pub async fn choose(ctx: Ctx, sent: Sent) -> Reply {
    let (person, engine) = (person(&ctx)?, ctx.engine());
    let home = engine.home;
    let mut choice = engine.db.read(move |tx: &mut Tx<'_>| notices::choice(tx, home, person)).await?;
    // A way that the office does not have yet is not on the page: what was chosen of it stays.
    let has = |channel| engine.plugs.has(channel);
    choice.sms = if has(Channel::Sms) { sent.ticked("sms") } else { choice.sms };
    choice.mail = if has(Channel::Mail) { sent.ticked("mail") } else { choice.mail };
    if let Err(wrong) = take_quiet(&sent, &mut choice) {
        return draw(&ctx, &Asked::default(), Some((choice, &sent, wrong))).await;
    }
    engine.db.write(move |tx: &mut Tx<'_>| notices::choose(tx, home, person, &choice)).await?;
    Ok(go("/mine/notices?saved=1"))
}

/// `POST /mine/notices/read`: what was told of one case is read, or everything.
pub async fn read(ctx: Ctx, sent: Sent) -> Reply {
    let case = sent
        .text("case")
        .split_once('/')
        .and_then(|(street, id)| Some(CaseKey { jurisdiction: street.parse().ok()?, id: id.parse().ok()? }));
    if case.is_none() && !sent.ticked("all") {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"));
    }
    let (person, engine) = (person(&ctx)?, ctx.engine());
    let (home, now) = (engine.home, engine.clock.now());
    engine.db.write(move |tx: &mut Tx<'_>| notices::mark_read(tx, home, person, case, now)).await?;
    Ok(go("/mine/notices"))
}

fn person(ctx: &Ctx) -> Result<Whom, Fault> {
    match ctx.who {
        Who::Resident(person) => Ok(Whom::Person(person)),
        _ => Err(Fault::not_found()),
    }
}

async fn draw(ctx: &Ctx, asked: &Asked, again: Option<(Choice, &Sent, &'static str)>) -> Reply {
    let mut page = Page::titled(ctx, "notices-mine-title");
    page.done = asked.saved.as_ref().map(|_| page.t("notices-saved"));
    let (engine, person) = (ctx.engine(), person(ctx)?);
    let (home, now) = (engine.home, engine.clock.now());
    let from = asked.before.as_deref().and_then(before);
    let read = move |tx: &mut Tx<'_>| {
        let told = notices::list(tx, home, person, None, now, from)?;
        let unread = notices::unread(tx, home, person, None, now)?;
        Ok::<_, DbError>((told, unread, notices::choice(tx, home, person)?))
    };
    let (told, unread, kept) = engine.db.read(read).await?;
    let wrong = again.as_ref().map(|(_, _, wrong)| *wrong);
    let typed = |name: &str, kept: u16| {
        let typed = again.as_ref().map(|(_, sent, _)| sent.text(name).to_owned());
        typed.unwrap_or_else(|| clock(kept))
    };
    let choice = again.as_ref().map_or(&kept, |(choice, ..)| choice);
    let ways = [(Channel::Sms, "sms", choice.sms), (Channel::Mail, "mail", choice.mail)];
    let ways = ways.into_iter().filter(|(channel, ..)| engine.plugs.has(*channel));
    let template = NoticesPage {
        groups: groups(&page, &told, what, url),
        unread,
        unread_words: count(&page, unread),
        next: next(&told).map(|at| format!("/mine/notices?before={at}")),
        first: from.is_none(),
        ways: ways.map(|(_, name, wanted)| (name, page.t(&format!("notices-by-{name}")), wanted)).collect(),
        quiet_from: typed("quiet_from", choice.quiet.from),
        quiet_until: typed("quiet_until", choice.quiet.until),
        wrong,
        read_url: "/mine/notices/read",
        page,
    };
    show_as(if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}

fn url(told: &Told) -> String {
    format!("/c/{}/{}", told.case.jurisdiction, told.number)
}

fn what(page: &Page, told: &Told) -> String {
    let key = format!("mine-notice-{}", told.template);
    let key = if has(page.lang(), &key) { key.as_str() } else { "mine-notice" };
    text(page.lang(), key, &[("title", told.title.clone().into())])
}
