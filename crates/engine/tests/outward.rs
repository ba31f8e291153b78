//! What calls out calls public addresses only, however an address inside is written; where the operator allows it, it
//! calls the office's own network, too.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use linli_engine::{
    edge::new_id,
    evidence::Witness,
    ids::{CaseId, Jurisdiction, NoticeId},
    notices::{Channel, DeliveryError, Notice, Outgoing, Plug, Recipient, Webhook},
    outward::Reach,
};
use linli_worktime::Millis;
use proptest::prelude::*;

fn outgoing() -> Outgoing {
    let case = CaseId::new();
    let notice = Notice {
        id: NoticeId::new(),
        case: (Jurisdiction(990_101_001), case),
        recipient: Recipient::Case(case),
        channel: Channel::Webhook,
        template: "notice-dispatched".to_owned(),
        args: BTreeMap::new(),
        at: Millis(1_700_000_000_000),
    };
    Outgoing { notice, worker: new_id(), tries: 1 }
}

/// A server that answers every call with 204: its port, and how many have connected.
fn server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let connected = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            connected.fetch_add(1, Ordering::SeqCst);
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
    });
    (port, count)
}

#[test]
fn a_name_that_leads_inside_is_looked_up_and_not_called() {
    let (port, connected) = server();
    // A name, and the spellings of 127.0.0.1 that only the lookup understands.
    for host in ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1"] {
        let url = format!("http://{host}:{port}/");
        let Err(DeliveryError::Retry(why)) = Webhook::new(&url, b"s", Reach::Public).unwrap().deliver(&outgoing())
        else {
            panic!("{url} was called")
        };
        assert!(why.contains("--allow-private-hooks"), "{url}: {why}");
    }
    assert_eq!(connected.load(Ordering::SeqCst), 0);
    let inside = Webhook::new(&format!("http://localhost:{port}/"), b"s", Reach::Inside).unwrap();
    assert!(inside.deliver(&outgoing()).is_ok());
    assert_eq!(connected.load(Ordering::SeqCst), 1);
}

#[test]
fn a_number_inside_is_refused_when_it_is_configured() {
    let key = "council.example+17e20064+BCoQPKx6JCbjN0PT7Ql4pZMVlzgLOLlBWX+p9U8GYVYK";
    for host in [
        "127.0.0.1",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:db8::1]",
        "[::127.0.0.1]",
    ] {
        let url = format!("https://{host}/x");
        let error = Webhook::new(&url, b"s", Reach::Public).err().unwrap().to_string();
        assert!(error.contains("--allow-private-hooks"), "{url}: {error}");
        assert!(Webhook::new(&url, b"s", Reach::Inside).is_ok(), "{url}");
        let error = Witness::read(&format!("{url} {key}"), Reach::Public).err().unwrap().to_string();
        assert!(error.contains("--allow-private-hooks"), "{url}: {error}");
    }
    for host in ["223.5.5.5", "[2400:3200::1]", "[64:ff9b::8.8.8.8]", "[::ffff:223.5.5.5]", "hooks.example.org"] {
        assert!(Webhook::new(&format!("https://{host}/x"), b"s", Reach::Public).is_ok(), "{host}");
    }
}

proptest! {
    #[test]
    fn what_carries_an_address_is_judged_by_it(bits in any::<u32>()) {
        let address = Ipv4Addr::from_bits(bits);
        let is_public = Reach::Public.check(IpAddr::V4(address)).is_ok();
        let mapped = address.to_ipv6_mapped();
        prop_assert_eq!(Reach::Public.check(IpAddr::V6(mapped)).is_ok(), is_public);
        let six_to_four = Ipv6Addr::from_bits(0x2002 << 112 | u128::from(bits) << 80);
        prop_assert_eq!(Reach::Public.check(IpAddr::V6(six_to_four)).is_ok(), is_public);
        let inside = address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()
            || address.is_multicast() || address.is_broadcast() || address.is_documentation();
        prop_assert!(!(inside && is_public), "{}", address);
    }

    #[test]
    fn nothing_of_an_ipv6_network_inside_is_public(bits in any::<u128>(), of in 0usize..4) {
        let (prefix, length) = [(0xfc00, 7), (0xfe80, 10), (0xff00, 8), (0xfec0, 10)][of];
        let address = Ipv6Addr::from_bits(bits >> length | (prefix << 112));
        prop_assert!(Reach::Public.check(IpAddr::V6(address)).is_err(), "{}", address);
        prop_assert!(Reach::Inside.check(IpAddr::V6(address)).is_ok());
    }
}
