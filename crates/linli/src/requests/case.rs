//! A case as its reporter follows it: how it stands, what was promised, the story, and what they can do.

use askama::Template;
use axum::extract::{Path, Query};
use linli_engine::cases::{
    Phase,
    erase::Gone,
    read::{Dossier, Offer, OfferWay},
};
use serde::Deserialize;

use super::{
    act,
    files::{self, Shown},
    pass::Reader,
    receipts::{Kept, kept},
    rows::{self, State},
    story::{self, Moment},
    thread::Talk,
};
use crate::web::{
    Ctx, Page, Reply,
    i18n::{has, text},
    page::show,
    routes::percent,
    times::Spoken,
};

/// Something that the reporter can do.
struct Deed {
    url: String,
    title: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "requests/case.html")]
struct CasePage {
    page: Page,
    number: String,
    state: State,
    promised: Option<Spoken>,
    /// Why there is no promised day now.
    standing_still: bool,
    now: Option<String>,
    /// What was done, where the reporter is asked whether it is good.
    result: Option<String>,
    late: bool,
    body: String,
    place: String,
    category: String,
    story: Vec<Moment>,
    mine: Vec<Shown>,
    theirs: Vec<Shown>,
    deeds: Vec<Deed>,
    barred: Vec<String>,
    /// Where the rules are that it goes by.
    rules: String,
    /// That neighbours report it, too, or that it goes along with theirs.
    together: Option<String>,
    talk: Talk,
    receipts: Vec<Kept>,
    /// That the words of it were erased.
    erased: Option<String>,
}

