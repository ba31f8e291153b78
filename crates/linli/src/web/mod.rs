//! What every page builds on: language, assets, the frame of a page, routes with the policy that guards them, sign-in
//! state, faults in the reader's words. Below the capabilities; it knows none of them.

pub mod access;
pub mod act_form;
pub mod acts;
pub mod alarm;
pub mod answers;
pub mod asked;
pub mod assets;
pub mod compress;
pub mod ctx;
pub mod cursor;
pub mod doubts;
pub mod download;
pub mod entry;
pub mod fault;
pub mod forms;
pub mod given;
pub mod guess;
pub mod i18n;
pub mod live;
pub mod notices;
pub mod operation;
pub mod origin;
pub mod page;
pub mod problem;
pub mod process;
pub mod qr;
pub mod rate;
pub mod routes;
pub mod times;
pub mod tour;
pub mod trace;
pub mod tries;
pub mod uploads;

pub use act_form::ActForm;
pub use ctx::{App, Ctx};
pub use fault::{Fault, Reply};
pub use page::Page;
pub use routes::{Needs, Routes};
