//! Who a program is here: the seat that its token acts as, and what the token allows.

use axum::{Json, response::IntoResponse};
use schemars::JsonSchema;
use serde::Serialize;

use crate::web::{Ctx, Fault, Page, Reply};

/// Who calls.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    /// The role of the seat.
    role: String,
    /// The unit of the seat.
    org: String,
    /// What people call the unit.
    org_name: String,
    /// The code of the place that the seat reaches.
    place: String,
    /// The token, where one was sent.
    token: Option<MyToken>,
}

/// The token that was sent.
#[derive(Serialize, JsonSchema)]
pub struct MyToken {
    /// What it is for.
    name: String,
    /// What it may be used for.
    scopes: Vec<String>,
    /// The most requests in a minute.
    per_minute: u32,
}

/// `GET /api/v1/me`.
pub async fn me(ctx: Ctx) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let token = ctx.pass.as_ref().map(|pass| MyToken {
        name: pass.name.clone(),
        scopes: pass.scopes.all().iter().map(ToString::to_string).collect(),
        per_minute: pass.left.most,
    });
    let (role, org) = (seat.role.as_str().to_owned(), seat.org.to_string());
    let org_name = Page::new(&ctx, "").org(&org);
    Ok(Json(Me { role, org, org_name, place: seat.place.as_str().to_owned(), token }).into_response())
}
