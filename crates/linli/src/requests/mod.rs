//! Requests.

mod api;

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new().post("/api/v1/reports", Needs::Nobody, api::file).get("/api/v1/places", Needs::Nobody, api::places)
}
