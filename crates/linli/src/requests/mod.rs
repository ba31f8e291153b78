//! What residents say and how it goes on: reporting in three steps, following a case without an account, answering,
//! rating, reopening. Every page works without JavaScript.
//!
//! | route | what |
//! |---|---|
//! | `GET /` | what has to be solved, and one's open cases |
//! | `GET, POST /report` | what happened, where, and a last look; one thing a page in the elder version; the state travels in the form |
//! | `GET, POST /track` | opens a case by its number and tracking code |
//! | `GET /c/{jurisdiction}/{number}` | the case, like a parcel |
//! | `GET /c/{jurisdiction}/{number}/receipt/{seq}`, `…/code`, `GET /c/{jurisdiction}/{number}/files/{id}/receipt` | receipts |
//! | `GET /c/{jurisdiction}/{number}/filed` | its number and code, right after it was filed |
//! | `GET, POST /c/{jurisdiction}/{number}/do/{act}` | an act of the reporter |
//! | `GET /mine` | the cases of a resident who signed in |
//! | `GET /mine/notices`, `POST /mine/notices`, `POST /mine/notices/read` | what one was told, and how one wants to be |
//! | `GET /mine/data`, `GET /mine/data/copy`, `POST /mine/data/name`, `POST /mine/data/ask` | one's own data and rights |
//! | `POST /mine/data/withdraw` | takes back what is kept by consent |
//! | `GET /attachments/{jurisdiction}/{id}` | a file of a case, to whoever may see the case |

mod act;
mod case;
mod data;
mod draft;
mod files;
mod home;
mod join;
mod kept;
mod kind;
mod last;
mod mine;
mod notices;
mod pass;
mod phone;
mod photo;
mod receipts;
mod rows;
mod say;
mod story;
mod thread;
mod told;
mod track;
mod whereabouts;
mod whom;

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", Needs::Nobody, home::page)
        .get("/report", Needs::Nobody, say::start)
        .post("/report", Needs::Nobody, say::go_on)
        .get("/track", Needs::Nobody, track::page)
        .post("/track", Needs::Nobody, track::open)
        .get("/c/{jurisdiction}/{number}", Needs::Nobody, case::page)
        .get("/c/{jurisdiction}/{number}/filed", Needs::Nobody, case::filed)
        .get("/c/{jurisdiction}/{number}/do/{act}", Needs::Nobody, act::page)
        .post("/c/{jurisdiction}/{number}/do/{act}", Needs::Nobody, act::perform)
        .get("/c/{jurisdiction}/{number}/receipt/{seq}", Needs::Nobody, receipts::file)
        .get("/c/{jurisdiction}/{number}/receipt/{seq}/code", Needs::Nobody, receipts::code)
        .get("/c/{jurisdiction}/{number}/files/{id}/receipt", Needs::Nobody, receipts::of_file)
        .get("/mine", Needs::Resident, mine::page)
        .get("/mine/notices", Needs::Resident, notices::page)
        .post("/mine/notices", Needs::Resident, notices::choose)
        .post("/mine/notices/read", Needs::Resident, notices::read)
        .get("/mine/data", Needs::Resident, data::page)
        .get("/mine/data/copy", Needs::Resident, data::copy)
        .post("/mine/data/name", Needs::Resident, data::name)
        .post("/mine/data/ask", Needs::Resident, data::ask)
        .post("/mine/data/withdraw", Needs::Resident, data::withdraw)
        .get("/attachments/{jurisdiction}/{id}", Needs::Nobody, files::serve)
}
