//! How often an address may try something: counted in memory, for each process on its own.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use linli_worktime::Millis;

use super::App;

/// Addresses that are remembered; with more, those without a recent try are let go.
const ADDRESSES: usize = 10_000;

/// Where a request comes from. An IPv6 household has a whole /64 of addresses; they count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|socket| socket.0.ip());
        let said = || forwarded(&parts.headers).filter(|_| app.config.behind_proxy);
        Ok(Self(match said().or(socket) {
            Some(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
                Some(ip) => IpAddr::V4(ip),
                None => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
            },
            Some(ip) => ip,
            None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        }))
    }
}

impl Address {
    /// The address.
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

/// The address that the proxy in front saw: the last of `X-Forwarded-For`. What stands before it, anybody can write.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// Tries by address; clones share the count.
#[derive(Clone)]
pub struct Tries {
    most: usize,
    window_ms: i64,
    seen: Arc<Mutex<HashMap<Address, Vec<Millis>>>>,
}

impl Tries {
    /// At most `most` tries in any `window_ms` milliseconds.
    pub fn new(most: usize, window_ms: i64) -> Self {
        Self { most, window_ms, seen: Arc::default() }
    }

    /// How many milliseconds this address has to wait; none when it may try now.
    pub fn wait(&self, address: Address, now: Millis) -> Option<i64> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = seen.get(&address).map_or(&[][..], Vec::as_slice);
        let recent: Vec<Millis> = recent.iter().copied().filter(|at| now.since(*at) < self.window_ms).collect();
        let first = recent.len().checked_sub(self.most).and_then(|i| recent.get(i))?;
        Some(self.window_ms - now.since(*first))
    }

    /// Counts a try.
    pub fn count(&self, address: Address, now: Millis) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES {
            seen.retain(|_, tries| tries.last().is_some_and(|at| now.since(*at) < self.window_ms));
        }
        let tries = seen.entry(address).or_default();
        tries.retain(|at| now.since(*at) < self.window_ms);
        tries.push(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_proxy_is_believed() {
        let said = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            forwarded(&headers).map(|ip| ip.to_string())
        };
        assert_eq!(said(&["6.6.6.6, 203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(said(&["6.6.6.6", "2001:db8::7"]).as_deref(), Some("2001:db8::7"));
        assert_eq!(said(&["unknown"]), None);
        assert_eq!(said(&[]), None);
    }

    proptest! {
        /// However tries are spread, no window holds more than allowed, and whoever waits as long as told may try.
        #[test]
        fn no_window_holds_more(gaps in proptest::collection::vec(0_i64..400, 1..60)) {
            let (tries, address) = (Tries::new(3, 1000), Address(Ipv4Addr::LOCALHOST.into()));
            let (mut now, mut taken) = (Millis(0), Vec::new());
            for gap in gaps {
                now = now.plus(gap);
                match tries.wait(address, now) {
                    None => {
                        tries.count(address, now);
                        taken.push(now);
                    }
                    Some(wait) => {
                        prop_assert!((1..=1000).contains(&wait));
                        prop_assert_eq!(tries.wait(address, now.plus(wait)), None);
                    }
                }
            }
            for from in &taken {
                let inside = taken.iter().filter(|at| **at >= *from && at.since(*from) < 1000).count();
                prop_assert!(inside <= 3);
            }
        }
    }
}
