//! Live pages through the real router, two processes over one database: what one does another sees, nobody sees what
//! they may not, nothing is missed after a break, and who has a case open is known while they do.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use std::time::Duration;

use axum::{
    body::BodyDataStream,
    http::{StatusCode, header},
};
use desk_common::{Desk, NAME, PHONE, both, url};
use futures_util::StreamExt as _;
use linli_engine::{
    cases::file::{Filed, Report},
    limits,
};
use linli_testbed::{Bed, on_both};
use serde_json::Value as Js;

/// A stream as a browser reads it.
struct Events {
    body: BodyDataStream,
    text: String,
    last_id: String,
}

#[derive(Debug)]
struct Heard {
    name: String,
    data: Js,
}

impl Events {
    async fn open(desk: &Desk, who: &str, path: &str) -> Self {
        Self::again(desk, who, path, None).await
    }

    async fn again(desk: &Desk, who: &str, path: &str, last: Option<&str>) -> Self {
        let answer = desk.open_stream(who, path, last).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut events = Self {
            body: answer.into_body().into_data_stream(),
            text: String::new(),
            last_id: last.unwrap_or_default().to_owned(),
        };
        assert!(events.next().await.is_some_and(|hello| hello.name == "hello"));
        events
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.map(|value| value.trim().to_owned())
                };
                let (name, data, id) = (field("event"), field("data"), field("id"));
                self.text = rest.to_owned();
                if let Some(id) = id {
                    self.last_id = id;
                }
                let Some(name) = name else { continue };
                return Some(Heard { name, data: serde_json::from_str(&data.unwrap()).unwrap() });
            }
            let more = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await;
            let bytes = more.unwrap_or_else(|_| panic!("nothing came; so far `{}`", self.text))?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The next event of this name; what comes before it is none of these.
    async fn hear(&mut self, name: &str, not: &[&str]) -> Js {
        loop {
            let heard = self.next().await.unwrap_or_else(|| panic!("the stream ended before `{name}`"));
            assert!(!not.contains(&heard.name.as_str()), "{heard:?}");
            if heard.name == name {
                return heard.data;
            }
        }
    }
}

fn key(case: &Filed) -> String {
    format!("{}/{}", case.key.jurisdiction, case.number)
}

/// The address that a page gives its browser.
async fn live_of(desk: &Desk, who: &str, page: &str) -> String {
    let page = desk.get(who, page).await.is(200).body;
    let address = page.split("data-live=\"").nth(1).unwrap().split('"').next().unwrap();
    address.replace("&amp;", "&").replace("&#38;", "&")
}

async fn round(processes: &[&Desk]) {
    for desk in processes {
        desk.engine.follow().await.unwrap();
    }
}

const DISPATCH: &[(&str, &str)] = &[("class", "general"), ("unit", "yunzhou-municipal")];

/// The inbox hears of new rows and of rows that somebody else has seen to; a unit hears of its own only.
async fn an_inbox_follows(bed: Bed) {
    let here = Desk::open(&bed).await;
    let there = here.beside(&bed).await;
    round(&[&here, &there]).await;
    let mut dispatcher = Events::open(&here, "dispatcher", &live_of(&here, "dispatcher", "/desk").await).await;
    let mut lamps = Events::open(&here, "municipal", &live_of(&here, "municipal", "/desk").await).await;
    let mut streets = Events::open(&here, "urban", &live_of(&here, "urban", "/desk").await).await;
    let case = there.file("new", "路灯不亮").await;
    round(&[&there, &here]).await;
    let rows = dispatcher.hear("rows", &["many"]).await;
    assert_eq!((rows[0]["case"].as_str(), rows[0]["new"].as_bool()), (Some(key(&case).as_str()), Some(true)));
    assert_eq!(rows[0]["mine"], serde_json::json!(["triage"]));
    let counts = dispatcher.hear("counts", &[]).await;
    assert_eq!(counts["views"]["/desk"], "1");

    there.act("dispatcher", &case, "dispatch", DISPATCH).await.is(303);
    round(&[&there, &here]).await;
    let rows = dispatcher.hear("rows", &["many"]).await;
    assert_eq!((rows[0]["mine"].as_array().unwrap().len(), rows[0]["new"].as_bool()), (0, Some(false)));
    assert!(rows[0]["who"].as_str().unwrap().contains("派单员"), "{rows}");
    let rows = lamps.hear("rows", &["many"]).await;
    assert_eq!((rows[0]["mine"].clone(), rows[0]["new"].clone()), (serde_json::json!(["sign"]), true.into()));

    // Another unit hears nothing of it: the next thing that it hears is its own.
    let street = |report: &mut Report| report.category = Some("cityscape.stalls".to_owned());
    let own = there.file_with("own", street).await;
    there.act("dispatcher", &own, "dispatch", &[("class", "general"), ("unit", "yunxi-urban")]).await.is(303);
    round(&[&there, &here]).await;
    let rows = streets.hear("rows", &["many"]).await;
    assert_eq!(rows.as_array().unwrap().iter().map(|r| r["case"].clone()).collect::<Vec<_>>(), [key(&own)]);
}

