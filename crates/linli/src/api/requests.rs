//! Requests, as whoever brings them sees them: filing one, following it by its tracking code, acting on it.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use linli_engine::{
    cases::{
        Channel, Datum, Point,
        file::Report,
        read::Dossier,
        timeline::{Audience, timeline},
    },
    ids::PlaceCode,
    policy::{Action, Resource, Subject},
    vault::{Caller, Secret},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    caller,
    cases::{self, NewAct, NewMessage, Which},
    shapes::{self, Act, File, Message, Moment, Time},
};
use crate::web::{
    App, Ctx, Fault, Page, Reply, ctx::Who, given, problem::FieldError, routes::may_somewhere, tries::Address,
};

/// What somebody reports.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// The key of the deed, where the header `Idempotency-Key` is not sent.
    #[serde(default)]
    #[schemars(extend("pattern" = "^[A-Za-z0-9_.:-]{8,120}$"))]
    key: Option<String>,
    /// What is wrong, in own words. May be empty where it joins another.
    #[serde(default)]
    #[schemars(length(max = 4000))]
    body: String,
    /// The code of the place where it is.
    #[schemars(with = "String", extend("pattern" = "^[0-9]{2,20}$"))]
    place: PlaceCode,
    /// In a line; the first words of the body when empty.
    #[serde(default)]
    #[schemars(length(max = 80))]
    title: String,
    /// Where it is, in words.
    #[serde(default)]
    #[schemars(length(max = 200))]
    address: String,
    /// The category; the rules find one when absent.
    #[serde(default)]
    category: Option<String>,
    /// Where it is on the map.
    #[serde(default)]
    point: Option<MapPoint>,
    /// How it came in: `phone`, `web`, `letter`, `visit` or `grid`. Only a desk may say other than `web`.
    #[serde(default)]
    channel: Option<Way>,
    /// The number of an open case near by that says the same: this one goes along with it.
    #[serde(default)]
    joins: Option<String>,
    /// The name of whoever reports; it goes into the vault.
    #[serde(default)]
    #[schemars(length(max = 60))]
    name: String,
    /// How to reach them; it goes into the vault.
    #[serde(default)]
    #[schemars(length(max = 60))]
    contact: String,
    /// Whether nobody who handles it may learn who they are.
    #[serde(default)]
    confidential: bool,
}

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// By telephone.
    Phone,
    /// From an app or a page.
    Web,
    /// In a letter.
    Letter,
    /// At a counter.
    Visit,
    /// Found by a grid worker.
    Grid,
}

/// A point on the map.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapPoint {
    /// Degrees east.
    #[schemars(range(min = -180, max = 180))]
    lon: f64,
    /// Degrees north.
    #[schemars(range(min = -90, max = 90))]
    lat: f64,
    /// In which system; GPS when absent.
    #[serde(default)]
    datum: MapDatum,
}

/// The system that coordinates are in.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MapDatum {
    /// GPS.
    #[default]
    Wgs84,
    /// China's national system.
    Cgcs2000,
    /// Public Chinese web maps.
    Gcj02,
}

/// What whoever reported gets.
#[derive(Serialize, JsonSchema)]
pub struct Receipt {
    /// The street that it belongs to.
    jurisdiction: String,
    /// Its number.
    number: String,
    /// The code that opens it without an account: whoever reported keeps it, nobody else needs it.
    tracking: String,
    /// Where it is followed.
    url: String,
}

/// `POST /api/v1/requests`: files a request; 201 with its number and tracking code once it is on the disk.
pub async fn file(State(app): State<App>, ctx: Ctx, headers: HeaderMap, given: given::Json<NewRequest>) -> Reply {
    let given::Json { body: new, digest } = given;
    let key = given::key(&headers, new.key.as_deref())?;
    // A token reaches no further than its seat: that of a desk files, that of a unit does not.
    let seat_files =
        |seat: &linli_engine::seats::Seat| may_somewhere(Subject::Staff(seat.role), Action::File, Resource::Case);
    if ctx.pass.is_some() && !ctx.seat().is_some_and(seat_files) {
        return Err(Fault::new(StatusCode::FORBIDDEN, "fault-not-yours"));
    }
    let by_desk = ctx.seat().is_some_and(seat_files);
    let channel = match new.channel {
        Some(way) if way != Way::Web && !by_desk => return Err(wrong(&ctx, "channel")),
        way => channel(way.unwrap_or(Way::Web)),
    };
    let point = new.point.map(|at| point(&ctx, at)).transpose()?;
    for (name, text) in [("name", &new.name), ("contact", &new.contact)] {
        if text.chars().count() > linli_engine::limits::NAME_CHARS {
            return Err(wrong(&ctx, name));
        }
    }
    let person = match ctx.who {
        Who::Resident(person) => Some(person),
        _ => None,
    };
    let caller = Caller {
        person,
        name: Secret::new(new.name),
        contact: Secret::new(new.contact),
        confidential: new.confidential,
    };
    let report = Report {
        key: caller::key(&ctx, "file", &key),
        channel,
        kind: None,
        category: new.category,
        title: new.title,
        body: new.body,
        place: new.place,
        address: new.address,
        point,
        caller,
        at: None,
        dispatch: app.config.auto_dispatch,
        joins: new.joins,
    };
    let filed = app.engine.file_sent(report, Some(digest)).await?;
    let url = format!("/api/v1/requests/{}/{}", filed.key.jurisdiction, filed.number);
    let (jurisdiction, location) = (filed.key.jurisdiction.to_string(), [(header::LOCATION, url.clone())]);
    let receipt = Receipt { jurisdiction, number: filed.number, tracking: filed.tracking, url };
    Ok((StatusCode::CREATED, location, cases::done(filed.again, receipt)).into_response())
}

