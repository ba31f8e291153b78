//! Answers at hand on the pages: a resident finds one while typing and files nothing; a desk seat drafts one, its unit gives it
//! out; when its day has passed it is gone for residents and its unit is told.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use desk_common::Desk;
use linli_testbed::{Bed, on_both};
use linli_worktime::parse_rfc3339;

const ID: &str = "own-0123456789abcdef0123456789abcdef";

fn lamp<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [
        ("id", ID),
        ("version", "0"),
        ("question", "灯罩破了找谁？"),
        ("answer", "打市政所的电话，当天来换。"),
        ("words", "灯罩、灯罩破了\n灯罩掉下来"),
        ("source", "城市照明管理规定"),
        ("region", "云溪街道"),
        ("category", "utility.lighting"),
        ("owner", "municipal"),
        ("review", "2026-09-01"),
        ("do", "draft"),
    ];
    let kept = all.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

/// The version that the page of an entry carries.
async fn version(desk: &Desk, who: &str, id: &str) -> String {
    let page = desk.get(who, &format!("/desk/knowledge/{id}")).await.is(200).body;
    page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn press(desk: &Desk, who: &str, id: &str, what: &[(&str, &str)]) -> desk_common::Answer {
    let version = version(desk, who, id).await;
    let form: Vec<_> = [("version", version.as_str())].into_iter().chain(what.iter().copied()).collect();
    desk.post(who, &format!("/desk/knowledge/{id}"), &form).await
}

async fn a_resident_is_helped_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    // What is typed is looked for in own words; what nothing answers finds nothing.
    let found = desk.post("", "/answers/like", &[("words", "小孩刚出生怎么落户口")]).await.is(200);
    found.says("孩子出生怎么上户口？").says("出生医学证明").says("户口登记条例").says("云溪派出所").says("2027-06-30");
    assert_eq!(desk.post("", "/answers/like", &[("words", "公园里的树倒了")]).await.is(200).body.trim(), "");
    // Where somebody is in danger, nobody is given something to read.
    let danger = desk.post("", "/answers/like", &[("words", "厨房着火了，楼上漏水")]).await.is(200);
    danger.says("tel:119").hides("<details");
    // Without scripts the whole answer stands on the next step, unless it was beside the words already.
    let step = [("key", "asks-the-web"), ("say", "居住证怎么办"), ("step", "where")];
    desk.post("", "/report", &step).await.is(200).says("住满半年可以办证").says("value=\"residence-permit\"");
    let seen: Vec<_> = step.into_iter().chain([("seen", "residence-permit")]).collect();
    desk.post("", "/report", &seen).await.is(200).hides("住满半年可以办证");
    let told = desk.post("", "/answers/helped", &[("id", "residence-permit")]).await.is(303);
    desk.get("", &told.location).await.is(200).says("没有提交任何事情");
    desk.post("", "/answers/helped", &[("id", "no-such")]).await.is(400);
    desk.get("dispatcher", "/desk/search").await.is(200).hides("居住证怎么办");
    desk.get("desk-head", "/desk/knowledge/residence-permit").await.is(200).says("近 30 天帮到 1 次");
    // By topic, in both languages, in large print.
    desk.get("", "/answers?in=safety").await.is(200).says("居住证怎么办？").hides("暖气不热怎么办？");
    desk.get(";linli_lang=en;linli_elder=on", "/answers").await.is(200).says("How do I get a residence permit?");
    desk.get("", "/").await.is(200).says("href=\"/answers\"");
}

