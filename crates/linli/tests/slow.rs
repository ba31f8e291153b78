//! Real sockets: whoever says nothing loses the place, whoever is slow keeps it, and no more come in than there are places.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::get,
};
use linli::connections::{Patience, answer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{Instant, interval, timeout},
};

const LONG: Duration = Duration::from_secs(600);
const BRIEF: Duration = Duration::from_millis(50);
const PIECE: Duration = Duration::from_millis(20);

struct House {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl House {
    async fn open(patience: Patience) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        // A page that lives on, like those that follow what happens.
        let live = || async {
            Body::from_stream(futures_util::stream::unfold(interval(PIECE), |mut pieces| async {
                pieces.tick().await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b"tick")), pieces))
            }))
        };
        let counted = |body: Bytes| async move { format!("{} bytes", body.len()) };
        let router = Router::new().route("/", get(|| async { "here" }).post(counted)).route("/live", get(live));
        Self { address, stop, serving: tokio::spawn(answer(router, listener, patience, stopped)) }
    }

    async fn say(&self, text: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    }
}

/// What comes until the other side ends it.
async fn rest(mut socket: TcpStream) -> String {
    let mut all = Vec::new();
    // An end that is a reset is one, too.
    let _ = socket.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

const WHOLE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_head_loses_its_place() {
    let house = House::open(Patience { head: BRIEF, body: LONG, connections: 9 }).await;
    for said in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-A: "] {
        let heard = rest(house.say(said).await).await;
        assert!(!heard.contains("here"), "{said:?}: {heard}");
    }
    // Kept open for a next request that never comes.
    assert!(rest(house.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await).await.contains("here"));
}

#[tokio::test]
async fn half_a_body_loses_its_place() {
    let house = House::open(Patience { head: LONG, body: BRIEF, connections: 9 }).await;
    let half = house.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf").await;
    let heard = rest(half).await;
    assert!(!heard.starts_with("HTTP/1.1 2"), "{heard}");
}

#[tokio::test]
async fn what_is_slow_and_goes_on_is_waited_for() {
    let wait = Duration::from_secs(1);
    let house = House::open(Patience { head: wait, body: wait, connections: 9 }).await;
    let until = Instant::now() + 2 * wait;
    let mut live = house.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut upload =
        house.say("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let (mut pieces, mut sent, mut buffer) = (interval(PIECE), 0, [0; 4096]);
    while Instant::now() < until {
        pieces.tick().await;
        upload.write_all(b"1\r\na\r\n").await.unwrap();
        sent += 1;
        assert!(live.read(&mut buffer).await.unwrap() > 0, "the page goes on");
    }
    upload.write_all(b"0\r\n\r\n").await.unwrap();
    let heard = rest(upload).await;
    assert!(heard.contains(&format!("{sent} bytes")), "{heard}");
}

#[tokio::test]
async fn no_more_come_in_than_there_are_places() {
    let house = House::open(Patience { head: LONG, body: LONG, connections: 2 }).await;
    let (first, _second) = (house.say("GET ").await, house.say("GET ").await);
    let mut third = house.say(WHOLE).await;
    let mut byte = [0; 1];
    assert!(timeout(4 * BRIEF, third.read(&mut byte)).await.is_err(), "there is no place yet");
    drop(first);
    assert!(rest(third).await.contains("here"), "a place that is free is taken");
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_it_began() {
    let house = House::open(Patience { head: LONG, body: LONG, connections: 9 }).await;
    let mut begun = house.say("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n").await;
    let mut buffer = [0; 64];
    let n = begun.read(&mut buffer).await.unwrap();
    assert!(buffer[..n].starts_with(b"HTTP/1.1 100"), "it waits for the body");
    let idle = house.say("").await;
    house.stop.send_replace(true);
    assert_eq!(rest(idle).await, "", "whoever asked for nothing is let go");
    begun.write_all(b"body").await.unwrap();
    assert!(rest(begun).await.contains("4 bytes"));
    house.serving.await.unwrap();
    assert!(TcpStream::connect(house.address).await.is_err(), "nobody listens any more");
}
