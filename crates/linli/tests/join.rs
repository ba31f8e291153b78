//! "Me too" as residents meet it: asked before they fill in everything, joined without scripts, told with the others, and
//! nothing of anybody else on the page.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod common;

use common::{Answer, House, STREET, Visitor, number, staff, tracked};
use linli_engine::{seats::Role, viewer::Viewer};
use linli_testbed::{Bed, on_both};

const LAMP: &str = "和苑小区3号楼楼下的路灯三天不亮了";
const SECRET: &str = "和苑小区3号楼路灯不亮，我是402的钱某某";
const DAY: i64 = 24 * 3_600_000;

/// Up to the page after the place.
async fn to_near(visitor: &mut Visitor, say: &str) -> Answer {
    let home = visitor.get("/").await;
    let (to, fields) = common::form(&home.text(), "", &[("say", say)]);
    let first = visitor.post(&to, &fields).await;
    let place = visitor.press(&first, "where", &[]).await;
    visitor.press(&place, "last", &[]).await
}

/// Reports it alone; its number.
async fn alone(visitor: &mut Visitor, say: &str) -> String {
    let mut page = to_near(visitor, say).await;
    if page.text().contains("name=\"join\"") {
        page = visitor.press(&page, "other", &[]).await;
    }
    number(&visitor.press_with(&page, "send", &[], &[]).await.to())
}

/// Joins a neighbour's; its own number.
async fn join(visitor: &mut Visitor, main: &str, filled: &[(&str, &str)]) -> String {
    let near = to_near(visitor, LAMP).await.says(200, "我也一样");
    let page = visitor.press(&near, main, &[]).await.says(200, "一起反映");
    let sent = visitor.press_with(&page, "send", filled, &[("files", "a.png", common::PIXEL)]).await;
    let own = number(&sent.to());
    visitor.follow(sent).await.says(200, "记下了，和邻居一起办").says(200, &own);
    own
}

async fn act(visitor: &mut Visitor, number: &str, act: &str, filled: &[(&str, &str)]) -> Answer {
    let page = visitor.get(&format!("/c/{STREET}/{number}/do/{act}")).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text());
    let (to, fields) = common::form(&page.text(), "", filled);
    visitor.post(&to, &fields).await
}

async fn a_neighbour_says_me_too(bed: Bed) {
    let house = House::over(bed).await;
    let main = alone(&mut house.visitor(1, "zh"), SECRET).await;
    let mut me = house.visitor(2, "zh");
    let near = to_near(&mut me, LAMP).await.says(200, "1 位邻居反映").says(200, "正在确定由谁来办");
    assert!(!near.text().contains("钱某某"));
    let mine = join(&mut me, &main, &[("say", "三楼也黑"), ("contact", "19900000002")]).await;
    assert_ne!(mine, main);
    let case = house.case(&mine, &Viewer::Code(tracked(&me))).await;
    assert_eq!((case.head.body.as_str(), case.attachments.len()), ("三楼也黑", 1));
    assert_eq!(case.kin.along.as_ref().unwrap().others, 1);
    // The page of the one who joined has the promise and the story of both, and nothing that is the other's.
    house.work_off(&main).await;
    house.later(1000).await;
    let url = format!("/c/{STREET}/{mine}");
    let page = me.get(&url).await.says(200, "和邻居一起办").says(200, "a new fuse").says(200, "三楼也黑");
    for hidden in ["钱某某", &main, "at home after six", "评价办理结果"] {
        assert!(!page.text().contains(hidden), "`{hidden}` in {}", page.text());
    }
    // A third comes and is shown two; the first one reads how many there are.
    let mut third = house.visitor(3, "zh");
    to_near(&mut third, LAMP).await.says(200, "2 位邻居反映");
    join(&mut third, &main, &[("say", "")]).await;
    let first = house.case(&main, &staff("yunxi-office", Role::Desk)).await;
    assert_eq!(first.kin.followers, 2);
}

async fn whoever_says_other_reports_alone(bed: Bed) {
    let house = House::over(bed).await;
    let main = alone(&mut house.visitor(1, "zh"), LAMP).await;
    let mut me = house.visitor(2, "zh");
    let near = to_near(&mut me, LAMP).await;
    let last = me.press(&near, "other", &[]).await.says(200, "看看对不对");
    // It is not asked again on the way back to the place.
    let back = me.press(&last, "where", &[]).await;
    let last = me.press(&back, "last", &[]).await.says(200, "看看对不对");
    let own = number(&me.press_with(&last, "send", &[], &[]).await.to());
    assert!(house.case(&own, &Viewer::Code(tracked(&me))).await.kin.along.is_none());
    // A number that was not offered is not joined.
    let mut forger = house.visitor(3, "zh");
    let near = to_near(&mut forger, LAMP).await;
    let (to, mut fields) = common::form(&near.text(), "other", &[]);
    fields.retain(|(name, _)| name != "step");
    fields.push(("join".into(), "999999-99999".into()));
    let last = forger.post(&to, &fields).await.says(200, "看看对不对");
    forger.press_with(&last, "send", &[], &[]).await.says(422, "看看对不对");
    house.later(15 * DAY).await;
    let page = to_near(&mut house.visitor(4, "zh"), LAMP).await;
    assert!(!page.text().contains("name=\"join\""), "after 14 days nothing is near");
    assert!(!main.is_empty());
}

