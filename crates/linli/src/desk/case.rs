//! One case: what was said, what happened since, its clocks, and what this seat may do with it now.

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    cases::{
        Head, Phase,
        read::Dossier,
        timeline::{Audience, timeline},
    },
    db::Tx,
    ids::Jurisdiction,
    policy::{self, Action, Reach, Resource},
    reading::Asked as Letter,
    vault::{self, behalf::Proxy},
};

use super::{
    act::{Refused, perform, same},
    advice::{Advice, Words},
    asked::Asked,
    check,
    clock::{Clock, clocks},
    deeds::{Again, Deed, Desk, act_id, case_field, deeds, form_id, is_step},
    drafts, handover,
    parts::{Part, parts},
    related::Related,
    story::{self, Moment, moments},
    suggest::{Suggest, sorts},
    thread::{REPLY, Talk},
    views::{day_ends, may},
};
use crate::web::{
    Ctx, Fault, Page, Reply, act_form, guess,
    i18n::text,
    page::{go, show_as},
    uploads::Upload,
};

/// How long what was just done is said, milliseconds.
const DONE_MS: i64 = 10 * 60_000;
/// Events of the story that stand open; those before are folded, so that what comes next is not far down.
const LATEST: usize = 5;
/// Cases alike that are looked for, and cases that are shown.
const ALIKE: usize = 12;
const NEAR: usize = 6;
/// How far back a similar case may lie, milliseconds.
pub const NEARBY_MS: i64 = 14 * 24 * 3_600_000;

/// Where a case is.
pub fn case_url(head: &Head) -> String {
    format!("/desk/cases/{}/{}", head.key.jurisdiction, head.number)
}

/// Where it happened, as short as it goes: the name of the place, and what whoever reported it says beyond that.
pub fn where_is(ctx: &Ctx, page: &Page, head: &Head) -> String {
    let directory = ctx.engine().directory();
    let name = directory.place(&head.place).map_or("", |place| page.of(&place.name));
    match head.address.as_str() {
        "" => name.to_owned(),
        says if says.starts_with(name) => says.to_owned(),
        says => format!("{name} \u{b7} {says}"),
    }
}

/// Reads the case of an address.
///
/// # Errors
/// Not found, also where this viewer may not see it.
pub async fn read(ctx: &Ctx, jurisdiction: &str, number: &str) -> Result<Dossier, Fault> {
    let street: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    Ok(ctx.engine().case(street, number, &ctx.viewer()).await?)
}

struct Near {
    url: String,
    title: String,
    /// What it is to this one.
    why: String,
    when: String,
    /// How it stands.
    state: String,
    merge: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/case.html")]
struct CasePage {
    page: Page,
    d: Dossier,
    done: Option<String>,
    tags: Vec<(&'static str, String)>,
    facts: Vec<(String, String)>,
    place: String,
    earlier: Vec<Moment>,
    latest: Vec<Moment>,
    clocks: Vec<Clock>,
    deeds: Vec<Deed>,
    talk: Talk,
    related: Related,
    near: Vec<Near>,
    advice: Advice,
    parts: Vec<Part>,
    suggest: Option<Suggest>,
    shifts: Vec<handover::Said>,
    /// What is wrong, with the place on the page where it is put right.
    problems: Vec<(String, String)>,
    /// Whether nothing is wrong and the words are to be looked at again.
    doubted: bool,
    /// What was typed into a form that is on the page no more.
    typed: Vec<(String, String)>,
    /// Whether files came with the form: a browser does not keep them.
    files_again: bool,
    due_today: u64,
    /// Whether the reader has an inbox to go back to.
    has_inbox: bool,
    /// Whether an answer at hand may come of it.
    may_answer: bool,
}

/// `GET /desk/cases/{jurisdiction}/{number}`.
pub async fn page(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, asked: Asked) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    draw(&ctx, d, Drawn { asked, ..Drawn::default() }).await
}

/// How a case is drawn.
#[derive(Default)]
struct Drawn<'s> {
    asked: Asked,
    again: Option<Again<'s>>,
    words: Option<Words>,
    /// Why the writing assistant gave no draft.
    wrong: Option<String>,
}

/// The case with what the writing assistant wrote in its form, or with why it did not.
pub async fn assisted(ctx: &Ctx, d: Dossier, words: Words, wrong: Option<String>) -> Reply {
    draw(ctx, d, Drawn { words: Some(words), wrong, ..Drawn::default() }).await
}

