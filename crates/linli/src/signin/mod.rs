//! Signing in and out, and how the pages look to this reader. Residents sign in with a telephone and a one-time code,
//! staff with a name and a password.
//!
//! | route | what |
//! |---|---|
//! | `GET, POST /signin` | a resident asks for a code |
//! | `GET, POST /signin/code` | and gives it |
//! | `GET, POST /desk/signin` | staff |
//! | `GET, POST /desk/signin/code`, `POST /desk/signin/passkey` | and their passkey or code, where the second factor is on |
//! | `GET, POST /desk/me/factor`, `POST …/prove`, `POST …/confirm`, `POST …/change` | one's own second factor |
//! | `POST /desk/me/factor/passkey`, `POST …/ask`, `POST …/remove` | and its passkeys |
//! | `GET, POST /desk/me/sessions`, `GET, POST /mine/sessions` | where one is signed in |
//! | `GET, POST /desk/password` | staff choose another password |
//! | `POST /signout` | both |
//! | `POST /settings` | language, large print, light or dark |

mod factor;
mod passkey;
mod password;
mod resident;
mod second;
mod sessions;
mod settings;
mod staff;

use crate::web::{Needs, Routes, page::go_with};

/// The routes of this capability.
pub fn routes() -> Routes {
    Routes::new()
        .get("/signin", Needs::Nobody, resident::phone)
        .post("/signin", Needs::Nobody, resident::send)
        .get("/signin/code", Needs::Nobody, resident::code)
        .post("/signin/code", Needs::Nobody, resident::redeem)
        .get("/desk/signin", Needs::Nobody, staff::page)
        .post("/desk/signin", Needs::Nobody, staff::sign_in)
        .get("/desk/signin/code", Needs::Nobody, second::page)
        .post("/desk/signin/code", Needs::Nobody, second::check)
        .post("/desk/signin/passkey", Needs::Nobody, passkey::ask_half)
        .get("/desk/me/factor", Needs::Staff, factor::page)
        .post("/desk/me/factor", Needs::Staff, factor::begin)
        .post("/desk/me/factor/prove", Needs::Staff, factor::prove)
        .post("/desk/me/factor/passkey", Needs::Staff, passkey::add)
        .post("/desk/me/factor/passkey/ask", Needs::Staff, passkey::ask)
        .post("/desk/me/factor/passkey/remove", Needs::Staff, passkey::remove)
        .post("/desk/me/factor/confirm", Needs::Staff, factor::confirm)
        .post("/desk/me/factor/change", Needs::Staff, factor::save)
        .get("/desk/me/sessions", Needs::Staff, sessions::page)
        .post("/desk/me/sessions", Needs::Staff, sessions::end)
        .get("/mine/sessions", Needs::Resident, sessions::page)
        .post("/mine/sessions", Needs::Resident, sessions::end)
        .get("/desk/password", Needs::Staff, password::page)
        .post("/desk/password", Needs::Staff, password::save)
        .post("/signout", Needs::Nobody, settings::sign_out)
        .post("/settings", Needs::Nobody, settings::save)
}

/// Where to go afterwards: a page of this site, never another's.
fn local(next: &str, otherwise: &str) -> String {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if inside { next.to_owned() } else { otherwise.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(local("/mine?x=1", "/"), "/mine?x=1");
        for next in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "mine"] {
            assert_eq!(local(next, "/"), "/", "{next}");
        }
    }
}
