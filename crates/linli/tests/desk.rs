//! The desk through the real router, on both databases: the inbox, a case and its acts, search, filing for a caller,
//! one's own page, and the same as JSON.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use std::collections::BTreeSet;

use desk_common::{Answer, Desk, NAME, PHONE, PIXEL, api, both, url};
use linli_engine::db::Tx;
use linli_testbed::{Bed, on_both};

const HOUR: i64 = 3_600_000;

on_both! {
    the_inbox_is_in_order_and_narrows => the_inbox_is_in_order_and_narrows_on;
    the_inbox_goes_on => the_inbox_goes_on_on;
    everybody_begins_where_they_work => everybody_begins_where_they_work_on;
    cases_are_found => cases_are_found_on;
    an_act_is_done_once => an_act_is_done_once_on;
    a_stale_window_is_told => a_stale_window_is_told_on;
    a_wrong_form_keeps_what_was_typed => a_wrong_form_keeps_what_was_typed_on;
    a_community_does_not_lead_what_it_assists => a_community_does_not_lead_what_it_assists_on;
    the_wrong_seat_is_refused => the_wrong_seat_is_refused_on;
    a_case_is_returned_once => a_case_is_returned_once_on;
    clocks_stand_still_and_go_on => clocks_stand_still_and_go_on_on;
    json_is_checked_as_a_form_is => json_is_checked_as_a_form_is_on;
    files_come_with_an_act => files_come_with_an_act_on;
    nobody_reads_who_reported => nobody_reads_who_reported_on;
    a_seat_is_told_and_changed => a_seat_is_told_and_changed_on;
}

/// Where each of these texts stands on a page, which must be in this order.
#[track_caller]
fn in_order(answer: &Answer, texts: &[&str]) {
    let at = |text: &&str| answer.body.find(text).unwrap_or_else(|| panic!("no {text} in {}", answer.body));
    assert!(texts.iter().map(at).is_sorted(), "{texts:?}");
}

async fn the_inbox_is_in_order_and_narrows_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.get("dispatcher", "/desk").await.is(200).says("现在没有要办的").says("data-due-today=\"0\"");
    desk.file("a", "最早的一件").await;
    desk.later(HOUR / 4);
    let elsewhere = |report: &mut linli_engine::cases::file::Report| {
        "桥西的一件".clone_into(&mut report.title);
        report.place = "990101001002".parse().unwrap();
    };
    desk.file_with("b", elsewhere).await;
    desk.later(HOUR / 4);
    desk.file("c", "最晚的一件").await;
    let all = desk.get("dispatcher", "/desk").await.is(200).says("3 件，今天到期 3 件").says("data-due-today=\"3\"");
    in_order(&all, &["<tbody>", "最早的一件", "桥西的一件", "最晚的一件", "</tbody>"]);
    desk.get("dispatcher;linli_lang=en", "/desk").await.is(200).says("3 cases, 3 due today").says("Triage");
    let there = desk.get("dispatcher", "/desk?place=990101001002").await.is(200);
    there.says("桥西的一件").hides("最早的一件");
    // Triage takes half an hour: the first is late a minute after that, and only the first.
    desk.later(60_000);
    let late = desk.get("dispatcher", "/desk?due=late").await.is(200).says("晚了 1 件");
    late.says("最早的一件").hides("最晚的一件");
    desk.get("dispatcher", "/desk?step=sign").await.is(200).says("这里没有事项");
    let js = desk.get("dispatcher", "/api/v1/inbox?due=late").await.is(200).js();
    assert_eq!(js["counts"]["overdue"], 1);
    assert_eq!(js["items"].as_array().unwrap().len(), 1);
    assert_eq!(js["items"][0]["case"]["title"], "最早的一件");
}

async fn the_inbox_goes_on_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    for i in 0..53 {
        desk.file(&format!("page-{i}"), "一件").await;
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/inbox".to_owned();
    loop {
        let page = desk.get("dispatcher", &path).await.is(200).js();
        let numbers = page["items"].as_array().unwrap().iter();
        seen.extend(numbers.map(|item| item["case"]["number"].as_str().unwrap().to_owned()));
        let Some(after) = page["next"].as_str() else { break };
        path = format!("/api/v1/inbox?after={after}");
    }
    assert_eq!(seen.len(), 53);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 53);
    let first = desk.get("dispatcher", "/desk").await.is(200).says("再看后面的");
    let (_, rest) = first.body.split_once("href=\"/desk?after=").unwrap();
    let next = rest.split('"').next().unwrap();
    let last = desk.get("dispatcher", &format!("/desk?after={next}")).await.is(200).hides("再看后面的");
    assert_eq!(last.body.matches("class=\"row-link\"").count(), 3);
}

