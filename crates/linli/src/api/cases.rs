//! Cases: finding them, one of them, what happened, what can be done, doing it, messages.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use linli_engine::{
    cases::{
        CaseKey,
        inbox::{After, ListAfter, View},
        read::Dossier,
        search,
        timeline::{Audience, timeline},
    },
    ids::{Jurisdiction, PlaceCode},
    limits,
    pack::Raw,
    viewer::Viewer,
};
use linli_flow::{FormField, Value};
use linli_worktime::{Date, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller,
    list::{Asked, day_begins, day_ends},
    shapes::{self, Act, CaseHead, InboxItem, Message, Moment},
};
use crate::web::{
    Ctx, Fault, Page, Reply, act_form,
    acts::{Deed, Refused, perform_sent},
    doubts::{self, Doubted},
    given::{self, FromText, Query, escaped},
    problem::FieldError,
};

/// Which cases.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CasesQuery {
    /// Words that all occur in the case.
    q: Option<String>,
    /// The number, whole.
    number: Option<String>,
    /// Within this place.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9]{2,20}$"))]
    place: Option<PlaceCode>,
    /// With this lead unit.
    unit: Option<String>,
    /// `open`, `settled`, `ended`, or the name of a step that is open.
    state: Option<String>,
    /// Of this category or below it.
    category: Option<String>,
    /// Of this class.
    class: Option<String>,
    /// Whose promise to the resident has run out.
    #[schemars(with = "Option<bool>")]
    late: Option<FromText<bool>>,
    /// Only those that wait for the seat that asks.
    #[schemars(with = "Option<bool>")]
    mine: Option<FromText<bool>>,
    /// Only those in which the seat's unit helps another.
    #[schemars(with = "Option<bool>")]
    helping: Option<FromText<bool>>,
    /// Opened on this day or later.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    from: Option<FromText<Date>>,
    /// Opened on this day or earlier.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    until: Option<FromText<Date>>,
    /// Where the list goes on: `next` of the page before.
    after: Option<String>,
}

/// A page of cases, newest first.
#[derive(Serialize, JsonSchema)]
pub struct CasesPage {
    /// The cases.
    items: Vec<CaseHead>,
    /// Brings the next page as `after`; nothing on the last one.
    next: Option<String>,
}

/// `GET /api/v1/cases`.
pub async fn list(ctx: Ctx, Query(query): Query<CasesQuery>) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let asked = Asked::new(&ctx, "cases", &query);
    let after = query.after.as_deref().map(|cursor| asked.open(cursor, after_case)).transpose()?;
    let wanted = search::Query {
        number: query.number,
        words: query.q.unwrap_or_default(),
        place: query.place,
        unit: query.unit,
        state: query.state,
        category: query.category,
        from: query.from.and_then(|day| day_begins(&ctx, day.0)),
        // The last day counts to its end.
        until: query.until.and_then(|day| day.0.tomorrow().ok()).and_then(|day| day_begins(&ctx, day)),
        after,
        class: query.class,
        late: query.late.is_some_and(|late| late.0),
        mine: query.mine.is_some_and(|mine| mine.0),
        helping: query.helping.is_some_and(|helping| helping.0),
    };
    let found = ctx.engine().search(seat, wanted).await?;
    let last = found.last().filter(|_| found.len() == limits::PAGE);
    let next = last.map(|h| asked.seal(&format!("{}.{}.{}", h.opened_at.0, h.key.jurisdiction, h.key.id)));
    let page = Page::new(&ctx, "");
    let items = found.iter().map(|head| shapes::head(&page, &ctx, head)).collect();
    Ok(Json(CasesPage { items, next }).into_response())
}

fn after_case(position: &str) -> Option<ListAfter> {
    let mut parts = position.split('.');
    let opened_at = Millis(parts.next()?.parse().ok()?);
    let jurisdiction: Jurisdiction = parts.next()?.parse().ok()?;
    Some(ListAfter { opened_at, key: CaseKey { jurisdiction, id: parts.next()?.parse().ok()? } })
}

/// Which open steps.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InboxQuery {
    /// Of this step only.
    step: Option<String>,
    /// Due before the end of today, or past due.
    due: Option<Due>,
    /// Within this place.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9]{2,20}$"))]
    place: Option<PlaceCode>,
    /// Where the list goes on: `next` of the page before.
    after: Option<String>,
}

/// When a step is due.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Due {
    /// Before the end of today.
    Today,
    /// It is past due.
    Late,
}

/// How many open steps there are.
#[derive(Serialize, JsonSchema)]
pub struct InboxCounts {
    /// All.
    all: u64,
    /// Due before the end of today, those past due among them.
    due_today: u64,
    /// Past due.
    overdue: u64,
    /// By step.
    steps: BTreeMap<String, u64>,
}

/// A page of the inbox, soonest due first.
#[derive(Serialize, JsonSchema)]
pub struct InboxPage {
    /// How many there are, whatever was asked for.
    counts: InboxCounts,
    /// The open steps.
    items: Vec<InboxItem>,
    /// Brings the next page as `after`; nothing on the last one.
    next: Option<String>,
}

