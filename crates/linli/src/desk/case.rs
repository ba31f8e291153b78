//! One case: what was said, what happened since, its clocks, and what this seat may do with it now.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    cases::{
        Head, Phase,
        read::{Dossier, Offer},
        timeline::{Audience, timeline},
    },
    db::Tx,
    ids::Jurisdiction,
    pack::Raw,
    policy::{self, Action, Reach, Resource},
    vault::{self, behalf::Proxy},
};
use linli_flow::FieldKind;

use super::{
    act::{Refused, perform, same, way},
    asked::Asked,
    clock::{Clock, clocks},
    story::{self, Moment, moments},
    views::day_ends,
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    act_form::{self, ActForm},
    page::{go, show_as},
    uploads::Upload,
};

/// How long what was just done is said, milliseconds.
const DONE_MS: i64 = 10 * 60_000;
/// How far back a similar case may lie, milliseconds.
pub const NEARBY_MS: i64 = 14 * 24 * 3_600_000;

/// Where a case is.
pub fn case_url(head: &Head) -> String {
    format!("/desk/cases/{}/{}", head.key.jurisdiction, head.number)
}

/// Where it happened, as short as it goes: the words of whoever reported it, or the name of the place.
pub fn where_is(ctx: &Ctx, page: &Page, head: &Head) -> String {
    let directory = ctx.engine().directory();
    let name = || directory.place(&head.place).map_or_else(String::new, |place| page.of(&place.name).to_owned());
    if head.address.is_empty() { name() } else { head.address.clone() }
}

/// Reads the case of an address.
///
/// # Errors
/// Not found, also where this viewer may not see it.
pub async fn read(ctx: &Ctx, jurisdiction: &str, number: &str) -> Result<Dossier, Fault> {
    let street: Jurisdiction = jurisdiction.parse().map_err(|_| Fault::not_found())?;
    Ok(ctx.engine().case(street, number, &ctx.viewer()).await?)
}

/// An act on the page.
struct Deed {
    offer: Offer,
    /// Its form; none where it is barred.
    form: Option<ActForm>,
    title: String,
    barred: Option<String>,
    letter: Option<char>,
    id: String,
    open: bool,
    main: bool,
    /// What the form was filled in by.
    note: Option<String>,
}

impl Deed {
    /// Whether files can come with it: where something is written down.
    fn takes_files(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.fields.iter().any(|f| f.kind == act_form::Input::Lines))
    }
}

struct Near {
    url: String,
    title: String,
    when: String,
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
    story: Vec<Moment>,
    clocks: Vec<Clock>,
    deeds: Vec<Deed>,
    near: Vec<Near>,
    /// What is wrong, with the place on the page where it is put right.
    problems: Vec<(String, String)>,
    /// What was typed into a form that is on the page no more.
    typed: Vec<(String, String)>,
    /// Whether files came with the form: a browser does not keep them.
    files_again: bool,
    due_today: u64,
}

/// A form that was sent and refused.
struct Again<'s> {
    offer: &'s Offer,
    raw: &'s Raw,
    files: bool,
    why: &'s Refused,
}

/// `GET /desk/cases/{jurisdiction}/{number}`.
pub async fn page(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, asked: Asked) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    draw(&ctx, d, &asked, None).await
}

/// `GET /desk/cases/{jurisdiction}/{number}/act`: where a reader is after a form was refused, when they change the
/// language or go back.
pub async fn back(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    Ok(go(&case_url(&read(&ctx, &jurisdiction, &number).await?.head)))
}

/// `POST /desk/cases/{jurisdiction}/{number}/act`.
pub async fn act(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let Upload { sent, refused } = upload;
    let d = read(&ctx, &jurisdiction, &number).await?;
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let (offer, key) = (act_form::asked(&d, &sent).ok_or_else(unknown)?, sent.key()?);
    let files = refused.is_some() || !sent.files.is_empty();
    let done = match refused {
        Some(fault) => Err(fault.into()),
        None => perform(&ctx, &d, &offer, &sent.fields, key, sent.files).await,
    };
    let why = match done {
        Ok(acted) => return Ok(go(&format!("{}?done={}", case_url(&d.head), acted.seq))),
        Err(why) => why,
    };
    // Whoever may not do it learns nothing more from trying; what the database cannot do is no fault of the form.
    if let Refused::Fault(fault) = &why
        && (fault.status.is_server_error() || [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&fault.status))
    {
        return Err(fault.clone());
    }
    let d = read(&ctx, &jurisdiction, &number).await?;
    draw(&ctx, d, &Asked::default(), Some(Again { offer: &offer, raw: &sent.fields, files, why: &why })).await
}

