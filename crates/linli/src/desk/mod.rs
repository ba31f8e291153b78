//! The desk: what staff see and do. The inbox of a seat, one case with its clocks and acts, search, one's
//! own seats and notices; and the same as JSON.
//!
//! | route | what |
//! |---|---|
//! | `GET /desk` | the inbox, soonest due first |
//! | `GET /desk/cases/{jurisdiction}/{number}` | a case |
//! | `POST /desk/cases/{jurisdiction}/{number}/act` | acting on it (`GET` leads back to the case) |
//! | `GET /desk/cases/{jurisdiction}/{number}/merge` | what merging it into another does, before it is done |
//! | `GET /desk/cases/{jurisdiction}/{number}/joined` | the neighbours' cases that go along with it |
//! | `POST /desk/cases/{jurisdiction}/{number}/related` | it belongs together with another, or not |
//! | `GET /desk/search` | finding cases |
//! | `GET /desk/me/tokens`, `POST /desk/me/tokens/{id}` | access for programs: fetching a token |
//! | `GET /desk/peek/{jurisdiction}/{number}` | a case as it stands beside the list |
//! | `POST /desk/cases/{jurisdiction}/{number}/draft`, `…/draft/drop` | keeping what was typed into an act's form |
//! | `POST /desk/cases/{jurisdiction}/{number}/check` | looking over the words of a reply while they are typed |
//! | `POST /desk/cases/{jurisdiction}/{number}/assistant` | a draft by the writing assistant, into the form |
//! | `GET /desk/cases/{jurisdiction}/{number}/print`, `GET /desk/print` | a case and a list on paper |
//! | `GET /desk/batch`, `POST /desk/batch/preview`, `POST /desk/batch` | one act on many cases |
//! | `GET, POST /desk/views`, `POST /desk/views/{id}` | saved views |
//! | `GET, POST /desk/phrases`, `POST /desk/phrases/{id}/delete` | ready-made words |
//! | `GET, POST /desk/handover`, `GET /desk/handover/{id}`, `POST …/take` | from shift to shift |
//! | `GET, POST /desk/cover`, `POST /desk/cover/{id}/end` | leave cover |
//! | `GET /desk/load` | how much lies with each unit |
//! | `GET /desk/hot`, `GET /desk/hot.csv` | what many write about, the hottest first |
//! | `GET /desk/me`, `POST /desk/me/seat` | one's seats and notices |
//! | `GET /desk/me/notices`, `POST /desk/me/notices`, `POST /desk/me/notices/read` | what one was told, and how one wants to be |
//! | `GET /desk/live`, `POST /desk/live/writing` | what happens after a page was drawn; that something is being filled in |

mod advice;
mod batch;
mod case;
mod check;
mod clock;
mod cover;
mod deeds;
mod drafts;
mod files;
mod handover;
mod hot;
mod inbox;
mod kept;
mod live;
mod load;
mod mark;
mod me;
mod notices;
mod parts;
mod phrases;
mod preview;
mod print;
mod related;
mod reveal;
mod saved;
mod search;
mod story;
mod suggest;
mod thread;
mod tokens;
mod views;

pub use self::live::follow_presence;
use linli_engine::{
    policy::{Action, Resource},
    seats::Account,
};

use crate::web::{Ctx, Fault, Needs, Routes, acts as act, asked, ctx::Who};

/// The account of the member of staff who asks.
///
/// # Errors
/// Where it is none.
fn account(ctx: &Ctx) -> Result<&Account, Fault> {
    match &ctx.who {
        Who::Staff { account, .. } => Ok(account),
        _ => Err(Fault::not_found()),
    }
}

/// The routes of this capability.
pub fn routes() -> Routes {
    let case = |action| Needs::Seat(action, Resource::Case);
    routes_of_the_day()
        .get("/desk", Needs::Staff, inbox::page)
        .get("/desk/cases/{jurisdiction}/{number}", case(Action::See), case::page)
        .get("/desk/cases/{jurisdiction}/{number}/act", case(Action::See), case::back)
        .post("/desk/cases/{jurisdiction}/{number}/act", case(Action::Act), case::act)
        .get("/desk/cases/{jurisdiction}/{number}/caller", Needs::Seat(Action::See, Resource::Caller), reveal::ask)
        .post("/desk/cases/{jurisdiction}/{number}/caller", Needs::Seat(Action::See, Resource::Caller), reveal::look)
        .post("/desk/cases/{jurisdiction}/{number}/ring", Needs::Seat(Action::See, Resource::Caller), reveal::ring)
        .get("/desk/cases/{jurisdiction}/{number}/merge", case(Action::Act), related::merge)
        .get("/desk/cases/{jurisdiction}/{number}/joined", case(Action::See), related::joined)
        .post("/desk/cases/{jurisdiction}/{number}/related", case(Action::Act), related::relate)
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

/// What goes round the inbox and the case: views, batches, drafts, ready-made words, shifts, covers, paper.
fn routes_of_the_day() -> Routes {
    let case = |action| Needs::Seat(action, Resource::Case);
    let (works, looks) = (Needs::Seat(Action::List, Resource::Inbox), Needs::Seat(Action::List, Resource::Search));
    Routes::new()
        .get("/desk/peek/{jurisdiction}/{number}", case(Action::See), preview::peek)
        .post("/desk/cases/{jurisdiction}/{number}/draft", case(Action::Act), drafts::save)
        .post("/desk/cases/{jurisdiction}/{number}/draft/drop", case(Action::Act), drafts::forget)
        .post("/desk/cases/{jurisdiction}/{number}/check", case(Action::Act), check::look)
        .post("/desk/cases/{jurisdiction}/{number}/assistant", case(Action::Act), advice::assist)
        .get("/desk/cases/{jurisdiction}/{number}/print", case(Action::See), print::case)
        .get("/desk/print", looks, print::list)
        .get("/desk/batch", works, batch::page)
        .post("/desk/batch/preview", works, batch::preview)
        .post("/desk/batch", works, batch::act)
        .get("/desk/views", looks, saved::page)
        .post("/desk/views", looks, saved::save)
        .post("/desk/views/{id}", looks, saved::change)
        .get("/desk/phrases", works, phrases::page)
        .post("/desk/phrases", works, phrases::keep)
        .post("/desk/phrases/{id}/delete", works, phrases::delete)
        .get("/desk/handover", works, handover::page)
        .post("/desk/handover", works, handover::give)
        .get("/desk/handover/{id}", works, handover::read)
        .post("/desk/handover/{id}/take", works, handover::take)
        .get("/desk/cover", Needs::Staff, cover::page)
        .post("/desk/cover", Needs::Staff, cover::arrange)
        .post("/desk/cover/{id}/end", Needs::Staff, cover::end)
        .get("/desk/load", looks, load::page)
        .get("/desk/hot", case(Action::List), hot::page)
        .get("/desk/hot.csv", case(Action::List), hot::table)
}