async fn everybody_begins_where_they_work_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    assert_eq!(desk.get("admin-system", "/desk").await.is(303).location, "/admin");
    assert_eq!(desk.get("leader", "/desk").await.is(303).location, "/desk/search");
    assert_eq!(desk.get("", "/desk").await.is(303).location, "/desk/signin?next=/desk");
    desk.get("", "/api/v1/inbox").await.is(401).says("/api/problems/sign-in");
    desk.get("leader", "/api/v1/inbox").await.is(404);
    desk.get("admin-system", "/desk/search").await.is(404);
    desk.get("admin-system", "/desk/me").await.is(200).hides("通知");
}

async fn cases_are_found_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    let lamp = desk.dispatched("lamp").await;
    desk.later(26 * HOUR);
    desk.sign_in().await;
    let other = |report: &mut linli_engine::cases::file::Report| {
        "电梯坏了".clone_into(&mut report.title);
        "三单元电梯停了两天".clone_into(&mut report.body);
        report.category = Some("property.elevator".into());
        report.place = "990101001002".parse().unwrap();
    };
    let lift = desk.file_with("lift", other).await;
    while desk.engine.index_words().await.unwrap() > 0 {}
    let search = async |query: &str| {
        let found = desk.get("overseer", &format!("/desk/search?{query}")).await.is(200);
        (found.body.contains(&url(&lamp)), found.body.contains(&url(&lift)))
    };
    assert_eq!(search("").await, (true, true));
    assert_eq!(search("q=%E8%B7%AF%E7%81%AF").await, (true, false));
    assert_eq!(search("q=%E7%94%B5%E6%A2%AF").await, (false, true));
    assert_eq!(search(&format!("q={}", lift.number)).await, (false, true));
    assert_eq!(search("unit=yunzhou-municipal").await, (true, false));
    assert_eq!(search("state=sign").await, (true, false));
    assert_eq!(search("state=triage").await, (false, true));
    assert_eq!(search("state=ended").await, (false, false));
    assert_eq!(search("category=property").await, (false, true));
    assert_eq!(search("place=990101001002").await, (false, true));
    assert_eq!(search("until=2026-03-02").await, (true, false));
    assert_eq!(search("from=2026-03-03&until=2026-03-03").await, (false, true));
    desk.get("overseer", "/desk/search?q=%E8%B7%AF%E7%81%AF").await.says("<mark>路灯</mark>").says("找到 1 件");
    desk.get("overseer", "/desk/search?q=nothing").await.is(200).says("没有找到");
    // A unit finds what is given to it, and nothing else.
    desk.get("municipal", "/desk/search").await.is(200).says(&url(&lamp)).hides(&url(&lift));
    desk.get("urban", "/desk/search").await.is(200).hides(&url(&lamp)).hides(&url(&lift));
}

async fn an_act_is_done_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("once", "路灯不亮").await;
    let page = desk.get("dispatcher", &url(&case)).await.is(200);
    // The duty list has filled the unit in, and says by which rule.
    let page = page.says("value=\"yunzhou-municipal\" selected").says("责任清单").says("楼下路灯三天不亮了");
    in_order(&page, &["act-first", "派给承办单位", "直接答复"]);
    let marks = desk.marks("dispatcher", &case, "dispatch", "key-of-the-page").await;
    let form = both(&marks, &[("class", "general"), ("unit", "yunzhou-municipal")]);
    let to = format!("{}/act", url(&case));
    let done = desk.post("dispatcher", &to, &form).await.is(303);
    assert_eq!(done.location, format!("{}?done=2", url(&case)));
    desk.get("dispatcher", &done.location).await.is(200).says("已办：派给承办单位").says("现在没有轮到您办的");
    let again = desk.post("dispatcher", &to, &form).await.is(303);
    assert_eq!(again.location, done.location);
    let events = desk.get("dispatcher", &api(&case)).await.js()["timeline"].as_array().unwrap().len();
    assert_eq!(events, 2);
    // What was done is said to whoever did it, and not for long.
    desk.get("desk-head", &done.location).await.is(200).hides("已办：");
    desk.get("dispatcher", &format!("{}?done=%3Cb%3E", url(&case))).await.is(200).hides("已办：");
    desk.later(HOUR / 2);
    desk.get("dispatcher", &done.location).await.is(200).hides("已办：");
    desk.post("dispatcher", &to, &form[..5]).await.is(400);
}