/// `GET /desk/cases/{jurisdiction}/{number}/act`: where a reader is after a form was refused, when they change the
/// language or go back.
pub async fn back(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    Ok(go(&case_url(&read(&ctx, &jurisdiction, &number).await?.head)))
}

/// `POST /desk/cases/{jurisdiction}/{number}/act`.
pub async fn act(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let Upload { mut sent, refused } = upload;
    let d = match read(&ctx, &jurisdiction, &number).await {
        Ok(d) => d,
        // It is not this reader's any more; what they wrote still is.
        Err(fault) => return super::kept::page(&ctx, fault, &sent),
    };
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let (offer, key) = (act_form::asked(&d, &sent).ok_or_else(unknown)?, sent.key()?);
    let files = refused.is_some() || !sent.files.is_empty();
    let doubts = check::before(&ctx, &d, &offer, &sent).await;
    let done = match refused {
        Some(fault) => Err(fault.into()),
        None if !doubts.is_empty() => Err(Refused::Doubts(doubts)),
        None => perform(&ctx, &d, &offer, &sent.fields, key, std::mem::take(&mut sent.files)).await,
    };
    let why = match done {
        Ok(acted) => {
            drafts::done(&ctx, d.head.key, &act_id(&offer)).await?;
            return Ok(go(&format!("{}?done={}", case_url(&d.head), acted.seq)));
        }
        Err(why) => why,
    };
    // Whoever may not do it learns nothing more from trying, and what the database cannot do is no fault of the form; but
    // nobody loses what they wrote.
    if let Refused::Fault(fault) = &why
        && (fault.status.is_server_error() || [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&fault.status))
    {
        return super::kept::page(&ctx, fault.clone(), &sent);
    }
    let d = match read(&ctx, &jurisdiction, &number).await {
        Ok(d) => d,
        Err(fault) => return super::kept::page(&ctx, fault, &sent),
    };
    let again = Some(Again { offer: &offer, raw: &sent.fields, files, why: &why });
    draw(&ctx, d, Drawn { again, ..Drawn::default() }).await
}

async fn draw(ctx: &Ctx, d: Dossier, drawn: Drawn<'_>) -> Reply {
    let Drawn { asked, again, words, wrong } = drawn;
    let page = Page::new(ctx, &d.head.title);
    let near = near(ctx, &page, &d).await?;
    let mut desk = Desk::read(ctx, &page, &d, &asked).await?;
    let mut advice = Advice::read(ctx, &d, &desk.ready).await?;
    advice.wrong = wrong;
    desk.words = words.or_else(|| advice.chosen(&asked));
    let deeds = deeds(ctx, &page, &d, &asked, again.as_ref(), &desk);
    let sent = again.as_ref().and_then(|again| deeds.iter().find(|deed| same(&deed.offer, again.offer)));
    let mut earlier = moments(ctx, &page, &d);
    // The open steps stand at the end and are no events.
    let latest = earlier.split_off(earlier.len().saturating_sub(LATEST + d.steps.len()));
    let template = CasePage {
        done: asked.get("done").and_then(|done| said_done(ctx, &page, &d, done)),
        tags: tags(ctx, &page, &d),
        facts: facts(ctx, &page, &d).await?,
        place: page.place(&d.head.place),
        earlier,
        latest,
        clocks: clocks(ctx, &page, &d),
        problems: again.as_ref().map(|again| problems(ctx, &page, &d, again, sent)).unwrap_or_default(),
        typed: again.as_ref().filter(|_| sent.is_none()).map(|again| typed(&page, &d, again)).unwrap_or_default(),
        files_again: again.as_ref().is_some_and(|again| again.files),
        doubted: again.as_ref().is_some_and(|again| matches!(again.why, Refused::Doubts(_))),
        advice,
        near,
        talk: Talk::new(ctx, &d, again.as_ref().is_some_and(|again| again.offer.act == REPLY)),
        related: Related::new(ctx, &d).await?,
        parts: parts(ctx, &page, &d),
        suggest: suggest(ctx, &page, &d, &desk, &deeds).await?,
        shifts: handover::of_case(ctx, &page, d.head.key).await?,
        due_today: match ctx.seat() {
            Some(seat) => ctx.engine().inbox_counts(seat, day_ends(ctx)).await?.today,
            None => 0,
        },
        has_inbox: ctx.seat().is_some_and(|seat| may(seat, Action::List, Resource::Inbox)),
        may_answer: d.case.is_settled() && ctx.seat().is_some_and(|seat| may(seat, Action::File, Resource::Answer)),
        deeds,
        d,
        page,
    };
    let status = match again.map(|again| again.why.status()) {
        // The form was read to its end: the answer is its own page, not the one for what is too large to read.
        Some(StatusCode::PAYLOAD_TOO_LARGE) => StatusCode::UNPROCESSABLE_ENTITY,
        status => status.unwrap_or(StatusCode::OK),
    };
    show_as(status, &template)
}