/// A view of one step hears of that step only.
async fn a_narrowed_inbox_hears_of_what_it_shows(bed: Bed) {
    let desk = Desk::open(&bed).await;
    round(&[&desk]).await;
    let mut all = Events::open(&desk, "municipal", &live_of(&desk, "municipal", "/desk").await).await;
    let mut handle = Events::open(&desk, "municipal", &live_of(&desk, "municipal", "/desk?step=contact").await).await;
    let case = desk.dispatched("a").await;
    round(&[&desk]).await;
    assert_eq!(all.hear("rows", &[]).await[0]["mine"], serde_json::json!(["sign"]));
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    round(&[&desk]).await;
    let rows = handle.hear("rows", &[]).await;
    assert_eq!((rows[0]["mine"].clone(), rows[0]["new"].clone()), (serde_json::json!(["contact"]), true.into()));
}

/// A page that comes again hears what it missed, once.
async fn a_break_loses_nothing(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.file("first", "第一件").await;
    round(&[&desk]).await;
    let address = live_of(&desk, "dispatcher", "/desk").await;
    // Between drawing and listening something happens.
    let second = desk.file("second", "第二件").await;
    round(&[&desk]).await;
    let mut events = Events::open(&desk, "dispatcher", &address).await;
    let rows = events.hear("rows", &["many"]).await;
    assert_eq!(rows.as_array().unwrap().iter().map(|r| r["case"].clone()).collect::<Vec<_>>(), [key(&second)]);
    let last = events.last_id.clone();
    drop(events);
    let third = desk.file("third", "第三件").await;
    round(&[&desk]).await;
    let mut events = Events::again(&desk, "dispatcher", &address, Some(&last)).await;
    let rows = events.hear("rows", &["many"]).await;
    assert_eq!(rows.as_array().unwrap().iter().map(|r| r["case"].clone()).collect::<Vec<_>>(), [key(&third)]);
}

