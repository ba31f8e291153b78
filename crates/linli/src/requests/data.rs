//! One's own data: what is kept, who looked at it, a copy to take along, another name, and what one asks by right
//! (Personal Information Protection Law arts 44-50).

use askama::Template;
use axum::{
    extract::Query,
    http::{StatusCode, header},
    response::IntoResponse,
};
use linli_engine::{
    cases::{
        CaseError, CaseKey,
        consents::{Consent, Given},
        rights::{self, Kept, Look},
        thread::{Speaker, thread},
        timeline::{Audience, timeline},
    },
    edge,
    ids::PersonId,
    viewer::Viewer,
};
use linli_worktime::{Millis, point};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::web::{
    Ctx, Fault, Page, Reply,
    ctx::Who,
    forms::Sent,
    page::{go, show_as},
    times::Spoken,
};

/// That somebody looked, in words.
struct Seen {
    at: Spoken,
    who: String,
    why: String,
    number: String,
    url: String,
}

/// Something that is kept by consent.
struct Back {
    code: String,
    what: String,
    /// What happens when it is taken back.
    then: String,
}

#[derive(Template)]
#[template(path = "requests/data.html")]
struct DataPage {
    page: Page,
    name: String,
    phone: String,
    cases: String,
    seen: Vec<Seen>,
    given: Vec<Back>,
    /// What can be asked for: code, words, whether it is chosen.
    rights: Vec<(String, String, bool)>,
    message: String,
    /// Until when an answer is promised.
    until: Option<Spoken>,
    key: String,
    problems: Vec<(&'static str, String)>,
}

/// What was just done.
#[derive(Deserialize, Default)]
pub struct Asked {
    saved: Option<String>,
    back: Option<String>,
}

/// `GET /mine/data`.
pub async fn page(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let done = asked.saved.map(|_| "data-saved").or(asked.back.map(|_| "data-given-gone"));
    draw(&ctx, done, None, Vec::new()).await
}

/// `POST /mine/data/name`: how one wants to be called.
pub async fn name(ctx: Ctx, sent: Sent) -> Reply {
    match ctx.engine().rename(person(&ctx)?, sent.text("name")).await {
        Err(CaseError::Field { .. }) => {
            let words = ctx.t("data-name-long");
            draw(&ctx, None, Some(&sent), vec![("name", words)]).await
        }
        done => {
            done?;
            Ok(go("/mine/data?saved=1"))
        }
    }
}

/// `POST /mine/data/ask`: something by right.
pub async fn ask(ctx: Ctx, sent: Sent) -> Reply {
    let (person, key) = (person(&ctx)?, sent.key()?);
    match ctx.engine().ask_by_right(person, sent.text("right"), sent.text("message"), &key).await {
        Ok(filed) => Ok(go(&format!("/c/{}/{}/filed", filed.key.jurisdiction, filed.number))),
        Err(CaseError::Field { field, .. }) => {
            let (id, words) = match field {
                "right" => ("right-0", "data-choose"),
                _ => ("message", "data-long"),
            };
            draw(&ctx, None, Some(&sent), vec![(id, ctx.t(words))]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /mine/data/withdraw`: takes back a consent, at once. What is taken back already stays so.
pub async fn withdraw(ctx: Ctx, sent: Sent) -> Reply {
    let person = person(&ctx)?;
    let what = match sent.text("what") {
        "name" => Consent::Name,
        code => {
            let given = ctx.engine().consents(person).await?;
            let case = given.iter().find_map(|given| match given {
                Given::Behalf { case, .. } if code_of(given) == code => Some(*case),
                _ => None,
            });
            let Some(case) = case else { return Ok(go("/mine/data?back=1")) };
            Consent::Behalf(case)
        }
    };
    ctx.engine().withdraw(person, what).await?;
    Ok(go("/mine/data?back=1"))
}

fn code_of(given: &Given) -> String {
    match given {
        Given::Name { .. } => "name".to_owned(),
        Given::Behalf { case, number, .. } => format!("{}-{number}", case.jurisdiction),
    }
}

fn back(page: &Page, given: &Given) -> Back {
    let (what, then) = match given {
        Given::Name { name, cases } => {
            let what = match name.reveal().as_str() {
                "" => page.t("data-given-name-only"),
                name => page.t1("data-given-name", "name", name),
            };
            (what, page.n("data-given-name-then", *cases))
        }
        Given::Behalf { number, .. } => {
            (page.t1("data-given-behalf", "number", number), page.t("data-given-behalf-then"))
        }
    };
    Back { code: code_of(given), what, then }
}

/// `GET /mine/data/copy`: all of it, for machines.
pub async fn copy(held: Ctx) -> Reply {
    let ctx = &held;
    let person = person(ctx)?;
    let kept = kept(ctx, person).await?;
    let mut cases = Vec::new();
    for key in &kept.cases {
        cases.push(case(ctx, person, *key).await?);
    }
    let look = |look: &Look| {
        let by = &look.event.by;
        json!({ "at": at(ctx, &look.at()), "case": look.number, "role": by.role, "unit": by.org, "why": look.why() })
    };
    let all = json!({
        "format": "linli-own-data/1",
        "made": at(ctx, &ctx.engine().clock.now()),
        "person": { "name": kept.name.reveal(), "phone": kept.phone.reveal() },
        "cases": cases,
        "looks": kept.looks.iter().map(look).collect::<Vec<_>>(),
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"linli-my-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, serde_json::to_string_pretty(&all).unwrap_or_default()).into_response())
}

async fn case(ctx: &Ctx, person: PersonId, key: CaseKey) -> Result<Json, Fault> {
    let dossier = ctx.engine().case_by_key(key, &Viewer::Person(person)).await?;
    let head = &dossier.head;
    let story = timeline(&dossier, &ctx.engine().directory(), Audience::Resident, ctx.lang.code());
    let story: Vec<Json> =
        story.iter().map(|e| json!({ "at": at(ctx, &e.at), "what": e.title, "text": e.text, "who": e.who })).collect();
    let said: Vec<Json> = thread(&dossier)
        .iter()
        .map(|line| json!({ "at": at(ctx, &line.at), "text": line.text, "mine": !matches!(line.by, Speaker::Unit(_)) }))
        .collect();
    let files: Vec<Json> = dossier.attachments.iter().map(|file| {
        json!({ "name": file.stored.name, "bytes": file.stored.bytes_len, "sha256": file.stored.digest.to_string(), "mine": file.by == "reporter" })
    }).collect();
    Ok(json!({
        "number": head.number, "opened": at(ctx, &head.opened_at), "channel": head.channel, "kind": head.kind,
        "category": head.category, "title": head.title, "body": head.body, "place": head.place,
        "address": head.address, "state": head.phase.slug(), "promised": head.promised_at.map(|due| at(ctx, &due)),
        "story": story, "messages": said, "files": files,
    }))
}

/// A time as machines read it.
fn at(ctx: &Ctx, at: &Millis) -> String {
    ctx.engine().packs().current().calendar.rfc3339(*at)
}

fn person(ctx: &Ctx) -> Result<PersonId, Fault> {
    match ctx.who {
        Who::Resident(person) => Ok(person),
        _ => Err(Fault::not_found()),
    }
}

async fn kept(ctx: &Ctx, person: PersonId) -> Result<Kept, Fault> {
    ctx.engine().kept_of(person).await?.ok_or_else(Fault::not_found)
}

async fn draw(ctx: &Ctx, done: Option<&str>, again: Option<&Sent>, problems: Vec<(&'static str, String)>) -> Reply {
    let person = person(ctx)?;
    let (kept, given) = (kept(ctx, person).await?, ctx.engine().consents(person).await?);
    let mut page = Page::titled(ctx, "data-title");
    page.done = done.map(|key| page.t(key));
    let pack = ctx.engine().packs().current();
    let until =
        pack.limit("rights", None).and_then(|limit| point(&pack.calendar, ctx.engine().clock.now(), limit, &[], 100));
    let typed = |name: &str| again.map(|sent| sent.text(name).to_owned());
    let chosen = typed("right").unwrap_or_default();
    let choice = |c: &linli_engine::pack::Choice| (c.code.clone(), page.of(&c.title).to_owned(), c.code == chosen);
    let template = DataPage {
        name: typed("name").filter(|name| !name.is_empty()).unwrap_or_else(|| kept.name.reveal().clone()),
        phone: kept.phone.reveal().clone(),
        cases: page.n("data-cases", kept.cases.len()),
        seen: kept.looks.iter().map(|look| seen(&page, look)).collect(),
        given: given.iter().map(|given| back(&page, given)).collect(),
        rights: rights::rights(pack).iter().map(choice).collect(),
        message: typed("message").unwrap_or_default(),
        until: until.map(|at| page.time(&at)),
        key: linli_engine::hex(&edge::new_id()),
        problems,
        page,
    };
    let status = if template.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_as(status, &template)
}

fn seen(page: &Page, look: &Look) -> Seen {
    let by = &look.event.by;
    let unit = by.org.as_deref().map(|org| page.org(org)).unwrap_or_default();
    let role = by.role.as_deref().map(|role| page.role(role)).unwrap_or_default();
    Seen {
        at: page.time(&look.at()),
        who: format!("{unit} \u{b7} {role}"),
        why: look.why().to_owned(),
        number: look.number.clone(),
        url: format!("/c/{}/{}", look.case.jurisdiction, look.number),
    }
}
