//! Where a request comes from, as far as it is kept: the browser and the system in a word each, the coarse part of the
//! address, and digests that tries are counted under.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use linli_engine::{sessions, vault::VaultKey};

use super::{
    App, Page,
    ctx::{cookie, cookie_value},
    i18n,
    tries::Address,
};

/// What a `User-Agent` says of a browser: the first that is found. Most claim to be several.
const BROWSERS: [(&str, &str); 13] = [
    ("micromessenger", "wechat"),
    ("dingtalk", "dingtalk"),
    ("edg", "edge"),
    ("huaweibrowser", "huawei"),
    ("miuibrowser", "xiaomi"),
    ("ucbrowser", "uc"),
    ("qqbrowser", "qq"),
    ("opr/", "opera"),
    ("fxios", "firefox"),
    ("firefox/", "firefox"),
    ("crios", "chrome"),
    ("chrome/", "chrome"),
    ("safari/", "safari"),
];
/// The same of a system.
const SYSTEMS: [(&str, &str); 8] = [
    ("openharmony", "harmony"),
    ("harmonyos", "harmony"),
    ("android", "android"),
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("linux", "linux"),
];

/// The browser and the system of a `User-Agent`, in a word each.
pub fn device(agent: &str) -> String {
    let agent = agent.to_ascii_lowercase();
    let of = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map_or("other", |(_, word)| word)
    };
    format!("{} {}", of(&BROWSERS), of(&SYSTEMS))
}

/// The coarse part of an address: of some tens of thousands, or of all that a provider has.
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            format!("{a}.{b}.x.x")
        }
        IpAddr::V6(ip) => {
            let [a, b, ..] = ip.segments();
            format!("{a:x}:{b:x}:x")
        }
    }
}

/// A device in the reader's words.
pub fn device_words(page: &Page, device: &str) -> String {
    let word = |word: &str| {
        let key = format!("device-{word}");
        if i18n::has(page.lang(), &key) { page.t(&key) } else { page.t("device-other") }
    };
    match device.split_once(' ') {
        Some(("other", "other")) | None => page.t("device-unknown"),
        Some((browser, system)) => format!("{} · {}", word(browser), word(system)),
    }
}

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin(pub sessions::Origin);

impl Origin {
    /// The same with what the device is known by.
    pub fn known(mut self, key: &VaultKey, device: &str) -> Self {
        self.0.known = Some(key.mac(b"device", device.as_bytes()));
        self
    }
}

/// What the device was given to be known by.
pub fn known_by(headers: &HeaderMap) -> Option<&str> {
    cookie_value(headers, cookie::DEVICE).filter(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let address = Address::from_request_parts(parts, app).await?.ip();
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(sessions::Origin {
            device: agent.map(device).unwrap_or_default(),
            network: network(address),
            address: Some(app.engine.vault_key.mac(b"address", address.to_string().as_bytes())),
            known: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let known = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "chrome windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "edge windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "safari iphone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140 Mobile Safari/537.36 MicroMessenger/8.0",
                "wechat android",
            ),
            ("curl/8.0", "other other"),
        ];
        for (agent, words) in known {
            assert_eq!(device(agent), words, "{agent}");
        }
    }

    proptest! {
        /// Nothing of what a stranger sends is kept but words of ours.
        #[test]
        fn a_device_is_two_known_words(agent in "\\PC{0,200}") {
            let device = device(&agent);
            let (browser, system) = device.split_once(' ').unwrap();
            prop_assert!(browser == "other" || BROWSERS.iter().any(|(_, word)| *word == browser));
            prop_assert!(system == "other" || SYSTEMS.iter().any(|(_, word)| *word == system));
        }

        /// Neighbours share a network: the last half of an address says nothing.
        #[test]
        fn a_network_is_coarse(head: u16, one: u16, other: u16) {
            let of = |tail: u16| network(IpAddr::from((u32::from(head) << 16 | u32::from(tail)).to_be_bytes()));
            prop_assert_eq!(of(one), of(other));
        }
    }
}
