//! The way into the demonstration: being somebody by one click, and being shown around. None of it is there outside a
//! demonstration.
//!
//! | route | what |
//! |---|---|
//! | `GET /demo` | who one can be |
//! | `POST /demo/enter` | be one of them |
//! | `POST /demo/tour` | the next step of the walk, the one before, the beginning, the end |

mod enter;
mod walk;

use axum::http::StatusCode;

use crate::web::{Ctx, Fault, Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new().get("/demo", Needs::Nobody, enter::page).post("/demo/enter", Needs::Nobody, enter::enter).post(
        "/demo/tour",
        Needs::Nobody,
        walk::go,
    )
}

/// Passes in a demonstration only; elsewhere there is no such page.
fn only_here(ctx: &Ctx) -> Result<(), Fault> {
    if ctx.app.config.demo { Ok(()) } else { Err(Fault::new(StatusCode::NOT_FOUND, "fault-not-found")) }
}
