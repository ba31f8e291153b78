//! The desk as JSON: the inbox, a case, and acting on it; with the same permissions as the pages.

use std::collections::BTreeMap;

use axum::{Json, extract::Path, http::StatusCode, response::IntoResponse};
use linli_engine::{
    attachments::Attachment,
    cases::{
        Head,
        inbox::{Counts, Item},
        read::{Dossier, Offer, OfferWay},
        timeline::{Audience, Entry, timeline},
        times::ClockState,
    },
    pack::Raw,
};
use linli_flow::{FormField, Value};
use linli_worktime::Millis;
use serde::Deserialize;
use serde_json::{Value as Js, json};

use super::{
    act::{Refused, perform, way},
    asked::Asked,
    case::{case_url, read},
    files, inbox as desk_inbox, story,
    views::day_ends,
};
use crate::web::{Ctx, Fault, Page, Reply, act_form};

/// `GET /api/v1/inbox`.
pub async fn inbox(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let wanted = desk_inbox::Wanted::of(&ctx, &asked);
    let counts = ctx.engine().inbox_counts(seat, day_ends(&ctx)).await?;
    let items = ctx.engine().inbox(seat, wanted.view).await?;
    let list: Vec<Js> = items.iter().map(|one| item(&ctx, one)).collect();
    let answer = json!({ "counts": counts_json(&counts), "items": list, "next": desk_inbox::next(&items) });
    Ok(Json(answer).into_response())
}

fn counts_json(counts: &Counts) -> Js {
    let steps: BTreeMap<&str, u64> = counts.steps.iter().map(|(step, n)| (step.as_str(), *n)).collect();
    json!({ "all": counts.all, "due_today": counts.today, "overdue": counts.overdue, "steps": steps })
}

fn item(ctx: &Ctx, item: &Item) -> Js {
    json!({
        "step": item.step,
        "instance": item.instance,
        "owner": item.owner,
        "since": time(ctx, item.opened_at),
        "due_at": time(ctx, item.due_at),
        "case": head(ctx, &item.head),
    })
}

/// A time as RFC 3339.
fn time(ctx: &Ctx, at: Millis) -> String {
    ctx.engine().packs().current().calendar.rfc3339(at)
}

fn head(ctx: &Ctx, head: &Head) -> Js {
    json!({
        "jurisdiction": head.key.jurisdiction.to_string(),
        "number": head.number,
        "flow": head.flow,
        "pack": head.pack,
        "title": head.title,
        "kind": head.kind,
        "category": head.category,
        "class": head.class,
        "channel": head.channel,
        "place": head.place.as_str(),
        "address": head.address,
        "unit": head.unit,
        "phase": head.phase.slug(),
        "outcome": head.outcome,
        "opened_at": time(ctx, head.opened_at),
        "promised_at": head.promised_at.map(|at| time(ctx, at)),
        "settled_at": head.settled_at.map(|at| time(ctx, at)),
        "redo": head.redo,
        "seq": head.seq,
        "page": case_url(head),
    })
}

/// `GET /api/v1/cases/{jurisdiction}/{number}`.
pub async fn case(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    Ok(Json(dossier(&ctx, &d)).into_response())
}

