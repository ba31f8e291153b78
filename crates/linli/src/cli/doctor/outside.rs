//! How people reach it. Whether a certificate holds is what a handshake says; the day on which it ends stands inside the
//! certificate, and reading it would take a library of its own: ask whatever renews it.

use std::net::SocketAddr;

use linli_engine::passkey::Party;

use super::{Line, look, ok, wrong};
use crate::cli::{Failure, Where};

pub(super) fn listening(listen: SocketAddr, secure_cookies: bool) -> Line {
    let todo = "put a proxy that speaks TLS in front and set LINLI_SECURE_COOKIES=true";
    match (listen.ip().is_loopback(), secure_cookies) {
        (_, true) => ok("listening", format!("{listen}, cookies over TLS only")),
        (true, false) => {
            ok("listening", format!("{listen}, for this machine only; behind a proxy, set LINLI_SECURE_COOKIES"))
        }
        (false, false) => look("listening", format!("{listen}: passwords and cookies may travel in the clear"), todo),
    }
}

/// Whether staff can use passkeys: they are bound to a name, so the program has to be told it.
pub(super) fn passkeys(url: Option<&str>) -> Line {
    let todo = "set LINLI_URL to the address that people type, e.g. https://street.example";
    match url.map(str::parse::<Party>) {
        Some(Ok(party)) => {
            ok("passkeys", format!("bound to {}; under another name they are worth nothing", party.id()))
        }
        Some(Err(error)) => look("passkeys", format!("not offered: {error}"), todo),
        None => ok("passkeys", format!("not offered, except on localhost; {todo}")),
    }
}

/// The one thing that sends words of cases to a machine of somebody else's. It is named, and not asked.
pub(super) fn assistant(place: &Where) -> Result<Line, Failure> {
    let Some(assistant) = place.plugs()?.assistant() else {
        return Ok(ok("assistant", "none: no language model is ever asked"));
    };
    let (url, model) = assistant.name();
    let says = format!("{model} at {url}: sent the masked words of a case whenever somebody asks for a draft");
    if url.starts_with("https:") {
        return Ok(ok("assistant", says));
    }
    let todo = "give it an address over TLS, unless it is on this machine";
    Ok(look("assistant", format!("{says}, in the clear"), todo))
}

pub(super) fn url(url: &str) -> Line {
    let config = ureq::Agent::config_builder().timeout_global(Some(std::time::Duration::from_secs(10)));
    let agent = config.http_status_as_error(false).max_redirects(0).proxy(None).build().new_agent();
    let address = format!("{}/healthz", url.trim_end_matches('/'));
    let is_plain = address.starts_with("http://");
    match agent.get(&address).call().map(|answer| answer.status().as_u16()) {
        Err(error) => wrong("address", format!("{address}: {error}"), "see to the proxy and its certificate"),
        Ok(200) if is_plain => look("address", format!("{url} answers, in the clear"), "let people use https only"),
        Ok(200) => ok("address", format!("{url} answers over TLS, and its certificate holds today")),
        Ok(status) => wrong("address", format!("{address} answers {status}"), "see to the proxy: is it this program?"),
    }
}