/// Two people on one case, in two processes: they see each other, and each what the other does.
async fn two_on_one_case(bed: Bed) {
    let here = Desk::open(&bed).await;
    let there = here.beside(&bed).await;
    let case = here.file("a", "路灯不亮").await;
    round(&[&here, &there]).await;
    let address = live_of(&here, "dispatcher", &url(&case)).await;
    let _looking = (here.follow_presence(), there.follow_presence());
    let mut one = Events::open(&here, "dispatcher", &address).await;
    assert_eq!(one.hear("here", &[]).await, serde_json::json!([]));
    let answer = there.open_stream("desk-head", &address, None).await;
    let mut body = answer.into_body().into_data_stream();
    let hello = String::from_utf8(body.next().await.unwrap().unwrap().to_vec()).unwrap();
    let page = hello.split("\"page\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut two = Events { body, text: String::new(), last_id: String::new() };
    // Each says that they are there before they hear who is.
    two.hear("here", &[]).await;
    let other = async |events: &mut Events, words: &str| {
        for _ in 0..20 {
            let here = events.hear("here", &[]).await;
            if here.to_string().contains(words) {
                return here;
            }
        }
        panic!("nobody is said to be {words}");
    };
    let seen = other(&mut one, "也在看").await;
    assert_eq!((seen.as_array().unwrap().len(), seen[0]["writing"].as_bool()), (1, Some(false)));
    // Another's page cannot be said to write, and a page that is not there is no page.
    let writing = [("case", key(&case)), ("page", page.clone()), ("writing", "on".into())];
    let writing: Vec<(&str, &str)> = writing.iter().map(|(n, v)| (*n, v.as_str())).collect();
    there.post("dispatcher", "/desk/live/writing", &writing).await.is(204);
    there.post("desk-head", "/desk/live/writing", &[("case", &key(&case)), ("page", "zz")]).await.is(400);
    there.post("desk-head", "/desk/live/writing", &writing).await.is(204);
    assert_eq!(other(&mut one, "正在填写").await[0]["writing"], true);
    // One acts; the other is told what, and by whom.
    here.act("dispatcher", &case, "dispatch", DISPATCH).await.is(303);
    round(&[&here, &there]).await;
    let told = two.hear("case", &[]).await;
    assert_eq!(told["seq"], 2);
    assert!(told["words"].as_str().unwrap().contains("派给承办单位"), "{told}");
    assert!(!told.to_string().contains(NAME) && !told.to_string().contains(PHONE));
    // Whoever leaves is gone at once, and leaves no row.
    drop(two);
    assert_eq!(one.hear("here", &[]).await, serde_json::json!([]));
}

/// Nobody hears of a case that they may not see; administrators hear nothing at all.
async fn only_who_may_see_hears(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("a").await;
    round(&[&desk]).await;
    let address = format!("/desk/live?case={}", key(&case).replace('/', "%2F"));
    assert_eq!(desk.open_stream("urban", &address, None).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(desk.open_stream("admin-system", "/desk/live", None).await.status(), StatusCode::NOT_FOUND);
    desk.get("", "/desk/live").await.is(303);
    desk.post("urban", "/desk/live/writing", &[("case", &key(&case)), ("page", &"0".repeat(32))]).await.is(404);
    desk.get("admin-system", "/admin").await.is(200).hides("data-live=");
    // A cursor from elsewhere, or none that reads, is no reason to fail.
    for at in ["990101001-99999999", "x", "123456789-1.990101001-0", ""] {
        Events::open(&desk, "municipal", &format!("/desk/live?page=inbox&at={at}")).await;
    }
}

/// A session has so many live pages; the oldest makes room and is told not to come again.
async fn the_oldest_page_makes_room(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let mut first = Events::open(&desk, "dispatcher", "/desk/live").await;
    let mut more = Vec::new();
    for _ in 0..limits::LIVE_PER_SESSION {
        more.push(Events::open(&desk, "dispatcher", "/desk/live").await);
    }
    first.hear("full", &[]).await;
    assert!(first.next().await.is_none());
    assert_eq!(desk.hub().count(), limits::LIVE_PER_SESSION);
    desk.hub().close();
    for mut events in more {
        events.hear("full", &[]).await;
        assert!(events.next().await.is_none());
    }
    assert_eq!(desk.hub().count(), 0);
}

/// How one is told: the page says it, keeps it, refuses nonsense, and what cannot be off is not.
async fn notices_are_as_chosen(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let page = desk.get("desk-head", "/desk/me/notices").await.is(200).says("还没有通知").says("安静时段");
    let page = page.says("value=\"21:00\"").says("value=\"07:30\"");
    assert!(!page.body.contains("name=\"way-escalate\" value=\"off\""));
    let form = [
        ("way-escalate", "off"),
        ("way-urge", "daily"),
        ("quiet_from", "22:15"),
        ("quiet_until", "06:45"),
        ("daily_at", "09:05"),
        ("sound", "on"),
    ];
    desk.post("desk-head", "/desk/me/notices", &form).await.is(303);
    let page = desk.get("desk-head", "/desk/me/notices?saved=1").await.is(200).says("已按您选的保存");
    let page = page.says("value=\"22:15\"").says("value=\"09:05\"");
    assert!(page.body.contains("name=\"way-escalate\" value=\"now\" checked"), "{}", page.body);
    assert!(page.body.contains("name=\"way-urge\" value=\"daily\" checked"));
    let wrong = both(&[], &[("quiet_from", "25:00"), ("quiet_until", "06:45"), ("daily_at", "09:05")]);
    let page = desk.post("desk-head", "/desk/me/notices", &wrong).await.is(422);
    page.says("几点几分").says("value=\"25:00\"").says("还没有保存");
    desk.post("desk-head", "/desk/me/notices/read", &[]).await.is(400);
    desk.get("admin-system", "/desk/me/notices").await.is(404);
    // A case that is late in the night: told in the morning, read with its case.
    let mut desk = desk;
    desk.file("late", "没人分派的一件").await;
    desk.later(14 * 3_600_000);
    desk.sign_in().await;
    while desk.engine.wake_due().await.unwrap() > 0 {}
    desk.engine.tick().await.unwrap();
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("还没有通知");
    desk.later(8 * 3_600_000);
    let page = desk.get("desk-head", "/desk/me/notices").await.is(200).says("没人分派的一件").says("未读");
    let case = page.body.split("name=\"case\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    desk.post("desk-head", "/desk/me/notices/read", &[("case", &case)]).await.is(303);
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("没有未读");
}

on_both! {
    inbox => an_inbox_follows;
    narrowed => a_narrowed_inbox_hears_of_what_it_shows;
    no_loss => a_break_loses_nothing;
    two => two_on_one_case;
    only_who_may => only_who_may_see_hears;
    room => the_oldest_page_makes_room;
    notices => notices_are_as_chosen;
}
