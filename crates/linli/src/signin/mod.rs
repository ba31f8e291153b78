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

use linli_engine::limits;

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
    // A server on the way may undo what stands for other characters in a path.
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let inside = next.len() <= limits::NEXT_BYTES && stays(next.as_bytes()) && stays(&undone(path));
    if inside && !next.contains(char::is_whitespace) { next.to_owned() } else { otherwise.to_owned() }
}

/// Whether a browser takes this for an address on the same site: it drops tabs and ends of lines before it reads, and
/// takes `\` for `/`.
fn stays(address: &[u8]) -> bool {
    let odd = |byte: &u8| byte.is_ascii_control() || byte.is_ascii_whitespace() || *byte == b'\\';
    address.starts_with(b"/") && !address.starts_with(b"//") && !address.iter().any(odd)
}

/// A path with every `%2f` and the like undone, once.
fn undone(path: &str) -> Vec<u8> {
    let (bytes, mut out, mut at) = (path.as_bytes(), Vec::with_capacity(path.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| str::from_utf8(pair).ok());
        let stood = pair.filter(|_| byte == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(stood.unwrap_or(byte));
        at += if stood.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use linli_engine::limits;
    use proptest::prelude::*;

    use super::local;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for next in ["/", "/mine?x=1", "/desk?q=a%20b%2F%09", "/log/check#top", "/desk/cases/990101001/261127-00046"] {
            assert_eq!(local(next, "/home"), next);
        }
        let long = format!("/{}", "a".repeat(limits::NEXT_BYTES));
        for next in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nSet-Cookie: x",
            "mine",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "/%09/evil.example",
            "/%2F/evil.example",
            "/%2fevil.example",
            "/%5Cevil.example",
            "/a b",
            "/a\u{a0}b",
            "/\u{7f}",
            &long,
        ] {
            assert_eq!(local(next, "/home"), "/home", "{next:?}");
        }
    }

    /// Reads an address as the URL standard has a browser read it, as far as the site depends on it.
    fn leaves(address: &str) -> bool {
        let read: String = address.chars().filter(|c| !['\t', '\r', '\n'].contains(c)).collect();
        let read = read.trim_matches(|c: char| c <= ' ').replace('\\', "/");
        !read.starts_with('/') || read.starts_with("//")
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_stays_here(
            asked in r"[/\\%09aA25FfCc?#.: \t\r\n\x00-\x1f\u{85}\u{a0}\u{3000}]{0,12}",
            any in any::<String>(),
        ) {
            for next in [asked.clone(), format!("/{asked}"), any] {
                let to = local(&next, "/home");
                prop_assert!(!leaves(&to), "{next:?}");
                prop_assert!(to == next || to == "/home");
                prop_assert!(!to.contains(|c: char| c.is_control() || c.is_whitespace()));
                prop_assert_eq!(local(&to, "/"), to);
            }
        }
    }
}