#[derive(Template)]
#[template(path = "requests/filed.html")]
struct FiledPage {
    page: Page,
    number: String,
    code: String,
    url: String,
    promised: Option<Spoken>,
    /// That neighbours report it, too.
    together: Option<String>,
    files: Option<String>,
    receipts: Vec<Kept>,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// `GET /c/{jurisdiction}/{number}`.
pub async fn page(
    ctx: Ctx,
    reader: Reader,
    Path((jurisdiction, number)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Reply {
    let (_, dossier) = reader.case(&ctx, &jurisdiction, &number).await?;
    let head = &dossier.head;
    let mut page = Page::new(&ctx, &head.title);
    page.done = done.done.filter(|act| known(&dossier, act)).map(|act| said(&page, &act));
    let (talk, story) = (Talk::new(&ctx, &dossier), story::moments(&ctx, &page, &dossier));
    let loose = dossier.attachments.iter().enumerate().filter(|(n, _)| !talk.taken.contains(n)).map(|(_, file)| file);
    let (mine, theirs): (Vec<_>, Vec<_>) = loose.partition(|file| file.by == "reporter");
    let paused = |c: &linli_engine::cases::times::ClockState| c.name == "resident" && c.paused_by.is_some();
    let place = page.place(&head.place);
    let drawn = CasePage {
        rules: format!("/rules/flows/{}?v={}", head.flow, percent(&head.pack)),
        number: head.number.clone(),
        state: rows::state(&ctx, &page, &dossier),
        promised: promised(&dossier).map(|at| page.time(&at)),
        together: together(&page, &dossier),
        talk,
        receipts: kept(&ctx, &page, head.key, &head.number).await?,
        erased: ctx.engine().erased(head.key).await?.map(|gone| erased(&page, &gone)),
        standing_still: head.phase == Phase::Open && dossier.clocks.iter().any(paused),
        now: rows::now(&ctx, &dossier).filter(|_| dossier.kin.along.is_none() || rows::asks(&dossier).next().is_some()),
        result: story::asked_about(&dossier, &story),
        late: head.phase == Phase::Open && head.promised_at.is_some_and(|at| at < ctx.engine().clock.now()),
        body: head.body.clone(),
        place: if head.address.is_empty() { place } else { format!("{place} \u{b7} {}", head.address) },
        category: page.category(&head.category),
        story,
        mine: mine.into_iter().map(files::shown).collect(),
        theirs: theirs.into_iter().map(files::shown).collect(),
        deeds: deeds(&page, &dossier),
        barred: dossier.offers.iter().filter_map(|o| o.barred.as_ref()).map(|why| page.of(why).to_owned()).collect(),
        page,
    };
    show(&drawn)
}

fn erased(page: &Page, gone: &Gone) -> String {
    let when = page.time(&gone.at).words;
    text(page.lang(), "data-erased", &[("when", when.into()), ("rule", gone.rule.clone().into())])
}

/// Until when it is promised: what it goes along with keeps the promise for both.
fn promised(dossier: &Dossier) -> Option<linli_worktime::Millis> {
    match &dossier.kin.along {
        Some(along) => along.promised_at,
        None => dossier.head.promised_at.filter(|_| dossier.head.phase == Phase::Open),
    }
}

/// How many report the same.
fn together(page: &Page, dossier: &Dossier) -> Option<String> {
    match &dossier.kin.along {
        Some(along) => Some(page.n("join-along", along.others)),
        None if dossier.kin.followers > 0 => Some(page.n("join-followers", dossier.kin.followers)),
        None => None,
    }
}

/// Whether the flow knows an act of this name: nothing else is said to be done.
fn known(dossier: &Dossier, act: &str) -> bool {
    let flow = &dossier.flow;
    flow.steps().iter().any(|step| step.act(act).is_some()) || flow.side(act).is_some() || flow.cancel(act).is_some()
}

fn said(page: &Page, act: &str) -> String {
    let key = format!("track-did-{act}");
    page.t(if has(page.lang(), &key) { &key } else { "track-did" })
}

/// What is asked comes first and is the main button; taking back comes last.
fn deeds(page: &Page, dossier: &Dossier) -> Vec<Deed> {
    let mut asked = rows::asks(dossier).map(|o| o.act.as_str());
    let first = asked.next();
    let rank = |offer: &Offer| match &offer.way {
        OfferWay::Step { .. } => 0,
        OfferWay::Side => 1,
        OfferWay::Cancel => 2,
    };
    // A message has its own form beside the conversation.
    let shown = |offer: &&Offer| offer.barred.is_none() && offer.act != act::MESSAGE;
    let mut offers: Vec<&Offer> = dossier.offers.iter().filter(shown).collect();
    offers.sort_by_key(|offer| rank(offer));
    let deed = |offer: &&Offer| Deed {
        url: format!("/c/{}/{}/do/{}", dossier.head.key.jurisdiction, dossier.head.number, offer.act),
        title: act::title(page, offer),
        class: match &offer.way {
            // Nobody is led to take back what is done.
            OfferWay::Cancel if first.is_some() => "btn btn-quiet",
            OfferWay::Cancel => "btn btn-danger",
            _ if first == Some(offer.act.as_str()) => "btn btn-main",
            _ => "btn",
        },
    };
    offers.iter().map(deed).collect()
}

/// `GET /c/{jurisdiction}/{number}/filed`.
pub async fn filed(ctx: Ctx, reader: Reader, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    let (_, dossier) = reader.case(&ctx, &jurisdiction, &number).await?;
    let head = &dossier.head;
    let title = if dossier.kin.along.is_some() { "join-done" } else { "say-done" };
    let (page, files) = (Page::titled(&ctx, title), dossier.attachments.len());
    let receipts = kept(&ctx, &page, head.key, &head.number).await?;
    show(&FiledPage {
        receipts,
        number: head.number.clone(),
        code: ctx.engine().tracking_code(head.key),
        url: format!("/c/{}/{}", head.key.jurisdiction, head.number),
        promised: promised(&dossier).map(|at| page.time(&at)),
        together: dossier.kin.along.as_ref().map(|along| page.n("join-along", along.others)),
        files: (files > 0).then(|| page.n("say-files-kept", files)),
        page,
    })
}
