//! Calls at the desk: all that follows from one is written with it or not at all; calling back through an exchange shows
//! nobody a number; what is put off falls due at the minute agreed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod town;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread::JoinHandle,
};

use linli_engine::{
    cases::{
        CaseError, Phase,
        call::{Became, Call, Dialled, Then},
        file::{Filed, Report},
        inbox::View,
    },
    db::Tx,
    edge::Clock,
    ids::PersonId,
    notices::{HttpRelay, Plugs, Webhook},
    outward::Reach,
    seats::{Role, Seat},
    vault::{self, Caller, Phone, Secret},
    viewer::Viewer,
};
use linli_flow::{Form, Value};
use linli_testbed::{Bed, on_both};
use town::{STREET, Town, code, monday, open_with, report};

const NUMBER: &str = "19900000001";
const MINUTE: i64 = 60_000;

fn desk() -> (Seat, Viewer) {
    let seat = Seat {
        id: linli_engine::ids::SeatId::new(),
        account: linli_engine::ids::AccountId::new(),
        org: "office".parse().unwrap(),
        role: Role::Desk,
        place: code(STREET),
        from: monday(),
        cover: None,
        until: None,
    };
    (seat.clone(), Viewer::Staff(seat))
}

fn call(report: Report, became: Became, then: Option<Then>) -> Call {
    Call { report, later: became == Became::Later, class: None, then, continues: None, became, took_ms: 30_000 }
}

fn form(fields: &[(&str, &str)]) -> Form {
    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}

async fn put_off(town: &Town, key: &str) -> Filed {
    let then = Then { step: "arrange", act: "agreed", form: form(&[("call_at", "2026-03-02 10:15")]) };
    town.engine.file_call(call(report(key), Became::Later, Some(then)), &desk().0).await.unwrap()
}

async fn all_or_nothing_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let (seat, by) = desk();
    // The answer is missing: nothing is filed, nothing is counted.
    let empty = Then { step: "triage", act: "answer", form: Form::new() };
    let refused = town.engine.file_call(call(report("half"), Became::Answered, Some(empty)), &seat).await;
    assert!(matches!(refused, Err(CaseError::Refused(_))), "{refused:?}");
    assert_eq!(town.engine.calls_today(&seat).await.unwrap().calls, 0);
    let answer = Then { step: "triage", act: "answer", form: form(&[("answer", "so it is")]) };
    let whole = call(report("half"), Became::Answered, Some(answer));
    let filed = town.engine.file_call(whole.clone(), &seat).await.unwrap();
    let again = town.engine.file_call(whole, &seat).await.unwrap();
    assert_eq!((filed.number.as_str(), again.again), (again.number.as_str(), true));
    let dossier = town.see(filed.key, &by).await;
    assert_eq!((dossier.head.phase, dossier.head.outcome.as_deref()), (Phase::Settled, Some("answered")));
    assert_eq!(town.engine.calls_today(&seat).await.unwrap().calls, 1, "sent twice, counted once");
    // A class that the seat chose holds from the first minute.
    let urgent = Call { class: Some("urgent".into()), ..call(report("urgent"), Became::Filed, None) };
    let filed = town.engine.file_call(urgent, &seat).await.unwrap();
    let head = town.see(filed.key, &by).await.head;
    assert_eq!((head.class.as_str(), head.promised_at), ("urgent", Some(monday().plus(120 * MINUTE))));
}