async fn an_answer_is_drafted_and_given_out_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.get("", "/desk/knowledge").await.is(303);
    desk.get("admin-system", "/desk/knowledge").await.is(404);
    desk.get("leader", "/desk/knowledge/new").await.is(404);
    desk.get("desk", "/desk").await.is(200).says("href=\"/desk/knowledge\"");
    // The desk may draft for any unit and give out for none.
    desk.get("desk", "/desk/knowledge/new").await.is(200).says("云州区市政所").hides("value=\"publish\"");
    desk.post("desk", "/desk/knowledge", &lamp(&[("question", "")]))
        .await
        .is(422)
        .says("请写“问题”")
        .says("打市政所的电话");
    desk.post("desk", "/desk/knowledge", &lamp(&[("answer", "找王师傅 19900000009")]))
        .await
        .is(422)
        .says("像是有个人的电话");
    desk.post("desk", "/desk/knowledge", &lamp(&[("do", "publish")])).await.is(422).says("请存成草稿");
    let made = desk.post("desk", "/desk/knowledge", &lamp(&[])).await.is(303);
    let again = desk.post("desk", "/desk/knowledge", &lamp(&[])).await.is(303);
    assert!(made.location.starts_with(&again.location), "sent twice, made once");
    desk.get("desk", &made.location).await.is(200).says("草稿存好了").says("还没发布").says("灯罩掉下来");
    desk.post("", "/answers/like", &[("words", "门口灯罩掉下来了")]).await.is(200).hides("打市政所的电话");
    press(&desk, "desk", ID, &[("do", "publish-draft")]).await.is(403);
    // The unit gives it out.
    desk.get("municipal", "/desk/knowledge?show=draft").await.is(200).says("灯罩破了找谁？");
    press(&desk, "municipal", ID, &[("do", "publish-draft")]).await.is(303);
    desk.post("", "/answers/like", &[("words", "门口灯罩掉下来了")])
        .await
        .is(200)
        .says("打市政所的电话")
        .says("云州区市政所");
    desk.post("desk", "/desk/new/think", &[("body", "门口灯罩掉下来了")]).await.is(200).says("打市政所的电话");
    // Whoever looked at an older version is told so, and the other's words stand.
    let stale = lamp(&[("do", "publish"), ("answer", "别的话。"), ("version", "1")]);
    desk.post("municipal", &format!("/desk/knowledge/{ID}"), &stale).await.is(409).says("别人刚改过");
    let page = desk.get("municipal", &format!("/desk/knowledge/{ID}/edit")).await.is(200);
    page.says("打市政所的电话").says("value=\"publish\"");
    let version = version(&desk, "municipal", ID).await;
    let form = lamp(&[("do", "publish"), ("answer", "打 12345，当天来换。"), ("version", &version)]);
    desk.post("municipal", &format!("/desk/knowledge/{ID}"), &form).await.is(303);
    let page = desk.get("desk-head", &format!("/desk/knowledge/{ID}")).await.is(200);
    page.says("<del>打市政所的电话，当天来换。</del>").says("<ins>打 12345，当天来换。</ins>").says("municipal");
    // Another unit only reads.
    desk.get("urban", &format!("/desk/knowledge/{ID}"))
        .await
        .is(200)
        .says("由别的单位保管")
        .hides("value=\"withdraw\"");
    desk.get("urban", &format!("/desk/knowledge/{ID}/edit")).await.is(303);
    press(&desk, "desk-head", ID, &[("do", "withdraw")]).await.is(303);
    desk.post("", "/answers/like", &[("words", "门口灯罩掉下来了")]).await.is(200).hides("12345，当天来换");
    desk.get("desk", "/desk/knowledge?show=withdrawn").await.is(200).says("灯罩破了找谁？");
    desk.get("desk", "/desk/knowledge?q=%E7%81%AF%E7%BD%A9").await.is(200).says("灯罩破了找谁？").hides("居住证");
    desk.get("desk", "/desk/knowledge/no-such").await.is(404);
    desk.post("desk-head", "/desk/knowledge/no-such", &[("do", "withdraw")]).await.is(404);
}

