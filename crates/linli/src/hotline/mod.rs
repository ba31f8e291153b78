//! The seat at the hotline, while the caller talks: one form for the keyboard, the earlier matters of whoever calls,
//! answers at hand, calling back later, handing an emergency over; and finding places while they are typed.
//!
//! | route | what |
//! |---|---|
//! | `GET /desk/new`, `POST /desk/new` | the form; what is done with it |
//! | `POST /desk/new/caller` | the earlier matters of a number, as a piece of the page |
//! | `POST /desk/new/think` | category, answers, repeats and the sentence to read back, for what is typed so far |
//! | `POST /desk/new/asked` | the caller asked how far an earlier matter is, or urges it |
//! | `POST /desk/new/record` | a call of which nothing comes: nobody spoke, or abuse |
//! | `GET /desk/new/done/{jurisdiction}/{number}` | the number to read out, and on to the next call |
//! | `GET /desk/calls/{jurisdiction}/{number}`, `POST …/dial` | calling back |
//! | `GET /places` | places that somebody who types may mean, as JSON |
//!
//! A telephone number never stands in an address: it travels in the body of a form, or in the fragment (`/desk/new#tel=…`,
//! for softphones), which browsers keep to themselves, and which the page takes out of the history at once.

mod beside;
mod callback;
mod caller;
mod done;
mod draft;
mod finish;
mod page;
mod places;

use linli_engine::policy::{Action, Resource};

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    let case = |action| Needs::Seat(action, Resource::Case);
    Routes::new()
        .get("/desk/new", case(Action::File), page::page)
        .post("/desk/new", case(Action::File), finish::send)
        .post("/desk/new/caller", case(Action::File), caller::piece)
        .post("/desk/new/think", case(Action::File), beside::think)
        .post("/desk/new/asked", case(Action::File), caller::asked)
        .post("/desk/new/record", case(Action::File), done::record)
        .get("/desk/new/done/{jurisdiction}/{number}", case(Action::File), done::page)
        .get("/desk/calls/{jurisdiction}/{number}", case(Action::File), callback::page)
        .post("/desk/calls/{jurisdiction}/{number}/dial", case(Action::File), callback::dial)
        .get("/places", Needs::Nobody, places::find)
}
