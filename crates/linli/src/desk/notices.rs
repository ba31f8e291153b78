//! What a member of staff was told, by case, and how they want to be told.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    cases::CaseKey,
    db::{DbError, Tx},
    ids::{Level, PlaceCode},
    notices::{self, Choice, Kind, Recipient, Told, Way, Whom},
    seats::Seat,
};

use super::asked::Asked;
use crate::web::{
    Ctx, Fault, Page, Reply,
    answers::said,
    ctx::Who,
    forms::Sent,
    i18n,
    notices::{Group, before, clock, count, groups, minute, next, take_quiet},
    page::{go, show_as},
    routes::percent,
};

/// A kind of notice to choose for.
struct Row {
    kind: Kind,
    title: String,
    hint: String,
    ways: Vec<(&'static str, String, bool)>,
}

#[derive(Template)]
#[template(path = "desk/notices.html")]
struct NoticesPage {
    page: Page,
    groups: Vec<Group>,
    unread: usize,
    unread_words: String,
    next: Option<String>,
    first: bool,
    saved: bool,
    rows: Vec<Row>,
    quiet_from: String,
    quiet_until: String,
    daily_at: String,
    sound: bool,
    wrong: Option<&'static str>,
    wrong_daily: bool,
    read_url: &'static str,
}

/// `GET /desk/me/notices`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    draw(&ctx, &asked, None).await
}

/// `POST /desk/me/notices`: how one wants to be told.
pub async fn choose(ctx: Ctx, sent: Sent) -> Reply {
    let account = account(&ctx)?;
    let mut choice = Choice::default();
    for kind in Kind::ALL {
        let way: Option<Way> = sent.text(&format!("way-{kind}")).parse().ok();
        choice.ways.extend(way.map(|way| (*kind, way)));
    }
    choice.sound = sent.ticked("sound");
    let wrong = take_quiet(&sent, &mut choice).err();
    let daily = minute(sent.text("daily_at"));
    choice.daily_at = daily.unwrap_or(choice.daily_at);
    let wrong = wrong.or(daily.is_none().then_some("daily_at"));
    if let Some(wrong) = wrong {
        return draw(&ctx, &Asked::default(), Some((choice, &sent, wrong))).await;
    }
    let (engine, home) = (ctx.engine(), ctx.engine().home);
    engine.db.write(move |tx: &mut Tx<'_>| notices::choose(tx, home, account, &choice)).await?;
    Ok(go("/desk/me/notices?saved=1"))
}

/// `POST /desk/me/notices/read`: what was told of one case is read, or everything.
pub async fn read(ctx: Ctx, sent: Sent) -> Reply {
    let (account, case) = (account(&ctx)?, case_of(sent.text("case")));
    let answer = sent.text("case").strip_prefix("answer/").map(str::to_owned);
    if case.is_none() && answer.is_none() && !sent.ticked("all") {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"));
    }
    let (engine, home, now) = (ctx.engine(), ctx.engine().home, ctx.engine().clock.now());
    let mark = move |tx: &mut Tx<'_>| match &answer {
        Some(answer) => notices::mark_answer_read(tx, home, account, answer, now),
        None => notices::mark_read(tx, home, account, case, now),
    };
    engine.db.write(mark).await?;
    Ok(go("/desk/me/notices"))
}

/// The case of a form.
pub fn case_of(text: &str) -> Option<CaseKey> {
    let (street, id) = text.split_once('/')?;
    Some(CaseKey { jurisdiction: street.parse().ok()?, id: id.parse().ok()? })
}

fn account(ctx: &Ctx) -> Result<Whom, Fault> {
    match &ctx.who {
        Who::Staff { account, .. } => Ok(Whom::Account(account.id)),
        _ => Err(Fault::not_found()),
    }
}

