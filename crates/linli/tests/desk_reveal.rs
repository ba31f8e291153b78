//! Seeing who brought a case, through the real router on both databases: only with a reason, for a minute, under the name
//! of whoever looks, and the resident reads it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use desk_common::{Desk, NAME, PHONE, url};
use linli_testbed::{Bed, on_both};

on_both! {
    it_is_shown_for_a_reason => it_is_shown_for_a_reason_on;
    many_look_at_once => many_look_at_once_on;
}

async fn it_is_shown_for_a_reason_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let silent = desk.file_with("silent", |report| report.caller.confidential = true).await;
    desk.act("dispatcher", &silent, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await.is(303);
    desk.get("municipal", &format!("{}/caller", url(&silent))).await.is(404).hides(NAME);
    let case = desk.file("reveal", "路灯不亮").await;
    desk.act("dispatcher", &case, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await.is(303);
    let page = format!("{}/caller", url(&case));
    desk.get("municipal", &url(&case)).await.is(200).says(&page).hides(NAME);
    desk.get("municipal", &page).await.is(200).says("还没有人看过").hides(NAME).hides(PHONE);
    let no_reason = desk.post("municipal", &page, &[("key", "0123456789abcdef0123"), ("why", "")]).await;
    no_reason.is(422).says("为什么要看").hides(NAME).hides(PHONE);
    desk.get("desk", &page).await.is(200).says("还没有人看过");

    let asked = [("key", "0123456789abcdef0124"), ("why", "约上门查看的时间")];
    let shown = desk.post("municipal", &page, &asked).await.is(200).says(NAME).says(PHONE).says("约上门查看的时间");
    assert!(shown.body.matches("reveal-mark").count() == 1, "{}", shown.body);
    // It is nowhere else, and gone after its minute.
    for (who, path) in [("municipal", &page), ("municipal", &url(&case)), ("desk", &page), ("overseer", &url(&case))] {
        desk.get(who, path).await.is(200).says("约上门查看的时间").hides(NAME).hides(PHONE);
    }
    desk.later(61_000);
    desk.post("municipal", &page, &asked).await.is(403).hides(NAME).hides(PHONE);

    // Who has nothing to do with it finds nothing.
    for who in ["overseer", "leader", "urban", ""] {
        let refused = desk.get(who, &page).await;
        assert!([303, 403, 404].contains(&refused.status), "{who}: {refused:?}");
        assert!(!refused.body.contains(NAME));
    }
}

/// Each look is an event, and those who look at the same time do not keep one another from it.
async fn many_look_at_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("crowd", "路灯不亮").await;
    desk.act("dispatcher", &case, "dispatch", &[("class", "general"), ("unit", "yunzhou-municipal")]).await.is(303);
    let page = format!("{}/caller", url(&case));
    let look = async |who: &str| {
        let asked = [("key", &*format!("crowd-of-{who}")), ("why", "约时间")];
        desk.post(who, &page, &asked).await.is(200).says(NAME).says(PHONE);
    };
    tokio::join!(look("municipal"), look("dispatcher"), look("desk"), look("desk-head"));
}
