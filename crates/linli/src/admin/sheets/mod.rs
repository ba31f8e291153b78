//! Places, units, accounts, seats and the duty list as tables: XLSX and CSV in and out. An upload is read (`read`, `book`),
//! every row is checked against the directory as the other rows will leave it (`check`, `people`), the report is shown, and
//! only then, in one transaction, are the good rows put in (`apply`). Pages and commands share all of it.

pub mod apply;
mod book;
pub mod check;
mod columns;
mod duties;
mod look;
mod names;
mod orgs;
mod pages;
pub(super) mod passwords;
mod people;
mod places;
pub mod read;
pub mod report;
mod write;

pub use apply::Issued;
pub use columns::Kind;
pub(super) use look::value;
pub use names::Names;
pub(super) use pages::routes;