async fn draw(ctx: &Ctx, asked: &Asked, again: Option<(Choice, &Sent, &'static str)>) -> Reply {
    let page = Page::titled(ctx, "notices-title");
    let (home, now, account) = (ctx.engine().home, ctx.engine().clock.now(), account(ctx)?);
    let (via, from) = (recipients(ctx), asked.get("before").and_then(before));
    let read = move |tx: &mut Tx<'_>| {
        let told = notices::list(tx, home, account, Some(&via), now, from)?;
        let unread = notices::unread(tx, home, account, Some(&via), now)?;
        Ok::<_, DbError>((told, unread, notices::choice(tx, home, account)?))
    };
    let (mut told, unread, kept) = ctx.engine().db.read(read).await?;
    told.iter_mut().for_each(|told| named(ctx, &page, told));
    let wrong = again.as_ref().map(|(_, _, wrong)| *wrong);
    let typed = |name: &str, kept: u16| {
        let typed = again.as_ref().map(|(_, sent, _)| sent.text(name).to_owned());
        typed.unwrap_or_else(|| clock(kept))
    };
    let choice = again.as_ref().map_or(&kept, |(choice, ..)| choice);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = NoticesPage {
        groups: groups(&page, &told, what, url),
        unread,
        unread_words: count(&page, unread),
        next: next(&told).map(|at| asked.with("/desk/me/notices", "before", &at)),
        first: from.is_none(),
        saved: asked.get("saved").is_some(),
        rows: Kind::ALL.iter().map(|kind| row(&page, choice, *kind)).collect(),
        quiet_from: typed("quiet_from", choice.quiet.from),
        quiet_until: typed("quiet_until", choice.quiet.until),
        daily_at: typed("daily_at", choice.daily_at),
        sound: choice.sound,
        wrong: wrong.filter(|name| *name != "daily_at"),
        wrong_daily: wrong == Some("daily_at"),
        read_url: "/desk/me/notices/read",
        page,
    };
    show_as(status, &template)
}

fn row(page: &Page, choice: &Choice, kind: Kind) -> Row {
    let ways = Way::ALL.iter().filter(|way| **way != Way::Off || kind.may_be_off());
    let way = |way: &Way| (way.as_str(), page.t(&format!("notices-way-{way}")), choice.way(kind) == *way);
    let hint = format!("notices-hint-{kind}");
    Row {
        title: page.t(&format!("notices-kind-{kind}")),
        hint: if i18n::has(page.lang(), &hint) { page.t(&hint) } else { String::new() },
        ways: ways.map(way).collect(),
        kind,
    }
}

/// As whom a member of staff is told things: on every seat that they hold, its role in its streets, and its unit where it
/// does the unit's work.
pub fn recipients(ctx: &Ctx) -> Vec<Recipient> {
    let Who::Staff { seats, .. } = &ctx.who else { return Vec::new() };
    let directory = ctx.engine().directory();
    let whom = |seat: &Seat| {
        let org = seat.role.handles().then(|| Recipient::Org(seat.org.clone()));
        let streets = directory.jurisdictions(&seat.place).into_iter();
        let place =
            streets.filter_map(|s| s.to_string().parse::<PlaceCode>().ok()).filter(|p| p.level() == Level::Street);
        let role = seat.role.as_str().to_owned();
        org.into_iter().chain(place.map(move |place| Recipient::Role { role: role.clone(), place })).collect::<Vec<_>>()
    };
    seats.iter().flat_map(whom).collect()
}

/// Gives a notice about an answer at hand its question for a title.
pub fn named(ctx: &Ctx, page: &Page, told: &mut Told) {
    let Some(id) = &told.answer else { return };
    let known = ctx.engine().knowledge();
    let kept = known.item(id).and_then(|item| item.shown());
    told.title = kept.map_or_else(|| page.t("answer-gone"), |kept| said(&kept.entry.question, page.lang()).to_owned());
}

/// Where what a notice is about is.
pub fn url(told: &Told) -> String {
    if let Some(id) = &told.answer {
        return format!("/desk/knowledge/{}", percent(id));
    }
    format!("/desk/cases/{}/{}", told.case.jurisdiction, told.number)
}

/// What happened, without the case.
fn what(page: &Page, told: &Told) -> String {
    if told.answer.is_some() {
        return page.t(&format!("notices-what-{}", told.template));
    }
    page.t(&format!("notices-what-{}", Kind::of(&told.template)))
}

/// What happened to which case.
pub fn words(page: &Page, told: &Told) -> String {
    let args = [("title", told.title.clone().into()), ("what", what(page, told).into())];
    i18n::text(page.lang(), "notices-line", &args)
}
