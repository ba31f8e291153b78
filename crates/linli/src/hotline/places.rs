//! `GET /places`: places that somebody who types may mean. For everybody: it says no more than the map does.

use axum::{Json, response::IntoResponse};
use linli_engine::{directory::Place, ids::PlaceCode};
use serde_json::json;

use crate::web::{Ctx, Reply, asked::Asked};

/// Places offered at once.
const OFFERED: usize = 8;

/// Where whoever asks looks: staff within what they are there for, others in the whole deployment.
pub fn scope(ctx: &Ctx) -> Option<PlaceCode> {
    match ctx.seat() {
        Some(seat) => Some(seat.place.clone()),
        None => {
            let directory = ctx.engine().directory();
            let home: PlaceCode = ctx.engine().home.to_string().parse().ok()?;
            home.upwards().filter(|code| directory.place(code).is_some()).last()
        }
    }
}

/// What stands below a place's name: what people call it, or what it lies in.
pub fn hint(ctx: &Ctx, place: &Place) -> String {
    let directory = ctx.engine().directory();
    place.code.parent().map_or_else(String::new, |above| directory.place_name(&above, ctx.lang.code()))
}

/// `GET /places?q=…&near=…`.
pub async fn find(ctx: Ctx, asked: Asked) -> Reply {
    let directory = ctx.engine().directory();
    let near: Option<PlaceCode> = asked.read("near");
    let found = match (scope(&ctx), asked.get("q")) {
        (Some(within), Some(typed)) => directory.find(typed, &within, near.as_ref(), OFFERED),
        _ => Vec::new(),
    };
    let place = |place: &&Place| json!({ "value": place.code.as_str(), "text": place.name.get(ctx.lang.code()), "hint": hint(&ctx, place) });
    Ok(Json(found.iter().map(place).collect::<Vec<_>>()).into_response())
}
