//! Answers at hand: for everybody to look up and, while they type, to find before they file; and the pages on which staff
//! write them, look at them again when their day has come, and withdraw them.
//!
//! | route | what |
//! |---|---|
//! | `GET /answers` | all that may be given, by topic, and a search |
//! | `POST /answers/like` | what may answer the words that are being typed, as a piece of a page |
//! | `POST /answers/helped`, `GET /answers/thanks` | an answer solved it: nothing is filed, nobody is counted |
//! | `GET /desk/knowledge` | the list for staff: search, mine to look at, overdue, drafts, withdrawn |
//! | `GET /desk/knowledge/new`, `POST /desk/knowledge` | a new one |
//! | `GET /desk/knowledge/{id}`, `POST …` | one, with what became of it; what is done to it |
//! | `GET /desk/knowledge/{id}/edit` | changing it |
//!
//! What is typed travels in bodies, never in an address.

mod edit;
mod entry;
mod form;
mod list;
mod public;

use linli_engine::policy::{Action, Resource};

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    let answer = |action| Needs::Seat(action, Resource::Answer);
    Routes::new()
        .get("/answers", Needs::Nobody, public::page)
        .post("/answers/like", Needs::Nobody, public::like)
        .post("/answers/helped", Needs::Nobody, public::helped)
        .get("/answers/thanks", Needs::Nobody, public::thanks)
        .get("/desk/knowledge", answer(Action::List), list::page)
        .post("/desk/knowledge", answer(Action::File), edit::add)
        .get("/desk/knowledge/new", answer(Action::File), edit::new)
        .get("/desk/knowledge/{id}", answer(Action::See), entry::page)
        .post("/desk/knowledge/{id}", answer(Action::File), edit::change)
        .get("/desk/knowledge/{id}/edit", answer(Action::File), edit::page)
}
