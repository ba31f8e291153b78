//! The JSON of the public counts.

use axum::{Json, response::IntoResponse};
use linli_engine::ids::PlaceCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Asked, after, row_key, within};
use crate::web::{Ctx, Fault, Page, Reply, given::Query};

/// Rows of an answer.
const ROWS: usize = 200;

/// What is going on at one place.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NearbyPlace")]
struct Row {
    /// The code of the place.
    #[schemars(with = "String")]
    place: PlaceCode,
    /// What people call it.
    place_name: String,
    /// The category.
    category: String,
    /// What people call it.
    category_name: String,
    /// Cases that are open.
    open: u64,
    /// Cases that were solved in the last 30 days.
    solved_30_days: u64,
    /// The day on which the newest came in or was solved.
    newest: String,
}

/// What is going on around here.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Nearby")]
pub struct List {
    /// When the counts were taken, RFC 3339.
    at: String,
    /// The places.
    rows: Vec<Row>,
    /// Where the list goes on; asked for as `after`.
    next: Option<String>,
}

/// `GET /api/v1/nearby?at=&group=&after=`.
pub async fn list(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    let (packs, directory) = (ctx.engine().packs(), ctx.engine().directory());
    let calendar = &packs.current().calendar;
    let place = asked.place(&ctx, &directory).ok_or_else(Fault::not_found)?;
    let public = ctx.engine().public_cases().await?;
    let page = Page::new(&ctx, "");
    let all = after(within(&public.spots, &place, asked.group(packs.current())).collect(), &asked.after);
    let next = (all.len() > ROWS).then(|| row_key(all[ROWS - 1]));
    let row = |spot: &&linli_engine::cases::public::Spot| Row {
        place: spot.place.clone(),
        place_name: page.place(&spot.place),
        category: spot.category.clone(),
        category_name: page.category(&spot.category),
        open: spot.open,
        solved_30_days: spot.solved,
        newest: calendar.date_of(spot.newest).to_string(),
    };
    let rows = all.iter().take(ROWS).map(row).collect();
    Ok(Json(List { at: page.time(&public.at).exact, rows, next }).into_response())
}
