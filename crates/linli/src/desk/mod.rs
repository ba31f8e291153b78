//! The desk: what staff see and do. The inbox of a seat, one case with its clocks and acts, search, one's
//! own seats and notices; and the same as JSON.
//!
//! | route | what |
//! |---|---|
//! | `GET /desk` | the inbox, soonest due first |
//! | `GET /desk/cases/{jurisdiction}/{number}` | a case |
//! | `POST /desk/cases/{jurisdiction}/{number}/act` | acting on it (`GET` leads back to the case) |
//! | `GET /desk/search` | finding cases |
//! | `GET /desk/me/tokens`, `POST /desk/me/tokens/{id}` | access for programs: fetching a token |
//! | `GET /desk/me`, `POST /desk/me/seat` | one's seats and notices |
//! | `GET /desk/me/notices`, `POST /desk/me/notices`, `POST /desk/me/notices/read` | what one was told, and how one wants to be |
//! | `GET /desk/live`, `POST /desk/live/writing` | what happens after a page was drawn; that something is being filled in |

mod case;
mod clock;
mod files;
mod inbox;
mod live;
mod mark;
mod me;
mod notices;
mod search;
mod story;
mod tokens;
mod views;

pub use self::live::follow_presence;
use linli_engine::policy::{Action, Resource};

use crate::web::{Needs, Routes, acts as act, asked};

/// The routes of this capability.
pub fn routes() -> Routes {
    let case = |action| Needs::Seat(action, Resource::Case);
    Routes::new()
        .get("/desk", Needs::Staff, inbox::page)
        .get("/desk/cases/{jurisdiction}/{number}", case(Action::See), case::page)
        .get("/desk/cases/{jurisdiction}/{number}/act", case(Action::See), case::back)
        .post("/desk/cases/{jurisdiction}/{number}/act", case(Action::Act), case::act)
        .get("/desk/search", Needs::Seat(Action::List, Resource::Search), search::page)
        .get("/desk/me", Needs::Staff, me::page)
        .post("/desk/me/seat", Needs::Staff, me::sit)
        .get("/desk/me/tokens", Needs::Staff, tokens::page)
        .post("/desk/me/tokens/{id}", Needs::Staff, tokens::fetch)
        .get("/desk/me/notices", Needs::Seat(Action::List, Resource::Notice), notices::page)
        .post("/desk/me/notices", Needs::Seat(Action::List, Resource::Notice), notices::choose)
        .post("/desk/me/notices/read", Needs::Seat(Action::List, Resource::Notice), notices::read)
        .get("/desk/live", Needs::Seat(Action::List, Resource::Notice), live::open)
        .post("/desk/live/writing", case(Action::See), live::writing)
}
