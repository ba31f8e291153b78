//! The seat at the hotline: a call filed, answered, put off, handed over; what the caller brought before; and nothing of who
//! called anywhere else.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod desk_common;

use desk_common::{BUILDING, Desk, NAME, PHONE};
use linli_engine::{
    cases::call::CallDay,
    db::Tx,
    seats::Seat,
    vault::{PhoneKey, person_by_phone},
};
use linli_testbed::{Bed, on_both};
use linli_worktime::parse_rfc3339;

const MINUTE: i64 = 60_000;

async fn seat(desk: &Desk, login: &str) -> Seat {
    let (home, now, login) = (desk.engine.home, desk.engine.clock.now(), login.to_owned());
    let read = move |tx: &mut Tx<'_>| {
        let all = linli_engine::seats::accounts(tx, home, None, 100)?;
        let account = all.into_iter().find(|a| a.login.as_str() == login).unwrap();
        linli_engine::seats::seats_of(tx, home, account.id, now)
    };
    desk.engine.db.read(read).await.unwrap().remove(0)
}

/// A call about the lamp, with more fields.
fn call<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [("key", key), ("body", "楼下路灯不亮"), ("where", "和苑小区3号楼"), ("phone", PHONE), ("do", "file")];
    let kept = all.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

/// The address of a case from the page after the call.
fn case_of(location: &str) -> String {
    location.split('?').next().unwrap().replace("/desk/new/done/", "/desk/cases/")
}

async fn a_caller_is_filed_for_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.get("dispatcher", "/desk/new").await.is(404);
    desk.post("municipal", "/desk/new", &[("do", "file")]).await.is(404);
    desk.get("desk", "/desk/new").await.is(200).says("name=\"key\"").says("本台今天还没有来电");
    let words =
        [("key", "a-call-at-nine"), ("body", "楼下路灯不亮"), ("where", "hyxq3"), ("name", NAME), ("phone", PHONE)];
    let with = |more: &[(&'static str, &'static str)]| words.iter().chain(more).copied().collect::<Vec<_>>();
    desk.post("desk", "/desk/new", &with(&[("do", "find")]))
        .await
        .is(200)
        .says(&format!("value=\"{BUILDING}\" checked"));
    let none = desk.post("desk", "/desk/new", &with(&[("do", "file")])).await.is(422).says("请选一处地点");
    none.says("楼下路灯不亮").says(PHONE);
    let outside = with(&[("do", "file"), ("place", "990101002001")]);
    desk.post("desk", "/desk/new", &outside).await.is(422);
    let bad: Vec<_> = [("do", "file"), ("place", BUILDING)]
        .into_iter()
        .chain(words)
        .map(|(n, v)| (n, if n == "phone" { "12" } else { v }))
        .collect();
    desk.post("desk;linli_lang=en", "/desk/new", &bad)
        .await
        .is(422)
        .says("This is not a phone number")
        .says("楼下路灯不亮");
    let form = with(&[
        ("do", "file"),
        ("channel", "letter"),
        ("place", BUILDING),
        ("confidential", "on"),
        ("class", "urgent"),
    ]);
    let filed = desk.post("desk", "/desk/new", &form).await.is(303);
    let again = desk.post("desk", "/desk/new", &form).await.is(303);
    assert_eq!(filed.location, again.location);
    let told = desk.get("desk", &filed.location).await.is(200).says("登记好了").says("今天 11:00 前给您结果");
    told.hides(NAME).hides(PHONE);
    let page = desk.get("desk", &case_of(&filed.location)).await.is(200).says("来信").says("紧急");
    // The letters led to the place; they say nothing of where it is.
    page.hides(NAME).hides(PHONE).hides("hyxq3");
    let (engine, phone) = (desk.engine.clone(), PHONE.parse().unwrap());
    let key = PhoneKey::of(&engine.vault_key, &phone);
    let home = engine.home;
    let known = engine.db.read(move |tx: &mut Tx<'_>| person_by_phone(tx, home, &key)).await.unwrap();
    assert!(known.is_some(), "whoever called can sign in and follow the case");
    // An address that names the place beyond doubt needs no pick.
    desk.post("desk", "/desk/new", &call("beyond-doubt", &[])).await.is(303);
    // What is said beyond the name stays.
    let beside = call("beside-the-pole", &[("where", "3号楼西头灯杆旁"), ("place", BUILDING)]);
    let filed = desk.post("desk", "/desk/new", &beside).await.is(303);
    desk.get("desk", &case_of(&filed.location)).await.is(200).says("3号楼西头灯杆旁");
}

