//! The outbox: each notice goes out once, a lost worker loses none, and a webhook can tell who is calling.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread::JoinHandle,
};

use hmac::{Hmac, KeyInit, Mac};
use linli_engine::{
    db::{Db, DbError, Tx},
    edge::new_id,
    ids::{CaseId, Jurisdiction, NoticeId, PersonId},
    limits,
    notices::{
        Channel, Counts, DeliveryError, Next, Notice, Outgoing, Plug, Plugs, Recipient, Undelivered, Webhook, backoff,
        claim, failed, failed_notices, for_recipients, queue, run_once, sent,
    },
    outward::Reach,
};
use linli_testbed::{Bed, on_both};
use linli_worktime::Millis;
use proptest::prelude::*;
use tokio::task::JoinSet;

const STREETS: [Jurisdiction; 2] = [Jurisdiction(990_101_001), Jurisdiction(990_101_002)];
const START: Millis = Millis(1_700_000_000_000);

fn notice(street: usize, recipient: Recipient, channel: Channel) -> Notice {
    Notice {
        id: NoticeId::new(),
        case: (STREETS[street], CaseId::new()),
        recipient,
        channel,
        template: "notice-dispatched".into(),
        args: BTreeMap::from([("number".into(), "2026-1".into()), ("by".into(), "街道\"\n".into())]),
        at: START,
    }
}

fn desk() -> Recipient {
    "role:desk@990101001".parse().unwrap()
}

async fn queued(db: &Db, notices: Vec<Notice>) -> Vec<NoticeId> {
    let ids = notices.iter().map(|n| n.id).collect();
    db.write(move |tx: &mut Tx<'_>| notices.iter().try_for_each(|n| queue(tx, n))).await.unwrap();
    ids
}

async fn claimed(db: &Db, worker: [u8; 16], now: Millis, limit: usize) -> Vec<Outgoing> {
    db.write(move |tx: &mut Tx<'_>| claim(tx, worker, now, limit)).await.unwrap()
}

async fn fail(db: &Db, out: &Outgoing, why: DeliveryError, now: Millis) -> Next {
    let out = out.clone();
    db.write(move |tx: &mut Tx<'_>| failed(tx, &out, &why, now)).await.unwrap()
}

async fn deliver(db: &Db, out: &Outgoing) {
    let out = out.clone();
    db.write(move |tx: &mut Tx<'_>| sent(tx, &out)).await.unwrap();
}

async fn given_up(db: &Db, street: usize) -> Vec<Undelivered> {
    db.read(move |tx: &mut Tx<'_>| failed_notices(tx, STREETS[street], None, 50)).await.unwrap()
}

async fn eight_workers_claim_each_notice_once(bed: Bed) {
    let many = (0..200).map(|i| notice(i % 2, desk(), [Channel::Sms, Channel::Mail][i % 2])).collect();
    let ids = queued(&bed.db, many).await;
    queued(&bed.db, vec![notice(0, desk(), Channel::Screen)]).await;
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let db = bed.db.clone();
        workers.spawn(async move {
            let (worker, mut mine) = (new_id(), Vec::new());
            loop {
                let some = claimed(&db, worker, START, 7).await;
                if some.is_empty() {
                    return mine;
                }
                assert!(some.len() <= 7 && some.iter().all(|o| o.worker == worker && o.tries == 1));
                mine.extend(some.into_iter().map(|o| o.notice.id));
            }
        });
    }
    let all: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), ids.len());
    assert_eq!(BTreeSet::from_iter(all), BTreeSet::from_iter(ids));
}

async fn a_lease_that_ends_gives_the_notice_back(bed: Bed) {
    let was = notice(0, desk(), Channel::Sms);
    queued(&bed.db, vec![was.clone()]).await;
    let lost = claimed(&bed.db, new_id(), START, 9).await.remove(0);
    assert_eq!(lost.notice, was);
    assert!(claimed(&bed.db, new_id(), START.plus(limits::LEASE_MS - 1), 9).await.is_empty());
    let later = START.plus(limits::LEASE_MS);
    let held = claimed(&bed.db, new_id(), later, 9).await.remove(0);
    assert_eq!((held.notice.id, held.tries), (was.id, 2));

    // The first worker wakes up late: its failure is no longer of interest, its success is.
    fail(&bed.db, &lost, DeliveryError::Refuse("late".into()), later).await;
    assert!(given_up(&bed.db, 0).await.is_empty());
    deliver(&bed.db, &lost).await;
    fail(&bed.db, &held, DeliveryError::Retry("twice".into()), later).await;
    assert!(claimed(&bed.db, new_id(), later.plus(i64::from(u32::MAX)), 9).await.is_empty());
}

async fn failures_wait_longer_each_time_and_end_with_the_administrator(bed: Bed) {
    let id = queued(&bed.db, vec![notice(1, desk(), Channel::Mail)]).await[0];
    let mut now = START;
    for tries in 1..=limits::NOTICE_TRIES {
        let out = claimed(&bed.db, new_id(), now, 9).await.remove(0);
        assert_eq!((out.notice.id, out.tries), (id, tries));
        assert!(given_up(&bed.db, 1).await.is_empty());
        match fail(&bed.db, &out, DeliveryError::Retry("busy".into()), now).await {
            Next::Retry(at) => {
                assert_eq!(at.since(now), 60_000 << (tries - 1));
                assert!(claimed(&bed.db, new_id(), at.plus(-1), 9).await.is_empty());
                now = at;
            }
            Next::GivenUp => assert_eq!(tries, limits::NOTICE_TRIES),
        }
    }
    assert!(claimed(&bed.db, new_id(), now.plus(i64::from(u32::MAX)), 9).await.is_empty());
    let list = given_up(&bed.db, 1).await;
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].notice.id, list[0].tries, list[0].reason.as_str()), (id, limits::NOTICE_TRIES, "busy"));
    assert!(given_up(&bed.db, 0).await.is_empty());
}