async fn draw(ctx: &Ctx, d: Dossier, asked: &Asked, again: Option<Again<'_>>) -> Reply {
    let page = Page::new(ctx, &d.head.title);
    let near = near(ctx, &page, &d).await?;
    let deeds = deeds(ctx, &page, &d, asked, again.as_ref());
    let sent = again.as_ref().and_then(|again| deeds.iter().find(|deed| same(&deed.offer, again.offer)));
    let template = CasePage {
        done: asked.get("done").and_then(|done| said_done(ctx, &page, &d, done)),
        tags: tags(ctx, &page, &d),
        facts: facts(ctx, &page, &d).await?,
        place: page.place(&d.head.place),
        story: moments(ctx, &page, &d),
        clocks: clocks(ctx, &page, &d),
        problems: again.as_ref().map(|again| problems(ctx, &page, &d, again, sent)).unwrap_or_default(),
        typed: again.as_ref().filter(|_| sent.is_none()).map(|again| typed(&page, &d, again)).unwrap_or_default(),
        files_again: again.as_ref().is_some_and(|again| again.files),
        near,
        due_today: match ctx.seat() {
            Some(seat) => ctx.engine().inbox_counts(seat, day_ends(ctx)).await?.today,
            None => 0,
        },
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
    if done == "new" {
        return (last.seq <= 2).then(|| page.t1("desk-filed", "number", &d.head.number));
    }
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

async fn facts(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<(String, String)>, Fault> {
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
    /// The acts that close a step.
    fn steps(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(|deed| is_step(&deed.offer))
    }

    /// The acts that are possible at any time.
    fn others(&self) -> impl Iterator<Item = &Deed> {
        self.deeds.iter().filter(|deed| !is_step(&deed.offer))
    }
}

/// Whether an act closes a step.
pub fn is_step(offer: &Offer) -> bool {
    way(offer) == "step"
}

/// The acts, the main one first.
fn deeds(ctx: &Ctx, page: &Page, d: &Dossier, asked: &Asked, again: Option<&Again<'_>>) -> Vec<Deed> {
    let names: Vec<&str> = d.offers.iter().map(|offer| offer.act.as_str()).collect();
    let letters = letters(&names);
    let main = d.offers.iter().position(|offer| offer.barred.is_none() && is_step(offer));
    let merging = asked.get("merge").and_then(|_| d.offers.iter().position(|offer| case_field(d, offer).is_some()));
    let shown = if again.is_some() { None } else { merging.or(main) };
    let deed = |(n, offer): (usize, &Offer)| {
        let sent = again.filter(|again| same(again.offer, offer));
        let (filled, note) = match sent {
            Some(again) => (again.raw.clone(), None),
            None => prefill(ctx, page, d, offer, asked),
        };
        let errors = match sent.map(|again| again.why) {
            Some(Refused::Fields(errors)) => errors.as_slice(),
            _ => &[],
        };
        Deed {
            form: offer.barred.is_none().then(|| ActForm::new(ctx, d, offer, &filled, errors)),
            title: page.of(&offer.title).to_owned(),
            barred: offer.barred.as_ref().map(|why| page.of(why).to_owned()),
            letter: letters[n].filter(|_| offer.barred.is_none()),
            id: if main == Some(n) { "act-first".to_owned() } else { format!("act-{n}") },
            open: shown == Some(n) || sent.is_some(),
            main: main == Some(n),
            note,
            offer: offer.clone(),
        }
    };
    d.offers.iter().enumerate().map(deed).collect()
}

/// What is known before anybody types, and where it comes from.
fn prefill(ctx: &Ctx, page: &Page, d: &Dossier, offer: &Offer, asked: &Asked) -> (Raw, Option<String>) {
    let mut raw: Raw = BTreeMap::new();
    let mut note = None;
    let mut put = |name: &str, value: String| raw.insert(name.to_owned(), vec![value]);
    let has = |name: &str| offer.form.iter().any(|field| field.name == name);
    if has("class") {
        put("class", d.head.class.clone());
    }
    if has("unit") && has("class") {
        let lead = ctx.engine().directory().lead(&d.pack, &d.head.category, &d.head.place);
        // The unit that had it and gave it up is no suggestion.
        if let Some(lead) = lead.filter(|lead| d.head.unit.as_deref() != Some(lead.org.as_str())) {
            note =
                Some(if lead.listed { page.t1("desk-basis", "basis", &lead.basis) } else { page.t("desk-basis-none") });
            put("unit", lead.org.to_string());
        }
    }
    if has("done_on") {
        let packs = ctx.engine().packs();
        put("done_on", packs.current().calendar.date_of(ctx.engine().clock.now()).to_string());
    }
    if let (Some(field), Some(number)) = (case_field(d, offer), asked.get("merge")) {
        put(field, number.to_owned());
    }
    (raw, note)
}

/// The field of a form that names another case.
fn case_field<'o>(d: &Dossier, offer: &'o Offer) -> Option<&'o str> {
    let names = offer.form.iter().map(|field| field.name.as_str());
    names.into_iter().find(|name| d.flow.fields().get(*name) == Some(&FieldKind::Case))
}

/// A letter for each act: of its own name if it is free, for the hand learns it; j and k move.
fn letters(acts: &[&str]) -> Vec<Option<char>> {
    let mut taken = BTreeSet::from(['j', 'k']);
    let own = |act: &&str| act.chars().chain('a'..='z').filter(char::is_ascii_lowercase).collect::<Vec<_>>();
    acts.iter().map(|act| own(act).into_iter().find(|letter| taken.insert(*letter))).collect()
}

/// Open cases of the same category close by that this seat may see.
async fn near(ctx: &Ctx, page: &Page, d: &Dossier) -> Result<Vec<Near>, Fault> {
    let since = ctx.engine().clock.now().plus(-NEARBY_MS);
    let found = ctx.engine().nearby(&d.head.place, &d.head.category, since).await?;
    let can_merge = d.offers.iter().any(|offer| offer.barred.is_none() && case_field(d, offer).is_some());
    let others = found.iter().filter(|head| head.key != d.head.key && sees(ctx, head));
    let near = others.map(|head| Near {
        url: case_url(head),
        title: head.title.clone(),
        when: page.time(&head.opened_at).words,
        merge: can_merge.then(|| format!("{}?merge={}#acts", case_url(&d.head), head.number)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_two_acts_share_a_letter(acts in prop::collection::vec("[a-z_]{1,12}", 0..40)) {
            let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
            let letters = letters(&acts);
            let given: Vec<char> = letters.iter().flatten().copied().collect();
            prop_assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), given.len());
            prop_assert!(!given.contains(&'j') && !given.contains(&'k'));
            prop_assert_eq!(given.len(), acts.len().min(24));
        }
    }
}