async fn what_is_past_its_day_is_chased_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    let publish = lamp(&[("do", "publish")]);
    desk.post("municipal", "/desk/knowledge", &publish).await.is(303);
    let to = async |desk: &mut Desk, day: &str| {
        desk.clock.move_to(parse_rfc3339(&format!("{day}T10:00:00+08:00")).unwrap());
        while desk.engine.tick().await.unwrap() {}
        desk.sign_in().await;
    };
    to(&mut desk, "2026-08-20").await;
    let told = desk.get("municipal", "/desk/me/notices").await.is(200);
    told.says("灯罩破了找谁？")
        .says("两周内要复核")
        .says(&format!("href=\"/desk/knowledge/{ID}\""))
        .says("value=\"answer/own-");
    desk.get("urban", "/desk/me/notices").await.is(200).hides("灯罩");
    desk.post("municipal", "/desk/me/notices/read", &[("case", &format!("answer/{ID}"))]).await.is(303);
    desk.get("municipal", "/desk/me/notices").await.is(200).hides("value=\"answer/own-");
    to(&mut desk, "2026-09-02").await;
    desk.post("", "/answers/like", &[("words", "门口灯罩掉下来了")]).await.is(200).hides("打市政所的电话");
    desk.get("", "/answers").await.is(200).hides("灯罩破了找谁？");
    desk.get("municipal", "/desk/me/notices").await.is(200).says("到复核日期了");
    desk.get("municipal", "/desk").await.is(200).says("有 1 条答案过了复核日期");
    desk.get("urban", "/desk").await.is(200).hides("过了复核日期");
    let list = desk.get("municipal", "/desk/knowledge").await.is(200);
    let (first, other) = (list.body.find("灯罩破了找谁？").unwrap(), list.body.find("居住证怎么办？").unwrap());
    assert!(first < other, "what is overdue stands first");
    to(&mut desk, "2026-09-16").await;
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("灯罩破了找谁？").says("请过问");
    press(&desk, "municipal", ID, &[("do", "checked"), ("review", "2020-01-01")])
        .await
        .is(422)
        .says("复核日期要在明天以后");
    press(&desk, "municipal", ID, &[("do", "checked"), ("review", "2027-03-01")]).await.is(303);
    desk.post("", "/answers/like", &[("words", "门口灯罩掉下来了")]).await.is(200).says("打市政所的电话");
}

async fn a_solved_case_gives_an_answer_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("solved").await;
    let from = format!("/desk/knowledge/new?from={}/{}", case.key.jurisdiction, case.number);
    desk.get("dispatcher", &from).await.is(404);
    let result = [
        ("facts", "保险丝烧断"),
        ("law", "城市照明管理规定"),
        ("measure", "换了保险丝。有事找王师傅19900000008。"),
        ("done_by", "王师傅"),
        ("done_on", "2026-03-02"),
    ];
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    let contacted = [("contact_way", "phone"), ("contact_note", "after six")];
    desk.act("municipal", &case, "contacted", &contacted).await.is(303);
    desk.act("municipal", &case, "result", &result).await.is(303);
    desk.act("desk-head", &case, "approve", &[]).await.is(303);
    desk.act("municipal", &case, "told", &[("contact_way", "phone")]).await.is(303);
    let said = [("contacted", "yes"), ("solved", "yes"), ("satisfied", "satisfied")];
    desk.act("desk", &case, "answered", &said).await.is(303);
    while desk.engine.tick().await.unwrap() {}
    let url = desk_common::url(&case);
    let page = desk.get("dispatcher", &url).await.is(200);
    page.says(&format!("{from}\""));
    let form = desk.get("dispatcher", &from).await.is(200);
    form.says("换了保险丝").says("value=\"路灯不亮\"").says("城市照明管理规定").hides("19900000008");
    desk.get("urban", &from).await.is(404);
    desk.get("leader", &url).await.is(200).hides("/desk/knowledge/new");
}

on_both! {
    from_case => a_solved_case_gives_an_answer_on;
    helped => a_resident_is_helped_on;
    given_out => an_answer_is_drafted_and_given_out_on;
    chased => what_is_past_its_day_is_chased_on;
}
