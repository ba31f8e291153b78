//! What every page builds on: language, assets, the frame of a page, routes with the policy that guards them, sign-in
//! state, faults in the reader's words. Below the capabilities; it knows none of them.

pub mod act_form;
pub mod asked;
pub mod assets;
pub mod compress;
pub mod ctx;
pub mod fault;
pub mod forms;
pub mod i18n;
pub mod live;
pub mod notices;
pub mod page;
pub mod routes;
pub mod times;
pub mod tour;
pub mod tries;
pub mod uploads;

pub use act_form::ActForm;
pub use ctx::{App, Ctx};
pub use fault::{Fault, Reply};
pub use page::Page;
pub use routes::{Needs, Routes};