async fn pages_follow_one_another(bed: Bed) {
    let (me, other) = (Recipient::Person(PersonId::new()), Recipient::Case(CaseId::new()));
    let mine: Vec<_> =
        (0..25).map(|i| notice(0, [me.clone(), desk()][usize::from(i % 3 == 0)].clone(), Channel::Screen)).collect();
    queued(&bed.db, mine.clone()).await;
    let foreign = [notice(0, other, Channel::Screen), notice(1, me.clone(), Channel::Screen)];
    queued(&bed.db, foreign.into_iter().chain([notice(0, me.clone(), Channel::Sms)]).collect()).await;

    let (mut got, mut before) = (Vec::new(), None);
    loop {
        let recipients = [me.clone(), desk(), me.clone()];
        let page = bed.db.read(move |tx: &mut Tx<'_>| for_recipients(tx, STREETS[0], &recipients, before, 4));
        let page = page.await.unwrap();
        assert!(page.len() <= 4);
        let Some(last) = page.last() else { break };
        assert!(before.is_none_or(|b| last.id < b), "the page is there again");
        before = Some(last.id);
        got.extend(page);
    }
    let mut want = mine;
    want.sort_by_key(|n| std::cmp::Reverse(n.id));
    assert_eq!(got, want);
}

async fn the_same_notice_is_not_queued_twice(bed: Bed) {
    let one = notice(0, desk(), Channel::Sms);
    queued(&bed.db, vec![one.clone()]).await;
    let again = bed.db.write(move |tx: &mut Tx<'_>| queue(tx, &one)).await;
    assert!(matches!(again, Err(DbError::Duplicate { .. })), "{again:?}");
}

/// The head and the body of a call.
type Call = (String, Vec<u8>);

/// What a server that answers one call after another with these statuses was sent.
fn server(statuses: &'static [u16]) -> (String, JoinHandle<Vec<Call>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/notices?from=linli", listener.local_addr().unwrap());
    let serve = move || {
        let mut calls = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(reader.read_line(&mut head).unwrap(), 0);
            }
            let length = header(&head, "content-length").unwrap().parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {status} X\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            calls.push((head, body));
        }
        calls
    };
    (url, std::thread::spawn(serve))
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().filter_map(|l| l.split_once(": "));
    lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v)
}

async fn a_webhook_gets_each_notice_signed(bed: Bed) {
    // One call a round, so that the answers are taken in this order.
    let (url, calls) = server(&[200, 500, 200, 400, 302, 429]);
    let plugs = Plugs::default().with(Webhook::new(&url, b"shared secret", Reach::Inside).unwrap());
    assert!(plugs.has(Channel::Webhook) && plugs.has(Channel::Screen) && !plugs.has(Channel::Sms));
    let round = async |now| run_once(&bed.db, &plugs, new_id(), now).await.unwrap();
    let (sent, waiting, given_up_) = (
        Counts { sent: 1, ..Counts::default() },
        Counts { waiting: 1, ..Counts::default() },
        Counts { given_up: 1, ..Counts::default() },
    );

    let first = notice(0, desk(), Channel::Webhook);
    queued(&bed.db, vec![first.clone()]).await;
    assert_eq!(round(START).await, sent);
    assert_eq!(round(START).await, Counts::default());

    let second = queued(&bed.db, vec![notice(1, desk(), Channel::Webhook)]).await[0];
    assert_eq!(round(START).await, waiting);
    assert_eq!(round(START.plus(59_999)).await, Counts::default());
    assert_eq!(round(START.plus(60_000)).await, sent);

    let third = queued(&bed.db, vec![notice(0, desk(), Channel::Webhook)]).await[0];
    assert_eq!(round(START).await, given_up_);
    let list = given_up(&bed.db, 0).await;
    assert_eq!((list[0].notice.id, list[0].reason.as_str()), (third, "refused: the webhook answered 400"));
    for _ in 0..2 {
        queued(&bed.db, vec![notice(0, desk(), Channel::Webhook)]).await;
        assert_eq!(round(START).await, waiting);
    }

    let calls = calls.join().unwrap();
    for (head, body) in &calls {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(b"shared secret").unwrap().chain_update(body).finalize();
        let want = format!("sha256={}", linli_engine::hex(&mac.into_bytes()));
        assert_eq!(header(head, "x-linli-signature"), Some(want.as_str()));
        assert!(head.starts_with("POST /notices?from=linli HTTP/1.1\r\n"), "{head}");
    }
    let keys: Vec<_> = calls.iter().map(|(head, _)| header(head, "x-linli-key").unwrap().to_owned()).collect();
    assert_eq!(keys[..4], [first.id, second, second, third].map(|id| id.to_string()));
    let want = format!(
        r#"{{"args":{{"by":"街道\"\n","number":"2026-1"}},"at":1700000000000,"case":"{}","channel":"webhook","id":"{}","jurisdiction":"990101001","recipient":"role:desk@990101001","template":"notice-dispatched"}}"#,
        first.case.1, first.id
    );
    assert_eq!(String::from_utf8(calls[0].1.clone()).unwrap(), want);
}

