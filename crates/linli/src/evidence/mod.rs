//! The log of evidence as outsiders read it (C2SP tlog-tiles), one for each street. Receipts are handed out where cases
//! are followed (`requests/receipts.rs`).
//!
//! | route | what |
//! |---|---|
//! | `GET /log` | what the log is for, the logs and their keys |
//! | `GET /log/check` | the page that checks a receipt, one file that works without this program |
//! | `GET /log/{street}/checkpoint` | the newest signed head |
//! | `GET /log/{street}/tile/…` | tiles and bundles of entries |

mod check;
mod tiles;

use crate::web::{Needs, Routes};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/log", Needs::Nobody, tiles::page)
        .get("/log/check", Needs::Nobody, check::page)
        .get("/log/{street}/checkpoint", Needs::Nobody, tiles::checkpoint)
        .get("/log/{street}/tile/{*path}", Needs::Nobody, tiles::tile)
}
