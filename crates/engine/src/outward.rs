//! What calls out of the house: webhooks, the exchange, witnesses, the writing assistant. An address inside (loopback, a private network, the
//! metadata service of a cloud) is not called unless the operator says so, or whoever may name an address could have the
//! program knock on the doors behind the wall.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use ureq::{
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use crate::ids::Malformed;

/// Time for the whole call; well within the lease of a notice.
const CALL: Duration = Duration::from_secs(10);
/// Time to connect.
const CONNECT: Duration = Duration::from_secs(5);

/// Which addresses the program may call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those of the public internet.
    #[default]
    Public,
    /// Those of the office's own network as well.
    Inside,
}

/// An address inside, where only public ones may be called.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} is an address inside (private, loopback, link-local or reserved): allow it with --allow-private-hooks, or call a public one"
)]
pub struct Within(IpAddr);

impl Reach {
    /// Refuses an address that may not be called.
    ///
    /// # Errors
    /// When only public addresses may be called and this is none.
    pub fn check(self, address: IpAddr) -> Result<(), Within> {
        if self == Self::Inside || is_public(address) { Ok(()) } else { Err(Within(address)) }
    }

    /// Reads an address to call: one of http or https. Where its host is a number, that is checked at once; a name is
    /// checked whenever it is looked up.
    ///
    /// # Errors
    /// When it is no such address, or inside.
    pub fn address(self, text: &str) -> Result<Uri, Malformed> {
        let malformed = |what: &'static str| Malformed { text: text.into(), what };
        let uri: Option<Uri> = text.parse().ok();
        let uri = uri
            .filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
            .ok_or_else(|| malformed("an address to call (http://… or https://…)"))?;
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| malformed("an address to call (http://… or https://…)"))?;
        let number: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match number.map_or(Ok(()), |number| self.check(number)) {
            Ok(()) => Ok(uri),
            Err(_) => Err(malformed("an address outside (it is private, loopback or reserved: --allow-private-hooks)")),
        }
    }
}

/// Whether an address is one of the public internet. An IPv6 address that carries an IPv4 one is what it carries.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.segments() {
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
                is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
            }
            _ => is_public_v6(address),
        },
    }
}

/// Everything but what IANA keeps for special use.
fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Global unicast (2000::/3) without what is kept for protocols (2001::/23) and for books (2001:db8::/32, 3fff::/20).
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Looks a name up and refuses it when any of what it leads to may not be called. What it answers is what is connected to,
/// so a name cannot lead elsewhere between the two.
#[derive(Debug)]
struct Checked {
    reach: Reach,
    names: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let mut addresses = found.iter().map(SocketAddr::ip);
        addresses.try_for_each(|ip| self.reach.check(ip)).map_err(|within| ureq::Error::Other(Box::new(within)))?;
        Ok(found)
    }
}

/// What calls out. The address that the office configured is the one that is called: no proxy from the environment, no
/// redirect.
pub(crate) fn agent(reach: Reach) -> ureq::Agent {
    patient_agent(reach, CALL)
}

/// The same, which waits so long for an answer.
pub(crate) fn patient_agent(reach: Reach, call: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(call))
        .timeout_connect(Some(CONNECT))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent("linli")
        .build();
    let names = DefaultResolver::default();
    ureq::Agent::with_parts(config, DefaultConnector::default(), Checked { reach, names })
}