async fn a_call_falls_due_at_its_minute_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let (seat, by) = desk();
    let filed = put_off(&town, "due").await;
    let inbox = town.engine.inbox(&seat, View::default()).await.unwrap();
    assert_eq!((inbox[0].step.as_str(), inbox[0].due_at), ("call", monday().plus(75 * MINUTE)));
    town.done(filed.key, &by, "not_reached", &[("call_at", "2026-03-02 16:00")]).await;
    assert_eq!(town.engine.inbox(&seat, View::default()).await.unwrap()[0].due_at, monday().plus(7 * 60 * MINUTE));
    for time in ["2026-03-02 25:00", "2026-02-30 10:00", "2026-03-02T10:00", "soon"] {
        let refused = town.act(filed.key, &by, "not_reached", &[("call_at", time)]).await;
        assert!(matches!(refused, Err(CaseError::Refused(_))), "{time}: {refused:?}");
    }
    town.done(filed.key, &by, "not_reached", &[("call_at", "2026-03-03 09:00")]).await;
    town.done(filed.key, &by, "not_reached", &[("call_at", "2026-03-03 15:00")]).await;
    assert_eq!(town.see(filed.key, &by).await.head.outcome.as_deref(), Some("unreached"));
}

async fn whoever_was_called_back_brings_the_case_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let (seat, _) = desk();
    let (engine, phone, now) = (town.engine.clone(), NUMBER.parse::<Phone>().unwrap(), town.clock.now());
    let person = move |tx: &mut Tx<'_>| {
        let nameless = Secret::new(String::new());
        vault::person_or_create(tx, engine.home, &engine.vault_key, &phone, &nameless, PersonId::new(), now)
    };
    let person = town.engine.db.write(person).await.unwrap();
    let mut first = report("first");
    first.caller.person = Some(person);
    let then = Then { step: "arrange", act: "agreed", form: form(&[("call_at", "2026-03-02 10:15")]) };
    let later = town.engine.file_call(call(first, Became::Later, Some(then)), &seat).await.unwrap();
    let mut second = report("second");
    second.caller = Caller {
        person: None,
        name: Secret::new(String::new()),
        contact: Secret::new(String::new()),
        confidential: false,
    };
    let on = Call { continues: Some(later.key), ..call(second, Became::Filed, None) };
    let filed = town.engine.file_call(on, &seat).await.unwrap();
    let known = town.engine.of_caller(&NUMBER.parse().unwrap()).await.unwrap();
    let numbers: Vec<&str> = known.iter().map(|head| head.number.as_str()).collect();
    assert_eq!(numbers, [filed.number.as_str(), later.number.as_str()], "the open one first");
    assert_eq!(known[1].outcome.as_deref(), Some("called"));
    // A number leads to nothing that was said in confidence.
    let mut silent = report("silent");
    silent.caller = Caller { person: Some(person), confidential: true, ..silent.caller };
    town.engine.file(silent).await.unwrap();
    assert_eq!(town.engine.of_caller(&NUMBER.parse().unwrap()).await.unwrap(), known);
    // It was gone on with once: another case does not take the caller along.
    let twice = Call { continues: Some(later.key), ..call(report("third"), Became::Filed, None) };
    assert!(town.engine.file_call(twice, &seat).await.is_err());
    assert_eq!(town.engine.of_caller(&NUMBER.parse().unwrap()).await.unwrap().len(), 2);
}

/// An exchange that answers each call with one of these.
fn exchange(statuses: &'static [u16]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/connect", listener.local_addr().unwrap());
    let serve = move || {
        let mut bodies = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(reader.read_line(&mut head).unwrap(), 0);
            }
            let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap()];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            bodies.push(String::from_utf8(body).unwrap());
        }
        bodies
    };
    (url, std::thread::spawn(serve))
}

async fn an_exchange_connects_and_shows_nobody_the_number_on(bed: Bed) {
    let (url, served) = exchange(&[204, 500]);
    let plugs = Plugs::default().with_relay(HttpRelay(Webhook::new(&url, b"shared secret", Reach::Inside).unwrap()));
    let clock = Clock::set(monday());
    let town = Town::over(open_with(&bed, &clock, plugs).await, clock).await;
    let (seat, by) = desk();
    let filed = put_off(&town, "relay").await;
    assert!(matches!(town.engine.dial(filed.key, &seat, "dials-once").await.unwrap(), Dialled::Relayed));
    assert!(matches!(town.engine.dial(filed.key, &seat, "dials-twice").await.unwrap(), Dialled::Failed));
    let bodies = served.join().unwrap();
    assert!(bodies.iter().all(|body| body.contains(NUMBER) && body.contains(&seat.id.to_string())), "{bodies:?}");
    let events = format!("{:?}", town.see(filed.key, &by).await.events);
    assert!(events.contains("relayed") && !events.contains("dialled") && !events.contains(NUMBER), "{events}");
}