async fn the_number_travels_in_no_address_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let moved = desk.get("desk", &format!("/desk/new?tel={PHONE}")).await.is(303);
    assert_eq!(moved.location, format!("/desk/new#tel={PHONE}"));
    let filed = desk.post("desk", "/desk/new", &call("addresses", &[])).await.is(303);
    assert!(!filed.location.contains(PHONE), "{filed:?}");
}

async fn whoever_calls_again_is_told_how_far_it_is_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    desk.post("desk", "/desk/new/caller", &[("phone", "1990")]).await.is(200).hides("以前");
    desk.post("desk", "/desk/new/caller", &[("phone", PHONE)]).await.is(200).says("以前没有反映过");
    let filed = desk.post("desk", "/desk/new", &call("first-call", &[])).await.is(303);
    let case = case_of(&filed.location);
    let which = case.replace("/desk/cases/", "");
    let spaced = format!(" {} {}", &PHONE[..3], &PHONE[3..]);
    let known = desk.post("desk", "/desk/new/caller", &[("phone", &spaced)]).await.is(200);
    known
        .says("以前反映过 1 件")
        .says("楼下路灯不亮")
        .says("现在：正在确定由谁来办，今天 09:30 前")
        .says(&which)
        .says("在办");
    // A landline is known again as well, and one number says nothing of another.
    desk.post("desk", "/desk/new", &call("landline", &[("phone", "(0519) 8888-0001"), ("body", "下水道堵了")]))
        .await
        .is(303);
    let other = desk.post("desk", "/desk/new/caller", &[("phone", "051988880001")]).await.is(200);
    other.says("下水道堵了").hides("路灯");

    let ask = [("key", "asks-again-1"), ("asked", which.as_str()), ("phone", PHONE)];
    let told = desk.post("desk", "/desk/new/asked", &ask).await.is(303);
    desk.post("desk", "/desk/new/asked", &ask).await.is(303);
    desk.get("desk", &told.location).await.is(200).says("记下了：来电问进展");
    let page = desk.get("desk", &case).await.is(200);
    assert_eq!(page.body.matches("<p class=\"what\">来电问进展").count(), 1, "noted once: {}", page.body);
    desk.post("desk", "/desk/new/asked", &[("key", "urges-it-1"), ("urge", which.as_str())]).await.is(303);
    desk.get("desk", &case).await.is(200).says("催一下");
    // Only what lies within the seat's reach, and only for a desk.
    desk.post("desk", "/desk/new/asked", &[("key", "nothing-there"), ("asked", "990101001/1-1")]).await.is(404);
    desk.post("municipal", "/desk/new/caller", &[("phone", PHONE)]).await.is(404);
    assert_eq!(desk.engine.calls_today(&seat(&desk, "desk").await).await.unwrap().calls, 4);
}