async fn a_stale_window_is_told_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("stale", "路灯不亮").await;
    let first = desk.marks("dispatcher", &case, "dispatch", "first-window").await;
    let second = desk.marks("dispatcher", &case, "answer", "second-window").await;
    let to = format!("{}/act", url(&case));
    let form = [("class", "general"), ("unit", "yunzhou-municipal")];
    desk.post("dispatcher", &to, &both(&first, &form)).await.is(303);
    let typed = both(&second, &[("answer", "这段答复还没有发出去")]);
    let told = desk.post("dispatcher", &to, &typed).await.is(409).says("已经由派单员办过了");
    told.says("这段答复还没有发出去");
    desk.post("dispatcher;linli_lang=en", &to, &typed).await.is(409).says("Dispatcher");
    // The same step, opened again since: the unit returns it, and the ruling keeps it there.
    let looked = desk.marks("municipal", &case, "accept", "old-window").await;
    let why = [("duty_cited", "第1条"), ("better_unit", "yunxi-urban"), ("reason", "不归我们管")];
    desk.act("municipal", &case, "return", &why).await.is(303);
    desk.act("desk-head", &case, "keep", &[("reason", "归你们管")]).await.is(303);
    desk.post("municipal", &to, &both(&looked, &[])).await.is(409).says("事情又有了变化");
}

async fn a_wrong_form_keeps_what_was_typed_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("wrong", "路灯不亮").await;
    let marks = desk.marks("dispatcher", &case, "dispatch", "the-same-key").await;
    let to = format!("{}/act", url(&case));
    let form = both(&marks, &[("class", "soon"), ("note", "留着这句话")]);
    let zh = desk.post("dispatcher", &to, &form).await.is(422).says("role=\"alert\"").says("留着这句话");
    zh.says("“承办单位”还没有填。")
        .says("“办理时限类”请从列表里选。")
        .says("href=\"#triage-dispatch-unit\"")
        .says("the-same-key");
    let en = desk.post("dispatcher;linli_lang=en", &to, &form).await.is(422);
    en.says("Unit").says("留着这句话").hides("还没有填");
    let unknown = both(&marks, &[("class", "general"), ("unit", "no-such-unit")]);
    desk.post("dispatcher", &to, &unknown).await.is(422).says("no-such-unit");
    let steps = desk.get("dispatcher", &api(&case)).await.js()["steps"].clone();
    assert_eq!(steps[0]["step"], "triage");
}

async fn a_community_does_not_lead_what_it_assists_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("community", "路灯不亮").await;
    let form = [("class", "general"), ("unit", "heyuan")];
    let refused = desk.act("dispatcher", &case, "dispatch", &form).await.is(422);
    refused.says("和苑社区居委会").says("第17条").says("href=\"#triage-dispatch-unit\"");
    let never = |report: &mut linli_engine::cases::file::Report| report.category = Some("labour.wages".into());
    let wages = desk.file_with("wages", never).await;
    desk.act("dispatcher", &wages, "dispatch", &form).await.is(422).says("第17条");
    // As a co-unit it may well be asked.
    let helps = [("class", "general"), ("unit", "yunzhou-municipal"), ("co_units", "heyuan")];
    desk.act("dispatcher", &case, "dispatch", &helps).await.is(303);
    desk.get("heyuan", &url(&case)).await.is(200);
}

async fn the_wrong_seat_is_refused_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("seats").await;
    let accept = desk.marks("municipal", &case, "accept", "not-for-you").await;
    let to = format!("{}/act", url(&case));
    desk.get("urban", &url(&case)).await.is(404);
    desk.post("urban", &to, &both(&accept, &[])).await.is(404);
    desk.get("urban", &api(&case)).await.is(404).says("/api/problems/not-found");
    desk.get("admin-system", &url(&case)).await.is(404);
    desk.post("dispatcher", &to, &both(&accept, &[])).await.is(403).says("这一步归别的岗位办");
    desk.post("leader", &to, &both(&accept, &[])).await.is(404);
    desk.get("leader", &url(&case)).await.is(200).hides("act-first");
    assert!(desk.get("", &url(&case)).await.is(303).location.starts_with("/desk/signin?next=/desk/cases/"));
    desk.post("", &to, &both(&accept, &[])).await.is(401);
    desk.get("dispatcher", "/desk/cases/990101001/260302-99999").await.is(404);
    desk.get("dispatcher", "/desk/cases/nowhere/1").await.is(404);
    let steps = desk.get("dispatcher", &api(&case)).await.js()["steps"].clone();
    assert_eq!(steps[0]["step"], "sign");
}

