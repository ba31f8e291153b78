//! The JSON of reporting, for apps and other systems: file a report, find a place.

use axum::{
    Json,
    extract::{Query, State, rejection::JsonRejection},
    http::StatusCode,
    response::IntoResponse,
};
use linli_engine::{
    cases::{Channel, file::Report},
    ids::PlaceCode,
    vault::{Caller, Secret},
};
use serde::{Deserialize, Serialize};

use super::whereabouts;
use crate::web::{App, Ctx, Fault, Reply, ctx::Who};

/// Places in an answer.
const PLACES: usize = 10;

/// What an app sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    key: String,
    body: String,
    place: PlaceCode,
    #[serde(default)]
    title: String,
    #[serde(default)]
    address: String,
    category: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    confidential: bool,
}

#[derive(Serialize)]
struct Receipt {
    jurisdiction: String,
    number: String,
    tracking: String,
    again: bool,
}

/// `POST /api/v1/reports`: files a report; 201 with its number and tracking code once it is on the disk.
pub async fn file(State(app): State<App>, ctx: Ctx, body: Result<Json<NewReport>, JsonRejection>) -> Reply {
    let Json(new) = body.map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"))?;
    let good_key = (8..=120).contains(&new.key.len())
        && new.key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    if !good_key {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"));
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
        key: format!("app:{}", new.key),
        channel: Channel::Web,
        kind: None,
        category: new.category,
        title: new.title,
        body: new.body,
        place: new.place,
        address: new.address,
        point: None,
        caller,
        at: None,
        dispatch: app.config.auto_dispatch,
        joins: None,
    };
    let filed = app.engine.file(report).await?;
    let receipt = Receipt {
        jurisdiction: filed.key.jurisdiction.to_string(),
        number: filed.number,
        tracking: filed.tracking,
        again: filed.again,
    };
    Ok((StatusCode::CREATED, Json(receipt)).into_response())
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Words {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Found {
    code: PlaceCode,
    name: String,
}

/// `GET /api/v1/places?q=`: the places that words point to.
pub async fn places(ctx: Ctx, Query(words): Query<Words>) -> Reply {
    let directory = ctx.engine().directory();
    let places = whereabouts::locate(&directory, &words.q, PLACES).into_iter();
    let found = places.map(|p| Found { code: p.code.clone(), name: directory.place_name(&p.code, ctx.lang.code()) });
    Ok(Json(found.collect::<Vec<_>>()).into_response())
}