async fn a_question_is_answered_at_once_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let think = desk.post("desk", "/desk/new/think", &[("body", "请问老人高龄津贴怎么申请")]).await.is(200).js();
    assert!(think["beside"].as_str().unwrap().contains("高龄津贴怎么申请？"), "{think}");
    assert_eq!(think["category"], "welfare.elder");
    // A question, and no place: it is filed for the street, as a consultation, with the answer and what it rests on.
    let form = [("key", "asks-a-thing"), ("body", "高龄津贴怎么申请"), ("answer", "elder-allowance")];
    let done = desk.post("desk", "/desk/new", &form).await.is(303);
    desk.get("desk", &done.location).await.is(200).says("已答复，登记好了");
    let case = desk.get("desk", &format!("/api/v1{}", case_of(&done.location).replace("/desk", ""))).await.is(200).js();
    assert_eq!(
        (case["case"]["outcome"].as_str(), case["case"]["kind"].as_str()),
        (Some("answered"), Some("consultation"))
    );
    assert!(case.to_string().contains("老年人权益保障法 第33条"), "{case}");
    // Past its review it is shown as such, and not given.
    desk.clock.move_to(parse_rfc3339("2028-03-01T10:00:00+08:00").unwrap());
    let mut desk = desk;
    desk.sign_in().await;
    let think = desk.post("desk", "/desk/new/think", &[("body", "高龄津贴")]).await.is(200).js();
    let beside = think["beside"].as_str().unwrap();
    assert!(beside.contains("过了复核日期") && !beside.contains("value=\"elder-allowance\""), "{beside}");
    let stale = [("key", "asks-too-late"), ("body", "高龄津贴怎么申请"), ("answer", "elder-allowance")];
    desk.post("desk", "/desk/new", &stale).await.is(422).says("不能直接用");
}

async fn the_form_thinks_with_the_seat_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let fields = [("body", "楼下的路灯三天不亮了。"), ("place", BUILDING), ("where", "hyxq3")];
    let think = desk.post("desk", "/desk/new/think", &fields).await.is(200).js();
    assert_eq!((think["category"].as_str(), think["class"].as_str()), (Some("utility.lighting"), Some("general")));
    let read = think["read"].as_str().unwrap();
    assert!(read.contains("和苑小区3号楼，楼下的路灯三天不亮了。") && read.contains("3月9日"), "{read}");
    let urgent = desk.post("desk", "/desk/new/think", &[fields.as_slice(), &[("class", "urgent")]].concat()).await.js();
    assert!(urgent["read"].as_str().unwrap().contains("今天 11:00"), "{urgent}");
    desk.file("lamp", "楼下路灯不亮").await;
    let near = desk.post("desk", "/desk/new/think", &fields).await.js();
    assert!(near["beside"].as_str().unwrap().contains("附近有 1 件类似的事在办"), "{near}");
    let en = desk.post("desk;linli_lang=en", "/desk/new/think", &fields).await.js();
    assert!(en["read"].as_str().unwrap().starts_with("Let me check: Heyuan Court, Building 3"), "{en}");
}

async fn the_same_matter_is_joined_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let lamp = desk.file("lamp", "楼下路灯不亮").await;
    let joins = [("joins", lamp.number.as_str()), ("do", "")];
    let done = desk.post("desk", "/desk/new", &call("same-lamp", &joins)).await.is(303);
    desk.get("desk", &done.location).await.is(200).says("并在一起办了");
    let case = desk.get("desk", &format!("/api/v1{}", case_of(&done.location).replace("/desk", ""))).await.is(200).js();
    assert_eq!(case["case"]["outcome"], "merged", "{case}");
    // Only what was offered: open, of this sort, near by.
    let far = [("joins", lamp.number.as_str()), ("do", ""), ("where", "滨河花园3号楼")];
    desk.post("desk", "/desk/new", &call("far-away", &far)).await.is(422).says("请照常登记");
    desk.post("desk", "/desk/new", &call("no-such-case", &[("joins", "1-1"), ("do", "")])).await.is(422);
}