/// `GET /api/v1/inbox`.
pub async fn inbox(ctx: Ctx, Query(query): Query<InboxQuery>) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let asked = Asked::new(&ctx, "inbox", &query);
    let after = query.after.as_deref().map(|cursor| asked.open(cursor, after_step)).transpose()?;
    let due_before = query.due.map(|due| match due {
        Due::Today => day_ends(&ctx),
        Due::Late => ctx.engine().clock.now(),
    });
    let view = View { step: query.step, due_before, place: query.place, after, ..View::default() };
    let counts = ctx.engine().inbox_counts(seat, day_ends(&ctx)).await?;
    let found = ctx.engine().inbox(seat, view).await?;
    let last = found.last().filter(|_| found.len() == limits::PAGE);
    let next = last.map(|item| asked.seal(&format!("{}.{}", item.due_at.0, item.head.key.id)));
    let page = Page::new(&ctx, "");
    let items = found.iter().map(|item| shapes::inbox_item(&page, &ctx, item)).collect();
    let steps = counts.steps.into_iter().collect();
    let counts = InboxCounts { all: counts.all, due_today: counts.today, overdue: counts.overdue, steps };
    Ok(Json(InboxPage { counts, items, next }).into_response())
}

fn after_step(position: &str) -> Option<After> {
    let (due, case) = position.split_once('.')?;
    Some(After { due_at: Millis(due.parse().ok()?), case: case.parse().ok()? })
}

/// The street and the number of a case, as they stand in an address.
pub type Which = Path<(String, String)>;

/// `GET /api/v1/cases/{jurisdiction}/{number}`.
pub async fn one(ctx: Ctx, which: Which) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    let entries = timeline(&d, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    Ok(Json(shapes::case(&Page::new(&ctx, ""), &ctx, &d, &entries)).into_response())
}

/// Which part of a timeline.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimelineQuery {
    /// What happened after the event of this number.
    #[schemars(with = "Option<u64>")]
    since: Option<FromText<u64>>,
}

/// What happened to a case.
#[derive(Serialize, JsonSchema)]
pub struct Timeline {
    /// Oldest first.
    items: Vec<Moment>,
    /// The number of the last event.
    seq: u64,
}

/// `GET /api/v1/cases/{jurisdiction}/{number}/timeline`.
pub async fn story(ctx: Ctx, which: Which, Query(query): Query<TimelineQuery>) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    let page = Page::new(&ctx, "");
    let entries = timeline(&d, &ctx.engine().directory(), Audience::Staff, ctx.lang.code());
    let new = entries.iter().filter(|entry| query.since.as_ref().is_none_or(|since| entry.seq > since.0));
    let items = new.map(|entry| shapes::moment(&page, &ctx, &d, entry)).collect();
    Ok(Json(Timeline { items, seq: d.head.seq }).into_response())
}

/// What can be done with a case.
#[derive(Serialize, JsonSchema)]
pub struct Acts {
    /// The acts, main ones first.
    items: Vec<Act>,
    /// The number of the case's last event.
    seq: u64,
}

/// `GET …/acts`.
pub async fn acts(ctx: Ctx, which: Which) -> Reply {
    offered(&ctx, &caller::staff_case(&ctx, &which).await?)
}

/// What is on offer.
pub fn offered(ctx: &Ctx, d: &Dossier) -> Reply {
    let page = Page::new(ctx, "");
    let items = d.offers.iter().map(|offer| shapes::act(&page, d, offer)).collect();
    Ok(Json(Acts { items, seq: d.head.seq }).into_response())
}

/// What is asked of a case: as one of its acts says, filled in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAct {
    /// `step`, `side` or `cancel`.
    way: String,
    /// The step, where the act closes one.
    #[serde(default)]
    step: Option<String>,
    /// Which of its parts.
    #[serde(default)]
    instance: Option<String>,
    /// The act.
    act: String,
    /// The opening of the step that was looked at.
    #[serde(default)]
    seen: Option<u64>,
    /// The key of the deed, where the header `Idempotency-Key` is not sent.
    #[serde(default)]
    #[schemars(extend("pattern" = "^[A-Za-z0-9_.:-]{8,120}$"))]
    key: Option<String>,
    /// What is filled in, by the names of the fields.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, FormValue>")]
    form: BTreeMap<String, Value>,
}

/// What a field holds.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "the shape of another type")]
enum FormValue {
    /// Nothing.
    Nothing(()),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text, a choice, a day, a unit or the number of a case.
    Text(String),
    /// Several units.
    List(Vec<String>),
}

/// What was done.
#[derive(Serialize, JsonSchema)]
pub struct Done {
    /// The number of the event.
    seq: u64,
    /// What may be wrong with the words that it tells whoever reported the case. It is done all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Doubted>,
}

/// `POST …/acts`.
pub async fn act(ctx: Ctx, which: Which, headers: HeaderMap, body: given::Json<NewAct>) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    perform(&ctx, &d, ctx.viewer(), &headers, body).await
}