struct Panics;
impl Plug for Panics {
    fn channel(&self) -> Channel {
        Channel::Mail
    }
    fn deliver(&self, _: &Outgoing) -> Result<(), DeliveryError> {
        panic!("on purpose")
    }
}

async fn bad_plugs_lose_nothing(bed: Bed) {
    // Nobody listens on a port that has just been closed.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let plugs =
        Plugs::default().with(Panics).with(Webhook::new(&format!("http://{closed}/"), b"s", Reach::Inside).unwrap());
    let channels = [Channel::Sms, Channel::Mail, Channel::Webhook];
    let ids = queued(&bed.db, channels.iter().map(|c| notice(0, desk(), *c)).collect()).await;
    let counts = run_once(&bed.db, &plugs, new_id(), START).await.unwrap();
    assert_eq!((counts, counts.all()), (Counts { sent: 0, waiting: 2, given_up: 1 }, 3));
    let list = given_up(&bed.db, 0).await;
    assert_eq!((list[0].notice.id, list[0].reason.as_str()), (ids[0], "refused: no plug for sms is configured"));
    let again = claimed(&bed.db, new_id(), START.plus(60_000), 9).await;
    assert_eq!(BTreeSet::from_iter(again.iter().map(|o| o.notice.id)), BTreeSet::from([ids[1], ids[2]]));
}

on_both! {
    claims => eight_workers_claim_each_notice_once;
    leases => a_lease_that_ends_gives_the_notice_back;
    retries => failures_wait_longer_each_time_and_end_with_the_administrator;
    pages => pages_follow_one_another;
    repeats => the_same_notice_is_not_queued_twice;
    webhooks => a_webhook_gets_each_notice_signed;
    plugs => bad_plugs_lose_nothing;
}

#[test]
fn webhooks_need_an_address_and_a_secret() {
    for url in ["", "example.org", "ftp://example.org/", "http://", "file:///etc/passwd", "/x"] {
        assert!(Webhook::new(url, b"s", Reach::Public).is_err(), "{url}");
    }
    assert!(Webhook::new("https://example.org/", b"", Reach::Public).is_err());
    assert!(Webhook::new("https://example.org/", b"s", Reach::Public).is_ok());
}

fn recipient() -> impl Strategy<Value = Recipient> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(|id| Recipient::Person(PersonId(id))),
        any::<[u8; 16]>().prop_map(|id| Recipient::Case(CaseId(id))),
        "[a-z0-9-]{1,48}".prop_map(|id| Recipient::Org(id.parse().unwrap())),
        ("[a-z-]{1,20}", "[0-9]{9}|[0-9]{15}")
            .prop_map(|(role, place)| Recipient::Role { role, place: place.parse().unwrap() }),
    ]
}

proptest! {
    #[test]
    fn recipients_read_back(recipient in recipient()) {
        prop_assert_eq!(recipient.to_string().parse::<Recipient>().unwrap(), recipient);
    }

    #[test]
    fn no_text_upsets_the_reader(text in any::<String>(), kind in "(person|org|role|case):.{0,20}") {
        for text in [text, kind] {
            if let Ok(recipient) = text.parse::<Recipient>() {
                prop_assert_eq!(recipient.to_string().parse(), Ok(recipient));
            }
        }
    }

    #[test]
    fn waits_double_up_to_six_hours(tries in 1_u32..) {
        let (this, next) = (backoff(tries), backoff(tries.saturating_add(1)));
        prop_assert_eq!(next, (this * 2).min(6 * 3_600_000));
        prop_assert!(this >= 60_000);
    }
}