async fn danger_is_handed_over_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let find = [("key", "gas-gas-gas"), ("body", "楼道里有很重的煤气味"), ("do", "find")];
    desk.post("desk", "/desk/new", &find).await.is(200).says("燃气泄漏").says("name=\"emergency\" value=\"119\"");
    desk.post("desk", "/desk/new", &[("key", "gas-fee-fee"), ("body", "煤气费怎么交"), ("do", "find")])
        .await
        .is(200)
        .says("id=\"danger\" aria-live=\"assertive\" hidden");
    // Half a number and no place do not hold up a rescue.
    let go = [("key", "gas-gas-go"), ("body", "楼道里有很重的煤气味"), ("phone", "12"), ("emergency", "119")];
    let done = desk.post("desk", "/desk/new", &go).await.is(303);
    desk.get("desk", &done.location).await.is(200).says("已转紧急电话");
    desk.get("desk", &case_of(&done.location)).await.is(200).says("已转紧急电话").says("三方通话转接 119");
    desk.post("desk", "/desk/new", &[("key", "no-such-line"), ("body", "x"), ("emergency", "911")]).await.is(422);
}

async fn a_call_is_put_off_and_gone_on_with_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let late = [("at", "other"), ("at_other", "2026-03-02T10:30"), ("do", "later")];
    desk.post("desk", "/desk/new", &call("no-number", &[late.as_slice(), &[("phone", "")]].concat()))
        .await
        .is(422)
        .says("请留一个号码");
    let past = [("at", "2026-03-01 10:30"), ("do", "later")];
    desk.post("desk", "/desk/new", &call("past-past", &past)).await.is(422).says("请选一个以后的时间");
    let done = desk.post("desk", "/desk/new", &call("later-later", &late)).await.is(303);
    desk.get("desk", &done.location).await.is(200).says("今天 10:30 给您打过去");
    let case = case_of(&done.location);
    let calls = case.replace("/desk/cases/", "/desk/calls/");
    // It stands in the desk's inbox, due when it was agreed.
    desk.get("desk", "/desk").await.is(200).says("楼下路灯不亮").says("回电");
    desk.get("desk", &case).await.is(200).says(&calls).hides(PHONE);
    desk.get("desk", &calls).await.is(200).says("楼下路灯不亮").hides(PHONE);
    // Without an exchange the number is shown once, and that is on record.
    desk.post("desk", &format!("{calls}/dial"), &[("key", "dials-once")]).await.is(200).says(PHONE);
    desk.get("desk", &case).await.is(200).says("为回电看了号码").hides(PHONE);
    desk.get("desk", &calls).await.is(200).hides(PHONE);
    desk.post("municipal", &format!("{calls}/dial"), &[("key", "not-a-desk")]).await.is(404);
    // On with what was typed; the number goes along unseen.
    let from = case.replace("/desk/cases/", "").replace('/', ".");
    let form = desk.get("desk", &format!("/desk/new?from={from}")).await.is(200).says("楼下路灯不亮").says(BUILDING);
    form.hides(PHONE);
    let filed = call("gone-on-with", &[("from", from.as_str()), ("phone", "")]);
    let filed = desk.post("desk", "/desk/new", &filed).await.is(303);
    let new = case_of(&filed.location).rsplit('/').next().unwrap().to_owned();
    desk.get("desk", &case).await.is(200).says("已回电").says(&new);
    let known = desk.post("desk", "/desk/new/caller", &[("phone", PHONE)]).await.is(200);
    known.says(&new);
    desk.get("desk", &format!("/desk/new?from={from}")).await.is(409);
    desk.post("desk", &format!("{calls}/dial"), &[("key", "dials-again")]).await.is(409);
}