/// On any case: for the offices that might see the number for a reason, and for nobody else.
async fn an_exchange_reaches_whoever_brought_a_case_on(bed: Bed) {
    let (url, served) = exchange(&[204, 204]);
    let plugs = Plugs::default().with_relay(HttpRelay(Webhook::new(&url, b"shared secret", Reach::Inside).unwrap()));
    let clock = Clock::set(monday());
    let town = Town::over(open_with(&bed, &clock, plugs).await, clock).await;
    let case = town.file("ring").await.key;
    town.done(case, &town::dispatcher(), "dispatch", &[("class", "general"), ("unit", "municipal")]).await;
    let (seat, by) = desk();
    let Viewer::Staff(unit) = town::handler("municipal") else { unreachable!() };
    for (n, seat) in [&seat, &unit].into_iter().enumerate() {
        assert!(matches!(town.engine.ring(case, seat, &format!("rings-{n}")).await.unwrap(), Dialled::Relayed));
    }
    let Viewer::Staff(firm) = town::handler("harmony") else { unreachable!() };
    for seat in [&firm, &Seat { role: Role::Overseer, ..seat.clone() }, &Seat { role: Role::Leader, ..seat.clone() }] {
        assert!(town.engine.ring(case, seat, "not-theirs").await.is_err(), "{}", seat.role);
    }
    let act = town.act(case, &by, "relayed", &[]).await;
    assert!(matches!(act, Err(CaseError::NotYours(_))), "only a call says that there was one");
    let seen = town.see(case, &by).await;
    assert_eq!(seen.events.iter().filter(|event| event.what.name() == "relayed").count(), 2);
    assert!(!format!("{:?}", seen.events).contains(NUMBER));
    assert!(served.join().unwrap().iter().all(|body| body.contains(NUMBER)));
}

async fn without_an_exchange_the_look_is_on_record_on(bed: Bed) {
    let town = Town::new(&bed).await;
    let (seat, by) = desk();
    let filed = put_off(&town, "seen").await;
    let Dialled::Seen(number) = town.engine.dial(filed.key, &seat, "dials-it").await.unwrap() else {
        panic!("not seen")
    };
    assert_eq!(number.reveal(), NUMBER);
    let events = format!("{:?}", town.see(filed.key, &by).await.events);
    assert!(
        events.contains("dialled") && events.contains(&seat.id.to_string()) && !events.contains(NUMBER),
        "{events}"
    );
    // Nobody else looks, and nobody looks at a case that is no call.
    let handler = Seat { role: Role::Handler, ..seat.clone() };
    assert!(town.engine.dial(filed.key, &handler, "not-a-desk").await.is_err());
    let elsewhere = Seat { place: code("990101002"), ..seat.clone() };
    assert!(town.engine.dial(filed.key, &elsewhere, "elsewhere").await.is_err());
    let other = town.file("no-call").await;
    assert!(town.engine.dial(other.key, &seat, "no-call-at-all").await.is_err());
    assert!(town.engine.ring(other.key, &seat, "no-exchange").await.is_err());
}

on_both! {
    an_exchange_reaches_whoever_brought_a_case => an_exchange_reaches_whoever_brought_a_case_on;
    all_or_nothing => all_or_nothing_on;
    a_call_falls_due_at_its_minute => a_call_falls_due_at_its_minute_on;
    whoever_was_called_back_brings_the_case => whoever_was_called_back_brings_the_case_on;
    an_exchange_connects_and_shows_nobody_the_number => an_exchange_connects_and_shows_nobody_the_number_on;
    without_an_exchange_the_look_is_on_record => without_an_exchange_the_look_is_on_record_on;
}
