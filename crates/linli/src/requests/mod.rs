//! A resident's matter: saying it in own words, following it like a parcel, rating it, reopening it.
//!
//! | route | what |
//! |---|---|
//! | `GET /` | home |
//! | `GET, POST /report` | saying it: what, where, last |
//! | `GET, POST /track` | following it with number and code |
//! | `GET /c/{jurisdiction}/{number}` | the tracking page; `/done` just after filing |
//! | `GET, POST /c/{jurisdiction}/{number}/do/{act}` | an act of the resident: rate, reopen, withdraw, urge, answer |
//! | `GET /mine` | my cases |
//! | `GET /attachments/{jurisdiction}/{id}` | a picture, to whoever may see its case |
//! | `POST /api/v1/reports`, `GET /api/v1/places` | the same for apps |

mod act;
mod api;
mod file;
mod home;
mod mine;
mod say;
mod track;
mod viewer;

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Needs::Nobody, home::page)
        .get("/report", Needs::Nobody, say::begin)
        .post("/report", Needs::Nobody, say::step)
        .get("/track", Needs::Nobody, track::ask)
        .post("/track", Needs::Nobody, track::find)
        .get("/c/{jurisdiction}/{number}", Needs::Nobody, track::page)
        .get("/c/{jurisdiction}/{number}/done", Needs::Nobody, track::done)
        .get("/c/{jurisdiction}/{number}/do/{act}", Needs::Nobody, act::page)
        .post("/c/{jurisdiction}/{number}/do/{act}", Needs::Nobody, act::perform)
        .get("/mine", Needs::Resident, mine::page)
        .get("/attachments/{jurisdiction}/{id}", Needs::Nobody, file::serve)
        .post("/api/v1/reports", Needs::Nobody, api::file)
        .get("/api/v1/places", Needs::Nobody, api::places)
}