async fn a_call_of_nothing_is_counted_for_the_desk_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let begun = desk.engine.clock.now().0.to_string();
    desk.later(2 * MINUTE);
    for became in ["silent", "abusive"] {
        let form = [("begun", begun.as_str()), ("became", became), ("phone", PHONE)];
        desk.post("desk", "/desk/new/record", &form).await.is(200).says("没有留下号码").hides(PHONE);
    }
    desk.post("desk", "/desk/new", &call("two-minutes", &[("begun", &begun)])).await.is(303);
    let desk_seat = seat(&desk, "desk").await;
    let today = desk.engine.calls_today(&desk_seat).await.unwrap();
    assert_eq!(today, CallDay { calls: 3, average_ms: 2 * MINUTE });
    desk.get("desk", "/desk/new").await.is(200).says("今天 3 个来电。").hides("，平均 ");
    for _ in 3..5 {
        let form = [("begun", begun.as_str()), ("became", "silent")];
        desk.post("desk", "/desk/new/record", &form).await.is(200);
    }
    desk.get("desk", "/desk/new").await.is(200).says("今天 5 个来电，平均 2 分 0 秒");
    // A form that was left open, or a clock that is wrong, does not spoil the average.
    let soon = (desk.engine.clock.now().0 + 9_999_999).to_string();
    desk.post("desk", "/desk/new/record", &[("begun", &soon), ("became", "silent")]).await.is(200);
    desk.later(24 * 60 * MINUTE);
    assert_eq!(desk.engine.calls_today(&desk_seat).await.unwrap().calls, 0, "another day");
}

async fn everybody_looks_an_answer_up_on(bed: Bed) {
    let mut desk = Desk::open(&bed).await;
    desk.get("", "/answers").await.is(200).says("居住证怎么办？").says("暖气不热怎么办？");
    desk.get("", "/answers?q=%E4%B8%8D%E7%83%AD").await.is(200).says("暖气不热怎么办？").hides("居住证怎么办？");
    desk.get("", "/answers?q=zzz").await.is(200).says("没有找到答案");
    let where_step = [("key", "asks-the-web"), ("say", "居住证怎么办"), ("step", "where")];
    desk.post("", "/report", &where_step).await.is(200).says("就能解答").says("住满半年可以办证");
    desk.clock.move_to(parse_rfc3339("2028-03-01T10:00:00+08:00").unwrap());
    desk.sign_in().await;
    desk.get("", "/answers").await.is(200).hides("居住证怎么办？");
}

async fn places_are_offered_to_everybody_on(bed: Bed) {
    let desk = Desk::open(&bed).await;
    let found = desk.get("", "/places?q=hyxq3").await.is(200).js();
    assert_eq!(found[0]["value"], BUILDING);
    assert_eq!(found[0]["text"], "和苑小区3号楼");
    assert!(found.as_array().unwrap().len() <= 8);
    assert_eq!(
        desk.get("desk;linli_lang=en", "/places?q=3h&near=990101001002002003").await.js()[0]["text"],
        "Riverside Garden, Building 3"
    );
    desk.get("", "/places?q=%00").await.is(400);
    for q in ["", "%20", "zzzzzzz"] {
        assert_eq!(desk.get("", &format!("/places?q={q}")).await.is(200).js().as_array().unwrap().len(), 0, "{q}");
    }
}

on_both! {
    a_caller_is_filed_for => a_caller_is_filed_for_on;
    the_number_travels_in_no_address => the_number_travels_in_no_address_on;
    whoever_calls_again_is_told_how_far_it_is => whoever_calls_again_is_told_how_far_it_is_on;
    a_question_is_answered_at_once => a_question_is_answered_at_once_on;
    the_form_thinks_with_the_seat => the_form_thinks_with_the_seat_on;
    the_same_matter_is_joined => the_same_matter_is_joined_on;
    danger_is_handed_over => danger_is_handed_over_on;
    a_call_is_put_off_and_gone_on_with => a_call_is_put_off_and_gone_on_with_on;
    a_call_of_nothing_is_counted_for_the_desk => a_call_of_nothing_is_counted_for_the_desk_on;
    everybody_looks_an_answer_up => everybody_looks_an_answer_up_on;
    places_are_offered_to_everybody => places_are_offered_to_everybody_on;
}