fn channel(way: Way) -> Channel {
    match way {
        Way::Phone => Channel::Phone,
        Way::Web => Channel::Web,
        Way::Letter => Channel::Letter,
        Way::Visit => Channel::Visit,
        Way::Grid => Channel::Grid,
    }
}

fn point(ctx: &Ctx, at: MapPoint) -> Result<Point, Fault> {
    if !(-180.0..=180.0).contains(&at.lon) || !(-90.0..=90.0).contains(&at.lat) {
        return Err(wrong(ctx, "point"));
    }
    let datum = match at.datum {
        MapDatum::Wgs84 => Datum::Wgs84,
        MapDatum::Cgcs2000 => Datum::Cgcs2000,
        MapDatum::Gcj02 => Datum::Gcj02,
    };
    Ok(Point { lon: at.lon, lat: at.lat, datum })
}

fn wrong(ctx: &Ctx, field: &str) -> Fault {
    let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "field-unknown").with("field", field);
    let (pointer, detail) = (Some(format!("/{field}")), fault.words(ctx.lang));
    Fault { errors: vec![FieldError { pointer, parameter: None, detail }], ..fault }
}

/// A request, as whoever brought it sees it.
#[derive(Serialize, JsonSchema)]
pub struct Request {
    /// The street that it belongs to.
    jurisdiction: String,
    /// Its number.
    number: String,
    /// In a line.
    title: String,
    /// In own words.
    body: String,
    /// Its category.
    category: String,
    /// What people call the category.
    category_name: String,
    /// The code of the place.
    place: String,
    /// What people call the place.
    place_name: String,
    /// Where, in words.
    address: String,
    /// How far it is: `open`, `settled` (closed, and may be reopened) or `ended`.
    phase: String,
    /// What happens now, in words.
    now: Vec<String>,
    /// What became of it.
    outcome: Option<String>,
    /// When it came in.
    opened_at: Time,
    /// When it is promised to be solved; nothing while the clock stands still.
    promised_at: Option<Time>,
    /// When it was closed.
    settled_at: Option<Time>,
    /// What happened, oldest first.
    timeline: Vec<Moment>,
    /// What was written, oldest first.
    messages: Vec<Message>,
    /// What can be done now.
    acts: Vec<Act>,
    /// Its files.
    attachments: Vec<File>,
    /// The number of its last event.
    seq: u64,
}

/// `GET /api/v1/requests/{jurisdiction}/{number}`.
pub async fn one(ctx: Ctx, headers: HeaderMap, address: Address, which: Which) -> Reply {
    let (_, d) = caller::own_case(&ctx, &headers, address, &which).await?;
    Ok(Json(request(&ctx, &d)).into_response())
}

fn request(ctx: &Ctx, d: &Dossier) -> Request {
    let (page, head) = (Page::new(ctx, ""), &d.head);
    let time = |at| Time::new(ctx, at);
    let entries = timeline(d, &ctx.engine().directory(), Audience::Resident, ctx.lang.code());
    let moment = |entry| {
        let moment = shapes::moment(&page, ctx, d, entry);
        // What the rule is called between offices is not what a resident reads.
        Moment { rule: None, ..moment }
    };
    Request {
        jurisdiction: head.key.jurisdiction.to_string(),
        number: head.number.clone(),
        title: head.title.clone(),
        body: head.body.clone(),
        category: head.category.clone(),
        category_name: page.category(&head.category),
        place: head.place.as_str().to_owned(),
        place_name: page.place(&head.place),
        address: head.address.clone(),
        phase: head.phase.slug().to_owned(),
        now: d.steps.iter().filter_map(|step| step.says.as_ref()).map(|says| page.of(says).to_owned()).collect(),
        outcome: head.outcome.clone(),
        opened_at: time(head.opened_at),
        promised_at: head.promised_at.map(time),
        settled_at: head.settled_at.map(time),
        timeline: entries.iter().map(moment).collect(),
        messages: shapes::messages(&page, ctx, d),
        acts: d.offers.iter().map(|offer| shapes::act(&page, d, offer)).collect(),
        attachments: d.attachments.iter().map(|file| shapes::file(ctx, file)).collect(),
        seq: head.seq,
    }
}

/// `POST /api/v1/requests/{jurisdiction}/{number}/acts`.
pub async fn act(ctx: Ctx, headers: HeaderMap, address: Address, which: Which, body: given::Json<NewAct>) -> Reply {
    let (by, d) = caller::own_case(&ctx, &headers, address, &which).await?;
    cases::perform(&ctx, &d, by, &headers, body).await
}

/// `POST /api/v1/requests/{jurisdiction}/{number}/messages`.
pub async fn say(ctx: Ctx, headers: HeaderMap, address: Address, which: Which, body: given::Json<NewMessage>) -> Reply {
    let (by, d) = caller::own_case(&ctx, &headers, address, &which).await?;
    cases::write(&ctx, &d, by, &headers, body, "message").await
}
