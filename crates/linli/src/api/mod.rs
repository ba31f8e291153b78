//! The API: what programs read and do, with the permissions of a seat and the scopes of a token; its description, and the
//! page that explains it and lets one try it.
//!
//! | route | what |
//! |---|---|
//! | `GET /api` | the page |
//! | `GET /api/openapi.json` | the description |
//! | `GET /api/problems/{kind}` | what a refusal means |
//! | `POST /api/v1/requests`, `GET …/{jurisdiction}/{number}`, `POST …/acts`, `…/messages`, `…/attachments` | requests, as whoever brings them sees them |
//! | `GET /api/v1/cases`, `…/{jurisdiction}/{number}`, `…/timeline`, `…/acts`, `…/messages`, `…/attachments` | cases, as staff see them; `POST` to the last three |
//! | `GET /api/v1/inbox` | the open steps of a seat |
//! | `GET /api/v1/changes` | the feed |
//! | `GET /api/v1/attachments/{jurisdiction}/{id}` | a file |
//! | `GET /api/v1/places`, `orgs`, `duties`, `categories`, `flows` | what cases refer to |
//! | `GET /api/v1/me` | who the caller is |

mod caller;
mod cases;
mod changes;
mod directory;
mod files;
mod list;
mod me;
pub mod openapi;
mod page;
mod requests;
mod shapes;

use linli_engine::{
    policy::{Action, Resource},
    tokens::Scope,
};

use crate::web::{Needs, Routes, operation::Operation};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api", Needs::Nobody, page::page)
        .get("/api/openapi.json", Needs::Nobody, openapi::serve)
        .get("/api/problems/{kind}", Needs::Nobody, page::problem)
        .merge(request_routes())
        .merge(case_routes())
        .merge(part_routes())
        .merge(directory_routes())
}

fn request_routes() -> Routes {
    let own = |name| Operation::new("requests", name).coded();
    let one = "/api/v1/requests/{jurisdiction}/{number}";
    let file = Operation::new("requests", "file-request").scope(Scope::CasesFile);
    let file = file.takes::<requests::NewRequest>().gives::<requests::Receipt>().creates();
    let act = own("act-on-request").takes::<cases::NewAct>().gives::<cases::Done>();
    let say = own("write-to-request").takes::<cases::NewMessage>().gives::<cases::Done>();
    let add = own("attach-to-request").takes_files().gives::<files::Files>().creates();
    Routes::new()
        .does("/api/v1/requests", Needs::Nobody, file, requests::file)
        .reads(one, Needs::Nobody, own("read-request").gives::<requests::Request>(), requests::one)
        .does("/api/v1/requests/{jurisdiction}/{number}/acts", Needs::Nobody, act, requests::act)
        .does("/api/v1/requests/{jurisdiction}/{number}/messages", Needs::Nobody, say, requests::say)
        .does("/api/v1/requests/{jurisdiction}/{number}/attachments", Needs::Nobody, add, files::add_own)
}

const fn case(action: Action) -> Needs {
    Needs::Seat(action, Resource::Case)
}

fn case_routes() -> Routes {
    let read = |name| Operation::new("cases", name).scope(Scope::CasesRead);
    let list = read("list-cases").asks::<cases::CasesQuery>().gives::<cases::CasesPage>();
    let inbox = read("read-inbox").asks::<cases::InboxQuery>().gives::<cases::InboxPage>();
    let story = read("read-timeline").asks::<cases::TimelineQuery>().gives::<cases::Timeline>();
    let feed = Operation::new("feed", "follow-changes").scope(Scope::FeedRead);
    let feed = feed.asks::<changes::ChangesQuery>().gives::<changes::Changes>();
    let one = "/api/v1/cases/{jurisdiction}/{number}";
    Routes::new()
        .reads("/api/v1/cases", case(Action::List), list, cases::list)
        .reads("/api/v1/inbox", Needs::Seat(Action::List, Resource::Inbox), inbox, cases::inbox)
        .reads(one, case(Action::See), read("read-case").gives::<shapes::Case>(), cases::one)
        .reads("/api/v1/cases/{jurisdiction}/{number}/timeline", case(Action::See), story, cases::story)
        .reads("/api/v1/changes", case(Action::List), feed, changes::list)
}

fn part_routes() -> Routes {
    let read = |name| Operation::new("cases", name).scope(Scope::CasesRead);
    let act = |name| Operation::new("cases", name).scope(Scope::CasesAct);
    let acts = "/api/v1/cases/{jurisdiction}/{number}/acts";
    let messages = "/api/v1/cases/{jurisdiction}/{number}/messages";
    let attachments = "/api/v1/cases/{jurisdiction}/{number}/attachments";
    let add = Operation::new("cases", "attach-to-case").scope(Scope::CasesAttach).takes_files();
    let file = read("read-attachment").gives_file().coded();
    Routes::new()
        .reads(acts, case(Action::See), read("list-acts").gives::<cases::Acts>(), cases::acts)
        .does(acts, case(Action::Act), act("act-on-case").takes::<cases::NewAct>().gives::<cases::Done>(), cases::act)
        .reads(messages, case(Action::See), read("list-messages").gives::<cases::Messages>(), cases::messages)
        .does(
            messages,
            case(Action::Act),
            act("write-to-case").takes::<cases::NewMessage>().gives::<cases::Done>(),
            cases::say,
        )
        .reads(attachments, case(Action::See), read("list-attachments").gives::<files::Files>(), files::list)
        .does(attachments, case(Action::Attach), add.gives::<files::Files>().creates(), files::add)
        .reads("/api/v1/attachments/{jurisdiction}/{id}", Needs::Nobody, file, files::read)
}

fn directory_routes() -> Routes {
    use directory::{Categories, Duty, Flow, Flows, Listed, Org, PageQuery, Place, PlacesQuery};
    let read = |name| Operation::new("directory", name).scope(Scope::DirectoryRead);
    let list = |resource| Needs::Seat(Action::List, resource);
    let places = read("list-places").asks::<PlacesQuery>().gives::<Listed<Place>>();
    let orgs = read("list-orgs").asks::<PageQuery>().gives::<Listed<Org>>();
    let duties = read("list-duties").asks::<PageQuery>().gives::<Listed<Duty>>();
    Routes::new()
        .reads("/api/v1/places", Needs::Nobody, places, directory::places)
        .reads("/api/v1/places/{code}", Needs::Nobody, read("read-place").gives::<Place>(), directory::one_place)
        .reads("/api/v1/orgs", list(Resource::Org), orgs, directory::orgs)
        .reads("/api/v1/orgs/{id}", list(Resource::Org), read("read-org").gives::<Org>(), directory::one_org)
        .reads("/api/v1/duties", list(Resource::Duty), duties, directory::duties)
        .reads(
            "/api/v1/categories",
            Needs::Nobody,
            read("list-categories").gives::<Categories>(),
            directory::categories,
        )
        .reads("/api/v1/flows", Needs::Nobody, read("list-flows").gives::<Flows>(), directory::flows)
        .reads("/api/v1/flows/{id}", Needs::Nobody, read("read-flow").gives::<Flow>(), directory::one_flow)
        .reads("/api/v1/me", Needs::Staff, Operation::new("me", "read-me").gives::<me::Me>(), me::me)
}