async fn what_was_closed_meanwhile_is_reported_alone_and_nothing_is_lost(bed: Bed) {
    let house = House::over(bed).await;
    let mut first = house.visitor(1, "zh");
    let main = alone(&mut first, LAMP).await;
    let mut me = house.visitor(2, "zh");
    let near = to_near(&mut me, LAMP).await;
    let page = me.press(&near, &main, &[]).await;
    act(&mut first, &main, "withdraw", &[]).await;
    let sent = me.press_with(&page, "send", &[("say", "三楼也黑"), ("contact", "19900000002")], &[]).await;
    // It is near no more: what was typed may become a report of their own, and they are asked.
    let last = sent.says(422, "已经办结了").says(422, "看看对不对");
    let sent = me.press_with(&last, "send", &[], &[]).await;
    let own = number(&sent.to());
    let case = house.case(&own, &Viewer::Code(tracked(&me))).await;
    assert_eq!((case.head.body.as_str(), case.kin.along.is_none()), ("三楼也黑", true));
}

async fn each_has_an_end_of_their_own(bed: Bed) {
    let house = House::over(bed).await;
    let mut first = house.visitor(1, "zh");
    let main = alone(&mut first, LAMP).await;
    let (mut happy, mut not) = (house.visitor(2, "zh"), house.resident(3, "zh", "19900000003").await);
    let theirs = join(&mut happy, &main, &[]).await;
    let mine = join(&mut not, &main, &[]).await;
    not.get("/mine").await.says(200, "和邻居一起办");
    house.work_off(&main).await;
    let rate = [("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
    act(&mut first, &main, "answered", &rate).await;
    house.later(1000).await;
    happy.get(&format!("/c/{STREET}/{theirs}")).await.says(200, "我这里也好了").says(200, "我的还没解决");
    act(&mut happy, &theirs, "solved_too", &[("satisfied", "satisfied")]).await;
    happy.get(&format!("/c/{STREET}/{theirs}")).await.says(200, "已解决");
    not.get("/mine").await.says(200, "办结了，请看看您那里好了没有").says(200, "等您回答");
    act(&mut not, &mine, "not_solved", &[("reason", "我这边还黑")]).await;
    not.get(&format!("/c/{STREET}/{mine}")).await.says(200, "正在确定由谁来办").says(200, "我这边还黑");
}

async fn the_conversation_is_open_on_the_page(bed: Bed) {
    let house = House::over(bed).await;
    let mut me = house.visitor(1, "zh");
    let mine = alone(&mut me, LAMP).await;
    let url = format!("/c/{STREET}/{mine}");
    let page = me.get(&url).await.says(200, "和经办单位说话");
    let to = format!("{url}/do/message");
    let form = format!("<form method=\"post\" action=\"{to}\"");
    assert!(page.text().contains(&form));
    let text = page.text();
    let inside = format!("<main>{}</main>", &text[text.find(&form).unwrap()..]);
    let (_, fields) = common::form(&inside, "", &[("message", "几点来？")]);
    let sent = me.post_files(&to, &fields, &[("files", "a.png", common::PIXEL)]).await;
    me.follow(sent).await.says(200, "留言已送到").says(200, "几点来？");
    let desk = staff("yunxi-office", Role::Desk);
    house.act(&mine, &desk, "reply", &[("reply", "四点到")]).await;
    let page = me.get(&url).await.says(200, "四点到").says(200, "云溪街道办事处");
    // The picture stands with the message, and only there.
    assert_eq!(page.text().matches("<img src=").count(), 1);
    assert_eq!(page.text().matches("四点到").count(), 1, "it is not told twice");
}

on_both! {
    me_too => a_neighbour_says_me_too;
    other => whoever_says_other_reports_alone;
    closed => what_was_closed_meanwhile_is_reported_alone_and_nothing_is_lost;
    own_end => each_has_an_end_of_their_own;
    conversation => the_conversation_is_open_on_the_page;
}