async fn a_case_is_returned_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("return").await;
    let why = [("duty_cited", "第1条"), ("better_unit", "yunxi-urban"), ("reason", "不归我们管")];
    let key = desk.marks("municipal", &case, "return", "the-second-return").await;
    desk.act("municipal", &case, "return", &why).await.is(303);
    desk.act("desk-head", &case, "keep", &[("reason", "归你们管")]).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).says("已经退回过一次").says("退回过 1 次");
    let mut marks = desk.marks("municipal", &case, "return", "the-second-return").await;
    assert_ne!(marks, key, "the step was opened anew");
    let to = format!("{}/act", url(&case));
    desk.post("municipal", &to, &both(&marks, &why)).await.is(409).says("已经退回过一次");
    marks.retain(|(name, _)| name != "seen");
    desk.post("municipal", &to, &both(&marks, &why)).await.is(400);
}

async fn clocks_stand_still_and_go_on_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("clocks").await;
    desk.later(HOUR);
    desk.act("municipal", &case, "accept", &[]).await.is(303);
    desk.act("municipal", &case, "contacted", &[("contact_way", "phone"), ("contact_note", "约好了")]).await.is(303);
    desk.act("municipal", &case, "ask", &[("question", "是哪一盏灯？")]).await.is(303);
    desk.later(3 * HOUR);
    // The unit held it for one hour of four; since then the resident is waited for, and the promise stands still.
    let waits = desk.get("municipal", &url(&case)).await.is(200).says("占到现在为止时间的 25%").says("clock-paused");
    waits.says("停在“等反映人补充”，这段时间不算");
    desk.act("municipal", &case, "go_on", &[]).await.is(303);
    desk.get("municipal", &url(&case)).await.is(200).says("“等反映人补充”停过 3 时 0 分").hides("clock-paused");
}

async fn json_is_checked_as_a_form_is_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.file("json", "路灯不亮").await;
    let to = format!("{}/acts", api(&case));
    let found = desk.get("dispatcher", &api(&case)).await.is(200).js();
    let act = found["acts"].as_array().unwrap().iter().find(|act| act["act"] == "dispatch").unwrap();
    let asked: Vec<&str> =
        act["form"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(asked[..4], ["category", "place", "class", "unit"]);
    let body = |form: serde_json::Value| {
        serde_json::json!({
            "way": "step", "step": "triage", "act": "dispatch", "seen": act["seen"], "key": "json-key-1", "form": form,
        })
        .to_string()
    };
    for wrong in
        ["", "[]", "{", "{\"way\":1}", "{\"way\":\"step\",\"act\":\"dispatch\",\"key\":\"json-key-1\",\"more\":1}"]
    {
        let answer = desk.json("dispatcher", &to, wrong).await;
        assert!([400, 422].contains(&answer.status), "{answer:?}");
        assert!(["/api/problems/malformed", "/api/problems/invalid"].contains(&answer.js()["type"].as_str().unwrap()));
    }
    let wrong =
        desk.json("dispatcher", &to, &body(serde_json::json!({ "class": 7, "unit": ["a", "b"] }))).await.is(422).js();
    assert_eq!(wrong["type"], "/api/problems/invalid");
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2);
    let half = desk.json("dispatcher", &to, &body(serde_json::json!({ "class": 1.5 }))).await;
    assert!([400, 422].contains(&half.status), "{half:?}");
    desk.json("dispatcher", &to, &body(serde_json::json!({ "stranger": "x" }))).await.is(422).says("/form/stranger");
    let good = body(serde_json::json!({ "class": "general", "unit": "yunzhou-municipal" }));
    desk.json("urban", &to, &good).await.is(404);
    assert_eq!(desk.json("dispatcher", &to, &good).await.is(200).js(), serde_json::json!({ "seq": 2 }));
    assert_eq!(desk.json("dispatcher", &to, &good).await.is(200).js(), serde_json::json!({ "seq": 2 }));
    let late = good.replace("json-key-1", "json-key-2");
    let told = desk.json("dispatcher", &to, &late).await.is(409).js();
    assert_eq!(told["type"], "/api/problems/conflict");
    assert!(told["detail"].as_str().unwrap().contains("派单员"), "{told}");
}