fn dossier(ctx: &Ctx, d: &Dossier) -> Js {
    let page = Page::new(ctx, "");
    let entries = timeline(d, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    let entry = |e: &Entry| {
        let what = story::what(&page, d, e);
        json!({ "seq": e.seq, "at": time(ctx, e.at), "what": what, "text": e.text, "who": e.who, "rule": e.rule })
    };
    let steps = d.steps.iter().map(|s| {
        let (since, due_at) = (time(ctx, s.since), time(ctx, s.due_at));
        json!({ "step": s.step, "instance": s.key, "title": page.of(&s.title), "owner": s.owner, "since": since, "due_at": due_at })
    });
    json!({
        "case": head(ctx, &d.head),
        "body": d.head.body,
        "steps": steps.collect::<Vec<_>>(),
        "clocks": d.clocks.iter().map(|c| clock(ctx, c)).collect::<Vec<_>>(),
        "acts": d.offers.iter().map(|offer| act_json(&page, d, offer)).collect::<Vec<_>>(),
        "timeline": entries.iter().map(entry).collect::<Vec<_>>(),
        "attachments": d.attachments.iter().map(attachment).collect::<Vec<_>>(),
    })
}

fn clock(ctx: &Ctx, clock: &ClockState) -> Js {
    json!({
        "name": clock.name,
        "from": time(ctx, clock.from),
        "due_at": clock.due_at.map(|at| time(ctx, at)),
        "held_ms": clock.held,
        "paused_by": clock.paused_by,
        "stopped_at": clock.stopped.map(|at| time(ctx, at)),
    })
}

fn attachment(file: &Attachment) -> Js {
    let stored = &file.stored;
    json!({ "id": file.id.to_string(), "name": stored.name, "type": stored.mime.as_str(), "bytes": stored.bytes_len, "page": files::url(file) })
}

fn act_json(page: &Page, d: &Dossier, offer: &Offer) -> Js {
    let field = |asked: &FormField| {
        let known = d.pack.field(&asked.name);
        let choices: Vec<&str> = known.iter().flat_map(|f| &f.choices).map(|choice| choice.code.as_str()).collect();
        json!({ "name": asked.name, "title": known.map(|f| page.of(&f.title)), "required": !asked.optional, "choices": choices })
    };
    let (step, instance, seen) = match &offer.way {
        OfferWay::Step { step, key, seen } => (Some(step), Some(key), Some(seen)),
        OfferWay::Side | OfferWay::Cancel => (None, None, None),
    };
    json!({
        "way": way(offer),
        "step": step,
        "instance": instance,
        "seen": seen,
        "act": offer.act,
        "title": page.of(&offer.title),
        "rule": offer.rule,
        "barred": offer.barred.as_ref().map(|why| page.of(why)),
        "form": offer.form.iter().map(field).collect::<Vec<_>>(),
    })
}

/// What is asked of a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `step`, `side` or `cancel`.
    way: String,
    /// The step, where the act closes one.
    #[serde(default)]
    step: String,
    /// Which of its parts.
    #[serde(default)]
    instance: String,
    /// The act.
    act: String,
    /// The opening of the step that was looked at.
    seen: Option<u64>,
    /// Made by the client: sending it again changes nothing.
    key: String,
    /// What is filled in, by the names of the fields.
    #[serde(default)]
    form: BTreeMap<String, Value>,
}

/// `POST /api/v1/cases/{jurisdiction}/{number}/acts`.
pub async fn act(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, Json(body): Json<Body>) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let key = key(&body.key)?;
    let seen = body.seen.map_or_else(String::new, |seen| seen.to_string());
    let offer = act_form::offer(&d, &body.way, &body.step, &body.instance, &body.act, &seen);
    let offer = offer.ok_or_else(|| Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act"))?;
    // A page may send more than its form asks for; a program that does has a wrong idea of the act.
    if let Some(stranger) = body.form.keys().find(|name| offer.form.iter().all(|field| field.name != **name)) {
        let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "field-unknown").with("field", stranger);
        return Err(fault);
    }
    let raw: Raw = body.form.into_iter().map(|(name, value)| (name, texts(value))).collect();
    match perform(&ctx, &d, &offer, &raw, key, Vec::new()).await {
        Ok(acted) => Ok(Json(json!({ "seq": acted.seq, "again": acted.again })).into_response()),
        Err(why) => Ok(refused(&ctx, &d, &why)),
    }
}

fn key(text: &str) -> Result<String, Fault> {
    let mut sent = crate::web::forms::Sent::default();
    sent.fields.insert("key".to_owned(), vec![text.to_owned()]);
    sent.key()
}

/// A value as a browser would have sent it: one check for both.
fn texts(value: Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(yes) => vec![if yes { "yes" } else { "no" }.to_owned()],
        Value::Number(number) => vec![number.to_string()],
        Value::Text(text) => vec![text],
        Value::List(list) => list,
    }
}

fn refused(ctx: &Ctx, d: &Dossier, why: &Refused) -> axum::response::Response {
    let problems = why.problems(ctx, &Page::new(ctx, ""), d);
    let message: Vec<&str> = problems.iter().map(|problem| problem.words.as_str()).collect();
    let fields: BTreeMap<&str, &str> =
        problems.iter().filter(|p| !p.field.is_empty()).map(|p| (p.field.as_str(), p.words.as_str())).collect();
    let answer = json!({ "error": why.key(), "message": message.join(" "), "fields": fields });
    (why.status(), Json(answer)).into_response()
}