/// Does what was asked.
pub async fn perform(ctx: &Ctx, d: &Dossier, by: Viewer, headers: &HeaderMap, given: given::Json<NewAct>) -> Reply {
    let given::Json { body, digest } = given;
    let key = given::key(headers, body.key.as_deref())?;
    let seen = body.seen.map_or_else(String::new, |seen| seen.to_string());
    let (step, instance) = (body.step.unwrap_or_default(), body.instance.unwrap_or_default());
    let offer = act_form::offer(d, &body.way, &step, &instance, &body.act, &seen);
    let offer = offer.ok_or_else(|| Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act"))?;
    // A page may send more than its form asks for; a program that does has a wrong idea of the act.
    let asked = |name: &str| offer.form.iter().any(|field: &FormField| field.name == name);
    if let Some(stranger) = body.form.keys().find(|name| !asked(name)) {
        let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "field-unknown").with("field", stranger);
        return Err(at_field(fault, stranger, ctx));
    }
    let raw: Raw = body.form.into_iter().map(|(name, value)| (name, texts(value))).collect();
    let deed = Deed { key: caller::key(ctx, "act", &key), sent: Some(digest), by };
    let warnings = doubts::found(ctx, d, &offer, &raw).await;
    let warnings = doubts::shown(&Page::new(ctx, ""), d, &warnings);
    match perform_sent(ctx, d, &offer, &raw, deed, Vec::new()).await {
        Ok(acted) => Ok(done(acted.again, Done { seq: acted.seq, warnings })),
        Err(why) => Err(refused(ctx, d, &why)),
    }
}

/// The answer to a deed; one that was done before says so beside it.
pub fn done(again: bool, what: impl Serialize) -> Response {
    let replayed = [("idempotent-replayed", "true")];
    let answer = Json(what).into_response();
    if again { (replayed, answer).into_response() } else { answer }
}

fn at_field(fault: Fault, field: &str, ctx: &Ctx) -> Fault {
    let (pointer, detail) = (Some(format!("/form/{}", escaped(field))), fault.words(ctx.lang));
    Fault { errors: vec![FieldError { pointer, parameter: None, detail }], ..fault }
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

/// Why it was refused, with the names of the case's own fields, units and roles.
fn refused(ctx: &Ctx, d: &Dossier, why: &Refused) -> Fault {
    let problems = why.problems(ctx, &Page::new(ctx, ""), d);
    let words: Vec<&str> = problems.iter().map(|problem| problem.words.as_str()).collect();
    let (zh, en) = (words.join(" "), words.join(" "));
    let fields = problems.iter().filter(|problem| !problem.field.is_empty());
    let errors = fields.map(|problem| FieldError {
        pointer: Some(format!("/form/{}", escaped(&problem.field))),
        parameter: None,
        detail: problem.words.clone(),
    });
    let errors = errors.collect();
    match why {
        Refused::Fault(fault) => Fault { said: Some(linli_flow::Text { zh, en }), errors, ..fault.clone() },
        Refused::Fields(_) | Refused::Doubts(_) => {
            let fault = Fault::new(why.status(), "fault-form");
            Fault { said: Some(linli_flow::Text { zh, en }), errors, ..fault }
        }
    }
}

/// The messages of a case.
#[derive(Serialize, JsonSchema)]
pub struct Messages {
    /// Oldest first.
    items: Vec<Message>,
}

/// `GET …/messages`.
pub async fn messages(ctx: Ctx, which: Which) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    Ok(Json(Messages { items: shapes::messages(&Page::new(&ctx, ""), &ctx, &d) }).into_response())
}

/// A message.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What to say.
    text: String,
    /// The key of the deed, where the header `Idempotency-Key` is not sent.
    #[serde(default)]
    #[schemars(extend("pattern" = "^[A-Za-z0-9_.:-]{8,120}$"))]
    key: Option<String>,
}

/// `POST …/messages`.
pub async fn say(ctx: Ctx, which: Which, headers: HeaderMap, body: given::Json<NewMessage>) -> Reply {
    let d = caller::staff_case(&ctx, &which).await?;
    write(&ctx, &d, ctx.viewer(), &headers, body, "reply").await
}

/// Writes a message by an act of this name, whose form has a field of the same name.
pub async fn write(
    ctx: &Ctx,
    d: &Dossier,
    by: Viewer,
    headers: &HeaderMap,
    given: given::Json<NewMessage>,
    act: &str,
) -> Reply {
    let given::Json { body: NewMessage { text, key }, digest } = given;
    if d.flow.side(act).is_none() {
        return Err(Fault::new(StatusCode::CONFLICT, "fault-not-now"));
    }
    let asked = NewAct {
        way: "side".to_owned(),
        step: None,
        instance: None,
        act: act.to_owned(),
        seen: None,
        key,
        form: BTreeMap::from([(act.to_owned(), Value::Text(text))]),
    };
    let answer = perform(ctx, d, by, headers, given::Json { body: asked, digest }).await;
    // The field has another name here.
    answer.map_err(|fault| {
        let here = |error: FieldError| FieldError { pointer: Some("/text".to_owned()), ..error };
        Fault { errors: fault.errors.into_iter().map(here).collect(), ..fault }
    })
}