async fn files_come_with_an_act_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("files").await;
    let marks = desk.marks("municipal", &case, "accept", "with-a-picture").await;
    let to = format!("{}/act", url(&case));
    let form = both(&marks, &[("note", "现场的照片")]);
    let wrong = desk.multipart("municipal", &to, &form, ("tool.exe", b"MZ and so on")).await.is(422);
    wrong.says("tool.exe").says("现场的照片").says("要重新选一次");
    assert_eq!(desk.get("municipal", &to).await.is(303).location, url(&case));
    let large = vec![0; linli_engine::limits::UPLOAD_BYTES + 1];
    desk.multipart("municipal", &to, &form, ("film.png", &large)).await.is(422).says("film.png").says("现场的照片");
    for _ in 0..2 {
        desk.multipart("municipal", &to, &form, ("lamp.png", PIXEL)).await.is(303);
    }
    let found = desk.get("municipal", &api(&case)).await.is(200).js();
    assert_eq!(found["attachments"].as_array().unwrap().len(), 1);
    let at = found["attachments"][0]["page"].as_str().unwrap().to_owned();
    desk.get("municipal", &url(&case)).await.is(200).says(&format!("src=\"{at}\""));
}

async fn nobody_reads_who_reported_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let case = desk.dispatched("identity").await;
    while desk.engine.index_words().await.unwrap() > 0 {}
    let mut pages = Vec::new();
    for who in ["dispatcher", "desk", "desk-head", "overseer", "leader", "municipal"] {
        for path in [
            &url(&case),
            &api(&case),
            "/desk",
            "/desk/search",
            "/desk/search?q=19900000001",
            "/api/v1/inbox",
            "/desk/me",
        ] {
            let answer = desk.get(who, path).await;
            assert!([200, 303, 404].contains(&answer.status), "{who} {path}: {answer:?}");
            pages.push(answer);
        }
    }
    let accept = desk.marks("municipal", &case, "accept", "somebodys-key").await;
    pages.push(desk.post("desk", &format!("{}/act", url(&case)), &both(&accept, &[])).await.is(403));
    assert!(pages.iter().filter(|page| page.body.contains(&case.number)).count() > 10);
    for page in pages {
        // The box shows what was searched for; nothing else does.
        let body = page.body.replace(&format!("value=\"{PHONE}\""), "").replace(&format!("“{PHONE}”"), "");
        assert!(!body.contains(NAME) && !body.replace("q=19900000001", "").contains(PHONE), "{body}");
        assert!(!body.contains(&case.tracking), "{body}");
    }
}

async fn a_seat_is_told_and_changed_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.file("late", "没人分派的一件").await;
    desk.get("desk-head", "/desk/me").await.is(200).says("没有未读");
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("还没有通知");
    desk.later(HOUR);
    while desk.engine.wake_due().await.unwrap() > 0 {}
    desk.engine.tick().await.unwrap();
    desk.get("desk-head", "/desk/me").await.is(200).says("1 条未读");
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("没人分派的一件").says("超时了，请过问");
    desk.get("urban", "/desk/me/notices").await.is(200).hides("没人分派的一件");
    desk.post("desk-head", "/desk/me/notices/read", &[("all", "yes")]).await.is(303);
    desk.get("desk-head", "/desk/me/notices").await.is(200).says("没有未读").says("没人分派的一件");
    desk.post("urban", "/desk/me/seat", &[("seat", "0190a5a0-0000-7000-8000-000000000000")]).await.is(422);
    let own = desk.engine.clone();
    let (home, now) = (own.home, own.clock.now());
    let read = move |tx: &mut Tx<'_>| {
        let account = linli_engine::seats::accounts(tx, home, None, 100)?
            .into_iter()
            .find(|a| a.login.as_str() == "urban")
            .unwrap();
        linli_engine::seats::seats_of(tx, home, account.id, now)
    };
    let seat = own.db.read(read).await.unwrap().remove(0).id.to_string();
    let sat = desk.post("urban", "/desk/me/seat", &[("seat", &seat)]).await.is(303);
    assert!(sat.cookie.starts_with(&format!("linli_seat={seat};")), "{sat:?}");
}