/// What is wrong, each with the place on the page where it is put right.
fn problems(ctx: &Ctx, page: &Page, d: &Dossier, again: &Again<'_>, sent: Option<&Deed>) -> Vec<(String, String)> {
    let place = |field: &str| {
        let control = sent?.form.as_ref()?.fields.iter().find(|f| f.name == field);
        Some(format!("#{}", control.map_or(&sent?.id, |f| &f.id)))
    };
    let problems = again.why.problems(ctx, page, d).into_iter();
    problems.map(|problem| (place(&problem.field).unwrap_or_default(), problem.words)).collect()
}

/// What was just done by this seat, said for a few minutes and until something else happens.
fn said_done(ctx: &Ctx, page: &Page, d: &Dossier, done: &str) -> Option<String> {
    let last = d.events.last().filter(|event| ctx.engine().clock.now().since(event.at) < DONE_MS)?;
    let mine = ctx.seat().is_some_and(|seat| last.by.id == seat.id.to_string());
    if !mine || done.parse() != Ok(last.seq) {
        return None;
    }
    let story = timeline(d, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    let entry = story.into_iter().find(|entry| entry.seq == last.seq)?;
    Some(page.t1("desk-done", "act", story::what(page, d, &entry)))
}

fn tags(ctx: &Ctx, page: &Page, d: &Dossier) -> Vec<(&'static str, String)> {
    let now = ctx.engine().clock.now();
    let mut tags: Vec<(&str, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    for step in d.steps.iter().filter(|step| d.head.phase == Phase::Open && seen.insert(&step.step)) {
        tags.push((if step.due_at < now { "tag tag-late" } else { "tag tag-now" }, page.of(&step.title).to_owned()));
    }
    let outcome = d.head.outcome.as_ref().and_then(|outcome| d.flow.outcomes().get(outcome));
    tags.extend(outcome.map(|words| ("tag tag-done", page.of(words).to_owned())));
    for (counter, key) in [("redo", "desk-redone"), ("reopened", "desk-reopened"), ("returns", "desk-returned")] {
        let n = d.case.counter(counter);
        tags.extend((n > 0).then(|| ("tag", page.n(key, n))));
    }
    tags
}

pub async fn facts(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<(String, String)>, Fault> {
    let key = d.head.key;
    let reached = ctx.engine().db.read(move |tx: &mut Tx<'_>| vault::has_contact(tx, key.jurisdiction, key.id));
    let reached = page.t(if reached.await? { "desk-contact-yes" } else { "desk-contact-no" });
    let proxy = ctx.engine().db.read(move |tx: &mut Tx<'_>| vault::behalf::proxy(tx, key.jurisdiction, key.id)).await?;
    let class = d.pack.field("class").and_then(|field| field.choices.iter().find(|c| c.code == d.head.class));
    let kind = d.pack.kinds().iter().find(|(code, _)| *code == d.head.kind);
    let co_units: Vec<String> = d.case.field("co_units").as_list().iter().map(|org| page.org(org)).collect();
    let facts = [
        ("desk-category", page.category(&d.head.category)),
        ("desk-kind", kind.map(|(_, title)| page.of(title).to_owned()).unwrap_or_default()),
        ("desk-class", class.map(|choice| page.of(&choice.title).to_owned()).unwrap_or_default()),
        ("desk-address", d.head.address.clone()),
        ("desk-came-by", story::channel(page, &d.head.channel)),
        ("desk-reported", d.head.reported_at.map(|at| page.time(&at).words).unwrap_or_default()),
        ("desk-unit", d.head.unit.as_deref().map(|unit| page.org(unit)).unwrap_or_default()),
        ("desk-co-units", co_units.join(&page.t("desk-and"))),
        ("desk-contact", reached),
        ("desk-behalf", proxy.map(|proxy| behalf(page, proxy)).unwrap_or_default()),
    ];
    Ok(facts.into_iter().filter(|(_, words)| !words.is_empty()).map(|(key, words)| (page.t(key), words)).collect())
}

/// Who reported it for whom, and whom to ask: no name, no number.
fn behalf(page: &Page, proxy: Proxy) -> String {
    let by = page.t(&format!("behalf-by-{}", proxy.relation.slug()));
    let ask = page.t(&format!("behalf-ask-{}", proxy.told.slug()));
    format!("{by}{ask}")
}

impl CasePage {
    /// Whether one of those that may be about the same can be merged into.
    fn merges(&self) -> bool {
        self.near.iter().any(|near| near.merge.is_some())
    }

    /// The acts that close a step.
    fn steps(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(|deed| is_step(&deed.offer))
    }

    /// The acts that are possible at any time.
    fn others(&self) -> impl Iterator<Item = &Deed> {
        // An answer to the resident has its form beside the conversation, until it is sent and refused.
        self.deeds.iter().filter(|deed| !is_step(&deed.offer) && (deed.offer.act != REPLY || deed.open))
    }
}

/// The panel of what is proposed, with the form that one key confirms: the first act, where it is filled in by it.
async fn suggest(ctx: &Ctx, page: &Page, d: &Dossier, desk: &Desk, deeds: &[Deed]) -> Result<Option<Suggest>, Fault> {
    let Some(proposal) = &desk.proposal else { return Ok(None) };
    let unit = |deed: &Deed| {
        let field = deed.form.as_ref()?.fields.iter().find(|field| field.name == "unit")?;
        field.choices.iter().find(|choice| choice.chosen).map(|choice| choice.code.clone())
    };
    let first = deeds.iter().find(|deed| deed.main).and_then(|deed| Some((form_id(&deed.offer), unit(deed)?)));
    let args = |unit: &str| [("category", page.category(&proposal.category).into()), ("unit", page.org(unit).into())];
    let confirm = first.map(|(form, unit)| (form, text(page.lang(), "suggest-confirm", &args(&unit))));
    Ok(Some(Suggest::new(ctx, d, proposal, confirm).await?))
}

/// Cases that may be about the same, by their words, by place and time, that this seat may see; then open ones of the same
/// category close by. Each with what it is to this one.
pub async fn alike(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<(String, Head)>, Fault> {
    let (engine, sorts) = (ctx.engine(), sorts(d));
    let alike = engine.cases_of(engine.alike(&Letter::of(&d.head), ALIKE)).await?;
    let mut found: Vec<(String, Head)> =
        alike.into_iter().map(|(like, head)| (guess::likeness(page, &like, sorts), head)).collect();
    let close = engine.nearby(&d.head.place, &d.head.category, engine.clock.now().plus(-NEARBY_MS)).await?;
    for head in close {
        if !found.iter().any(|(_, known)| known.key == head.key) {
            found.push((page.t("desk-near"), head));
        }
    }
    let kin = |head: &Head| d.kin.main.iter().chain(&d.kin.related).any(|kin| kin.key == head.key);
    found.retain(|(_, head)| head.key != d.head.key && sees(ctx, head) && !kin(head));
    found.truncate(NEAR);
    Ok(found)
}

async fn near(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<Near>, Fault> {
    let can_merge = d.offers.iter().any(|offer| offer.barred.is_none() && case_field(d, offer).is_some());
    let near = alike(ctx, page, d).await?.into_iter().map(|(why, head)| Near {
        url: case_url(&head),
        why,
        when: page.time(&head.opened_at).words,
        state: page.t(&format!("desk-state-{}", head.phase.slug())),
        merge: (can_merge && head.phase == Phase::Open)
            .then(|| format!("{}/merge?main={}", case_url(&d.head), head.number)),
        title: head.title,
    });
    Ok(near.collect())
}

/// Whether this seat may see a case of a list that was not made for it.
pub fn sees(ctx: &Ctx, head: &Head) -> bool {
    let reach = ctx.seat().and_then(|seat| policy::reach(seat, Action::See, Resource::Case));
    reach.is_some_and(|reach| match reach {
        Reach::Places(places) => places.iter().any(|place| place.covers(&head.place)),
        Reach::Unit(org) => head.unit.as_deref() == Some(org.as_str()),
    })
}

/// What was typed into a form that is gone, by the titles of its fields.
fn typed(page: &Page, d: &Dossier, again: &Again<'_>) -> Vec<(String, String)> {
    let kept = again.offer.form.iter().filter_map(|field| {
        let words = again.raw.get(&field.name)?.join(" ");
        let title = d.pack.field(&field.name).map(|known| page.of(&known.title).to_owned())?;
        (!words.trim().is_empty()).then_some((title, words))
    });
    kept.collect()
}
