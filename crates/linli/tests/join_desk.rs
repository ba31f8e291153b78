//! Merging, related cases and the conversation at the desk, through its pages.
#![allow(clippy::unwrap_used, dead_code, reason = "a test that cannot set up must stop")]

mod desk_common;

use desk_common::{Desk, NAME, PHONE, url};
use linli_engine::{cases::file::Filed, viewer::Viewer};
use linli_testbed::{Bed, on_both};

async fn joined(desk: &Desk, key: &str, main: &Filed, body: &str) -> Filed {
    let change = |report: &mut linli_engine::cases::file::Report| {
        report.joins = Some(main.number.clone());
        body.clone_into(&mut report.body);
        report.title = String::new();
    };
    desk.file_with(key, change).await
}

async fn a_merge_is_shown_before_it_is_done_and_can_be_undone(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let (main, own) = (desk.dispatched("main").await, desk.file("own", "三号楼路灯").await);
    let follower = joined(&desk, "f", &own, "我家门口也黑").await;
    let page = desk.get("dispatcher", &url(&own)).await.is(200).says("并入另一件").says("我家门口也黑");
    page.says(&format!("{}/merge?main={}", url(&own), main.number));
    desk.get("dispatcher", &format!("{}/merge", url(&own))).await.is(200).says(&main.number).hides("并入以后");
    let none = desk.get("dispatcher", &format!("{}/merge?main=260302-99999", url(&own))).await.is(200);
    none.says("没有这个编号的在办事项").hides("并入以后");
    desk.get("dispatcher", &format!("{}/merge?main={}", url(&own), follower.number)).await.hides("并入以后");
    let preview = desk.get("dispatcher", &format!("{}/merge?main={}", url(&own), main.number)).await.is(200);
    let preview =
        preview.says("并入以后").says("随这件一起办的 1 位邻居").says("随时可以分开").hides(NAME).hides(PHONE);
    assert!(preview.body.contains(&format!("value=\"{}\"", main.number)));
    desk.act("dispatcher", &own, "merge", &[("main_case", &main.number)]).await.is(303);
    while desk.engine.tick().await.unwrap() {}
    desk.get("municipal", &url(&main)).await.is(200).says("2 位邻居也反映了这件事").says("我家门口也黑");
    desk.get("dispatcher", &url(&follower)).await.is(200).says("主件").says(&main.number);
    let list = desk.get("municipal", &format!("{}/joined", url(&main))).await.is(200);
    list.says("我家门口也黑").says(&own.number).hides(NAME).hides(PHONE);
    desk.get("heyuan", &format!("{}/joined", url(&main))).await.is(404);
    // Taken apart again: triage, and nobody follows.
    desk.act("dispatcher", &own, "separate", &[("reason", "不是一处")]).await.is(303);
    desk.get("dispatcher", &url(&own)).await.is(200).says("分派").hides("主件");
    desk.get("municipal", &url(&main)).await.is(200).says("1 位邻居也反映了这件事");
}

async fn the_unit_and_the_resident_write_to_each_other(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("talk").await;
    desk.get("municipal", &url(&case)).await.is(200).says("还没有往来").says("回复反映人");
    desk.act("municipal", &case, "reply", &[("reply", "四点到楼下")]).await.is(303);
    let by = Viewer::Code(case.key);
    let seen = desk.engine.case_by_key(case.key, &by).await.unwrap();
    let offer = seen.offers.iter().find(|o| o.act == "message").unwrap();
    let form = [("message".to_owned(), "好的，<b>我在</b>".into())].into();
    let ask =
        linli_engine::cases::act::Ask { case: case.key, command: offer.command(form), by, key: "key-talk".into() };
    desk.engine.act(ask).await.unwrap();
    let page = desk.get("municipal", &url(&case)).await.is(200).says("四点到楼下").says("云州区市政所");
    page.says("好的，&#60;b&#62;我在").hides(NAME).hides(PHONE);
    while desk.engine.tick().await.unwrap() {}
    desk.get("municipal", "/desk/me/notices").await.is(200).says("反映人留了言");
    // An empty answer is refused with its field, and what the seat may not write is not offered.
    desk.act("municipal", &case, "reply", &[("reply", "  ")]).await.is(422).says("还没有填");
    desk.get("leader", &url(&case)).await.is(200).hides("<textarea");
}

async fn related_cases_are_marked_and_unmarked(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let (a, b) = (desk.file("a", "路灯甲").await, desk.file("b", "路灯乙").await);
    let to = format!("{}/related", url(&a));
    desk.post("desk", &to, &[("other", &b.number)]).await.is(303);
    desk.get("desk", &url(&b)).await.is(200).says("有关联的").says("路灯甲");
    desk.post("desk", &to, &[("other", "260302-99999")]).await.is(422);
    desk.post("desk", &to, &[("other", &a.number)]).await.is(422);
    desk.post("leader", &to, &[("other", &b.number)]).await.is(404);
    desk.post("desk", &to, &[("other", &b.number), ("way", "part")]).await.is(303);
    desk.get("desk", &url(&b)).await.is(200).hides("有关联的");
}

on_both! {
    merge => a_merge_is_shown_before_it_is_done_and_can_be_undone;
    talk => the_unit_and_the_resident_write_to_each_other;
    related => related_cases_are_marked_and_unmarked;
}
